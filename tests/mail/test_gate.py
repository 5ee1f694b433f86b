"""What the gate lets through and what it refuses, at each limit and one beyond."""

import time

import pytest

from intake.mail import gate

HEAD = b"From: a@example.org\nSubject: x\n"


def multipart(parts: int) -> bytes:
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nhi\n" * parts + b"--b--\n"


def nested(depth: int) -> bytes:
    levels = (f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n".encode() for n in range(depth))
    return HEAD + b"".join(levels) + b"\nhi\n"


def mails_in_mails(depth: int) -> bytes:
    return HEAD + b"Content-Type: message/rfc822\n\n" * depth + b"\nhi\n"


def fields(count: int) -> bytes:
    return b"X-A: b\n" * (count - 2) + HEAD + b"\nhi\n"


def hops(count: int) -> bytes:
    return b"Received: from a by b\n" * count + HEAD + b"\nhi\n"


def header_of(size: int) -> bytes:
    lines = b"X: " + b"y" * 96 + b"\n"
    filled = lines * (size // len(lines) - 1)
    return filled + b"Z: " + b"z" * (size - len(filled) - 3) + b"\n\nhi\n"


def lines(count: int) -> bytes:
    return HEAD + b"\n" + b"x\n" * (count - 3)


def size(count: int) -> bytes:
    return HEAD + b"\n" + b"x" * (count - len(HEAD) - 1)


LIMITS = [
    ("parts", multipart, gate.MAX_PARTS),
    ("depth", nested, gate.MAX_DEPTH),
    ("mails in mails", mails_in_mails, gate.MAX_DEPTH),
    ("fields", fields, gate.MAX_FIELDS),
    ("hops", hops, gate.MAX_HOPS),
    ("lines", lines, gate.MAX_LINES),
    ("bytes", size, gate.MAX_BYTES),
]


@pytest.mark.parametrize(("make", "limit"), [row[1:] for row in LIMITS], ids=[row[0] for row in LIMITS])
def test_a_mail_at_the_limit_passes_and_one_beyond_does_not(make, limit):
    assert "" == gate.check(make(limit - 1))
    assert "" == gate.check(make(limit))
    assert str(limit) in gate.check(make(limit + 1))


def test_a_header_block_is_limited_in_bytes():
    # Fields are kept below their own limit by making them long.
    value = b"X: " + b"y" * 996 + b"\n"
    header = value * 262 + b"Z: "
    fitting = header + b"z" * (gate.MAX_HEADER_BYTES - len(header))
    assert "" == gate.check(fitting + b"\n\nhi")
    assert str(gate.MAX_HEADER_BYTES) in gate.check(fitting + b"z\n\nhi")
    assert str(gate.MAX_HEADER_BYTES) in gate.check(b"no header at all " * 100_000)


@pytest.mark.parametrize("raw", [b"", b"\r\n \n\n"], ids=["nothing", "blanks"])
def test_an_empty_message_is_refused(raw):
    assert "empty" == gate.check(raw)


def test_lines_of_dashes_that_no_boundary_declares_are_no_parts():
    assert "" == gate.check(HEAD + b"\n" + b"-- \n" * 5000)


def test_sibling_parts_do_not_count_as_nested():
    inner = b"--b\nContent-Type: multipart/mixed; boundary=i%d\n\n--i%d\n\nhi\n--i%d--\n"
    body = b"".join(inner % (n, n, n) for n in range(200))
    assert "" == gate.check(HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + body + b"--b--\n")


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x1\n" * gate.MAX_DASHED,
        HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x--x" * 1_000_000,
        HEAD + b"\n" + b"boundary=" * 500_000 + b"\n--",
        HEAD + b"\n" + b"message/rfc822" * 40 + b"\n" * 390_000,
    ],
    ids=["false boundaries", "one line of boundaries", "declarations", "containers"],
)
def test_the_gate_is_linear_on_what_imitates_structure(raw):
    began = time.process_time()
    assert "" == gate.check(raw)
    # Measured 0.05 to 0.35 s; a quadratic scan takes minutes.
    assert time.process_time() - began < 5
