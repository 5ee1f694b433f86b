"""winmail.dat, built by hand as [MS-OXTNEF] says, and unpacked."""

import random
import struct
import time

import pytest
from each_case import each

from intake.mail.formats import rtf, tnef
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


@each("cut", range(4, len(HEAD + CODEPAGE + FILE) - 2, 7))
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


# [MS-OXRTFCP] section 3.1, an example of its authors.
PACKED = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)


def rtf_body(packed: bytes) -> bytes:
    return attribute(0x00069003, properties((0x102, 0x1009, packed)))


def unpacked(text: bytes) -> bytes:
    """Return RTF in the form that is not compressed."""
    return struct.pack("<II", len(text) + 12, len(text)) + b"MELA" + b"\0" * 4 + text


def test_compressed_rtf_is_unpacked_as_its_authors_say():
    assert b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n" == rtf.unpack(PACKED)


def test_a_body_that_is_only_rtf_is_the_text_of_the_mail():
    message = parse(mail(HEAD + CODEPAGE + rtf_body(PACKED) + FILE))
    assert "hello world" == message.text
    assert ["Übersicht 2024.pdf"] == [one.name for one in message.attachments]


def test_rtf_is_not_read_where_there_is_another_body():
    found = tnef.unpack(HEAD + BODY + rtf_body(PACKED))
    assert found is not None
    assert "Grüße" == found.text
    raw = mail(HEAD + rtf_body(PACKED)).replace(b"--b\n", b"--b\n\nThe words.\n--b\n", 1)
    assert "The words." == parse(raw).text


RTF = {
    "paragraphs, tabs and escaped signs": (
        rb"{\rtf1\ansi\pard One\par Two\tab x \{ok\} \\ \~end\line last}",
        "One\nTwo\tx {ok} \\ \u00a0end\nlast",
    ),
    "Western letters by their code page": (rb"{\rtf1\ansi\ansicpg1252 caf\'e9 \'80}", "café €"),
    "Cyrillic by the document's code page": (rb"{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8\'e2\'e5\'f2}", "Привет"),
    "Chinese by the font's charset": (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset134 SimSun;}}"
        rb"\f0 A {\f1 \'c4\'e3\'ba\'c3} B}",
        "A 你好 B",
    ),
    "Japanese with a second byte written as it is": (
        rb"{\rtf1\ansi\ansicpg932 \'83e\'83X\'83g}",
        "テスト",
    ),
    "Unicode, what stands for it left out": (
        rb"{\rtf1\ansi\uc1 \u8364? and \u-3913\'3f{\uc2 \u916??}}",
        "€ and \uf0b7Δ",
    ),
    "what is no text left out": (
        rb"{\rtf1\ansi{\colortbl;\red0;}{\stylesheet{\s0 Normal;}}{\*\generator Word;}"
        rb"{\info{\author Lin}}Hello{\pict 00ff}}",
        "Hello",
    ),
    "bytes that only their number tells": (b"{\\rtf1 a\\bin3 }{\\ b}", "a b"),
    "a group that never ends": (rb"{\rtf1 a {\b b", "a b"),
    "ends without groups": (rb"{\rtf1 a}}}} b", "a b"),
    "no RTF at all": (b"Hello", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", RTF)
def test_rtf_is_read_as_its_author_sees_it(name):
    source, expected = RTF[name]
    assert (expected, "") == rtf.read(source)


def test_html_in_rtf_is_html_again():
    source = (
        rb"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}"
        rb"{\*\htmltag18 <html>}{\*\htmltag64 <p>}\htmlrtf \par {\b \htmlrtf0 Gr\'fc\'dfe "
        rb"{\*\htmltag84 <a href='https://x.example/'>}\htmlrtf {\field{\*\fldinst HYPERLINK}{\fldrslt"
        rb"\htmlrtf0 here\htmlrtf }}\htmlrtf0 {\*\htmltag92 </a>}\htmlrtf }\htmlrtf0 "
        rb"{\*\mhtmltag84 <a>}{\*\htmltag72 </p>}}"
    )
    assert ("", "<html><p>Grüße <a href='https://x.example/'>here</a></p>") == rtf.read(source)
    message = parse(mail(HEAD + rtf_body(unpacked(source))))
    assert "Grüße here (https://x.example/)" == message.text


@pytest.mark.parametrize(
    "source",
    [
        b"{\\rtf1" + b"{" * 500_000,
        b"{\\rtf1" + b"\\b0 " * 130_000,
        b"{\\rtf1" + b"\\'e9" * 130_000,
        b"{\\rtf1" + b"{\\*\\x y}" * 60_000,
        b"{\\rtf1\\bin99999999999 " + b"x" * 100_000,
        b"{\\rtf1\\u99999999999 \\f99999999999 \\ansicpg99999999 \\uc-5 x",
    ],
)
def test_hostile_rtf_is_read_in_bounded_time(source):
    began = time.process_time()
    text, html = rtf.read(source)
    assert time.process_time() - began < 0.5
    assert "" == html
    assert len(text) <= rtf.MAX_RTF


def test_a_bomb_of_compressed_rtf_unpacks_to_its_bound_and_damage_to_nothing():
    repeats = (b"\xff" + b"\x00\x1f" * 8) * 40_000
    bomb = struct.pack("<II", len(repeats), 2**31) + b"LZFu" + b"\0" * 4 + repeats
    assert len(rtf.unpack(bomb)) <= rtf.MAX_RTF
    assert b"" == rtf.unpack(b"")
    assert b"" == rtf.unpack(b"\0" * 40)
    chance = random.Random(1)
    for _ in range(300):
        damaged = bytearray(PACKED)
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        rtf.read(rtf.unpack(bytes(damaged)))
