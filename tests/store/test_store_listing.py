"""`ticket list`: each filter, together, and that none of them reads the whole table."""

import importlib.util
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from store_bench import Bench

from intake.desk.effects import Amend, Assign, OpenTicket, SetStatus
from intake.desk.message import Address
from intake.desk.ticket import Agent, Status
from intake.store import SqlStore
from intake.views import TicketFilter

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ANN, BOB = Address("Ann@customer.example", "Ann"), Address("bob@customer.example", "Bob")
HOUR = timedelta(hours=1)


def opened(bench: Bench, who: Address = ANN, **more: Any) -> int:
    given = {"subject": "x", "language": "en", "mailbox": "support", "team": "", "channel": "imap", **more}
    number = bench.apply(OpenTicket(requester=who, **given)).ticket_id
    bench.later(days=2)
    return int(number)


@pytest.fixture
def desk(bench: Bench) -> Any:
    """Six tickets, two days apart from the first of March on."""
    bench.now = NOW
    anna: Agent = bench.store.agents.add("Anna@desk.example", "Anna", (), NOW)
    opened(bench, team="billing", priority="urgent", category="transaction", tags=("refund", "vip"))
    opened(bench, BOB, team="billing", category="account")
    opened(bench, team="apps", tags=("vip",), subject="Printer 打印机")
    opened(bench, priority="low", category="transaction", tags=("refund",))
    opened(bench, BOB, team="apps", priority="urgent")
    opened(bench)
    due = {"first_response_due": bench.now - HOUR, "resolution_due": bench.now + HOUR}
    bench.apply(Amend(2, due), Amend(3, {"next_response_due": bench.now + HOUR}))
    bench.apply(Amend(5, {"resolution_due": bench.now - HOUR}), SetStatus(5, Status.CLOSED))
    bench.apply(Assign(1, anna), Assign(5, anna), SetStatus(4, Status.PENDING), SetStatus(2, Status.OPEN))
    return bench


# None of them is what another one finds, so that a filter that is forgotten shows.
LISTED: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [6, 5, 4, 3, 2, 1]),
    ({"statuses": ("new", "open", "pending")}, [6, 4, 3, 2, 1]),
    ({"statuses": ("closed",)}, [5]),
    ({"statuses": ("open", "closed")}, [5, 2]),
    ({"team": "billing"}, [2, 1]),
    ({"team": ""}, [6, 4]),
    ({"team": "no such"}, []),
    ({"assignee": "ANNA@desk.example"}, [5, 1]),
    ({"assignee": ""}, [6, 4, 3, 2]),
    ({"assignee": "nobody@desk.example"}, []),
    ({"tag": "vip"}, [3, 1]),
    ({"tag": "vip", "team": "apps"}, [3]),
    ({"tag": "refund", "statuses": ("pending",)}, [4]),
    ({"tag": "refund", "requester": "ann@customer.example"}, [4, 1]),
    ({"priority": "urgent"}, [5, 1]),
    ({"priority": "normal"}, [6, 3, 2]),
    ({"priority": "urgent", "statuses": ("new",)}, [1]),
    ({"category": "transaction"}, [4, 1]),
    ({"category": ""}, [6, 5, 3]),
    ({"requester": "BOB@customer.example"}, [5, 2]),
    ({"requester": "bob@customer"}, []),
    ({"since": NOW + timedelta(days=6)}, [6, 5, 4]),
    ({"until": NOW + timedelta(days=6)}, [3, 2, 1]),
    ({"since": NOW + timedelta(days=2), "until": NOW + timedelta(days=6)}, [3, 2]),
    ({"since": NOW + timedelta(days=90)}, []),
    ({"until": NOW - timedelta(days=90)}, []),
    ({"overdue": NOW + timedelta(days=12)}, [2]),
    ({"overdue": NOW + timedelta(days=13)}, [3, 2]),
    ({"overdue": NOW + timedelta(days=13), "team": "apps"}, [3]),
    ({"overdue": NOW}, []),
    ({"search": "x"}, [6, 5, 4, 2, 1]),
    ({"search": "打印机"}, [3]),
    ({"search": "x", "team": "billing", "category": "account"}, [2]),
    ({"search": "bob", "tag": "vip"}, []),
    ({"search": "x", "until": NOW + timedelta(days=2)}, [1]),
]


def test_each_filter_finds_its_tickets(desk: Any) -> None:
    for wanted, numbers in LISTED:
        found = desk.store.listing.find_tickets(TicketFilter(**wanted))
        assert numbers == [row.id for row in found], wanted
    assert [6, 5] == [row.id for row in desk.store.listing.find_tickets(TicketFilter(), 2)]
    assert [3] == [row.id for row in desk.store.listing.find_tickets(TicketFilter(tag="vip"), 1)]


def test_a_row_says_what_triage_and_promises_say(desk: Any) -> None:
    rows = {row.id: row for row in desk.store.listing.find_tickets(TicketFilter())}
    first = rows[1]
    assert ("transaction", ("refund", "vip"), "urgent", "Anna@desk.example", None) == (
        first.category,
        first.tags,
        first.priority,
        first.assignee,
        first.due,
    )
    assert NOW + timedelta(days=12) - HOUR == rows[2].due


def test_a_clock_that_was_set_back_hides_nothing(desk: Any) -> None:
    # After ticket 6, which came on the tenth day, the clock goes back by 20 hours, then forth.
    for hours in (220, 250, 230):
        desk.now = NOW + timedelta(hours=hours)
        opened(desk)
    for first, last, numbers in ((219, 221, [7]), (229, 231, [9]), (219, 231, [9, 7]), (241, 300, [8])):
        wanted = TicketFilter(since=NOW + timedelta(hours=first), until=NOW + timedelta(hours=last))
        assert numbers == [row.id for row in desk.store.listing.find_tickets(wanted)]


# -- how it is found -----------------------------------------------------------------


@pytest.fixture(scope="module")
def million(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, SqlStore, int]]:
    """The benchmark, and a small store of its making."""
    path = Path(__file__).resolve().parents[2] / "bench" / "million.py"
    spec = importlib.util.spec_from_file_location("million", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["million"] = module
    spec.loader.exec_module(module)
    count = 3000
    store = module.build(tmp_path_factory.mktemp("million"), count)
    yield module, store, count
    store.close()
    del sys.modules["million"]


def explained(store: SqlStore, ask: Callable[[], Any]) -> list[str]:
    """Return the plan of every statement that `ask` runs."""
    database: Any = store.db.database
    run, plans = database.execute_sql, []

    def execute(text: str, params: Any = None, *more: Any, **named: Any) -> Any:
        if text.lstrip().upper().startswith("SELECT"):
            # What is read of a subquery is as long as its own limit.
            called = {alias: "(subquery)" for alias in re.findall(r"\) ([a-z])\b", text)}
            called |= {alias: table for table, alias in re.findall(r'"(\w+)" AS "(t\d+)"', text)}
            for row in run(f"EXPLAIN QUERY PLAN {text}", params).fetchall():
                plans.append(re.sub(r"\b[a-z]\d*\b", lambda alias: called.get(alias[0], alias[0]), row[3]))
        return run(text, params, *more, **named)

    database.execute_sql = execute
    try:
        ask()
    finally:
        del database.execute_sql
    return plans


# These tables hold little whatever the desk has seen, and FTS5 calls every lookup a scan.
SMALL = ("agent", "factor", "agent_team", "meta", "mailbox_state", "job_run", "VIRTUAL TABLE", "CONSTANT ROW")
# An index of spam alone: its list reads that, newest first, and nothing of other tickets.
SPAM_ALONE = "USING INDEX ticket_id"


def test_nothing_that_is_asked_reads_a_whole_table(million: tuple[Any, SqlStore, int]) -> None:
    module, store, count = million
    asking = module.asking(store, count)
    assert len(asking) > 30
    for name, ask in asking.items():
        plans = explained(store, ask)
        assert plans != []
        scans = [
            line
            for line in plans
            if line.startswith("SCAN")
            and not any(one in line for one in SMALL)
            and "(subquery" not in line
            and not (name == "#list spam" and line.endswith(SPAM_ALONE))
        ]
        assert [] == scans, name


def test_the_benchmark_counts_the_tickets_of_a_year(million: tuple[Any, SqlStore, int]) -> None:
    module, store, count = million
    assert 0 < module.year(store)["tickets"] < count


def test_the_benchmark_finds_what_it_asks_for(million: tuple[Any, SqlStore, int]) -> None:
    module, store, count = million
    figures = module.measure(store, count, 1)
    empty = [name for name, one in figures.items() if one["rows"] == 0]
    # Six of them look for what is rare, or nowhere.
    assert len(empty) <= 8
    assert "ticket list --search (in none)" in empty
