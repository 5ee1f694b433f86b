"""What follows from secrets that somebody wrote, whatever was decided: they are noted, and who did is told.

What is shown hides them anyway (`sensitive.scan.hidden`); this is what people learn of it. Pure.
"""

from collections.abc import Iterable, Iterator, Sequence

from intake.desk.auto_answers import WARNINGS_A_DAY, may_warn
from intake.desk.changes import Changes
from intake.desk.effects import AddEntry, Amend, Assign, Effect, Mail, MailKind, Record
from intake.desk.facts import Facts
from intake.desk.find_effects import KeepFinds
from intake.desk.mails import EXPOSED, alerts
from intake.desk.message import Address
from intake.desk.message_finds import exposing, of_forward
from intake.desk.rule_context import RuleContext, is_participant
from intake.desk.rules.passes import PassContext, before_end
from intake.desk.sensitive.finds import Find, finds_in, place, told
from intake.desk.sensitive.scan import NEVER, find
from intake.desk.survey_effects import RecordScore
from intake.desk.text.said import said
from intake.desk.ticket import DESK, URGENT, Agent, EntryKind, Ticket
from intake.desk.triage.engine import SECURITY, raised

# So many lines of a history tell of one message.
_MOST_TOLD = 5
_AUTHORITY = "detector"
# What an agent is told of a secret in their answer; what of one that waits.
SENT_HIDDEN = said(
    "Your reply contained a secret (recovery phrase, private key or the like). It was sent with the secret "
    "hidden: never send one back, not even to its owner."
)
WILL_BE_HIDDEN = said(
    "The secret in it (recovery phrase, private key or the like) will be hidden: never send one back, not "
    "even to its owner."
)


def exposed(effects: list[Effect], context: PassContext) -> tuple[list[Effect], str]:
    """Secrets are noted in their ticket, whoever wrote them; their owner is warned, and an agent told."""
    made: list[Effect] = []
    added: list[Effect] = []
    every: list[Find] = []
    in_files = context.facts.finds
    for effect in effects:
        made.append(effect)
        if isinstance(effect, RecordScore):
            added += _of_comment(effect, context)
        if isinstance(effect, AddEntry) and effect.kind is not EntryKind.EVENT:
            finds = _of_entry(effect, context)
            if effect.from_message:
                # Of an agent's mail that becomes two entries its files stand with the first.
                finds, in_files = tuple(dict.fromkeys((*finds, *in_files))), ()
            every += finds
            if finds:
                # The rows stand behind the entry they are of, what people read at the end.
                kept, *lines = noted(effect.ticket, finds)
                made.append(kept)
                added += lines
    if context.message is not None and exposing(every):
        added += _warned(effects, context)
    added += _agent_told(effects, context.facts)
    if not added:
        return effects, ""
    return before_end(made, added), told(every)


def found(
    ticket: Ticket,
    finds: Sequence[Find],
    facts: Facts,
    key: str,
    message: int | None = None,
    author: Address | None = None,
    team: str = "",
) -> list[Effect]:
    """Return what follows from secrets that were found in a ticket later, such as in a file of `message`.

    `key` is that of the message (`RuleContext.key`): its `author` is warned of it once, where it is known who
    that is (else None). `facts` has what they were sent (`Traffic.for_requester`) and `warned_last_day`.
    `team` is the security team, which gets a ticket that nobody has.
    """
    if not finds:
        return []
    effects = noted(ticket.id, finds, message)
    if not exposing(finds):
        return effects
    changes: Changes = {"category": SECURITY, "priority": raised(ticket.priority, URGENT)}
    if SECURITY not in ticket.tags:
        changes["tags"] = (*ticket.tags, SECURITY)
    effects.append(Amend(ticket.id, changes))
    if team and ticket.assignee is None and ticket.team != team:
        effects.append(Assign(ticket.id, None, team))
    if author and facts.warned_last_day < WARNINGS_A_DAY and not facts.failed:
        effects.append(_warning(ticket.id, author, key))
    return effects


def _of_entry(effect: AddEntry, context: PassContext) -> tuple[Find, ...]:
    """Return the secrets in what becomes an entry: of a customer's message also those around its text."""
    message, envelope = context.message, context.envelope
    customers = effect.kind in (EntryKind.CUSTOMER, EntryKind.AUTOMATIC) and effect.from_message
    if not customers or message is None or envelope is None:
        return finds_in(effect.text, "text")
    case = RuleContext(message, envelope, context.facts, context.policy)
    # A customer's mail with another within is theirs; one that an agent passes on is its author's.
    if message.forward is None or effect.author.key == case.sender.key:
        return case.finds
    return (*of_forward(message.forward, effect.text), *context.facts.finds)


def _of_comment(effect: RecordScore, context: PassContext) -> list[Effect]:
    """Return what follows from secrets in a survey's comment, whose author has a link that only they got."""
    ticket = context.facts.known().get(effect.ticket)
    finds = finds_in(effect.comment, "survey") if ticket else ()
    key = f"survey:{effect.ticket}:{effect.closing}"
    team = context.policy.triage.security_team
    return found(ticket, finds, context.facts, key, author=ticket.requester, team=team) if ticket else []


def noted(
    ticket: int | None, finds: Sequence[Find], message: int | None = None, entry: int | None = None
) -> list[Effect]:
    """Return the effects of writing down finds: the rows, lines of the history, the audit. Nobody is told."""
    record = Record("Intake", _AUTHORITY, f"hidden: {told(finds)}", ticket)
    return [KeepFinds(ticket, tuple(finds), message, entry), *_lines(ticket, finds), record]


def _lines(ticket: int | None, finds: Iterable[Find]) -> Iterator[AddEntry]:
    """Yield what the history says of finds: kind, place and how many words; never the value."""
    several = dict.fromkeys((find.kind, find.words, place(find.part)) for find in finds)
    for kind, words, where in list(several)[:_MOST_TOLD]:
        text = f"hidden {where}: {kind}, {words} words" if words else f"hidden {where}: {kind}"
        yield AddEntry(ticket, EntryKind.EVENT, DESK, text)


def _agent_told(effects: Sequence[Effect], facts: Facts) -> list[Effect]:
    """Return the mail that tells an agent that their answer, or question to a partner, went out without what
    it should not hold."""
    owed = (
        effect for effect in effects if isinstance(effect, Mail) and effect.kind.by_agent and effect.agent
    )
    mail = next((mail for mail in owed if any(secret.kind in NEVER for secret in find(mail.text))), None)
    if mail is None or mail.agent is None:
        return []
    return alerts(mail.ticket, [mail.agent], SENT_HIDDEN, f"hidden:{_key(mail.agent, facts)}")


def _key(agent: Agent, facts: Facts) -> str:
    return f"{agent.id}:{facts.now.isoformat()}"


def _warned(effects: Sequence[Effect], context: PassContext) -> list[Effect]:
    """Return the warning to the author of a message, where no acknowledgement holds it."""
    customers = next(
        (
            effect
            for effect in effects
            if isinstance(effect, AddEntry) and effect.kind is EntryKind.CUSTOMER and effect.from_message
        ),
        None,
    )
    if customers is None or context.message is None or context.envelope is None:
        return []
    case = RuleContext(context.message, context.envelope, context.facts, context.policy)
    if not may_have_token(case, customers.ticket):
        return []
    told_already = any(isinstance(effect, Mail) and effect.event == EXPOSED for effect in effects)
    if told_already or customers.author.key != case.sender.key or may_warn(case):
        return []
    return [_warning(customers.ticket, case.sender, case.key)]


def may_have_token(case: RuleContext, ticket: int | None) -> bool:
    """Whether the author of a message may get a mail whose answers lead into its ticket: it is theirs."""
    there = case.facts.known().get(ticket) if ticket is not None else None
    return ticket is None or (there is not None and is_participant(case.sender, there))


def _warning(ticket: int | None, to: Address, key: str) -> Mail:
    return Mail(MailKind.WARNING, ticket, to, f"warn:{key}", quote_subject=False)
