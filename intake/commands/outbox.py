"""`intake outbox …`: every mail owed and what became of it."""

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, as_json, limited, needs_desk, not_found, now
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
    """See the mail we owe; send again what failed."""


@outbox.command("list")
@click.option("--state", type=click.Choice(MAIL_STATES), default=None, help="Only those in this state.")
@click.option("--ticket", type=int, default=None, help="Only those of this ticket.")
@limited
@as_json
@click.pass_obj
def list_(given: Invocation, state: str | None, ticket: int | None, limit: int, json_: bool) -> None:
    """List mails, the newest first."""
    rows = given.desk().store.list_outbox(state=state, ticket=ticket, limit=limit)
    if json_:
        terminal.say_json(rows)
    elif not rows:
        terminal.say("No mails.")
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
@click.option("--raw", is_flag=True, help="The whole mail, escape characters made visible, secrets hidden.")
@click.option("--bytes", "bytes_", is_flag=True, help="The whole mail, byte for byte: only into a file.")
@as_json
@click.pass_obj
def show(given: Invocation, number: int, raw: bool, bytes_: bool, json_: bool) -> None:
    """Show one mail and what became of it."""
    store = given.desk().store
    row = store.outbox(number)
    if row is None:
        not_found(f"There is no mail {number}.", "`intake outbox list` shows what there is.")
    if raw or bytes_:
        data = store.outbox_raw(number) or b""
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
            ("Owed since", f"{terminal.clock(row.created_at)} UTC"),
            ("Next try", f"{terminal.clock(row.not_before)} UTC" if row.state == "due" else ""),
            ("Sent", f"{terminal.clock(row.sent_at)} UTC" if row.sent_at else ""),
            ("Error", row.error),
        ]
    )
    if row.state in ("failed", "unknown"):
        terminal.say(f"\nSend it again:  intake outbox retry {row.id}")


@outbox.command()
@click.argument("numbers", metavar="[ID]...", type=int, nargs=-1)
@click.option("--due", is_flag=True, help="All that are due: after a restore, what went out since.")
@acting_as
@click.pass_obj
def cancel(given: Invocation, numbers: tuple[int, ...], due: bool, as_: str) -> None:
    """Never send mails that are due, failed or unknown."""
    if due == bool(numbers):
        raise click.UsageError("Name the mails or say --due.")
    who, store = given.actor(as_), given.desk().store
    if due:
        numbers = tuple(row.id for row in store.list_outbox(state="due", limit=1_000_000))
    for number in numbers:
        if not store.outbox_cancel(number) and not due:
            not_found(f"Mail {number} is not one to cancel.", "Only due, failed and unknown ones are.")
        given.record(who, f"cancelled mail {number}")
    terminal.say(f"{counted(len(numbers), 'mail')} will not be sent.")


@outbox.command()
@acting_as
@click.pass_obj
def release(given: Invocation, as_: str) -> None:
    """Let mail go out again after a restore."""
    who, desk = given.actor(as_), given.desk()
    if not desk.store.unfreeze():
        terminal.say("Outgoing mail was not frozen.")
        return
    given.record(who, "released outgoing mail")
    waiting = desk.store.due(now(), 10_000)
    desk.service.wake(waiting)
    terminal.say(f"Outgoing mail is released; {counted(len(waiting), 'mail', 'is', 'are')} due.")


@outbox.command()
@click.argument("numbers", metavar="ID...", type=int, nargs=-1, required=True)
@acting_as
@click.pass_obj
def retry(given: Invocation, numbers: tuple[int, ...], as_: str) -> None:
    """Send mails again that failed or may not have arrived."""
    who, desk = given.actor(as_), given.desk()
    for number in numbers:
        if not desk.store.outbox_retry(number, now()):
            not_found(
                f"Mail {number} is not one to send again.",
                "Only failed and unknown ones are: see outbox list.",
            )
        given.record(who, f"asked for mail {number} to be sent again")
    desk.service.wake(numbers)
    terminal.say(f"{counted(len(numbers), 'mail')} will be sent again.")
