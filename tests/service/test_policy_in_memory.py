"""The whole road, receive, process and deliver, over a store in memory: policy without a database."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pump import Clock, Line, letter

from intake.config import settings as config
from intake.config.to_policy import policy_of
from intake.desk import tokens
from intake.desk.effects import Outgoing
from intake.desk.message import Envelope, Message
from intake.desk.tokens import Purpose
from intake.mail.parse import parse
from intake.ports import Ambiguous, Arrival, Permanent, Store, Temporary
from intake.rendering.composer import Composer
from intake.service.service import Service
from intake.store import open_store
from intake.testing.memory import MemoryStore

KEY = b"k" * 32
HELP, ANNA = "help@desk.example", "anna@staff.example"
LIN, BOB = "lin@customer.example", "bob@customer.example"
MACHINE = "Auto-Submitted: auto-replied\r\n"
INI = f"""
[desk]
name = Desk
address = {HELP}
agent_authority = token
undo_seconds = 0

[smtp]
host = 127.0.0.1

[mailbox support]
type = ingest
"""


class PolicyDesk:
    """A desk whose agent is Anna, over any store; without one it keeps all that it has in memory."""

    def __init__(self, folder: Path, store: Store | None = None) -> None:
        path = folder / "intake.ini"
        path.write_text(INI, encoding="utf-8")
        settings = config.load(path)
        policy = policy_of(settings)
        self.clock, self.sent = Clock(), list[Outgoing]()
        self.reads: Callable[[bytes], Message] = parse
        self.store: Store = store or MemoryStore(KEY)
        self.service = Service(
            store=self.store,
            policy=policy,
            keys=(KEY,),
            parse=lambda raw: self.reads(raw),
            compose=Composer(settings, policy, (KEY,)).compose,
            vouched=lambda raw, message, authserv: None,
            clock=self.clock,
            jitter=lambda: 1.0,
        )
        self.store.agents.add(ANNA, "Anna", (), self.clock())

    def to(self, who: str) -> str:
        """Return where a mail goes: to the desk, or to the address that `who` got for ticket 1."""
        if who == HELP:
            return HELP
        purpose, person = (Purpose.AGENT, 1) if who == ANNA else (Purpose.CUSTOMER, 0)
        token = tokens.make(KEY, purpose, 1, person, tokens.lifetime(self.clock.now, 9))
        return tokens.address(HELP, token)

    def write(self, sender: str, whose: str, text: str, extra: str = "", subject: str = "My coins") -> None:
        """Take a mail in and process it."""
        self.clock.later(minutes=1)
        raw = letter(sender, self.to(whose), subject, text, extra)
        self.service.receive([Arrival(raw, Envelope("lmtp", "support", sender, (HELP,)))])
        while self.service.process_pending():
            pass

    def deliver(self, fails: type[Exception] | None = None) -> list[str]:
        """Send what is due, once each; return what became of it."""

        def take(mail: Outgoing) -> None:
            if fails is not None:
                raise fails("no")
            self.sent.append(mail)

        return [self.service.deliver(one, Line(take)).result for one in self.service.tick()]


@dataclass(frozen=True)
class Expected:
    """What is to be there in the end: outcomes of the messages, the tickets' statuses, who got which mail."""

    outcomes: list[str]
    statuses: list[str]
    sent: set[tuple[str, str]] = field(default_factory=set)


QUESTION = (LIN, HELP, "Where are my coins?")
OPENED = {("acknowledgement", LIN), ("notice", ANNA)}
TABLE: dict[str, tuple[list[tuple[Any, ...]], Expected]] = {
    "a question is a ticket": ([QUESTION], Expected(["ticketed"], ["new"], OPENED)),
    "the same bytes twice are one message": (
        [QUESTION, QUESTION],
        Expected(["ticketed"], ["new"], OPENED),
    ),
    "two people are two tickets": (
        [QUESTION, (BOB, HELP, "It does not start.", "", "My car")],
        Expected(["ticketed"] * 2, ["new"] * 2, OPENED | {("acknowledgement", BOB)}),
    ),
    "an answer of the requester is in their ticket": (
        [QUESTION, (LIN, LIN, "They are green.")],
        Expected(["ticketed", "appended"], ["new"], OPENED),
    ),
    "an answer of the agent goes to the requester": (
        [QUESTION, (ANNA, ANNA, "Look under the sofa.")],
        Expected(["ticketed", "appended"], ["pending"], OPENED | {("relay", LIN)}),
    ),
    "who writes again after an answer is waited for no more": (
        [QUESTION, (ANNA, ANNA, "Look under the sofa."), (LIN, LIN, "Not there.")],
        Expected(["ticketed", "appended", "appended"], ["open"], OPENED | {("relay", LIN)}),
    ),
    "an automatic mail opens and answers nothing": (
        [(LIN, HELP, "I am away.", MACHINE)],
        Expected(["automatic"], [], set()),
    ),
    "an answer opens a closed ticket again": (
        [QUESTION, (ANNA, ANNA, "#close\r\n\r\nDone."), (LIN, LIN, "Thank you, but no.")],
        Expected(["ticketed", "appended", "appended"], ["open"], OPENED | {("relay", LIN), ("status", LIN)}),
    ),
}


@pytest.fixture
def desk(tmp_path: Path) -> PolicyDesk:
    return PolicyDesk(tmp_path)


@pytest.mark.parametrize("name", TABLE)
def test_what_becomes_of_some_mails(desk: PolicyDesk, name: str, tmp_path: Path) -> None:
    expect(desk, name)
    assert ["intake.ini"] == [one.name for one in tmp_path.iterdir()], "no database, no file"


@pytest.mark.parametrize("name", TABLE)
def test_the_same_becomes_of_them_with_a_database(name: str, tmp_path: Path) -> None:
    store = open_store("sqlite:///intake.db", tmp_path, tombstone_key=KEY)
    expect(PolicyDesk(tmp_path, store), name)
    store.close()


def expect(desk: PolicyDesk, name: str) -> None:
    """Send the mails of a line of the table, and compare what is there in the end."""
    mails, expected = TABLE[name]
    for mail in mails:
        desk.write(*mail)
        desk.deliver()
    rows = desk.store.ledger.list_messages()[::-1]
    tickets = desk.store.listing.list_tickets()[::-1]
    assert expected.outcomes == [one.outcome for one in rows]
    assert expected.statuses == [one.status for one in tickets]
    assert expected.sent == {(one.kind.value, one.rcpt) for one in desk.sent}
    assert [] == desk.service.tick(), "all is sent, once"


@pytest.mark.parametrize(
    ("fails", "result", "state", "later"),
    [
        (Temporary, "retry", "due", ["sent"]),
        (Permanent, "failed", "failed", []),
        (Ambiguous, "unknown", "unknown", []),
    ],
)
def test_what_becomes_of_an_acknowledgement_that_is_not_taken(
    desk: PolicyDesk, fails: type[Exception], result: str, state: str, later: list[str]
) -> None:
    desk.write(*QUESTION)
    (number,) = [one.id for one in desk.store.outbox.list_mails() if one.kind == "acknowledgement"]
    assert result in desk.deliver(fails)
    row = desk.store.outbox.mail(number)
    assert row is not None
    assert state == row.state
    desk.clock.later(hours=2)
    desk.deliver()
    assert later == ["sent" for one in desk.sent if one.rcpt == LIN]


def test_a_mail_that_cannot_be_decided_is_set_aside_and_its_neighbour_goes_on(desk: PolicyDesk) -> None:
    def breaks(raw: bytes) -> Message:
        if b"bread" in raw:
            raise ValueError("a fault of ours")
        return parse(raw)

    desk.reads = breaks
    desk.write(LIN, HELP, "bread")
    desk.write(BOB, HELP, "salt", "", "My car")
    for _ in range(10):
        desk.clock.later(hours=1)
        desk.service.tick()
    outcomes = {one.id: one.outcome for one in desk.store.ledger.list_messages()}
    assert {1: "quarantined", 2: "ticketed"} == outcomes
    desk.reads = parse
    assert desk.store.ledger.requeue(1, desk.clock())
    desk.service.tick()
    assert ["ticketed"] * 2 == [one.outcome for one in desk.store.ledger.list_messages()]
