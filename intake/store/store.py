"""The store: its parts, put together."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from intake.desk.effects import Effect
from intake.desk.facts import Facts
from intake.desk.message import Envelope, Message
from intake.desk.tokens import Token
from intake.ports import Applied, Asked, Compose, Part, Store
from intake.store.acts import SqlActs, SqlFactors
from intake.store.address_state import AddressStates
from intake.store.agents import SqlAgents
from intake.store.apply import EffectWriter
from intake.store.batch import Batch
from intake.store.blobs import Blobs
from intake.store.blocking import SqlBlocks
from intake.store.colleagues import SqlColleagues
from intake.store.connection import Connection
from intake.store.downloads import SqlDownloads
from intake.store.facts import FactFinder
from intake.store.finds import SqlFinds
from intake.store.imports import SqlImports
from intake.store.incidents import SqlIncidents
from intake.store.ledger import SqlLedger
from intake.store.listing import SqlListing
from intake.store.logins import SqlLogins
from intake.store.lookups import SqlLookups
from intake.store.mailboxes import SqlMailboxes
from intake.store.metrics import SqlUpkeep
from intake.store.origins import SqlOrigins
from intake.store.outbox import SqlOutbox
from intake.store.previews import SqlPreviews
from intake.store.promises import SqlPromises
from intake.store.rate_counts import RateCounts
from intake.store.readings import SqlReadings
from intake.store.reads import SqlReads
from intake.store.receiving import Receiving
from intake.store.sealed import SqlSealed
from intake.store.search import SearchIndex, add_words
from intake.store.silence import SqlSilence
from intake.store.surveys import SqlSurveys
from intake.store.tellings import SqlTellings
from intake.store.tickets import SqlTickets
from intake.store.troubles import SqlTroubles
from intake.store.web import SqlWeb


class SqlStore:
    """The database, SQLite or PostgreSQL. Use from any thread; each has its own connection.

    Raises Temporary, with what to do about it, for whatever may pass. `tombstone_key` is what erased
    and redacted mail is remembered by.
    """

    def __init__(self, db: Connection, blobs: Blobs, tombstone_key: bytes = b"") -> None:
        self.db, self.blobs = db, blobs
        receiving = Receiving(db, blobs, tombstone_key)
        addresses = AddressStates(db, blobs)
        self.index, self.rates = SearchIndex(db, blobs), RateCounts(db, blobs)
        db.find_by = add_words
        self.agents = SqlAgents(db, blobs)
        self.tickets = SqlTickets(db, blobs, self.agents)
        self._facts = FactFinder(db, blobs, self.agents, self.tickets, addresses, self.rates)
        self._effects = EffectWriter(
            db, blobs, self.agents, self.tickets, addresses, self.rates, self.index, tombstone_key
        )
        self.ledger = SqlLedger(db, blobs, receiving)
        self.outbox = SqlOutbox(db, blobs, self._effects)
        self.finds, self.incidents = SqlFinds(db, blobs, tombstone_key), SqlIncidents(db, blobs)
        self.lookups = SqlLookups(db, blobs, self.agents, self.tickets, self.index, self.finds)
        self.listing = SqlListing(db, blobs, self.agents, self.index)
        self.promises = SqlPromises(db, blobs, self.agents, self.tickets, addresses, self.rates)
        self.colleagues = SqlColleagues(db, blobs, self.agents, self.tickets)
        self.surveys = SqlSurveys(db, blobs, self.tickets, addresses, self.rates)
        self.previews = SqlPreviews(db, blobs)
        self.readings = SqlReadings(db, blobs, addresses, self.rates)
        self.web = SqlWeb(db, blobs, receiving)
        self.mailboxes, self.troubles = SqlMailboxes(db, blobs), SqlTroubles(db, blobs)
        self.blocks, self.logins = SqlBlocks(db, blobs), SqlLogins(db, blobs)
        self.upkeep, self.downloads = SqlUpkeep(db, blobs), SqlDownloads(db, blobs)
        self.tellings = SqlTellings(db, blobs)
        # Only a database keeps what is imported (intake.commands.import_run).
        self.imports = SqlImports(db, blobs, receiving)
        self.acts, self.factors = SqlActs(db, blobs), SqlFactors(db, blobs)
        self.reads = SqlReads(db, blobs)
        # So is sealing, which is none of policy's business (intake.sealed).
        self.origins = SqlOrigins(db, blobs)
        self.sealed = SqlSealed(db, blobs, tombstone_key)
        self.silence = SqlSilence(db, blobs, self.tickets, addresses, self.rates)

    def transaction(self) -> AbstractContextManager[None]:
        """A write transaction; within another one it is simply part of that."""
        return self.db.transaction()

    def savepoint(self) -> AbstractContextManager[None]:
        """Part of a transaction that can fail alone."""
        return self.db.savepoint()

    def remembering(self) -> AbstractContextManager[None]:
        """Within, outside of transactions, who the agents are is asked once."""
        return self.db.remembering()

    @contextmanager
    def together(self, asked: Sequence[Asked], now: datetime) -> Iterator[Part]:
        """Decide on these messages together, in the running transaction: what is asked of the database for
        them is asked for all at once, and what is decided is written at the end, with them all.

        Yields what decides on one of them (its ledger id), in a part of the transaction that can fail
        alone. Raises Temporary where something could not be written: then try them one by one.
        """
        locked: set[int] = set()
        for owner in {ask.owner for ask in asked}:
            theirs = [ask.ledger_id for ask in asked if ask.owner == owner]
            locked |= self.ledger.lock_all(theirs, owner, now)
        batch = Batch(self.db, asked, frozenset(locked))
        yield batch.part
        batch.write()

    def close(self) -> None:
        """Close this thread's connection; the next call opens another."""
        self.db.close()

    def probe(self, now: datetime) -> None:
        """Write something small. Raises Temporary when the database takes nothing: then what just
        failed was not the fault of what was tried."""
        self.troubles.probe(now)

    def facts(
        self,
        message: Message,
        envelope: Envelope,
        token: Token | None,
        team: str,
        now: datetime,
        verified: bool = False,
    ) -> Facts:
        """Gather what the rules need to know about `message`.

        Within a transaction on PostgreSQL this also makes others wait who decide on
        the same content, so that two copies cannot both be the first.
        """
        return self._facts.facts(message, envelope, token, team, now, verified)

    def apply(
        self,
        effects: Sequence[Effect],
        compose: Compose,
        now: datetime,
        ledger_id: int | None = None,
        message: Message | None = None,
    ) -> Applied:
        """Apply a decision. Must run inside `transaction()`.

        `compose` gets the ticket as it stands after the effects before. A mail whose
        dedupe key is known adds nothing, and its id is not among those returned.
        Raises LookupError for an effect on a ticket that does not exist.
        """
        return self._effects.apply(effects, compose, now, ledger_id, message)


if TYPE_CHECKING:
    # mypy sees here, and not first where it is used, whether all that the port names is there.
    def as_port(store: SqlStore) -> Store:
        """Return it as what callers know of it."""
        return store
