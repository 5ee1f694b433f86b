"""How many drawn screenshots of seed phrases are known, and how many others are called one.

    python bench/screenshots.py

Draws 36 pages of a wallet (tests/screens.py) and 55 other screens, out of this project's own documentation
and of what customers are mailed in twelve languages, and looks into each in the child that the desk uses.
"""

import random
import statistics
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import screens  # noqa: E402
from seeds import phrase  # noqa: E402

from intake.desk.sensitive.lists.english import WORDS  # noqa: E402
from intake.desk.sensitive.reading import FileState  # noqa: E402
from intake.runtime.file_reading import Asked, in_child  # noqa: E402

OTHERS = 55
# Lines of a screen, and letters in one.
LINES, LETTERS = 24, 50


def others() -> Iterator[screens.Screen]:
    """Yield screens of ordinary text, light and dark, in the three sizes."""
    pages = [*sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "templates/mail").glob("*/words.j2"))]
    for number, path in enumerate(pages[:OTHERS]):
        words = path.read_text(encoding="utf-8").split()
        lines = textwrap.wrap(" ".join(words[100 : 100 + LINES * 8]), LETTERS)[:LINES] or ["-"]
        yield screens.plain(lines, number % 2 == 0, screens.SIZES[number % 3])


def phrases() -> Iterator[list[str]]:
    """Yield phrases of twelve words."""
    chance = random.Random(18)
    while True:
        yield phrase(chance, WORDS, 12)


def known(screen: screens.Screen) -> tuple[bool, float]:
    """Return whether a screen is called a phrase, and how many seconds that took."""
    began = time.monotonic()
    (reading,), _ = in_child([Asked("screen", screen.media_type, screen.content)])
    return reading is not None and reading.state is FileState.SECRET, time.monotonic() - began


def main() -> None:
    """Print what was known."""
    there = [known(screen) for screen in screens.screens(phrases())]
    false = [known(screen) for screen in others()]
    seconds = [took for _, took in (*there, *false)]
    print(f"screenshots of phrases known: {sum(yes for yes, _ in there)} of {len(there)}")
    print(f"others called one: {sum(yes for yes, _ in false)} of {len(false)}")
    print(f"seconds for each: {statistics.median(seconds):.2f}, at most {max(seconds):.2f}")


if __name__ == "__main__":
    main()
