"""What stands around the news in mails to agents, in memory."""

from dataclasses import replace
from datetime import datetime

from intake.desk.effects import Mail, MailKind
from intake.desk.lookup import Line
from intake.desk.message import Attachment
from intake.desk.page import MOST_LOOKED_AT, History, OtherTicket, Requester, TicketPage, page
from intake.desk.sent_files import BROUGHT, GIVEN, MERGED_INTO, SentFile, brought_in, fitting, not_had
from intake.desk.ticket import EntryKind, Ticket
from intake.store.lookups import line_of
from intake.store.pages import news_of
from intake.store.schema.fields import clean
from intake.testing.memory.state import State
from intake.testing.memory.tickets import MemoryTickets


def page_of(state: State, tickets: MemoryTickets, mail: Mail, ticket: Ticket, said: int | None) -> TicketPage:
    """Return the page of a mail's ticket; `said` is the entry that the message at hand became."""
    there = {
        entry.id: number for number in tickets.with_merged(ticket.id) for entry in tickets.entries(number)
    }
    entries = [entry for number in tickets.with_merged(ticket.id) for entry in tickets.entries(number)]
    known = {row.id: row.evidence for row in state.entries if row.id in there}
    lines = [
        Line(
            entry.id, entry.kind, entry.author, entry.author_name, entry.text, entry.created_at,
            tuple(file.name for file in entry.files), evidence=known.get(entry.id, ""),
            ticket=there[entry.id] if there[entry.id] != ticket.id else 0,
        )
        for entry in entries
    ]  # fmt: skip
    history = History(
        lines,
        sum(entry.kind is not EntryKind.EVENT for entry in entries),
        sum(entry.waiting for entry in entries),
        ticket.excused,
    )
    key = ticket.requester.key
    same = [row.id for row in state.tickets.newest() if key and row.ticket.requester.key == key]
    others = _named(tickets, [number for number in same if number != ticket.id][:MOST_LOOKED_AT])
    near = [ticket.related, *sorted(tickets.links(ticket.id), reverse=True)]
    alike = [number for number in dict.fromkeys(near) if number and number != ticket.id]
    notes = (row.note.text for row in state.person_notes.newest() if key and row.key == clean(key))
    requester = Requester(clean(key), tuple(notes))
    return page(history, news_of(mail, said), requester, others, _named(tickets, alike))


def attached(state: State, tickets: MemoryTickets, mail: Mail, ticket: Ticket, now: datetime) -> Mail:
    """Return a mail with the files of its ticket, and of those merged into it, that its reader is to be
    brought `now`, as far as there is room."""
    each = [_brought(state, mail, number, now) for number in tickets.with_merged(ticket.id)]
    there = sorted((file for files in each for file in files), key=lambda file: file.at, reverse=True)
    files, left_out = fitting(there)
    made = {name: preview.content for name, preview in state.previews.items()}
    attachments = tuple(
        Attachment(
            file.name, file.media_type, state.blobs[file.sha256], file.content_id, file.inline,
            preview=made.get(file.sha256, b""),
        )
        for file in files
    )  # fmt: skip
    return replace(mail, attachments=(*mail.attachments, *attachments), left_out=(*mail.left_out, *left_out))


def _merges(state: State) -> dict[int, tuple[int, datetime]]:
    into = {row.id: row.ticket.merged_into for row in state.tickets if row.ticket.merged_into}
    return {
        entry.ticket: (into[entry.ticket], entry.created_at)
        for entry in state.entries
        if entry.ticket in into and entry.kind is EntryKind.EVENT and entry.text.startswith(MERGED_INTO)
    }


def _brought(state: State, mail: Mail, number: int, now: datetime) -> list[SentFile]:
    of_customers = {
        entry.id: entry
        for entry in state.entries
        if entry.ticket == number and entry.kind is EntryKind.CUSTOMER
    }
    there = sorted(
        (file for file in state.files if file.entry in of_customers), key=lambda file: (-file.entry, file.id)
    )
    places = brought_in(number, _merges(state))
    theirs = [
        row
        for row in state.outbox
        if row.ticket in places and row.key == mail.to.key and row.state not in ("failed", "cancelled")
    ]
    noticed = {
        row.created_at for row in theirs if row.outgoing.kind is MailKind.NOTICE and row.ticket == number
    }
    brought = max(
        (
            row.created_at
            for row in theirs
            if row.dedupe.startswith(BROUGHT)
            and row.created_at >= (places[row.ticket or 0] or row.created_at)
        ),
        default=None,
    )
    sent = [
        SentFile(
            of_customers[file.entry].created_at, file.name, file.media_type, file.size, file.sha256,
            file.content_id, file.inline,
        )
        for file in there
    ]  # fmt: skip
    return not_had(sent, noticed, brought, now, mail.event in GIVEN)


def _named(tickets: MemoryTickets, numbers: list[int]) -> list[OtherTicket]:
    there = [ticket for number in numbers if (ticket := tickets.get(number)) is not None]
    return [
        OtherTicket(line_of(ticket), ticket.closed_at, ticket.spam or ticket.merged_into is not None)
        for ticket in there
    ]
