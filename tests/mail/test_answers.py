"""What somebody wrote into a quote of our own mail is told from it, however their program shows it."""

import pytest
from each_case import each

from intake.desk.message import Attachment
from intake.mail.formats.html import from_html
from intake.mail.outgoing import compose
from intake.mail.parse import parse
from intake.mail.quotes import answers
from intake.mail.quotes.known_words import Known, known

OURS = (
    "Hello Lin,\n\nthank you for writing. Please tell us:\n\n1. What model do you have?\n2. Since when?\n\n"
    "You find the number on the back of the device, below the sticker with the bar code on it.\n\n"
    "Do you want a new one, or your money back? See https://desk.example/help/returns for more.\n\n"
    "Kind regards,\nAnna\n\n-- \nExample Desk\nMain Street 1\n"
)
HEADER = (
    "From: Anna (Desk) <help@desk.example>\nSent: Monday, November 2, 2026 9:00 AM\n"
    "To: Lin\nSubject: Re: Q\n\n"
)
LINS = "Hi, my device is broken. It does not start any more since the update of last week.\n\nLin"


def new(quote: str, *known: str) -> list[str]:
    """The lines of the author's own within a quote."""
    parts = answers.parts(quote, Known(known or (LINS, OURS)))
    return [line for part in parts if part.new for line in part.text.split("\n") if line.strip()]


CASES = {
    "nothing": (OURS, []),
    "behind the question": (
        OURS.replace("have?", "have? X-200").replace("when?", "when? Monday"),
        ["1. What model do you have? X-200", "2. Since when? Monday"],
    ),
    "below each question": (
        OURS.replace("have?", "have?\nX-200").replace("when?", "when?\n\nNo idea"),
        ["> 1. What model do you have?", "X-200", "> 2. Since when?", "No idea"],
    ),
    "one word that ours has too": (
        OURS.replace("have?", "have?\nYes, the one below the sticker"),
        ["> 1. What model do you have?", "Yes, the one below the sticker"],
    ),
    "one that is a word of ours": (
        OURS.replace("back? ", "back?\nmoney back\n"),
        ["> Do you want a new one, or your money back?", "money back"],
    ),
    "with a bracket": (OURS.replace("when?", "when?\n[Lin] May"), ["> 2. Since when?", "[Lin] May"]),
    "before the question": (
        OURS.replace("2. Since", "MAY -> 2. Since"),
        ["MAY -> 2. Since when?"],
    ),
    "a thumb": (OURS.replace("when?", "when? 👍"), ["2. Since when? 👍"]),
    "a number alone": (OURS.replace("when?", "when?\n2019"), ["> 2. Since when?", "2019"]),
    "a word struck out": (
        OURS.replace("a new one, or ", ""),
        ["Do you want your money back? See https://desk.example/help/returns for more."],
    ),
    "at the end, after the last line": (
        "1. What model do you have?\n2. Since when?\nMonday",
        ["> 2. Since when?", "Monday"],
    ),
    "in lines broken anew": (
        "> Hello Lin, thank you for\n> writing. Please tell us: 1. What model\n> do you have? 2. Since\n"
        "> when? You find the number on the back of\n> the device, below the sticker with the bar\n"
        "> code on it. X-200\n",
        ["> code on it. X-200"],
    ),
    "deep in a quote": (
        "> > 1. What model do you have?\n> > X-200\n> > 2. Since when?",
        ["> 1. What model do you have?", "> > X-200"],
    ),
    "below a banner": (
        "CAUTION: This email came from outside.\n" + OURS.replace("when?", "when? Monday"),
        ["2. Since when? Monday"],
    ),
    "a link": (
        OURS.replace("when?", "when?\nhttps://lin.example/bill.pdf"),
        ["> 2. Since when?", "https://lin.example/bill.pdf"],
    ),
    "a link behind the question": (
        OURS.replace("when?", "when? https://lin.example/bill.pdf"),
        ["2. Since when? https://lin.example/bill.pdf"],
    ),
    "our link, wrapped": (
        OURS.replace(
            "https://desk.example/help/returns",
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fdesk.example%2Fhelp%2Freturns&data=05",
        ),
        [],
    ),
    "our link, broken": (
        OURS.replace("https://desk.example/help/returns", "\nhttps://desk.example/help/r\n"),
        [],
    ),
    "in bold, with other marks": (
        OURS.replace("1. What model do you have?", "*1)* “What model do you have?”").replace("2. ", "• "),
        [],
    ),
    "a header and their own earlier mail below": (
        HEADER + OURS + "\nFrom: Lin <lin@customer.example>\nSent: Sunday, November 1, 2026 9:00 AM\n"
        "To: help@desk.example\nSubject: Q\n\n" + LINS,
        [],
    ),
    "an introduction and their own earlier mail below": (
        f"On Mon, 2 Nov 2026 at 09:00, Anna <help@desk.example> wrote:\n> {OURS}\n"
        f"> On Sun, 1 Nov 2026 at 09:00, Lin <lin@customer.example> wrote:\n> > {LINS}",
        [],
    ),
    "another's mail below ours": (
        HEADER + OURS + "\nFrom: Vendor <v@vendor.example>\nSent: Sunday, November 1, 2026 9:00 AM\nTo: Lin\n"
        "Subject: V\n\nYour parcel is late. We are sorry for that.",
        [],
    ),
    "below our signature": (OURS + "\n\nThis email and its files are confidential.", []),
}


@each("name", CASES)
def test_what_differs_from_our_mail_is_the_authors(name: str) -> None:
    quote, expected = CASES[name]
    assert expected == new(quote)


CHINESE = "您好，请问您用的是哪个型号？从什么时候开始的？请告诉我们。"
SCRIPTS = {
    "Chinese, broken anew": (
        CHINESE,
        "您好，请问您用的是哪个型\n号？从什么时候开\n始的？请告诉我们。",
        [],
    ),
    "Chinese": (
        CHINESE,
        "您好，请问您用的是哪个型号？\nX-200\n从什么时候开始的？上周一\n请告诉我们。",
        ["> 您好，请问您用的是哪个型号？", "X-200", "从什么时候开始的？上周一"],
    ),
    "Japanese": (
        "機種は何ですか。いつからですか。",
        "機種は何ですか。X-200です\nいつからですか。",
        ["機種は何ですか。X-200です"],
    ),
    "Korean": (
        "어떤 모델을 사용하시나요? 언제부터인가요?",
        "어떤 모델을 사용하시나요?\n새 모델\n언제부터인가요?",
        ["> 어떤 모델을 사용하시나요?", "새 모델"],
    ),
    "Russian": (
        "Какая у вас модель? С какого времени?",
        "> Какая у вас модель?\n> Х-200\n> С какого времени?",
        ["> Какая у вас модель?", "> Х-200"],
    ),
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_in_every_script(script: str) -> None:
    ours, quote, expected = SCRIPTS[script]
    assert expected == new(quote, ours)


def test_a_quote_of_what_we_do_not_have_has_nothing_of_its_own() -> None:
    assert [] == new("Dear customer,\n\nyour parcel 4711 is late.\nWe are sorry.", OURS)
    assert [] == new("Dear customer,\n\nyour parcel 4711 is late.\nWe are sorry.", "")


def test_parts_are_all_of_the_quote_in_its_order() -> None:
    quote = OURS.replace("have?", "have? X-200").replace("when?", "when? Monday")
    found = answers.parts(quote, Known((OURS,)))
    assert [False, True, False] == [part.new for part in found]
    assert quote == "\n".join(part.text for part in found)
    assert OURS == "\n".join(part.text for part in answers.parts(OURS, Known((OURS,))))


def test_a_hostile_quote_costs_no_more_than_its_length() -> None:
    text = "a b c d e f g h " * 16_000
    quote = "\n".join("a b c d e f g i " * 20 for _ in range(1500))
    assert quote == "\n".join(part.text for part in answers.parts(quote, Known((text,))))


def test_our_mail_is_read_as_it_left() -> None:
    raw = (
        b"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: text/plain\r\n\r\nWhich one do you have?\r\n--b\r\nContent-Type: text/html\r\n\r\n"
        b"<p>Which one do you have?</p><ul><li>The small<li>The large</ul>\r\n--b--\r\n"
    )
    there = known((raw,), ())
    assert [False, True] == [
        part.new for part in answers.parts("Which one do you have?\nThe large! Why?", there)
    ]
    assert [False] == [
        part.new for part in answers.parts("Which one do you have?\n- The small\n- The large", there)
    ]


def test_of_a_long_thread_the_newest_mail_is_compared() -> None:
    thread = "\n".join(f"line {at} of a thread that is very long and goes on and on" for at in range(5000))
    quote = f"{OURS.replace('when?', 'when? Monday')}\n{HEADER}{thread}"
    assert ["2. Since when? Monday"] == new(quote, thread, OURS)


def test_of_a_mail_of_ours_is_known_what_its_reader_sees() -> None:
    file = Attachment("a.txt", "text/plain", b"Not to be quoted: a file.")
    page = "<p>Dear Lin, please look at <b>the label</b> of the device.</p>"
    for text, html, files in (
        ("Hello Lin", "", []),
        ("Hello Lin, größer\n\n> quoted\n-- \nDesk", page, []),
        ("Hello Lin", page, [file]),
        ("您好，请看设备上的标签。", "", [file]),
    ):
        raw = compose.message(["From: help@desk.example", "Subject: Re: Q"], text, files, "=_b", html)
        message = parse(raw)
        shown = [message.text, *([from_html(message.html)] if message.html else [])]
        assert known((raw,), ("said",))._words == Known(["said", *shown])._words
        assert "Hello" in message.text or "您好" in message.text
