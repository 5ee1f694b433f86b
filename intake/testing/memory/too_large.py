"""Mail in quarantine because it is too large, of which somebody was told (`intake.store.too_large`)."""

from intake.desk.mails import OVERSIZE
from intake.testing.memory.state import State


def too_large_and_told(state: State) -> set[int]:
    """Return the numbers of such messages."""
    about = {mail.ledger for mail in state.outbox if mail.state not in ("failed", "cancelled")}
    return {
        row.id
        for row in state.messages
        if row.state == "quarantined" and row.rule == OVERSIZE and row.id in about
    }
