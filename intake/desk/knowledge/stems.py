"""The stems of words, by Snowball: "transferred" and "transfers" are found by "transfer". Pure.

Only for articles, whose index and questions are stemmed alike; ticket search stays exact.
"""

from functools import lru_cache
from typing import Any

# Of our languages, those that the library knows.
_ALGORITHMS = {
    "en": "english",
    "de": "german",
    "es": "spanish",
    "fr": "french",
    "pt": "portuguese",
    "ru": "russian",
    "tr": "turkish",
}
# A longer piece is a hash or an address.
_LONGEST = 40


@lru_cache(maxsize=65_536)
def stemmed(word: str, language: str) -> str:
    """Return the stem of a word in small letters; itself in a language whose stems nobody knows.

    Latin words in a text of another script are stemmed as English ones.
    """
    algorithm = _ALGORITHMS.get(language, "english" if word.isascii() else "")
    if not algorithm or len(word) > _LONGEST or not word.replace("'", "").isalpha():
        return word
    # Made for each word: a stemmer remembers where it is, and threads share what is kept.
    stem: str = _stemmer(algorithm).stemWord(word)
    return stem


def _stemmer(algorithm: str) -> Any:
    # It is imported where it is needed: it brings all its languages, and most commands want none.
    import snowballstemmer

    return snowballstemmer.stemmer(algorithm)
