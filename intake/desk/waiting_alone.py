"""A reply that waits a day because nobody else could confirm it: what happens in its ticket meanwhile takes
it back, as a yes of a second person would send nothing then. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from intake.desk.draft_effects import CONFIRM, ConfirmDraft, Withdraw
from intake.desk.effects import AddEntry, Effect, Mail
from intake.desk.mails import alerts
from intake.desk.sensitive.scan import excerpt
from intake.desk.text.said import joined, said
from intake.desk.ticket import DESK, Agent, EntryKind, Status, Ticket
from intake.desk.undo import Relayed

# At most so much is shown of what was written meanwhile, and of the reply.
_NEWS, _REPLY = 500, 4000


@dataclass(frozen=True, slots=True)
class Since:
    """An entry that came after the reply: its kind, who wrote it (`author` is an address), and when (aware,
    UTC). A draft is one of another agent's that waits."""

    kind: EntryKind
    by: str
    author: str
    at: datetime
    text: str


def overtaken(ticket: Ticket, at: datetime, since: Iterable[Since]) -> str:
    """Return the sentences that say what happened since a reply of `at` that waits; "" where nothing did that
    takes it back."""
    each: list[str] = []
    for entry in since:
        text = excerpt(" ".join(entry.text.split()), _NEWS) or said("(no text)")
        if entry.kind in (EntryKind.CUSTOMER, EntryKind.DRAFT):
            each.append(
                said("{by} has written meanwhile, at {at}: “{text}”", by=entry.by, at=entry.at, text=text)
            )
        elif entry.kind is EntryKind.REPLY:
            each.append(
                said("{by} has already replied, at {at}: “{text}”", by=entry.by, at=entry.at, text=text)
            )
    if ticket.status is Status.CLOSED and ticket.closed_at is not None and ticket.closed_at > at:
        each.append(said("The ticket was closed meanwhile, at {at}.", at=ticket.closed_at))
    return joined(each[-3:], "\n\n") if each else ""


def taken_back(
    ticket: Ticket, reply: Relayed, agent: Agent | None, why: str, replaced: bool = False
) -> list[Effect]:
    """Return the effects of taking such a reply back: it is a draft, and its agent is asked about it, and
    told why. `replaced`: they have sent another in its place, and nobody asks."""
    text = said(
        "The reply in ticket #{number} was withdrawn before it was sent. It is kept as a draft.",
        number=ticket.id,
    )
    event = "reply withdrawn by Intake before it was sent; it is kept as a draft"
    key = f"overtaken:{reply.entry}"
    mails = alerts(ticket.id, (agent,) if agent is not None else (), joined([text, why], "\n\n"), key)
    shown = excerpt(reply.text.strip(), _REPLY)
    telling = [replace(mail, quoted=shown) for mail in mails if isinstance(mail, Mail)]
    asking = [replace(mail, event=CONFIRM, draft=reply.entry) for mail in telling]
    return [
        Withdraw(ticket.id, reply.entry, reply.mails, restore=False),
        *([ConfirmDraft(ticket.id, reply.entry)] if replaced else []),
        AddEntry(ticket.id, EntryKind.EVENT, DESK, event),
        *(telling if replaced else asking),
    ]
