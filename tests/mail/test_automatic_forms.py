# ruff: noqa: E501 (a form stays on the line of its name)
"""Answering machines by their subjects, in the languages of our customers, and people who write of them."""

import pytest
from each_case import each

from intake.mail.machines.automatic import classify

ANSWERS = (
    "Automatic reply: Login", "Auto: Login", "Out of Office: Login", "Out of Office Re: Login", "Autoreply: Login",
    "[Auto-Reply] Login", "Away from the office: Login", "Automatic response: Login", "Out of Office AutoReply: Login",
    "自动回复: Login", "自动回复：登录", "【自动回复】登录", "外出自动回复: 登录", "不在办公室: 登录",
    "自動回覆: 登入", "自動回覆：登入", "自動応答: ログイン", "自動返信: ログイン", "不在通知: ログイン",
    "자동 회신: 로그인", "자동응답: 로그인", "부재중 자동 회신: 로그인", "[자동응답] 로그인",
    "Automatische Antwort: Anmeldung", "Abwesenheitsnotiz: Anmeldung", "Abwesenheitsnotiz Re: Anmeldung",
    "Automatische Abwesenheitsnotiz: Anmeldung",
    "Réponse automatique : Connexion", "Absence du bureau : Connexion", "Message d'absence : Connexion",
    "Respuesta automática: Acceso", "Fuera de la oficina: Acceso",
    "Resposta automática: Acesso", "Fora do escritório: Acesso", "Ausência temporária: Acesso",
    "Risposta automatica: Accesso", "Fuori ufficio: Accesso", "Fuori sede: Accesso",
    "Automatisch antwoord: Inloggen", "Afwezig: Inloggen", "Afwezigheidsbericht: Inloggen",
    "Automatyczna odpowiedź: Logowanie", "Odpowiedź automatyczna: Logowanie", "Autoodpowiedź: Logowanie",
    "Автоматический ответ: Вход", "Автоответ: Вход", "Автоматическая отправка ответа: Вход",
    "Otomatik yanıt: Giriş", "Otomatik Yanıt: Giriş", "Ofis dışında: Giriş",
    "Trả lời tự động: Đăng nhập", "Thư trả lời tự động: Đăng nhập",
    "Auto Reply", "自动回复", "Abwesenheitsnotiz", "Respuesta automática",
    "Autosvar: Inloggning", "Automaattinen vastaus: Kirjautuminen",
    "Out-of-Office: Login", "Autoresponder: Login", "On annual leave: Login", "Yahoo! Auto Response", "Not read: Login",
    "Abwesenheitsbenachrichtigung: Anmeldung", "Automatische Rückantwort: Anmeldung", "Automatische Eingangsbestätigung: Anmeldung",
    "Réponse automatique d'absence du bureau : Connexion", "Message d’absence : Connexion", "Non lu : Connexion",
    "Mensaje de ausencia: Acceso", "Ausência do escritório: Acesso", "Lida: Acesso",
    "Nieobecny: Logowanie", "Poza biurem: Logowanie", "Nie ma mnie w biurze: Logowanie",
    "Отсутствие на рабочем месте: Вход", "Вне офиса: Вход", "Ofis dışında otomatik yanıtı: Giriş", "Okundu: Giriş", "Đã đọc: Đăng nhập",
    "不在时自动答复: 登录", "外出时的自动答复: 登录", "休假自动回复: 登录", "自動回信: 登入",
    "［自動返信］ログイン", "不在のお知らせ: ログイン", "自動返信メール: ログイン", "부재 중: 로그인", "부재중 자동응답: 로그인",
    "Automatická odpoveď: x", "Răspuns automat: x", "Автоматичен отговор: x", "Αυτόματη απάντηση: x", "Automatski odgovor: x",
    "Samodejni odgovor: x", "Automaatvastus: x", "Automātiskā atbilde: x", "Automatinis atsakymas: x", "Balasan otomatis: x",
    "การตอบกลับอัตโนมัติ: x", "Automatisk svarmelding: x", "Resposta automàtica: x",
    "Bob Example is out of the office.", "Bob Example is out of the office (returning 05.03.2024)", "Bob Example ist außer Haus.",
    "Urlaub: Re: Anmeldung", "Ausente: RE: Acceso", "Holiday: Re: Login", "外出: Re: 登录", "В отпуске: Re: Вход",
)  # fmt: skip

PEOPLE = (
    "自动回复功能怎么设置", "自动回复不工作：为什么", "Out of office assistant does not work", "Automatic replies do not stop",
    "Abwesenheitsnotiz einrichten", "Wie stelle ich eine Abwesenheitsnotiz ein: Hilfe", "Réponse automatique ne marche pas",
    "Respuesta automática no funciona", "Как включить автоответ?", "Auto insurance: claim", "Autoryzacja: błąd",
    "자동응답 설정 방법", "自動返信の設定について", "Away game tickets: refund", "Autosave: lost", "On leave policy question",
    "Re: Automatic reply: Login", "AW: Abwesenheitsnotiz: Anmeldung", "Vacation photos", "Automobile: invoice",
    "Auto reply broken", "Re: 自动回复",
    "Holiday: opening hours?", "Ausencia de respuesta: pedido 12", "Отсутствует доступ: личный кабинет", "Urlaub: wann kommt die Ware?",
    "Ausente: mi pedido", "外出: 我的订单", "Thank you for your help: one more question", "Maternity leave: which form?",
    "Is Bob out of the office?", "Report Domain question", "Complaint about message from Bob",
    "Absence of sound: help", "Otomatik yanıt nasıl kapatılır?",
)  # fmt: skip


def automatic(subject: str, *fields: tuple[str, str]) -> bool:
    answer = (("subject", subject), ("in-reply-to", "<a1@desk.example>"), *fields)
    return bool(
        classify(
            answer,
            return_path="lin@customer.example",
            sender="lin@customer.example",
            subject=subject,
            media_type="text/plain",
            text="",
        )[0]
    )


@each("subject", ANSWERS)
def test_a_machines_subject_on_an_answer(subject: str) -> None:
    assert automatic(subject)


@each("subject", PEOPLE)
def test_a_person_who_writes_of_automatic_answers(subject: str) -> None:
    assert not automatic(subject)


SUPPRESSED = (
    ("x-auto-response-suppress", "All"),
    ("auto-submitted", "no"),
    ("x-loop", "x"),
    ("list-id", "x"),
)


@pytest.mark.parametrize("field", SUPPRESSED)
def test_a_machines_header_on_a_persons_mail(field: tuple[str, str]) -> None:
    assert not automatic("Login", field)


# What a person writes as well is a machine's where the envelope or a header of the machine's says so.
WEAK = (
    "Urlaub: Anmeldung", "Außer Haus: Anmeldung", "Thank you for your e-mail", "Thanks for contacting us", "Ausente: Acceso",
    "En congés : Connexion", "Merci pour votre message", "Férias: Acesso", "Vakantie: Inloggen", "Urlop: Logowanie",
    "В отпуске: Вход", "Спасибо за обращение", "外出: 登录", "휴가 중: 로그인", "Nghỉ phép: Đăng nhập", "Gracias por su mensaje",
)  # fmt: skip


def judged(subject: str, *fields: tuple[str, str], return_path: str | None = "", text: str = "") -> bool:
    kinds = {"media_type": "text/plain", "sender": "lin@customer.example"}
    return bool(
        classify(
            (("subject", subject), *fields), return_path=return_path, subject=subject, text=text, **kinds
        )[0]
    )


@pytest.mark.parametrize("subject", WEAK)
def test_a_weak_subject_with_an_empty_envelope_sender(subject: str) -> None:
    assert judged(subject)
    assert not judged(subject, return_path="lin@customer.example")
    assert judged(subject, ("in-reply-to", "<a@b>"), ("x-auto-response-suppress", "All"), return_path=None)


@pytest.mark.parametrize(
    "subject", ["Thank you for your help: one more question", "Danke für Ihre Hilfe!", "Urlaub: Antrag"]
)
def test_a_person_whose_exchange_suppresses_some_answers_may_change_the_subject(subject: str) -> None:
    fields = (("in-reply-to", "<a@b>"), ("x-auto-response-suppress", "DR, OOF, AutoReply"))
    assert not judged(subject, *fields, return_path=None)


@pytest.mark.parametrize("subject", ["Fwd: Rechnung", "WG: Rechnung"])
def test_a_forward_with_an_empty_envelope_sender_is_a_persons(subject: str) -> None:
    assert not judged(subject, text="Die Rechnung wurde automatisch bezahlt.")


TEXTS = (
    "I am on annual leave until Monday.", "Ich bin bis Montag nicht im Büro.", "Je suis absente jusqu'à lundi.", "Estoy de vacaciones.",
    "Estou de férias até segunda.", "Sono in ferie fino a lunedì.", "Ik ben tot maandag afwezig.", "Jestem na urlopie.",
    "Я в отпуске до понедельника.", "Pazartesiye kadar izindeyim.", "Tôi nghỉ phép đến thứ hai.", "我休假到周一。", "月曜日まで不在です。", "월요일까지 휴가입니다.",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_words_of_absence_with_an_empty_envelope_sender(text: str) -> None:
    assert judged("Re: Login", text=text)
    assert not judged("Re: Login", text=text, return_path="lin@customer.example")
    assert not judged("Re: Login", ("list-id", "<users.desk.example>"), text=text)


def test_bulk_mail_with_an_empty_envelope_sender_is_a_machines() -> None:
    assert judged("Hello", ("precedence", "bulk"))
    assert not judged("Hello")
    assert not judged("Hello", ("precedence", "bulk"), return_path="lin@customer.example")
    assert not judged("Hello", ("precedence", "bulk"), ("list-unsubscribe", "<mailto:x@y>"))


def test_a_machines_subject_on_mail_that_says_it_is_bulk() -> None:
    """wp.pl answers so, without a field that names what it answers."""
    assert judged(
        "[Automatyczna odpowiedź] Login", ("precedence", "junk"), return_path="lin@customer.example"
    )


REPORTS = {
    "complaint": ("Email Feedback Report for IP 192.0.2.1", 'multipart/report; report-type="feedback-report"; boundary=b'),
    "tls": ("Report Domain: desk.example Submitter: x.example", "multipart/report; report-type=tlsrpt; boundary=b"),
    "dmarc": ("Report Domain: desk.example Submitter: x.example Report-ID: <1>", "application/zip"),
    "dmarc-preview": ("[Preview] Report Domain: desk.example Submitter: x.example Report-ID: 1", "multipart/mixed; boundary=b"),
    "microsofts-complaint": ("complaint about message from 192.0.2.1", "multipart/mixed; boundary=b"),
}  # fmt: skip


@pytest.mark.parametrize(("subject", "kind"), REPORTS.values(), ids=REPORTS.keys())
def test_reports_of_mail_systems_are_a_machines(subject: str, kind: str) -> None:
    fields = (("subject", subject), ("content-type", kind))
    media_type = kind.partition(";")[0]
    said = classify(
        fields,
        return_path="x@x.example",
        sender="staff@x.example",
        subject=subject,
        media_type=media_type,
        text="",
    )
    assert "it is a report that one mail system sends another" == said[0]


# What people put above their own words, too: it is not acknowledged, and a machine's where the text says so.
MILD = (
    "Eingangsbestätigung: x", "Odsutnost: x", "Accusé de réception : x", "Acuse de recibo: x", "Potwierdzenie otrzymania: x",
    "Подтверждение получения: x", "Відсутній: x", "Nepřítomnost: x", "Távollét: x", "Fraværende: x", "Poissa: x", "Odsoten: x",
    "受付完了のお知らせ: x", "수신 확인: x", "Conferma di ricezione: x", "Ontvangstbevestiging: x", "Confirmação de recebimento: x",
)  # fmt: skip
STRONG = (
    "Automatisierte Antwort: x", "Automatisierte Eingangsbestätigung: x", "În afara biroului: x", "Извън офиса: x",
    "Εκτός γραφείου: x", "Mimo kancelárie: x", "خارج المكتب: x", "מחוץ למשרד: x", "پاسخ خودکار: x", "Di luar kantor: x",
    "自动应答: x", "Ngoài văn phòng: x", "Automated acknowledgement: x", "Házon kívül: x", "Respuesta automatizada: x",
)  # fmt: skip


def said_of(subject: str, text: str, *fields: tuple[str, str]) -> tuple[str, str]:
    return classify(
        (("subject", subject), *fields),
        return_path=None,
        sender="lin@customer.example",
        subject=subject,
        media_type="text/plain",
        text=text,
    )


@each("subject", [*MILD, *STRONG])
def test_a_confirmation_of_any_language_is_not_acknowledged(subject: str) -> None:
    assert "its subject is that of an answering machine" == said_of(subject, "Hello")[1]
    assert automatic(subject) is (subject in STRONG)
    # A mail that begins with such a word alone is a person's.
    assert ("", "") == said_of(f"{subject.partition(':')[0].strip()} wanted", "Hello")


@pytest.mark.parametrize("subject", MILD)
def test_a_confirmation_whose_text_says_so_is_a_machines(subject: str) -> None:
    assert said_of(subject, "This is an automated confirmation.")[0]
    assert not said_of(subject, "Where is it?")[0]


def test_who_asks_about_automatic_answers_in_subject_and_text_is_a_person() -> None:
    answers = ("in-reply-to", "<a1@desk.example>")
    for subject, text in (
        (
            "Automatic reply: how do I switch it off?",
            "Your system keeps sending these. How do I switch it off?",
        ),
        ("Abwesenheitsnotiz: wie geht das?", "Wie schalte ich sie ein? Danke"),
        ("自动回复：怎么关闭？", "请问怎么关闭？"),
    ):
        assert "" == said_of(subject, text, answers)[0]
        assert said_of(subject, text, answers)[1]
    for text in ("I am out of the office until Monday. Urgent? Call Bob.", "Back on Monday.", ""):
        assert said_of("Automatic reply: Login?", text, answers)[0]
    assert said_of("Automatic reply: x?", "Urgent? Call.", answers, ("x-auto-response-suppress", "All"))[0]
