"""No mail that an agent or an admin gets holds a word of English that the desk wrote, in any language.

A day at a desk whose people write their own language makes every kind of mail; then each is read.
"""

import re
from collections.abc import Callable, Iterator
from email.header import Header
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from desk_mail import LIMITS, MailDesk, subject_of, text_of
from pump import Line

from intake.desk.effects import MailKind, Outgoing
from intake.desk.text.said import said
from intake.desk.tokens import Purpose
from intake.ports import Permanent
from intake.rendering.composer import DELIMITER

ADMIN, LIN, BEN = "root@desk.example", "lin@customer.example", "ben@customer.example"
WEI, LEAD = "wei@staff.desk.example", "ada@lead.example"
# A desk that stops early: what it then tells.
FEW = "automatic_per_hour = 6\nflood_per_address_hour = 5\ncommand_address = desk@desk.example"

# What customers and agents write: a subject, a question, an answer, a time that is none, a note.
WORDS = {
    "zh-Hans": ("钱包是空的", "您好，我的钱包打开以后是空的。", "请重新同步钱包。", "昨天", "请看"),
    "ja": ("残高ゼロ", "ウォレットの残高が表示されません。", "同期してください。", "昨日", "確認"),
    "de": ("Meine Wallet", "Mein ganzes Guthaben ist weg.", "Bitte neu laden.", "gestern", "Bitte ansehen"),
}  # fmt: skip

# What stands in the ticket that such a desk has at first.
FIRST = ("My coins are late", "Please help.", "@wei", "coins")

# What is English on purpose: names, what is typed at a command line, marks of ours.
_EXCUSED = re.compile(
    "|".join((
        re.escape(DELIMITER), r"\S*@[\w.-]+", r"#[a-z]+(?:-[a-z]+)?", r"`[^`]*`", r"intake [a-z ]+",
        r"\bref:\w+",
        r"(?<![A-Za-z])(?:Anna|Wei|Lin|Ben|Ada|Desk|UTC|KeyError|MB|English|webhook)(?![A-Za-z])",
        # A tag, and the rule that set it: agents type both the same way in every language.
        r"(?<=[ （])security(?=）|$)",
        r"(?:gmail|example)\.com|\[page\]|^ *example(?=[。.])",
        # Codes of languages, which are what an agent writes.
        r"\b(?:en|zh|zh-Hans|zh-Hant|Hans|Hant|ja|ko|es|pt|fr|de|ru|tr|vi)\b(?=[,、。，.]|$| |）)",
        r"\d+[a-z]\b", r"\[desk\] \w+",
    )),
    re.MULTILINE,
)  # fmt: skip
# Words of English that are none of German.
_ENGLISH = re.compile(
    r"\b(the|and|with|your|you|of|to|is|not|were|from|due|open|closed|new|high|low|urgent|by|reply|customer|"
    r"requester|yes|nobody|unassigned|enquiry|tomorrow|monday|anyway|add|remove|number|address|save|mine|overdue)\b",
    re.IGNORECASE,
)


class Day:
    """A desk in one language, and the mails to its people: what led to each, and the mail."""

    def __init__(self, folder: Path, language: str, limits: str = LIMITS, more: str = "") -> None:
        self.desk = MailDesk(
            folder, f"{limits}\nlanguage = {language}\nadmin = {ADMIN}\nundo_seconds = 60\n{more}"
        )
        self.subject, self.question, self.answer, self.never, self.look = WORDS[language]
        self.mails: list[tuple[str, Outgoing]] = []
        self.desk.store.agents.add(WEI, "Wei", (), self.desk.clock())
        self.ticket = 2

    def seen(self, led: str) -> None:
        """Keep what went out."""
        self.mails += [(led, mail) for mail in self.desk.out() if mail.kind.to_agent]

    def write(self, sender: str, to: str, text: str, subject: str = "") -> None:
        """Somebody writes a mail."""
        self.desk.mail(sender, to, text, Header(subject or self.subject, "utf-8").encode())
        self.seen(text)

    def reply(self, text: str, person: int = 1) -> None:
        """Anna, or another agent, replies in the ticket."""
        name = {1: f"Anna <{self.desk.agent}>", 2: f"Wei <{WEI}>"}[person]
        self.write(name, self.desk.to(Purpose.AGENT, self.ticket, person), text)

    def command(self, text: str) -> None:
        """Anna writes to her command address."""
        self.write(f"Anna <{self.desk.agent}>", self.desk.to(Purpose.COMMAND, 0, 1), text)
        # Else what is refused is told in one mail, and later.
        self.desk.clock.later(minutes=11)


def _customers(day: Day) -> None:
    day.write(f"Lin <{LIN}>", day.desk.address, day.question)
    day.write(LIN, day.desk.to(Purpose.CUSTOMER, day.ticket, 0), day.question)
    day.write("eve@elsewhere.example", day.desk.to(Purpose.CUSTOMER, day.ticket, 0), day.look)
    secret = "abandon " * 11 + "about"
    day.write(LIN, day.desk.to(Purpose.CUSTOMER, day.ticket, 0), f"{day.look}: {secret}")


def _replies(day: Day) -> None:
    for text in (
        f"#note @wei\n{day.look}", f"#note @{day.never}\n{day.look}", "#mine", "#watch", "#assign wei",
        f"#draft\n{day.answer}", f"{day.answer}\n#close", f"> {day.look}", f"#escalate {day.look}",
        f"#person note {day.look}", "#person notes", "#who", "#files", "#drafts", "#canned", "#blocked",
        "#block evil.example", "#blocked", "#help", "#spam", "#notspam",
    ):  # fmt: skip
        day.reply(text)
        day.desk.clock.later(minutes=11)
    day.reply(f"#copy\n{day.answer}")
    day.reply("#undo")
    day.reply(day.answer)
    day.desk.clock.later(minutes=2)
    day.seen("sent")
    day.reply(day.answer, person=2)
    day.write(LIN, day.desk.to(Purpose.CUSTOMER, day.ticket, 0), day.question)
    day.reply("#close")
    day.write(LIN, day.desk.to(Purpose.CUSTOMER, day.ticket, 0), day.question)
    day.reply(f"#split {day.subject}")
    day.reply("#merge 3")


def _refusals(day: Day) -> None:
    day.ticket = 3
    for line in (
        f"snooze {day.never}", "snooze", "assign", f"assign {day.never}", f"priority {day.never}", "merge",
        "merge 99", "cc", "klose", f"language {day.never}", "language", "tag", "survey", f"close {day.never}",
        "undo", f"spam\n{day.answer}", "notspam", f"canned {day.never}", "person", "person forget 9", "my",
        f"my {day.never}", f"block {LIN}", "block gmail.com", "unblock", "link 3", f"new {LIN}", "search",
        f"reply\n#note\n{day.answer}",
    ):  # fmt: skip
        day.reply(f"#{line}")
        day.desk.clock.later(minutes=11)
    for line in (
        "list", f"list {day.never}", "todo", "due", "snoozed", f"search {day.subject}", f"list from {LIN}",
        "list spam", "who", f"who {LIN}", "new", "close", "canned", f"my language {day.never}",
    ):  # fmt: skip
        day.command(f"#{line}")
    for _ in range(5):
        day.reply("#tag")
    day.desk.clock.later(hours=2)
    day.desk.service.tell_kept()
    day.seen("kept")


def _time(day: Day) -> None:
    day.reply("#snooze 2d")
    day.write(f"Ben <{BEN}>", day.desk.address, day.question)
    for _ in range(20):
        day.desk.clock.later(hours=4)
        day.seen("time passes")
    day.desk.service.remind_of_drafts()
    day.seen("drafts")
    day.desk.store.agents.change(day.desk.agent, notify="digest", digest_minutes=60)
    day.write(f"Ben <{BEN}>", day.desk.address, day.question)
    day.desk.clock.later(hours=3)
    day.desk.service.send_digests()
    day.seen("digest")


def _troubles(day: Day) -> None:
    def refuse(mail: Outgoing) -> None:
        if mail.kind in (MailKind.RELAY, MailKind.ACKNOWLEDGEMENT):
            raise Permanent("550 5.1.1 <#none>")

    day.reply(day.answer)
    day.desk.clock.later(minutes=2)
    for outbox in day.desk.service.tick():
        day.desk.service.deliver(outbox, Line(refuse))
    day.seen("refused by their server")
    for _ in range(3):
        day.desk.clock.later(hours=2)
        day.desk.service.attempt(said("Sending digests"), lambda: {}["gone"])
    day.seen("trouble")


def _odd_mails(day: Day) -> None:
    """What is no reply in a ticket: in another's name, with the desk in Cc, of one who is no agent."""
    desk, anna = day.desk, f"Anna <{day.desk.agent}>"
    day.write(anna, desk.to(Purpose.AGENT, 1, 2), day.answer)
    day.write(anna, desk.to(Purpose.COMMAND, 0, 2), "#list")
    desk.mail(
        anna, f"Lin <{LIN}>", day.answer, Header(day.subject, "utf-8").encode(), f"Cc: {desk.address}\r\n"
    )
    day.seen("the desk in Cc")
    day.write(f"Ada <{LEAD}>", desk.to(Purpose.AGENT, 1, 0), day.answer)
    day.reply(f"#escalate {day.look}")


def _flood(day: Day) -> None:
    for number in range(12):
        day.write(BEN, day.desk.address, f"{day.question} {number}", f"{day.subject} {number}")
    for number in range(6):
        day.write(f"c{number}@customer.example", day.desk.address, day.question)


PARTS: tuple[Callable[[Day], None], ...] = (_customers, _replies, _refusals, _time, _troubles)


@cache
def day_in(language: str) -> tuple[tuple[str, str, str], ...]:
    """Return what led to each mail, its subject and its text."""
    with TemporaryDirectory() as folder:
        day = Day(Path(folder), language)
        for part in PARTS:
            part(day)
        day.desk.close()
    mails = day.mails
    with TemporaryDirectory() as folder:
        day = Day(Path(folder), language, FEW, f"[team support]\nlead = {LEAD}")
        day.ticket = 1
        _odd_mails(day)
        _flood(day)
        day.desk.close()
    return tuple((led, subject_of(mail), text_of(mail)) for led, mail in (*mails, *day.mails))


def _lines(language: str) -> Iterator[tuple[str, str]]:
    """Yield what led to a mail and each line of it, without what people wrote there."""
    written = {line.strip() for led, _, _ in day_in(language) for line in led.splitlines()} | set(FIRST)
    people = re.compile("|".join(map(re.escape, sorted(written - {""}, key=len, reverse=True))))
    for led, subject, text in day_in(language):
        for line in (subject, *text.splitlines()):
            yield led, people.sub("·", line)


def _own(language: str) -> Iterator[tuple[str, str]]:
    """Yield what led to a mail and each line of it, without what is English on purpose."""
    return ((led, _EXCUSED.sub(" ", line)) for led, line in _lines(language))


def test_a_day_makes_every_kind_of_mail() -> None:
    mails = day_in("de")
    assert len(mails) > 80
    subjects = {subject for _, subject, _ in mails}
    assert {"Befehle", "Ihre Entwürfe", "Neues in Ihren Tickets", "Desk: Handlungsbedarf"} <= subjects


@pytest.mark.parametrize("language", ["zh-Hans", "ja"])
def test_no_english_word_stands_in_a_mail_of_a_script_of_its_own(language: str) -> None:
    odd = {(led, line) for led, line in _own(language) if re.search("[A-Za-z]{2,}", line)}
    assert set() == odd


def test_no_english_word_stands_in_a_german_mail() -> None:
    odd = {(led, line) for led, line in _own("de") if _ENGLISH.search(line)}
    assert set() == odd


@pytest.mark.parametrize("language", ["zh-Hans", "ja"])
def test_no_blank_stands_behind_a_full_stop(language: str) -> None:
    assert set() == {(led, line) for led, line in _lines(language) if re.search("[。！？；] +[^ ]", line)}
