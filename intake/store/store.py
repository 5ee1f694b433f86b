"""The store: its parts, put together."""

from collections.abc import Iterator

from intake.store.ledger import Ledger
from intake.store.mailboxes import Mailboxes
from intake.store.orphans import Orphans
from intake.store.outbox import Deliveries
from intake.store.promises import Promises
from intake.store.queries import Queries
from intake.store.soundness import Soundness
from intake.store.surveys import Surveys
from intake.store.vitals import Pulse


class SqlStore(Ledger, Surveys, Promises, Deliveries, Queries, Mailboxes, Orphans, Pulse):
    """The database, SQLite or PostgreSQL. Use from any thread; each has its own connection.

    Raises Temporary, with what to do about it, for whatever may pass.
    """

    def faults(self) -> Iterator[str]:
        """Yield one sentence for each thing that is not as it must be; nothing when all is well."""
        return Soundness(self.db, self.blobs).faults()
