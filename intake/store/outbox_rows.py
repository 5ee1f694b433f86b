"""Rows of the outbox: a mail that is owed, finished, within the running transaction."""

from datetime import datetime
from typing import Any

from intake.desk.ceilings import ceiling_key
from intake.desk.delivery_effects import MarkDelivery
from intake.desk.effects import MailKind, Outgoing
from intake.desk.message import BounceKind
from intake.desk.record.leaf import SENT
from intake.store.connection import Connection
from intake.store.record.dues import DUES, owed
from intake.store.schema.tables import Outbox

# What a person wrote goes first; an acknowledgement can wait for it.
URGENCY = {
    MailKind.RELAY: 0,
    MailKind.PARTNER: 0,
    MailKind.WARNING: 1,
    MailKind.ALERT: 1,
    MailKind.NOTICE: 1,
    MailKind.ANSWER: 1,
    MailKind.ACKNOWLEDGEMENT: 2,
    MailKind.STATUS: 2,
    MailKind.SURVEY: 3,
}
# Sent to the requester, so their Message-IDs may be in References to them.
PUBLIC = (MailKind.RELAY, MailKind.ACKNOWLEDGEMENT, MailKind.WARNING, MailKind.STATUS, MailKind.SURVEY)
# Mails that are noted and not yet written take so many bytes at most, and one more.
MOST_BYTES = 8 << 20
# Of a mail that no sender has in hand.
NOBODY: dict[str, Any] = {"lease_owner": None, "lease_until": None, "data_started": None}


def sent(db: Connection, update: Any) -> int:
    """Run an update by which mails are sent, and have them recorded; return how many these are."""
    numbers = [outbox_id for (outbox_id,) in db.rows(update.returning(Outbox.id).tuples())]
    db.insert(DUES, owed(SENT, numbers))
    return len(numbers)


def owe(
    db: Connection,
    outgoing: Outgoing,
    dedupe: str,
    ticket: int | None,
    now: datetime,
    leaves: datetime | None = None,
    entry: int | None = None,
    ledger: int | None = None,
    quoted: bool = False,
) -> int | None:
    """Owe a mail; return its id, None when its dedupe key is known in this transaction already. One that was
    known before is found out when it is written: see `Writes.known`."""
    if any(row["dedupe_key"] == dedupe for row in db.writes_of(Outbox)):
        return None
    outbox_id = db.numbers.take(Outbox)
    db.writes.insert(
        Outbox,
        id=outbox_id,
        dedupe_key=dedupe,
        message_id=outgoing.message_id,
        ticket=ticket,
        entry=entry,
        ledger=ledger,
        kind=outgoing.kind.value,
        urgency=URGENCY[outgoing.kind],
        mail_from=outgoing.mail_from,
        rcpt=outgoing.rcpt,
        rcpt_key=outgoing.rcpt.lower(),
        rcpt_ceiling=ceiling_key(outgoing.rcpt),
        rcpt_domain=outgoing.rcpt.rpartition("@")[2].lower(),
        quoted=quoted,
        mime=outgoing.raw,
        not_before=leaves or now,
        created_at=now,
        due_since=leaves or now,
    )
    if db.writes.size > MOST_BYTES:
        # What is noted is held in memory: of large mails each is written before the next is made.
        db.alone()
        db.flush()
    return outbox_id


def delivery(db: Connection, effect: MarkDelivery) -> None:
    """Write down what a report says of a mail that was sent."""
    values = {"delivery": effect.kind.value}
    if effect.kind is not BounceKind.DELIVERED:
        values["error"] = effect.diagnostic
    db.writes.change(Outbox, effect.outbox_id, **values)
