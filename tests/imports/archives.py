"""Archives of mail for tests: conversations of a help desk, always the same ones, and mbox files of them."""

import random
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

DESK = "help@desk.example"
START = datetime(2019, 3, 1, 9, tzinfo=UTC)
_FROM = re.compile(rb"(?m)^(>*From )")


def mail(
    name: str,
    sender: str,
    to: str = DESK,
    answers: Sequence[str] = (),
    text: str = "It does not open.",
    at: datetime = START,
    subject: str = "Wallet",
    fields: str = "",
) -> bytes:
    """A mail with the Message-ID <name@mail.example>, in answer to those of `answers`."""
    head = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Message-ID: <{name}@mail.example>"]
    head += [f"Date: {at:%a, %d %b %Y %H:%M:%S +0000}", "MIME-Version: 1.0", "Content-Type: text/plain"]
    head += [f"References: {' '.join(f'<{known}@mail.example>' for known in answers)}"] if answers else []
    head += [fields] if fields else []
    return "\n".join([*head, "", text, ""]).encode()


def conversation(number: int, length: int = 3) -> list[bytes]:
    """A question, its answer and so on, hours apart; the second answer goes to a colleague only."""
    customer, begun = f"customer{number}@mail.example", START + timedelta(days=number % 900)
    mails, names = list[bytes](), list[str]()
    for turn in range(length):
        name = f"{number}.{turn}"
        inside = turn == 3
        sender, to = (customer, DESK) if turn % 2 == 0 else (DESK, customer)
        to = "mia@desk.example" if inside else to
        text = f"{'zzprivate' if inside else 'Text'} {turn} of {number}\nFrom here on it is odd."
        at = begun + timedelta(hours=turn)
        mails.append(mail(name, sender, to, names, text, at, f"{'Re: ' if turn else ''}Wallet {number}"))
        names.append(name)
    return mails


def mailbox(mails: Sequence[bytes]) -> bytes:
    """An mboxrd file of these mails."""
    line = b"From desk@mail.example Fri Mar  1 09:00:00 2019\n"
    return b"".join(line + _FROM.sub(rb">\1", raw) + b"\n" for raw in mails)


def shuffled(conversations: int, path: Path) -> list[bytes]:
    """Write an mbox of so many conversations with one to five mails each, in any order; return the mails."""
    chance = random.Random(5)
    mails = [raw for number in range(conversations) for raw in conversation(number, number % 5 + 1)]
    chance.shuffle(mails)
    path.write_bytes(mailbox(mails))
    return mails
