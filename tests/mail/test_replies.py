# ruff: noqa: E501 (a form stays on the line of its name)
"""Replies as clients and other desks write them, one of each: what its author wrote is all that is new."""

import time
from itertools import pairwise
from pathlib import Path

import pytest
from each_case import each

from intake.mail.formats.html import from_html
from intake.mail.quotes.new_text import new_text


def table(text: str) -> dict[str, tuple[str, str]]:
    """Read "== name", the mail, "-> its author's words" (further lines begin with "-> ", too)."""
    cases = {}
    for block in text.strip("\n").removeprefix("== ").split("\n== "):
        name, _, body = block.partition("\n")
        lines = body.split("\n")
        words = [line.removeprefix("->").removeprefix(" ") for line in lines if line.startswith("->")]
        mail = [line for line in lines if not line.startswith("->")]
        cases[name] = ("\n".join(mail).rstrip("\n") + "\n", "\n".join(words))
    return cases


HERE = Path(__file__).parent
REPLIES = table((HERE / "replies.txt").read_text(encoding="utf-8"))
PAGES = table((HERE / "replies_html.txt").read_text(encoding="utf-8"))


def folded(text: str) -> str:
    return " ".join(text.split())


@each("name", REPLIES)
def test_only_its_authors_words_are_new_in_a_reply(name: str) -> None:
    mail, words = REPLIES[name]
    assert folded(new_text(mail, "")) == folded(words)


@each("name", PAGES)
def test_only_its_authors_words_are_new_in_a_reply_in_html(name: str) -> None:
    page, words = PAGES[name]
    assert folded(new_text(from_html(page), page)) == folded(words)


KEPT = {
    "somebody's words retold": "Peter wrote that it is fixed.\n\nIt is not.\n\nPlease look again.",
    "somebody's words retold, with a date": "On 5 March 2024 at 10:15 Peter wrote\nthat it is fixed.\n\nIt is not.",
    "somebody's words retold, with an address": "On 5 March 2024 at 10:15 Peter <peter@example.net> wrote\nthat it is fixed.\n\nIt is not.",
    "who was told what": "On 5 March 2024 at 10:15 Peter <peter@example.net> wrote to me\n\nThat it is fixed. It is not.",
    "what a stranger wrote": "This is strange.\n\npeter.parker@example.net wrote:\n\nSend me your password.\n\nWhat shall I do?",
    "what a desk wrote, led to": "Please explain what this means:\n\nsupport@other.example wrote:\n\nYour account is closed.\n\nIs it?",
    "a desk's address in a sentence": "I asked support@other.example and support@other.example wrote:\nno.\n\nWhat now?",
    "a list of recipients": "Please send it to these people.\n\nTo: Ann\nTo: Bo\nTo: Cy\n\nThank you.",
    "a form with to and subject": "Please set up this rule:\n\nTo\nsales@example.net\n\nSubject\nOrder\n\nAnd tell me when it works.",
    "a form below a moment": "The log says\n05/03/2024 10:15\nand then it stopped.\n\nTo\nme this is odd.\n\nWhat now?",
    "a name and a moment": "Bob Example\n05/03/2024 10:15\n\nThat is when I called. Nobody answered.\n\nWhat now?",
    "an excerpt of one's own": "Excerpts from my message of yesterday:\n\nit does not work\n\nPlease help.",
    "an excerpt of a document": "Excerpts from the manual:\n\nPress the button.\n\nI did that.",
    "quoting a law": "Quoting the terms of 2024:\n\nYou may cancel.\n\nI do.",
    "a heading of markdown": "## Steps to reproduce ##\n\n1. open it\n\n## What happens ##\n\nIt crashes.",
    "a part of a log": "It says\n\n--- errors above this line are old ---\n\nnew error 5\n\nWhat is it?",
    "the line asked about": "Your mail says to reply above this line. Why?\n\nI see no line.",
    "the line asked about, quoted": 'I see "Reply above this line" in each mail.\n\nHow do I turn it off?',
    "an answer under a heading": "-- my answer --\n\nIt is above the line in red.\n\n-- my question --\n\nWhy?",
    "an answer in chinese between rules": "== 以上是回复 ==\n\n请执行下一行的命令。",
    "an address as the answer": "The new one is:\n\n\nmia2@example.net\n \nThank you.",
    "a journey in russian": "От: Москва\nДо: Питер\nДата: 5 марта 2024 10:15\n\nЗабронируйте, пожалуйста.",
    "a journey in indonesian": "Dari: Jakarta\nTanggal: 5 Maret 2024 10:15\nKepada: Bali\n\nTolong pesan.",
    "an invoice's number": "No: 4711\nDate: 5 March 2024\nSubject: too late\n\nPlease look into it.",
    "sent from, in a sentence in arabic": "أرسلت من iPhone رسالة ولم تصل إلى أحد حتى الآن.\n\nماذا أفعل؟",
    "sent from, in a sentence in hebrew": "נשלח מהאייפון שלי מייל ולא הגיע.\n\nמה לעשות?",
    "sent from, in a sentence in thai": "ส่งจาก iPhone แล้วไม่ถึงครับ ทำอย่างไรดี\n\nขอบคุณ",
    "sent from, in a sentence in indonesian": "Dikirim dari iPhone saya tetapi tidak sampai.\n\nBagaimana?",
    "an original message told of": "-------- Original message --------: that is all I see.\n\nWhere is the rest?",
    "a table of one's own": "| |\nmine\n|\n\nThat is my table.",
}  # fmt: skip


@each("text", KEPT.values(), ids=KEPT.keys())
def test_what_a_person_writes_in_such_words_stays(text: str) -> None:
    assert new_text(text, "") == text


QUOTE = "On 5 Mar 2024, at 10:15, Support <support@helpdesk.example> wrote:\n\n> Which version?\n\n"
ANSWERED = {
    "an answer below the quote": f"Hello,\n\n{QUOTE}Version 7.\n\nKind regards\nMia",
    "an answer and another quote": f"Hello,\n\n{QUOTE}Version 7.\n\n> Which system?\n\nKind regards\nMia",
    "an answer that begins as a greeting": f"Hello,\n\n{QUOTE}Thanks for asking, it is version 7 on a new computer.\n\nMia",
    "a long text below the greeting": f"Hello,\n\n{QUOTE}Thanks!\n\n" + "one more line\n" * 9,
    "a name as the answer": f"Hello,\n\n{QUOTE}Mia",
}


@pytest.mark.parametrize("text", ANSWERED.values(), ids=ANSWERED.keys())
def test_a_quote_with_more_than_a_greeting_below_is_kept_with_its_answer(text: str) -> None:
    assert "> Which version?" in new_text(text, "")


def test_a_sentence_over_a_quote_that_ends_in_wrote_stays() -> None:
    text = "Please ask Peter <peter@example.net> what on 5 March 2024 at 10:15 he wrote\n\n> Restart it.\n\nI can not."
    assert new_text(text, "") == text


CLOSED = {
    "quote alone": ("> Which version?\n\nKind regards\nMia", "> Which version?\n\nKind regards\nMia"),
    "no words above": (f"{QUOTE}Kind regards\nMia", "Kind regards\nMia"),
    "a postscript below": (f"Hello,\n\n{QUOTE}Bye,\nMia\n\nP.S. It is version 7.", "P.S. It is version 7."),
}


@pytest.mark.parametrize(("text", "words"), CLOSED.values(), ids=CLOSED.keys())
def test_no_word_below_a_quote_is_lost(text: str, words: str) -> None:
    assert words in new_text(text, "")


PUMPED = [
    "support@x.example wrote:\n\n", "On 5 Mar 2024 10:15 Bob <b@x.example> wrote\n", "On 5 Mar 2024 10:15 <b@x> a\n",
    "Excerpts from a's message of ", "Excerpts from a\n", "Quoting a (2024-01-01 10:10)\n", "Bob\n05/03/2024 10:15\nTo\n",
    "05/03/2024 10:15\n", "To\n", "To\na\nSubject\n", "## reply above this line", "## above this line ##\n", "#", "#-=*",
    "above this line ", "please type your reply above this line\n", "-------- Original message --------From: a@b To: ",
    "| |\n", "|\n", "| |\n|\n---- 回复的原邮件 ----\n", "a@b.example\n \nFrom: a\nTo: b\nSubject: c\n", "\n\na@b.example\n \n",
    "----\nTo: a\n2024-01-01 10:10 <a@b.example>:\n", "To: a\n", "a\n\nOn 2024-01-01 10:10 x@y wrote:\n> b\n\nThanks\n",
    "Thanks ", "with kind and best ", "נשלח מה-iPhone ", "أرسلت من ", "di", "dikirim dari iphone saya ", "\u200f",
]  # fmt: skip


@each("unit", PUMPED, ids=[repr(unit)[1:24] for unit in PUMPED])
def test_a_pumped_form_costs_no_more_than_its_length(unit: str) -> None:
    """As in test_quoting.py: reliability T22, t(2n)/t(n) <= 2.5 and 0.2 s at 64 KiB."""
    took = []
    for size in (16, 32, 64, 128):
        text = (unit * (size * 1024 // len(unit) + 1))[: size * 1024]
        best = 10.0
        for _ in range(2):
            began = time.process_time()
            new_text(text, "")
            best = min(best, time.process_time() - began)
            if best < 0.02:
                break
        took.append(best)
    assert took[2] <= 0.2
    assert [b / a for a, b in pairwise(took) if b > 0.02 and b / a > 2.5] == []
