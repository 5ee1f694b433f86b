"""The little header that a client puts over a mail it quotes whole: "From:", "Sent:", in any language."""

import re
from collections.abc import Sequence

from intake.mail.quotes.vocabulary import FORWARDED, LABELS, ORIGINAL, TITLE_ALONE

# Only this much of a line is matched; the rest never changes what it is.
MAX_LINE = 1000
# A quoted mail's header has this many lines at most.
MAX_HEADER = 24
MAX_LABEL = 40

TITLE = re.compile(r"^[\s>*]{0,8}[-_=—–\u2500]{2,60}\s{0,3}\w.{1,40}?[-_=—–\u2500]{2,60}\s{0,8}\*?$")
"""A line over such a header, in whatever language: "--- Original ---"."""

# "----- Forwarded Message ----- From: Bob <bob@example.com>To: ...", all on one line.
_GLUED = re.compile(
    r"^[\s>]{0,8}-{3,20} {0,2}[^\n-]{3,60}?-{3,20}"
    r"(?=\s{0,4}[^\s:：<>@-]{1,20}(?: [^\s:：<>@-]{1,20})?\s?[:：])"
)
_LABELLED = re.compile(
    rf"(?:{'|'.join(sorted(map(re.escape, LABELS), key=len, reverse=True))})\s?[:：]", re.IGNORECASE
)
MAX_GLUED = 2000


def mark(lines: Sequence[str], kinds: list[str]) -> None:
    """Give the lines of each little header over a mail quoted whole the letter h, its title an o.

    `kinds` are the letters of the lines (lines.py) and are changed.
    """
    labels = [
        label(line) if kind == "t" and (":" in line or "：" in line) else None
        for line, kind in zip(lines, kinds, strict=True)
    ]
    _postbox(lines, kinds)
    if not any(labels):
        return
    at = 0
    while at < len(lines):
        if labels[at] is not None:
            end, pairs = _block(labels, kinds, at)
            if _is_header(pairs, lines[at:end]):
                kinds[at:end] = "h" * (end - at)
                _mark_title(lines, kinds, at)
                at = end
                continue
        at += 1


def _postbox(lines: Sequence[str], kinds: list[str]) -> None:
    """Mark "Bob <mailto:bob@example.com>" over "March 5, 2024 at 10:15 AM", the whole of Postbox's header."""
    for at in [at for at, line in enumerate(lines[:-1]) if line[-1:] == ">" and " <mailto:" in line]:
        if kinds[at] == "t" and _LINKED_NAME.match(lines[at][:300]):
            below = lines[at + 1].strip()
            if kinds[at + 1] == "t" and len(below) <= 60 and _MOMENT.search(below):
                kinds[at : at + 2] = "hh"


_LINKED_NAME = re.compile(r"^\s{0,4}[^<>]{1,80} <mailto:[^<>\s@]{1,64}@[^<>\s@]{1,200}>$")


def _mark_title(lines: Sequence[str], kinds: list[str], at: int) -> None:
    """Give the line over the header that begins at `at` an o, where a client wrote it."""
    above = at - 1
    while above >= 0 and kinds[above] == "e" and at - above < 3:
        above -= 1
    if above < 0 or kinds[above] != "t":
        return
    title = lines[above][:300]
    # "--- Original ---", in whatever language.
    close = above == at - 1 and (TITLE.match(title[:100]) or TITLE_ALONE.match(title[:100]))
    if close or _NOTES.search(title) or _is_foxmail(lines, kinds, above, at):
        kinds[above] = "o"


OWN_ADDRESS = re.compile(r"^\s{0,4}[^\s<>@,;:]{1,64}@[^\s<>@,;:]{1,250}\s{0,4}$")
"""An address and nothing else."""

_ABOUT_ADDRESS = re.compile(
    r"mail\b|address|account|login|user|contact|konto|adress|correo|cuenta|почт|адрес|邮箱|郵箱|邮件|地址|账号|帳號|联系"
    r"|メール|アドレス|메일|주소|계정",
    re.IGNORECASE,
)


def _is_foxmail(lines: Sequence[str], kinds: Sequence[str], at: int, header: int) -> bool:
    """Whether a line is the author's address as Foxmail puts it over the header."""
    if header - at != 2 or at < 2 or not OWN_ADDRESS.match(lines[at]):
        return False
    # Between the two Foxmail writes a line of one blank; its header has wide colons in Chinese.
    if not lines[at + 1] and "：" not in lines[header]:
        return False
    above = at - 1
    while above >= 0 and kinds[above] in "ed":
        above -= 1
    if above < 0 or lines[above].rstrip().endswith((":", "：", ",", "，")):
        return False
    if at - above > 2 or "d" in kinds[above + 1 : at]:
        return True
    # One empty line above it, as of any paragraph: unless the words are about an address.
    blank = bool(lines[at + 1]) and not lines[at + 1].strip()
    return blank and at - above == 2 and _ABOUT_ADDRESS.search(lines[above][-MAX_LINE:]) is None


# Lotus Notes: "Bob Example ---05.03.2024 10:15:22---The first words of what they wrote".
_NOTES = re.compile(
    r"\s-{3}\d{1,4}[./-]\d{1,2}[./-]\d{2,4},? \d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[AP]M)?-{3}", re.IGNORECASE
)


def _block(
    labels: Sequence[tuple[str, str] | None], kinds: Sequence[str], at: int
) -> tuple[int, list[tuple[str, str]]]:
    """Return where the block of labelled lines from `at` ends, and its (label kind, value) pairs."""
    pairs: list[tuple[str, str]] = []
    end, skipped = at, 0
    for index in range(at, min(at + MAX_HEADER, len(labels))):
        labelled = labels[index]
        if labelled is not None:
            pairs.append(labelled)
            end, skipped = index + 1, 0
        elif kinds[index] not in "te" or skipped:
            break
        else:
            # One line folded, or one left empty, between labels.
            skipped += 1
    return end, pairs


_MOMENT = re.compile(r"(?:19|20)\d\d\D.{0,12}\b\d{1,2}[:.h]\d{2}\b|\d{1,2}:\d{2}.{0,40}(?:19|20)\d\d")
_CLOCK = re.compile(r"\d{1,2}\s?[:.hH時时시点點]\s?\d{2}|\d ?[ap]\.?m\b", re.IGNORECASE)
# Marks of the writing direction, which Windows put around each word of a date.
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


_AROUND_LABEL = "\t >*_\xa0\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def _shown(value: str) -> str:
    return _DIRECTIONS.sub("", value[:200])


def label(line: str) -> tuple[str, str] | None:
    """Return what a line of a quoted mail's header names ("from", "date", "to", "subject" or
    "other") and its value; None for any other line."""
    short = line[:MAX_LINE]
    name, colon, value = short.partition(":")
    if "：" in name or not colon:
        name, colon, value = short.partition("：")
    if not colon or len(name) > MAX_LABEL:
        return None
    # Chinese programs spread a label of two signs with a wide blank.
    word = " ".join(name.replace("\u3000", "").strip(_AROUND_LABEL).split()).lower()
    # Latvian for "from" is a number's label elsewhere.
    kind = "from" if word == "no" and "@" in value else LABELS.get(word)
    return (kind, value) if kind else None


# Labels of a date that anybody writes into a form; "Sent" is a program's.
_ANY_DATE = (
    "date", "datum", "data", "fecha", "tarih", "дата", "日期", "时间", "날짜", "日付", "ngày",
    "tanggal", "tarikh", "датум", "datums", "วันที่", "التاريخ", "תאריך", "تاریخ", "दिनांक", "ημερομηνία",
)  # fmt: skip


def _is_header(pairs: Sequence[tuple[str, str]], lines: Sequence[str]) -> bool:
    if len(pairs) < 2 or pairs[0][0] not in ("from", "date", "subject", "to"):
        return False
    kinds = {kind for kind, _ in pairs}
    addressed = any("@" in value for _, value in pairs)
    ordered = [kind for kind, _ in pairs[:3]] == ["from", "date", "to"]
    if ordered and _MOMENT.search(_shown(pairs[1][1])):
        # Without any address, then, but with a label of the date that nobody types by hand.
        if len(kinds) >= 4 or addressed:
            return True
        return not any(line.lstrip(" \t>*").lower().startswith(_ANY_DATE) for line in lines)
    if len(kinds) >= 3:
        # From, To and Date alone are also what someone writes who asks for a journey.
        timed = any(kind == "date" and _CLOCK.search(_shown(value)) for kind, value in pairs)
        return "from" in kinds and (addressed or (timed and ("subject" in kinds or len(kinds) >= 4)))
    return kinds >= {"from", "date"} and "@" in pairs[0][1]


def unglued(line: str) -> list[str]:
    """Return the lines of a title and its header that were written as one; none when they were not.

    Yahoo writes its text so: each label follows the value of the one before without a
    blank, and so does the mail forwarded when it has no line end of its own.
    """
    title = _GLUED.match(line[:300])
    if title is None or not (FORWARDED.match(title[0]) or ORIGINAL.match(title[0])):
        return []
    rest = line[title.end() : MAX_GLUED]
    starts: list[int] = []
    for match in _LABELLED.finditer(rest):
        before = rest[match.start() - 1 : match.start()] or " "
        if match[0][0].islower() or not (before in ">; \t" or before.isdigit() or before.isupper()):
            continue
        starts.append(match.start())
        if LABELS[" ".join(match[0].rstrip(":： ").split()).lower()] == "subject":
            break
    if len(starts) < 2:
        return []
    pieces = [rest[start:end].strip() for start, end in zip(starts, [*starts[1:], len(rest)], strict=True)]
    return [title[0].strip(), *pieces, *([line[MAX_GLUED:]] if line[MAX_GLUED:] else [])]
