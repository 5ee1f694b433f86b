"""`intake outbox …`: outgoing mail and its delivery."""

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, as_json, limited, needs_desk, not_found, now
from intake.commands.outbox_verify import verify
from intake.desk.text.counting import counted
from intake.terminal import Column
from intake.views import MAIL_STATES

STYLES = {
    "due": "cyan",
    "sending": "cyan",
    "failed": "bold red",
    "unknown": "bold yellow",
    "cancelled": "dim",
}
COLUMNS = (
    Column("Id", right=True),
    Column("State"),
    Column("Kind"),
    Column("Ticket", right=True),
    Column("To", gives_way=True),
    Column("Tries", right=True),
    Column("When", right=True),
    Column("Error", gives_way=True),
)


@needs_desk
@click.group()
def outbox() -> None:
    """List outgoing mail; resend or cancel it."""


@outbox.command("list")
@click.option("--state", type=click.Choice(MAIL_STATES), default=None, help="Only this state.")
@click.option("--ticket", type=int, default=None, help="Only this ticket.")
@limited
@as_json
@click.pass_obj
def list_(ctx: Invocation, state: str | None, ticket: int | None, limit: int, json_: bool) -> None:
    """List outgoing mail, newest first."""
    rows = ctx.desk().store.outbox.list_mails(state=state, ticket=ticket, limit=limit)
    if json_:
        terminal.say_json(rows)
    elif not rows:
        terminal.say("No outgoing mail.")
    else:
        columns = COLUMNS if any(row.error for row in rows) else COLUMNS[:-1]
        terminal.table(
            columns,
            [
                (
                    str(row.id),
                    (row.state, STYLES.get(row.state, "")),
                    row.kind,
                    f"#{row.ticket}" if row.ticket else "",
                    row.rcpt,
                    str(row.attempts),
                    terminal.ago(row.sent_at or row.not_before, now()),
                    row.error,
                )[: len(columns)]
                for row in rows
            ],
        )


@outbox.command()
@click.argument("number", metavar="ID", type=int)
@click.option("--raw", is_flag=True, help="Print the raw email; escape characters visible, secrets hidden.")
@click.option("--bytes", "bytes_", is_flag=True, help="Write the raw email, byte for byte: only into a file.")
@as_json
@click.pass_obj
def show(ctx: Invocation, number: int, raw: bool, bytes_: bool, json_: bool) -> None:
    """Show an outgoing email and its delivery."""
    store = ctx.desk().store
    row = store.outbox.mail(number)
    if row is None:
        not_found(f"There is no mail {number}.", "`intake outbox list` shows them.")
    if raw or bytes_:
        data = store.outbox.raw(number) or b""
        if bytes_:
            terminal.say_bytes(data)
        else:
            terminal.say_raw(data)
        return
    if json_:
        terminal.say_json(row)
        return
    terminal.pairs(
        [
            ("Mail", str(row.id)),
            ("Kind", row.kind),
            ("To", row.rcpt),
            ("Ticket", f"#{row.ticket}" if row.ticket else ""),
            ("Message-ID", row.message_id),
            ("State", (row.state, STYLES.get(row.state, ""))),
            ("Tries", str(row.attempts)),
            ("Queued at", f"{terminal.clock(row.created_at)} UTC"),
            ("Next try", f"{terminal.clock(row.not_before)} UTC" if row.state == "due" else ""),
            ("Sent", f"{terminal.clock(row.sent_at)} UTC" if row.sent_at else ""),
            ("Error", row.error),
        ]
    )
    if row.state in ("failed", "unknown"):
        terminal.say(f"\nSend it again:  intake outbox retry {row.id}")


@outbox.command()
@click.argument("numbers", metavar="[ID]...", type=int, nargs=-1)
@click.option(
    "--due", is_flag=True, help="All that are due: after a restore, what was sent since the backup."
)
@acting_as
@click.pass_obj
def cancel(ctx: Invocation, numbers: tuple[int, ...], due: bool, as_: str) -> None:
    """Cancel mail that is due, failed or unknown: it is never sent."""
    if due == bool(numbers):
        raise click.UsageError("Give mail ids or --due.")
    who, store = ctx.actor(as_), ctx.desk().store
    if due:
        numbers = tuple(row.id for row in store.outbox.list_mails(state="due", limit=1_000_000))
    for number in numbers:
        if not store.outbox.cancel(number) and not due:
            not_found(f"Mail {number} cannot be cancelled.", "Only due, failed and unknown mail can.")
        ctx.record(who, f"cancelled mail {number}")
    terminal.say(f"{counted(len(numbers), 'email')} will not be sent.")


@outbox.command()
@acting_as
@click.pass_obj
def release(ctx: Invocation, as_: str) -> None:
    """Release outgoing mail after a restore."""
    who, desk = ctx.actor(as_), ctx.desk()
    if not desk.store.outbox.unfreeze():
        terminal.say("Outgoing mail was not frozen.")
        return
    ctx.record(who, "released outgoing mail")
    waiting = desk.store.outbox.due(now(), 10_000)
    desk.service.wake(waiting)
    terminal.say(f"Outgoing mail is released; {counted(len(waiting), 'email', 'is', 'are')} due.")


@outbox.command()
@click.argument("numbers", metavar="ID...", type=int, nargs=-1, required=True)
@acting_as
@click.pass_obj
def retry(ctx: Invocation, numbers: tuple[int, ...], as_: str) -> None:
    """Resend mail that failed or may not have arrived."""
    who, desk = ctx.actor(as_), ctx.desk()
    for number in numbers:
        if not desk.store.outbox.send_again(number, now()):
            not_found(
                f"Mail {number} cannot be resent.",
                "Only failed and unknown mail can: see `intake outbox list`.",
            )
        ctx.record(who, f"asked for mail {number} to be sent again")
    desk.service.wake(numbers)
    terminal.say(f"{counted(len(numbers), 'email')} will be sent again.")


outbox.add_command(verify)
