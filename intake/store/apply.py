"""Applying a decision: every effect, in order, within the running transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, assert_never

from intake.desk.agent_effects import MarkSummary, SetAway, SetLanguage
from intake.desk.block_effects import Block, Unblock
from intake.desk.canned_texts import DropCanned, SaveCanned
from intake.desk.ceilings import ceiling_key
from intake.desk.delivery_effects import MarkAddress, MarkDelivery, MarkSent, NotifyAgain
from intake.desk.draft_effects import ABOUT_A_DRAFT, ConfirmDraft, Withdraw
from intake.desk.effects import (
    AddEntry,
    AddParticipant,
    Amend,
    Assign,
    Effect,
    Finish,
    Mail,
    MailKind,
    OpenTicket,
    Outcome,
    Outgoing,
    Record,
    Redact,
    RemoveParticipant,
    RevokeLinks,
    SetStatus,
    TripBreaker,
)
from intake.desk.factor import MissCode, UseCode
from intake.desk.find_effects import ClearFind, KeepFinds
from intake.desk.incident.changes import IncidentChange
from intake.desk.mails import enclosed, instead_of_ticket
from intake.desk.merge_effects import LinkTickets, SplitOff
from intake.desk.message import Message
from intake.desk.page import told
from intake.desk.people_effects import ColleagueNews, MarkColleagues, Unwatch, Watch
from intake.desk.persons import AddPersonNote, DropPersonNote
from intake.desk.sensitive.redactable import lines
from intake.desk.sensitive.scan import find, redacted
from intake.desk.sla_effects import Escalate, Page, SetPromises, SettleEscalation
from intake.desk.survey_effects import AskSurvey, RecordScore
from intake.desk.telling_effects import MarkReminded, MarkTold, Telling
from intake.desk.ticket import DESK, NO_TICKET, EntryKind, Ticket
from intake.ports import Applied, Compose
from intake.store import (
    acts,
    canned,
    colleagues,
    drafts,
    finds,
    incidents,
    merging,
    notices,
    outbox_rows,
    page_files,
    persons,
    promise_rows,
    readings,
    surveys,
    tellings,
    withdrawal,
)
from intake.store.address_state import AddressStates
from intake.store.agents import SqlAgents
from intake.store.base import StorePart
from intake.store.blobs import Blobs
from intake.store.blocking import SqlBlocks
from intake.store.connection import Connection
from intake.store.pages import Pages, news_of
from intake.store.rate_counts import RateCounts, text_hash
from intake.store.redaction import Redaction
from intake.store.schema import tables
from intake.store.schema.tables import Outbox
from intake.store.search import SearchIndex
from intake.store.ticket_changes import TicketChanges
from intake.store.tickets import SqlTickets


class EffectWriter(StorePart):
    """Writing what was decided. `tombstone_key` is what redacted mails are remembered by."""

    def __init__(
        self,
        db: Connection,
        blobs: Blobs,
        agents: SqlAgents,
        tickets: SqlTickets,
        addresses: AddressStates,
        rates: RateCounts,
        index: SearchIndex,
        tombstone_key: bytes = b"",
    ) -> None:
        super().__init__(db, blobs)
        self.agents, self.tickets, self.addresses = agents, tickets, addresses
        self.rates, self.index, self.tombstone_key = rates, index, tombstone_key

    def apply(
        self,
        effects: Sequence[Effect],
        compose: Compose,
        now: datetime,
        ledger_id: int | None = None,
        message: Message | None = None,
    ) -> Applied:
        """Apply a decision. Must run inside `transaction()`.

        `compose` gets the ticket as it stands after the effects before. A mail whose
        dedupe key is known adds nothing, and its id is not among those returned.
        Raises LookupError for an effect on a ticket that does not exist.
        """
        if not self.db.database.in_transaction():
            raise RuntimeError("apply() was called outside of a transaction")
        return _Application(self, compose, now, ledger_id, message).run(effects)


class _Application(TicketChanges):
    """One decision being applied."""

    def __init__(
        self,
        parts: EffectWriter,
        compose: Compose,
        now: datetime,
        ledger_id: int | None,
        message: Message | None,
    ) -> None:
        super().__init__(parts.db, parts.blobs, parts.tickets, parts.index, compose, now, ledger_id, message)
        self.parts = parts
        # What was asked for the mails that follow each other; other effects may write.
        self.pages: Pages | None = None

    def run(self, effects: Sequence[Effect]) -> Applied:
        for effect in effects:
            if not isinstance(effect, Mail):
                self.pages = None
            match effect:
                case OpenTicket():
                    self.open(effect)
                case AddEntry():
                    self.entry(effect)
                case SetStatus():
                    self.status(effect)
                case Assign():
                    self.assign(effect)
                case SetAway():
                    self.set_away(effect)
                case SetLanguage():
                    self.set_language(effect)
                case MarkSummary():
                    self.parts.agents.mark_summary(effect)
                case MarkReminded():
                    drafts.remind(self.db, effect, self.now)
                case MarkTold():
                    tellings.mark(self.db, effect, self.now)
                case Amend():
                    self.amend(effect)
                case SetPromises():
                    self.promised(effect)
                case Escalate():
                    promise_rows.escalate(self.db, effect, self.now)
                case SettleEscalation():
                    promise_rows.settle(self.db, effect, self.now)
                case Page():
                    promise_rows.owe_page(self.db, effect, self.now)
                case AddParticipant():
                    self.let_in(effect)
                case RemoveParticipant():
                    self.let_out(effect)
                case Watch():
                    self.watch(effect)
                case Unwatch():
                    self.unwatch(effect)
                case ColleagueNews():
                    colleagues.write(self.db, effect, self.now)
                case MarkColleagues():
                    colleagues.mark(self.db, effect)
                case SplitOff():
                    self.open(merging.opening(self.source, effect))
                    merging.copy(self.db, effect, self.opened or 0)
                    self.words.pop(self.opened or 0, None)
                    self.search.reindex(self.opened or 0)
                case LinkTickets():
                    merging.link(self.db, effect)
                case Redact():
                    self.redact(effect)
                case KeepFinds():
                    self.keep_finds(effect)
                case ClearFind():
                    finds.clear(self.db, effect.number)
                case UseCode() | MissCode():
                    acts.factor_used(self.db, self.blobs, effect, self.now)
                case IncidentChange():
                    incidents.write(self.db, effect, self.now)
                case Record():
                    self.record(effect)
                case Mail():
                    self.mail(effect)
                case NotifyAgain():
                    again = notices.without_files(self.source, self.parts.agents, effect.outbox_id)
                    if again is not None:
                        self.mail(again)
                case Withdraw():
                    withdrawal.withdraw(self.db, effect)
                    # What comes after begins from the ticket as it is now.
                    self.tickets.pop(effect.ticket, None)
                    self.loaded.pop(effect.ticket, None)
                case ConfirmDraft():
                    drafts.settle(self.db, effect.entry)
                case MarkDelivery():
                    outbox_rows.delivery(self.db, effect)
                case MarkSent():
                    self.seen(effect)
                case TripBreaker():
                    self.parts.rates.pull_brake(self.now)
                case AskSurvey():
                    surveys.ask(self.db, effect, self.ticket(effect.ticket).closed_at, self.now)
                case RecordScore():
                    if not surveys.record(self.db, effect, self.now) and not self.ledger_id:
                        # The same answer was posted twice at once; what follows from it has followed.
                        break
                case SaveCanned():
                    canned.save(self.db, effect, self.now)
                case DropCanned():
                    canned.drop(self.db, effect, self.now)
                case AddPersonNote():
                    persons.add(self.db, effect, self.now)
                case DropPersonNote():
                    persons.drop(self.db, effect)
                case RevokeLinks():
                    ticket = self.ticket(effect.ticket)
                    self.change(ticket, link=ticket.link + 1)
                    self.tickets[ticket.id] = replace(self.tickets[ticket.id], link=ticket.link + 1)
                case MarkAddress():
                    self.parts.addresses.mark(effect.address, effect.reason, self.now)
                case Block():
                    SqlBlocks(self.db, self.blobs).add(effect, self.now)
                case Unblock():
                    SqlBlocks(self.db, self.blobs).remove(effect)
                case Finish():
                    self.finish(effect)
                case _:
                    assert_never(effect)
        self.index()
        if self.db.batch is None:
            self.db.flush()
            self.outbox_ids = [number for number in self.outbox_ids if number not in self.db.writes.known]
        else:
            self.db.batch.keep(self.tickets.values())
        return Applied(self.opened or self.touched, tuple(self.outbox_ids))

    def redact(self, effect: Redact) -> None:
        key = self.parts.tombstone_key
        redaction = Redaction(self.db, self.blobs)
        text, closed = redaction.redact(effect.ticket, effect.literals, key, self.now, self.ledger_id)
        self.tickets.pop(effect.ticket, None)
        for line in lines(text, effect.by, closed):
            self.entry(AddEntry(effect.ticket, EntryKind.EVENT, DESK, line))
        if self.message is not None:
            # What its row says of the message that asks must not say it again.
            secrets = find(self.message.subject, effect.literals)
            self.message = replace(self.message, subject=redacted(self.message.subject, secrets))

    def keep_finds(self, effect: KeepFinds) -> None:
        ticket, key = self.ticket(effect.ticket).id, self.parts.tombstone_key
        message = effect.message or self.ledger_id
        entry = effect.entry or (None if effect.message else self.newest)
        self.doubtful += finds.keep(self.db, effect, ticket, message, entry, key, self.now)

    def mail(self, effect: Mail) -> None:
        if not effect.to.mailbox:
            # The requester of a ticket may be nobody: a mail without a sender, a domain's flood.
            return
        if effect.telling is not Telling.AT_ONCE and self.told_later(effect):
            return
        if effect.ticket == NO_TICKET:
            outgoing = self.compose(effect, instead_of_ticket(effect, self.now))
            outbox_id = self.insert(effect, outgoing, None) if outgoing else None
            self.outbox_ids += [outbox_id] if outbox_id is not None else []
            return
        ticket = self.ticket(effect.ticket)
        stored = bool(effect.enclosed or effect.with_files)
        effect = self.enclosing(effect)
        if effect.event in ABOUT_A_DRAFT and not effect.draft:
            effect = replace(effect, draft=self.newest or 0)
        if effect.kind is MailKind.PARTNER and not effect.question:
            effect = replace(effect, question=self.newest or 0)
        if effect.kind.to_agent:
            effect = self.whole(effect, ticket)
        effect, follow = readings.without_held(self.db, effect, stored)
        outgoing = self.compose(effect, ticket)
        if outgoing is None:
            return
        # No message stands behind a status mail that the rules could have said this of.
        failed = self.parts.addresses.failed(effect.to, self.now) if effect.kind is MailKind.STATUS else ""
        if failed:
            text = f"The {effect.event} mail to {effect.to.mailbox} was not sent: mail there failed: {failed}"
            self.entry(AddEntry(ticket.id, EntryKind.EVENT, DESK, text))
            return
        outbox_id = self.insert(effect, outgoing, ticket.id)
        if outbox_id is None:
            return
        if self.db.nothing_to_write:
            # Of large mails each is written at once, and what was noted before with it.
            self.pages = None
        self.outbox_ids.append(outbox_id)
        if follow and effect.agent is not None:
            readings.hold(self.db, ticket.id, effect.agent.id, follow)
        if effect.kind is not MailKind.PARTNER:
            # What a partner answers, or passes on, is known by its token and by nothing else.
            self.refer(outgoing.message_id, ticket, "out", effect.kind in outbox_rows.PUBLIC)

    def enclosing(self, effect: Mail) -> Mail:
        """Fetch the files that go with a mail; those that cannot be read are named in it."""
        if not effect.enclosed:
            return effect
        contents = self.blobs.many([file.sha256 for file in effect.enclosed])
        return enclosed(effect, contents)

    def whole(self, effect: Mail, ticket: Ticket) -> Mail:
        """Return a mail to an agent with what stands around its news, and the files that it is to bring."""
        if effect.with_files:
            numbers = self.pages_now().with_merged(ticket, self.tickets)
            effect = page_files.attached(self.db, self.blobs, effect, numbers, self.now)
        if effect.page is not None:
            return effect
        news = news_of(effect, self.said)
        page = replace(self.pages_now().of(ticket, news, self.tickets), doubtful=self.doubtful)
        return replace(effect, page=told(page, effect.talk))

    def pages_now(self) -> Pages:
        batch = self.db.batch
        if batch is not None:
            pages: Pages = batch.known.setdefault("pages", Pages(self.db, self.parts.agents))
            return pages
        if self.pages is None:
            self.pages = Pages(self.db, self.parts.agents)
        return self.pages

    def told_later(self, effect: Mail) -> bool:
        """Whether an agent is told of their own mail, or of a deadline, with others: it is written down."""
        ticket = self.ticket(effect.ticket).id if effect.ticket != NO_TICKET else None
        late = effect.telling is Telling.TOGETHER
        draft = effect.draft or (self.newest if ticket and not late else None)
        return tellings.kept(self.db, effect, ticket, draft, self.ledger_id, self.now)

    def insert(self, effect: Mail, outgoing: Outgoing, ticket: int | None) -> int | None:
        leaves = self.now + timedelta(seconds=effect.hold)
        entry = self.answer if effect.kind in (MailKind.RELAY, MailKind.STATUS) else effect.question or None
        quoted, ledger = effect.quote_subject, self.ledger_id
        return outbox_rows.owe(
            self.db, outgoing, effect.dedupe, ticket, self.now, leaves, entry, ledger, quoted
        )

    def seen(self, effect: MarkSent) -> None:
        which = Outbox.id == effect.outbox_id
        # While it is being sent, its sender is told when it has no answer (SqlOutbox.unknown).
        self.db.run(Outbox.update(seen=True).where(which))
        doubtful = (Outbox.state == "unknown") | ((Outbox.state == "due") & (Outbox.doubtful > 0))
        outbox_rows.sent(
            self.db, Outbox.update(state="sent", sent_at=self.now, error="").where(which & doubtful)
        )

    def finish(self, effect: Finish) -> None:
        opens = effect.ticket is None and effect.outcome is Outcome.TICKETED
        number = self.opened if opens else effect.ticket
        self.touched = self.touched or number
        if self.ledger_id is None:
            return
        message, columns = self.message, dict[str, Any]()
        if message is not None:
            sender = message.sender
            columns = {
                "fingerprint": message.fingerprint,
                "sender": sender.mailbox if sender else "",
                "sender_key": sender.key if sender else "",
                "sender_ceiling": ceiling_key(sender.mailbox) if sender else "",
                "sender_domain": sender.domain if sender else "",
                "text_hash": text_hash(message.new_text),
                "subject": message.subject,
                "message_id": message.message_id,
                "defects": message.defects,
            }
        self.db.writes.change(
            tables.Message,
            self.ledger_id,
            state="quarantined" if effect.outcome is Outcome.QUARANTINED else "done",
            outcome=effect.outcome.value,
            ticket=number,
            rule=effect.rule,
            reason=effect.reason,
            duplicate_of=effect.duplicate_of,
            order_keys=None,
            **columns,
        )
