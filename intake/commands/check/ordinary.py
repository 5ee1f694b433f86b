"""Ordinary mails of customers, to try rules on: in the languages of our mails, from several providers."""

from collections.abc import Iterator
from dataclasses import replace

from intake.desk.message import Attachment
from intake.desk.triage.engine import TriageInput

# Language, sender, subject, text. None has a word of security in it, which goes before all rules.
_LETTERS = (
    ("en", "ann@gmail.com", "Printer", "Hello, my printer does not print. What can I do? Thanks, Ann"),
    ("en", "bob@yahoo.co.uk", "Re: order 4711", "It has not come yet."),
    ("en", "sales@shop.example", "Question about an invoice", "Could you send us the invoice of May again?"),
    ("en", "kid@icloud.com", "", "how do i install it"),
    ("zh-Hans", "1234567@qq.com", "转账没有到账", "您好，我昨天转的账到现在还没有到，请帮我查一下。"),
    ("zh-Hans", "li@163.com", "无法登录", "打开之后一直转圈，怎么办？"),
    ("zh-Hant", "chen@yahoo.com.tw", "請問如何更新", "您好，我想更新到新版本，請問要怎麼做？"),
    ("ja", "sato@docomo.ne.jp", "起動しません", "お世話になっております。アプリが起動しません。"),
    ("ko", "kim@naver.com", "문의드립니다", "안녕하세요. 설치가 되지 않습니다."),
    ("es", "ana@hotmail.com", "No puedo entrar", "Hola, desde ayer no puedo entrar. ¿Qué hago?"),
    ("pt", "joao@uol.com.br", "Dúvida", "Bom dia, como faço para mudar o idioma?"),
    ("fr", "marie@orange.fr", "Mise à jour", "Bonjour, la mise à jour ne se termine pas."),
    ("de", "jens@gmx.de", "Frage zur Rechnung", "Guten Tag, ich habe noch keine Rechnung bekommen."),
    ("ru", "ivan@mail.ru", "Не открывается", "Здравствуйте! Программа не открывается."),
    ("tr", "ayse@outlook.com", "Kurulum", "Merhaba, kurulumu nasıl yapabilirim?"),
    ("vi", "minh@gmail.com", "Hỏi về cài đặt", "Chào bạn, tôi không cài đặt được."),
)
# Of which programs each has some: the fields that say who made it are not the same anywhere.
_MADE_BY = (
    (("x-mailer", "iPhone Mail (21F90)"),),
    (("x-google-smtp-source", "AGHT"), ("dkim-signature", "v=1; a=rsa-sha256; d=gmail.com")),
    (("x-ms-exchange-organization-scl", "1"), ("thread-index", "AdHOFTs4"), ("user-agent", "Outlook")),
    (("x-qq-mid", "webmail"), ("x-mailer", "QQMail 2.x")),
)
_DATE = "Mon, 30 Nov 2026 09:00:00 +0000"


def ordinary(mailbox: str, address: str) -> Iterator[TriageInput]:
    """Yield ordinary mails to an address, in a mailbox. Nobody vouches for their senders."""
    for place, (language, sender, subject, text) in enumerate(_LETTERS):
        headers = (
            ("received", f"from mx.{sender.partition('@')[2]} by mx.example; {_DATE}"),
            ("from", sender),
            ("to", address),
            ("subject", subject),
            ("date", _DATE),
            ("message-id", f"<{place}@{sender.partition('@')[2]}>"),
            ("mime-version", "1.0"),
            ("content-type", "text/plain; charset=utf-8"),
            ("return-path", sender),
            *_MADE_BY[place % len(_MADE_BY)],
        )
        mail = TriageInput(sender, (address.lower(),), mailbox, subject, text, language, headers=headers)
        # Every third has a picture with it.
        picture = Attachment("picture.png", "image/png", b"\x89PNG")
        yield mail if place % 3 else replace(mail, attachments=(picture,))
