"""A list of tickets, or of canned responses, that an agent is sent: a value. Pure.

How it looks is said in `intake.rendering.listing` and `text_listing`.
"""

from dataclasses import dataclass

from intake.desk.lookup import MOST_LISTED, TicketLine
from intake.desk.text.said import joined, said


@dataclass(frozen=True, slots=True)
class ListRow:
    """A ticket of a list, and `below` it what else is to be said of it: sentences, or somebody's words."""

    ticket: TicketLine
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListTable:
    """A list with its `title`. `more` says that there are tickets which are not in it."""

    title: str
    rows: tuple[ListRow, ...] = ()
    more: bool = False
    # Sentences below it.
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextRow:
    """A canned response of a list: how its text begins, and the languages it is there in ("" for all)."""

    name: str
    languages: tuple[str, ...]
    preview: str


@dataclass(frozen=True, slots=True)
class TextTable:
    """A list of canned responses with its `title`; what links in it begin are mails about the ticket
    `number` (0 for none), which came to `mailbox`."""

    title: str
    rows: tuple[TextRow, ...]
    number: int = 0
    mailbox: str = ""
    subject: str = ""
    # How many there are, and sentences below them.
    count: int = 0
    below: tuple[str, ...] = ()


# What no answer of an agent's holds by chance: where it stands, a list is quoted (composer).
HOW = said("To open a ticket, choose its number, or reply with #show and its number.")


def table_of(title: str, tickets: tuple[TicketLine, ...]) -> ListTable:
    """Return the table of a list as the store found it: at most MOST_LISTED tickets, each on its row."""
    below = (HOW,) if tickets else (said("There are none."),)
    return ListTable(title, tuple(map(ListRow, tickets)), len(tickets) >= MOST_LISTED, below)


def plain(table: ListTable) -> str:
    """Return a list as what is printed of a mail has it: its title, and the numbers of the tickets."""
    return joined([table.title, ", ".join(f"#{row.ticket.id}" for row in table.rows)], ": ")
