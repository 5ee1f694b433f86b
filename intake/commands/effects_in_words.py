"""What a decision asks for, in plain words: one sentence an effect."""

from intake.desk.agent_effects import MarkSummary, SetAway, SetLanguage
from intake.desk.block_effects import Block, Unblock
from intake.desk.canned_texts import DropCanned, SaveCanned
from intake.desk.delivery_effects import MarkAddress, MarkDelivery, MarkSent, NotifyAgain
from intake.desk.draft_effects import ConfirmDraft, Withdraw
from intake.desk.effects import (
    AddEntry,
    AddParticipant,
    Amend,
    Assign,
    Effect,
    Finish,
    Mail,
    MailKind,
    OpenTicket,
    Outcome,
    Record,
    Redact,
    RemoveParticipant,
    RevokeLinks,
    SetStatus,
    TripBreaker,
)
from intake.desk.factor import MissCode, UseCode
from intake.desk.find_effects import ClearFind, KeepFinds
from intake.desk.incident.changes import IncidentChange, LiftHold, MarkStep, PlaceHold, StartIncident
from intake.desk.merge_effects import LinkTickets, SplitOff
from intake.desk.message import Address
from intake.desk.people_effects import ColleagueNews, MarkColleagues, Unwatch, Watch
from intake.desk.persons import AddPersonNote, DropPersonNote
from intake.desk.sensitive.finds import told
from intake.desk.sla_effects import Escalate, Page, SetPromises, SettleEscalation
from intake.desk.survey_effects import AskSurvey, RecordScore
from intake.desk.telling_effects import MarkReminded, MarkTold
from intake.desk.text.counting import counted
from intake.desk.ticket import EntryKind, Status

_ENTRIES = {
    EntryKind.CUSTOMER: "as the customer's words",
    EntryKind.AUTOMATIC: "as automatic mail, without notifying anyone",
}
_MAILS = {
    MailKind.ACKNOWLEDGEMENT: "acknowledge it to",
    MailKind.WARNING: "warn of what was sent",
    MailKind.STATUS: "send the status update to",
    MailKind.SURVEY: "send the survey to",
    MailKind.RELAY: "send the agent's reply to",
    MailKind.PARTNER: "send the agent's question to",
    MailKind.NOTICE: "notify the agent",
    MailKind.ALERT: "alert the agent",
    MailKind.ANSWER: "answer the agent",
}
_OUTCOMES = {
    Outcome.TICKETED: "it became a new ticket",
    Outcome.APPENDED: "it was added to an existing ticket",
    Outcome.DUPLICATE: "it was received before",
    Outcome.COMMAND: "it is an agent's command",
    Outcome.AUTOMATIC: "it is automatic: kept, opens no ticket",
    Outcome.ERASED: "it was erased before; nothing of it is kept",
    Outcome.QUARANTINED: "it is quarantined for a person to review",
}


def sentence(effect: Effect) -> str:
    """Return one effect in words; what strangers wrote in it is not yet safe to print."""
    match effect:
        case OpenTicket():
            status = " in state spam" if effect.withheld else ""
            status = status or (" that is closed at once" if effect.status is Status.CLOSED else "")
            team = f", team {effect.team}" if effect.team else ""
            related = f", perhaps related to #{effect.related}" if effect.related else ""
            about = "".join(
                f", {name} {value}"
                for name, value in (
                    ("category", effect.category),
                    ("priority", "" if effect.priority == "normal" else effect.priority),
                    ("tags", " ".join(effect.tags)),
                    ("fields", ", ".join(f"{name}: {value}" for name, value in effect.fields.items())),
                )
                if value
            )
            return (
                f"open a ticket{status} for {_who(effect.requester)}: {effect.subject or '(no subject)'}"
                f" (language {effect.language}{team}{related}{about})"
            )
        case AddEntry():
            how = _ENTRIES.get(effect.kind, f"as {effect.kind.value}")
            return f"add it to {_ticket(effect.ticket)} {how}"
        case SetStatus():
            return f"make {_ticket(effect.ticket)} {effect.status.value}"
        case Amend():
            parts = ", ".join(f"{name} {value}" for name, value in effect.changes.items())
            return f"change {_ticket(effect.ticket)}: {parts}"
        case SetPromises():
            due = ", ".join(
                f"{target.value.replace('_', ' ')} by {at:%Y-%m-%d %H:%M} UTC"
                for target, at in effect.due.items()
            )
            return f"SLA of {_ticket(effect.ticket)}: {due or 'no deadline left'}"
        case Escalate():
            return f"escalate {_ticket(effect.ticket)}: {effect.step}"
        case SettleEscalation():
            return f"mark escalation {effect.escalation} of {_ticket(effect.ticket)} as {effect.state}"
        case Page():
            return f"call the webhook about {_ticket(effect.ticket)}"
        case AddParticipant():
            return f"add {_who(effect.address)} to {_ticket(effect.ticket)}"
        case RemoveParticipant():
            return f"remove {_who(effect.address)} from {_ticket(effect.ticket)}"
        case Watch():
            return f"let {effect.agent.name} watch {_ticket(effect.ticket)}"
        case ColleagueNews():
            return f"tell who was told of {_ticket(effect.ticket)}: {effect.happened.value}, by {effect.by}"
        case MarkColleagues():
            return f"note who was told what colleagues did with {_ticket(effect.ticket)}"
        case Unwatch():
            return f"let {effect.agent.name} no longer watch {_ticket(effect.ticket)}"
        case Record():
            return f"record in the audit log: {effect.who}, by {effect.authority}: {effect.what}"
        case Assign():
            to = f"assign {_ticket(effect.ticket)} to {effect.agent.name if effect.agent else 'nobody'}"
            return f"{to}, team {effect.team}" if effect.team else to
        case MarkReminded():
            drafts = counted(len(effect.drafts), "draft")
            return f"note that an agent is reminded of {drafts}"
        case MarkTold():
            kept = counted(len(effect.ids), "email")
            return f"note that an agent is told of {kept} that were kept"
        case SaveCanned():
            return f"save canned response {effect.name}"
        case DropCanned():
            return f"delete canned response {effect.name}"
        case AddPersonNote():
            return f"add a note about {effect.address}"
        case DropPersonNote():
            return f"remove note {effect.note} about {effect.address}"
        case MarkSummary():
            return f"note that agent {effect.agent} was notified up to {effect.at:%Y-%m-%d %H:%M} UTC"
        case SetLanguage():
            return f"write to agent {effect.agent} in {effect.language or 'the language of the desk'}"
        case SetAway():
            return f"note that agent {effect.agent} is away until {effect.until:%Y-%m-%d %H:%M} UTC"
        case Mail():
            about = f" ({effect.event})" if effect.event else ""
            return f"{_MAILS[effect.kind]} {_who(effect.to)}{about}"
        case SplitOff():
            who = _who(effect.requester)
            return f"open a ticket for {who} with entry {effect.entry} of {_ticket(effect.ticket)}"
        case LinkTickets():
            return f"link {_ticket(effect.ticket)} with {_ticket(effect.other)}"
        case Redact():
            return f"remove the secrets from {_ticket(effect.ticket)} permanently"
        case KeepFinds():
            return f"note in {_ticket(effect.ticket)} what is hidden: {told(effect.finds)}"
        case ClearFind():
            return f"note that find {effect.number} is no secret"
        case UseCode():
            return f"use up a code of agent {effect.agent}"
        case MissCode():
            return f"count a wrong code of agent {effect.agent}"
        case IncidentChange():
            return f"incident in {_ticket(effect.ticket)}: {incident_words(effect)}"
        case Withdraw():
            return f"withdraw the reply in {_ticket(effect.ticket)} that has not been sent yet"
        case ConfirmDraft():
            return f"mark the draft in {_ticket(effect.ticket)} as waiting no more"
        case MarkDelivery():
            return f"mark outgoing mail {effect.outbox_id} as {effect.kind.value}"
        case NotifyAgain():
            return f"resend mail {effect.outbox_id} without its files"
        case MarkAddress():
            if not effect.reason:
                return f"note that {effect.address} can be reached again"
            return f"note that mail to {effect.address} fails: {effect.reason}"
        case MarkSent():
            return f"mark outgoing mail {effect.outbox_id} as sent: it came back"
        case Block():
            return f"block what claims to come from {effect.key}"
        case Unblock():
            return f"no longer block {effect.key}"
        case TripBreaker():
            return "pause automatic email: the desk has reached its hourly limit"
        case AskSurvey():
            how = f"no survey: {effect.skipped}" if effect.skipped else "send the survey"
            return f"{_ticket(effect.ticket)}: {how}"
        case RecordScore():
            return f"save the survey's answer for {_ticket(effect.ticket)}: {effect.score} of 5"
        case RevokeLinks():
            return f"revoke the links to the page of {_ticket(effect.ticket)}"
        case Finish():
            why = f": {effect.reason}" if effect.reason else ""
            return f"done, {_OUTCOMES[effect.outcome]} (rule {effect.rule}){why}"


def incident_words(change: IncidentChange) -> str:
    """Return what is done to an incident."""
    match change:
        case StartIncident():
            return f"start, {change.kind.value}"
        case MarkStep():
            return f"step {change.step} is {change.state.value}"
        case PlaceHold():
            return f"hold {change.address or 'it'}"
        case LiftHold():
            return f"lift hold {change.number}"
        case _:
            return "end"


def _ticket(number: int | None) -> str:
    return "the new ticket" if number is None else f"ticket #{number}"


def _who(address: Address) -> str:
    return f"{address.name} <{address.mailbox}>" if address.name else address.mailbox
