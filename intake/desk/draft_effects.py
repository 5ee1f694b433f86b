"""What a decision does with words that were kept: an answer taken back, a draft confirmed."""

from dataclasses import dataclass


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
