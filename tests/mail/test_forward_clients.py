# ruff: noqa: E501 (a form stays on the line of its language)
"""The forms in which clients forward, by language: the customer, his words and the forwarder's are found."""

import time
from collections.abc import Iterator

import pytest
from each_case import each

from intake.mail.parse import parse
from intake.mail.quotes import forwards

JOE, BESS, WALT = "Joe Doe <joe@acme.example>", "Bess <bess@acme.example>", "Walt <walt@acme.example>"
WORDS = "The invoice is wrong.\nIt names another street.\n\nJoe"
DATE = "6 April 2023 at 16:17"

# title, from, subject, date, to, reply-to, cc
APPLE = {
    "en": ("Begin forwarded message:", "From", "Subject", "Date", "To", "Reply-To", "Cc"),
    "cs": ("Začátek přeposílané zprávy:", "Od", "Předmět", "Datum", "Komu", "Odpověď na", "Kopie"),
    "da": ("Start på videresendt besked:", "Fra", "Emne", "Dato", "Til", "Svar til", "Cc"),
    "de": ("Anfang der weitergeleiteten Nachricht:", "Von", "Betreff", "Datum", "An", "Antwort an", "Kopie"),
    "es": ("Inicio del mensaje reenviado:", "De", "Asunto", "Fecha", "Para", "Responder a", "Cc"),
    "fi": ("Välitetty viesti alkaa:", "Lähettäjä", "Aihe", "Päivämäärä", "Vastaanottaja", "Vastaus", "Kopio"),
    "fr": ("Début du message réexpédié :", "De", "Objet", "Date", "À", "Répondre à", "Cc"),
    "fr-phone": ("Début du message transféré :", "De", "Objet", "Date", "À", "Répondre à", "Cc"),
    "hr": ("Započni proslijeđenu poruku:", "Šalje", "Predmet", "Datum", "Prima", "Odgovori na", "Cc"),
    "hu": ("Továbbított levél kezdete:", "Feladó", "Tárgy", "Dátum", "Címzett", "Válaszcím", "Másolat"),
    "it": ("Inizio messaggio inoltrato:", "Da", "Oggetto", "Data", "A", "Rispondi a", "Cc"),
    "ja": ("転送されたメッセージ:", "差出人", "件名", "日付", "宛先", "返信先", "Cc"),
    "ko": ("전달된 메시지:", "보낸 사람", "제목", "날짜", "받는 사람", "Reply-To", "참조"),
    "nl": ("Begin doorgestuurd bericht:", "Van", "Onderwerp", "Datum", "Aan", "Antwoord aan", "Kopie"),
    "no": ("Videresendt melding:", "Fra", "Emne", "Dato", "Til", "Svar til", "Kopi"),
    "pl": ("Początek przekazywanej wiadomości:", "Od", "Temat", "Data", "Do", "Odpowiedź-do", "Dw"),
    "pt": ("Início da mensagem reencaminhada:", "De", "Assunto", "Data", "Para", "Responder A", "Cc"),
    "ro": (
        "Începe mesajul redirecționat:",
        "Expeditorul",
        "Subiectul",
        "Dată",
        "Destinatarul",
        "Răspuns către",
        "Cc",
    ),
    "ru": (
        "Начало переадресованного сообщения:",
        "Отправитель",
        "Тема",
        "Дата",
        "Кому",
        "Ответ-Кому",
        "Копия",
    ),
    "sk": ("Začiatok preposlanej správy:", "Od", "Predmet", "Dátum", "Pre", "Odpovedať-Pre", "Cc"),
    "sv": ("Vidarebefordrat mejl:", "Från", "Ämne", "Datum", "Till", "Svara till", "Kopia"),
    "tr": ("İleti başlangıcı:", "Kimden", "Konu", "Tarih", "Kime", "Yanıt Adresi", "Bilgi"),
    "uk": (
        "Початок листа, що пересилається:",
        "Від кого",
        "Тема",
        "Дата",
        "Кому",
        "Кому відповісти",
        "Копія",
    ),
    "vi": ("Bắt đầu thư được chuyển tiếp:", "Từ", "Chủ đề", "Ngày", "Đến", "Reply-To", "Cc"),
    "zh": ("下面是被转发的邮件：", "发件人", "主题", "日期", "收件人", "回复", "抄送"),
}
# Gmail's title is English, and so is all but the first label.
GMAIL = [
    "From",
    "Od",
    "Fra",
    "Von",
    "De",
    "Saatja",
    "Lähettäjä",
    "Šalje",
    "Feladó",
    "Da",
    "Van",
    "От",
    "Från",
    "Gönderen",
    "Від",
    "Từ",
    "发件人",
    "寄件者",
    "보낸사람",
    "Remitente",
    "Avsender",
    "Nuo",
]
# title, subject, date, from, to, cc
THUNDERBIRD = {
    "en": ("Forwarded Message", "Subject", "Date", "From", "To", "CC"),
    "cs": ("Přeposlaná zpráva", "Předmět", "Datum", "Od", "Komu", "Kopie"),
    "de": ("Weitergeleitete Nachricht", "Betreff", "Datum", "Von", "An", "Kopie (CC)"),
    "es": ("Mensaje reenviado", "Asunto", "Fecha", "De", "Para", "CC"),
    "fi": ("Välitetty viesti / Fwd.Msg", "Aihe", "Päiväys", "Lähettäjä", "Vastaanottaja", "CC"),
    "fr": ("Message transféré", "Sujet", "Date", "De", "Pour", "Copie à"),
    "hr": ("Proslijeđena poruka", "Naslov", "Datum", "Šalje", "Prima", "CC"),
    "hu": ("Továbbított üzenet", "Tárgy", "Dátum", "Feladó", "Címzett", "CC"),
    "it": ("Messaggio Inoltrato", "Oggetto", "Data", "Mittente", "A", "CC"),
    "ja": ("転送メッセージ", "件名", "日付", "送信元", "宛先", "Cc"),
    "ko": ("전달된 메시지", "제목", "날짜", "보낸 사람", "받는 사람", "참조"),
    "nl": ("Doorgestuurd bericht", "Onderwerp", "Datum", "Van", "Aan", "CC"),
    "no": ("Videresendt melding", "Emne", "Dato", "Fra", "Til", "CC"),
    "pl": ("Treść przekazanej wiadomości", "Temat", "Data", "Nadawca", "Adresat", "Kopia"),
    "pt": ("Mensagem encaminhada", "Assunto", "Data", "De", "Para", "CC"),
    "ro": ("Mesaj redirecționat", "Subiectul", "Dată", "de la", "Către", "CC"),
    "ru": ("Перенаправленное сообщение", "Тема", "Дата", "От", "Кому", "Копия"),
    "sk": ("Preposlaná správa --- Forwarded Message", "Predmet", "Dátum", "Od", "Pre", "Kópia"),
    "sv": ("Vidarebefordrat meddelande", "Ämne", "Datum", "Från", "Till", "Kopia"),
    "tr": ("İletilen İleti", "Konu", "Tarih", "Kimden", "Kime", "CC"),
    "uk": ("Переслане повідомлення", "Тема", "Дата", "Від", "Кому", "CC"),
    "vi": ("Thư được chuyển tiếp", "Chủ đề", "Ngày", "Từ", "Đến", "CC"),
    "zh": ("转发的消息", "主题", "日期", "发件人", "收件人", "抄送"),
    "a-language-nobody-listed": ("Pārsūtītā vēstule", "Subject", "Date", "From", "To", "CC"),
}
# title, from, to, cc, sent, subject
YAHOO = {
    "en": ("Forwarded Message", "From", "To", "Cc", "Sent", "Subject"),
    "cs": ("Přeposlaná zpráva", "Od", "Komu", "Kopie", "Datum", "Předmět"),
    "de": ("Weitergeleitete Nachricht", "Von", "An", "CC", "Gesendet", "Betreff"),
    "es": ("Mensaje reenviado", "De", "Para", "CC", "Enviado", "Asunto"),
    "fi": ("Edelleenlähetetty viesti", "Lähettäjä", "Vastaanottaja", "Kopio", "Lähetetty", "Aihe"),
    "fr": ("Message transmis", "De", "À", "Cc", "Envoyé", "Objet"),
    "hu": ("Továbbított üzenet", "Feladó", "Címzett", "Másolat", "Elküldve", "Tárgy"),
    "it": ("Messaggio inoltrato", "Da", "A", "Cc", "Inviato", "Oggetto"),
    "ko": ("전달된 메시지", "보낸 사람", "받는 사람", "참조", "보낸 날짜", "제목"),
    "nl": ("Doorgestuurd bericht", "Van", "Aan", "Cc", "Verzonden", "Onderwerp"),
    "pl": ("Przekazana wiadomość", "Od", "Do", "Dw", "Wysłano", "Temat"),
    "pt": ("Mensagem encaminhada", "De", "Para", "Cc", "Enviado", "Assunto"),
    "ro": ("Mesaj redirecționat", "De la", "Către", "Cc", "Trimis", "Subiect"),
    "ru": ("Пересылаемое сообщение", "От", "Кому", "Копия", "Отправлено", "Тема"),
    "sk": ("Preposlaná správa", "Od", "Komu", "Kópia", "Odoslané", "Predmet"),
    "sv": ("Vidarebefordrat meddelande", "Från", "Till", "Kopia", "Skickat", "Ämne"),
    "tr": ("İletilmiş Mesaj", "Kimden", "Kime", "Cc", "Gönderilen", "Konu"),
    "uk": ("Перенаправлене повідомлення", "Від", "Кому", "Копія", "Відправлено", "Тема"),
    "vi": ("Thư đã chuyển tiếp", "Từ", "Đến", "Cc", "Đã gửi", "Chủ đề"),
    "zh": ("转发的邮件", "发件人", "收件人", "抄送", "发送时间", "主题"),
}
# Outlook for the Mac introduced a forward as it does an answer, and moved it to the right.
OUTLOOK_MAC = {
    "cs": "Dne {d}, {n} <{a}> napsal(a):",
    "da": 'D. {d} skrev "{n}" <{a}>:',
    "de": 'Am {d} schrieb "{n}" <{a}>:',
    "en": 'On {d}, "{n}" <{a}> wrote:',
    "es": 'El {d}, "{n}" <{a}> escribió:',
    "fi": "{n} <{a}> kirjoitti {d}:",
    "fr": "Le {d}, « {n} » <{a}> a écrit :",
    "hu": "{d} időpontban {n} <{a}> ezt írta:",
    "it": 'Il giorno {d} "{n}" <{a}> ha scritto:',
    "ja": '{d} に "{n}" <{a}> が書き込みました:',
    "ko": '{d}에 "{n}" <{a}> 작성:',
    "nl": "Op {d} heeft {n} <{a}> geschreven:",
    "no": "{n} <{a}> skrev følgende den {d}:",
    "pl": "Dnia {d} „{n}” <{a}> napisał:",
    "pt": 'Em {d}, "{n}" <{a}> escreveu:',
    "ru": '{d} пользователь "{n}" <{a}> написал:',
    "sk": "{d} používateľ {n} (<{a}>) napísal:",
    "sv": 'Den {d} skrev "{n}" <{a}> följande:',
    "tr": '"{n}" <{a}>, {d} tarihinde şunu yazdı:',
    "zh": "在 {d}，“{n}”<{a}> 写入:",
}


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def forms() -> Iterator[tuple[str, str, str]]:
    """Yield (name, the subject's prefix, what the client wrote)."""
    for spoken, (title, sender, subject, date, to, reply_to, copy) in APPLE.items():
        header = f"{sender}: {JOE}\n{subject}: Hello there\n{date}: {DATE}\n{to}: {BESS}\n{copy}: {WALT}\n{reply_to}: {JOE}"
        yield f"apple-{spoken}", "Fwd", f"{title}\n\n{header}\n\n{WORDS}"
        yield f"apple-quoted-{spoken}", "Fwd", quoted(f"{title}\n\n{header}\n\n{WORDS}")
        yield f"apple-quoted-below-{spoken}", "Fwd", title + "\n\n" + quoted(f"{header}\n\n{WORDS}")
        header = f"{sender}: {JOE}\n{date}: {DATE}\n{to}: {BESS}\n{copy}: {WALT}\n{subject}: Hello there"
        yield f"new-outlook-{spoken}", "FW", f"{header}\n{WORDS}"
    for sender in GMAIL:
        header = f"{sender}: {JOE}\nDate: {DATE}\nSubject: Hello there\nTo: <bess@acme.example>\nCc: {WALT}"
        yield f"gmail-{sender}", "Fwd", f"---------- Forwarded message ---------\n{header}\n\n\n{WORDS}"
    for spoken, (title, subject, date, sender, to, copy) in THUNDERBIRD.items():
        header = (
            f"{subject}: \tHello there\n{date}: \t{DATE}\n{sender}: \t{JOE}\n{to}: \t{BESS}\n{copy}: \t{WALT}"
        )
        yield f"thunderbird-{spoken}", "Fwd", f"-------- {title} --------\n{header}\n\n\n\n{WORDS}"
    for spoken, (title, sender, to, copy, date, subject) in YAHOO.items():
        header = (
            f"{sender}: {JOE}",
            f"{to}: {BESS}",
            f"{copy}: {WALT}",
            f"{date}: Tuesday, November 2, 2021, 09:26:50 AM GMT+1",
        )
        yield (
            f"yahoo-{spoken}",
            "Fw",
            f"   ----- {title} -----\n" + "\n".join(header) + f"\n{subject}: Hello there\n \n{WORDS}",
        )
        yield (
            f"yahoo-glued-{spoken}",
            "Fw",
            f"   ----- {title} ----- {''.join(header)}{subject}: Hello there\n {WORDS}",
        )
    for spoken, form in OUTLOOK_MAC.items():
        over = form.format(d="28/10/2021 12:46", n="Joe Doe", a="joe@acme.example")
        yield (
            f"outlook-mac-{spoken}",
            "FW",
            over + "\n\n" + "\n".join(f"    {line}".rstrip() for line in WORDS.split("\n")),
        )
    header = f"送信元：{JOE}\n日付：2022年9月19日月曜日 17:55:44 -0400\n件名：Hello there\n送信先：bess@acme.example\nCC：{WALT}"
    yield "hubspot-ja", "Fwd", f"---------- メッセージを転送 ---------\n{header}\n\n{WORDS}"
    header = f"From: {JOE}\nTo: {BESS}\nDate: 02/10/2023 4:52 PM EST\nSubject: Hello there"
    yield "ionos", "Fwd", quoted(f"---------- Original Message ----------\n{header}\n \n \n{WORDS}")
    yield "mailmate", "Fwd", "Forwarded message:\n\n" + quoted(f"{header}\n\n{WORDS}")
    yield "missive", "Fwd", f"---------- Forwarded message ----------\n{header}\n\n{quoted(WORDS)}\n>"


FORMS = {name: (prefix, text) for name, prefix, text in forms()}
REMARK = "Please see below, Tom."


@each("name", FORMS)
@each("remark", ["", REMARK], ids=["bare", "with-a-remark"])
def test_a_forward_names_its_customer_and_his_words(name: str, remark: str) -> None:
    prefix, text = FORMS[name]
    body = f"{remark}\n\n{text}" if remark else text
    raw = f"From: agent@desk.example\nSubject: {prefix}: Hello there\nContent-Type: text/plain; charset=utf-8\n\n{body}"
    forward = parse(raw.encode()).forward
    assert forward is not None
    assert "Joe Doe <joe@acme.example>" == f"{forward.sender.name} <{forward.sender.mailbox}>"
    assert "Hello there" == forward.subject
    assert WORDS == forward.text.strip()
    assert remark == forward.remark


@each(
    "prefix",
    [
        "Fw",
        "VS",
        "WG",
        "RV",
        "TR",
        "I",
        "FW",
        "Vs",
        "PD",
        "ENC",
        "Redir.",
        "VB",
        "VL",
        "Videresend",
        "İLT",
        "Fwd",
        "Пересл",
        "转发",
        "轉寄",
        "転送",
        "전달",
        "RE:_FW",
        "FW:_RE",
    ],
)
def test_a_forwards_prefix_in_each_language(prefix: str) -> None:
    header = f"From: {JOE}\nSent: {DATE}\nTo: {BESS}\nSubject: Hello there"
    raw = f"From: agent@desk.example\nSubject: {prefix.replace('_', ' ')}: Hello there\n\n{'_' * 32}\n{header}\n\n{WORDS}"
    forward = parse(raw.encode()).forward
    assert forward is not None
    assert ("joe@acme.example", "Hello there") == (forward.sender.mailbox, forward.subject)


# What other programs write over a mail they forward: name, the forward, the agent's words above it.
OTHERS = {
    "netease-table": f"---- 转发的邮件 ----\n| 发件人 | {JOE} |\n| 发送日期 | 2024年03月05日 10:15 |\n| 收件人 | {BESS} |\n| 主题 | Hello there |",
    "netease-table-in-english": f"---- Forwarded Message ----\n| From | {JOE} |\n| Date | 03/5/2024 10:15 |\n| To | {BESS} |\n| Subject | Hello there |",
    "netease-table-of-html": f"---- Forwarded Message ----\nFrom | {JOE}\nDate | 03/5/2024 10:15\nTo | {BESS}\nSubject | Hello there",
    "em-client": '------ Forwarded Message ------\nFrom "Joe Doe" <joe@acme.example>\nTo bess@acme.example\nDate 3/5/2024 10:15:00 AM\nSubject Hello there',
    "em-client-in-german": '------ Weitergeleitete Nachricht ------\nVon "Joe Doe" <joe@acme.example>\nAn bess@acme.example\nDatum 05.03.2024 10:15:00\nBetreff Hello there',
    "notes-in-german": f"----- Weitergeleitet von Tom/Corp am 05.03.2024 10:15 -----\n\nVon:\t{JOE}\nAn:\tann\nDatum:\t05.03.2024 10:14\nBetreff:\tHello there",
    "notes-in-french": f"----- Transféré par Tom/Corp le 05/03/2024 10:15 -----\n\nDe :\t{JOE}\nA :\tann\nDate :\t05/03/2024 10:14\nObjet :\tHello there",
    "zimbra": f"----- Mail transféré -----\nDe: {JOE}\nÀ: {BESS}\nEnvoyé: Mardi 5 Mars 2024 10:15:00\nObjet: Hello there",
    "fastmail": f"----- Original message -----\nFrom: {JOE}\nTo: {BESS}\nSubject: Hello there\nDate: Tuesday, March 05, 2024 10:15 AM",
    "mobile-139": f"----邮件原文----\n发件人：{JOE}\n收件人：{BESS}\n抄 送: (无)\n发送时间：2024-03-05 10:15:00\n主题：Hello there",
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_the_forwards_of_other_programs(name: str) -> None:
    raw = f"From: agent@desk.example\nSubject: Fwd: Hello there\nContent-Type: text/plain; charset=utf-8\n\n{REMARK}\n\n{OTHERS[name]}\n\n{WORDS}"
    forward = parse(raw.encode()).forward
    assert forward is not None
    assert "Joe Doe <joe@acme.example>" == f"{forward.sender.name} <{forward.sender.mailbox}>"
    assert ("Hello there", WORDS, REMARK) == (forward.subject, forward.text.strip(), forward.remark)


NONE = {
    "an-answer-in-a-thread-that-was-forwarded": ("Re: Fwd: Hello", f"Done.\n\nOn 28/10/2021 12:46, Desk <help@desk.example> wrote:\n\n{quoted(WORDS)}"),
    "a-sentence-with-dashes-and-labels": ("Fwd: Hello", "The line ---- Forwarded Message ---- To: nobody is in your log."),
    "a-title-without-a-header": ("Fwd: Hello", "----- Forwarded Message ----- From: nobody"),
}  # fmt: skip


@pytest.mark.parametrize("name", NONE)
def test_what_only_looks_like_a_forward_is_none(name: str) -> None:
    subject, text = NONE[name]
    message = parse(f"From: a@x.example\nSubject: {subject}\n\n{text}".encode())
    assert None is message.forward


WINDOWS_MAIL = """From: agent@desk.example
Subject: FW: Hello there
Content-Type: text/html; charset=utf-8

<div>See below</div><div><b>From:</b>&nbsp;<a href="mailto:joe@acme.example" target="_parent">Joe Doe</a><br><b>Sent:</b>&nbsp;Thursday,
 June 26, 2014 12:03 PM<br><b>To:</b>&nbsp;<a href="mailto:bess@acme.example">Bess</a><br><b>Subject:</b>&nbsp;Hello there</div>
<div><br></div><div>It is broken.</div>
"""


def test_a_customer_whose_name_alone_is_shown_is_found_by_its_link() -> None:
    forward = parse(WINDOWS_MAIL.encode()).forward
    assert forward is not None
    assert ("Joe Doe", "joe@acme.example", "It is broken.") == (
        forward.sender.name,
        forward.sender.mailbox,
        forward.text,
    )
    assert None is parse(WINDOWS_MAIL.replace("mailto:joe@", "https://joe.").encode()).forward


PUMPED = {
    "titles-with-headers-on-one-line": ("----- Forwarded Message ----- From: a To: b\n" * 400 + "x\n" * 100_000, ""),
    "links-without-an-end": ("From: Bob\nSent: x\n", "href=mailto:aaa" * 30_000),
    "links-with-names": ("From: Bob\nSent: x\n\n" * 200, '<a href="mailto:a@b.c">Bob2</a>' * 8000),
    "introductions": ("On 5 Mar 2024 at 10:15 x@y.z wrote:\n" * 3000, ""),
    "first-lines-of-gmail": (("---------- Forwarded message ---------\nXx: " + "a <" * 300 + "\n") * 200, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", PUMPED)
def test_a_pumped_forward_takes_linear_time(name: str) -> None:
    text, html = PUMPED[name]
    started = time.process_time()
    forwards.read(text, html, [], "Fwd: x")
    assert time.process_time() - started < 1
