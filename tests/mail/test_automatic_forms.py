# ruff: noqa: E501 (a form stays on the line of its name)
"""Answering machines by their subjects, in the languages of our customers, and people who write of them."""

import pytest

from intake.mail.automatic import classify

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
)  # fmt: skip

PEOPLE = (
    "自动回复功能怎么设置", "自动回复不工作：为什么", "Out of office assistant does not work", "Automatic replies do not stop",
    "Abwesenheitsnotiz einrichten", "Wie stelle ich eine Abwesenheitsnotiz ein: Hilfe", "Réponse automatique ne marche pas",
    "Respuesta automática no funciona", "Как включить автоответ?", "Auto insurance: claim", "Autoryzacja: błąd",
    "자동응답 설정 방법", "自動返信の設定について", "Away game tickets: refund", "Autosave: lost", "On leave policy question",
    "Re: Automatic reply: Login", "AW: Abwesenheitsnotiz: Anmeldung", "Vacation photos", "Automobile: invoice",
    "Auto reply broken", "Re: 自动回复",
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


@pytest.mark.parametrize("subject", ANSWERS)
def test_a_machines_subject_on_an_answer(subject: str) -> None:
    assert automatic(subject)


@pytest.mark.parametrize("subject", PEOPLE)
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
