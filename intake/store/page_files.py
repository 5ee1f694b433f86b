"""The files that customers sent in a ticket, for an agent who is given it and did not get them."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from intake.desk.effects import Mail, MailKind
from intake.desk.message import Attachment as Attached
from intake.desk.sent_files import BROUGHT, GIVEN, MERGED_INTO, SentFile, brought_in, fitting, not_had
from intake.desk.ticket import EntryKind
from intake.store.blobs import Blobs
from intake.store.connection import Connection
from intake.store.schema import tables
from intake.store.schema.fields import clean
from intake.store.schema.previews import Preview
from intake.store.schema.tables import Attachment, Entry, Outbox
from intake.store.statement import SetStatement

_CUSTOMER = EntryKind.CUSTOMER.value
_HAVING_FILES = SetStatement(
    "SELECT v.ticket FROM v WHERE EXISTS (SELECT 1 FROM entry e JOIN attachment a ON a.entry = e.id "
    f"WHERE e.ticket = v.ticket AND e.kind = '{_CUSTOMER}')",
    ticket=tables.Ticket.id,
)
# Mails that did not reach anybody.
_LOST = ("failed", "cancelled")


def attached(db: Connection, blobs: Blobs, mail: Mail, numbers: Collection[int], now: datetime) -> Mail:
    """Return a mail with the files of these tickets, its own and those merged into it, that its reader is to
    be brought `now`, as far as there is room."""
    if not any([_may_have_files(db, number) for number in numbers]):
        return mail
    # Their bytes are only known once all before is written, and are too many for those of a whole set.
    db.alone()
    takes_over = mail.event in GIVEN
    merges = _merges(db, numbers)
    each = (
        not_had(_files(db, number), *_had(db, number, merges, mail.to.key), now, takes_over)
        for number in numbers
    )
    there = sorted((file for files in each for file in files), key=lambda file: file.at, reverse=True)
    files, left_out = fitting(there)
    attachments = tuple(
        Attached(
            file.name,
            file.media_type,
            content,
            file.content_id,
            file.inline,
            preview=_preview(db, file.sha256),
        )
        for file in files
        if (content := blobs.get(file.sha256)) is not None
    )
    return replace(mail, attachments=(*mail.attachments, *attachments), left_out=(*mail.left_out, *left_out))


def _may_have_files(db: Connection, number: int) -> bool:
    batch = db.batch
    if batch is None:
        return True
    known: dict[int, bool] = batch.known.setdefault("files", {})
    if number not in known:
        there = {ticket for ticket, seen in batch.tickets.items() if seen is not None}
        asked = sorted({number, *there} - known.keys())
        with db.beside():
            having = {having for (having,) in db.each(_HAVING_FILES, [{"ticket": each} for each in asked])}
        known.update({each: each in having for each in asked})
    new = {row["id"] for row in db.writes_of(Entry) if row["ticket"] == number}
    return known[number] or any(row["entry"] in new for row in db.writes_of(Attachment))


def _files(db: Connection, number: int) -> list[SentFile]:
    columns = (
        Entry.created_at,
        Attachment.name,
        Attachment.media_type,
        Attachment.size,
        Attachment.sha256,
        Attachment.content_id,
        Attachment.inline,
    )
    query = (
        Attachment.select(*columns)
        .join(Entry, on=(Attachment.entry == Entry.id))
        .where((Entry.ticket == number) & (Entry.kind == _CUSTOMER))
        .order_by(Entry.id.desc(), Attachment.id)
    )
    return [SentFile(*row) for row in db.rows(query.tuples())]


def _merges(db: Connection, numbers: Collection[int]) -> dict[int, tuple[int, datetime]]:
    """Return into which ticket those of them were merged that were, and when the last time."""
    if len(numbers) < 2:
        return {}
    events = (Entry.kind == EntryKind.EVENT.value) & Entry.text.startswith(MERGED_INTO)
    query = (
        tables.Ticket.select(tables.Ticket.id, tables.Ticket.merged_into, Entry.created_at)
        .join(Entry, on=(Entry.ticket == tables.Ticket.id))
        .where(tables.Ticket.id.in_(list(numbers)) & tables.Ticket.merged_into.is_null(False) & events)
        .order_by(Entry.id)
    )
    return {number: (into, at) for number, into, at in db.rows(query.tuples())}


def _had(
    db: Connection, number: int, merges: Mapping[int, tuple[int, datetime]], agent: str
) -> tuple[set[datetime], datetime | None]:
    places = brought_in(number, merges)
    theirs = Outbox.ticket.in_(list(places)) & (Outbox.rcpt_key == clean(agent)) & Outbox.state.not_in(_LOST)
    query = Outbox.select(Outbox.ticket, Outbox.created_at, Outbox.kind, Outbox.dedupe_key).where(theirs)
    rows = db.rows(query.tuples())
    noticed = {at for ticket, at, kind, _ in rows if kind == MailKind.NOTICE.value and ticket == number}
    brought = (at for ticket, at, _, key in rows if key.startswith(BROUGHT) and at >= (places[ticket] or at))
    return noticed, max(brought, default=None)


def _preview(db: Connection, sha256: str) -> bytes:
    row = db.first(Preview.select(Preview.content).where(Preview.sha256 == sha256).tuples())
    return bytes(row[0]) if row else b""
