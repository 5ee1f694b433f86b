"""Looking keys up: once, for a while, and never taking silence for an answer."""

import threading
import time

import dns.exception
import dns.resolver
import pytest

from intake import dkim_keys
from intake.dkim_keys import DkimKeys
from intake.ports import Temporary, Underway


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_record_is_kept_for_an_hour_and_a_missing_one_for_minutes():
    asked, clock, records = [], Clock(), {"a": b"key"}

    def resolve(name: str) -> bytes | None:
        asked.append(name)
        return records.get(name)

    keys = DkimKeys(resolve, clock, moment=10)
    assert [b"key", b"key", None, None] == [keys("a"), keys("A"), keys("b"), keys("b")]
    clock.now = 301
    assert (b"key", None) == (keys("a"), keys("b"))
    clock.now = 3601
    keys("a")
    assert ["a", "b", "b", "a"] == asked


def test_silence_is_no_answer_and_soon_asked_again():
    answers, clock = [Temporary("down"), b"key"], Clock()

    def resolve(name: str) -> bytes | None:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    keys = DkimKeys(resolve, clock, moment=10)
    # All who asked hear of it, instead of asking and waiting one after the other.
    for _ in range(3):
        with pytest.raises(Temporary, match="down"):
            keys("a")
    clock.now = 11
    # After silence nobody waits even a moment.
    with pytest.raises(Underway) as told:
        keys("a")
    assert told.value.wait(10)
    assert b"key" == keys("a")


class Slow:
    """A DNS that answers when it is told to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answered = threading.Event()

    def __call__(self, name: str) -> bytes | None:
        self.asked.append(name)
        assert self.answered.wait(30)
        return b"key of " + name.encode()


def test_nobody_waits_longer_than_a_moment_and_only_the_first_does():
    dns, begun = Slow(), time.monotonic()
    keys = DkimKeys(dns, moment=0.3)
    asking = []
    for number in range(24):
        with pytest.raises(Underway) as told:
            keys(f"s{number}")
        asking.append(told.value)
    assert time.monotonic() - begun < 2
    assert dkim_keys.AT_ONCE == len(dns.asked)
    dns.answered.set()
    assert all(one.wait(10) for one in asking)
    for number in range(24):
        for _ in range(100):
            try:
                assert f"key of s{number}".encode() == keys(f"s{number}")
                break
            except Underway as err:
                err.wait(10)
    assert 24 == len(set(dns.asked)) == len(dns.asked)


def test_one_question_for_a_name_is_enough():
    dns = Slow()
    keys = DkimKeys(dns, moment=0)
    for _ in range(5):
        with pytest.raises(Underway):
            keys("a")
    dns.answered.set()
    assert ["a"] == dns.asked


def test_no_more_than_some_are_kept(monkeypatch):
    monkeypatch.setattr(dkim_keys, "MOST", 3)
    asked = []
    keys = DkimKeys(lambda name: asked.append(name), moment=10)
    for name in ("a", "b", "c", "d", "a"):
        keys(name)
    assert ["a", "b", "c", "d", "a"] == asked


@pytest.mark.parametrize(
    ("failure", "means"),
    [
        (dns.resolver.NXDOMAIN(), None),
        (dns.resolver.NoAnswer(response=_ if (_ := None) else type("R", (), {"question": ()})()), None),
        (dns.exception.Timeout(), Temporary),
        (dns.resolver.NoNameservers(), Temporary),
        (dns.exception.DNSException(), None),
        (OSError(), None),
    ],
    ids=["no such name", "no such record", "timeout", "refused", "not a name", "odd"],
)
def test_what_an_answer_of_the_dns_means(failure, means, monkeypatch):
    def resolve(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(dns.resolver, "resolve", resolve)
    if means is None:
        assert None is DkimKeys(moment=10)("a.example")
    else:
        with pytest.raises(means):
            DkimKeys(moment=10)("a.example")


def test_the_pieces_of_a_record_are_one_text(monkeypatch):
    record = type("Record", (), {"strings": (b"v=DKIM1; p=AB", b"CD")})
    monkeypatch.setattr(dns.resolver, "resolve", lambda *_, **__: [record])
    assert b"v=DKIM1; p=ABCD" == DkimKeys(moment=10)("a.example")
