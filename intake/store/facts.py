"""Gathering what the rules need to know about a message: a few indexed queries, none for nothing."""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime

from intake.desk.ceilings import ceiling_key
from intake.desk.effects import MailKind
from intake.desk.facts import (
    ASKED_LATELY,
    MOST_WRITTEN_TO,
    AddressHistory,
    AskedPartner,
    Collision,
    Correspondence,
    Facts,
    SentMail,
    TicketMatch,
    Twin,
    may_be_copy,
    may_hold_answers,
)
from intake.desk.message import MOST_THREAD_IDS, Address, Envelope, Message
from intake.desk.rule_context import takes_part
from intake.desk.text.subject_numbers import number_in
from intake.desk.ticket import Agent, Status
from intake.desk.tokens import TO_TICKETS, Purpose, Token
from intake.desk.undo import Relayed
from intake.ports import Asked
from intake.store import partners
from intake.store.address_state import AddressStates
from intake.store.agents import SqlAgents
from intake.store.base import StorePart
from intake.store.blobs import Blobs
from intake.store.connection import Connection
from intake.store.gathering import Gathering
from intake.store.rate_counts import Counted, RateCounts, Traffic
from intake.store.schema import tables
from intake.store.schema.tables import Entry, Outbox
from intake.store.tickets import SqlTickets


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
        gathered = self._gathered(Asked(0, message, envelope, token), now)
        duplicate = gathered.duplicate(message)
        ways = self._ways(gathered, tickets, message, token)
        by_token, out, stored, number, thread = ways
        known = by_token or out or stored
        sent = self._sent(gathered, message, token)
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
        unaware = token_agent or (draft.answering(agent) if draft else None)
        belongs = _first(ways)
        about = _about(sent, token)
        counted = self._counted(gathered, message, belongs, about, now)
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
            told_at=gathered.alerted(
                counted.flood_address or counted.flood_domain or belongs or partners.ticket_of(token)
            ),
            braked_at=counted.braked_at,
            unsettled=counted.unsettled,
            own=counted.own,
            successor=tickets.found(self._successor(gathered, tickets.found(belongs), message.sender)),
            failed=gathered.failed(message.sender),
            blocked=gathered.blocked(message),
            twin=self._twin(gathered, message, tickets)
            if may_be_copy(message, by_token, out, stored)
            else None,
            acted=gathered.acted(message) if person is not None else False,
            draft=draft,
            partner=self._partner(gathered, tickets, token)
            or (self._written_to(message, tickets, now) if agent and not (token or belongs) else None),
            overtaken=(
                self._overtaken(gathered, message, by_token, tickets.found(by_token), unaware, now)
                if by_token and unaware
                else None
            ),
            relayed=(
                self._relayed(gathered, message, by_token, tickets.found(by_token), acting)
                if by_token and acting
                else None
            ),
            original=AddressHistory(*self._owed_to(original, now), gathered.failed(original)),
            reads=gathered.reads(None if known else message.sender, message.language),
            original_reads=gathered.reads(original, ""),
            correspondence=(
                gathered.correspondence(message, belongs)
                if belongs and may_hold_answers(message, token)
                else Correspondence()
            ),
        )

    def _gathered(self, asked: Asked, now: datetime) -> Gathering:
        """Return the answers for this message: those for its whole set, where it is one of a set."""
        batch = self.db.batch
        if batch is None:
            return Gathering(self.db, self._tickets, self._addresses, [asked], now)
        if batch.gathered is None:
            batch.gathered = Gathering(self.db, self._tickets, self._addresses, batch.left(), now)
        gathered: Gathering = batch.gathered
        if asked.message.digest not in gathered.digests:
            self.db.alone()
        return gathered

    def _ways(
        self, gathered: Gathering, tickets: "_Once", message: Message, token: Token | None
    ) -> tuple[int | None, ...]:
        """Return the tickets that a message may belong to: by its token, an id of ours, one that came in, the
        number in its subject, and its conversation in Outlook."""
        out, stored = gathered.referred(message.thread_ids)
        by_token = token.ticket if token and token.purpose in TO_TICKETS else None

        def own(number: int) -> bool:
            return takes_part(message.sender, tickets.found(number))

        number = number_in(message.subject, own)
        if number is None or not own(number):
            number = next(filter(own, gathered.old.named(message.subject)), number)
        thread = None
        if message.thread_index and not (by_token or out or stored or number):
            thread = next(filter(own, gathered.in_thread(message.thread_index)), None)
        return by_token, out, stored, number, thread

    def _counted(
        self,
        gathered: Gathering,
        message: Message,
        belongs: int | None,
        about: int | None,
        now: datetime,
    ) -> Traffic:
        """Return what the brakes judge by, counted for the whole set at once."""
        if self.db.batch is None:
            return self._rates.count(message, belongs, about, now)
        counts = gathered.counts
        if not counts:
            tickets = _Once(self._tickets)
            asked = [
                Counted(
                    ask.message,
                    _first(self._ways(gathered, tickets, ask.message, ask.token)),
                    _about(gathered.sent(ask.message), ask.token),
                    ask.received_at,
                )
                for ask in gathered.asked
            ]
            with self.db.beside():
                rows = self._rates.count_all(asked, now)
            counts |= {ask.message.digest: (ask, rows[ask.message.digest]) for ask in asked}
            opening = [ask for ask in asked if ask.ticket is None and not ask.message.automatic]
            self.db.numbers.expect(len(opening), len(asked))
        counted, row = counts[message.digest]
        if about != counted.about or not (
            belongs == counted.ticket or (counted.ticket is None and self.db.is_new(tables.Ticket, belongs))
        ):
            self.db.alone()
        counted = replace(counted, ticket=belongs)
        return self._rates.traffic(counted, row, gathered.before(), now)

    def _overtaken(
        self,
        gathered: Gathering,
        message: Message,
        ticket: int,
        match: TicketMatch | None,
        acting: Agent,
        now: datetime,
    ) -> Collision | None:
        ids, now_in = message.thread_ids[:MOST_THREAD_IDS], self._merged_into(ticket, match)
        before = self._tickets.overtaken(now_in, acting, ids, now) if now_in else None
        if self.db.batch is None:
            return before or self._tickets.overtaken(ticket, acting, ids, now)
        self._untouched(ticket)
        return gathered.collisions(self._agents.by_id()).get(message.digest)

    def _relayed(
        self, gathered: Gathering, message: Message, ticket: int, match: TicketMatch | None, acting: Agent
    ) -> Relayed | None:
        now_in = self._merged_into(ticket, match)
        newest = self._tickets.relayed(now_in, acting.id) if now_in else None
        if self.db.batch is None:
            return newest or self._tickets.relayed(ticket, acting.id)
        self._untouched(ticket)
        return gathered.relayed(self._agents.by_id()).get(message.digest)

    def _merged_into(self, ticket: int, match: TicketMatch | None) -> int | None:
        """Return the ticket in which answers stand since this one was merged, None where it was not."""
        if match is None or match.ticket.id == ticket:
            return None
        if self.db.batch is not None:
            self.db.alone()
        return match.ticket.id

    def _untouched(self, ticket: int) -> None:
        """Have a message decided on alone where its set has written something into its ticket."""
        if any(row["ticket"] == ticket for table in (Entry, Outbox) for row in self.db.writes_of(table)):
            self.db.alone()

    def _owed_to(self, original: Address | None, now: datetime) -> tuple[int, int, int]:
        if original is None:
            return 0, 0, 0
        ceiling = ceiling_key(original.mailbox)
        if any(row["rcpt_ceiling"] == ceiling for row in self.db.writes_of(Outbox)):
            self.db.alone()
        with self.db.beside() if self.db.batch is not None else nullcontext():
            return self._rates.owed_to(original, now)

    def _twin(self, gathered: Gathering, message: Message, tickets: "_Once") -> Twin | None:
        """Return the mail of the last hour that this one may be a copy of."""
        if message.sender is None or not message.message_id:
            return None
        twin = gathered.twin(message)
        match = tickets.found(twin[1]) if twin else None
        if twin is None or match is None:
            return None
        return Twin(twin[0], match, twin[2], gathered.acknowledged(match.ticket.id))

    def _written_to(self, message: Message, tickets: "_Once", now: datetime) -> AskedPartner | None:
        """Return the newest question to whom an agent writes, in an email that leads to no ticket."""
        places = [place.key for place in (*message.to, *message.cc) if place.key][:MOST_WRITTEN_TO]
        if not places or message.automatic or message.forward is not None:
            # What is passed on opens a ticket of its author's.
            return None
        if any(row["kind"] == MailKind.PARTNER.value for row in self.db.writes_of(Outbox)):
            self.db.alone()
        with self.db.beside() if self.db.batch is not None else nullcontext():
            asked = partners.questions_to(self.db, places, now - ASKED_LATELY)
            by = partners.asked(self.db, asked[:1])
        matches = [match for question in asked if (match := tickets.found(question[0])) is not None]
        if not by or not matches:
            return None
        ((address, agent),) = by.values()
        among = tuple(dict.fromkeys(match.ticket.id for match in matches))
        asking = self._agents.by_id().get(agent) if agent else None
        return AskedPartner(matches[0], asked[0][1], address, asking, among)

    def _partner(self, gathered: Gathering, tickets: "_Once", token: Token | None) -> AskedPartner | None:
        """Return the question that a message answers, with those in other tickets that it answers too."""
        own = partners.question_of(token)
        if own is None:
            return None
        if gathered.partners is None:
            questions = (each for ask in gathered.asked for each in partners.questions_of(ask.token))
            with self.db.beside():
                gathered.partners = partners.asked(self.db, questions)
        each = (self._one(gathered.partners, tickets, question) for question in partners.questions_of(token))
        return partners.with_others(each, own)

    def _one(
        self,
        asked: Mapping[partners.Question, partners.Asker],
        tickets: "_Once",
        question: partners.Question,
    ) -> AskedPartner | None:
        address, agent = asked.get(question, ("", None))
        match = tickets.found(question[0])
        if not address or match is None:
            return None
        return AskedPartner(match, question[1], address, self._agents.by_id().get(agent) if agent else None)

    def _sent(self, gathered: Gathering, message: Message, token: Token | None) -> SentMail | None:
        """Return the outbox row that a delivery report is about."""
        if message.bounce is None:
            return None
        if token is not None and token.purpose is Purpose.BOUNCE:
            self._untouched(token.ticket)
        return gathered.sent(message)

    def _successor(
        self, gathered: Gathering, match: TicketMatch | None, sender: Address | None
    ) -> int | None:
        """Return the newest ticket of this requester that stands in the place of a closed one, or of
        one that did."""
        if match is None or sender is None or not sender.mailbox or match.ticket.status is not Status.CLOSED:
            return None
        first = match.ticket.id
        seen, before = {first}, [first]
        while before:
            own = {number for number, who in gathered.related(before) if who.lower() == sender.key}
            before = sorted(own - seen)
            seen |= own
        return max(seen - {first}, default=None)


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


def _first(numbers: Iterable[int | None]) -> int | None:
    return next((number for number in numbers if number), None)


def _about(sent: SentMail | None, token: Token | None) -> int | None:
    return sent.ticket_id if sent else partners.ticket_of(token)
