"""Which secrets were found where, in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from intake.desk.find_effects import CLEARED, HIDDEN, KeepFinds
from intake.desk.sensitive.excusing import HiddenFind, may_be_excused
from intake.desk.sensitive.finds import DETECTOR, OPENS_A_WALLET, Find
from intake.desk.ticket import EntryKind
from intake.store.finds import MOST_HIDDEN, same_secret, value_of
from intake.testing.memory.rows import StoredFind
from intake.testing.memory.state import Memory, MemoryPart, State
from intake.views import FindRow, KeptText


def keep(
    state: State,
    effect: KeepFinds,
    ticket: int,
    message: int | None,
    entry: int | None,
    key: bytes,
    now: datetime,
) -> tuple[int, ...]:
    """Write finds of a message and the entry it became; return those that may be false alarms."""
    doubtful = []
    for find in effect.finds:
        where = (ticket, message, entry, find.part, find.kind, find.confidence, find.words)
        mark = same_secret(key, find.fingerprint)
        row = FindRow(state.finds.last + 1, *where, HIDDEN, now, DETECTOR)
        state.finds.add(lambda number, row=row, mark=mark: StoredFind(number, row, mark))  # type: ignore[misc]
        doubtful += [row.id] if may_be_excused(find) else []
    return tuple(doubtful)


def clear(state: State, number: int) -> None:
    """Note that a find is a false alarm."""
    kept = state.finds.get(number)
    if kept is not None and kept.row.state == HIDDEN:
        state.finds.change(number, row=replace(kept.row, state=CLEARED))


class MemoryFinds(MemoryPart):
    """Finds, as `intake secret` shows them. `key` is what a secret is known again by."""

    def __init__(self, memory: Memory, key: bytes = b"") -> None:
        super().__init__(memory)
        self._key = key

    def list_finds(self, ticket: int | None = None, state: str = "", limit: int = 50) -> list[FindRow]:
        """Return finds, the newest first: of a ticket (None: of all), in a state ("": in any)."""
        rows = (kept.row for kept in self._now.finds.newest())
        wanted = [row for row in rows if ticket in (None, row.ticket) and state in ("", row.state)]
        return wanted[:limit]

    def get(self, number: int) -> FindRow | None:
        """Return a find, None where there is none of this number."""
        kept = self._now.finds.get(number)
        return kept.row if kept else None

    def elsewhere(self, number: int) -> Sequence[int]:
        """Return the other tickets in which the same secret was found."""
        mine = self._now.finds.get(number)
        if mine is None:
            return ()
        same = {kept.row.ticket for kept in self._now.finds if kept.hmac == mine.hmac}
        return sorted(same - {mine.row.ticket})

    def hidden_in(self, tickets: Sequence[int]) -> tuple[HiddenFind, ...]:
        """Return what is hidden in these tickets, the newest first."""
        kept = (kept for kept in self._now.finds.newest() if kept.row.ticket in tickets)
        hidden = [each for each in kept if each.row.state == HIDDEN][:MOST_HIDDEN]
        return tuple(self._hidden(each.row, each.hmac) for each in hidden)

    def _hidden(self, row: FindRow, mark: str) -> HiddenFind:
        value = value_of(self._key, row.kind, mark, self._written(row))
        return HiddenFind(row.id, row.kind, row.confidence == "certain", row.part, value)

    def _written(self, row: FindRow) -> Iterator[str]:
        """Yield the texts in which a find may stand."""
        entry, ticket = self._now.entries.get(row.entry), self._now.tickets.get(row.ticket)
        if entry is not None:
            yield from (entry.full_text, entry.text, entry.author_name)
        yield from (file.name for file in self._now.files if entry and file.entry == row.entry)
        yield from (ticket.ticket.subject, *ticket.ticket.fields.values()) if ticket else ()

    def texts(
        self, after: int, limit: int, ticket: int | None = None, since: datetime | None = None
    ) -> list[KeptText]:
        """Return what people wrote in entries with ids beyond `after`, in their order: of a ticket (None: of
        all), not before `since`."""
        state, texts = self._now, list[KeptText]()
        for row in state.entries:
            in_time = since is None or row.created_at >= since
            theirs = state.tickets.get(row.ticket)
            if row.kind is EntryKind.EVENT or row.id <= after or not in_time or theirs is None:
                continue
            if ticket in (None, row.ticket):
                names = tuple(file.name for file in state.files if file.entry == row.id)
                subject, name = theirs.ticket.subject, row.author_name
                texts.append(KeptText(row.ticket, row.id, row.message, subject, row.text, name, names))
        return texts[:limit]

    def new_in(self, ticket: int, finds: Sequence[Find]) -> tuple[Find, ...]:
        """Return those of `finds` whose secret is not known in a ticket yet, each once."""
        marks = {same_secret(self._key, find.fingerprint): find for find in reversed(finds)}
        known = {kept.hmac for kept in self._now.finds if kept.row.ticket == ticket}
        return tuple(find for mark, find in reversed(marks.items()) if mark not in known)

    def scanned(self) -> int:
        """Return up to which entry all were looked through by today's detector."""
        return self._now.scanned

    def mark_scanned(self, entry: int) -> None:
        """Note that all entries up to this one were looked through."""
        with self._memory.transaction() as state:
            state.scanned = entry

    def exposed(self, ticket: int) -> frozenset[int]:
        """Return the entries of a ticket in which somebody's wallet is exposed, false alarms aside."""
        rows = self.list_finds(ticket, "hidden", len(self._now.finds))
        exposing = (row for row in rows if row.kind in OPENS_A_WALLET and row.confidence != "unclear")
        return frozenset(row.entry for row in exposing if row.entry is not None)
