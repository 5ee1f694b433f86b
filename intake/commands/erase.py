"""`intake erase`: forget a person."""

import click

from intake import terminal
from intake.commands.common import FAILED, Invocation, acting_as, needs_desk, now


@needs_desk
@click.command()
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do not ask.")
@acting_as
@click.pass_context
def erase(ctx: click.Context, address: str, yes: bool, as_: str) -> None:
    """Remove a person's tickets, messages, files and mails for good."""
    from intake.store.erasure import Erasing

    given: Invocation = ctx.obj
    who, desk = given.actor(as_), given.desk()
    erasing = Erasing(desk.store.db, desk.store.blobs)
    tickets = erasing.tickets_of(address)
    if not yes and not click.confirm(
        f"Erase {terminal.shown_line(address)} with {len(tickets)} tickets, for good?"
    ):
        ctx.exit(FAILED)
    done = erasing.erase(tickets, address, (), desk.keys[-1], who, now())
    erasing.scrub()
    terminal.say(f"Erased {done.tickets} tickets, {done.messages} messages and {done.mails} mails.")
    terminal.say("Backups and the mailbox on the server are not touched.")
