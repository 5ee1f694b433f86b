"""The mail that carries checkpoints out of the machine. In English, and made by hand: what it carries is for
programs, and a template could be what was tampered with."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from intake.app import signer_of
from intake.desk.effects import MailKind, Outgoing
from intake.desk.text.counting import counted
from intake.mail.outgoing import compose
from intake.store.record.checkpoints import Kept, notes

if TYPE_CHECKING:
    from intake.app import Desk

# Each mail carries so many: one that is lost is bridged by the next two.
CARRIED = 3


def owe(desk: "Desk", kept: Sequence[Kept], now: datetime) -> list[int]:
    """Owe the mail to each of `[audit] checkpoint_to`, within the running transaction; return the outbox ids.

    `kept` are the newest checkpoints, the newest first.
    """
    ids = []
    for address in desk.settings.audit.checkpoint_to:
        key = f"checkpoint:{kept[0].size}:{kept[0].made_at.isoformat()}:{address.lower()}"
        outbox_id = desk.store.outbox.owe(_letter(desk, address, kept, now), key, now)
        if outbox_id is not None:
            ids.append(outbox_id)
    return ids


def _letter(desk: "Desk", recipient: str, kept: Sequence[Kept], now: datetime) -> Outgoing:
    base = compose.wire_domain(desk.settings.desk.address)
    domain = base.rpartition("@")[2]
    message_id = f"{secrets.token_hex(16)}@{domain}"
    rows = counted(kept[0].size, "row")
    headers = (
        compose.mailbox_header("From", desk.settings.desk.name, base),
        compose.mailbox_header("To", "", recipient),
        compose.unstructured("Subject", f"{desk.settings.desk.name}: checkpoint of the record, {rows}"),
        "Content-Language: en",
        f"Date: {format_datetime(now)}",
        compose.message_ids("Message-ID", [message_id]),
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
    )
    raw = compose.message(headers, _text(rows, kept), [], f"=_{secrets.token_hex(16)}")
    sign = signer_of(desk.settings)
    signed = sign(raw, domain) if sign else raw
    return Outgoing(MailKind.ALERT, desk.settings.smtp.account, recipient, message_id, signed)


def _text(rows: str, kept: Sequence[Kept]) -> str:
    return (
        f"The record of this desk has {rows}. Keep this mail where nobody who runs the desk can delete it. "
        "Whoever changes, removes or adds a row of before cannot make it agree with this checkpoint:\n"
        "    intake audit verify --checkpoint FILE\n"
        "where FILE is this mail, saved. One comes each hour; when none came for two, ask why.\n\n"
        f"{notes(kept)}"
    )
