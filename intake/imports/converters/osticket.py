"""osTicket: a ticket of its database, with what belongs to it, becomes one of ours. Pure.

After the tables of osTicket 1.10 to 1.18. Times stand there in the time zone of its MySQL server.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from intake.desk.ticket import NORMAL, PRIORITIES, URGENT
from intake.imports.converters import values
from intake.imports.converters.shapes import Converted, Item, LeftOut, Row, Wanted
from intake.imports.model import NOBODY, ImportedEntry, ImportedFile, ImportedTicket, Kind, Person, Remark

KINDS = {"M": Kind.MESSAGE, "R": Kind.ANSWER, "N": Kind.NOTE}
# An earlier version of an entry that was edited later; osTicket shows it to nobody.
HIDDEN = 0x0004
EMERGENCY = "emergency"
# Fields of the form of tickets that have a place of their own.
_OWN = frozenset(("subject", "priority", "message"))


@dataclass(frozen=True, slots=True)
class Parts:
    """What belongs to one ticket, in its order: rows of entries, fields and people, files by their entry."""

    entries: Sequence[Row]
    fields: Sequence[Row] = ()
    collaborators: Sequence[Row] = ()
    files: Mapping[int, Sequence[Row]] = field(default_factory=dict)


def converted(row: Row, parts: Parts, zone: tzinfo) -> Item:
    """Return a ticket of osTicket as ours; a LeftOut for one that is deleted."""
    ref = values.text(row["id"])
    if row.get("state") == "deleted":
        return LeftOut(ref, "deleted in osTicket")
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
        created = self.moment(self.row.get("created"))
        if created is None:
            created = next(
                filter(None, (self.moment(row.get("created")) for row in self.parts.entries)), None
            )
            self.remark("It has no date.", "It has that of its first entry.")
        requester = self.requester()
        collaborators = (values.person(row["address"], row["name"]) for row in self.parts.collaborators)
        subject, priority, fields = self.fields()
        status = self.status()
        ticket = ImportedTicket(
            ref=self.ref,
            number=values.line(self.row.get("number")),
            subject=subject,
            requester=requester,
            created_at=created or EPOCH,
            entries=tuple(self.entry(row, requester, created or EPOCH) for row in self.parts.entries),
            status=status,
            participants=values.others(collaborators, [requester.address]),
            updated_at=self.moment(self.row.get("updated")),
            closed_at=self.moment(self.row.get("closed")) if status == "closed" else None,
            priority=priority,
            assignee=staff(self.row, "assignee_") or NOBODY,
            team=values.line(self.row.get("department")),
            category=values.line(self.row.get("topic")),
            fields=fields,
            where="osTicket",
        )
        return Converted(ticket, tuple(self.wanted), tuple(self.remarks))

    def remark(self, problem: str, cure: str) -> None:
        self.remarks.append(Remark(f"ticket {self.ref}", problem, cure, ref=self.ref))

    def moment(self, value: object) -> datetime | None:
        return values.moment(value, self.zone)

    def requester(self) -> Person:
        somebody = values.person(self.row.get("address"), self.row.get("user_name"))
        if not somebody.address:
            self.remark(
                "Its requester has no address.", "The user was deleted in osTicket; answers reach nobody."
            )
        poster = next((row.get("poster") for row in self.parts.entries if row.get("type") == "M"), "")
        return somebody or values.person("", poster) or values.gone("User", self.row.get("user_id"))

    def status(self) -> str:
        if self.row.get("state") != "open":
            return "closed"
        if not any(row.get("type") == "R" for row in self.parts.entries):
            return "new"
        return "pending" if values.number(self.row.get("isanswered")) else "open"

    def fields(self) -> tuple[str, str, dict[str, str]]:
        """Return the subject, the priority and what else the form of tickets has."""
        by_name = {values.line(row["name"]): row for row in self.parts.fields}
        subject = values.line(by_name["subject"]["value"]) if "subject" in by_name else ""
        priority = values.line(by_name["priority"]["value"]).lower() if "priority" in by_name else ""
        rest = {
            values.line(row["label"]) or values.line(row["name"]): chosen(row["value"])
            for row in self.parts.fields
            if row["name"] not in _OWN
        }
        rest["source"] = values.line(self.row.get("source"))
        if values.line(self.row.get("status_name")).lower() not in ("open", "closed"):
            rest["status"] = values.line(self.row.get("status_name"))
        rest = {name: value for name, value in rest.items() if value}
        if priority == EMERGENCY:
            priority = URGENT
        return subject, priority if priority in PRIORITIES else NORMAL, rest

    def entry(self, row: Row, requester: Person, created: datetime) -> ImportedEntry:
        ref = values.text(row["id"])
        kind = KINDS.get(values.text(row.get("type")), Kind.NOTE)
        if (values.number(row.get("flags")) or 0) & HIDDEN:
            kind = Kind.NOTE
        at = self.moment(row.get("created"))
        if at is None:
            self.remark(f"Entry {ref} has no date.", "It has the ticket's.")
        title = values.line(row.get("title"))
        body = values.text(row.get("body"))
        html = body if values.text(row.get("format")) == "html" else ""
        plain = "" if html else body
        if kind is Kind.NOTE and title and plain:
            plain = f"{title}\n\n{plain}"
        return ImportedEntry(
            ref=ref,
            kind=kind,
            author=self.author(row, kind, requester),
            at=at or created,
            text=plain,
            html=html,
            message_id=values.line(row.get("mid")).strip("<>"),
            files=tuple(self.file(file) for file in self.parts.files.get(values.number(row["id"]) or 0, ())),
            where="osTicket",
        )

    def author(self, row: Row, kind: Kind, requester: Person) -> Person:
        if values.number(row.get("staff_id")):
            named = staff(row, "staff_") or values.person("", row.get("poster"))
            return named or values.gone("Agent", row.get("staff_id"))
        known = values.person(row.get("user_address"), row.get("user_name"))
        if known:
            return known
        poster = values.person("", row.get("poster"))
        if kind is Kind.MESSAGE and (not poster or poster.name == requester.name):
            return requester
        return poster or values.gone("User", row.get("user_id"))

    def file(self, row: Row) -> ImportedFile:
        name = values.file_name(row.get("name") or row.get("file_name"))
        path = values.file_path(self.ref, row["id"], name)
        size = values.number(row.get("size"))
        missing = ""
        if row.get("file_id") is None or row.get("key") is None:
            missing = "osTicket lost it: its row is gone"
        else:
            # "D": in chunks in the database. All else: kept by a plugin, under the key.
            backend = values.text(row.get("bk")) or "D"
            source = f"{backend}:{values.text(row['file_id'])}:{values.text(row['key'])}"
            self.wanted.append(Wanted(path, source, size))
        return ImportedFile(
            path,
            name,
            values.media_type(row.get("media_type")),
            size,
            content_id=values.line(row.get("key")) if values.number(row.get("inline")) else "",
            inline=bool(values.number(row.get("inline"))),
            missing=missing,
            gone=bool(missing),
        )


EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def staff(row: Row, prefix: str) -> Person:
    """Return an agent of the columns `PREFIXfirstname`, `PREFIXlastname` and `PREFIXemail`."""
    name = f"{values.line(row.get(prefix + 'firstname'))} {values.line(row.get(prefix + 'lastname'))}"
    return values.person(row.get(f"{prefix}email"), name)


def chosen(value: object) -> str:
    """Return the value of a field; a choice is kept as JSON, {"key": "Label"}, and stands for its labels."""
    plain = values.text(value).strip()
    if plain.startswith(("{", "[")):
        try:
            return values.flat(json.loads(plain))
        except (ValueError, RecursionError):
            return plain
    return plain
