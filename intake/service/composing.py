"""Between a decision and the words of its mails: the decision owes them, templates make what they say.

A mail of which nothing can be made, by an admin's template or the shipped one behind it, is no failure of
the decision: its ticket stands, the ticket's history says which mail is missing, and a person is told.
Only an answer of an agent's is more than news of what was decided: it is then kept as a draft.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from intake.desk.effects import AddEntry, Effect, Mail, MailKind, Outgoing
from intake.desk.sensitive.leaks import Leaking
from intake.desk.ticket import DESK, NO_TICKET, EntryKind, Ticket
from intake.ports import Compose, Temporary
from intake.runtime.exhausted import exhausted

log = logging.getLogger("intake.service.composing")

TROUBLE = "unwritten mails"


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A mail that was owed and of which nothing could be made. `error` is the kind of the mistake."""

    kind: MailKind
    recipient: str
    ticket: int
    error: str


class Unwritable(Exception):
    """No mail could be made of an agent's answer; the text is the kind of the mistake."""


class Composing:
    """Makes the mails of one decision, and keeps which could not be made."""

    def __init__(self, compose: Compose) -> None:
        self._compose = compose
        self.unwritten: list[Unwritten] = []

    def __call__(self, mail: Mail, ticket: Ticket) -> Outgoing | None:
        """Return a finished mail, None where nothing is said or can be.

        Raises Unwritable for an answer of which no mail can be made, and what is no mistake of the
        words: Leaking, Temporary, and the end of all memory.
        """
        try:
            return self._compose(mail, ticket)
        except (Temporary, Leaking):
            raise
        except Exception as err:
            if exhausted(err):
                raise
            error = type(err).__name__
            where = {"kind": mail.kind.value, "ticket": ticket.id}
            log.error("a mail could not be written", extra=where, exc_info=err)
            if mail.kind is MailKind.RELAY:
                raise Unwritable(error) from err
            self.unwritten.append(Unwritten(mail.kind, mail.to.mailbox, ticket.id, error))
            return None


def missing(unwritten: Iterable[Unwritten]) -> Iterator[Effect]:
    """Yield the entries that say in each ticket which mails are missing."""
    mails: dict[int, list[str]] = {}
    for one in unwritten:
        if one.ticket != NO_TICKET:
            mails.setdefault(one.ticket, []).append(f"{one.kind.value} to {one.recipient} ({one.error})")
    for ticket, which in mails.items():
        what = f"could not be written, by a mistake in a template or of ours: {', '.join(which)}"
        yield AddEntry(ticket, EntryKind.EVENT, DESK, what)


def in_words(unwritten: Sequence[Unwritten]) -> str:
    """Return what a person is told of mails that could not be written."""
    first = unwritten[0]
    place = f" of ticket {first.ticket}" if first.ticket != NO_TICKET else ""
    return (
        f"A mail could not be written and is not sent: the {first.kind.value}{place} ({first.error}); the "
        "log says where. What it tells of was done. `intake template check` looks your templates through."
    )
