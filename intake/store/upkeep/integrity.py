"""Whether the database keeps what was promised: nothing lost, nothing half done."""

from collections.abc import Iterator
from typing import Any

import peewee

from intake.desk.effects import Outcome
from intake.ports import Temporary
from intake.store.base import StorePart
from intake.store.blobs import digest
from intake.store.connection import ROWS_AT_ONCE
from intake.store.schema.finds import SecretFind
from intake.store.schema.sealed import SealedCopy
from intake.store.schema.tables import Attachment, Blob, Entry, Message, Outbox, Sighting
from intake.store.sealed import MAGIC, without_copy
from intake.store.upgrade.compare import gaps
from intake.views import MAIL_STATES, MESSAGE_STATES


class IntegrityCheck(StorePart):
    """Checking the whole store; reads every byte once."""

    def faults(self, download: bool = True) -> Iterator[str]:
        """Yield one sentence for each thing that is not as it must be; nothing when all is well.

        Without `download` files in a bucket are listed, and held against their size only.
        """
        if not self.db.postgres:
            said = self.db.sql("PRAGMA integrity_check(1)")[0]
            if said != "ok":
                yield f"the database file is damaged: {said}"
        yield from (gap.what for gap in gaps(self.db))
        listed = self.blobs.files.remote and not download
        yield from self._bytes(small_only=listed)
        if listed:
            yield from self._listed()
        yield from self._messages()
        for label, column in (("attachment", Attachment), ("message", Message)):
            query = column.select(column.id).left_outer_join(Blob, on=(column.sha256 == Blob.sha256))
            lost = Blob.sha256.is_null()
            if column is Message:
                lost &= Message.outcome.is_null() | (Message.outcome != Outcome.ERASED.value)
            for number in self._ids(query.where(lost)):
                yield f"{label} {number} has lost its bytes"
        for number in self._ids(Outbox.select(Outbox.id).where(Outbox.state.not_in(MAIL_STATES))):
            yield f"outbox {number} is in no known state"
        yield from self._sealed()

    def _listed(self) -> Iterator[str]:
        """Yield what a listing tells of the files: two digits at a time, for all may be too many to hold."""
        for first in (f"{number:02x}" for number in range(256)):
            where = Blob.content.is_null() & Blob.sha256.startswith(first)
            rows = self.db.rows(Blob.select(Blob.sha256, Blob.size).where(where).tuples())
            if not rows:
                continue
            try:
                there = {file.name: file.size for file in self.blobs.files.each(first)}
            except Temporary as err:
                yield str(err)
                return
            for name, size in rows:
                if name not in there:
                    yield f"blob {name} is missing in the bucket"
                elif there[name] != size:
                    yield f"blob {name} does not hold the bytes it is named after"

    def _bytes(self, small_only: bool) -> Iterator[str]:
        last = ""
        while True:
            where = Blob.sha256 > last
            if small_only:
                where &= Blob.content.is_null(False)
            query = Blob.select(Blob.sha256, Blob.size).where(where).order_by(Blob.sha256)
            rows = self.db.rows(query.limit(ROWS_AT_ONCE).tuples())
            if not rows:
                return
            for name, size in rows:
                try:
                    content = self.blobs.get(name)
                except Temporary as err:
                    yield str(err)
                    continue
                if content is None or len(content) != size or digest(content) != name:
                    yield f"blob {name} does not hold the bytes it is named after"
            last = rows[-1][0]

    def _messages(self) -> Iterator[str]:
        for ledger_id in self._ids(Message.select(Message.id).where(Message.state.not_in(MESSAGE_STATES))):
            yield f"message {ledger_id} is in no known state"
        ended = [outcome.value for outcome in Outcome if outcome is not Outcome.QUARANTINED]
        odd = (Message.state == "done") & (Message.outcome.is_null() | Message.outcome.not_in(ended))
        for ledger_id in self._ids(Message.select(Message.id).where(odd)):
            yield f"message {ledger_id} is done but has no outcome"
        ticketed = Message.outcome.in_((Outcome.TICKETED.value, Outcome.APPENDED.value))
        query = Message.select(Message.id).left_outer_join(Entry, on=(Entry.message == Message.id))
        for ledger_id in self._ids(query.where(ticketed & (Message.ticket.is_null() | Entry.id.is_null()))):
            yield f"message {ledger_id} is in no ticket"
        seen = Message.select(Message.id).left_outer_join(Sighting, on=(Sighting.message == Message.id))
        for ledger_id in self._ids(seen.where(Sighting.id.is_null())):
            yield f"message {ledger_id} was never seen anywhere"

    def _sealed(self) -> Iterator[str]:
        """Yield what is wrong with sealed copies; what is in them only their key tells."""
        begins = peewee.fn.SUBSTR(SealedCopy.content, 1, len(MAGIC))
        for number, head in self.db.rows(SealedCopy.select(SealedCopy.id, begins).tuples()):
            if bytes(head) != MAGIC:
                yield f"sealed copy {number} is no age file"
        for number in self._ids(SecretFind.select(SecretFind.id).where(without_copy())):
            yield f"find {number} is sealed, and its sealed copy is gone"

    def _ids(self, query: Any) -> list[int]:
        return [number for (number,) in self.db.rows(query.tuples())]
