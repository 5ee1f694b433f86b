"""The text of files, and what is closed: nobody should have sent the phrase in them."""

import struct
import time
import zipfile
from io import BytesIO

import office_files
import pytest
from each_case import each
from office_files import docx, encrypted, odt, packed, pptx, xlsx

from intake.desk.sensitive.reading import FileState, Reading, reading_of
from intake.mail.contents.packed import MOST_BYTES, MOST_MEMBERS
from intake.mail.contents.roads import Road, road_of
from intake.mail.contents.text import contents

PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
WORDS = PHRASE.split()
MAIL = f"From: a@example.com\r\nSubject: backup\r\n\r\n{PHRASE}\r\n".encode()
# Of words without any of a phrase, so long as a page.
PROSE = "The parcel did not arrive on Monday and the tracking page shows nothing new since then. " * 20


def looked_into(name: str, content: bytes, media_type: str = "") -> Reading:
    read = contents(name, media_type, content)
    return Reading(FileState.CLOSED) if read is None else reading_of(read.texts, read.whole)


@each(
    ("name", "content"),
    [
        ("backup.txt", PHRASE.encode()),
        ("backup.txt", PHRASE.encode("utf-16-le")),
        ("backup.csv", "\n".join(f"{n};{word}" for n, word in enumerate(WORDS, 1)).encode()),
        ("backup.json", ('{"mnemonic": ["' + '", "'.join(WORDS) + '"]}').encode()),
        ("backup.md", "\n".join(f"- {word}" for word in WORDS).encode()),
        ("wallet.log", f"2026-11-30 12:00:00 restored from {PHRASE}\n".encode()),
        ("page.html", f"<p>{'</p><p>'.join(WORDS)}</p>".encode()),
        ("page.html", f"<!-- {PHRASE} --><p>Hello</p>".encode()),
        ("words.rtf", (r"{\rtf1\ansi " + PHRASE + "}").encode()),
        ("words.svg", f"<svg><text>{'</text> <text>'.join(WORDS)}</text></svg>".encode()),
        ("words.docx", docx(PHRASE)),
        ("words.docx", docx(*WORDS)),
        ("words.docx", docx(PHRASE, split=True)),
        ("words.xlsx", xlsx([WORDS[:4], WORDS[4:8], WORDS[8:]])),
        ("words.xlsx", xlsx([[word, "", str(n)] for n, word in enumerate(WORDS)])),
        ("words.xlsx", xlsx([[word, f"remark {n} about it"] for n, word in enumerate(WORDS)])),
        ("words.pptx", pptx(PHRASE)),
        ("words.odt", odt(PHRASE)),
        ("original.eml", MAIL),
        ("words.zip", packed({"a/backup.txt": PHRASE})),
        ("words.zip", packed({"words.docx": docx(PHRASE)})),
        ("words.zip", packed({"old.eml": MAIL})),
        ("words.zip", packed({f"{PHRASE}.txt": "nothing"})),
        # Whatever its name and its type say.
        ("photo.jpg", docx(PHRASE)),
        ("music.mp3", PHRASE.encode()),
    ],
)
def test_a_phrase_in_a_file_is_found(name: str, content: bytes) -> None:
    reading = looked_into(name, content)
    assert ("seed phrase",) == reading.kinds
    assert 12 <= reading.finds[0].words <= 14


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.txt", PROSE.encode()),
        ("notes.docx", docx(PROSE)),
        ("notes.xlsx", xlsx([["Order", "Date"], ["4711", "Monday"]])),
        ("notes.zip", packed({"a.txt": PROSE, "b.docx": docx(PROSE)})),
        ("empty.txt", b""),
    ],
)
def test_an_ordinary_file_is_clean(name: str, content: bytes) -> None:
    assert FileState.CLEAN is looked_into(name, content).state


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("locked.zip", encrypted(packed({"a.txt": PHRASE}))),
        ("locked.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)),
        ("cut.docx", docx(PHRASE)[:-30]),
        ("film.mp4", b"\0\0\0\x18ftypmp42" + bytes(4000)),
        ("call.ogg", b"OggS" + bytes(range(256)) * 20),
        ("photos.zip", packed({"a.png": b"\x89PNG\r\n\x1a\n" + bytes(5000)})),
        ("large.log", PROSE.encode() * 2000),
        ("deep.zip", packed({"a.zip": packed({"b.zip": packed({"c.zip": packed({"d.txt": PHRASE})})})})),
    ],
)
def test_what_nobody_can_look_into_is_not_called_clean(name: str, content: bytes) -> None:
    assert FileState.CLOSED is looked_into(name, content).state


def _bombs() -> dict[str, bytes]:
    much = b"\0" * (MOST_BYTES + 1)
    lying = bytearray(packed({"word/document.xml": much}))
    # Its own word of its size, in the directory at the end.
    at = lying.rfind(b"PK\1\2")
    struct.pack_into("<I", lying, at + 24, 10)
    return {
        "one large member": packed({"word/document.xml": much}),
        "many that are large together": packed({f"{n}.xml": b" " * 20_000 for n in range(300)}),
        "one that lies about its size": bytes(lying),
        "too many members": packed({f"{n}.txt": "" for n in range(MOST_MEMBERS + 1)}),
        "300 MB": packed({"xl/worksheets/sheet1.xml": b"0" * (300 << 20)}),
        "a zip in a zip": packed({"a.zip": packed({"b.txt": much}), "c.txt": much}),
    }


BOMBS = _bombs()


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once(name: str) -> None:
    began = time.process_time()
    assert FileState.CLOSED is looked_into("bomb.docx", BOMBS[name]).state
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    "piece", ["<si>", "<c ", '<c r="A1" t="s"><v>1', "<t>", "<", "<w:br", "</w:p>", "<si><t>a</t>"]
)
def test_a_sheet_that_opens_and_never_closes_costs_no_more_than_its_length(piece: str) -> None:
    """An xlsx of 4 MB of one tag."""
    much = piece * ((4 << 20) // len(piece))
    content = packed({"xl/sharedStrings.xml": much[: 2 << 20], "xl/worksheets/sheet1.xml": much[: 2 << 20]})
    began = time.process_time()
    assert looked_into("a.xlsx", content).state in FileState
    assert time.process_time() - began < 10


def test_no_damage_to_a_file_raises() -> None:
    for whole in (docx(PHRASE), xlsx([WORDS]), packed({"old.eml": MAIL})):
        for at in range(0, len(whole), 7):
            broken = bytearray(whole)
            broken[at] ^= 0xFF
            for damaged in (bytes(broken), whole[:at]):
                assert looked_into("a.docx", damaged).state in FileState


@pytest.mark.parametrize(
    ("content", "road"),
    [
        (office_files.pdf(["x"]), Road.PDF),
        (b"\x89PNG\r\n\x1a\n" + bytes(9), Road.PICTURE),
        (b"\xff\xd8\xff\xe0" + bytes(9), Road.PICTURE),
        (b"\0\0\0\x18ftypheic" + bytes(9), Road.PICTURE),
        (b"RIFF\0\0\0\0WEBPVP8 ", Road.PICTURE),
        (b"RIFF\0\0\0\0WAVEfmt ", Road.CLOSED),
        (b"\0\0\0\x18ftypmp42" + bytes(9), Road.CLOSED),
        (b"BMW is a car", Road.TEXT),
    ],
)
def test_the_first_bytes_say_how_a_file_is_looked_into(content: bytes, road: Road) -> None:
    assert road is road_of("a.txt", "text/plain", content)


def test_a_zip_of_an_unknown_method_is_closed() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("a.txt", PHRASE)
    content = bytearray(out.getvalue())
    struct.pack_into("<H", content, 8, 99)
    struct.pack_into("<H", content, content.rfind(b"PK\1\2") + 10, 99)
    assert FileState.CLOSED is looked_into("a.zip", bytes(content)).state


def test_an_office_file_with_a_picture_is_not_wholly_read_and_one_with_a_logo_is() -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(3_000)
    text = '<w:document xmlns:w="w"><w:body><w:p><w:t>Hello</w:t></w:p></w:body></w:document>'
    for name, content, whole in (
        ("word/media/image1.png", picture, False),
        ("word/media/image1.png", picture[:200], True),
        ("docProps/thumbnail.png", picture, True),
        ("Thumbnails/thumbnail.png", picture, True),
    ):
        read = contents("a.docx", "", packed({"word/document.xml": text, name: content}))
        assert read is not None, name
        assert whole is read.whole, (name, len(content))
