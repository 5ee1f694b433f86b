"""Finding out whether an email that somebody shows was ours. Nothing of it is kept."""

from typing import TYPE_CHECKING

from intake.desk.message import Message
from intake.desk.origin import Answer, Evidence, Origin, answer
from intake.mail import dkim_verifying, same_mail, signed_form
from intake.mail.outgoing.dkim_signing import record

if TYPE_CHECKING:
    from intake.app import Desk

# What a signature must cover, and what only mail of a desk has all of.
_COVERED = frozenset(
    ("from", "to", "subject", "date", "message-id", "reply-to", "mime-version", "content-type")
)
# The best answer counts where a mail holds others.
_ORDER = (Origin.YOURS, Origin.ELSEWHERE, Origin.UNKNOWN, Origin.FOREIGN)


def was_ours(desk: "Desk", raw: bytes, asker: str) -> Answer:
    """Say to who has the address `asker` whether an email was ours: `raw` is the email as it came, or one
    that it is attached to. Raises Temporary."""
    made = answer(_evidence(desk, raw), asker)
    if made.origin in (Origin.YOURS, Origin.ELSEWHERE):
        return made
    inner = [answer(_evidence(desk, each), asker) for each in same_mail.enclosed(raw)]
    return min(inner, key=lambda each: _ORDER.index(each.origin)) if inner else made


def _evidence(desk: "Desk", raw: bytes) -> Evidence:
    name = same_mail.message_id(raw)
    message = desk.service.parse(raw)
    if not name or message.sender is None or message.date is None:
        return Evidence(original=False)
    sent = desk.database.origins.sent(name)
    signed = _signed(desk, raw, message)
    return Evidence(
        original=True,
        known=sent is not None,
        same=sent is not None and same_mail.same(sent.raw, raw),
        signed=signed,
        rcpt=sent.rcpt if sent else "",
        to=message.to[0].mailbox if signed and len(message.to) == 1 else "",
        sent_at=sent.sent_at if sent else None,
        date=message.date,
        kept_since=desk.database.origins.kept_since(),
    )


def _signed(desk: "Desk", raw: bytes, message: Message) -> bool:
    """Whether a key of ours, also a retired one, signed the whole mail. Nothing is asked of the DNS."""
    if message.sender is None or message.date is None:
        return False
    tries = max((len(desk.database.origins.keys(name)) for name in dkim_verifying.signers(raw)), default=0)
    for place in range(tries):

        def lookup(name: str, place: int = place) -> bytes | None:
            keys = desk.database.origins.keys(name)
            return record(keys[place]).encode() if place < len(keys) else None

        # It is asked whether it was ours when it was written, however long ago.
        covers = dkim_verifying.signed_by(raw, message.sender.domain, message.date, message.date, lookup)
        if covers >= _COVERED and not signed_form.left_open(raw, covers):
            return True
    return False
