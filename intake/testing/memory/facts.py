"""What is known of a message when it is decided on, and what came and went lately, in memory."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from intake.desk.blocking import claimed
from intake.desk.ceilings import ceiling_key
from intake.desk.effects import MailKind
from intake.desk.facts import (
    AddressHistory,
    Correspondence,
    Draft,
    Facts,
    LanguagePreference,
    SentMail,
    TicketMatch,
    Twin,
    may_be_copy,
    may_hold_answers,
)
from intake.desk.message import MOST_THREAD_IDS, Address, Bounce, Envelope, Message
from intake.desk.partners import KEY
from intake.desk.rule_context import takes_part
from intake.desk.text.subject_numbers import number_in
from intake.desk.ticket import Agent, EntryKind, Status
from intake.desk.tokens import TO_TICKETS, Purpose, Token
from intake.store.correspondence import (
    LARGEST_MAIL,
    LONGEST_ENTRY,
    MOST_ENTRIES,
    MOST_MAILS,
    SAID,
    TO_CUSTOMERS,
    said_in,
)
from intake.store.fact_statements import ACTED_WITHIN, MOST_IN_THREAD
from intake.store.partners import ticket_of
from intake.store.pending_counts import ANSWERING
from intake.store.rate_counts import AHEAD, LATEST, MOST, QUICK, Traffic, text_hash
from intake.store.schema.fields import clean
from intake.store.schema.tables import THREAD
from intake.testing.memory.people import MemoryAddresses, MemoryAgents
from intake.testing.memory.rows import StoredMail, StoredMessage
from intake.testing.memory.state import Memory, MemoryPart
from intake.testing.memory.tickets import MemoryTickets

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


class MemoryRates(MemoryPart):
    """Counting, and the circuit breaker."""

    def count(self, message: Message, ticket: int | None, about: int | None, now: datetime) -> Traffic:
        """Count what concerns this sender and these tickets. Times are aware."""
        sender = message.sender
        address = ceiling_key(sender.mailbox) if sender else ""
        domain = sender.domain if sender else ""
        own = [row for row in self._now.outbox if row.outgoing.message_id == message.message_id]
        return Traffic(
            **self._mails(address, domain, ticket, about, now),
            **self._messages(address, domain, text_hash(message.new_text), now),
            flood_address=self._flood(address, now),
            flood_domain=self._flood(f"@{domain}" if domain else "", now),
            braked_at=self._now.moments.get("brake"),
            unsettled=next((row.id for row in own if row.state in ("unknown", "due", "sending")), None),
            own=next((row.id for row in own), None),
        )

    def _lately(self, now: datetime) -> list[StoredMail]:
        return [mail for mail in self._now.outbox if now - _DAY < mail.created_at < now + AHEAD]

    def _to(self, address: str, now: datetime) -> list[StoredMail]:
        """Return the automatic mails of the last day to a mailbox."""
        ours = (mail for mail in self._lately(now) if mail.outgoing.kind.at_most_once)
        return [mail for mail in ours if address and mail.ceiling == address]

    def _mails(
        self, address: str, domain: str, ticket: int | None, about: int | None, now: datetime
    ) -> dict[str, int]:
        """Count what the desk wrote."""
        released = self._now.moments.get("brake_released")
        lately, theirs = self._lately(now), self._to(address, now)
        hour = [mail for mail in lately if mail.created_at > now - _HOUR]
        ours = [mail for mail in lately if mail.outgoing.kind.at_most_once]
        in_ticket = [mail for mail in ours if mail.ticket == ticket]
        budgeted = [mail for mail in hour if mail.outgoing.kind.budgeted]
        if released is not None and released < now + AHEAD:
            budgeted = [mail for mail in budgeted if mail.created_at > released]
        alerts = [mail for mail in hour if mail.kind == MailKind.ALERT.value]
        notices = [mail for mail in hour if mail.kind == MailKind.NOTICE.value]
        return {
            "address_hour": sum(mail in hour for mail in theirs),
            "address_day": len(theirs),
            "acknowledged_day": sum(mail.kind == MailKind.ACKNOWLEDGEMENT.value for mail in theirs),
            "warned_day": sum(mail.kind == MailKind.WARNING.value for mail in theirs),
            "domain_hour": sum(mail in hour and mail.domain == domain for mail in ours) if address else 0,
            "desk_hour": len(budgeted),
            "alerts_hour": len(alerts),
            "ticket_minutes": sum(mail.created_at > now - timedelta(minutes=10) for mail in in_ticket),
            "ticket_day": len(in_ticket) if ticket else 0,
            "alerts_ticket_hour": sum(mail.ticket == about for mail in alerts if about),
            "alerts_address": sum(bool(address) and mail.ceiling == address for mail in alerts),
            "partner_notices": sum(mail.ticket == about and mail.dedupe.startswith(KEY) for mail in notices),
        }

    def _messages(self, address: str, domain: str, words: str, now: datetime) -> dict[str, int]:
        """Count what came in."""
        theirs = self._to(address, now)
        day = [row for row in self._now.messages if now - _DAY < row.received_at < now + AHEAD]
        latest = [row for row in day if address and row.sender_ceiling == address][::-1][:LATEST]
        recent = [row for row in day if address and row.received_at > now - _HOUR and not row.archive]
        opened = [row for row in recent if row.rule in ("new_ticket", "flood")]
        answers = [row for row in recent if row.rule in ANSWERING]
        return {
            "tickets_address": min(MOST, sum(row.sender_ceiling == address for row in opened)),
            "tickets_domain": min(MOST, sum(row.sender_domain == domain for row in opened)),
            "answers_address": min(MOST, sum(row.sender_ceiling == address for row in answers)),
            "quick_returns": sum(_quick(row, theirs) for row in latest),
            "same_text": sum(bool(words) and row.text_hash == words for row in latest) + bool(words),
        }

    def _flood(self, whose: str, now: datetime) -> int | None:
        fresh = (row for row in self._now.tickets if now - _DAY < row.ticket.created_at < now + AHEAD)
        return max((row.id for row in fresh if whose and row.flood == whose), default=None)

    def owed_to(self, sender: Address | None, now: datetime) -> tuple[int, int, int]:
        """Return how many automatic mails the mailbox of this address was owed in the last hour and day,
        and how many of the day's were acknowledgements."""
        if sender is None or not sender.mailbox:
            return 0, 0, 0
        key = ceiling_key(sender.mailbox)
        owed = [row for row in self._now.outbox if row.ceiling == key and row.created_at > now - _DAY]
        owed = [row for row in owed if row.outgoing.kind.at_most_once]
        lately = sum(row.created_at > now - _HOUR for row in owed)
        return lately, len(owed), sum(row.kind == MailKind.ACKNOWLEDGEMENT.value for row in owed)

    def pull_brake(self, now: datetime) -> None:
        """Stop automatic mail from now on, for an hour or until it is released."""
        with self._memory.transaction() as state:
            state.moments["brake"] = now

    def release_brake(self, now: datetime) -> bool:
        """Let automatic mail go again and begin counting anew. False when it was not stopped."""
        with self._memory.transaction() as state:
            held = self.braked_at(now) is not None
            state.moments.pop("brake", None)
            state.moments["brake_released"] = now
        return held

    def braked_at(self, now: datetime) -> datetime | None:
        """Return when the breaker was pulled, None when it does not hold."""
        pulled = self._now.moments.get("brake")
        return pulled if pulled and -AHEAD < now - pulled < _HOUR else None


def _quick(message: StoredMessage, mails: Sequence[StoredMail]) -> bool:
    """Whether a message came within seconds of a mail to its sender."""
    return any(
        mail.sent_at is not None and mail.sent_at <= message.received_at < mail.sent_at + QUICK
        for mail in mails
    )


def _enabled(agent: Agent | None) -> Agent | None:
    return agent if agent and agent.enabled else None


class MemoryFacts(MemoryPart):
    """Gathering what the rules need to know about a message."""

    def __init__(
        self,
        memory: Memory,
        agents: MemoryAgents,
        tickets: MemoryTickets,
        addresses: MemoryAddresses,
        rates: MemoryRates,
    ) -> None:
        super().__init__(memory)
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
        """Gather it."""
        match, sender, ids = self._tickets.match, message.sender, message.thread_ids[:MOST_THREAD_IDS]
        same = self._same(message)
        by_token, out, stored = self._threaded(ids, token)
        number = number_in(message.subject, lambda named: takes_part(sender, match(named)))
        sent = self._sent(message.bounce, token)
        speaks = token is not None and token.purpose in (Purpose.AGENT, Purpose.COMMAND)
        token_agent, draft = self._meant(token, speaks)
        agent = self._agents.by_address(sender.mailbox) if sender and sender.mailbox else None
        known = by_token or out or stored
        thread = None if known or number else self._thread(message)
        belongs = known or number or thread
        about = sent.ticket_id if sent else None
        counted = self._rates.count(message, belongs, about or ticket_of(token) or belongs, now)
        original = message.forward.sender if message.forward and agent else None
        return Facts(
            now=now,
            token=token,
            by_token=match(by_token),
            by_sent_id=match(out),
            by_stored_id=match(stored),
            by_number=match(number),
            by_thread_index=match(thread),
            sent=sent,
            sent_ticket=match(about),
            duplicate_of=same.id if same else None,
            duplicate_ticket=same.ticket if same else None,
            agent=_enabled(agent),
            token_agent=_enabled(token_agent),
            team=tuple(self._agents.enabled(team)),
            agents=tuple(self._agents.enabled()),
            verified=verified,
            **counted.by_fact(),
            flood_address=match(counted.flood_address),
            flood_domain=match(counted.flood_domain),
            told_at=self._alerted(counted.flood_address or counted.flood_domain or belongs, token),
            braked_at=counted.braked_at,
            unsettled=counted.unsettled,
            own=counted.own,
            successor=match(self._successor(match(belongs), sender)),
            **self._standing(message, now),
            partner=self._tickets.partner(token, message, now, agent is not None and not belongs),
            twin=self._twin(message, now) if may_be_copy(message, by_token, out, stored) else None,
            acted=self._acted(message, now) if speaks else False,
            draft=draft,
            **self._answered(by_token, token_agent, draft, agent, ids, now),
            original=self._history(original, now),
            reads=self._reads(None if known else sender, message.language),
            original_reads=self._reads(original, ""),
            correspondence=self._correspondence(message, token, belongs, ids),
        )

    def _standing(self, message: Message, now: datetime) -> dict[str, Any]:
        """Return whether mail to the sender fails, and whether they are blocked."""
        blocked = next((key for key in claimed(message) if key in self._now.blocks), "")
        return {"failed": self._addresses.failed(message.sender, now), "blocked": blocked}

    def _threaded(self, ids: Sequence[str], token: Token | None) -> tuple[int | None, int | None, int | None]:
        """Return the tickets of a token, of a mail of ours and of one that came, with one of these ids."""
        by_token = token.ticket if token and token.purpose in TO_TICKETS else None
        return by_token, self._referred(ids, "out"), self._referred(ids, "in")

    def _correspondence(
        self, message: Message, token: Token | None, ticket: int | None, ids: Sequence[str]
    ) -> Correspondence:
        """Return what an answer in a ticket to the mails with these ids may quote."""
        if not ticket or not may_hold_answers(message, token):
            return Correspondence()
        sent = [row for row in self._now.outbox if len(row.outgoing.raw) <= LARGEST_MAIL]
        named = [row for row in sent if row.outgoing.message_id in ids]
        mails = named or [row for row in sent if row.ticket == ticket and row.kind in TO_CUSTOMERS]
        entries = [row for row in self._tickets.entries(ticket) if row.kind.value in SAID]
        texts = [
            said_in(row.kind.value, row.text[:LONGEST_ENTRY], row.full_text[:LONGEST_ENTRY])
            for row in entries[-MOST_ENTRIES:]
        ]
        return Correspondence(tuple(row.outgoing.raw for row in mails[-MOST_MAILS:]), tuple(texts))

    def _history(self, address: Address | None, now: datetime) -> AddressHistory:
        """Return what the desk sent to an address, and whether mail to it fails."""
        return AddressHistory(*self._rates.owed_to(address, now), self._addresses.failed(address, now))

    def _meant(self, token: Token | None, speaks: bool) -> tuple[Agent | None, Draft | None]:
        """Return the agent for whom a token speaks, and the draft that it confirms."""
        if token is None:
            return None, None
        agent = self._agents.by_id().get(token.person) if speaks else None
        return agent, self._tickets.draft(token.person) if token.purpose is Purpose.CONFIRM else None

    def _answered(
        self, ticket: int | None, named: Agent | None, draft: Draft | None, sender: Agent | None,
        ids: Sequence[str], now: datetime,
    ) -> dict[str, Any]:  # fmt: skip
        """Return what was answered in a ticket that concerns the agent who acts in it, and who writes."""
        acting = named or (draft.agent if draft else None)
        unaware = named or (draft.answering(sender) if draft else None)
        tickets, match = self._tickets, self._tickets.match(ticket)
        # What is answered since a merge stands in the other ticket.
        places = dict.fromkeys((match.ticket.id, ticket)) if match and ticket else {}
        overtaken = (tickets.overtaken(place, unaware, ids, now) for place in places if unaware)
        relayed = (tickets.relayed(place, acting.id) for place in places if acting)
        return {
            "overtaken": next(filter(None, overtaken), None),
            "relayed": next(filter(None, relayed), None),
        }

    def _same(self, message: Message) -> StoredMessage | None:
        """Return the first finished row of the same content under other bytes."""
        content = clean(message.fingerprint)
        rows = (row for row in self._now.messages if row.state == "done" and row.sha256 != message.digest)
        return next((row for row in rows if content and row.fingerprint == content), None)

    def _referred(self, ids: Sequence[str], direction: str) -> int | None:
        tickets: dict[str, int] = {}
        for ref in self._now.refs:
            if ref.direction == direction:
                tickets.setdefault(ref.message_id, ref.ticket)
        return next((tickets[name] for name in map(clean, ids) if name in tickets), None)

    def _thread(self, message: Message) -> int | None:
        """Return the newest ticket of the sender's that came from the same conversation in Outlook."""
        refs = [ref for ref in self._now.refs if ref.direction == THREAD]
        named = [ref.ticket for ref in refs if ref.message_id == message.thread_index][-MOST_IN_THREAD:]
        ours = (
            number for number in reversed(named) if takes_part(message.sender, self._tickets.match(number))
        )
        return next(ours, None)

    def _sent(self, bounce: Bounce | None, token: Token | None) -> SentMail | None:
        """Return the outbox row that a delivery report is about."""
        if bounce is None:
            return None
        rows = [candidate for candidate in self._now.outbox if candidate.ticket is not None]
        about, keys = (
            bounce.about[:MOST_THREAD_IDS],
            [candidate.lower() for candidate in bounce.recipients[:MOST_THREAD_IDS]],
        )
        row = next((candidate for candidate in rows if candidate.outgoing.message_id in about), None)
        if row is None and token is not None and token.purpose is Purpose.BOUNCE:
            theirs = [candidate for candidate in rows if candidate.ticket == token.ticket]
            row = next((candidate for candidate in reversed(theirs) if candidate.key in keys), None)
            relays = [candidate for candidate in reversed(theirs) if candidate.kind == MailKind.RELAY.value][
                :20
            ]
            if row is None and len({candidate.key for candidate in relays}) == 1:
                row = relays[0]
        if row is None or row.ticket is None:
            return None
        return SentMail(row.id, row.ticket, row.kind, row.outgoing.rcpt)

    def _alerted(self, ticket: int | None, token: Token | None) -> datetime | None:
        ticket = ticket or ticket_of(token)
        alerts = (alert for alert in self._now.outbox.newest() if alert.kind == MailKind.ALERT.value)
        return next((alert.created_at for alert in alerts if ticket and alert.ticket == ticket), None)

    def _successor(self, match: TicketMatch | None, sender: Address | None) -> int | None:
        """Return the newest ticket of this requester in the place of a closed one, or of one that was."""
        if match is None or sender is None or not sender.mailbox or match.ticket.status is not Status.CLOSED:
            return None
        seen, before = {match.ticket.id}, {match.ticket.id}
        while before:
            later = (row.ticket for row in self._now.tickets if row.ticket.related in before)
            before = {row.id for row in later if row.requester.key == sender.key} - seen
            seen |= before
        return max(seen - {match.ticket.id}, default=None)

    def _others(self, message: Message, since: datetime) -> Iterator[StoredMessage]:
        """Yield the other mails of a sender under the same Message-ID."""
        if message.sender is not None and message.message_id:
            for row in self._now.messages:
                mine = (row.sender_key, row.message_id) == (
                    clean(message.sender.key),
                    clean(message.message_id),
                )
                if mine and row.received_at > since and row.sha256 != message.digest:
                    yield row

    def _twin(self, message: Message, now: datetime) -> Twin | None:
        """Return the mail of the last hour that this one may be a copy of."""
        for other in self._others(message, now - _HOUR):
            entries = (entry for entry in self._now.entries if entry.message == other.id)
            entry = next((entry for entry in entries if entry.kind is EntryKind.CUSTOMER), None)
            original = self._tickets.match(other.ticket) if other.state == "done" and entry else None
            if entry is not None and original is not None:
                mails = (mail for mail in self._now.outbox if mail.ticket == original.ticket.id)
                notified = any(mail.kind == MailKind.ACKNOWLEDGEMENT.value for mail in mails)
                return Twin(other.id, original, entry.text, notified)
        return None

    def _acted(self, message: Message, now: datetime) -> bool:
        """Whether another mail of this sender under the same Message-ID was obeyed of late."""
        return any(
            other.rule in ("agent_reply", "command_mail") and not other.reason.startswith("not obeyed")
            for other in self._others(message, now - ACTED_WITHIN)
        )

    def _reads(self, person: Address | None, shown: str) -> LanguagePreference:
        """Return what is known of the language somebody reads."""
        if person is None or not person.mailbox:
            return LanguagePreference()
        tag = self._now.languages.get(person.key)
        if tag:
            return LanguagePreference(told=tag)
        theirs = [row for row in self._now.messages if row.sender_key == person.key and row.ticket]
        last = max(theirs, key=lambda row: row.received_at, default=None)
        ticket = self._tickets.get(last.ticket) if last and last.ticket else None
        return LanguagePreference(last=ticket.language if ticket and not shown else "")
