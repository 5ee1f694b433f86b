"""A store in a test, and short ways to say what happened to it."""

import hashlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

from intake.desk.effects import (
    AddEntry,
    Effect,
    Finish,
    Mail,
    MailKind,
    OpenTicket,
    Outcome,
    Outgoing,
)
from intake.desk.facts import Facts
from intake.desk.message import Address, Envelope, Message
from intake.desk.ticket import EntryKind, Ticket
from intake.ports import Applied, Arrival, Claimed, Origin, Store
from intake.store import SqlStore
from intake.store.upkeep.integrity import IntegrityCheck

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
KEY = b"k" * 32
ANN = Address("Ann@customer.example", "Ann")

T = TypeVar("T")


class InThreads(Protocol):
    """Runs `work(0)` to `work(count - 1)` at once, and returns what they returned."""

    def __call__(self, count: int, work: Callable[[int], T]) -> list[T]: ...


@dataclass
class Bench:
    """A store and the few sentences that tests of it are made of."""

    store: Store
    url: str
    data: Path
    engine: str = "sqlite"
    now: datetime = NOW
    seen: list[Ticket] = field(default_factory=list)
    counter: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def arrival(self, raw: bytes, uid: int | None = None, **envelope: Any) -> Arrival:
        origin = None if uid is None else Origin("INBOX", 7, uid)
        return Arrival(raw, Envelope("imap", "support", **envelope), origin)

    def receive(self, raw: bytes) -> int:
        return self.store.ledger.receive([self.arrival(raw)], self.now)[0].ledger_id

    def message(self, raw: bytes, **values: Any) -> Message:
        digest = hashlib.sha256(raw).hexdigest()
        return replace(Message(digest, len(raw), f"print-{digest}", sender=ANN, subject="Printer"), **values)

    def compose(self, mail: Mail, ticket: Ticket) -> Outgoing:
        self.seen.append(ticket)
        number = next(self.counter)
        return Outgoing(mail.kind, "", mail.to.mailbox, f"out-{number}@desk.example", b"mail %d" % number)

    def apply(
        self, *effects: Effect, ledger_id: int | None = None, message: Message | None = None
    ) -> Applied:
        with self.store.transaction():
            return self.store.apply(effects, self.compose, self.now, ledger_id, message)

    def opening(self, dedupe: str = "", kind: MailKind = MailKind.ACKNOWLEDGEMENT) -> list[Effect]:
        mail = [Mail(kind, None, ANN, dedupe)] if dedupe else []
        return [
            OpenTicket("Printer", ANN, "en", "support", "", "imap"),
            AddEntry(None, EntryKind.CUSTOMER, ANN, "It smokes.", "It smokes.", from_message=True),
            *mail,
            Finish(Outcome.TICKETED, None, "new_ticket", "no matching ticket"),
        ]

    def open(self, raw: bytes = b"first", dedupe: str = "", **values: Any) -> int:
        """Receive a message, open its ticket, and return the ticket's number."""
        ledger_id = self.receive(raw)
        applied = self.apply(*self.opening(dedupe), ledger_id=ledger_id, message=self.message(raw, **values))
        assert applied.ticket_id is not None
        return applied.ticket_id

    def owe(self, dedupe: str, kind: MailKind = MailKind.RELAY, to: Address = ANN) -> int:
        """Owe a mail in the first ticket, and return its outbox id."""
        if self.store.tickets.get(1) is None:
            self.open()
        return self.apply(Mail(kind, 1, to, dedupe)).outbox_ids[0]

    def claim(self, outbox_id: int, owner: str = "one") -> Claimed:
        claimed = self.store.outbox.claim(outbox_id, owner, self.now, timedelta(minutes=5))
        assert claimed is not None
        return claimed

    def state(self, outbox_id: int) -> str:
        return next(row.state for row in self.store.outbox.list_mails(limit=1000) if row.id == outbox_id)

    def facts(self, message: Message, **values: Any) -> Facts:
        given: dict[str, Any] = {
            "envelope": Envelope("imap", "support"),
            "token": None,
            "team": "",
            "now": self.now,
        }
        with self.store.transaction():
            return self.store.facts(message, **(given | values))

    def faults(self) -> list[str]:
        """What is not as it must be; memory has no files or columns that could differ."""
        if not isinstance(self.store, SqlStore):
            return []
        return list(IntegrityCheck(self.store.db, self.store.blobs).faults())

    def later(self, **delta: float) -> None:
        self.now += timedelta(**delta)
