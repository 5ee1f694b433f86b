"""Which language a page is written in. Each one is a table, `web/words.<tag>.html.j2`."""

from collections.abc import Iterable

from intake.desk.text.language import nearest
from intake.desk.text.language_names import NAMES

# Tag -> its own name for itself, as the switch on the page shows it.
LANGUAGES = NAMES
_TAGS = tuple(LANGUAGES)


def choose(asked: str, accepted: Iterable[str], fallback: str) -> str:
    """Return one of LANGUAGES: `asked` (?lang=) if we have it, else the first accepted, else the fallback.

    `accepted` are tags of Accept-Language, best first (RFC 9110 section 12.5.4).
    """
    for tag in (asked, *accepted, fallback):
        match = nearest(tag, _TAGS)
        if match:
            return match
    return "en"
