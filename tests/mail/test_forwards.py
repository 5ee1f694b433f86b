# ruff: noqa: E501 (a form stays on the line of its name)
"""Who wrote a forwarded mail, in every language's clients, inline and attached."""

import time
from collections.abc import Iterator

import pytest
from client_forms import FORMS, Forms
from each_case import each

from intake.desk.message import Attachment, Forward
from intake.mail.parse import parse
from intake.mail.quotes.forwards import plain_subject, read

NAME, ADDRESS = "Lin Customer", "lin@customer.example"
SUBJECT = "Login"


def header(
    form: Forms, date: str, *, labels: tuple[str, ...] = (), person: str = "", bold: bool = False
) -> str:
    names = labels or form.labels
    values = (person or f"{NAME} <{ADDRESS}>", date, "Anna <anna@staff.example>", SUBJECT)
    star = "*" if bold else ""
    return "\n".join(f"{star}{name}:{star} {value}" for name, value in zip(names, values, strict=True))


def forms(form: Forms) -> Iterator[tuple[str, str, str]]:
    """Yield (client, subject, what it writes below the forwarder's words)."""
    text = form.words[0]
    mac = (form.labels[0], form.mac_date, *form.labels[2:])
    for number, line in enumerate(form.forwarded):
        yield f"line-{number}", SUBJECT, f"{line}\n{header(form, form.dated[1], labels=mac)}\n\n{text}"
        yield (
            f"line-{number}-no-prefix-blank-below",
            "x",
            f"{line}\n\n{header(form, form.dated[1], labels=mac)}\n\n\n{text}",
        )
    said = f"{header(form, form.dated[2], labels=mac)}\n\n{text}"
    quoted = "\n".join(f"> {one}".rstrip() for one in said.split("\n"))
    yield "apple", f"Fwd: {SUBJECT}", f"{form.apple_forward}\n\n{quoted}"
    yield "apple-unquoted", f"Fwd: {SUBJECT}", f"{form.apple_forward}\n\n{said}"
    yield "outlook", f"{form.prefix} {SUBJECT}", f"{header(form, form.dated[0])}\n\n{text}"
    yield (
        "outlook-of-old",
        f"{form.prefix} {SUBJECT}",
        f"{form.original}\n{header(form, form.dated[0], person=f'{NAME} [mailto:{ADDRESS}]')}\n\n{text}",
    )
    yield "outlook-bold", f"{form.prefix} {SUBJECT}", f"{header(form, form.dated[0], bold=True)}\n\n{text}"
    yield "outlook-web", f"FW: {SUBJECT}", f"{'_' * 32}\n{header(form, form.dated[0])}\n\n{text}"
    tabbed = "\n".join(
        f"{name}: \t{value}"
        for name, value in zip(
            (form.labels[3], form.mac_date, form.labels[0], form.labels[2]),
            (SUBJECT, "Fri, 9 Aug 2024 18:42:10 +0200", f"{NAME} <{ADDRESS}>", "anna@staff.example"),
            strict=True,
        )
    )
    yield "thunderbird", f"Fwd: {SUBJECT}", f"{form.forwarded[-1]}\n{tabbed}\n\n\n\n{text}"
    yield (
        "thunderbird-as-html",
        f"Fwd: {SUBJECT}",
        f"{form.forwarded[-1]}\n{tabbed.replace(chr(9), '| ')}\n\n{text}",
    )


CASES = {
    f"{language}-{client}-{'remark' if remark else 'alone'}": (
        subject,
        f"{remark}\n\n{below}" if remark else below,
        form.words[0],
        remark,
    )
    for language, form in FORMS.items()
    for client, subject, below in forms(form)
    for remark in ("", "Please look at this.\nAnna")
}


def squeezed(text: str) -> str:
    return " ".join(text.split())


@each("name", CASES)
def test_the_author_and_his_words_are_found(name: str) -> None:
    subject, text, words, remark = CASES[name]
    found = read(text, "", (), subject)
    assert found is not None
    assert (NAME, ADDRESS, SUBJECT) == (found.sender.name, found.sender.mailbox, found.subject)
    assert (squeezed(words), squeezed(remark)) == (squeezed(found.text), squeezed(found.remark))
    assert "2024" in found.date


OTHERS = {
    "yandex": ("Fwd: Login", '-------- Пересылаемое сообщение --------\n09.08.2024, 18:42, "Lin Customer" <lin@customer.example>:\n\nне работает\n\n-------- Конец пересылаемого сообщения --------'),
    "mail-ru": ("Fwd: Login", "-------- Пересылаемое сообщение --------\nОт кого: Lin Customer <lin@customer.example>\nКому: anna@staff.example\nДата: Пятница, 9 августа 2024, 18:42 +03:00\nТема: Login\n\nне работает"),
    "zoho": ("Fwd: Login", "============ Forwarded message ============\nFrom: Lin Customer <lin@customer.example>\nTo: <anna@staff.example>\nDate: Fri, 09 Aug 2024 18:42:10 +0200\nSubject: Login\n============ Forwarded message ============\n\nне работает"),
    "qq": ("转发：Login", '------------------ 原始邮件 ------------------\n发件人: "Lin Customer" <lin@customer.example>;\n发送时间: 2024年8月9日(星期五) 晚上6:42\n收件人: "Anna"<anna@staff.example>;\n主题: Login\n\nне работает'),
    "netease": ("转发:Login", '-------- 转发邮件信息 --------\n发件人："Lin Customer" <lin@customer.example>\n发送日期：2024-08-09 18:42:10\n收件人：anna@staff.example\n主题：Login\n\nне работает'),
    "naver": ("FW: Login", '-----Original Message-----\nFrom: "Lin Customer"<lin@customer.example>\nTo: <anna@staff.example>;\nCc:\nSent: 2024-08-09 (금) 18:42:10 (GMT+09:00)\nSubject: Login\n\nне работает'),
    "proton": ("Fw: Login", "------- Forwarded Message -------\nFrom: Lin Customer <lin@customer.example>\nDate: On Friday, August 9th, 2024 at 6:42 PM\nSubject: Login\nTo: anna@staff.example <anna@staff.example>\n\nне работает"),
    "yahoo": ("Fw: Login", "----- Forwarded Message -----From: Lin\n----- Forwarded Message -----\nFrom: Lin Customer <lin@customer.example>\nTo: Anna <anna@staff.example>\nSent: Friday, August 9, 2024 at 06:42:10 PM GMT+2\nSubject: Login\n\nне работает"),
    "samsung": ("Fwd: Login", "-------- Original message --------\nFrom: Lin Customer <lin@customer.example>\nDate: 09/08/2024 18:42 (GMT+01:00)\nTo: anna@staff.example\nSubject: Login\n\nне работает"),
    "webde": ("Fwd: Login", "Gesendet: Freitag, 09. August 2024 um 18:42 Uhr\nVon: \"Lin Customer\" <lin@customer.example>\nAn: anna@staff.example\nBetreff: Login\n\nне работает"),
    "a-name-folded": ("WG: Login", "Von: Lin Customer\n<lin@customer.example>\nGesendet: Freitag, 9. August 2024 18:42\nAn: Anna <anna@staff.example>\nBetreff: Login\n\nне работает"),
    "an-answer-forwarded": ("Re: FW: Login", "From: Lin Customer <lin@customer.example>\nSent: 9 August 2024 18:42\nTo: Anna <anna@staff.example>\nSubject: RE: AW: Login\n\nне работает"),
}  # fmt: skip


@pytest.mark.parametrize("client", OTHERS)
def test_other_clients_forwards(client: str) -> None:
    subject, text = OTHERS[client]
    found = read(text, "", (), subject)
    assert found is not None
    assert (NAME, ADDRESS, SUBJECT) == (found.sender.name, found.sender.mailbox, found.subject)
    assert "не работает" == found.text
    assert "2024" in found.date


NOT_FORWARDS = {
    "an-answer-in-outlook": ("RE: Login", "Done.\n\nFrom: Lin <lin@customer.example>\nSent: Friday, 9 August 2024 18:42\nTo: Anna\nSubject: Login\n\nHelp"),
    "an-answer-in-gmail": ("Re: Login", "Done.\n\nOn Fri, 9 Aug 2024 at 18:42, Lin <lin@customer.example> wrote:\n> Help"),
    "words-about-a-forward": ("Fwd: question", "I have a forwarded message: it does not open.\nFrom: somewhere"),
    "no-address": ("FW: Login", "From: Lin Customer\nSent: Friday, 9 August 2024 18:42\nTo: Anna\nSubject: Login\n\nHelp"),
    "a-journey": ("Fwd: plan", "From: Berlin\nTo: Paris\nDate: 9 August"),
    "nothing": ("", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_FORWARDS)
def test_what_names_no_author_is_no_forward(name: str) -> None:
    subject, text = NOT_FORWARDS[name]
    assert read(text, "", (), subject) is None


INNER = (
    b"From: Lin Customer <lin@customer.example>\r\nTo: anna@staff.example\r\nSubject: Re: Login\r\n"
    b"Date: Fri, 9 Aug 2024 18:42:10 +0200\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="i"\r\n\r\n--i\r\nContent-Type: text/plain\r\n\r\nIt is dark.\r\n'
    b"--i\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=dark.png\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--i--\r\n"
)


def attached(inner: bytes = INNER) -> Attachment:
    return Attachment("Login.eml", "message/rfc822", inner)


def test_an_attached_mail_is_read_with_its_files() -> None:
    found = read("Please look.", "", (attached(),), "Login")
    assert found is not None
    assert (ADDRESS, "Login", "It is dark.", "Please look.") == (
        found.sender.mailbox,
        found.subject,
        found.text,
        found.remark,
    )
    assert ["dark.png"] == [one.name for one in found.attachments]


def test_an_attached_mail_of_a_machine_gets_no_answer() -> None:
    found = read("", "", (attached(b"Precedence: bulk\r\n" + INNER),))
    assert found is not None
    assert "" != found.suppress


def test_two_attached_mails_have_no_one_author() -> None:
    assert read("", "", (attached(), attached())) is None


@pytest.mark.parametrize("inner", [b"", b"\x00\xff" * 50, b"Subject: x\r\n\r\nno From"])
def test_an_attached_mail_without_an_author_is_no_forward(inner: bytes) -> None:
    assert read("", "", (attached(inner),)) is None


SUBJECTS = {
    "FW: Login": "Login", "Fwd: Re: Login": "Login", "转发：回复：登录": "登录", "WG: AW: Anmeldung": "Anmeldung",
    "TR : Connexion": "Connexion", "Fwd[2]: Login": "Login", "Frage: Login": "Frage: Login", "Fwd:": "Fwd:",
    "İLT: Giriş": "Giriş", "Login": "Login", "Пересл: Вход": "Вход", "轉寄: 登入": "登入",
}  # fmt: skip


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_loses_its_prefixes(subject: str) -> None:
    assert SUBJECTS[subject] == plain_subject(subject)


HOSTILE = {
    "labels": "From: a@b.example\n" * 30_000,
    "marks": "---------- Forwarded message ---------\n" * 20_000,
    "dashes": "-" * 1_000_000,
    "prefixed-quotes": "> " * 300_000,
    "one-line": "09.08.2024, 18:42" + "," * 300_000 + ":",
    "addresses": "From: " + "a@" * 400_000,
    "header-of-spaces": "---- Forwarded message ----\nFrom:" + " " * 500_000 + "a@b.example",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_linear_time(name: str) -> None:
    started = time.process_time()
    read(HOSTILE[name], "", (), "Fwd: " * 1000)
    plain_subject("Re: " * 100_000)
    assert time.process_time() - started < 1.5


def test_parse_says_who_was_forwarded() -> None:
    raw = (
        b"From: Anna <anna@staff.example>\r\nTo: help@desk.example\r\nSubject: FW: Login\r\n"
        b"Date: Fri, 9 Aug 2024 19:00:00 +0200\r\nMessage-ID: <f1@staff.example>\r\n\r\n"
        b"From: Lin <lin@customer.example>\r\nSent: Friday, 9 August 2024 18:42\r\nSubject: Login\r\n\r\nHelp me\r\n"
    )
    found = parse(raw).forward
    assert isinstance(found, Forward)
    assert ("lin@customer.example", "Help me") == (found.sender.mailbox, found.text)
