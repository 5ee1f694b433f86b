"""All that the database has of a ticket, for an evidence bundle: a list at once, bytes one by one."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from intake.ports import Temporary
from intake.store.base import StorePart
from intake.store.merged import with_merged
from intake.store.schema.tables import Attachment, Audit, Entry, Message, Outbox, Sighting


class Evidence(StorePart):
    """Reading a ticket, and those that were merged into it, whole."""

    def tickets(self, number: int) -> list[int]:
        """Return the ticket and those that were merged into it."""
        return with_merged(self.db, number)

    def messages(self, tickets: Sequence[int]) -> list[dict[str, Any]]:
        """Return the messages of these tickets in the order they came, with where each was seen."""
        linked = Entry.select(Entry.message).where(
            Entry.ticket.in_(list(tickets)) & Entry.message.is_null(False)
        )
        mine = Message.ticket.in_(list(tickets)) | Message.id.in_(linked)
        rows = list(self.db.rows(Message.select().where(mine).order_by(Message.id)))
        seen: dict[int, list[dict[str, Any]]] = {}
        sightings = Sighting.select().where(Sighting.message.in_([row.id for row in rows]))
        for row in self.db.rows(sightings.order_by(Sighting.id)) if rows else ():
            seen.setdefault(row.message, []).append(
                {
                    "mailbox": row.mailbox,
                    "folder": row.folder,
                    "uidvalidity": row.uidvalidity,
                    "uid": row.uid,
                    "seen_at": _at(row.seen_at),
                }
            )
        return [
            {
                "message": row.id,
                "sha256": row.sha256,
                "message_id": row.message_id,
                "channel": row.channel,
                "mailbox": row.mailbox,
                "envelope_sender": row.mail_from,
                "sender": row.sender,
                "received_at": _at(row.received_at),
                "sightings": seen.get(row.id, []),
            }
            for row in rows
        ]

    def files(self, tickets: Sequence[int]) -> list[dict[str, Any]]:
        """Return the files of these tickets, with the name and type that each was sent under."""
        query = (
            Attachment.select(Attachment.sha256, Attachment.name, Attachment.media_type, Attachment.entry)
            .join(Entry, on=(Entry.id == Attachment.entry))
            .where(Entry.ticket.in_(list(tickets)))
            .order_by(Attachment.id)
        )
        return [
            {"sha256": sha256, "name": name, "media_type": kind, "entry": entry}
            for sha256, name, kind, entry in self.db.rows(query.tuples())
        ]

    def sent(self, tickets: Sequence[int], kinds: Sequence[str]) -> list[dict[str, Any]]:
        """Return the mails of these kinds that were sent in these tickets."""
        mine = Outbox.ticket.in_(list(tickets)) & Outbox.sent_at.is_null(False) & Outbox.kind.in_(list(kinds))
        columns = (Outbox.id, Outbox.kind, Outbox.rcpt, Outbox.message_id, Outbox.sent_at)
        return [
            {"mail": mail, "kind": kind, "to": to, "message_id": message_id, "sent_at": _at(at)}
            for mail, kind, to, message_id, at in self.db.rows(
                Outbox.select(*columns).where(mine).order_by(Outbox.id).tuples()
            )
        ]

    def timeline(self, tickets: Sequence[int]) -> Iterator[dict[str, Any]]:
        """Yield the history of these tickets, the oldest entry first."""
        query = Entry.select().where(Entry.ticket.in_(list(tickets))).order_by(Entry.id)
        for row in self.db.rows(query):
            yield {
                "entry": row.id,
                "ticket": row.ticket,
                "at": _at(row.created_at),
                "kind": row.kind,
                "author": row.author,
                "author_name": row.author_name,
                "text": row.full_text or row.text,
                "message": row.message,
            }

    def custody(self, tickets: Sequence[int]) -> list[dict[str, Any]]:
        """Return who did what with these tickets, by what authority: the rows of the audit."""
        query = Audit.select().where(Audit.ticket.in_(list(tickets))).order_by(Audit.id)
        return [
            {
                "audit": row.id,
                "at": _at(row.at),
                "who": row.who,
                "what": row.what,
                "authority": row.authority,
                "ticket": row.ticket,
            }
            for row in self.db.rows(query)
        ]

    def content(self, sha256: str) -> bytes:
        """Return the bytes of a message or file. Raises Temporary where they are not there."""
        content = self.blobs.get(sha256)
        if content is None:
            raise Temporary(f"the bytes {sha256} are missing: `intake fsck` says what else is")
        return content

    def mail(self, number: int) -> bytes:
        """Return the bytes of a mail that was sent."""
        row = self.db.first(Outbox.select(Outbox.mime).where(Outbox.id == number).tuples())
        return bytes(row[0]) if row else b""


def _at(moment: datetime) -> str:
    return moment.isoformat()
