"""How fast an archive of mail is imported, and in how much memory: `python -m bench.import_mail [MAILS]`."""

import random
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2015, 1, 1, tzinfo=UTC)
_FROM = re.compile(rb"(?m)^(>*From )")
WORDS = (
    "wallet coins address phrase device ledger network fee transfer missing screen update error balance token "
    "please thanks since yesterday version phone computer again nothing happens From here on it shows"
).split()


def mails(count: int, seed: int = 1) -> Iterator[tuple[datetime, bytes]]:
    """Yield mails of conversations with 1 to 7 mails each, not in order of their dates; some with a file."""
    chance = random.Random(seed)
    made, conversation = 0, 0
    while made < count:
        conversation += 1
        customer = f"customer{conversation % 20_000}@example.org"
        at = START + timedelta(minutes=chance.randrange(60 * 24 * 365 * 10))
        ids: list[str] = []
        for turn in range(min(chance.choice((1, 2, 2, 3, 4, 7)), count - made)):
            made += 1
            at += timedelta(hours=chance.randrange(1, 48))
            yield at, _mail(chance, conversation, turn, customer, at, ids)


def _mail(
    chance: random.Random, conversation: int, turn: int, customer: str, at: datetime, ids: list[str]
) -> bytes:
    ours = turn % 2 == 1
    sender, to = ("help@desk.example", customer) if ours else (customer, "help@desk.example")
    name = f"{conversation}.{turn}@mail.example"
    text = "\n".join(" ".join(chance.choices(WORDS, k=12)) for _ in range(chance.randrange(3, 25)))
    fields = [f"From: {sender}", f"To: {to}", f"Subject: {'Re: ' if turn else ''}Question {conversation}"]
    fields += [f"Message-ID: <{name}>", f"Date: {at:%a, %d %b %Y %H:%M:%S +0000}", "MIME-Version: 1.0"]
    fields += [f"References: {' '.join(f'<{known}>' for known in ids)}"] if ids else []
    ids.append(name)
    if turn == 0 and conversation % 10 == 0:
        picture = "\n".join("QUJD" * 19 for _ in range(500))
        fields += ['Content-Type: multipart/mixed; boundary="b"']
        text = (
            f"--b\nContent-Type: text/plain\n\n{text}\n--b\nContent-Type: image/png\n"
            f"Content-Disposition: attachment; filename=s.png\nContent-Transfer-Encoding: base64\n\n{picture}\n--b--"
        )
    return ("\n".join([*fields, "", text]) + "\n").encode()


def write(path: Path, count: int) -> None:
    """Write an mboxrd file of so many mails, whose neighbours are years apart."""
    with path.open("wb") as file:
        for at, raw in mails(count):
            line = f"From x@example.org {at:%a %b %d %H:%M:%S %Y}\n".encode()
            file.write(line + _FROM.sub(rb">\1", raw) + b"\n")


if __name__ == "__main__":
    write(Path(sys.argv[2]), int(sys.argv[1]))
