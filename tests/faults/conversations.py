"""Random conversations, decided on by one process and by many: what comes of them must be the same."""

import random
import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from config_files import config_text

from intake import app
from intake.config import settings as config
from intake.desk import tokens
from intake.desk.message import Envelope
from intake.desk.tokens import Purpose
from intake.ports import Arrival, Temporary
from intake.runtime import lease_owner
from intake.service.proofs import Proofs
from intake.service.service import Service

AGENTS = {"anna@staff.example": "Anna", "bob@staff.example": "Bob"}
OPENING, PATIENCE_SECONDS = 8, 60.0
# What is said of the whole desk, or a domain, is not of a conversation.
LIMITS = (
    "agent_authority = token\nundo_seconds = 0\nautomatic_per_hour = 100000\n"
    "automatic_per_domain_hour = 100000\nflood_per_domain_hour = 0\nflood_per_address_hour = 4"
)


class Clock:
    """Stands still, but for what it is set on by."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Killed(BaseException):
    """What ends a worker as SIGKILL does: nothing but the database remembers."""


class Owners:
    """Who holds a row, instead of process ids: each thread is a process, and some of them died."""

    def __init__(self) -> None:
        self.dead: set[str] = set()
        self._local, self._count = threading.local(), iter(range(1 << 30))

    def begin(self) -> None:
        """Be another process from now on."""
        self._local.name = f"worker{next(self._count)}"

    def end(self) -> None:
        """Have the others believe that this process died."""
        self.dead.add(self._local.name)

    def name(self) -> str:
        """As `lease_owner.name`."""
        return f"{getattr(self._local, 'name', 'main')} {next(self._count)}"

    def gone(self, owner: str) -> bool:
        """As `lease_owner.gone`."""
        return owner.partition(" ")[0] in self.dead

    @contextmanager
    def known(self) -> Iterator[None]:
        """Have the service ask here."""
        real = lease_owner.name, lease_owner.gone
        lease_owner.name, lease_owner.gone = self.name, self.gone
        try:
            yield
        finally:
            lease_owner.name, lease_owner.gone = real


class Rough:
    """A store as a process sees it that is slow, is killed, or is taken for dead, at any of its calls.

    A mail is in hand at one death at most: what kills twice is overtaken, which one process would not do.
    """

    def __init__(self, inner: Any, chance: random.Random, owners: Owners, hand: list[Any]) -> None:
        self._inner, self._chance, self._owners, self._hand = inner, chance, owners, hand

    def __getattr__(self, name: str) -> Any:
        inner = getattr(self._inner, name)
        if name in ("ledger", "tickets", "agents", "lookups"):
            return Rough(inner, self._chance, self._owners, self._hand)
        if name == "transaction":
            return lambda: self._transaction(inner)
        if not callable(inner) or name in ("savepoint", "close"):
            return inner

        def call(*args: Any, **kwargs: Any) -> Any:
            self._step()
            result = inner(*args, **kwargs)
            if name == "take":
                self._hand[:] = result.rows
            self._step()
            return result

        return call

    @contextmanager
    def _transaction(self, inner: Callable[[], Any]) -> Iterator[None]:
        with inner():
            yield
        self._step()

    def _step(self) -> None:
        fate = self._chance.random()
        if fate < 0.04:
            time.sleep(self._chance.random() * 0.01)
        elif fate < 0.055 and self._hand and all(row.attempts == 1 for row in self._hand):
            self._owners.end()
            if fate < 0.05:
                raise Killed
            # Others take its rows, and it goes on.
            self._hand.clear()
            time.sleep(0.01)


@dataclass(slots=True)
class Side:
    """A desk on a database, and the numbers that its tickets have, by what the conversation is called."""

    desk: app.Desk
    numbers: dict[str, int] = field(default_factory=dict)

    def learn(self, mark: str) -> None:
        """Look up the tickets of one run."""
        rows = self.desk.database.db.many(
            "SELECT subject, MIN(id) FROM ticket WHERE requester LIKE %s GROUP BY subject",
            f"%@{mark}.example",
        )
        self.numbers = {subject: number for subject, number in rows}

    def ours(self, topic: str) -> str:
        """The Message-ID of the first mail to the requester of a ticket."""
        row = self.desk.database.db.sql(
            "SELECT MIN(message_id) FROM outbox WHERE ticket = %s AND kind = 'acknowledgement'",
            self.numbers.get(topic, 0),
        )
        return row[0] if row and row[0] else f"none.{topic}@desk.example"

    def address(self, purpose: Purpose, topic: str, person: int, now: datetime) -> str:
        """Where replies in a ticket go to."""
        token = tokens.make(
            self.desk.keys[0], purpose, self.numbers.get(topic, 0), person, now + timedelta(days=9)
        )
        return tokens.address("support@desk.example", token)


def side(folder: Path, url: str, clock: Clock) -> Side:
    """A desk with two agents on an empty database."""
    folder.mkdir(parents=True)
    path = folder / "intake.ini"
    path.write_text(config_text(desk=LIMITS, store=f"url = {url.replace('%', '%%')}"), encoding="utf-8")
    desk = app.build(config.load(path))
    for address, name in AGENTS.items():
        desk.store.agents.add(address, name, (), clock())
    desk.service = replace(desk.service, clock=clock)
    return Side(desk)


Letter = Callable[[Side, datetime], Arrival]


@dataclass(slots=True)
class Script:
    """The mails of one run, phase by phase: those of a phase are underway at the same time."""

    mark: str
    chance: random.Random
    count: int = 0
    topics: list[tuple[str, str, str]] = field(default_factory=list)

    def phases(self) -> list[list[Letter]]:
        """Return what is written: at first nothing but what opens tickets, and answers to that."""
        phases = []
        for number in range(self.chance.randint(1, 3)):
            known = list(self.topics)
            mails: list[Letter] = []
            for _ in range(self.chance.randint(3, 12)):
                kind = self.chance.choice(
                    (self.opens, self.answers, self.again)
                    if not number
                    else (self.opens, self.answers, self.again, *(self.late,) * 4)
                )
                mails += kind(mails, known)
            phases.append(mails)
        return phases

    def opens(self, mails: Sequence[Letter], known: Sequence[Any]) -> list[Letter]:
        """A new conversation, or a burst of them."""
        who = f"c{self.chance.randint(0, 3)}@{self.mark}.example"
        if self.chance.random() < 0.2 and not self._two():
            return [self._open(f"two@{self.mark}.example")]
        return [self._open(who) for _ in range(self.chance.choice((1, 1, 1, 2, 4)))]

    def _two(self) -> list[tuple[str, str, str]]:
        return [topic for topic in self.topics if topic[1].startswith("two")]

    def _open(self, who: str) -> Letter:
        topic, message_id = f"Topic {self.mark} {len(self.topics)}", self._id()
        self.topics.append((topic, who, message_id))
        extra = self._thread(len(self.topics))
        return self._mail(who, topic, message_id, extra)

    def answers(self, mails: Sequence[Letter], known: Sequence[Any]) -> list[Letter]:
        """Somebody writes again, naming the Message-ID of the first mail: its author, or another."""
        if not self.topics:
            return []
        topic, who, first = self.chance.choice(self.topics)
        if self._two() and self.chance.random() < 0.3:
            topic, who, first = self._two()[0]
        # What is gathered into one ticket because its sender writes too much does not name it, so that its
        # order towards others in that ticket is nobody's: only who never floods is answered by another.
        other = self.chance.choice((who, f"c9@{self.mark}.example")) if who.startswith("two") else who
        return [self._mail(other, f"Re: {topic}", self._id(), f"References: <{first}>\r\n")]

    def again(self, mails: Sequence[Letter], known: Sequence[Any]) -> list[Letter]:
        """A mail once more: the same bytes, or a copy that came another way."""
        if not mails:
            return []
        whole = self.chance.choice(mails)
        way = self.chance.choice((b"", b"Received: from relay.example; Thu, 1 Jan 2026 08:00:00 +0000\r\n"))

        def letter(side: Side, now: datetime) -> Arrival:
            first = whole(side, now)
            assert isinstance(first.raw, bytes)
            return Arrival(way + first.raw, first.envelope)

        return [letter]

    def late(self, mails: Sequence[Letter], known: Sequence[tuple[str, str, str]]) -> list[Letter]:
        """Something about a ticket that was there before this phase."""
        topic, who, _ = self.chance.choice(known) if known else ("", "", "")
        if not topic:
            return []
        kind = self.chance.choice(("token", "number", "ours", "agent", "agent", "thread"))
        message_id, agent = self._id(), self.chance.randint(1, 2)
        if kind == "thread":
            at = [name for name, _, _ in self.topics].index(topic) + 1
            return [self._mail(who, "Another subject", message_id, self._thread(at, always=True))]
        words = self.chance.choice(("", "#mine\n\n", "#close\n\n", "#priority high\n\n"))

        def letter(side: Side, now: datetime) -> Arrival:
            if kind == "token":
                to = side.address(Purpose.CUSTOMER, topic, 0, now)
                return _letter(who, "Hello again", message_id, to=to)
            if kind == "number":
                return _letter(who, f"Now [#{side.numbers.get(topic, 0)}]", message_id)
            if kind == "ours":
                return _letter(who, f"Re: {topic}", message_id, f"In-Reply-To: <{side.ours(topic)}>\r\n")
            to = side.address(Purpose.AGENT, topic, agent, now)
            return _letter(list(AGENTS)[agent - 1], f"Re: {topic}", message_id, to=to, words=words)

        return [letter]

    def _mail(self, who: str, subject: str, message_id: str, extra: str = "") -> Letter:
        return lambda side, now: _letter(who, subject, message_id, extra)

    def _thread(self, topic: int, always: bool = False) -> str:
        if not always and topic % 2:
            return ""
        import base64
        import hashlib

        made = b"\1" + hashlib.sha256(f"{self.mark} {topic}".encode()).digest()[:21]
        return f"Thread-Index: {base64.b64encode(made).decode()}\r\n"

    def _id(self) -> str:
        self.count += 1
        return f"m{self.count}@{self.mark}.example"


def _letter(
    who: str,
    subject: str,
    message_id: str,
    extra: str = "",
    to: str = "support@desk.example",
    words: str = "",
) -> Arrival:
    text = (
        f"From: {who}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{message_id}>\r\n{extra}"
        f"Date: Thu, 1 Jan 2026 08:00:00 +0000\r\n\r\n{words}These are the words of {message_id}.\r\n"
    )
    return Arrival(text.encode(), Envelope("lmtp", "support", who, (to,)))


def decide_alone(one: Side, clock: Clock, mails: Sequence[Letter]) -> None:
    """Receive and decide as one process does."""
    one.desk.service.receive([letter(one, clock.now) for letter in mails])
    while one.desk.service.process_pending(50):
        pass


def decide_together(
    many: Side, clock: Clock, mails: Sequence[Letter], chance: random.Random, owners: Owners
) -> None:
    """Receive in pieces while any number of processes decide, each slow or killed now and then."""
    received = threading.Event()
    waiting = many.desk.store.ledger

    def settled() -> bool:
        return received.is_set() and not waiting.list_messages(state="waiting", limit=1)

    def work(seed: int) -> None:
        own, end = random.Random(seed), time.monotonic() + PATIENCE_SECONDS
        service = many.desk.service
        while not settled() and time.monotonic() < end:
            owners.begin()
            rough: Any = Rough(many.desk.store, own, owners, [])
            process = _process_of(service, rough)
            try:
                while time.monotonic() < end:
                    owners.begin()
                    if not process.process_pending(own.choice((1, 2, 3, 5, 50))):
                        if settled():
                            break
                        time.sleep(0.01)
            except (Killed, Temporary):
                continue
        many.desk.store.close()

    threads = [
        threading.Thread(target=work, args=(chance.random(),)) for _ in range(chance.choice((2, 3, 4)))
    ]
    for thread in threads:
        thread.start()
    left = [letter(many, clock.now) for letter in mails]
    while left:
        some = chance.randint(1, 5)
        many.desk.service.receive(left[:some])
        del left[:some]
        time.sleep(chance.random() * 0.01)
    received.set()
    for thread in threads:
        thread.join()
    assert settled(), "messages are left that nobody decided on"


def _process_of(service: Service, store: Any) -> Service:
    return replace(service, store=store, proofs=Proofs())


def picture(side: Side, mark: str) -> dict[str, Any]:
    """What came of one run: by the names of conversations, for numbers are given as it happens."""
    db = side.desk.database.db
    like = f"%@{mark}.example"
    rows = db.many(
        "SELECT t.id, t.subject, t.requester, t.status, t.priority, a.name FROM ticket t "
        "LEFT JOIN agent a ON a.id = t.assignee WHERE t.requester LIKE %s ORDER BY t.id",
        like,
    )
    times: Counter[tuple[str, str]] = Counter()
    names: dict[int, str] = {}
    for number, subject, requester, *_ in rows:
        # One subject may have opened several tickets of one person, in their order.
        place = re.sub(r"\[#\d+\]", "[#]", subject)
        times[place, requester] += 1
        names[number] = f"{place} of {requester}, {times[place, requester]}"

    def named(text: str) -> str:
        return re.sub(r"#(\d+)", lambda match: names.get(int(match[1]), match[0]), text)

    tickets = {}
    for number, _, _, *state in rows:
        entries = [
            (entry.kind, entry.author, named(entry.text)) for entry in side.desk.store.tickets.entries(number)
        ]
        owed = db.many("SELECT kind, rcpt FROM outbox WHERE ticket = %s", number)
        ticket = side.desk.store.tickets.get(number)
        assert ticket is not None
        tickets[names[number]] = (state, entries, sorted(owed), sorted(ticket.participants))
    messages = defaultdict(list)
    for message_id, outcome, rule, number in db.many(
        "SELECT message_id, outcome, rule, ticket FROM message WHERE message_id LIKE %s ORDER BY id", like
    ):
        messages[message_id].append((outcome, rule, names.get(number, number and "another")))
    return {"tickets": tickets, "messages": dict(messages)}
