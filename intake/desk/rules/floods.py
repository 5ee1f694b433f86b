"""What happens to more email from one sender than people can handle."""

from intake.desk import budgets
from intake.desk.ceilings import ceiling_key
from intake.desk.effects import Effect, Finish, OpenTicket, Outcome
from intake.desk.facts import TicketMatch
from intake.desk.mails import alerts
from intake.desk.message import Address
from intake.desk.rule_context import RuleContext, entry
from intake.desk.rules.retriage import answered, told
from intake.desk.text.said import joined, said
from intake.desk.ticket import EntryKind


def flood(case: RuleContext) -> list[Effect] | None:
    """If a sender opens too many tickets an hour, further email goes into one ticket and is not answered."""
    facts = case.facts
    whose = budgets.flood_of_tickets(facts, case.policy)
    if not whose or case.envelope.archive or not case.sender.mailbox:
        return None
    match: TicketMatch | None = facts.flood_address if whose == "address" else facts.flood_domain
    who = case.sender.key if whose == "address" else f"@{case.sender.domain}"
    count = facts.tickets_address_hour if whose == "address" else facts.tickets_domain_hour
    reason = said(
        "{who} has sent {count} emails within an hour that would each open a ticket.", who=who, count=count
    )
    if match is not None:
        number = match.ticket.id
        more, changes = answered(case, match.ticket)
        return [
            entry(case, number, EntryKind.CUSTOMER),
            *changes,
            *digest(case, match, number, joined([reason, said("They are all in this ticket.")])),
            Finish(Outcome.APPENDED, number, "flood", told(reason.rstrip("."), more)),
        ]
    made = case.triaged()
    opened = OpenTicket(
        f"Many emails from {who}",
        # Nobody may be answered for a whole domain: its emails have different senders.
        case.requester if whose == "address" else Address("", who),
        case.mailbox.language or case.policy.language,
        case.mailbox.name,
        made.team or case.mailbox.team,
        case.envelope.channel,
        flood=ceiling_key(case.sender.mailbox) if whose == "address" else who,
        priority=made.priority,
        category=made.category,
        tags=made.tags,
        fields=made.fields,
    )
    now_here = said("From now on they go into this ticket and are not acknowledged.")
    text = joined([reason, now_here])
    return [
        opened,
        entry(case, None, EntryKind.CUSTOMER),
        *alerts(None, case.of_team(made.team), text, case.key),
        Finish(Outcome.TICKETED, None, "flood", told(reason.rstrip("."), made)),
    ]


def digest(case: RuleContext, match: TicketMatch, ticket: int, text: str) -> list[Effect]:
    """Return the alerts about a flood: one email per agent, and not before the last is old enough."""
    if not budgets.digest_is_due(case.facts, case.policy):
        return []
    return alerts(ticket, case.tell(match), text, case.key)
