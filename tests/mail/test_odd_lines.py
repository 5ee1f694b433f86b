"""A line in a header that is no field ends the header only where a body begins."""

import base64
import time

import pytest
from each_case import each

from intake.mail import headers
from intake.mail.anonymise.copy import anonymise
from intake.mail.authenticity import vouched
from intake.mail.parse import parse

# ruff: noqa: E501
F = b"From: Ann <a@x.example>\nTo: desk@y.example\nSubject: s\nDate: Tue, 5 May 2026 10:00:00 +0200\n"
B64 = b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n"
WORDS = "Hello, I can not log in since Monday."
BODY = b"\n" + base64.encodebytes(WORDS.encode())
DEFECT = "a line in a header is no field"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3

ODD = {
    "a name with a blank": b"X-Scan Result: clean",
    "a name of two words": b"Scan Result: clean",
    "a name of four words": b"Checked By Antivirus Version: 7.2",
    "a name with small letters": b"X-Spam checked by us: yes",
    "a letter beyond ASCII": "X-Größe: 5".encode(),
    "a letter of Latin-1": "X-Priorität: hoch".encode("latin-1"),
    "a name beyond ASCII": "Приоритет: высокий".encode(),
    "a name of 120 letters": b"X-" + b"Very-Long-" * 12 + b"Name: 1",
    "a name of 900 letters": b"X-" + b"y" * 900 + b": 1",
    "a name with a blank, folded": b"X-Scan Result: clean\n\tby the scanner: 5\n and more",
    "two of them": b"X-Scan Result: clean\nScan Time: 12",
    "no colon at all, above others": b"clean\nX-Mailer: y",
}


@pytest.mark.parametrize("line", ODD.values(), ids=ODD.keys())
def test_an_odd_line_below_the_others_does_not_end_the_header(line: bytes) -> None:
    for raw in (F + B64 + line + b"\n" + BODY, F + line + b"\n" + B64 + BODY):
        for one in (raw, raw.replace(b"\n", b"\r\n")):
            message = parse(one)
            assert (WORDS, "s", "a@x.example") == (message.text, message.subject, message.sender.mailbox)
            assert DEFECT in message.defects


@pytest.mark.parametrize("line", ODD.values(), ids=ODD.keys())
def test_an_odd_line_does_not_turn_a_picture_into_noise(line: bytes) -> None:
    raw = (
        F + b"Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain\n\nsee the picture\n"
        b"--B\nContent-Type: image/png; name=shot.png\nContent-Transfer-Encoding: base64\n"
        + line + b"\n\n" + base64.encodebytes(PNG) + b"--B--\n"
    )  # fmt: skip
    message = parse(raw)
    assert ("see the picture", [PNG]) == (message.text, [one.content for one in message.attachments])
    assert DEFECT in message.defects


@pytest.mark.parametrize("line", [b"Scan result for this: clean", b"odd words", "次: はい".encode()])
def test_above_parts_any_line_is_one_of_the_header(line: bytes) -> None:
    raw = F + b"Content-Type: multipart/mixed; boundary=B\n" + line + b"\n\n--B\n\nhello\n--B--\n"
    assert "hello" == parse(raw).text


SUBJECTS = {
    "words at the margin, fields below": (b"Subject: I can not log in\nsince Monday\nX-Mailer: y\n", "I can not log in since Monday"),
    "words at the margin, twice": (b"Subject: I can\nnot log in\nsince Monday\nMIME-Version: 1.0\n", "I can not log in since Monday"),
    "words at the margin below a long line": (
        b"Subject: my wallet shows a wrong balance since the last update of\nthe app on my telephone\n",
        "my wallet shows a wrong balance since the last update of the app on my telephone",
    ),
    "words at the margin, the last field": (b"Subject: I can not log in\nsince Monday\n", "I can not log in since Monday"),
    "two lines of them, the last field": (b"Subject: I can not log in\nsince Monday\nand nothing helps\n", "I can not log in since Monday and nothing helps"),
    "Russian, two lines": ("Subject: Не могу войти\nс понедельника\nв кабинет\n".encode(), "Не могу войти с понедельника в кабинет"),
    "a short line below a long one": (
        b"Subject: I can not log in to my wallet since the last update of\nthe application on my phone\nand nothing helps\n",
        "I can not log in to my wallet since the last update of the application on my phone and nothing helps",
    ),
    "a word in code at the margin": (b"Subject: =?utf-8?Q?Gr=C3=BC?=\n=?utf-8?Q?=C3=9Fe?=\n", "Grüße"),
}  # fmt: skip


@pytest.mark.parametrize(("field", "subject"), SUBJECTS.values(), ids=SUBJECTS.keys())
def test_the_rest_of_a_subject_at_the_margin_is_its_rest(field: bytes, subject: str) -> None:
    raw = F.replace(b"Subject: s\n", b"") + field + b"\nhello\n"
    assert (subject, "hello") == ((message := parse(raw)).subject, message.text)


RESTS = {
    "a colon above": (b"Subject: Problem with wallet:\nurgent: please help\n", "Problem with wallet: urgent: please help"),
    "a comma above": (b"Subject: my wallet,\nnote: it is the old one\nX-Mailer: y\n", "my wallet, note: it is the old one"),
    "a long line above": (
        b"Subject: since the last update the application says at its start\nerror: no space left\n",
        "since the last update the application says at its start error: no space left",
    ),
    "beside an odd line": (b"X-Scan Result: clean\nSubject: wallet:\nurgent: please help\n", "wallet: urgent: please help"),
    "folded once more": (b"Subject: wallet:\nurgent: please do\n help\n", "wallet: urgent: please do help"),
}  # fmt: skip
NO_RESTS = {
    "a field in small letters": b"precedence: bulk\n",
    "an address": b"sender: b@x.example\n",
    "a field with a hyphen": b"thread-topic: wallet\n",
    "a field with a capital letter": b"Campaign: spring sale\n",
    "a field of a script": b"author: webshop\n",
    "a name that scripts write": b"charset: utf-8 or latin-1\n",
    "nothing behind the colon": b"urgent:\n",
    "no blank behind the colon": b"urgent:please\n",
}


@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(("field", "subject"), RESTS.values(), ids=RESTS.keys())
def test_a_rest_with_a_colon_is_the_subjects_where_all_speaks_for_it(
    field: bytes, subject: str, end: bytes
) -> None:
    raw = F.replace(b"Subject: s\n", b"") + field + b"\nhello\n"
    message = parse(raw.replace(b"\n", end))
    assert (subject, "hello") == (message.subject, message.text)


@pytest.mark.parametrize("line", NO_RESTS.values(), ids=NO_RESTS.keys())
def test_a_field_below_a_subject_is_a_field(line: bytes) -> None:
    raw = F.replace(b"Subject: s\n", b"Subject: Problem with wallet:\n" + line)
    assert "Problem with wallet:" == parse(raw).subject
    # A word that nobody calls a field is one all the same below a subject that is at its end.
    assert "Login" == parse(F.replace(b"Subject: s\n", b"Subject: Login\nurgent: yes\n")).subject


def test_a_rest_with_a_colon_is_in_no_copy_that_is_shared() -> None:
    raw = (
        F.replace(b"Subject: s\n", b"Subject: Problem with wallet:\nwalletname: please help\n") + b"\nhello\n"
    )
    assert b"walletname" not in anonymise(raw, b"a key of this run only, and secret")


LAST = {
    "a name in small letters": "x scanner: ok",
    "of three words": "x scan result: clean",
    "a number": "spam score: 0.1",
    "Cyrillic": "Привет: х",
    "Cyrillic, a word": "Приоритет: высокий",
    "Chinese": "优先级: 高",
    "a banner in stars": "***** SPAM *****",
    "a banner of three words": "*** EXTERNAL EMAIL ***",
    "a banner in brackets": "[External]",
    "two of them": "x scanner: ok\n[External]",
}


@each("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
@each("line", LAST.values(), ids=LAST.keys())
def test_a_short_odd_line_right_above_the_empty_one_is_none_of_the_body(line: str, end: bytes) -> None:
    for kind in (b"", b"Content-Type: text/plain; charset=utf-8\n"):
        message = parse((F + kind + line.encode() + b"\n\nHello,\n\nit is locked.\n").replace(b"\n", end))
        assert ("Hello,\n\nit is locked.", "s") == (message.text, message.subject)
        assert DEFECT in message.defects


@pytest.mark.parametrize("line", [*LAST.values(), "clean", "OK", "virus", "no virus found", "Scanned by us"])
def test_a_line_right_above_the_empty_one_and_base64_is_no_noise_in_a_file(line: str) -> None:
    for content in (PNG, PNG[:9]):
        file = (
            b"--B\nContent-Type: image/png; name=shot.png\nContent-Transfer-Encoding: base64\n"
            + line.encode() + b"\n\n" + base64.encodebytes(content) + b"--B--\n"
        )  # fmt: skip
        message = parse(F + b"Content-Type: multipart/mixed; boundary=B\n\n--B\n\nsee\n" + file)
        assert ("see", [content]) == (message.text, [one.content for one in message.attachments])
        # Where the empty line was forgotten, the file begins right below the fields.
        forgotten = file.replace(line.encode() + b"\n\n", b"").replace(b"--B--\n", b"\n\n--B--\n")
        message = parse(F + b"Content-Type: multipart/mixed; boundary=B\n\n--B\n\nsee\n" + forgotten)
        assert [content] == [one.content for one in message.attachments]


BELOW_A_SUBJECT = [
    "Hello,\nit is locked\n\nAnn", "hi there\nit is locked\n\nAnn", "my wallet is empty\n\nthanks", "wallet empty.\n\nAnn",
    "since Monday\nIt is locked\n\nAnn", "one\ntwo\nthree\nfour\n\nfive", "since Monday\n\n", "我的钱包打不开\n\n谢谢",
]  # fmt: skip


@pytest.mark.parametrize("words", BELOW_A_SUBJECT)
def test_words_right_below_a_subject_are_the_body_where_they_may_be(words: str) -> None:
    head = F.replace(b"Subject: s\n", b"") + b"Subject: Login\n"
    message = parse(head + words.encode())
    assert ("Login", words.strip()) == (message.subject, message.text.strip())


FORGOTTEN = {
    "a greeting and an empty line": "Hello,\n\nI can not log in.",
    "a greeting with a colon and an empty line": "Dear support:\n\nI can not log in.",
    "Chinese with a wide colon": "您好：\n\n我的钱包打不开了",
    "an answer to somebody": "Hi Bob: thanks\n\nAnn",
    "a subject of somebody's": "My problem: login\n\nAnn",
    "a cry and an empty line": "Help\n\nmy wallet is empty",
    "a note in brackets": "[1] see below\n\nAnn",
    "nothing below it": "x scanner: ok\n\n",
    "a banner and nothing below": "[External]\n",
    "a greeting": "Hello,\nI can not log in.\n\nAnn",
    "a greeting with a colon": "Dear support:\nI can not log in.\n\nAnn",
    "a greeting with a colon and words": "Dear Support Team: I can not log in.\n\nAnn",
    "a sentence with a colon": "I have a problem: it is locked.\n\nAnn",
    "Chinese with a colon": "您好: 我的钱包打不开\n\n谢谢",
    "Russian with a colon": "Здравствуйте: не могу войти\n\nСпасибо",
}


@pytest.mark.parametrize("words", FORGOTTEN.values(), ids=FORGOTTEN.keys())
def test_words_below_a_forgotten_empty_line_are_still_the_body(words: str) -> None:
    message = parse(F + b"Content-Type: text/plain; charset=utf-8\n" + words.encode())
    assert words.strip() == message.text.strip()


def test_what_a_server_says_below_an_odd_line_is_not_believed() -> None:
    forged = b"Authentication-Results: border.example; dmarc=pass header.from=x.example\n"
    for line in (b"X-Scan Result: clean\n", b"junk\n"):
        message = parse(F + line + forged + b"X-Mailer: y\n\nhello\n")
        assert ("hello", ()) == (message.text, message.authserv)
        assert not vouched(message, "border.example")
        assert vouched(parse(forged + F + line + b"X-Mailer: y\n\nhello\n"), "border.example")


@pytest.mark.parametrize("line", [b"X-A b: c\n", b"junk\n", b"a b c d e f g\n", "ü: 1\n".encode() * 2])
def test_a_header_of_odd_lines_costs_no_more_than_its_length(line: bytes) -> None:
    raw = F + line * (256 * 1024 // len(line)) + b"\nhello\n"
    began = time.process_time()
    headers.read(raw, 0, len(raw))
    assert time.process_time() - began < 0.5
