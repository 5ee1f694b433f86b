# ruff: noqa: E501 (a form stays on the line of its name)
"""What mail systems write in their own words, recalled from the systems, not from the readers' tables."""

import time

import pytest
from each_case import each

from intake.desk.message import BounceKind
from intake.mail.parse import parse

WHO = "lin@customer.example"
RETURNED = (
    "Received: from mail.desk.example by mx.example.net; Fri, 9 Aug 2024 18:42:10 +0200\n"
    "Message-ID: <a1@desk.example>\nFrom: Support <support@desk.example>\n"
    f"To: {WHO}\nSubject: Re: Login\n\nHello\n"
)


def mail(sender: str, subject: str, text: str, *more: str) -> bytes:
    head = (f"From: {sender}", "To: support@desk.example", f"Subject: {subject}",
            "Date: Fri, 9 Aug 2024 18:42:11 +0200", "Message-ID: <r1@mx.example.net>",
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", *more)  # fmt: skip
    return ("\n".join(head) + "\n\n" + text + "\n").encode()


DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.example.net>"
F, D = BounceKind.FAILED, BounceKind.DELAYED
FORMS = {
    "qmail": (F, "MAILER-DAEMON@mx.example.net", "failure notice",
        f"Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<{WHO}>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 unknown\nGiving up on 192.0.2.1.\n\n--- Below this line is a copy of the message.\n\n{RETURNED}"),
    "exim": (F, DAEMON, "Mail delivery failed: returning message to sender",
        f"This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  {WHO}\n    host mx.customer.example [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<{WHO}>:\n    550 5.1.1 no such user\n\n------ This is a copy of the message, including all the headers. ------\n\n{RETURNED}"),
    "exim-delay": (D, DAEMON, "Warning: message 1abc-2 delayed 24 hours",
        f"This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.example.net.\n\nThe address to which the message has not yet been delivered is:\n\n  {WHO}\n    Delay reason: Connection timed out\n\nNo action is required on your part."),
    "sendmail": (F, "Mail Delivery Subsystem <MAILER-DAEMON@mx.example.net>", "Returned mail: see transcript for details",
        f"The original message was received at Fri, 9 Aug 2024 18:42:10 +0200\n\n   ----- The following addresses had permanent fatal errors -----\n<{WHO}>\n    (reason: 550 5.1.1 User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mx.customer.example.:\n>>> RCPT To:<{WHO}>\n<<< 550 5.1.1 User unknown\n\n{RETURNED}"),
    "postfix": (F, DAEMON, "Undelivered Mail Returned to Sender",
        f"This is the mail system at host mx.example.net.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients.\n\nFor further assistance, please send mail to <help@provider.example>\n\n<{WHO}>: host mx.customer.example[192.0.2.1] said: 550 5.1.1\n    User unknown (in reply to RCPT TO command)\n\n{RETURNED}"),
    "postfix-to-postmaster": (None, "MAILER-DAEMON@desk.example", "Postfix SMTP server: errors from unknown[192.0.2.9]",
        f"Transcript of session follows.\n\n Out: 220 desk.example ESMTP\n In:  MAIL FROM:<eve@elsewhere.example>\n Out: 250 2.1.0 Ok\n In:  RCPT TO:<{WHO}>\n Out: 451 4.3.0 Error: queue file write error\n"),
    "exchange-2003": (F, "System Administrator <postmaster@customer.example>", "Undeliverable: Re: Login",
        f"Your message did not reach some or all of the intended recipients.\n\n      Subject:  Re: Login\n      Sent:     9-8-2024 18:42\n\nThe following recipient(s) could not be reached:\n\n      {WHO} on 9-8-2024 18:42\n            The e-mail account does not exist at the organization this message was sent to.\n            <mx.customer.example #5.1.1>"),
    "office365": (F, "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@customer.example>", "Undeliverable: Re: Login",
        f"Your message to {WHO} couldn't be delivered.\n\nlin wasn't found at customer.example.\n\nDiagnostic information for administrators:\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'\n\nOriginal message headers:\n\n{RETURNED}"),
    "gmail": (F, "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Delivery Status Notification (Failure)",
        f"** Address not found **\n\nYour message wasn't delivered to {WHO} because the address couldn't be found, or is unable to receive mail.\n\nThe response was:\n\n550 5.1.1 The email account that you tried to reach does not exist."),
    "yahoo": (F, "MAILER-DAEMON@yahoo.com", "Failure Notice",
        f"Sorry, we were unable to deliver your message to the following address.\n\n<{WHO}>:\n554: delivery error: dd This user doesn't have a yahoo.com account\n\n--- Original message follows.\n\n{RETURNED}"),
    "zoho": (F, "mailer-daemon@mail.zoho.com", "Undelivered Mail Returned to Sender",
        f"This message was created automatically by mail delivery software.\nA message that you sent could not be delivered to one or more of its recipients. This is a permanent error.\n\n{WHO} Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 User unknown\n"),
    "notes": (F, "Mail Router <postmaster@customer.example>", "DELIVERY FAILURE: User lin (lin@customer.example) not listed in Domino Directory",
        f"Your message\n\n  Subject: Re: Login\n\nwas not delivered to:\n\n  {WHO}\n\nbecause:\n\n  User lin not listed in Domino Directory\n"),
    "qq": (F, "PostMaster@qq.com", "系统退信/Systems bounce",
        f"抱歉，您的邮件被退回来了……\n\n原邮件信息：\n时 间 2024-08-09 18:42:10\n收件人 {WHO}\n\n退信原因：\n收件人邮箱地址({WHO})不存在，邮件无法送达。\nhost mx3.qq.com said: 550 Mailbox not found.\n"),
    "netease": (F, "Postmaster@163.com", "系统退信",
        f"您的邮件被退回\n\n收件人：{WHO}\n退信原因：收件人地址不存在 (User not found)\n550 User not found\n"),
    "aliyun": (F, "postmaster@aliyun.com", "系统退信 - 投递失败",
        f"您好，您发送的邮件未能送达以下收件人：\n{WHO}\n退信原因：用户不存在\n"),
    "kddi": (F, "no-reply@ezweb.ne.jp", "Mail System Error - Returned Mail",
        f"The user(s) account is temporarily over quota.\n\n<{WHO}>\n\nReceived: from desk.example by lsean.ezweb.ne.jp\n{RETURNED}"),
    "fml": (F, "lists-admin@customer.example", "Returned mail: User unknown",
        f"Dear Subscriber\n\n<{WHO}>: User unknown\n\n   ----- Original message follows -----\n{RETURNED}"),
    "mfilter": (F, "MAILER-DAEMON@mx.example.net", "failure notice",
        f"このメールは以下の宛先に配信できませんでした。\n\n-------server message\n550 5.1.1 unknown user <{WHO}>\n\n-------original mail info\n{RETURNED}"),
    "apache-james": (F, "postmaster@customer.example", "[BOUNCE] Re: Login",
        f"Hi. This is the James mail server at customer.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.  Below\nI include the list of recipients and the reason why I was unable to deliver your message.\n\nFailed recipient(s):\n{WHO}\n\nError message:\n550 5.1.1 User unknown\n\nOriginal message:\n"),
    "verizon": (F, "post_master@vtext.com", "Undeliverable Message",
        f"Your message to {WHO} could not be delivered.\n\nError: No such address\n550 - Requested action not taken: no such user here\n"),
    "courier": (F, '"Courier mail server at mx.example.net" <@>', "NOTICE: mail delivery status.",
        f"This is a delivery status notification from mx.example.net,\nrunning the Courier mail server, version 0.65.2.\n\nThe original message was received on Fri, 09 Aug 2024 18:42:10 +0200\n\n                      UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n<{WHO}>:\n    mx.customer.example [192.0.2.1]:\n>>> RCPT TO:<{WHO}>\n<<< 550 5.1.1 User unknown\n"),
    "opensmtpd": (F, "Mailer Daemon <MAILER-DAEMON@mx.example.net>", "Delivery status notification: error",
        f"    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An error has occurred while attempting to deliver a message for\n    the following list of recipients:\n\n{WHO}: 550 5.1.1 User unknown\n\n    Below is a copy of the original message:\n\n{RETURNED}"),
    "opensmtpd-delay": (D, "Mailer Daemon <MAILER-DAEMON@mx.example.net>", "Delivery status notification: warning",
        f"    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    A message is delayed for more than 4 hours for the following\n    list of recipients:\n\n{WHO}: 421 try again later\n"),
    "gmx": (F, "GMX Mailer Daemon <mailer-daemon@gmx.net>", "Mail delivery failed: returning message to sender",
        f"This message was created automatically by mail delivery software.\nA message that you sent could not be delivered to one or more of\nits recipients. The following addresses failed:\n\n<{WHO}>:\n\ndelivery was attempted: RCPT TO command failed: 550 mailbox unavailable\n"),
    "mail-ru": (F, "mailer-daemon@corp.mail.ru", "Ваше сообщение не доставлено. Mail failure.",
        f"Это письмо создано автоматически сервером Mail.Ru, отвечать на него не нужно.\n\nК сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям:\n\n{WHO}\n    Message was not accepted -- invalid mailbox.  Local mailbox {WHO} is unavailable\n"),
    "yandex": (F, "mailer-daemon@yandex.ru", "Недоставленное сообщение",
        f"Это письмо отправлено почтовым сервером yandex.ru.\n\nК сожалению, мы вынуждены сообщить Вам о том, что Ваше письмо не может\nбыть отправлено одному или нескольким адресатам.\n\n<{WHO}>: host mx.customer.example[192.0.2.1] said: 550 5.1.1 No such user\n"),
    "strato-german": (F, "MAILER-DAEMON@mx.example.net", "Unzustellbar: Re: Login",
        f"Ihre Nachricht konnte nicht zugestellt werden.\n\nEmpfänger: {WHO}\nGrund: 550 5.1.1 Benutzer unbekannt\n"),
    "orange-french": (F, "postmaster@orange.fr", "Échec de la remise : Re: Login",
        f"Votre message n'a pas pu être remis au destinataire suivant :\n\n{WHO}\n\n550 5.1.1 Adresse d au moins un destinataire invalide.\n"),
    "spanish": (F, "postmaster@customer.example", "No se puede entregar: Re: Login",
        f"No se pudo entregar el mensaje a los destinatarios siguientes:\n\n{WHO}\n\n550 5.1.1 usuario desconocido\n"),
    "korean": (F, "MAILER-DAEMON@naver.com", "[반송] Re: Login",
        f"메일 전송에 실패하였습니다.\n\n받는 사람: {WHO}\n실패 원인: 존재하지 않는 수신자 주소 (550 5.1.1 No such user)\n"),
    "gateway-sms": (F, "post_master@vtext.com", "Re: Login",
        f"Error: Invalid user address\n\nError message below:\n550 - Requested action not taken: no such user here\n\nMessage details:\n  MAIL FROM: support@desk.example\n  RCPT TO: {WHO}\n"),
}  # fmt: skip


@each("system", FORMS)
def test_a_report_in_a_systems_own_words_names_the_recipient(system: str) -> None:
    kind, sender, subject, text = FORMS[system]
    found = parse(mail(sender, subject, text)).bounce
    assert found is not None
    assert (WHO,) == found.recipients
    assert kind in (None, found.kind)


SES = (
    '{"notificationType":"%s","%s":{"bounceType":"%s","%s":[{"emailAddress":"lin@customer.example",'
    '"status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]},'
    '"mail":{"messageId":"0101","destination":["lin@customer.example"],'
    '"headers":[{"name":"Message-ID","value":"<a1@desk.example>"}]}}'
)
NOTICES = {
    "permanent": (("Bounce", "bounce", "Permanent", "bouncedRecipients"), BounceKind.FAILED),
    "transient": (("Bounce", "bounce", "Transient", "bouncedRecipients"), BounceKind.DELAYED),
    "complaint": (("Complaint", "complaint", "", "complainedRecipients"), BounceKind.DELIVERED),
    "delay": (("DeliveryDelay", "deliveryDelay", "", "delayedRecipients"), BounceKind.DELAYED),
}


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_of_amazon_ses(name: str, wrapped: bool) -> None:
    import json

    values, kind = NOTICES[name]
    text = SES % values
    if wrapped:
        text = json.dumps({"Type": "Notification", "Message": text}, indent=2)
    found = parse(mail("x <no-reply@sns.amazonaws.com>", "AWS Notification Message", text)).bounce
    assert found is not None
    assert (kind, (WHO,), ("a1@desk.example", "0101@email.amazonses.com")) == (
        found.kind,
        found.recipients,
        found.about,
    )


PEOPLE = {
    "asks-what-a-bounce-means": ("Re: Undelivered Mail Returned to Sender", "What does this mean?\n\n> <bob@x.example>: host mx said: 550 5.1.1 User unknown"),
    "asks-about-json": ("JSON", 'Your API returned {"notificationType": "Bounce"} to me. Why? {"a": 1}'),
    "asks-about-a-notice": ("SES", "What is this?\n" + '{"notificationType":"Bounce","bounce":{"a":1},"mail":{"b":2}}'),
    "sends-json": ("JSON", '{"notificationType": "Bounce", "mine": true}'),
    "asks-why-mail-fails": ("My message could not be delivered", "Hello, my message to sales@desk.example could not be delivered. Why?"),
    "asks-about-a-postfix": ("Postfix question", "Our log says: <bob@x.example>: User unknown. What can I do?"),
    "asks-in-chinese": ("退信问题", "你好，我的邮件被退回来了，怎么办？"),
    "asks-about-a-full-box": ("mailbox full", "I get 'mailbox full' when I write to bob@x.example."),
    "title-like": ("Re: order: not delivered", "My parcel was not delivered to my address."),
}  # fmt: skip


@pytest.mark.parametrize("name", PEOPLE)
def test_a_person_who_writes_of_bounces_is_a_person(name: str) -> None:
    subject, text = PEOPLE[name]
    found = parse(mail("Ann <ann@example.com>", subject, text))
    assert (None, "") == (found.bounce, found.automatic)


HOSTILE = {
    "braces": '{"notificationType":' + '{"a":' * 200_000,
    "brackets": '{"notificationType":"Bounce","x":' + "[" * 300_000,
    "addresses": "RCPT TO:<" + "a@b" * 300_000,
    "spaces": "could not be delivered to" + " " * 500_000,
    "colons": "<a@b.example>" + " (x" * 200_000,
    "statuses": "Final-Recipient:" * 60_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_report_ends_soon(name: str) -> None:
    raw = mail(DAEMON, "Undelivered Mail Returned to Sender", HOSTILE[name])
    started = time.process_time()
    parse(raw)
    assert time.process_time() - started < 3
