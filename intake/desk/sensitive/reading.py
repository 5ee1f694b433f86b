"""What is known of the content of a file: whether it was looked into, and what no one should have sent. Pure.

A file is known by the sha256 of its bytes, so one that comes twice is looked into once.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from intake.desk.sensitive.finds import Confidence, Find, finds_in, fingerprint
from intake.desk.sensitive.framed import hinted
from intake.desk.sensitive.scan import KEY, SEED

# So many secrets of one file are kept.
MOST_FINDS = 20
_PART = "file"
_CONFIDENCE: dict[str, Confidence] = {"certain": "certain", "likely": "likely", "unclear": "unclear"}
# Nobody guesses these by their fingerprint.
_LONG = (SEED, KEY)


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
class Reading:
    """What looking into a file came to: the secrets in it where its state is SECRET, and what a scanner calls
    it where it is MALWARE. `scanned` is which scanner looked at it, "" for none; `unscanned`: it waits
    for one that is away."""

    state: FileState
    finds: tuple[Find, ...] = ()
    malware: str = ""
    scanned: str = ""
    unscanned: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of its secrets, each once."""
        return tuple(dict.fromkeys(find.kind for find in self.finds))

    def at(self, number: int) -> tuple[Find, ...]:
        """Return its finds as those of the file with this number, from 1, in its message."""
        return tuple(replace(find, part=f"{_PART}:{number}") for find in self.finds)


UNSCANNED = Reading(FileState.WAITING, unscanned=True)
WAITING, CLEAN, CLOSED = (
    Reading(FileState.WAITING),
    Reading(FileState.CLEAN),
    Reading(FileState.CLOSED),
)


def reading_of(texts: Iterable[str], whole: bool = True) -> Reading:
    """Return what the texts of a file say of it; `whole` is False where a part of the file stayed closed."""
    finds = dict.fromkeys(find for text in texts for find in finds_in(text, _PART))
    if finds:
        return Reading(FileState.SECRET, tuple(finds)[:MOST_FINDS])
    return CLEAN if whole else CLOSED


def of_picture(text: str) -> Reading:
    """Return what the text that was read off a picture says of it: half a named phrase is enough."""
    reading = reading_of([text])
    if reading.finds or not hinted(text):
        return reading
    mark = fingerprint(SEED, text)
    return Reading(FileState.SECRET, (Find(SEED, "likely", _PART, fingerprint=mark),))


def kept(reading: Reading, sha256: str) -> Reading:
    """Return a reading as it may lie in a database: without the fingerprint of what could be guessed by it,
    such as the number of a card. Instead it has one of its own in the file `sha256`."""
    return replace(reading, finds=tuple(_keepable(find, sha256) for find in reading.finds))


def _keepable(find: Find, sha256: str) -> Find:
    if find.kind in _LONG:
        return find
    return replace(find, fingerprint=hashlib.sha256(f"{find.kind}\n{sha256}".encode()).digest())


def as_text(reading: Reading) -> str:
    """Return a reading as one line of text, for a pipe or a column."""
    finds = [[find.kind, find.confidence, find.words, find.fingerprint.hex()] for find in reading.finds]
    return json.dumps([reading.state.value, finds, reading.malware, reading.scanned])


def from_text(text: str) -> Reading | None:
    """Return the reading of `as_text`, None where it is none."""
    try:
        state, finds, malware, scanned = json.loads(text)
        made = tuple(
            Find(str(kind), _CONFIDENCE[sure], _PART, int(words), bytes.fromhex(mark))
            for kind, sure, words, mark in finds
        )
        return Reading(FileState(state), made, str(malware), str(scanned))
    except (ValueError, TypeError, KeyError):
        return None
