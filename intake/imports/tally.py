"""What an archive of mail became, name by name, in few bytes: a million mails are 60 MB."""

from array import array
from collections.abc import Iterator, Mapping

from intake.imports.counting import TICKET
from intake.imports.model import ImportedTicket
from intake.imports.planning import name_of

# Names of tickets are 20 bytes in hexadecimal, those of entries 32 (sha256).
TICKET_BYTES, ENTRY_BYTES = 20, 32
AT_ONCE = 500


class Tally:
    """The names of tickets and entries with their years and kinds."""

    def __init__(self) -> None:
        self._tickets, self._entries = bytearray(), bytearray()
        self._until, self._years = array("L"), array("H")
        self._kinds: list[str] = [TICKET]
        self._kind = bytearray()

    def add(self, ticket: ImportedTicket) -> None:
        """Note a ticket and its entries."""
        self._tickets += bytes.fromhex(ticket.ref)
        self._years.append(ticket.created_at.year)
        for entry in ticket.entries:
            self._entries += bytes.fromhex(entry.ref)
            self._years.append(entry.at.year)
            if entry.kind.value not in self._kinds:
                self._kinds.append(entry.kind.value)
            self._kind.append(self._kinds.index(entry.kind.value))
        self._until.append(len(self._kind))

    def names(self) -> Iterator[Mapping[str, tuple[int, str]]]:
        """Yield all names as they stand in the table of what was imported, some at a time."""
        some: dict[str, tuple[int, str]] = {}
        years = iter(self._years)
        begin = 0
        for number, end in enumerate(self._until):
            ref = self._tickets[number * TICKET_BYTES : (number + 1) * TICKET_BYTES].hex()
            some[ref] = next(years), TICKET
            for place in range(begin, end):
                entry = self._entries[place * ENTRY_BYTES : (place + 1) * ENTRY_BYTES].hex()
                some[name_of(ref, entry)] = next(years), self._kinds[self._kind[place]]
            begin = end
            if len(some) >= AT_ONCE:
                yield some
                some = {}
        if some:
            yield some
