"""What goes on beside the sweep, each in its own thread: it outlives whatever goes wrong in one round."""

import logging
import threading
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from intake.config.sections import ScanSettings
from intake.ports import Temporary
from intake.queue import schedule
from intake.runtime.backoff import Backoff
from intake.service.retries import Quiet, Retries

# The loop, the name in it of what it does, and what the log calls it.
BESIDE = {
    "pages": (schedule.pages, "call_webhook", "Paging by webhook"),
    "previews": (schedule.previews, "make_wanted", "Making previews"),
    "files": (schedule.files, "look_into_waiting", schedule.TASK),
}


@pytest.mark.parametrize(("loop", "work", "what"), BESIDE.values(), ids=BESIDE)
def test_a_round_that_fails_is_told_and_the_next_one_comes(
    loop: Any, work: str, what: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop, closed, signs = threading.Event(), [], []
    rounds = iter([Temporary("the database is locked"), ValueError("a mistake of ours"), None])

    def once(*_: object, **__: object) -> int:
        problem = next(rounds)
        if problem is not None:
            raise problem
        stop.set()
        return 0

    monkeypatch.setattr(schedule, work, once)
    monkeypatch.setattr(schedule, "FIRST_SECONDS", 0)
    monkeypatch.setattr(schedule, "THEN_SECONDS", 0)
    monkeypatch.setattr("intake.service.retries.BACKOFF", Backoff((0,)))
    now = datetime(2026, 1, 1, tzinfo=UTC)

    def probe(_: datetime) -> None:
        raise Temporary("the database is locked")

    retries = Retries(Quiet(), probe)
    desk: Any = SimpleNamespace(
        pager=lambda: object(),
        settings=SimpleNamespace(scan=ScanSettings()),
        store=SimpleNamespace(
            close=lambda: closed.append(True),
            upkeep=SimpleNamespace(record_job=lambda name, now: signs.append(name)),
        ),
        service=SimpleNamespace(
            clock=lambda: None,
            tells=Quiet(),
            follow_files=lambda: None,
            attempt=lambda name, job: retries.attempt(name, name, job, now),
        ),
    )
    with caplog.at_level(logging.WARNING, "intake"):
        loop(desk, stop)

    assert [f"{what} must wait", f"failed: {what}"] == [one.getMessage() for one in caplog.records]
    assert "the database is locked" == vars(caplog.records[0])["reason"]
    assert [True] == closed
    # Only a round that went well is a sign of life.
    assert [loop.__name__] == signs


def test_without_a_webhook_there_are_no_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []
    monkeypatch.setattr(schedule, "call_webhook", lambda *_: called.append("the webhook"))
    monkeypatch.setattr(schedule, "_beside", lambda *_: called.append("a loop"))
    desk: Any = SimpleNamespace(pager=lambda: None)

    schedule.pages(desk, threading.Event())

    assert [] == called
