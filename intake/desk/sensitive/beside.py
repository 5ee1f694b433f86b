"""What the HTML of a mail says and the plain text beside it does not. Pure.

People and the desk read the text, so a secret in the HTML alone is shown to nobody; who sent it is told all
the same. Most HTML says what the text says, and most mail is this: so that must cost next to nothing.
"""

import html
import re

# So much of a page is looked at; what is longer is a newsletter.
MOST_HTML = 100_000
_UNSEEN = re.compile(
    r"<(style|script|head|title)\b[^>]{0,2000}>.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE
)
_TAG = re.compile(r"</?[a-z][^<>]{0,4000}>", re.IGNORECASE)
# Longer is a picture in letters.
_WORD = re.compile(r"[^\W_]{1,200}")


def beside(page: str, text: str) -> str:
    """Return the part of an HTML page from its first to its last word that `text` has not; "" for none.

    Linear in the length of both.
    """
    if not page:
        return ""
    page = page[:MOST_HTML]
    # Each tag parts words: a list has none but tags between two of them.
    shown = html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", page)))
    known = set(_WORD.findall(text.lower()))
    new = [match.span() for match in _WORD.finditer(shown.lower()) if match[0] not in known]
    return shown[new[0][0] : new[-1][1]] if new else ""
