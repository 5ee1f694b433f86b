"""What is known of the content of a file: whether it was looked into, and what no one should have sent. Pure.

A file is known by the sha256 of its bytes, so one that comes twice is looked into once.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from intake.desk.sensitive.scan import Secret, find

# What is kept of the kinds of secrets in one file.
MOST_KINDS = 20
_WORD = re.compile(r"[^\W\d_]+")


class FileState(StrEnum):
    """How far a file was looked into.

    WAITING: it will be, when there is time. CLOSED: nobody can, or three tries failed. SECRET: something
    stands in it that nobody should have sent. MALWARE: a scanner knows it.
    """

    WAITING = "waiting"
    CLEAN = "clean"
    CLOSED = "closed"
    SECRET = "secret"
    MALWARE = "malware"

    @property
    def withheld(self) -> bool:
        """Whether nobody is sent such a file, now or ever."""
        return self in (FileState.SECRET, FileState.MALWARE)


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A secret in a file, without its value: its kind (`scan.SEED` …), how many words it has, and whether a
    checksum or a format says so."""

    kind: str
    words: int
    certain: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What looking into a file came to: the secrets in it where its state is SECRET, and what a scanner calls
    it where it is MALWARE."""

    state: FileState
    glimpses: tuple[Glimpse, ...] = ()
    malware: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of its secrets, each once."""
        return tuple(dict.fromkeys(glimpse.kind for glimpse in self.glimpses))


WAITING, CLEAN, CLOSED = (
    Reading(FileState.WAITING),
    Reading(FileState.CLEAN),
    Reading(FileState.CLOSED),
)


def reading_of(texts: Iterable[str], whole: bool = True) -> Reading:
    """Return what the texts of a file say of it; `whole` is False where a part of the file stayed closed."""
    glimpses = dict.fromkeys(_glimpse(text, secret) for text in texts for secret in find(text))
    if glimpses:
        return Reading(FileState.SECRET, tuple(glimpses)[:MOST_KINDS])
    return CLEAN if whole else CLOSED


def as_text(reading: Reading) -> str:
    """Return a reading as one line of text, for a pipe or a column."""
    glimpses = [[glimpse.kind, glimpse.words, glimpse.certain] for glimpse in reading.glimpses]
    return json.dumps([reading.state.value, glimpses, reading.malware])


def from_text(text: str) -> Reading | None:
    """Return the reading of `as_text`, None where it is none."""
    try:
        state, glimpses, malware = json.loads(text)
        made = tuple(Glimpse(str(kind), int(words), bool(sure)) for kind, words, sure in glimpses)
        return Reading(FileState(state), made, str(malware))
    except (ValueError, TypeError):
        return None


def _glimpse(text: str, secret: Secret) -> Glimpse:
    return Glimpse(secret.kind, len(_WORD.findall(text, secret.start, secret.end)), secret.certain)
