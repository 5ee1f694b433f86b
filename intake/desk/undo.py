"""Withdraw a reply before it is sent: `#undo`, and `intake ticket undo`.

A reply waits for `[desk] undo_seconds` before it may be sent. Until then, and for as
long as no server has got it, it can be withdrawn; then it is a draft again and
the ticket is as it was before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from intake.desk.draft_effects import Withdraw
from intake.desk.effects import AddEntry, Effect, Mail, MailKind
from intake.desk.ticket import DESK, Agent, EntryKind, Status, Ticket

TOO_LATE = "There is nothing to undo: no reply of yours is waiting to be sent."
# What is held for longer than this waits because nobody could confirm it, not to be taken back.
LONG = timedelta(hours=12)
# What a reply sends to the customer's side, and what therefore waits with it.
_WAITING = (MailKind.RELAY, MailKind.STATUS)


@dataclass(frozen=True, slots=True)
class Relayed:
    """The newest reply in a ticket of which nothing was sent yet: its entry and its queued emails."""

    entry: int
    mails: tuple[int, ...]
    agent: int | None = None
    text: str = ""


def held(effects: Sequence[Effect], seconds: int) -> list[Effect]:
    """Return the effects with a reply's emails, and the status email with it, to be sent later."""
    answers = any(isinstance(effect, Mail) and effect.kind is MailKind.RELAY for effect in effects)
    if not answers or not seconds:
        return list(effects)
    return [
        replace(effect, hold=max(seconds, effect.hold))
        if isinstance(effect, Mail) and effect.kind in _WAITING
        else effect
        for effect in effects
    ]


def undo(ticket: Ticket, relayed: Relayed | None, by: str, agent: Agent | None = None) -> list[Effect]:
    """Return the effects of withdrawing a reply; none when it is too late (`TOO_LATE` says so).

    With `agent` only their own reply is withdrawn. The ticket goes back to where it was unless the
    customer has written since.
    """
    if relayed is None or (agent is not None and relayed.agent != agent.id):
        return []
    text = f"reply withdrawn by {by} before it was sent; it is kept as a draft"
    # One that was merged since stays so.
    untouched = ticket.status in (Status.PENDING, Status.CLOSED) and ticket.merged_into is None
    return [
        Withdraw(ticket.id, relayed.entry, relayed.mails, restore=untouched),
        AddEntry(ticket.id, EntryKind.EVENT, DESK, text),
    ]
