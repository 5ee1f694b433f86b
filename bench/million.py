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
import random
import re
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from intake.desk.message import Address, Envelope, Message
from intake.reports.gather import gather
from intake.store import SqlStore, open_store
from intake.store.models import TABLES
from intake.store.search import cut
from intake.views import TicketFilter

ROOT = Path(__file__).resolve().parent.parent
LIMIT_MS = 100.0
LIMIT_REPORT = 5.0
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
YEARS = 3
TEAMS = ("", "billing", "wallet", "apps", "security", "partners")
CATEGORIES = ("enquiry", "technical", "account", "transaction", "security")
TAGS = ("refund", "android", "ios", "chrome", "kyc", "staking", "vip", "被盗")
COMMON = re.findall(
    r"\w+",
    "the wallet transaction pending address please help refund account password login error update "
    "app version network fee swap token deposit withdrawal exchange screenshot phone email support",
)
CHINESE = re.findall(
    r"\w+",
    "钱包 转账 到账 地址 私钥 助记词 登录 密码 更新 闪退 手续费 退款 提现 充值 客服 截图 交易 哈希 网络 代币",
)


def _moment(number: int, count: int) -> int:
    """Return when ticket `number` of `count` was opened, in microseconds."""
    span = timedelta(days=365 * YEARS)
    return int((NOW - span + span * (number / count)).timestamp() * 1_000_000)


class Maker:
    """Makes the rows, the same for the same number."""

    def __init__(self, count: int) -> None:
        self.count, self.chance = count, random.Random(7)
        self.rare = [f"{self.chance.getrandbits(40):010x}" for _ in range(20_000)]
        self.customers = max(count // 4, 1)

    def text(self) -> str:
        chance = self.chance
        if chance.random() < 0.3:
            return "，".join("".join(chance.choices(CHINESE, k=4)) for _ in range(6))
        return " ".join((*chance.choices(COMMON, k=28), *chance.choices(self.rare, k=3)))

    def requester(self, number: int) -> str:
        return f"c{number * 7919 % self.customers}@d{number % 5000}.example"

    def tickets(self) -> Iterator[dict[str, Any]]:
        chance = self.chance
        for number in range(1, self.count + 1):
            at = _moment(number, self.count)
            # Three in a hundred are not closed, most of them new ones.
            is_open = number > self.count * 0.98 or chance.random() < 0.01
            status = chance.choices(("new", "open", "pending"), (1, 3, 2))[0] if is_open else "closed"
            late = int((NOW + timedelta(hours=chance.randint(-2, 90))).timestamp() * 1_000_000)
            tags = (chance.choice(TAGS),) if chance.random() < 0.2 else ()
            yield {
                "id": number,
                "subject": " ".join(chance.choices(COMMON, k=4)) + f" {number}",
                "status": status,
                "requester": self.requester(number),
                "requester_name": f"Customer {number}",
                "language": "en",
                "mailbox": "support",
                "team": chance.choices(TEAMS, (20, 30, 30, 18, 2, 0.01))[0],
                "channel": "imap",
                "priority": chance.choices(("low", "normal", "high", "urgent"), (3, 90, 5, 2))[0],
                "category": chance.choices(CATEGORIES, (40, 30, 18, 10, 2))[0],
                "tags": json.dumps(tags, ensure_ascii=False),
                "assignee": chance.randint(1, 40) if chance.random() < 0.8 else None,
                "created_at": at,
                "updated_at": at,
                "closed_at": None if is_open else at,
                "first_response_at": at + chance.randint(60, 200_000) * 1_000_000,
                "next_response_due": late if is_open and chance.random() < 0.7 else None,
            }


def build(folder: Path, count: int, say: Callable[[str], None] = lambda line: None) -> SqlStore:
    """Make a store of `count` tickets in `folder` and return it, open."""
    store = open_store("sqlite:///million.db", folder)
    for number in range(1, 41):
        teams = (TEAMS[1 + number % 5],)
        store.add_agent(f"agent{number}@desk.example", f"Agent {number}", teams, NOW - timedelta(days=2000))
    store.close()
    defaults = {
        table._meta.table_name: {
            one.name: one.db_value(one.default)
            for one in table._meta.sorted_fields
            if one.default is not None and not callable(one.default)
        }
        for table in TABLES
    }
    maker = Maker(count)
    with closing(sqlite3.connect(folder / "million.db", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = off")
        database.execute("PRAGMA synchronous = off")
        database.execute("PRAGMA cache_size = -400000")
        began = time.monotonic()
        tickets = maker.tickets()
        while some := list(islice(tickets, 20_000)):
            database.execute("BEGIN")
            for table, rows in _rows(maker, some).items():
                _insert(database, table, [{**defaults[table], **row} for row in rows])
            database.execute("COMMIT")
            say(f"{some[-1]['id']} tickets after {time.monotonic() - began:.0f} s")
        database.execute("INSERT INTO search(search) VALUES ('rebuild')")
        say(f"searchable after {time.monotonic() - began:.0f} s")
        database.execute("PRAGMA journal_mode = wal")
    return store


def _rows(maker: Maker, tickets: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of some tickets and of all that hangs on them, by table."""
    made: dict[str, list[dict[str, Any]]] = {"ticket": tickets}
    for name in (
        "promise",
        "survey",
        "message",
        "entry",
        "message_ref",
        "outbox",
        "ticket_tag",
        "search_text",
    ):
        made[name] = []
    for one in tickets:
        number, at, who = one["id"], one["created_at"], one["requester"]
        asked, answer = maker.text(), maker.text()
        received = {"state": "done", "outcome": "ticketed", "rule": "new_ticket", "recipients": "[]"}
        sender = {"sender": who, "sender_key": who, "sender_domain": who.partition("@")[2]}
        made["message"].append(
            {
                "id": number,
                "sha256": f"{number:064x}",
                "size": 2000,
                "fingerprint": f"print-{number}",
                "channel": "imap",
                "mailbox": "support",
                "received_at": at,
                "next_at": at,
                "ticket": number,
                "message_id": f"q{number}@mail.example",
                **received,
                **sender,
            }
        )
        due = one["next_response_due"]
        made["promise"].append(
            {
                "ticket": number,
                "target": "next_response" if due else "first_response",
                "policy": "normal",
                "total_us": 86_400_000_000,
                "left_us": 86_400_000_000,
                "started_at": at,
                "counted_from": at,
                "due": due or at + 86_400_000_000,
                "state": "running" if due else "broken" if number % 20 == 0 else "kept",
            }
        )
        if number % 4 == 0 and one["closed_at"]:
            answer_of = {"score": 1 + number % 5, "answered_at": at} if number % 12 == 0 else {}
            closing = {"closing": at // 1_000_000, "closed_at": at, "asked_at": at}
            made["survey"].append({"ticket": number, **closing, **answer_of})
        entry = {"ticket": number, "author": who, "author_name": "", "created_at": at}
        made["entry"].append(
            {**entry, "kind": "customer", "text": asked, "full_text": asked, "message": number}
        )
        made["entry"].append(
            {**entry, "kind": "reply", "text": answer, "full_text": "", "agent": 1 + number % 40}
        )
        for direction, name in (("in", "q"), ("out", "a")):
            ref = {"message_id": f"{name}{number}@mail.example", "ticket": number, "public": 1}
            made["message_ref"].append({**ref, "direction": direction})
        made["outbox"].append(
            {
                "dedupe_key": f"ack:{number}",
                "message_id": f"a{number}@mail.example",
                "ticket": number,
                "kind": "acknowledgement",
                "urgency": 2,
                "mail_from": "",
                "rcpt": who,
                "rcpt_key": who,
                "rcpt_domain": who.partition("@")[2],
                "mime": b"x" * 300,
                "state": "sent",
                "not_before": at,
                "created_at": at,
                "due_since": at,
                "sent_at": at,
            }
        )
        made["ticket_tag"] += [{"tag": tag, "ticket": number} for tag in json.loads(one["tags"])]
        texts = (one["subject"], one["requester_name"], who, asked, answer)
        made["search_text"].append({"ticket": number, "words": cut(texts)})
    return made


def _insert(database: sqlite3.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        names = sorted({name for row in rows for name in row})
        marks = ", ".join("?" * len(names))
        columns = ", ".join(f'"{name}"' for name in names)
        values = ([row.get(name) for name in names] for row in rows)
        database.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', values)


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
        return lambda: store.find_tickets(wanted)

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
        store.quarantined_before(NOW)
        store.frozen_at()
        store.braked_at(NOW)
        return store.counts(), store.mailbox_states(), store.job_runs(), store.vitals(NOW)

    made["status"] = status
    made["facts of an answer (thread matching)"] = facts(reply)
    made["facts of a new mail"] = facts(new)
    made["ticket show"] = lambda: (store.ticket(middle), store.entries(middle))
    return made


def measure(store: SqlStore, count: int, times: int = 7) -> dict[str, dict[str, float]]:
    """Return milliseconds of each by the processor and by the clock, and its rows; one more warms it up."""
    figures = {}
    for name, ask in asking(store, count).items():
        found, took, worked = ask(), [], []
        for _ in range(times):
            began, cpu = time.perf_counter(), time.process_time()
            ask()
            worked.append((time.process_time() - cpu) * 1000)
            took.append((time.perf_counter() - began) * 1000)
        rows = len(found) if isinstance(found, list) else -1
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
        store=store,
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
    for name, one in figures.items():
        rows = f"{one['rows']:.0f}" if one["rows"] >= 0 else ""
        lines.append(f"| {name} | {rows} | {one['cpu']} | {one['least']} | {one['median']} |")
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
    given = parser.parse_args()
    if given.keep:
        folder = given.folder / "intake-million"
        folder.mkdir(exist_ok=True)
    else:
        folder = Path(tempfile.mkdtemp(prefix="intake-million-", dir=given.folder))
    try:
        if (folder / "built").exists():
            store = open_store("sqlite:///million.db", folder)
        else:
            store = build(folder, given.tickets, lambda line: print(line, file=sys.stderr))
            (folder / "built").touch()
        figures = measure(store, given.tickets)
        counted = year(store)
        store.close()
        text = report(figures, given.tickets, (folder / "million.db").stat().st_size)
        text += (
            f"\n\n`report` over a year: {counted['tickets']:,.0f} tickets in {counted['seconds']} s, "
            f"{counted['cpu']} s of processor."
        )
    finally:
        if not given.keep:
            shutil.rmtree(folder)
    figures["report over a year"] = counted
    print(json.dumps(figures, ensure_ascii=False) if given.json else text)
    slow = [name for name, one in figures.items() if one["cpu"] > LIMIT_MS and one is not counted]
    for name in slow:
        print(f"FAILED {name}: over {LIMIT_MS:.0f} ms", file=sys.stderr)
    if counted["cpu"] > LIMIT_REPORT:
        slow.append("report")
        print(f"FAILED report: over {LIMIT_REPORT:.0f} s", file=sys.stderr)
    if given.write and not slow:
        # Here, for tests load this file without its neighbours.
        from figures import write

        write("million", text)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
