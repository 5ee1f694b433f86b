"""What every decision passes through once it is made, by a rule, a command, the clock or a page.

Each pass gets the effects so far, and returns them as they go on and what it did with them, in words
for `intake why` ("": nothing). `table.PASSES` lists them in order. Pure.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from intake.desk import colleagues as colleague_news
from intake.desk import sla_clocks, undo
from intake.desk.effects import (
    Amend,
    Assign,
    Effect,
    Finish,
    Mail,
    MailKind,
    OpenTicket,
    SetStatus,
    TripBreaker,
)
from intake.desk.facts import Facts
from intake.desk.message import Envelope, Message
from intake.desk.policy import Policy
from intake.desk.rule_context import own_address
from intake.desk.rules import notifications
from intake.desk.sla_effects import SetPromises
from intake.desk.sla_ladder import NAMES
from intake.desk.ticket import Agent, Status, Withheld

# At most this many people are named in a reason.
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class PassContext:
    """All that a pass may look at. No message: the decision was not caused by an email."""

    facts: Facts
    policy: Policy
    message: Message | None = None
    envelope: Envelope | None = None


_Kind = TypeVar("_Kind")
Pass = Callable[[list[Effect], PassContext], tuple[list[Effect], str]]


def before_end(effects: Sequence[Effect], added: Sequence[Effect]) -> list[Effect]:
    """Return effects with others behind them, but before the one that ends their message, if any does."""
    at = next((at for at, effect in enumerate(effects) if isinstance(effect, Finish)), len(effects))
    return [*effects[:at], *added, *effects[at:]]


def silence(effects: list[Effect], context: PassContext) -> tuple[list[Effect], str]:
    """Nobody is notified of mail from before the desk's first day, whatever it is, and no automatic email
    goes to the desk itself."""
    if context.envelope is None or not context.envelope.archive:
        owed = [effect for effect in effects if not _to_ourselves(effect, context.policy)]
        said = "no automatic email goes to an address of this desk" if len(owed) < len(effects) else ""
        return owed, said
    kept: list[Effect] = [effect for effect in effects if not isinstance(effect, Mail | TripBreaker)]
    return (
        kept,
        "nobody is notified of mail from before the mailbox's first day" if kept != effects else "",
    )


def _to_ourselves(effect: Effect, policy: Policy) -> bool:
    return isinstance(effect, Mail) and effect.kind.at_most_once and own_address(effect.to.key, policy)


def revive(effects: list[Effect], context: PassContext) -> tuple[list[Effect], str]:
    """A ticket that is worked on again, whoever opens it and by what, is no spam any more."""
    known = context.facts.known()
    said = {effect.ticket for effect in effects if isinstance(effect, Amend) and "spam" in effect.changes}
    made: list[Effect] = []
    for effect in effects:
        ticket = known.get(effect.ticket or 0) if isinstance(effect, SetStatus) else None
        opens = isinstance(effect, SetStatus) and effect.status is not Status.CLOSED
        if ticket is not None and ticket.spam and opens and ticket.id not in said:
            said.add(ticket.id)
            made.append(Amend(ticket.id, {"spam": False, "withheld": Withheld.NOTHING}))
        made.append(effect)
    return made, "no longer spam" if made != effects else ""


def arrange(effects: list[Effect], context: PassContext) -> tuple[list[Effect], str]:
    """A new ticket is assigned, and agents get the notifications they want at once; see `notifications`."""
    made = notifications.arrange(effects, context.facts, context.policy)
    before, after = _told(effects), _told(made)
    said = [
        f"automatically assigned to {effect.agent.name}"
        for effect in _added(effects, made, Assign)
        if effect.agent
    ]
    later = [name for number, name in before.items() if number not in after]
    instead = [name for number, name in after.items() if number not in before]
    said += [f"not notified at once: {_names(later)}"] if later else []
    said += [f"notified instead: {_names(instead)}"] if instead else []
    return made, ", ".join(said)


def deadlines(effects: list[Effect], context: PassContext) -> tuple[list[Effect], str]:
    """Deadlines start, pause, resume and end; see `sla_clocks`.

    Raises LookupError where a ticket is changed that is not among the facts: its deadlines would be
    silently forgotten.
    """
    known = context.facts.known()
    concerned = sla_clocks.concerned(effects)
    missing = sorted(concerned - set(known))
    if missing:
        raise LookupError(f"ticket {missing[0]} is changed, and is not among what the decision knows")
    tickets = {number: known[number] for number in concerned}
    offset = _utc_offset(effects, context.message)
    made = sla_clocks.with_promises(effects, tickets, context.policy, context.facts.now, offset)
    said = [_deadlines(effect) for effect in _added(effects, made, SetPromises) if effect.promises]
    return made, ", ".join(said)


def hold(effects: list[Effect], context: PassContext) -> tuple[list[Effect], str]:
    """A reply waits before it is sent, so that it can be withdrawn; see `undo`."""
    made = undo.held(effects, context.policy.undo_seconds)
    return made, f"it is sent after {context.policy.undo_seconds} s" if made != effects else ""


def colleagues(effects: list[Effect], context: PassContext) -> tuple[list[Effect], str]:
    """What somebody did with a ticket is written down for those who still think it open; see `colleagues`.

    Not where nobody else is there to be told, nor of mail from before the desk's first day.
    """
    archive = context.envelope is not None and context.envelope.archive
    known = context.facts.known()
    news = [
        news
        for news in colleague_news.news_of(effects, known)
        if any(agent.id != news.actor for agent in context.facts.agents) and news not in effects
    ]
    if archive or not news:
        return effects, ""
    happened = ", ".join(dict.fromkeys(news.happened.value for news in news))
    return before_end(effects, news), f"who was told of the ticket hears of it: {happened}"


def _utc_offset(effects: list[Effect], message: Message | None) -> int | None:
    """Return the clock of the email's author, if they are the requester of a new ticket."""
    opened = next((effect for effect in effects if isinstance(effect, OpenTicket)), None)
    if message is None or message.sender is None or opened is None:
        return None
    return message.utc_offset if message.sender.key == opened.requester.key else None


def _deadlines(effect: SetPromises) -> str:
    due = [f"{NAMES[target]} by {at:%Y-%m-%d %H:%M} UTC" for target, at in effect.due.items()]
    return ", ".join(due) or "no deadline left"


def _added(before: list[Effect], after: list[Effect], kind: type[_Kind]) -> list[_Kind]:
    return [effect for effect in after if isinstance(effect, kind) and effect not in before]


def _told(effects: list[Effect]) -> dict[int, str]:
    """Return the agents who are notified, by id."""
    news = (effect for effect in effects if isinstance(effect, Mail) and effect.kind is MailKind.NOTICE)
    agents: Iterable[Agent | None] = (mail.agent for mail in news)
    return {agent.id: agent.name or agent.address for agent in agents if agent is not None}


def _names(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
