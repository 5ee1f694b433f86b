"""Every sentence of the day carries a word of its own, by which it is found again wherever it went."""

from dataclasses import dataclass, field
from enum import StrEnum

from day.words import CLOSING, GREETING


class Fate(StrEnum):
    """What is to become of a sentence."""

    CUSTOMER = "a customer's"
    ANSWER = "an answer"
    NOTE = "a note"
    DRAFT = "a draft"


@dataclass(slots=True)
class Sentence:
    """A sentence by its canary; `case` is the request it belongs to."""

    canary: str
    case: int
    author: str
    fate: Fate


@dataclass
class Canaries:
    """All that was written."""

    said: list[Sentence] = field(default_factory=list)

    def fresh(self, case: int, author: str, fate: Fate) -> str:
        """Return a canary, of letters as a name is."""
        number = "".join("abcdefghij"[int(digit)] for digit in f"{len(self.said):04d}")
        canary = f"kq{number}z"
        self.said.append(Sentence(canary, case, author, fate))
        return canary

    def mark(self, sentences: tuple[str, ...], zh: bool, case: int, author: str, fate: Fate) -> str:
        """Return sentences as a person writes them, each with its canary."""
        lines = []
        for sentence in sentences:
            canary = self.fresh(case, author, fate)
            end = sentence[-1]
            lines.append(f"{sentence[:-1]} {canary}{end}")
        return ("" if zh else " ").join(lines)

    def since(self, count: int) -> list[Sentence]:
        """Return what was written after the first `count` sentences."""
        return self.said[count:]


def whole(text: str, zh: bool, name: str = "") -> str:
    """Return a mail's text with a greeting and, with a `name`, how it ends."""
    end = f"\n\n{CLOSING[zh]}\n{name}" if name else ""
    return f"{GREETING[zh]}\n\n{text}{end}"
