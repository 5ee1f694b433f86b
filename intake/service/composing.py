"""Between a decision and the text of its emails: the decision queues them, templates write them.

A mail of which nothing can be made, by an admin's template or the shipped one behind it, is no failure of
the decision: its ticket stands, the ticket's history says which mail is missing, and a person is told.
Only an answer of an agent's is more than news of what was decided: it is then kept as a draft.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from intake.desk.effects import AddEntry, Effect, Mail, MailKind, Outgoing
from intake.desk.sensitive.leaks import Leaking
from intake.desk.text.said import joined, said
from intake.desk.ticket import DESK, NO_TICKET, EntryKind, Ticket
from intake.ports import Compose, Temporary
from intake.runtime.exhausted import exhausted

log = logging.getLogger("intake.service.composing")

TROUBLE = "unwritten mails"


@dataclass(frozen=True, slots=True)
class Unwritten:
    """An email that was queued and could not be created. `error` is the kind of the mistake."""

    kind: MailKind
    recipient: str
    ticket: int
    error: str


class Unwritable(Exception):
    """An agent's reply could not be made an email; the text is the kind of the mistake."""


class Composing:
    """Creates the emails of one decision, and keeps which could not be created."""

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
            log.error("an email could not be created", extra=where, exc_info=err)
            if mail.kind.by_agent:
                raise Unwritable(error) from err
            self.unwritten.append(Unwritten(mail.kind, mail.to.mailbox, ticket.id, error))
            return None


def missing(unwritten: Iterable[Unwritten]) -> Iterator[Effect]:
    """Yield the entries that say in each ticket which emails are missing."""
    mails: dict[int, list[str]] = {}
    for mail in unwritten:
        if mail.ticket != NO_TICKET:
            mails.setdefault(mail.ticket, []).append(f"{mail.kind.value} to {mail.recipient} ({mail.error})")
    for ticket, which in mails.items():
        text = f"could not be created, because of an error in a template or in the desk: {', '.join(which)}"
        yield AddEntry(ticket, EntryKind.EVENT, DESK, text)


# What an agent wrote is never missing (`Unwritable`); it has a name all the same.
_KINDS = {
    MailKind.ACKNOWLEDGEMENT: said("the acknowledgement"),
    MailKind.WARNING: said("the warning"),
    MailKind.STATUS: said("the status"),
    MailKind.SURVEY: said("the survey"),
    MailKind.RELAY: said("the relay"),
    MailKind.PARTNER: said("the relay"),
    MailKind.NOTICE: said("the notice"),
    MailKind.ALERT: said("the alert"),
    MailKind.ANSWER: said("the answer"),
}


def in_words(unwritten: Sequence[Unwritten]) -> str:
    """Return what a person is told of emails that could not be created."""
    first = unwritten[0]
    done = said(
        "An email could not be created and is not sent: {kind} ({error}); see the log.",
        kind=_KINDS[first.kind],
        error=first.error,
    )
    if first.ticket != NO_TICKET:
        done = said(
            "An email could not be created and is not sent: {kind} of ticket {number} ({error}); "
            "see the log.",
            kind=_KINDS[first.kind],
            number=first.ticket,
            error=first.error,
        )
    cure = said("What it reports was done. `intake template check` checks your templates.")
    return joined([done, cure])
