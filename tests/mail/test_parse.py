"""Whole mails read into a Message."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from each_case import each
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.desk.message import NO_FROM, SEVERAL_FROM, Address, Message
from intake.mail import parse as reader
from intake.mail.parse import parse

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
PLAIN = (
    b"Received: from a by b\r\nReturn-Path: <bob@x.example>\r\nDelivered-To: Help@desk.example\r\n"
    b"From: =?utf-8?q?B=C3=B6b?= <bob@X.example>\r\nTo: help@desk.example\r\nCc: eve@x.example\r\n"
    b"Subject: =?utf-8?b?R3LDvMOfZQ==?=\r\nDate: Tue, 5 Mar 2024 10:15:00 +0100\r\n"
    b"Message-ID: <1.2@x.example>\r\nIn-Reply-To: <0@desk.example>\r\nReferences: <a@x> <b@\r\n x>\r\n"
    b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\nGr\xfc\xdfe\r\n"
)
FULL = (
    b"From: a@x.example\nSubject: s\nDate: Tue, 5 Mar 2024 10:15:00 +0100\nMessage-ID: <m@x>\n"
    b"Content-Type: multipart/mixed; boundary=m\n\n--m\n"
    b"Content-Type: multipart/alternative; boundary=a\n\n--a\n\nplain text\n--a\n"
    b"Content-Type: text/html\n\n<p>plain <b>text</b></p><img src='cid:i@x'>\n--a--\n--m\n"
    b"Content-Type: application/octet-stream\nContent-ID: <i@x>\nContent-Transfer-Encoding: base64\n\n"
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ\n--m\n"
    b"Content-Type: message/rfc822\n\nFrom: c@x.example\nSubject: =?utf-8?q?Inn=C3=A4r?=\n\nhi\n--m\n"
    b"Content-Type: text/plain\nContent-Disposition: attachment; filename=../notes.txt\n\nnotes\n--m--\n"
)


def test_a_plain_mail():
    message = parse(PLAIN)
    assert Address("bob@x.example", "Böb") == message.sender
    assert (Address("help@desk.example"),) == message.to
    assert (Address("eve@x.example"),) == message.cc
    assert "Grüße" == message.subject
    assert "Grüße" == message.text
    assert "Grüße" == message.new_text
    assert datetime(2024, 3, 5, 9, 15, tzinfo=UTC) == message.date
    assert ("1.2@x.example", ("0@desk.example",), ("a@x", "b@x")) == (
        message.message_id,
        message.in_reply_to,
        message.references,
    )
    assert "bob@x.example" == message.return_path
    assert ("Help@desk.example",) == message.delivered_to
    assert () == message.defects
    assert len(PLAIN) == message.size


def test_text_html_and_files_are_told_apart():
    message = parse(FULL)
    assert "plain text\n[image: image.png]" == message.text
    assert "<b>text</b>" in message.html
    assert [
        ("image.png", "image/png", "i@x", True),
        ("Innär.eml", "message/rfc822", "", False),
        ("notes.txt", "text/plain", "", False),
    ] == [(one.name, one.media_type, one.content_id, one.inline) for one in message.attachments]
    assert b"notes" == message.attachments[2].content


def test_html_alone_gives_its_text():
    message = parse(b"From: a@x.example\nContent-Type: text/html\n\n<p>Hello <b>you</b></p>")
    assert "Hello you" == message.text


def test_a_text_between_html_texts_keeps_its_place():
    raw = b"From: a@x.example\nContent-Type: multipart/mixed; boundary=m\n\n"
    raw += b"--m\nContent-Type: text/html\n\n<p>one</p>\n--m\n\ntwo\n"
    raw += b"--m\nContent-Type: text/html\n\n<p>three</p>\n--m--"
    assert ["one", "two", "three"] == parse(raw).text.split()


def test_a_uuencoded_file_is_taken_out_of_the_text():
    raw = b"From: a@x.example\n\nsee\n\nbegin 644 a.txt\n#86)C\n`\nend\nbye\n"
    message = parse(raw)
    assert [("a.txt", b"abc")] == [(one.name, one.content) for one in message.attachments]
    assert ["see", "bye"] == message.text.split()


def test_null_and_missing_return_path_differ():
    assert "" == parse(b"Return-Path: <>\nFrom: a@x.example\n\nhi").return_path
    assert parse(b"From: a@x.example\n\nhi").return_path is None


def test_more_than_one_from_is_a_defect_and_the_first_counts():
    message = parse(b"From: a@x.example\nFrom: b@x.example\nSubject: x\n\nhi")
    assert Address("a@x.example") == message.sender
    assert SEVERAL_FROM in message.defects


def test_who_stands_in_for_a_missing_from_proves_nothing():
    message = parse(b"Sender: a@x.example\nSubject: x\n\nhi")
    assert Address("a@x.example") == message.sender
    assert NO_FROM in message.defects
    assert not message.one_author


@pytest.mark.parametrize(
    "value", [b"=?utf-8?q?a=40x.example?=", b"e@y.example [mailto:a@x.example]", b"a@x.example@y.example"]
)
def test_who_had_to_be_guessed_is_answered_and_proves_nothing(value):
    message = parse(b"From: " + value + b"\nSubject: x\n\nhi")
    assert Address("a@x.example").mailbox == message.sender.mailbox
    assert not message.one_author


def test_without_a_usable_from_the_reply_to_stands_in():
    message = parse(b"From: [unknown]\nReply-To: r@x.example\nSubject: x\n\nhi")
    assert Address("r@x.example") == message.sender


@pytest.mark.parametrize(
    "copy",
    [
        PLAIN.replace(b"\r\n", b"\n"),
        b"Received: from c by d\r\nX-Spam: no\r\n" + PLAIN,
        PLAIN.replace(b"Delivered-To: Help@desk.example", b"Delivered-To: sales@desk.example"),
        PLAIN + b"\r\n\r\n",
        b"Return-Path: <a@x.example>\r\nDKIM-Signature: v=1; d=x\r\nAuthentication-Results: mx; none\r\n"
        + PLAIN,
        b"List-Id: <help.desk.example>\r\nPrecedence: list\r\nReply-To: help@desk.example\r\n" + PLAIN,
    ],
    ids=["other line ends", "another way", "another mailbox", "blank lines at the end", "servers", "a list"],
)
def test_copies_of_one_mail_share_a_fingerprint(copy):
    assert parse(PLAIN).fingerprint == parse(copy).fingerprint
    assert parse(PLAIN).digest != parse(copy).digest


@pytest.mark.parametrize(
    "other",
    [
        PLAIN.replace(b"1.2@x", b"1.3@x"),
        PLAIN.replace(b"Gr\xfc\xdfe\r\n", b"Gr\xfc\xdfe!\r\n"),
        PLAIN.replace(b"10:15:00", b"10:15:01"),
        PLAIN.replace(b"To: help@desk.example", b"To: other@desk.example"),
        b"Content-Type: text/html\n" + PLAIN,
        b'Content-Type: multipart/mixed; boundary="x"\n' + PLAIN,
        b"Content-Transfer-Encoding: base64\n" + PLAIN,
        b"Content-Disposition: attachment; filename=a.txt\n" + PLAIN,
        b"Cc: boss@desk.example\n" + PLAIN,
        b"To: boss@desk.example\n" + PLAIN,
        b"From: eve@evil.example\n" + PLAIN,
        PLAIN.replace(b"\nTo: help", b"\nFrom: eve@evil.example\nTo: help"),
        b"In-Reply-To: <9@x>\n" + PLAIN,
        b"References: <9@x>\n" + PLAIN,
        b"Auto-Submitted: auto-replied\n" + PLAIN,
        b"X-Autoreply: yes\n" + PLAIN,
        b"Precedence: auto_reply\n" + PLAIN,
    ],
    ids=[
        "id", "body", "date", "to", "type", "parts", "encoding", "a file", "copy", "another to",
        "author above", "author below", "answers", "thread", "automatic", "machine", "precedence",
    ],
)  # fmt: skip
def test_another_mail_has_another_fingerprint(other):
    assert parse(PLAIN).fingerprint != parse(other).fingerprint


def test_a_mail_without_date_and_id_is_known_by_its_bytes_alone():
    raw = b"From: a@x.example\nSubject: s\n\nhi\n"
    assert parse(raw).digest == parse(raw).fingerprint
    assert parse(raw).fingerprint != parse(b"Received: x\n" + raw).fingerprint


def test_references_are_limited_to_the_first_and_the_newest():
    ids = [f"{n}@x" for n in range(80)]
    raw = f"From: a@x.example\nReferences: {' '.join(f'<{one}>' for one in ids)}\n\nhi".encode()
    assert ("0@x", *ids[31:]) == parse(raw).references


def test_references_in_two_fields_are_all_read():
    raw = b"From: a@x.example\nReferences: <1@x>\nReferences: <2@x>\n\nhi"
    assert ("1@x", "2@x") == parse(raw).references


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"<a@b>", ("a@b",)),
        (b"a@b", ("a@b",)),
        (b"your mail of Monday", ()),
        (b"<a@b>  =?utf-8?q?=3Clong=40x=2Ee?= =?utf-8?q?xample=3E?=", ("a@b", "long@x.example")),
        (b"<a\0\x1b@b>", ("a@b",)),
        (b"<" + b"x" * 300 + b"@b>", ("x" * 250,)),
        (b"", ()),
        (b"<>", ()),
    ],
)
def test_ids_are_clean(value, expected):
    assert expected == reader.ids(value)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "Tue, 5 Mar 99999999999 10:15:00 +0100", "Tue, 32 Mar 2024 10:15:00", "1" * 500]
)
def test_a_date_nobody_can_read_is_none(text):
    assert reader.when(text) is None


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (bytes(range(256)) * 20, "no mail header"),
        (b"hello, this is no mail\nat all\n", "no mail header"),
        (b"Received: from a by b\n\n", "no sender, subject, date or text"),
        (b"From: a@x.example\nSubject: loop\n" + b"Received: x\n" * 60 + b"\nhi", "loop"),
    ],
    ids=["nothing", "noise", "a letter", "an empty mail", "a loop"],
)
def test_what_cannot_be_a_mail_is_refused_with_the_reason(raw, reason):
    (refused,) = [one for one in parse(raw).defects if one.startswith(reader.REFUSED)]
    assert reason in refused


def test_a_refused_mail_still_says_whose_it_is():
    message = parse(
        b"From: a@x.example\nSubject: loop\nMessage-ID: <1@x>\n" + b"Received: x\n" * 60 + b"\nhi"
    )
    assert ("a@x.example", "loop", "1@x") == (message.sender.mailbox, message.subject, message.message_id)
    assert "" == message.text


def test_a_reader_that_fails_refuses_the_mail_instead_of_raising(monkeypatch):
    def fail(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(reader.structure, "scan", fail)
    message = parse(PLAIN)
    assert "refused: it could not be read (RecursionError)" == message.defects[-1]
    assert "bob@x.example" == message.sender.mailbox


# -- whatever arrives ----------------------------------------------------------------

SEEDS = (
    PLAIN,
    FULL,
    b"From: a@x.example\nContent-Type: text/plain; charset=iso-2022-jp; format=flowed\n\n\x1b$B%m%0\x1b(B \n",
    b"From: \"a\" (b) <c@d>\nContent-Type: text/plain; name*0*=utf-8''%E4; name*1=b\n"
    b"Content-Transfer-Encoding: quoted-printable\n\n=E4=\n=\n",
)
SPICE = (
    b"\0",
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b"\n\n",
    b"\x0c",
    b"\x1b$B",
    b"\xff",
    b"\xe2\x80\xae",
    b"=?",
    b"?=",
    b"=?utf-8?q?=0a=00?=",
    b"--m",
    b"--a--",
    b"boundary=",
    b"\n--",
    b"Content-Type: multipart/mixed\n",
    b"From: x@y\n",
    b"(",
    b'"',
    b"<",
    b"@",
    b";*0*=",
    b"\xed\xa0\x80",
    b"begin 644 a\n",
    b"\nend\n",
    b"Subject: ",
    b"=\x85",
    b"charset=utf-16",
)


def mutated(seed: int) -> bytes:
    dice = random.Random(seed)
    raw = bytearray(dice.choice(SEEDS))
    for _ in range(dice.randint(1, 12)):
        at = dice.randrange(len(raw) + 1)
        what = dice.randrange(4)
        if what == 0:
            raw[at:at] = dice.choice(SPICE)
        elif what == 1:
            del raw[at : at + dice.randint(1, 40)]
        elif what == 2:
            raw[at : at + 1] = bytes((dice.randrange(256),))
        else:
            other = dice.choice(SEEDS)
            cut = dice.randrange(len(other))
            raw[at:at] = other[cut : cut + dice.randint(1, 200)]
    return bytes(raw)


def dirt(message: Message) -> list[str]:
    """Return the fields that hold a character which can end a line, hide text or break the database."""
    people = [message.sender or Address(""), *message.reply_to, *message.to, *message.cc]
    lines = [
        message.subject,
        message.message_id,
        *message.in_reply_to,
        *message.references,
        message.return_path or "",
        *message.delivered_to,
        *message.authserv,
        *(p.mailbox for p in people),
        *(p.name for p in people),
        *(one.name for one in message.attachments),
        *(one.media_type for one in message.attachments),
        *(one.content_id for one in message.attachments),
        *message.defects,
    ]
    texts = [message.text, message.html, message.new_text]
    # Right-to-left text needs its marks; a body is shown as a block, where they can do no harm.
    allowed = "\n\t\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    return [one for one in lines if any(map(_unsafe, one))] + [
        one for one in texts if any(_unsafe(char) for char in one if char not in allowed)
    ]


def _unsafe(char: str) -> bool:
    code = ord(char)
    return (
        code < 32
        or 0x7F <= code < 0xA0
        or 0xD800 <= code < 0xE000
        or code in (0x2028, 0x2029, 0x200E, 0x200F)
        or 0x202A <= code <= 0x202E
        or 0x2066 <= code <= 0x2069
    )


def test_thousands_of_damaged_mails_are_read_without_an_error_and_without_dirt():
    for seed in range(2000):
        raw = mutated(seed)
        message = parse(raw)
        assert [] == dirt(message), seed
        assert not [one for one in message.defects if "could not be read (" in one], (seed, message.defects)


@settings(max_examples=150, derandomize=True, deadline=None, database=None)
@given(st.binary(max_size=400), st.sampled_from(SEEDS), st.integers(0, 900))
def test_bytes_put_anywhere_into_a_mail_do_no_harm(noise, seed, at):
    raw = seed[:at] + noise + seed[at:]
    message = parse(raw)
    assert [] == dirt(message)
    assert not [one for one in message.defects if "could not be read (" in one]
    assert message == parse(raw)


DATES = {
    "as nearly everybody writes it": ("Tue, 5 Mar 2024 10:15:00 +0100", "2024-03-05T09:15:00+00:00", 60),
    "without day and seconds": ("5 Mar 2024 10:15 -0330", "2024-03-05T13:45:00+00:00", -210),
    "with the zone's name": ("Tue, 05 Mar 2024 10:15:00 +0530 (IST)", "2024-03-05T04:45:00+00:00", 330),
    "of a server": ("Tue, 5 Mar 2024 10:15:00 +0000", "2024-03-05T10:15:00+00:00", None),
    "of nobody's zone": ("Tue, 5 Mar 2024 10:15:00 -0000", "2024-03-05T10:15:00+00:00", None),
    "of no zone on earth": ("Tue, 5 Mar 2024 10:15:00 +2500", "2024-03-04T09:15:00+00:00", None),
    "a day that never was": ("Fri, 31 Feb 2024 10:15:00 +0100", None, 60),
    "a zone's name alone": ("Tue, 5 Mar 2024 10:15:00 EST", "2024-03-05T15:15:00+00:00", -300),
    "of a script": ("2024-03-05T10:15:00Z", "2024-03-05T10:15:00+00:00", None),
    "of a script, with its zone": ("2024-03-05 10:15:00+01:00", "2024-03-05T09:15:00+00:00", None),
    "of a script, without any zone": ("2024-03-05 10:15:00", "2024-03-05T10:15:00+00:00", None),
    "with its zone in two pieces": ("Tue, 5 Mar 2024 10:15:00 +01:00", "2024-03-05T09:15:00+00:00", 60),
    "with its zone spelt out": ("Tue, 5 Mar 2024 10:15:00 GMT+8", "2024-03-05T02:15:00+00:00", 480),
    "with a fraction of a second": ("Tue, 5 Mar 2024 10:15:00.123 -0500", "2024-03-05T15:15:00+00:00", -300),
    "with a comma behind the day": ("Tue, 5, Mar 2024 10:15:00 +0100", "2024-03-05T09:15:00+00:00", 60),
    "after noon": ("5 Mar 24 03:56:36 PM -05:00 (GMT -05:00)", "2024-03-05T20:56:36+00:00", -300),
    "at midnight": ("Tuesday, March 5, 2024 12:15 am +0100", "2024-03-04T23:15:00+00:00", 60),
    "at noon, in points": ("Tue, 5 Mar 2024 12:15:00 p.m. +0000", "2024-03-05T12:15:00+00:00", None),
    "after noon, twice": ("Tue, 5 Mar 2024 15:15:00 PM +0000", "2024-03-05T15:15:00+00:00", None),
    "of Go": ("2024-03-05 10:15:00.123456789 +0100 CET m=+0.01", "2024-03-05T09:15:00+00:00", None),
    "of a script, its zone named": ("2024-03-05T10:15:00 UTC", "2024-03-05T10:15:00+00:00", None),
    "of a script, with slashes": ("2024/3/5 9:15 +0900", "2024-03-05T00:15:00+00:00", None),
    "a leap second": ("Tue, 30 Jun 2015 23:59:60 +0300", "2015-06-30T20:59:59+00:00", 180),
    "a leap second, without zone": ("30 Jun 2015 23:59:60", "2015-06-30T23:59:59+00:00", None),
    "in German": ("Di, 5 Mär 2024 10:15:00 +0100", "2024-03-05T09:15:00+00:00", 60),
    "in French": ("mar., 05 août 2024 10:15:00 +0200", "2024-08-05T08:15:00+00:00", 120),
    "in Russian": ("Вт, 5 мая 2024 10:15:00 +0300", "2024-05-05T07:15:00+00:00", 180),
    "in Chinese": ("星期二, 5 十二月 2024 10:15:00 +0800", "2024-12-05T02:15:00+00:00", 480),
    "in quotes": ('"Tue, 5 Mar 2024 10:15:00 +0100"', "2024-03-05T09:15:00+00:00", 60),
    "like a script's": ("2024-99-05 10:15:00", None, None),
}


@each(("text", "moment", "offset"), DATES.values(), ids=DATES)
def test_a_date_is_read_as_it_was_meant(text: str, moment: str | None, offset: int | None) -> None:
    message = parse(f"From: a@x.example\nDate: {text}\n\nHello\n".encode())

    assert (moment, offset) == (message.date and message.date.isoformat(), message.utc_offset)


def test_the_quick_way_to_read_a_date_and_the_slow_one_agree() -> None:
    dice = random.Random(5)
    for _ in range(500):
        moment = datetime(dice.randint(1000, 2999), 1, 1, tzinfo=UTC) + timedelta(
            seconds=dice.randint(0, 31_000_000)
        )
        zone = f"{dice.choice('+-')}{dice.randint(0, 15):02}{dice.choice(('00', '30', '45', '99'))}"
        text = moment.strftime(dice.choice(("%a, %d %b %Y %H:%M:%S ", "%d %b %Y %H:%M "))) + zone
        if reader._DATE.fullmatch(text):
            assert (reader.when(text), reader.utc_offset(text)) == reader._moment(text), text
