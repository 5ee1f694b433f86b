"""Transfer encodings, whole and damaged."""

import base64
import time

import pytest

from intake.mail import transfer, uuencode

GREETING = "Grüße aus Ulm, wie geht es? ".encode() * 8
ENCODED = base64.encodebytes(GREETING)

DECODED = [
    ("base64", ENCODED, b"base64", GREETING),
    ("base64 in capitals with a comment", ENCODED, b" BASE64 (sic)", GREETING),
    (
        "blanks behind a soft line break",
        b"Gr=C3=BC=C3=9F=  \r\ne a=\t\nb = c= ",
        b"quoted-printable",
        "Grüße ab = c= ".encode(),
    ),
    ("base64 without its padding", b"aGk", b"base64", b"hi"),
    ("base64 with a letter too many", b"aGVsbG8hx", b"base64", b"hello!"),
    ("base64 in pieces", b"aGk=\naGk=\n", b"base64", b"hihi"),
    ("base64 with noise", b"aG\x00!\nk=", b"base64", b"hi"),
    ("base64 above a footer", ENCODED + b"\n_____\nthe list of all lists\n", b"base64", GREETING),
    ("unpadded base64 above a footer", b"aGVsbG8h\nmore on this list\n", b"base64", b"hello!"),
    ("quoted-printable", b"a=3Db=\n c=C3=A4", b"quoted-printable", "a=b cä".encode()),
    ("raw bytes in quoted-printable", "ü=C3=BC".encode(), b"Quoted-Printable;", "üü".encode()),
    ("quoted-printable misspelt", b"c=C3=A4", b"quoted/printable", "cä".encode()),
    ("base64 misspelt", b"aGk=", b"Base-64", b"hi"),
    ("what is no quoted-printable", b"x=ZZ", b"quoted-printable", b"x=ZZ"),
    ("uuencode", b"begin 644 a.txt\n#86)C\n`\nend\n", b"x-uuencode", b"abc"),
    ("8bit", b"\xff\x00", b"8bit", b"\xff\x00"),
    ("an encoding nobody knows", b"aGk=", b"rot26", b"aGk="),
    ("none", b"aGk=", b"", b"aGk="),
]


@pytest.mark.parametrize(
    ("body", "encoding", "content"), [r[1:] for r in DECODED], ids=[r[0] for r in DECODED]
)
def test_content_is_decoded(body, encoding, content):
    assert content == transfer.decode(body, encoding)


def test_uuencoded_files_are_told_from_the_text_around_them():
    body = (
        b"see\nbegin 644 a b.txt\n#86)C\n`\nend\nand\nbegin 755 c\n#86)C\nend\nbegin 755 d\n#86)C\nend\nbye\n"
    )
    rest, files = uuencode.uuencoded(body)
    assert [(b"a b.txt", b"abc"), (b"c", b"abc"), (b"d", b"abc")] == files
    assert [b"see", b"and", b"bye"] == rest.split()


@pytest.mark.parametrize(
    "body", [b"begin 644 x\n", b"begin 644 x\nzzz\nend", b"begin at once\nend\n", b"end\nbegin 644 a\n"]
)
def test_what_only_looks_like_uuencode_stays_text(body):
    assert (body, []) == uuencode.uuencoded(body)


@pytest.mark.parametrize("encoding", [b"", b"quoted-printable"])
@pytest.mark.parametrize("piece", [b"=E4a", b"=E4 =\n", b"=99"])
def test_ten_megabytes_of_codes_are_told_by_their_beginning(piece, encoding):
    raw = piece * (10_000_000 // len(piece))
    began = time.process_time()
    transfer.text(raw, encoding, "cp1252")
    # It is 0.1 s; to look at each code took 3 s.
    assert time.process_time() - began < 0.7
