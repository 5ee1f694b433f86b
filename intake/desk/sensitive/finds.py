"""Secrets that were found in a message, as values: what and where, never the secret itself. Pure.

Text is looked through when it is decided on; files and pictures before that, or later.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from intake.desk.sensitive.folding import folded
from intake.desk.sensitive.scan import CARD, IDENTITY, KEY, SEED, find

Confidence = Literal["certain", "likely", "unclear"]
# Who has one of these has the money: its owner is warned, and the ticket is urgent.
OPENS_A_WALLET = (SEED, KEY)
# The version of the detector: a find says which one found it.
DETECTOR = 2
# What places are called, by the beginning of `Find.part`.
_PLACES = {
    "subject": "in the subject",
    "text": "in the text",
    "html": "in the HTML",
    "field": "in a field",
    "sender": "in the sender's name",
    "name": "in a file's name",
    "file": "in a file",
    "survey": "in a survey comment",
}
_WORD = re.compile(r"[^\W\d_]+")
# So many of one text are noted, each a row of its own; all of them are hidden.
MOST_NOTED = 100


@dataclass(frozen=True, slots=True)
class Find:
    """A secret and where it stood.

    `kind` is one of `scan`'s, in words. `part` is "subject", "text", "html", "sender", "survey", "field:NAME"
    or, with the number of a file from 1, "name:2" or "file:2". `words` are those of a seed phrase, else 0.
    `fingerprint` is the same wherever the same secret stands; it is short enough to be guessed of a card
    number, so the store keeps it under a key only.
    """

    kind: str
    confidence: Confidence
    part: str
    words: int = 0
    fingerprint: bytes = field(default=b"", repr=False)


def finds_in(text: str, part: str) -> tuple[Find, ...]:
    """Return the secrets in a text, in order; `part` is where it stands, as in `Find`.

    Of more than MOST_NOTED those that open a wallet come first, and the rest is left out.
    """
    secrets = find(text)
    if len(secrets) > MOST_NOTED:
        secrets = sorted(secrets, key=lambda secret: secret.kind not in OPENS_A_WALLET)[:MOST_NOTED]
    return tuple(
        Find(
            secret.kind,
            "certain" if secret.certain else "likely",
            part,
            secret.words,
            fingerprint(secret.kind, text[secret.start : secret.end]),
        )
        for secret in secrets
    )


def fingerprint(kind: str, value: str) -> bytes:
    """Return the SHA-256 of a secret, whatever stands between its words or digits."""
    if kind == SEED:
        value = " ".join(_WORD.findall(folded(value)[0]))
    elif kind in (CARD, IDENTITY):
        value = re.sub(r"\W", "", value).lower()
    return hashlib.sha256(f"{kind}\n{value}".encode("utf-8", "replace")).digest()


def place(part: str) -> str:
    """Return in words where a find stands."""
    return _PLACES.get(part.partition(":")[0], "in the message")


def told(finds: Iterable[Find]) -> str:
    """Return finds in words, for the history: "seed phrase, 12 words, in the text"; never the value."""
    said = Counter(
        f"{find.kind}, {find.words} words, {place(find.part)}"
        if find.words
        else f"{find.kind} {place(find.part)}"
        for find in finds
    )
    return "; ".join(f"{count} times {text}" if count > 1 else text for text, count in said.items())
