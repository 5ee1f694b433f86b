"""What commands must know beside their own ticket: asked for as a value, found by the store."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from intake.desk.block_effects import BlockedSender
from intake.desk.canned_texts import CannedText
from intake.desk.guard.policy import Need
from intake.desk.incident.kinds import Hold, Incident
from intake.desk.knowledge.article import Article
from intake.desk.persons import Person
from intake.desk.sensitive.excusing import HiddenFind
from intake.desk.ticket import Agent, EntryKind, Ticket
from intake.desk.unsent import WaitingDraft

# Lists an agent can ask for; a search is "search WORDS", a requester's tickets are "from ADDRESS".
MINE, TEAM, OVERDUE, NEXT, SEARCH, FROM = "mine", "team", "overdue", "next", "search ", "from "
# What waits for the agent (their own and their teams' unassigned tickets), by what is due; what sleeps; and
# what of theirs and their teams' has been promised, by when.
TODO, SNOOZED, DUE = "todo", "snoozed", "due"
# A list in a mail is read on a telephone.
MOST_LISTED = 30
# The rule by which the ledger knows a mail that only thanked (`rules.thanks`).
THANKS = "thanks"
# The list of what was taken for spam of late, the newest first, and how far it goes back.
SPAM_LIST, SPAM_DAYS = "spam", timedelta(days=30)


@dataclass(frozen=True, slots=True)
class LookupRequest:
    """What is to be looked up: `tickets` by number, `histories` with their entries, `lists` by name, and
    those `outside` only where no ticket is at hand; of the ticket at hand, with `last` the newest customer
    entry and with `here` the history."""

    tickets: frozenset[int] = frozenset()
    histories: frozenset[int] = frozenset()
    lists: frozenset[str] = frozenset()
    last: bool = False
    here: bool = False
    # The agent's own drafts that wait.
    drafts: bool = False
    outside: frozenset[str] = frozenset()
    # People by their address; "" is the requester of the ticket at hand.
    persons: frozenset[str] = frozenset()
    # The canned responses of the database.
    canned: bool = False
    # Who is blocked; and which open tickets a block of each of these keys would concern, "" for that of the
    # requester at hand, and of which anybody may have written in their name.
    blocks: bool = False
    concerned: frozenset[str] = frozenset()
    # What is hidden in the ticket at hand.
    finds: bool = False
    # When the newest mail of ours was written that has one of these Message-IDs.
    written: frozenset[str] = frozenset()
    # The newest incident of the ticket at hand, and the hold on it.
    incident: bool = False
    # Live articles by their names, "" for all; and the names of all there are.
    articles: frozenset[str] = frozenset()

    def __or__(self, other: "LookupRequest") -> "LookupRequest":
        """Return both."""
        return LookupRequest(
            self.tickets | other.tickets,
            self.histories | other.histories,
            self.lists | other.lists,
            self.last or other.last,
            self.here or other.here,
            self.drafts or other.drafts,
            self.outside | other.outside,
            self.persons | other.persons,
            self.canned or other.canned,
            self.blocks or other.blocks,
            self.concerned | other.concerned,
            self.finds or other.finds,
            self.written | other.written,
            self.incident or other.incident,
            self.articles | other.articles,
        )

    def waiting(self, drafts: Iterable[WaitingDraft], agent: Agent | None) -> dict[str, Any]:
        """Return of all drafts that wait the agent's own, and those of others that need a
        second person's yes, as `LookupResult` has them."""
        every, me = tuple(drafts) if self.drafts else (), agent.id if agent is not None else 0
        return {
            "drafts": tuple(draft for draft in every if draft.agent == me),
            "theirs": tuple(draft for draft in every if draft.agent != me and draft.guard is Need.TWO),
        }

    def lists_in(self, ticket: int | None) -> list[str]:
        """Return the names of the lists that are wanted in a ticket (None: in none), sorted."""
        return sorted(self.lists if ticket else self.lists | self.outside)


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
    # Of a customer's: how far it is proven to be its author's (`intake.desk.evidence`).
    evidence: str = ""
    # The ticket it is of, where that was merged into the one that is shown; 0 for the one itself.
    ticket: int = 0
    # So many lines of it, quotes and signature, are not in a `text` that is shown.
    folded: int = 0


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
    # The mailbox that it came to, "" for the desk's first.
    mailbox: str = ""


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
    drafts: tuple[WaitingDraft, ...] = ()
    # Drafts of other agents that wait for a second person's yes; asked for with one's own.
    theirs: tuple[WaitingDraft, ...] = ()
    # Each person under the address asked for, "" for the requester of the ticket at hand.
    persons: Mapping[str, Person] = field(default_factory=dict, hash=False)
    canned: tuple[CannedText, ...] = ()
    blocks: tuple[BlockedSender, ...] = ()
    concerned: Mapping[str, tuple[int, ...]] = field(default_factory=dict, hash=False)
    # Those of these keys in whose name something came lately, or to the ticket at hand, that is not proven.
    unproven: frozenset[str] = frozenset()
    finds: tuple[HiddenFind, ...] = ()
    # None where none of the Message-IDs is a mail of ours. Aware, UTC.
    written: datetime | None = None
    incident: Incident | None = None
    hold: Hold | None = None
    # Live articles, each in all its languages, and the names of all that there are.
    articles: tuple[Article, ...] = ()
    slugs: tuple[str, ...] = ()
