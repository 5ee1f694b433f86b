"""`intake ticket ask`: a question to somebody outside the ticket."""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, text_of
from intake.commands.ticket.attach import attach, attached
from intake.commands.ticket.from_table import obey, outgoing, read

if TYPE_CHECKING:
    from intake.desk.effects import Effect
    from intake.desk.ticket import Ticket


@click.command("ask")
@click.argument("number", type=int)
@click.argument("address")
@click.argument("file", required=False)
@click.option("--text", help="Text of the question, instead of FILE or standard input.")
@attach
@acting_as
@click.pass_obj
def ask(
    ctx: Invocation,
    number: int,
    address: str,
    file: str | None,
    text: str | None,
    files: tuple[Path, ...],
    as_: str,
) -> None:
    """Send a question to someone outside the ticket.

    Their answer becomes an internal note. The customer does not see it, and ADDRESS does not see the
    customer.

    The text comes from --text, FILE or standard input.
    """
    from intake.desk import partners
    from intake.desk.commands.grammar import ParsedCommand
    from intake.desk.commands.table import NAMES
    from intake.desk.question_notices import question_told

    with_it, command = attached(files), read(NAMES[partners.NAME], address)
    agent, written = ctx.agent(as_), outgoing(text_of(text, file))
    key, match = f"cli:{uuid.uuid4().hex}", ctx.desk().store.tickets.match(number)
    working = match.involved if match else ()

    def post(at: "Ticket") -> Sequence["Effect"]:
        return [
            *partners.question(key, at, agent, command.argument, written, files=with_it),
            *question_told(at, agent, command.argument, written, key, with_it, working),
        ]

    obey(ctx, number, ParsedCommand((command,), written), as_, post, "question")
    terminal.say(f"Your question about #{number} is on its way to {command.argument}.")
