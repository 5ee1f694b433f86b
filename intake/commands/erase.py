"""`intake erase`: erase a person's data."""

import click

from intake import terminal
from intake.commands.common import EX_TEMPFAIL, FAILED, Invocation, acting_as, needs_desk, now
from intake.commands.permits import guarded_act, permitted, two_persons
from intake.desk.text.counting import counted
from intake.ports import Temporary


@needs_desk
@click.command()
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@acting_as
@guarded_act
@click.pass_context
def erase(
    ctx: click.Context, address: str, yes: bool, as_: str, reason: str, code: str, break_glass: bool
) -> None:
    """Erase a person's data permanently.

    Removes their tickets, messages, files and emails.

    What others wrote stays, with what they quoted. Once agents have second factors, and
    always where something of theirs is held, a second person must agree first.
    """
    from intake.desk.acts import Plan
    from intake.desk.addresses import as_kept
    from intake.desk.incident.holds import named
    from intake.imports.copies import left_behind, removed
    from intake.store.upkeep.copies import copies
    from intake.store.upkeep.erasure import Erasing

    if "@" not in address.strip("@"):
        # "Erased 0 tickets" would be believed.
        raise click.UsageError(
            f"{terminal.shown_line(address)} is not a valid email address. Write it like support@example.com."
        )
    if address.strip().lower() in reason.lower():
        raise click.UsageError("Leave the address out of --reason: the audit keeps those words.")
    invocation: Invocation = ctx.obj
    # As it was typed: a secret in small letters would not be known for one.
    typed, address = terminal.shown_line(address), as_kept(address)
    who, desk = invocation.actor(as_), invocation.desk()
    erasing = Erasing(desk.database.db, desk.database.blobs)
    tickets = erasing.tickets_of(address)
    if not yes and not click.confirm(f"Erase {typed} with {counted(len(tickets), 'ticket')}, permanently?"):
        ctx.exit(FAILED)
    kind = "erase-held" if erasing.holds_any(tickets, address.lower(), now()) else "erase"
    plan = Plan(kind, person=address.lower(), details={"tickets": ", ".join(map(str, sorted(tickets)))})
    permit = permitted(invocation, plan, reason, as_, code, break_glass)
    two_persons(desk).use(permit, now())
    done = erasing.erase(tickets, address, (), desk.keys[-1], who, now(), reason)
    counts = (
        counted(done.tickets, "ticket"),
        counted(done.messages, "message"),
        counted(done.mails, "email"),
    )
    terminal.say(f"Erased {counts[0]}, {counts[1]} and {counts[2]}.")
    if done.kept:
        kept = done.kept
        stays = f"{counted(kept.tickets, 'ticket')} and {counted(kept.messages, 'message')} of theirs stay"
        terminal.say(f"{stays}: {named(kept.holds)}. They are erased when nothing holds them any more.")
    try:
        erasing.scrub()
    except Temporary as err:
        terminal.warn(
            f"It can no longer be found, but the database's files still contain it: {err}. "
            "The worker keeps trying; run `intake erase` again to do it at once."
        )
        ctx.exit(EX_TEMPFAIL)
    terminal.say("What others wrote stays, with what they quoted. Backups and the mailbox are not touched.")
    if copy := left_behind(desk.settings.desk.data):
        # It may hold mail of theirs, and nobody has looked.
        if removed(copy.path):
            fetched = counted(copy.mails, "email")
            terminal.say(f"Removed the copy of {fetched} that an import over IMAP had left behind.")
        else:
            terminal.warn(f"An import uses its copy of mail: {copy}. Run `intake erase` again when it ended.")
    for path in copies(desk.settings.store.url, desk.settings.desk.data):
        terminal.say(f"An older copy that erasures do not reach: {path}. Delete it when you can.")
