"""A finished mail without its secrets: what held one is written anew, the rest stays."""

import base64
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest

from intake.desk.sensitive.scan import find
from intake.mail.redact import MARK, redact

SEED = "legal winner thank year wave sausage worth useful legal winner thank yellow"
HEAD = b"From: lin@customer.example\r\nTo: help@desk.example\r\nMessage-ID: <1@x.example>\r\n"
TEXT = "what stays of it"


def text(body: bytes, how: str = "8bit", kind: str = "plain", charset: str = "utf-8") -> bytes:
    fields = f"MIME-Version: 1.0\r\nContent-Type: text/{kind}; charset={charset}\r\n"
    return HEAD + f"{fields}Content-Transfer-Encoding: {how}\r\n\r\n".encode() + body


def said(raw: bytes) -> str:
    parts = []
    for part in message_from_bytes(raw).walk():
        if part.get_content_maintype() == "text":
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            parts.append(payload.decode(part.get_content_charset() or "utf-8", "replace"))
    return "\n".join(parts)


SEEDED = {
    "as it is": text(f"My words: {SEED}\r\n".encode()),
    "base64": text(base64.encodebytes(f"My words: {SEED}\r\n".encode()), "base64"),
    "quoted-printable": text(SEED.replace(" ", "=20").encode(), "quoted-printable"),
    "a line broken in the middle": text(SEED.replace(" wave", " =\r\nwave").encode(), "quoted-printable"),
    "another charset": text(f"助记词：{SEED}".encode("gb18030"), charset="gb18030"),
    "a charset nobody knows": text(SEED.encode(), charset="nope"),
    "a charset that is none": text(SEED.encode(), charset="rot13"),
    "no content type at all": HEAD + b"\r\n" + SEED.encode(),
    "no header at all": b"\r\n" + SEED.encode(),
    "html": text(f"<p>{SEED}</p>".encode(), kind="html"),
    "html, a word to a cell": text(SEED.replace(" ", "</td><td>").encode(), kind="html"),
    "html, with entities": text(SEED.replace(" ", "&nbsp;").encode(), kind="html"),
    "broken base64": text(SEED.encode(), "base64"),
    "before the first part": HEAD
    + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    + SEED.encode()
    + b"\r\n--b\r\n\r\nhello\r\n--b--\r\n",
    "a charset twice": HEAD
    + b"Content-Type: text/plain; charset=utf-8\r\nContent-Type: text/plain; charset=utf-16\r\n\r\n"
    + SEED.encode(),
    "only LF": text(f"My words: {SEED}\n".encode()).replace(b"\r\n", b"\n"),
    "a mail within a mail": HEAD
    + b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
    + b"Content-Type: message/rfc822\r\n\r\n"
    + text(SEED.encode())
    + b"\r\n--b--\r\n",
}


@pytest.mark.parametrize("raw", SEEDED.values(), ids=SEEDED.keys())
def test_a_seed_phrase_is_gone_in_whatever_form_it_came(raw: bytes) -> None:
    made = redact(raw, (), TEXT, "message 1")
    assert made is not None
    assert b"sausage worth" not in made
    assert "sausage" not in said(made)
    assert "message 1" == message_from_bytes(made)[MARK]
    assert None is redact(made, (), TEXT, "message 1")


@pytest.mark.parametrize("field", ["Content-Disposition", "Content-Type"])
@pytest.mark.parametrize("charset", ["", "utf-8"])
def test_a_phrase_in_the_name_of_a_file_is_gone(field: str, charset: str) -> None:
    mail = EmailMessage()
    mail.set_content("Hello")
    mail.add_attachment(b"x", "image", "png", filename="one.png")
    (part,) = mail.iter_attachments()
    part.set_param(
        "filename" if field == "Content-Disposition" else "name",
        f"{SEED}.png",
        field,
        charset=charset or None,
    )
    made = redact(HEAD + mail.as_bytes(), (), TEXT, "m")
    assert made is not None
    assert b"sausage" not in made
    assert "redacted" in made.decode()
    assert b"Hello" in made


def test_what_is_beside_it_stays() -> None:
    made = redact(SEEDED["as it is"], (), TEXT, "m")
    assert made is not None
    assert "My words: [redacted: seed phrase]\r\n" == said(made)
    assert made.startswith(HEAD)


def test_html_becomes_the_redacted_text() -> None:
    made = redact(SEEDED["html"], (), "a < b", "m")
    assert made is not None
    assert "<html><body><pre>a &lt; b</pre></body></html>" == said(made).replace("\r\n", "")


def test_a_subject_is_cleaned_whatever_it_is_written_in() -> None:
    encoded = base64.b64encode(f"助 {SEED}".encode()).decode()
    made = redact(HEAD + f"Subject: =?utf-8?b?{encoded}?=\r\n\r\nhello\r\n".encode(), (), TEXT, "m")
    assert made is not None
    subject = str(make_header(decode_header(message_from_bytes(made)["Subject"])))
    assert "助 [redacted: seed phrase]" == subject
    assert "hello" in said(made)


def test_words_that_are_named_go_and_pictures_stay() -> None:
    picture = b"--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"
    raw = (
        HEAD
        + b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
        + b"Content-Type: text/plain\r\n\r\nthe word is hunter2\r\n"
        + picture
        + b"--b--\r\n"
    )
    made = redact(raw, ("hunter2",), TEXT, "m")
    assert made is not None
    assert "the word is [redacted: text]" in said(made)
    assert b"iVBORw0KGgo=" in made
    assert None is redact(raw, (), TEXT, "m")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff",
        HEAD,
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b--",
        b"Subject: " + b"x" * 5000,
    ],
)
def test_what_holds_no_secret_is_left_alone(raw: bytes) -> None:
    assert None is redact(raw, (), TEXT, "m")
    assert [] == find(TEXT)


@pytest.mark.parametrize("number", ["4944731017008000965", "4706071835969128199", "4111111111111111"])
@pytest.mark.parametrize("where", ["a boundary", "a Message-ID"])
def test_a_number_that_a_program_made_by_chance_costs_no_file(number: str, where: str) -> None:
    mail = EmailMessage()
    mail.set_content(f"My words: {SEED}")
    mail.add_attachment(b"one file", "image", "png", filename="one.png")
    if where == "a boundary":
        mail.set_boundary(f"==============={number}==")
    else:
        mail["References"] = f"<176445.{number}@x.example>"
    made = redact(HEAD + mail.as_bytes(), (), TEXT, "m")
    assert made is not None
    assert b"sausage" not in made
    (file,) = [part for part in message_from_bytes(made).walk() if part.get_filename()]
    assert b"one file" == file.get_payload(decode=True)


def test_a_card_number_beside_them_is_still_seen() -> None:
    head = HEAD + b"Content-Type: multipart/mixed; boundary=abcdefgh12\r\n\r\n"
    raw = head + b"4111 1111 1111 1111\r\n--abcdefgh12--\r\n"
    made = redact(raw, (), TEXT, "m")
    assert made is not None
    assert b"4111 1111" not in made


@pytest.mark.parametrize("field", ["References", "In-Reply-To"])
def test_what_is_named_is_found_in_an_id_too(field: str) -> None:
    raw = HEAD.replace(b"\r\n\r\n", b"") + f"{field}: <lin.4711@x.example>\r\n\r\nHello\r\n".encode()
    assert redact(raw, ["lin.4711@x.example"], TEXT, "m") is not None
    assert redact(raw, ["lin.4712@x.example"], TEXT, "m") is None
