"""The contract suite sees the mistakes that it is there for: each of these channels fails its test."""

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsondrop import channel
from jsondrop.channel import JsonDrop
from test_jsondrop import TestJsonDrop as Contract

from intake.ports import Temporary

TAKE, LOOK, MAIL, RUN = JsonDrop._take, JsonDrop.look, channel.mail_of, JsonDrop.run


def released_first(self: Any, ready: Any) -> Any:
    for path, _ in ready:
        path.unlink()
    return self._receive([arrival for _, arrival in ready]) and []


def released_whatever_comes(self: Any, ready: Any) -> Any:
    try:
        return TAKE(self, ready)
    except Temporary:
        for path, _ in ready:
            path.unlink()
        return []


def never_released(self: Any, ready: Any) -> Any:
    if ready:
        self._receive([arrival for _, arrival in ready])
    return []


def all_or_none(self: Any, ready: Any) -> Any:
    if ready:
        self._receive([arrival for _, arrival in ready])
    return TAKE(self, ready)


def other_bytes_each_time(to: str, **said: str) -> bytes:
    return b"X-Read: %s\r\n" % uuid.uuid4().hex.encode() + MAIL(to, **said)


def cut_short(to: str, **said: str) -> bytes:
    return MAIL(to, **{**said, "text": said["text"][:1000]})


def ended_by_the_first_failure(self: Any, stop: Any) -> None:
    while not stop.is_set():
        LOOK(self, stop)
        self._tell("")
        stop.wait(0.1)


def asleep(self: Any, stop: Any) -> None:
    while not stop.is_set():
        LOOK(self, stop)
        self._tell("")
        time.sleep(2)


def tells_without_care(self: Any, trouble: str) -> None:
    self._store.mailboxes.seen(self.name, datetime.now(UTC), error=trouble)


BUGS: dict[str, tuple[object, str, Callable[..., Any], str]] = {
    "released before it is stored": (
        JsonDrop,
        "_take",
        released_first,
        "test_what_is_brought_is_durable_before_it_is_released",
    ),
    "released though the store failed": (
        JsonDrop,
        "_take",
        released_whatever_comes,
        "test_what_a_failing_store_does_not_take_stays_with_the_peer",
    ),
    "never released": (JsonDrop, "_take", never_released, "test_a_new_start_reads_nothing_again"),
    "one holds up all": (
        JsonDrop,
        "_take",
        all_or_none,
        "test_one_message_that_cannot_be_kept_holds_up_no_other",
    ),
    "other bytes each time": (
        channel,
        "mail_of",
        other_bytes_each_time,
        "test_the_same_arrival_twice_is_one",
    ),
    "other bytes after a crash": (
        channel,
        "mail_of",
        other_bytes_each_time,
        "test_what_was_stored_and_not_released_comes_again_and_is_known",
    ),
    "cut short": (channel, "mail_of", cut_short, "test_a_big_message_comes_whole_and_one_too_big_stays"),
    "ended by a failing store": (
        JsonDrop,
        "run",
        ended_by_the_first_failure,
        "test_what_a_failing_store_does_not_take_stays_with_the_peer",
    ),
    "ended by a store that cannot be told": (
        JsonDrop,
        "_tell",
        tells_without_care,
        "test_a_store_that_cannot_be_told_how_it_goes_keeps_no_mail_away",
    ),
    "deaf while it waits": (JsonDrop, "run", asleep, "test_it_stops_in_time"),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_channel_with_a_mistake_fails(bug: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, name, wrong, test = BUGS[bug]
    suite = Contract()
    suite.seconds, suite.stop_seconds = 2.0, 1.0
    suite.prepare(tmp_path)
    monkeypatch.setattr(place, name, wrong)
    with pytest.raises((AssertionError, TimeoutError)):
        getattr(suite, test)()
    if bug == "deaf while it waits":
        suite._thread.join()
