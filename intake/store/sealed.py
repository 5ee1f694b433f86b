"""Sealing: what came with a secret is kept for the holder of an offline key, and a cleaned copy is read.

It is a redaction that keeps what it takes out. Both are done in one transaction: what came is there as it
came, or sealed. A sealed copy is known by the digest that the bytes had, of which a tombstone stays as well,
so that the same mail is not received again.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import peewee

from intake.desk.find_effects import DESTROYED, HIDDEN, SEALED
from intake.desk.sensitive.opening import Request
from intake.desk.sensitive.scan import hidden
from intake.store.audit import record_audit
from intake.store.base import StorePart
from intake.store.blobs import Blobs, digest
from intake.store.connection import Connection
from intake.store.redaction import Redaction, said_of_sealed
from intake.store.schema.finds import SecretFind
from intake.store.schema.sealed import OpenRequest, SealedCopy
from intake.store.schema.tables import Meta, Ticket
from intake.views import SealedRow

# In `meta`: whom is sealed for.
_RECIPIENT = "seal_recipient"
# What every age file begins with (age-encryption.org/v1).
MAGIC = b"age-encryption.org/v1\n"
# How a ticket without false alarms stands in the database.
_NO_MARKS = "[]"
# What is too unsure is hidden only: `#unhide` shows it.
_SURE = ("certain", "likely")

Encrypt = Callable[[bytes, str], bytes]


def without_copy() -> Any:
    """Return which finds are said to be sealed, and have no sealed copy."""
    messages = SealedCopy.select(SealedCopy.message).where(SealedCopy.message.is_null(False))
    entries = SealedCopy.select(SealedCopy.entry).where(SealedCopy.entry.is_null(False))
    lost = (SecretFind.message.is_null(False) & SecretFind.message.not_in(messages)) | (
        SecretFind.message.is_null() & SecretFind.entry.not_in(entries)
    )
    return (SecretFind.state == SEALED) & lost


def _to_seal() -> Any:
    """Return which finds are to be sealed. What a survey's comment holds has no message and no entry."""
    stands = SecretFind.message.is_null(False) | SecretFind.entry.is_null(False)
    return (SecretFind.state == HIDDEN) & SecretFind.confidence.in_(_SURE) & stands


class SqlSealed(StorePart):
    """Sealed copies. `key` makes the tombstones of what came."""

    def __init__(self, db: Connection, blobs: Blobs, key: bytes = b"") -> None:
        super().__init__(db, blobs)
        self._key = key

    def recipient(self) -> str:
        """Return whom is sealed for, an age recipient; "" where nothing is sealed."""
        row = self.db.first(Meta.select(Meta.value).where(Meta.name == _RECIPIENT).tuples())
        return row[0] if row else ""

    def seal_for(self, recipient: str, who: str, authority: str, now: datetime) -> None:
        """Seal for this recipient from now on, "": for nobody. What is sealed stays as it is."""
        with self.transaction():
            self.db.run(Meta.delete().where(Meta.name == _RECIPIENT))
            if recipient:
                self.db.run(Meta.insert(name=_RECIPIENT, value=recipient).as_rowcount())
            act = f"sealed from now on for {recipient}" if recipient else "sealed no more"
            record_audit(self.db, who, act, now, authority)

    def recipients(self) -> list[tuple[str, int]]:
        """Return for whom there are sealed copies, and how many."""
        query = SealedCopy.select(SealedCopy.recipient, peewee.fn.COUNT(SealedCopy.id)).group_by(
            SealedCopy.recipient
        )
        return sorted(self.db.rows(query.tuples()))

    def waiting(self, limit: int) -> list[int]:
        """Return tickets in which something is to be sealed.

        None in which somebody had something shown (`#unhide`): what they need must not go with the rest.
        """
        query = (
            SecretFind.select(SecretFind.ticket)
            .join(Ticket, on=(Ticket.id == SecretFind.ticket))
            .where(_to_seal() & (peewee.fn.LENGTH(Ticket.excused) <= len(_NO_MARKS)))
            .distinct()
            .order_by(SecretFind.ticket)
            .limit(limit)
        )
        return [number for (number,) in self.db.rows(query.tuples())]

    def seal(self, ticket: int, encrypt: Encrypt, now: datetime) -> str:
        """Seal what came with secrets into a ticket, and clean what is read; return in words what was found.

        Within the running transaction. "" where another process was quicker.
        """
        recipient = self.recipient()
        asked = Ticket.select(Ticket.id).where(Ticket.id == ticket)
        self.db.first((asked.for_update() if self.db.postgres else asked).tuples())
        hidden = (SecretFind.ticket == ticket) & _to_seal()
        if not recipient or self.db.first(SecretFind.select(SecretFind.id).where(hidden).tuples()) is None:
            return ""

        def keep(content: bytes, message: int | None, entry: int | None) -> None:
            row: dict[str, Any] = {
                "ticket": ticket,
                "message": message,
                "entry": entry,
                "sha256": digest(content),
                "size": len(content),
                "content": encrypt(content, recipient),
                "recipient": recipient,
                "sealed_at": now,
            }
            self.db.run(SealedCopy.insert(**row).as_rowcount())

        text, _ = Redaction(self.db, self.blobs, keep).redact(ticket, (), self._key, now)
        self._without_copy()
        self.db.flush()
        return said_of_sealed(text)

    def copies(self, number: int) -> list[SealedRow]:
        """Return the sealed copies in which a find stands, the oldest first."""
        row = self.db.first(SecretFind.select().where(SecretFind.id == number))
        if row is None:
            return []
        if row.message is not None:
            where = SealedCopy.message == row.message
        else:
            where = SealedCopy.entry == row.entry
        query = SealedCopy.select().where(where).order_by(SealedCopy.id)
        return [
            SealedRow(copy.id, copy.message is not None, copy.sha256, copy.recipient, copy.content)
            for copy in self.db.rows(query)
        ]

    def mark_of(self, number: int) -> str:
        """Return what the secret of a find is known again by; "" where there is no such find."""
        row = self.db.first(SecretFind.select(SecretFind.hmac).where(SecretFind.id == number).tuples())
        return row[0] if row else ""

    def end(self, before: datetime, now: datetime) -> int:
        """Destroy the copies that were sealed before a moment; return how many."""
        old = SealedCopy.sealed_at < before
        if self.db.first(SealedCopy.select(SealedCopy.id).where(old).tuples()) is None:
            return 0
        if not self.db.postgres:
            self.db.sql("PRAGMA secure_delete = on")
        with self.transaction():
            gone = self.db.rows(SealedCopy.delete().where(old).returning(SealedCopy.id).tuples())
            self._without_copy()
            if gone:
                record_audit(self.db, "Intake", f"destroyed sealed copies: {len(gone)}", now, "clock")
        return len(gone)

    def destroy(self, number: int, who: str, authority: str, now: datetime) -> int:
        """Destroy the copies in which a find stands; return how many."""
        ids = [copy.id for copy in self.copies(number)]
        with self.transaction():
            self.db.run(SealedCopy.delete().where(SealedCopy.id.in_(ids)))
            self._without_copy()
            record_audit(self.db, who, f"destroyed the sealed copies of find {number}", now, authority)
        return len(ids)

    def _without_copy(self) -> None:
        """Note of what was sealed, and is no more, that it is gone."""
        self.db.run(SecretFind.update(state=DESTROYED).where(without_copy()))

    def ask(self, number: int, request: Request) -> None:
        """Keep somebody's wish to open a find."""
        row = self.db.first(SecretFind.select(SecretFind.ticket).where(SecretFind.id == number).tuples())
        values: dict[str, Any] = {
            "find": number,
            "ticket": row[0] if row else 0,
            "who": request.who,
            "login": request.login,
            "reason": hidden(request.reason),
            "asked_at": request.asked_at,
        }
        self.db.run(OpenRequest.insert(**values).as_rowcount())

    def request(self, number: int) -> Request | None:
        """Return the newest wish to open a find."""
        query = OpenRequest.select().where(OpenRequest.find == number).order_by(OpenRequest.id.desc())
        row = self.db.first(query.limit(1))
        if row is None:
            return None
        return Request(row.who, row.login, row.reason, row.asked_at, row.agreed, row.agreed_at)

    def agree(self, number: int, who: str, now: datetime) -> bool:
        """Note that a second person agreed; False when no wish waits, as when two agree at once."""
        newest = OpenRequest.select(OpenRequest.id).where(OpenRequest.find == number)
        row = self.db.first(newest.order_by(OpenRequest.id.desc()).limit(1).tuples())
        if row is None:
            return False
        waits = (OpenRequest.id == row[0]) & (OpenRequest.agreed == "")
        query = OpenRequest.update(agreed=who, agreed_at=now).where(waits).returning(OpenRequest.id)
        return bool(self.db.rows(query.tuples()))
