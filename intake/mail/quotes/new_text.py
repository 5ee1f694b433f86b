"""The new part of a reply: what its author wrote now.

Each line is given a letter (lines.py), and the string of letters decides.
When in doubt a line is kept: the whole text stays beside what is cut, but what
is cut is not seen.
"""

import re
from collections.abc import Sequence
from functools import partial
from itertools import compress
from typing import NamedTuple

from intake.desk.message import Piece, PieceKind
from intake.mail.formats.html import marked_html, unmark
from intake.mail.formats.html_lines import ATTRIBUTION, SIGNATURE
from intake.mail.quotes import closings, other_desks, signatures
from intake.mail.quotes import pieces as telling
from intake.mail.quotes.devices import CJK
from intake.mail.quotes.lines import classify, opens_attribution

# This much is looked at (reliability T22); a longer text goes on uncut unless a cut was found in it.
MAX_TEXT = 64 * 1024
# And this many lines: a mail of only short ones costs by the line.
MAX_LINES = 1500
# A signature is shorter than this many lines; what is longer is kept.
MAX_SIGNATURE = 25
# A rule of underscores parts two matters of the author's, as dashes do. It is taken for a signature's only
# below what is answered, above so many lines, and where a mailing list put it, above so many.
MAX_RULED, MAX_FOOTER = 3, 12

# One of these in the HTML: worth reading it for the marks of text.marked_html.
_MARKED = (
    "divrplyfwdmsg", "appendonsend", "olk_src_body", "isforwardcontent", "yahoo_quoted", "protonmail_quote",
    "gmail_attr", "moz-cite-prefix", "messagereplysection", "mail-editor-reference",
    "signature", "zm-_id_-sgn", "__sig_p",
)  # fmt: skip
_DROP = "aohxdsn"
# Words, and "On Tue, 5 Mar 2024" or its like behind them.
_SHARED = re.compile(
    r"^([^\s>](?:.{0,300}?[^\s-])?)(?:\s+|\s?-{2,5}\s?)"
    r"(?=(?:On|Am|Le|El|Il|Il giorno|Em|No dia|Op|Den|Dnia|W dniu|Vào|Dne|At|At the)\s+"
    r"(?:[^\W\d]{2,12}[.,]{0,2}\s+){0,3}\d{1,4})"
)
# The same where the date has no word before it, or the name comes first and a sentence ends before it.
_SHARED_ELSE = re.compile(
    r"^([^\s>@][^@]{0,300}?[。！？!?.~～])\s?(?:"
    r"(?=(?:在 ?)?\d{4}\s?[年년.]\s?\d{1,2})"
    r"|(?=(?:пн|вт|ср|чт|пт|сб|вс|pon|wt|śr|czw|pt|sob|niedz|út|st|čt|pá|mar|jeu|ven)[.,]{1,2} \d{1,2} )"
    r"|(?=[^@<>。！？!?.]{1,80}<[^<>\s@]{1,64}@[^<>\s@]{1,250}>,?\s?"
    r"(?:于|於|在|\d{1,2} [^\W\d]{3,8} \d{4}|schrieb am)))"
)
# "Dr. Bob Example" is one name.
_TITLE_OF = re.compile(
    r"(?:^|\s)(?:dr|prof|mr|mrs|ms|st|jr|sr|ing|inc|co|ltd|dipl|mag|dott|avv|av|doç)\.$", re.IGNORECASE
)
MAX_SHARED = 1000
_POSTSCRIPT = re.compile(r"^\s{0,4}\*{0,2}(?:P\.? ?S\.?|p\.s\.|N\.? ?B\.?|附言?|追伸|추신)\s?[:：.,)-]")
_FOOTER = re.compile(r"mailing.?list|mailman|unsubscrib", re.IGNORECASE)
# What begins like a sentence and stands below signatures.
_NOTICE = re.compile(rf"{_FOOTER.pattern}|confidential|disclaimer|vertraulich|confiden", re.IGNORECASE)
_UNMARKED = re.compile("[^gqaohx]*")
_CJK_STOP = re.compile("[，。！？：；、,:!?]")
# A company's name in Chinese, Japanese or Korean is no longer.
MAX_NAME = 16
_ITEM = re.compile(r"^\s{0,8}(?:[-*+•·]|\d{1,3}[.)])\s{1,8}\S")
_ASKS = re.compile(r"^(?!.*(?:https?:|www\.)).*[^\W\d]\s?[?？]\s{0,4}$")
# What may begin a mail quoted whole, and what a signature.
_LEADS = re.compile("[aohx]")
_ENDS = re.compile("[gd]")
# A header without its client's line above it.
_PASTED = re.compile("(?<![ohx])(?<![ox]e)h+")
_SIGNED = re.compile("[gs]")
# Outlook's rule over the header of what it quotes: no person counts so many.
_OUTLOOKS = "_" * 32
# What a client wrote between its author's words.
_CLIENTS = re.compile("[axsn]")


class Split(NamedTuple):
    """What the author of a mail wrote now, and all of it told apart: no pieces where nothing is folded."""

    new: str
    pieces: tuple[Piece, ...] = ()


def new_text(text: str, html: str) -> str:
    """Return what the author of a reply wrote now, without quotes and signature; see `split`."""
    return split(text, html).new


def split(text: str, html: str, answers: bool = True) -> Split:
    """Return what the author of a reply wrote now, without quotes and signature, and what else there is.

    `text` is the whole readable text, `html` the HTML it came with or "". A mail that does not say
    that it `answers` or forwards another may show a header of its author's own making, or somebody's
    mail pasted in the middle of a story: it is kept, and so is what stands below. Where answers stand
    between quotes, those are kept with them; a mail that is only a forward keeps its content; where
    nothing would be left, the whole text comes back. Never raises; looks at MAX_TEXT characters.
    """
    whole = text.strip("\n")
    marked = marked_html(html) if html and _has_marks(html) else ""
    signed = signatures.wrapped(marked) if SIGNATURE in marked else []
    kept, pieces = _trim(text, signed, answers)
    if marked:
        marked = marked.replace(SIGNATURE, "")
        shown = unmark(marked).strip()
        # HTML alone: its marks are surer than words. Beside a text: only where the words said nothing.
        if shown == whole.strip() or kept is None or kept == whole.strip():
            cut, others = _trim(marked, signed, answers)
            if cut and cut != shown and _says(text, cut):
                kept, pieces = cut, others
    return Split(kept, tuple(pieces)) if kept else Split(whole.strip())


def _has_marks(html: str) -> bool:
    lowered = html.lower()
    return any(mark in lowered for mark in _MARKED)


def _says(text: str, shown: str) -> bool:
    """Whether the HTML's new part is also in the text: senders may write two different ones."""
    words = set(shown.split())
    return not words - set(text.split()) or len(words & set(text.split())) * 10 >= len(words) * 8


def _trim(text: str, signed: Sequence[Sequence[str]], answers: bool) -> tuple[str | None, list[Piece]]:
    """Return the new part, None when everything would be cut, and all parts where some were.

    `signed`: signatures (signatures.py); `answers` as of `split`.
    """
    head = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    rest = ""
    if len(head) > MAX_TEXT:
        at = head.rfind("\n", 0, MAX_TEXT)
        at = at if at > 0 else MAX_TEXT
        head, rest = head[:at], head[at:]
    lines = head.split("\n")
    if len(lines) > MAX_LINES:
        rest = "\n" + "\n".join(lines[MAX_LINES:]) + rest
        lines = lines[:MAX_LINES]
    below: list[Piece] = []
    above = _above_marker(lines, head)
    if len(above) < len(lines):
        below = [
            Piece(PieceKind.PROGRAM, lines[len(above)]),
            Piece(PieceKind.QUOTE, "\n".join(lines[len(above) + 1 :]) + rest),
        ]
        lines, rest = above, ""
    kinds = _classified(lines, answers)
    if "a" in kinds:
        lines, kinds = _apart(lines, kinds)
    if "t" not in kinds:
        return None, []
    if signed:
        kinds = signatures.mark(lines, kinds, signed)
    if not kinds.strip("te"):
        # Words and empty lines alone, as most mails: nothing to decide.
        result = "\n".join(lines if rest else lines[: kinds.rfind("t") + 1]).replace(ATTRIBUTION, "")
        new = (result.strip("\n") + rest).strip() or None
        return new, [Piece(PieceKind.NEW, "\n".join(lines).replace(ATTRIBUTION, "")), *below] if below else []
    quoted = _hard_end(kinds)
    cut, rest = (rest, "") if quoted < len(kinds) else ("", rest)
    end = _signature(lines[:quoted], kinds[:quoted])
    keep = _kept(kinds[:end], bool(rest))
    if "a" in kinds and (quote := closings.below_quote(lines[:end], kinds[:end])):
        keep[quote[0] : quote[1]] = [False] * (quote[1] - quote[0])
    result = "\n".join(compress(lines, keep)).replace(ATTRIBUTION, "").strip("\n")
    new = (result + rest).strip() or None
    if not below and quoted == len(kinds) and all(keep) and end == quoted:
        return new, []
    pieces = telling.tell(lines, kinds, keep, quoted)
    if cut or rest:
        pieces.append(Piece(PieceKind.QUOTE if cut else PieceKind.NEW, (cut or rest).lstrip("\n")))
    return new, [*pieces, *below]


def _classified(lines: list[str], answers: bool) -> str:
    kinds = classify(lines)
    if answers or "h" not in kinds:
        return kinds
    # Below a signature or a device's line it is the client that quotes.
    end = ended.start() if (ended := _SIGNED.search(kinds)) else len(kinds)
    return _PASTED.sub(partial(_written, lines), kinds[:end]) + kinds[end:]


def _written(lines: Sequence[str], header: re.Match[str]) -> str:
    """Return the kinds of a header in a mail that answers none: text, unless under `_OUTLOOKS`."""
    at = header.start()
    quoted = at > 0 and lines[at - 1].strip() == _OUTLOOKS
    return header[0] if quoted else "t" * len(header[0])


def _above_marker(lines: list[str], text: str) -> list[str]:
    """Cut at "##- Please type your reply above this line -##", ours or another desk's, in any language."""
    at = other_desks.find(lines, text)
    if at is None:
        return lines
    above = lines[:at]
    # Below a marker at the very top stands someone who answers under the quote.
    return above if "t" in classify(above) else lines


def _apart(lines: list[str], kinds: str) -> tuple[list[str], str]:
    """Part an introduction from the words that stand before it on its line ("Thanks! On ... wrote:")."""
    starts = [at for at, kind in enumerate(kinds) if kind == "a" and (not at or kinds[at - 1] != "a")]
    for at in reversed(starts):
        line = lines[at][:MAX_SHARED]
        shared = None if opens_attribution(line) else _SHARED.match(line) or _SHARED_ELSE.match(line)
        if shared and any(map(str.isalnum, shared[1])) and not _TITLE_OF.search(shared[1]):
            lines = [*lines[:at], shared[1], lines[at][shared.end(1) :], *lines[at + 1 :]]
            kinds = f"{kinds[:at]}ta{kinds[at + 1 :]}"
    return lines, kinds


def _hard_end(kinds: str) -> int:
    """Return where a mail quoted whole begins, below the author's text."""
    first = kinds.find("t")
    for match in _LEADS.finditer(kinds, first):
        at = match.start()
        if kinds[at] in "ohx":
            return at
        if at == 0 or kinds[at - 1] != "a":
            following = kinds[at:].lstrip("a").lstrip("e")
            if not following.startswith("q"):
                return at
    return len(kinds)


def _signature(lines: list[str], kinds: str) -> int:
    """Return where the signature begins."""
    first = kinds.find("t")
    if first < 0:
        return len(kinds)
    parted = False
    for match in _ENDS.finditer(kinds, first):
        at = match.start()
        if kinds[at] == "g" and (parted := _parts(lines, kinds, at, parted)):
            continue
        below = kinds[at + 1 :]
        own = below.count("t")
        answered = "q" in below and "t" in below[below.rfind("q") :]
        most = MAX_SIGNATURE if kinds[at] == "g" else _ruled(lines, kinds, at)
        if not answered and own <= most and not _goes_on(lines, kinds, at):
            return at
    return len(kinds)


def _parts(lines: Sequence[str], kinds: str, at: int, parted: bool) -> bool:
    """Whether the mark at `at` is one of several that part matters of the author's.

    `parted`: the one above is. The standard's mark, which has a blank, begins a signature.
    """
    if lines[at].startswith("-- "):
        return False
    end = at + 1 + len(_UNMARKED.match(kinds, at + 1)[0])  # type: ignore[index]
    if not parted and (kinds[end : end + 1] != "g" or lines[end].startswith("-- ")):
        return False
    block = [
        line[:MAX_SHARED]
        for line, kind in zip(lines[at + 1 : end], kinds[at + 1 : end], strict=True)
        if kind == "t"
    ]
    return any(map(_is_said, block)) and not any(map(_NOTICE.search, block))


def _is_said(line: str) -> bool:
    """Whether a line is a sentence or the like, not the name, title or address of a signature."""
    if "@" in line or "://" in line or "www." in line:
        return False
    if CJK.search(line):
        return not any(map(str.isdigit, line)) and (len(line) > MAX_NAME or bool(_CJK_STOP.search(line)))
    words = line.split()
    small = sum(word[0].islower() or (word[0].isalpha() and not word[0].isupper()) for word in words)
    return len(words) > 2 and small * 2 >= len(words)


def _ruled(lines: list[str], kinds: str, at: int) -> int:
    """Return how many lines a signature below the rule at `at` may have; -1: it parts the author's words."""
    if set(lines[at].strip()) != {"_"}:
        return -1
    if any(_FOOTER.search(line[:200]) for line in lines[at + 1 : at + 4]):
        return MAX_FOOTER
    return MAX_RULED if "q" in kinds[:at] else -1


def _goes_on(lines: list[str], kinds: str, at: int) -> bool:
    """Whether more than a name stands below what may be a signature's mark: a postscript, question, list."""
    standard = lines[at].startswith("-- ")
    for line, kind in zip(lines[at + 1 :], kinds[at + 1 :], strict=True):
        if kind == "t" and _POSTSCRIPT.match(line[:40]):
            return True
        # Only the mark of the standard has the blank; others are also put between two matters.
        if kind == "t" and not standard and (_ASKS.search(line[-200:]) or _ITEM.match(line[:20])):
            return True
    return False


def _kept(kinds: str, goes_on: bool) -> list[bool]:
    """Return for each line whether it is the author's or needed to understand it."""
    keep = [True] * len(kinds)
    first = kinds.find("t")
    if first < 0:
        return [False] * len(kinds)
    end = len(kinds)
    if not goes_on:
        # Below the author's last words: quotes, their introduction, a device's line.
        end = kinds.rfind("t") + 1
        keep[end:] = [False] * (len(kinds) - end)
    lead = kinds[:first]
    # Quotes above the first words go with their introduction, unless more of them are answered below.
    introduced = "h" in lead or "o" in lead or ("a" in lead and "q" not in kinds[first:end])
    for at, kind in enumerate(lead):
        keep[at] = kind == "e" or not (introduced or kind in _DROP)
    for match in _CLIENTS.finditer(kinds, first, end):
        at = match.start()
        if kinds[at] != "s" or _ends_block(kinds, at):
            keep[at] = False
    return keep


def _ends_block(kinds: str, at: int) -> bool:
    """Whether a device's line stands alone, as programs put it, not inside a paragraph."""
    above = kinds[at - 1] if at else "e"
    below = kinds[at + 1] if at + 1 < len(kinds) else "e"
    return above in "es" and below in "esaq"
