# ruff: noqa: E501 (a form stays on the line of its name)
"""The clients' forms of fifteen languages: a reply's new part is found, and no word of its author is lost."""

import time
from collections.abc import Iterator

import pytest
from client_forms import FORMS, Forms
from each_case import each

from intake.mail.quotes.new_text import new_text

NAME, ADDRESS = "Desk Helper", "help@desk.example"


def quote(text: str, mark: str = "> ") -> str:
    return "\n".join(f"{mark}{line}".rstrip() for line in text.split("\n"))


def block(form: Forms, date: str, *, bold: bool = False, person: str = f"{NAME} <{ADDRESS}>") -> str:
    values = (person, date, "Ann <ann@example.com>", "RE: Login")
    star = "*" if bold else ""
    return "\n".join(
        f"{star}{label}:{star} {value}" for label, value in zip(form.labels, values, strict=True)
    )


def introductions(form: Forms) -> Iterator[tuple[str, str]]:
    """Yield (client, how it introduces a quote that is marked with ">")."""
    for client in ("gmail", "apple", "thunderbird", "bare"):
        yield client, getattr(form, client).format(n=NAME, a=ADDRESS)
    folded = form.gmail.format(n=NAME, a=ADDRESS)
    at = folded.find(f"<{ADDRESS}>") + 1
    yield "gmail-folded-in-the-address", f"{folded[:at]}\n{folded[at:]}"
    yield "horde", f"Quoting {NAME} <{ADDRESS}>:"
    yield "roundcube", f"On 2024-08-09 18:42, {NAME} wrote:"


def unquoted(form: Forms) -> Iterator[tuple[str, str]]:
    """Yield (client, the line or header it puts over a mail quoted whole, unmarked)."""
    yield "outlook", block(form, form.dated[0])
    yield "outlook-with-its-line", f"{form.original}\n{block(form, form.dated[0])}"
    yield "outlook-web", "_" * 32 + "\n" + block(form, form.dated[0])
    yield "outlook-bold", block(form, form.dated[0], bold=True)
    yield "exchange-old", block(form, form.dated[0], person=f"{NAME} [mailto:{ADDRESS}]")
    yield "exchange-inside", block(form, form.dated[0], person=NAME)
    values = (f"{NAME} <{ADDRESS}>", form.dated[0], "Ann <ann@example.com>", "Re: Login")
    labels = (form.labels[0], form.mac_date, *form.labels[2:])
    yield "outlook-mac", "\n".join(f"{one}: {value}" for one, value in zip(labels, values, strict=True))
    yield "proton", f"------- Original Message -------\n{form.gmail.format(n=NAME, a=ADDRESS)}"


def cases() -> Iterator[tuple[str, str, str]]:
    """Yield (name, the mail, its author's words)."""
    for language, form in FORMS.items():
        words, more = form.words
        for client, over in introductions(form):
            said = f"{over}\n{quote(form.quoted)}"
            yield f"{language}-{client}-top", f"{words}\n\n{said}\n", words
            yield f"{language}-{client}-tight", f"{words}\n{said}\n", words
            yield f"{language}-{client}-below", f"{said}\n\n{words}\n", words
            if client != "bare":
                both = f"{words}\n\n{quote(form.quoted)}\n\n{more}"
                yield f"{language}-{client}-between", f"{words}\n\n{said}\n\n{more}\n", both
            yield f"{language}-{client}-device", f"{words}\n\n{form.device}\n\n{said}\n", words
        for client, over in unquoted(form):
            yield f"{language}-{client}-top", f"{words}\n\n{over}\n\n{form.quoted}\n", words
            yield f"{language}-{client}-tight", f"{words}\n{over}\n\n{form.quoted}\n", words
            yield (
                f"{language}-{client}-mobile",
                f"{words}\n\n{form.outlook_mobile}<https://aka.ms/o0ukef>\n{over}\n\n{form.quoted}\n",
                words,
            )
        for client, over in (("gmail", form.gmail), ("apple", form.apple)):
            said = over.format(n=NAME, a=ADDRESS)
            yield f"{language}-{client}-unmarked", f"{words}\n\n{said}\n\n{form.quoted}\n", words
        yield f"{language}-device-only", f"{words}\n\n{form.device}\n", words
        yield f"{language}-signature", f"{words}\n\n-- \nAnn Example\n+49 30 1234\n", words
        yield f"{language}-nothing-quoted", f"{words}\n\n{more}\n", f"{words}\n\n{more}"


CASES = {name: (mail, words) for name, mail, words in cases()}


def folded(text: str) -> str:
    return " ".join(text.split())


@each("name", CASES)
def test_the_new_part_is_the_authors(name: str) -> None:
    mail, words = CASES[name]
    assert folded(new_text(mail, "")) == folded(words)


OVER = {
    "zimbra-french": "----- Mail original -----\nDe: \"Desk\" <help@desk.example>\nÀ: \"Ann\" <ann@example.com>\n"
    "Envoyé: Vendredi 9 Août 2024 18:42:10\nObjet: Re: Login",
    "zimbra-german": "----- Ursprüngliche Mail -----\nVon: \"Desk\" <help@desk.example>\nAn: \"Ann\" <ann@example.com>\n"
    "Gesendet: Freitag, 9. August 2024 18:42:10\nBetreff: Re: Login",
    "zimbra-spanish": "----- Mensaje original -----\nDe: \"Desk\" <help@desk.example>\nPara: \"Ann\" <ann@example.com>\n"
    "Enviados: Viernes, 9 de Agosto 2024 18:42:10\nAsunto: Re: Login",
    "zimbra-chinese": "----- 原始邮件 -----\n发件人: \"Desk\" <help@desk.example>\n收件人: \"Ann\" <ann@example.com>\n"
    "发送时间: 星期五, 2024年 8 月 09日 下午 6:42:10\n主题: Re: Login",
    "outlook-express": "----- Original Message ----- \nFrom: \"Desk\" <help@desk.example>\nTo: <ann@example.com>\n"
    "Sent: Friday, August 09, 2024 6:42 PM\nSubject: Re: Login",
    "hotmail-of-old": "________________________________\n> Date: Fri, 9 Aug 2024 18:42:10 +0000\n> From: help@desk.example\n"
    "> To: ann@example.com\n> Subject: Re: Login\n>",
    "hotmail": "Date: Fri, 9 Aug 2024 18:42:10 +0000\nFrom: help@desk.example\nTo: ann@example.com\nSubject: Re: Login",
    "qq": "------------------ 原始邮件 ------------------\n发件人: \"Desk\" <help@desk.example>;\n"
    "发送时间: 2024年8月9日(星期五) 晚上6:42\n收件人: \"Ann\"<ann@example.com>;\n主题: Re: Login",
    "qq-with-entities": "------------------&nbsp;原始邮件&nbsp;------------------\n发件人:"
    " \"Desk\" <help@desk.example>;\n发送时间:&nbsp;2024年8月9日(星期五) 晚上6:42\n收件人:&nbsp;\"Ann\"<ann@example.com>;\n主题:&nbsp;Re: Login",
    "qq-of-now": "---原始邮件---\n发件人: \"Desk\"<help@desk.example>\n发送时间: 2024年8月9日(周五) 晚上6:42\n"
    "收件人: \"Ann\"<ann@example.com>;\n主题: Re: Login",
    "aliyun": "------------------------------------------------------------------\n发件人：Desk <help@desk.example>\n"
    "发送时间：2024年8月9日(星期五) 18:42\n收件人：Ann <ann@example.com>\n主　题：Re: Login",
    "foxmail": "发件人： help@desk.example\n发送时间： 2024-08-09 18:42\n收件人： ann@example.com\n主题： Re: Login",
    "netease-phone": "---- 回复的原邮件 ----\n| 发件人 | Desk<help@desk.example> |\n| 日期 | 2024年08月09日 18:42 |\n"
    "| 收件人 | Ann<ann@example.com> |\n| 抄送至 | |\n| 主题 | Re: Login |",
    "netease": "在 2024-08-09 18:42:10，\"Desk\" <help@desk.example> 写道：",
    "sina": "----- 原始邮件 -----\n发件人：Desk <help@desk.example>\n收件人：Ann <ann@example.com>\n主题：Re: Login\n日期：2024年08月09日 18点42分",
    "coremail": "-----原始邮件-----\n发件人:Desk <help@desk.example>\n发送时间:2024-08-09 18:42:10 (星期五)\n"
    "收件人: Ann <ann@example.com>\n主题: Re: Login",
    "naver": "-----Original Message-----\nFrom: \"Desk\"<help@desk.example>\nTo: <ann@example.com>;\nCc:\n"
    "Sent: 2024-08-09 (금) 18:42:10 (GMT+09:00)\nSubject: Re: Login",
    "daum": "--------- 원본 메일 ---------\n보낸사람: Desk <help@desk.example>\n받는사람: Ann <ann@example.com>\n"
    "날짜: 2024년 8월 09일 금요일, 18시 42분 10초 +0900\n제목: Re: Login",
    "yandex": "09.08.2024, 18:42, \"Desk\" <help@desk.example>:",
    "mail-ru": "Пятница, 9 августа 2024, 18:42 +03:00 от Desk <help@desk.example>:",
    "webde": "Gesendet: Freitag, 09. August 2024 um 18:42 Uhr\nVon: \"Desk\" <help@desk.example>\nAn: ann@example.com\nBetreff: Re: Login",
    "t-online": "-----Original-Nachricht-----\nBetreff: Re: Login\nDatum: 2024-08-09T18:42:10+0200\nVon: \"Desk\" <help@desk.example>\nAn: \"Ann\" <ann@example.com>",
    "notes-german": "Desk Helper/DE/Corp@Corp schrieb am 09.08.2024 18:42:10:",
    "libero": "----Messaggio originale----\nDa: help@desk.example\nData: 09/08/2024 18.42\nA: <ann@example.com>\nOgg: Re: Login",
    "orange": "> Message du 09/08/24 18:42\n> De : \"Desk\" <help@desk.example>\n> A : ann@example.com\n> Copie à : \n> Objet : Re: Login\n>",
    "wp-polish": "Dnia 9 sierpnia 2024 18:42 Desk <help@desk.example> napisał(a):",
    "onet-polish": "W dniu 2024-08-09 18:42:10 użytkownik Desk <help@desk.example> napisał:",
    "interia-polish": "Od: \"Desk\" <help@desk.example>\nDo: ann@example.com\nWysłane: 18:42 Piątek 2024-08-09\nTemat: Re: Login",
    "uol-brazilian": "Em 09/08/2024 às 18:42 horas, \"Desk\" <help@desk.example> escreveu:",
    "outlook-brazilian": "De: Desk <help@desk.example>\nEnviado: sexta-feira, 9 de agosto de 2024 18:42\nPara: Ann <ann@example.com>\nAssunto: RE: Login",
    "outlook-spanish-web": "De: Desk <help@desk.example>\nEnviado: viernes, 9 de agosto de 2024 18:42\nPara: Ann <ann@example.com>\nAsunto: RE: Login",
    "outlook-traditional": "寄件者: Desk <help@desk.example>\n寄件日期: 2024年8月9日 下午 06:42\n收件者: Ann <ann@example.com>\n主旨: RE: Login",
    "outlook-simplified-phone": "发件人: Desk <help@desk.example>\n发送时间: Friday, August 9, 2024 6:42:10 PM\n收件人: Ann <ann@example.com>\n主题: Re: Login",
    "outlook-japanese-bold": "*差出人:* Desk <help@desk.example>\n*送信日時:* 2024年8月9日 18:42\n*宛先:* Ann <ann@example.com>\n*件名:* RE: Login",
    "thunderbird-dutch": "Op 09-08-2024 18:42 schreef Desk:",
    "spark": "On 9 Aug 2024 at 18:42 +0200, Desk <help@desk.example>, wrote:",
    "mimestream": "On Aug 9, 2024 at 18:42:10, Desk <help@desk.example> wrote:",
    "missive": "On August 9, 2024 at 18:42 GMT+2, Desk <help@desk.example> wrote:",
    "fastmail": "On Fri, 9 Aug 2024, at 18:42, Desk wrote:",
    "hey": "On August 9, 2024, Desk <help@desk.example> wrote:",
    "tutanota": "Aug 9, 2024, 18:42 by help@desk.example:",
    "zoho": "---- On Fri, 09 Aug 2024 18:42:10 +0200 help@desk.example wrote ---",
    "k-9": "Am 9. August 2024 18:42:10 MESZ schrieb Desk <help@desk.example>:",
    "k-9-french": "Le 9 août 2024 18:42:10 GMT+02:00, Desk <help@desk.example> a écrit :",
    "samsung": "-------- Original message --------\nFrom: Desk <help@desk.example>\nDate: 09/08/2024 18:42 (GMT+01:00)\nTo: ann@example.com\nSubject: Re: Login",
    "samsung-german": "-------- Ursprüngliche Nachricht --------\nVon: Desk <help@desk.example>\nDatum: 09.08.24 18:42 (GMT+01:00)\nAn: ann@example.com\nBetreff: Re: Login",
    "samsung-french": "-------- Message d'origine --------\nDe : Desk <help@desk.example>\nDate : 09/08/2024 18:42 (GMT+01:00)\nÀ : ann@example.com\nObjet : Re: Login",
    "samsung-portuguese": "-------- Mensagem original --------\nDe: Desk <help@desk.example>\nData: 09/08/2024 18:42 (GMT+00:00)\nPara: ann@example.com\nAssunto: Re: Login",
    "samsung-turkish": "-------- Orijinal mesaj --------\nKimden: Desk <help@desk.example>\nTarih: 9.08.2024 18:42 (GMT+03:00)\nAlıcı: ann@example.com\nKonu: Re: Login",
    "samsung-russian": "-------- Исходное сообщение --------\nОт: Desk <help@desk.example>\nДата: 09.08.2024 18:42 (GMT+03:00)\nКому: ann@example.com\nТема: Re: Login",
    "outlook-turkish": "Kimden: Desk <help@desk.example>\nGönderilme: 9 Ağustos 2024 Cuma 18:42\nKime: Ann <ann@example.com>\nKonu: RE: Login",
    "outlook-vietnamese": "From: Desk <help@desk.example>\nSent: Thứ Sáu, 9 tháng 8, 2024 18:42\nTo: Ann <ann@example.com>\nSubject: RE: Login",
    "outlook-portuguese-folded": "De: Desk Helper of the Long Company Name\n<help@desk.example>\nEnviado: 9 de agosto de 2024 18:42\nPara: Ann <ann@example.com>;\nBob <bob@example.com>\nAssunto: RE: Login",
    "ios-korean": "2024. 8. 9. 18:42, Desk <help@desk.example> 작성:",
    "yahoo-japan": "----- Original Message -----\n差出人: \"Desk\" <help@desk.example>\n宛先: <ann@example.com>\n日時: 2024/08/09 金 18:42\n件名: Re: Login",
    "becky-japanese": "On Fri, 09 Aug 2024 18:42:10 +0900\nDesk <help@desk.example> wrote:",
    "shuriken-japanese": "Desk <help@desk.example> さんは書きました:",
    "gmail-japanese-old": "2024年8月9日 18:42 Desk <help@desk.example>:",
    "gmail-chinese-phone": "Desk <help@desk.example>于2024年8月9日 周五下午6:42写道：",
    "ios-chinese": "> 在 2024年8月9日，18:42，Desk <help@desk.example> 写道：\n>",
    "outlook-html-without-address": "From: Desk Helper\nSent: Friday, August 9, 2024 6:42 PM\nTo: Ann Example\nCc: Bob Example\nSubject: RE: Login",
}  # fmt: skip
BODY = "Please start it again.\n\nDesk Helper"
ANSWER = "Hello,\n\nthat did not help. See below.\n\nAnn"


# These quote their header like the rest, and so never stand over unmarked text.
UNMARKED = [one for one in OVER if not OVER[one].endswith(">")]


@each("client", UNMARKED)
def test_a_clients_own_header_ends_the_new_part(client: str) -> None:
    assert folded(new_text(f"{ANSWER}\n\n{OVER[client]}\n\n{BODY}\n", "")) == folded(ANSWER)


@each("client", OVER)
def test_a_clients_own_header_over_a_marked_quote(client: str) -> None:
    mail = f"{ANSWER}\n\n{OVER[client]}\n{quote(BODY)}\n"
    assert folded(new_text(mail, "")) == folded(ANSWER)


SENTENCES = {
    "a-sentence-that-quotes": "As Bob wrote:\n> restart it\n\nand I did.",
    "outlook-is-the-matter": "Outlook for iOS crashes.\n\nWhat can I do?",
    "a-list-of-facts": "From: Berlin\nTo: Paris\nClass: second\n\nPlease book it.",
    "a-colon-at-the-end": "I get this message:\n\nLogin failed.",
    "initials-in-two-lines": "A> hello\nB> good day\nThat is the chat.",
    "a-rule": "One\n----------\nTwo",
}


@pytest.mark.parametrize("name", SENTENCES)
def test_what_only_looks_like_a_form_is_kept(name: str) -> None:
    assert folded(SENTENCES[name]) == folded(new_text(SENTENCES[name], ""))


PUMPED = (
    "AB> x\n", "Desk Helper wrote:\n", "Desk <\n\n<\n> wrote:\n", "-----Original Message-----\n", "Get Outlook for iOS<https://aka.ms/x>\n",
    "Outlook outlook ", "A" * 50 + " ", "From: a@b.example\n\n", "---- Forwarded message ", "On 9 Aug 2024 18:42 ", "发件人：", "> " , "Bob <",
)  # fmt: skip


@pytest.mark.parametrize("unit", PUMPED)
def test_a_pumped_form_takes_linear_time(unit: str) -> None:
    started = time.process_time()
    new_text(unit * (500_000 // len(unit)), "")
    assert time.process_time() - started < 2
