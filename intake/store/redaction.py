"""Redaction: the second of the two exceptions to "raw bytes are never altered", beside erasure.

It leaves a record (an event in the ticket, the audit) and, like an erasure, a tombstone of
each mail as it came, so that reading the mailbox again does not bring the secret back.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from intake.desk.find_effects import DESTROYED, HIDDEN, SEALED
from intake.desk.record.leaf import REDACTED
from intake.desk.sensitive.redactable import Fate, fate
from intake.desk.sensitive.scan import cleaned, find, redacted
from intake.mail.redact import GONE_NAME, GONE_TEXT, redact, redact_file, stub
from intake.ports import Temporary
from intake.store import holds, readings, redacted_places, tellings
from intake.store.blobs import Blobs, digest, tombstone
from intake.store.connection import Connection
from intake.store.record.changed import Changed
from intake.store.schema import tables
from intake.store.schema.finds import SecretFind
from intake.store.schema.previews import Preview
from intake.store.schema.readings import FileReading, HeldFile
from intake.store.schema.sealed import SealedCopy
from intake.store.schema.state import Tombstone
from intake.store.schema.tables import Attachment, Entry, Message, Outbox
from intake.store.search import SearchIndex

log = logging.getLogger("intake.store")

# Takes bytes as they came, before they are written anew: of a message, or of an entry without one.
Keep = Callable[[bytes, int | None, int | None], None]
# The kind of what is counted where a file went as a whole.
FILE = "file"
# The same of what was sealed before.
SEALED_COPY = "sealed original"
NOTHING = "nothing was redacted: no secret was found"


def said_of(kinds: Counter[str]) -> str:
    """Return in words what was taken out."""
    said = ", ".join(f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in sorted(kinds.items()))
    return f"redacted: {said or 'what quotes it'}"


def said_of_sealed(redacted_: str) -> str:
    """Return the same of what was sealed (see `said_of`)."""
    return "sealed: " + redacted_.removeprefix("redacted: ") if redacted_ != NOTHING else "sealed: nothing"


class Redaction(SearchIndex):
    """Taking secrets out of one ticket. Runs within the transaction of whoever asks.

    `keep` is given what came before it is written anew, to be sealed; without one the secrets are destroyed,
    and what was sealed of that ticket before as well.
    """

    def __init__(self, db: Connection, blobs: Blobs, keep: Keep | None = None) -> None:
        super().__init__(db, blobs)
        self.changed, self.keep = Changed(), keep

    def redact(
        self, ticket: int, literals: Sequence[str], key: bytes, now: datetime, current: int | None = None
    ) -> tuple[str, tuple[str, ...]]:
        """Take every secret out of a ticket; return in words what was found, and the files that nobody could
        look into.

        `literals` count as secrets. `key` makes the tombstones; `current` is the message that asks,
        which may quote what it wants gone. A file with a secret that is no text goes as a whole. Bytes
        in files of their own are removed after the commit.
        """
        if not self.db.postgres:
            # What is overwritten from here on is overwritten with zeros.
            self.db.sql("PRAGMA secure_delete = on")
        if holds.hold_of(self.db, ticket, now) is not None:
            raise Temporary("a ticket was held while something was to be taken out of it")
        tickets = self._merged(ticket)
        ids = self._ids(Message.select(Message.id).where(Message.ticket.in_(tickets)))
        linked = Entry.select(Entry.message).where(Entry.ticket.in_(tickets) & Entry.message.is_null(False))
        messages = {*ids, *self._ids(linked), *([current] if current else [])}
        # The same mail through another mailbox holds the same secret.
        messages.update(self._ids(Message.select(Message.id).where(Message.duplicate_of.in_(list(messages)))))
        # A mail that was split off stands in another ticket as well.
        entries = (Entry.ticket.in_(tickets)) | (Entry.message.in_(list(messages)))
        kinds = self._entries(entries, literals) + self._tickets(tickets, literals)
        kinds += redacted_places.redact(self.db, self.changed, tickets, messages, literals)
        old, gone, closed = self._files(entries, literals)
        kinds.update({FILE: sum(len(names) for names in gone.values())} if gone else {})
        every = self._with_previews({name for names in gone.values() for name in names})
        old |= self._messages(messages, literals, key, now, gone, every)
        mails = self._outbox(tickets, literals, every)
        kinds.update({SEALED_COPY: gone_too} if (gone_too := self._ended(tickets, messages)) else {})
        self.changed.tell(self.db, ticket, REDACTED, REDACTED)
        tellings.redact(self.db, tickets, lambda text: cleaned(text, literals))
        left = self._unnamed(old)
        self.blobs.owe_removal(self.blobs.large(left))
        self.blobs.forget(left)
        self.db.later(self._remove_files)
        for number in sorted({*tickets, *self._ids(Entry.select(Entry.ticket).where(entries))}):
            self.reindex(number)
        self.db.later(self.merge_words)
        if not kinds and not old and not mails:
            return NOTHING, closed
        return said_of(kinds), closed

    def _remove_files(self) -> None:
        try:
            self.blobs.remove_owed()
        except Temporary as err:
            # The commit stands, and what is owed is done with the next removal, every night at the latest.
            log.warning("redacted files could not be removed yet: %s", err)

    def _merged(self, ticket: int) -> list[int]:
        """Return the ticket and all that were merged into it, one after the other."""
        numbers, new = [ticket], [ticket]
        while new:
            query = tables.Ticket.select(tables.Ticket.id).where(tables.Ticket.merged_into.in_(new))
            new = [number for number in self._ids(query) if number not in numbers]
            numbers += new
        return numbers

    def _entries(self, where: Any, literals: Sequence[str]) -> Counter[str]:
        kinds: Counter[str] = Counter()
        columns = (Entry.id, Entry.text, Entry.full_text, Entry.author_name, Entry.message)
        for entry_id, text, full, name, message in self.db.rows(Entry.select(*columns).where(where).tuples()):
            there, whole, named = find(text, literals), find(full, literals), find(name, literals)
            if not there and not whole and not named:
                continue
            if self.keep and message is None:
                self.keep((full or text).encode("utf-8", "surrogatepass"), None, entry_id)
            kinds.update(secret.kind for secret in (*max(there, whole, key=len), *named))
            values = {
                "text": redacted(text, there),
                "full_text": redacted(full, whole),
                "author_name": redacted(name, named),
            }
            self.db.run(Entry.update(**values).where(Entry.id == entry_id))
            self.changed.note(Entry, entry_id)
        return kinds

    def _tickets(self, tickets: Sequence[int], literals: Sequence[str]) -> Counter[str]:
        kinds: Counter[str] = Counter()
        model = tables.Ticket
        columns = (model.id, model.subject, model.requester_name, model.fields)
        query = model.select(*columns).where(model.id.in_(list(tickets)))
        for number, subject, name, fields in self.db.rows(query.tuples()):
            kinds.update(
                secret.kind for text in (subject, *fields.values()) for secret in find(text, literals)
            )
            values = {
                "subject": cleaned(subject, literals),
                "requester_name": cleaned(name, literals),
                "fields": {field: cleaned(value, literals) for field, value in fields.items()},
            }
            if values != {"subject": subject, "requester_name": name, "fields": dict(fields)}:
                self.db.run(model.update(**values).where(model.id == number))
                self.changed.note(model, number)
        return kinds

    def _messages(
        self,
        ids: Iterable[int],
        literals: Sequence[str],
        key: bytes,
        now: datetime,
        gone: Mapping[int | None, Sequence[str]],
        every: Sequence[str],
    ) -> set[str]:
        """Write the raw bytes of messages anew; return the digests of what they were. `gone` are the digests
        of the files that went as a whole, by the message that brought them; `every` has all of them, and
        what else shows them."""
        old: set[str] = set()
        known = self._hidden_in(ids) if self.keep else frozenset()
        for ledger_id in sorted(ids):
            query = Message.select(Message.sha256, Message.subject).where(Message.id == ledger_id)
            name, subject = self.db.first(query.tuples())
            raw, said = self.blobs.get(name) or b"", self._said(ledger_id)
            theirs = gone.get(ledger_id, ())
            made = redact(raw, literals, said, f"message {ledger_id}", theirs or every, must=bool(theirs))
            if made is None and ledger_id in known:
                # It was read out of the mail in a way that writing it anew does not know.
                made = stub(raw, literals, said, f"message {ledger_id}")
            if made is None:
                continue
            if self.keep:
                self.keep(raw, ledger_id, None)
            self.blobs.put({digest(made): made})
            values = {
                "sha256": digest(made),
                "size": len(made),
                "subject": cleaned(subject, literals),
            }
            self.db.run(Message.update(**values).where(Message.id == ledger_id))
            self.changed.note(Message, ledger_id)
            grave = Tombstone.insert(digest=tombstone(key, name), erased_at=now)
            self.db.run(grave.on_conflict_ignore().as_rowcount())
            old.add(name)
        return old

    def _hidden_in(self, ids: Iterable[int]) -> frozenset[int]:
        """Return those of these messages in which something is known to be hidden."""
        where = SecretFind.message.in_(list(ids)) & (SecretFind.state == HIDDEN)
        rows = self.db.rows(SecretFind.select(SecretFind.message).where(where).distinct().tuples())
        return frozenset(number for (number,) in rows)

    def _with_previews(self, names: Collection[str]) -> list[str]:
        """Return these digests of files and those of their previews, which mails to agents hold as well."""
        query = Preview.select(Preview.content).where(Preview.sha256.in_(list(names)))
        previews = (bytes(content) for (content,) in self.db.rows(query.tuples()))
        return sorted({*names, *(digest(preview) for preview in previews if preview)})

    def _said(self, message: int) -> str:
        """Return what stays of a message whose parts cannot be written anew: its entry's whole text."""
        query = Entry.select(Entry.full_text, Entry.text).where(Entry.message == message)
        row = self.db.first(query.order_by(Entry.id).tuples())
        return (row[0] or row[1]) if row else "[redacted]"

    def _files(
        self, where: Any, literals: Sequence[str]
    ) -> tuple[set[str], dict[int | None, list[str]], tuple[str, ...]]:
        """Write files anew; return the digests of what they were, those of what went as a whole by the
        message that brought it, and the names of those that nobody could look into."""
        columns = (
            Attachment.id,
            Attachment.sha256,
            Attachment.media_type,
            Attachment.name,
            Entry.message,
            Entry.id,
        )
        query = Attachment.select(*columns).join(Entry, on=(Attachment.entry == Entry.id)).where(where)
        rows = self.db.rows(query.order_by(Attachment.id).tuples())
        read = readings.known(self.db, [row[1] for row in rows])
        old: set[str] = set()
        gone: dict[int | None, list[str]] = defaultdict(list)
        closed: list[str] = []
        for file_id, name, kind, called, message, entry in rows:
            shown = cleaned(called, literals)
            values: dict[str, object] = {"name": shown} if shown != called else {}
            if values and self.keep and message is None:
                self.keep(called.encode("utf-8", "surrogatepass"), None, entry)
            made = redact_file(self.blobs.get(name) or b"", kind, literals, f"attachment {file_id}")
            becomes = fate(kind, read.get(name), literals) if made is None else Fate.KEPT
            if becomes is Fate.REMOVED:
                made = GONE_TEXT.encode()
                values |= {"name": GONE_NAME, "media_type": "text/plain"}
                gone[message].append(name)
            elif becomes is Fate.CLOSED:
                closed.append(shown)
            if made is not None:
                if self.keep and message is None:
                    self.keep(self.blobs.get(name) or b"", None, entry)
                self.blobs.put({digest(made): made})
                values |= {"sha256": digest(made), "size": len(made)}
                old.add(name)
            if shown != called or becomes is Fate.REMOVED:
                # Whoever looks into it, or sends it later, knows its name, too.
                self.db.run(FileReading.update(name="").where(FileReading.sha256 == name))
                self.db.run(HeldFile.update(name=shown).where(HeldFile.sha256 == name))
            if becomes is Fate.REMOVED:
                self.db.run(HeldFile.delete().where(HeldFile.sha256 == name))
            if values:
                self.db.run(Attachment.update(**values).where(Attachment.id == file_id))
                self.changed.note(Entry, entry)
        return old, gone, tuple(dict.fromkeys(closed))

    def _ended(self, tickets: Sequence[int], messages: Collection[int]) -> int:
        """Note of what was found that it is sealed or gone; nothing is excused any more. Return how many
        sealed originals were destroyed."""
        theirs = SecretFind.ticket.in_(list(tickets))
        if self.keep:
            # What stands in neither, such as a survey's comment, stays hidden.
            stands = SecretFind.message.is_null(False) | SecretFind.entry.is_null(False)
            which = theirs & stands & (SecretFind.state == HIDDEN)
            self.db.run(SecretFind.update(state=SEALED).where(which))
            return 0
        self.db.run(SecretFind.update(state=DESTROYED).where(theirs))
        copies = SealedCopy.ticket.in_(list(tickets)) | SealedCopy.message.in_(list(messages))
        gone = self._ids(SealedCopy.delete().where(copies).returning(SealedCopy.id))
        model = tables.Ticket
        self.db.run(model.update(excused=()).where(model.id.in_(list(tickets))))
        return len(gone)

    def _outbox(self, tickets: Sequence[int], literals: Sequence[str], gone: Sequence[str]) -> int:
        """Write anew what was made of the secret: notices to agents quote what customers write."""
        query = Outbox.select(Outbox.id, Outbox.mime).where(Outbox.ticket.in_(list(tickets)))
        changed = 0
        for outbox_id, raw in self.db.rows(query.tuples()):
            made = redact(raw, literals, "[redacted]", f"mail {outbox_id}", gone)
            if made is not None:
                self.db.run(Outbox.update(mime=made).where(Outbox.id == outbox_id))
                self.changed.note(Outbox, outbox_id)
                changed += 1
        return changed

    def _unnamed(self, names: Iterable[str]) -> list[str]:
        """Return those digests that no message and no attachment names any more."""
        left = set(names)
        for model in (Message, Attachment):
            query = model.select(model.sha256).where(model.sha256.in_(list(left)))
            left -= {name for (name,) in self.db.rows(query.tuples())}
        return sorted(left)

    def _ids(self, query: Any) -> list[int]:
        return [number for (number,) in self.db.rows(query.tuples())]
