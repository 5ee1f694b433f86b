"""Lists of tickets as agents see them: a table with links that begin a mail, and text whose columns align.

Whatever others wrote in a list is shown like all else in an agent's mail: secrets hidden, tokens made
harmless. The links hold the agent's own tokens; a list quoted to a customer is held (sensitive/leaks).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from urllib.parse import quote

from intake.desk import file_tokens, tokens
from intake.desk.listing import ListRow, ListTable
from intake.desk.lookup import TicketLine
from intake.desk.sensitive.scan import hidden
from intake.desk.text.said import Said, said
from intake.mail.outgoing import compose
from intake.rendering import dates
from intake.rendering.sayings import UNSPACED, in_language, subject_in_language

# So many cells wide is the text: with the mark before each line what a terminal shows, and programs wrap at.
WIDTH = 78
GAP = "  "
# An assignee's name beyond so many cells is cut in the text; a customer's address keeps at least so many.
MOST_ASSIGNEE, LEAST_CUSTOMER = 16, 20
MOST_SUBJECT, MOST_BELOW = 200, 400

_HEADS = (
    said("No."),
    said("Subject"),
    said("Customer"),
    said("State"),
    said("Due"),
    said("Assignee"),
)
_STATES = {
    "new": said("new"),
    "open": said("open"),
    "pending": said("pending"),
    "closed": said("closed"),
    "spam": said("spam"),
}
_PRIORITIES = {"urgent": said("urgent"), "high": said("high priority"), "low": said("low priority")}
_OVERDUE = said("overdue")
_NOBODY, _NO_SUBJECT, _TAKE = said("unassigned"), said("(no subject)"), said("Take it")


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row in the reader's language. `marks` are what is out of the ordinary: overdue, urgent.

    `show` and `take` are links that begin a mail, "" for none.
    """

    number: str
    subject: str
    customer: str
    state: str
    due: str
    assignee: str
    marks: str = ""
    below: tuple[str, ...] = ()
    show: str = ""
    take: str = ""


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A list in the reader's language; `heads` are those of No., Subject, Customer, State, Due, Assignee."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[ShownRow, ...]
    below: tuple[str, ...]
    take: str

    @property
    def text(self) -> str:
        """The list as plain text, WIDTH cells wide where the columns of an address allow it."""
        return "\n\n".join(part for part in (self.title, _aligned(self), *self.below) if part)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a list is made for: in `language`, on `zone`'s clock at `now`.

    `address(ticket, mailbox)` is where they write about a ticket; `mark` ends what is read of their mail, and
    `below(ticket)` stands below it.
    """

    language: str
    zone: tzinfo
    now: datetime
    address: Callable[[int, str], str]
    mark: str
    below: Callable[[int], str] = lambda number: ""

    def ends(self, number: int) -> str:
        """Return what a mail about a ticket ends with."""
        return "\r\n".join(part for part in (self.mark, self.below(number)) if part)

    def says(self, text: str) -> str:
        """Return a sentence, or somebody's words, as it stands in the reader's mail."""
        shown = in_language(text, self.language, self.zone)
        return shown if isinstance(text, Said) else shown_line(shown, MOST_BELOW)


def shown(table: ListTable, reader: Reader) -> ShownTable:
    """Return a list as its reader sees it."""
    count = _in_brackets(f"{len(table.rows)}{'+' if table.more else ''}", reader) if table.rows else ""
    heads = [reader.says(head) for head in _HEADS]
    heads[4] += _in_brackets(dates.offset(reader.now.astimezone(reader.zone)), reader)
    return ShownTable(
        # What was searched for, or an address, may stand in it.
        f"{tokens.masked(hidden(reader.says(table.title)))}{count}" if table.title else "",
        tuple(heads),
        tuple(_row(row, reader) for row in table.rows),
        tuple(reader.says(sentence) for sentence in table.below),
        reader.says(_TAKE),
    )


def _in_brackets(text: str, reader: Reader) -> str:
    return f"（{text}）" if reader.language in UNSPACED else f" ({text})"


def _column(when: datetime, reader: Reader) -> str:
    """Return a moment on the reader's clock; with the year where it is not that of today."""
    this_year = when.astimezone(reader.zone).year == reader.now.astimezone(reader.zone).year
    return dates.short(when, reader.language, reader.zone, year=not this_year)


def shown_line(text: str, most: int) -> str:
    """Return what somebody wrote as one line of a list."""
    return compose.clean(file_tokens.masked(tokens.masked(hidden(text))), most)


def begin_mail(address: str, subject: str, first: str, mark: str) -> str:
    """Return a mailto link (RFC 6068) to a mail with `first` as its first line, "" where there is no address.

    Its text ends in the line above which an agent writes: a signature that their program puts below it
    must not go to a customer as an answer.
    """
    if not address:
        return ""
    local, _, domain = address.rpartition("@")
    # A plus that stands there as it is becomes a blank in some programs.
    body = f"{first}\r\n\r\n{mark}\r\n"
    return f"mailto:{quote(local, safe='')}@{domain}?subject={quote(subject)}&body={quote(body)}"


def _row(row: ListRow, reader: Reader) -> ShownRow:
    ticket, now = row.ticket, reader.now
    subject = shown_line(subject_in_language(ticket.subject, reader.language), MOST_SUBJECT) or reader.says(
        _NO_SUBJECT
    )
    late = ticket.due is not None and ticket.due < now and ticket.status != "closed"
    sleeps = ticket.snoozed_until is not None and ticket.snoozed_until > now
    about = f"[#{ticket.id}] {compose.bare_subject(subject)}".strip()
    to, end = reader.address(ticket.id, ticket.mailbox), reader.ends(ticket.id)
    below = [reader.says(text) for text in row.below]
    if sleeps:
        below.insert(0, reader.says(said("Snoozed until {at}", at=ticket.snoozed_until)))
    return ShownRow(
        f"#{ticket.id}",
        subject,
        shown_line(ticket.requester, MOST_SUBJECT),
        reader.says(_STATES.get(ticket.status, said("open"))),
        _column(ticket.due, reader) if ticket.due else "",
        shown_line(ticket.assignee, compose.MAX_NAME) or reader.says(_NOBODY),
        ", ".join(map(reader.says, _marks(ticket, late))),
        tuple(text for text in below if text),
        begin_mail(to, about, "#show", end),
        "" if ticket.assignee or ticket.status == "closed" else begin_mail(to, about, "#mine", end),
    )


def _marks(ticket: TicketLine, late: bool) -> list[str]:
    priority = [_PRIORITIES[ticket.priority]] if ticket.priority in _PRIORITIES else []
    return [*([_OVERDUE] if late else []), *priority]


def _aligned(table: ShownTable) -> str:
    """Return the rows as text: the subject on a line of its own, the short columns below it."""
    if not table.rows:
        return ""
    number, subject, *short = table.heads
    first = max(wide(text) for text in (number, *(row.number for row in table.rows)))
    cells = [(row.customer, row.state, row.due, row.assignee) for row in table.rows]
    widths = _widths([tuple(short), *cells], WIDTH - first - len(GAP))
    indent = " " * (first + len(GAP))

    def lines(start: str, title: str, columns: Sequence[str], below: Sequence[str] = ()) -> list[str]:
        under = GAP.join(cell(text, width) for text, width in zip(columns, widths, strict=True))
        full = (title, under, *below)
        return [f"{cell(start, first)}{GAP}{full[0]}", *(f"{indent}{text}".rstrip() for text in full[1:])]

    rule = "-" * WIDTH
    out = [*lines(number, subject, short), rule]
    for row, columns in zip(table.rows, cells, strict=True):
        out += lines(row.number, row.subject, columns, [text for text in (row.marks, *row.below) if text])
    return "\n".join(out)


def _widths(rows: Sequence[tuple[str, ...]], room: int) -> list[int]:
    """Return how wide customer, state, due and assignee are: as their longest cell, as far as there is room.

    The due time is never cut; of a long state no less is shown than the shortest customer leaves.
    """
    customer, state, due, assignee = (max(map(wide, column)) for column in zip(*rows, strict=True))
    assignee = min(assignee, MOST_ASSIGNEE)
    left = room - due - assignee - 3 * len(GAP)
    state = min(state, left - min(customer, LEAST_CUSTOMER))
    return [min(customer, left - state), state, due, assignee]


def wide(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    # A worker that makes no list does not load it.
    from rich.cells import cell_len

    return cell_len(text)


def cell(text: str, width: int) -> str:
    """Return a text that takes just so many cells, cut or filled up."""
    from rich.cells import set_cell_size

    if wide(text) > width:
        text = f"{set_cell_size(text, max(width - 1, 0)).rstrip()}…"
    return set_cell_size(text, width)
