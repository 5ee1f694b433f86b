"""The limits on what the desk sends automatically: budgets, the circuit breaker, floods and robots.

The store counts, these rules judge. Figures are in the policy; those here were not
worth a key in the config.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from intake.desk.effects import Effect, Mail
from intake.desk.facts import Facts
from intake.desk.policy import Policy
from intake.desk.telling_effects import Telling
from intake.desk.text.said import joined, said

HOUR = timedelta(hours=1)
# At most this many alerts in one ticket are read.
ALERTS_PER_TICKET_HOUR = 20
# Of these, at most this many may be caused by email that only claims to be an agent's.
UNPROVEN_PER_TICKET_HOUR = 10
# One is lost too easily, and two agents may be notified at once.
LAST_ONES = 2
MORE = said(
    "There were many such emails within this hour; soon no more will be sent until it is over. Anything else "
    "is in the tickets: send #list for yours, #show NUMBER for one of them."
)
# A sender that came back this often within seconds of our email, or with the same words, is no person.
ROBOT_RETURNS = 3


def enough(facts: Facts, policy: Policy) -> str:
    """Return why no automatic email may be sent to this sender now, in plain words; "" when it may."""
    if facts.automatic_last_hour >= policy.limits.automatic_per_address_hour:
        return "hourly limit of automatic email to this address reached"
    if facts.automatic_last_day >= policy.limits.automatic_per_address_day:
        return "daily limit of automatic email to this address reached"
    if not proven(facts) and facts.acknowledged_last_day >= policy.limits.automatic_per_unverified_day:
        return "unverified sender; today's acknowledgement was already sent"
    if robot(facts) and facts.automatic_last_day >= policy.limits.automatic_per_robot_day:
        return "this address answers like a machine; daily limit of automatic email to it reached"
    if facts.automatic_domain_hour >= policy.limits.automatic_per_domain_hour:
        return "hourly limit of automatic email to this domain reached"
    if not ticket_has_room(facts, policy):
        return "limit of automatic email in this ticket reached"
    if over_ceiling(facts, policy):
        return "hourly limit of automatic email of the desk reached"
    if braked(facts):
        return "automatic email is paused"
    return ""


def proven(facts: Facts) -> bool:
    """Whether more than a From header says who wrote: our receiving server, or a reply token."""
    answers = facts.token is not None and not facts.token.shown
    return not facts.refuted and (facts.verified or answers)


def robot(facts: Facts) -> bool:
    """Whether the sender behaves like a machine that does not say it is one."""
    return max(facts.quick_returns, facts.same_text) >= ROBOT_RETURNS


def ticket_has_room(facts: Facts, policy: Policy) -> bool:
    """Whether one more automatic mail fits into the ticket's budget."""
    return (
        facts.automatic_ticket_minutes < policy.limits.automatic_per_ticket_burst
        and facts.automatic_ticket_day < policy.limits.automatic_per_ticket_day
    )


def over_ceiling(facts: Facts, policy: Policy) -> bool:
    """Whether the desk has sent all the automatic email it may send in an hour."""
    return facts.automatic_desk_hour >= policy.limits.automatic_per_hour


def braked(facts: Facts) -> bool:
    """Whether the breaker is open: for an hour after it tripped, or until an admin releases it."""
    # One that tripped while the clock was ahead is over when the clock is corrected.
    return facts.braked_at is not None and -HOUR < facts.now - facts.braked_at < HOUR


def to_be_pulled(facts: Facts, policy: Policy) -> bool:
    """Whether the breaker is to trip now. With a limit of 0 there is nothing to pause."""
    return policy.limits.automatic_per_hour > 0 and over_ceiling(facts, policy) and not braked(facts)


def may_alert(facts: Facts, policy: Policy) -> bool:
    """Whether agents may be alerted once more about a ticket: forgers must not cause it for ever."""
    return room_for_alerts(facts, policy) > 0


def room_for_alerts(facts: Facts, policy: Policy) -> int:
    """Return how many more alerts may go to agents and leads now. What customers were sent does not count."""
    return min(
        ALERTS_PER_TICKET_HOUR - facts.alerts_ticket_hour,
        policy.limits.alerts_per_hour - facts.alerts_desk_hour,
    )


def room_for_strangers(facts: Facts, policy: Policy) -> int:
    """Return how many more alerts may go to agents because of unverified email."""
    return min(UNPROVEN_PER_TICKET_HOUR - facts.alerts_ticket_hour, room_for_alerts(facts, policy))


def telling(facts: Facts, policy: Policy, own: bool, mistake: bool = True) -> Telling:
    """Return when an agent is told of a mail that was kept; no ceiling decides whether they are.

    `own`: it is proven to be theirs. Then the first mistakes of a row are told at once; what is none, such as
    a reply to what a colleague has answered, always is. Of mails that only claim to be theirs no more than a
    few an hour are: a forger must not make us write to an agent for ever.
    """
    if own:
        return Telling.GATHERED if mistake or robot(facts) else Telling.AT_ONCE
    return Telling.AT_ONCE if room_for_strangers(facts, policy) > 0 and not robot(facts) else Telling.LATER


def those(when: Telling, mails: Sequence[Effect]) -> list[Effect]:
    """Return mails to agents with the time when they are told."""
    return [replace(mail, telling=when) if isinstance(mail, Mail) else mail for mail in mails]


def within(room: int, mails: Sequence[Effect]) -> list[Effect]:
    """Return the alerts for which there is room, none or all; the last ones say where more is."""
    if room <= 0:
        return []
    if room > max(LAST_ONES, len(mails)):
        return list(mails)
    return [
        replace(mail, text=joined([mail.text, MORE], "\n\n")) if isinstance(mail, Mail) else mail
        for mail in mails
    ]


def flood_of_tickets(facts: Facts, policy: Policy) -> str:
    """Return whose emails are too many to open tickets for: "address", "domain" or ""."""
    if 0 < policy.limits.flood_per_address_hour <= facts.tickets_address_hour:
        return "address"
    if 0 < policy.limits.flood_per_domain_hour <= facts.tickets_domain_hour:
        return "domain"
    return ""


def flood_of_answers(facts: Facts, policy: Policy) -> bool:
    """Whether the sender has written in tickets too often to notify agents of each message."""
    return 0 < policy.limits.flood_per_address_hour <= facts.answers_address_hour


def digest_is_due(facts: Facts, policy: Policy) -> bool:
    """Whether the last alert about a flood is old enough for the next one."""
    wait = timedelta(minutes=policy.limits.flood_digest_minutes)
    # One that is to come was sent while the clock was ahead.
    return facts.told_at is None or facts.now - facts.told_at >= wait or facts.told_at > facts.now + HOUR
