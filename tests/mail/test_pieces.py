"""The whole text of a mail told apart: what is new, and why each other line is folded."""

import pytest

from intake.desk.message import Piece, PieceKind
from intake.mail.parse import parse
from intake.mail.quotes.new_text import new_text, split

NEW, QUOTE, SIGNATURE, PROGRAM = PieceKind
ATTRIBUTION = "On Tue, 5 Mar 2024 at 10:15, Boss <Boss@customer.example> wrote:"
HEADER = "From: Boss <boss@customer.example>\nSent: Tuesday, March 5, 2024 10:15 AM\nTo: Lin\nSubject: Down"
BOSS = "boss@customer.example"

SPLITS = {
    "a-quote-below": (
        f"See below.\n\n{ATTRIBUTION}\n> It is down.\n> Again.",
        [(NEW, "See below.\n", ""), (QUOTE, f"{ATTRIBUTION}\n> It is down.\n> Again.", BOSS)],
    ),
    "a-quote-above": (
        f"{ATTRIBUTION}\n> It is down.\n\nStill.",
        [(QUOTE, f"{ATTRIBUTION}\n> It is down.", BOSS), (NEW, "\nStill.", "")],
    ),
    "a-mail-quoted-whole-below-a-signature": (
        f"See below.\n-- \nLin\n\n{HEADER}\n\nIt is down.\nTel. 1",
        [
            (NEW, "See below.", ""),
            (SIGNATURE, "-- \nLin\n", ""),
            (QUOTE, f"{HEADER}\n\nIt is down.\nTel. 1", BOSS),
        ],
    ),
    "a-device-and-a-rule-over-the-quote": (
        f"See below.\n\nSent from my iPhone\n\n________________________________\n{HEADER}\n\nIt is down.",
        [
            (NEW, "See below.\n", ""),
            (PROGRAM, "Sent from my iPhone", ""),
            (QUOTE, f"\n________________________________\n{HEADER}\n\nIt is down.", BOSS),
        ],
    ),
    "a-signature-below-a-quote": (
        f"See below.\n{ATTRIBUTION}\n> It is down.\n-- \nLin",
        [
            (NEW, "See below.", ""),
            (QUOTE, f"{ATTRIBUTION}\n> It is down.", BOSS),
            (SIGNATURE, "-- \nLin", ""),
        ],
    ),
    "a-line-that-parts-what-is-answered": (
        "Done.\n\n##- Reply above this line -##\n\nYour request was closed.",
        [
            (NEW, "Done.\n", ""),
            (PROGRAM, "##- Reply above this line -##", ""),
            (QUOTE, "\nYour request was closed.", ""),
        ],
    ),
    "an-introduction-behind-words": (
        f"Thanks! {ATTRIBUTION}\n> It is down.",
        [(NEW, "Thanks!", ""), (QUOTE, f" {ATTRIBUTION}\n> It is down.", BOSS)],
    ),
    "nobody-is-named": ("See below.\n> It is down.", [(NEW, "See below.", ""), (QUOTE, "> It is down.", "")]),
    "answers-between-quotes": (
        f"{ATTRIBUTION}\n> One?\nYes.\n> Two?\nNo.",
        [(QUOTE, ATTRIBUTION, BOSS), (NEW, "> One?\nYes.\n> Two?\nNo.", "")],
    ),
    "nothing-but-words": ("One.\n\nTwo.", []),
    "nothing-but-a-quote": ("> One.", []),
    "an-answer-between-quotes-alone": ("> One?\nYes.\n> Two?\nNo.", []),
}


@pytest.mark.parametrize(("text", "expected"), SPLITS.values(), ids=SPLITS.keys())
def test_each_line_is_in_a_piece_that_says_why_it_is_folded(text, expected):
    new, pieces = split(text, "")
    assert [Piece(*one) for one in expected] == list(pieces)
    assert new == new_text(text, "")
    if pieces and "Thanks!" not in text:
        assert text == "\n".join(piece.text for piece in pieces)


AUTHORS = {
    "foxmail": (
        "lin@customer.example\n\n发件人： B <boss@customer.example>\n发送时间： 2024-03-05 10:15\n"
        "收件人： lin\n主题： x"
    ),
    "outlook-of-old": (
        "-----Original Message-----\nFrom: B [mailto:boss@customer.example]\nSent: 5. March 2024\nTo: l"
    ),
    "samsung": (
        "-------- Original message --------From: B <boss@customer.example> Date: 05.03.24  10:15 "
        "To: lin@customer.example"
    ),
    "notes": "B <boss@customer.example>\n05/03/2024 10:15\n\nTo\nL <l@x.example>\ncc\n\nSubject\nRe: x\n",
    "the-sender-is-second": (
        "Gesendet: 5. März 2024 um 10:15 Uhr\nVon: B <boss@customer.example>\n"
        "An: lin@customer.example\nBetreff: x"
    ),
    "folded": "On Tue, Mar 5, 2024 at 10:15 AM A Very Long Name <\nboss@customer.example> wrote:\n> x",
}


@pytest.mark.parametrize("quote", AUTHORS.values(), ids=AUTHORS.keys())
def test_a_quote_says_whose_it_is(quote):
    _, pieces = split(f"See below.\n\n{quote}\n\nIt is down. Write to v@vendor.example.", "")
    assert [(QUOTE, BOSS)] == [(piece.kind, piece.author) for piece in pieces if piece.kind is not NEW]


def test_what_is_not_looked_at_goes_with_what_it_stands_below():
    tail = "\n".join(["more"] * 2000)
    _, pieces = split(f"See.\n{HEADER}\n\nDown.\n{tail}", "")
    assert [NEW, QUOTE, QUOTE] == [piece.kind for piece in pieces]
    assert 2000 == "\n".join(piece.text for piece in pieces).split("\n").count("more")


def test_what_a_client_wrapped_in_html_is_a_quote_without_its_marks():
    html = f'<p>See below.</p><div id="appendonsend"></div><div>{HEADER}</div><p>It is down.</p>'
    _, pieces = split("See below.\nIt is down.", html)
    assert [NEW, QUOTE] == [piece.kind for piece in pieces]
    assert "\ufdd0" not in pieces[1].text


def test_an_invitation_stays_with_the_new_words_of_its_mail():
    raw = (
        "From: Lin <lin@customer.example>\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
        f"See below.\r\n{ATTRIBUTION}\r\n> It is down.\r\n"
        "--b\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n"
        "BEGIN:VEVENT\r\nSUMMARY:Call\r\nDTSTART:20261102T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n--b--\r\n"
    ).encode()
    message = parse(raw)
    assert "Call" in message.new_text
    assert [NEW, QUOTE, NEW] == [piece.kind for piece in message.pieces]
    assert "Call" in message.pieces[-1].text
