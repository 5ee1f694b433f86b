# ruff: noqa: E501 (a case stays on the line of its name)
"""Whose signature counts: made by dkimpy and by hand, verified with keys that the test hands out."""

import base64
import re
from datetime import timedelta
from email.utils import format_datetime

import dkim
import pytest
from agent_desk import Domain
from factories import NOW

from intake.mail.dkim_verifying import MAX_AGE, signed_by
from intake.mail.parse import parse
from intake.ports import Temporary

NAME = "staff.example"


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain(NAME)


@pytest.fixture(scope="module")
def weak() -> Domain:
    return Domain(NAME, 1024)


def mail(
    body: str = "Hello\r\nWorld\r\n", extra: str = "", sender: str = f"Anna <anna@{NAME}>", at=NOW
) -> bytes:
    return (
        f"{extra}From: {sender}\r\nTo: help@desk.example\r\nSubject: x\r\nDate: {format_datetime(at)}\r\n"
        f"Message-ID: <1@{NAME}>\r\n\r\n{body}"
    ).encode()


def sign(raw: bytes, domain: Domain, name: str = NAME, names=None, **more) -> bytes:
    """A signature as its writer wants it, which need not be how we write ours."""
    made = dkim.DKIM(raw)
    if names is not None:
        made.should_not_sign = set()
    header = made.sign(b"s1", name.encode(), domain.private, include_headers=names, **more)
    return header + raw


def verified(raw: bytes, record: bytes | None, now=NOW, name: str = NAME) -> bool:
    message = parse(raw)
    return signed_by(raw, name, now, message.date, lambda asked: record)


CANONICAL = [
    (b"relaxed", b"relaxed"),
    (b"relaxed", b"simple"),
    (b"simple", b"relaxed"),
    (b"simple", b"simple"),
]


@pytest.mark.parametrize("forms", CANONICAL)
def test_a_signature_of_the_domain_counts(forms, domain):
    assert verified(sign(mail(), domain, canonicalize=forms), domain.record)


def test_it_counts_however_the_lines_end(domain):
    raw = sign(mail(), domain, canonicalize=(b"relaxed", b"relaxed"))
    assert verified(raw.replace(b"\r\n", b"\n"), domain.record)


def test_a_parent_speaks_for_its_child_and_not_the_other_way_round(domain):
    child = sign(mail(sender=f"anna@mail.{NAME}"), domain)
    assert verified(child, domain.record, name=f"mail.{NAME}")
    assert not verified(sign(mail(), domain, name=f"mail.{NAME}"), domain.record)


def test_the_second_signature_counts_too(domain):
    raw = sign(sign(mail(), domain), Domain("list.example", 1024), name="list.example")
    assert verified(raw, domain.record)


def test_the_key_is_asked_for_where_the_signature_says(domain):
    asked = []
    raw = sign(mail(), domain)
    signed_by(raw, NAME, NOW, NOW, lambda name: asked.append(name))
    assert [domain.place] == asked


def test_who_cannot_be_asked_for_now_is_not_taken_for_silent(domain):
    def down(name: str) -> bytes:
        raise Temporary("no answer")

    with pytest.raises(Temporary):
        signed_by(sign(mail(), domain), NAME, NOW, NOW, down)


def without_date(raw: bytes, domain: Domain) -> bytes:
    return sign(raw, domain, names=[b"from", b"to", b"subject"])


def second_date(domain: Domain) -> bytes:
    old = sign(mail(at=NOW - timedelta(days=60)), domain, names=[b"from", b"date", b"subject"])
    return f"Date: {format_datetime(NOW)}\r\n".encode() + old


REFUSED = {
    "nothing is signed": lambda d: mail(),
    "a changed body": lambda d: sign(mail(), d).replace(b"World", b"Welt"),
    "a changed subject": lambda d: sign(mail(), d).replace(b"Subject: x", b"Subject: y"),
    "a changed author": lambda d: sign(mail(), d).replace(b"anna@", b"eve@"),
    "a body of which a part is signed": lambda d: sign(mail(), d, length=True) + b"More\r\n",
    "a body of which all is signed, with a length": lambda d: sign(mail(), d, length=True),
    "a Date that is not signed": lambda d: without_date(mail(), d),
    "a month old": lambda d: sign(mail(at=NOW - timedelta(days=30)), d),
    "of next week": lambda d: sign(mail(at=NOW + timedelta(days=7)), d),
    "an old one with a new Date on top": second_date,
    "another From on top": lambda d: b"From: eve@evil.example\r\n" + sign(mail(), d),
    "another From below": lambda d: sign(mail(), d).replace(b"To: ", b"From: eve@evil.example\r\nTo: ", 1),
    "another To on top": lambda d: b"To: x@y.example\r\n" + sign(mail(), d, names=[b"from", b"date", b"to"]),
    "a domain of another": lambda d: sign(mail(), d, name="evil.example"),
    "a domain that ends alike": lambda d: sign(mail(), d, name=f"evil{NAME}"),
    "a top domain": lambda d: sign(mail(), d, name="example"),
    "an expiry that has passed": lambda d: re.sub(rb"q=dns/txt;", b"q=dns/txt; x=1000000000;", sign(mail(), d), count=1),
    "an expiry that is none": lambda d: re.sub(rb"q=dns/txt;", b"q=dns/txt; x=never;", sign(mail(), d), count=1),
    "SHA-1": lambda d: sign(mail(), d, signature_algorithm=b"rsa-sha1"),
    "an algorithm of nobody's": lambda d: sign(mail(), d).replace(b"rsa-sha256", b"rsa-sha999"),
    "a selector that leaves the name": lambda d: sign(mail(), d).replace(b"s=s1", b"s=a/b"),
    "a tag twice": lambda d: sign(mail(), d).replace(b"s=s1", b"s=s1; s=s1"),
    "a line that is no field": lambda d: b"nonsense\r\n" + sign(mail(), d),
    "a field after a forged end": lambda d: b"\r\n" + sign(mail(), d),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_count(name, domain):
    raw = REFUSED[name](domain)
    message = parse(raw)
    good = message.one_author and message.sender is not None and message.sender.mailbox == f"anna@{NAME}"
    assert not (good and signed_by(raw, NAME, NOW, message.date, lambda asked: domain.record))


RECORDS = {
    "none": None,
    "empty": b"",
    "withdrawn": b"v=DKIM1; k=rsa; p=",
    "under test": b"v=DKIM1; t=y; k=rsa; p=%s",
    "under test among others": b"v=DKIM1; t=s:y; k=rsa; p=%s",
    "of another version": b"v=DKIM2; k=rsa; p=%s",
    "of another kind": b"v=DKIM1; k=dsa; p=%s",
    "no tags": b"hello",
    "not base64": b"v=DKIM1; p=!!!!",
    "not a key": b"v=DKIM1; p=" + base64.b64encode(b"hello"),
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_key_that_is_no_key_proves_nothing(name, domain):
    record = RECORDS[name]
    key = domain.record.partition(b"p=")[2]
    assert not verified(sign(mail(), domain), record and record.replace(b"%s", key))


def test_a_key_too_short_proves_nothing(monkeypatch):
    short = Domain(NAME, 1024)
    raw = sign(mail(), short)
    assert verified(raw, short.record)
    monkeypatch.setattr("intake.mail.dkim_verifying.MIN_KEY_BITS", 1025)
    assert not verified(raw, short.record)


def test_of_many_signatures_a_few_are_looked_at(domain):
    asked = []
    raw = mail()
    for _ in range(12):
        raw = sign(raw, domain)
    signed_by(raw.replace(b"World", b"Welt"), NAME, NOW, NOW, lambda name: asked.append(name))
    assert 4 == len(asked)


def test_hostile_fields_never_raise(domain):
    raw = sign(mail(), domain)
    value = raw.partition(b"\r\nFrom:")[0]
    for at in range(0, len(value), 7):
        for odd in (b"\x00", b"\xff", b";", b"=", b"\r\n", b"(((("):
            broken = raw[:at] + odd + raw[at + 1 :]
            assert signed_by(broken, NAME, NOW, NOW, lambda asked: domain.record) >= frozenset()


def test_a_mail_may_wait_for_days(domain):
    raw = sign(mail(), domain)
    assert verified(raw, domain.record, now=NOW + MAX_AGE - timedelta(hours=1))
    assert not verified(raw, domain.record, now=NOW + MAX_AGE + timedelta(hours=1))
