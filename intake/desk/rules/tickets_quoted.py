"""Which ticket a mail is about that quotes mails of ours of several. Pure."""

from intake.desk.facts import Facts
from intake.desk.message import Message
from intake.desk.rule_context import RuleContext, is_participant
from intake.desk.text.said import said
from intake.desk.tokens import ACTING


def passed_on(facts: Facts, message: Message) -> bool:
    """Whether an agent's token in a quote says nothing: somebody else goes on in a thread of their own.

    A notification of another ticket was passed on to them; what they write stays their own.
    """
    token, sender = facts.token, message.sender
    if token is None or token.purpose not in ACTING or not token.quoted or facts.agent is not None:
        return False
    answered = (facts.by_sent_id, facts.by_stored_id)
    theirs = (match.ticket for match in answered if match is not None)
    return sender is not None and any(is_participant(sender, ticket) for ticket in theirs)


def for_several(case: RuleContext) -> str:
    """Return why an agent's reply is held back that brings back the references of several tickets, "" for
    one of one. A number in its subject is one of them, where no address says which ticket it answers."""
    token, match, named = case.facts.token, case.facts.by_token, case.facts.by_number
    if token is None or match is None or not token.beside:
        return ""
    tickets = {match.ticket.id, *token.several}
    if named is not None:
        tickets.add(named.ticket.id)
    if len(tickets) < 2:
        return ""
    return said(
        "It quotes emails about several tickets ({numbers}), so it is not certain which of them it answers. "
        "A yes sends it in ticket #{number}.",
        numbers=", ".join(f"#{number}" for number in sorted(tickets)),
        number=match.ticket.id,
    )
