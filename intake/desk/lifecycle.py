"""What happens without a message: time passing, an email failing, an admin's action."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from intake.desk import page, partners, spam
from intake.desk.delivery_effects import NotifyAgain
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
from intake.desk.lookup import Line
from intake.desk.mails import STAYS_INSIDE, alerts, status_mail, to_each
from intake.desk.message import Address, Attachment, Message
from intake.desk.naming import Named
from intake.desk.notices import carries_files, may_arrive_without
from intake.desk.policy import Policy
from intake.desk.readers import readers, written_to
from intake.desk.sla_effects import Escalate
from intake.desk.sla_ladder import shown_at
from intake.desk.text.said import joined, said
from intake.desk.ticket import DESK, NO_TICKET, URGENT, Agent, EntryKind, Status, Ticket

# How the event of an assignment begins: the pages tell by it that a person took up a ticket.
ASSIGNED = "assigned to "
# And that of an agent who takes a ticket themselves.
TAKEN = "taken by "
# How the event begins of asking the requester for their answer: today, and in older entries.
WAITING = ("the requester was asked for an answer", "the requester was told that we wait for")
# How every event of opening a closed ticket again begins.
REOPENED = "reopened"


def delivery_failed(
    mail: Outgoing,
    outbox_id: int,
    ticket: Ticket | None,
    agents: Sequence[Agent],
    reason: str,
    asking: Agent | None = None,
) -> list[Effect]:
    """Return what follows when an email of ours is refused permanently: an event, and the agent is notified.

    A failed notice or alert causes no further email to the same agent: it would go where the first one
    failed. But nothing is lost to them: what had files is sent again without them, and of
    another notice to the assignee, the others of the team are notified. Of a question to somebody outside the
    agent who asked it is (`asking`; else the assignee, or the team), and what they reply is an internal note.
    """
    if ticket is None:
        return []
    text = said("Mail to {address} could not be delivered: {reason}", address=mail.rcpt, reason=reason)
    effects: list[Effect] = [AddEntry(ticket.id, EntryKind.EVENT, DESK, text)]
    tell: list[Agent] = []
    if mail.kind is MailKind.PARTNER:
        first = next((agent for agent in (asking, ticket.assignee) if agent and agent.enabled), None)
        asked = (first,) if first is not None else tuple(agents)
        return [*effects, *partners.undelivered(ticket.id, asked, text, f"failed:{outbox_id}")]
    if mail.kind.to_agent and may_arrive_without(reason) and carries_files(mail.raw):
        effects.append(NotifyAgain(outbox_id))
    elif mail.kind is MailKind.NOTICE and ticket.assignee and _is(ticket.assignee, mail.rcpt):
        tell = [agent for agent in agents if not _is(agent, mail.rcpt)]
    elif mail.kind not in (MailKind.NOTICE, MailKind.ALERT):
        tell = [ticket.assignee] if ticket.assignee else list(agents)
    effects += alerts(ticket.id, tell, text, f"failed:{outbox_id}")
    return effects


def _is(agent: Agent, address: str) -> bool:
    return agent.address.lower() == address.lower()


def close(ticket: Ticket, by: str, key: str) -> list[Effect]:
    """Return the effects of closing; none when it is already closed."""
    if ticket.status is Status.CLOSED:
        return []
    return [
        SetStatus(ticket.id, Status.CLOSED),
        AddEntry(ticket.id, EntryKind.EVENT, DESK, f"closed by {by}"),
        status_mail(ticket, "closed", key),
    ]


def reopen(ticket: Ticket, by: str, key: str, waits: bool = False) -> list[Effect]:
    """Return the effects of reopening; none unless it is closed. `waits`: its requester asked for it."""
    if ticket.status is not Status.CLOSED:
        return []
    effects: list[Effect] = [
        SetStatus(ticket.id, Status.OPEN, waits),
        AddEntry(ticket.id, EntryKind.EVENT, DESK, f"{REOPENED} by {by}"),
    ]
    # The sender of spam was told of nothing, and may be somebody else: only their own request is answered.
    return effects if ticket.spam and not waits else [*effects, status_mail(ticket, "reopened", key)]


def wait(ticket: Ticket, by: str, key: str) -> list[Effect]:
    """Return the effects of asking the requester for an answer by email, again if need be.

    None for a closed ticket.
    """
    if ticket.status is Status.CLOSED:
        return []
    return [
        *([] if ticket.status is Status.PENDING else [SetStatus(ticket.id, Status.PENDING)]),
        AddEntry(ticket.id, EntryKind.EVENT, DESK, f"{WAITING[0]}, by {by}"),
        status_mail(ticket, "waiting", key),
    ]


def assign(
    ticket: Ticket,
    agent: Agent | None,
    team: str,
    by: str,
    key: str,
    notify: bool = True,
    members: Sequence[Agent] = (),
    last: Line | None = None,
) -> list[Effect]:
    """Return the effects of giving a ticket to an agent, a team or both.

    The agent is notified (`told`) unless they took it themselves; without one the `members` of the team are.
    Spam that is given to somebody is spam no more, and they are notified with its newest words (`last`).
    """
    whom = (
        " of ".join(x for x in (agent.name if agent else "", f"team {team}" if team else "") if x) or "nobody"
    )
    event = AddEntry(ticket.id, EntryKind.EVENT, DESK, f"{ASSIGNED}{whom} by {by}")
    if agent is not None and agent.name == by and not team:
        event = AddEntry(ticket.id, EntryKind.EVENT, DESK, f"{TAKEN}{by}")
    effects: list[Effect] = [Assign(ticket.id, agent, team), event]
    if ticket.spam and (agent is not None or team):
        worked_on = [agent] if agent is not None else members
        return [*effects, *spam.take_up(ticket, whom, by, key, last, worked_on)]
    if agent is not None:
        effects.append(status_mail(ticket, "assigned", key))
    tell = ([agent] if notify else []) if agent is not None else list(members)
    text = said("{by} assigned this ticket to you.", by=by)
    if agent is None:
        text = said("{by} assigned this ticket to team {team}.", by=by, team=team)
    # Whoever has it for the first time needs its files as well.
    mails = alerts(ticket.id, tell, text, f"assigned:{key}", page.ASSIGNED, by, agent is not None)
    return [*effects, *mails]


def call_for_help(
    ticket: Ticket,
    reason: str,
    by: str,
    key: str,
    policy: Policy,
    team: Sequence[Agent],
    now: datetime,
    agents: Sequence[Agent] = (),
) -> list[Effect]:
    """Return the effects of asking for more help: the ticket is urgent, an escalation is open at `now`
    (aware), and the team lead is notified.

    Without a lead, everybody in the `team` is. `agents` are all enabled ones, because the lead
    may be one of them.
    """
    why = f": {reason}" if reason else ""
    lead = policy.teams[ticket.team].lead if ticket.team in policy.teams else ""
    head = next((agent for agent in agents if agent.address.lower() == lead.lower()), None)
    text = said("{by} asks for help with this ticket.", by=by)
    if reason:
        text = said("{by} asks for help with this ticket: {reason}", by=by, reason=reason)
    mails = alerts(ticket.id, [head] if head else team, text, f"escalated:{key}", page.ESCALATED, by)
    if lead and head is None:
        # A lead who is not an agent can read it and call, but has no reply address of an agent's.
        dedupe, event = f"alert:escalated:{key}:lead", page.ESCALATED
        mails = [Mail(MailKind.ALERT, ticket.id, Address(lead), dedupe, text=text, event=event, by=by)]
    return [
        Amend(ticket.id, {"priority": URGENT, "snoozed_until": None}),
        Escalate(ticket.id, "manual", now, reason=reason, to_team=ticket.team, by=by),
        AddEntry(ticket.id, EntryKind.EVENT, DESK, f"escalated by {by}{why}"),
        *mails,
    ]


def wake(ticket: Ticket, agents: Sequence[Agent], policy: Policy) -> list[Effect]:
    """Return the effects of a snooze that is over; none when the ticket is not snoozed.

    Its time is shown in the desk's zone in the history, in each agent's own in their alert.
    """
    if ticket.snoozed_until is None:
        return []
    until = ticket.snoozed_until
    effects: list[Effect] = [
        Amend(ticket.id, {"snoozed_until": None}),
        AddEntry(
            ticket.id,
            EntryKind.EVENT,
            DESK,
            f"unsnoozed: it was snoozed until {shown_at(until, policy.hours.zone)}",
        ),
    ]
    if ticket.status is Status.CLOSED:
        return effects
    key = f"woke:{ticket.id}:{until:%Y-%m-%d %H:%M} UTC"
    for agent in agents:
        text = said("The snooze of this ticket is over: it was snoozed until {until}.", until=until)
        effects += alerts(ticket.id, [agent], text, key, page.WOKEN)
    return effects


def note(
    ticket: Ticket,
    text: str,
    by: str,
    key: str,
    agent: Agent | None = None,
    attachments: tuple[Attachment, ...] = (),
    working: Sequence[Agent] = (),
    whom: Named = Named(),  # noqa: B008 - it never changes
) -> list[Effect]:
    """Return the effects of an internal note by `by`, who is `agent` if they are one; see `note_told`."""
    author, number = Address("", by), agent.id if agent else None
    return [
        AddEntry(ticket.id, EntryKind.NOTE, author, text, text, agent=number, attachments=attachments),
        *note_told(ticket, agent, author, text, key, attachments, working=working, whom=whom),
    ]


def note_told(
    ticket: Ticket,
    agent: Agent | None,
    by: Address,
    text: str,
    key: str,
    attachments: tuple[Attachment, ...] = (),
    whole: str = "",
    working: Sequence[Agent] = (),
    whom: Named = Named(),  # noqa: B008 - it never changes
) -> list[Effect]:
    """Return the emails of an internal note: to the assignee, the watchers and who else works on the ticket
    (`working`: those who answered), and to those whom it names (`whom`). Its author gets none of them.

    `whole` is the email that the note was written in. Who is named is asked: what they reply is a note. The
    author is told of a name that nobody has.

    It goes only to agents' registered addresses, and never waits for a digest: it was written to be read.
    """
    asked = {asked.id: asked for asked in whom.agents}
    people = (*((ticket.assignee,) if ticket.assignee else ()), *ticket.watchers, *working)
    readers = {reader.id: reader for reader in people if reader.enabled and reader.id not in asked}
    mail = Mail(
        MailKind.NOTICE,
        ticket.id,
        Address(""),
        f"note:{key}",
        author=by,
        text=text,
        whole=whole,
        attachments=attachments,
        event="note",
    )
    name = by.name or by.mailbox
    above = said(
        "{by} asks you. What you reply to this email is an internal note for {by}; "
        "to answer the customer, write #reply on the first line.",
        by=name,
    )
    mine = agent.id if agent is not None else None
    return [
        *to_each([reader for reader in readers.values() if reader.id != mine], mail),
        *to_each(
            [reader for reader in asked.values() if reader.id != mine],
            # Who may never have seen the ticket is to judge it: they get its files as well.
            replace(mail, asked=True, above=above, with_files=True, dedupe=f"note:asked:{key}"),
        ),
        *_misnamed(ticket, agent, whom, key),
    ]


def _misnamed(ticket: Ticket, agent: Agent | None, whom: Named, key: str) -> list[Effect]:
    """Return what tells the author of a note that it was kept, and whom it did not reach."""
    if agent is None or not (whom.unknown or whom.several):
        return []
    news = alerts(ticket.id, [agent], joined((misnamed(whom), STAYS_INSIDE)), f"names:{key}")
    # Their second try is for colleagues as the first was.
    return [partners.inside(mail) for mail in news]


def misnamed(whom: Named) -> str:
    """Return which names in a note are nobody's or several people's."""
    names, several = (", ".join(f"@{name}" for name in some) for some in (whom.unknown, whom.several))
    return joined(
        (
            said("Your note was kept."),
            said("Nobody is called {names}.", names=names) if names else "",
            said("More than one agent is called {names}.", names=several) if several else "",
            said("Write @ and an agent's full name, their email address or the name of a team."),
        )
    )


def speak(ticket: Ticket, language: str, by: str) -> list[Effect]:
    """Return the effects of correcting a ticket's language, which its requester's next tickets get too."""
    if ticket.language == language:
        return []
    text = f"language changed from {ticket.language} to {language} by {by}"
    return [Amend(ticket.id, {"language": language}), AddEntry(ticket.id, EntryKind.EVENT, DESK, text)]


def revoke_links(ticket: Ticket, by: str) -> list[Effect]:
    """Return the effects of revoking every link to the ticket's page."""
    text = f"links to the progress page revoked by {by}"
    return [RevokeLinks(ticket.id), AddEntry(ticket.id, EntryKind.EVENT, DESK, text)]


def reply(
    ticket: Ticket,
    agent: Agent,
    text: str,
    key: str,
    policy: Policy,
    attachments: tuple[Attachment, ...] = (),
) -> list[Effect]:
    """Return the effects of an agent's reply given on the command line."""
    effects = relay(key, ticket, agent, text, None, policy)
    return [_with_files(effect, attachments) for effect in effects] if attachments else effects


def _with_files(effect: Effect, files: tuple[Attachment, ...]) -> Effect:
    if isinstance(effect, Mail) and effect.kind is MailKind.RELAY:
        return replace(effect, attachments=files)
    if isinstance(effect, AddEntry) and effect.kind is EntryKind.REPLY:
        return replace(effect, attachments=files)
    return effect


def relay(
    key: str,
    ticket: Ticket,
    agent: Agent,
    text: str,
    message: Message | None,
    policy: Policy,
    send: bool = True,
) -> list[Effect]:
    """Return the effects of sending an agent's reply: the entry, the emails, pending, and an assignment.

    Whom the agent's own email names in To or Cc has it from them; it is not sent there again. Without
    `send` it goes to nobody.
    """
    attachments = message.attachments if message else ()
    html = message.html if message else ""
    author = agent.as_address
    effects: list[Effect] = [
        AddEntry(
            ticket.id,
            EntryKind.REPLY,
            author,
            text,
            message.text if message else text,
            agent=agent.id,
            from_message=message is not None,
        ),
    ]
    people = readers(ticket, policy)
    # The first email of a new ticket always goes out: it brings the address to answer to.
    have_it = written_to(message, people) if ticket.id != NO_TICKET else []
    for person in people:
        if send and person not in have_it:
            effects.append(
                Mail(
                    MailKind.RELAY,
                    ticket.id,
                    person,
                    f"relay:{key}:{person.key}",
                    agent=agent,
                    author=author,
                    text=text,
                    attachments=attachments,
                    html=html,
                )
            )
    if have_it:
        names = ", ".join(person.mailbox for person in have_it)
        event = f"{agent.name or agent.address} wrote to {names} directly; it was not sent again"
        effects.append(AddEntry(ticket.id, EntryKind.EVENT, DESK, event))
    effects.append(SetStatus(ticket.id, Status.PENDING))
    if ticket.assignee is None:
        effects.append(Assign(ticket.id, agent))
    return effects
