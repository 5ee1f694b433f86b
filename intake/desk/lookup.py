"""What commands must know beside their own ticket: asked for as a value, found by the store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from intake.desk.block_effects import BlockedSender
from intake.desk.ticket import Agent, EntryKind, Ticket

# Lists an agent can ask for; a search is "search WORDS".
MINE, TEAM, OVERDUE, NEXT, SEARCH = "mine", "team", "overdue", "next", "search "
# The list of what was taken for spam of late, the newest first, and how far it goes back.
SPAM_LIST, SPAM_DAYS = "spam", timedelta(days=30)


@dataclass(frozen=True, slots=True)
class LookupRequest:
    """What is to be looked up: `tickets` by number, `histories` with their entries, `lists` by name;
    of the ticket at hand, with `last` the newest customer entry and with `here` the history."""

    tickets: frozenset[int] = frozenset()
    histories: frozenset[int] = frozenset()
    lists: frozenset[str] = frozenset()
    last: bool = False
    here: bool = False
    # Who is blocked; and which open tickets a block of each of these keys would concern, "" for that of the
    # requester at hand.
    blocks: bool = False
    concerned: frozenset[str] = frozenset()

    def __or__(self, other: "LookupRequest") -> "LookupRequest":
        """Return both."""
        return LookupRequest(
            self.tickets | other.tickets,
            self.histories | other.histories,
            self.lists | other.lists,
            self.last or other.last,
            self.here or other.here,
            self.blocks or other.blocks,
            self.concerned | other.concerned,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a history as an agent is shown it. `at` is aware, UTC."""

    id: int
    kind: EntryKind
    author: str
    author_name: str
    text: str
    at: datetime
    files: tuple[str, ...] = ()
    # The text with its quotes and signature, "" where that is all.
    full_text: str = ""


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One ticket of a list. `due` is the nearest promise that still stands, None for none."""

    id: int
    subject: str
    # One of `intake.desk.ticket.STATES`.
    status: str
    requester: str
    assignee: str
    priority: str
    updated_at: datetime
    due: datetime | None = None
    snoozed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class LookupResult:
    """What was found; `agents` are all enabled ones.

    `tickets` holds each number asked for under that very number, with the ticket as it stands; one
    that was merged is found under its own number, `ends` says where its mail goes now.
    """

    agents: tuple[Agent, ...] = ()
    tickets: Mapping[int, Ticket] = field(default_factory=dict, hash=False)
    ends: Mapping[int, Ticket] = field(default_factory=dict, hash=False)
    histories: Mapping[int, tuple[Line, ...]] = field(default_factory=dict, hash=False)
    lists: Mapping[str, tuple[TicketLine, ...]] = field(default_factory=dict, hash=False)
    last: Line | None = None
    blocks: tuple[BlockedSender, ...] = ()
    concerned: Mapping[str, tuple[int, ...]] = field(default_factory=dict, hash=False)
