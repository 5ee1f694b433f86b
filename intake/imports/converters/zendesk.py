"""Zendesk: a ticket of its JSON export, or of its API, becomes one of ours. Pure.

After developer.zendesk.com: Tickets, Ticket Comments, Users, Incremental Exports. In an export people stand
either as ids (`requester_id`) or written out (`requester`); both are read.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from intake.desk.ticket import NORMAL, PRIORITIES
from intake.imports.converters import values
from intake.imports.converters.shapes import Converted, Item, LeftOut, Row, Wanted
from intake.imports.model import NOBODY, ImportedEntry, ImportedFile, ImportedTicket, Kind, Person, Remark

# "hold" waits for a third party, so it is the desk's to watch; "solved" only waits to be closed.
STATUS = {
    "new": "new",
    "open": "open",
    "pending": "pending",
    "hold": "open",
    "solved": "closed",
    "closed": "closed",
}
AGENTS = frozenset(("agent", "admin"))
_RATED = frozenset(("good", "bad", "goodwithcomment", "badwithcomment"))


@dataclass(slots=True)
class Names:
    """Who and what ids stand for: users (packed small, there may be many), and the names of the rest."""

    users: dict[int, str] = field(default_factory=dict)
    organizations: dict[int, str] = field(default_factory=dict)
    groups: dict[int, str] = field(default_factory=dict)
    fields: dict[int, str] = field(default_factory=dict)
    # Whether the export lists its users: who is not among them was deleted, else they are only unknown.
    listed: bool = False

    def list_user(self, row: Row) -> None:
        """Remember a user of the list of all users."""
        self.listed = True
        self.add_user(row)

    def add_user(self, row: Row) -> None:
        """Remember a user."""
        ref = values.number(row.get("id"))
        if ref is not None:
            somebody = values.person(row.get("email"), row.get("name"))
            self.users[ref] = "\n".join((values.line(row.get("role")), somebody.address, somebody.name))

    def user(self, ref: object) -> tuple[str, Person] | None:
        """Return a user's role and name; None for one that is not known."""
        packed = self.users.get(values.number(ref) or 0)
        if packed is None:
            return None
        role, address, name = packed.split("\n")
        return role, Person(address, name)

    def agents(self) -> tuple[Person, ...]:
        """Return all agents, by address and name."""
        known = (self.user(ref) for ref in self.users)
        people = {somebody for role, somebody in filter(None, known) if role in AGENTS}
        return tuple(sorted(people, key=lambda somebody: (somebody.address, somebody.name)))


def add_name(names: dict[int, str], row: Row, key: str = "name") -> None:
    """Remember what an id stands for."""
    ref = values.number(row.get("id"))
    if ref is not None:
        names[ref] = values.line(row.get(key))


def converted(row: Row, where: str, names: Names) -> Item:
    """Return a ticket of Zendesk as ours, a LeftOut for a deleted one, a Remark for what is none."""
    ref = values.number(row.get("id"))
    created = values.moment(row.get("created_at"))
    if ref is None or created is None:
        return Remark(where, "This is no ticket: it has no id or no date.", "Export it again.", lost=True)
    if row.get("status") == "deleted":
        return LeftOut(str(ref), "deleted in Zendesk")
    for somebody in _written_out(row):
        names.add_user(somebody)
    return _Reader(row, str(ref), where, names, []).ticket()


def _written_out(row: Row) -> Iterator[Row]:
    for key in ("requester", "submitter", "assignee"):
        yield values.member(row.get(key))
    yield from values.members(row.get("collaborator"))
    yield from values.members(row.get("collaborators"))
    yield from values.members(row.get("_users"))


@dataclass(slots=True)
class _Reader:
    row: Row
    ref: str
    where: str
    names: Names
    remarks: list[Remark]
    wanted: list[Wanted] = field(default_factory=list)

    def ticket(self) -> Converted:
        created = values.moment(self.row["created_at"])
        assert created is not None
        requester = self.person(self._id("requester"))
        if requester is None:
            requester = self.gone("Requester", self._id("requester"))
            self.remark(
                "The requester is not among the users.",
                "Answers to this ticket reach nobody: add the users to the export and convert again, or give "
                "the ticket a requester in tickets.ndjson before it is imported.",
            )
        comments = values.members(self.row.get("comments"))
        entries = tuple(self.entry(comment) for comment in comments) or self.first()
        self.say_who_is_missing(comments)
        status = values.text(self.row.get("status"))
        updated = values.moment(self.row.get("updated_at"))
        closed = STATUS.get(status, "open") == "closed"
        ticket = ImportedTicket(
            ref=self.ref,
            subject=values.line(self.row.get("subject") or self.row.get("raw_subject")),
            requester=requester,
            created_at=created,
            entries=entries,
            status=STATUS.get(status, "open"),
            participants=self.participants(requester),
            updated_at=updated,
            closed_at=self.closed_at() or updated if closed else None,
            priority=priority if (priority := self.row.get("priority")) in PRIORITIES else NORMAL,
            assignee=self.person(self._id("assignee")) or NOBODY,
            team=self.named("group", self.names.groups),
            tags=tuple(tag for value in self._list("tags") if (tag := values.line(value))),
            fields=self.fields(status),
            where=self.where,
        )
        return Converted(ticket, tuple(self.wanted), tuple(self.remarks))

    def remark(self, problem: str, cure: str) -> None:
        self.remarks.append(Remark(f"{self.where}, ticket {self.ref}", problem, cure, ref=self.ref))

    def _id(self, key: str) -> object:
        return self.row.get(f"{key}_id") or values.member(self.row.get(key)).get("id")

    def _list(self, key: str) -> list[object]:
        value = self.row.get(key)
        return value if isinstance(value, list) else []

    def person(self, ref: object) -> Person | None:
        known = self.names.user(ref)
        return known[1] if known is not None and known[1] else None

    def gone(self, who: str, ref: object) -> Person:
        """Return somebody who is not among the users."""
        return values.gone(who, ref, "deleted" if self.names.listed else "unknown")

    def copied(self) -> list[object]:
        # Followers are agents that are told of a ticket; who was in copy is a participant.
        refs = [*self._list("email_cc_ids"), *self._list("collaborator_ids")]
        return refs + [row.get("id") for row in values.members(self.row.get("collaborator"))]

    def participants(self, requester: Person) -> tuple[Person, ...]:
        known = (self.names.user(ref) for ref in self.copied())
        people = (somebody for role, somebody in filter(None, known) if role not in AGENTS)
        return values.others(people, [requester.address])

    def closed_at(self) -> datetime | None:
        return values.moment(values.member(self.row.get("metric_set")).get("solved_at"))

    def named(self, key: str, names: Mapping[int, str]) -> str:
        return values.line(values.member(self.row.get(key)).get("name")) or names.get(
            values.number(self._id(key)) or 0, ""
        )

    def fields(self, status: str) -> dict[str, str]:
        kept = {"organization": self.named("organization", self.names.organizations)}
        kept["type"] = values.line(self.row.get("type"))
        if STATUS.get(status) != status:
            kept["status"] = status
        rating = values.member(self.row.get("satisfaction_rating"))
        if values.text(rating.get("score")).replace("_", "") in _RATED:
            kept["satisfaction"] = values.text(rating.get("score"))
            kept["satisfaction_comment"] = values.text(rating.get("comment"))
        for custom in values.members(self.row.get("custom_fields")):
            ref = values.number(custom.get("id"))
            kept[self.names.fields.get(ref or 0) or f"field {ref}"] = values.flat(custom.get("value"))
        return {name: value for name, value in kept.items() if value}

    def first(self) -> tuple[ImportedEntry, ...]:
        """The description, where the export has no comments: it is the first of them."""
        if not values.text(self.row.get("description")):
            self.remark("It has no comments.", "Its history is empty; export with comments to have it.")
            return ()
        self.remark("It has no comments, only its description.", "Export with comments to have the rest.")
        author = self._id("submitter") or self._id("requester")
        # What the requester wrote is known to them, unless the export calls it private.
        said = self.row.get("is_public", self._is_requester(author) and not self._is_agent(author))
        public = {"public": True} if said is True else {}
        return (
            self.entry(
                {
                    "id": "description",
                    "author_id": author,
                    "plain_body": self.row["description"],
                    "created_at": self.row["created_at"],
                    **public,
                }
            ),
        )

    def entry(self, comment: Row) -> ImportedEntry:
        ref = values.text(comment.get("id")) or values.text(comment.get("audit_id")) or "?"
        author = _author_of(comment)
        at = values.moment(comment.get("created_at"))
        if at is None:
            at = values.moment(self.row["created_at"])
            self.remark(f"Comment {ref} has no date.", "It has the ticket's.")
        assert at is not None
        kind = self.kind(comment, author)
        somebody = self.person(author) or self.gone(self._role(comment, author), author)
        html = values.text(comment.get("html_body"))
        text = values.text(comment.get("plain_body"))
        if not text and not html:
            text = values.text(comment.get("body"))
        system = values.member(values.member(comment.get("metadata")).get("system"))
        return ImportedEntry(
            ref=ref,
            kind=kind,
            author=somebody,
            at=at,
            text=text,
            html=html,
            message_id=values.line(system.get("message_id")).strip("<>"),
            files=tuple(self.file(row) for row in values.members(comment.get("attachments"))),
            where=self.where,
        )

    def kind(self, comment: Row, author: object) -> Kind:
        """Private unless the export says that it is public; by an agent unless a customer wrote it."""
        if comment.get("public") is not True:
            return Kind.NOTE
        if self._is_agent(author):
            return Kind.ANSWER
        if self._is_requester(author):
            return Kind.MESSAGE
        ref = values.number(author)
        if ref is not None and ref == values.number(self._id("assignee")):
            return Kind.ANSWER  # An agent who was made a customer when they left.
        if self.names.user(author) is not None:
            return Kind.MESSAGE
        # A customer or an agent: where nothing tells them apart it stays inside.
        return Kind.NOTE

    def say_who_is_missing(self, comments: list[Row]) -> None:
        """Remark public comments that stay inside for want of their authors among the users."""
        # Without any users that is so everywhere, and told of the requester.
        if not self.names.listed:
            return
        public = [comment for comment in comments if comment.get("public") is True]
        inside = [comment for comment in public if self.kind(comment, _author_of(comment)) is Kind.NOTE]
        if inside:
            refs = ", ".join(values.text(comment.get("id")) or "?" for comment in inside)
            self.remark(
                f"Public, and now a note, as its author is not among the users: comment {refs}.",
                "Add them to the export and convert again, or change its kind in tickets.ndjson.",
            )

    def _is_agent(self, ref: object) -> bool:
        known = self.names.user(ref)
        return known is not None and known[0] in AGENTS

    def _is_requester(self, ref: object) -> bool:
        return values.number(ref) is not None and values.number(ref) == values.number(self._id("requester"))

    def _role(self, comment: Row, author: object) -> str:
        """Return what somebody is called of whom only the id is known."""
        if self._is_requester(author):
            return "Requester"
        ref = values.number(author)
        if ref is not None and ref == values.number(self._id("assignee")):
            return "Agent"
        # What is private was written by an agent, unless somebody in copy wrote it.
        copied = ref in map(values.number, self.copied())
        outside = comment.get("public") is True or copied or not self.names.listed
        return "Person" if outside else "Agent"

    def file(self, row: Row) -> ImportedFile:
        name = values.file_name(row.get("file_name"))
        path = values.file_path(self.ref, row.get("id"), name)
        size = values.number(row.get("size"))
        missing = ""
        if row.get("deleted") is True:
            missing = "deleted in Zendesk"
        else:
            self.wanted.append(Wanted(path, values.text(row.get("content_url")), size))
        media_type = values.media_type(row.get("content_type"))
        inline = row.get("inline") is True
        return ImportedFile(path, name, media_type, size, inline=inline, missing=missing, gone=bool(missing))


def _author_of(comment: Row) -> object:
    return comment.get("author_id") or values.member(comment.get("author")).get("id")


# What adds a row of each list that an export, or a page of the API, has.
def adders(names: Names) -> dict[str, Callable[[Row], None]]:
    """Return what takes in the rows that are no tickets, by the key of their list."""
    return {
        "users": names.list_user,
        "organizations": lambda row: add_name(names.organizations, row),
        "groups": lambda row: add_name(names.groups, row),
        "ticket_fields": lambda row: add_name(names.fields, row, "title"),
    }
