"""What mail has to do with imported tickets: the number of an old desk in its subject, and mail that was
imported as text and now comes as the mail that it was."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from intake.desk.message import Message
from intake.desk.text.subject_numbers import old_numbers
from intake.ports import Asked
from intake.ports.imports import IMPORT
from intake.store.connection import Connection
from intake.store.import_twins import folded
from intake.store.schema.fields import clean
from intake.store.schema.imports import Imported
from intake.store.schema.tables import Message as Row
from intake.store.statement import SetStatement

_NUMBERS = SetStatement(
    "SELECT v.number, i.ticket_no FROM v JOIN imported i ON i.number = v.number AND i.number <> '' "
    "ORDER BY i.id DESC",
    number=Imported.number,
)
_TWINS = SetStatement(
    "SELECT v.digest, m.id, m.ticket, e.text, e.full_text, "
    "(SELECT COUNT(*) FROM attachment a WHERE a.entry = e.id) "
    "FROM v JOIN message_ref r ON r.message_id = v.message_id AND r.direction = 'in' "
    "JOIN message m ON m.ticket = r.ticket AND m.message_id = v.message_id AND m.sender_key = v.sender_key "
    f"AND m.rule = '{IMPORT}' JOIN entry e ON e.message = m.id ORDER BY m.id",
    digest=Row.sha256,
    message_id=Row.message_id,
    sender_key=Row.sender_key,
)


class OldDesk:
    """The answers for messages that are decided on together."""

    def __init__(self, db: Connection, asked: Sequence[Asked]) -> None:
        self._db, self._asked = db, asked

    def named(self, subject: str) -> list[int]:
        """Return the tickets that had, at an old desk, a number that stands in this subject.

        Whose they are is for the caller to see: a number is no proof of anything.
        """
        names = old_numbers(subject)
        return [ticket for name in names for ticket in self._tickets.get(name, ())] if names else []

    def twin(self, message: Message) -> tuple[int, int | None] | None:
        """Return the imported message that is this one, by Message-ID, author and text, and its ticket."""
        return self._twins.get(message.digest)

    @cached_property
    def _tickets(self) -> Mapping[str, list[int]]:
        names = {name for ask in self._asked for name in old_numbers(ask.message.subject)}
        tickets: dict[str, list[int]] = defaultdict(list)
        if names:
            with self._db.beside():
                rows = self._db.each(_NUMBERS, [{"number": name} for name in sorted(names)])
            for name, ticket in rows:
                tickets[name].append(ticket)
        return tickets

    @cached_property
    def _twins(self) -> Mapping[str, tuple[int, int | None]]:
        asked = {
            ask.message.digest: ask.message
            for ask in self._asked
            if ask.message.message_id and ask.message.sender is not None and ask.message.sender.mailbox
        }
        rows = [
            {"digest": digest, "message_id": mail.message_id, "sender_key": clean(mail.sender.key)}
            for digest, mail in asked.items()
            if mail.sender is not None
        ]
        if not rows:
            return {}
        with self._db.beside():
            there = self._db.each(_TWINS, rows)
        twins: dict[str, tuple[int, int | None]] = {}
        for digest, number, ticket, text, full_text, files in there:
            mail = asked[digest]
            wrote = {folded(clean(said)) for said in (mail.new_text, mail.text)}
            # A mail that brings more than was imported of it is not left out.
            if not wrote.isdisjoint({folded(text), folded(full_text)} - {""}) and files >= len(
                mail.attachments
            ):
                twins.setdefault(digest, (number, ticket))
        return twins
