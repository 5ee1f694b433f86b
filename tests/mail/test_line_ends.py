"""Lines that end as no mail's should, and mails that are left as they are."""

import time

import pytest

from intake.mail import line_ends
from intake.mail.parse import parse

LINES = (
    b"From: a@x.example\nTo: desk@y.example\nSubject: a subject\n folded\n"
    b"Date: Tue, 5 May 2026 10:00:00 +0200\n"
    b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\none\n\ntwo\n"
    b"--b\nContent-Type: application/pdf; name=a.pdf\n\n%PDF-1\n--b--\n"
)
HEADER, _, BODY = LINES.partition(b"\n\n")

ENDS = [
    ("LF", LINES),
    ("CRLF", LINES.replace(b"\n", b"\r\n")),
    ("CR", LINES.replace(b"\n", b"\r")),
    ("CR, and LF at the end", LINES.replace(b"\n", b"\r") + b"\n"),
    ("CR in the header, LF below", HEADER.replace(b"\n", b"\r") + b"\r\r" + BODY),
    ("CR CR LF", LINES.replace(b"\n", b"\r\r\n")),
    ("LF CR", LINES.replace(b"\n", b"\n\r")),
    ("each line ended twice", LINES.replace(b"\n", b"\n\n")),
    ("each line ended twice, CRLF", LINES.replace(b"\n", b"\r\n\r\n")),
    ("each line of the header ended twice", HEADER.replace(b"\n", b"\n\n") + b"\n\n" + BODY),
    ("empty lines at the top", b"\r\n\r\n" + LINES),
]


@pytest.mark.parametrize("raw", [r[1] for r in ENDS], ids=[r[0] for r in ENDS])
def test_a_mail_is_read_whatever_ends_its_lines(raw):
    message = parse(raw)
    assert ("a subject folded", "one\n\ntwo") == (message.subject, message.text)
    assert ["a.pdf"] == [one.name for one in message.attachments]
    assert (len(raw), "a@x.example") == (message.size, message.sender.mailbox)


LEFT = [
    ("LF", LINES),
    ("CRLF", LINES.replace(b"\n", b"\r\n")),
    ("a CR in a value", LINES.replace(b"a subject", b"a\rsubject")),
    ("a CR and a field in a value", LINES.replace(b"a subject", b"a\rBcc: b@x.example")),
    ("CRs in the body", HEADER + b"\n\n" + b"a\rb\r\r\nc\n\rd" * 9),
    (
        "a body of fields",
        b"From: a@x.example\nTo: b@x.example\n\nA: 1\n\nB: 2\n\nC: 3\n\nD: 4\n\n",
    ),
    ("nothing", b""),
]


@pytest.mark.parametrize("raw", [r[1] for r in LEFT], ids=[r[0] for r in LEFT])
def test_other_mail_is_left_as_it_is(raw):
    assert line_ends.usual(raw) is raw


@pytest.mark.parametrize("piece", [b"\r", b"A:\r", b"A: b\n\n", b"\n\r", b"\r\r\n", b"A: b\r\n\r\n"])
def test_time_grows_with_length_and_no_faster(piece):
    raw = b"From: a@x.example\nA: b\n" + piece * (2_000_000 // len(piece))
    started = time.perf_counter()
    line_ends.usual(raw)
    line_ends.usual(piece * (2_000_000 // len(piece)))
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("piece", [b"A:\r", b"x\n\n", b"A: b\r\n\r\n"])
def test_ten_megabytes_are_mended_in_a_moment(piece):
    raw = b"A: b\n\n" * 4 * (b"\n" in piece) + piece * (10_000_000 // len(piece))
    began = time.process_time()
    assert line_ends.usual(raw) is not raw
    # It is 0.1 s; a pattern took 0.7 s to 1.5 s, five to ten times what reading a benign mail takes.
    assert time.process_time() - began < 0.5


FORGED = b"Authentication-Results: border.example; dmarc=pass header.from=staff.example\n"
AGENT = b"From: anna@staff.example\nTo: help@desk.example\nSubject: s\n" + FORGED + b"X-Mailer: m\n"
MENDED = [
    ("CR", b"X-First: x\r" + AGENT.replace(b"\n", b"\r") + b"\n\nhi"),
    ("LF CR", b"X-First: x\n\r" + AGENT.replace(b"\n", b"\n\r") + b"\n\rhi"),
    ("each line ended twice", AGENT.replace(b"\n", b"\n\n") + b"\n\nhi"),
    ("and no From above", b"X-First: x\n\n" + AGENT.replace(b"\n", b"\n\n") + b"\n\nhi"),
]


@pytest.mark.parametrize("raw", [r[1] for r in MENDED], ids=[r[0] for r in MENDED])
def test_what_only_the_mending_brings_to_light_proves_nothing(raw):
    message = parse(raw)
    assert ("anna@staff.example", ()) == (message.sender.mailbox, message.authserv)
    assert raw.startswith(b"From:") or not message.one_author


def test_what_stood_in_the_header_before_it_was_mended_still_counts():
    message = parse((AGENT + b"\nhi\n").replace(b"\n", b"\r\r\n"))
    assert (1, True) == (len(message.authserv), message.one_author)


CRLF = (
    b"From: a@x.example\nTo: desk@y.example\nSubject: s\nDate: Tue, 5 May 2026 10:00:00 +0200\n"
    b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\none\n\ntwo\n"
    b"--b\nContent-Type: text/plain; name=a.txt\nContent-Disposition: attachment\n\n1\n2\n\n3\n4\n5\n"
    b"--b\nContent-Type: message/rfc822\n\nFrom: b@x.example\nSubject: in\n\nhello\nworld\n--b--\n"
).replace(b"\n", b"\r\n")


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize(
    "end", [b"\n", b"\r", b"\n\r", b"\r\r\n"], ids=["bare LF", "bare CR", "LF CR", "CR CR LF"]
)
def test_one_slip_in_a_header_changes_no_file(end, number):
    lines = CRLF.split(b"\r\n")
    raw = b"\r\n".join(lines[:number]) + end + b"\r\n".join(lines[number:])
    message = parse(raw)
    assert ("a@x.example", "one\n\ntwo") == (message.sender.mailbox, message.text)
    assert [one.content for one in message.attachments] == [one.content for one in parse(CRLF).attachments]


def test_a_header_of_bare_crs_leaves_the_body_as_it_came():
    head, _, body = CRLF.partition(b"\r\n\r\n")
    message = parse(head.replace(b"\r\n", b"\r") + b"\r\n\r\n" + body)
    assert [one.content for one in message.attachments] == [one.content for one in parse(CRLF).attachments]
