"""What happens without a message: time passing, a mail failing, an admin's action."""

from collections.abc import Sequence

from intake.desk.agent_rules import relay
from intake.desk.case import status_mail
from intake.desk.effects import (
    AddEntry,
    Amend,
    Assign,
    Effect,
    Mail,
    MailKind,
    Outgoing,
    RevokeLinks,
    SetStatus,
)
from intake.desk.escalation import escalate as escalate
from intake.desk.message import Address
from intake.desk.policy import Policy
from intake.desk.ticket import Agent, EntryKind, Status, Ticket

DESK = Address("", "desk")
# How the event of an assignment begins: the pages tell by it that a person took a ticket up.
ASSIGNED = "assigned to "


def delivery_failed(
    mail: Outgoing, outbox_id: int, ticket: Ticket | None, agents: Sequence[Agent], reason: str
) -> list[Effect]:
    """Return what follows when a mail of ours is refused for good: an event, and the agent is told.

    A failed notice or alert makes no further mail: it would go where the first one failed.
    """
    if ticket is None:
        return []
    what = f"Mail to {mail.rcpt} could not be delivered: {reason}"
    effects: list[Effect] = [AddEntry(ticket.id, EntryKind.EVENT, DESK, what)]
    if mail.kind not in (MailKind.NOTICE, MailKind.ALERT):
        tell = [ticket.assignee] if ticket.assignee else list(agents)
        effects += [
            Mail(
                MailKind.ALERT,
                ticket.id,
                Address(agent.address, agent.name),
                f"alert:failed:{outbox_id}:{agent.id}",
                agent=agent,
                text=what,
            )
            for agent in tell
        ]
    return effects


def close(ticket: Ticket, by: str, key: str) -> list[Effect]:
    """Return the effects of closing; none when it is closed already."""
    if ticket.status is Status.CLOSED:
        return []
    return [
        SetStatus(ticket.id, Status.CLOSED),
        AddEntry(ticket.id, EntryKind.EVENT, DESK, f"closed by {by}"),
        status_mail(ticket, "closed", key),
    ]


def reopen(ticket: Ticket, by: str, key: str) -> list[Effect]:
    """Return the effects of reopening; none unless it is closed."""
    if ticket.status is not Status.CLOSED:
        return []
    return [
        SetStatus(ticket.id, Status.OPEN),
        AddEntry(ticket.id, EntryKind.EVENT, DESK, f"reopened by {by}"),
        status_mail(ticket, "reopened", key),
    ]


def wait(ticket: Ticket, by: str, key: str) -> list[Effect]:
    """Return the effects of waiting for the requester's answer and telling him so, again if need be.

    None for a closed ticket.
    """
    if ticket.status is Status.CLOSED:
        return []
    return [
        *([] if ticket.status is Status.PENDING else [SetStatus(ticket.id, Status.PENDING)]),
        AddEntry(ticket.id, EntryKind.EVENT, DESK, f"the requester was told that we wait for him, by {by}"),
        status_mail(ticket, "waiting", key),
    ]


def assign(ticket: Ticket, agent: Agent | None, team: str, by: str, key: str) -> list[Effect]:
    """Return the effects of giving a ticket to an agent, a team or both."""
    whom = (
        " of ".join(x for x in (agent.name if agent else "", f"team {team}" if team else "") if x) or "nobody"
    )
    effects: list[Effect] = [
        Assign(ticket.id, agent, team),
        AddEntry(ticket.id, EntryKind.EVENT, DESK, f"{ASSIGNED}{whom} by {by}"),
    ]
    if agent is not None:
        effects.append(status_mail(ticket, "assigned", key))
    return effects


def note(ticket: Ticket, text: str, by: str) -> list[Effect]:
    """Return the effects of a private remark."""
    return [AddEntry(ticket.id, EntryKind.NOTE, Address("", by), text, text)]


def speak(ticket: Ticket, language: str, by: str) -> list[Effect]:
    """Return the effects of correcting a ticket's language, which its requester's next tickets get too."""
    if ticket.language == language:
        return []
    what = f"language changed from {ticket.language} to {language} by {by}"
    return [Amend(ticket.id, {"language": language}), AddEntry(ticket.id, EntryKind.EVENT, DESK, what)]


def revoke_links(ticket: Ticket, by: str) -> list[Effect]:
    """Return the effects of making every link to the ticket's page void."""
    what = f"links to the progress page made void by {by}"
    return [RevokeLinks(ticket.id), AddEntry(ticket.id, EntryKind.EVENT, DESK, what)]


def reply(ticket: Ticket, agent: Agent, text: str, key: str, policy: Policy) -> list[Effect]:
    """Return the effects of an agent's answer given on the command line."""
    return relay(key, ticket, agent, text, None, policy)
