"""Gathering what the rules need to know about a message: a few indexed queries, none for nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from intake.desk.effects import MailKind
from intake.desk.facts import (
    AddressHistory,
    Correspondence,
    Facts,
    SentMail,
    TicketMatch,
    Twin,
    may_be_copy,
    may_hold_answers,
)
from intake.desk.message import Address, Bounce, Envelope, Message
from intake.desk.rule_context import takes_part
from intake.desk.text.subject_numbers import number_in
from intake.desk.ticket import EntryKind, Status
from intake.desk.tokens import Purpose, Token
from intake.store.address_state import AddressStates
from intake.store.agents import SqlAgents
from intake.store.base import StorePart
from intake.store.blobs import Blobs
from intake.store.connection import Connection
from intake.store.correspondence import correspondence
from intake.store.person_language import reads
from intake.store.rate_counts import RateCounts
from intake.store.schema import tables
from intake.store.schema.fields import clean
from intake.store.schema.tables import THREAD, MessageRef, Outbox
from intake.store.statement import Statement, hole
from intake.store.tickets import SqlTickets

# Of a long References field the newest matter; the oldest would only cost a lookup.
MOST_IDS = 100
# Mail to an address with such a token belongs to its ticket. An automatic answer goes to
# the envelope sender, and so has only the token of bounces.
TO_TICKETS = (Purpose.CUSTOMER, Purpose.AGENT, Purpose.BOUNCE, Purpose.SURVEY, Purpose.CONFIRM)
_SAME = Statement(
    lambda: (
        tables.Message.select(tables.Message.id, tables.Message.ticket)
        .where(
            (tables.Message.fingerprint == hole(tables.Message.fingerprint))
            & (tables.Message.state == "done")
            & (tables.Message.sha256 != hole(tables.Message.sha256))
        )
        .order_by(tables.Message.id)
        .limit(1)
    )
)


# A mail that a signature proves is of these days (mail.dkim_verifying.MAX_AGE), and may wait for some more.
ACTED_WITHIN = timedelta(days=10)
_ACTED = Statement(
    lambda: (
        tables.Message.select(tables.Message.id)
        .where(
            (tables.Message.sender_key == hole(tables.Message.sender_key))
            & (tables.Message.received_at > hole(tables.Message.received_at, "since"))
            & (tables.Message.message_id == hole(tables.Message.message_id))
            & tables.Message.rule.in_(("agent_reply", "command_mail"))
            & ~tables.Message.reason.startswith("not obeyed")
            & (tables.Message.sha256 != hole(tables.Message.sha256))
        )
        .limit(1)
    )
)
_TWIN = Statement(
    lambda: (
        tables.Message.select(tables.Message.id, tables.Message.ticket, tables.Entry.text)
        .join(tables.Entry, on=(tables.Entry.message == tables.Message.id))
        .where(
            (tables.Message.sender_key == hole(tables.Message.sender_key))
            & (tables.Message.received_at > hole(tables.Message.received_at, "since"))
            & (tables.Message.message_id == hole(tables.Message.message_id))
            & (tables.Message.state == "done")
            & tables.Message.ticket.is_null(False)
            & (tables.Message.sha256 != hole(tables.Message.sha256))
            & (tables.Entry.kind == EntryKind.CUSTOMER.value)
        )
        .order_by(tables.Message.id)
        .limit(1)
    )
)
_HOUR = timedelta(hours=1)


@cache
def _references(count: int) -> Statement:
    wanted = [hole(MessageRef.message_id, f"id{place}") for place in range(count)]
    return Statement(
        lambda: (
            MessageRef.select(MessageRef.message_id, MessageRef.direction, MessageRef.ticket)
            .where(MessageRef.message_id.in_(wanted))
            .order_by(MessageRef.id)
        )
    )


# A conversation of Outlook's goes on in as many tickets, the newest of which count.
MOST_IN_THREAD = 5
_THREAD = Statement(
    lambda: (
        MessageRef.select(MessageRef.ticket)
        .where((MessageRef.message_id == hole(MessageRef.message_id)) & (MessageRef.direction == THREAD))
        .order_by(MessageRef.id.desc())
        .limit(MOST_IN_THREAD)
    )
)


class FactFinder(StorePart):
    """What the store knew when a message was decided on."""

    def __init__(
        self,
        db: Connection,
        blobs: Blobs,
        agents: SqlAgents,
        tickets: SqlTickets,
        addresses: AddressStates,
        rates: RateCounts,
    ) -> None:
        super().__init__(db, blobs)
        self._agents, self._tickets = agents, tickets
        self._addresses, self._rates = addresses, rates

    def facts(
        self,
        message: Message,
        envelope: Envelope,
        token: Token | None,
        team: str,
        now: datetime,
        verified: bool = False,
    ) -> Facts:
        """Gather what the rules need to know about `message`.

        Within a transaction on PostgreSQL this also makes others wait who decide on
        the same content, so that two copies cannot both be the first.
        """
        tickets = _Once(self._tickets)
        duplicate = self._duplicate(message)
        out, stored = self._referred(message.thread_ids[:MOST_IDS])
        by_token = token.ticket if token and token.purpose in TO_TICKETS else None
        number = number_in(message.subject, lambda named: takes_part(message.sender, tickets.found(named)))
        known = by_token or out or stored
        thread = None if known or number else self._thread(message, tickets)
        sent = self._sent(message.bounce, token) if message.bounce else None
        agents = self._agents.by_id()
        person = token.person if token and token.purpose in (Purpose.AGENT, Purpose.COMMAND) else None
        token_agent = agents.get(person) if person is not None else None
        draft = self._tickets.draft(token.person) if token and token.purpose is Purpose.CONFIRM else None
        # Who answers a question about a draft may also write something better, or take an answer back.
        acting = token_agent or (draft.agent if draft else None)
        agent = (
            self._agents.by_address(message.sender.mailbox)
            if message.sender and message.sender.mailbox
            else None
        )
        belongs = next((ticket for ticket in (by_token, out, stored, number, thread) if ticket), None)
        about = sent.ticket_id if sent else None
        counted = self._rates.count(message, belongs, about, now)
        original = message.forward.sender if message.forward and agent else None
        return Facts(
            now=now,
            token=token,
            by_token=tickets.found(by_token),
            by_sent_id=tickets.found(out),
            by_stored_id=tickets.found(stored),
            by_number=tickets.found(number),
            by_thread_index=tickets.found(thread),
            sent=sent,
            sent_ticket=tickets.found(sent.ticket_id if sent else None),
            duplicate_of=duplicate[0],
            duplicate_ticket=duplicate[1],
            agent=agent if agent and agent.enabled else None,
            token_agent=token_agent if token_agent and token_agent.enabled else None,
            team=tuple(self._agents.enabled(team)),
            agents=tuple(self._agents.enabled()),
            verified=verified,
            **counted.by_fact(),
            flood_address=tickets.found(counted.flood_address),
            flood_domain=tickets.found(counted.flood_domain),
            told_at=self._told(counted.flood_address or counted.flood_domain or belongs),
            braked_at=counted.braked_at,
            unsettled=counted.unsettled,
            own=counted.own,
            successor=tickets.found(self._successor(tickets.found(belongs), message.sender)),
            failed=self._addresses.failed(message.sender, now),
            twin=self._twin(message, tickets, now) if may_be_copy(message, by_token, out, stored) else None,
            acted=self._acted(message, now) if person is not None else False,
            draft=draft,
            overtaken=(
                self._tickets.overtaken(by_token, acting, message.thread_ids[:MOST_IDS], now)
                if by_token and acting
                else None
            ),
            relayed=self._tickets.relayed(by_token, acting.id) if by_token and acting else None,
            original=AddressHistory(
                *self._rates.owed_to(original, now), self._addresses.failed(original, now)
            ),
            reads=reads(self.db, None if known else message.sender, message.language),
            original_reads=reads(self.db, original, ""),
            correspondence=(
                correspondence(self.db, belongs, message.thread_ids[:MOST_IDS])
                if belongs and may_hold_answers(message, token)
                else Correspondence()
            ),
        )

    def _duplicate(self, message: Message) -> tuple[int | None, int | None]:
        """Return the first finished row of the same content under other bytes, and its ticket."""
        if not message.fingerprint:
            return None, None
        if self.db.postgres and self.db.database.in_transaction():
            self.db.sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", clean(message.fingerprint))
        rows = self.db.fetch(_SAME, fingerprint=message.fingerprint, sha256=message.digest)
        return rows[0] if rows else (None, None)

    def _twin(self, message: Message, tickets: "_Once", now: datetime) -> Twin | None:
        """Return the mail of the last hour that this one may be a copy of."""
        if message.sender is None or not message.message_id:
            return None
        named = {"sender_key": clean(message.sender.key), "message_id": clean(message.message_id)}
        rows = self.db.fetch(_TWIN, **named, since=now - _HOUR, sha256=message.digest)
        match = tickets.found(rows[0][1]) if rows else None
        if match is None:
            return None
        sent = Outbox.select(Outbox.id).where(
            (Outbox.ticket == match.ticket.id) & (Outbox.kind == MailKind.ACKNOWLEDGEMENT.value)
        )
        return Twin(rows[0][0], match, rows[0][2], self.db.first(sent.tuples()) is not None)

    def _acted(self, message: Message, now: datetime) -> bool:
        """Whether another mail of this sender under the same Message-ID was obeyed of late."""
        if message.sender is None or not message.message_id:
            return False
        rows = self.db.fetch(
            _ACTED,
            sender_key=clean(message.sender.key),
            since=now - ACTED_WITHIN,
            message_id=clean(message.message_id),
            sha256=message.digest,
        )
        return bool(rows)

    def _referred(self, ids: Sequence[str]) -> tuple[int | None, int | None]:
        """Return the tickets of the first id that we gave out and of the first that came in."""
        if not ids:
            return None, None
        named = {f"id{place}": message_id for place, message_id in enumerate(ids)}
        tickets: dict[tuple[str, str], int] = {}
        for message_id, direction, ticket in self.db.fetch(_references(len(ids)), **named):
            tickets.setdefault((direction, message_id), ticket)
        wanted = [clean(message_id) for message_id in ids]

        def first(direction: str) -> int | None:
            return next(
                (
                    tickets[direction, message_id]
                    for message_id in wanted
                    if (direction, message_id) in tickets
                ),
                None,
            )

        return first("out"), first("in")

    def _thread(self, message: Message, tickets: "_Once") -> int | None:
        """Return the newest ticket of the sender's that came from the same conversation in Outlook."""
        if not message.thread_index:
            return None
        rows = self.db.fetch(_THREAD, message_id=message.thread_index)
        named = (number for (number,) in rows if takes_part(message.sender, tickets.found(number)))
        return next(named, None)

    def _sent(self, bounce: Bounce, token: Token | None) -> SentMail | None:
        """Return the outbox row that a delivery report is about."""
        rows = Outbox.select(Outbox.id, Outbox.ticket, Outbox.kind, Outbox.rcpt).where(
            Outbox.ticket.is_null(False)
        )
        row: Any = None
        if bounce.about:
            query = rows.where(Outbox.message_id.in_(list(bounce.about[:MOST_IDS]))).order_by(Outbox.id)
            row = self.db.first(query.tuples())
        if row is None and token is not None and token.purpose is Purpose.BOUNCE and bounce.recipients:
            keys = [recipient.lower() for recipient in bounce.recipients[:MOST_IDS]]
            query = rows.where((Outbox.ticket == token.ticket) & Outbox.rcpt_key.in_(keys))
            row = self.db.first(query.order_by(Outbox.id.desc()).tuples())
        if row is None and token is not None and token.purpose is Purpose.BOUNCE:
            row = self._only_relay(token.ticket)
        return SentMail(*row) if row else None

    def _successor(self, match: TicketMatch | None, sender: Address | None) -> int | None:
        """Return the newest ticket of this requester that stands in the place of a closed one, or of
        one that did."""
        if match is None or sender is None or not sender.mailbox or match.ticket.status is not Status.CLOSED:
            return None
        model, first = tables.Ticket, match.ticket.id
        seen, before = {first}, [first]
        while before:
            later = model.select(model.id, model.requester).where(model.related.in_(before))
            newest = later.order_by(model.id.desc()).limit(MOST_IDS)
            own = {number for number, who in self.db.rows(newest.tuples()) if who.lower() == sender.key}
            before = sorted(own - seen)
            seen |= own
        return max(seen - {first}, default=None)

    def _told(self, ticket: int | None) -> datetime | None:
        """Return when agents were last alerted of a ticket."""
        if ticket is None:
            return None
        query = Outbox.select(Outbox.created_at).where(
            (Outbox.ticket == ticket) & (Outbox.kind == MailKind.ALERT.value)
        )
        row = self.db.first(query.order_by(Outbox.id.desc()).tuples())
        return row[0] if row else None

    def _only_relay(self, ticket: int) -> Any:
        """Return the newest answer of a ticket whose answers all went to one address, else None.

        The envelope sender tells the ticket; an address that forwards makes the report name another one.
        """
        rows = Outbox.select(Outbox.id, Outbox.ticket, Outbox.kind, Outbox.rcpt).where(
            (Outbox.ticket == ticket) & (Outbox.kind == MailKind.RELAY.value)
        )
        sent = self.db.rows(rows.order_by(Outbox.id.desc()).limit(20).tuples())
        return sent[0] if len({row[3].lower() for row in sent}) == 1 else None


class _Once:
    """Loads each ticket once, however many ways lead to it."""

    def __init__(self, tickets: SqlTickets) -> None:
        self._tickets = tickets
        self._found: dict[int, TicketMatch | None] = {}

    def found(self, number: int | None) -> TicketMatch | None:
        if number is None:
            return None
        if number not in self._found:
            self._found[number] = self._tickets.match(number)
        return self._found[number]
