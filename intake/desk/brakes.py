"""The brakes on what the desk sends by machine: budgets, the circuit breaker, floods and robots.

The store counts, these rules judge. Figures are in the policy; those here were not
worth a key in the config.
"""

from datetime import timedelta

from intake.desk.facts import Facts
from intake.desk.policy import Policy

HOUR = timedelta(hours=1)
# Whoever came back this often within seconds of our mail, or with the same words, is no person.
ROBOT_RETURNS = 3


def enough(facts: Facts, policy: Policy) -> str:
    """Return why no automatic mail may be sent to this sender now, in plain words; "" when it may."""
    if facts.automatic_last_hour >= policy.automatic_per_address_hour:
        return "this address got enough automatic mail this hour"
    if facts.automatic_last_day >= policy.automatic_per_address_day:
        return "this address got enough automatic mail today"
    if not proven(facts) and facts.acknowledged_last_day >= policy.automatic_per_unverified_day:
        return "nothing proves this sender, and the address was acknowledged today"
    if robot(facts) and facts.automatic_last_day >= policy.automatic_per_robot_day:
        return "this address answers like a machine and got enough automatic mail today"
    if facts.automatic_domain_hour >= policy.automatic_per_domain_hour:
        return "this domain got enough automatic mail this hour"
    if not ticket_has_room(facts, policy):
        return "there was enough automatic mail in this ticket"
    if over_ceiling(facts, policy):
        return "the desk has sent enough automatic mail this hour"
    if braked(facts):
        return "automatic mail is stopped"
    return ""


def proven(facts: Facts) -> bool:
    """Whether more than a From header says who wrote: our receiving server, or a reply token."""
    return not facts.refuted and (facts.verified or facts.token is not None)


def robot(facts: Facts) -> bool:
    """Whether the sender behaves like a machine that does not say it is one."""
    return max(facts.quick_returns, facts.same_text) >= ROBOT_RETURNS


def ticket_has_room(facts: Facts, policy: Policy) -> bool:
    """Whether one more automatic mail fits into the ticket's budget."""
    return (
        facts.automatic_ticket_minutes < policy.automatic_per_ticket_burst
        and facts.automatic_ticket_day < policy.automatic_per_ticket_day
    )


def over_ceiling(facts: Facts, policy: Policy) -> bool:
    """Whether the desk has sent all the automatic mail it may send in an hour."""
    return facts.automatic_desk_hour >= policy.automatic_per_hour


def braked(facts: Facts) -> bool:
    """Whether the breaker holds: for an hour after it was pulled, or until an admin releases it."""
    # One pulled while the clock was ahead is over when it is put right.
    return facts.braked_at is not None and -HOUR < facts.now - facts.braked_at < HOUR


def to_be_pulled(facts: Facts, policy: Policy) -> bool:
    """Whether this is the moment to pull the breaker. With a ceiling of 0 there is nothing to stop."""
    return policy.automatic_per_hour > 0 and over_ceiling(facts, policy) and not braked(facts)


def may_alert(facts: Facts, policy: Policy) -> bool:
    """Whether agents may be told once more of trouble in a ticket: forgers must not cause it for ever."""
    return ticket_has_room(facts, policy) and facts.alerts_desk_hour < policy.alerts_per_hour


def flood_of_tickets(facts: Facts, policy: Policy) -> str:
    """Return whose mails are too many to open tickets for: "address", "domain" or ""."""
    if 0 < policy.flood_per_address_hour <= facts.tickets_address_hour:
        return "address"
    if 0 < policy.flood_per_domain_hour <= facts.tickets_domain_hour:
        return "domain"
    return ""


def flood_of_answers(facts: Facts, policy: Policy) -> bool:
    """Whether the sender has answered in tickets too often to tell of each answer by mail."""
    return 0 < policy.flood_per_address_hour <= facts.answers_address_hour


def digest_is_due(facts: Facts, policy: Policy) -> bool:
    """Whether the last word on a flood is old enough for the next one."""
    wait = timedelta(minutes=policy.flood_digest_minutes)
    # One that is to come was sent while the clock was ahead.
    return facts.told_at is None or facts.now - facts.told_at >= wait or facts.told_at > facts.now + HOUR
