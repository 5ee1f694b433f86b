"""Who is on duty, who is assigned a ticket, and who is notified of what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from intake.desk.business_time import between
from intake.desk.ticket import Agent


class Notify(StrEnum):
    """Immediate notifications of an agent: all of their teams, only their own tickets, or none (a digest)."""

    ALL = "all"
    MINE = "mine"
    DIGEST = "digest"


class Assignment(StrEnum):
    """Who gets a new ticket of a team: unassigned, round robin, or least loaded."""

    NOBODY = "nobody"
    IN_TURN = "round_robin"
    LEAST_LOADED = "least_loaded"


@dataclass(frozen=True, slots=True)
class TeamPolicy:
    """How a team works. `reassign_away`: an out-of-office answer of an assignee passes the ticket on."""

    name: str
    lead: str = ""
    assign: Assignment = Assignment.NOBODY
    reassign_away: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """An agent's load: their open tickets, and when they were last assigned one."""

    open: int = 0
    given_at: datetime | None = None


_MOMENT = timedelta(seconds=1)
_EVER = datetime.min.replace(tzinfo=UTC)


def on_duty(agent: Agent, now: datetime) -> bool:
    """Whether an agent works at `now` (aware): enabled, not away, and within their shift if they have one."""
    if not agent.enabled or (agent.away_until is not None and now < agent.away_until):
        return False
    return agent.shift is None or between(now, now + _MOMENT, agent.shift) > timedelta(0)


def working(agents: Iterable[Agent], now: datetime) -> tuple[Agent, ...]:
    """Return those who work now; all who are not away when nobody does, and all when everybody is away.

    A ticket must never be shown to nobody: at night the mail waits in somebody's inbox.
    """
    there = tuple(agent for agent in agents if agent.enabled)
    present = tuple(agent for agent in there if agent.away_until is None or now >= agent.away_until)
    return tuple(agent for agent in present if on_duty(agent, now)) or present or there


def next_agent(
    agents: Sequence[Agent], loads: Mapping[int, Load], how: Assignment, now: datetime
) -> Agent | None:
    """Return who gets the next ticket, None when nobody is on duty or tickets wait for a volunteer.

    In turn: who was given one the longest ago, or never. Least loaded: who has the fewest open,
    and of those the one in turn. Ties go to who was added first.
    """
    duty = [agent for agent in agents if on_duty(agent, now)]
    if how is Assignment.NOBODY or not duty:
        return None

    def turn(agent: Agent) -> tuple[datetime, int]:
        return loads.get(agent.id, Load()).given_at or _EVER, agent.id

    if how is Assignment.IN_TURN:
        return min(duty, key=turn)
    return min(duty, key=lambda agent: (loads.get(agent.id, Load()).open, *turn(agent)))


def told_at_once(
    agents: Sequence[Agent], concerned: Iterable[Agent], urgent: bool = False
) -> tuple[Agent, ...]:
    """Return which of `agents` get a mail now; the others read it in their digest, or not at all.

    `concerned` are the assignee and those who answered: agents who want only their own get these.
    What is urgent goes to everybody at once. Where nobody would be told, all are.
    """
    mine = {agent.id for agent in concerned}
    wanting = tuple(
        agent
        for agent in agents
        if urgent or agent.notify == Notify.ALL or (agent.notify == Notify.MINE and agent.id in mine)
    )
    reading = tuple(agent for agent in agents if agent.notify == Notify.DIGEST)
    return wanting or (() if reading else tuple(agents))
