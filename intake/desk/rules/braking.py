"""What a rule adds when the desk has sent as much automatic email as it may in an hour."""

from intake.desk import budgets
from intake.desk.effects import Effect, Mail, MailKind, TripBreaker
from intake.desk.message import Address
from intake.desk.rule_context import RuleContext
from intake.desk.text.said import said


def pull_brake(case: RuleContext, ticket: int | None) -> list[Effect]:
    """Return the effects of pausing automatic email if the hourly limit is reached now, else nothing.

    The admin is notified at most once an hour: the email is attached to the ticket at hand,
    because every email of ours belongs to one.
    """
    facts, policy = case.facts, case.policy
    if not budgets.to_be_pulled(facts, policy):
        return []
    text = said(
        "The desk has sent {count} automatic emails within an hour, and its hourly limit is {limit} ([desk] "
        "automatic_per_hour).",
        count=facts.automatic_desk_hour,
        limit=policy.limits.automatic_per_hour,
    )
    mail = Mail(
        MailKind.ALERT,
        ticket,
        Address(policy.admin),
        f"alert:brake:{facts.now:%Y-%m-%dT%H}",
        text=text,
        event="brake",
    )
    return [TripBreaker(), *([mail] if policy.admin else [])]
