"""One of a thing is said as one."""

import re
from pathlib import Path

import pytest

from intake.desk.text.counting import counted

ROOT = Path(__file__).resolve().parents[2]
# Words that stand behind a number.
_MANY = re.compile(
    r"\}[ ](?:tickets|messages|mails|files|jobs|rows|orphans|faults|agents|entries|problems|warnings|drafts"
    r"|surveys|teams|answers|keys|new mails|more tickets|earlier entries)\b"
)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (counted(0, "mail"), "0 mails"),
        (counted(1, "mail"), "1 mail"),
        (counted(2000, "mail"), "2,000 mails"),
        (counted(1, "mail", "is", "are"), "1 mail is"),
        (counted(2, "mail", "is", "are"), "2 mails are"),
    ],
)
def test_a_number_with_what_it_counts(said: str, expected: str) -> None:
    assert expected == said


def test_no_command_counts_in_the_plural_only() -> None:
    """A sentence that holds a number and a plural knows the singular too: `counted` does."""
    places = [ROOT / "cli.py", *(ROOT / "intake/commands").glob("*.py")]
    wrong = [
        f"{path.name}:{number}: {line.strip()}"
        for path in places
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if _MANY.search(line)
    ]
    assert [] == wrong
