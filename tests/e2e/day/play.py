"""The day itself: minute by minute customers write, the desk works, and agents act on what they got."""

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from day.agents import Person
from day.canaries import Canaries
from day.customers import Case, Customers
from day.desk import DayDesk
from day.programs import Letter, opened
from day.script import BEGIN, MINUTES, SEED, Request, requests
from intake.desk.digest import THANKS_AFTER

# (name, whether Chinese, the program at the desk, the one on the phone)
TEAM = (
    ("Anna Berg", False, "gmail web", "gmail ios"),
    ("Ben Cole", False, "outlook desktop", "iphone"),
    ("Wei Chen", True, "apple mail", "iphone"),
    ("Mei Tang", True, "qq", "iphone"),
)
STEPS = {"note": ["ask"], "answer": [], "older": ["answer", "older"]}


@dataclass
class Day:
    """A day in the making; `play` lives it."""

    desk: DayDesk
    seed: int = SEED
    agents: list[Person] = field(default_factory=list)
    canaries: Canaries = field(default_factory=Canaries)
    cases: dict[int, Case] = field(default_factory=dict)
    strange: list[str] = field(default_factory=list)
    _events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _kinds: dict[str, str] = field(default_factory=dict)
    _order: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        for name, zh, program, phone in TEAM:
            address = f"{name.split()[0].lower()}@staff.example"
            person = Person(name, address, zh, program, phone, self)
            person.id = self.desk.add(address, name, zh)
            self.agents.append(person)
        self.customers = Customers(self.desk, self.canaries, random.Random(self.seed), self.later, self.cases)
        for request in requests(self.seed):
            case = Case(request, list(STEPS.get(request.handling, [request.handling])))
            self.cases[request.number] = case
            self.later(request.minute, self._writing(case))

    def _writing(self, case: Case) -> Callable[[], None]:
        return lambda: self.customers.write(case)

    def later(self, minute: float, what: Callable[[], None]) -> None:
        """Have something happen at that minute of the day."""
        self._events.append((minute, next(self._order), what))

    def play(self) -> "Day":
        """Live the day; the last hour of it is what is left over."""
        for minute in range(MINUTES + 1):
            self.desk.clock.now = max(self.desk.clock.now, BEGIN + timedelta(minutes=minute))
            due = sorted(event for event in self._events if event[0] <= minute)
            self._events = [event for event in self._events if event[0] > minute]
            for _, _, happen in due:
                happen()
            self.pump()
            for person in self.agents:
                person.work()
        self.desk.clock.now += timedelta(minutes=2)
        self.pump()
        # What agents are told later, all of it together, counts as well.
        self.desk.clock.now += THANKS_AFTER + timedelta(minutes=20)
        self.pump()
        return self

    # -- what agents ask of it -------------------------------------------------------------

    def pump(self) -> None:
        """Have the desk work until nothing is due, and put its mails into their readers' mailboxes."""
        for delivery in self.desk.work():
            letter = opened(delivery.raw, self.desk.clock())
            for address in delivery.recipients:
                self._arrived(address, letter, delivery.sender)
        self._number()

    def _arrived(self, address: str, letter: Letter, sender: str) -> None:
        person = next((one for one in self.agents if one.address == address), None)
        if person is not None:
            person.inbox.append(letter)
            return
        cases = [case for case in self.cases.values() if case.request.address == address]
        if not cases:
            self.strange.append(f"{address}: {letter.subject}")
            return
        case = next((case for case in cases if case.request.topic.subject in letter.subject), cases[0])
        self.customers.got(case, letter, sender)

    def _number(self) -> None:
        """Note the numbers of new tickets."""
        without = [case for case in self.cases.values() if case.open and not case.ticket]
        if not without:
            return
        rows = [row for row in self.desk.store.ledger.list_messages(limit=100) if row.ticket]
        for case in without:
            for row in rows:
                ours = row.message_id.strip("<>") == case.message_id.strip("<>")
                if ours or (case.request.form and row.sender == case.request.address):
                    case.ticket = row.ticket or 0

    def case_of(self, ticket: int) -> Case | None:
        """Return the newest request that a ticket is about."""
        return next((case for case in self.cases.values() if case.ticket == ticket and ticket), None)

    def kind_of(self, letter: Letter) -> str:
        """Return what kind of mail of the desk's it is."""
        key = str(letter.mail["Message-ID"]).strip("<>")
        if key not in self._kinds:
            rows = self.desk.store.outbox.list_mails(limit=5000)
            self._kinds.update({row.message_id.strip("<>"): row.kind for row in rows})
        return self._kinds.get(key, "")

    def request_of(self, number: int) -> Request:
        """Return a request by its number."""
        return self.cases[number].request
