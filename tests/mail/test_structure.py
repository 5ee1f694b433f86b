"""Where parts begin and end, by our own scan and by the second tree."""

import base64
import time

import pytest

from intake.mail import structure
from intake.mail.parse import parse

HEAD = b"From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n"


def bodies(raw: bytes) -> list[bytes]:
    return [leaf.body for leaf in structure.own(raw).leaves]


SCANNED = [
    ("two parts", HEAD + b"--b\n\none\n--b\n\ntwo\n--b--\n", [b"one", b"two"]),
    ("CRLF", HEAD.replace(b"\n", b"\r\n") + b"--b\r\n\r\none\r\n\r\n--b--\r\n", [b"one\r\n"]),
    ("a preamble and an epilogue", HEAD + b"pre\n--b\n\none\n--b--\nepilogue\n", [b"one"]),
    ("blanks after the delimiter", HEAD + b"--b \t\n\none\n--b--  \n", [b"one"]),
    ("no end", HEAD + b"--b\n\none\n", [b"one\n"]),
    ("parts after the end", HEAD + b"--b\n\none\n--b--\n\n--b\n\ntwo\n--b--\n", [b"one", b"two"]),
    ("a delimiter inside a line", HEAD + b"--b\n\none --b\n--b--\n", [b"one --b"]),
    ("a longer boundary is another", HEAD + b"--b\n\none\n--bb\n--b--\n", [b"one\n--bb"]),
    (
        "a part without a header",
        HEAD + b"--b\nA: 1\n\none\n--b\nno header here\n--b--\n",
        [b"one", b"no header here"],
    ),
    (
        "another boundary than declared",
        HEAD + b"--zz\nContent-Type: text/plain\n\none\n--zz--\n",
        [b"one"],
    ),
    ("the boundary never occurs", HEAD + b"hello my text\n", [b"hello my text\n"]),
    ("an empty multipart", HEAD, []),
    (
        "a folded boundary parameter",
        b'Content-Type: multipart/mixed;\n\tboundary=\n\t"b"\n\n--b\n\none\n--b--\n',
        [b"one"],
    ),
    (
        "an inner multipart without an end",
        HEAD + b"--b\nContent-Type: multipart/alternative; boundary=i\n\n--i\n\none\n--b\n\ntwo\n--b--\n",
        [b"one", b"two"],
    ),
]


@pytest.mark.parametrize(("raw", "expected"), [r[1:] for r in SCANNED], ids=[r[0] for r in SCANNED])
def test_leaves_are_found(raw, expected):
    assert expected == bodies(raw)


def test_a_multipart_in_base64_is_opened():
    encoded = base64.encodebytes(b"--b\n\none\n--b--\n")
    raw = HEAD.replace(b"\n\n", b"\nContent-Transfer-Encoding: base64\n\n") + encoded
    assert [b"one"] == bodies(raw)


def test_bytes_of_a_part_are_untouched():
    blob = bytes(range(256)) * 4
    assert [blob] == bodies(HEAD + b"--b\n\n" + blob + b"\n--b--\n")


def test_a_part_of_a_digest_is_a_mail():
    raw = b"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: inner\n\nhi\n--b--\n"
    (leaf,) = structure.own(raw).leaves
    assert ("message/rfc822", b"Subject: inner\n\nhi") == (leaf.media_type, leaf.body)


def test_alternatives_are_grouped_and_others_are_not():
    inner = b"Content-Type: multipart/alternative; boundary=i\n\n--i\n\none\n--i\n\ntwo\n--i--\n"
    leaves = structure.own(HEAD + b"--b\n" + inner + b"--b\n" + inner + b"--b\n\nthree\n--b--\n").leaves
    assert [1, 1, 2, 2, 0] == [leaf.group for leaf in leaves]
    assert ["multipart/alternative"] * 4 + ["multipart/mixed"] == [leaf.within for leaf in leaves]


def test_the_second_tree_sees_the_same_leaves_byte_for_byte():
    blob = bytes(range(14, 256)) * 2
    raw = (
        HEAD
        + b"--b\nContent-Type: multipart/alternative; boundary=i\n\n--i\nContent-Type: text/plain\n\n"
        + blob
        + b"\n--i--\n--b\nContent-Type: image/png; name=x\n\n"
        + blob
        + b"\n--b--\n"
    )
    own, second = structure.own(raw).leaves, structure.second(raw)
    assert second is not None
    assert [leaf.body for leaf in own] == [leaf.body.removesuffix(b"\n") for leaf in second]
    assert [leaf.media_type for leaf in own] == [leaf.media_type for leaf in second]


def test_the_second_tree_is_taken_when_it_sees_more():
    raw = (
        b'From: a@x.example\nContent-Type: multipart/mixed; boundary="a--"\n\n--a--\n'
        b'Content-Type: multipart/mixed; boundary="a----"\n\n--a----\nContent-Type: text/plain\n\nbody\n'
        b"--a------\nContent-Type: text/html\n\nbody2\n--a----"
    )
    tree = structure.scan(raw)
    assert [] == structure.own(raw).leaves
    assert 2 == len(tree.leaves)
    assert "the structure was read by the second parser" in tree.defects


@pytest.mark.parametrize(
    "raw", [b"", b"\0" * 50, b"Content-Type: multipart/mixed\n\nx", b"Content-Type: message/partial\n\n\n"]
)
def test_the_second_tree_gives_up_quietly(raw, capfd, caplog):
    structure.second(raw)
    assert ("", "") == capfd.readouterr()
    assert [] == caplog.records


@pytest.mark.parametrize(
    "text", ["\\@example.com@xxx.example>", "undisclosed:;", "a@b, c@d", "x" * 2000 + "@b"]
)
def test_a_mailbox_that_flanker_cannot_read_is_not_logged(text, capfd, caplog):
    structure.flanker_mailbox(text)
    assert ("", "") == capfd.readouterr()
    assert [] == caplog.records


def test_flanker_reads_a_mailbox_and_never_one_with_a_line_break():
    assert ("Bob, Inc.", "b@x.example") == structure.flanker_mailbox("Bob, Inc. <b@x.example>")
    assert structure.flanker_mailbox("foo@x.example\r\nBcc: evil@x.example") is None


def test_lines_of_blanks_that_only_begin_like_a_delimiter_cost_no_more_than_their_length() -> None:
    mail = b"From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n"
    began = time.process_time()
    assert parse(mail + (b"--b" + b" " * 90 + b"x\n") * 10_000).text.startswith("hi\n")
    assert time.process_time() - began < 0.3
