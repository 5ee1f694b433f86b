"""What the tests of the form share: a desk whose service records what it receives, and real ones served."""

import threading
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from intake.app import Desk
from intake.config.sections import Settings
from intake.desk import lifecycle
from intake.desk.effects import Outcome
from intake.desk.links import Links
from intake.desk.policy import Policy
from intake.ports import Admission, Arrival, Articles, NoRoom, Received
from intake.testing.memory import MemoryStore
from intake.views import MessageRow

if TYPE_CHECKING:
    from playwright.sync_api import Page


class Clock:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class RecordingDesk:
    """Stands in for `intake.app.Desk`: keeps arrivals in a list, finds the same bytes again."""

    settings: Settings
    policy: Policy
    keys: tuple[bytes, ...] = (b"k" * 32,)
    clock: "Clock" = field(default_factory=lambda: Clock())
    arrivals: list[Arrival] = field(default_factory=list)
    rows: dict[int, MessageRow] = field(default_factory=dict)
    failure: Exception | None = None
    nudges: int = 0
    hits: list[tuple[str, datetime]] = field(default_factory=list)
    links: Links = field(default_factory=Links)
    articles: Articles = field(default_factory=lambda: MemoryStore().articles)

    @property
    def service(self) -> "RecordingDesk":
        return self

    @property
    def store(self) -> "RecordingDesk":
        return self

    @property
    def web(self) -> "RecordingDesk":
        return self

    @property
    def ledger(self) -> "RecordingDesk":
        return self

    @property
    def tickets(self) -> "RecordingDesk":
        return self

    @property
    def finds(self) -> "RecordingDesk":
        return self

    def exposed(self, number: int) -> frozenset[int]:
        return frozenset()

    def receive(self, arrivals: Sequence[Arrival], admission: Admission | None = None) -> list[Received]:
        rules, now = admission.rules if admission else {}, self.clock()
        known = any(one.raw in [arrival.raw for arrival in arrivals] for one in self.arrivals)
        wait = 0 if known else self.wait(rules, now)
        if wait:
            raise NoRoom(wait)
        if self.failure:
            raise self.failure
        self.hits += [] if known else [(key, now) for key in rules]
        return [self._keep(one) for one in arrivals]

    def _keep(self, arrival: Arrival) -> Received:
        for number, one in enumerate(self.arrivals, 1):
            if one.raw == arrival.raw:
                return Received(number, True)
        self.arrivals.append(arrival)
        number = len(self.arrivals)
        self.rows[number] = MessageRow(
            number, "", len(arrival.raw), "form", arrival.envelope.mailbox, self.clock(),
            "", "", "", "waiting", None, None, "", "", 0,
        )  # fmt: skip
        return Received(number, False)

    def wait(self, rules: Mapping[str, Any], now: datetime) -> int:
        wait = 0.0
        for key, some in rules.items():
            for most, seconds in some:
                times = [at for name, at in self.hits if name == key]
                if len(times) >= most:
                    wait = max(wait, seconds - (now - times[-most]).total_seconds())
        return int(wait) + 1 if wait > 0 else 0

    def admit(self, rules: Mapping[str, Any], now: datetime) -> int:
        wait = self.wait(rules, now)
        self.hits += [] if wait else [(key, now) for key in rules]
        return wait

    def count(self, key: str, since: datetime) -> int:
        return sum(name == key and at > since for name, at in self.hits)

    def get(self, number: int) -> None:
        return None

    def message(self, number: int) -> MessageRow | None:
        return self.rows.get(number)

    def processed(self, number: int, ticket: int, outcome: Outcome = Outcome.TICKETED) -> None:
        """Pretend that a row was decided on."""
        self.rows[number] = replace(
            self.rows[number], outcome=outcome, ticket=ticket, state="done", sender="ada@example.com"
        )

    def nudge(self) -> None:
        self.nudges += 1


class MakeDesk(Protocol):
    """Makes a recording desk out of more lines of [web] and [desk]."""

    def __call__(self, web: str = "", desk: str = "", clock: Clock | None = None) -> RecordingDesk: ...


@dataclass
class Running:
    """The form on waitress at a port of its own."""

    desk: RecordingDesk
    port: int
    stop: threading.Event
    thread: threading.Thread

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def get(self, path: str = "") -> str:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return str(answer.read().decode())


class Run(Protocol):
    """Serves the form of a recording desk until the test ends."""

    def __call__(self, web: str = "", desk: str = "") -> Running: ...


class Visit(Protocol):
    """Opens the form in a browser; `options` are those of its context, as `viewport` or `locale`."""

    def __call__(self, web: str = "", **options: Any) -> "tuple[Page, Running]": ...


@dataclass
class Served:
    """A real desk on a real server, and pages opened in the browser."""

    desk: Desk
    url: str
    open: "Callable[..., Page]"

    def answer(self, text: str) -> None:
        """Let the agent answer the ticket."""
        ticket, agent = self.desk.store.tickets.get(1), self.desk.store.agents.enabled()[0]
        assert ticket is not None
        self.desk.service.act(lifecycle.reply(ticket, agent, text, text, self.desk.policy))

    def link(self, page: str) -> str:
        """Return the address of the ticket's page ("progress") or of its survey."""
        ticket, now = self.desk.store.tickets.get(1), self.desk.service.clock()
        assert ticket is not None
        links = self.desk.links
        whole = links.survey(ticket, now) if page == "survey" else links.progress(ticket, now, mailed=True)
        return self.url + whole.removeprefix("https://help.example/")
