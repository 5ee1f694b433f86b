"""How many things of another desk, given by their names, were imported and are still here."""

from collections import Counter
from collections.abc import Iterable, Mapping

from intake.ports.imports import Counts
from intake.store.connection import Connection
from intake.store.schema.imports import Imported
from intake.store.statement import SetStatement

_THERE = SetStatement(
    "SELECT i.ref, i.found, t.id, e.id FROM v JOIN imported i ON i.source = v.source AND i.ref = v.ref "
    "LEFT JOIN ticket t ON t.id = i.ticket_no AND i.kind = 'ticket' LEFT JOIN entry e ON e.id = i.entry_no",
    source=Imported.source,
    ref=Imported.ref,
)


def counts_of(db: Connection, source: str, names: Iterable[Mapping[str, tuple[int, str]]]) -> Counts:
    """Return how many of these were imported, by year and kind, and how many of them were erased since.

    `names` are the names that things of a source have, each with its year and kind, some at a time. An
    archive of mail may be one of several that were imported under one name: only what is in it is counted.
    """
    imported: Counter[tuple[int, str]] = Counter()
    erased: Counter[tuple[int, str]] = Counter()
    for some in names:
        for ref, was_there, ticket, entry in db.each(
            _THERE, [{"source": source, "ref": name} for name in some]
        ):
            imported[some[ref]] += 1
            erased[some[ref]] += not was_there and ticket is None and entry is None
    return {key: (number, erased[key]) for key, number in imported.items()}
