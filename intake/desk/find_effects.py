"""What a decision asks for about secrets that were found. See `effects`, whose list they belong to."""

from dataclasses import dataclass

from intake.desk.sensitive.finds import Find

# What becomes of a find. CLEARED: an agent called it a false alarm, and it is shown in its ticket. SEALED: it
# was taken out, and what came is kept for who has the offline key.
HIDDEN, CLEARED, SEALED, DESTROYED = "hidden", "cleared", "sealed", "destroyed"


@dataclass(frozen=True, slots=True)
class ClearFind:
    """Note that the find with this number is a false alarm."""

    number: int


@dataclass(frozen=True, slots=True)
class KeepFinds:
    """Write down which secrets stand where in a ticket: kind and place, never the value.

    `message` and `entry` are where they stand, None for the message that is decided on and the entry that was
    added before.
    """

    ticket: int | None
    finds: tuple[Find, ...]
    message: int | None = None
    entry: int | None = None
