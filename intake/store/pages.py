"""What stands around the news in mails to agents, asked for all tickets of a set at once.

What decisions of the same transaction will write, and have not yet, is added to what the database says.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from intake.desk.effects import Mail, MailKind
from intake.desk.lookup import Line, TicketLine
from intake.desk.page import (
    MOST_ABOUT,
    MOST_ALIKE,
    MOST_EVENTS,
    MOST_LOOKED_AT,
    MOST_READ,
    MOST_SHOWN,
    History,
    News,
    OtherTicket,
    Requester,
    TicketPage,
    page,
)
from intake.desk.ticket import SPAM, EntryKind, Ticket
from intake.store.agents import SqlAgents
from intake.store.connection import Connection
from intake.store.lookups import line_of
from intake.store.merged import INTO, newest
from intake.store.schema import tables
from intake.store.schema.fields import Moment, clean
from intake.store.schema.persons import PersonNote
from intake.store.schema.tables import Attachment, Entry
from intake.store.statement import SetStatement

_EVENT, _DRAFT, _CUSTOMER = EntryKind.EVENT.value, EntryKind.DRAFT.value, EntryKind.CUSTOMER.value
_TICKET = {"ticket": tables.Ticket.id}
_WORDS = (
    f"SELECT id FROM entry WHERE ticket = v.ticket AND kind <> '{_EVENT}' ORDER BY id DESC "
    f"LIMIT {MOST_SHOWN + 1}"
)
_EVENTS = (
    f"SELECT id FROM entry WHERE ticket = v.ticket AND kind = '{_EVENT}' ORDER BY id DESC LIMIT {MOST_EVENTS}"
)
# The newest of a customer's tells how far they are proven, however many notes stand behind it.
_CUSTOMERS = f"SELECT id FROM entry WHERE ticket = v.ticket AND kind = '{_CUSTOMER}' ORDER BY id DESC LIMIT 1"
_LINES = SetStatement(
    "SELECT e.ticket, e.id, e.kind, e.author, e.author_name, "
    f"SUBSTR(e.text, 1, {MOST_READ}), e.created_at, e.evidence "
    f"FROM v JOIN entry e ON e.id IN (SELECT id FROM ({_WORDS}) w UNION ALL SELECT id FROM ({_EVENTS}) x "
    f"UNION ALL SELECT id FROM ({_CUSTOMERS}) y)",
    **_TICKET,
)
_FILES = SetStatement(
    f"SELECT a.entry, a.name FROM v JOIN attachment a ON a.entry IN ({_WORDS}) ORDER BY a.id", **_TICKET
)
_COUNTS = SetStatement(
    "SELECT e.ticket, COUNT(*), "
    f"SUM(CASE WHEN e.kind = '{_DRAFT}' AND NOT e.settled THEN 1 ELSE 0 END) "
    f"FROM v CROSS JOIN entry e WHERE e.ticket = v.ticket AND e.kind <> '{_EVENT}' GROUP BY e.ticket",
    **_TICKET,
)
_NAMES = (
    "t.id, t.subject, t.status, t.spam, t.requester, t.assignee, t.priority, t.mailbox, t.updated_at, "
    "t.closed_at, t.merged_into, t.snoozed_until, t.first_response_due, t.next_response_due, t.resolution_due"
)
_OTHERS = SetStatement(
    f"SELECT v.key, {_NAMES} FROM v JOIN ticket t ON t.id IN (SELECT id FROM ticket "
    f"WHERE LOWER(requester) = LOWER(v.key) ORDER BY id DESC LIMIT {MOST_LOOKED_AT})",
    key=tables.Ticket.requester,
)
_NOTES = SetStatement(
    "SELECT v.key, n.text FROM v JOIN person_note n ON n.id IN (SELECT id FROM person_note "
    f"WHERE key = v.key ORDER BY id DESC LIMIT {MOST_ABOUT}) ORDER BY n.id DESC",
    key=PersonNote.key,
)
# Those that agents linked with it, and those that were merged into it.
_LINKED = SetStatement(
    "SELECT 0, l.ticket, l.other FROM v JOIN ticket_link l ON l.ticket = v.ticket AND l.other IN "
    f"(SELECT other FROM ticket_link WHERE ticket = v.ticket ORDER BY other DESC LIMIT {MOST_ALIKE}) "
    f"UNION ALL SELECT 1, y.root, y.id FROM {INTO} y ORDER BY 3 DESC",
    **_TICKET,
)
_ALIKE = SetStatement(f"SELECT {_NAMES} FROM v CROSS JOIN ticket t WHERE t.id = v.ticket", **_TICKET)


def news_of(mail: Mail, said: int | None) -> News:
    """Return what a mail says itself; `said` is the entry that the message at hand became."""
    notice = mail.kind is MailKind.NOTICE
    return News(
        texts=tuple(clean(text) for text in (mail.text, mail.quoted)),
        entry=mail.draft or (said or 0 if notice else 0),
        draft=bool(mail.draft),
        none=not notice,
    )


class Pages:
    """What was asked of the database for pages; good until something is written."""

    def __init__(self, db: Connection, agents: SqlAgents) -> None:
        self._db, self._agents = db, agents
        self._lines: dict[int, list[Line]] = {}
        self._counts: dict[int, tuple[int, int]] = {}
        self._theirs: dict[str, list[OtherTicket]] = {}
        self._notes: dict[str, list[str]] = {}
        self._linked: dict[int, list[int]] = {}
        self._merged: dict[int, list[int]] = {}
        self._named: dict[int, OtherTicket | None] = {}

    def of(self, ticket: Ticket, news: News, known: Mapping[int, Ticket]) -> TicketPage:
        """Return the page of a ticket; `known` are tickets as this decision has left them."""
        with self._db.beside():
            snapshots = {**self._of_set(), **known, ticket.id: ticket}
            others = self._others(ticket, snapshots)
            alike = self._alike(ticket, snapshots)
            key = clean(ticket.requester.key)
            requester = Requester(key, tuple(self._notes.get(key, ())))
            history = replace(self._history(ticket.id, snapshots), excused=ticket.excused)
            return page(history, news, requester, others, alike)

    def _of_set(self) -> Mapping[int, Ticket]:
        batch = self._db.batch
        there = batch.tickets.values() if batch is not None else ()
        return {ticket.id: ticket for ticket in there if ticket is not None}

    # -- the conversation so far ----------------------------------------------------------

    def with_merged(self, ticket: Ticket, known: Mapping[int, Ticket]) -> list[int]:
        """Return the number of a ticket and those that were merged into it, sorted; `known` as in `of`."""
        with self._db.beside():
            snapshots = {**self._of_set(), **known, ticket.id: ticket}
            self._ask_alike(ticket, snapshots)
            return sorted({ticket.id, *self._into(ticket.id, snapshots)})

    def _into(self, number: int, snapshots: Mapping[int, Ticket]) -> set[int]:
        """Return the tickets that were merged into one, as the decisions of the set have left them."""
        there = set(self._merged.get(number, ()))
        there -= {each for each in there & snapshots.keys() if snapshots[each].merged_into is None}
        for _ in snapshots:
            more = {each for each, seen in snapshots.items() if seen.merged_into in {number, *there}}
            if more <= there:
                break
            there |= {*more, *(deeper for each in more for deeper in self._merged.get(each, ()))}
        return there - {number}

    def _history(self, number: int, snapshots: Mapping[int, Ticket]) -> History:
        merged = self._into(number, snapshots)
        if not {number, *merged} <= self._lines.keys():
            # Those of the other messages with it.
            all_of_them = {
                number,
                *self._of_set(),
                *(each for into in self._merged.values() for each in into),
            }
            self._ask_lines(sorted({*all_of_them, *merged} - self._lines.keys()))
        lines = {line.id: line for line in self._lines[number]}
        words, drafts = self._counts[number]
        for other in merged:
            lines |= {line.id: replace(line, ticket=other) for line in self._lines[other]}
            words, drafts = words + self._counts[other][0], drafts + self._counts[other][1]
        new = [row for row in self._db.writes_of(Entry) if row["ticket"] in {number, *merged}]
        for row in new:
            line = _line(row, self._new_files(row["id"]))
            lines[row["id"]] = line if row["ticket"] == number else replace(line, ticket=row["ticket"])
            words += row["kind"] != _EVENT
            drafts += row["kind"] == _DRAFT and not row.get("settled", False)
        return History(tuple(lines.values()), words, drafts)

    def _ask_lines(self, numbers: Sequence[int]) -> None:
        asked = [{"ticket": number} for number in numbers if not self._db.is_new(tables.Ticket, number)]
        files: dict[int, list[str]] = defaultdict(list)
        for number in numbers:
            self._lines[number], self._counts[number] = [], (0, 0)
        if not asked:
            return
        for entry, name in self._db.each(_FILES, asked):
            files[entry].append(name)
        for number, entry, kind, author, name, text, at, evidence in self._db.each(_LINES, asked):
            when = Moment().python_value(at)
            line = Line(
                entry, EntryKind(kind), author, name, text, when, tuple(files[entry]), evidence=evidence
            )
            self._lines[number].append(line)
        for number, words, drafts in self._db.each(_COUNTS, asked):
            self._counts[number] = words, int(drafts)

    def _new_files(self, entry: int) -> tuple[str, ...]:
        return tuple(clean(row["name"]) for row in self._db.writes_of(Attachment) if row["entry"] == entry)

    # -- the customer's other tickets -----------------------------------------------------

    def _others(self, ticket: Ticket, snapshots: Mapping[int, Ticket]) -> list[OtherTicket]:
        key = clean(ticket.requester.key)
        if not key:
            return []
        if key not in self._theirs:
            self._ask_others(key, snapshots.values())
        there = {other.line.id: other for other in self._theirs[key]}
        new = {row["id"] for row in self._db.writes_of(tables.Ticket)}
        for number, snapshot in snapshots.items():
            if number in there or (number in new and clean(snapshot.requester.key) == key):
                there[number] = _other(snapshot)
        there.pop(ticket.id, None)
        newest = sorted(there, reverse=True)[:MOST_LOOKED_AT]
        return [there[number] for number in newest]

    def _ask_others(self, key: str, tickets: Iterable[Ticket]) -> None:
        keys = {key, *(clean(ticket.requester.key) for ticket in tickets), *self._senders()}
        asked = sorted(keys - self._theirs.keys() - {""})
        self._theirs.update({key: [] for key in asked})
        agents = self._agents.by_id()
        for key, *row in self._db.each(_OTHERS, [{"key": key} for key in asked]):
            self._theirs[key].append(_read(row, agents))
        self._notes.update({key: [] for key in asked})
        for key, text in self._db.each(_NOTES, [{"key": key} for key in asked]):
            self._notes[key].append(text)

    def _senders(self) -> set[str]:
        """Return who wrote the messages of the set: they may be the requesters of tickets to come."""
        batch = self._db.batch
        asked = batch.left() if batch is not None else ()
        people = [person for ask in asked for person in (ask.message.sender,) if person]
        people += [ask.message.forward.sender for ask in asked if ask.message.forward]
        return {clean(person.key) for person in people if person is not None}

    def _alike(self, ticket: Ticket, snapshots: Mapping[int, Ticket]) -> list[OtherTicket]:
        """Return the ticket that this one follows, and those that agents linked with it."""
        self._ask_alike(ticket, snapshots)
        numbers = dict.fromkeys((*_related(ticket), *self._linked[ticket.id]))
        there = (snapshots.get(number) or self._named[number] for number in numbers)
        return [_other(near) if isinstance(near, Ticket) else near for near in there if near is not None]

    def _ask_alike(self, ticket: Ticket, snapshots: Mapping[int, Ticket]) -> None:
        # Those of the other messages with it.
        asked = sorted({ticket.id, *self._of_set()} - self._linked.keys())
        self._linked.update({number: [] for number in asked})
        old = [{"ticket": number} for number in asked if not self._db.is_new(tables.Ticket, number)]
        rows = self._db.each(_LINKED, old) if old else []
        for merged, number, other in rows:
            if not merged:
                self._linked[number].append(other)
        self._merged.update({number: [] for number in asked})
        self._merged.update(newest((number, other) for merged, number, other in rows if merged))
        tickets = [each for number in {ticket.id, *asked} if (each := snapshots.get(number))]
        numbers = {number for each in tickets for number in (*_related(each), *self._linked[each.id])}
        unknown = sorted(numbers - snapshots.keys() - self._named.keys())
        if unknown:
            agents = self._agents.by_id()
            self._named.update(dict.fromkeys(unknown))
            for row in self._db.each(_ALIKE, [{"ticket": number} for number in unknown]):
                self._named[row[0]] = _read(row, agents)


def _related(ticket: Ticket) -> tuple[int, ...]:
    return (ticket.related,) if ticket.related and ticket.related != ticket.id else ()


def _line(row: Mapping[str, Any], files: tuple[str, ...]) -> Line:
    text = clean(row["text"])[:MOST_READ]
    author, name = clean(row["author"]), clean(row["author_name"])
    evidence = row.get("evidence", "")
    return Line(
        row["id"], EntryKind(row["kind"]), author, name, text, row["created_at"], files, evidence=evidence
    )


def _other(ticket: Ticket) -> OtherTicket:
    return OtherTicket(line_of(ticket), ticket.closed_at, ticket.spam or ticket.merged_into is not None)


def _read(row: Sequence[Any], agents: Mapping[int, Any]) -> OtherTicket:
    number, subject, status, spam, requester, assignee, priority, mailbox, *rest = row
    updated, closed, merged, snoozed, *dues = (
        value if at == 2 else Moment().python_value(value) for at, value in enumerate(rest)
    )
    line = TicketLine(
        number,
        subject,
        SPAM if spam else status,
        requester,
        agents[assignee].name if assignee else "",
        priority,
        updated,
        min((due for due in dues if due), default=None),
        snoozed,
        mailbox,
    )
    return OtherTicket(line, closed, bool(spam) or merged is not None)
