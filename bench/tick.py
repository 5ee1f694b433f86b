#!/usr/bin/env python3
"""What a tick costs for promises and for silence: by what is stored, and by what is due.

Fills a database with tickets, each with one promise, most of them ended as they are in a desk
that has run for years, and measures how long a look takes that finds nothing, and what each
promise costs of which a step is due. Then it lets what is open wait for its requester, and measures
the look of each minute for tickets of which nothing is heard, and the count that `check` tells.

Usage: python bench/tick.py [--sizes 10000 1000000] [--due 0 10 100] [--json]
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from intake import app
from intake.config import settings as config
from intake.desk.effects import Mail, Outgoing
from intake.desk.ticket import Ticket

CONFIG = """
[desk]
name = Desk
address = support@desk.example
[smtp]
host = 127.0.0.1
[mailbox support]
type = ingest
"""
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
# One ticket in so many still waits.
OPEN = 10


def micro(moment: datetime) -> int:
    """Return a moment as the store writes it."""
    return int(moment.timestamp() * 1_000_000)


def fill(desk: app.Desk, size: int) -> None:
    """Write `size` tickets with a promise each; what is open is due in a year."""
    then, later = micro(NOW - timedelta(days=300)), micro(NOW + timedelta(days=365))
    hours = 24 * 3600 * 1_000_000

    def tickets() -> Iterator[tuple[Any, ...]]:
        for number in range(1, size + 1):
            status = "open" if number % OPEN == 0 else "closed"
            yield (
                number,
                "s",
                status,
                f"p{number % 5000}@customer.example",
                "",
                "en",
                "support",
                "",
                "imap",
                then,
                then,
            )

    def promises() -> Iterator[tuple[Any, ...]]:
        for number in range(1, size + 1):
            waits = number % OPEN == 0
            end = (later, "running", 0, later, None) if waits else (then + hours, "kept", 0, None, then)
            yield number, "first_response", "urgent", hours, then, then, hours, *end

    database: Any = desk.database.db.database
    raw = database.connection()
    raw.execute("PRAGMA synchronous=OFF")
    raw.execute("BEGIN")
    raw.executemany(
        "INSERT INTO ticket (id, subject, status, requester, requester_name, language, mailbox, team,"
        " channel, created_at, updated_at, flood, priority, link, category, tags, fields, spam,"
        " survey_off, withheld, quiet)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 'normal', 1, '', '[]', '{}', 0, 0, '', 0)",
        tickets(),
    )
    raw.executemany(
        "INSERT INTO promise (ticket, target, policy, total_us, started_at, counted_from, left_us, due,"
        " state, reached, next_at, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        promises(),
    )
    raw.commit()


def make_due(desk: app.Desk, count: int) -> None:
    """Let the half of the time of so many promises be over."""
    database: Any = desk.database.db.database
    raw = database.connection()
    begun, due = micro(NOW - timedelta(hours=2)), micro(NOW + timedelta(hours=2))
    raw.execute(
        "UPDATE promise SET next_at = ?, counted_from = ?, due = ?, left_us = ?, total_us = ?, reached = 0"
        " WHERE id IN (SELECT id FROM promise WHERE state = 'running' AND reached = 0 LIMIT ?)",
        (micro(NOW), begun, due, due - begun, due - begun, count),
    )
    raw.commit()


def let_wait(desk: app.Desk) -> None:
    """Let all that is open wait for its requester, since a day ago; nothing of it is due."""
    database: Any = desk.database.db.database
    raw = database.connection()
    raw.execute("UPDATE ticket SET status = 'pending' WHERE status = 'open'")
    raw.execute(
        "INSERT INTO entry (ticket, kind, author, author_name, text, full_text, before, settled, created_at)"
        " SELECT id, 'reply', '', '', 'x', '', '{}', 0, ? FROM ticket WHERE status = 'pending'",
        (micro(NOW - timedelta(days=1)),),
    )
    raw.execute(
        "INSERT INTO silence (ticket, word, lost_us, look_at)"
        " SELECT ticket, id, 0, ? FROM entry WHERE kind = 'reply'",
        (micro(NOW + timedelta(days=4)),),
    )
    raw.commit()


def silences(desk: app.Desk) -> dict[str, float]:
    """Return milliseconds of a look for tickets of which nothing is heard, and of the count of `check`."""
    let_wait(desk)
    silence, latest = desk.store.silence, NOW + timedelta(days=7)
    asked: dict[str, Callable[[], object]] = {
        "silence, nothing due, ms": lambda: silence.due(NOW, latest, 200),
        "silence counted, ms": lambda: silence.forecast(NOW),
    }
    medians: dict[str, float] = {}
    for name, ask in asked.items():
        took = []
        for _ in range(5):
            began = time.process_time()
            ask()
            took.append((time.process_time() - began) * 1000)
        medians[name] = round(statistics.median(took), 1)
    return medians


def compose(mail: Mail, ticket: Ticket, now: datetime) -> Outgoing:
    """Write a mail of no words."""
    return Outgoing(mail.kind, "", mail.to.mailbox, f"{time.monotonic_ns()}@desk.example", b"mail")


def measure(size: int, dues: list[int]) -> dict[str, float]:
    """Return milliseconds of a look for each number of promises that are due."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "intake.ini").write_text(CONFIG, encoding="utf-8")
        desk = app.build(config.load(Path(folder) / "intake.ini"))
        desk.service = replace(desk.service, clock=lambda: NOW)
        desk.service = replace(desk.service, compose=compose)
        desk.store.agents.add("anna@staff.example", "Anna", (), NOW)
        fill(desk, size)
        medians: dict[str, float] = {}
        for due in dues:
            took = []
            for _ in range(50 if due == 0 else 3):
                make_due(desk, due)
                began = time.process_time()
                done = desk.service.escalate()
                took.append((time.process_time() - began) * 1000)
                if done != due:
                    raise RuntimeError(f"{done} promises were due, not {due}")
            medians[f"{due} due, ms"] = round(statistics.median(took), 3)
        medians |= silences(desk)
        desk.store.close()
        return medians


def main() -> None:
    """Read the arguments; print a line for each size. Processor time: others at work do not count."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--due", type=int, nargs="+", default=[0, 10, 100])
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    result = {size: measure(size, arguments.due) for size in arguments.sizes}
    if arguments.json:
        print(json.dumps(result))
        return
    for size, row in result.items():
        print(f"{size:>10,} tickets  " + "  ".join(f"{name}: {value:,}" for name, value in row.items()))


if __name__ == "__main__":
    main()
