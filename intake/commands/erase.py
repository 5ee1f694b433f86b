"""`intake erase`: forget a person."""

import click

from intake import terminal
from intake.commands.common import EX_TEMPFAIL, FAILED, Invocation, acting_as, needs_desk, now
from intake.desk.text.counting import counted
from intake.ports import Temporary


@needs_desk
@click.command()
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do not ask.")
@acting_as
@click.pass_context
def erase(ctx: click.Context, address: str, yes: bool, as_: str) -> None:
    """Remove a person's tickets, messages, files and mails for good.

    What others wrote stays, with what they quoted.
    """
    from intake.store.upkeep.copies import copies
    from intake.store.upkeep.erasure import Erasing

    if "@" not in address.strip("@"):
        # "Erased 0 tickets" would be believed.
        raise click.UsageError(
            f"{terminal.shown_line(address)} is not a mail address. Write it like support@example.com."
        )
    given: Invocation = ctx.obj
    who, desk = given.actor(as_), given.desk()
    erasing = Erasing(desk.database.db, desk.database.blobs)
    tickets = erasing.tickets_of(address)
    if not yes and not click.confirm(
        f"Erase {terminal.shown_line(address)} with {counted(len(tickets), 'ticket')}, for good?"
    ):
        ctx.exit(FAILED)
    done = erasing.erase(tickets, address, (), desk.keys[-1], who, now())
    counts = (counted(done.tickets, "ticket"), counted(done.messages, "message"), counted(done.mails, "mail"))
    terminal.say(f"Erased {counts[0]}, {counts[1]} and {counts[2]}.")
    try:
        erasing.scrub()
    except Temporary as err:
        terminal.warn(
            f"Nobody finds it any more, but the database's files still hold it: {err}. "
            "The worker goes on trying; `intake erase` again does it at once."
        )
        ctx.exit(EX_TEMPFAIL)
    terminal.say("What others wrote stays, with what they quoted. Backups and the mailbox are not touched.")
    for path in copies(desk.settings.store.url, desk.settings.desk.data):
        terminal.say(f"A copy from before, which nothing erases in: {path}. Delete it when you can.")
