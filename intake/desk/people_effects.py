"""What a decision asks for about the people who work on a ticket. See `effects`, which lists them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from intake.desk.ticket import Agent


@dataclass(frozen=True, slots=True)
class Watch:
    """Let an agent watch a ticket: they get its notifications as its assignee does. Twice is once."""

    ticket: int | None
    agent: Agent


@dataclass(frozen=True, slots=True)
class Unwatch:
    """Let an agent no longer watch a ticket."""

    ticket: int
    agent: Agent


class Happened(StrEnum):
    """What somebody did with a ticket that colleagues still think is open."""

    TAKEN = "taken"
    ANSWERED = "answered"
    SOLVED = "solved"
    CLOSED = "closed"
    MERGED = "merged"
    GIVEN = "given"
    GIVEN_TO_TEAM = "given to team"
    FREE = "free"
    WITHDRAWN = "withdrawn"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class ColleagueNews:
    """Write down that `by` (`actor`, an agent's id, if they are one) did something: the clock tells
    those whom it concerns, in one line (`desk.colleagues`).

    `whom` is the agent or team it was given to, or the ticket it went into. `concerned` (ids) are told in any
    case: it was or is their work. `knowing` get another mail of the same decision, which says it.
    """

    ticket: int
    happened: Happened
    by: str
    actor: int | None = None
    whom: str = ""
    concerned: tuple[int, ...] = ()
    knowing: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to when an agent (by id) knows of what colleagues did, and when a mail last told them (aware)."""

    agent: int
    known_at: datetime
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MarkColleagues:
    """Note what agents were told of a ticket's news. All `news` (ids) are done with, or looked at again at
    `again` (aware)."""

    ticket: int
    news: tuple[int, ...]
    marks: tuple[Mark, ...] = ()
    again: datetime | None = None
