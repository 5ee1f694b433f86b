"""What the effects of one decision do to tickets and their histories, within the running transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from intake.desk.agent_effects import SetAway, SetLanguage
from intake.desk.effects import (
    AddEntry,
    AddParticipant,
    Amend,
    Assign,
    OpenTicket,
    Record,
    RemoveParticipant,
    SetStatus,
)
from intake.desk.message import Attachment, Message
from intake.desk.opening import opened
from intake.desk.people_effects import Unwatch, Watch
from intake.desk.sla_effects import SetPromises
from intake.desk.ticket import EntryKind, Status, Ticket
from intake.ports import Compose
from intake.store import audit, promise_rows, readings, withdrawal
from intake.store.blobs import Blobs, digest
from intake.store.connection import Connection
from intake.store.person_language import remember_language
from intake.store.previews import remember
from intake.store.schema import tables
from intake.store.schema.colleagues import Watcher
from intake.store.schema.fields import LONGEST_KEY
from intake.store.schema.links import Participant
from intake.store.schema.tables import THREAD, Audit, Entry, MessageRef
from intake.store.search import SearchIndex
from intake.store.tickets import SqlTickets
from intake.store.upgrade.reindex import tag


class TicketChanges:
    """One decision being applied. `tickets` holds each snapshot as the effects have left it."""

    def __init__(
        self,
        db: Connection,
        blobs: Blobs,
        source: SqlTickets,
        search: SearchIndex,
        compose: Compose,
        now: datetime,
        ledger_id: int | None,
        message: Message | None,
    ) -> None:
        self.db, self.blobs, self.source, self.search = db, blobs, source, search
        self.compose, self.now = compose, now
        self.ledger_id, self.message = ledger_id, message
        self.tickets: dict[int, Ticket] = {}
        self.opened: int | None = None
        self.touched: int | None = None
        self.outbox_ids: list[int] = []
        # Each ticket as it was before this decision, and the answer that was given in it.
        self.loaded: dict[int, Ticket] = {}
        self.answer: int | None = None
        self.newest: int | None = None
        # The finds of the message at hand that may be false alarms.
        self.doubtful: tuple[int, ...] = ()
        # The entry that the message at hand became.
        self.said: int | None = None
        # What tickets are to be found by, told to the index once at the end.
        self.words: dict[int, list[str]] = {}

    def ticket(self, number: int | None) -> Ticket:
        wanted = self.opened if number is None else number
        if wanted is None:
            raise LookupError("an effect speaks of a new ticket, and none was opened")
        if wanted not in self.tickets:
            ticket = self.source.get(wanted)
            if ticket is None:
                raise LookupError(f"there is no ticket {wanted}")
            self.tickets[wanted] = ticket
            self.loaded.setdefault(wanted, ticket)
        self.touched = wanted
        return self.tickets[wanted]

    def change(self, ticket: Ticket, **columns: object) -> None:
        if not columns and ticket.updated_at == self.now:
            return
        self.db.writes.change(tables.Ticket, ticket.id, updated_at=self.now, **columns)
        self.tickets[ticket.id] = replace(ticket, updated_at=self.now)

    def open(self, effect: OpenTicket) -> None:
        closed_at = self.now if effect.status is Status.CLOSED else None
        number = self.db.numbers.take(tables.Ticket)
        self.db.writes.insert(
            tables.Ticket,
            id=number,
            subject=effect.subject,
            status=effect.status.value,
            requester=effect.requester.mailbox,
            requester_name=effect.requester.name,
            language=effect.language,
            mailbox=effect.mailbox,
            team=effect.team,
            channel=effect.channel,
            related=effect.related,
            flood=effect.flood,
            priority=effect.priority,
            category=effect.category,
            tags=effect.tags,
            fields=effect.fields,
            spam=bool(effect.withheld),
            withheld=effect.withheld.value,
            utc_offset=effect.utc_offset,
            quiet=effect.quiet,
            survey_off=effect.quiet,
            created_at=self.now,
            updated_at=self.now,
            closed_at=closed_at,
        )
        self.opened = number
        tag(self.db, number, effect.tags)
        self.words[number] = [effect.subject, effect.requester.name, effect.requester.mailbox]
        self.tickets[number] = opened(effect, number, self.now)

    def entry(self, effect: AddEntry) -> None:
        ticket = self.ticket(effect.ticket)
        message = self.message if effect.from_message else None
        answer, before = effect.kind is EntryKind.REPLY, self.loaded.get(ticket.id, ticket)
        entry_id = self.db.numbers.take(Entry)
        self.db.writes.insert(
            Entry,
            id=entry_id,
            ticket=ticket.id,
            kind=effect.kind.value,
            author=effect.author.mailbox,
            author_name=effect.author.name,
            text=effect.text,
            full_text=effect.full_text,
            evidence=effect.evidence.value,
            before=withdrawal.snapshot(before) if answer else {},
            agent=effect.agent,
            unproven=effect.unproven,
            settled=effect.settled,
            message=self.ledger_id if effect.from_message else None,
            created_at=self.now,
        )
        self.answer, self.newest = entry_id if answer else self.answer, entry_id
        self.said = entry_id if effect.from_message else self.said
        files = (*effect.attachments, *(message.attachments if message else ()))
        self.attach(entry_id, files)
        if effect.kind is not EntryKind.EVENT:
            texts = self.words.setdefault(ticket.id, [])
            texts += [effect.text, *(file.name for file in files)]
        self.change(ticket)
        if message and message.message_id and not effect.apart:
            public = effect.kind is EntryKind.CUSTOMER
            self.refer(message.message_id, self.tickets[ticket.id], "in", public)
        if message and message.thread_index and effect.kind is EntryKind.CUSTOMER:
            self.thread(message.thread_index, self.tickets[ticket.id])

    def attach(self, entry: int, files: Sequence[Attachment]) -> None:
        named = {(digest(file.content), file.name): file for file in files}
        if not named:
            return
        self.blobs.put({name: file.content for (name, _), file in named.items()})
        for (name, _), file in named.items():
            self.db.writes.insert(
                tables.Attachment,
                entry=entry,
                name=file.name,
                media_type=file.media_type,
                size=len(file.content),
                sha256=name,
                content_id=file.content_id,
                inline=file.inline,
            )
        made = {name: file.preview for (name, _), file in named.items() if file.preview}
        wanted = [name for (name, _), file in named.items() if file.wants_preview]
        remember(self.db, made, wanted, self.now)
        readings.remember(self.db, {name: file for (name, _), file in named.items()}, self.now)

    def refer(self, message_id: str, ticket: Ticket, direction: str, public: bool) -> None:
        # An id too long for a header line (RFC 5322 section 2.1.1) can neither be quoted nor answered.
        if len(message_id) > 998 or len(message_id.encode("utf-8", "replace")) > LONGEST_KEY:
            return
        self.db.writes.insert(
            MessageRef, message_id=message_id, ticket=ticket.id, direction=direction, public=public
        )
        if public and message_id not in ticket.message_ids:
            self.tickets[ticket.id] = replace(ticket, message_ids=(*ticket.message_ids, message_id))

    def thread(self, thread_index: str, ticket: Ticket) -> None:
        if thread_index != ticket.thread_index:
            values = {"message_id": thread_index, "ticket": ticket.id, "direction": THREAD, "public": True}
            self.db.writes.insert(MessageRef, **values)
            self.tickets[ticket.id] = replace(ticket, thread_index=thread_index)

    def status(self, effect: SetStatus) -> None:
        ticket = self.ticket(effect.ticket)
        closed_at = self.now if effect.status is Status.CLOSED else None
        self.change(ticket, status=effect.status.value, closed_at=closed_at)
        self.tickets[ticket.id] = replace(self.tickets[ticket.id], status=effect.status, closed_at=closed_at)

    def assign(self, effect: Assign) -> None:
        ticket = self.ticket(effect.ticket)
        team = effect.team or ticket.team
        self.change(ticket, assignee=effect.agent.id if effect.agent else None, team=team)
        if effect.agent is not None:
            self.db.writes.change(tables.Agent, effect.agent.id, given_at=self.now)
        self.tickets[ticket.id] = replace(self.tickets[ticket.id], assignee=effect.agent, team=team)

    def set_away(self, effect: SetAway) -> None:
        model = tables.Agent
        later = model.away_until.is_null() | (model.away_until < effect.until)
        self.db.run(model.update(away_until=effect.until).where((model.id == effect.agent) & later))
        self.db.cache.clear()

    def set_language(self, effect: SetLanguage) -> None:
        model = tables.Agent
        self.db.run(model.update(language=effect.language).where(model.id == effect.agent))
        self.db.cache.clear()

    def amend(self, effect: Amend) -> None:
        ticket = self.ticket(effect.ticket)
        if "tags" in effect.changes:
            tag(self.db, ticket.id, effect.changes["tags"], fresh=False)
        if "subject" in effect.changes:
            self.words.setdefault(ticket.id, []).append(effect.changes["subject"])
        self.change(ticket, **effect.changes)
        self.tickets[ticket.id] = replace(self.tickets[ticket.id], **effect.changes)
        if "language" in effect.changes:
            remember_language(self.db, ticket.requester, effect.changes["language"], self.now)

    def let_in(self, effect: AddParticipant) -> None:
        ticket, address = self.ticket(effect.ticket), effect.address
        if address.key in {
            ticket.requester.key,
            *(participant.lower() for participant in ticket.participants),
        }:
            return
        self.db.writes.insert(Participant, ticket=ticket.id, key=address.key, address=address.mailbox)
        self.change(ticket)
        people = (*self.tickets[ticket.id].participants, address.mailbox)
        self.tickets[ticket.id] = replace(self.tickets[ticket.id], participants=people)

    def let_out(self, effect: RemoveParticipant) -> None:
        ticket, key = self.ticket(effect.ticket), effect.address.key
        where = (Participant.ticket == ticket.id) & (Participant.key == key)
        self.db.run(Participant.delete().where(where))
        self.change(ticket)
        people = tuple(participant for participant in ticket.participants if participant.lower() != key)
        self.tickets[ticket.id] = replace(self.tickets[ticket.id], participants=people)

    def watch(self, effect: Watch) -> None:
        ticket, agent = self.ticket(effect.ticket), effect.agent
        if agent.id in {watcher.id for watcher in ticket.watchers}:
            return
        self.db.writes.insert(Watcher, ticket=ticket.id, agent=agent.id)
        watchers = sorted((*ticket.watchers, agent), key=lambda watcher: watcher.id)
        self.tickets[ticket.id] = replace(ticket, watchers=tuple(watchers))

    def unwatch(self, effect: Unwatch) -> None:
        ticket, agent = self.ticket(effect.ticket), effect.agent
        where = (Watcher.ticket == ticket.id) & (Watcher.agent == agent.id)
        self.db.run(Watcher.delete().where(where))
        watchers = tuple(watcher for watcher in ticket.watchers if watcher.id != agent.id)
        self.tickets[ticket.id] = replace(ticket, watchers=watchers)

    def promised(self, effect: SetPromises) -> None:
        ticket = self.ticket(effect.ticket)
        self.tickets[ticket.id] = promise_rows.write(self.db, effect, ticket, self.now)

    def index(self) -> None:
        """Have the tickets found by what was written into them."""
        for number, texts in self.words.items():
            self.db.writes.find_by(number, texts)

    def record(self, effect: Record) -> None:
        number = self.opened if effect.ticket is None else effect.ticket
        self.db.writes.insert(
            Audit,
            at=self.now,
            who=effect.who,
            what=audit.shown(effect.what),
            authority=effect.authority,
            ticket=number,
            message=self.ledger_id,
        )
