"""The rule for our own email that comes back, and for what else is written from an address of the desk's.

Anybody can write an address of ours into From: a web site's form, a list, a colleague. Our own is what
we sent (the outbox knows its Message-ID), what has a reply address of ours in it, and what says that a
machine wrote it; every mail of ours but an agent's reply says so.
"""

from intake.desk import tokens
from intake.desk.delivery_effects import MarkSent
from intake.desk.effects import Effect, Finish, Outcome
from intake.desk.rule_context import RuleContext, entry, notices, own_address
from intake.desk.ticket import EntryKind

RULE = "own_mail"


def own_mail(case: RuleContext) -> list[Effect] | None:
    """Our own email, come back, is kept: it opens no ticket and is not answered."""
    reason = _ours(case)
    if not reason:
        return _to_others(case)
    unsettled = case.facts.unsettled
    if unsettled is None:
        return [Finish(Outcome.AUTOMATIC, None, RULE, reason)]
    reason += f", and shows that mail {unsettled} was delivered"
    return [MarkSent(unsettled), Finish(Outcome.AUTOMATIC, None, RULE, reason)]


def _ours(case: RuleContext) -> str:
    """Return how a mail is known to be our own, "" where it is not."""
    message, policy = case.message, case.policy
    written = message.via or case.sender
    ours = own_address(written.key, policy)
    # A list may have taken our place in From.
    behind = message.named_author is not None and own_address(message.named_author.key, policy)
    if case.facts.own is not None and (ours or behind):
        return f"it comes from this desk's own address, and its Message-ID is that of mail {case.facts.own}"
    if not ours:
        return ""
    if any(own_address(key, policy) and tokens.looks_tokened(key) for key in _answered_at(case)):
        return "it comes from this desk's own address, and holds a reply address of ours"
    if message.automatic:
        return f"it comes from this desk's own address, and {message.automatic}"
    if message.via is None and "" in (case.envelope.sender, message.return_path):
        # Where a gateway took our fields away: so go out all mails of ours that no person wrote.
        return "it comes from this desk's own address, and its envelope sender is empty"
    return ""


def _answered_at(case: RuleContext) -> list[str]:
    return [address.key for address in (case.message.via or case.sender, *case.message.reply_to)]


def _to_others(case: RuleContext) -> list[Effect] | None:
    """What a person wrote from an address of ours to somebody else, past the desk, is kept.

    In the ticket of whom they wrote to it is a note, so that agents know of it. Which mails are meant for the
    desk is told by their To and Cc: the address of one of our domains may lead here, whatever it is.
    """
    message, policy = case.message, case.policy
    if not own_address(case.sender.key, policy):
        return None
    written = (*message.to, *message.cc)
    hit = case.found()
    if hit is not None and hit[0].ticket.requester.key in {address.key for address in written}:
        ticket = hit[0].ticket
        reason = f"{case.sender.mailbox} wrote to its requester, past the desk"
        news = notices(case, case.tell(hit[0]), ticket.id, stranger=True, doubt=case.caution)
        return [
            entry(case, ticket.id, EntryKind.NOTE),
            *news,
            Finish(Outcome.APPENDED, ticket.id, RULE, reason),
        ]
    domains = {address.rpartition("@")[2] for address in policy.own_addresses}
    if hit is None and written and not any(address.domain in domains for address in written):
        reason = "it was written from this desk's own address to somebody else"
        return [Finish(Outcome.AUTOMATIC, None, RULE, reason)]
    return None
