"""What was taken for a secret and is none: a false alarm is shown again, in its own ticket alone. Pure.

A ticket keeps the fingerprint of each (`finds.fingerprint`), in hex, so that the same text is shown wherever
it stands in it, and any other is hidden as before.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from intake.desk.sensitive.finds import Find, fingerprint
from intake.desk.sensitive.scan import SEED, Secret, cut, find, hidden, masked

# Of a ticket that has none.
NOTHING: frozenset[str] = frozenset()
_IN_A_FILE = "file:"
# Fewer than a phrase has: so many words around a false alarm belong to the sentence in which it stands.
_MOST_BESIDE = 6
_AROUND = 80
_TOKEN = re.compile(r"[^\s]+")


@dataclass(frozen=True, slots=True)
class HiddenFind:
    """A find that is hidden in a ticket. `value` is what stands there, "" where that is in a file or gone."""

    id: int
    kind: str
    certain: bool
    part: str
    value: str = field(default="", repr=False)

    @property
    def in_a_file(self) -> bool:
        """Whether it stands in the content of a file."""
        return self.part.startswith(_IN_A_FILE)


def may_be_excused(secret: Find) -> bool:
    """Whether an agent may call a find a false alarm: no checksum proves it, and it stands in no file."""
    return secret.confidence != "certain" and not secret.part.startswith(_IN_A_FILE)


def hidden_but(text: str, excused: Collection[str], kinds: Sequence[str] = ()) -> str:
    """Return `text` as `scan.hidden` does, but with what is `excused` in its ticket as it was written."""
    if not excused:
        return hidden(text, kinds)
    secrets = [
        secret
        for secret in find(text)
        if (not kinds or secret.kind in kinds) and not _is_excused(secret, text, excused)
    ]
    return masked(text, secrets)


def _is_excused(secret: Secret, text: str, excused: Collection[str]) -> bool:
    """Whether a find is a false alarm, or one with a few words more or less at its ends: in another sentence
    words around it are of a list too, or are not."""
    if mark_of(secret.kind, text[secret.start : secret.end]) in excused:
        return True
    if secret.kind != SEED:
        return False
    first, last = max(0, secret.start - _AROUND), min(len(text), secret.end + _AROUND)
    words = [match.span() for match in _TOKEN.finditer(text, first, last)]
    begins = [at for at, (_, end) in enumerate(words) if end > secret.start][:1]
    ends = [at for at, (start, _) in enumerate(words) if start < secret.end][-1:]
    return any(
        mark_of(SEED, text[words[left][0] : words[right][1]]) in excused
        for begin, end in zip(begins, ends, strict=True)
        for left in range(max(0, begin - _MOST_BESIDE), begin + _MOST_BESIDE)
        for right in range(end - _MOST_BESIDE, min(len(words), end + _MOST_BESIDE + 1))
        if left < right
    )


def excerpt_but(text: str, most: int, more: str, excused: Collection[str]) -> str:
    """Return the first `most` characters of `text` as `scan.excerpt` does, but for what is `excused`."""
    return cut(hidden_but(text, excused), most, more)


def mark_of(kind: str, value: str) -> str:
    """Return what a false alarm of this kind is known again by."""
    return fingerprint(kind, value).hex()
