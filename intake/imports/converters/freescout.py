"""FreeScout: a conversation of its database, with what belongs to it, becomes a ticket of ours. Pure.

After its models (App\\Thread, App\\Conversation, App\\Attachment). Times stand there in APP_TIMEZONE.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from intake.imports.converters import values
from intake.imports.converters.osticket import EPOCH
from intake.imports.converters.shapes import Converted, Item, LeftOut, Row, Wanted
from intake.imports.model import NOBODY, ImportedEntry, ImportedFile, ImportedTicket, Kind, Person, Remark

CUSTOMER, MESSAGE, NOTE, LINE_ITEM, CHAT = 1, 2, 3, 4, 8
KINDS = {CUSTOMER: Kind.MESSAGE, MESSAGE: Kind.ANSWER, NOTE: Kind.NOTE, LINE_ITEM: Kind.EVENT}
PUBLISHED = 2
DRAFT, DELETED = 1, 3
STATUS = {1: "open", 2: "pending", 3: "closed", 4: "closed"}
SPAM = 4
_STATUS_NAMES = {1: "active", 2: "pending", 3: "closed", 4: "spam"}
_ACTIONS = {
    2: "The assignee was changed",
    3: "Moved from another mailbox",
    4: "Merged with another conversation",
    5: "Imported",
    8: "Imported",
    9: "The customer was changed",
    10: "Deleted",
    11: "Restored",
}


@dataclass(frozen=True, slots=True)
class Parts:
    """What belongs to one conversation: rows of threads in their order, files by their thread, tags."""

    threads: Sequence[Row]
    files: Mapping[int, Sequence[Row]] = field(default_factory=dict)
    tags: Sequence[str] = ()


def converted(row: Row, parts: Parts, zone: tzinfo) -> Item:
    """Return a conversation of FreeScout as a ticket; a LeftOut for a deleted one and for a mere draft."""
    ref = values.text(row["id"])
    if row.get("state") == DELETED:
        return LeftOut(ref, "deleted in FreeScout")
    if row.get("state") == DRAFT:
        return LeftOut(ref, "a draft that was never sent")
    return _Reader(row, ref, parts, zone).ticket()


@dataclass(slots=True)
class _Reader:
    row: Row
    ref: str
    parts: Parts
    zone: tzinfo
    remarks: list[Remark] = field(default_factory=list)
    wanted: list[Wanted] = field(default_factory=list)

    def ticket(self) -> Converted:
        created = values.moment(self.row.get("created_at"), self.zone)
        if created is None:
            dates = (values.moment(row.get("created_at"), self.zone) for row in self.parts.threads)
            created = next(filter(None, dates), EPOCH)
            self.remark("It has no date.", "It has that of its first thread.")
        requester = self.requester()
        status = self.status()
        ticket = ImportedTicket(
            ref=self.ref,
            number=values.line(self.row.get("number")),
            subject=values.line(self.row.get("subject")),
            requester=requester,
            created_at=created,
            entries=tuple(self.entry(row, requester, created) for row in self.parts.threads),
            status=status,
            participants=self.participants(requester),
            updated_at=values.moment(self.row.get("updated_at"), self.zone),
            closed_at=values.moment(self.row.get("closed_at"), self.zone) if status == "closed" else None,
            assignee=user(self.row, "assignee_") or NOBODY,
            team=values.line(self.row.get("mailbox")),
            spam=self.row.get("status") == SPAM,
            tags=tuple(self.parts.tags),
            where="FreeScout",
        )
        return Converted(ticket, tuple(self.wanted), tuple(self.remarks))

    def remark(self, problem: str, cure: str) -> None:
        self.remarks.append(Remark(f"ticket {self.ref}", problem, cure, ref=self.ref))

    def requester(self) -> Person:
        known = user(self.row, "customer_")
        address = values.address(self.row.get("customer_email")) or known.address
        somebody = values.person(address, known.name)
        if not somebody.address:
            self.remark(
                "Its requester has no address.", "The customer was deleted in FreeScout, or wrote by chat."
            )
        return somebody or values.gone("Customer", self.row.get("customer_id"))

    def participants(self, requester: Person) -> tuple[Person, ...]:
        in_copy = listed(self.row.get("cc"))
        return values.others(in_copy, [requester.address, values.address(self.row.get("mailbox_email"))])

    def status(self) -> str:
        status = STATUS.get(values.number(self.row.get("status")) or 0, "open")
        answered = any(
            row.get("type") == MESSAGE and row.get("state") == PUBLISHED for row in self.parts.threads
        )
        return "new" if status == "open" and not answered else status

    def entry(self, row: Row, requester: Person, created: datetime) -> ImportedEntry:
        ref = values.text(row["id"])
        kind = self.kind(row)
        at = values.moment(row.get("created_at"), self.zone)
        if at is None:
            self.remark(f"Thread {ref} has no date.", "It has the conversation's.")
        return ImportedEntry(
            ref=ref,
            kind=kind,
            author=self.author(row, kind, requester),
            at=at or created,
            text=event(row) if kind is Kind.EVENT else "",
            html="" if kind is Kind.EVENT else values.text(row.get("body")),
            message_id=values.line(row.get("message_id")).strip("<>"),
            files=tuple(self.file(file) for file in self.parts.files.get(values.number(row["id"]) or 0, ())),
            where="FreeScout",
        )

    def kind(self, row: Row) -> Kind:
        """What is not published (a draft, a hidden thread) and what is of no known type is private."""
        if row.get("type") == LINE_ITEM:
            return Kind.EVENT
        if row.get("state") != PUBLISHED:
            return Kind.NOTE
        if row.get("type") == CHAT:
            if row.get("created_by_customer_id"):
                return Kind.MESSAGE
            return Kind.ANSWER if row.get("created_by_user_id") else Kind.NOTE
        return KINDS.get(values.number(row.get("type")) or 0, Kind.NOTE)

    def author(self, row: Row, kind: Kind, requester: Person) -> Person:
        if row.get("created_by_user_id"):
            return user(row, "user_") or values.gone("Agent", row["created_by_user_id"])
        sender = values.address(row.get("sender"))
        named = user(row, "customer_")
        if sender or named:
            return values.person(sender or named.address, named.name)
        if kind is Kind.MESSAGE:
            return requester
        return values.gone("Customer", row.get("created_by_customer_id"))

    def file(self, row: Row) -> ImportedFile:
        name = values.file_name(row.get("file_name"))
        path = values.file_path(self.ref, row["id"], name)
        size = values.number(row.get("size")) or None
        source = f"attachment/{values.text(row.get('file_dir'))}{values.text(row.get('file_name'))}"
        self.wanted.append(Wanted(path, source, size))
        inline = bool(values.number(row.get("embedded")))
        return ImportedFile(path, name, values.media_type(row.get("mime_type")), size, inline=inline)


def user(row: Row, prefix: str) -> Person:
    """Return a person of the columns `PREFIXfirst_name`, `PREFIXlast_name` and `PREFIXemail`."""
    name = f"{values.line(row.get(prefix + 'first_name'))} {values.line(row.get(prefix + 'last_name'))}"
    return values.person(row.get(f"{prefix}email"), name)


def listed(value: object) -> tuple[Person, ...]:
    """Return the people of a column that is a list of addresses in JSON."""
    try:
        addresses = json.loads(values.text(value) or "[]")
    except (ValueError, RecursionError):
        return ()
    return values.people(addresses if isinstance(addresses, list) else [])


def event(row: Row) -> str:
    """Return what a line item says happened."""
    action = values.number(row.get("action_type"))
    if action == 1:
        status = _STATUS_NAMES.get(values.number(row.get("status")) or 0, "another")
        return f"The status was changed to {status}."
    return f"{_ACTIONS.get(action or 0, 'Something was changed')}."
