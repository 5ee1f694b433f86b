"""How much of a mail its entry shows: what is new in it, and the quotes that the desk never saw. Pure."""

from collections.abc import Callable, Sequence

from intake.desk.message import Piece, PieceKind
from intake.desk.sensitive import leaks

# Lines of such quotes that are shown whole; of more only the first are.
MAX_WHOLE = 60
MAX_LINES = 40
# And no more than so many characters, to the end of a line: an agent reads this in an email.
MAX_CHARACTERS = 8000


def with_quotes(new_text: str, pieces: Sequence[Piece], unseen: Callable[[Piece], bool]) -> str:
    """Return `new_text` with the quotes for which `unseen` holds, where they stand in the mail.

    `pieces` are all of the mail (Message.pieces). Long quotes are cut to their first lines, and a
    notification to an agent is none for others to read, however it came here; whatever is not shown
    stays in the whole text.
    """
    quotes = [piece.kind is PieceKind.QUOTE and unseen(piece) and not _is_inside(piece) for piece in pieces]
    if not any(quotes):
        return new_text
    lines = [piece.text.strip("\n").split("\n") for piece in pieces]
    total = sum([len(some) for some, quoted in zip(lines, quotes, strict=True) if quoted])
    left, characters = total if total <= MAX_WHOLE else MAX_LINES, MAX_CHARACTERS
    parts: list[str] = []
    for piece, some, quoted in zip(pieces, lines, quotes, strict=True):
        if quoted:
            some = _first(some[:left], characters)
            left -= len(some)
            characters -= sum(map(len, some))
        elif piece.kind is not PieceKind.NEW:
            continue
        if any(map(str.strip, some)):
            parts.append("\n".join(some).strip("\n").rstrip())
    return "\n\n".join(parts).strip()


def _is_inside(quote: Piece) -> bool:
    return leaks.held(quote.text.encode("utf-8", "replace")) == leaks.TOKEN


def _first(lines: Sequence[str], characters: int) -> list[str]:
    """Return the first of these lines, the last of which reaches so many characters."""
    kept: list[str] = []
    for line in lines:
        if characters <= 0:
            break
        kept.append(line)
        characters -= len(line)
    return kept
