"""Agents: what they wish, what they have to do, and when they are away."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from factories import a_policy
from store_bench import Bench

from intake.desk.agent_effects import MarkSummary, SetAway, SetLanguage
from intake.desk.effects import AddEntry, Assign, Finish, Outcome, SetStatus
from intake.desk.message import Address
from intake.desk.people import Load
from intake.desk.ticket import EntryKind, Status

ANN = Address("ann@customer.example", "Ann")
HOUR = timedelta(hours=1)
WEEK = (((540, 1020),),) * 5 + ((),) * 2


def test_a_wish_is_kept_and_the_same_shift_is_the_same_value(bench: Bench) -> None:
    bench.store.agents.add("Wei@desk.example", "Wei", (), bench.now)
    assert bench.store.agents.change("wei@DESK.example", shift=WEEK, timezone="Asia/Shanghai", notify="mine")
    one, two = (
        bench.store.agents.by_address("wei@desk.example"),
        bench.store.agents.by_address("wei@desk.example"),
    )
    assert one is not None
    assert one == two
    assert (WEEK, "mine", 30, None) == (one.shift.week, one.notify, one.digest_minutes, one.away_until)
    assert bench.store.agents.change("wei@desk.example", shift=None)
    assert bench.store.agents.by_address("wei@desk.example").shift is None
    assert not bench.store.agents.change("nobody@desk.example", notify="all")


def test_a_time_zone_counts_without_a_shift_too(bench: Bench) -> None:
    bench.store.agents.add("wei@desk.example", "Wei", (), bench.now)
    assert bench.store.agents.by_address("wei@desk.example").zone is None
    assert bench.store.agents.change("wei@desk.example", timezone="Asia/Shanghai")
    wei = bench.store.agents.by_address("wei@desk.example")
    assert (None, ZoneInfo("Asia/Shanghai")) == (wei.shift, wei.zone)
    assert ZoneInfo("Asia/Shanghai") == a_policy().zone_of(wei)
    assert a_policy().hours.zone == a_policy().zone_of(None)
    bench.store.agents.change("wei@desk.example", shift=WEEK)
    assert ZoneInfo("Asia/Shanghai") == bench.store.agents.by_address("wei@desk.example").zone


def test_an_agent_has_a_language_of_their_own(bench: Bench) -> None:
    wei = bench.store.agents.add("wei@desk.example", "Wei", (), bench.now)
    assert wei.language == ""
    assert bench.store.agents.change("wei@desk.example", language="zh-Hans")
    assert [row.language for row in bench.store.agents.list_agents()] == ["zh-Hans"]
    bench.apply(SetLanguage(wei.id, "de"))
    assert bench.store.agents.by_address("wei@desk.example").language == "de"
    # Who is added again keeps it.
    assert bench.store.agents.add("wei@desk.example", "Wei", (), bench.now).language == "de"


def test_a_load_counts_open_tickets_and_knows_when_the_last_was_given(bench: Bench) -> None:
    anna = bench.store.agents.add("anna@desk.example", "Anna", (), bench.now)
    ben = bench.store.agents.add("ben@desk.example", "Ben", (), bench.now)
    numbers = [bench.open(raw) for raw in (b"a", b"b", b"c")]
    for number in numbers:
        bench.later(minutes=1)
        bench.apply(Assign(number, anna))
    bench.apply(SetStatus(numbers[0], Status.CLOSED))
    assert {anna.id: Load(2, bench.now), ben.id: Load(0, None)} == bench.store.agents.loads()
    bench.apply(Assign(numbers[1], None))
    assert 1 == bench.store.agents.loads()[anna.id].open


def test_an_absence_is_only_ever_made_longer_by_a_mail(bench: Bench) -> None:
    anna = bench.store.agents.add("anna@desk.example", "Anna", (), bench.now)
    for until, known in ((HOUR, HOUR), (3 * HOUR, 3 * HOUR), (2 * HOUR, 3 * HOUR)):
        bench.apply(SetAway(anna.id, bench.now + until))
        assert bench.now + known == bench.store.agents.by_address("anna@desk.example").away_until


def test_news_are_customers_words_in_his_tickets_and_in_those_of_nobody(bench: Bench) -> None:
    dan = bench.store.agents.add("dan@desk.example", "Dan", ("wallets",), bench.now)
    eve = bench.store.agents.add("eve@desk.example", "Eve", ("wallets",), bench.now)
    mine, free, hers, closed, other = (bench.open(raw) for raw in (b"1", b"2", b"3", b"4", b"5"))
    places = ((mine, dan, ""), (free, None, "wallets"), (hers, eve, "wallets"), (other, None, "x"))
    for number, agent, team in places:
        bench.apply(Assign(number, agent, team))
    bench.apply(Assign(closed, dan), SetStatus(closed, Status.CLOSED))
    since = bench.now
    assert [] == bench.store.lookups.news(dan, since)
    bench.later(minutes=1)
    for number in (mine, free, hers, closed, other):
        bench.apply(AddEntry(number, EntryKind.CUSTOMER, ANN, "Again."))
        bench.apply(AddEntry(number, EntryKind.CUSTOMER, ANN, f"Still {number}."))
        bench.apply(AddEntry(number, EntryKind.NOTE, ANN, "A note is no news."))
    assert [(mine, 2, f"Still {mine}."), (free, 2, f"Still {free}.")] == [
        (one.ticket.id, one.many, one.text) for one in bench.store.lookups.news(dan, since)
    ]
    bench.apply(MarkSummary(dan.id, bench.now))
    assert bench.now == bench.store.agents.by_address("dan@desk.example").digest_at


def test_thanks_are_those_for_closed_tickets_of_theirs_and_of_nobody(bench: Bench) -> None:
    dan = bench.store.agents.add("dan@desk.example", "Dan", ("wallets",), bench.now)
    eve = bench.store.agents.add("eve@desk.example", "Eve", ("wallets",), bench.now)
    mine, free, hers, again, other = (bench.open(raw) for raw in (b"1", b"2", b"3", b"4", b"5"))
    places = (
        (mine, dan, ""),
        (free, None, "wallets"),
        (hers, eve, "wallets"),
        (again, dan, ""),
        (other, None, "x"),
    )
    for number, agent, team in places:
        bench.apply(Assign(number, agent, team), SetStatus(number, Status.CLOSED))
    since = bench.now
    bench.later(minutes=1)
    for number in (free, mine, hers, again, other, mine):
        thanks = [
            AddEntry(number, EntryKind.CUSTOMER, ANN, "Thanks!", from_message=True),
            Finish(Outcome.APPENDED, number, "thanks"),
        ]
        row = bench.receive(f"thanks {number} {bench.now}".encode())
        bench.apply(*thanks, ledger_id=row, message=bench.message(b"thanks"))
        bench.later(seconds=1)
    bench.apply(SetStatus(again, Status.OPEN))
    assert [free, mine] == bench.store.lookups.thanked(dan, since)
    assert [] == bench.store.lookups.thanked(dan, bench.now)


def test_thanks_are_told_of_tickets_of_theirs_that_were_answered_or_closed(bench: Bench) -> None:
    dan = bench.store.agents.add("dan@desk.example", "Dan", ("wallets",), bench.now)
    eve = bench.store.agents.add("eve@desk.example", "Eve", ("wallets",), bench.now)
    mine, free, hers, again, done = (bench.open(raw) for raw in (b"1", b"2", b"3", b"4", b"5"))
    for number, agent in ((mine, dan), (free, None), (hers, eve), (again, dan), (done, dan)):
        bench.apply(Assign(number, agent, "wallets"), SetStatus(number, Status.PENDING))
    since = bench.now
    bench.later(minutes=1)
    first = bench.now
    for number, words in ((again, "1"), (mine, "2"), (free, "3"), (hers, "4"), (done, "5"), (mine, "6")):
        thanks = [
            AddEntry(number, EntryKind.CUSTOMER, ANN, f"Thanks! {words}", from_message=True),
            Finish(Outcome.APPENDED, number, "thanks"),
        ]
        row = bench.receive(f"thanks {number} {bench.now}".encode())
        bench.apply(*thanks, ledger_id=row, message=bench.message(b"thanks"))
        bench.later(seconds=1)
    bench.apply(SetStatus(again, Status.OPEN), SetStatus(done, Status.CLOSED))
    second = timedelta(seconds=1)
    assert [(mine, 2, "Thanks! 6", first + second), (done, 1, "Thanks! 5", first + 4 * second)] == [
        (news.ticket.id, news.many, news.text, news.at)
        for news in bench.store.lookups.only_thanks(dan, since)
    ]
    assert [] == bench.store.lookups.only_thanks(dan, bench.now)
