"""A phrase that no text tells alone: half in the subject, or a few words in each of several mails."""

import random
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from pump import Clock, PumpedDesk, letter
from seeds import phrase

from intake.desk.effects import MailKind, Outgoing
from intake.desk.sensitive.lists import english
from intake.desk.sensitive.together import across, hidden_across
from intake.desk.tokens import Purpose, address, make

LIN = "lin@customer.example"
WORDS = (
    "zebra",
    "puzzle",
    "acoustic",
    "velvet",
    "gadget",
    "muffin",
    "orbit",
    "walnut",
    "saddle",
    "tuna",
    "lizard",
    "hockey",
)
# With so many of twelve words nobody finds the others.
MOST_LEFT = 6


def read(mail: Outgoing) -> str:
    said: Any = message_from_bytes(mail.raw, policy=policy.default)
    parts = [part.get_content() for part in said.walk() if part.get_content_maintype() == "text"]
    return "\n".join([said["Subject"], *parts]).lower()


def most(words: list[str], mails: list[Outgoing]) -> int:
    """How many of these words the worst of the mails holds."""
    rare = [word for word in words if len(word) > 4]
    return max((sum(word in read(mail) for word in rare) for mail in mails), default=0)


def test_half_a_phrase_in_the_subject_and_half_in_the_text_is_hidden_in_every_mail_and_its_owner_warned(
    tmp_path: Path,
) -> None:
    desk = PumpedDesk(tmp_path, "desk.example", Clock(), "[team security]\n")
    words = list(WORDS)
    desk.write(LIN, f"Words {' '.join(words[:6])}", f"{' '.join(words[6:])} are the rest of it.")
    desk.deliver()
    ticket = desk.store.tickets.get(1)
    finds = desk.store.finds.list_finds(1)
    desk.close()

    assert ticket is not None
    assert ("urgent", "security") == (ticket.priority, ticket.category)
    assert ["seed phrase"] == [find.kind for find in finds]
    assert 0 == most(words, desk.sent)


def test_a_few_words_in_each_of_several_mails_are_hidden_where_they_come_together(tmp_path: Path) -> None:
    desk = PumpedDesk(tmp_path, "desk.example", Clock())
    words = phrase(random.Random(7), english.WORDS, 12)
    desk.write(LIN, "Words", f"my recovery phrase: word 1 is {words[0]}")
    for first in range(1, 12, 3):
        lines = [f"{place + 1}. {words[place]}" for place in range(first, min(first + 3, 12))]
        desk.write(LIN, "Re: Words", "\n".join(lines), ticket=1)
    desk.deliver()
    expires = desk.clock.now.replace(year=2027)
    token = make(desk.desk.keys[0], Purpose.AGENT, 1, 1, expires)
    desk.take(letter(desk.agent, address(desk.address, token), "Re: Words", "#show"), sender=desk.agent)
    before = len(desk.sent)
    desk.deliver()
    desk.close()

    assert [MailKind.ANSWER] == [mail.kind for mail in desk.sent[before:]]
    assert most(words, desk.sent) <= MOST_LEFT


def test_what_several_texts_tell_together_is_hidden_in_each_and_nothing_else_is() -> None:
    words = list(WORDS)
    first, second = f"Hi\n{' '.join(words[:5])}", f"{' '.join(words[5:])}.\nIt does not open."
    long = "We were here. " * 1_000
    hidden = "[hidden: seed phrase]"

    for name, texts, expected in (
        ("two", (first, second), (f"Hi\n{hidden}", f"{hidden}.\nIt does not open.")),
        (
            "a long one before",
            (long + first, second),
            (f"{long}Hi\n{hidden}", f"{hidden}.\nIt does not open."),
        ),
        (
            "a long one after",
            (first, second + long),
            (f"Hi\n{hidden}", f"{hidden}.\nIt does not open.{long}"),
        ),
        ("a long one between", (first, long, second), (first, long, second)),
        ("an empty one between", (first, "", second), (f"Hi\n{hidden}", "", f"{hidden}.\nIt does not open.")),
        ("one alone", (" ".join(words), "Hello"), (" ".join(words), "Hello")),
        ("ordinary ones", ("It does not open", "Please help"), ("It does not open", "Please help")),
        ("none", (), ()),
    ):
        assert expected == hidden_across(texts), name

    assert 12 == across((first, second)).words
