"""Read the `#commands` of an email and carry them out, all or none.

The commands are in `intake.desk.commands.table`, how lines are read is in
`intake.desk.commands.grammar`, what commands do is in the modules beside this one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from intake.desk.commands import banners, canned
from intake.desk.commands.grammar import (
    Command,
    CommandContext,
    CommandScope,
    CommandSpec,
    ParsedCommand,
    Refused,
    read_lines,
    tidy,
)
from intake.desk.commands.hints import hinted
from intake.desk.commands.nearness import suggested
from intake.desk.commands.strays import foreign, hidden_slip, stray
from intake.desk.commands.table import NAMES
from intake.desk.effects import (
    AddParticipant,
    Amend,
    Assign,
    Effect,
    Mail,
    MailKind,
    Record,
    RemoveParticipant,
    SetStatus,
)
from intake.desk.incident import plan
from intake.desk.lookup import LookupRequest
from intake.desk.page import ASSIGNED
from intake.desk.people_effects import Unwatch, Watch
from intake.desk.text.argument_words import spelled
from intake.desk.text.said import joined, said
from intake.desk.ticket import Ticket

# The requester gets no status email of these where a reply goes out with them.
_SAID_BY_ANSWERS = ("assigned", "closed", "reopened")


@dataclass(frozen=True, slots=True)
class Obeyed:
    """The result of an email's commands: the effects, or why (`problem`) none was carried out."""

    effects: tuple[Effect, ...] = ()
    problem: str = ""


def with_help(problem: str, where: CommandScope) -> str:
    """Return a problem and, in a separate paragraph, where the commands are listed.

    What comes back from the command address has such a line of its own.
    """
    if where is CommandScope.DESK:
        return problem
    return joined([problem, said("#help lists all commands.")], "\n\n")


def read(text: str, where: CommandScope = CommandScope.TICKET) -> ParsedCommand:
    """Take the command lines off the top of `text`, below what a gateway put there."""
    lines, rest, odd = read_lines(banners.below(text, sure=False), NAMES)
    if not lines and not odd:
        # Only a certain banner is cut off a reply.
        rest = read_lines(banners.below(text), NAMES)[1]
    if odd:
        name = tidy(odd).split()[0]
        # A word of another language is not near the name of its command.
        near = foreign(name[1:]) or hinted(odd) or " / #".join(suggested(name[1:], NAMES))
        problem = said("{name} is not a command.", name=name)
        if near:
            problem = said("{name} is not a command. Did you mean #{near}?", name=name, near=near)
        return ParsedCommand(text=rest, problem=with_help(problem, where))
    commands: list[Command] = []
    names, note, reply = "", False, False
    for kind, written, argument in lines:
        if kind.where not in (where, CommandScope.BOTH):
            return ParsedCommand(text=rest, problem=_elsewhere(kind, written))
        try:
            command = Command(kind.name, kind.read(argument), written)
        except Refused as err:
            wrong = said(
                "#{command} was not understood: {why}. Write {written}.",
                command=written,
                why=reason(err),
                written=spelled(kind.written_as(written)),
            )
            return ParsedCommand(text=rest, problem=with_help(wrong, where))
        if kind.name == "note":
            names, note = f"{names} {command.argument}".strip(), True
        elif kind.name == "reply":
            reply = True
        else:
            commands.append(command)
    if note and reply:
        wrong = said(
            "#reply sends the text to the customer and #note keeps it internal: use only one of them."
        )
        return ParsedCommand(text=rest, problem=wrong)
    text = "\n".join(part for part in (names, rest) if part)
    odd_line = stray(rest, NAMES, unsigned=not note)
    asked = ParsedCommand(tuple(commands), text, note, stray=odd_line, reply=reply)
    odd, near = hidden_slip(asked, NAMES)
    return replace(asked, problem=_no_text(odd, near)) if odd and where is CommandScope.TICKET else asked


def misplaced(line: str) -> str:
    """Return why an email was held because of this line, which is meant as a command, and what to do."""
    return said(
        "The line “{line}” looks like a command. It was not carried out, because a command counts only at "
        "the very top, on its own line, with nothing before its #. Nothing was sent, so that nothing "
        "private gets out. Write again with the command on the first line, or without that line.",
        line=line,
    )


def _no_text(written: str, meant: str) -> str:
    """Return why an email was held: below a command that is nearly a private one stands a text."""
    return said(
        "{written} takes no text below it, and the text there was not sent. Did you mean #{meant}?",
        written=written,
        meant=meant,
    )


def reason(err: Refused) -> str:
    """Return why a command is refused, without a stop at its end."""
    why: str = err.args[0]
    return why


def not_done(command: Command, err: Refused) -> str:
    """Return the text to an agent whose command was refused, with the grammar, under the name they wrote."""
    name = command.written or command.name
    wrong = said(
        "#{command} was not carried out: {why}. Write {written}.",
        command=name,
        why=reason(err),
        written=spelled(NAMES[command.name].written_as(name)),
    )
    return with_help(wrong, NAMES[command.name].where)


def _elsewhere(kind: CommandSpec, name: str) -> str:
    if kind.where is CommandScope.DESK:
        return said(
            "#{command} belongs in an email to the desk's command address; #help shows yours.",
            command=name,
        )
    return said(
        "#{command} belongs in a reply in its ticket: #show NUMBER sends you one to reply to.",
        command=name,
    )


def wanted(asked: ParsedCommand) -> LookupRequest:
    """Return what must be looked up before these commands can be obeyed."""
    request = LookupRequest()
    for command in asked.commands:
        request |= NAMES[command.name].wants(command.argument)
    return request


def obey(
    scene: CommandContext,
    asked: ParsedCommand,
    authority: str,
    relay: Callable[[Ticket], Sequence[Effect]] | None = None,
) -> Obeyed:
    """Return the effects of all commands, and of `relay` (which sends the text below), in their order.

    All or nothing: one command that is refused stops the mail. Each leaves a Record.
    """
    early = [command for command in asked.commands if NAMES[command.name].first]
    late = [command for command in asked.commands if not NAMES[command.name].first]
    effects: list[Effect] = []

    def done(some_: Sequence[Effect]) -> None:
        nonlocal scene
        effects.extend(some_)
        known = plan.incident_after(scene.looked.incident, some_, scene.now)
        scene = replace(
            scene, ticket=after(scene.ticket, some_), looked=replace(scene.looked, incident=known)
        )

    try:
        for command in early:
            done([*NAMES[command.name].do(scene, command.argument), record(scene, command, authority)])
        if relay is not None:
            done(relay(scene.ticket))
        for command in late:
            done([*NAMES[command.name].do(scene, command.argument), record(scene, command, authority)])
    except Refused as err:
        return Obeyed(problem=not_done(command, err))
    answered = any(isinstance(command, Mail) and command.kind is MailKind.RELAY for command in effects)
    kept = in_one([effect for effect in effects if not (answered and _announces(effect))])
    return Obeyed(tuple(_whole(kept)))


def _whole(effects: Sequence[Effect]) -> list[Effect]:
    """Return the effects with what tells somebody that the ticket is theirs behind all others: it shows the
    ticket as this email leaves it, the answer in it, its state and its priority."""
    telling = [mail for mail in _mails(effects) if mail.event == ASSIGNED and mail.agent is not None]
    return [*(effect for effect in effects if effect not in telling), *telling]


def in_one(effects: Sequence[Effect]) -> list[Effect]:
    """Return the effects with one mail, not two, to agents who get a ticket together with a note about it.

    It is that of the assignment, which brings the whole ticket, and shows the note above all. What is
    answered to a question by name is a note, so that there it is the question, which says both.
    """
    assigning = {mail.agent.id: mail for mail in _mails(effects) if mail.event == ASSIGNED and mail.agent}
    notes = [mail for mail in _mails(effects) if mail.event == "note" and mail.kind is MailKind.NOTICE]
    noted = {mail.agent.id for mail in notes if mail.agent} & set(assigning)
    made: list[Effect] = []
    for effect in effects:
        if isinstance(effect, Mail) and effect.agent is not None and effect.agent.id in noted:
            if effect is assigning[effect.agent.id]:
                continue
            mail = assigning[effect.agent.id]
            if effect in notes and effect.asked:
                effect = replace(effect, above=joined([mail.text, effect.above]))
            elif effect in notes:
                effect = replace(mail, quoted=effect.text, attachments=effect.attachments)
        made.append(effect)
    return made


def _mails(effects: Sequence[Effect]) -> list[Mail]:
    return [effect for effect in effects if isinstance(effect, Mail)]


def _announces(effect: Effect) -> bool:
    """Whether it is an automatic email about something that a reply in the same moment says better."""
    return isinstance(effect, Mail) and effect.kind is MailKind.STATUS and effect.event in _SAID_BY_ANSWERS


def record(scene: CommandContext, command: Command, authority: str) -> Record:
    """Return the audit entry of a command, without a text that is to be hidden."""
    hides = NAMES[command.name].hides and command.argument
    written = f"#{command.name} (a text)" if hides else str(command)
    agent = scene.agent.id if scene.agent is not None else None
    return Record(scene.by, authority, written, scene.ticket.id or None, agent)


def after(ticket: Ticket, effects: Sequence[Effect]) -> Ticket:
    """Return the ticket after these effects, as far as commands look at it."""
    for effect in effects:
        if getattr(effect, "ticket", None) != ticket.id:
            continue
        match effect:
            case Amend():
                ticket = replace(ticket, **effect.changes)
            case SetStatus():
                ticket = replace(ticket, status=effect.status)
            case Assign():
                ticket = replace(ticket, assignee=effect.agent, team=effect.team or ticket.team)
            case AddParticipant():
                ticket = replace(ticket, participants=(*ticket.participants, effect.address.mailbox))
            case RemoveParticipant():
                kept = tuple(
                    participant
                    for participant in ticket.participants
                    if participant.lower() != effect.address.key
                )
                ticket = replace(ticket, participants=kept)
            case Watch():
                ticket = replace(ticket, watchers=(*ticket.watchers, effect.agent))
            case Unwatch():
                kept_ = tuple(watcher for watcher in ticket.watchers if watcher.id != effect.agent.id)
                ticket = replace(ticket, watchers=kept_)
            case _:
                pass
    return ticket


def with_canned(scene: CommandContext, asked: ParsedCommand) -> str:
    """Return the text that is sent: the canned responses asked for, then what was written.

    Raises Refused for an unknown name.
    """
    names = canned.sent_by(asked)
    texts_ = canned.available(scene) if names else {}
    texts = [
        canned.filled(
            canned.text(
                canned.prepared(texts_, name),
                scene.ticket.language,
                scene.policy.language,
            ),
            scene.ticket,
            scene.agent.name if scene.agent else scene.by,
        )
        for name in names
    ]
    return "\n\n".join(command.strip() for command in (*texts, asked.text) if command.strip())
