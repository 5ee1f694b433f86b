"""Text as a reader sees it: no invisible or full-width letters, and those that look alike made one."""

import re
import unicodedata

# Cyrillic, Greek and other letters that look like Latin ones (of Unicode's confusables, UTS 39).
_ALIKE = str.maketrans(
    "аеорсухіјѕһԁԛԝьвкмнтӏɡɑοαρνυιτκηχєԍ",
    "aeopcyxijshdqwbbkmhtlgaoapvuitknxeg",
)
# What digits and letters are taken for, and pairs that look like one letter.
_DIGITS = str.maketrans("0135|il", "olesl" + "ll")
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_WORD = re.compile(r"\w+")
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_FOREIGN = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
_STOPS = str.maketrans({"。": ".", "．": ".", "｡": ".", "\\": "/"})
_DEFANGED = re.compile(r"\bhxxp(?=s?:)", re.IGNORECASE)
_BRACKETED = re.compile(r"\s?[\[({]\s?(?:\.|dot)\s?[\])}]\s?", re.IGNORECASE)

# A host in words ("evil dot com"), or with blanks about its signs ("t . me / x").
_DOT_WORD = re.compile(
    r"(?<=[\w-]) dot (?=(?:com|net|org|info|io|help|support|app|site|online|xyz|co|page|web|dev|shop|"
    r"click|link)\b)",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"(?<=\w) \. ?([a-z]{2,10}) ?/ ?(?=\w)", re.IGNORECASE)


def visible(text: str) -> str:
    """Return a text in compatibility form (NFKC) without signs that nobody sees."""
    folded = unicodedata.normalize("NFKC", text)
    if folded.isascii():
        return folded
    return "".join(char for char in folded if unicodedata.category(char) != "Cf")


def plain(text: str) -> str:
    """Return a visible text in small letters, its words of mixed scripts in Latin ones."""
    return _WORD.sub(lambda match: _unmixed(match[0]), visible(text).casefold())


def _unmixed(word: str) -> str:
    if word.isascii() or not (_LATIN.search(word) and _FOREIGN.search(word)):
        return word
    return word.translate(_ALIKE)


def refanged(text: str) -> str:
    """Return a visible text with other full stops and hidden ones ("hxxp", "[.]") as plain ones."""
    plainly = _BRACKETED.sub(".", _DEFANGED.sub("http", visible(text.translate(_STOPS))))
    return _BLANKS.sub(r".\1/", _DOT_WORD.sub(".", plainly))


def skeleton(label: str) -> str:
    """Return what a label of a host looks like: two labels that look alike have the same skeleton."""
    bare = unicodedata.normalize("NFKD", label.casefold())
    bare = "".join(char for char in bare if not unicodedata.combining(char))
    bare = bare.translate(_ALIKE)
    for pair, letter in _PAIRS:
        bare = bare.replace(pair, letter)
    return bare.translate(_DIGITS).replace("-", "")
