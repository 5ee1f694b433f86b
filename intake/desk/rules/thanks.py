"""Thanks for what was solved: kept in the closed ticket, which stays closed."""

from intake.desk.effects import Effect, Finish, Outcome
from intake.desk.facts import TicketMatch
from intake.desk.lookup import THANKS
from intake.desk.rule_context import RuleContext, alive, entry, is_participant, too_old
from intake.desk.text.subject_prefixes import REPLY, unprefixed
from intake.desk.text.thanks import only_thanks
from intake.desk.ticket import EntryKind, Status


def thanks(case: RuleContext) -> list[Effect] | None:
    """A participant who only thanks for a closed ticket does not reopen it.

    Nothing is lost: their words are in its history, and digests tell of them; but nobody is written to, at
    once or automatically, and the survey comes when it was due. Whatever says more reopens the ticket as
    ever (`follow_up`), a later mail of theirs too, and so do #reopen and the button of the ticket's page.
    """
    hit = case.found()
    if hit is None or case.envelope.archive or case.facts.refuted or case.spam:
        return None
    (there, how), ticket = hit, hit[0].ticket
    if ticket.status is not Status.CLOSED or ticket.spam or not is_participant(case.sender, ticket):
        return None
    if too_old(ticket, case) and case.facts.successor is not None:
        return None
    if not _only_thanks(case, there):
        return None
    reason = f"found by {how}; it only says thanks, so the ticket stays closed"
    return [
        *alive(case),
        entry(case, ticket.id, EntryKind.CUSTOMER),
        Finish(Outcome.APPENDED, ticket.id, THANKS, reason),
    ]


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
