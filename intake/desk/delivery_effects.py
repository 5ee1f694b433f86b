"""What a decision asks for about the delivery of mail. See `effects`, whose list they belong to."""

from dataclasses import dataclass

from intake.desk.message import BounceKind


@dataclass(frozen=True, slots=True)
class NotifyAgain:
    """Send a mail that was refused for its size once more to the same agent, with where its files are.

    Nothing for a mail to a customer, or one without files, as the second one is.
    """

    outbox_id: int


@dataclass(frozen=True, slots=True)
class MarkDelivery:
    """Record what a delivery report says of one outbox row."""

    outbox_id: int
    kind: BounceKind
    diagnostic: str


@dataclass(frozen=True, slots=True)
class MarkSent:
    """Record that a mail of ours was seen where it arrived: it was sent, whatever we knew of it."""

    outbox_id: int


@dataclass(frozen=True, slots=True)
class MarkAddress:
    """Remember that mail to an address fails (`reason`), or, with `reason` "", that it is alive again."""

    address: str
    reason: str = ""
