"""The store: all that the desk keeps, split by concern."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from intake.desk.effects import Effect
from intake.desk.facts import Facts
from intake.desk.message import Envelope, Message
from intake.desk.tokens import Token
from intake.ports.blocks import Blocks
from intake.ports.finds import Finds
from intake.ports.incidents import Incidents
from intake.ports.ledger import Ledger
from intake.ports.logins import Logins
from intake.ports.mailboxes import Mailboxes
from intake.ports.outbox import Outbox
from intake.ports.promises import Promises, Rates, Surveys
from intake.ports.readings import Readings
from intake.ports.silence import Silence
from intake.ports.tellings import Tellings
from intake.ports.tickets import Agents, Colleagues, Listing, Lookups, Tickets
from intake.ports.upkeep import Previews, Troubles, Upkeep
from intake.ports.values import Applied, Asked, Compose, Part
from intake.ports.web import Downloads, Web


class Store(Protocol):
    """Use from any thread. Whatever may pass (locked, full, gone) is raised as Temporary.

    `intake.store` keeps it in a database, `intake.testing.memory` in memory. A method that
    writes is a transaction of its own, or part of the one that is open.
    """

    @property
    def ledger(self) -> Ledger:
        """Every message received, and what became of it."""

    @property
    def outbox(self) -> Outbox:
        """Every mail owed, and what became of it."""

    @property
    def tickets(self) -> Tickets:
        """Single tickets, and what hangs on them."""

    @property
    def agents(self) -> Agents:
        """Who answers tickets."""

    @property
    def colleagues(self) -> Colleagues:
        """What agents are told of each other."""

    @property
    def lookups(self) -> Lookups:
        """What commands and the clock ask of many tickets."""

    @property
    def listing(self) -> Listing:
        """Lists of tickets."""

    @property
    def promises(self) -> Promises:
        """What was promised, escalations, and calls of the webhook."""

    @property
    def surveys(self) -> Surveys:
        """What was asked at the end, and what was answered."""

    @property
    def rates(self) -> Rates:
        """The circuit breaker of automatic mail."""

    @property
    def previews(self) -> Previews:
        """Previews of pictures."""

    @property
    def readings(self) -> Readings:
        """What looking into files came to."""

    @property
    def web(self) -> Web:
        """Limits of the form, and keys of programs."""

    @property
    def blocks(self) -> Blocks:
        """Whose mail is kept in quarantine."""

    @property
    def downloads(self) -> Downloads:
        """Links to files that work once."""

    @property
    def mailboxes(self) -> Mailboxes:
        """Who reads a mailbox, and how that went."""

    @property
    def logins(self) -> Logins:
        """Accounts that are logged in to with tokens."""

    @property
    def troubles(self) -> Troubles:
        """What goes wrong again and again."""

    @property
    def tellings(self) -> Tellings:
        """What agents are still to be told of their own mails."""

    @property
    def finds(self) -> Finds:
        """Secrets that were found in tickets."""

    @property
    def incidents(self) -> Incidents:
        """What is done about thefts and the like."""

    @property
    def silence(self) -> Silence:
        """Tickets of which nothing is heard."""

    @property
    def upkeep(self) -> Upkeep:
        """Counts, the audit and the jobs."""

    def transaction(self) -> AbstractContextManager[object]:
        """A write transaction; within another one it is simply part of that."""

    def savepoint(self) -> AbstractContextManager[None]:
        """Part of a transaction that can fail alone."""

    def remembering(self) -> AbstractContextManager[None]:
        """Within, outside of transactions, who the agents are is asked once."""

    def together(self, asked: Sequence[Asked], now: datetime) -> AbstractContextManager[Part]:
        """Decide on these messages together, in the running transaction; each sees what those before it
        decided. What is asked of the database is asked for all of them at once, and written at the end.

        Yields what decides on one of them, in a part that can fail alone. Raises Temporary where what was
        decided could not be written: then try them one by one.
        """

    def probe(self, now: datetime) -> None:
        """Write something small. Raises Temporary when the database takes nothing: then what just
        failed was not the fault of what was tried."""

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

        Within a transaction others wait who decide on the same content, so that two copies
        cannot both be the first.
        """

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

    def close(self) -> None:
        """Let go of what this thread holds; the next call takes it up again."""
