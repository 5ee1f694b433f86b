"""The runs of imports: begun, ended, listed, counted and forgotten."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import peewee

from intake.desk.record.leaf import FORGOT, IMPORT_FORGOTTEN
from intake.ports.imports import IMPORT, Counts, Forgotten, RunRow
from intake.store import holds
from intake.store.audit import record_audit
from intake.store.import_twins import there_of
from intake.store.schema.imports import Imported, ImportRun
from intake.store.schema.links import TicketLink
from intake.store.schema.readings import HeldFile
from intake.store.schema.tables import Entry, Message, Outbox, Ticket
from intake.store.statement import SetStatement
from intake.store.upkeep.erasure import Erasing

RUNNING, STOPPED, DONE, FORGOTTEN = "running", "stopped", "done", "forgotten"
# A run that wrote nothing for so long was killed: what it waits for at most (`intake.imports.running.PAUSES`)
# and the largest ticket take less.
SILENT = timedelta(minutes=10)
# Why a ticket stays that a run only added to.
NOT_ITS_OWN = "an earlier import made it"
# Tickets of one transaction of `forget`.
AT_ONCE = 100
# What stands in a ticket and was not imported by this run, and why that keeps it.
_TOUCHED: tuple[tuple[str, str], ...] = (
    (
        "it was changed since",
        "SELECT i.ticket_no FROM v JOIN imported i ON i.ticket_no = v.ticket "
        "JOIN ticket t ON t.id = i.ticket_no AND t.updated_at <> i.touched "
        "WHERE i.kind = 'ticket' AND NOT i.found",
    ),
    (
        "something was written in it since",
        "SELECT e.ticket FROM v JOIN entry e ON e.ticket = v.ticket WHERE NOT EXISTS "
        "(SELECT 1 FROM imported i WHERE i.ticket_no = e.ticket AND i.entry_no = e.id AND NOT i.found)",
    ),
    (
        "a later run added to it",
        "SELECT i.ticket_no FROM v JOIN imported i ON i.ticket_no = v.ticket AND NOT i.found "
        "GROUP BY i.ticket_no HAVING MIN(i.run) < MAX(i.run)",
    ),
    (
        "a later import has some of it, too",
        "SELECT i.ticket_no FROM v JOIN imported i ON i.ticket_no = v.ticket AND i.found "
        "JOIN imported mine ON mine.ticket_no = v.ticket AND mine.kind = 'ticket' AND NOT mine.found "
        "WHERE i.run <> mine.run",
    ),
    ("mail was sent of it", "SELECT o.ticket FROM v JOIN outbox o ON o.ticket = v.ticket"),
    (
        "a mailbox brought one of its mails, too",
        "SELECT m.ticket FROM v JOIN message m ON m.ticket = v.ticket "
        f"JOIN sighting s ON s.message = m.id WHERE s.folder <> '{IMPORT}'",
    ),
    (
        "another ticket was merged into it",
        "SELECT t.merged_into FROM v JOIN ticket t ON t.merged_into = v.ticket",
    ),
    (
        "a later ticket stands in its place",
        f"SELECT t.related FROM v JOIN ticket t ON t.related = v.ticket WHERE t.channel <> '{IMPORT}'",
    ),
)
_WHY_KEPT = tuple((why, SetStatement(text, ticket=Ticket.id)) for why, text in _TOUCHED)


class _Made(NamedTuple):
    """What a run wrote, what it found here, and when it last did."""

    tickets: int = 0
    entries: int = 0
    found: int = 0
    at: datetime | None = None


class ImportRuns(Erasing):
    """What is known of imports, and taking one back."""

    def begin(self, source: str, kind: str, by: str, now: datetime) -> int:
        """Return the run of a source that did not end, which runs again, or begin another."""
        with self.transaction():
            open_one = (ImportRun.source == source) & ImportRun.state.in_([RUNNING, STOPPED])
            row = self.db.first(ImportRun.select(ImportRun.id).where(open_one).tuples())
            if row is not None:
                self.db.run(ImportRun.update(state=RUNNING).where(ImportRun.id == row[0]))
                return int(row[0])
            values = {"source": source, "kind": kind, "state": RUNNING, "by": by, "started_at": now}
            return int(self.db.run(ImportRun.insert(**values)))

    def end(self, run: int, summary: Mapping[str, str], now: datetime) -> None:
        """Write down that everything was read, with how many of what. What the run wrote is counted here:
        who ends it may have gone on with what another had begun."""
        with self.transaction():
            made = self._made().get(run, _Made())
            counts = {"tickets": made.tickets, "entries": made.entries, "found": made.found}
            texts = {name: str(count) for name, count in counts.items()}
            query = ImportRun.update(state=DONE, ended_at=now, told={**summary, **texts})
            self.db.run(query.where((ImportRun.id == run) & (ImportRun.state == RUNNING)))

    def stop(self, run: int) -> None:
        """Write down that a run was stopped, or failed: the next one of its source goes on with it."""
        with self.transaction():
            mine = (ImportRun.id == run) & (ImportRun.state == RUNNING)
            self.db.run(ImportRun.update(state=STOPPED).where(mine))

    def runs(self, now: datetime) -> list[RunRow]:
        """Return all imports, newest first, as they are `now` (aware)."""
        made = self._made()
        rows = self.db.rows(ImportRun.select().order_by(ImportRun.id.desc()))
        return [_row(row, made.get(row.id, _Made()), now) for row in rows]

    def _made(self) -> dict[int, _Made]:
        rows = self.db.many(
            "SELECT run, SUM(CASE WHEN kind = 'ticket' AND NOT found THEN 1 ELSE 0 END), "
            "SUM(CASE WHEN kind <> 'ticket' AND NOT found THEN 1 ELSE 0 END), "
            "SUM(CASE WHEN kind <> 'ticket' AND found THEN 1 ELSE 0 END), MAX(at) FROM imported GROUP BY run"
        )
        return {
            run: _Made(int(tickets), int(entries), int(twins), Imported.at.python_value(at))
            for run, tickets, entries, twins, at in rows
        }

    def run(self, number: int, now: datetime) -> RunRow | None:
        """Return one import as it is `now` (aware), or None."""
        return next((row for row in self.runs(now) if row.id == number), None)

    def counts(self, source: str) -> Counts:
        """Return by year and kind ("ticket", "file" and the kinds of entries) how many of a source were
        imported, and how many of them were erased since.

        Of an entry that was erased the files that it lacked count as imported and erased, too: they are never
        looked for again, and so would be a difference for good.
        """
        text = (
            "SELECT i.year, i.kind, COUNT(*), SUM(CASE WHEN i.found OR "
            "(i.kind = 'ticket' AND t.id IS NOT NULL) OR e.id IS NOT NULL THEN 0 ELSE 1 END), "
            "SUM(i.files + CASE WHEN e.id IS NULL THEN i.missing ELSE 0 END), "
            "SUM(CASE WHEN e.id IS NULL AND NOT i.found THEN i.files + i.missing ELSE 0 END) "
            "FROM imported i LEFT JOIN ticket t ON t.id = i.ticket_no AND i.kind = 'ticket' "
            "LEFT JOIN entry e ON e.id = i.entry_no WHERE i.source = {} GROUP BY i.year, i.kind"
        )
        key = Imported.source.db_value(source)
        counts: dict[tuple[int, str], tuple[int, int]] = {}
        for year, kind, count, gone, files, gone_files in self.db.many(
            text.format("%s" if self.db.postgres else "?"), key
        ):
            counts[int(year), kind] = int(count), int(gone)
            before, erased = counts.get((int(year), "file"), (0, 0))
            counts[int(year), "file"] = before + int(files or 0), erased + int(gone_files or 0)
        return counts

    def forget(self, run: int, who: str, now: datetime) -> Iterator[Forgotten]:
        """Erase what a run made and nobody has touched since; yield what was done, some tickets at a time.

        No tombstones: it may be imported again, but for what `intake erase` or the desk's own days erased
        before. Messages that a mailbox has brought, too, are not the run's.
        """
        query = Imported.select(Imported.ticket_no).where(
            (Imported.run == run) & (Imported.kind == "ticket") & (Imported.found == False)  # noqa: E712
        )
        numbers = [number for (number,) in self.db.rows(query.order_by(Imported.id).tuples()) if number]
        # First of all: the record names this act for whatever is gone, also where this is killed halfway.
        with self.transaction():
            record_audit(self.db, who, f"{FORGOT} {run}", now, "")
        for some in peewee.chunked(numbers, AT_ONCE):
            with self.transaction():
                done = self._forget(list(some), run, now)
            yield done
        yield Forgotten(0, 0, tuple((number, NOT_ITS_OWN) for number in self._added_to(run)))
        with self.transaction():
            self._forget_rest(run)
        self.merge_words()
        self.remove_files()

    def _forget(self, numbers: Sequence[int], run: int, now: datetime) -> Forgotten:
        if self.db.postgres:
            for number in numbers:
                self.db.sql("SELECT id FROM ticket WHERE id = %s FOR UPDATE", number)
        kept = self._kept(numbers)
        # What was erased by somebody since is no more this run's to forget.
        held = holds.held(self.db, now).tickets
        kept |= dict.fromkeys((number for number in numbers if number in held), "it is held")
        gone = sorted(there_of(self.db, numbers) - kept.keys())
        messages = self._some(Message, Message.ticket, gone)
        entries = self._some(Entry, Entry.ticket, gone)
        names = self._digests(messages, entries)
        self.forget_words(gone)
        self._delete(TicketLink, TicketLink.other, gone)
        self._delete(Imported, Imported.ticket_no, gone)
        self._delete_all({Ticket: gone, Message: messages, Entry: entries, Outbox: ()})
        self.changed.tell(self.db, run, IMPORT_FORGOTTEN)
        left = self._unnamed(names)
        self.blobs.owe_removal(self.blobs.large(left))
        self.blobs.forget(left)
        self._delete(HeldFile, HeldFile.ticket, gone)
        return Forgotten(len(gone), len(entries), tuple(sorted(kept.items())))

    def _added_to(self, run: int) -> list[int]:
        """Return the tickets of earlier imports that a run added entries to."""
        made = Imported.select(Imported.ticket_no).where(Imported.found == False)  # noqa: E712
        added = made.where(Imported.run == run)
        earlier = made.where((Imported.run != run) & (Imported.kind == "ticket"))
        query = Ticket.select(Ticket.id).where(Ticket.id.in_(added) & Ticket.id.in_(earlier))
        return [number for (number,) in self.db.rows(query.order_by(Ticket.id).tuples())]

    def _kept(self, numbers: Sequence[int]) -> dict[int, str]:
        asked = [{"ticket": number} for number in numbers]
        kept: dict[int, str] = {}
        for why, statement in _WHY_KEPT:
            for (number,) in self.db.each(statement, asked):
                kept.setdefault(number, why)
        return kept

    def _forget_rest(self, run: int) -> None:
        """Forget what the run found here. What it made and was kept stays known, and so does what a person
        erased since: it is not to come back with the next import."""
        self.db.run(Imported.delete().where((Imported.run == run) & (Imported.found == True)))  # noqa: E712
        kept = (Imported.run == run) & Imported.ticket_no.in_(Ticket.select(Ticket.id))
        state = DONE if self.db.first(Imported.select(Imported.id).where(kept)) is not None else FORGOTTEN
        self.db.run(ImportRun.update(state=state).where(ImportRun.id == run))


def _row(row: Any, made: _Made, now: datetime) -> RunRow:
    silent = now - max(row.started_at, made.at or row.started_at) > SILENT
    # Who is killed cannot say so.
    state = STOPPED if row.state == RUNNING and silent else row.state
    when = (row.started_at, row.ended_at)
    return RunRow(row.id, row.source, row.kind, state, row.by, *when, row.told, made.tickets, made.entries)
