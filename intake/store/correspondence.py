"""What was said in tickets, as answers to them may quote it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from intake.desk.effects import MailKind
from intake.desk.facts import Correspondence
from intake.desk.ticket import EntryKind
from intake.store.connection import Connection
from intake.store.schema.fields import clean
from intake.store.schema.tables import Entry, Outbox, Ticket
from intake.store.statement import SetStatement

# So many of our mails, none with files of that size, and so many entries, each up to so many characters:
# what is quoted is what was written of late.
MOST_MAILS, LARGEST_MAIL = 5, 512 * 1024
MOST_ENTRIES, LONGEST_ENTRY = 20, 64 * 1024
# So many answers are looked up for at once, and our mails up to so many bytes: it is held in memory.
AT_ONCE, MOST_BYTES = 25, 8 << 20
# What customers get, and what they wrote. An entry of theirs holds all that stood in their mail.
TO_CUSTOMERS = tuple(kind.value for kind in MailKind if not kind.to_agent)
SAID = (EntryKind.CUSTOMER.value, EntryKind.REPLY.value)

_TEXTS = ", ".join(f"SUBSTR(e.{name}, 1, {LONGEST_ENTRY})" for name in ("text", "full_text"))
_NAMED = SetStatement(
    "SELECT o.message_id, o.id, LENGTH(o.mime) FROM v CROSS JOIN outbox o WHERE o.message_id = v.message_id "
    f"AND LENGTH(o.mime) <= {LARGEST_MAIL}",
    message_id=Outbox.message_id,
)
_NEWEST = SetStatement(
    "SELECT o.ticket, o.id, LENGTH(o.mime) FROM v JOIN outbox o ON o.id IN (SELECT id FROM outbox "
    f"WHERE ticket = v.ticket AND kind IN {TO_CUSTOMERS} AND LENGTH(mime) <= {LARGEST_MAIL} "
    f"ORDER BY id DESC LIMIT {MOST_MAILS})",
    ticket=Outbox.ticket,
)
_MIME = SetStatement("SELECT o.id, o.mime FROM v CROSS JOIN outbox o WHERE o.id = v.id", id=Outbox.id)
_SAID = SetStatement(
    f"SELECT e.ticket, e.id, e.kind, {_TEXTS} FROM v JOIN entry e ON e.id IN (SELECT id FROM entry "
    f"WHERE ticket = v.ticket AND kind IN {SAID} ORDER BY id DESC LIMIT {MOST_ENTRIES}) ORDER BY e.id",
    ticket=Entry.ticket,
)


class Quotable:
    """Our mails and the entries that answers may quote: of `answers`, the Message-IDs that each names and its
    ticket, as far as that is known. Asked for as many of them at once as fit."""

    def __init__(self, db: Connection, answers: Sequence[tuple[Sequence[str], int | None]]) -> None:
        self._db, self._answers = db, answers
        # How many were asked about, in their order.
        self._done = 0
        self._sizes: dict[int, int] = {}
        self._mails: dict[int, bytes] = {}
        self._entries: dict[int, list[tuple[int, str]]] = {}

    def of(self, ids: Sequence[str], ticket: int) -> Correspondence:
        """Return what an answer in this ticket to the mails with these Message-IDs may quote.

        A mail that is named counts whoever got it: a customer may answer a notification that was passed on.
        Where none is named, the newest to customers stand in.
        """
        new = [row for row in self._db.writes_of(Outbox) if len(row["mime"]) <= LARGEST_MAIL]
        names = {_key(message_id) for message_id in ids}
        sent = {number for name in names for number in self._named.get(name, ())}
        fresh = {row["id"]: row["mime"] for row in new if row["message_id"] in ids}
        if not sent and not fresh:
            sent = set(self._newest_in(ticket))
            fresh = {
                row["id"]: row["mime"]
                for row in new
                if row["ticket"] == ticket and row["kind"] in TO_CUSTOMERS
            }
        chosen = sorted({*sent, *fresh})[-MOST_MAILS:]
        mails = {**self._loaded([number for number in chosen if number not in fresh]), **fresh}
        texts = [*self._said_in(ticket), *_said(self._db.writes_of(Entry), ticket)]
        self._done += 1
        return Correspondence(
            tuple(mails[number] for number in chosen if number in mails), tuple(texts[-MOST_ENTRIES:])
        )

    @cached_property
    def _named(self) -> Mapping[str, list[int]]:
        ids = {message_id for named, _ in self._answers for message_id in named}
        named: dict[str, list[int]] = defaultdict(list)
        for name, number, size in self._each(_NAMED, "message_id", ids):
            named[name].append(number)
            self._sizes[number] = size
        return named

    @cached_property
    def _newest(self) -> dict[int, list[int]]:
        tickets = {
            ticket
            for ids, ticket in self._answers
            if ticket and not any(_key(message_id) in self._named for message_id in ids)
        }
        newest: dict[int, list[int]] = {ticket: [] for ticket in tickets}
        for ticket, number, size in self._each(_NEWEST, "ticket", tickets):
            newest[ticket].append(number)
            self._sizes[number] = size
        return newest

    def _newest_in(self, ticket: int) -> list[int]:
        if self._db.is_new(Ticket, ticket):
            return []
        if ticket not in self._newest:
            self._newest[ticket] = [number for _, number, _ in self._each(_NEWEST, "ticket", [ticket])]
        return self._newest[ticket]

    def _loaded(self, numbers: Sequence[int]) -> Mapping[int, bytes]:
        """Return these mails; where one is missing at hand, those of the next answers are loaded with it."""
        if any(number not in self._mails for number in numbers):
            wanted = set(numbers) | set(self._soon())
            self._mails = {number: bytes(mime) for number, mime in self._each(_MIME, "id", wanted)}
        return {number: self._mails[number] for number in numbers if number in self._mails}

    def _soon(self) -> Iterable[int]:
        """Yield the mails that the next answers want, as far as they fit."""
        total = 0
        for ids, ticket in self._next:
            named = sorted(number for name in map(_key, ids) for number in self._named.get(name, ()))
            for number in (named or sorted(self._newest.get(ticket or 0, ())))[-MOST_MAILS:]:
                total += self._sizes[number]
                if total > MOST_BYTES:
                    return
                yield number

    @property
    def _next(self) -> Sequence[tuple[Sequence[str], int | None]]:
        return self._answers[self._done : self._done + AT_ONCE]

    def _said_in(self, ticket: int) -> list[str]:
        if self._db.is_new(Ticket, ticket):
            return []
        if ticket not in self._entries:
            wanted = {ticket} | {other for _, other in self._next if other}
            self._entries = {number: [] for number in wanted}
            for number, entry, kind, text, whole in self._each(_SAID, "ticket", wanted):
                self._entries[number].append((entry, said_in(kind, text, whole)))
        return [text for _, text in self._entries[ticket]]

    def _each(self, statement: SetStatement, name: str, values: Iterable[Any]) -> list[Any]:
        rows = [{name: value} for value in sorted(values)]
        if not rows:
            return []
        with self._db.beside():
            return self._db.each(statement, rows)


def said_in(kind: str, text: str, whole: str) -> str:
    """Return what a quote of an entry may hold: of an answer of ours no more than what went out."""
    return text if kind == EntryKind.REPLY.value else whole or text


def _said(rows: Iterable[Mapping[str, Any]], ticket: int) -> list[str]:
    return [
        said_in(row["kind"], clean(row["text"])[:LONGEST_ENTRY], clean(row["full_text"])[:LONGEST_ENTRY])
        for row in rows
        if row["ticket"] == ticket and row["kind"] in SAID
    ]


def _key(message_id: str) -> str:
    name: str = Outbox.message_id.db_value(message_id)
    return name
