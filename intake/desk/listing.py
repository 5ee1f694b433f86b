"""A list of tickets that an agent is sent: a value; how it looks is `intake.rendering.listing`'s. Pure."""

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


# What no answer of an agent's holds by chance: where it stands, a list is quoted (composer).
HOW = said("To open a ticket, choose its number, or reply with #show and its number.")


def table_of(title: str, tickets: tuple[TicketLine, ...]) -> ListTable:
    """Return the table of a list as the store found it: at most MOST_LISTED tickets, each on its row."""
    below = (HOW,) if tickets else (said("There are none."),)
    return ListTable(title, tuple(map(ListRow, tickets)), len(tickets) >= MOST_LISTED, below)


def plain(table: ListTable) -> str:
    """Return a list as what is printed of a mail has it: its title, and the numbers of the tickets."""
    return joined([table.title, ", ".join(f"#{row.ticket.id}" for row in table.rows)], ": ")
