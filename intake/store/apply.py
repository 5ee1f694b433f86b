"""Applying a decision: every effect, in order, within the running transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, assert_never

from intake.desk.effects import (
    AddEntry,
    AddParticipant,
    Amend,
    AskSurvey,
    Assign,
    Effect,
    Escalate,
    Finish,
    Mail,
    MailKind,
    MarkAddress,
    MarkDelivery,
    MarkSent,
    OpenTicket,
    Outcome,
    Outgoing,
    Page,
    PullBrake,
    Record,
    RecordScore,
    RemoveParticipant,
    RevokeLinks,
    SetAway,
    SetPromises,
    SetStatus,
    SettleEscalation,
)
from intake.desk.message import Address, BounceKind, Message
from intake.desk.ticket import EntryKind
from intake.ports import Applied, Compose
from intake.store import models, promise_rows, surveys
from intake.store.address_state import AddressStates
from intake.store.application import TicketChanges
from intake.store.connection import Connection
from intake.store.models import Entry, MessageRef, Outbox
from intake.store.statement import Statement, hole, inserting
from intake.store.traffic import Counting, text_hash

# What a person wrote goes first; an acknowledgement can wait for it.
URGENCY = {
    MailKind.RELAY: 0,
    MailKind.ALERT: 1,
    MailKind.NOTICE: 1,
    MailKind.ACKNOWLEDGEMENT: 2,
    MailKind.STATUS: 2,
    MailKind.SURVEY: 3,
}
# Sent to the requester, so their Message-IDs may stand in References to him.
_PUBLIC = (MailKind.RELAY, MailKind.ACKNOWLEDGEMENT, MailKind.STATUS, MailKind.SURVEY)

_NEW_TICKET = inserting(models.Ticket, returning=models.Ticket.id)
_NEW_ENTRY = inserting(Entry, returning=Entry.id)
_NEW_REF = inserting(MessageRef)
_NEW_MAIL = inserting(Outbox, unless_there=[Outbox.dedupe_key], returning=Outbox.id)
_TOUCH = Statement(
    lambda: models.Ticket.update(updated_at=hole(models.Ticket.updated_at)).where(
        models.Ticket.id == hole(models.Ticket.id)
    )
)
_DECIDED = ("state", "outcome", "ticket", "rule", "reason", "duplicate_of")
_READ = (
    "fingerprint",
    "sender",
    "sender_key",
    "sender_domain",
    "text_hash",
    "subject",
    "message_id",
    "defects",
)


def _finishing(names: Sequence[str]) -> Statement:
    row = models.Message

    def make() -> Any:
        values = {name: hole(getattr(row, name)) for name in names}
        return row.update(**values).where(row.id == hole(row.id))

    return Statement(make)


_FINISH, _FINISH_READ = _finishing(_DECIDED), _finishing((*_DECIDED, *_READ))


class Applying(AddressStates, Counting):
    """Writing what was decided."""

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

    def owe(self, outgoing: Outgoing, dedupe: str, now: datetime) -> int | None:
        """Owe a finished mail that belongs to no ticket; return its id, None when it is known already."""
        with self.transaction():
            return _insert(self.db, outgoing, dedupe, None, now)


class _Application(TicketChanges):
    """One decision being applied."""

    store: Applying

    def run(self, effects: Sequence[Effect]) -> Applied:
        for effect in effects:
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
                case Record():
                    self.record(effect)
                case Mail():
                    self.mail(effect)
                case MarkDelivery():
                    self.delivery(effect)
                case MarkSent():
                    self.seen(effect)
                case PullBrake():
                    self.store.pull_brake(self.now)
                case AskSurvey():
                    surveys.ask(self.db, effect, self.ticket(effect.ticket).closed_at, self.now)
                case RecordScore():
                    surveys.record(self.db, effect, self.now)
                case RevokeLinks():
                    ticket = self.ticket(effect.ticket)
                    self.change(ticket, link=ticket.link + 1)
                    self.tickets[ticket.id] = replace(self.tickets[ticket.id], link=ticket.link + 1)
                case MarkAddress():
                    self.store.mark_address(effect.address, effect.reason, self.now)
                case Finish():
                    self.finish(effect)
                case _:
                    assert_never(effect)
        return Applied(self.opened or self.touched, tuple(self.outbox_ids))

    def mail(self, effect: Mail) -> None:
        if not effect.to.mailbox:
            # The requester of a ticket may be nobody: a mail without a sender, a domain's flood.
            return
        ticket = self.ticket(effect.ticket)
        outgoing = self.compose(effect, ticket)
        if outgoing is None:
            return
        # No message stands behind a status mail that the rules could have said this of.
        failed = self.store.address_failed(effect.to, self.now) if effect.kind is MailKind.STATUS else ""
        if failed:
            what = f"The {effect.event} mail to {effect.to.mailbox} was not sent: mail there failed: {failed}"
            self.entry(AddEntry(ticket.id, EntryKind.EVENT, Address("", "desk"), what))
            return
        number = _insert(self.db, outgoing, effect.dedupe, ticket.id, self.now)
        if number is None:
            return
        self.outbox_ids.append(number)
        self.refer(outgoing.message_id, ticket, "out", effect.kind in _PUBLIC)

    def delivery(self, effect: MarkDelivery) -> None:
        values = {"delivery": effect.kind.value}
        if effect.kind is not BounceKind.DELIVERED:
            values["error"] = effect.diagnostic
        self.db.run(Outbox.update(**values).where(Outbox.id == effect.outbox_id))

    def seen(self, effect: MarkSent) -> None:
        row = Outbox.id == effect.outbox_id
        # While it is being sent, its sender is told when he has no answer (Deliveries.unknown).
        self.db.run(Outbox.update(seen=True).where(row))
        doubtful = (Outbox.state == "unknown") | ((Outbox.state == "due") & (Outbox.doubtful > 0))
        self.db.run(Outbox.update(state="sent", sent_at=self.now, error="").where(row & doubtful))

    def finish(self, effect: Finish) -> None:
        number = effect.ticket
        if number is None and effect.outcome is Outcome.TICKETED:
            number = self.opened
        self.touched = self.touched or number
        message = self.message
        self.db.execute(
            _FINISH if message is None else _FINISH_READ,
            id=self.ledger_id,
            state="quarantined" if effect.outcome is Outcome.QUARANTINED else "done",
            outcome=effect.outcome.value,
            ticket=number,
            rule=effect.rule,
            reason=effect.reason,
            duplicate_of=effect.duplicate_of,
            fingerprint=message and message.fingerprint,
            sender=message.sender.mailbox if message and message.sender else "",
            sender_key=message.sender.key if message and message.sender else "",
            sender_domain=message.sender.domain if message and message.sender else "",
            text_hash=text_hash(message.new_text) if message else "",
            subject=message and message.subject,
            message_id=message and message.message_id,
            defects=message and message.defects,
        )


def _insert(db: Connection, outgoing: Outgoing, dedupe: str, ticket: int | None, now: datetime) -> int | None:
    found = db.fetch(
        _NEW_MAIL,
        dedupe_key=dedupe,
        message_id=outgoing.message_id,
        ticket=ticket,
        kind=outgoing.kind.value,
        urgency=URGENCY[outgoing.kind],
        mail_from=outgoing.mail_from,
        rcpt=outgoing.rcpt,
        rcpt_key=outgoing.rcpt.lower(),
        rcpt_domain=outgoing.rcpt.rpartition("@")[2].lower(),
        mime=outgoing.raw,
        not_before=now,
        created_at=now,
        due_since=now,
    )
    return int(found[0][0]) if found else None
