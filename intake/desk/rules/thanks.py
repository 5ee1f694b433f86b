"""Thanks for what was solved or answered: kept in the ticket, which stays closed, or goes on waiting."""

from intake.desk.effects import Effect, Finish, Outcome
from intake.desk.facts import TicketMatch
from intake.desk.lookup import THANKS
from intake.desk.rule_context import RuleContext, alive, entry, is_participant, too_old
from intake.desk.text.subject_prefixes import REPLY, unprefixed
from intake.desk.text.thanks import only_thanks
from intake.desk.ticket import EntryKind, Status, Ticket


def thanks(case: RuleContext) -> list[Effect] | None:
    """A participant who only thanks for a closed ticket, or for an answer, does not open it again.

    Nothing is lost: their words are in its history, and digests tell of them; but nobody is written to, at
    once or automatically, and the survey comes when it was due. Whatever says more reopens the ticket as
    ever (`follow_up`), a later mail of theirs too, and so do #reopen and the button of the ticket's page.
    A ticket that waits for its customer goes on waiting where it is somebody's: its agent is told of all
    such tickets together (`digest.thanks`).
    """
    hit = case.found()
    if hit is None or case.envelope.archive or case.facts.refuted or case.spam:
        return None
    (there, how), ticket = hit, hit[0].ticket
    closed = ticket.status is Status.CLOSED
    if not (closed or _waits(ticket)) or ticket.spam or not is_participant(case.sender, ticket):
        return None
    if too_old(ticket, case) and case.facts.successor is not None:
        return None
    if not _only_thanks(case, there):
        return None
    stays = "stays closed" if closed else "goes on waiting for the customer"
    reason = f"found by {how}; it only says thanks, so the ticket {stays}"
    return [
        *alive(case),
        entry(case, ticket.id, EntryKind.CUSTOMER),
        Finish(Outcome.APPENDED, ticket.id, THANKS, reason),
    ]


def _waits(ticket: Ticket) -> bool:
    """Whether a ticket was answered, nothing is owed in it, and somebody has it who can be told."""
    assignee = ticket.assignee
    theirs = assignee is not None and assignee.enabled
    return ticket.status is Status.PENDING and theirs and ticket.snoozed_until is None


def _only_thanks(case: RuleContext, there: TicketMatch) -> bool:
    """Whether a message holds nothing else, in its subject and files neither."""
    message, ticket = case.message, there.ticket
    if message.attachments or message.forward is not None or message.category or message.fields:
        return False
    agents = (*case.facts.agents, *case.facts.team, *there.agents, *there.team)
    names = {case.sender.name, ticket.requester.name, *(agent.name for agent in agents)}
    if ticket.assignee is not None:
        names.add(ticket.assignee.name)
    subject = message.subject.strip()
    # A subject of their own says something, too; behind "Re:" stands the one that we wrote.
    old = not subject or unprefixed(subject, REPLY) != subject or subject == ticket.subject
    return (old or only_thanks(subject, names)) and only_thanks(case.shown, names)
