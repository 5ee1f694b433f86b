"""PostgreSQL as behind pgbouncer in transaction mode: a connection is kept for a transaction, no longer.

Each transaction, and each statement outside of one, goes to another connection of the server than the
one before, and that is emptied (DISCARD ALL, pgbouncer's server_reset_query). A setting, a prepared
statement or a lock that is to hold for the session is then not where it is needed.
"""

from typing import Any, Self

import psycopg
from psycopg.pq import PipelineStatus, TransactionStatus


class Pooled(psycopg.Connection[Any]):
    """Looks like one connection and is two, by turns; `served` counts the transactions of all."""

    served = 0
    spare: psycopg.Connection[Any]

    @classmethod
    def connect(cls, conninfo: str = "", **options: Any) -> Self:
        """Open both. What a pool does not understand of the options, only the client does, is kept."""
        made = super().connect(conninfo, **options)
        made.spare = psycopg.Connection.connect(conninfo, **options)
        return made

    def cursor(self, *args: Any, **options: Any) -> Any:
        """Return a cursor, between two transactions one of the other connection."""
        mine, other = self.pgconn, self.spare.pgconn
        idle = mine.transaction_status == TransactionStatus.IDLE
        if idle and mine.pipeline_status == PipelineStatus.OFF and not self.spare.closed:
            other.exec_(b"DISCARD ALL")
            self.pgconn, self.spare.pgconn = other, mine
            Pooled.served += 1
        return super().cursor(*args, **options)

    def close(self) -> None:
        """Close both."""
        self.spare.close()
        super().close()
