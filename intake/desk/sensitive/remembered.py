"""What was found in a text, remembered by the text's digest, so that each is looked through once. Pure.

One mail's text is asked for many times, most of them while the database is locked: for the rules, the index,
the mail to each agent. Neither the text nor what was found in it is kept, only the places.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

# So many texts and places in them are remembered, twice: what has not been asked for meanwhile is forgotten.
MOST_TEXTS, MOST_PLACES = 1_024, 20_000

Place = TypeVar("Place")


class Remembered(Generic[Place]):
    """Answers of `look`, a pure function. Threads may share it: at worst two of them look at once."""

    def __init__(self, look: Callable[[str], Sequence[Place]]) -> None:
        self._look = look
        self._new: dict[bytes, Sequence[Place]] = {}
        self._old: dict[bytes, Sequence[Place]] = {}
        self._places = 0

    def of(self, text: str) -> Sequence[Place]:
        """Return what is in `text`."""
        if not text:
            return ()
        key = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        places = self._new.get(key)
        if places is None:
            places = self._old.get(key)
            if places is None:
                places = self._look(text)
            self._keep(key, places)
        return places

    def _keep(self, key: bytes, places: Sequence[Place]) -> None:
        if len(self._new) >= MOST_TEXTS or self._places + len(places) > MOST_PLACES:
            self._old, self._new, self._places = self._new, {}, 0
        self._new[key] = places
        self._places += len(places)
