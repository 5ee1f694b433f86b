"""What a decision does with words that were kept: an answer taken back, a draft confirmed."""

from dataclasses import dataclass

from intake.desk.guard.policy import Need

# The events of an ALERT whose answer is about a draft: whether its agent wants it sent; whether it may go,
# of a second person; and what its agent can do while that one is asked.
CONFIRM, SECOND, WAITS = "confirm", "second", "waits"
ABOUT_A_DRAFT = (CONFIRM, SECOND, WAITS)


def question(guard: Need, own: bool) -> str:
    """Return the event of a mail about a draft whose yes must be worth `guard`, to its agent (`own`) or to
    another person."""
    if guard is not Need.TWO:
        return CONFIRM
    return WAITS if own else SECOND


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take an answer back: none of `mails` (outbox ids) is sent and its entry becomes a draft.

    All or nothing: when one of them has left meanwhile, the message is decided on again.
    `restore` puts status, assignee and promises back to what they were before the answer.
    """

    ticket: int
    entry: int
    mails: tuple[int, ...]
    restore: bool = True


@dataclass(frozen=True, slots=True)
class ConfirmDraft:
    """Write down that a draft (an entry) waits no more: it was confirmed or discarded. Only once."""

    ticket: int
    entry: int
