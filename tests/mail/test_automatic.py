"""Who wrote it, and whether a machine may answer."""

import pytest
from each_case import each

from intake.mail.machines.automatic import classify

PERSON = (("from", "Ann <ann@example.com>"), ("subject", "Login"))


def judge(
    *fields: tuple[str, str],
    return_path: str | None = "ann@example.com",
    sender: str = "ann@example.com",
    subject: str = "Login",
    media_type: str = "text/plain",
    text: str = "",
) -> tuple[bool, bool]:
    automatic, suppress = classify(
        (*PERSON, *fields),
        return_path=return_path,
        sender=sender,
        subject=subject,
        media_type=media_type,
        text=text,
    )
    return bool(automatic), bool(suppress)


MACHINE = (True, True)
UNANSWERED = (False, True)
HUMAN = (False, False)
REPLY = ("in-reply-to", "<1@desk.example>")

HEADERS = {
    "a-plain-mail": ((), HUMAN),
    "auto-replied": ((("auto-submitted", "auto-replied"),), MACHINE),
    "auto-generated-with-a-comment": ((("auto-submitted", "auto-generated (vacation)"),), MACHINE),
    "auto-replied-with-a-parameter": ((("auto-submitted", "Auto-Replied; owner-email=x"),), MACHINE),
    "auto-submitted-no-is-a-person": ((("auto-submitted", "no"),), HUMAN),
    "auto-submitted-no-with-a-comment": ((("auto-submitted", "No (really)"),), HUMAN),
    "servicenow-says-so-on-a-persons-mail": (
        (("auto-submitted", "auto-generated"), ("x-servicenow-generated", "true")), UNANSWERED),
    "mailtraq": ((("x-post-messageclass", "9; Autoresponder"),), MACHINE),
    "mailtraq-without-its-number": ((("x-post-messageclass", "Autoresponder"),), MACHINE),
    "mailtraq-of-a-person": ((("x-post-messageclass", "0; Normal"),), HUMAN),
    "qmail": ((("delivered-to", "Autoresponder"),), MACHINE),
    "qmail-below-another-address": (
        (("delivered-to", "support@desk.example"), ("delivered-to", "<autoresponder>")), MACHINE),
    "delivered-to-a-mailbox-of-that-name": ((("delivered-to", "autoresponder@desk.example"),), HUMAN),
    "delivered-to-a-person": ((("delivered-to", "support@desk.example"),), HUMAN),
    "the-server-of-a-mailing-list": ((("x-mlserver", "fml [fml 4.0.3]"), ("x-ml-info", "x")), MACHINE),
    "a-post-through-that-server": (
        (("x-mlserver", "fml 8"), ("x-ml-name", "users"), ("x-mail-count", "12")), UNANSWERED),
    "a-post-through-it-that-says-so": ((("x-mlserver", "fml 8"), ("precedence", "list")), UNANSWERED),
    "a-field-with-a-slip": ((("preference", "auto_reply"),), MACHINE),
    "x-autoreply": ((("x-autoreply", "yes"),), MACHINE),
    "x-autoreply-no": ((("x-autoreply", "no"),), HUMAN),
    "netease": ((("x-ntes-autoreply", "1"),), MACHINE),
    "precedence-auto-reply": ((("precedence", "auto_reply"),), MACHINE),
    "exchange-says-so-on-a-persons-mail": ((("x-auto-response-suppress", "DR, OOF, AutoReply"),), UNANSWERED),
    "exchange-suppresses-receipts-only": ((("x-auto-response-suppress", "DR, RN"),), HUMAN),
    "precedence-bulk": ((("precedence", "bulk"),), UNANSWERED),
    "precedence-first-class": ((("precedence", "first-class"),), HUMAN),
    "a-mailing-list": ((("list-id", "<users.lists.example>"),), UNANSWERED),
    "a-newsletter": ((("list-unsubscribe", "<https://x.example/>"),), UNANSWERED),
}  # fmt: skip


@each(("fields", "expected"), HEADERS.values(), ids=HEADERS.keys())
def test_headers_tell_machines_from_people(
    fields: tuple[tuple[str, str], ...], expected: tuple[bool, bool]
) -> None:
    assert judge(*fields) == expected


MACHINE_SUBJECTS = """
Automatic reply: Your ticket
Out of Office: Your ticket
Out of Office AutoReply: Your ticket
Auto-Reply: Your ticket
AUTO: Ann is out of the office (returning 05/03/2024)
Automatische Antwort: Ihr Ticket
Abwesenheitsnotiz: Ihr Ticket
Réponse automatique : Votre demande
Respuesta automática: Su consulta
Resposta automática: Seu pedido
Risposta automatica: La sua richiesta
Automatisch antwoord: Uw vraag
Autoodpowiedź: Zgłoszenie
Автоответ: Тикет
Автоматический ответ: Тикет
Otomatik Yanıt: Talep
Trả lời tự động: Yêu cầu
自动回复: 工单
自动答复：您的工单
自動回覆: 工單
自動応答: お問い合わせ
자동 회신: 문의
[Auto-Reply] Your ticket
""".strip().split("\n")


@each("subject", MACHINE_SUBJECTS)
def test_a_subject_alone_is_a_machines_where_the_mail_answers_one_and_is_not_answered_elsewhere(
    subject: str,
) -> None:
    assert judge(REPLY, subject=subject) == MACHINE
    assert judge(("references", "<1@desk.example>"), subject=subject) == MACHINE
    assert judge(subject=subject, return_path="") == MACHINE
    assert judge(subject=subject) == UNANSWERED
    assert judge(subject=subject, text="My wallet shows a wrong balance since Monday.") == UNANSWERED


# Subjects without anything that they answer, each with what such machines say.
ALONE = [
    ("Out of Office AutoReply: Your ticket 4711", "I am out of the office until Monday."),
    ("Out of Office: Your request", "Thank you for your message. I will be on annual leave until 3 May."),
    ("Automatic reply: Login", "This is an automated response. I have limited access to email."),
    ("Auto-Reply: Login", "Thank you for contacting us. We have received your request."),
    ("Automatische Antwort: Ihre Anfrage", "Ich bin nicht im Büro."),
    ("Abwesenheitsnotiz: Ihr Ticket", "Guten Tag,\nich bin bis zum 5. Mai im Urlaub und nicht erreichbar."),
    ("Réponse automatique : Connexion", "Bonjour, je suis absent jusqu'à lundi."),
    ("Respuesta automática: Acceso", "Gracias por su mensaje. Estoy de vacaciones."),
    ("Resposta automática: Acesso", "Estou fora do escritório até segunda."),
    ("Risposta automatica: Accesso", "Sono in ferie fino al 5 maggio."),
    ("Automatisch antwoord: Inloggen", "Ik ben tot maandag afwezig."),
    ("Automatyczna odpowiedź: Logowanie", "Jestem na urlopie do poniedziałku."),
    ("Автоматический ответ: Вход", "Здравствуйте! Я в отпуске до понедельника."),
    ("Otomatik yanıt: Giriş", "Pazartesiye kadar izindeyim."),
    ("Trả lời tự động: Đăng nhập", "Tôi đang nghỉ phép đến thứ hai."),
    ("自动回复: 您的工单已收到", "我在休假。"),
    ("自动回复：登录", "您好,我已收到您的邮件,会尽快回复。"),
    ("自動回覆: 登入", "您好,感謝您的來信。"),
    ("自動応答: ログイン", "本日は不在にしております。"),
    ("자동 회신: 로그인", "안녕하세요. 현재 휴가 중입니다."),
    ("Re: Your ticket 4711 (Out of office)", "I am out of the office until Monday."),
    ("RE: Login [Abwesend]", "Ich bin bis Montag nicht im Büro."),
    ("Re: 登录 (自动回复)", "感谢您的来信,我在休假。"),
]


@each(("subject", "text"), ALONE)
def test_a_subject_and_a_text_of_a_machine_need_nothing_that_they_answer(subject: str, text: str) -> None:
    assert judge(subject=subject, text=text) == MACHINE
    assert judge(REPLY, subject=subject, text=text) == MACHINE


WRITE_OF_THEM = [
    ("Automatische Antwort: geht nicht", "Ihre automatische Antwort kommt bei uns doppelt an."),
    ("Automatic reply: why twice", "I got two automatic replies. Is my ticket lost?"),
    ("自动回复：不工作", "我已经收到三次了,请停止。"),
    ("Out of Office AutoReply: stop", "Please stop these mails, they fill my mailbox."),
    ("Auto-Reply: my order", "I am away, but is my order on its way?"),
    ("Printer (out of office)", "The printer that stands out of our office prints nothing."),
    ("Réponse automatique : doublon", "Je reçois deux fois la même réponse."),
]


@pytest.mark.parametrize(("subject", "text"), WRITE_OF_THEM)
def test_a_person_who_writes_under_such_a_subject_is_only_not_acknowledged(subject: str, text: str) -> None:
    assert judge(subject=subject, text=text) == UNANSWERED


@pytest.mark.parametrize(
    "subject", ["Re: Login (my phone)", "Re: Ticket (away game)", "Re: Refund (absent item)"]
)
def test_brackets_at_the_end_of_a_subject_are_peoples_too(subject: str) -> None:
    assert judge(subject=subject, text="I am away until Monday.") == HUMAN


HUMAN_SUBJECTS = """
自动回复功能怎么设置
Out of office assistant does not work
Automatische Antworten deaktivieren?
Question about my vacation booking
Re: Login
Re: Automatic reply: Your ticket
Automatic payments
Autoversicherung: Frage
""".strip().split("\n")


@pytest.mark.parametrize("subject", HUMAN_SUBJECTS)
def test_people_write_such_words_too(subject: str) -> None:
    assert judge(REPLY, subject=subject) == HUMAN


ADDRESSES = {
    "noreply@example.com": UNANSWERED,
    "no-reply@example.com": UNANSWERED,
    "do_not_reply@example.com": UNANSWERED,
    "billing-noreply@example.com": UNANSWERED,
    "MAILER-DAEMON@example.com": UNANSWERED,
    "postmaster@example.com": UNANSWERED,
    "users-request@lists.example": UNANSWERED,
    "owner-users@lists.example": UNANSWERED,
    "": UNANSWERED,
    "norbert@example.com": HUMAN,
    "replyall@example.com": HUMAN,
}


@pytest.mark.parametrize(("sender", "expected"), ADDRESSES.items())
def test_addresses_of_machines_are_not_answered(sender: str, expected: tuple[bool, bool]) -> None:
    assert judge(sender=sender) == expected


def test_the_null_envelope_sender_is_not_answered() -> None:
    assert judge(return_path="") == UNANSWERED
    assert judge(return_path=None) == HUMAN


def test_a_read_receipt_is_a_machines() -> None:
    kind = ("content-type", 'multipart/report; report-type="disposition-notification"; boundary=x')
    assert judge(kind, media_type="multipart/report") == MACHINE


def test_the_answer_of_a_calendar_is_a_machines_and_its_invitation_a_persons() -> None:
    answer = ("content-type", "text/calendar; method=REPLY; charset=utf-8")
    invitation = ("content-type", "text/calendar; method=REQUEST")
    assert judge(answer, media_type="text/calendar") == MACHINE
    assert judge(invitation, media_type="text/calendar") == HUMAN
    assert judge(media_type="text/calendar", text="BEGIN:VCALENDAR\nMETHOD:REPLY\n") == MACHINE


def test_outlook_answers_an_invitation_inside_an_alternative() -> None:
    calendar = ("content-class", "urn:content-classes:calendarmessage")
    assert judge(calendar, subject="Accepted: Meeting", media_type="multipart/alternative") == MACHINE
    assert judge(calendar, subject="Meeting", media_type="multipart/alternative") == HUMAN
    assert judge(subject="Accepted: Meeting", media_type="multipart/alternative") == HUMAN


def test_the_reasons_are_sentences_for_an_agent() -> None:
    fields = (("auto-submitted", "auto-replied (vacation)"),)
    found = classify(
        fields, return_path="", sender="ann@example.com", subject="x", media_type="text/plain", text=""
    )
    assert found == ("its Auto-Submitted header says auto-replied",) * 2
