"""Patterns that an admin writes, run within limits: no text can make one slow. Pure.

Python's regular expressions try again what they took before, and some patterns do so for
ever. Here a repetition keeps what it took (`+` becomes `++`, Python 3.11 and later), `*` and
`+` end at REACH, and what is left to try again, the ways through `|` and `?`, is counted. So
the work at one place of a text is bounded by the pattern alone, and the whole grows with the
length of the text and no faster. Look-around, back references and flags are not known.

This is the one gate: what a whole answer must match (intake/desk/triage/whole_match.py) is read here too.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# How far `*`, `+` and `{n,}` reach.
REACH = 200
# Steps at one place of the text, at most: ways through the pattern times characters taken.
# The worst pattern measured takes 0.3 s for MAX_TEXT characters of its worst text, ordinary ones 1 ms.
MAX_WORK = 2000
MAX_PATTERN = 500
# Of a message only so much is looked at.
MAX_TEXT = 10_000

_NAME = re.compile(r"\(\?P?<([a-z][a-z0-9_]{0,39})>")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_TIMES = re.compile(r"\{([0-9]{1,3})(?:(,)([0-9]{0,3}))?\}")
_KNOWN_ESCAPES = frozenset("dDwWsSbBnrt")


class BadPattern(ValueError):
    """A pattern cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Atom:
    """What takes one letter, or, an anchor, none; as Python writes it."""

    text: str
    anchor: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One after the other."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Ways:
    """One of several."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Times:
    """Again and again; `high` is None for without end."""

    part: "Node"
    low: int
    high: int | None


Node = Atom | Row | Ways | Times


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a pattern as Python is given it: `ways` to go through it, `work` for one of them."""

    text: str
    node: Node
    ways: int = 1
    work: int = 1
    names: tuple[str, ...] = ()
    # An anchor takes nothing and cannot be repeated.
    anchor: bool = False


def compiled(pattern: str) -> re.Pattern[str]:
    """Return an admin's pattern, ready and bounded. Case makes no difference. Raises BadPattern."""
    whole = _read(pattern)
    if whole.ways * whole.work > MAX_WORK:
        raise BadPattern(
            f"it may take {whole.ways * whole.work} steps at each place of a text, more than {MAX_WORK}: "
            "write {1,50} instead of +, or use fewer | and ?"
        )
    if len(set(whole.names)) < len(whole.names):
        raise BadPattern("a name appears twice in it")
    try:
        return re.compile(whole.text, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as err:
        raise BadPattern(str(err)) from err


def parsed(pattern: str) -> Node:
    """Return what an admin's pattern says. Raises BadPattern for what is known to none of ours."""
    return _read(pattern).node


def _read(pattern: str) -> _Piece:
    if not pattern or len(pattern) > MAX_PATTERN:
        raise BadPattern(f"a pattern has 1 to {MAX_PATTERN} characters")
    reader = _Reader(pattern)
    whole = reader.ways()
    if reader.at < len(pattern):
        raise BadPattern("there is a ) too many")
    return whole


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.at, self.depth = pattern, 0, 0

    def next(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def ways(self) -> _Piece:
        """Read what stands between |, up to the end or a closing parenthesis."""
        pieces = [self.sequence()]
        while self.next() == "|":
            self.at += 1
            pieces.append(self.sequence())
        if len(pieces) == 1:
            return pieces[0]
        names = tuple(name for part in pieces for name in part.names)
        text = "|".join(part.text for part in pieces)
        node = Ways(tuple(part.node for part in pieces))
        return _Piece(text, node, sum(part.ways for part in pieces), max(part.work for part in pieces), names)

    def sequence(self) -> _Piece:
        text, ways, work = "", 1, 0
        names: tuple[str, ...] = ()
        nodes: list[Node] = []
        while self.next() not in ("", "|", ")"):
            part = self.repeated(self.atom())
            text, ways, work, names = text + part.text, ways * part.ways, work + part.work, names + part.names
            nodes.append(part.node)
        return _Piece(text, Row(tuple(nodes)), ways, max(work, 1), names)

    def atom(self) -> _Piece:
        char = self.next()
        if char == "(":
            return self.group()
        if char == "[":
            match = _CLASS.match(self.pattern, self.at)
            if match is None:
                raise BadPattern("a [ has no ]")
            self.at = match.end()
            # Python may one day read these otherwise, and warns of them.
            if re.search(r"--|&&|\|\||~~|\[", match[0][1:]):
                raise BadPattern(r"within [ ] write \[, \-, \&, \| and \~")
            return _Piece(match[0], Atom(match[0]))
        if char == "\\":
            escaped = self.pattern[self.at + 1 : self.at + 2]
            if not escaped or (escaped.isalnum() and escaped not in _KNOWN_ESCAPES):
                raise BadPattern(f"\\{escaped} is not known")
            self.at += 2
            anchor = escaped in "bB"
            return _Piece(f"\\{escaped}", Atom(f"\\{escaped}", anchor), anchor=anchor)
        if char in "*+?{":
            raise BadPattern(f"before {char} there is nothing to repeat")
        self.at += 1
        return _Piece(char, Atom(char, char in "^$"), anchor=char in "^$")

    def group(self) -> _Piece:
        named = _NAME.match(self.pattern, self.at)
        if named is not None:
            start, opening = named.end(), f"(?P<{named[1]}>"
        elif self.pattern.startswith("(?:", self.at):
            start, opening = self.at + 3, "(?:"
        elif self.pattern.startswith("(?", self.at):
            raise BadPattern("of groups only (…), (?:…) and (?P<name>…) are known, names in small letters")
        else:
            start, opening = self.at + 1, "(?:"
        self.at, self.depth = start, self.depth + 1
        if self.depth > 10:
            raise BadPattern("groups are nested too deep")
        inner = self.ways()
        if self.next() != ")":
            raise BadPattern("a ( has no )")
        self.at, self.depth = self.at + 1, self.depth - 1
        names = ((named[1],) if named else ()) + inner.names
        return _Piece(f"{opening}{inner.text})", inner.node, inner.ways, inner.work, names)

    def repeated(self, part: _Piece) -> _Piece:
        char = self.next()
        if char == "" or char not in "*+?{":
            return part
        low, high, ends = self.times(char)
        if self.next() in ("*", "+", "?", "{") and self.next():
            raise BadPattern("one repetition follows another")
        if part.anchor or part.names:
            raise BadPattern("a named group, ^, $ or \\b cannot be repeated")
        if high == 0 or low > high:
            raise BadPattern("a repetition is at least one and goes up")
        node = Times(part.node, low, high if ends else None)
        if (low, high) == (0, 1):
            return _Piece(f"{part.text}?", node, part.ways + 1, part.work)
        if low == high and part.ways == 1:
            return _Piece(f"{part.text}{{{low}}}", node, 1, part.work * high)
        # What it took it keeps, so that there is one way through it, however long.
        return _Piece(f"{part.text}{{{low},{high}}}+", node, 1, part.ways * part.work * high)

    def times(self, char: str) -> tuple[int, int, bool]:
        """Return how often at least and at most, and whether the most was said."""
        if char != "{":
            self.at += 1
            return {"*": (0, REACH, False), "+": (1, REACH, False), "?": (0, 1, True)}[char]
        match = _TIMES.match(self.pattern, self.at)
        if match is None:
            raise BadPattern(r"a repetition is written {2}, {2,5} or {2,}; a brace itself \{")
        self.at = match.end()
        low = int(match[1])
        high = low if match[2] is None else int(match[3]) if match[3] else max(low, REACH)
        return low, high, not match[2] or bool(match[3])


# What is taken out of texts by name. A hash that stands alone could be a private key: see `desk.triage`.
# Their ends are no \b: Chinese is written right up to them.
_START, _END = "(?<![0-9A-Za-z])", "(?![0-9A-Za-z])"
_PIECES = {
    "eth_address": f"(?P<eth_address>0x[0-9a-fA-F]{{40}}){_END}",
    "btc_address": f"(?P<btc_address>bc1[02-9ac-hj-np-z]{{11,71}}|[13][1-9A-HJ-NP-Za-km-z]{{25,34}}){_END}",
    "tron_address": f"(?P<tron_address>T[1-9A-HJ-NP-Za-km-z]{{33}}){_END}",
    "tx_hash": f"(?P<tx_hash>(?:0x)?[0-9a-fA-F]{{64}}){_END}",
    "version": r"(?:[vV]|[Vv]ersion ?:? ?|版本号?[:：]? ?|バージョン ?)"
    r"(?P<version>[0-9]{1,4}(?:\.[0-9]{1,6}){1,3})(?![0-9])",
}
# Without it a text holds none of the kind: asked first, it spares the others most texts.
_LONG, _DOTTED = re.compile("[0-9A-Za-z]{26}"), re.compile(r"[0-9]\.[0-9]")
SHIPPED = {name: re.compile(_START + piece) for name, piece in _PIECES.items()}
_SIGNS = {SHIPPED[name]: _DOTTED if name == "version" else _LONG for name in SHIPPED}


def captured(patterns: Sequence[re.Pattern[str]], text: str) -> Iterator[tuple[str, str]]:
    """Yield what patterns find first in `text`, by their names."""
    signs: dict[re.Pattern[str], bool] = {}
    for pattern in patterns:
        sign = _SIGNS.get(pattern)
        if sign is not None:
            if sign not in signs:
                signs[sign] = sign.search(text) is not None
            if not signs[sign]:
                continue
        match = pattern.search(text)
        if match is not None:
            yield from ((name, value) for name, value in match.groupdict().items() if value)
