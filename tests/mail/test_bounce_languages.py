# ruff: noqa: E501 (a form stays on the line of its language)
"""Exchange's and other systems' reports without a part for machines, in the languages of our customers."""

import pytest

from intake.desk.message import BounceKind
from intake.mail.parse import parse

WHO = "lin@customer.example"
# language: subject and first words of what failed, subject and first words of what is late
EXCHANGE = {
    "german": ("Unzustellbar: Login", "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:",
               "Verzögerung bei der Zustellung: Login", "Die Zustellung an folgende Empfänger verzögert sich:"),
    "french": ("Non remis : Login", "Échec de la remise à ces destinataires ou groupes :",
               "Remise différée : Login", "La remise à ces destinataires est retardée :"),
    "spanish": ("No se puede entregar: Login", "Error de entrega a estos destinatarios o grupos:",
                "Entrega retrasada: Login", "La entrega a estos destinatarios se ha retrasado:"),
    "portuguese": ("Não entregue: Login", "Falha na entrega a estes destinatários ou grupos:",
                   "Entrega atrasada: Login", "A entrega a estes destinatários está atrasada:"),
    "italian": ("Recapito non riuscito: Login", "Recapito non riuscito per i seguenti destinatari o gruppi:",
                "Recapito ritardato: Login", "Il recapito ai seguenti destinatari è stato ritardato:"),
    "dutch": ("Onbestelbaar: Login", "Bezorging aan de volgende geadresseerden of groepen is mislukt:",
              "Bezorging vertraagd: Login", "De bezorging aan de volgende geadresseerden is vertraagd:"),
    "polish": ("Nie można dostarczyć: Login", "Nie powiodło się dostarczenie do następujących adresatów lub grup:",
               "Opóźnienie dostarczenia: Login", "Dostarczenie wiadomości do następujących adresatów jest opóźnione:"),
    "russian": ("Не удается доставить: Login", "Сбой доставки следующим получателям или группам:",
                "Задержка доставки: Login", "Доставка следующим получателям задерживается:"),
    "turkish": ("Teslim edilemedi: Login", "Şu alıcılara veya gruplara teslim edilemedi:",
                "Teslimat gecikti: Login", "Bu alıcılara teslimat gecikti:"),
    "vietnamese": ("Không thể gửi: Login", "Gửi tới những người nhận hoặc nhóm này không thành công:",
                   "Việc gửi bị trì hoãn: Login", "Việc gửi tới những người nhận này bị trì hoãn:"),
    "simplified-chinese": ("无法传递: Login", "传递到以下收件人或组的邮件失败:", "传递延迟: Login", "到以下收件人的邮件传递已延迟:"),
    "traditional-chinese": ("無法傳遞: Login", "傳遞至下列收件者或群組時失敗:", "傳遞延遲: Login", "下列收件者的郵件傳遞已延遲:"),
    "japanese": ("配信不能: Login", "次の受信者またはグループへの配信に失敗しました:", "配信の遅延: Login", "次の受信者への配信が遅れています:"),
    "korean": ("배달되지 않음: Login", "다음 받는 사람 또는 그룹에 메시지를 배달하지 못했습니다:", "배달 지연: Login", "다음 받는 사람에게 배달이 지연되고 있습니다:"),
}  # fmt: skip


def report(subject: str, words: str) -> bytes:
    head = f"Return-Path: <>\nFrom: postmaster@customer.example\nTo: help@desk.example\nSubject: {subject}\n"
    return (head + f"Content-Type: text/plain; charset=utf-8\n\n{words}\n\n{WHO}\n").encode()


@pytest.mark.parametrize("language", EXCHANGE)
def test_a_report_names_whom_it_failed_for_or_is_late_for(language: str) -> None:
    failed, words, late, later = EXCHANGE[language]
    bounce = parse(report(failed, words)).bounce
    assert bounce is not None
    assert (BounceKind.FAILED, (WHO,)) == (bounce.kind, bounce.recipients)
    bounce = parse(report(late, later)).bounce
    assert bounce is not None
    assert (BounceKind.DELAYED, (WHO,)) == (bounce.kind, bounce.recipients)


# What people write in the same words.
PEOPLE = {
    "italian": ("Recapito non riuscito", "Buongiorno, il corriere dice: recapito non riuscito. Potete richiamare lin@customer.example?"),
    "dutch": ("Bezorging vertraagd", "Hallo, mijn pakket is vertraagd. Mail naar lin@customer.example"),
    "turkish": ("Teslimat gecikti", "Siparişim gecikti, lin@customer.example adresine yazın."),
    "vietnamese": ("Không thể gửi yêu cầu", "Tôi không thể gửi biểu mẫu."),
    "spanish": ("Entrega retrasada", "Mi pedido se ha retrasado."),
    "russian": ("Задержка доставки", "Моя посылка задерживается."),
}  # fmt: skip


@pytest.mark.parametrize("language", PEOPLE)
def test_a_person_who_waits_for_a_parcel_is_a_person(language: str) -> None:
    subject, words = PEOPLE[language]
    raw = f"From: Ann <ann@x.example>\nTo: help@desk.example\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{words}"
    assert (None, "") == (parse(raw.encode()).bounce, parse(raw.encode()).automatic)
