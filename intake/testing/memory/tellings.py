"""What agents are still to be told of their own mails that were kept, in memory."""

from collections.abc import Callable, Collection
from datetime import datetime

from intake.desk import gathered
from intake.desk.draft_effects import ABOUT_A_DRAFT, question
from intake.desk.effects import Mail
from intake.desk.gathered import Kept
from intake.desk.guard.policy import unmarked
from intake.desk.telling_effects import COUNTED, MarkReminded, MarkTold
from intake.desk.text.kept_sayings import as_text, from_text
from intake.desk.ticket import Agent
from intake.ports import Temporary
from intake.store.tellings import DEADLINE, MOST
from intake.testing.memory.rows import StoredTelling
from intake.testing.memory.state import MemoryPart, State


def kept(
    state: State, effect: Mail, ticket: int | None, draft: int | None, ledger: int | None, now: datetime
) -> bool:
    """Write down that an agent is to be told, or is told now; return whether it is to wait."""
    assert effect.agent is not None
    agent = effect.agent.id
    rows = [row for row in state.tellings if row.agent == agent and row.row]
    begun = _row_began(state, effect.agent, now)
    in_row = [
        row for row in rows if now - row.created_at < gathered.ROW and (row.message or begun + 1) > begun
    ]
    in_day = sum(now - row.created_at < gathered.DAY for row in rows)
    wait = gathered.wait(effect.telling, len(in_row), in_day)
    if not any(row.dedupe == effect.dedupe for row in state.tellings):
        state.tellings.add(
            lambda number: StoredTelling(
                number,
                effect.dedupe,
                agent,
                ticket,
                draft,
                ledger,
                effect.event in ABOUT_A_DRAFT,
                effect.telling in COUNTED,
                as_text(effect.text),
                now,
                now + wait,
                None if wait else now,
            )
        )
    return bool(wait)


def _row_began(state: State, agent: Agent, now: datetime) -> int:
    """Return the newest message (id) of an agent's that was carried out, 0 for none lately."""
    kept_ones = {row.message for row in state.tellings if row.agent == agent.id}
    done = (
        row.id
        for row in state.messages
        if row.sender_key == agent.as_address.key
        and row.rule in gathered.CARRIED_OUT
        and now - row.received_at < gathered.ROW
        and row.id not in kept_ones
    )
    return max(done, default=0)


def mark(state: State, effect: MarkTold, now: datetime) -> None:
    """Write down that these were told."""
    rows = [state.tellings.get(number) for number in effect.ids]
    if any(row is None or row.told_at is not None for row in rows):
        raise Temporary("an agent was told of the same mails twice at once")
    for number in effect.ids:
        state.tellings.change(number, told_at=now)


def remind(state: State, effect: MarkReminded, now: datetime) -> None:
    """Write down that their agent is reminded of these drafts."""
    for entry in effect.drafts:
        state.reminders[entry] = (state.reminders.get(entry, (0, None))[0] + 1, now)


def redact(state: State, tickets: Collection[int], change: Callable[[str], str]) -> None:
    """Have `change` applied to what is kept for agents about these tickets."""
    for row in state.tellings:
        if row.ticket in tickets:
            state.tellings.change(row.id, why=as_text(from_text(row.why, change)))


class MemoryTellings(MemoryPart):
    """Reading what waits, for the clock."""

    def due(self, now: datetime) -> list[int]:
        """Return the agents (ids) whom something is to be told now."""
        rows = [row for row in self._now.tellings if row.told_at is None and row.due_at <= now]
        return list(dict.fromkeys(row.agent for row in rows))

    def waiting(self, agent: int) -> list[Kept]:
        """Return what an agent is still to be told, the oldest first."""
        rows = [row for row in self._now.tellings if row.agent == agent and row.told_at is None]
        return [self._kept(row) for row in rows[:MOST]]

    def forget(self, before: datetime) -> None:
        """Forget what was told before then."""
        with self._memory.transaction() as state:
            for row in state.tellings:
                if row.told_at is not None and row.told_at < before:
                    state.tellings.remove(row.id)

    def _kept(self, row: StoredTelling) -> Kept:
        state = self._now
        ticket, entry = state.tickets.get(row.ticket), state.entries.get(row.entry)
        mail = state.messages.get(row.message)
        subject = ticket.ticket.subject if ticket else (mail.subject if mail else "")
        wrote, whose = (state.messages.get(entry.message), entry.agent) if entry else (None, None)
        return Kept(
            row.id,
            row.created_at,
            from_text(row.why),
            row.ticket or 0,
            row.entry or 0,
            subject,
            entry.text if entry else "",
            question(unmarked(wrote.rule if wrote else "")[1], whose == row.agent) if row.asks else "",
            row.dedupe.startswith(DEADLINE),
        )
