"""Applying a decision, in memory: every effect, in order, within the running transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, assert_never

from intake.desk import held_files
from intake.desk.agent_effects import MarkSummary, SetAway, SetLanguage
from intake.desk.block_effects import Block, BlockedSender, Unblock
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
from intake.desk.kept_files import KeptFile
from intake.desk.mails import enclosed, instead_of_ticket
from intake.desk.merge_effects import LinkTickets, SplitOff
from intake.desk.message import Address, BounceKind, Message
from intake.desk.page import told
from intake.desk.people_effects import ColleagueNews, MarkColleagues, Unwatch, Watch
from intake.desk.persons import AddPersonNote, DropPersonNote
from intake.desk.sensitive.redactable import lines
from intake.desk.sla_effects import Escalate, Page, SetPromises, SettleEscalation
from intake.desk.survey_effects import AskSurvey, RecordScore
from intake.desk.telling_effects import MarkReminded, MarkTold, Telling
from intake.desk.ticket import DESK, NO_TICKET, EntryKind, Status, Ticket
from intake.ports import Applied, Temporary
from intake.store.outbox_rows import PUBLIC
from intake.store.rate_counts import text_hash
from intake.store.withdrawal import TIMES
from intake.testing.memory import (
    canned,
    colleagues,
    drafts,
    finds,
    incidents,
    notices,
    pages,
    persons,
    promises,
    readings,
    tellings,
)
from intake.testing.memory.changes import TicketChanges
from intake.testing.memory.outbox import owe
from intake.testing.memory.redaction import redact
from intake.testing.memory.surveys import ask, score
from intake.testing.memory.upkeep import recorded


class Application(TicketChanges):
    """One decision being applied."""

    def run(self, effects: Sequence[Effect]) -> Applied:
        """Apply them."""
        for effect in effects:
            if not self.one(effect):
                break
        return Applied(self.opened or self.touched, tuple(self.outbox_ids))

    def one(self, effect: Effect) -> bool:
        """Apply one; False when nothing that follows is to be applied."""
        state = self.state
        match effect:
            case OpenTicket():
                self.open(effect)
            case AddEntry():
                self.entry(effect)
            case SetStatus():
                closed_at = self.now if effect.status is Status.CLOSED else None
                self.change(effect.ticket, status=effect.status, closed_at=closed_at)
            case Assign():
                self.assign(effect)
            case SetAway():
                self.set_away(effect)
            case SetLanguage():
                self.set_language(effect)
            case MarkSummary():
                self.parts.agents.mark_summary(effect)
            case MarkReminded():
                tellings.remind(state, effect, self.now)
            case MarkTold():
                tellings.mark(state, effect, self.now)
            case Amend():
                ticket = self.change(effect.ticket, **effect.changes)
                if "language" in effect.changes and ticket.requester.mailbox:
                    state.languages[ticket.requester.key] = effect.changes["language"]
            case SetPromises():
                self.touched = self.ticket(effect.ticket).id
                promises.write(state, effect, self.ticket(effect.ticket), self.now)
            case Escalate():
                promises.escalate(state, effect, self.now)
            case SettleEscalation():
                promises.settle(state, effect, self.now)
            case Page():
                promises.owe_page(state, effect, self.now)
            case AddParticipant():
                self.add_participant(effect)
            case RemoveParticipant():
                ticket = self.change(effect.ticket)
                state.participants.pop((ticket.id, effect.address.key), None)
            case Watch():
                state.watchers |= {(self.ticket(effect.ticket).id, effect.agent.id)}
            case Unwatch():
                state.watchers -= {(effect.ticket, effect.agent.id)}
            case ColleagueNews():
                colleagues.write(state, effect, self.now)
            case MarkColleagues():
                colleagues.mark(state, effect)
            case SplitOff():
                self.split_off(effect)
            case LinkTickets():
                state.links |= {(effect.ticket, effect.other), (effect.other, effect.ticket)}
            case Redact():
                self.redact(effect)
            case KeepFinds():
                self.keep_finds(effect)
            case ClearFind():
                finds.clear(state, effect.number)
            case UseCode() | MissCode():
                # Nobody has a second factor here: only a database keeps them.
                pass
            case IncidentChange():
                incidents.write(state, effect, self.now)
            case Record():
                number = self.opened if effect.ticket is None else effect.ticket
                recorded(state, self.now, effect.who, effect.what, effect.authority, number, self.ledger_id)
            case Mail():
                self.mail(effect)
            case NotifyAgain():
                again = notices.without_files(state, self.parts.tickets, self.parts.agents, effect.outbox_id)
                if again is not None:
                    self.mail(again)
            case Withdraw():
                self.withdraw(effect)
            case ConfirmDraft():
                row = state.entries.get(effect.entry)
                if row is None or row.settled:
                    raise Temporary("a draft was confirmed twice at once")
                state.entries.change(effect.entry, settled=True)
            case MarkDelivery():
                said = {} if effect.kind is BounceKind.DELIVERED else {"error": effect.diagnostic}
                if state.outbox.get(effect.outbox_id):
                    state.outbox.change(effect.outbox_id, delivery=effect.kind.value, **said)
            case MarkSent():
                self.came_back(effect)
            case Block():
                self.state.blocks.setdefault(
                    effect.key, BlockedSender(effect.key, effect.by, self.now, effect.reason)
                )
            case Unblock():
                self.state.blocks.pop(effect.key, None)
            case TripBreaker():
                state.moments["brake"] = self.now
            case AskSurvey():
                ask(state, effect, self.ticket(effect.ticket).closed_at or self.now, self.now)
            case RecordScore():
                # The same answer was posted twice at once; what follows from it has followed.
                return score(state, effect, self.now) or bool(self.ledger_id)
            case SaveCanned():
                canned.save(state, effect, self.now)
            case DropCanned():
                canned.drop(state, effect, self.now)
            case AddPersonNote():
                persons.add(state, effect, self.now)
            case DropPersonNote():
                persons.drop(state, effect)
            case RevokeLinks():
                self.change(effect.ticket, link=self.ticket(effect.ticket).link + 1)
            case MarkAddress():
                self.parts.addresses.mark(effect.address, effect.reason, self.now)
            case Finish():
                self.finish(effect)
            case _:
                assert_never(effect)
        return True

    def redact(self, effect: Redact) -> None:
        """Take secrets out of a ticket, and say so in it."""
        text, self.message, closed = redact(
            self.state, effect, self.parts.tombstone_key, self.message, self.ledger_id
        )
        for line in lines(text, effect.by, closed):
            self.entry(AddEntry(effect.ticket, EntryKind.EVENT, DESK, line))

    def keep_finds(self, effect: KeepFinds) -> None:
        """Write down which secrets were found."""
        ticket, key = self.ticket(effect.ticket).id, self.parts.tombstone_key
        message, entry = (
            effect.message or self.ledger_id,
            effect.entry or (None if effect.message else self.newest),
        )
        self.doubtful += finds.keep(self.state, effect, ticket, message, entry, key, self.now)

    def mail(self, effect: Mail) -> None:
        """Owe a mail."""
        if not effect.to.mailbox:
            return
        if effect.telling is not Telling.AT_ONCE and self.told_later(effect):
            return
        if effect.ticket == NO_TICKET:
            finished = self.compose(effect, instead_of_ticket(effect, self.now))
            outbox_id = owe(self.state, finished, effect.dedupe, None, self.now) if finished else None
            self.outbox_ids += [outbox_id] if outbox_id is not None else []
            return
        ticket = self.ticket(effect.ticket)
        effect, follow = self.filled(effect, ticket)
        outgoing = self.compose(effect, ticket)
        if outgoing is None:
            return
        status = effect.kind is MailKind.STATUS
        failed = self.parts.addresses.failed(effect.to, self.now) if status else ""
        if failed:
            text = f"The {effect.event} mail to {effect.to.mailbox} was not sent: mail there failed: {failed}"
            self.entry(AddEntry(ticket.id, EntryKind.EVENT, DESK, text))
            return
        outbox_id = owe(
            self.state,
            outgoing,
            effect.dedupe,
            ticket.id,
            self.now,
            self.now + timedelta(seconds=effect.hold),
            entry=self.answer if status or effect.kind is MailKind.RELAY else effect.question or None,
            ledger=self.ledger_id,
            quoted=effect.quote_subject,
        )
        if outbox_id is not None:
            self.outbox_ids.append(outbox_id)
            if follow and effect.agent is not None:
                readings.hold(self.state, ticket.id, effect.agent.id, follow)
            if effect.kind is not MailKind.PARTNER:
                self.refer(outgoing.message_id, ticket.id, "out", effect.kind in PUBLIC)

    def filled(self, effect: Mail, ticket: Ticket) -> tuple[Mail, list[KeptFile]]:
        """Return a mail with what it says of its ticket, and the files that are to follow it."""
        stored = bool(effect.enclosed or effect.with_files)
        effect = enclosed(effect, self.state.blobs)
        if effect.event in ABOUT_A_DRAFT and not effect.draft:
            effect = replace(effect, draft=self.newest or 0)
        if effect.kind is MailKind.PARTNER and not effect.question:
            effect = replace(effect, question=self.newest or 0)
        if effect.kind.to_agent and effect.with_files:
            effect = pages.attached(self.state, self.parts.tickets, effect, ticket, self.now)
        if effect.kind.to_agent and effect.page is None:
            page = pages.page_of(self.state, self.parts.tickets, effect, ticket, self.said)
            effect = replace(effect, page=told(replace(page, doubtful=self.doubtful), effect.talk))
        follow: list[KeptFile] = []
        if held_files.holds(effect):
            known = readings.known(self.state, held_files.unread(effect) if stored else ())
            effect, follow = held_files.without_held(effect, known)
        return effect, follow

    def told_later(self, effect: Mail) -> bool:
        """Whether an agent is told of their own mail, or of a deadline, with others: it is written down."""
        ticket = self.ticket(effect.ticket).id if effect.ticket != NO_TICKET else None
        late = effect.telling is Telling.TOGETHER
        draft = effect.draft or (self.newest if ticket and not late else None)
        return tellings.kept(self.state, effect, ticket, draft, self.ledger_id, self.now)

    def withdraw(self, effect: Withdraw) -> None:
        """Cancel an answer's mails, make its entry a draft and put its ticket back."""
        state = self.state
        rows = [row for mail in effect.mails if (row := state.outbox.get(mail))]
        if len(rows) != len(effect.mails) or any(row.state != "due" or row.doubtful for row in rows):
            raise Temporary("an answer left while it was being withdrawn")
        for row in rows:
            state.outbox.change(row.id, state="cancelled", error="withdrawn")
        ids = {row.outgoing.message_id for row in rows}
        for ref in state.refs:
            if ref.ticket == effect.ticket and ref.message_id in ids:
                state.refs.remove(ref.id)
        entry = state.entries.get(effect.entry)
        if entry is not None:
            drafts.settle_replaced(state, entry)
            state.entries.change(entry.id, kind=EntryKind.DRAFT)
            if entry.before is not None and effect.restore:
                self.restore(effect.ticket, entry.before, entry.agent)
        self.loaded.pop(effect.ticket, None)

    def restore(self, number: int, before: Ticket, agent: int | None) -> None:
        """Put a ticket back to where it was before an answer of `agent`."""
        row = self.state.tickets.get(number)
        if row is not None:
            times = {name: getattr(before, name) for name in TIMES}
            ticket = replace(row.ticket, status=before.status, **times)
            was = before.assignee.id if before.assignee else None
            mine = was if row.assignee == agent else row.assignee
            self.state.tickets.change(number, ticket=ticket, assignee=mine)

    def came_back(self, effect: MarkSent) -> None:
        """Note that a mail came back from where it was sent: it was taken."""
        row = self.state.outbox.get(effect.outbox_id)
        if row is not None:
            sent = row.state == "unknown" or (row.state == "due" and row.doubtful > 0)
            more: dict[str, Any] = {"state": "sent", "sent_at": self.now, "error": ""} if sent else {}
            self.state.outbox.change(row.id, seen=True, **more)

    def finish(self, effect: Finish) -> None:
        """Write a message's outcome down."""
        number = effect.ticket
        if number is None and effect.outcome is Outcome.TICKETED:
            number = self.opened
        self.touched = self.touched or number
        if self.ledger_id is None or self.state.messages.get(self.ledger_id) is None:
            return
        self.state.messages.change(
            self.ledger_id,
            state="quarantined" if effect.outcome is Outcome.QUARANTINED else "done",
            outcome=effect.outcome,
            ticket=number,
            rule=effect.rule,
            reason=effect.reason,
            duplicate_of=effect.duplicate_of,
            **_read(self.message),
        )


def _read(message: Message | None) -> dict[str, Any]:
    """Return what a ledger row says of a message that could be read."""
    if message is None:
        return {}
    sender = message.sender or Address("")
    return {
        "fingerprint": message.fingerprint,
        "sender": sender.mailbox,
        "sender_key": sender.key,
        "sender_ceiling": ceiling_key(sender.mailbox),
        "sender_domain": sender.domain,
        "text_hash": text_hash(message.new_text),
        "subject": message.subject,
        "message_id": message.message_id,
        "defects": message.defects,
    }
