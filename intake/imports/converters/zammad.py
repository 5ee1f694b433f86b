"""Zammad: a ticket of its REST API, with its articles, becomes one of ours. Pure.

After docs.zammad.org (REST API: Ticket, Articles, User), with `expand=true`, so that states, groups and
roles stand there by their names.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime

from intake.imports.converters import values
from intake.imports.converters.shapes import Converted, Item, LeftOut, Row, Wanted
from intake.imports.model import NOBODY, ImportedEntry, ImportedFile, ImportedTicket, Kind, Person, Remark

# By the type of a state, which stays the same when an admin names states their own way.
STATUS = {
    "new": "new",
    "open": "open",
    "pending reminder": "pending",
    "pending action": "pending",
    "closed": "closed",
    "merged": "closed",
    "removed": "closed",
}
PRIORITY = {"1": "low", "2": "normal", "3": "high"}
# What every ticket has; what it has beside is a field that an admin made.
KNOWN = frozenset(
    (
        "id", "group_id", "priority_id", "state_id", "organization_id", "number", "title", "owner_id",
        "customer_id", "note", "first_response_at", "first_response_escalation_at", "first_response_in_min",
        "first_response_diff_in_min", "close_at", "close_escalation_at", "close_in_min",
        "close_diff_in_min", "update_escalation_at", "update_in_min", "update_diff_in_min", "last_close_at",
        "last_contact_at", "last_contact_agent_at", "last_contact_customer_at", "last_owner_update_at",
        "create_article_type_id", "create_article_sender_id", "article_count", "escalation_at",
        "pending_time", "type", "time_unit", "preferences", "updated_by_id", "created_by_id", "created_at",
        "updated_at", "checklist_id", "referencing_checklist_ids", "article_ids",
        "ticket_time_accounting_ids", "mentions", "group", "priority", "state", "organization", "owner",
        "customer", "created_by", "updated_by", "create_article_type", "create_article_sender",
        "ticket_time_accounting", "article", "checklist", "referencing_checklists", "articles", "tags",
        "_articles", "_tags", "_users", "ai_agent_running"
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Desk:
    """What ids and names stand for in this Zammad: users by id, and the types of states by their name."""

    users: Mapping[int, Row]
    state_types: Mapping[str, str]
    # The addresses, in lower case, of agents among the users, where they were noted as each was met: there
    # are many tickets.
    staff: Set[str] | None = None


def converted(row: Row, desk: Desk) -> Item:
    """Return a ticket of Zammad as ours; its articles are in `_articles`, its tags in `_tags`."""
    ref, created = values.number(row.get("id")), values.moment(row.get("created_at"))
    if ref is None or created is None:
        return Remark("Zammad", "This is no ticket: it has no id or no date.", "Report it.", lost=True)
    if desk.state_types.get(values.text(row.get("state"))) == "removed":
        return LeftOut(str(ref), "removed in Zammad")
    return _Reader(row, str(ref), created, desk).ticket()


def is_agent(user: Row) -> bool:
    """Whether a user of the API answers tickets."""
    roles = user.get("roles")
    names = roles if isinstance(roles, list) else []
    return any(values.text(name) in ("Agent", "Admin") for name in names)


def person_of(user: Row) -> Person:
    """Return a user as a person."""
    name = f"{values.line(user.get('firstname'))} {values.line(user.get('lastname'))}"
    return values.person(user.get("email"), name)


@dataclass(slots=True)
class _Reader:
    row: Row
    ref: str
    created: datetime
    desk: Desk
    remarks: list[Remark] = field(default_factory=list)
    wanted: list[Wanted] = field(default_factory=list)

    def ticket(self) -> Converted:
        articles = values.members(self.row.get("_articles"))
        requester = self.requester(articles)
        status = self.status()
        priority = values.line(self.row.get("priority"))[:1]
        group = values.line(self.row.get("group"))
        tags = self.row.get("_tags")
        owner = self.user(self.row.get("owner_id"))
        ticket = ImportedTicket(
            ref=self.ref,
            number=values.line(self.row.get("number")),
            subject=values.line(self.row.get("title")),
            requester=requester,
            created_at=self.created,
            entries=tuple(self.entry(article, requester) for article in articles),
            status=status,
            participants=self.participants(articles, requester),
            updated_at=values.moment(self.row.get("updated_at")),
            closed_at=values.moment(self.row.get("close_at")) if status == "closed" else None,
            priority=PRIORITY.get(priority, "normal"),
            # Zammad's user 1, "-", owns what nobody owns.
            assignee=owner if owner.address else NOBODY,
            team="" if group == "-" else group,
            tags=tuple(map(values.line, tags)) if isinstance(tags, list) else (),
            fields=self.fields(),
            where="Zammad",
        )
        return Converted(ticket, tuple(self.wanted), tuple(self.remarks))

    def remark(self, problem: str, cure: str) -> None:
        self.remarks.append(Remark(f"ticket {self.ref}", problem, cure, ref=self.ref))

    def user(self, ref: object) -> Person:
        return person_of(self.desk.users.get(values.number(ref) or 0, {}))

    def requester(self, articles: list[Row]) -> Person:
        somebody = self.user(self.row.get("customer_id"))
        if somebody.address:
            return somebody
        first = next((row for row in articles if row.get("sender") == "Customer"), {})
        senders = values.people(first.get("from"))
        if senders:
            return senders[0]
        self.remark("Its requester has no address.", "The customer was deleted in Zammad, or wrote by chat.")
        return somebody or values.gone("Customer", self.row.get("customer_id"))

    def status(self) -> str:
        state = values.text(self.row.get("state"))
        return STATUS.get(self.desk.state_types.get(state, state), "open")

    def participants(self, articles: list[Row], requester: Person) -> tuple[Person, ...]:
        """Who was in copy of public mail; not agents, and not those that only a note names."""
        staff = self.desk.staff
        if staff is None:
            staff = {person_of(user).address.lower() for user in self.desk.users.values() if is_agent(user)}
        public = [row for row in articles if row.get("internal") is False]
        in_copy = [somebody for row in public for somebody in values.people(row.get("cc"))]
        outside = (somebody for somebody in in_copy if somebody.address.lower() not in staff)
        return values.others(outside, [requester.address])

    def fields(self) -> dict[str, str]:
        kept = {key: values.flat(value) for key, value in self.row.items() if key not in KNOWN}
        kept["organization"] = values.line(self.row.get("organization"))
        state = values.line(self.row.get("state"))
        if STATUS.get(state) != state:
            kept["status"] = state
        return {name: value for name, value in sorted(kept.items()) if value}

    def entry(self, row: Row, requester: Person) -> ImportedEntry:
        ref = values.text(row.get("id"))
        kind = kind_of(row)
        at = values.moment(row.get("created_at"))
        if at is None:
            self.remark(f"Article {ref} has no date.", "It has the ticket's.")
        body = values.text(row.get("body"))
        html = body if values.media_type(row.get("content_type")) == "text/html" else ""
        return ImportedEntry(
            ref=ref,
            kind=kind,
            author=self.author(row, kind, requester),
            at=at or self.created,
            text="" if html else body,
            html=html,
            message_id=values.line(row.get("message_id")).strip("<>"),
            files=tuple(self.file(file, ref) for file in values.members(row.get("attachments"))),
            raw=self.raw(row, ref),
            automatic=row.get("sender") == "System",
            where="Zammad",
        )

    def author(self, row: Row, kind: Kind, requester: Person) -> Person:
        wrote = row.get("origin_by_id") or row.get("created_by_id")
        known = self.user(wrote)
        if kind is Kind.MESSAGE:
            # Mail that the desk fetched may have been created by the system, on behalf of its sender.
            senders = values.people(row.get("from"))
            return senders[0] if senders else known or requester
        if row.get("sender") == "System":
            return values.person("", "Zammad")
        return known or values.gone("Agent", wrote)

    def raw(self, row: Row, ref: str) -> ImportedFile | None:
        """The mail as it came or went, where Zammad kept it."""
        if row.get("_plain") is not True:
            return None
        path = values.file_path(self.ref, ref, "mail.eml")
        self.wanted.append(Wanted(path, f"/api/v1/ticket_article_plain/{ref}", optional=True))
        return ImportedFile(path, "mail.eml", "message/rfc822")

    def file(self, row: Row, article: str) -> ImportedFile:
        name = values.file_name(row.get("filename"))
        ref = values.text(row.get("id"))
        path = values.file_path(self.ref, ref, name)
        size = values.number(row.get("size"))
        self.wanted.append(Wanted(path, f"/api/v1/ticket_attachment/{self.ref}/{article}/{ref}", size))
        header = values.member(row.get("preferences"))
        media_type = values.media_type(header.get("Mime-Type") or header.get("Content-Type"))
        content_id = values.line(header.get("Content-ID")).strip("<>")
        inline = values.line(header.get("Content-Disposition")).lower().startswith("inline")
        return ImportedFile(path, name, media_type, size, content_id=content_id, inline=inline)


def kind_of(row: Row) -> Kind:
    """Private unless the article says that it is not internal, and by whom it is."""
    if row.get("internal") is not False:
        return Kind.NOTE
    senders = {"Customer": Kind.MESSAGE, "Agent": Kind.ANSWER, "System": Kind.ANSWER}
    return senders.get(values.text(row.get("sender")), Kind.NOTE)
