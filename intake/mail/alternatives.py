"""The plain text of an alternative that says less than the HTML beside it: a stub, or letters lost to "?"."""

import re
from collections.abc import Sequence
from itertools import islice

from intake.mail.formats import html as markup
from intake.mail.quotes.devices import names_device

# A stub is shorter, in characters and, where it does not speak of itself, in words.
MAX_STUB = 400
MAX_BARE_WORDS = 3
# Words as short stand in any page, as a part of others.
MAX_SHORT = 1
# The HTML beside a bare word has so many at least, and beside a stub that speaks of itself.
MIN_BESIDE = 5
MIN_SHOWN = 3
# A telephone's line, and a second one for its mail program.
MAX_DEVICE = 200
# So many words with lost letters are sought in the HTML.
MAX_SOUGHT = 10
# And so many looked at, for others may be the ends of questions.
MAX_GAPS = 200
# So many question marks stand for one run of letters.
MAX_RUN = 40

# What is longer is no word.
_WORD = re.compile(r"[^\W_]{1,80}")
_NO_WORDS = re.compile(r"(?:https?://|www\.)\S{1,2000}|\[(?:image: |cid:)[^\]\n]{1,200}\]")
# What a stub speaks of: HTML, what would show it, or that there is no text.
_SPEAKS = re.compile(
    r"html|plain[ -]?text|text[ -]?(?:version|part|only)|no text|nur[ -]text|multi-?part|\bmime\b"
    r"|mail[ -]?(?:client|program|reader|viewer|app|soft)|mailprogramm|browser"
    r"|navigateur|navegador|navigatore|браузер|почтов\w{1,4} (?:программ|клиент)|tarayıcı|trình duyệt"
    r"|ブラウザ|メールソフト|浏览器|瀏覽器|브라우저|邮件客户端|郵件軟體"
    r"|client de messagerie|cliente de (?:e-?mail|correo)"
    r"|^\W*(?:text|body|content|message|e-?mail|preview)\W*$",
    re.IGNORECASE,
)
# What speaks of itself holds one of these: to look for words is faster than for a pattern.
_HINTS = (
    "html", "text", "mail", "mime", "multi", "browser", "navig", "client", "body", "content", "message",
    "браузер", "почтов", "tarayıcı", "duyệt", "ブラウザ", "メールソフト", "浏览器", "瀏覽器", "브라우저",
    "邮件", "郵件", "preview",
)  # fmt: skip
# A question mark for a letter, as in "M?ller", "?ber", "????", but in no address.
_FOLLOWED = re.compile(r"[?\ufffd]\S")
_MAY_HAVE_LOST = re.compile(r"(?<!\S)[^\s/:.=?\ufffd]*+[?\ufffd](?:[?\ufffd]|[^\W\d_])")
_LOST = re.compile(rf"((?:[A-Za-z0-9]{{1,10}} ?)?)([?\ufffd]{{1,{MAX_RUN}}})([A-Za-z0-9]{{0,10}})")
_BLANK = "\u00a0\u00ad\u200b\u200c\u200d\ufeff\u2007\u202f"
_NO_LETTERS = dict.fromkeys(map(ord, _BLANK + "\ufffd"))


def better(plain: str, html: str) -> str | None:
    """Return the HTML's text where the plain text beside it is not what was written, None where it is.

    `html` is the page; it is read only where the plain text is short or has question marks in its words.
    """
    short = plain.strip().strip(_BLANK)
    if len(short) <= MAX_STUB:
        words = _words(short)
        if (
            words
            and len(short) <= MAX_DEVICE
            and all(map(names_device, filter(str.strip, short.split("\n"))))
        ):
            # A telephone's line alone: what was written above it went into the HTML.
            shown = markup.from_html(html)
            return (
                shown if len(set(_words(shown)) - set(words)) >= MIN_SHOWN and "\ufffd" not in shown else None
            )
        if _tells_of_itself(short) or (len(words) <= MAX_BARE_WORDS and not _has(html.casefold(), words)):
            shown = markup.from_html(html)
            if _is_stub(short, words, shown):
                return shown
    marks = plain.count("?") + plain.count("\ufffd")
    # Where the page has fewer, even those that end a word or stand alone may be lost letters.
    fewer = marks > html.count("?") + html.count("\ufffd")
    if marks and (not html.isascii() or "&" in html) and (fewer or _may_have_lost(plain)):
        shown = markup.from_html(html)
        if _has_lost(plain, shown):
            return shown
    return None


def _may_have_lost(plain: str) -> bool:
    # A question ends at its mark: first is asked, and fast, whether anything stands behind some.
    return _FOLLOWED.search(plain) is not None and _MAY_HAVE_LOST.search(plain) is not None


def _tells_of_itself(short: str) -> bool:
    low = short.lower()
    return any([hint in low for hint in _HINTS]) and _SPEAKS.search(short) is not None


def _has(page: str, words: list[str]) -> bool:
    """Whether a page has most of the words: then it is the same text once more, as in nearly all mail."""
    return 2 * sum(word in page and len(word) > MAX_SHORT for word in words) > len(words)


def _words(text: str) -> list[str]:
    return _WORD.findall(_NO_WORDS.sub(" ", text).casefold())


def _is_stub(short: str, words: list[str], shown: str) -> bool:
    """Whether a short text stands where the words of the HTML should be."""
    shown = shown.strip()
    if "\ufffd" in shown or shown.startswith(short or "\n"):
        return False
    beside = set(_words(shown))
    if not words:
        return bool(beside)
    missing = sum(word not in beside for word in words)
    if _tells_of_itself(short):
        return len(beside) >= MIN_SHOWN and 2 * missing > len(words)
    # The HTML of another script may be the one that is read wrong.
    return short.isascii() and missing == len(words) and len(beside) >= MIN_BESIDE


def _has_lost(plain: str, shown: str) -> bool:
    """Whether question marks of a text stand where the HTML has letters beyond ASCII."""
    signs = plain.count("?") + plain.count("\ufffd") - shown.count("?") - shown.count("\ufffd")
    lost = _beyond(shown) - _beyond(plain)
    if signs <= 0 or lost <= 0 or 2 * signs < lost:
        return False
    sought = kept = 0
    gaps = [gap.groups() for gap in islice(_LOST.finditer(plain), MAX_GAPS)]
    # One that stands behind a word ends a question, but where the page has a letter there.
    gaps.sort(key=_may_end_a_question)
    for gap in gaps[:MAX_SOUGHT]:
        before, marks, after = gap
        letters = rf"[^\x00-\x7f\ufffd](?:[^\x00-\x7f\ufffd]|[ ,.!]){{0,{2 * len(marks) - 1}}}"
        pattern = re.escape(before.rstrip()) + r"\s" * before.endswith(" ") + letters + re.escape(after)
        there = re.search(pattern, shown) is not None
        sought += there or not _may_end_a_question(gap)
        kept += there and bool(before or not _may_end_a_question(gap))
    return sought > 0 and 2 * kept > sought


def _may_end_a_question(gap: Sequence[str]) -> bool:
    return gap[1] == "?" and not gap[2]


def _beyond(text: str) -> int:
    """Return how many signs of a text are beyond ASCII, blanks apart."""
    return len(text.translate(_NO_LETTERS)) - len(text.translate(_NO_LETTERS).encode("ascii", "ignore"))
