"""What a team lead, or the person on call, answers to an alert without being an agent."""

from intake.desk import budgets
from intake.desk.effects import Effect, Finish, Outcome
from intake.desk.mails import alerts
from intake.desk.policy import Policy
from intake.desk.rule_context import RuleContext, entry, is_participant
from intake.desk.text.said import joined, said
from intake.desk.ticket import EntryKind

RULE = "lead_reply"


def told_as_lead(key: str, policy: Policy) -> bool:
    """Whether an address (lower-cased) gets alerts: a lead's, the admin's or the one on call."""
    return bool(key) and key in policy.staff


def lead_reply(case: RuleContext) -> list[Effect] | None:
    """A lead's answer to an alert becomes an internal note in its ticket, and its agents are notified.

    Nothing in it goes to the customer and no command is carried out, so it needs no proof; if there is
    none, the agents are notified of that too.
    """
    facts, match = case.facts, case.facts.by_sent_id
    if match is None or facts.agent is not None or facts.refuted:
        return None
    if not told_as_lead(case.sender.key, case.policy) or is_participant(case.sender, match.ticket):
        return None
    who = case.sender.name or case.sender.mailbox
    doubt = said("The sender is unverified.") if case.unconfirmed else ""
    news = said("{who} has answered an alert. The customer does not see it.", who=who)
    text = joined([joined([news, doubt]), case.message.new_text.strip()], "\n\n")
    notices = alerts(match.ticket.id, case.tell(match), text, case.key)
    return [
        entry(case, match.ticket.id, EntryKind.NOTE),
        *budgets.within(budgets.room_for_alerts(facts, case.policy), notices),
        Finish(Outcome.APPENDED, match.ticket.id, RULE, f"{case.sender.mailbox} answered an alert"),
    ]
