"""Spam in the store, the same on each engine: kept, found by itself, counted nowhere."""

from datetime import timedelta
from pathlib import Path

import pytest
from store_bench import ANN, NOW, Bench

from intake.desk.effects import AddEntry, Amend, OpenTicket, SetStatus
from intake.desk.lookup import MINE, OVERDUE, SPAM_LIST, TEAM
from intake.desk.ticket import EntryKind, Status, Withheld
from intake.store import open_store
from intake.views import TicketFilter

DAY = timedelta(days=1)


def opened(bench: Bench, team: str = "", withheld: Withheld = Withheld.NOTHING) -> int:
    status = Status.CLOSED if withheld else Status.NEW
    effect = OpenTicket("Win", ANN, "en", "support", team, "imap", status, withheld=withheld)
    number = bench.apply(effect, AddEntry(None, EntryKind.CUSTOMER, ANN, "Win a prize")).ticket_id
    bench.later(days=1)
    assert number is not None
    return number


@pytest.fixture
def desk(bench: Bench) -> Bench:
    """Tickets: a usual one, spam by the mail server's word, spam by a person's, and one brought back."""
    opened(bench)
    opened(bench, "billing", Withheld.ACKNOWLEDGEMENT)
    opened(bench, "apps")
    opened(bench, "billing", Withheld.NOTICES)
    bench.apply(Amend(3, {"spam": True}), SetStatus(3, Status.CLOSED))
    bench.apply(Amend(4, {"spam": False, "withheld": Withheld.NOTHING}), SetStatus(4, Status.NEW))
    return bench


def test_what_was_withheld_is_known_until_it_is_brought_back(desk: Bench) -> None:
    tickets = [desk.store.tickets.get(number) for number in (1, 2, 3, 4)]
    assert ["new", "spam", "spam", "new"] == [one.state for one in tickets if one]
    assert ["", "acknowledgement", "", ""] == [one.withheld.value for one in tickets if one]
    assert tickets[1] is not None
    assert tickets[1].closed_at == tickets[1].created_at


LISTED = [
    (TicketFilter(), [4, 3, 2, 1]),
    (TicketFilter(spam=True), [3, 2]),
    (TicketFilter(spam=True, team="billing"), [2]),
    (TicketFilter(spam=True, search="win"), [3, 2]),
    (TicketFilter(("closed",), spam=False), []),
    (TicketFilter(search="prize"), [4, 3, 2, 1]),
]


@pytest.mark.parametrize(("wanted", "numbers"), LISTED)
def test_spam_is_a_list_of_its_own(desk: Bench, wanted: TicketFilter, numbers: list[int]) -> None:
    rows = desk.store.listing.find_tickets(wanted)
    assert numbers == [row.id for row in rows]
    assert all((row.status == "spam") is (row.id in (2, 3)) for row in rows)


def test_agents_are_shown_the_spam_of_their_teams_and_no_other_list_has_any(desk: Bench) -> None:
    agent = desk.store.agents.add("anna@desk.example", "Anna", ("billing",), desk.now)
    look = desk.store.lookups
    assert [2] == [row.id for row in look.tickets_for(SPAM_LIST, agent, desk.now)]
    assert [3, 2] == [row.id for row in look.tickets_for(SPAM_LIST, None, desk.now)]
    for name in (MINE, TEAM, OVERDUE):
        assert not {2, 3} & {row.id for row in look.tickets_for(name, None, desk.now)}
    assert [1, 2, 0] == [look.spam(one, desk.now - 99 * DAY) for one in (agent, None)] + [
        look.spam(None, desk.now - DAY)
    ]
    assert {2, 3}.isdisjoint(item.ticket.id for item in look.news(agent, desk.now - 99 * DAY))


def test_spam_is_no_open_ticket(desk: Bench) -> None:
    assert 2 == desk.store.upkeep.counts()["open tickets"]
    assert 2 == desk.store.upkeep.vitals(desk.now).open_tickets


def test_a_long_list_of_other_tickets_costs_the_list_of_spam_nothing(tmp_path: Path) -> None:
    store = open_store("sqlite:///intake.db", tmp_path)
    database, asked = store.db.database, []
    run = database.execute_sql
    database.execute_sql = lambda text, params=None, *more: (asked.append((text, params)), run(text, params))[
        1
    ]
    store.listing.find_tickets(TicketFilter(spam=True))
    store.lookups.spam(None, NOW)
    plans = [
        run(f"EXPLAIN QUERY PLAN {text}", params).fetchall() for text, params in asked if '"spam"' in text
    ]
    store.close()
    # The columns of a row of a plan: id, parent, unused, detail.
    assert 2 == len(plans)
    assert all("INDEX" in plan[0][3] for plan in plans), plans
