"""Previews that take their time are made after the ticket is there, and no mail waits for them."""

import base64
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from config_files import config_text
from PIL import Image

from intake import app
from intake.config import settings as config
from intake.desk.message import Envelope
from intake.ports import Arrival, Temporary
from intake.queue import schedule
from intake.runtime import deferred_previews, previews
from intake.store import previews as pictures
from intake.store.previews import Preview
from intake.store.upkeep.erasure import Erasing
from intake.testing.tools import wait_until

CONFIG = config_text(desk="")
SMALL = b"\xff\xd8\xff preview"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[app.Desk]:
    (tmp_path / "intake.ini").write_text(CONFIG)
    made = app.build(config.load(tmp_path / "intake.ini"))
    yield made
    made.store.close()


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which nothing is ready at once."""
    monkeypatch.setattr(previews, "QUICK_SECONDS", 0.01)


def mail(content: bytes, subject: str = "help") -> bytes:
    head = (
        f"From: Lin <lin@customer.example>\r\nTo: support@desk.example\r\nSubject: {subject}\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nLook at this.\r\n"
        "--b\r\nContent-Type: image/webp; name=a.webp\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + base64.encodebytes(content) + b"--b--\r\n"


def plain(subject: str) -> bytes:
    return f"From: Mia <mia@other.example>\r\nSubject: {subject}\r\n\r\nHello.\r\n".encode()


def webp() -> bytes:
    out = BytesIO()
    Image.radial_gradient("L").save(out, "WEBP", lossless=True)
    return out.getvalue()


def receive(desk: app.Desk, *raw: bytes) -> None:
    desk.service.receive([Arrival(one, Envelope("ingest", "support")) for one in raw])


def arrive(desk: app.Desk, *raw: bytes) -> None:
    receive(desk, *raw)
    while desk.service.process_pending(50):
        pass


def the_file(desk: app.Desk, ticket: int = 1) -> str:
    return next(file.sha256 for one in desk.store.tickets.entries(ticket) for file in one.files)


def shown(desk: app.Desk, ticket: int = 1) -> list[bool]:
    return [file.preview for one in desk.store.tickets.entries(ticket) for file in one.files]


def row(desk: app.Desk) -> tuple[bytes, int, bool]:
    """Return the preview's content, the attempts begun and whether there will be another."""
    found = desk.store.db.first(Preview.select())
    return bytes(found.content), found.attempts, found.next_at is not None


class Slow:
    """A picture's child that works until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, contents: Sequence[bytes]) -> tuple[list[bytes], bool]:
        self.begun.set()
        assert self.go_on.wait(30)
        return [SMALL] * len(contents), False


def test_the_ticket_of_the_next_mail_is_there_before_the_preview_of_a_slow_picture_is(
    desk: app.Desk, monkeypatch: pytest.MonkeyPatch, busy: None
) -> None:
    """The real threads of a desk, and a picture that takes until the test lets it end."""
    slow = Slow()
    monkeypatch.setattr(schedule, "make_wanted", partial(deferred_previews.make_wanted, make=slow))
    stop, processor = threading.Event(), app.Processor(desk.service)
    threads = [
        threading.Thread(target=processor.run, args=(stop,)),
        threading.Thread(target=schedule.previews, args=(desk, stop)),
    ]
    for one in threads:
        one.start()
    try:
        receive(desk, mail(webp(), "slow"))
        processor.nudge()
        assert slow.begun.wait(30)
        receive(desk, plain("next"))
        processor.nudge()
        wait_until(lambda: desk.store.tickets.get(2), 20)

        assert ["slow", "next"] == [one.subject for one in reversed(desk.store.listing.list_tickets())]
        assert [False] == shown(desk)
        assert not slow.go_on.is_set()
        slow.go_on.set()
        wait_until(lambda: shown(desk) == [True], 20)
    finally:
        slow.go_on.set()
        stop.set()
        processor.nudge()
        for one in threads:
            one.join(30)
        desk.store.close()


@pytest.mark.usefixtures("busy")
def test_what_was_not_ready_at_once_is_made_later_and_then_known(desk: app.Desk) -> None:
    arrive(desk, mail(webp()))
    assert ([False], None) == (shown(desk), desk.store.previews.get(the_file(desk)))

    assert 1 == deferred_previews.make_wanted(desk.store, desk.service.clock)

    small = desk.store.previews.get(the_file(desk))
    assert small is not None
    assert ([True], "image/jpeg") == (shown(desk), previews.media_type(small))
    assert (small, 1, False) == row(desk)
    assert 0 == deferred_previews.make_wanted(desk.store, desk.service.clock)
    # A mail that quotes the picture finds it made, however busy the machine is.
    again = desk.service.preview(desk.service.parse(mail(webp(), "again")))
    assert [small] == [one.preview for one in again.attachments]


class Times:
    """A clock that tests set on."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def rest(self, wait: timedelta) -> None:
        self.now += wait + timedelta(seconds=1)


def limited(contents: Sequence[bytes]) -> tuple[list[bytes], bool]:
    return [b""], True


def unreadable(contents: Sequence[bytes]) -> tuple[list[bytes], bool]:
    return [b""], False


@pytest.mark.usefixtures("busy")
def test_a_picture_that_is_always_too_slow_is_tried_three_times_and_given_up(desk: app.Desk) -> None:
    arrive(desk, mail(webp()))
    clock = Times()
    asked: list[int] = []

    def make(contents: Sequence[bytes]) -> tuple[list[bytes], bool]:
        asked.append(1)
        return [b""], True

    for _ in range(9):
        deferred_previews.make_wanted(desk.store, clock, make)
        deferred_previews.make_wanted(desk.store, clock, make)
        clock.rest(pictures.AGAIN)

    assert [1] * pictures.MAX_ATTEMPTS == asked
    assert (b"", pictures.MAX_ATTEMPTS, False) == row(desk)
    assert ([False], None) == (shown(desk), desk.store.previews.get(the_file(desk)))


@pytest.mark.usefixtures("busy")
def test_bytes_that_are_no_picture_are_tried_once(desk: app.Desk) -> None:
    arrive(desk, mail(webp()))

    deferred_previews.make_wanted(desk.store, Times(), unreadable)

    assert (b"", 1, False) == row(desk)


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.usefixtures("busy")
def test_a_process_killed_while_it_makes_one_forgets_none_and_tries_a_bounded_number_of_times(
    desk: app.Desk,
) -> None:
    arrive(desk, mail(webp()))
    clock = Times()

    def dies(contents: Sequence[bytes]) -> tuple[list[bytes], bool]:
        raise Killed

    with pytest.raises(Killed):
        deferred_previews.make_wanted(desk.store, clock, dies)
    assert [] == desk.store.previews.wanted(clock(), 9)
    clock.rest(pictures.ATTEMPT)
    assert 1 == deferred_previews.make_wanted(desk.store, clock, lambda contents: ([SMALL], False))
    assert (SMALL, 2, False) == row(desk)

    for _ in range(9):
        desk.store.db.run(Preview.update(content=b"", next_at=clock()).where(Preview.sha256 != ""))
        deaths = row(desk)[1]
        if deaths < pictures.MAX_ATTEMPTS:
            with pytest.raises(Killed):
                deferred_previews.make_wanted(desk.store, clock, dies)
        else:
            assert 0 == deferred_previews.make_wanted(desk.store, clock, dies)
    assert (b"", pictures.MAX_ATTEMPTS, False) == row(desk)


@pytest.mark.usefixtures("busy")
def test_two_processes_make_one_once(desk: app.Desk) -> None:
    arrive(desk, mail(webp()))
    clock = Times()
    (name,) = desk.store.previews.wanted(clock(), 9)

    assert [True, False] == [desk.store.previews.begin(name, clock()) for _ in range(2)]


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("gone", ["before", "meanwhile"])
def test_an_erased_picture_gets_none(desk: app.Desk, gone: str) -> None:
    arrive(desk, mail(webp()))

    def erase() -> None:
        erasing = Erasing(desk.store.db, desk.store.blobs)
        erasing.erase([1], "", [], desk.keys[-1], "test", desk.service.clock())

    def make(contents: Sequence[bytes]) -> tuple[list[bytes], bool]:
        erase()
        return [SMALL], False

    if gone == "before":
        erase()
    deferred_previews.make_wanted(desk.store, desk.service.clock, make)

    assert [] == desk.store.db.rows(Preview.select())


@pytest.mark.usefixtures("busy")
def test_when_no_child_can_be_started_it_is_tried_again(desk: app.Desk) -> None:
    arrive(desk, mail(webp()))
    clock = Times()

    def fails(contents: Sequence[bytes]) -> tuple[list[bytes], bool]:
        raise OSError(12, "Cannot allocate memory")

    with pytest.raises(Temporary, match="Cannot allocate memory"):
        deferred_previews.make_wanted(desk.store, clock, fails)
    clock.rest(pictures.ATTEMPT)

    assert 1 == deferred_previews.make_wanted(desk.store, clock, lambda contents: ([SMALL], False))


@pytest.mark.usefixtures("busy")
def test_none_is_begun_after_a_stop_and_a_clock_that_was_ahead_keeps_none_waiting(desk: app.Desk) -> None:
    arrive(desk, mail(webp()))
    clock = Times()
    assert 0 == deferred_previews.make_wanted(desk.store, clock, limited, stopped=lambda: True)
    assert 0 == row(desk)[1]

    clock.now -= timedelta(days=2)

    assert 1 == len(desk.store.previews.wanted(clock(), 9))


def test_a_later_copy_of_a_picture_that_was_given_up_brings_its_preview(
    desk: app.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(previews, "QUICK_SECONDS", 0.01)
        arrive(desk, mail(webp()))
    deferred_previews.make_wanted(desk.store, desk.service.clock, unreadable)
    assert [False] == shown(desk)
    made: Callable[[Sequence[bytes]], tuple[list[bytes], bool]] = lambda contents: ([SMALL], False)  # noqa: E731
    desk.service = replace(desk.service, preview=previews.Previewer(made))

    arrive(desk, mail(webp(), "the same once more"))

    assert [True] == shown(desk, 1) == shown(desk, 2)
    assert (SMALL, 1, False) == row(desk)
