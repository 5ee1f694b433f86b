"""What becomes of a draft that another person must confirm, whatever its author, that person, colleagues and
the clock do, in whatever order: a table of acts, and of what must be true after any row of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import pytest
from desk_mail import LIMITS, MailDesk, words_of

from intake.desk.effects import MailKind, Outgoing
from intake.desk.tokens import Purpose

WEI, JANA = "wei@staff.desk.example", "jana@staff.desk.example"
WALLET = "0x52908400098527886E0F7030069857D2E4169EE7"
HELD, HELD_TOO = f"Send the rest to {WALLET}.", f"Then please use {WALLET} today."
BETTER, OTHERS = "Dear Lin, please wait until tomorrow.", "Dear Lin, we look into it and come back to you."
OBJECTION = "That is the wallet of a thief, stop this at once please."
TAKES_BACK = ("no", "undo", "undo the notice")
REPLACES = ("better", "reply", "held too")


@dataclass
class Expected:
    """What must become of the draft by the rules that the documentation tells: the oracle of the table.

    `state` is "waits", "on its way" (its yes was said, and the time for #undo runs), "sent" or "over".
    """

    state: str = "waits"
    spam: bool = False
    answered: bool = False
    news: list[str] = field(default_factory=list)

    def after(self, act: str) -> None:
        if self.state == "on its way" and act in TAKES_BACK:
            self.state = "over"
        elif self.state == "on its way" and act == "time":
            self.state = "sent"
        elif act == "objection":
            self.news.append("Wei was asked to confirm your draft")
        elif self.state == "waits":
            self._waiting(act)
        self.spam |= act == "spam"
        self.answered |= act == "colleague"

    def _waiting(self, act: str) -> None:
        if act in (*TAKES_BACK, *REPLACES):
            self.state = "over"
        elif act in ("NO", "UNDO"):
            self.state = "over"
            self.news.append("Wei did not confirm your draft")
        elif act == "YES" and not self.spam and not self.answered:
            self.state = "on its way"
            self.news.append("Wei confirmed your draft")


class Conversation:
    """A ticket with a draft of Anna's that Wei was asked about, and what everybody got since."""

    def __init__(self, desk: MailDesk, number: int) -> None:
        self.desk, self.customer = desk, f"lin{number}@customer.example"
        desk.clock.later(hours=49)
        for subject in ("an older case", "late coins"):
            desk.mail(self.customer, desk.address, f"Please help, {subject}.", subject)
        self.ticket = 2 * number + 1
        desk.out()
        desk.reply(HELD, ticket=self.ticket)
        mails = {mail.rcpt: mail for mail in desk.out(MailKind.ALERT)}
        self.hers, self.question = mails[desk.agent], mails[WEI]
        self.sent: list[Outgoing] = []

    def act(self, act: str) -> None:
        self._acts()[act]()
        self.sent += self.desk.out()

    def to(self, who: str, *kinds: MailKind) -> list[str]:
        return [words_of(mail) for mail in self.sent if mail.rcpt == who and mail.kind in kinds]

    def _acts(self) -> dict[str, Callable[[], None]]:
        desk, number, wei = self.desk, self.ticket, f"Wei <{WEI}>"
        jana, to_jana = f"Jana <{JANA}>", desk.to(Purpose.AGENT, number, 3)
        return {
            "no": lambda: desk.answer(self.hers, "no"),
            "undo": lambda: desk.answer(self.hers, "#undo"),
            "undo the notice": lambda: desk.reply("#undo", ticket=number),
            "better": lambda: desk.answer(self.hers, BETTER),
            "held too": lambda: desk.answer(self.hers, HELD_TOO),
            "reply": lambda: desk.reply(BETTER, ticket=number),
            "yes": lambda: desk.answer(self.hers, "yes"),
            "YES": lambda: desk.answer(self.question, "yes", wei),
            "NO": lambda: desk.answer(self.question, "no", wei),
            "UNDO": lambda: desk.answer(self.question, "#undo", wei),
            "objection": lambda: desk.answer(self.question, OBJECTION, wei),
            "colleague": lambda: desk.mail(jana, to_jana, OTHERS),
            "spam": lambda: desk.mail(jana, to_jana, "#spam"),
            "merge": lambda: desk.mail(jana, to_jana, f"#merge {number - 1}"),
            "time": lambda: desk.clock.later(minutes=2),
        }


ACTS = (
    "no", "undo", "undo the notice", "better", "held too", "reply", "yes", "NO", "UNDO", "objection",
    "colleague", "spam", "merge",
)  # fmt: skip
# Before the second person's yes, after it, and around it; the time for #undo is over at the end of each.
ROWS = (
    *((act, "YES") for act in ACTS),
    *(("YES", act) for act in (*ACTS, "YES")),
    *(("YES", act, "YES") for act in TAKES_BACK),
    *(("YES", "time", act) for act in ("no", "undo", "NO")),
    *product(("objection", "yes", "merge"), ("no", "undo the notice", "better"), ("YES",)),
    ("held too", "NO", "YES"),
    ("colleague", "YES", "YES"),
    ("spam", "YES", "objection"),
    ("spam", "merge", "YES"),
    *(("merge", "YES", act) for act in TAKES_BACK),
    ("merge", "colleague", "YES"),
    ("colleague", "merge", "YES"),
    ("reply", "undo the notice", "YES"),
    ("reply", "undo", "YES"),
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path, f"{LIMITS}\nundo_seconds = 60")
    desk.store.agents.add(WEI, "Wei", (), desk.clock.now)
    desk.store.agents.add(JANA, "Jana", (), desk.clock.now)
    yield desk
    desk.close()


def wrong(desk: MailDesk, number: int, row: tuple[str, ...]) -> list[str]:
    """Play a row of acts; return what is not as it must be."""
    talk, expected = Conversation(desk, number), Expected()
    for act in (*row, "time"):
        talk.act(act)
        expected.after(act)
    got = talk.to(talk.customer, MailKind.RELAY)
    times = {text: sum(text in mail for mail in got) for text in (HELD, HELD_TOO, BETTER, OBJECTION)}
    hers = " ".join(talk.to(desk.agent, *MailKind))
    asked = [
        mail for mail in talk.to(WEI, MailKind.ALERT) if "reply to this email with the one word yes" in mail
    ]
    faults = {
        f"the draft was sent {times[HELD]} times, and is {expected.state}": times[HELD]
        != (expected.state == "sent"),
        "what nobody confirmed was sent": times[HELD_TOO] > 0,
        "a text was sent twice": times[BETTER] > row.count("better") + row.count("reply"),
        "words of the second person were sent": times[OBJECTION] > 0,
        "its author was told nothing": any(news not in hers for news in expected.news),
        "a second person read 'your draft', or not whose": any(
            "Your draft" in mail or "Anna wants to send this" not in mail for mail in asked
        ),
    }
    return [f"{' ▸ '.join(row)}: {fault}" for fault, there in faults.items() if there]


def test_no_order_of_answers_sends_what_was_withdrawn_or_sends_twice_or_leaves_the_author_untold(
    desk: MailDesk,
) -> None:
    assert [] == [fault for number, row in enumerate(ROWS, 1) for fault in wrong(desk, number, row)]
