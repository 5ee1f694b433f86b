"""A ticket of an earlier import that goes on: how it stands when more of its history was imported."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from intake.desk.surveys import LOOK_BACK, closing_of
from intake.desk.ticket import EntryKind, Status
from intake.ports.imports import NewTicket
from intake.store.connection import Connection
from intake.store.schema.imports import Imported
from intake.store.schema.tables import Entry, Survey, Ticket
from intake.store.statement import Insertion

# Why no survey goes out about a closing that was imported.
NOT_ASKED = "it was closed before it was imported"
SURVEYS = Insertion(Survey)
_ASKED, _ANSWERED = EntryKind.CUSTOMER.value, EntryKind.REPLY.value


@dataclass(frozen=True, slots=True)
class _Here:
    """A ticket as it stands here, with what was said in it: number, kind and time, in the order of times."""

    status: Status
    updated_at: datetime
    closed_at: datetime | None
    first_response_at: datetime | None
    said: list[tuple[int, str, datetime]]


def go_on(db: Connection, number: int, ticket: NewTicket, fresh: Collection[int], now: datetime) -> None:
    """Bring a ticket of an earlier run up to date, unless the desk has worked with it since.

    `fresh` are the numbers of the entries that were written of it just now. What `ticket` says may be less
    than what is here: of an archive without the other mails, or an older export. Then what is here stands.
    """
    mine = (Imported.ticket_no == number) & (Imported.kind == "ticket") & (Imported.found == False)  # noqa: E712
    row = db.first(Imported.select(Imported.id, Imported.touched).where(mine).tuples())
    columns = (Ticket.status, Ticket.updated_at, Ticket.closed_at, Ticket.first_response_at)
    values = db.first(Ticket.select(*columns).where(Ticket.id == number).tuples())
    if row is None or values is None or row[1] != values[1]:
        return
    status, updated_at, closed_at, first = values
    here = _Here(Status(status), updated_at, closed_at, first, _said(db, number))
    changed = _standing(here, ticket, fresh)
    db.run(Ticket.update(**changed).where(Ticket.id == number))
    db.run(Imported.update(touched=changed["updated_at"]).where(Imported.id == row[0]))
    closing = {"id": number, "status": changed["status"], "closed_at": changed["closed_at"]}
    asked = (Survey.ticket == number) & (Survey.closed_at == changed["closed_at"])
    if might_be_asked(closing, now) and db.first(Survey.select(Survey.id).where(asked)) is None:
        db.insert(SURVEYS, [survey(closing, now)])


def _said(db: Connection, number: int) -> list[tuple[int, str, datetime]]:
    public = Entry.kind.in_([_ASKED, _ANSWERED])
    query = Entry.select(Entry.id, Entry.kind, Entry.created_at).where((Entry.ticket == number) & public)
    return list(db.rows(query.order_by(Entry.created_at, Entry.id).tuples()))


def _standing(here: _Here, ticket: NewTicket, fresh: Collection[int]) -> dict[str, Any]:
    """Return the columns of a ticket of which more is known now. Pure."""
    answers = [at for _, kind, at in here.said if kind == _ANSWERED]
    if not ticket.partial:
        newer = ticket.updated_at >= here.updated_at
        status = ticket.status if newer else here.status
    else:
        # Who had the last word of all decides, and an archive knows only that of its own mails.
        newer = bool(here.said) and here.said[-1][0] in fresh
        status = ticket.status if newer else here.status
        if status is Status.NEW and answers:
            status = Status.OPEN
    closings = [at for at in (here.closed_at, ticket.closed_at) if at is not None]
    closed_at = ticket.closed_at if newer and not ticket.partial else max(closings, default=None)
    first = (here.first_response_at, ticket.first_response_at)
    return {
        "status": status.value,
        "updated_at": max(here.updated_at, ticket.updated_at),
        "closed_at": closed_at if status is Status.CLOSED else None,
        "first_response_at": min((at for at in first if at is not None), default=None),
        "waiting_since": _waits_since(here.said) if status in (Status.NEW, Status.OPEN) else None,
    }


def _waits_since(said: list[tuple[int, str, datetime]]) -> datetime | None:
    """Return since when the requester waits: the first message that nobody answered, None for none."""
    since = None
    for _, kind, at in reversed(said):
        if kind != _ASKED:
            break
        since = at
    return since


def might_be_asked(row: Mapping[str, Any], now: datetime) -> bool:
    """Whether a survey would go out about a ticket's closing."""
    closed: datetime | None = row["closed_at"]
    return row["status"] == Status.CLOSED.value and closed is not None and closed > now - LOOK_BACK


def survey(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return the row that says that nobody is asked about a ticket's closing."""
    closed = row["closed_at"]
    asked = {"ticket": row["id"], "closing": closing_of(closed), "closed_at": closed}
    return {**asked, "asked_at": now, "skipped": NOT_ASKED}
