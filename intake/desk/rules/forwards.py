"""The rule for a customer's email that an agent forwards to the desk."""

from dataclasses import replace

from intake.desk.auto_answers import may_answer_original
from intake.desk.effects import AddEntry, Effect, Finish, Mail, MailKind, OpenTicket, Outcome
from intake.desk.evidence import Evidence
from intake.desk.mails import EXPOSED, to_each
from intake.desk.message import Forward
from intake.desk.message_finds import exposing, of_forward
from intake.desk.rule_context import NOBODY, RuleContext, language
from intake.desk.rules.retriage import told
from intake.desk.text.language import detect
from intake.desk.text.shown import with_quotes
from intake.desk.ticket import Agent, EntryKind, Status
from intake.desk.triage.engine import TriageResult, forwarded_letter


def forwarded(case: RuleContext) -> list[Effect] | None:
    """An agent's forward of a customer's email opens a ticket in the customer's name; a customer's does not.

    Where the mailbox names a server that vouches for senders, it must have vouched for the agent.
    The customer gets an acknowledgement without the forwarded text: only the agent says it is theirs.
    """
    agent, forward = case.facts.agent, case.message.forward
    if agent is None or forward is None or case.found() is not None:
        return None
    if case.mailbox.trusted_authserv and not case.facts.verified:
        return None
    if forward.sender.key in (case.sender.key, agent.address.lower(), *case.policy.own_addresses):
        return None
    spoken = detect(forward.text) or detect(forward.subject)
    made = case.triaged(forwarded_letter(case.message, case.envelope, forward, spoken))
    effects = [*_ticket(case, agent, forward, spoken, made)]
    why_not = may_answer_original(case)
    if not why_not:
        ack = Mail(MailKind.ACKNOWLEDGEMENT, None, forward.sender, f"ack:{case.key}", quote_subject=False)
        # It says to move what is in the wallet, and nothing of what the agent sent.
        effects.append(replace(ack, event=EXPOSED) if exposing(of_forward(forward, forward.text)) else ack)
    if not case.envelope.archive:
        effects += _notices(case, agent, forward, made.team)
    reason = f"{agent.name} forwarded an email of {forward.sender.mailbox}"
    if why_not:
        reason += f"; not acknowledged: {why_not}"
    return [*effects, Finish(Outcome.TICKETED, None, "forwarded", told(reason, made))]


def _ticket(
    case: RuleContext, agent: Agent, forward: Forward, spoken: str, made: TriageResult
) -> list[Effect]:
    message = case.message
    return [
        OpenTicket(
            forward.subject or message.subject,
            forward.sender,
            language(case, spoken, case.facts.original_reads),
            case.mailbox.name,
            made.team or case.mailbox.team,
            case.envelope.channel,
            Status.CLOSED if case.envelope.archive else Status.NEW,
            priority=made.priority,
            category=made.category,
            tags=made.tags,
            fields=made.fields,
        ),
        AddEntry(
            None,
            EntryKind.CUSTOMER,
            forward.sender,
            shown(forward),
            # What the agent wrote above it is a note, which its author's page must not unfold.
            _whole(forward),
            from_message=True,
            attachments=forward.attachments,
            evidence=Evidence.FORWARDED,
        ),
        AddEntry(
            None,
            EntryKind.NOTE,
            agent.as_address,
            forward.remark or f"Forwarded by {agent.name}.",
            message.text,
            agent=agent.id,
        ),
    ]


def shown(forward: Forward) -> str:
    """Return what the entry shows: when the email was written, as its header said, and its text."""
    text = forward.text
    if text != forward.full_text:
        # The desk has seen nothing of what its author quoted.
        text = with_quotes(text, forward.pieces, lambda quote: True)
    return f"[{forward.date}]\n\n{text}" if forward.date else text


def _whole(forward: Forward) -> str:
    """Return what the entry keeps beside what it shows: the email with its quotes, "" where that is all."""
    return shown(replace(forward, text=forward.full_text)) if forward.full_text else ""


def _notices(case: RuleContext, agent: Agent, forward: Forward, team: str) -> list[Effect]:
    """Return the notices to the team and to the agent, who needs one to reply."""
    agents = {member.id: member for member in (*case.of_team(team), agent)}
    notice = Mail(
        MailKind.NOTICE,
        None,
        NOBODY,
        f"notice:{case.key}",
        author=forward.sender,
        text=shown(forward),
        whole=_whole(forward),
        attachments=(*forward.attachments, *case.message.attachments),
        event="new",
    )
    return to_each(agents.values(), notice)
