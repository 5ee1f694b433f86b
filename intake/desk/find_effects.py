"""What a decision asks for about secrets that were found. See `effects`, whose list they belong to."""

from dataclasses import dataclass

from intake.desk.sensitive.finds import Find


@dataclass(frozen=True, slots=True)
class KeepFinds:
    """Write down which secrets stand where in a ticket: kind and place, never the value.

    `message` is where they stand, None for the one that is decided on.
    """

    ticket: int | None
    finds: tuple[Find, ...]
    message: int | None = None
