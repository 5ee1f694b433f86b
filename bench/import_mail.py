"""How fast and in how much memory an archive of mail is imported.

    python bench/import_mail.py --mails 100000

An mbox of made-up conversations, in no order, every tenth conversation with a picture, is imported into a new
desk on SQLite by `intake import mail`; then a second time, which must add nothing.
"""

import argparse
import json
import random
import re
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

START = datetime(2015, 1, 1, tzinfo=UTC)
_FROM = re.compile(rb"(?m)^(>*From )")
TEXT = """wallet coins address phrase device ledger network fee transfer missing screen update error balance
token please thanks since yesterday version phone computer again nothing happens From here on it shows"""
WORDS = TEXT.split()


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
            f"--b\nContent-Type: text/plain\n\n{text}\n--b\n"
            'Content-Type: image/png; name="s.png"\nContent-Disposition: attachment\n'
            f"Content-Transfer-Encoding: base64\n\n{picture}\n--b--"
        )
    return ("\n".join([*fields, "", text]) + "\n").encode()


def write(path: Path, count: int) -> None:
    """Write an mboxrd file of so many mails, whose neighbours are years apart."""
    with path.open("wb") as file:
        for at, raw in mails(count):
            line = f"From x@example.org {at:%a %b %d %H:%M:%S %Y}\n".encode()
            file.write(line + _FROM.sub(rb">\1", raw) + b"\n")


def imported(config: Path, archive: Path) -> tuple[dict[str, Any], float, float]:
    """Import to the end; return its report, the seconds it took and its peak memory."""
    from bench.import_tickets import measured

    intake = [sys.executable, "-m", "intake.cli", "--config", str(config)]
    return measured([*intake, "import", "mail", str(archive), "--json"])


def main() -> None:
    """Run it, print the figures; ends with 1 where anything is missing or doubled."""
    from bench.import_tickets import CONFIG
    from intake.key_file import signing_keys

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="import-") as name:
        place = Path(name)
        config, archive = place / "intake.ini", place / "old.mbox"
        text = CONFIG.format(data=place / "data").replace("type = lmtp", "type = ingest")
        config.write_text(text, encoding="utf-8")
        config.chmod(0o600)
        (place / "data").mkdir(mode=0o700)
        signing_keys(place / "data")
        write(archive, asked.mails)
        first, took, peak = imported(config, archive)
        second, again, high = imported(config, archive)
        figures = {
            "mails": first["entries"],
            "tickets": first["tickets"],
            "mb": round(archive.stat().st_size / 2**20),
            "seconds": round(took, 1),
            "mails_per_second": round(first["entries"] / took),
            "second_run": {"added": second["tickets"] + second["entries"], "seconds": round(again, 1)},
            "peak_mb": round(max(peak, high)),
            "equal": first["equal"] and second["equal"],
        }
        print(json.dumps(figures, indent=1))
    sys.exit(figures["mails"] != asked.mails or bool(figures["second_run"]["added"]) or not figures["equal"])


if __name__ == "__main__":
    main()
