"""Names of files by mail, made safe."""

import unicodedata

import pytest

from intake.mail import filenames

NAMES = [
    ("plain", "report 1.pdf", "report 1.pdf"),
    ("a path", "../../etc/passwd", "passwd"),
    ("a Windows path", "C:\\TEMP\\x.png", "x.png"),
    ("a drive", "C:x.png", "C_x.png"),
    ("an encoded path stays a name", "..%2f..%2fetc", "%2f..%2fetc"),
    ("right to left override", "photo\u202egpj.exe", "photogpj.exe"),
    ("zero width", "a\u200bb\ufeff.txt", "ab.txt"),
    ("a NUL before the real ending", "a\0.png", "a.png"),
    ("line breaks and tabs", "a\r\nb\tc.txt", "a b c.txt"),
    ("controls", "a\x1b[31m\x9b.txt", "a[31m.txt"),
    ("leading dots", "...htaccess", "htaccess"),
    ("trailing dots and blanks", "a.exe. . ", "a.exe"),
    ("a device", "con.txt", "_con.txt"),
    ("a device without an ending", "LPT1", "_LPT1"),
    ("decomposed", "u\u0308.txt", "ü.txt"),
    ("quotes and wildcards", 'a"b<c>|?*.txt', "a_b_c_.txt"),
    ("Chinese", "您好.png", "您好.png"),
    ("a lone surrogate", "a\udc80.png", "a.png"),
]


@pytest.mark.parametrize(("name", "expected"), [r[1:] for r in NAMES], ids=[r[0] for r in NAMES])
def test_a_name_is_made_safe(name, expected):
    assert expected == filenames.safe(name)


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ("image/png", "image.png"),
        ("message/rfc822", "message.eml"),
        ("text/calendar", "invite.ics"),
        ("application/octet-stream", "file"),
        ("", "file"),
    ],
)
def test_a_file_without_a_name_gets_one_from_its_type(media_type, expected):
    for nothing in ("", ".", "..", "///", "\u202e", " . "):
        assert expected == filenames.safe(nothing, media_type)


@pytest.mark.parametrize("length", [100, 116, 117, 10_000])
@pytest.mark.parametrize("letter", ["a", "ü", "好", "😀"])
def test_a_long_name_keeps_its_ending_within_120_bytes(length, letter):
    name = filenames.safe(letter * length + ".pdf")
    assert len(name.encode()) <= filenames.MAX_BYTES
    assert name.endswith(letter + ".pdf")


def test_no_character_at_all_makes_a_dangerous_name():
    for start in range(0, 0x3000, 64):
        name = filenames.safe("x" + "".join(map(chr, range(start, start + 64))) + "y.txt")
        assert not set(name) & set('/\\:*?"<>|')
        assert not [char for char in name if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
