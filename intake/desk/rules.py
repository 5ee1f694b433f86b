"""The policy for incoming messages: ONE ordered table. The first rule that answers decides.

A rule gets the case (message, envelope, facts, policy) and returns the list of
effects, or None for "not mine". Reading RULES is reading the policy.
"""

from collections.abc import Sequence
from datetime import timedelta

from intake.desk import commands
from intake.desk.case import Case, Rule, aligned, is_participant
from intake.desk.effects import (
    AddEntry,
    Assign,
    Effect,
    Finish,
    Mail,
    MailKind,
    MarkDelivery,
    OpenTicket,
    Outcome,
    SetStatus,
)
from intake.desk.facts import Facts, Found
from intake.desk.language import mail_language
from intake.desk.message import Address, BounceKind, Envelope, Message
from intake.desk.policy import Policy
from intake.desk.ticket import Agent, EntryKind, Status, Ticket
from intake.desk.tokens import Purpose


def duplicate(case: Case) -> list[Effect] | None:
    """The same mail again, through another mailbox or after a retry, changes nothing."""
    if case.facts.duplicate_of is None:
        return None
    reason = f"the same mail as message {case.facts.duplicate_of}"
    return [
        Finish(
            Outcome.DUPLICATE,
            case.facts.duplicate_ticket,
            "duplicate",
            reason,
            case.facts.duplicate_of,
        )
    ]


def delivery_report(case: Case) -> list[Effect] | None:
    """A delivery report concerns the mail it is about, opens nothing and is never answered."""
    bounce, sent, found = case.message.bounce, case.facts.sent, case.facts.sent_ticket
    if bounce is None:
        return None
    if sent is None or found is None:
        return [Finish(Outcome.AUTOMATIC, None, "delivery_report", "a delivery report about no mail of ours")]
    what = f"Mail to {sent.recipient} {_DELIVERY[bounce.kind]}."
    if bounce.diagnostic:
        what += f" The other side said: {bounce.diagnostic}"
    effects: list[Effect] = [
        MarkDelivery(sent.outbox_id, bounce.kind, bounce.diagnostic),
        AddEntry(
            sent.ticket_id, EntryKind.AUTOMATIC, case.sender, what, case.message.text, from_message=True
        ),
    ]
    # A report about a mail to an agent must not cause another mail to that agent.
    if bounce.kind is BounceKind.FAILED and sent.kind == MailKind.RELAY:
        effects += _alerts(case, case.tell(found), found.ticket.id, what)
    return [*effects, Finish(Outcome.AUTOMATIC, sent.ticket_id, "delivery_report", what)]


_DELIVERY = {
    BounceKind.FAILED: "could not be delivered",
    BounceKind.DELAYED: "is delayed",
    BounceKind.DELIVERED: "was delivered",
}


def own_mail(case: Case) -> list[Effect] | None:
    """Mail from our own address is our own mail come back: kept, not answered, opens nothing."""
    if case.sender.key not in case.policy.own_addresses:
        return None
    return [Finish(Outcome.AUTOMATIC, None, "own_mail", "it comes from this desk's own address")]


def machine(case: Case) -> list[Effect] | None:
    """An automatic mail is kept, in its ticket if it has one; nobody is told and nothing is answered."""
    if not case.message.automatic:
        return None
    found = case.found()
    if found is None:
        return [Finish(Outcome.AUTOMATIC, None, "machine", case.message.automatic)]
    ticket = found[0].ticket
    return [
        _entry(case, ticket.id, EntryKind.AUTOMATIC),
        Finish(Outcome.AUTOMATIC, ticket.id, "machine", case.message.automatic),
    ]


def agent_reply(case: Case) -> list[Effect] | None:
    """An agent's reply, proven by token and sender, is relayed to the requester; commands are obeyed."""
    facts = case.facts
    agent = facts.token_agent
    if facts.token is None or facts.token.purpose is not Purpose.AGENT or facts.by_token is None:
        return None
    if agent is None or case.sender.key != agent.address.lower():
        return None
    if case.mailbox.trusted_authserv and not facts.verified:
        return None
    ticket, message = facts.by_token.ticket, case.message
    asked = commands.read(message.new_text)
    problem = asked.problem or commands.unknown(asked.commands, facts.team)
    if problem:
        return _draft(case, facts.by_token, agent, problem)
    effects: list[Effect] = []
    if asked.note:
        effects.append(_entry(case, ticket.id, EntryKind.NOTE, agent, asked.text))
    elif asked.text.strip() or (message.attachments and not asked.commands):
        effects += relay(case.key, ticket, agent, asked.text, message, case.policy)
    for command in asked.commands:
        effects += commands.effects(command, ticket, agent, facts.team, case.key)
    if not effects:
        return _draft(
            case, facts.by_token, agent, "There was no new text in your reply, so nothing was sent."
        )
    return [*effects, Finish(Outcome.APPENDED, ticket.id, "agent_reply", f"{agent.name} replied")]


def relay(
    key: str, ticket: Ticket, agent: Agent, text: str, message: Message | None, policy: Policy
) -> list[Effect]:
    """Return the effects of an agent's answer going out: the entry, the mail, pending, and a claim."""
    attachments = message.attachments if message else ()
    author = Address(agent.address, agent.name)
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
    for person in (
        ticket.requester,
        *(Address(p) for p in ticket.participants if p.lower() != ticket.requester.key),
    ):
        if person.mailbox and person.key not in policy.own_addresses:
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
                )
            )
    effects.append(SetStatus(ticket.id, Status.PENDING))
    if ticket.assignee is None:
        effects.append(Assign(ticket.id, agent))
    return effects


def unproven_agent(case: Case) -> list[Effect] | None:
    """What claims to be an agent in a ticket but cannot prove it becomes a private draft; he is told."""
    facts = case.facts
    claimed = facts.token is not None and facts.token.purpose is Purpose.AGENT and facts.by_token is not None
    found = case.found()
    if claimed and facts.by_token is not None:
        if is_participant(case.sender, facts.by_token.ticket):
            # A notification forwarded to the customer: his answer is his, whatever address it used.
            return None
        who = facts.token_agent
        why = "It came from an address, or a server, that does not prove it was you."
        return _draft(case, facts.by_token, who, why)
    if facts.agent is not None and found is not None and not is_participant(case.sender, found[0].ticket):
        why = "It was not a reply to a notification, which alone proves it was you."
        return _draft(case, found[0], facts.agent, why)
    return None


def follow_up(case: Case) -> list[Effect] | None:
    """A reply goes to its ticket, reopens it if need be, and the ticket's agents are told."""
    found = case.found()
    if found is None:
        return None
    (there, how), ticket = found, found[0].ticket
    if _too_old(ticket, case):
        return None
    effects: list[Effect] = [_entry(case, ticket.id, EntryKind.CUSTOMER)]
    if ticket.status is not Status.NEW:
        effects.append(SetStatus(ticket.id, Status.OPEN))
    if not case.envelope.archive:
        stranger = not is_participant(case.sender, ticket)
        effects += _notices(case, case.tell(there), ticket.id, stranger)
        if ticket.status is Status.CLOSED and not stranger and _may_answer(case) == "":
            effects.append(status_mail(ticket, "reopened", case.key))
    return [*effects, Finish(Outcome.APPENDED, ticket.id, "follow_up", f"found by {how}")]


def new_ticket(case: Case) -> list[Effect] | None:
    """Everything else opens a ticket: its requester is acknowledged and the team is told."""
    message, facts, policy = case.message, case.facts, case.policy
    found = case.found()
    related = found[0].ticket.id if found else facts.by_number.ticket.id if facts.by_number else None
    archive = case.envelope.archive
    effects: list[Effect] = [
        OpenTicket(
            message.subject,
            case.sender,
            mail_language(message.language, case.mailbox.language or policy.language, policy.languages),
            case.mailbox.name,
            case.mailbox.team,
            case.envelope.channel,
            Status.CLOSED if archive else Status.NEW,
            related,
        ),
        _entry(case, None, EntryKind.CUSTOMER),
    ]
    why_not = _may_answer(case)
    if not why_not:
        effects.append(
            Mail(
                MailKind.ACKNOWLEDGEMENT,
                None,
                case.sender,
                f"ack:{case.key}",
                quote_subject=policy.quote_subject == "always"
                or (policy.quote_subject == "verified" and facts.verified),
            )
        )
    if not archive:
        effects += _notices(case, facts.team, None, stranger=False)
    reason = "nothing it belongs to was found" if related is None else f"possibly related to #{related}"
    if why_not:
        reason += f"; not acknowledged: {why_not}"
    return [*effects, Finish(Outcome.TICKETED, None, "new_ticket", reason)]


RULES: tuple[Rule, ...] = (
    duplicate,
    delivery_report,
    own_mail,
    machine,
    agent_reply,
    unproven_agent,
    follow_up,
    new_ticket,
)


def decide(message: Message, envelope: Envelope, facts: Facts, policy: Policy) -> list[Effect]:
    """Return what is to be done about a message; the last effect is always its Finish."""
    case = Case(message, envelope, facts, policy)
    for rule in RULES:
        effects = rule(case)
        if effects is not None:
            return effects
    raise AssertionError("new_ticket answers every case")


def status_mail(ticket: Ticket, event: str, key: str) -> Mail:
    """Return the status update for `event`; its template may have nothing to say, then none goes."""
    return Mail(
        MailKind.STATUS,
        ticket.id,
        ticket.requester,
        f"status:{event}:{key}:{ticket.id}",
        event=event,
        agent=ticket.assignee,
    )


def _may_answer(case: Case) -> str:
    """Return why an automatic answer to this message must not be sent, "" when it may."""
    message, facts, policy = case.message, case.facts, case.policy
    sender = message.return_path if message.return_path is not None else case.envelope.sender
    if not case.sender.mailbox:
        return "it names no sender"
    if case.envelope.archive:
        return "it is older than the mailbox's first day"
    if not case.mailbox.acknowledge:
        return "this mailbox does not acknowledge"
    if message.suppress:
        return message.suppress
    if sender == "":
        return "its envelope sender is empty"
    if sender and not aligned(Address(sender), case.sender):
        return "its envelope sender is of another domain than its From"
    if facts.automatic_last_hour >= policy.automatic_per_address_hour:
        return "this address got enough automatic mail this hour"
    if facts.automatic_last_day >= policy.automatic_per_address_day:
        return "this address got enough automatic mail today"
    if facts.automatic_desk_hour >= policy.automatic_per_hour:
        return "the desk has sent enough automatic mail this hour"
    return ""


def _too_old(ticket: Ticket, case: Case) -> bool:
    if ticket.status is not Status.CLOSED or ticket.closed_at is None:
        return False
    return case.facts.now - ticket.closed_at > timedelta(days=case.policy.reopen_days)


def _entry(
    case: Case, ticket: int | None, kind: EntryKind, agent: Agent | None = None, text: str | None = None
) -> AddEntry:
    message = case.message
    shown = message.new_text if text is None else text
    return AddEntry(
        ticket, kind, case.sender, shown, message.text, agent.id if agent else None, from_message=True
    )


def _notices(case: Case, agents: Sequence[Agent], ticket: int | None, stranger: bool) -> list[Effect]:
    message = case.message
    return [
        Mail(
            MailKind.NOTICE,
            ticket,
            Address(agent.address, agent.name),
            f"notice:{case.key}:{agent.id}",
            agent=agent,
            author=case.sender,
            text=message.new_text,
            attachments=message.attachments,
            stranger=stranger,
        )
        for agent in agents
        if agent.address.lower() != case.sender.key
    ]


def _alerts(case: Case, agents: Sequence[Agent], ticket: int, what: str) -> list[Effect]:
    return [
        Mail(
            MailKind.ALERT,
            ticket,
            Address(agent.address, agent.name),
            f"alert:{case.key}:{agent.id}",
            agent=agent,
            text=what,
        )
        for agent in agents
    ]


def _draft(case: Case, found: Found, agent: Agent | None, why: str) -> list[Effect]:
    ticket = found.ticket
    tell = (agent,) if agent else case.tell(found)
    what = f"A reply to ticket #{ticket.id} was kept as a private draft and not sent. {why}"
    # A forger must not be able to make us write to the agent for ever.
    alerts = _alerts(case, tell, ticket.id, what) if _within_budget(case) else []
    return [
        _entry(case, ticket.id, EntryKind.DRAFT, agent),
        *alerts,
        Finish(Outcome.APPENDED, ticket.id, "unproven_agent", what),
    ]


def _within_budget(case: Case) -> bool:
    return case.facts.automatic_desk_hour < case.policy.automatic_per_hour
