"""An agent's verified email: its commands are carried out, and its text goes where they say."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from intake.desk import partners
from intake.desk.commands import canned, canned_keeping, merged
from intake.desk.commands import execute as commands
from intake.desk.commands.execute import Obeyed, with_canned
from intake.desk.commands.grammar import CommandContext, CommandScope, ParsedCommand, Refused, begins, tidy
from intake.desk.commands.participants import first_mail, own
from intake.desk.commands.strays import stray
from intake.desk.commands.table import NAMES
from intake.desk.effects import Effect, Mail, MailKind, Record
from intake.desk.facts import LanguagePreference, TicketMatch
from intake.desk.lifecycle import note_told
from intake.desk.lookup import LookupRequest
from intake.desk.mails import alerts, to_each
from intake.desk.message import Address, Message
from intake.desk.naming import named
from intake.desk.question_notices import question_told
from intake.desk.rule_context import RuleContext, entry
from intake.desk.rule_context import language as written_in
from intake.desk.sensitive.scan import excerpt
from intake.desk.text.language import detect
from intake.desk.text.said import joined, said
from intake.desk.text.subject_prefixes import unprefixed
from intake.desk.ticket import NO_TICKET, Agent, EntryKind, Ticket, no_ticket
from intake.desk.tokens import Purpose, Token

Relay = Callable[[str, Ticket, Agent, str, Message], list[Effect]]

MAX_SUBJECT = 200
# What programs begin a quoted line with.
QUOTES = ">＞"


def read(message: Message, token: Token) -> ParsedCommand:
    """Return what an agent's email asks for; to the command address, also in the subject."""
    if token.purpose is not Purpose.COMMAND:
        asked = commands.read(message.new_text, below=message.forward is None)
        # A command in the subject of a reply is meant as one, but is not carried out there.
        subject = unprefixed(tidy(message.subject))
        if not asked.note and adds_nothing(asked.text):
            asked = replace(asked, text="")
        asked = replace(asked, stray=asked.stray or stray(subject, NAMES, within=False))
        return _inside(asked, message) if token.note else asked
    asked = commands.read(message.new_text, CommandScope.DESK)
    if not asked.commands and not asked.problem and begins(tidy(message.subject)):
        asked = commands.read(f"{message.subject}\n{message.new_text}", CommandScope.DESK)
    return asked


def _inside(asked: ParsedCommand, message: Message) -> ParsedCommand:
    """Return what is asked for in a reply to a colleague's question: its words are a note, unless it says
    that they are not."""
    writes = asked.text.strip() or message.attachments or canned.sends(asked)
    if asked.reply or asked.problem or canned.keeps(asked) or partners.of(asked):
        return asked
    return replace(asked, note=asked.note or bool(writes))


def adds_nothing(text: str) -> bool:
    """Whether a reply is nothing but a quote or a signature, which stay where nothing else was written."""
    lines = [stripped for line in text.splitlines() if (stripped := line.strip())]
    return bool(lines) and (lines[0] == "--" or all(line[0] in QUOTES for line in lines))


def wanted(message: Message, token: Token | None) -> LookupRequest | None:
    """Return what must be looked up before deciding on this email; None if it is not an agent's."""
    if token is None or token.purpose not in (Purpose.AGENT, Purpose.COMMAND, Purpose.CONFIRM):
        return None
    return commands.wanted(read(message, token))


def authority(case: RuleContext) -> str:
    """Return how an agent's email was verified, for the audit log."""
    return f"reply token, {case.facts.proof}" if case.facts.proof else "reply token"


def obeyed(case: RuleContext, match: TicketMatch, agent: Agent, asked: ParsedCommand, relay: Relay) -> Obeyed:
    """Return the result of a reply in a ticket: the commands' effects, the text as a reply or a note."""
    message, ticket = case.message, match.ticket
    if [command.name for command in asked.commands] == ["undo"]:
        # The reply that is taken back is one of the ticket that it was written in.
        ticket = merged.home(match)
    scene = _scene(case, ticket, agent, match.team or case.facts.team)
    keeps = canned.keeps(asked)
    partner = partners.of(asked)
    wrong = canned_keeping.apart(asked) or partners.apart(asked)
    if wrong:
        return Obeyed(problem=wrong)
    try:
        text = with_canned(scene, asked)
    except Refused as err:
        sending = next(command for command in asked.commands if command.name in ("canned", "faq"))
        return Obeyed(problem=commands.not_done(sending, err))
    empty = asked.note and not text.strip() and not message.attachments
    wrong = _no_note(asked, empty)
    if wrong:
        return Obeyed(problem=wrong)
    writes = not keeps and (bool(text.strip()) or (bool(message.attachments) and not asked.commands))
    public = writes and not (asked.note or partner)
    scene = replace(scene, text=text, public=public)
    how = authority(case)

    def post(now: Ticket) -> list[Effect]:
        if partner:
            files, working = message.attachments, match.involved
            return [
                *partners.question(case.key, now, agent, partner, text, message),
                *question_told(now, agent, partner, text, case.key, files, working),
            ]
        who = Record(_name(agent), how, "note" if asked.note else "reply", now.id, agent.id)
        if asked.note:
            return [*_noted(case, match, now, agent, text), who]
        # A canned response is in the language that a command above it may just have set.
        outgoing = with_canned(replace(scene, ticket=now), asked)
        sent = relay(case.key, now, agent, outgoing, message)
        copied = any(command.name == "copy" for command in asked.commands)
        return [*sent, *(copy_of(case.key, agent, sent) if copied else ()), who]

    done = commands.obey(scene, asked, how, post if writes or (asked.note and not empty) else None)
    theirs = merged.done_to_another(match, done.effects)
    return Obeyed(problem=theirs) if theirs else done


def _no_note(asked: ParsedCommand, empty: bool) -> str:
    """Return what keeps a reply from being the note that it asks for, "" for nothing."""
    if canned.sends(asked) and asked.note:
        return said("#canned sends a reply and #note keeps it internal: use only one of them.")
    if empty and not asked.commands:
        return said("#note keeps the text below it, and there was none.")
    return ""


def _noted(case: RuleContext, match: TicketMatch, now: Ticket, agent: Agent, text: str) -> list[Effect]:
    """Return the effects of a note: it stands in the ticket, and whom it names or concerns is told."""
    message, facts = case.message, case.facts
    noted = entry(case, now.id, EntryKind.NOTE, agent, text)
    whom = named(text, facts.agents, tuple(case.policy.teams), match.team)
    by, files = agent.as_address, message.attachments
    mails = note_told(now, agent, by, text, case.key, files, message.text, match.involved, whom)
    return [noted, *mails]


def obeyed_by_desk(case: RuleContext, agent: Agent, asked: ParsedCommand, relay: Relay) -> Obeyed:
    """Return the result of an email to the command address."""
    wrong = canned_keeping.apart(asked)
    if wrong:
        return Obeyed(problem=wrong)
    new = next((command.argument for command in asked.commands if command.name == "new"), "")
    language = case.mailbox.language or case.policy.language
    draft = no_ticket(case.facts.now, case.mailbox.name, language, case.envelope.channel)
    scene = _scene(case, draft, agent, case.facts.team)
    if not new:
        if not asked.commands:
            return Obeyed(problem=said("There was no command in it."))
        return commands.obey(replace(scene, text=asked.text), asked, authority(case))
    who = Address(new)
    if own(who, scene):
        ours = said("#new was not carried out: {address} is an address of this desk.", address=new)
        return Obeyed(problem=ours)
    if not asked.text.strip():
        empty = said("#new was not carried out: it needs the text of our first email below it.")
        return Obeyed(problem=empty)
    language = written_in(case, detect(asked.text), LanguagePreference())
    draft = replace(
        draft, requester=who, language=language, team=case.mailbox.team, subject=_subject(case, asked)
    )

    def post(now: Ticket) -> list[Effect]:
        return first_mail(draft, agent, relay(case.key, draft, agent, asked.text, case.message), case.key)

    return commands.obey(scene, asked, authority(case), post)


def copy_of(key: str, agent: Agent, effects: Sequence[Effect]) -> list[Effect]:
    """Return the copy that `#copy` asks for: what of these effects goes to the customer, to its agent.

    It is sent at once, so that there is time to read it and to undo the reply.
    """
    sent = next(
        (effect for effect in effects if isinstance(effect, Mail) and effect.kind is MailKind.RELAY), None
    )
    if sent is None:
        return []
    copy = replace(sent, kind=MailKind.NOTICE, dedupe=f"copy:{key}", event="copy", hold=0, html="")
    return to_each((agent,), copy)


def refused(case: RuleContext, agent: Agent, why: str, text: str = "") -> list[Effect]:
    """Return the email to an agent that says why their command was not carried out, with their text."""
    back = [said("What you wrote below was not used:"), text] if text.strip() else []
    effects = alerts(NO_TICKET, (agent,), joined([why, *back], "\n\n"), f"command:{case.key}")
    return [replace(mail, event="command") if isinstance(mail, Mail) else mail for mail in effects]


def _subject(case: RuleContext, asked: ParsedCommand) -> str:
    subject = unprefixed(tidy(case.message.subject))
    if not subject or begins(subject):
        subject = excerpt(tidy(asked.text.strip().splitlines()[0]), 80, "")
    return subject[:MAX_SUBJECT]


def _scene(case: RuleContext, ticket: Ticket, agent: Agent, team: tuple[Agent, ...]) -> CommandContext:
    facts = case.facts
    return CommandContext(
        ticket,
        agent,
        _name(agent),
        case.key,
        facts.now,
        case.policy,
        team,
        facts.looked,
        relayed=facts.relayed,
    )


def _name(agent: Agent) -> str:
    return agent.name or agent.address
