"""Writing the same letters in one way, so that a phrase is known however it was typed."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

# Stands in mail between or within words and is never seen: soft hyphen, zero width, marks of direction.
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
# Cyrillic and Greek letters that look like Latin ones.
LOOK_ALIKES = str.maketrans("авекмнорстухѕіјԁԛԝһαβεικνορτυχ", "abekmhopctyxsijdqwhabeikvoptux")


# What is compared as it stands but for its size: ASCII, kana, Chinese, Hangul, their full stops and brackets.
_CHANGED = re.compile(
    "[^\x00-\x7f\u3000-\u3098\u30a0-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff01-\uff0f\uff1a-\uff20]"
)


def folded(text: str) -> tuple[str, Sequence[int]]:
    """Return `text` in small letters without accents, width and the invisible; and where each came from.

    The second has the place in `text` of each character of the first, and the length of `text` at
    its end. Kana and Hangul keep their marks, composed (BIP-39 lists them decomposed).
    """
    if _CHANGED.search(text) is None:
        return text.lower(), range(len(text) + 1)
    characters: list[str] = []
    places: list[int] = []
    done = 0
    for match in _CHANGED.finditer(text):
        place = match.start()
        characters.extend(text[done:place].lower())
        places.extend(range(done, place))
        done = match.end()
        plain = _plain(match[0])
        if characters and _joins(match[0]):
            joined = unicodedata.normalize("NFC", characters[-1] + plain)
            if len(joined) == 1:
                characters[-1] = joined
                continue
        characters.extend(plain)
        places.extend([place] * len(plain))
    characters.extend(text[done:].lower())
    places.extend(range(done, len(text) + 1))
    return "".join(characters), places


@lru_cache(4096)
def _plain(character: str) -> str:
    """Return a character as it is compared; "" for one that only changes the look of another."""
    if character in _INVISIBLE:
        return ""
    plain = unicodedata.normalize("NFKC", character).lower()
    parts = unicodedata.normalize("NFD", plain)
    if len(parts) > 1 and parts[0] < "\u0250":
        plain = "".join(part for part in parts if not unicodedata.combining(part))
    if unicodedata.combining(character) and not _joins(character):
        return ""
    return plain


def _joins(character: str) -> bool:
    """Whether a character completes the one before: the marks of kana, vowels and ends of Hangul."""
    return character in "\u3099\u309a" or "\u1161" <= character <= "\u11c2"
