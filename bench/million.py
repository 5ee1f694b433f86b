"""How long lists, search, status and threading take on a desk with a million tickets.

Builds a store of so many tickets (three years of them, two entries, two Message-IDs and a mail
each, a ledger row for each mail that came) by bulk SQL below FOLDER, asks it everything that
`ticket list`, `search`, `status` and the facts of a new message ask, each several times, and
removes it. Exits 1 when a median of processor time is over the limit: the store is warm, nothing
is waited for, and other work on the machine does not count.
"""

import argparse
import json
import os
import platform
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from bench.million_store import NOW, YEARS, Maker, build
from intake.desk.lookup import DUE, FROM, MINE, NEXT, OVERDUE, SEARCH, SNOOZED, SPAM_LIST, TEAM, TODO
from intake.desk.message import Address, Envelope, Message
from intake.reports.gather import gather
from intake.store import SqlStore, open_store
from intake.views import TicketFilter

ROOT = Path(__file__).resolve().parent.parent
LIMIT_MS = 100.0
LIMIT_REPORT = 5.0

OPEN = ("new", "open", "pending")


def lists(count: int) -> dict[str, TicketFilter]:
    """Return what `ticket list` is asked, by the options that ask it."""
    middle = NOW - timedelta(days=365 * YEARS // 2)
    rare = Maker(count).rare[5]
    return {
        "(none)": TicketFilter(OPEN),
        "--status all": TicketFilter(),
        "--status closed": TicketFilter(("closed",)),
        "--team billing": TicketFilter(OPEN, team="billing"),
        "--team partners --status all": TicketFilter(team="partners"),
        "--assignee": TicketFilter(OPEN, assignee="agent7@desk.example"),
        "--assignee --status all": TicketFilter(assignee="agent7@desk.example"),
        "--assignee nobody": TicketFilter(OPEN, assignee=""),
        "--tag": TicketFilter(OPEN, tag="refund"),
        "--tag --status all": TicketFilter(tag="被盗"),
        "--priority urgent": TicketFilter(OPEN, priority="urgent"),
        "--priority normal --status all": TicketFilter(priority="normal"),
        "--category security": TicketFilter(OPEN, category="security"),
        "--category security --status all": TicketFilter(category="security"),
        "--requester": TicketFilter(requester=Maker(count).requester(count // 2).upper()),
        "--since": TicketFilter(OPEN, since=NOW - timedelta(days=7)),
        "--until": TicketFilter(until=middle),
        "--since --until --team partners": TicketFilter(
            team="partners", since=middle - timedelta(days=30), until=middle
        ),
        "--overdue": TicketFilter(OPEN, overdue=NOW),
        "--overdue --team security": TicketFilter(OPEN, team="security", overdue=NOW),
        "--search (a word in most)": TicketFilter(search="wallet"),
        "--search (a word in few)": TicketFilter(search=rare),
        "--search (two words)": TicketFilter(search="refund withdrawal"),
        "--search 私钥": TicketFilter(search="私钥"),
        "--search (a letter) 钥": TicketFilter(search="钥"),
        "--search (an address)": TicketFilter(search=Maker(count).requester(count // 3)),
        "--search (in none)": TicketFilter(search="zebra"),
        "--search wallet --team partners": TicketFilter(OPEN, team="partners", search="wallet"),
        "--search --until": TicketFilter(search="wallet", until=middle),
    }


def asking(store: SqlStore, count: int) -> dict[str, Callable[[], Any]]:
    """Return everything that is measured, by its name in the table."""

    def listing(wanted: TicketFilter) -> Callable[[], Any]:
        return lambda: store.listing.find_tickets(wanted)

    made = {f"ticket list {name}": listing(wanted) for name, wanted in lists(count).items()}
    middle = count // 2
    who = Maker(count).requester(middle)
    reply = Message(
        "d" * 64,
        2000,
        "print-new",
        "new@mail.example",
        in_reply_to=(f"a{middle}@mail.example",),
        references=tuple(f"q{number}@mail.example" for number in range(middle - 20, middle)),
        sender=Address(who),
        subject=f"Re: wallet [#{middle}]",
        new_text="please help",
    )
    new = Message("e" * 64, 2000, "print-other", "other@mail.example", sender=Address("new@new.example"))

    def facts(message: Message) -> Callable[[], Any]:
        def ask() -> Any:
            with store.transaction():
                return store.facts(message, Envelope("imap", "support"), None, "billing", NOW)

        return ask

    def status() -> Any:
        store.ledger.quarantined_before(NOW)
        store.outbox.frozen_at()
        store.rates.braked_at(NOW)
        return (
            store.upkeep.counts(),
            store.mailboxes.states(),
            store.upkeep.job_runs(),
            store.upkeep.vitals(NOW),
        )

    anna = store.agents.by_address("agent7@desk.example")

    def mailed(name: str) -> Callable[[], Any]:
        return lambda: list(store.lookups.tickets_for(name, anna, NOW))

    lists_by_mail = {
        "#mine": MINE,
        "#list team": TEAM,
        "#todo": TODO,
        "#due": DUE,
        "#snoozed": SNOOZED,
        "#list overdue": OVERDUE,
        "#next": NEXT,
        "#list spam": SPAM_LIST,
        "#list from (an address)": f"{FROM}{who}",
        "#search (a word in most)": f"{SEARCH}wallet",
        "#search (a word in few)": f"{SEARCH}{Maker(count).rare[5]}",
        "#search (in none)": f"{SEARCH}zebra",
    }
    made |= {name: mailed(wanted) for name, wanted in lists_by_mail.items()}
    made["status"] = status
    made["facts of an answer (thread matching)"] = facts(reply)
    made["facts of a new mail"] = facts(new)
    made["ticket show"] = lambda: (store.tickets.get(middle), store.tickets.entries(middle))
    return made


def measure(store: SqlStore, count: int, times: int = 7) -> dict[str, dict[str, float]]:
    """Return milliseconds of each by the processor and by the clock, and its rows; one more warms it up."""
    figures = {}
    for name, ask in asking(store, count).items():
        answer, took, worked = ask(), [], []
        for _ in range(times):
            began, cpu = time.perf_counter(), time.process_time()
            ask()
            worked.append((time.process_time() - cpu) * 1000)
            took.append((time.perf_counter() - began) * 1000)
        rows = len(answer) if isinstance(answer, list) else -1
        figures[name] = {
            "cpu": round(statistics.median(worked), 1),
            "median": round(statistics.median(took), 1),
            "least": round(min(took), 1),
            "rows": rows,
        }
    return figures


def year(store: SqlStore) -> dict[str, float]:
    """Return the seconds that the report over the last year takes, and the tickets it counts."""
    desk: Any = SimpleNamespace(
        database=store,
        settings=SimpleNamespace(desk=SimpleNamespace(timezone=ZoneInfo("Europe/Berlin"), name="Desk")),
        service=SimpleNamespace(clock=lambda: NOW),
    )
    began, cpu = time.perf_counter(), time.process_time()
    made = gather(desk, NOW - timedelta(days=365), NOW)
    return {
        "cpu": round(time.process_time() - cpu, 2),
        "seconds": round(time.perf_counter() - began, 2),
        "tickets": made.total.tickets,
    }


def report(figures: dict[str, dict[str, float]], count: int, size: int) -> str:
    """Return the figures as a Markdown table."""
    lines = [
        "| asked | rows | ms of processor | ms by the clock, least | median |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, figure in figures.items():
        rows = f"{figure['rows']:.0f}" if figure["rows"] >= 0 else ""
        lines.append(f"| {name} | {rows} | {figure['cpu']} | {figure['least']} | {figure['median']} |")
    where = (
        f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"
    )
    versions = f"SQLite {sqlite3.sqlite_version}, {time.strftime('%Y-%m-%d')}"
    return "\n".join((*lines, "", f"({count:,} tickets, {size / 1e9:.1f} GB; {where}, {versions})"))


def main() -> int:
    """Build, measure, print; say by the exit code whether all was quick enough."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tickets", type=int, default=1_000_000, help="how many (default 1,000,000)")
    parser.add_argument(
        "--folder", type=Path, default=Path("/var/tmp"), help="where the store is made (12 GB)"
    )
    parser.add_argument(
        "--keep", action="store_true", help="leave the store there, and use one that is there"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/benchmarks.md")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    if arguments.keep:
        folder = arguments.folder / "intake-million"
        folder.mkdir(exist_ok=True)
    else:
        folder = Path(tempfile.mkdtemp(prefix="intake-million-", dir=arguments.folder))
    try:
        if (folder / "built").exists():
            store = open_store("sqlite:///million.db", folder)
        else:
            store = build(folder, arguments.tickets, lambda line: print(line, file=sys.stderr))
            (folder / "built").touch()
        figures = measure(store, arguments.tickets)
        counted = year(store)
        store.close()
        text = report(figures, arguments.tickets, (folder / "million.db").stat().st_size)
        text += (
            f"\n\n`report` over a year: {counted['tickets']:,.0f} tickets in {counted['seconds']} s, "
            f"{counted['cpu']} s of processor."
        )
    finally:
        if not arguments.keep:
            shutil.rmtree(folder)
    figures["report over a year"] = counted
    print(json.dumps(figures, ensure_ascii=False) if arguments.json else text)
    slow = [name for name, figure in figures.items() if figure["cpu"] > LIMIT_MS and figure is not counted]
    for name in slow:
        print(f"FAILED {name}: over {LIMIT_MS:.0f} ms", file=sys.stderr)
    if counted["cpu"] > LIMIT_REPORT:
        slow.append("report")
        print(f"FAILED report: over {LIMIT_REPORT:.0f} s", file=sys.stderr)
    if arguments.write and not slow:
        # Here, for tests load this file without its neighbours.
        from bench.figures import write

        write("million", text)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
