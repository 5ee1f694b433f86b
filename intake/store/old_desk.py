"""What mail has to do with imported tickets: the number of an old desk in its subject, and mail that was
imported as text and now comes as the mail that it was."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from intake.desk.message import Message
from intake.desk.text.subject_numbers import old_numbers
from intake.ports import Asked
from intake.ports.imports import IMPORT
from intake.store import same_words
from intake.store.connection import Connection
from intake.store.schema.imports import Imported
from intake.store.statement import SetStatement

_NUMBERS = SetStatement(
    "SELECT v.number, i.ticket_no FROM v JOIN imported i ON i.number = v.number AND i.number <> '' "
    "ORDER BY i.id DESC",
    number=Imported.number,
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
        asked: dict[same_words.Key, list[Message]] = defaultdict(list)
        for ask in self._asked:
            mail = ask.message
            if mail.message_id and mail.sender is not None and mail.sender.mailbox:
                asked[same_words.key(mail.message_id, mail.sender.key)].append(mail)
        if not asked:
            return {}
        twins: dict[str, tuple[int, int | None]] = {}
        with self._db.beside():
            for key, kept in same_words.alike(self._db, asked, IMPORT):
                for mail in asked[key]:
                    said = same_words.words(mail.new_text, mail.text)
                    for there in kept:
                        if same_words.holds(there.words, there.files, said, len(mail.attachments)):
                            twins.setdefault(mail.digest, (there.message, there.ticket))
        return twins
