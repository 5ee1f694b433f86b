"""What mail programs put before the subject of an answer or a forwarded mail, in every language. Pure.

The one table of them: whoever adds a language adds it for all readers of subjects.
"""

import re
from collections.abc import Iterator

# By language. Some stand in both: "VS" answers in Finnish and forwards in Danish.
REPLIES = {
    "en": ("re", "r.e"),
    "de": ("aw", "antw"),
    "nl": ("antw",),
    "sv da nb is": ("sv",),
    "fi": ("vs",),
    "fr": ("réf",),
    "it": ("r", "rif"),
    "pt": ("res",),
    "pl": ("odp",),
    "tr": ("ynt", "yan"),
    "ru": ("отв",),
    "bg": ("на",),
    "vi": ("trả lời",),
    "zh-Hans": ("回复", "答复"),
    "zh-Hant": ("回覆", "答覆"),
    "ja": ("返信",),
    "ko": ("회신",),
    "el": ("απ", "σχετ"),
    "he": ("תגובה", "השב"),
    "ar": ("رد",),
    "th": ("ตอบกลับ", "ตอบ"),
    "hu": ("vá",),
    "id": ("bls",),
}
FORWARDS = {
    "en": ("fw", "fwd"),
    "de": ("wg", "weitergeleitet"),
    "nl": ("doorst", "doorgestuurd"),
    "sv": ("vb", "vidarebefordra"),
    "da nb": ("vs", "videresend"),
    "is": ("fs",),
    "fi": ("vl",),
    "fr": ("tr", "redir", "redir."),
    "es": ("rv",),
    "it": ("i", "rif"),
    "pt": ("enc", "enc."),
    "pl": ("pd", "pdb", "przekaz"),
    "tr": ("ilt", "İlt"),
    "ru": ("пересл", "пер"),
    "vi": ("chuyển tiếp",),
    "zh-Hans": ("转发",),
    "zh-Hant": ("轉寄", "转寄", "轉發"),
    "ja": ("転送",),
    "ko": ("전달",),
    "el": ("πρθ",),
    "he": ("הועבר",),
    "ar": ("إعادة توجيه",),
    "th": ("ส่งต่อ",),
    "hu": ("továbbítás",),
    "id": ("trs",),
}
# People are called so, too: what keeps their names to itself must not take these for prefixes.
NAMES = frozenset(("yan", "rif"))


def words(*tables: dict[str, tuple[str, ...]], names: bool = True) -> str:
    """Return a regular expression of the prefixes, without what follows them; `names`: NAMES as well."""
    every = {word for table in tables for ours in table.values() for word in ours}
    return "|".join(re.escape(word) for word in sorted(every if names else every - NAMES))


def _prefix(*tables: dict[str, tuple[str, ...]]) -> re.Pattern[str]:
    # "Re[2]:" counts, and some put the word in brackets.
    return re.compile(
        rf"\s{{0,4}}\[?(?:{words(*tables)})\]?\s{{0,3}}(?:\[\d{{1,3}}\])?\s{{0,3}}[:：]", re.IGNORECASE
    )


REPLY, FORWARD, EITHER = _prefix(REPLIES), _prefix(FORWARDS), _prefix(REPLIES, FORWARDS)
"""Each matches one prefix at the beginning of a subject."""


def prefixes(subject: str, prefix: re.Pattern[str] = EITHER) -> Iterator[re.Match[str]]:
    """Yield the prefixes that a subject begins with, from the left."""
    match = prefix.match(subject)
    while match:
        yield match
        match = prefix.match(subject, match.end())


def unprefixed(subject: str, prefix: re.Pattern[str] = EITHER) -> str:
    """Return a subject without its prefixes and without blanks around it."""
    return subject[max((match.end() for match in prefixes(subject, prefix)), default=0) :].strip()


def is_forward(subject: str) -> bool:
    """Whether a forward's prefix is among those the subject begins with."""
    return any(FORWARD.match(prefix[0]) for prefix in prefixes(subject))


_ANYWHERE = re.compile(
    rf"(?:^|[\s\[\]()])(?:{words(REPLIES, FORWARDS)})\]?\s?(?:\[\d{{1,3}}\])?\s?[:：]", re.IGNORECASE
)


def says_answer(subject: str) -> bool:
    """Whether a subject is one of an answer or a forward, behind a list's name too, or names a ticket."""
    if "#" in subject and _TICKET.search(subject):
        return True
    return (":" in subject or "：" in subject) and _ANYWHERE.search(subject) is not None


_TICKET = re.compile(r"#\s?\d")
