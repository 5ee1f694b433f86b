"""Which language a page is written in. Each one is a table, `web/words.<tag>.html.j2`."""

from collections.abc import Iterable

# Tag -> its own name for itself, as the switch on the page shows it.
LANGUAGES = {"en": "English", "zh-Hans": "简体中文"}

# What a reader of Chinese may ask for. Traditional readers are given what we have.
_CHINESE = ("zh", "cmn", "yue")


def choose(asked: str, accepted: Iterable[str], fallback: str) -> str:
    """Return one of LANGUAGES: `asked` (?lang=) if we have it, else the first accepted, else the fallback.

    `accepted` are tags of Accept-Language, best first (RFC 9110 section 12.5.4).
    """
    for tag in (asked, *accepted, fallback):
        found = _ours(tag)
        if found:
            return found
    return "en"


def _ours(tag: str) -> str:
    wanted = tag.strip().lower()
    primary = wanted.partition("-")[0]
    if primary in _CHINESE:
        return "zh-Hans"
    for one in LANGUAGES:
        if wanted == one.lower() or primary == one.lower():
            return one
    return ""
