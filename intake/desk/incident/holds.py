"""Legal holds: what must not go, whoever asks for it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from intake.desk.effects import AddEntry, Effect
from intake.desk.incident.changes import LiftHold, PlaceHold
from intake.desk.incident.kinds import Hold
from intake.desk.ticket import DESK, EntryKind


@dataclass(frozen=True, slots=True)
class Kept:
    """What an erasure left because it is held: how many tickets and other messages, and by which holds."""

    tickets: int = 0
    messages: int = 0
    holds: tuple[Hold, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.tickets or self.messages)


NOTHING_KEPT = Kept()


def named(holds: Sequence[Hold]) -> str:
    """Return what says which holds these are: "held by hold 3 (police, 12/26)"."""
    return ", ".join(f"held by hold {hold.id} ({hold.reason})" for hold in holds)


def place(
    ticket: int, reason: str, by: str, authority: str = "", until: datetime | None = None
) -> list[Effect]:
    """Return the effects of holding a ticket, until a moment (aware) or until it is lifted (None)."""
    return [
        PlaceHold(ticket, reason=reason, by=by, authority=authority, until=until),
        AddEntry(ticket, EntryKind.EVENT, DESK, f"held: {reason}, by {by}"),
    ]


def place_on(address: str, reason: str, by: str, authority: str, until: datetime | None) -> list[Effect]:
    """Return the effects of holding all that is a person's, by their address."""
    return [PlaceHold(0, address=address, reason=reason, by=by, authority=authority, until=until)]


def lift(hold: Hold, by: str, reason: str) -> list[Effect]:
    """Return the effects of ending a hold."""
    effects: list[Effect] = [LiftHold(hold.ticket or 0, number=hold.id, by=by)]
    if hold.ticket:
        effects.append(AddEntry(hold.ticket, EntryKind.EVENT, DESK, f"no longer held: {reason}, by {by}"))
    return effects
