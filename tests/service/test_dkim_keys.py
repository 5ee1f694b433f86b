"""Looking keys up: once, for a while, and never taking silence for an answer."""

import dns.exception
import dns.resolver
import pytest

from intake import dkim_keys
from intake.dkim_keys import DkimKeys
from intake.ports import Temporary


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_record_is_kept_for_an_hour_and_a_missing_one_for_minutes():
    asked, clock, records = [], Clock(), {"a": b"key"}

    def resolve(name: str) -> bytes | None:
        asked.append(name)
        return records.get(name)

    keys = DkimKeys(resolve, clock)
    assert [b"key", b"key", None, None] == [keys("a"), keys("A"), keys("b"), keys("b")]
    clock.now = 301
    assert (b"key", None) == (keys("a"), keys("b"))
    clock.now = 3601
    keys("a")
    assert ["a", "b", "b", "a"] == asked


def test_silence_is_not_kept():
    answers = [Temporary("down"), b"key"]

    def resolve(name: str) -> bytes | None:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    keys = DkimKeys(resolve)
    with pytest.raises(Temporary):
        keys("a")
    assert b"key" == keys("a")


def test_no_more_than_some_are_kept(monkeypatch):
    monkeypatch.setattr(dkim_keys, "MOST", 3)
    asked = []
    keys = DkimKeys(lambda name: asked.append(name))
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
        assert None is DkimKeys()("a.example")
    else:
        with pytest.raises(means):
            DkimKeys()("a.example")


def test_the_pieces_of_a_record_are_one_text(monkeypatch):
    record = type("Record", (), {"strings": (b"v=DKIM1; p=AB", b"CD")})
    monkeypatch.setattr(dns.resolver, "resolve", lambda *_, **__: [record])
    assert b"v=DKIM1; p=ABCD" == DkimKeys()("a.example")
