#!/usr/bin/env python3
"""A year of a desk in two time zones, minute by minute, and every step of every ladder against an oracle.

Tickets come at any second of the year; some are answered, some late, some never; requesters
answer back, agents close. A clock that is handed in goes on by a minute, and each minute does
what a desk's sweep does. The oracle (tests/minutes.py) walks minutes and knows nothing of how
intake reckons. Prints what was done, and how many steps were missing, double, early or late.

Usage: python bench/year.py [--tickets 100000] [--seed 1] [--pure] [--restart-every HOURS] [--json]
"""

import argparse
import heapq
import itertools
import json
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]

from minutes import MINUTE, Minutes, firings, opening  # noqa: E402

from intake import app, config  # noqa: E402
from intake.desk import lifecycle  # noqa: E402
from intake.desk.effects import (  # noqa: E402
    AddEntry,
    Amend,
    Assign,
    Effect,
    Escalate,
    Mail,
    MailKind,
    OpenTicket,
    Outgoing,
    SetPromises,
    SetStatus,
)
from intake.desk.escalation import DuePromise  # noqa: E402
from intake.desk.facts import Facts  # noqa: E402
from intake.desk.message import Address  # noqa: E402
from intake.desk.policy import Policy  # noqa: E402
from intake.desk.ticket import Agent, EntryKind, Status, Ticket  # noqa: E402
from intake.ports import Applied  # noqa: E402
from intake.service import Service  # noqa: E402
from intake.store.service_models import Escalation, Promise  # noqa: E402

CONFIG = """
[desk]
name = Desk
address = support@desk.example
data = data
automatic_per_hour = 100000
automatic_per_address_hour = 10000
automatic_per_address_day = 10000
automatic_per_domain_hour = 100000
alerts_per_hour = 10000
[smtp]
host = 127.0.0.1
[mailbox support]
type = ingest
[team berlin]
[team newyork]
lead = lead@staff.example
[sla urgent]
priority = urgent
first_response = 4h
next_response = 4h
ladder = 50% remind, 75% lead, 90% late, 100% priority high, 150% page
[sla berlin]
team = berlin
first_response = 1d
next_response = 4h
resolution = 5d
calendar = berlin
ladder = 50% remind, 75% lead, 90% late, 100% priority high, 150% page
[sla newyork]
team = newyork
first_response = 8h
next_response = 2h
resolution = 30h
calendar = newyork
ladder = 50% remind, 75% lead, 90% late, 100% priority high, 150% page
[calendar berlin]
timezone = Europe/Berlin
hours = mon-thu 8:30-12:30 13:15-18:00, fri 8:30-14:00, sat 10-13
holidays = DE-BE
days_off = 2026-12-24, 2026-12-31
working_days = 2026-10-03
[calendar newyork]
timezone = America/New_York
hours = mon-fri 9:00-17:30, sun 0:00-4:00
holidays = US
[page]
on_call = oncall@staff.example
"""
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 365
# Time enough for what was opened last to run out.
MORE_DAYS = 30
# Written down from the calendars of the two countries, not out of the library that intake asks.
BERLIN_CLOSED = {
    "2026-01-01", "2026-03-08", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25",
    "2026-12-24", "2026-12-25", "2026-12-26", "2026-12-31", "2027-01-01",
}  # fmt: skip
NEW_YORK_CLOSED = {
    "2026-01-01", "2026-01-19", "2026-02-16", "2026-05-25", "2026-06-19", "2026-07-03", "2026-07-04",
    "2026-09-07", "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25", "2027-01-01", "2027-01-18",
}  # fmt: skip
LONG_DAY = [("08:30", "12:30"), ("13:15", "18:00")]
BERLIN = {**dict.fromkeys(range(4), LONG_DAY), 4: [("08:30", "14:00")], 5: [("10:00", "13:00")]}
NEW_YORK = {**{day: [("09:00", "17:30")] for day in range(5)}, 6: [("00:00", "04:00")]}
HOUR = 3600.0
# Seconds of work promised, by policy and target. A day in Berlin is eight hours and three quarters.
TOTALS = {
    ("urgent", "first_response"): 4 * HOUR,
    ("urgent", "next_response"): 4 * HOUR,
    ("berlin", "first_response"): 8.75 * HOUR,
    ("berlin", "next_response"): 4 * HOUR,
    ("berlin", "resolution"): 5 * 8.75 * HOUR,
    ("newyork", "first_response"): 8 * HOUR,
    ("newyork", "next_response"): 2 * HOUR,
    ("newyork", "resolution"): 30 * HOUR,
}
PERCENTS = {"response": (50, 75, 90, 100, 150), "resolution": (50, 75, 100, 150)}


@dataclass(slots=True)
class Life:
    """What happens to one ticket, thought out beforehand: moments of open, ask, answer and close."""

    policy: str
    events: list[tuple[datetime, str]] = field(default_factory=list)
    number: int = 0


def lives(count: int, chance: random.Random, days: int = DAYS) -> Iterator[Life]:
    """Think out so many tickets."""
    for _ in range(count):
        life = Life(chance.choice(("urgent", "berlin", "berlin", "newyork", "newyork")))
        moment = BEGIN + timedelta(seconds=chance.randrange(days * 86_400))
        life.events.append((moment, "open"))
        for what in chance.choice(
            ((), ("answer",), ("answer", "close"), ("answer", "ask"), ("answer", "ask", "answer"), ("close",),
             ("ask", "answer"), ("answer", "ask", "ask", "answer", "close"), ("answer", "close", "ask"),
             ("answer",), ("answer", "close"), ("answer", "close"), ("answer", "ask", "answer", "close"))
        ):  # fmt: skip
            moment += timedelta(seconds=1 + int(chance.expovariate(1 / (5 * HOUR))))
            life.events.append((moment, what))
        yield life


def expected(life: Life, walked: dict[str, Minutes], end: datetime) -> set[tuple[str, str, datetime]]:
    """Return (target, step, minute) of all that must happen to a ticket, from its life alone."""
    clocks: list[tuple[str, list[tuple[datetime, datetime]]]] = []
    response: tuple[str, datetime] | None = None
    solution: list[tuple[datetime, datetime]] | None = None
    running: datetime | None = None
    answered = False
    for moment, what in life.events:
        if what in ("open", "ask"):
            if response is None:
                response = ("next_response" if answered else "first_response", moment)
            if solution is None:
                solution = []
            running = running or moment
        else:
            if response is not None:
                clocks.append((response[0], [(response[1], moment)]))
                response = None
            if solution is not None and running is not None:
                solution.append((running, moment))
            running = None
            answered = answered or what == "answer"
            if what == "close" and solution is not None:
                clocks.append(("resolution", solution))
                solution = None
    if response is not None:
        clocks.append((response[0], [(response[1], end)]))
    if solution is not None:
        clocks.append(("resolution", [*solution, *([(running, end)] if running else [])]))
    found = set()
    for target, intervals in clocks:
        total = TOTALS.get((life.policy, target))
        if total is not None:
            percents = PERCENTS["resolution" if target == "resolution" else "response"]
            for percent, minute in firings(walked[life.policy], intervals, total, percents).items():
                found.add((target, f"{percent}%", minute))
    return found


def walk(days: int) -> dict[str, Minutes]:
    """Walk each calendar's minutes, and more of them than there are looks at what is due."""
    days += MORE_DAYS + 60
    return {
        "urgent": Minutes(BEGIN, days, "UTC", lambda day, clock: True),
        "berlin": Minutes(BEGIN, days, "Europe/Berlin", opening(BERLIN, BERLIN_CLOSED, {})),
        "newyork": Minutes(BEGIN, days, "America/New_York", opening(NEW_YORK, NEW_YORK_CLOSED, {})),
    }


class Year:
    """The desk and its clock."""

    def __init__(self, folder: Path) -> None:
        (folder / "intake.ini").write_text(CONFIG, encoding="utf-8")
        self.settings = config.load(folder / "intake.ini")
        self.now = BEGIN
        self.ids = itertools.count(1)
        self.opens()

    def opens(self) -> None:
        """Open the desk, as after a restart."""
        self.desk = app.build(self.settings)
        self.service: Service = self.desk.service
        self.service.clock = lambda: self.now
        self.service.compose = self.compose
        if not self.desk.store.db.postgres:
            # Nothing is lost here but time.
            self.desk.store.db.sql("PRAGMA synchronous=OFF")
        self.agent = self.desk.store.add_agent("anna@staff.example", "Anna", (), BEGIN)

    def restart(self) -> None:
        """Close the desk and open it again."""
        self.desk.store.close()
        self.opens()

    def compose(self, mail: Mail, ticket: Ticket, now: datetime) -> Outgoing:
        """Write a mail of no words."""
        number = next(self.ids)
        return Outgoing(mail.kind, "", mail.to.mailbox, f"{number}.{ticket.id}@desk.example", b"mail")

    def happen(self, life: Life, what: str) -> None:
        """Let one event of a ticket happen now."""
        who = Address(f"{life.policy}{id(life) % 1000}@customer.example")
        effects: list[Effect]
        if what == "open":
            team, priority = ("berlin", "urgent") if life.policy == "urgent" else (life.policy, "normal")
            effects = [
                OpenTicket("s", who, "en", "support", team, "imap", priority=priority),
                AddEntry(None, EntryKind.CUSTOMER, who, "Please help."),
                Mail(MailKind.ACKNOWLEDGEMENT, None, who, f"ack:{id(life)}:{self.now}"),
            ]
            life.number = self.service.act(effects).ticket_id or 0
            return
        ticket = self.desk.store.ticket(life.number)
        assert ticket is not None
        if what == "ask":
            effects = [
                AddEntry(life.number, EntryKind.CUSTOMER, who, "And?"),
                SetStatus(life.number, Status.OPEN),
            ]
        elif what == "answer":
            effects = lifecycle.reply(ticket, self.agent, "So.", f"{self.now}", self.desk.policy)
        else:
            effects = lifecycle.close(ticket, "Anna", f"{self.now}")
        self.service.act(effects)

    def live(self, all_lives: list[Life], end: datetime, restart_every: int = 0) -> None:
        """Let the year pass: each minute what happened in it, then what its end makes due."""
        order = itertools.count()
        events = [(moment, next(order), life, what) for life in all_lives for moment, what in life.events]
        heapq.heapify(events)
        minute, passed = BEGIN, 0
        while minute <= end:
            # An hour is one commit: this measures when things are done, not how fast disks are.
            with self.desk.store.transaction():
                for _ in range(60):
                    while events and events[0][0] <= minute:
                        self.now, _, life, what = heapq.heappop(events)
                        self.happen(life, what)
                    self.now = minute
                    self.service.escalate()
                    minute += MINUTE
            passed += 1
            if restart_every and passed % restart_every == 0:
                self.restart()

    def promises(self) -> Counter[str]:
        """Return how many promises stand how."""
        rows = self.desk.store.db.rows(Promise.select(Promise.state).tuples())
        return Counter(state for (state,) in rows)

    def close(self) -> None:
        """Give the database back."""
        self.desk.store.close()

    def done(self) -> list[tuple[int, str, str, datetime, datetime]]:
        """Return what was done: ticket, target, step's percentage, when it was done and when it was due."""
        query = Escalation.select(
            Escalation.ticket, Escalation.target, Escalation.step, Escalation.fired_at, Escalation.due_at
        )
        rows = self.desk.store.db.rows(query.tuples())
        return [(ticket, target, step.split()[0], fired, due) for ticket, target, step, fired, due in rows]


class Memory:
    """What a year needs of a store, without a database: tickets, promises, and what was done."""

    def __init__(self) -> None:
        self.tickets: dict[int, Ticket] = {}
        self.written: dict[tuple[int | None, str], Escalate] = {}
        self.rows: list[tuple[int, str, str, datetime, datetime]] = []
        self.next: list[tuple[datetime, int, int]] = []
        self.states: Counter[str] = Counter()
        self.ids = itertools.count(1)

    def transaction(self) -> AbstractContextManager[None]:
        """Nothing is ever undone."""
        return nullcontext()

    savepoint = transaction

    def ticket(self, number: int) -> Ticket | None:
        """Return a ticket."""
        return self.tickets.get(number)

    def due_promises(self, now: datetime, limit: int) -> list[tuple[int, int]]:
        """Return what is due and still as it was when it was put into the heap."""
        found: list[tuple[int, int]] = []
        while self.next and self.next[0][0] <= now and len(found) < limit:
            at, promise, number = heapq.heappop(self.next)
            if any(one.id == promise and one.next_at == at for one in self.tickets[number].promises):
                found.append((promise, number))
        return found

    def due_promise(self, promise: int, ticket: int, policy: Policy, now: datetime) -> DuePromise | None:
        """Return a due promise with its ticket."""
        found = self.tickets[ticket]
        mine = next((one for one in found.promises if one.id == promise), None)
        return DuePromise(found, mine, Facts(now), True) if mine else None

    def put_off(self, promise: int, until: datetime) -> None:
        """Nothing is ever put off here: a failure is one of this benchmark."""
        raise AssertionError(promise)

    def apply(self, effects: Sequence[Effect], compose: object, now: datetime) -> Applied:
        """Apply what a year's effects do."""
        number = 0
        for effect in effects:
            if isinstance(effect, OpenTicket):
                number = next(self.ids)
                self.tickets[number] = Ticket(
                    number, effect.subject, effect.status, effect.requester, effect.language, effect.mailbox,
                    effect.team, now, now, priority=effect.priority,
                )  # fmt: skip
            of = getattr(effect, "ticket", None) or number
            ticket = self.tickets[of]
            match effect:
                case SetStatus():
                    self.tickets[of] = replace(ticket, status=effect.status)
                case Assign():
                    self.tickets[of] = replace(ticket, assignee=effect.agent, team=effect.team or ticket.team)
                case Amend():
                    self.tickets[of] = replace(ticket, **effect.changes)
                case SetPromises():
                    self.promise(ticket, effect)
                case Escalate():
                    if (effect.promise, effect.step) in self.written:
                        raise AssertionError(f"{effect} was done before")
                    self.written[effect.promise, effect.step] = effect
                    self.rows.append((of, effect.target, effect.step.split()[0], now, effect.due_at))
        return Applied(number)

    def promise(self, ticket: Ticket, effect: SetPromises) -> None:
        """Keep promises, and when they are due next."""
        there = {one.id: one for one in ticket.promises}
        for one in effect.promises:
            kept = replace(one, id=one.id or next(self.ids))
            there.pop(kept.id, None)
            if kept.state.open:
                there[kept.id] = kept
                if kept.next_at is not None:
                    heapq.heappush(self.next, (kept.next_at, kept.id or 0, ticket.id))
            else:
                self.states[kept.state.value] += 1
        first, waiting = effect.first_response_at, effect.waiting_since
        self.tickets[ticket.id] = replace(
            ticket, promises=tuple(there.values()), first_response_at=first, waiting_since=waiting
        )


class PureYear(Year):
    """The same year without a database: rules, calendars and ladders alone."""

    def opens(self) -> None:
        """Put the desk's rules onto a store of dictionaries."""
        self.policy = app.policy_of(self.settings)
        self.memory = Memory()
        self.agent = Agent(1, "Anna", "anna@staff.example")
        nothing: Any = lambda *given: None  # noqa: E731
        store: Any = self.memory
        self.service = Service(store, self.policy, (b"",), nothing, nothing, nothing, clock=lambda: self.now)
        self.desk: Any = SimpleNamespace(store=self.memory, policy=self.policy)

    def done(self) -> list[tuple[int, str, str, datetime, datetime]]:
        """Return what was done."""
        return self.memory.rows

    def promises(self) -> Counter[str]:
        """Return how the promises stand."""
        still = Counter(one.state.value for ticket in self.memory.tickets.values() for one in ticket.promises)
        return self.memory.states + still

    def close(self) -> None:
        """There is nothing to close."""


def compare(year: Year, all_lives: list[Life], days: int) -> dict[str, int]:
    """Return how many steps there were, and how many were missing, too many, and at another minute."""
    walked, end = walk(days), BEGIN + timedelta(days=days + MORE_DAYS)
    wanted = Counter(
        (life.number, *one) for life in all_lives for one in expected(life, walked, end) if one[2] <= end
    )
    found = Counter(row[:4] for row in year.done())
    places = Counter((number, target, step) for number, target, step, _ in (wanted - found).elements())
    strays = Counter((number, target, step) for number, target, step, _ in (found - wanted).elements())
    moved = sum((places & strays).values())
    early = sum(1 for _, _, _, fired, due in year.done() if not timedelta(0) <= fired - due < MINUTE)
    return {
        "steps": sum(found.values()),
        "expected": sum(wanted.values()),
        "missing": sum((wanted - found).values()) - moved,
        "too_many": sum((found - wanted).values()) - moved,
        "at_another_minute": moved,
        "not_within_its_minute": early,
    }


def run(
    tickets: int, seed: int, folder: Path, restart_every: int = 0, pure: bool = False, days: int = DAYS
) -> dict[str, float]:
    """Live a year and compare it; return the figures."""
    year = PureYear(folder) if pure else Year(folder)
    all_lives = list(lives(tickets, random.Random(seed), days))
    began = time.monotonic()
    year.live(all_lives, BEGIN + timedelta(days=days + MORE_DAYS), restart_every)
    lived = time.monotonic() - began
    result = {
        "tickets": tickets,
        "seconds": round(lived, 1),
        **{f"promises_{state}": count for state, count in sorted(year.promises().items())},
        **compare(year, all_lives, days),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    year.close()
    return result


def main() -> None:
    """Read the arguments, live the year, print the figures; exit with 1 where the oracle disagrees."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--restart-every", type=int, default=0, metavar="HOURS")
    parser.add_argument("--pure", action="store_true", help="no database: rules, calendars and ladders alone")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = given.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        result = run(given.tickets, given.seed, folder, given.restart_every, given.pure)
    if given.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name.replace('_', ' '):>24}  {value:,}")
    wrong = ("missing", "too_many", "at_another_minute", "not_within_its_minute")
    sys.exit(1 if any(result[one] for one in wrong) else 0)


if __name__ == "__main__":
    main()
