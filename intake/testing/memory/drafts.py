"""Drafts that wait, in memory."""

from datetime import datetime

from intake.desk.effects import MailKind
from intake.desk.guard.policy import Need, unmarked
from intake.desk.ticket import EntryKind, Status
from intake.desk.undo import LONG, Relayed
from intake.desk.unsent import LISTED_FOR, WaitingDraft
from intake.testing.memory.rows import StoredEntry
from intake.testing.memory.state import State


def unsent(state: State, agent: int | None, now: datetime) -> list[WaitingDraft]:
    """Return the drafts that wait, of one agent or all, the oldest first."""
    drafts = [
        entry
        for entry in state.entries
        if entry.kind is EntryKind.DRAFT
        and entry.agent is not None
        and not entry.settled
        and entry.created_at > now - LISTED_FOR
        and agent in (None, entry.agent)
        and not replaced(state, entry)
    ]
    return [_unsent(state, entry) for entry in drafts]


def _guard(state: State, draft: StoredEntry) -> Need:
    message = state.messages.get(draft.message)
    return unmarked(message.rule if message else "")[1]


def replaced(state: State, draft: StoredEntry) -> bool:
    """Whether a later reply of its agent took the place of a draft that waits for another person's yes."""
    if _guard(state, draft) is not Need.TWO:
        return False
    replies = (entry for entry in state.entries if entry.kind is EntryKind.REPLY and entry.id > draft.id)
    return any((entry.ticket, entry.agent) == (draft.ticket, draft.agent) for entry in replies)


def settle_replaced(state: State, reply: StoredEntry) -> None:
    """Mark the drafts as waiting no more whose place a reply took, before that is taken back."""
    theirs = [
        draft
        for draft in state.entries
        if draft.kind is EntryKind.DRAFT and draft.id < reply.id and not draft.settled
    ]
    for draft in theirs:
        if (draft.ticket, draft.agent) == (reply.ticket, reply.agent) and replaced(state, draft):
            state.entries.change(draft.id, settled=True)


def _unsent(state: State, draft: StoredEntry) -> WaitingDraft:
    row = state.tickets.get(draft.ticket)
    replies = [entry for entry in state.entries if entry.ticket == draft.ticket]
    times, at = state.reminders.get(draft.id, (0, None))
    return WaitingDraft(
        draft.id,
        draft.agent or 0,
        draft.ticket,
        row.ticket.subject if row else "",
        draft.created_at,
        draft.text,
        row is not None and row.ticket.status is Status.CLOSED,
        any(entry.kind is EntryKind.REPLY and entry.id > draft.id for entry in replies),
        times,
        at,
        _guard(state, draft),
    )


def waiting_long(state: State, now: datetime) -> list[tuple[int, Relayed]]:
    """Return the answers that wait for hours because nobody could confirm them, with their tickets."""
    long = [
        mail
        for mail in state.outbox
        if mail.outgoing.kind is MailKind.RELAY
        and mail.state == "due"
        and not mail.attempts
        and mail.not_before > now
        and mail.not_before - mail.created_at >= LONG
    ]
    made: list[tuple[int, Relayed]] = []
    for ticket, number in dict.fromkeys((mail.ticket, mail.entry) for mail in long):
        entry = state.entries.get(number)
        mails = [mail for mail in state.outbox if (mail.ticket, mail.entry) == (ticket, number)]
        if entry and ticket and all(mail.state == "due" and not mail.doubtful for mail in mails):
            owed = tuple(mail.id for mail in mails)
            made.append((ticket, Relayed(entry.id, owed, entry.agent, entry.text)))
    return made


def before(state: State, entry: StoredEntry) -> StoredEntry | None:
    """Return the draft that a yes sent as this entry, which was taken back; None for none, or where a second
    person's yes sent it."""
    if entry.message is not None or entry.agent is None or not entry.text.strip():
        return None
    earlier = [
        draft
        for draft in state.entries
        if (draft.ticket, draft.agent) == (entry.ticket, entry.agent)
        and draft.kind is EntryKind.DRAFT
        and draft.settled
        and draft.id < entry.id
        and draft.message is not None
        and entry.text.strip() in draft.text
    ]
    return earlier[-1] if earlier and _guard(state, earlier[-1]) is not Need.TWO else None
