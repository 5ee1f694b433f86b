"""The plain text of an alternative is what was written, unless the HTML beside it says that it is not."""

import time

import pytest
from each_case import each

from intake.mail import alternatives
from intake.mail.parse import parse

# ruff: noqa: E501
F = b"From: Ann <a@x.example>\nTo: desk@y.example\nSubject: s\nDate: Tue, 5 May 2026 10:00:00 +0200\n"
ALERT = "Host db7 is down since 10:02. Please have a look at the disk in bay 3."
DEFECT = "the plain text says less than the HTML beside it, which is shown"


def mail(plain: str, page: str, label: str = "utf-8") -> bytes:
    return (
        F
        + b"Content-Type: multipart/alternative; boundary=B\n\n--B\nContent-Type: text/plain; charset="
        + f"{label}\n\n{plain}\n--B\nContent-Type: text/html; charset=utf-8\n\n{page}\n--B--\n".encode()
    )


STUBS = {
    "a sentence of HTML": "This is an HTML-formatted message and cannot be shown by your mail program.",
    "a word": "HTML",
    "a word and a page with its tag": "html",
    "a stop": ".",
    "a rule": "-----",
    "a library's default": "To view the message, please use an HTML compatible email viewer!",
    "a sentence and its address": "Your mail client can not show this. See https://x.example/m?id=1&text=html",
    "German": "Diese Nachricht ist im HTML-Format. Bitte verwenden Sie ein anderes Mailprogramm.",
    "French": "Votre logiciel ne lit pas ce message, ouvrez-le dans un navigateur.",
    "Chinese": "您的邮件客户端不支持查看此邮件",
    "Japanese": "このメールはHTML形式です。",
    "Russian": "Ваша почтовая программа не поддерживает HTML",
    "a word that tells nothing": "alert",
    "what the part is": "Text version",
    "one letter": "e",
    "a picture": "[cid:image001.png@01DA]",
}


@each("page", ["<p>{}</p>", "<html><head><style>text {{}}</style></head><body>{}</body></html>"])
@each("stub", STUBS.values(), ids=STUBS.keys())
def test_a_stub_gives_way_to_the_html(stub: str, page: str) -> None:
    message = parse(mail(stub, page.format(ALERT)))
    assert (ALERT, ALERT) == (message.text, message.new_text)
    assert DEFECT in message.defects
    assert ALERT in message.html


DEVICES = [
    "Sent from my iPhone", "Von meinem iPhone gesendet", "Envoyé de mon iPhone", "发自我的iPhone", "iPhoneから送信",
    "Отправлено с iPhone", "Get Outlook for iOS", "Sent from my Galaxy\n\nGet Outlook for Android", "Enviado desde mi iPhone",
]  # fmt: skip


@pytest.mark.parametrize("line", DEVICES)
def test_a_telephones_line_alone_gives_way_to_the_html(line: str) -> None:
    beside = "<br>".join(line.split("\n"))
    for page in (
        f"<div>{ALERT}</div><div>{beside}</div>",
        f"<div>{ALERT}</div>",
        f"<p>{beside}</p><p>{ALERT}</p>",
    ):
        message = parse(mail(line, page))
        assert ALERT in message.text
        assert DEFECT in message.defects


@pytest.mark.parametrize("line", DEVICES)
def test_a_telephones_line_stays_where_the_html_has_no_more(line: str) -> None:
    page = "<div>" + "<br>".join(line.split("\n")) + "</div>"
    assert line == parse(mail(line, page)).text
    words = f"Thanks!\n\n{line}"
    assert words == parse(mail(words, "<div>Thanks!</div>" + page + f"<blockquote>{ALERT}</blockquote>")).text


LOST = {
    "Chinese": ("??????, ????? MetaMask ????", "您好，我的钱包打不开了，MetaMask 也登录不了"),
    "Russian": ("????????????, ?? ???????? ????", "Здравствуйте, не работает вход"),
    "German": ("Gr??e aus M?nchen, es geht nicht", "Grüße aus München, es geht nicht"),
    "Turkish, some of its letters": ("Te?ekkürler, hesab?m? bulamad?m", "Teşekkürler, hesabımı bulamadım"),
    "an apostrophe": ("I can?t log in, it?s broken. Why?", "I can’t log in, it’s broken. Why?"),
    "each byte of a letter": ("Ben??tige Hilfe, Gr????e", "Benötige Hilfe, Grüße"),
    "at the end of a word": ("Caf?", "Café"),
    "at the end of a word among others": (
        "Hej, jag har problem p? fredag. Ok?",
        "Hej, jag har problem på fredag. Ok?",
    ),
    "alone behind a word": ("Der Preis ist 20 ?", "Der Preis ist 20 €"),
    "an emoji": ("Hi ?", "Hi 😀"),
    "below many questions": ("ok? " * 30 + "Gr??e", "ok? " * 30 + "Grüße"),
    "with the sign of what is lost": ("Gr\ufffd\ufffde aus M\ufffdnchen", "Grüße aus München"),
    "a picture of a face": ("It works again ?? thanks", "It works again 😀😀 thanks"),
    "Vietnamese": ("Xin ch?o, t?i kh?ng th? ??ng nh?p", "Xin chào, tôi không thể đăng nhập"),
}


@pytest.mark.parametrize(("plain", "words"), LOST.values(), ids=LOST.keys())
def test_letters_lost_to_question_marks_are_read_from_the_html(plain: str, words: str) -> None:
    message = parse(mail(plain, f"<div>{words}</div>"))
    assert (words, words) == (message.text, message.new_text)
    assert DEFECT in message.defects
    entities = "".join(f"&#{ord(char)};" if not char.isascii() else char for char in words)
    assert words == parse(mail(plain, f"<div>{entities}</div>")).text


KEPT = {
    "a question that the page has not": ("Is it ok? Thanks", "<p>Is it ok. Thanks</p><p>Müller — Bürö</p>"),
    "a question before a letter": ("Was ist das? Öl", "<p>Was ist das Öl</p>"),
    "a short answer": ("Thanks!", "<p>Thanks!</p><blockquote>On Monday we wrote to you of it at length</blockquote>"),
    "one sign": ("👍", "<p>👍</p><blockquote>On Monday we wrote to you of it at length</blockquote>"),
    "a question mark": ("?", "<p>?</p><div>On Monday we wrote to you of it at length</div>"),
    "a question of HTML": ("Why is this an HTML message?", "<p>Why is this an HTML message?</p>"),
    "a question of a browser": (
        "I opened it in the browser.",
        "<p>I opened it in the browser.</p><blockquote>Open it and tell us what you can see there</blockquote>",
    ),
    "words in entities": ("Не работает", "<p>&#1053;&#1077; &#1088;&#1072;&#1073;&#1086;&#1090;&#1072;&#1077;&#1090;</p>"),
    "a name in a picture": ("see picture", '<p><img src="x.png"></p>'),
    "words beside HTML read wrong": ("Не работает", "<p>РќРµ СЂР°Р±РѕС‚Р°РµС‚ it is the wrong one of two charsets</p>"),
    "two question marks": ("Really?? Why is it gone?? Größe", "<p>Really?? Why is it gone?? Größe</p>"),
    "a question above a quote": ("Really??\nYes", "<p>Really??<br>Yes</p><blockquote>Grüße, Jörg</blockquote>"),
    "an address": (
        "Schön, see https://x.example/?q=a?b and ?page=2",
        '<p>Schön – see <a href="https://x.example/?q=a?b">here</a> and ?page=2</p>',
    ),
    "a pattern": ("use ?abc and ??? for any", "<p>use ?abc and ??? for any – Ändern</p>"),
    "empty HTML": ("HTML", "<html><body></body></html>"),
    "HTML of another text": ("Please call me back today or tomorrow", "<p>Confidential. It is for its addressee alone.</p>"),
    "a lot of text on HTML": ("The html is broken. " * 30, "<p>Something else entirely stands here</p>"),
}  # fmt: skip


@pytest.mark.parametrize(("plain", "page"), KEPT.values(), ids=KEPT.keys())
def test_the_plain_text_stays_where_it_is_what_was_written(plain: str, page: str) -> None:
    message = parse(mail(plain, page))
    assert plain.strip() == message.text.strip()
    assert DEFECT not in message.defects


def test_an_empty_text_gives_way_as_before_and_pictures_stay_in_their_place() -> None:
    for nothing in ("", " ", "\u00a0"):
        message = parse(mail(nothing, f"<p>{ALERT}</p>"))
        assert (ALERT, ()) == (message.text, message.defects)
    related = mail("HTML", f'<p>{ALERT}</p><img src="cid:1">').replace(
        b"--B--", b"--B\nContent-Type: image/png; name=a.png\nContent-ID: <1>\n\n\x89PNG\r\n\x1a\n\n--B--"
    )
    assert f"{ALERT}\n\n[image: a.png]" == parse(related).text


@pytest.mark.parametrize("piece", ["a?b ", "??", "a" * 200 + "?b", "?x", "\ufffd", "html "])
def test_a_text_of_question_marks_costs_no_more_than_its_length(piece: str) -> None:
    began = time.process_time()
    alternatives.better(piece * (256 * 1024 // len(piece)), "<p>ü</p>" * 1000)
    assert time.process_time() - began < 0.5
