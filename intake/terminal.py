"""Everything a person reads on a terminal goes through here, and through `shown` first.

What strangers write reaches these lists. An escape sequence in a subject must
neither move a cursor, set a clipboard nor turn a line around, on a terminal or
in a file that is shown on one later. And a key to somebody's money that they sent by mistake
does not stay in a scrollback, a screenshot or the log of a script.
"""

import json
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import Enum
from pathlib import Path
from typing import IO, Any

from intake.desk.sensitive.excusing import NOTHING, hidden_but
from intake.desk.wire_secrets import hidden_on_the_wire
from intake.ports import UserError

# C0 but for newline and tab, DEL, C1, the bidi controls of UAX 9 with ALM, the two
# Unicode line separators, lone surrogates, and the invisible tag characters.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
)
# When nobody's terminal sets a width, lines are long enough not to be cut for a program that reads them.
_WIDE = 240
_GAP = 2
_NARROWEST = 8
# Of a name, an address or a subject this much can still be told from others.
_READABLE = 12
# No secret on the wire is longer.
_BEYOND = 16 * 1024


# What is no secret in the ticket that is printed.
_excused: ContextVar[Collection[str]] = ContextVar("excused", default=NOTHING)


@contextmanager
def excusing(marks: Collection[str]) -> Iterator[None]:
    """Print meanwhile what is no secret in one ticket (`Ticket.excused`) as it was written."""
    token = _excused.set(frozenset(marks))
    try:
        yield
    finally:
        _excused.reset(token)


def _hidden(text: str) -> str:
    return hidden_but(text, _excused.get())


def safe(text: str) -> str:
    r"""Return `text` with everything a terminal would act on as a visible escape (`\x1b`, `\u202e`)."""
    return _UNSAFE.sub(lambda match: _escape(ord(match[0])), text)


def _escape(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def line(text: str) -> str:
    """Return `text` safe and on one line: tabs and line ends, with what is around them, are one space."""
    return safe(re.sub(r" *[\t\n][ \t\n]*", " ", text.replace("\r\n", "\n"))).strip()


def shown(text: str) -> str:
    """Return `text` as it may be shown: without secrets, and harmless."""
    return safe(_hidden(text))


def shown_line(text: str) -> str:
    """Return `text` as it may be shown, on one line. What is to be cut is cut after this."""
    return line(_hidden(text))


def clock(moment: datetime | None, zone: tzinfo = UTC) -> str:
    """Return an aware time as people read it, in `zone`; "" for none."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else ""


def ago(moment: datetime | None, now: datetime) -> str:
    """Return how long before `now` (both aware) a moment was: "5 min", "3 h", "2 d"; "" for none.

    Of a moment to come it says "in 5 min".
    """
    if moment is None:
        return ""
    seconds = int((now - moment).total_seconds())
    if seconds < 0:
        return f"in {ago(now, moment)}" if seconds <= -60 else "soon"
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size * (2 if unit == "d" else 1):
            return f"{seconds // size} {unit}"
    return "now"


def say(text: str = "") -> None:
    """Print text to standard output, as it may be shown."""
    _write(sys.stdout, shown(text))


def say_own_secret(text: str) -> None:
    """Print a secret that the desk itself has just made, which is to be shown once: it is not hidden."""
    _write(sys.stdout, safe(text))


def warn(text: str) -> None:
    """Print text to standard error, as it may be shown."""
    _write(sys.stderr, shown(text))


def say_raw(data: bytes, most: int | None = None) -> None:
    """Print a mail as it came (of its first `most` bytes, if given), without secrets."""
    whole = len(data) if most is None else most
    shown_, more = (_wire(part) for part in (data[:whole], data[whole : whole + _BEYOND]))
    # Hidden before it is cut, for half of a secret is not known for one; what is below the cut goes then.
    text, below = hidden_on_the_wire(shown_ + more), hidden_on_the_wire(more)
    while below and not text.endswith(below):
        # Of what stood across the cut nothing is left below it.
        below = below[1:]
    say(text[: len(text) - len(below)].rstrip("\n"))


def _wire(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace").replace("\r\n", "\n")


def say_bytes(data: bytes) -> None:
    """Write bytes to standard output as they are: only for what was asked for as bytes, and for a file.

    Raises UserError on a terminal, which would act on what is in them.
    """
    if sys.stdout.isatty():
        raise UserError("These are bytes for a file, which a terminal would act on: add > FILE.")
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def say_secret(text: str) -> None:
    """Print what was asked for as a secret, with nothing that a terminal acts on.

    Raises UserError where nobody sees it: what is not a terminal keeps what it gets.
    """
    if not sys.stdout.isatty():
        raise UserError("A secret is shown on a terminal only.")
    _write(sys.stdout, safe(text))


def say_csv(text: str) -> None:
    """Print a table in CSV as it may be shown, with the line ends that it has (RFC 4180)."""
    whole = "\r\n".join(shown(line) for line in text.removesuffix("\r\n").split("\r\n"))
    _write(sys.stdout, f"{whole}\r")


def _write(stream: IO[str], text: str) -> None:
    """Write what is safe already, and a line end."""
    data = f"{text}\n"
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(data.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()


def plain(value: Any) -> Any:
    """Return `value` as JSON knows it: dataclasses by their fields, times in ISO 8601 with Z, no secrets."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value) if item.repr}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date | tzinfo | Path):
        return str(value)
    if isinstance(value, Mapping):
        return {_hidden(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return _hidden(value) if isinstance(value, str) else value


def say_json(value: Any) -> None:
    """Print `value` as JSON. Unsafe characters stand as JSON escapes, so none is lost or acts."""
    text = json.dumps(plain(value), ensure_ascii=False, indent=2)
    _write(sys.stdout, _UNSAFE.sub(_json_escape, text))


def _json_escape(match: re.Match[str]) -> str:
    # json.dumps writes astral characters as the surrogate pair that JSON asks for (RFC 8259 section 7).
    return json.dumps(match[0])[1:-1] if match[0] != "\x7f" else "\\u007f"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, whether it gives way when the line is full, and its alignment.

    A `spare` one is left out where the others could not be read beside it, the last first; of one that
    gives way `least` columns can still be read.
    """

    name: str
    gives_way: bool = False
    right: bool = False
    spare: bool = False
    least: int = _READABLE


Cell = str | tuple[str, str]
"""A cell's text, or its text and a rich style."""


def table(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> None:
    """Print rows one line each; what does not fit ends in an ellipsis. Text is never read as markup.

    Texts are cut here, after what must not be shown was taken out of them.
    """
    from rich.cells import cell_len
    from rich.table import Table

    heads = [_text(column.name) for column in columns]
    cells = [[_text(cell) for cell in row] for row in rows]
    natural = [max(cell_len(cell.plain) for cell in column) for column in zip(heads, *cells, strict=True)]
    kept = _kept(columns, natural, _columns())
    columns, natural = [columns[i] for i in kept], [natural[i] for i in kept]
    heads, cells = [heads[i] for i in kept], [[row[i] for i in kept] for row in cells]
    widths = _widths(columns, natural, _columns() - _GAP * (len(columns) - 1))
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, _GAP, 0, 0))
    for column, head, width in zip(columns, heads, widths, strict=True):
        side: Any = "right" if column.right else "left"
        made.add_column(head, no_wrap=True, overflow="ellipsis", justify=side, width=width)
    for row in cells:
        made.add_row(*row)
    made.show_header = any(column.name for column in columns)
    _print(made)


def _kept(columns: Sequence[Column], natural: Sequence[int], room: int) -> list[int]:
    """Return which columns there is room for: all, but for spare ones where the rest could not be read."""
    least = [
        min(width, column.least) if column.gives_way else width
        for column, width in zip(columns, natural, strict=True)
    ]
    kept = list(range(len(columns)))
    for i in reversed([i for i, column in enumerate(columns) if column.spare]):
        if sum(least[j] for j in kept) + _GAP * (len(kept) - 1) > room:
            kept.remove(i)
    return kept


def _widths(columns: Sequence[Column], natural: Sequence[int], room: int) -> list[int]:
    """Return the columns' widths: those that give way share what the others leave, the narrow ones first."""
    widths = list(natural)
    yielding = sorted((i for i, column in enumerate(columns) if column.gives_way), key=lambda i: natural[i])
    room -= sum(width for i, width in enumerate(natural) if i not in yielding)
    for done, i in enumerate(yielding):
        widths[i] = max(min(natural[i], room // (len(yielding) - done)), min(natural[i], _NARROWEST))
        room -= widths[i]
    return widths


def pairs(rows: Sequence[tuple[str, Cell]]) -> None:
    """Print labelled values below each other, the values aligned and wrapped; empty ones are left out."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    made.add_column(no_wrap=True, style="dim")
    made.add_column(overflow="fold")
    for label, cell in rows:
        if cell if isinstance(cell, str) else cell[0]:
            made.add_row(_text(label), _text(cell))
    _print(made)


def passage(heading: str, text: str, style: str = "bold", gap: bool = True) -> None:
    """Print a heading and, indented below it, a text that keeps its own lines; an empty line ends it."""
    from rich.padding import Padding
    from rich.text import Text

    _print(Text(shown_line(heading), style=style))
    if text.strip():
        body = Text(shown(text.replace("\r\n", "\n").strip("\n")), overflow="fold", tab_size=4)
        _print(Padding(body, (0, 0, 0, 2)))
    if gap:
        say()


def _text(cell: Cell) -> Any:
    from rich.text import Text

    text, style = (cell, "") if isinstance(cell, str) else cell
    return Text(shown_line(text), style=style)


def _print(content: Any) -> None:
    from io import StringIO
    from os import environ

    from rich.console import Console

    tty = sys.stdout.isatty()
    # Rendered first and written by us, because a narrow encoding must never end a list halfway.
    drawn = Console(
        file=StringIO(),
        force_terminal=tty,
        width=_columns(),
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        no_color=not tty or "NO_COLOR" in environ,
    )
    with drawn.capture() as caught:
        drawn.print(content)
    text = "\n".join(row.rstrip() for row in caught.get().split("\n"))
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    sys.stdout.flush()


def _columns() -> int:
    from os import environ
    from shutil import get_terminal_size

    if not sys.stdout.isatty() and not environ.get("COLUMNS", "").isdigit():
        return _WIDE
    return max(get_terminal_size().columns, 40)


@contextmanager
def progress(doing: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on standard error, where somebody sees it. Yields what is told how much of what is done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn())
    hidden = not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=hidden) as shown:
        task = shown.add_task(doing, total=None)

        def advance(done: int, whole: int) -> None:
            shown.update(task, completed=done, total=whole)

        yield advance
