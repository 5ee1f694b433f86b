"""The acts that the record names for what was erased or changed, and whether the audit has them."""

from collections.abc import Iterator

from intake.desk.record.leaf import AUDIT, CHANGED, ERASED, FORGOT, GONE, IMPORT_FORGOTTEN, REDACTED
from intake.store.connection import Connection
from intake.store.schema.record import RecordRow
from intake.store.schema.tables import Audit, Ticket


class Acts:
    """The acts of one comparison. `gone` and `changed` count the rows they were done to."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self.gone = self.changed = 0
        # Each act (why, by), with the row that it was named for first.
        self._named: dict[tuple[str, int], str] = {}

    def count(self, why: str) -> None:
        """Count a row of which the record says last that it was changed, or is gone."""
        self.gone += why in GONE
        self.changed += why not in GONE

    def note(self, why: str, by: int, whose: str) -> None:
        """Note that the record names an act for a row, called `whose`."""
        self._named.setdefault((why, by), whose)

    def missing(self) -> Iterator[str]:
        """Yield the acts that were named and that the audit does not have."""
        for (why, by), whose in sorted(self._named.items()):
            if not self._there(why, by):
                yield f"{whose} is {why} by act {by}, and the audit has no such act"

    def _there(self, why: str, by: int) -> bool:
        if why in (ERASED, CHANGED):
            return self._any((Audit.id == by) & Audit.what.startswith(ERASED))
        if why == IMPORT_FORGOTTEN:
            return self._any(Audit.what == f"{FORGOT} {by}")
        if why != REDACTED:
            return False
        acts = Audit.what.startswith("#redact") | Audit.what.startswith("sealed")
        return self._any((Audit.ticket == by) & acts) or self._erased(by)

    def _any(self, which: object) -> bool:
        return self._db.first(Audit.select(Audit.id).where(which).tuples()) is not None

    def _erased(self, ticket: int) -> bool:
        """Whether a ticket was erased: with it its acts were, and that they were recorded stays."""
        if self._db.first(Ticket.select(Ticket.id).where(Ticket.id == ticket).tuples()) is not None:
            return False
        of_it = RecordRow.body.contains(f'"ticket":{ticket:d}}}')
        row = self._db.first(
            RecordRow.select(RecordRow.seq).where((RecordRow.kind == AUDIT) & of_it).tuples()
        )
        return row is not None
