"""What mail programs break: quoted lines and links that were folded, and quotes of other marks than ">"."""

import re
from collections.abc import Sequence

from intake.mail.quotes.headers import MAX_LINE

BAR_QUOTE = re.compile(r"^\s{0,4}(?:[|¦│]|[A-Za-z]{1,12}>)(?:\s|$)")
"""A line quoted with "|" or "Name>", which count only below a line that introduces a quote."""


def _initialled(lines: Sequence[str], kinds: list[str]) -> None:
    """Supercite's quotes, "AB> ", where three lines that follow one another have the same initials."""
    if sum([">" in line[1:4] for line in lines]) < 3:
        return
    start, initials = 0, ""
    for at in range(len(lines) + 1):
        may = at < len(lines) and kinds[at] == "t" and ">" in lines[at][:4]
        match = _INITIALS.match(lines[at][:10]) if may else None
        letters = match.group(1) if match else ""
        if letters == initials:
            continue
        if initials and at - start >= 3:
            kinds[start:at] = "q" * (at - start)
        start, initials = at, letters


def _links(lines: Sequence[str], kinds: list[str]) -> None:
    """Links that were broken over lines: the ">" that closes one quotes nothing, and its rest is not new."""
    for at in range(1, len(lines)):
        if kinds[at] == kinds[at - 1]:
            continue
        above = lines[at - 1][-MAX_LINE:]
        if kinds[at] == "q" and kinds[at - 1] == "t" and "<" in above and _OPEN_LINK.search(above):
            kinds[at] = "t"
        elif kinds[at] == "t" and kinds[at - 1] == "q" and kinds[at + 1 : at + 2] == ["q"]:
            here = lines[at].strip()[:MAX_LINE]
            if (_REST_OF_LINK.match(here) and _OPEN_LINK.search(above)) or _LONE_LINK.match(here):
                kinds[at] = "q"


_OPEN_LINK = re.compile(r"[<(](?:https?://|mailto:|www\.)[^\s<>()]{0,998}$")
_REST_OF_LINK = re.compile(r"^[^\s<>()]{1,300}[>)]")
_LONE_LINK = re.compile(r"^[(<]https?://[^\s<>()]{1,900}[)>] >$")
_BETWEEN = re.compile("q(?=tq)")
_INITIALS = re.compile(r"^([A-Z]{1,3})>(?:\s|$)")


def mark(lines: Sequence[str], kinds: list[str], marked: bool) -> None:
    """A long quoted line that a mail program broke: its rest has no ">". `marked`: there is one anywhere."""
    for at in [match.start() + 1 for match in _BETWEEN.finditer("".join(kinds))]:
        above = lines[at - 1].rstrip()
        # The rest of a sentence begins small; an answer right below its question need not.
        begins = lines[at].lstrip()[:1]
        if (
            len(above) >= 66
            and above[-1] not in ".?!:;。？！"
            and len(lines[at]) < 60
            and not (begins.isupper() or begins.isdigit())
        ):
            kinds[at] = "q"
    if marked:
        _initialled(lines, kinds)
        _links(lines, kinds)
    barred = False
    for at, line in enumerate(lines) if "a" in kinds else ():
        # "|" and "Name>" quote only below a line that says so.
        if kinds[at] == "t" and barred and BAR_QUOTE.match(line[:20]):
            kinds[at] = "q"
        elif kinds[at] != "e":
            barred = kinds[at] == "a"
