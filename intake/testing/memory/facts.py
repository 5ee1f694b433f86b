"""What is known of a message when it is decided on, and what came and went lately, in memory."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from intake.desk.ceilings import ceiling_key
from intake.desk.effects import MailKind
from intake.desk.facts import (
    AddressHistory,
    Facts,
    LanguagePreference,
    SentMail,
    TicketMatch,
    Twin,
)
from intake.desk.message import Address, Bounce, Envelope, Message
from intake.desk.ticket import EntryKind, Status
from intake.desk.tokens import Purpose, Token
from intake.store.facts import ACTED_WITHIN, MOST_IDS, NUMBER, TO_TICKETS
from intake.store.rate_counts import AHEAD, LATEST, MOST, QUICK, Traffic, text_hash
from intake.store.schema.fields import clean
from intake.testing.memory.people import MemoryAddresses, MemoryAgents
from intake.testing.memory.rows import StoredMail, StoredMessage
from intake.testing.memory.state import Memory, MemoryPart
from intake.testing.memory.tickets import MemoryTickets

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


class MemoryRates(MemoryPart):
    """Counting, and the circuit breaker."""

    def count(self, message: Message, ticket: int | None, about: int | None, now: datetime) -> Traffic:
        """Count what concerns this sender and these tickets. Times are aware."""
        state, sender, soon = self._now, message.sender, now + AHEAD
        address = ceiling_key(sender.mailbox) if sender else ""
        domain = sender.domain if sender else ""
        words = text_hash(message.new_text)
        released = state.moments.get("brake_released")
        lately = [one for one in state.outbox if now - _DAY < one.created_at < soon]
        hour = [one for one in lately if one.created_at > now - _HOUR]
        ours = [one for one in lately if one.outgoing.kind.at_most_once]
        theirs = [one for one in ours if address and one.ceiling == address]
        day = [one for one in state.messages if now - _DAY < one.received_at < soon]
        latest = [one for one in day if address and one.sender_ceiling == address][::-1][:LATEST]
        budgeted = [one for one in hour if one.outgoing.kind.budgeted]
        if released is not None and released < soon:
            budgeted = [one for one in budgeted if one.created_at > released]
        alerts = [one for one in hour if one.kind == MailKind.ALERT.value]
        recent = [one for one in day if one.received_at > now - _HOUR and not one.archive]
        opened = [one for one in recent if address and one.rule in ("new_ticket", "flood")]
        own = (one for one in state.outbox if one.outgoing.message_id == message.message_id)
        return Traffic(
            address_hour=sum(one in hour for one in theirs),
            address_day=len(theirs),
            acknowledged_day=sum(one.kind == MailKind.ACKNOWLEDGEMENT.value for one in theirs),
            domain_hour=sum(one in hour and one.domain == domain for one in ours) if address else 0,
            desk_hour=len(budgeted),
            alerts_hour=len(alerts),
            ticket_minutes=sum(
                one.ticket == ticket and one.created_at > now - timedelta(minutes=10) for one in ours
            ),
            ticket_day=sum(one.ticket == ticket for one in ours if ticket),
            alerts_ticket_hour=sum(one.ticket == about for one in alerts if about),
            tickets_address=min(MOST, sum(one.sender_ceiling == address for one in opened)),
            tickets_domain=min(MOST, sum(one.sender_domain == domain for one in opened)),
            answers_address=min(
                MOST, sum(one.sender_ceiling == address and one.rule == "follow_up" for one in recent)
            )
            if address
            else 0,
            quick_returns=sum(_quick(one, theirs) for one in latest),
            same_text=sum(bool(words) and one.text_hash == words for one in latest) + bool(words),
            alerts_address=sum(bool(address) and one.ceiling == address for one in alerts),
            flood_address=self._flood(address, now),
            flood_domain=self._flood(f"@{domain}" if domain else "", now),
            braked_at=state.moments.get("brake"),
            unsettled=next((one.id for one in own if one.state in ("unknown", "due", "sending")), None),
        )

    def _flood(self, whose: str, now: datetime) -> int | None:
        fresh = (one for one in self._now.tickets if now - _DAY < one.ticket.created_at < now + AHEAD)
        return max((one.id for one in fresh if whose and one.flood == whose), default=None)

    def owed_to(self, sender: Address | None, now: datetime) -> tuple[int, int, int]:
        """Return how many automatic mails the mailbox of this address was owed in the last hour and day,
        and how many of the day's were acknowledgements."""
        if sender is None or not sender.mailbox:
            return 0, 0, 0
        key = ceiling_key(sender.mailbox)
        owed = [one for one in self._now.outbox if one.ceiling == key and one.created_at > now - _DAY]
        owed = [one for one in owed if one.outgoing.kind.at_most_once]
        lately = sum(one.created_at > now - _HOUR for one in owed)
        return lately, len(owed), sum(one.kind == MailKind.ACKNOWLEDGEMENT.value for one in owed)

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
        one.sent_at is not None and one.sent_at <= message.received_at < one.sent_at + QUICK for one in mails
    )


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
        match, sender = self._tickets.match, message.sender
        ids = message.thread_ids[:MOST_IDS]
        same = self._same(message)
        out, stored = self._referred(ids, "out"), self._referred(ids, "in")
        by_token = token.ticket if token and token.purpose in TO_TICKETS else None
        found = NUMBER.search(message.subject)
        number = int(found[1]) if found else None
        sent = self._sent(message.bounce, token) if message.bounce else None
        agents = self._agents.by_id()
        speaks = token is not None and token.purpose in (Purpose.AGENT, Purpose.COMMAND)
        token_agent = agents.get(token.person) if token and speaks else None
        confirms = token is not None and token.purpose is Purpose.CONFIRM
        draft = self._tickets.draft(token.person) if token and confirms else None
        acting = token_agent or (draft.agent if draft else None)
        agent = self._agents.by_address(sender.mailbox) if sender and sender.mailbox else None
        belongs = by_token or out or stored or number
        known = by_token or out or stored
        about = sent.ticket_id if sent else None
        counted = self._rates.count(message, belongs, about, now)
        original = message.forward.sender if message.forward and agent else None
        return Facts(
            now=now,
            token=token,
            by_token=match(by_token),
            by_sent_id=match(out),
            by_stored_id=match(stored),
            by_number=match(number),
            sent=sent,
            sent_ticket=match(about),
            duplicate_of=same.id if same else None,
            duplicate_ticket=same.ticket if same else None,
            agent=agent if agent and agent.enabled else None,
            token_agent=token_agent if token_agent and token_agent.enabled else None,
            team=tuple(self._agents.enabled(team)),
            agents=tuple(self._agents.enabled()),
            verified=verified,
            automatic_last_hour=counted.address_hour,
            automatic_last_day=counted.address_day,
            acknowledged_last_day=counted.acknowledged_day,
            automatic_desk_hour=counted.desk_hour,
            automatic_domain_hour=counted.domain_hour,
            automatic_ticket_minutes=counted.ticket_minutes,
            automatic_ticket_day=counted.ticket_day,
            alerts_desk_hour=counted.alerts_hour,
            alerts_ticket_hour=counted.alerts_ticket_hour,
            alerts_address_hour=counted.alerts_address,
            tickets_address_hour=counted.tickets_address,
            tickets_domain_hour=counted.tickets_domain,
            answers_address_hour=counted.answers_address,
            quick_returns=counted.quick_returns,
            same_text=counted.same_text,
            flood_address=match(counted.flood_address),
            flood_domain=match(counted.flood_domain),
            told_at=self._alerted(counted.flood_address or counted.flood_domain or belongs),
            braked_at=counted.braked_at,
            unsettled=counted.unsettled,
            successor=match(self._successor(match(belongs), sender)),
            failed=self._addresses.failed(sender, now),
            twin=None if known else self._twin(message, now),
            acted=self._acted(message, now) if speaks else False,
            draft=draft,
            overtaken=self._tickets.overtaken(by_token, acting, ids, now) if by_token and acting else None,
            relayed=self._tickets.relayed(by_token, acting.id) if by_token and acting else None,
            original=AddressHistory(
                *self._rates.owed_to(original, now), self._addresses.failed(original, now)
            ),
            reads=self._reads(None if known else sender, message.language),
            original_reads=self._reads(original, ""),
        )

    def _same(self, message: Message) -> StoredMessage | None:
        """Return the first finished row of the same content under other bytes."""
        content = clean(message.fingerprint)
        rows = (one for one in self._now.messages if one.state == "done" and one.sha256 != message.digest)
        return next((one for one in rows if content and one.fingerprint == content), None)

    def _referred(self, ids: Sequence[str], direction: str) -> int | None:
        tickets: dict[str, int] = {}
        for ref in self._now.refs:
            if ref.direction == direction:
                tickets.setdefault(ref.message_id, ref.ticket)
        return next((tickets[one] for one in map(clean, ids) if one in tickets), None)

    def _sent(self, bounce: Bounce, token: Token | None) -> SentMail | None:
        """Return the outbox row that a delivery report is about."""
        rows = [one for one in self._now.outbox if one.ticket is not None]
        about, keys = bounce.about[:MOST_IDS], [one.lower() for one in bounce.recipients[:MOST_IDS]]
        found = next((one for one in rows if one.outgoing.message_id in about), None)
        if found is None and token is not None and token.purpose is Purpose.BOUNCE:
            theirs = [one for one in rows if one.ticket == token.ticket]
            found = next((one for one in reversed(theirs) if one.key in keys), None)
            relays = [one for one in reversed(theirs) if one.kind == MailKind.RELAY.value][:20]
            if found is None and len({one.key for one in relays}) == 1:
                found = relays[0]
        if found is None or found.ticket is None:
            return None
        return SentMail(found.id, found.ticket, found.kind, found.outgoing.rcpt)

    def _alerted(self, ticket: int | None) -> datetime | None:
        alerts = (one for one in self._now.outbox.newest() if one.kind == MailKind.ALERT.value)
        return next((one.created_at for one in alerts if ticket and one.ticket == ticket), None)

    def _successor(self, found: TicketMatch | None, sender: Address | None) -> int | None:
        """Return the newest ticket of this requester in the place of a closed one, or of one that was."""
        if found is None or sender is None or not sender.mailbox or found.ticket.status is not Status.CLOSED:
            return None
        seen, before = {found.ticket.id}, {found.ticket.id}
        while before:
            later = (one.ticket for one in self._now.tickets if one.ticket.related in before)
            before = {one.id for one in later if one.requester.key == sender.key} - seen
            seen |= before
        return max(seen - {found.ticket.id}, default=None)

    def _others(self, message: Message, since: datetime) -> Iterator[StoredMessage]:
        """Yield the other mails of a sender under the same Message-ID."""
        if message.sender is not None and message.message_id:
            for one in self._now.messages:
                mine = (one.sender_key, one.message_id) == (
                    clean(message.sender.key),
                    clean(message.message_id),
                )
                if mine and one.received_at > since and one.sha256 != message.digest:
                    yield one

    def _twin(self, message: Message, now: datetime) -> Twin | None:
        """Return the mail of the last hour that this one may be a copy of."""
        for one in self._others(message, now - _HOUR):
            entries = (entry for entry in self._now.entries if entry.message == one.id)
            entry = next((entry for entry in entries if entry.kind is EntryKind.CUSTOMER), None)
            found = self._tickets.match(one.ticket) if one.state == "done" and entry else None
            if entry is not None and found is not None:
                mails = (mail for mail in self._now.outbox if mail.ticket == found.ticket.id)
                told = any(mail.kind == MailKind.ACKNOWLEDGEMENT.value for mail in mails)
                return Twin(one.id, found, entry.text, told)
        return None

    def _acted(self, message: Message, now: datetime) -> bool:
        """Whether another mail of this sender under the same Message-ID was obeyed of late."""
        return any(
            one.rule in ("agent_reply", "command_mail") and not one.reason.startswith("not obeyed")
            for one in self._others(message, now - ACTED_WITHIN)
        )

    def _reads(self, person: Address | None, shown: str) -> LanguagePreference:
        """Return what is known of the language somebody reads."""
        if person is None or not person.mailbox:
            return LanguagePreference()
        told = self._now.languages.get(person.key)
        if told:
            return LanguagePreference(told=told)
        theirs = [one for one in self._now.messages if one.sender_key == person.key and one.ticket]
        last = max(theirs, key=lambda one: one.received_at, default=None)
        ticket = self._tickets.get(last.ticket) if last and last.ticket else None
        return LanguagePreference(last=ticket.language if ticket and not shown else "")
