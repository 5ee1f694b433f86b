"""Who watches a ticket, and what colleagues are to be told: the same in SQLite, PostgreSQL and memory."""

from dataclasses import replace
from datetime import timedelta

from engines import ON_SQL
from store_bench import ANN, KEY, NOW, Bench

from intake.desk.colleagues import REMEMBERED, Standing, telling
from intake.desk.effects import AddEntry, Mail, MailKind
from intake.desk.message import Address
from intake.desk.people_effects import ColleagueNews, Happened, Mark, MarkColleagues, Unwatch, Watch
from intake.desk.ticket import Agent, EntryKind
from intake.store.upkeep.erasure import Erasing

TAKEN = ColleagueNews(1, Happened.TAKEN, "Anna", 1, "Bob", concerned=(2, 3), knowing=(3,))


def two(bench: Bench) -> tuple[Agent, Agent]:
    add = bench.store.agents.add
    return add("anna@staff.example", "Anna", (), NOW), add("wei@staff.example", "Wei", (), NOW)


def standing(bench: Bench, agent: Agent) -> Standing:
    (pending,) = bench.store.colleagues.pending([1], bench.now)
    return next(one for one in pending.standings if one.agent.id == agent.id)


def test_who_watches_a_ticket_is_told_of_news_in_it_until_they_no_longer_do(bench: Bench) -> None:
    anna, wei = two(bench)
    bench.open()
    bench.apply(Watch(1, wei), Watch(1, anna), Watch(1, wei))
    assert (anna, wei) == bench.store.tickets.get(1).watchers
    assert (anna, wei) == bench.store.tickets.match(1).agents
    bench.apply(Unwatch(1, anna), Unwatch(1, anna))
    assert (wei,) == bench.store.tickets.match(1).agents
    bench.store.agents.disable(wei.address)
    assert () == bench.store.tickets.match(1).agents


def test_what_comes_later_in_a_decision_sees_who_watches(bench: Bench) -> None:
    _, wei = two(bench)
    bench.open()
    bench.apply(Watch(1, wei), Mail(MailKind.NOTICE, 1, wei.as_address, "notice:1"))
    assert [wei] == [one.id and one for one in bench.seen[-1].watchers]


def test_news_waits_as_it_was_written_until_it_is_done_with(bench: Bench) -> None:
    two(bench)
    bench.open()
    bench.apply(TAKEN)
    assert [1] == bench.store.colleagues.due(bench.now, 9)
    (pending,) = bench.store.colleagues.pending([1], bench.now)
    (waiting,) = pending.waiting
    assert (TAKEN, NOW) == (waiting.news, waiting.at)
    bench.apply(MarkColleagues(1, (waiting.id,), again=NOW + timedelta(minutes=10)))
    assert [] == bench.store.colleagues.due(NOW + timedelta(minutes=9), 9)
    assert [1] == bench.store.colleagues.due(NOW + timedelta(minutes=10), 9)
    bench.apply(MarkColleagues(1, (waiting.id,)))
    assert [] == bench.store.colleagues.due(NOW + timedelta(days=9), 9)
    assert [] == bench.store.colleagues.pending([1], bench.now)


def test_a_mark_keeps_when_an_agent_was_told(bench: Bench) -> None:
    anna, wei = two(bench)
    bench.open()
    bench.apply(TAKEN)
    later = NOW + timedelta(minutes=3)
    bench.apply(MarkColleagues(1, (), (Mark(anna.id, NOW, NOW), Mark(anna.id, later))))
    assert Standing(anna, None, later, NOW) == standing(bench, anna)
    assert Standing(wei) == standing(bench, wei)


def test_only_a_notification_of_the_ticket_that_shows_it_as_work_counts(bench: Bench) -> None:
    _, wei = two(bench)
    bench.open()
    bench.apply(TAKEN)
    for key, kind, to in (
        ("note:1", MailKind.NOTICE, wei.address),
        ("colleague:1", MailKind.NOTICE, wei.address),
        ("copy:1", MailKind.NOTICE, wei.address),
        ("answer:1", MailKind.ANSWER, wei.address),
        ("relay:1", MailKind.RELAY, ANN.mailbox),
        ("notice:2", MailKind.NOTICE, "anna@staff.example"),
    ):
        bench.apply(Mail(kind, 1, Address(to), key))
    assert Standing(wei) == standing(bench, wei)
    bench.later(minutes=1)
    bench.apply(Mail(MailKind.NOTICE, 1, Address("WEI@staff.example"), "notice:3"))
    assert bench.now == standing(bench, wei).shown_at
    bench.later(minutes=1)
    bench.apply(Mail(MailKind.ALERT, 1, wei.as_address, "alert:4"))
    assert bench.now == standing(bench, wei).shown_at
    bench.later(days=REMEMBERED.days, minutes=1)
    assert standing(bench, wei).shown_at is None


def test_the_same_news_is_owed_once_however_often_it_is_told(bench: Bench) -> None:
    """Two processes that look at the same moment owe one mail."""
    _, wei = two(bench)
    bench.open()
    bench.apply(Mail(MailKind.NOTICE, 1, wei.as_address, "notice:1"))
    bench.later(minutes=1)
    bench.apply(replace(TAKEN, concerned=(), knowing=()))
    (pending,) = bench.store.colleagues.pending([1], bench.now)
    effects = telling(pending, bench.now)
    assert [1, 0] == [len(bench.apply(*effects).outbox_ids) for _ in range(2)]
    assert [] == bench.store.colleagues.due(bench.now, 9)


def test_an_agent_hears_no_more_of_colleagues_when_they_said_so(bench: Bench) -> None:
    two(bench)
    assert bench.store.agents.change("wei@staff.example", colleagues=False)
    assert [True, False] == [agent.colleagues for agent in bench.store.agents.enabled()]


@ON_SQL
def test_with_a_ticket_goes_who_watched_it_and_what_was_told_of_it(bench: Bench) -> None:
    _, wei = two(bench)
    bench.open()
    entry = AddEntry(1, EntryKind.NOTE, wei.as_address, "Psst", agent=wei.id)
    bench.apply(Watch(1, wei), TAKEN, MarkColleagues(1, (), (Mark(wei.id, NOW, NOW),)), entry)
    Erasing(bench.store.db, bench.store.blobs).erase([1], ANN.mailbox, (), KEY, "admin", NOW)
    for table in ("watcher", "colleague_news", "colleague_mark"):
        assert [(0,)] == bench.store.db.many(f"SELECT COUNT(*) FROM {table}")
    assert [] == bench.faults()
