"""winmail.dat, built by hand as [MS-OXTNEF] says, and unpacked."""

import struct

import pytest

from intake.mail import tnef
from intake.mail.parse import parse

HEAD = tnef.SIGNATURE + b"\x01\x00"


def attribute(identity: int, value: bytes, level: int = 1) -> bytes:
    return struct.pack("<BII", level, identity, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def properties(*rows: tuple[int, int, bytes]) -> bytes:
    """Return MAPI properties of variable size: (type, tag, value)."""
    out = struct.pack("<I", len(rows))
    for kind, tag, value in rows:
        padded = value + b"\0" * (-len(value) % 4)
        out += struct.pack("<HHII", kind, tag, 1, len(value)) + padded
    return out


def file(title: bytes, content: bytes, *rows: tuple[int, int, bytes]) -> bytes:
    return (
        attribute(0x00069002, b"\0" * 14, 2)
        + attribute(0x00018010, title + b"\0", 2)
        + attribute(0x0006800F, content, 2)
        + (attribute(0x00069005, properties(*rows), 2) if rows else b"")
    )


LONG = (0x1F, 0x3707, "Übersicht 2024.pdf\0".encode("utf-16-le"))
MIME = (0x1E, 0x370E, b"application/pdf\0")
CODEPAGE = attribute(0x00069007, struct.pack("<II", 1252, 0))
FILE = file(b"UBERSI~1.PDF", b"%PDF-1.4 x", LONG, MIME)
BODY = attribute(0x00069003, properties((0x1F, 0x1000, "Grüße\0".encode("utf-16-le"))))


def mail(data: bytes) -> bytes:
    head = b"From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
    name = b"Content-Type: application/ms-tnef; name=winmail.dat\n\n"
    # No line break within: what is binary stands in a mail as it is here.
    return head + name + data + b"\n--b--\n"


def test_files_have_their_long_names_types_and_bytes():
    found = tnef.unpack(HEAD + CODEPAGE + FILE + file("größe.txt".encode("cp1252"), b"abc"))
    assert found is not None
    assert [("Übersicht 2024.pdf", "application/pdf", b"%PDF-1.4 x"), ("größe.txt", "", b"abc")] == [
        (one.name, one.media_type, one.content) for one in found.files
    ]
    assert found.complete


def test_a_file_within_its_properties_is_found():
    rows = ((0x1E, 0x3704, b"a.bin\0"), (0x102, 0x3701, b"data"), (0x1F, 0x3712, "i@x\0".encode("utf-16-le")))
    data = HEAD + attribute(0x00069002, b"", 2) + attribute(0x00069005, properties(*rows), 2)
    found = tnef.unpack(data)
    assert found is not None
    assert [("a.bin", "i@x", b"data")] == [(one.name, one.content_id, one.content) for one in found.files]


def test_named_fixed_and_multiple_properties_are_passed_over():
    named = struct.pack("<HH", 3, 0x8001) + b"G" * 16 + struct.pack("<III", 0, 7, 42)
    worded = (
        struct.pack("<HH", 3, 0x8002) + b"G" * 16 + struct.pack("<II", 1, 6) + b"a\0b\0c\0\0\0" + b"\1\0\0\0"
    )
    several = struct.pack("<HHI", 0x1003, 0x1234, 2) + b"\0" * 8
    last = properties((0x1F, 0x1000, "Text\0".encode("utf-16-le")))[4:]
    found = tnef.unpack(HEAD + attribute(0x00069003, struct.pack("<I", 4) + named + worded + several + last))
    assert found is not None
    assert "Text" == found.text


def test_a_mail_shows_what_its_winmail_dat_holds():
    message = parse(mail(HEAD + CODEPAGE + BODY + FILE))
    assert "Grüße" == message.text
    assert [("Übersicht 2024.pdf", "application/pdf")] == [
        (o.name, o.media_type) for o in message.attachments
    ]
    assert () == tuple(one for one in message.defects if "winmail" in one)


def test_a_wrapper_of_nothing_stays_a_file():
    assert ["winmail.dat"] == [one.name for one in parse(mail(HEAD + CODEPAGE)).attachments]


@pytest.mark.parametrize("cut", range(4, len(HEAD + CODEPAGE + FILE) - 2, 7))
def test_a_damaged_wrapper_is_kept_whole_beside_what_was_found(cut):
    data = (HEAD + CODEPAGE + FILE)[:cut]
    found = tnef.unpack(data)
    assert found is not None
    kept = {one.name: one.content for one in parse(mail(data)).attachments}
    # A cut between two attributes cannot be seen: then the file is whole.
    assert "winmail.dat" in kept or [b"%PDF-1.4 x"] == list(kept.values())


def test_what_is_no_tnef_is_none():
    assert tnef.unpack(b"") is None
    assert tnef.unpack(b"PK\x03\x04") is None


def test_files_and_lengths_have_limits():
    many = tnef.unpack(HEAD + file(b"a", b"b") * 200)
    assert many is not None
    assert tnef.MAX_FILES == len(many.files)
    assert not many.complete
    liar = tnef.unpack(HEAD + struct.pack("<BII", 1, 0x0006800F, 0xFFFFFFFF))
    assert liar is not None
    assert [] == liar.files
