"""Drafts that wait, in memory."""

from datetime import datetime

from intake.desk.ticket import EntryKind, Status
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
    ]
    return [_unsent(state, entry) for entry in drafts]


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
    )
