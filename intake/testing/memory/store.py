"""The store in memory: its parts, put together."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from intake.desk.effects import Effect
from intake.desk.facts import Facts
from intake.desk.message import Envelope, Message
from intake.desk.tokens import Token
from intake.ports import Applied, Asked, Compose, Part, Store
from intake.testing.memory.blocking import MemoryBlocks
from intake.testing.memory.changes import Parts
from intake.testing.memory.colleagues import MemoryColleagues
from intake.testing.memory.downloads import MemoryDownloads
from intake.testing.memory.effects import Application
from intake.testing.memory.facts import MemoryFacts, MemoryRates
from intake.testing.memory.finds import MemoryFinds
from intake.testing.memory.incidents import MemoryIncidents
from intake.testing.memory.ledger import MemoryLedger
from intake.testing.memory.logins import MemoryLogins
from intake.testing.memory.lookups import MemoryLookups
from intake.testing.memory.outbox import MemoryOutbox
from intake.testing.memory.people import MemoryAddresses, MemoryAgents
from intake.testing.memory.promises import MemoryPromises
from intake.testing.memory.readings import MemoryReadings
from intake.testing.memory.silence import MemorySilence
from intake.testing.memory.state import Memory
from intake.testing.memory.surveys import MemorySurveys
from intake.testing.memory.tellings import MemoryTellings
from intake.testing.memory.tickets import MemoryListing, MemoryTickets
from intake.testing.memory.upkeep import MemoryMailboxes, MemoryPreviews, MemoryTroubles, MemoryUpkeep
from intake.testing.memory.web import MemoryWeb

T = TypeVar("T")


class MemoryStore:
    """An `intake.ports.Store` that lives as long as its process. Use from any thread.

    Nothing is durable, nothing is ever locked by another process, and lists are read through: for
    a few hundred messages. `tombstone_key` is what redacted mail is remembered by.
    """

    def __init__(self, tombstone_key: bytes = b"") -> None:
        memory = self._memory = Memory()
        addresses = MemoryAddresses(memory)
        self.rates, self.agents = MemoryRates(memory), MemoryAgents(memory)
        self.tickets = MemoryTickets(memory, self.agents)
        self._parts = Parts(memory, self.agents, self.tickets, addresses, tombstone_key)
        self._facts = MemoryFacts(memory, self.agents, self.tickets, addresses, self.rates)
        self.ledger = MemoryLedger(memory, tombstone_key)
        self.outbox = MemoryOutbox(memory, self.apply)
        self.listing = MemoryListing(memory, self.tickets)
        self.finds, self.incidents = MemoryFinds(memory, tombstone_key), MemoryIncidents(memory)
        self.lookups = MemoryLookups(memory, self.agents, self.tickets, self.listing, self.finds)
        self.promises = MemoryPromises(memory, self.agents, self.tickets, addresses, self.rates)
        self.colleagues = MemoryColleagues(memory, self.agents, self.tickets)
        self.surveys = MemorySurveys(memory, self.tickets, addresses, self.rates)
        self.previews, self.web = MemoryPreviews(memory), MemoryWeb(memory, self.ledger)
        self.readings = MemoryReadings(memory, addresses, self.rates)
        self.mailboxes, self.troubles = MemoryMailboxes(memory), MemoryTroubles(memory)
        self.blocks, self.logins = MemoryBlocks(memory), MemoryLogins(memory)
        self.upkeep, self.downloads = MemoryUpkeep(memory), MemoryDownloads(memory)
        self.tellings = MemoryTellings(memory)
        self.silence = MemorySilence(memory, self.tickets, addresses, self.rates)

    def transaction(self) -> AbstractContextManager[object]:
        """Change all or nothing; within another one it is simply part of that."""
        return self._memory.transaction()

    def savepoint(self) -> AbstractContextManager[None]:
        """Part of a transaction that can fail alone."""
        return self._memory.savepoint()

    def remembering(self) -> AbstractContextManager[None]:
        """Nothing is asked at a distance."""
        return nullcontext()

    @contextmanager
    def together(self, asked: Sequence[Asked], now: datetime) -> Iterator[Part]:
        """Decide on these messages one after the other: nothing is asked or written at a distance."""

        def part(ledger_id: int, decide: Callable[[], T]) -> T:
            with self.savepoint():
                return decide()

        yield part

    def probe(self, now: datetime) -> None:
        """Nothing is written: memory takes everything."""

    def close(self) -> None:
        """Nothing is held."""

    def facts(
        self,
        message: Message,
        envelope: Envelope,
        token: Token | None,
        team: str,
        now: datetime,
        verified: bool = False,
    ) -> Facts:
        """Gather what the rules need to know about `message`."""
        return self._facts.facts(message, envelope, token, team, now, verified)

    def apply(
        self,
        effects: Sequence[Effect],
        compose: Compose,
        now: datetime,
        ledger_id: int | None = None,
        message: Message | None = None,
    ) -> Applied:
        """Apply a decision. Must run inside `transaction()`."""
        if not self._memory.in_transaction:
            raise RuntimeError("apply() was called outside of a transaction")
        return Application(self._parts, compose, now, ledger_id, message).run(effects)


if TYPE_CHECKING:
    # mypy sees here, and not first where it is used, whether all that the port names is there.
    def as_port(store: MemoryStore) -> Store:
        """Return it as what callers know of it."""
        return store
