"""The guard over what agents send: a pass, so that no rule and no command can forget it.

What it finds in a planned mail makes of the answer a draft, that its agent or a second person confirms, or
that nobody can; of what no message asked for, `Held` is raised. See docs/security.md#the-guard.
"""

from collections.abc import Sequence
from dataclasses import replace

from intake.desk.coded import coded
from intake.desk.draft_effects import CONFIRM, SECOND, WAITS, ConfirmDraft
from intake.desk.effects import (
    AddEntry,
    Effect,
    Finish,
    Mail,
    MailKind,
    OpenTicket,
    Outcome,
    Redact,
    SetStatus,
)
from intake.desk.facts import Draft, TicketMatch
from intake.desk.guard.own import own_hosts
from intake.desk.guard.policy import ALONE_SECONDS, Need, marked
from intake.desk.guard.seen import covers, sealed
from intake.desk.guard.verdict import Finding, Known, Verdict, Words, judge
from intake.desk.mails import alerts
from intake.desk.message import Address
from intake.desk.rule_context import RuleContext
from intake.desk.rules import carried, drafts
from intake.desk.rules.agents import agent_reply
from intake.desk.rules.answers_to_us import CONFIRMED, MAX_SHOWN, by_another
from intake.desk.rules.drafting import drafted
from intake.desk.rules.exposing import SENT_HIDDEN, WILL_BE_HIDDEN
from intake.desk.rules.passes import PassContext, before_end
from intake.desk.rules.second_person import others, second_person
from intake.desk.rules.shown_words import brings, showing_what_leaves, with_files
from intake.desk.sensitive.scan import excerpt
from intake.desk.text.said import joined, said
from intake.desk.ticket import NO_TICKET, Agent, EntryKind

_MOST_ASKED = 5
_CHANGED = said(
    "What would leave is no longer what was asked about: a canned response or an article in it was changed, "
    "or what the desk knows of an address."
)


class Held(Exception):
    """What no message asked for must not leave as it is; its verdict says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.why)
        self.verdict = verdict


def guarding(effects: list[Effect], context: PassContext) -> tuple[list[Effect], str]:
    """What agents write leaves only if nothing in it needs a confirmation; see `intake.desk.guard`.

    Raises Held where no message asked for it.
    """
    case = _case(context)
    owed = _owed(effects)
    removing = redacting(effects, context) if case is not None else ()
    carries = bool(owed) or carried.changed(effects) is not None
    if not carries and not removing:
        return _drafted(effects, case) if case is not None else (effects, "")
    judged = _judged(effects, context).findings if carries else ()
    verdict = Verdict((*judged, *removing))
    if _changed(effects, context, owed, verdict):
        assert case is not None
        return _not_let_out(effects, case, _author(owed), _CHANGED), "held: not what was asked about"
    if verdict.need <= _released(effects, context):
        note = f"confirmed: {verdict.names}" if verdict.findings else ""
        return effects, note
    alone = bool(owed) and verdict.need is Need.TWO and not others(context.facts, _author(owed))
    if alone:
        return _waiting(effects, owed, context, verdict), f"waits: {verdict.names}"
    if case is None:
        raise Held(verdict)
    agent = _author(owed) or _acting(context) or context.facts.agent
    number = owed[0].ticket if owed else redacted_in(effects) or carried.changed(effects)
    return _held(effects, agent, number, case, verdict), f"held: {verdict.names}"


def redacted_in(effects: Sequence[Effect]) -> int | None:
    """Return the ticket from which effects take something out for good, None for none."""
    return next((effect.ticket for effect in effects if isinstance(effect, Redact)), None)


def redacting(effects: Sequence[Effect], context: PassContext | RuleContext) -> tuple[Finding, ...]:
    """Return what a redaction by mail needs: a second person, or where nobody else has a second factor, a
    code of the agent's own. Nothing at a desk where nobody has one."""
    agent = _acting(context)
    if redacted_in(effects) is None or agent is None or not any(each.factor for each in context.facts.agents):
        return ()
    need = Need.TWO if others(context.facts, agent) else Need.CONFIRM if agent.factor else Need.NOTHING
    why = said("It removes something from the ticket for good.")
    return (Finding("redact", need, why),) if need else ()


def _acting(context: PassContext | RuleContext) -> Agent | None:
    """Return the agent whose commands are obeyed: the draft's that is confirmed, or the token's."""
    facts = context.facts
    return facts.draft.agent if facts.draft is not None else facts.token_agent


def _case(context: PassContext) -> RuleContext | None:
    if context.message is None or context.envelope is None:
        return None
    return RuleContext(context.message, context.envelope, context.facts, context.policy)


def _owed(effects: Sequence[Effect]) -> list[Mail]:
    return [effect for effect in effects if isinstance(effect, Mail) and effect.kind.by_agent]


def _author(owed: Sequence[Mail]) -> Agent | None:
    return next((mail.agent for mail in owed if mail.agent is not None), None)


def _judged(effects: Sequence[Effect], context: PassContext | RuleContext) -> Verdict:
    facts, owed = context.facts, _owed(effects)
    inside = {agent.address.lower() for agent in facts.agents} | {mail.to.key for mail in owed}
    for ticket in facts.known().values():
        inside |= {ticket.requester.key, *(person.lower() for person in ticket.participants)}
    known = Known(facts.heard, facts.approved, frozenset(inside))
    # A question to a partner and an answer may differ; mails of one answer do not.
    texts = dict.fromkeys((mail.text, mail.html, mail.attachments) for mail in owed) or {("", "", ()): None}
    guard = own_hosts(context.policy)
    subjects = carried.subjects(effects, {ticket.subject for ticket in facts.known().values()})
    every = [judge(Words(*each, subjects), known, guard) for each in texts]
    made = [finding for verdict in every for finding in verdict.findings]
    # At the keyboard an admin lets in whom they want.
    if context.message is not None:
        made += carried.outsiders(effects, facts, guard)
    return Verdict(tuple(dict.fromkeys(made)))


def _released(effects: Sequence[Effect], context: PassContext) -> Need:
    """Return what was confirmed already: by the yes to a draft, or at the keyboard."""
    if context.message is None:
        return context.facts.released
    draft = context.facts.draft
    if draft is None or not _confirmed(effects):
        return Need.NOTHING
    case = _case(context)
    # Where there is nobody else, its agent's own yes is theirs alone.
    alone = case is None or second_person(case, draft) is None
    return min(draft.guard, Need.CONFIRM) if alone else draft.guard


def _confirmed(effects: Sequence[Effect]) -> bool:
    return any(isinstance(effect, Finish) and effect.rule == CONFIRMED for effect in effects)


def _changed(effects: Sequence[Effect], context: PassContext, owed: Sequence[Mail], verdict: Verdict) -> bool:
    """Whether a yes would let out another thing than what was asked about."""
    draft = context.facts.draft
    if context.message is None or draft is None or not draft.seen or not owed or not _confirmed(effects):
        return False
    return not covers(draft.seen, sealed(owed, verdict.findings))


def _held(
    effects: list[Effect], agent: Agent | None, number: int | None, case: RuleContext, verdict: Verdict
) -> list[Effect]:
    """Return the effects of an answer that does not leave: a draft, or words to its agent."""
    assert agent is not None
    if _confirmed(effects):
        return _not_let_out(effects, case, agent, verdict.why)
    if number is None:
        return _unopened(effects, case, agent, verdict)
    match = _match(case, number)
    assert match is not None
    why = verdict.why
    made = drafted(case, match, agent, why, confirm=verdict.asks, mistake=False)
    # A better text takes the place of its draft, held or not.
    before = [effect for effect in effects if isinstance(effect, ConfirmDraft)] if verdict.asks else []
    return _asking([*before, *made], case, agent, verdict, _owed(effects))


def _not_let_out(effects: Sequence[Effect], case: RuleContext, agent: Agent | None, why: str) -> list[Effect]:
    """Return the effects of a yes that is not worth enough: the draft stays, and its agent is told why, and
    who said yes."""
    end = next(effect for effect in effects if isinstance(effect, Finish))
    text = joined([said("The draft was not sent."), why])
    mine = joined([text, said("Write it again as a new reply.")])
    mails = alerts(end.ticket, (agent,) if agent is not None else (), mine, case.key)
    who = case.facts.agent
    if who is not None and (agent is None or who.id != agent.id):
        mails += alerts(end.ticket, (who,), text, case.key)
    return [*mails, Finish(Outcome.COMMAND, end.ticket, CONFIRMED, f"not sent: {why}")]


def _unopened(effects: Sequence[Effect], case: RuleContext, agent: Agent, verdict: Verdict) -> list[Effect]:
    """Return the effects of `#new`: the ticket is opened, and its first email is a draft in it."""
    text = joined([said("The ticket is open, but your text was kept as a draft and not sent."), verdict.why])
    shown = excerpt(case.message.new_text.strip(), MAX_SHOWN)
    asks = verdict.asks
    made: list[Effect] = []
    for effect in effects:
        if isinstance(effect, AddEntry) and effect.kind is EntryKind.REPLY:
            effect = replace(effect, kind=EntryKind.DRAFT)
        if isinstance(effect, Finish):
            ask = alerts(None, (agent,), text, case.key)
            event = CONFIRM if asks else ""
            made += [replace(mail, event=event, quoted=shown) for mail in ask if isinstance(mail, Mail)]
            effect = replace(effect, why_kept=text)
        if not isinstance(effect, Mail | SetStatus) or isinstance(effect, OpenTicket):
            made.append(effect)
    return _asking(made, case, agent, verdict, _owed(effects))


def _drafted(effects: list[Effect], case: RuleContext) -> tuple[list[Effect], str]:
    """What the guard would ask about a draft is asked with it: its yes must be worth that."""
    entry = next((each for each in effects if isinstance(each, AddEntry) and _asked(each)), None)
    asks = any(isinstance(effect, Mail) and effect.event == CONFIRM for effect in effects)
    agent = next((each for each in case.facts.agents if entry is not None and each.id == entry.agent), None)
    match = _match(case, entry.ticket) if entry is not None else None
    if not asks or agent is None or match is None:
        return effects, ""
    # Looked through as its yes will send it: each doubt that is asked about is answered then.
    asked = next((effect.rule for effect in effects if isinstance(effect, Finish)), "")
    draft = Draft(0, agent, case.sender.key, True, case.message, asked)
    looked = replace(case.facts.looked, written=None)
    facts = replace(case.facts, by_token=match, draft=draft, leak="", overtaken=None, looked=looked)
    proof = "their own confirmation"
    alike = drafts.as_proven(replace(case, facts=facts), draft, case.message, agent, match.ticket.id, proof)
    answer = agent_reply(alike) or []
    verdict, owed = _judged(answer, case), _owed(answer)
    if verdict.need is Need.NOTHING and not (owed and brings(case.message)):
        return effects, ""
    made = [
        replace(effect, text=joined([effect.text, verdict.why]))
        if isinstance(effect, Mail) and effect.event == CONFIRM
        else effect
        for effect in effects
    ]
    if verdict.need is Need.REFUSED:
        made = [replace(each, event="") if isinstance(each, Mail) else each for each in made]
    return _asking(made, case, agent, verdict, owed), f"draft: {verdict.names}" if verdict.names else ""


def _asked(entry: AddEntry) -> bool:
    return entry.kind is EntryKind.DRAFT and entry.from_message and entry.agent is not None


def _match(case: RuleContext, number: int | None) -> TicketMatch | None:
    matches = case.facts.tickets()
    return next((match for match in matches if match.ticket.id == number), case.facts.by_token)


def _asking(
    effects: Sequence[Effect], case: RuleContext, agent: Agent, verdict: Verdict, owed: Sequence[Mail]
) -> list[Effect]:
    """Return a draft's effects with the question put to those whose yes counts, and that written down, with
    what they are asked about: the mails that are `owed` once it is confirmed."""
    seen = sealed(owed, verdict.findings) if owed and verdict.asks else ""
    second = others(case.facts, agent, case.sender.key)[:_MOST_ASKED] if verdict.need is Need.TWO else []
    made: list[Effect] = []
    for effect in effects:
        if isinstance(effect, Finish):
            effect = replace(effect, rule=marked(effect.rule, verdict.need, seen))
        if isinstance(effect, Mail) and effect.event == CONFIRM:
            effect = showing_what_leaves(effect, case.message, owed)
        if isinstance(effect, Mail) and effect.event == CONFIRM and not second:
            effect = coded(effect, verdict.need)
        if isinstance(effect, Mail) and effect.event == CONFIRM and second:
            made += _to_second(with_files(effect, owed), agent, second, verdict)
            names = ", ".join(other.name or other.address for other in second)
            asked = said("Another agent must confirm it; {names} were asked.", names=names)
            effect = replace(effect, event=WAITS, text=joined([effect.text, asked]))
        made.append(effect)
    return made


def _to_second(question: Mail, agent: Agent, second: Sequence[Agent], verdict: Verdict) -> list[Effect]:
    text = by_another(agent, verdict.why)
    like = replace(question, text=text, event=SECOND)
    made = (
        replace(like, to=other.as_address, agent=other, dedupe=f"{question.dedupe}:second:{other.id}")
        for other in second
    )
    return [coded(mail, verdict.need) for mail in made]


def _waiting(
    effects: Sequence[Effect], owed: Sequence[Mail], context: PassContext, verdict: Verdict
) -> list[Effect]:
    """Return the effects of an answer at a desk without a second person: it waits, and everybody is told."""
    agent, number = _author(owed), owed[0].ticket
    text = joined(
        [
            said("Your reply waits for 24 hours, for there is no second person to confirm it."),
            verdict.why,
            said("Until then #undo takes it back."),
        ]
    )
    key = owed[0].dedupe
    # Nothing is sent yet: one mail says all.
    sent = [effect for effect in effects if isinstance(effect, Mail) and effect.text == SENT_HIDDEN]
    theirs = joined([text, WILL_BE_HIDDEN]) if sent else text
    mails = alerts(number, (agent,) if agent is not None else (), theirs, f"{key}:waits")
    if context.policy.admin and (agent is None or agent.address.lower() != context.policy.admin.lower()):
        to = Address(context.policy.admin)
        mails.append(Mail(MailKind.ALERT, number or NO_TICKET, to, f"alert:{key}:waits:admin", text=text))
    made = [
        replace(effect, hold=ALONE_SECONDS) if isinstance(effect, Mail) and effect in owed else effect
        for effect in effects
        if effect not in sent
    ]
    return before_end(made, mails)
