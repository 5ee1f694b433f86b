"""Introductions of quotes that no colon ends, or that name no date: each in a form of its own.

How most are told is in lines.py. What is found here may lead to a mail quoted whole, which is then
folded, so each form has to be one that a program writes and a person does not.
"""

import re
from collections.abc import Sequence

from intake.mail.quotes.headers import OWN_ADDRESS, label
from intake.mail.quotes.vocabulary import WROTE

MAX_LINE = 300
# An introduction is folded over this many lines at most.
MAX_FOLDED = 3
# "Am 05.03.24 um 10:15 schrieb Bob", over a quote.
MAX_NAMED = 80
# Lines of "To:" and "Subject:" that stand over an introduction, below a rule.
MAX_LABELS = 4
# And of a card of its author's, above the mail they answer.
MAX_CARD = 14

_OPENS = re.compile(
    r"^(?:on|am|le|el|il|em|op|den|dnia|w dniu|il giorno|at|dne|dňa|pe|στις|pada|vào)\s|^(?:mon|tue|wed|thu"
    r"|fri|sat|sun)\b"
    r"|^\d{1,4}[./年-]",
    re.IGNORECASE,
)
_ANGLE = re.compile(r"<[^<>\s@]{1,64}@[^<>\s@]{1,250}>")
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?:\b|\s?[年년])|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"
    r"|\b\d{1,2}[. ]{1,2}[^\W\d_]{3,12}\b"
)
_TIME = re.compile(r"\d{1,2}\s?[:.hH時时시]\s?\d{2}")
_CHINESE = ("写道", "寫道", "のメール")
_TOLD = re.compile(r"\b(?:I|me|us|to|ich|mir|uns|mich|mij|ons|nous|nos|mi|ci)\b")

_ROLE = (
    r"(?:[\w.+-]{1,40}[.+_-])?(?:support|help|helpdesk|service|desk|info|contact|kontakt|soporte|suporte"
    r"|supporto"
    r"|assistance|assistenza|ayuda|ajuda|aide|hilfe|kundenservice|kundendienst|team|tickets?|care|office"
    r"|no-?reply"
    r"|customer(?:care|service)?|sales|billing|security|hello|mail)(?:[.+_-][\w.+-]{1,40})?"
)
_ADDRESS_WROTE = re.compile(
    rf"^<?(?:{_ROLE})@[\w.-]{{1,200}}>? (?P<verb>[^:：]{{2,24}}?)\s?[:：]$", re.IGNORECASE
)
_EXCERPTS = re.compile(r"^Excerpts from .{1,150}?(?:['’]s?)? message of .{6,60}:$", re.IGNORECASE)
# Nextcloud: '"Bob" <bob@x.example> – March 5, 2024 10:15 AM'.
_NAME_AND_DATE = re.compile(r"^[^<>]{1,80}<[^<>\s@]{1,64}@[^<>\s@]{1,250}> [–—-] .{8,60}\d(?: ?[AP]M)?$")
# Yahoo on telephones goes on behind it in the same line.
_GOES_ON = re.compile(r"^\s{0,4}(\S.{10,250}?[^\s:：] ?[:：])\s{2,8}\S")
_QUOTING = re.compile(
    r"^(?:Quoting|Zitat von|Citando|Quoted from) .{1,150} \((?:19"
    r"|20)\d\d-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?\):?$"
)
EXCERPT_STARTS = ("Excerpts from ", "Quoting ", "Zitat von ", "Citando ", "Quoted from ")
"""A line of those that `mark` finds has an address, begins so, or stands over a quote."""
_EXCERPT_FIRSTS = frozenset(start[:2] for start in EXCERPT_STARTS)
_QUOTE_BEGINS = re.compile(r"(?<=[^q])q")
# The first line of NetEase's card of the author's name and address.
_CARD = re.compile(r"^\| ?\|$")


def mark(lines: Sequence[str], kinds: list[str]) -> None:
    """Give the lines of each such introduction the letter a (lines.py). Linear in the lines."""
    for match in _QUOTE_BEGINS.finditer("".join(kinds)):
        _over_quote(lines, kinds, match.start())
    for at in [at for at, line in enumerate(lines) if "@" in line or line[:2] in _EXCERPT_FIRSTS]:
        if kinds[at] == "t" and len(lines[at]) <= MAX_LINE:
            _alone(lines, kinds, at)
    for at in [at for at, kind in enumerate(kinds) if kind in "ao" and at]:
        if kinds[at] == "a" and kinds[at - 1] == "t" and ":" in lines[at - 1]:
            _labels(lines, kinds, at)
        elif kinds[at] == "o" and lines[at - 1] == "|":
            _card(lines, kinds, at)


def _alone(lines: Sequence[str], kinds: list[str], at: int) -> None:
    """Mark the lines of an introduction of which the one at `at` has the address, or how it begins."""
    line, span = lines[at], None
    if "@" in line:
        span = _of_address(lines, kinds, at) or ("<" in line and _without_colon(lines, kinds, at)) or None
        if span is None and ":  " in line and (on := _GOES_ON.match(line)) and _OPENS.match(on[1]):
            kinds[at] = "o" if _is_dated(on[1].rstrip(":：")) else "t"
    elif line.startswith(EXCERPT_STARTS):
        span = _excerpt(lines, kinds, at)
    if span is not None:
        kinds[span[0] : span[1]] = "a" * (span[1] - span[0])


def _over_quote(lines: Sequence[str], kinds: list[str], at: int) -> None:
    """Mark the line over a marked quote that needs neither colon nor address there."""
    above = at - 1
    while above >= 0 and kinds[above] == "e":
        above -= 1
    if above < 0 or kinds[above] != "t" or len(lines[above]) > MAX_LINE:
        return
    line = lines[above].strip()
    foxmail = above == at - 1 and at > 1 and kinds[at - 2] == "d" and OWN_ADDRESS.match(line)
    # Foxmail's HTML has the author's address there.
    if foxmail or ("@" not in line and _OPENS.match(line) and _is_dated(line)):
        kinds[above] = "a"


def _excerpt(lines: Sequence[str], kinds: Sequence[str], at: int) -> tuple[int, int] | None:
    """Return the one or two lines of "Excerpts from Bob's message of <date>:" or "Quoting Bob (<date>)"."""
    for end in (at + 1, at + 2):
        said = " ".join(" ".join(lines[at:end]).split())
        if kinds[at:end] == ["t"] * (end - at) and (
            (_EXCERPTS.match(said) and _DATE.search(said) and _TIME.search(said))
            or (_QUOTING.match(said) and _next(kinds, end) == "q")
        ):
            return at, end
    return None


def _labels(lines: Sequence[str], kinds: list[str], at: int) -> None:
    """Take in a rule, "To: ..." and "Subject: ...", which Yandex puts over its introduction at `at`."""
    above = at - 1
    while above > 0 and at - above <= MAX_LABELS and kinds[above] == "t" and label(lines[above]):
        above -= 1
    if above < at - 1 and kinds[above] == "d":
        kinds[above:at] = "a" * (at - above)


def _card(lines: Sequence[str], kinds: list[str], at: int) -> None:
    """Take in the card of its author that NetEase's program puts over the mail it quotes, from `at` on."""
    for above in range(at - 2, max(at - MAX_CARD, -1), -1):
        if _CARD.match(lines[above]):
            kinds[above:at] = "o" * (at - above)
            return


def _of_address(lines: Sequence[str], kinds: Sequence[str], at: int) -> tuple[int, int] | None:
    """Return the line of "support@x.example wrote:", which stands alone below its reader's words."""
    line = lines[at].strip()
    if line[-1] not in ":：":
        over = "> " in line and _NAME_AND_DATE.match(line) and _next(kinds, at + 1) == "q"
        return (at, at + 1) if over else None
    match = _ADDRESS_WROTE.match(line)
    if match is None or not WROTE.fullmatch(match["verb"]):
        return None
    above = at - 1
    while above >= 0 and kinds[above] == "e":
        above -= 1
    if above < 0 or (above == at - 1 and kinds[above] == "t") or lines[above].rstrip().endswith((":", "：")):
        return None
    return (at, at + 1) if kinds[at + 1 : at + 2] in (["e"], ["q"]) else None


def _without_colon(lines: Sequence[str], kinds: Sequence[str], at: int) -> tuple[int, int] | None:
    """Return the lines of "On <date> Bob <bob@x.example> wrote", its colon missing, that end near `at`."""
    if not _ANGLE.search(lines[at]):
        return None
    for start in range(at, max(at - MAX_FOLDED, -1), -1):
        if kinds[start] != "t" or len(lines[start]) > MAX_LINE:
            return None
        first = lines[start].strip()
        # Over a quote a date at the beginning is enough, and in Chinese the name may come first.
        if not _OPENS.match(first) and (
            _next(kinds, at + 1) != "q"
            or not (any(map(str.isdigit, first[:12])) or lines[at].rstrip().endswith(_CHINESE))
        ):
            continue
        for end in (at + 1, at + 2):
            if kinds[at + 1 : end] != ["t"] * (end - at - 1) or kinds[end : end + 1] not in (["e"], ["q"]):
                continue
            said = " ".join(" ".join(lines[start:end]).split())
            if _is_dated(said):
                return start, end
        return None
    return None


def _is_dated(said: str) -> bool:
    """Whether a text tells date, time, address and "wrote", and nothing behind them."""
    if len(said) > MAX_LINE or not (_DATE.search(said) and _TIME.search(said)) or _TOLD.search(said[3:]):
        return False
    if said.endswith(">"):
        return WROTE.search(said) is not None
    words = said.rstrip(" -").replace(">", "> ").split()
    if any(WROTE.fullmatch(" ".join(words[-number:])) for number in (1, 2)):
        return True
    # Chinese and Japanese put no blank before it; and German may have the name last.
    return said.endswith(_CHINESE) or (
        "@" not in said and len(said) < MAX_NAMED and WROTE.search(said) is not None
    )


def _next(kinds: Sequence[str], at: int) -> str:
    while at < len(kinds) and kinds[at] == "e":
        at += 1
    return kinds[at] if at < len(kinds) else ""
