"""What each line of a mail is: one letter a line, for quoting.py to decide on.

e empty            t the author's text     q quoted (">")
a attribution      o "Original Message"    h a quoted mail's header
g signature mark   s "Sent from my phone"  d a rule of dashes or the like
x a client's own mark that quoted mail begins
n a signature that stands in the HTML as such (signatures.py)
"""

import re
from collections.abc import Sequence
from string import ascii_letters, digits

from intake.mail.formats.html_lines import ATTRIBUTION, CUT
from intake.mail.quotes import headers as quote_headers
from intake.mail.quotes import introductions, notes, wrapped
from intake.mail.quotes.devices import mark_links, names_device, of_a_program
from intake.mail.quotes.headers import MAX_LINE, label
from intake.mail.quotes.records import TO_TIME, is_record
from intake.mail.quotes.vocabulary import (
    FORWARDED,
    ORIGINAL,
    SENT_BY_FIRST,
    SENT_INSIDE,
    SENT_STARTS,
    WROTE,
    WROTE_ROOTS,
)
from intake.mail.quotes.wrapped import BAR_QUOTE

# An attribution is folded over this many lines at most.
MAX_FOLDED = 4
MAX_ATTRIBUTION = 400
# "Bob wrote:" over a quote needs no date when it is this short.
MAX_UNDATED = 40

_QUOTE = re.compile(r"^\s{0,4}[>＞]")
_SIGNATURE = re.compile(r"^(?:--|—|–|__|-- ?|— )\s{0,2}$")
_RULE = re.compile(r"^[\s\u1427]{0,8}(?:[-_=+~#*—–\u2500.]\s?+){2,200}+\s{0,8}$|^\s{0,4}[\u1427*#~-]\s{0,4}$")
_FENCE = re.compile(r"^\s{0,3}```")
_TIME = re.compile(r"\d{1,2}\s?[:.hH時时시]\s?\d{2}|\d{1,2} ?[ap]\.?m\b", re.IGNORECASE)
_DATE = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"
    r"|(?:19|20)\d\d\s?[年년]|\b\d{1,2}[. ]{1,2}[^\W\d_]{3,12}\.?"
)
_ADDRESS = re.compile(r"[^\s<>\"'(),:;@]{1,64}@[^\s<>\"'(),:;@]{1,250}")
_ANGLE = re.compile(r"<[^<>@\n]{0,100}[^\s<>@]{1,64}@[^\s<>@]{1,250}>|\[[^\s\[\]@]{1,64}@[^\s\[\]@]{1,250}\]")
_NAMED_WROTE = re.compile(r"^[^<>:]{1,60}<[^<>\s]{1,64}@[^<>\s]{1,250}> \S{1,12}:?$")
# The first word of a sentence that ends like an introduction: "As Bob wrote:".
_SENTENCE = re.compile(
    r"(?:as|like|what|when|because|since|here|there|this|that|wie|was|comme|como|come|zoals|jak|как)\s",
    re.IGNORECASE,
)
# "Bob Example wrote:", and no sentence that ends in the like.
_BARE_NAME = re.compile(
    r"^(?:[A-ZÀ-ÞĀ-žА-ЯЁ][\w.'’-]{0,30}\s){1,4}(?:님이|さんは"
    r"|さん)?\s?[^A-ZÀ-ÞА-Я\s]\S{0,14}(?: \S{1,14}){0,2}\s?[:：]$",
)
_DIGIT = re.compile(r"\d")
_COLON = re.compile(r"[:：]\s{0,4}\*{0,2}\s{0,4}(?:-{2,})?\s{0,4}$")
_OLD_GMAIL = re.compile(r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}\s.{0,20}(?:GMT|UTC)?[+-]?[\d:]{0,6}\s.{1,120}$")
# "Aug 9, 2024, 18:42 by help@desk.example:", and nothing else with an address that stands bare.
_BY = re.compile(
    r"^(?:[A-ZÀ-Þ][^\W\d]{1,13}[.,]{0,2} ){0,2}\d.{0,40}\d{1,2}[:.]\d{2}(?::\d{2})?(?: ?[apAP]\.?[mM]\.?)?"
    r"(?: ?[+-]\d{2}:?\d{2}| [A-Z]{3,5})?,?(?: \S{1,6})? [^\s@]{1,64}@[^\s@]{1,255}$"
)
_STARTS_DATED = re.compile(r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}\s")
# Blanks, and marks of the writing direction, which Gmail puts around a name in Hebrew.
_AROUND = " \t\r\n\xa0\u3000\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_BEFORE_DATE = _AROUND + "-*_"
# What a line begins or ends with that may introduce a quote: beyond ASCII each is asked.
_MAY_END = frozenset(_AROUND + ":：*->")
_MAY_BEGIN = frozenset(_AROUND + digits)
_EMPTY = re.compile(r"^[\s\u200b\u200c\u200e\u200f\ufeff\u00ad\u2060\u2063\ufffc]*+$")


_CLOSES = re.compile(r"^>\s?[:：]?(?:\s?wrote:)?$|^> [^\s>]{2,20}[:：]$")
# What a rule or a signature's mark is made of; the last is a letter by its class.
_RULED = "-_=+~#*—–\u2500.\u1427"
_INVISIBLE = "\u200b\u200c\u200e\u200f\ufeff\u00ad\u2060\u2063\ufffc"
_NOTHING_SEEN = _INVISIBLE + "".join(char for char in map(chr, range(0x3001)) if char.isspace())
# Signs of emphasis that may stand before a device's line.
_BEFORE_DEVICE = "(<*_["
# How most lines begin, and the first two signs of those of a device: what _plain says of nearly every line,
# without a call for each.
_USUAL_FIRSTS = frozenset(ascii_letters + digits)
_DEVICE_STARTS = frozenset(start[:2] for start in SENT_STARTS)
# What the line over a quoted mail may end in (heads_mail), the colons first.
_LASTS = ":： \t>*\r\xa0\u3000"


def classify(lines: Sequence[str]) -> str:
    """Return one letter for each line. Linear in their number and length."""
    whole = "\n".join(lines)
    lowered = whole.lower()
    # In most mails no line can be more than words unless its beginning or its end says so.
    usual = CUT not in whole and not any(map(lowered.__contains__, SENT_INSIDE))
    if usual:
        kinds = [
            "e"
            if not line
            else "t"
            if (
                line[0] in _USUAL_FIRSTS and line[-1] not in _LASTS and line[:2].lower() not in _DEVICE_STARTS
            )
            or _plain(line)
            else _kind(line[:MAX_LINE], usual)
            for line in lines
        ]
    else:
        kinds = [_kind(line[:MAX_LINE], usual) for line in lines]
    if "```" in whole:
        _fences(lines, kinds)
    if "s" in kinds:
        mark_links(lines, kinds)
    _attributions(lines, kinds)
    if "@" in whole or "q" in kinds or any(map(whole.__contains__, introductions.EXCERPT_STARTS)):
        introductions.mark(lines, kinds)
    notes.mark(lines, kinds, whole)
    if ":" in whole or "：" in whole:
        quote_headers.mark(lines, kinds)
    wrapped.mark(lines, kinds, ">" in whole)
    return "".join(kinds)


def _plain(line: str) -> bool:
    """Whether a line can only be text, told by its first words and its last sign; False is no answer."""
    first = line[0]
    if first.isspace():
        line = line.lstrip()
        if not line:
            return False
        first = line[0]
    if not first.isalnum() or first == "\u1427":
        return False
    if line[-1] in _LASTS and line.rstrip(_LASTS[2:])[-1] in _LASTS:
        return False
    starts = SENT_BY_FIRST.get(first.lower())
    return starts is None or not line[:40].lower().startswith(starts)


def attribution(lines: Sequence[str]) -> tuple[int, int] | None:
    """Return the first and the last line (exclusive) of the first "On ... X wrote:", None where none is."""
    kinds = classify(lines)
    start = kinds.find("a")
    return None if start < 0 else (start, start + len(kinds[start:]) - len(kinds[start:].lstrip("a")))


def _kind(line: str, usual: bool) -> str:
    """Return the letter of one line; `usual`: none of a text holds what may stand inside a telling line."""
    if usual and line[:1] == ">":
        return "q"
    bare = line.lstrip()
    if not bare:
        return "e"
    if CUT in line:
        return "x"
    # The first sign tells which of the patterns are worth a look.
    first = bare[0]
    if first == ATTRIBUTION and line[0] == ATTRIBUTION:
        return "a"
    if first in _INVISIBLE:
        return "e" if _EMPTY.match(line) else _kind(line.strip(_NOTHING_SEEN), usual)
    if first in ">＞" and _QUOTE.match(line):
        return "q"
    if first in _RULED and (ruled := "g" if _SIGNATURE.match(line) else "d" if _RULE.match(line) else ""):
        return ruled
    if (len(line) < 300 and heads_mail(line)) or (first == "-" and quote_headers.unglued(line)):
        return "o"
    if not usual and of_a_program(line):
        return "o"
    if usual and bare[0] not in _BEFORE_DEVICE and bare[0].lower() not in SENT_BY_FIRST:
        return "t"
    return "s" if names_device(line) else "t"


def heads_mail(line: str) -> bool:
    """Whether a client writes this line over a mail that it quotes or forwards whole."""
    bare = line.strip(" \t>*")
    # Every form has dashes or ends in a colon; most lines have neither.
    if not bare or not (bare[0] in "-_=—–\u2500" or bare[-1] in ":："):
        return False
    return bool(ORIGINAL.match(line) or FORWARDED.match(line))


def _fences(lines: Sequence[str], kinds: list[str]) -> None:
    """What stands between two ``` is the author's, whatever it looks like."""
    fences = [at for at, line in enumerate(lines) if kinds[at] == "t" and _FENCE.match(line[:10])]
    for start, end in zip(fences[::2], fences[1::2], strict=False):
        kinds[start : end + 1] = "t" * (end + 1 - start)


def _is_sentence(line: str) -> bool:
    """Whether a line begins with a letter and ends as a sentence does: then it leads to no quote."""
    return (line[-1].isalpha() or line[-1] in ".,!?") and line[0].isalpha() and len(line) <= MAX_LINE


def _attributions(lines: Sequence[str], kinds: list[str]) -> None:
    """Find "On ... X wrote:", which clients fold over up to MAX_FOLDED lines."""
    for at, line in _candidates(lines, kinds):
        kind = kinds[at]
        if kind == "q" and line.startswith(">>> ") and _is_groupwise(lines, kinds, at):
            kinds[at] = "a"
            continue
        if kind == "t":
            if line[0].isalpha() and _is_sentence(line):
                continue
        elif kind != "q" or not at or kinds[at - 1] != "t":
            continue
        short = line.strip(_AROUND)[:MAX_LINE]
        # Beyond these no line ends an introduction (_may_end).
        if short[-1:] not in ":：*->" and not short[:1].isdigit():
            continue
        closes = kind == "q" and _CLOSES.match(short) is not None
        if (kind == "q" and not closes) or len(short) > MAX_ATTRIBUTION or not _may_end(short):
            continue
        if not closes and not _may_introduce(lines, kinds, at, short):
            continue
        start = _begin(lines, kinds, at, closes)
        if start is None and closes:
            start = _torn(lines, kinds, at)
        if start is not None:
            kinds[start : at + 1] = "a" * (at + 1 - start)


def _candidates(lines: Sequence[str], kinds: Sequence[str]) -> list[tuple[int, str]]:
    """Return the lines, with their places, that may end an introduction."""
    return [
        (at, line)
        for at, line in enumerate(lines)
        if line and (line[-1] in _MAY_END or line[0] in _MAY_BEGIN or line[0] > "\x7f" or kinds[at] == "q")
    ]


def _is_groupwise(lines: Sequence[str], kinds: Sequence[str], at: int) -> bool:
    """Whether ">>> Bob <bob@example.com> 05.03.2024 10:15 >>>" introduces what follows without a mark."""
    line = lines[at].rstrip()[:MAX_ATTRIBUTION]
    if not (_TIME.search(line) and _DATE.search(line)) or (at and kinds[at - 1] == "q"):
        return False
    return line.endswith(">>>") or (line[-1:] == ":" and _next_kind(lines, kinds, at + 1) != "q")


def _torn(lines: Sequence[str], kinds: Sequence[str], at: int) -> int | None:
    """Return where an attribution begins that was torn apart: "On ... Bob", "", "<", ..., "> wrote:"."""
    for start in range(at - 1, max(at - 7, -1), -1):
        if kinds[start] not in "te":
            return None
        line = lines[start].strip()[:MAX_LINE]
        if _OPENING.match(line) and _DATE.search(line) and _TIME.search(line):
            between = [part.strip() for part in lines[start + 1 : at] if part.strip()]
            return start if between[:1] == ["<"] else None
    return None


def _may_end(line: str) -> bool:
    return (
        bool(_COLON.search(line))
        or line.endswith(("--", ">"))
        or (bool(_STARTS_DATED.match(line)) and not line.endswith(("<", ",")))
    )


def _may_introduce(lines: Sequence[str], kinds: Sequence[str], at: int, last: str) -> bool:
    """Whether the lines that end in `last`, at `at`, hold what an introduction does; False is sure."""
    some = lines[max(at - MAX_FOLDED + 1, 0) : at + 1]
    lowered = " ".join(some).lower() if last.endswith("--") or _COLON.search(last) else ""
    if "@" in lowered or any(map(lowered.__contains__, WROTE_ROOTS)):
        return not _is_recorded(lines, kinds, at, last)
    dated = any([line.lstrip(_BEFORE_DATE)[:4].isdigit() for line in some])
    return dated and not _is_recorded(lines, kinds, at, last)


def _is_recorded(lines: Sequence[str], kinds: Sequence[str], at: int, line: str) -> bool:
    """Whether a line is one of a log or a chat's record, and leads to no quote."""
    if not is_record(line) or _next_kind(lines, kinds, at + 1) == "q":
        return False
    # It may be the rest of "On 5 March 2024 at".
    above = lines[at - 1].strip()[:MAX_LINE] if at and kinds[at - 1] == "t" else ""
    return above[:1].isdigit() or not (_OPENING.match(above) and _DATE.search(above))


def _begin(lines: Sequence[str], kinds: Sequence[str], at: int, closes: bool) -> int | None:
    """Return the line where the attribution that may end at `at` begins, None when there is none."""
    quoted = _next_kind(lines, kinds, at + 1)
    joined = ""
    for start in range(at, max(at - MAX_FOLDED, -1), -1):
        if kinds[start] != "t" and not (closes and start == at):
            return None
        joined = f"{lines[start].strip(_AROUND)[:MAX_LINE]} {joined}".strip()
        if len(joined) > MAX_ATTRIBUTION:
            return None
        alone = not start or kinds[start - 1] != "t"
        if _is_attribution(joined, quoted, alone):
            return _with_beginning(lines, kinds, start, joined)
    return None


_OPENING = re.compile(
    r"^(?:on|am|le|el|il|em|op|den|dnia|w dniu|in data|il giorno|at|vào|dne|στις)\s"
    r"|^在|^于|^於|^\d|^(?:mon|tue|wed|thu|fri|sat|sun)",
    re.IGNORECASE,
)


def opens_attribution(line: str) -> bool:
    """Whether a line begins as "On Tue, 5 Mar ... wrote:" does, in one of the languages known."""
    return _OPENING.match(line.strip()[:MAX_LINE]) is not None or line.startswith(ATTRIBUTION)


def _with_beginning(lines: Sequence[str], kinds: Sequence[str], start: int, joined: str) -> int:
    """Take the line above in, too, when the attribution plainly begins there ("On Mon, ...,")."""
    if start and kinds[start - 1] == "t" and joined.count(">") > joined.count("<"):
        # Folded within the address: "Bob <" and "bob@example.com> wrote:".
        above = lines[start - 1].strip()[:MAX_LINE]
        if above.endswith("<") and len(above) <= MAX_ATTRIBUTION:
            return start - 1
    timed = joined[:1].isdigit() and _TIME.match(joined)
    if (timed or not _OPENING.match(joined)) and start and kinds[start - 1] == "t":
        above = lines[start - 1].strip()[:MAX_LINE]
        if timed and not TO_TIME.search(above):
            return start
        if (
            len(above) <= 120
            and _OPENING.match(above)
            and _DATE.search(above)
            and not above.endswith((".", "!", "?"))
        ):
            return start - 1
    return start


def _says_wrote(bare: str, following: str, alone: bool) -> bool:
    """Whether a line with a word for "wrote" tells who wrote what follows, and when."""
    if following != "q" and _TOLD_ME.search(bare):
        return False
    dated = _DATE.search(bare) or _TIME.search(bare)
    named = _ADDRESS.search(bare)
    if (dated and (named or _TIME.search(bare))) or _NAMED_WROTE.match(bare):
        return True
    evidence = dated or named or _names_writer(bare, alone)
    return bool(evidence and following == "q") or bool(dated and _OPENING.match(bare))


def _says_address(bare: str, following: str) -> bool | None:
    """Whether a line with an address and a colon tells in any language who wrote; None: that is open."""
    if _ADDRESS.search(bare) and _TIME.search(bare) and _DATE.search(bare):
        marked = _ANGLE.search(bare) or "(" in bare or "mailto:" in bare or following == "q"
        return bool(marked or _BY.match(bare))
    return True if following == "q" and _ANGLE.search(bare) else None


def _is_attribution(line: str, following: str, alone: bool) -> bool:
    bare = line.strip(" -*_")
    if "@" not in bare and not _DIGIT.search(bare) and (following != "q" or len(bare) > MAX_UNDATED):
        return False  # neither date nor address, nor short above a quote
    colon = _COLON.search(line)
    if not (colon or (line.startswith("--") and line.endswith("--")) or _STARTS_DATED.match(bare)):
        return False
    lowered = bare.lower()
    if any(map(lowered.__contains__, WROTE_ROOTS)) and WROTE.search(bare):
        dashed = line.startswith("--") and line.endswith("--")
        return bool(colon or dashed) and _says_wrote(bare, following, alone)
    if "@" in bare and colon and (marked := _says_address(bare, following)) is not None:
        # Not a line of a header.
        return marked and label(line) is None
    if _STARTS_DATED.match(bare):
        closed = "@" not in bare or bare.rstrip(":>) ").rpartition(" ")[2].count("@") == 1
        return bool(_OLD_GMAIL.match(bare)) and closed and ("GMT" in bare or bool(_ANGLE.search(bare)))
    return False


# "On 5 March at 10:15 your colleague wrote to me:" is somebody's own sentence; so is what follows.
_TOLD_ME = re.compile(
    r"\b(?:I wrote|wrote to|to me|to us|wrote me|wrote us|ich|mir|uns|j['’]ai|m['’]a|nous a|me ha|nos ha"
    r"|me escribió|nos escribió|me escreveu|nos escreveu|mi ha|ci ha|mij|aan ons|mnie|do nas|мне|нам|bana"
    r"|bize|cho tôi|cho chúng tôi)\b|给我|給我|跟我|저에게|제게|私に|弊社に"
)


def _names_writer(line: str, alone: bool) -> bool:
    """Whether a line without date and address is "Bob wrote:" by itself, not the end of a sentence."""
    if len(line) > MAX_UNDATED or _SENTENCE.match(line):
        return False
    # "şunu yazdı:" is the rest of a line that was broken, and no name.
    return alone or (_BARE_NAME.match(line) is not None and not line[:1].islower())


def _next_kind(lines: Sequence[str], kinds: Sequence[str], at: int) -> str:
    """Return what follows an attribution, "|" and "Name>" counting as quotes there."""
    for following in range(at, min(at + 4, len(lines))):
        if kinds[following] != "e":
            return (
                "q" if kinds[following] == "q" or BAR_QUOTE.match(lines[following][:20]) else kinds[following]
            )
    return ""
