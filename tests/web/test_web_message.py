"""What a form post looks like as a message, and that nothing typed gets out of its place."""

import email
import email.policy
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from each_case import each

from intake.mail import filenames
from intake.web import text
from intake.web.message import FormPost, Upload, build, media_type

POST = FormPost(
    key="k",
    opened=datetime(2026, 5, 6, 7, 8, 9, 5, tzinfo=UTC),
    name="Ada Lovelace",
    address="ada@example.com",
    subject="Cannot log in",
    text="It says no.\n\nBye",
    language="en",
)
TO = "support@desk.example"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64

FIELDS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "X-Intake-Form",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
]


def parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_plain_post_reads_as_it_was_typed() -> None:
    message = parsed(build(POST, TO))

    assert FIELDS == message.keys()
    assert "Ada Lovelace <ada@example.com>" == message["From"]
    assert TO == message["To"]
    assert "Cannot log in" == message["Subject"]
    assert "Wed, 06 May 2026 07:08:09 +0000" == message["Date"]
    assert "1" == message["X-Intake-Form"]
    assert message["Message-ID"].endswith("@desk.example>")
    assert "It says no.\n\nBye\n" == message.get_content().replace("\r\n", "\n")


def test_every_line_ends_in_crlf_and_fits() -> None:
    raw = build(
        replace(
            POST,
            name="é" * 100,
            subject="word " * 49,
            text="x" * 5000,
            files=[Upload("文" * 300 + ".png", PNG)],
        ),
        TO,
    )

    lines = raw.split(b"\r\n")

    assert not [line for line in lines if b"\r" in line or b"\n" in line]
    # RFC 5322 section 2.1.1.
    assert max(map(len, lines)) <= 998
    raw.decode("ascii")


@each("name", ["Ada", 'A "B" \\ C', "Ада", "艾达", "a, b <c@d.example>", "x" * 100, ""])
@each("subject", ["plain", "Пароль " * 30, "助记词" * 60, "x" * 250, "tab\there"])
def test_names_and_subjects_come_back_whole(name: str, subject: str) -> None:
    message = parsed(build(replace(POST, name=name, subject=subject), TO))

    sender = message["From"].addresses[0]
    assert (name, "ada@example.com") == (sender.display_name, sender.addr_spec)
    assert text.one_line(subject) == message["Subject"]


BREAKS = {
    "CR LF": "\r\n",
    "LF": "\n",
    "CR": "\r",
    "NUL": "\0",
    "VT": "\x0b",
    "FF": "\x0c",
    "FS": "\x1c",
    "NEL": "\x85",
    "LINE SEPARATOR": "\u2028",
    "PARAGRAPH SEPARATOR": "\u2029",
    "lone surrogate": "\ud800",
    "encoded word Q": "=?utf-8?q?a=0d=0aBcc:=20evil@x.example?=",
    "encoded word B": "=?utf-8?b?YQ0KQmNjOiBldmlsQHguZXhhbXBsZQ==?=",
    "encoded word, blank line": "=?utf-8?q?a=0d=0a=0d=0abody?=",
    "encoded word in an encoded word": "=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3D0aBcc=3A=3F=3D?=",
    "RFC 2231": "*0*=utf-8''a%0d%0aBcc:%20evil@x.example",
    "folded": "\r\n Bcc: evil@x.example",
}
PLACES: dict[str, Callable[[str], FormPost]] = {
    "name": lambda v: replace(POST, name=v),
    "subject": lambda v: replace(POST, subject=v),
    "text": lambda v: replace(POST, text=v),
    "language": lambda v: replace(POST, language=v.encode("ascii", "ignore").decode() or "en"),
    "file name": lambda v: replace(POST, files=[Upload(v, b"x")]),
    "file extension": lambda v: replace(POST, files=[Upload("a." + v, b"x")]),
    "file content": lambda v: replace(POST, files=[Upload("a.txt", v.encode("utf-8", "replace"))]),
}


@each("place", PLACES)
@each("kind", BREAKS)
def test_nothing_typed_becomes_a_field_or_a_recipient(place: str, kind: str) -> None:
    for value in (BREAKS[kind] + "Bcc: evil@x.example", f"a{BREAKS[kind]}Bcc: evil@x.example{BREAKS[kind]}"):
        raw = build(PLACES[place](value), TO)

        for policy in (email.policy.default, email.policy.compat32, email.policy.SMTP):
            message = email.message_from_bytes(raw, policy=policy)
            expected = [f for f in FIELDS if f != "Content-Transfer-Encoding"] if "file" in place else FIELDS
            assert expected == message.keys()
            # Reading every field and writing the message anew must not set the line break free.
            values = [str(value) for part in message.walk() for value in part.values()]
            assert not [v for v in values if "\nBcc" in v.replace("\r\n ", " ")]
            again = email.message_from_bytes(message.as_bytes(), policy=email.policy.compat32)
            assert expected == again.keys()


def test_a_boundary_in_a_file_ends_nothing() -> None:
    first = build(replace(POST, files=[Upload("a.bin", b"x")]), TO)
    boundary = str(email.message_from_bytes(first).get_boundary()).encode()
    content = b"\r\n--" + boundary + b"--\r\n\r\n--" + boundary + b"\r\nX: y\r\n\r\n"

    parts = list(parsed(build(replace(POST, files=[Upload("a.bin", content)]), TO)).iter_attachments())

    assert [content] == [one.get_content() for one in parts]


@pytest.mark.parametrize("size", [0, 1, 56, 57, 58, 114, 100_000])
def test_files_arrive_byte_for_byte(size: int) -> None:
    content = bytes(n * 7 % 256 for n in range(size))

    (part,) = parsed(build(replace(POST, files=[Upload("a.bin", content)]), TO)).iter_attachments()

    assert content == part.get_payload(decode=True)


def test_the_same_post_gives_the_same_bytes_and_a_corrected_one_another_id() -> None:
    post = replace(POST, files=[Upload("a.png", PNG)])
    changes = [
        replace(post, key="other"),
        replace(post, text="It says yes."),
        replace(post, address="eve@example.com"),
        replace(post, files=[Upload("a.png", PNG + b"x")]),
        replace(post, name=POST.name + POST.address, address=""),
    ]

    ids = {parsed(build(one, TO))["Message-ID"] for one in [post, *changes]}

    assert build(post, TO) == build(post, TO)
    assert 1 + len(changes) == len(ids)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("photo.png", "photo.png"),
        ("C:\\fakepath\\photo.png", "photo.png"),
        ("../../etc/passwd", "passwd"),
        ("..", "file"),
        ("", "file"),
        (".htaccess", "htaccess"),
        ("a\0.png", "a.png"),
        ("gpj\u202eexe.png", "gpjexe.png"),
        ("zero\u200bwidth.txt", "zerowidth.txt"),
        ("NUL.txt", "_NUL.txt"),
        ("com1", "_com1"),
        ("e\u0301.txt", "é.txt"),
        ('a"b;c.txt', "a_b;c.txt"),
        ("a:b?.txt", "a_b_.txt"),
        ("trailing. . ", "trailing"),
        ("截图.png", "截图.png"),
        ("{{7*7}}.txt", "{{7_7}}.txt"),
    ],
)
def test_file_names_are_made_safe(typed: str, expected: str) -> None:
    (part,) = parsed(build(replace(POST, files=[Upload(typed, b"x")]), TO)).iter_attachments()

    assert expected == filenames.safe(typed)
    assert expected == part.get_filename()


@pytest.mark.parametrize(
    "typed", ["x" * 10_000 + ".png", "文" * 300 + ".pdf", "a." + "x" * 10_000, "." * 5000]
)
def test_no_file_name_is_longer_than_120_bytes(typed: str) -> None:
    assert 0 < len(filenames.safe(typed).encode()) <= 120


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.png", PNG, "image/png"),
        ("a.exe", PNG, "image/png"),
        ("a.pdf", b"%PDF-1.7\n", "application/pdf"),
        ("a.txt", "für".encode(), "text/plain"),
        ("a.txt", b"\xff\xfe\x00", "application/octet-stream"),
        ("a.svg", b"<svg onload=alert(1)>", "application/octet-stream"),
        ("a.html", b"<script>", "application/octet-stream"),
        ("a.png", b"<script>", "application/octet-stream"),
        ("a", b"", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_bytes_say(name: str, content: bytes, expected: str) -> None:
    assert expected == media_type(Upload(name, content))


def test_control_characters_leave_the_text_and_line_ends_stay() -> None:
    assert "a\nb\n\nc\td" == text.body("\r\na\r\nb\x0b\u2028c\x07\td\x00\n\n")


@pytest.mark.parametrize("kind", [kind for kind in BREAKS if kind != "RFC 2231"])
def test_one_line_is_one_line_even_for_a_reader_that_decodes_twice(kind: str) -> None:
    found = text.one_line(f"a{BREAKS[kind]}b")

    assert [found] == found.splitlines()
    assert "=?" not in found
    assert [] == [c for c in found if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs")]
