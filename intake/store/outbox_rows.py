"""Rows of the outbox: a mail that is owed, finished, within the running transaction."""

from datetime import datetime
from typing import Any

from intake.desk.ceilings import ceiling_key
from intake.desk.effects import MailKind, Outgoing
from intake.store.connection import Connection
from intake.store.schema.tables import Outbox
from intake.store.statement import inserting

# What a person wrote goes first; an acknowledgement can wait for it.
URGENCY = {
    MailKind.RELAY: 0,
    MailKind.ALERT: 1,
    MailKind.NOTICE: 1,
    MailKind.ANSWER: 1,
    MailKind.ACKNOWLEDGEMENT: 2,
    MailKind.STATUS: 2,
    MailKind.SURVEY: 3,
}
# Of a mail that no sender has in hand.
NOBODY: dict[str, Any] = {"lease_owner": None, "lease_until": None, "data_started": None}
_NEW_MAIL = inserting(Outbox, unless_there=[Outbox.dedupe_key], returning=Outbox.id)


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
    """Owe a mail; return its id, None when its dedupe key is known already."""
    rows = db.fetch(
        _NEW_MAIL,
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
    return int(rows[0][0]) if rows else None
