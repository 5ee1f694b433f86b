"""Mail in quarantine because it is too large, of which somebody was told: nothing is left to do here."""

from typing import Any

from peewee import fn

from intake.desk.mails import OVERSIZE
from intake.store.schema.tables import Message, Outbox


def too_large_and_told() -> Any:
    """Return the condition for such a message: a mail about it was owed, and did not fail."""
    mails = Outbox.select(Outbox.id).where(
        (Outbox.ledger == Message.id) & Outbox.state.not_in(["failed", "cancelled"])
    )
    return (Message.state == "quarantined") & (Message.rule == OVERSIZE) & fn.EXISTS(mails)
