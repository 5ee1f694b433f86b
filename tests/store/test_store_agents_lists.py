"""The lists that agents ask for: what stands in each, in which order; on both engines and in memory."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from store_bench import ANN, NOW, Bench

from intake.desk.effects import Amend, Assign, OpenTicket, SetStatus
from intake.desk.lookup import DUE, FROM, MINE, NEXT, OVERDUE, SEARCH, SNOOZED, TEAM, TODO, LookupRequest
from intake.desk.message import Address
from intake.desk.ticket import Agent, Status
from intake.store import open_store

BEN = Address("Ben@Customer.example", "Ben")
HOUR = timedelta(hours=1)


def opened(
    bench: Bench, who: Address = ANN, team: str = "", assignee: Agent | None = None, **changes: Any
) -> int:
    status = changes.pop("status", Status.NEW)
    applied = bench.apply(OpenTicket("Printer", who, "en", "support", team, "imap"))
    number = applied.ticket_id
    assert number is not None
    bench.apply(Amend(number, changes), SetStatus(number, status))  # type: ignore[arg-type]
    if assignee is not None:
        bench.apply(Assign(number, assignee))
    bench.later(minutes=1)
    return number


@pytest.fixture
def anna(bench: Bench) -> Agent:
    return bench.store.agents.add("anna@desk.example", "Anna", ("billing",), bench.now)


@pytest.fixture
def wei(bench: Bench) -> Agent:
    return bench.store.agents.add("wei@desk.example", "Wei", ("billing",), bench.now)


def listed(bench: Bench, name: str, agent: Agent | None) -> list[int]:
    return [row.id for row in bench.store.lookups.tickets_for(name, agent, bench.now)]


def test_what_waits_is_sorted_by_what_is_due(bench: Bench, anna: Agent, wei: Agent) -> None:
    soon, later = bench.now + HOUR, bench.now + 5 * HOUR
    calm = opened(bench, team="billing")
    own = opened(bench, team="billing", assignee=anna, next_response_due=later)
    first = opened(bench, team="billing", resolution_due=soon)
    opened(bench, team="billing", assignee=wei, next_response_due=soon)
    opened(bench, team="sales", next_response_due=soon)
    opened(bench, team="billing", status=Status.PENDING, next_response_due=soon)
    opened(bench, team="billing", snoozed_until=later, next_response_due=soon)
    opened(bench, team="billing", status=Status.CLOSED)
    assert [first, own, calm] == listed(bench, TODO, anna)
    # The next one is their own, though another is due before.
    assert own == listed(bench, NEXT, anna)[0]


def test_what_is_due_is_the_agents_and_their_teams_whoever_has_it(
    bench: Bench, anna: Agent, wei: Agent
) -> None:
    late = opened(bench, team="billing", assignee=wei, next_response_due=bench.now - HOUR)
    own = opened(bench, team="sales", assignee=anna, resolution_due=bench.now + HOUR)
    waits = opened(bench, team="billing", status=Status.PENDING, resolution_due=bench.now + 2 * HOUR)
    opened(bench, team="sales", next_response_due=bench.now)
    opened(bench, team="billing")
    opened(bench, team="billing", status=Status.CLOSED, resolution_due=bench.now)
    assert [late, own, waits] == listed(bench, DUE, anna)


def test_what_is_snoozed_is_sorted_by_when_it_wakes(bench: Bench, anna: Agent, wei: Agent) -> None:
    second = opened(bench, team="billing", snoozed_until=bench.now + 9 * HOUR)
    first = opened(bench, team="billing", assignee=wei, snoozed_until=bench.now + 8 * HOUR)
    opened(bench, team="billing", snoozed_until=bench.now)
    opened(bench, team="sales", snoozed_until=bench.now + HOUR)
    assert [first, second] == listed(bench, SNOOZED, anna)


@pytest.mark.parametrize("address", ["ben@customer.example", "BEN@customer.EXAMPLE"])
def test_a_requesters_tickets_are_all_there_open_ones_first(bench: Bench, anna: Agent, address: str) -> None:
    old = opened(bench, BEN, status=Status.CLOSED)
    open_ = opened(bench, BEN, team="sales")
    opened(bench)
    new = opened(bench, BEN, status=Status.CLOSED)
    assert [open_, new, old] == listed(bench, f"{FROM}{address}", anna)
    assert [] == listed(bench, f"{FROM}nobody@customer.example", anna)


def test_a_list_that_is_wanted_outside_of_tickets_is_not_looked_up_in_one(bench: Bench, anna: Agent) -> None:
    number = opened(bench, assignee=anna)
    wanted = LookupRequest(outside=frozenset({MINE}))
    looked = bench.store.lookups
    assert [MINE] == list(looked.look_up(wanted, anna, None, bench.now).lists)
    assert [] == list(looked.look_up(wanted, anna, number, bench.now).lists)


def test_a_number_that_holds_the_words_too_is_listed_once(bench: Bench, anna: Agent) -> None:
    number = opened(bench)
    bench.apply(Amend(number, {"subject": f"Invoice {number}"}))
    assert [number] == listed(bench, f"{SEARCH}{number}", anna)


def test_a_line_names_the_mailbox_that_its_ticket_came_to(bench: Bench, anna: Agent) -> None:
    opened(bench, assignee=anna)
    (line,) = bench.store.lookups.tickets_for(MINE, anna, bench.now)
    assert ("support", "Anna") == (line.mailbox, line.assignee)


def test_no_list_and_no_card_reads_a_whole_table(tmp_path: Path) -> None:
    store = open_store("sqlite:///intake.db", tmp_path)
    anna = store.agents.add("anna@desk.example", "Anna", ("billing",), NOW)
    database, asked = store.db.database, []
    run = database.execute_sql
    database.execute_sql = lambda text, params=None, *more: (asked.append((text, params)), run(text, params))[
        1
    ]
    for name in (MINE, TEAM, TODO, DUE, OVERDUE, SNOOZED, NEXT, f"{FROM}ben@customer.example"):
        store.lookups.tickets_for(name, anna, NOW)
    store.lookups.person("ben@customer.example", NOW)
    selects = [(text, params) for text, params in asked if text.startswith("SELECT") and "FROM" in text]
    plans = {text: run(f"EXPLAIN QUERY PLAN {text}", params).fetchall() for text, params in selects}
    store.close()
    large = re.compile(r"SCAN (?:t\d|ticket|message|entry|survey|person_note)\b(?!.*INDEX)")
    assert len(plans) > 10
    assert [] == [
        (text, row[3])
        for text, plan in plans.items()
        for row in plan
        if large.match(row[3]) and "agent" not in text.split("FROM")[1][:12]
    ]
