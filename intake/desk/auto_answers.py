"""When an email may be answered automatically, and with whose words. Pure."""

from dataclasses import replace

from intake.desk import budgets, form_origin
from intake.desk.addresses import aligned
from intake.desk.facts import Facts
from intake.desk.message import Address
from intake.desk.rule_context import RuleContext, is_participant, own_address
from intake.desk.tokens import Purpose

# To an address that somebody else may have typed or forged: one email informs its owner, two are a nuisance.
UNCONFIRMED_A_DAY = 1


# Warnings of an exposed secret to an address within a day: whoever sends phrases in another's name must not
# fill their mailbox.
WARNINGS_A_DAY = 3


def may_answer(case: RuleContext) -> str:
    """Return why an automatic answer to this message must not be sent, "" when it may."""
    if case.sender.mailbox and not case.envelope.archive and not case.mailbox.acknowledge:
        return "acknowledgements are off for this mailbox"
    return _may_write(case)


def may_warn(case: RuleContext) -> str:
    """Return why the author of a message must not be warned of a secret in it by mail, "" when they may.

    Only those who are proven to have written it have a budget of their own: to others a warning is an
    automatic answer like any other, for anybody may have sent a phrase in their name.
    """
    facts = case.facts
    if facts.warned_last_day >= WARNINGS_A_DAY:
        return "daily limit of warnings to this address reached"
    if not proven(case):
        return may_answer(case)
    facts = replace(facts, automatic_last_hour=0, automatic_last_day=0)
    facts = replace(facts, automatic_ticket_minutes=0, automatic_ticket_day=0)
    return _may_write(replace(case, facts=facts))


def proven(case: RuleContext) -> bool:
    """Whether the author of a message is proven to have written it, as far as what they are sent goes."""
    return budgets.proven(_with_own_token(case, case.facts))


def _may_write(case: RuleContext) -> str:
    message, facts = case.message, case.facts
    sender = message.return_path if message.return_path is not None else case.envelope.sender
    if not case.sender.mailbox:
        return "it names no sender"
    if case.envelope.archive:
        return "it is older than the mailbox's first day"
    if own_address(case.sender.key, case.policy):
        return "it comes from this desk's own address"
    listed = case.mailbox.lists and message.listed == case.sender.key
    if message.via is not None and not listed:
        # An automatic answer never goes to a Reply-To (RFC 3834 section 4): anybody may be named there.
        return "its author is named beside its From"
    if message.suppress and not listed:
        return message.suppress
    if sender == "":
        return "its envelope sender is empty"
    if facts.refuted:
        return "the receiving mail server found the From address forged"
    # A list has bounces come to itself.
    if sender and not listed and not aligned(Address(sender).domain, case.sender.domain):
        return "its envelope sender is of another domain than its From"
    if (case.unconfirmed or listed) and facts.automatic_last_day >= UNCONFIRMED_A_DAY:
        return "unverified address; today's acknowledgement was already sent"
    # An address that sends email works, whatever bounced before; a form's address proves nothing.
    failed = facts.failed if case.envelope.channel in form_origin.CHANNELS else ""
    return _over_budget(case, case.facts, failed)


def may_quote(case: RuleContext) -> bool:
    """Whether the acknowledgement may carry the sender's own words.

    Never those of a form: the same person typed the address, and could have us
    email an advertisement to anybody.
    """
    if case.envelope.channel in form_origin.CHANNELS:
        return False
    how = case.policy.quote_subject
    return how == "always" or (how == "verified" and case.facts.verified)


def may_answer_original(case: RuleContext) -> str:
    """Return why the author of a forwarded email must not be answered automatically, "" when they may."""
    forward = case.message.forward
    if forward is None:
        return "nothing was forwarded"
    if case.envelope.archive:
        return "it is older than the mailbox's first day"
    if not case.mailbox.acknowledge:
        return "acknowledgements are off for this mailbox"
    standing = case.facts.original
    theirs = replace(
        case.facts,
        automatic_last_hour=standing.last_hour,
        automatic_last_day=standing.last_day,
        acknowledged_last_day=standing.acknowledged,
    )
    return forward.suppress or _over_budget(case, theirs, standing.failed)


def _over_budget(case: RuleContext, facts: Facts, failed: str) -> str:
    if failed:
        return f"mail to this address failed: {failed}"
    return budgets.enough(_with_own_token(case, facts), case.policy)


def _with_own_token(case: RuleContext, facts: Facts) -> Facts:
    return replace(facts, token=None) if facts.token is not None and not _own_token(case) else facts


def _own_token(case: RuleContext) -> bool:
    """Whether the reply token was given to this sender: another's, or that of a page, proves nobody.

    A person who opens a ticket in another's name gets tokens of it; with them they must not be able to
    have that other person written to more often.
    """
    token, there = case.facts.token, case.facts.by_token
    if token is None or there is None:
        return False
    if token.purpose in (Purpose.CUSTOMER, Purpose.SURVEY):
        return is_participant(case.sender, there.ticket)
    agent = case.facts.token_agent
    return agent is not None and agent.address.lower() == case.sender.key
