"""Agents: what they wish, what they have to do, and when they are away."""

from datetime import timedelta
from typing import Any

from intake.desk.effects import Assign, SetAway, SetStatus
from intake.desk.people import Load
from intake.desk.ticket import Status

HOUR = timedelta(hours=1)
WEEK = (((540, 1020),),) * 5 + ((),) * 2


def test_a_wish_is_kept_and_the_same_shift_is_the_same_value(bench: Any) -> None:
    bench.store.add_agent("Wei@desk.example", "Wei", (), bench.now)
    assert bench.store.change_agent("wei@DESK.example", shift=WEEK, timezone="Asia/Shanghai", notify="mine")
    one, two = bench.store.agent("wei@desk.example"), bench.store.agent("wei@desk.example")
    assert one is not None
    assert one == two
    assert (WEEK, "mine", 30, None) == (one.shift.week, one.notify, one.digest_minutes, one.away_until)
    assert bench.store.change_agent("wei@desk.example", shift=None)
    assert bench.store.agent("wei@desk.example").shift is None
    assert not bench.store.change_agent("nobody@desk.example", notify="all")


def test_a_load_counts_open_tickets_and_knows_when_the_last_was_given(bench: Any) -> None:
    anna = bench.store.add_agent("anna@desk.example", "Anna", (), bench.now)
    ben = bench.store.add_agent("ben@desk.example", "Ben", (), bench.now)
    numbers = [bench.open(raw) for raw in (b"a", b"b", b"c")]
    for number in numbers:
        bench.later(minutes=1)
        bench.apply(Assign(number, anna))
    bench.apply(SetStatus(numbers[0], Status.CLOSED))
    assert {anna.id: Load(2, bench.now), ben.id: Load(0, None)} == bench.store.loads()
    bench.apply(Assign(numbers[1], None))
    assert 1 == bench.store.loads()[anna.id].open


def test_an_absence_is_only_ever_made_longer_by_a_mail(bench: Any) -> None:
    anna = bench.store.add_agent("anna@desk.example", "Anna", (), bench.now)
    for until, known in ((HOUR, HOUR), (3 * HOUR, 3 * HOUR), (2 * HOUR, 3 * HOUR)):
        bench.apply(SetAway(anna.id, bench.now + until))
        assert bench.now + known == bench.store.agent("anna@desk.example").away_until
