"""What looks like a signature, an introduction or a quoted mail's header, and is its author's own."""

import pytest

from intake.desk.message import PieceKind
from intake.mail.parse import parse
from intake.mail.quotes.new_text import new_text

QUOTE = "On Tue, 5 Mar 2024 at 10:15, Desk <help@desk.example> wrote:\n> Please restart it."

PARTED = [
    "Two things\n--\nfirst: the app does not start\n--\nsecond: the fee is wrong",
    "Hello\n--\nmy wallet is empty since the update\n--\nmy telephone is quite new\nThanks, Bob",
    "Hallo,\n--\nerstens: die App startet nicht\n--\nzweitens: die Gebühr stimmt nicht",
    "两个问题\n--\n第一：登录失败\n--\n第二：余额不对",
    "Bonjour\n—\nle portefeuille est vide depuis hier\n—\nles frais sont trop élevés",
    "Три вопроса\n--\nпочему кошелёк пустой\n--\nгде мой перевод\n--\nкак вернуть деньги",
]


@pytest.mark.parametrize("text", PARTED)
def test_dashes_between_several_matters_begin_no_signature(text: str) -> None:
    assert text == new_text(text, "")
    assert text == new_text(f"{text}\n\n{QUOTE}", "")
    assert text == new_text(f"{text}\n--\nBob Example\nExample Ltd\n\n{QUOTE}", "")
    assert text == new_text(f"{text}\n\n-- \nBob Example\nsells what you need", "")


@pytest.mark.parametrize(
    "below",
    [
        "--\nBob Example\nExample Ltd\n--\nYou received this because you are subscribed to the list.",
        "--\nBob Example\n--\nThis message is confidential.",
        "--\nDr. Bob Example\nDirector of Sales\n+1 555 0100\n--\nwww.x.example",
        "--\n张三\n某某科技有限公司\n--\n电话 123456",
        "-- \nBob Example\nwe make it work for you\n-- \nthe list of all users",
        "--\nthis message is confidential and for you only\n--\nBob",
    ],
)
def test_two_signatures_are_signatures(below: str) -> None:
    assert "It is broken." == new_text(f"It is broken.\n{below}", "")


RECORDS = [
    "[12:03] bob wrote:\nhello\n[12:04] alice wrote:\nhi there",
    "12:03 bob wrote:\nhello\n12:04 alice wrote:\nhi there",
    "[2024-03-05 10:15:23] bob@example.com wrote:\n\ndisk full",
    "2024-03-05 10:15:23 ERROR the writer wrote:\n12 bytes",
    "2024-03-05 10:15:23 ERROR timeout:\ncould not connect",
    "2024-03-05 10:15:23 GMT ERROR timeout:\ncould not connect",
    "05.03.2024 10:15:23 <info@example.com> smtp error:\n550 rejected",
    "05/03/2024, 10:15 - Bob wrote:\nhello",
    "[05.03.24, 10:15:23] Bob schrieb:\nhallo",
    "Mar 5 10:15:23 host app[12]: user <bob@example.com> wrote:\n\nnothing",
    "ERROR 2024-03-05 10:15 the disk wrote:\nnothing",
]


@pytest.mark.parametrize("record", RECORDS)
def test_a_line_of_a_record_leads_to_no_quote(record: str) -> None:
    text = f"The log says\n\n{record}\n\nWhat does this mean?"
    assert text == new_text(text, "")
    assert text == new_text(f"{text}\n\n{QUOTE}", "")


@pytest.mark.parametrize(
    "introduction",
    [
        "2024-03-05 10:15 GMT+01:00 Desk <help@desk.example>:",
        "2024-03-05 10:15:23, Desk <help@desk.example> wrote:",
        "05.03.2024, 10:15, \"Desk\" <help@desk.example>:",
        "2024/03/05 10:15, Desk wrote:",
        "2024/3/5 10:15, Desk 写道：",
        "12:03, 5 мар. 2024 г., Desk <help@desk.example>:",
        "On Tuesday, March 5, 2024 at\n10:15 AM, Desk wrote:",
        "On Tuesday, March 5, 2024 at\n10:15 AM Desk <help@desk.example> wrote:",
        "Am 05.03.2024 um\n10:15:23 schrieb Desk <help@desk.example>:",
        "5 March 2024, 10:15, INFO Desk <info@desk.example> wrote:",
    ],
)  # fmt: skip
def test_an_introduction_is_none(introduction: str) -> None:
    assert "It works." == new_text(f"It works.\n\n{introduction}\n\nPlease restart it.", "")
    assert "It works." == new_text(f"It works.\n\n{introduction}\n\n> Please restart it.", "")


@pytest.mark.parametrize("record", ["[12:03] Bob wrote:", "2024-03-05 10:15:23 Bob wrote:"])
def test_over_a_marked_quote_it_is_one(record: str) -> None:
    assert "It works." == new_text(f"It works.\n\n{record}\n> Please restart it.", "")


SCAM = (
    "I got this mail, is it yours?\n\nFrom: Support <support@walllet.example>\nSent: Tuesday, March 5, 2024 "
    "10:15 AM\nTo: me@example.com\nSubject: Your wallet is blocked\n\nPlease click here.\n\n"
    "I did not click. What should I do?"
)
STORIES = {
    "a swindler's mail": SCAM,
    "without a date": SCAM.replace("Sent: Tuesday, March 5, 2024 10:15 AM\n", ""),
    "in German": (
        "Ist das von euch?\n\nVon: Support <support@walllet.example>\nGesendet: Di., 5. März 2024 10:15\n"
        "An: ich@example.com\nBetreff: Ihr Konto\n\nKlicken Sie hier.\n\nIch habe nicht geklickt."
    ),
    "a journey": "I want to go.\n\nFrom: Berlin\nTo: Paris\nSubject: Journey\n\nPlease book two seats.",
    "a payment": (
        "Where is it?\n\nFrom: my wallet\nSent: 2024-03-05 10:15\nTo: bc1qxyz\nSubject: rent\n\nIt never came"
    ),
}


def mail(text: str, subject: str, more: str = "") -> bytes:
    head = f"From: Ann <ann@customer.example>\nTo: help@desk.example\nSubject: {subject}\n{more}"
    return f"{head}Content-Type: text/plain; charset=utf-8\n\n{text}\n".encode()


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
@pytest.mark.parametrize("more", ["", "Thread-Index: Adpuf0Aabcdefghijklmnopqrstuvw==\n"])
def test_in_a_mail_that_answers_none_a_header_is_its_authors(story: str, more: str) -> None:
    message = parse(mail(story, "Question: is this a fraud", more))
    assert story == message.new_text
    assert () == message.pieces


@pytest.mark.parametrize(
    ("subject", "more"),
    [
        ("Re: Your wallet", ""),
        ("AW: Your wallet", ""),
        ("[External] RE: Your wallet", ""),
        ("回复：Your wallet", ""),
        ("Fwd: Your wallet", ""),
        ("R: Your wallet", ""),
        ("ΑΠ: Your wallet", ""),
        ("תגובה: Your wallet", ""),
        ("رد: Your wallet", ""),
        ("Továbbítás: Your wallet", ""),
        ("Your wallet [#12]", ""),
        ("Your wallet", "In-Reply-To: <a@desk.example>\n"),
        ("Your wallet", "References: <a@desk.example>\n"),
        ("Your wallet", "Thread-Index: AQHabn9AGquUI0q1h0SRXBh4QbPaYbHPq1oA\n"),
        ("Your wallet", "Return-Path: <>\n"),
    ],
)
def test_in_an_answer_it_is_a_quoted_mails(subject: str, more: str) -> None:
    assert "I got this mail, is it yours?" == parse(mail(SCAM, subject, more)).new_text


@pytest.mark.parametrize("line", ["-----Original Message-----", "_" * 32])
def test_a_clients_own_line_over_it_says_that_it_is_quoted(line: str) -> None:
    story = SCAM.replace("From:", f"{line}\nFrom:")
    assert "I got this mail, is it yours?" == parse(mail(story, "Your wallet")).new_text


@pytest.mark.parametrize("line", ["-" * 20, "_" * 10, "=" * 32])
def test_a_rule_of_the_authors_over_it_does_not(line: str) -> None:
    story = SCAM.replace("From:", f"{line}\nFrom:")
    assert story == parse(mail(story, "Your wallet")).new_text


@pytest.mark.parametrize("signature", ["-- \nAnn\nTel. 123", "--\nAnn", "Sent from my iPhone"])
def test_below_a_signature_it_is_quoted_and_no_part_of_the_signature(signature: str) -> None:
    asked, _, rest = SCAM.partition("\n\n")
    message = parse(mail(f"{asked}\n\n{signature}\n\n{rest}", "Your wallet"))
    assert asked == message.new_text
    assert [rest] == [one.text.strip() for one in message.pieces if one.kind is PieceKind.QUOTE]


@pytest.mark.parametrize(
    "block",
    [
        "From: Berlin\nTo: Paris\nSubject: Journey",
        "From: Berlin\nTo: Paris\nDate: 5 May\nSubject: Journey",
        "Von: Berlin\nAn: Paris\nBetreff: Fahrt",
        "От: Иван\nКому: Пётр\nТема: перевод",
    ],
)
def test_labels_without_address_and_time_are_no_header_in_an_answer_either(block: str) -> None:
    text = f"Please book it.\n\n{block}\n\nTwo seats."
    assert text == new_text(text, "")
    assert text == new_text(f"{text}\n\n{QUOTE}", "")


@pytest.mark.parametrize("between", [" ", "\xa0", "\u3000"])
@pytest.mark.parametrize("rule", ["", "\n", "\n\n", "______________________________\n"])
def test_foxmails_line_of_its_author_goes_without_a_rule(between: str, rule: str) -> None:
    header = "发件人： Desk\n发送时间： 2024-03-05 10:15\n收件人： bob\n主题： Re: broken\nPlease restart."
    text = f"Still broken.\n\n{rule}bob@customer.example\n{between}\n{header}"
    assert "Still broken." == new_text(text, "")


@pytest.mark.parametrize(
    "above", ["My new address", "请发到这个邮箱", "Write to:", "Neue Adresse", "我的账号"]
)
def test_an_address_that_is_told_stays(above: str) -> None:
    header = "发件人： Desk\n发送时间： 2024-03-05 10:15\n收件人： bob\n主题： Re: broken\nPlease restart."
    words = f"{above}\n\nbob@customer.example"
    assert words == new_text(f"{words}\n \n{header}", "")
