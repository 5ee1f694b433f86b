# ruff: noqa: E501 (a field stays on the line of its name)
"""When our own server vouches for a sender, and the ways to pretend that it does."""

import pytest
from each_case import each

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
    (
        "another server's opinion below",
        ["mx.desk.example; dmarc=pass header.from=example.com", "mx.other.example; dmarc=fail"],
    ),
    ("our name in capitals", ["MX.Desk.Example; dmarc=pass header.from=example.com"]),
    ("our name in quotes", ['"mx.desk.example"; dmarc=pass header.from=example.com']),
    ("our name with a dot", ["mx.desk.example.; dmarc=pass header.from=example.com"]),
    ("a comment before our name", ["(border) mx.desk.example (v2); dmarc=pass header.from=example.com"]),
    (
        "comments in comments",
        ["mx.desk.example; dmarc=pass (policy (none) \\) here) header.from=example.com"],
    ),
    ("blanks around the signs", ["mx.desk.example ;  dmarc = pass  header.from = example.com ;"]),
    ("a folded field", ["mx.desk.example;\tdmarc=pass\theader.from=example.com"]),
    (
        "a quoted value",
        [
            'mx.desk.example; spf=none smtp.mailfrom="a b;c=d"@other.example; dmarc=pass header.from="example.com"'
        ],
    ),
    (
        "Gmail",
        [
            'mx.desk.example; dkim=pass header.i=@example.com header.s=s1 header.b="abc/12+3"; spf=pass (google.com: domain of a@example.com designates 192.0.2.1 as permitted sender) smtp.mailfrom=a@example.com; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.com'
        ],
    ),
    (
        "Microsoft",
        [
            "mx.desk.example; spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.com; dkim=pass (signature was verified) header.d=example.com;dmarc=pass action=none header.from=example.com;compauth=pass reason=100"
        ],
    ),
    (
        "Fastmail",
        [
            "mx.desk.example; arc=none (no signatures found); bimi=skipped (DMARC Policy is not at enforcement); dkim=pass (2048-bit rsa key sha256) header.d=example.com header.i=@example.com header.b=abc header.a=rsa-sha256 header.s=s1 x-bits=2048; dmarc=pass policy.published-domain-policy=none policy.applied-disposition=none policy.evaluated-disposition=none (p=none,d=none,d.eval=none) policy.policy-from=p header.from=example.com; iprev=pass smtp.remote-ip=192.0.2.1 (x.example.com); spf=pass smtp.mailfrom=a@example.com smtp.helo=x.example.com"
        ],
    ),
    ("OpenDMARC", ["mx.desk.example; dmarc=pass (p=none dis=none) header.from=example.com"]),
    (
        "OpenDKIM",
        [
            'mx.desk.example; dkim=pass (2048-bit key; unprotected) header.d=example.com header.i=@example.com header.b="Ab1/+9xZ"; dkim-atps=neutral'
        ],
    ),
    (
        "rspamd",
        [
            'mx.desk.example; dkim=pass header.d=example.com header.s=s1 header.b="a/b+c"; arc=pass ("x.example:s=s1:i=1"); spf=pass (mx.desk.example: domain of a@example.com designates 192.0.2.1 as permitted sender) smtp.mailfrom=a@example.com; dmarc=pass (policy=reject) header.from=example.com'
        ],
    ),
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
    # -- what a sender may choose, copied in by a careless server
    ("dmarc without its From", ["mx.desk.example; dmarc=pass"]),
    (
        "dmarc without its From, beside a good signature",
        ["mx.desk.example; dkim=pass header.d=example.com; dmarc=pass"],
    ),
    (
        "dmarc of another, beside a good signature",
        ["mx.desk.example; dkim=pass header.d=example.com; dmarc=pass header.from=evil.example"],
    ),
    ("dmarc of a parent", ["mx.desk.example; dmarc=pass header.from=com"]),
    (
        "dmarc twice",
        ["mx.desk.example; dmarc=none header.from=evil.example; dmarc=pass header.from=example.com"],
    ),
    (
        "dmarc twice, passed",
        ["mx.desk.example; dmarc=pass header.from=evil.example; dmarc=pass header.from=example.com"],
    ),
    (
        "an address taken out of its quotes",
        [
            "mx.desk.example; spf=none smtp.mailfrom=x; dmarc=pass header.from=example.com; y=z@evil.example; dmarc=none header.from=evil.example"
        ],
    ),
    (
        "an address with a blank",
        ["mx.desk.example; spf=pass smtp.mailfrom=a b@evil.example; dmarc=pass header.from=example.com"],
    ),
    (
        "an address that ends the comment",
        [
            'mx.desk.example; spf=none (domain of "x) smtp.mailfrom=y; dmarc=pass header.from=example.com; z=a ("@evil.example)'
        ],
    ),
    ("a comment that never ends", ["mx.desk.example; dmarc=pass header.from=example.com (x"]),
    (
        "a comment that never began",
        ["mx.desk.example; spf=none x) smtp.helo=y; dmarc=pass header.from=example.com"],
    ),
    ("a quote that never ends", ['mx.desk.example; dmarc=pass header.from=example.com reason="x']),
    (
        "a quote that began before",
        ['mx.desk.example; spf=fail smtp.mailfrom=a"b@evil.example; dmarc=pass header.from=example.com'],
    ),
    (
        "three quotes",
        ['mx.desk.example; spf=fail smtp.mailfrom="a"b"@evil.example; dmarc=pass header.from=example.com'],
    ),
    (
        "an escaped quote",
        [
            'mx.desk.example; spf=fail smtp.mailfrom="a\\"; dmarc=pass header.from=example.com; x=y z="@evil.example'
        ],
    ),
    ("a backslash at the end", ["mx.desk.example; dmarc=pass header.from=example.com (x\\"]),
    ("a bare CR", ["mx.desk.example; spf=none smtp.helo=x\r; dmarc=pass header.from=example.com"]),
    ("a bare LF", ["mx.desk.example; spf=none smtp.helo=x\n; dmarc=pass header.from=example.com"]),
    ("a NUL", ["mx.desk.example; spf=none smtp.helo=x\0; dmarc=pass header.from=example.com"]),
    ("another line's end", ["mx.desk.example; spf=none smtp.helo=x\x85; dmarc=pass header.from=example.com"]),
    (
        "a letter beyond ASCII",
        ["mx.desk.example; spf=none smtp.helo=\u017f; dmarc=pass header.from=example.com"],
    ),
    (
        "an encoded word",
        ["mx.desk.example; spf=none smtp.helo==?utf-8?q?x=3B_dmarc=3Dpass_header.from=3Dexample.com?="],
    ),
    ("an encoded name", ["=?utf-8?q?mx.desk.example?=; dmarc=pass header.from=example.com"]),
    ("a property twice", ["mx.desk.example; dkim=pass header.d=evil.example header.d=example.com"]),
    ("words behind a result", ["mx.desk.example; dmarc=pass header.from=example.com junk"]),
    ("a result of no method", ["mx.desk.example; =pass; dmarc=pass header.from=example.com"]),
    ("a method of no result", ["mx.desk.example; dkim; dmarc=pass header.from=example.com"]),
    ("nothing between two signs", ["mx.desk.example;; dmarc=pass header.from=example.com"]),
    ("a result in quotes", ['mx.desk.example; dmarc="pass" header.from=example.com']),
    ("a local part that names us", ["mx.desk.example; spf=pass smtp.mailfrom=example.com@evil.example"]),
    (
        "a quoted local part that names us",
        ['mx.desk.example; spf=pass smtp.mailfrom="@example.com"@evil.example'],
    ),
    ("our name behind another", ["evil.example mx.desk.example; dmarc=pass header.from=example.com"]),
    ("our name before another", ["mx.desk.example evil.example; dmarc=pass header.from=example.com"]),
    ("no name at all", ["dmarc=pass header.from=example.com; spf=pass smtp.mailfrom=example.com"]),
    (
        "our name twice, once in quotes",
        [
            "mx.desk.example; dmarc=pass header.from=example.com",
            '"mx.desk.example"; dmarc=pass header.from=example.com',
        ],
    ),
    (
        "our name twice, once behind a comment",
        [
            "mx.desk.example; dmarc=pass header.from=example.com",
            "(x) mx.desk.example; dmarc=pass header.from=example.com",
        ],
    ),
    ("a field without end", ["mx.desk.example; dmarc=pass header.from=example.com; x=y z=" + "a" * 5000]),
]


def message(values: list[str], **changes) -> Message:
    return Message("d", 1, "f", sender=Address("a@example.com"), authserv=tuple(values), **changes)


@each("values", [r[1] for r in BELIEVED], ids=[r[0] for r in BELIEVED])
def test_our_server_vouches(values):
    assert vouched(message(values), "mx.desk.example")


@each("values", [r[1] for r in DOUBTED], ids=[r[0] for r in DOUBTED])
def test_nobody_else_vouches(values):
    assert not vouched(message(values), "mx.desk.example")


@each("values", [r[1] for r in DOUBTED], ids=[r[0] for r in DOUBTED])
def test_only_our_server_says_that_a_mail_is_forged(values):
    failed = any(value.startswith("mx.desk.example; dmarc=fail") for value in values)
    assert (False if failed else None) is verdict(message(values), "mx.desk.example")


def test_a_parent_domain_speaks_for_its_child():
    child = Message("d", 1, "f", sender=Address("a@mail.example.com"))
    passed = ("mx.desk.example; dkim=pass header.d=example.com",)
    assert vouched(Message("d", 1, "f", sender=child.sender, authserv=passed), "mx.desk.example")


def test_without_a_configured_server_nobody_is_believed():
    assert not vouched(message(["; dmarc=pass", "mx; dmarc=pass"]), "")


def test_two_senders_are_never_vouched_for():
    raw = b"Authentication-Results: mx.desk.example; dmarc=pass header.from=example.com\r\n%sSubject: x\r\n\r\nhi"
    one = parse(raw % b"From: a@example.com\r\n")
    two = parse(raw % b"From: a@example.com\r\nFrom: b@example.com\r\n")
    both = parse(raw % b"From: a@example.com, b@example.com\r\n")
    assert [True, False, False] == [vouched(m, "mx.desk.example") for m in (one, two, both)]


REFUTED = [
    "mx.desk.example; dmarc=fail header.from=example.com",
    "mx.desk.example; dkim=pass header.d=example.com; dmarc=fail (p=none) header.from=example.com",
    "mx.desk.example; dmarc=pass header.from=example.com; dmarc=fail header.from=example.com",
    'mx.desk.example; spf=fail smtp.mailfrom=a"b@evil.example; dmarc = FAIL header.from=example.com',
]


@pytest.mark.parametrize("value", REFUTED)
def test_a_failure_counts_however_careless_its_server_writes(value):
    assert verdict(message([value]), "mx.desk.example") is False


LONG = "; ".join(["dkim=fail header.d=evil.example"] * 200)


@pytest.mark.parametrize(
    "values",
    [
        [REFUTED[0], "mx.desk.example; dmarc=pass header.from=example.com"],
        ["mx.desk.example; dmarc=pass header.from=example.com", REFUTED[0]],
        [f"mx.desk.example; dmarc=fail header.from=example.com; {LONG}"],
        [f"mx.desk.example; {LONG}; dmarc=(p=reject)fail header.from=example.com"],
    ],
    ids=["a pass below it", "a pass above it", "a field made long", "and with a comment"],
)
def test_nobody_takes_a_failure_back(values):
    """A border that does not strip forged fields, or that tells of each of two hundred signatures."""
    assert verdict(message(values), "mx.desk.example") is False


@pytest.mark.parametrize(
    "odd",
    [b"a\rAuthentication-Results: mx.desk.example", b"=?utf-8?q?;_dmarc=3Dpass?=", b"\xc2\xa0", b"\x0b"],
)
def test_what_a_field_really_holds_is_looked_at(odd):
    """Neither words that are decoded nor ends of lines that are mended put anything into our server's mouth."""
    raw = (
        b"Authentication-Results: mx.desk.example; spf=none smtp.helo=%s; dmarc=pass header.from=example.com\r\n"
        b"From: a@example.com\r\nSubject: x\r\n\r\nhi"
    )
    assert vouched(parse(raw % b"x"), "mx.desk.example")
    assert not vouched(parse(raw % odd), "mx.desk.example")


def test_a_long_field_is_read_in_no_time():
    for value in ("(" * 4000, '"' * 4001, "a=b " * 1000, "a=" * 2000, "\\" * 4000, ";" * 4000):
        assert verdict(message([f"mx.desk.example; {value}"[:4096]]), "mx.desk.example") is None
