"""The pulse of a desk, on both engines."""

from datetime import timedelta
from typing import Any

from intake.desk.effects import Amend, MailKind, Record, SetStatus
from intake.desk.ticket import Status

HOUR = timedelta(hours=1)


def test_an_empty_desk_has_a_pulse_of_noughts(bench: Any) -> None:
    found = bench.store.vitals(bench.now)
    assert (0, 0, 0, 0, 0, 0) == (
        found.received,
        found.open_tickets,
        found.decide_age,
        found.send_age,
        found.promises_at_risk,
        found.promises_late,
    )
    assert {"waiting": 0, "done": 0, "quarantined": 0, "dropped": 0} == found.messages


def test_lag_is_the_age_of_what_waits_longest(bench: Any) -> None:
    bench.receive(b"one")
    bench.later(seconds=30)
    bench.receive(b"two")
    bench.open(b"three")
    bench.owe("relay:1", MailKind.RELAY)
    bench.later(seconds=40)
    found = bench.store.vitals(bench.now)
    assert (3, 2, 1, 70, 40) == (
        found.received,
        found.messages["waiting"],
        found.mails["due"],
        found.decide_age,
        found.send_age,
    )


def test_promises_are_at_risk_in_their_last_hour_and_late_after_it(bench: Any) -> None:
    numbers = [bench.open(raw) for raw in (b"a", b"b", b"c", b"d", b"e")]
    bench.apply(Amend(numbers[0], {"first_response_due": bench.now + timedelta(minutes=59)}))
    bench.apply(
        Amend(numbers[1], {"resolution_due": bench.now - HOUR, "next_response_due": bench.now + HOUR / 2})
    )
    bench.apply(Amend(numbers[2], {"next_response_due": bench.now + 2 * HOUR}))
    # The clock of these stands still.
    late = {"first_response_due": bench.now - HOUR}
    bench.apply(Amend(numbers[3], late), SetStatus(numbers[3], Status.PENDING))
    bench.apply(Amend(numbers[4], late), SetStatus(numbers[4], Status.CLOSED))
    found = bench.store.vitals(bench.now)
    assert (1, 1, 4) == (found.promises_at_risk, found.promises_late, found.open_tickets)


def test_the_audit_is_read_by_ticket_person_and_day(bench: Any) -> None:
    one, two = bench.open(b"one"), bench.open(b"two")
    bench.apply(Record("Anna", "reply token", "closed it", one))
    bench.later(days=2)
    bench.apply(Record("Ben", "reply token", "closed it", two))
    assert ["Ben", "Anna"] == [row.who for row in bench.store.list_audit()]
    assert ["Anna"] == [row.who for row in bench.store.list_audit(ticket=one)]
    assert ["Ben"] == [row.who for row in bench.store.list_audit(who="Ben")]
    assert ["Ben"] == [row.who for row in bench.store.list_audit(since=bench.now - timedelta(days=1))]
    assert ["Ben"] == [row.who for row in bench.store.list_audit(limit=1)]
