"""Addresses of wallets that stand in pieces: over two lines, in groups of four. Pure, linear."""

import re
from collections.abc import Iterator

from intake.desk.sensitive.chains import is_address

_PIECE = re.compile(r"[A-Za-z0-9_]+")
# Between two pieces of one address: blanks, a line's end and the mark of a quote, a hyphen.
_BETWEEN = re.compile(r"[ \t]*[-\u2010\u00b7.]?[ \t]*(?:\n[ \t>]*)?")
_START = re.compile(r"0x|bc1|ltc1|addr1|cosmos1|[13TDLM48][1-9A-HJ-NP-Za-km-z]|[EU]Q")
_HEX = re.compile(r"0x[0-9a-f]{40}", re.IGNORECASE)
_SHORTEST, _LONGEST = 26, 66
# So many pieces has one address ("0x" and ten groups of four), and so many are tried in a text.
_MOST_PIECES, _MOST_TRIED = 24, 4000


def pieced(text: str) -> list[str]:
    """Return the addresses that stand in pieces in a visible text, each put together."""
    pieces = list(_PIECE.finditer(text))
    made: list[str] = []
    tried = 0
    at = 0
    while at < len(pieces) and tried < _MOST_TRIED:
        ends = 0
        if _START.match(pieces[at][0]):
            for count, joined in _joined(text, pieces, at):
                tried += 1
                if _HEX.fullmatch(joined) or (not joined.startswith("0x") and _checked(joined)):
                    made.append(joined)
                    ends = count
                    break
        at += ends or 1
    return made


def _joined(text: str, pieces: list[re.Match[str]], at: int) -> Iterator[tuple[int, str]]:
    """Yield what two or more pieces from one on make, as long as an address may be."""
    whole = pieces[at][0]
    for count in range(1, min(_MOST_PIECES, len(pieces) - at)):
        before, piece = pieces[at + count - 1], pieces[at + count]
        if not _BETWEEN.fullmatch(text, before.end(), piece.start()):
            return
        whole += piece[0]
        if len(whole) > _LONGEST:
            return
        if len(whole) >= _SHORTEST:
            yield count + 1, whole


def _checked(joined: str) -> bool:
    """Whether an address has a checksum, and that is right: without one chance makes them of any words."""
    return is_address(joined, ("bitcoin", "litecoin", "dogecoin", "tron", "ton", "cosmos"))
