"""An import, from its source into the store: a few tickets at a time, so that the desk goes on meanwhile."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from intake.imports import counting
from intake.imports.model import ImportedTicket, Remark, Source
from intake.imports.planning import Planner, name_of
from intake.ports import Temporary
from intake.ports.imports import Known, NewTicket, Standing, Written

log = logging.getLogger("intake.import")

# What is looked up together, and what is written in one transaction at most.
TICKETS_AT_ONCE = 50
ENTRIES_AT_ONCE, BYTES_AT_ONCE = 300, 8 * 1024 * 1024
# A part of the time that writing took is left to everybody else, up to so many seconds at a time.
LEFT_TO_OTHERS, LONGEST_PAUSE = 0.25, 0.2
# While the database takes nothing it is tried again, for some minutes in all.
PAUSES = (0.2, 1.0, 5.0, 15.0, 30.0, 60.0, 60.0)
# More remarks are counted and not kept.
MOST_REMARKS = 10_000


class Sink(Protocol):
    """Where tickets are written, and what is there already: the store, or nothing for a dry run."""

    def known(self, refs: Sequence[str]) -> Known:
        """Return which of these names were imported, each with how many of its files are still missing."""

    def outdated(self, there: Mapping[str, Standing]) -> set[str]:
        """Return the tickets that have another, older status here, and that nobody has worked with here."""

    def add(self, tickets: Sequence[NewTicket]) -> Written:
        """Write what is not there yet, in one transaction. Raises Temporary where nothing was written."""


@dataclass(slots=True)
class Report:
    """What an import did. `source` counts what was read, `lost` what could not be imported at all."""

    source: Counter[tuple[int, str]] = field(default_factory=Counter)
    tickets: int = 0
    entries: int = 0
    found: int = 0
    known: int = 0
    # Of those that are known: how many got another status, and files that an earlier run could not have.
    changed: int = 0
    files: int = 0
    lost: int = 0
    missing: int = 0
    gone: int = 0
    told: int = 0
    remarks: list[Remark] = field(default_factory=list)

    def remark(self, remark: Remark) -> None:
        """Keep a remark, as long as there is room, and count it."""
        self.told += 1
        self.lost += remark.lost
        if len(self.remarks) < MOST_REMARKS:
            self.remarks.append(remark)


@dataclass(slots=True)
class Importing:
    """One run. `progress` is told how many tickets of how many were read; `pause` sleeps for some seconds."""

    source: Source
    planner: Planner
    sink: Sink
    progress: Callable[[int, int], None]
    pause: Callable[[float], None] = time.sleep
    report: Report = field(default_factory=Report)
    _waiting: list[NewTicket] = field(default_factory=list)
    _size: int = 0
    _entries: int = 0

    def run(self) -> Report:
        """Import all that is not there yet; safe to be killed and to be called again."""
        whole, done = self.source.count() or 0, 0
        for tickets in self._chunks():
            self._import(tickets)
            done += len(tickets)
            self.progress(done, max(whole, done))
        self._flush()
        self.report.missing, self.report.gone = self.planner.missing, self.planner.gone
        return self.report

    def _chunks(self) -> Iterator[list[ImportedTicket]]:
        some: list[ImportedTicket] = []
        weight = 0
        for item in self.source.tickets():
            if isinstance(item, Remark):
                self.report.remark(item)
                continue
            some.append(item)
            weight += sum(len(entry.text) + len(entry.html) + len(entry.full_text) for entry in item.entries)
            if len(some) >= TICKETS_AT_ONCE or weight > BYTES_AT_ONCE:
                yield some
                some, weight = [], 0
        if some:
            yield some

    def _import(self, tickets: Sequence[ImportedTicket]) -> None:
        self.report.source += counting.count(tickets)
        refs = [ticket.ref for ticket in tickets]
        refs += [name_of(ticket.ref, entry.ref) for ticket in tickets for entry in ticket.entries]
        there = self.sink.known(refs)
        # What lacks files is looked at again: they may be there now.
        known = {ref for ref, missing in there.items() if not missing}
        changed = self._changed([ticket for ticket in tickets if ticket.ref in known])
        for ticket in tickets:
            names = [name_of(ticket.ref, entry.ref) for entry in ticket.entries]
            self.report.known += ticket.ref in known
            if ticket.ref in known and known.issuperset(names) and ticket.ref not in changed:
                continue
            for part in self.planner.plan(ticket, known):
                self._add(part)
            for remark in self.planner.remarks:
                self.report.remark(remark)
            self.planner.remarks.clear()

    def _changed(self, tickets: Sequence[ImportedTicket]) -> set[str]:
        """Return those whose status there is another now. An archive of mail has none: it may be a part."""
        if self.source.kind != "tickets" or not tickets:
            return set()
        changed = self.sink.outdated({ticket.ref: self.planner.standing(ticket) for ticket in tickets})
        self.report.changed += len(changed)
        return changed

    def _add(self, part: NewTicket) -> None:
        if any(waiting.ref == part.ref for waiting in self._waiting):
            # Of one ticket the second part goes on with what the first has written.
            self._flush()
        self._waiting.append(part)
        self._entries += len(part.entries)
        for entry in part.entries:
            self._size += len(entry.raw or b"") + sum(len(file.content) for file in entry.files)
        full = self._entries >= ENTRIES_AT_ONCE or self._size >= BYTES_AT_ONCE
        if full or len(self._waiting) >= TICKETS_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        began = time.monotonic()
        written = self._written(self._waiting)
        self._waiting, self._size, self._entries = [], 0, 0
        self.report.tickets += written.tickets
        self.report.entries += written.entries
        self.report.found += written.found
        self.report.files += written.files
        self.pause(min((time.monotonic() - began) * LEFT_TO_OTHERS, LONGEST_PAUSE))

    def _written(self, tickets: Sequence[NewTicket]) -> Written:
        for seconds in PAUSES:
            try:
                return self.sink.add(tickets)
            except Temporary as err:
                log.warning("the import waits: %s", err)
                self.pause(seconds)
        return self.sink.add(tickets)


@dataclass(slots=True)
class Nowhere:
    """The sink of a dry run: what is there is asked, and nothing is written."""

    behind: Sink
    # What would be written, as `counting` counts it.
    made: Counter[tuple[int, str]] = field(default_factory=Counter)
    _last: str = ""

    def known(self, refs: Sequence[str]) -> Known:
        """Return which of these names were imported."""
        return self.behind.known(refs)

    def outdated(self, there: Mapping[str, Standing]) -> set[str]:
        """Return the tickets that would get another status."""
        return self.behind.outdated(there)

    def add(self, tickets: Sequence[NewTicket]) -> Written:
        """Count what would be written."""
        entries = [entry for ticket in tickets for entry in ticket.entries]
        there = self.behind.known([*(ticket.ref for ticket in tickets), *(entry.ref for entry in entries)])
        new = [ticket for ticket in tickets if ticket.ref not in there and ticket.ref != self._last]
        # A large ticket comes in parts, one after the other.
        self._last = tickets[-1].ref if tickets else self._last
        fresh = [entry for entry in entries if entry.ref not in there]
        for ticket in new:
            self.made[ticket.year, counting.TICKET] += 1
        for entry in fresh:
            self.made[entry.year, entry.kind_there] += 1
            self.made[entry.year, counting.FILE] += entry.listed
        files = 0
        for entry in entries:
            if there.get(entry.ref):
                added = there[entry.ref] - entry.missing - entry.gone
                self.made[entry.year, counting.FILE] += added
                files += max(added, 0)
        return Written(len(new), len(fresh), files=files)
