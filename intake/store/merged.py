"""Which tickets were merged into which, however many times over."""

from collections import defaultdict
from collections.abc import Iterable

from intake.store.connection import Connection
from intake.store.schema import tables
from intake.store.statement import SetStatement

# Of a ticket into which thousands were merged only so many of the newest are read.
MOST_MERGED = 50
# In the place of a table: the tickets (`id`) that were merged into each of `v`, and it (`root`). UNION ends
# a circle.
INTO = (
    "(WITH RECURSIVE x(root, id) AS (SELECT ticket, ticket FROM v UNION SELECT x.root, t.id FROM x "
    "JOIN ticket t ON t.merged_into = x.id) SELECT root, id FROM x WHERE id <> root)"
)
_INTO = SetStatement(f"SELECT y.root, y.id FROM {INTO} y ORDER BY y.id DESC", ticket=tables.Ticket.id)


def newest(rows: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    """Return the newest of the tickets that went into each, of rows that begin with the newest."""
    into: dict[int, list[int]] = defaultdict(list)
    for root, number in rows:
        if len(into[root]) < MOST_MERGED:
            into[root].append(number)
    return into


def with_merged(db: Connection, number: int) -> list[int]:
    """Return a ticket and the tickets that were merged into it, sorted."""
    return sorted({number, *newest(db.each(_INTO, [{"ticket": number}])).get(number, ())})
