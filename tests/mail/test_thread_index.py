"""Outlook's Thread-Index: what names a conversation, and what an answer adds to it."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from intake.mail.parse import parse
from intake.mail.thread_index import LEVEL_BYTES, MAX_VALUE, answering, root

# As Exchange and as Outlook 2007 write the time, that of 2026-03-03 10:00.
NEW = bytes.fromhex("0101dcaaf47f") + bytes(range(16))
OLD = bytes.fromhex("01dcaaf47f5f") + bytes(range(16))
AT = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)


def b64(index: bytes) -> bytes:
    return base64.b64encode(index)


ROOTS = {
    "a first mail": b64(NEW),
    "an answer": b64(NEW + b"\x80\0\0\1\0"),
    "the tenth answer": b64(NEW + bytes(50)),
    "folded": b64(NEW + bytes(50))[:40] + b"\r\n " + b64(NEW + bytes(50))[40:],
    "without its end": b64(NEW).rstrip(b"="),
}
NONE = {
    "nothing": b"",
    "words": b"see above",
    "too short": b64(NEW[:21]),
    "half a level": b64(NEW + b"\0\0"),
    "another beginning": b64(b"\2" + NEW[1:]),
    "no base64": b"<" + b64(NEW) + b">",
    "letters beyond ASCII": "Aé".encode() + b64(NEW),
    "cut off": (b64(NEW + bytes(5 * 1000)) + b"!")[: MAX_VALUE - 1] + b"=",
}


@pytest.mark.parametrize("value", ROOTS.values(), ids=ROOTS)
def test_an_answer_is_of_the_conversation_it_answers(value: bytes) -> None:
    assert NEW.hex() == root(value)


@pytest.mark.parametrize("value", NONE.values(), ids=NONE)
def test_what_is_no_thread_index_names_no_conversation(value: bytes) -> None:
    assert "" == root(value)


@pytest.mark.parametrize("start", [NEW, OLD], ids=["new", "old"])
@pytest.mark.parametrize("days", [-1, 0, 1, 600, 700, 20_000])
def test_an_answer_of_ours_adds_one_level_that_tells_when(start: bytes, days: int) -> None:
    value = answering(start.hex(), AT + timedelta(days=days)).encode()
    level = base64.b64decode(value)[len(start) :]
    assert start.hex() == root(value)
    assert LEVEL_BYTES == len(level)
    code, steps = level[0] >> 7, int.from_bytes(level[:4], "big") & 0x7FFFFFFF
    assert code == (days > 651)
    told = timedelta(microseconds=steps * (1 << 23 if code else 1 << 18) / 10)
    assert abs(told - timedelta(days=max(0, days))) < timedelta(minutes=5)


def test_an_answer_in_no_conversation_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no conversation"):
        answering("0101", AT)


RAW = b"From: a@b.example\r\nSubject: x\r\nMessage-ID: <1@b.example>\r\n"


def test_it_is_read_with_a_mail_and_is_part_of_what_makes_it_that_mail() -> None:
    """What leads a mail to its ticket must not be changed in a copy that takes the place of the original."""
    without = parse(RAW + b"\r\nhello")
    first = parse(RAW + b"Thread-Index: " + b64(NEW) + b"\r\n\r\nhello")
    other = parse(RAW + b"Thread-Index: " + b64(OLD) + b"\r\n\r\nhello")
    twice = parse(RAW + b"Thread-Index: " + b64(NEW) + b"\r\nThread-Index: " + b64(OLD) + b"\r\n\r\nhello")
    assert ["", NEW.hex(), OLD.hex(), NEW.hex()] == [
        one.thread_index for one in (without, first, other, twice)
    ]
    assert 4 == len({one.fingerprint for one in (without, first, other, twice)})
