"""`intake ticket …`, made from the table of `#commands`: what agents do by email, admins do here."""

import hashlib
import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, not_found, now
from intake.commands.errors import Number
from intake.commands.examples import EXAMPLES
from intake.commands.permits import guarded_act, permitted, two_persons
from intake.commands.who import by_hand
from intake.ports import UserError

if TYPE_CHECKING:
    from intake.desk.acts import Plan
    from intake.desk.commands.grammar import Command, CommandContext, CommandSpec, ParsedCommand, Refused
    from intake.desk.effects import Effect
    from intake.desk.ticket import Ticket
    from intake.ports import Applied

# Made here as they stand in the table. The others have options of their own, in intake.commands.ticket.group.
MADE = (
    "mine",
    "priority",
    "tag",
    "snooze",
    "merge",
    "split",
    "link",
    "cc",
    "watch",
    "unwatch",
    "subject",
    "escalate",
    "spam",
    "notspam",
    "survey",
    "canned",
    "redact",
)
# What is written here, where an email may say more.
_GRAMMAR = {"canned": "NAME"}
_DONE = {
    "canned": "The reply is on its way.",
    "escalate": "It is urgent now, and the team lead was notified.",
    "redact": "Done.",
}


class Tickets(click.Group):
    """The group: the table is loaded when one of its commands is asked for, not for every `intake --help`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names: those with options of their own, then those of the table."""
        return [*super().list_commands(ctx), *MADE]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, made of the table if it stands there."""
        return made(cmd_name) if cmd_name in MADE else super().get_command(ctx, cmd_name)


def made(name: str) -> click.Command:
    """Return the command of that name: a ticket's number, then what follows the name in a mail."""
    from intake.desk.commands.canned import sends
    from intake.desk.commands.grammar import ParsedCommand
    from intake.desk.commands.table import NAMES

    kind = NAMES[name]

    @click.command(
        name,
        help=f"{kind.help}\n\nIn an email: {kind.written}",
        # A tag with a minus before it is no option.
        context_settings={"ignore_unknown_options": True},
        short_help=kind.help,
        epilog=f"Example: {EXAMPLES[f'ticket {name}']}",
    )
    @click.argument("number", type=Number())
    @click.argument("argument", nargs=-1, metavar=_GRAMMAR.get(name, kind.grammar) or "")
    @acting_as
    @click.pass_obj
    def run(
        ctx: Invocation,
        number: int,
        argument: tuple[str, ...],
        as_: str,
        reason: str = "",
        code: str = "",
        break_glass: bool = False,
    ) -> None:
        command = read(kind, " ".join(argument))
        asked = ParsedCommand((command,))
        if name == "canned" and not sends(asked):
            raise click.UsageError("It takes the name of one; `intake canned` lists, shows and changes them.")
        if name in ("mine", "watch", "unwatch"):
            ctx.agent(as_)
        if name == "redact":
            plan = _redaction(the_ticket(ctx, number), " ".join(argument))
            permit = permitted(ctx, plan, reason, as_, code, break_glass)
            two_persons(ctx.desk()).use(permit, now())
            if reason:
                ctx.record(ctx.actor(as_), f"redaction of #{number}: {reason}")
        obey(ctx, number, asked, as_)
        if name == "redact":
            # Within a transaction the database file cannot be written anew; here it can.
            from intake.store.upkeep.erasure import Erasing

            database = ctx.desk().database
            Erasing(database.db, database.blobs).scrub()
            _found(ctx, number)
        terminal.say(_DONE.get(name, f"#{number}: {command} is done."))

    return guarded_act(run) if name == "redact" else run


def _redaction(ticket: "Ticket", words: str) -> "Plan":
    """Return the plan of a redaction; it names no words, for they may be a secret."""
    from intake.desk.acts import Plan

    details = {"ticket changed": ticket.updated_at.isoformat(timespec="seconds")}
    if words:
        details["words"] = f"sha256 {hashlib.sha256(words.encode()).hexdigest()[:16]}"
    return Plan("redact", ticket.id, details=details)


def _found(ctx: Invocation, number: int) -> None:
    """Print what a redaction found, and which files nobody could look into, as the history says it."""
    from intake.desk.ticket import EntryKind

    events = [row.text for row in ctx.desk().store.tickets.entries(number) if row.kind is EntryKind.EVENT]
    words = ("redacted: ", "nothing was redacted: ", "not redacted, ")
    for text in [text for text in events[-2:] if text.startswith(words)]:
        terminal.say(f"{text[:1].upper()}{text[1:]}")


def read(kind: "CommandSpec", argument: str) -> "Command":
    """Return the command; what cannot be read is wrong usage."""
    from intake.desk.commands.grammar import Command, Refused

    try:
        return Command(kind.name, kind.read(argument))
    except Refused as err:
        raise click.UsageError(f"{_sentence(err)} In an email it is {kind.written}.") from err


def _sentence(err: "Refused") -> str:
    """Return why a command is refused as a sentence: names and addresses in it keep their case."""
    from intake.desk.commands import execute as commands

    words = f"{commands.reason(err)}."
    return words[:1].upper() + words[1:]


def scene_of(ctx: Invocation, ticket: "Ticket", asked: "ParsedCommand", as_: str) -> "CommandContext":
    """Return what commands of an admin, or of an agent at the keyboard, are done in."""
    from intake.desk.commands import execute as commands
    from intake.desk.commands.grammar import CommandContext

    desk, agent = ctx.desk(), ctx.agent(as_) if as_ else None
    moment = now()
    return CommandContext(
        ticket,
        agent,
        ctx.actor(as_),
        f"cli:{uuid.uuid4().hex}",
        moment,
        desk.policy,
        tuple(desk.store.agents.enabled(ticket.team)),
        desk.store.lookups.look_up(commands.wanted(asked), agent, ticket.id, moment),
        text=asked.text,
        relayed=desk.store.tickets.relayed(ticket.id),
    )


def obey(
    ctx: Invocation,
    number: int,
    asked: "ParsedCommand",
    as_: str,
    post: "Callable[[Ticket], Sequence[Effect]] | None" = None,
    outcome: str = "",
) -> None:
    """Have commands obeyed in a ticket. Raises UserError with the reason when one is refused.

    `post` sends what is written below them and is recorded as `outcome`.
    """
    from intake.desk import lifecycle, readers
    from intake.desk.commands import execute as commands
    from intake.desk.commands.grammar import Refused
    from intake.desk.effects import Record

    ticket = the_ticket(ctx, number)
    scene = scene_of(ctx, ticket, asked, as_)
    if any(command.name == "canned" for command in asked.commands):
        agent = ctx.agent(as_)
        try:
            text = commands.with_canned(scene, asked)
        except Refused as err:
            raise UserError(_sentence(err)) from err

        def post(at: "Ticket") -> Sequence["Effect"]:
            return lifecycle.reply(at, agent, text, scene.key, ctx.desk().policy)

        outcome = "reply"

    added = any(command.name == "cc" for command in asked.commands)
    if outcome == "reply" and not added and not readers.readers(ticket, ctx.desk().policy):
        cure = f"`intake ticket cc {number} add ADDRESS`"
        raise UserError(readers.nobody_to_answer(ticket, cure))

    def recorded(at: "Ticket") -> Sequence["Effect"]:
        agent = scene.agent.id if scene.agent is not None else None
        return [*(post(at) if post else ()), Record(scene.by, by_hand(), outcome, at.id, agent)]

    done = commands.obey(scene, asked, by_hand(), recorded if post else None)
    if done.problem:
        raise UserError(done.problem.partition("\n")[0])
    act(ctx, done.effects)


def outgoing(text: str) -> str:
    """Return a text that goes to a customer. Raises UserError where a line of it is meant as a command.

    None is obeyed at the keyboard, and "#note" says that what stands below it is private.
    """
    from intake.desk.commands import execute as commands

    asked = commands.read(text)
    if not (asked.commands or asked.note or asked.problem or asked.stray):
        return text
    line = asked.stray or text.strip().partition("\n")[0].strip()
    raise UserError(
        f"Nothing was sent: the line {line!r} looks like a command, but a text is sent as it is. "
        "Remove that line; `intake ticket --help` lists the same commands, such as `intake ticket note`."
    )


def act(ctx: Invocation, effects: Sequence["Effect"]) -> "Applied":
    """Apply what was decided."""
    return ctx.desk().service.act(effects)


def the_ticket(ctx: Invocation, number: int) -> "Ticket":
    """Return a ticket; end with exit code 1 when there is none of that number."""
    ticket = ctx.desk().store.tickets.get(number)
    if ticket is None:
        not_found(f"There is no ticket #{number}.", "`intake ticket list --status all` shows them.")
    return ticket
