"""What a decision does with two tickets at once: one split off another, two that belong together."""

from dataclasses import dataclass

from intake.desk.message import Address


@dataclass(frozen=True, slots=True)
class SplitOff:
    """Open a ticket for one entry of another: a copy of it with its files, its own Message-ID moved there.

    It is what `ticket=None` means from then on, like the one that an OpenTicket opens.
    """

    ticket: int
    entry: int
    requester: Address
    subject: str


@dataclass(frozen=True, slots=True)
class LinkTickets:
    """Write down that two tickets belong together."""

    ticket: int
    other: int
