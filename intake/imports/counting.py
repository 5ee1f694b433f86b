"""What a source holds and what was imported of it, side by side: per year and kind. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from intake.imports.model import ImportedTicket, Kind
from intake.ports.imports import Counts

TICKET, FILE = "ticket", "file"
# Of the files those that the old desk itself had lost: a column of their line and no line.
GONE_FILE = "gone file"
KINDS = (TICKET, *(kind.value for kind in Kind), FILE)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table. `gone` of the source it had lost itself; `erased` of what was imported is not
    here any more."""

    year: int
    kind: str
    source: int
    imported: int
    erased: int = 0
    gone: int = 0

    @property
    def lacks(self) -> int:
        """How many are in the source and were not imported; less than 0: more than the source has now."""
        left = self.source - self.imported
        # What is gone now may have been imported while it was there.
        return left - min(self.gone, max(left, 0))


def count(tickets: Iterable[ImportedTicket]) -> Counter[tuple[int, str]]:
    """Return how many there are of each year (UTC) and kind, files as they are listed."""
    counts: Counter[tuple[int, str]] = Counter()
    for ticket in tickets:
        counts[ticket.created_at.year, TICKET] += 1
        for entry in ticket.entries:
            counts[entry.at.year, entry.kind.value] += 1
            if entry.files:
                counts[entry.at.year, FILE] += len(entry.files)
                counts[entry.at.year, GONE_FILE] += sum(file.gone for file in entry.files)
    return counts


def table(source: Mapping[tuple[int, str], int], imported: Counts) -> list[Line]:
    """Return both sides, year after year, with no line of nothing."""
    there = {key for key, (number, _) in imported.items() if number} | {k for k, n in source.items() if n}
    order = {kind: place for place, kind in enumerate(KINDS)}
    return [
        Line(
            year,
            kind,
            source.get((year, kind), 0),
            *imported.get((year, kind), (0, 0)),
            gone=source.get((year, GONE_FILE), 0) if kind == FILE else 0,
        )
        for year, kind in sorted(there, key=lambda key: (key[0], order.get(key[1], len(order))))
        if kind != GONE_FILE
    ]
