"""The policy: ONE ordered table of rules, of which the first that answers decides, and ONE of passes.

A rule gets the case (message, envelope, facts, policy) and returns the list of
effects, or None for "not mine". Whatever is decided, by a rule or without a message, then goes
through every pass. Reading RULES and PASSES is reading the policy.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from intake.desk import budgets, form_origin, phishing, surveys
from intake.desk.auto_answers import may_answer, may_quote
from intake.desk.effects import (
    AddEntry,
    AddParticipant,
    Amend,
    Effect,
    Finish,
    Mail,
    MailKind,
    OpenTicket,
    Outcome,
    SetStatus,
)
from intake.desk.facts import Facts
from intake.desk.lifecycle import REOPENED
from intake.desk.mails import EXPOSED, status_mail
from intake.desk.message import Address, Envelope, Message
from intake.desk.message_finds import exposing
from intake.desk.policy import Policy
from intake.desk.rule_context import (
    MARKED,
    REFUTED,
    UNPROVEN,
    RuleContext,
    alive,
    entry,
    followed,
    is_participant,
    language,
    notices,
    too_old,
)
from intake.desk.rules.agents import agent_reply, confirmed_draft, unproven_agent
from intake.desk.rules.braking import pull_brake
from intake.desk.rules.command_address import command_mail
from intake.desk.rules.copies import list_copy
from intake.desk.rules.delivery_reports import delivery_report
from intake.desk.rules.direct import answered_directly, beside_others, not_counted
from intake.desk.rules.exposing import exposed
from intake.desk.rules.floods import digest, flood
from intake.desk.rules.forwards import forwarded
from intake.desk.rules.guarding import guarding
from intake.desk.rules.kept import blocked, held, shut
from intake.desk.rules.leads import lead_reply
from intake.desk.rules.notifications import agent_away
from intake.desk.rules.oversize import oversize
from intake.desk.rules.own_mail import own_mail
from intake.desk.rules.partners import partner_reply
from intake.desk.rules.passes import (
    Pass,
    PassContext,
    arrange,
    colleagues,
    deadlines,
    hold,
    revive,
    silence,
)
from intake.desk.rules.reactions import reaction
from intake.desk.rules.retriage import answered, telling, told
from intake.desk.rules.spam import quieted, spam_thread
from intake.desk.rules.thanks import thanks
from intake.desk.rules.withholding import malware, withhold
from intake.desk.survey_effects import RecordScore
from intake.desk.text.said import said
from intake.desk.ticket import DESK, EntryKind, Status, Ticket
from intake.desk.tokens import Purpose, Token

Rule = Callable[[RuleContext], list[Effect] | None]


def duplicate(case: RuleContext) -> list[Effect] | None:
    """The same email again, through another mailbox or after a retry, changes nothing."""
    if case.facts.duplicate_of is None:
        return None
    reason = f"the same email as message {case.facts.duplicate_of}"
    return [
        Finish(
            Outcome.DUPLICATE,
            case.facts.duplicate_ticket,
            "duplicate",
            reason,
            case.facts.duplicate_of,
        )
    ]


def machine(case: RuleContext) -> list[Effect] | None:
    """An automatic email is kept, in its ticket if it has one; nobody is notified and nothing is answered.

    One that a triage rule lets in goes on as a person's would, and still gets no automatic answer.
    """
    if not case.message.automatic or case.let_in:
        return None
    hit = case.found()
    if hit is None:
        return [Finish(Outcome.AUTOMATIC, None, "machine", case.message.automatic)]
    ticket = hit[0].ticket
    return [
        entry(case, ticket.id, EntryKind.AUTOMATIC),
        Finish(Outcome.AUTOMATIC, ticket.id, "machine", case.message.automatic),
    ]


def survey_answer(case: RuleContext) -> list[Effect] | None:
    """A number in reply to a survey is a score; the rest of the email is processed as usual."""
    token, match = case.facts.token, case.facts.by_token
    if token is None or match is None or case.facts.refuted or not _rates(case, token, match.ticket):
        return None
    answer = surveys.read_score(case.message.new_text)
    if answer is None:
        return None
    score, remark, rest = answer
    more = bool(rest or case.message.attachments)
    effects = surveys.answered(
        match.ticket,
        token.person,
        surveys.Answer(score, remark),
        case.tell(match),
        case.policy,
        case.key,
        from_message=not more,
    )
    # The closing that was asked about is that of the ticket as it was called then.
    effects = [
        replace(effect, ticket=token.ticket) if isinstance(effect, RecordScore) else effect
        for effect in effects
    ]
    if more:
        below = replace(case, message=replace(case.message, new_text=rest, pieces=()))
        return [*effects, *(thanks(below) or follow_up(below) or new_ticket(below))]
    # Thanks go to the requester: only their own answer counts against their limit.
    if effects and is_participant(case.sender, match.ticket) and may_answer(case) == "":
        effects.append(status_mail(match.ticket, "thanks", case.key))
    return [*effects, Finish(Outcome.APPENDED, match.ticket.id, "survey_answer", f"{score} of 5")]


def _rates(case: RuleContext, token: Token, ticket: Ticket) -> bool:
    """Whether a number is a score: of who got the survey, or of one of the ticket's own people who quotes it,
    and for whom our server vouches."""
    if token.purpose is Purpose.SCORE:
        return case.facts.verified and is_participant(case.sender, ticket)
    return token.purpose is Purpose.SURVEY


def follow_up(case: RuleContext) -> list[Effect] | None:
    """A reply goes to its ticket, reopens it if need be, and the ticket's agents are notified."""
    hit = case.found()
    if hit is None:
        return None
    there, how = hit
    if too_old(there.ticket, case):
        later = case.facts.successor
        if later is None or too_old(later.ticket, case):
            return None
        there, how = later, f"{how}; it replaced #{there.ticket.id}"
    ticket = there.ticket
    effects: list[Effect] = [*alive(case), entry(case, ticket.id, EntryKind.CUSTOMER)]
    if ticket.status is not Status.NEW and not case.envelope.archive:
        effects.append(SetStatus(ticket.id, Status.OPEN))
        if ticket.status is Status.CLOSED:
            effects.append(AddEntry(ticket.id, EntryKind.EVENT, DESK, f"{REOPENED}: a new message came in"))
    if ticket.snoozed_until is not None:
        effects.append(Amend(ticket.id, {"snoozed_until": None}))
    made, more = answered(case, ticket)
    effects += more
    if not case.envelope.archive:
        stranger = not is_participant(case.sender, ticket)
        if budgets.flood_of_answers(case.facts, case.policy):
            text = said(
                "{address} writes so often that you will not be notified of each email.",
                address=case.sender.mailbox,
            )
            effects += digest(case, there, ticket.id, text)
        else:
            event = "reopened" if ticket.status is Status.CLOSED else "answer"
            told_now = telling(case, case.tell(there), made)
            effects += notices(case, told_now, ticket.id, stranger, event, case.caution)
        if ticket.status is Status.CLOSED and not stranger:
            if may_answer(case) == "":
                effects.append(status_mail(ticket, "reopened", case.key))
            effects += pull_brake(case, ticket.id)
    how = f"found by {how}; {_DOUBTS[case.caution]}" if case.caution else f"found by {how}"
    if case.message.automatic:
        how += f"; automatic email allowed by rule {case.let_in}"
    return [*effects, Finish(Outcome.APPENDED, ticket.id, "follow_up", told(how, made))]


_DOUBTS = {
    UNPROVEN: "its sender is unverified",
    MARKED: "our own mail server marked it as spam",
    REFUTED: "our own mail server found its sender forged",
}


def new_ticket(case: RuleContext) -> list[Effect]:
    """Everything else opens a ticket: its requester gets an acknowledgement and the team is notified."""
    message, facts = case.message, case.facts
    led = case.threaded() or case.named()
    related = led[0].ticket.id if led else None
    archive = case.envelope.archive
    made = case.triaged() if case.exempt else phishing.triaged(case.triaged(), message, case.policy)
    effects: list[Effect] = [
        *alive(case),
        OpenTicket(
            message.subject,
            case.requester,
            language(case, message.language, facts.reads),
            case.mailbox.name,
            made.team or case.mailbox.team,
            case.envelope.channel,
            Status.CLOSED if archive else Status.NEW,
            related,
            priority=made.priority,
            category=made.category,
            tags=made.tags,
            fields=made.fields,
            quiet="quiet" in made.handling or bool(message.automatic),
        ),
        entry(case, None, EntryKind.CUSTOMER),
        *_joins(followed(case)),
        *not_counted(case),
    ]
    why_not = may_answer(case) or _named(case) or beside_others(case)
    if "quiet" in made.handling:
        why_not = why_not or f"rule {made.handling['quiet']} says so"
    if case.spam and case.answers:
        # Agents are told of a late answer; of other spam `quieted` remembers what is owed.
        why_not = why_not or _DOUBTS[MARKED]
    if not why_not:
        effects.append(
            Mail(
                MailKind.ACKNOWLEDGEMENT,
                None,
                case.sender,
                f"ack:{case.key}",
                event=EXPOSED if exposing(case.finds) else "",
                quote_subject=may_quote(case),
            )
        )
    if not archive:
        # Anybody may write about something new; a message that only names a ticket is marked as doubtful.
        doubt = _doubt(case, related)
        effects += notices(case, case.of_team(made.team), None, stranger=False, event="new", doubt=doubt)
        effects += pull_brake(case, None)
    reason = "no matching ticket" if related is None else f"possibly related to #{related}"
    if _doubt(case, related):
        reason += f"; {_DOUBTS[_doubt(case, related)]}"
    if why_not:
        reason += f"; not acknowledged: {why_not}"
    end = Finish(Outcome.TICKETED, None, "new_ticket", told(reason, made))
    return shut([*effects, end], made.handling["close"]) if "close" in made.handling else [*effects, end]


def _doubt(case: RuleContext, related: int | None) -> str:
    """Return what the agents who read of a new ticket are warned of, "" for nothing."""
    if case.answers:
        return case.caution
    return case.doubt if related is not None or case.facts.refuted else ""


def _joins(address: Address | None) -> list[Effect]:
    """Return the effects of answering also where the author of a new ticket asks for it."""
    if address is None:
        return []
    text = f"{address.mailbox} added: the verified author asks for replies there"
    return [AddParticipant(None, address), AddEntry(None, EntryKind.EVENT, DESK, text)]


def spam(case: RuleContext) -> list[Effect] | None:
    """What our own mail server marked as spam is kept silently; what is new opens a ticket in state spam.

    Not so a late answer to a ticket that is closed for good: it came by a reply token.
    """
    return quieted(new_ticket(case), case) if case.spam and not case.answers else None


def _named(case: RuleContext) -> str:
    """Return why an email that names a ticket of its sender, and opens another, is not acknowledged.

    It is an answer, if they wrote it, and answers are not acknowledged: two desks, or a desk and an
    answering machine, would go on for ever.
    """
    named = case.named()
    if named is None or case.envelope.channel in form_origin.CHANNELS:
        return ""
    ticket = named[0].ticket
    if not is_participant(case.sender, ticket):
        return ""
    return f"it names #{ticket.id}, but its sender is unverified"


RULES: tuple[Rule, ...] = (
    duplicate,
    oversize,
    partner_reply,
    delivery_report,
    own_mail,
    blocked,
    reaction,
    agent_away,
    machine,
    command_mail,
    agent_reply,
    confirmed_draft,
    unproven_agent,
    lead_reply,
    survey_answer,
    list_copy,
    spam_thread,
    thanks,
    follow_up,
    forwarded,
    answered_directly,
    held,
    spam,
    flood,
    new_ticket,
)


# After a rule has decided, in this order. The guard sees what is left of an agent's words; no pass behind it
# adds mail that an agent wrote.
PASSES: tuple[Pass, ...] = (
    exposed,
    malware,
    withhold,
    silence,
    guarding,
    revive,
    arrange,
    deadlines,
    hold,
    colleagues,
)


def decide(message: Message, envelope: Envelope, facts: Facts, policy: Policy) -> list[Effect]:
    """Return the effects of a message; the last one is always its Finish, whose reason
    also says what the passes did."""
    effects = decided(RuleContext(message, envelope, facts, policy))
    return conclude(effects, PassContext(facts, policy, message, envelope))


def decided(case: RuleContext) -> list[Effect]:
    """Return what the first rule that answers decides, without what the passes make of it."""
    return next(made for rule in RULES if (made := rule(case)) is not None)


def conclude(effects: Sequence[Effect], context: PassContext) -> list[Effect]:
    """Return effects as they are after all passes. To be called for whatever is decided without a message;
    `facts` then holds the tickets that are changed."""
    made, said = list(effects), ""
    for step in PASSES:
        made, note = step(made, context)
        said += f"; {step.__name__}: {note}" if note else ""
    if not said:
        return made
    return [
        replace(effect, reason=effect.reason + said) if isinstance(effect, Finish) else effect
        for effect in made
    ]
