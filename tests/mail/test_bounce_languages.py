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


def mail(author: str, subject: str, text: str) -> bytes:
    head = f"From: {author}\nTo: help@desk.example\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n"
    return (head + text).encode()


# A report in Japanese words alone, and in one line: subject and text.
JAPANESE = {
    "could not reach": ("メールを届けることができませんでした", f"次の宛先にメールを届けることができませんでした。\n{WHO}"),
    "sending failed": ("送信に失敗しました", f"送信に失敗しました。\n宛先: {WHO}"),
    "a notice of it": ("メール送信失敗のお知らせ", f"以下のメールの送信に失敗しました。\n{WHO}"),
    "an English subject": ("Mail System Error", f"次の宛先へのメールは送信できませんでした。\n <{WHO}>"),
    "was not reached": ("メールが届きませんでした", f"宛先不明のためお届けできませんでした\n<{WHO}>"),
}  # fmt: skip
ONE_LINE = {
    "a subject in Japanese": ("送信エラー", f"Could not be delivered to: {WHO}"),
    "a subject in English": ("Mail System Error", f"Could not be delivered to: {WHO}"),
    "a subject that says nothing": ("Message", f"Your mail could not be delivered to <{WHO}>."),
}
DAEMONS = ("mailer-daemon@isp.example", "no-reply@isp.example")


@pytest.mark.parametrize("author", [*DAEMONS, "info@isp.example"])
@pytest.mark.parametrize(("subject", "text"), JAPANESE.values(), ids=JAPANESE.keys())
def test_a_report_in_japanese_words_is_a_bounce_whoever_sends_it(
    author: str, subject: str, text: str
) -> None:
    bounce = parse(mail(author, subject, text)).bounce
    assert bounce is not None
    assert (BounceKind.FAILED, (WHO,)) == (bounce.kind, bounce.recipients)


@pytest.mark.parametrize("author", DAEMONS)
@pytest.mark.parametrize(("subject", "text"), ONE_LINE.values(), ids=ONE_LINE.keys())
def test_a_report_of_a_machine_in_one_line_is_a_bounce(author: str, subject: str, text: str) -> None:
    bounce = parse(mail(author, subject, text)).bounce
    assert bounce is not None
    assert (WHO,) == bounce.recipients


@pytest.mark.parametrize("author", DAEMONS)
def test_the_mail_that_a_report_in_japanese_returns_tells_whom_it_was_for(author: str) -> None:
    raw = (
        f"From: {author}\nTo: help@desk.example\nSubject: お知らせ\nContent-Type: multipart/mixed; boundary=B\n\n"
        "--B\nContent-Type: text/plain; charset=utf-8\n\nメールを届けることができませんでした。\n"
        f"--B\nContent-Type: message/rfc822\n\nFrom: help@desk.example\nTo: {WHO}\nMessage-ID: <a@desk.example>\n\nx\n--B--\n"
    )
    bounce = parse(raw.encode()).bounce
    assert bounce is not None
    assert ((WHO,), ("a@desk.example",)) == (bounce.recipients, bounce.about)


WRITERS = [
    ("送信できません", f"お世話になります。{WHO} から送信できません。どうすればよいですか。"),
    ("メールを届けることができませんでした", f"昨日のメールを届けることができませんでした。\n{WHO}"),
    ("Mail System Error", f"I get Mail System Error: could not be delivered to: {WHO}. What now?"),
    ("送信に失敗しました", f"アプリで「送信に失敗しました」と出ます。アドレスは {WHO} です。"),
    ("Message", f"My mail could not be delivered to: {WHO}"),
    ("荷物", f"荷物が届きませんでした。\n{WHO}"),
]


@pytest.mark.parametrize(("subject", "text"), WRITERS)
def test_a_person_who_writes_of_mail_that_was_not_delivered_is_a_person(subject: str, text: str) -> None:
    assert parse(mail("Ann <ann@x.example>", subject, text)).bounce is None
