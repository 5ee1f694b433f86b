"""Freshdesk: a ticket of its API, or of its JSON export, becomes one of ours. Pure.

After developers.freshdesk.com/api (Tickets, Conversations). The export of an account writes the same things
under older names (`helpdesk_ticket`, `notes`, `display_id`); `from_export` gives them the API's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from intake.imports.converters import values
from intake.imports.converters.shapes import Converted, Item, LeftOut, Row, Wanted
from intake.imports.model import NOBODY, ImportedEntry, ImportedFile, ImportedTicket, Kind, Person, Remark

STATUS = {2: "open", 3: "pending", 4: "closed", 5: "closed", 6: "pending", 7: "open"}
PRIORITY = {1: "low", 2: "normal", 3: "high", 4: "urgent"}
# Sources of conversations that the requester saw: reply, note, tweet, Facebook, phone, chat, WhatsApp …
# Not 8: mail forwarded to others.
SEEN = frozenset((0, 2, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15))
DESCRIPTION = "description"


@dataclass(frozen=True, slots=True)
class Desk:
    """What ids stand for: contacts and agents together (their ids never clash), and groups."""

    people: Mapping[int, Person]
    agents: Mapping[int, Person]
    groups: Mapping[int, str]


def converted(row: Row, where: str, desk: Desk) -> Item:
    """Return a ticket of Freshdesk as ours; its conversations are in `conversations`."""
    ref, created = values.number(row.get("id")), values.moment(row.get("created_at"))
    if ref is None or created is None:
        return Remark(where, "This is no ticket: it has no id or no date.", "Export it again.", lost=True)
    if row.get("deleted") is True:
        return LeftOut(str(ref), "deleted in Freshdesk")
    return _Reader(row, str(ref), created, where, desk).ticket()


@dataclass(slots=True)
class _Reader:
    row: Row
    ref: str
    created: datetime
    where: str
    desk: Desk
    remarks: list[Remark] = field(default_factory=list)
    wanted: list[Wanted] = field(default_factory=list)

    def ticket(self) -> Converted:
        requester = self.requester()
        number = values.number(self.row.get("status")) or 0
        status = STATUS.get(number, "open")
        stats = values.member(self.row.get("stats"))
        talk = list(self.kept(values.members(self.row.get("conversations"))))
        entries = tuple(self.entry(conversation, requester) for conversation in talk)
        closed = values.moment(stats.get("closed_at") or stats.get("resolved_at"))
        group = self.desk.groups.get(values.number(self.row.get("group_id")) or 0, "")
        copies = values.people([*_list(self.row.get("cc_emails")), *_list(self.row.get("reply_cc_emails"))])
        agents = [agent.address for agent in self.desk.agents.values()]
        ticket = ImportedTicket(
            ref=self.ref,
            subject=values.line(self.row.get("subject")),
            requester=requester,
            created_at=self.created,
            entries=(*self.description(requester), *entries),
            status="new" if status == "open" and not _answered(entries) else status,
            participants=values.others(copies, [requester.address, *agents]),
            updated_at=values.moment(self.row.get("updated_at")),
            closed_at=closed if status == "closed" else None,
            priority=PRIORITY.get(values.number(self.row.get("priority")) or 0, "normal"),
            assignee=self.agent(self.row.get("responder_id")) or NOBODY,
            team=group or values.line(self.row.get("group_name")),
            spam=self.row.get("spam") is True,
            tags=tuple(tag for value in _list(self.row.get("tags")) if (tag := values.line(value))),
            fields=self.fields(number),
            where=self.where,
        )
        return Converted(ticket, tuple(self.wanted), tuple(self.remarks))

    def remark(self, problem: str, cure: str) -> None:
        self.remarks.append(Remark(f"{self.where}, ticket {self.ref}", problem, cure, ref=self.ref))

    def kept(self, talk: list[Row]) -> Iterator[Row]:
        """Yield the conversations that nobody deleted; an export has the others too."""
        for row in talk:
            if row.get("deleted") is True:
                ref = values.text(row.get("id"))
                self.remark(f"Conversation {ref} was left out: it was deleted in Freshdesk.", "")
            else:
                yield row

    def requester(self) -> Person:
        ref = values.number(self.row.get("requester_id")) or 0
        beside = values.member(self.row.get("requester"))
        somebody = values.person(beside.get("email"), beside.get("name"))
        known = self.desk.people.get(ref) or self.desk.agents.get(ref)
        if known is not None and not somebody.address:
            somebody = known
        if not somebody.address:
            self.remark(
                "Its requester has no address.",
                "They were deleted in Freshdesk, or wrote by chat or telephone.",
            )
        return somebody or values.gone("Contact", ref or "")

    def agent(self, ref: object) -> Person | None:
        return self.desk.agents.get(values.number(ref) or 0)

    def fields(self, status: int) -> dict[str, str]:
        custom = values.member(self.row.get("custom_fields"))
        kept = {values.line(key).removeprefix("cf_"): values.flat(value) for key, value in custom.items()}
        kept["type"] = values.line(self.row.get("type"))
        if status not in (2, 3, 4, 5):
            kept["status"] = values.line(self.row.get("status_name")) or f"status {status}"
        return {name: value for name, value in kept.items() if value}

    def description(self, requester: Person) -> tuple[ImportedEntry, ...]:
        """The text that opened the ticket: the requester's, or an agent's who wrote first."""
        if not self.row.get("description") and not self.row.get("description_text"):
            return ()
        # 10: mail that an agent opened the ticket with.
        outbound = values.number(self.row.get("source")) == 10
        agent = self.agent(self.row.get("responder_id")) or values.gone("Agent", self.row.get("responder_id"))
        return (
            ImportedEntry(
                ref=DESCRIPTION,
                kind=Kind.ANSWER if outbound else Kind.MESSAGE,
                author=agent if outbound else requester,
                at=self.created,
                text=values.text(self.row.get("description_text")),
                html=values.text(self.row.get("description")),
                files=self.files(self.row),
                where=self.where,
            ),
        )

    def entry(self, row: Row, requester: Person) -> ImportedEntry:
        ref = values.text(row.get("id")) or "?"
        kind = kind_of(row)
        at = values.moment(row.get("created_at"))
        if at is None:
            self.remark(f"Conversation {ref} has no date.", "It has the ticket's.")
        return ImportedEntry(
            ref=ref,
            kind=kind,
            author=self.author(row, kind, requester),
            at=at or self.created,
            text=values.text(row.get("body_text")),
            html=values.text(row.get("body")),
            files=self.files(row),
            automatic=row.get("auto_response") is True,
            where=self.where,
        )

    def author(self, row: Row, kind: Kind, requester: Person) -> Person:
        ref = values.number(row.get("user_id")) or 0
        known = self.desk.agents.get(ref) or self.desk.people.get(ref)
        if known:
            return known
        if kind is Kind.MESSAGE:
            senders = values.people(row.get("from_email"))
            if senders:
                return senders[0]
            if ref == values.number(self.row.get("requester_id")):
                return requester
        return values.gone("Contact" if kind is Kind.MESSAGE else "Agent", ref or "")

    def files(self, row: Row) -> tuple[ImportedFile, ...]:
        return tuple(self.file(file) for file in values.members(row.get("attachments")))

    def file(self, row: Row) -> ImportedFile:
        name = values.file_name(row.get("name"))
        path = values.file_path(self.ref, row.get("id"), name)
        size = values.number(row.get("size"))
        self.wanted.append(Wanted(path, values.text(row.get("attachment_url")), size))
        return ImportedFile(path, name, values.media_type(row.get("content_type")), size)


def _answered(entries: tuple[ImportedEntry, ...]) -> bool:
    return any(entry.kind is Kind.ANSWER for entry in entries)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def kind_of(row: Row) -> Kind:
    """Private unless the conversation says that it is not, and is of a source that the requester saw."""
    if row.get("private") is not False or values.number(row.get("source")) not in SEEN:
        return Kind.NOTE
    # Where nothing says whether a customer or an agent wrote it, it stays inside.
    if row.get("incoming") is True:
        return Kind.MESSAGE
    return Kind.ANSWER if row.get("incoming") is False else Kind.NOTE


def from_export(row: Row) -> dict[str, Any]:
    """Return a ticket of an account's export under the names of the API."""
    inner = values.member(row.get("helpdesk_ticket")) or row
    ticket: dict[str, Any] = dict(inner)
    ticket["id"] = inner.get("display_id") or inner.get("id")
    if "description_html" in inner:
        ticket["description"], ticket["description_text"] = (
            inner["description_html"],
            inner.get("description"),
        )
    ticket["custom_fields"] = inner.get("custom_fields") or inner.get("custom_field")
    ticket["tags"] = [
        values.member(tag).get("name") if isinstance(tag, Mapping) else tag
        for tag in _list(inner.get("tags"))
    ]
    ticket["attachments"] = [_file_of_export(file) for file in values.members(inner.get("attachments"))]
    copies = inner.get("cc_emails") or values.member(inner.get("cc_email")).get("cc_emails")
    ticket["cc_emails"] = copies
    notes = values.members(inner.get("conversations") or inner.get("notes"))
    ticket["conversations"] = [_note(values.member(note.get("note")) or note) for note in notes]
    return ticket


def _note(row: Row) -> dict[str, Any]:
    note: dict[str, Any] = dict(row)
    if "body_html" in row:
        note["body"], note["body_text"] = row["body_html"], row.get("body")
    note["attachments"] = [_file_of_export(file) for file in values.members(row.get("attachments"))]
    return note


def _file_of_export(row: Row) -> dict[str, Any]:
    file = dict(values.member(row.get("attachment")) or row)
    for key in ("name", "size", "content_type", "url"):
        old = file.get(f"content_{key}" if key != "name" else "content_file_name")
        if old and key not in file:
            file[key] = old
    file["size"] = file.get("size") or file.get("content_file_size")
    file.setdefault("attachment_url", file.get("url"))
    return file
