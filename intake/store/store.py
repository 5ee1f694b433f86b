"""The store: its parts, put together."""

from collections.abc import Iterator

from intake.store.listing import Listing
from intake.store.lookups import Lookups
from intake.store.mailboxes import Mailboxes
from intake.store.merging import MergeLinks
from intake.store.metrics import Metrics
from intake.store.outbox import OutboxStore
from intake.store.promises import Promises
from intake.store.queries import Queries
from intake.store.surveys import Surveys
from intake.store.troubles import Troubles
from intake.store.upkeep.integrity import Soundness
from intake.store.upkeep.orphans import Orphans
from intake.store.web import Web


class SqlStore(
    Web,
    Surveys,
    Promises,
    Lookups,
    OutboxStore,
    Queries,
    Listing,
    Mailboxes,
    Orphans,
    MergeLinks,
    Metrics,
    Troubles,
):
    """The database, SQLite or PostgreSQL. Use from any thread; each has its own connection.

    Raises Temporary, with what to do about it, for whatever may pass.
    """

    def faults(self) -> Iterator[str]:
        """Yield one sentence for each thing that is not as it must be; nothing when all is well."""
        return Soundness(self.db, self.blobs).faults()
