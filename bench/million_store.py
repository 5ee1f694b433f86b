"""Making the store of a million tickets that `bench/million.py` measures, by bulk SQL."""

import json
import random
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from intake.store import SqlStore, open_store
from intake.store.schema.tables import TABLES
from intake.store.search import cut

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


def _after(hours: int) -> int:
    return int((NOW + timedelta(hours=hours)).timestamp() * 1_000_000)


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
            # Of the newest two in a hundred are spam.
            junk = number > self.count * 0.98 and number % 50 == 7
            is_open = is_open and not junk
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
                "spam": junk,
                "snoozed_until": _after(number % 72 + 1) if is_open and number % 20 == 0 else None,
                "next_response_due": late if is_open and chance.random() < 0.7 else None,
            }


def build(folder: Path, count: int, say: Callable[[str], None] = lambda line: None) -> SqlStore:
    """Make a store of `count` tickets in `folder` and return it, open."""
    store = open_store("sqlite:///million.db", folder)
    for number in range(1, 41):
        teams = (TEAMS[1 + number % 5],)
        store.agents.add(f"agent{number}@desk.example", f"Agent {number}", teams, NOW - timedelta(days=2000))
    store.close()
    defaults = {
        table._meta.table_name: {
            field.name: field.db_value(field.default)
            for field in table._meta.sorted_fields
            if field.default is not None and not callable(field.default)
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
    for ticket in tickets:
        number, at, who = ticket["id"], ticket["created_at"], ticket["requester"]
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
        due = ticket["next_response_due"]
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
        if number % 4 == 0 and ticket["closed_at"]:
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
        made["ticket_tag"] += [{"tag": tag, "ticket": number} for tag in json.loads(ticket["tags"])]
        texts = (ticket["subject"], ticket["requester_name"], who, asked, answer)
        made["search_text"].append({"ticket": number, "words": cut(texts)})
    return made


def _insert(database: sqlite3.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        names = sorted({name for row in rows for name in row})
        marks = ", ".join("?" * len(names))
        columns = ", ".join(f'"{name}"' for name in names)
        values = ([row.get(name) for name in names] for row in rows)
        database.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', values)
