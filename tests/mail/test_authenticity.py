"""When our own server vouches for a sender, and the ways to pretend that it does."""

import pytest

from intake.desk.message import Address, Message
from intake.mail.authenticity import verdict, vouched
from intake.mail.parse import parse

BELIEVED = [
    ("dmarc", ["mx.desk.example; dmarc=pass header.from=example.com"]),
    ("dkim of the domain", ["mx.desk.example 1; dkim=pass header.d=example.com header.s=x header.b=abc"]),
    ("dkim by identity", ["mx.desk.example; dkim=pass (2048-bit key) header.i=@example.com"]),
    ("spf of the domain", ["mx.desk.example; spf=pass (ok) smtp.mailfrom=bounce@example.com; dkim=none"]),
    ("one of several", ["mx.desk.example; dkim=fail header.d=x.example; dmarc=pass header.from=example.com"]),
    (
        "a method nobody knows beside it",
        ["mx.desk.example; x=pass; dmarc=pass action=none header.from=example.com"],
    ),
    ("another server's opinion below", ["mx.desk.example; dmarc=pass", "mx.other.example; dmarc=fail"]),
    ("our name in capitals", ["MX.Desk.Example; dmarc=pass"]),
]
DOUBTED = [
    ("nothing", []),
    ("another server", ["mx.evil.example; dmarc=pass header.from=example.com"]),
    ("our name twice", ["mx.desk.example; dmarc=pass", "mx.desk.example; dmarc=pass"]),
    ("our failure above a forged pass", ["mx.desk.example; dmarc=fail", "mx.desk.example; dmarc=pass"]),
    ("fail", ["mx.desk.example; dmarc=fail header.from=example.com"]),
    ("dkim of another", ["mx.desk.example; dkim=pass header.d=evil.example"]),
    ("dkim of a child", ["mx.desk.example; dkim=pass header.d=evil.example.com"]),
    ("dkim of a top domain", ["mx.desk.example; dkim=pass header.d=com"]),
    ("spf of another", ["mx.desk.example; spf=pass smtp.mailfrom=evil.example"]),
    ("dmarc of another", ["mx.desk.example; dmarc=pass header.from=evil.example"]),
    ("dmarc against spf", ["mx.desk.example; dmarc=fail; spf=pass smtp.mailfrom=example.com"]),
    ("a pass in a comment", ["mx.desk.example; dkim=fail (dmarc=pass) header.d=example.com"]),
    ("a pass in a reason", ['mx.desk.example; dkim=pass reason="; dmarc=pass" header.d=evil.example']),
    ("other methods", ["mx.desk.example; arc=pass; iprev=pass; auth=pass smtp.auth=a@example.com"]),
    ("none", ["mx.desk.example; none"]),
    ("a newer version", ["mx.desk.example 99; dmarc=pass"]),
    ("garbage", ["mx.desk.example; ((((", "=;=;"]),
    ("our name as a comment", ["(mx.desk.example) evil.example; dmarc=pass"]),
]


def message(values: list[str], **changes) -> Message:
    return Message("d", 1, "f", sender=Address("a@example.com"), authserv=tuple(values), **changes)


@pytest.mark.parametrize("values", [r[1] for r in BELIEVED], ids=[r[0] for r in BELIEVED])
def test_our_server_vouches(values):
    assert vouched(message(values), "mx.desk.example")


@pytest.mark.parametrize("values", [r[1] for r in DOUBTED], ids=[r[0] for r in DOUBTED])
def test_nobody_else_vouches(values):
    assert not vouched(message(values), "mx.desk.example")


@pytest.mark.parametrize("values", [r[1] for r in DOUBTED], ids=[r[0] for r in DOUBTED])
def test_only_our_server_says_that_a_mail_is_forged(values):
    failed = len(values) == 1 and values[0].startswith("mx.desk.example; dmarc=fail")
    assert (False if failed else None) is verdict(message(values), "mx.desk.example")


def test_a_parent_domain_speaks_for_its_child():
    child = Message("d", 1, "f", sender=Address("a@mail.example.com"))
    passed = ("mx.desk.example; dkim=pass header.d=example.com",)
    assert vouched(Message("d", 1, "f", sender=child.sender, authserv=passed), "mx.desk.example")


def test_without_a_configured_server_nobody_is_believed():
    assert not vouched(message(["; dmarc=pass", "mx; dmarc=pass"]), "")


def test_two_senders_are_never_vouched_for():
    raw = b"Authentication-Results: mx.desk.example; dmarc=pass\r\n%sSubject: x\r\n\r\nhi"
    one = parse(raw % b"From: a@example.com\r\n")
    two = parse(raw % b"From: a@example.com\r\nFrom: b@example.com\r\n")
    both = parse(raw % b"From: a@example.com, b@example.com\r\n")
    assert [True, False, False] == [vouched(m, "mx.desk.example") for m in (one, two, both)]
