"""The rules for what our own mail server marked as spam, and for more mail in tickets of spam."""

from collections.abc import Sequence
from dataclasses import replace

from intake.desk.auto_answers import may_answer, may_quote
from intake.desk.effects import (
    AddEntry,
    AddParticipant,
    Effect,
    Finish,
    Mail,
    MailKind,
    OpenTicket,
    Outcome,
)
from intake.desk.facts import TicketMatch
from intake.desk.rule_context import RuleContext, entry, is_participant, notices, too_old
from intake.desk.spam import unmark
from intake.desk.ticket import DESK, EntryKind, Status, Withheld


def spam_thread(case: RuleContext) -> list[Effect] | None:
    """More mail to a ticket of spam stays there silently, and so does a stranger's that is marked as spam.

    Where only our server took the ticket for spam, a mail that it does not mark brings the ticket back.
    What a participant writes to a ticket that is none, or comes by its reply token, is told of whatever it
    is marked as (`follow_up`): a customer's other address has that token from them.
    """
    hit = case.found()
    if hit is None or too_old(hit[0].ticket, case):
        return None
    (there, how), ticket = hit, hit[0].ticket
    if ticket.spam and ticket.withheld and not case.spam and not case.envelope.archive:
        return _back(case, there, how)
    if ticket.spam:
        kept = entry(case, ticket.id, EntryKind.CUSTOMER)
        reason = f"found by {how}; the ticket is spam, so nobody is notified"
        return [kept, Finish(Outcome.APPENDED, ticket.id, "spam", reason)]
    if not case.spam or case.answers or is_participant(case.sender, ticket):
        return None
    reason = f"{_marked(case)} and its sender is not part of the ticket"
    return [
        # No words of the requester's side: they neither see it nor wait for an answer to it.
        entry(case, ticket.id, EntryKind.AUTOMATIC),
        AddEntry(ticket.id, EntryKind.EVENT, DESK, f"a message was kept and nobody was notified: {reason}"),
        Finish(Outcome.APPENDED, ticket.id, "spam", f"found by {how}; {reason}"),
    ]


def _back(case: RuleContext, there: TicketMatch, how: str) -> list[Effect]:
    ticket = there.ticket
    effects: list[Effect] = [
        entry(case, ticket.id, EntryKind.CUSTOMER),
        *unmark(ticket, "a message came in that our mail server did not mark"),
    ]
    if not may_answer(case):
        quoted = may_quote(case)
        effects.append(
            Mail(MailKind.ACKNOWLEDGEMENT, ticket.id, case.sender, f"ack:{case.key}", quote_subject=quoted)
        )
    stranger = not is_participant(case.sender, ticket)
    effects += notices(case, case.tell(there), ticket.id, stranger, "restored", case.caution)
    reason = f"found by {how}; it brought the ticket back from spam"
    return [*effects, Finish(Outcome.APPENDED, ticket.id, "spam_thread", reason)]


def quieted(effects: Sequence[Effect], case: RuleContext) -> list[Effect]:
    """Return the effects of opening a ticket as they are for spam: it is there, and nobody hears of it.

    It is triaged all the same, so that it is as if it came then once somebody brings it back.
    """
    owed = {effect.kind for effect in effects if isinstance(effect, Mail)}
    withheld = Withheld.ACKNOWLEDGEMENT if MailKind.ACKNOWLEDGEMENT in owed else Withheld.NOTICES
    kept: list[Effect] = []
    for effect in effects:
        if isinstance(effect, OpenTicket):
            kept.append(replace(effect, status=Status.CLOSED, withheld=withheld))
        elif isinstance(effect, Finish):
            kept.append(AddEntry(None, EntryKind.EVENT, DESK, f"kept as spam: {_marked(case)}"))
            kept.append(
                replace(
                    effect, rule="spam", reason=f"{_marked(case)}, so nobody is notified; {effect.reason}"
                )
            )
        elif isinstance(effect, AddEntry | AddParticipant):
            kept.append(effect)
    return kept


def _marked(case: RuleContext) -> str:
    return f"our own mail server marked it as spam ({case.spam})"
