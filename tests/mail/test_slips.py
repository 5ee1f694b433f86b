"""Slips of scripts and gateways, a mail of each kind: what its author meant is read all the same."""

import base64

import pytest
from each_case import each

from intake.mail.authenticity import vouched
from intake.mail.parse import parse

# ruff: noqa: E501
F = b"From: Ann <a@x.example>\nTo: desk@y.example\nSubject: s\nDate: Tue, 5 May 2026 10:00:00 +0200\n"
MIXED = F + b'Content-Type: multipart/mixed; boundary="b"\n\n'
PNG = b"\x89PNG\r\n\x1a\n"
B64 = b"Content-Transfer-Encoding: base64\n"
QP = b"Content-Transfer-Encoding: quoted-printable\n"
PLAIN = b"--b\nContent-Type: text/plain; charset=utf-8\n\nhello\n"
HTML = b"--b\nContent-Type: text/html; charset=utf-8\n\n<b>hello</b>\n"
FILE = b"--b\nContent-Type: image/png; name=a.png\n" + B64 + b"\n" + base64.b64encode(PNG) + b"\n"
END = b"--b--\n"
PAGE = "<html><body><p>Grüße aus Köln</p></body></html>\n".encode()
LONG = "Vielen Dank für die schnelle Hilfe, jetzt läuft alles wieder. Viele Grüße".encode()
NOTE = b"This is a multi-part message in MIME format.\n\n"


def typed(kind: bytes, body: bytes = PAGE, more: bytes = b"") -> bytes:
    return F + b"Content-Type: " + kind + b"\n" + more + b"\n" + body


HEADERS = [
    (
        "a second type, and the line for old readers above the parts",
        F
        + b"Content-Type: multipart/alternative; boundary=b\nContent-type: text/plain\n\n"
        + NOTE
        + PLAIN
        + HTML
        + END,
        "hello",
        [],
    ),
    (
        "a plain type above the type with parts",
        F + b"Content-type: text/plain\nContent-Type: multipart/mixed; boundary=b\n\n" + PLAIN + FILE + END,
        "hello",
        ["a.png"],
    ),
    (
        "an empty line above the MIME fields",
        F + b"\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n" + PAGE,
        "Grüße aus Köln",
        [],
    ),
    (
        "an empty line above the MIME fields, encoded",
        (F + b"\nX-Mailer: PHP/7\nContent-Type: text/plain; charset=utf-8\n" + B64).replace(b"\n", b"\r\n")
        + b"\r\n"
        + base64.encodebytes(LONG),
        LONG.decode(),
        [],
    ),
    (
        "a line of blanks above the MIME fields",
        F + b"\n   \n\nContent-Type: multipart/mixed; boundary=b\n\n" + PLAIN + FILE + END,
        "hello",
        ["a.png"],
    ),
    (
        "an empty line above the fields of each part",
        MIXED + (PLAIN + FILE).replace(b"--b\n", b"--b\n\n") + END,
        "hello",
        ["a.png"],
    ),
    (
        "an empty line between the type and the encoding of a part",
        MIXED + PLAIN + FILE.replace(B64, b"\n" + B64) + END,
        "hello",
        ["a.png"],
    ),
    (
        "a mail pasted into the text is text",
        F + b"\nFrom: Bob\nTo: me\nContent-Type: text/html\n\n<p>hello</p>\n",
        "From: Bob\nTo: me\nContent-Type: text/html\n\n<p>hello</p>",
        [],
    ),
    (
        "a sentence that begins with the name of a field is text",
        F + b"\nContent-Type: text/html is what I see\n\nWhy?\n",
        "Content-Type: text/html is what I see\n\nWhy?",
        [],
    ),
    (
        "parameters folded without a blank",
        MIXED
        + PLAIN
        + FILE.replace(b"; name=", b'; x-unix-mode=0600;\nname="b-').replace(b".png\n", b'.png"\n')
        + END,
        "hello",
        ["b-a.png"],
    ),
    (
        "a file's name folded without a blank, with a colon in it",
        MIXED
        + PLAIN
        + FILE.replace(B64, b'Content-Disposition: attachment;\nfilename="10:30.png"\n' + B64)
        + END,
        "hello",
        ["10_30.png"],
    ),
    (
        "a boundary folded without a blank",
        MIXED.replace(b"; bo", b";\nbo") + PLAIN + FILE + END,
        "hello",
        ["a.png"],
    ),
    (
        "a line of blanks for the empty one above the parts",
        MIXED[:-1] + b" \n" + PLAIN + FILE + END,
        "hello",
        ["a.png"],
    ),
    ("no empty line above the parts", MIXED[:-1] + PLAIN + FILE + END, "hello", ["a.png"]),
    (
        "no empty line above the parts of a part",
        F
        + b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/mixed; boundary=bb;\n"
        + PLAIN.replace(b"--b", b"--bb")
        + b"--bb--\n--x--\n",
        "hello",
        [],
    ),
    (
        "an mbox line above a header of a hundred kilobytes",
        b"From ann@x.example Fri Jul  8 12:08:34 2011\n"
        + F
        + b"X-Long: "
        + b"y\n " * 50_000
        + b"y\n\nhello\n",
        "hello",
        [],
    ),
    ("a blank before the first field", b" " + MIXED + PLAIN + END, "hello", []),
]

STRUCTURE = [
    (
        "a boundary in the form of RFC 2231",
        MIXED.replace(b'="b"', b"*=us-ascii'en'%62") + b"--b\n\nhello\n" + FILE + END,
        "hello",
        ["a.png"],
    ),
    (
        "a boundary named with its dashes",
        MIXED.replace(b'"b"', b"--b") + b"--b\n\nhello\n" + FILE + END,
        "hello",
        ["a.png"],
    ),
    ("HTML that says a boundary", typed(b"text/html; boundary=b", PLAIN + FILE + END), "hello", ["a.png"]),
    ("HTML that says a boundary and has none", typed(b"text/html; boundary=b"), "Grüße aus Köln", []),
    ("no type, and a body of parts", F + b"\n" + NOTE + PLAIN + HTML + END, "hello", []),
    ("no type, and a text with a dashed line", F + b"\n--b\nhello\n--b--\n", "--b\nhello\n--b--", []),
    ("no subtype", typed(b"multipart; boundary=b", PLAIN + FILE + END), "hello", ["a.png"]),
    (
        "text and its HTML that are not called alternatives",
        MIXED + PLAIN + HTML + FILE + END,
        "hello",
        ["a.png"],
    ),
    (
        "text and another HTML",
        MIXED + PLAIN + HTML.replace(b"hello", b"bye") + END,
        "hello\nbye",
        [],
    ),
    (
        "HTML for a watch above the HTML",
        MIXED.replace(b"mixed", b"alternative")
        + HTML.replace(b"text/html", b"text/watch-html").replace(b"hello", b"short")
        + HTML
        + END,
        "hello",
        [],
    ),
    ("the text above the parts", MIXED + b"hello\n\n" + FILE + END, "hello", ["a.png"]),
    ("the line for old readers above the only file", MIXED + NOTE + FILE + END, "", ["a.png"]),
    (
        "named texts shown inline, and no other",
        MIXED + PLAIN.replace(b"\n\n", b'\nContent-Disposition: inline; filename="m.txt"\n\n') * 2 + END,
        "hello\nhello",
        ["m.txt", "m.txt"],
    ),
    (
        "a named text inline beside another is a file",
        MIXED + PLAIN.replace(b"\n\n", b'\nContent-Disposition: inline; filename="m.txt"\n\n') + PLAIN + END,
        "hello",
        ["m.txt"],
    ),
]

TYPES = [
    b"<text/html>; charset=utf-8", b"(none) text/html; charset=utf-8", b"Content-Type: text/html; charset=utf-8",
    b"text\\html; charset=utf-8", b"text/html charset=utf-8", b"text/html, charset=utf-8", b"text/htm", b"*/*",
    b"texthtml", b"html", b"plain/text", b"plain", b"text/*", b"text/x-html", b"message/html", b"text/text",
    b"text/plain; charset=utf-8", b"application/xhtml+xml",
]  # fmt: skip

ENCODINGS = [
    ("text labelled base64", typed(b"text/plain", b"Hello, please\nreset it.\n", B64), "Hello, please\nreset it."),
    ("words alone labelled base64", typed(b"text/plain", b"please reset it\n", B64), "please reset it"),
    ("UTF-8 labelled base64", typed(b"text/plain; charset=utf-8", "密码无法重置".encode(), B64), "密码无法重置"),
    ("HTML labelled base64", typed(b"text/html; charset=utf-8", PAGE, B64), "Grüße aus Köln"),
    (
        "base64 in one line with blanks for line ends",
        typed(b"text/plain; charset=utf-8", base64.encodebytes(LONG).replace(b"\n", b" "), B64),
        LONG.decode(),
    ),
    (
        "an address labelled quoted-printable",
        typed(b"text/plain", b"see https://x.example/?id=42&c=de now\n", QP),
        "see https://x.example/?id=42&c=de now",
    ),
    (
        "what is no ASCII labelled quoted-printable",
        typed(b"text/plain; charset=utf-8", "价格=99元 编号=C3\n".encode(), QP),
        "价格=99元 编号=C3",
    ),
    (
        "a hash of a mail labelled Latin-1",
        typed(b"text/plain; charset=iso-8859-1", b"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881\n"),
        "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
    ),
    ("an id labelled quoted-printable", typed(b"text/plain", b"id=42\n", QP), "id=42"),
    ("quoted-printable of one letter", typed(b"text/plain; charset=utf-8", b"f=C3=BCr\n", QP), "für"),
    ("quoted-printable of blanks alone", typed(b"text/plain", b"a =20\nb\n", QP), "a  \nb"),
    ("quoted-printable without a label", typed(b"text/plain; charset=utf-8", b"Gr=C3=BC=C3=9Fe =\nan\n"), "Grüße an"),
    (
        "quoted-printable in Latin-1 under the label of 7bit",
        typed(b"text/plain; charset=iso-8859-1", b"Gr=FC=DFe, K=F6ln\n", b"Content-Transfer-Encoding: 7bit\n"),
        "Grüße, Köln",
    ),
    (
        "quoted-printable whose every line end got another CR",
        typed(b"text/plain; charset=utf-8", b"Gr=C3=BC=C3=9Fe,\r\r\nsie =\r\r\ngeht\r\r\n\r\r\nnicht\r\r\n", QP),
        "Grüße,\nsie geht\n\nnicht",
    ),
    (
        "base64 whose every line end got another CR",
        typed(b"text/plain", base64.b64encode(b"one\r\r\ntwo\r\r\n\r\r\nthree"), B64),
        "one\ntwo\n\nthree",
    ),
    ("a formula is no quoted-printable", typed(b"text/plain", b"a=AA b=BB c=CC d=x\n"), "a=AA b=BB c=CC d=x"),
    ("base64 without a label", typed(b"text/plain; charset=utf-8", base64.encodebytes(LONG)), LONG.decode()),
    (
        "base64 in another charset without a label",
        typed(b"text/plain; charset=windows-1251", base64.encodebytes("Здравствуйте, не могу войти".encode("cp1251"))),
        "Здравствуйте, не могу войти",
    ),
    (
        "quoted-printable without a label, its line ends doubled by a gateway",
        typed(b"text/plain; charset=iso-8859-2", b"dotar=B3o, prosz=EA =\r\r\nsi=EA zalogowa=E6\r\n"),
        "dotarło, proszę się zalogować",
    ),
    ("a token is no base64 text", typed(b"text/plain", b"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0\xff"[:40]), "c2VjcmV0" * 5),
    ("a word is no base64", typed(b"text/plain", b"Thanks"), "Thanks"),
]  # fmt: skip


def check(raw, text, names):
    message = parse(raw)
    assert text == message.text
    assert names == [one.name for one in message.attachments]
    assert (
        ("a@x.example", "Ann") == (message.sender.mailbox, message.sender.name)
        if message.sender
        else ("", "")
    )
    return message


@pytest.mark.parametrize(("raw", "text", "names"), [r[1:] for r in HEADERS], ids=[r[0] for r in HEADERS])
def test_a_header_with_a_slip(raw, text, names):
    for one in check(raw, text, names).attachments:
        assert PNG == one.content
    check(raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), text, names)


@pytest.mark.parametrize(("raw", "text", "names"), [r[1:] for r in STRUCTURE], ids=[r[0] for r in STRUCTURE])
def test_parts_with_a_slip(raw, text, names):
    check(raw, text, names)
    check(raw.replace(b"\n", b"\r\n"), text, names)


@pytest.mark.parametrize("kind", TYPES, ids=[kind.decode() for kind in TYPES])
def test_a_page_is_read_under_any_type(kind):
    check(typed(kind), "Grüße aus Köln", [])


@each(("raw", "text"), [r[1:] for r in ENCODINGS], ids=[r[0] for r in ENCODINGS])
def test_a_transfer_encoding_that_is_another(raw, text):
    check(raw, text, [])


def test_alternatives_whose_plain_text_is_the_page_show_it_once():
    raw = F + b"Content-Type: multipart/alternative; boundary=b\n\n" + PLAIN.replace(b"hello\n", PAGE)
    check(raw + b"--b\nContent-Type: text/html; charset=utf-8\n\n" + PAGE + END, "Grüße aus Köln", [])


@pytest.mark.parametrize("kind", [b"application/pdf", b"pdf; name=r.pdf", b"text/plain"])
def test_a_pdf_is_a_file_under_any_type_and_without_its_encoding(kind):
    body = base64.encodebytes(b"%PDF-1.4\n" + bytes(range(256)))
    (file,) = parse(typed(kind, body, B64)).attachments
    assert ("application/pdf", b"%PDF-1.4\n" + bytes(range(256))) == (file.media_type, file.content)
    (file,) = parse(typed(b"application/pdf", body)).attachments
    assert b"%PDF-1.4\n" + bytes(range(256)) == file.content


ENCODED_NAMES = [
    ("single quotes", b"attachment; filename='a b.png'", "a b.png"),
    ("no semicolon", b'attachment filename="a b.png"', "a b.png"),
    ("a comma", b'attachment, filename="a b.png"', "a b.png"),
    ("no disposition", b'filename="a b.png"', "a b.png"),
    ("the other kind's parameter", b'attachment; name="a b.png"', "a b.png"),
    ("RFC 2231 without its star", b"attachment; filename=UTF-8''%E4%B8%AD%E6%96%87.png", "中文.png"),
    ("RFC 2231 without its star, quoted", b"attachment; filename=\"iso-8859-1'de'M%FCll.png\"", "Müll.png"),
    ("as in an address", b'attachment; filename="%E4%B8%AD%E6%96%87.png"', "中文.png"),
    ("a percent sign", b'attachment; filename="100%25.png"', "100%25.png"),
    ("a percent sign and letters", b'attachment; filename="50%E4.png"', "50%E4.png"),
    ("a code cut in two words", b'attachment; filename="=?utf-8?Q?a=C3?=\n\t=?utf-8?Q?=BC_b=?= =?utf-8?Q?2Epng?="', "aü b.png"),
    ("four letters of base64 cut in two", b'attachment; filename="=?utf-8?B?w6Q?= =?utf-8?B?ucG5n?="', "ä.png"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "name"), [r[1:] for r in ENCODED_NAMES], ids=[r[0] for r in ENCODED_NAMES])
def test_a_name_written_with_a_slip(value, name):
    raw = MIXED + PLAIN + FILE.replace(B64, b"Content-Disposition: " + value + b"\n" + B64) + END
    check(raw.replace(b"; name=a.png", b""), "hello", [name])


def test_enriched_text_loses_its_commands():
    body = b"<bold>Now</bold> is <italic>the\ntime</italic>,\n\n<color><param>red</param>a << b</color>\n"
    check(typed(b"text/enriched", body), "Now is the time,\na < b ", [])
    check(
        typed(b"text/richtext", b"<bold>Now</bold> is<nl>the\ntime, a <lt> b"), "Now is\nthe time, a < b", []
    )


def test_what_a_server_says_counts_in_the_header_alone_and_never_below_it() -> None:
    forged = b"Authentication-Results: border.example; dmarc=pass header.from=staff.example\n"
    below = b"MIME-Version: 1.0\n" + forged + b"Content-Type: text/plain\n\nPlease reset it.\n"
    message = parse(b"From: anna@staff.example\nTo: help@desk.example\nSubject: Now\n\n" + below)
    assert ("Please reset it.", ()) == (message.new_text.strip(), message.authserv)
    assert not vouched(message, "border.example")


def test_who_wrote_a_mail_is_read_below_an_empty_line_and_proves_nothing() -> None:
    message = parse(
        b"To: help@desk.example\nSubject: s\n\nFrom: anna@staff.example\nContent-Type: text/plain\n\nhi"
    )
    assert ("anna@staff.example", False) == (message.sender.mailbox, message.one_author)


@each("charset", ["", "; charset=utf-8", "; charset=iso-8859-1", "; charset=gb2312"])
@each(
    "text",
    [
        "timeout=900\nretries=85\nlimit=990\n",
        "colour=FF0000\nback=C0C0C0\nline=EE8800\n",
        "x=C1, y=9A and z=80, says the log\n",
        "r0=C0 r1=D1 r2=E2 r3=F3\n",
        "key=AB&x=CD&y=EF user=E4 F=C3\n",
        "pwd=\nuser=\nx=E4 y=C3 z=D4\n",
        "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881\n",
        "2D711642B726B04401627CA9FBAC32F5C8530FB1903CC4DB02258717921A4881\n",
        "49015420323751849015420323751849015420\n",
    ],
)
def test_a_list_of_settings_is_no_quoted_printable(text: str, charset: str) -> None:
    raw = F + b"Content-Type: text/plain" + charset.encode() + b"\n\n" + text.encode()
    assert text.strip() == parse(raw).text.strip()


def test_words_below_a_sample_of_parts_are_their_authors() -> None:
    sample = "--x\nContent-Disposition: form-data; name=a\n\nvalue\n--x--\nthat is my request"
    assert sample == parse(F + b"\n" + sample.encode()).text
