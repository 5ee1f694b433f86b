"""The pulse of a desk, on both engines."""

from datetime import timedelta

from store_bench import Bench

from intake.desk.effects import MailKind, Record
from intake.desk.sla_effects import SetPromises
from intake.desk.sla_target import PromiseState, SlaTarget, Target

HOUR = timedelta(hours=1)


def test_an_empty_desk_has_a_pulse_of_noughts(bench: Bench) -> None:
    found = bench.store.upkeep.vitals(bench.now)
    assert (0, 0, 0, 0, 0, 0) == (
        found.received,
        found.open_tickets,
        found.decide_age,
        found.send_age,
        found.promises_at_risk,
        found.promises_late,
    )
    assert {"waiting": 0, "done": 0, "quarantined": 0, "dropped": 0} == found.messages


def test_lag_is_the_age_of_what_waits_longest(bench: Bench) -> None:
    bench.receive(b"one")
    bench.later(seconds=30)
    bench.receive(b"two")
    bench.open(b"three")
    bench.owe("relay:1", MailKind.RELAY)
    bench.later(seconds=40)
    found = bench.store.upkeep.vitals(bench.now)
    assert (3, 2, 1, 70, 40) == (
        found.received,
        found.messages["waiting"],
        found.mails["due"],
        found.decide_age,
        found.send_age,
    )


def test_promises_are_at_risk_in_their_last_hour_and_late_after_it(bench: Bench) -> None:
    def promised(due: timedelta | None, state: PromiseState = PromiseState.RUNNING) -> SlaTarget:
        at = bench.now if due is None else bench.now + due
        begun = bench.now - 9 * HOUR
        return SlaTarget(Target.RESOLUTION, "normal", HOUR, begun, begun, HOUR, due and at, state)

    for name, promises in {
        b"soon": [promised(timedelta(minutes=59))],
        b"late, and soon": [promised(-HOUR), promised(HOUR / 2)],
        b"later": [promised(2 * HOUR)],
        # The clock of these stands still, or is over.
        b"paused": [promised(None, PromiseState.PAUSED)],
        b"broken": [promised(-HOUR, PromiseState.BROKEN)],
    }.items():
        bench.apply(SetPromises(bench.open(name), tuple(promises)))
    found = bench.store.upkeep.vitals(bench.now)
    # Tickets are counted, not promises; a ticket may be in both.
    assert (2, 1, 5) == (found.promises_at_risk, found.promises_late, found.open_tickets)


def test_the_audit_is_read_by_ticket_person_and_day(bench: Bench) -> None:
    one, two = bench.open(b"one"), bench.open(b"two")
    bench.apply(Record("Anna", "reply token", "closed it", one))
    bench.later(days=2)
    bench.apply(Record("Ben", "reply token", "closed it", two))
    assert ["Ben", "Anna"] == [row.who for row in bench.store.upkeep.list_audit()]
    assert ["Anna"] == [row.who for row in bench.store.upkeep.list_audit(ticket=one)]
    assert ["Ben"] == [row.who for row in bench.store.upkeep.list_audit(who="Ben")]
    assert ["Ben"] == [row.who for row in bench.store.upkeep.list_audit(since=bench.now - timedelta(days=1))]
    assert ["Ben"] == [row.who for row in bench.store.upkeep.list_audit(limit=1)]
