"""What a mail server does to us at each step of sending, and what becomes of the rows.

F6 and F13 of the fault plan; I9 to I12 and I17.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from queue_.queue_bench import desk_of, states, write_in

from intake.app import Desk
from intake.store.upkeep.integrity import IntegrityCheck
from intake.testing import HANG_UP, Delivery, SinkServer

CUSTOMER, AGENT = "p0@customer.example", "anna@staff.example"


def round_at(desk: Desk, minutes: float) -> None:
    """What a worker does that is started so many minutes from now."""
    desk.service = replace(desk.service, clock=lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    session = desk.session()
    for row in desk.service.tick():
        desk.service.deliver(row, session)
    session.close()


def ends(desk: Desk) -> dict[str, str]:
    return {row.kind: row.state for row in desk.store.outbox.list_mails() if row.rcpt in (CUSTOMER, AGENT)}


@dataclass(frozen=True)
class Script:
    """What the server does the first time; what the rows then are, and the copies it has in the end."""

    hook: str
    answer: str
    acknowledgement: tuple[str, int]
    notice: tuple[str, int]


SCRIPTS = {
    "greylisted": Script("on_rcpt", "450 4.7.1 later", ("sent", 1), ("sent", 1)),
    "no such user": Script("on_rcpt", "550 5.1.1 nobody", ("failed", 0), ("failed", 0)),
    "gone at RCPT": Script("on_rcpt", HANG_UP, ("sent", 1), ("sent", 1)),
    "busy": Script("on_rcpt", "421 4.3.2 closing", ("sent", 1), ("sent", 1)),
    "later, after the dot": Script("on_data", "451 4.3.0 later", ("sent", 1), ("sent", 1)),
    "refused after the dot": Script("on_data", "554 5.7.1 spam", ("failed", 0), ("failed", 0)),
    "gone after the dot, not taken": Script("on_data", HANG_UP, ("unknown", 0), ("sent", 1)),
    "gone after the dot, taken": Script("on_kept", HANG_UP, ("unknown", 1), ("sent", 2)),
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_what_becomes_of_a_mail_and_of_the_next(script: Script, tmp_path: Path, sink: SinkServer) -> None:
    desk = desk_of(tmp_path, sink.port)
    write_in(desk, 1)
    setattr(sink, script.hook, lambda _: script.answer)
    round_at(desk, 0)
    setattr(sink, script.hook, None)
    write_in(desk, 1, 1)
    for minutes in (1, 10, 100):
        round_at(desk, minutes)

    assert {"acknowledgement": script.acknowledgement[0], "notice": script.notice[0]} | (
        {"alert": "sent"} if script.notice[0] == "failed" and "alert" in ends(desk) else {}
    ) == ends(desk)
    notices = [one for one in sink.to(AGENT) if b"help 0" in one.raw and b"Auto-Submitted" in one.raw]
    assert script.acknowledgement[1] == len(sink.to(CUSTOMER))
    if script.notice[0] == "sent":
        assert script.notice[1] == len(notices)
        assert 1 == len({one.raw for one in notices}), "the same bytes each time"
    # The bad row of the first ticket held up nothing of the second.
    assert 1 == len(sink.to("p1@customer.example"))
    desk.store.close()


def test_every_attempt_has_the_same_bytes(tmp_path: Path, sink: SinkServer) -> None:
    desk = desk_of(tmp_path, sink.port)
    write_in(desk, 1)
    seen: dict[str, set[bytes]] = {}
    tries = []

    def later(delivery: Delivery) -> str:
        tries.append(delivery)
        seen.setdefault(delivery.recipients[0], set()).add(delivery.raw)
        return "451 4.3.0 later"

    sink.on_data = later
    for minutes in (0, 10, 100):
        round_at(desk, minutes)
    sink.on_data = None
    round_at(desk, 1000)
    assert 6 == len(tries)
    assert {CUSTOMER: 1, AGENT: 1} == {who: len(raws) for who, raws in seen.items()}
    assert {CUSTOMER: seen[CUSTOMER], AGENT: seen[AGENT]} == {
        who: {one.raw for one in sink.to(who)} for who in (CUSTOMER, AGENT)
    }
    desk.store.close()


def test_three_days_without_a_mail_server(tmp_path: Path, sink: SinkServer) -> None:
    """Nothing is lost, and nothing is doubled when it comes back."""
    desk = desk_of(tmp_path, sink.port)
    sink.stop()
    try:
        write_in(desk, 10)
        # An attempt each few hours, as the pauses between them have it.
        for hours in (0, 1, 5, 13, 24, 36, 48, 60, 72):
            round_at(desk, hours * 60)
        assert {"due": 20} == states(desk)
    finally:
        sink.start()
    round_at(desk, 85 * 60)
    round_at(desk, 96 * 60)
    assert {"sent": 20} == states(desk)
    assert 20 == len({one.raw for one in sink.mails}) == len(sink.mails)
    desk.store.close()


def test_a_mail_that_nobody_takes_for_five_days_is_given_up_and_told(
    tmp_path: Path, sink: SinkServer
) -> None:
    desk = desk_of(tmp_path, sink.port)
    write_in(desk, 1)
    sink.on_rcpt = lambda address: "450 4.2.1 later" if address == CUSTOMER else None
    hours = (0, 1, 2, 4, 9, 18, 27, 60, 110, 121)
    for at in hours[:-1]:
        round_at(desk, at * 60)
        assert "due" == ends(desk)["acknowledgement"], at
    round_at(desk, hours[-1] * 60)
    assert "failed" == ends(desk)["acknowledgement"]
    assert "given up after 5 days: " in desk.store.outbox.list_mails(state="failed")[0].error
    desk.store.close()


@pytest.mark.parametrize("tries_before", [0, 3])
def test_days_without_tries_are_no_reason_to_give_up(
    tries_before: int, tmp_path: Path, sink: SinkServer
) -> None:
    """The clock was set on by a month, or the machine was off: the next trouble is not the last."""
    desk = desk_of(tmp_path, sink.port)
    write_in(desk, 1)
    sink.on_rcpt = lambda _: "450 4.2.1 later"
    for at in range(tries_before):
        round_at(desk, at * 60)
    for later in (0, 1, 3):
        round_at(desk, 30 * 24 * 60 + later * 60)
        assert {"due": 2} == states(desk)
    sink.on_rcpt = None
    round_at(desk, 31 * 24 * 60)
    assert {"sent": 2} == states(desk)
    desk.store.close()


STEPS = {"a day back": -24 * 60.0, "a day on": 24 * 60.0, "thirty days on": 30 * 24 * 60.0}


@pytest.mark.parametrize("minutes", STEPS.values(), ids=STEPS)
def test_a_clock_that_jumps_loses_and_doubles_nothing(
    minutes: float, tmp_path: Path, sink: SinkServer
) -> None:
    desk = desk_of(tmp_path, sink.port)
    write_in(desk, 2)
    begun = [row.id for row in desk.store.outbox.list_mails()][:1]
    claimed = desk.store.outbox.claim(begun[0], "elsewhere 1 1 x", datetime.now(UTC), timedelta(minutes=5))
    assert claimed is not None
    round_at(desk, minutes)
    desk.service = replace(desk.service, clock=lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    write_in(desk, 2, 2)
    # The clock is put right again, and time passes.
    for later in (0, 10, 120):
        round_at(desk, later)
    assert {"sent": 8} == states(desk)
    assert 8 == len({one.raw for one in sink.mails}) == len(sink.mails)
    assert [] == list(IntegrityCheck(desk.store.db, desk.store.blobs).faults())
    desk.store.close()
