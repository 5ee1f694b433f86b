"""What the rules may know of many messages, asked for all of them at once.

Each question is one statement for as many messages as are left to be decided on, put when the first of
them needs the answer. What decisions of the same transaction will write, and have not yet, is added to
what the database says (`Writes`), so that each message sees what those before it decided.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from intake.desk.effects import MailKind
from intake.desk.facts import (
    Collision,
    Correspondence,
    LanguagePreference,
    SentMail,
    may_be_copy,
    may_hold_answers,
)
from intake.desk.message import MOST_THREAD_IDS, Address, Message
from intake.desk.ticket import Agent, Status
from intake.desk.tokens import TO_TICKETS, Purpose
from intake.desk.undo import Relayed
from intake.ports import Asked
from intake.store import answers_given, blocking, reports_of_delivery
from intake.store import fact_statements as questions
from intake.store.address_state import AddressStates
from intake.store.answers_given import Answering
from intake.store.connection import Connection
from intake.store.correspondence import Quotable
from intake.store.fact_values import OF_AGENTS, by_message_id, key_of, named_in, rows_of
from intake.store.old_desk import OldDesk
from intake.store.pending_counts import Before
from intake.store.rate_counts import Counted, RateCounts
from intake.store.schema.fields import Moment, clean
from intake.store.schema.tables import THREAD, Entry, MessageRef, Outbox, Ticket
from intake.store.schema.tables import Message as Row
from intake.store.statement import SetStatement
from intake.store.tickets import SqlTickets

HOUR = timedelta(hours=1)


class Gathering:
    """The answers for messages that are still to be decided on."""

    def __init__(
        self,
        db: Connection,
        tickets: SqlTickets,
        addresses: AddressStates,
        asked: Sequence[Asked],
        now: datetime,
    ) -> None:
        self._db, self._tickets, self._addresses = db, tickets, addresses
        self.asked, self.now = asked, now
        self.digests = frozenset(ask.message.digest for ask in asked)
        # Filled by who counts (store.facts): what was counted for, and the counts, by digests.
        self.counts: dict[str, tuple[Counted, Sequence[Any]]] = {}
        self.partners: Mapping[tuple[int, int], tuple[str, int | None]] | None = None
        self._related: dict[int, list[tuple[int, str]]] = {}
        self._collisions: Mapping[str, Collision] | None = None
        self._relayed: Mapping[str, Relayed] | None = None
        self.old = OldDesk(db, asked)
        self._lock_contents()
        self._load_tickets()

    # -- which ticket a message belongs to -------------------------------------------

    def referred(self, ids: Sequence[str]) -> tuple[int | None, int | None]:
        """Return the tickets of the first id that we gave out and of the first that came in."""
        named = [key_of(message_id) for message_id in ids[:MOST_THREAD_IDS]]
        tickets: dict[tuple[str, str], int] = {}
        for name in named:
            for direction, ticket in self._refs.get(name, ()):
                tickets.setdefault((direction, name), ticket)
        wanted = dict(zip(ids, named, strict=False))
        for row in self._db.writes_of(MessageRef):
            if row["message_id"] in wanted:
                tickets.setdefault((row["direction"], wanted[row["message_id"]]), row["ticket"])

        def first(direction: str) -> int | None:
            return next((tickets[direction, name] for name in named if (direction, name) in tickets), None)

        return first("out"), first("in")

    def in_thread(self, thread_index: str) -> list[int]:
        """Return the newest tickets that came from this conversation of Outlook's."""
        name = key_of(thread_index)
        new = [
            row["ticket"]
            for row in reversed(self._db.writes_of(MessageRef))
            if row["direction"] == THREAD and row["message_id"] == thread_index
        ]
        return [*new, *self._threads.get(name, ())][: questions.MOST_IN_THREAD]

    def duplicate(self, message: Message) -> tuple[int | None, int | None]:
        """Return the first finished row of the same content under other bytes, and its ticket."""
        if not message.fingerprint:
            return None, None
        known = self._same.get(message.digest) or self.old.twin(message)
        if known is not None:
            return known
        name = Row.fingerprint.db_value(message.fingerprint)
        for number, row in self._db.changes_of(Row).items():
            if row.get("state") == "done" and Row.fingerprint.db_value(row.get("fingerprint")) == name:
                return number, row["ticket"]
        return None, None

    def twin(self, message: Message) -> tuple[int, int, str] | None:
        """Return the mail of the last hour that this one may be a copy of: its row, its ticket, its text."""
        known = self._twins.get(message.digest)
        if known is not None:
            return known
        for number, row in self._finished(message, HOUR):
            if row.get("state") == "done" and row["ticket"] is not None:
                for entry in self._db.writes_of(Entry):
                    if entry["message"] == number and entry["kind"] == questions.CUSTOMER:
                        return number, row["ticket"], clean(entry["text"])
        return None

    def acted(self, message: Message) -> bool:
        """Whether another mail of this sender under the same Message-ID was obeyed of late."""
        return message.digest in self._acted or any(
            row["rule"] in questions.OBEYED and not row["reason"].startswith(questions.NOT_OBEYED)
            for _, row in self._finished(message, questions.ACTED_WITHIN)
        )

    def sent(self, message: Message) -> SentMail | None:
        """Return the mail of ours that a delivery report is about, as far as it belongs to a ticket."""
        return self._sent.get(message.digest)

    # -- who sent it -------------------------------------------------------------------

    def failed(self, address: Address | None) -> str:
        """Return why mail to an address failed lately, "" when it did not."""
        if address is None or not address.mailbox:
            return ""
        if self._addresses.to_come(address) is not None:
            return self._addresses.to_come(address) or ""
        return self._failures.get(clean(address.key), "")

    def blocked(self, message: Message) -> str:
        """Return the block that concerns who a mail claims to be from, "" for none."""
        return blocking.first_of(message, self._blocks)

    def reads(self, person: Address | None, shown: str) -> LanguagePreference:
        """Return what is known of the language a sender reads.

        Their last ticket is only looked up where their text shows no language (`shown` is "").
        """
        if person is None or not person.mailbox:
            return LanguagePreference()
        key = clean(person.key)
        if key in self._languages:
            return LanguagePreference(told=self._languages[key])
        return LanguagePreference(last="" if shown else self._last_language(person, key))

    # -- what went out ------------------------------------------------------------------

    def alerted(self, ticket: int | None) -> datetime | None:
        """Return when agents were last alerted of a ticket."""
        if ticket is None:
            return None
        if any(
            row["ticket"] == ticket and row["kind"] == questions.ALERT for row in self._db.writes_of(Outbox)
        ):
            return self.now
        if self._db.is_new(Ticket, ticket):
            return None
        if ticket not in self._alerts:
            self._alerts.update(self._alerted([ticket]))
        return self._alerts[ticket]

    def acknowledged(self, ticket: int) -> bool:
        """Whether an acknowledgement is owed or was sent in a ticket."""
        kind = MailKind.ACKNOWLEDGEMENT.value
        if any(row["ticket"] == ticket and row["kind"] == kind for row in self._db.writes_of(Outbox)):
            return True
        return bool(self._each(questions.ACKNOWLEDGED, [{"ticket": ticket}]))

    def before(self) -> list[Before]:
        """Return the messages of this set that were decided on and are still to be written."""
        asked = {ask.ledger_id: ask for ask in self.asked}
        return [
            Before(
                row,
                asked[number].received_at or self.now,
                asked[number].envelope.archive,
                RateCounts.quick(self.counts[asked[number].message.digest][1]),
            )
            for number, row in self._db.changes_of(Row).items()
            if number in asked and asked[number].message.digest in self.counts
        ]

    def correspondence(self, message: Message, ticket: int) -> Correspondence:
        """Return what an answer in this ticket to the mails that it names may quote."""
        return self._quotable.of(message.thread_ids[:MOST_THREAD_IDS], ticket)

    def related(self, numbers: Sequence[int]) -> list[tuple[int, str]]:
        """Return the newest tickets that stand in the place of these closed ones, and their requesters."""
        if missing := [number for number in numbers if number not in self._related]:
            # Those of the next messages with them.
            batch = self._db.batch
            there = batch.tickets.values() if batch is not None else ()
            closed = {ticket.id for ticket in there if ticket is not None and ticket.status is Status.CLOSED}
            wanted = {*missing, *(closed - self._related.keys())}
            self._related |= {number: [] for number in wanted}
            for number, other, who in self._each(questions.RELATED, rows_of("related", wanted)):
                self._related[number].append((other, who))
        new = [
            (row["id"], row["requester"])
            for row in self._db.writes_of(Ticket)
            if row.get("related") in numbers
        ]
        return [*new, *(pair for number in numbers for pair in self._related[number])]

    def collisions(self, agents: Mapping[int, Agent]) -> Mapping[str, Collision]:
        """Return, by digests, the answers of others that agents who write now cannot have seen."""
        if self._collisions is None:
            with self._db.beside():
                self._collisions = answers_given.collisions(
                    self._db, self._answering(agents), self.now, agents
                )
        return self._collisions

    def relayed(self, agents: Mapping[int, Agent]) -> Mapping[str, Relayed]:
        """Return, by digests, the answers of agents who write now that can still be taken back."""
        if self._relayed is None:
            with self._db.beside():
                self._relayed = answers_given.relayed(self._db, self._answering(agents))
        return self._relayed

    def _answering(self, agents: Mapping[int, Agent]) -> list[Answering]:
        return [
            Answering(ask.message.digest, ask.token.ticket, agents[ask.token.person], ids)
            for ask in self.asked
            if ask.token and ask.token.purpose is Purpose.AGENT and ask.token.person in agents
            for ids in (ask.message.thread_ids[:MOST_THREAD_IDS],)
        ]

    # -- asked once for all ---------------------------------------------------------------

    def _lock_contents(self) -> None:
        """On PostgreSQL others wait who decide on the same content: two copies cannot both be the first."""
        names = [{"fingerprint": ask.message.fingerprint} for ask in self.asked if ask.message.fingerprint]
        if names and self._db.postgres and self._db.database.in_transaction():
            self._each(questions.LOCK, names)

    def _load_tickets(self) -> None:
        """Have the tickets at hand that these messages may belong to."""
        if self._db.batch is None:
            return
        numbers: set[int | None] = set()
        for ask in self.asked:
            about = self.sent(ask.message)
            numbers |= {about.ticket_id if about else None, ask.token.ticket if ask.token else None}
            numbers |= {*self.referred(ask.message.thread_ids), *named_in(ask.message.subject)}
            numbers |= {*self.old.named(ask.message.subject)}
            numbers |= {self.duplicate(ask.message)[1], *self.in_thread(ask.message.thread_index)}
        self._tickets.have({number for number in numbers if number})

    @cached_property
    def _refs(self) -> Mapping[str, list[tuple[str, int]]]:
        ids = {message_id for ask in self.asked for message_id in ask.message.thread_ids[:MOST_THREAD_IDS]}
        refs: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for name, direction, ticket in self._each(questions.REFS, rows_of("message_id", ids)):
            refs[name].append((direction, ticket))
        return refs

    @cached_property
    def _threads(self) -> Mapping[str, list[int]]:
        names = {ask.message.thread_index for ask in self.asked} - {""}
        threads: dict[str, list[int]] = defaultdict(list)
        for name, ticket in self._each(questions.THREADS, rows_of("message_id", names)):
            threads[name].append(ticket)
        return threads

    @cached_property
    def _same(self) -> Mapping[str, tuple[int, int | None]]:
        rows = [
            {"digest": ask.message.digest, "fingerprint": ask.message.fingerprint}
            for ask in self.asked
            if ask.message.fingerprint
        ]
        return {digest: (number, ticket) for digest, number, ticket in self._each(questions.SAME, rows)}

    @cached_property
    def _twins(self) -> Mapping[str, tuple[int, int, str]]:
        twins: dict[str, tuple[int, int, str]] = {}
        asked = [ask for ask in self.asked if self._may_be_copy(ask)]
        for digest, number, ticket, text in self._each(questions.TWIN, by_message_id(asked, self.now - HOUR)):
            twins.setdefault(digest, (number, ticket, text))
        return twins

    def _may_be_copy(self, ask: Asked) -> bool:
        token = ask.token.ticket if ask.token and ask.token.purpose in TO_TICKETS else None
        return may_be_copy(ask.message, token, *self.referred(ask.message.thread_ids))

    @cached_property
    def _acted(self) -> frozenset[str]:
        agents = [ask for ask in self.asked if ask.token and ask.token.purpose in OF_AGENTS]
        rows = by_message_id(agents, self.now - questions.ACTED_WITHIN)
        return frozenset(digest for (digest,) in self._each(questions.ACTED, rows))

    @cached_property
    def _sent(self) -> Mapping[str, SentMail]:
        with self._db.beside():
            return reports_of_delivery.reported(self._db, self.asked)

    @cached_property
    def _blocks(self) -> frozenset[str]:
        return blocking.among(self._db, [ask.message for ask in self.asked])

    @cached_property
    def _failures(self) -> Mapping[str, str]:
        return self._addresses.failures(self._people, self.now) if self._people else {}

    @cached_property
    def _languages(self) -> Mapping[str, str]:
        return dict(self._each(questions.TOLD, rows_of("key", self._people)))

    @cached_property
    def _lasts(self) -> Mapping[str, tuple[str, int]]:
        shown = [ask for ask in self.asked if not ask.message.language]
        keys = {clean(person.key) for ask in shown for person in (ask.message.sender,) if person}
        keys |= {clean(person.key) for person in self._originals}
        rows = self._each(questions.LAST, rows_of("key", keys - self._languages.keys() - {""}))
        return {key: (language, at) for key, language, at in rows}

    @cached_property
    def _alerts(self) -> dict[int, datetime | None]:
        numbers = {number for ask in self.asked for number in self.referred(ask.message.thread_ids)}
        numbers |= {ask.token.ticket for ask in self.asked if ask.token}
        numbers |= {mail.ticket_id for mail in self._sent.values()}
        return self._alerted([number for number in numbers if number])

    @cached_property
    def _originals(self) -> list[Address]:
        forwards = [ask.message.forward for ask in self.asked if ask.message.forward]
        return [forward.sender for forward in forwards if forward.sender]

    @cached_property
    def _quotable(self) -> Quotable:
        answers = [ask for ask in self.asked if may_hold_answers(ask.message, ask.token)]
        return Quotable(
            self._db, [(ask.message.thread_ids[:MOST_THREAD_IDS], self._known(ask)) for ask in answers]
        )

    def _known(self, ask: Asked) -> int | None:
        token = ask.token.ticket if ask.token and ask.token.purpose in TO_TICKETS else None
        out, stored = self.referred(ask.message.thread_ids)
        return token or out or stored

    @cached_property
    def _people(self) -> list[str]:
        people = [ask.message.sender for ask in self.asked if ask.message.sender]
        return sorted({clean(person.key) for person in (*people, *self._originals) if person.mailbox})

    def _alerted(self, numbers: Sequence[int]) -> dict[int, datetime | None]:
        rows = self._each(questions.ALERTED, rows_of("ticket", numbers))
        at = {number: Moment().python_value(moment) for number, moment in rows}
        return {number: at.get(number) for number in numbers}

    def _last_language(self, person: Address, key: str) -> str:
        language, at = self._lasts.get(key, ("", 0))
        for number, row in self._db.changes_of(Row).items():
            received = self._received.get(number)
            if row.get("sender_key") == person.key and row.get("ticket") and received and received >= at:
                ticket = self._tickets.get(row["ticket"])
                language, at = (ticket.language if ticket else language), received
        return language

    @cached_property
    def _received(self) -> Mapping[int, int]:
        """When the messages of this set were received, in microseconds, by their rows."""
        batch = self._db.batch
        asked = batch.asked if batch is not None else ()
        return {ask.ledger_id: Moment().db_value(ask.received_at or self.now) for ask in asked}

    def _finished(self, message: Message, within: timedelta) -> Iterable[tuple[int, Mapping[str, Any]]]:
        """Yield the rows of this set that were decided on of the same sender under the same Message-ID."""
        if message.sender is None or not message.message_id:
            return
        since = Moment().db_value(self.now - within)
        for number, row in self._db.changes_of(Row).items():
            same = row.get("sender_key") == message.sender.key and row.get("message_id") == message.message_id
            if same and self._received.get(number, 0) > since:
                yield number, row

    def _each(self, statement: SetStatement, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        if not rows:
            return []
        with self._db.beside():
            return self._db.each(statement, rows)
