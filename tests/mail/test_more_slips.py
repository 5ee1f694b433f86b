"""Slips at the edge of a part: a word under the label of base64, a comment above HTML, half a delimiter."""

# ruff: noqa: E501
import base64

import pytest
from each_case import each

from intake.mail.parse import parse

F = b"From: Ann <a@x.example>\nTo: desk@y.example\nSubject: s\nDate: Tue, 5 May 2026 10:00:00 +0200\n"
B64 = b"Content-Transfer-Encoding: base64\n"
UTF8 = F + b"Content-Type: text/plain; charset=utf-8\n"
LONG = "Vielen Dank für die schnelle Hilfe, jetzt läuft alles wieder, wie es sein soll."
HASH = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"

NO_BASE64 = [
    "stuff",
    "Thanks!",
    "HELP",
    "test",
    "hello",
    "12345678",
    HASH,
    f"{HASH}\n{HASH.upper()}",
    f"0x{HASH}",
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
]


@each("label", [b"utf-8", b"iso-8859-1", b"us-ascii"])
@each("words", NO_BASE64)
def test_words_and_hashes_under_the_label_of_base64_are_words(words: str, label: bytes) -> None:
    raw = UTF8.replace(b"utf-8", label) + B64 + b"\n" + words.encode() + b"\n"
    assert words == parse(raw).text


@pytest.mark.parametrize(
    "words", ["hi", "ok", "hi!", "Grüße", "您好", "да", "MFA", "hello", "password: 12345678"]
)
def test_short_words_in_base64_are_still_decoded(words: str) -> None:
    assert words == parse(UTF8 + B64 + b"\n" + base64.b64encode(words.encode()) + b"\n").text


RUSSIAN = "Привет, у меня проблема с кошельком"
BEHIND = [
    ("a word behind", b"aHl2w6TDpCB5w7Z0w6QK ignored\n", "hyvää yötä"),
    ("two words behind", b"aHl2w6TDpCB5w7Z0w6QK not base64\n", "hyvää yötä"),
    ("a word behind the padding", base64.b64encode("hyvää yötä!".encode()) + b" ignored\n", "hyvää yötä!"),
    ("a word behind a long text", base64.encodebytes(LONG.encode()).rstrip() + b" ignored\n", LONG),
    ("English", base64.b64encode(b"hello there all!") + b" thanks\n", "hello there all!"),
    ("blanks for line ends", base64.encodebytes(LONG.encode() * 3).replace(b"\n", b" "), LONG * 3),
    ("dashes behind a long text", base64.encodebytes(RUSSIAN.encode()).rstrip() + b" --\n", RUSSIAN),
    (
        "a scanner behind a long text",
        base64.encodebytes(RUSSIAN.encode()).rstrip() + b" *** ok ***\n",
        RUSSIAN,
    ),
    ("a sentence behind", base64.encodebytes(RUSSIAN.encode()).rstrip() + b" This was scanned\n", RUSSIAN),
    ("a word below", base64.encodebytes(RUSSIAN.encode()) + b"thanks\n", RUSSIAN),
    ("a mark below", base64.encodebytes(RUSSIAN.encode()) + b"[EXTERNAL]\n", RUSSIAN),
    ("a number below", base64.encodebytes(RUSSIAN.encode()) + b"12345\n", RUSSIAN),
    ("dashes and words below", base64.encodebytes(RUSSIAN.encode()) + b"--\nmailing list\n", RUSSIAN),
    (
        "the address of a wallet",
        b"0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B\n",
        "0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B",
    ),
    ("a name in two words", b"MetaMask\n", "MetaMask"),
    ("a telephone's", b"iPhone\n", "iPhone"),
    ("a question", b"Why?\n", "Why?"),
    ("an address", b"https://x.example/a\n", "https://x.example/a"),
    ("words alone", b"please reset it\n", "please reset it"),
    ("a name that looks like it", b"WalletConnect is down\n", "WalletConnect is down"),
]


@each(("body", "words"), [row[1:] for row in BEHIND], ids=[row[0] for row in BEHIND])
def test_a_word_behind_base64_is_not_decoded(body: bytes, words: str) -> None:
    assert words == parse(UTF8 + B64 + b"\n" + body).text


@pytest.mark.parametrize("word", ["æøå", "für", "één", "Øre"])
def test_a_word_whose_base64_looks_like_a_word_is_decoded(word: str) -> None:
    body = base64.b64encode(word.encode("latin-1"))
    assert word == parse(UTF8.replace(b"utf-8", b"iso-8859-1") + B64 + b"\n" + body + b"\n").text


@pytest.mark.parametrize("word", ["テスト", "ё", "テスト\n"])
def test_a_word_of_utf8_whose_base64_looks_like_a_word_is_decoded(word: str) -> None:
    body = base64.b64encode(word.encode())
    assert word.strip() == parse(UTF8 + B64 + b"\n" + body + b"\n").text


ORDER = "My order is late."
PAGES = {
    "a comment above": f'<!--\n en_us\n-->\n<span style="display: none"></span>\n<html><body><p>{ORDER}</p></body></html>',
    "two comments above": f"<!-- a --><!-- b -->\n\n<!DOCTYPE html><html><body>{ORDER}</body></html>",
    "a condition above": f"<!--[if mso]><style>p {{}}</style><![endif]--><div>{ORDER}</div>",
    "an XML line above": f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html><html><body>{ORDER}</body></html>',
    "no comment": f"<p>{ORDER}</p>",
    "a mark of the byte order above": f"\ufeff<!-- a --><div>{ORDER}</div>",
    "bold": f"<strong>{ORDER}</strong>",
    "a section": f"<section>{ORDER}</section>",
    "a picture": f'<img src="cid:a"><p>{ORDER}</p>',
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_html_under_the_label_of_plain_text_is_html_below_a_comment(page: str) -> None:
    assert ORDER == parse(UTF8 + b"\n\n" + page.encode()).text


@pytest.mark.parametrize(
    "words",
    [
        "<!-- this comment --> is on my page",
        "<!-- a -->\nwhat is it?",
        "<!-- a",
        "<!--" * 5000 + ">",
        "<!---->" * 3000 + "x</p>",
    ],
)
def test_a_text_that_begins_with_a_comment_is_text(words: str) -> None:
    assert words == parse(UTF8 + b"\n" + words.encode()).text


def mixed(disposition: bytes, kind: bytes = b"text/plain", name: bytes = b"") -> bytes:
    return (
        F + b"Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: " + kind + b"\n"
        b"Content-Disposition: " + disposition + name + b"\n\nI can not log in.\n--B--\n"
    )  # fmt: skip


@pytest.mark.parametrize("word", [b"x-unknown", b"form-data", b"none", b"body", b"quoted", b"signature"])
def test_an_unknown_disposition_hides_no_text(word: bytes) -> None:
    assert ("I can not log in.", ()) == ((read := parse(mixed(word))).text, read.attachments)
    assert "I can not log in." == parse(mixed(word, b"text/html")).text


def test_the_name_of_a_field_in_a_form_is_no_name_of_a_file() -> None:
    assert ("I can not log in.", ()) == (
        (read := parse(mixed(b"form-data", name=b'; name="message"'))).text,
        read.attachments,
    )
    (file,) = parse(mixed(b"form-data", name=b'; name="up"; filename="a.txt"')).attachments
    assert file.name == "a.txt"


@pytest.mark.parametrize(("word", "kind", "name"), [
    (b"attachment", b"text/plain", b""), (b"attachement", b"text/plain", b""), (b"x-unknown", b"text/plain", b"; filename=a.txt"),
    (b"x-unknown", b"text/csv", b""), (b"x-unknown", b"application/pdf", b""),
])  # fmt: skip
def test_what_is_a_file_stays_one(word: bytes, kind: bytes, name: bytes) -> None:
    assert [b"I can not log in."] == [
        one.content.rstrip() for one in parse(mixed(word, kind, name)).attachments
    ]


PARTS = b"--b\nContent-Type: text/plain\n\nhello there\n\n--b\nContent-Type: text/plain\n\nand more\n"
ENDS = [
    ("one dash", PARTS + b"\n--b-\n", "hello there\n\nand more"),
    ("one dash and no line end", PARTS + b"\n--b-", "hello there\n\nand more"),
    ("one dash and blanks", PARTS + b"\n--b- \n\n\n", "hello there\n\nand more"),
    ("both", PARTS + b"\n--b--\n", "hello there\n\nand more"),
    ("none", PARTS, "hello there\n\nand more"),
    ("one dash amid the text", PARTS + b"\n--b-\nmore\n", "hello there\n\nand more\n\n--b-\nmore"),
    ("a sign of a name", PARTS + b"-- \nb-\n", "hello there\n\nand more\n-- \nb-"),
]


@pytest.mark.parametrize(("body", "words"), [row[1:] for row in ENDS], ids=[row[0] for row in ENDS])
def test_a_closing_delimiter_of_one_dash_is_no_text(body: bytes, words: str) -> None:
    raw = F + b"Content-Type: multipart/mixed; boundary=b\n\n" + body
    for one in (raw, raw.replace(b"\n", b"\r\n")):
        assert words.split() == parse(one).text.split()


def test_a_boundary_that_ends_with_a_dash_is_another() -> None:
    inner = b"--b\nContent-Type: multipart/mixed; boundary=b-\n\n--b-\n\ninner\n--b---\n--b--\n"
    assert "inner" == parse(F + b"Content-Type: multipart/mixed; boundary=b\n\n" + inner).text


def report(sender: str, subject: str, words: str, returned: bool = True) -> bytes:
    mail = "\n--B\nContent-Type: message/rfc822\n\nFrom: desk@y.example\nTo: taro@example.jp\nSubject: [#4711] Login\nMessage-ID: <t1@y.example>\n\nhello\n"
    head = f"From: {sender}\nTo: desk@y.example\nSubject: {subject}\nContent-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain; charset=utf-8\n\n"
    return f"{head}{words}\n{mail if returned else ''}--B--\n".encode()


REPORTS = [
    (
        "メールエラー通知",
        "メールボックスが一杯のため、送信できませんでした。\n Could not be delivered to: <taro@example.jp>",
    ),
    ("送信できませんでした", "次の宛先に送信できませんでした。\n\ntaro@example.jp"),
    ("配信不能", "taro@example.jp 宛のメールを配信できませんでした。"),
    ("送信エラー", "宛先が見つかりません: taro@example.jp"),
    ("エラーメール", "下記のアドレスにお届けできませんでした。\n<taro@example.jp>"),
]


@each("returned", [True, False])
@each("sender", ["no-reply@example.jp", "noreply@example.jp", "MAILER-DAEMON@example.jp"])
@each(("subject", "words"), REPORTS)
def test_a_bounce_in_japanese_words_alone_is_one(
    subject: str, words: str, sender: str, returned: bool
) -> None:
    bounce = parse(report(sender, subject, words, returned)).bounce
    assert bounce is not None
    assert ("taro@example.jp",) == bounce.recipients
    assert (("t1@y.example",) if returned else ()) == bounce.about


@pytest.mark.parametrize(("sender", "subject", "words"), [
    ("taro@example.jp", "送信エラー", "送金しようとすると、送信できませんでした。taro@example.jp まで連絡をください。"),
    ("taro@example.jp", "送信できません", "アプリから送信できませんでした。"),
    ("no-reply@example.jp", "お問い合わせ", "送信できませんでした。連絡先: taro@example.jp"),
    ("no-reply@example.jp", "送信エラーについて", "ボタンを押すとエラーになります。taro@example.jp"),
])  # fmt: skip
def test_a_person_or_form_that_can_not_send_is_no_bounce(sender: str, subject: str, words: str) -> None:
    assert parse(report(sender, subject, words, returned=False)).bounce is None
