"""`intake message …`, `intake why` and `intake quarantine …`: incoming messages and their outcome."""

from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.channels.registry import title_of
from intake.commands.common import Invocation, acting_as, as_json, limited, needs_desk, not_found, now
from intake.commands.reads import count_reading
from intake.desk.effects import Outcome
from intake.desk.reading import Reading
from intake.desk.text.counting import counted
from intake.terminal import Cell, Column
from intake.views import MESSAGE_STATES

if TYPE_CHECKING:
    from intake.views import MessageRow, OutboxRow

OUTCOMES = [outcome.value for outcome in Outcome]
STYLES = {"waiting": "cyan", "quarantined": "bold red", "dropped": "dim"}
# At most this much of a raw message is shown: enough to see why it was quarantined.
RAW_SHOWN = 64 * 1024
# Among so many of the newest messages of its mailbox a mail is looked for that was too large before.
LOOKED_AT = 1000
COLUMNS = (
    Column("Id", right=True),
    Column("Age", right=True),
    Column("Outcome"),
    Column("Ticket", right=True),
    Column("From", gives_way=True),
    Column("Subject", gives_way=True),
)


@needs_desk
@click.group()
def message() -> None:
    """Show incoming messages and their outcome."""


@message.command("list")
@click.option("--outcome", type=click.Choice(OUTCOMES), default=None, help="Only this outcome.")
@click.option("--state", type=click.Choice(MESSAGE_STATES), default=None, help="Only this state.")
@limited
@as_json
@click.pass_obj
def list_(ctx: Invocation, outcome: str | None, state: str | None, limit: int, json_: bool) -> None:
    """List messages, newest first."""
    wanted = Outcome(outcome) if outcome else None
    rows = ctx.desk().store.ledger.list_messages(outcome=wanted, state=state, limit=limit)
    if json_:
        terminal.say_json(rows)
    elif not rows:
        terminal.say("No messages.")
    else:
        terminal.table(COLUMNS, [_cells(row) for row in rows])


def _cells(row: "MessageRow") -> tuple[Cell, ...]:
    became = row.outcome.value if row.outcome and row.state == "done" else row.state
    return (
        str(row.id),
        terminal.ago(row.received_at, now()),
        (became, STYLES.get(became, "")),
        f"#{row.ticket}" if row.ticket else "",
        row.sender or "(nobody)",
        row.subject or "(no subject)",
    )


@message.command()
@click.argument("number", metavar="ID", type=int)
@click.option(
    "--raw",
    is_flag=True,
    help="Print the first 64 KiB as received; escape characters visible, secrets hidden.",
)
@click.option(
    "--bytes", "bytes_", is_flag=True, help="Write the raw message, byte for byte: only into a file."
)
@as_json
@click.pass_obj
def show(ctx: Invocation, number: int, raw: bool, bytes_: bool, json_: bool) -> None:
    """Show a message as it was read."""
    from intake.ports import Unreadable

    row = _the_message(ctx, number)
    count_reading(ctx, Reading.RAW if raw or bytes_ else Reading.SHOW, row.ticket)
    if raw or bytes_:
        data = _raw(ctx, number)
        if bytes_:
            terminal.say_bytes(data)
        else:
            terminal.say_raw(data, RAW_SHOWN)
            if len(data) > RAW_SHOWN:
                terminal.say(
                    f"({counted(len(data) - RAW_SHOWN, 'byte')} more; --bytes > FILE writes them all)"
                )
        return
    if json_:
        terminal.say_json(row)
        return
    note, read = "", None
    try:
        read = ctx.desk().service.parse(_raw(ctx, number))
    except Unreadable as err:
        note = f"{err}. --raw shows it as received"
    terminal.pairs(
        [
            ("Message", str(row.id)),
            ("From", row.sender or "(nobody)"),
            ("Subject", row.subject or "(no subject)"),
            (
                "Received",
                f"{terminal.clock(row.received_at)} UTC by {title_of(row.channel)}, mailbox {row.mailbox}",
            ),
            ("Message-ID", row.message_id),
            ("Size", _size(row)),
            ("Outcome", _became(row)),
            ("Reason", row.reason),
            (
                "Files",
                ", ".join(f"{attachment.name} ({attachment.media_type})" for attachment in read.attachments)
                if read
                else "",
            ),
            ("Defects", "; ".join(row.defects)),
            ("Unreadable", (note, "bold red")),
        ]
    )
    terminal.say()
    if read is not None:
        terminal.passage("Text", read.text)


@message.command("why")
@click.argument("number", metavar="ID", type=int)
@as_json
@click.pass_obj
def why_(ctx: Invocation, number: int, json_: bool) -> None:
    """Explain a message's outcome and the rule behind it."""
    _explain(ctx, number, json_)


@needs_desk
@click.command()
@click.argument("number", metavar="ID", type=int)
@as_json
@click.pass_obj
def why(ctx: Invocation, number: int, json_: bool) -> None:
    """Explain a message's outcome."""
    _explain(ctx, number, json_)


def _explain(ctx: Invocation, number: int, json_: bool) -> None:
    row = _the_message(ctx, number)
    owed = ctx.desk().store.outbox.list_mails(message=row.id, limit=200)
    if json_:
        terminal.say_json({**terminal.plain(row), "policy": _policy(row.rule), "mails": terminal.plain(owed)})
        return
    terminal.pairs(
        [
            (
                "Message",
                f"{row.id}, {_size(row)}, received {terminal.clock(row.received_at)} UTC",
            ),
            ("From", row.sender or "(nobody)"),
            ("Subject", row.subject or "(no subject)"),
            ("Channel", f"{title_of(row.channel)}, mailbox {row.mailbox}"),
            ("Seen in", "\n".join(row.sightings)),
            ("Outcome", (_became(row), STYLES.get(row.state, "bold"))),
            ("Reason", row.reason),
            ("Rule", f"{row.rule}: {_policy(row.rule)}" if _policy(row.rule) else row.rule),
            ("Same as", f"message {row.duplicate_of}" if row.duplicate_of else ""),
            ("Tries", str(row.attempts) if row.attempts > 1 or row.state != "done" else ""),
            ("Defects", "; ".join(row.defects)),
            ("Emails sent", "\n".join(_mail(mail) for mail in reversed(owed))),
        ]
    )
    if row.state == "quarantined" and not _header_alone(row):
        terminal.say(f"\nTry it again:  intake quarantine retry {row.id}")
    elif row.state == "quarantined":
        terminal.say(f"\n{_how_to_read(ctx, row)}")


def _became(row: "MessageRow") -> str:
    if row.state == "waiting":
        return "none yet: waiting to be processed"
    became = row.outcome.value if row.outcome and row.state == "done" else row.state
    return f"{became}, ticket #{row.ticket}" if row.ticket else became


def _policy(rule: str) -> str:
    """Return a rule's policy in words, which is its docstring; "" for any other name."""
    from intake.desk.rules.table import RULES

    return next((" ".join((policy.__doc__ or "").split()) for policy in RULES if policy.__name__ == rule), "")


def _mail(row: "OutboxRow") -> str:
    return f"{row.kind} to {row.rcpt} ({row.state})"


@needs_desk
@click.group()
def quarantine() -> None:
    """List, retry or drop quarantined messages."""


@quarantine.command("list")
@click.option("--kept", is_flag=True, help="Those of blocked senders and of rules that quarantine.")
@limited
@as_json
@click.pass_obj
def quarantine_list(ctx: Invocation, kept: bool, limit: int, json_: bool) -> None:
    """List quarantined messages with the reason."""
    rows = ctx.desk().store.ledger.list_messages(state="quarantined", limit=limit, kept=kept)
    if json_:
        terminal.say_json(rows)
    elif not rows:
        terminal.say("The quarantine is empty.")
    else:
        columns = (*COLUMNS[:2], Column("From", gives_way=True), Column("Reason", gives_way=True))
        terminal.table(
            columns, [(str(r.id), terminal.ago(r.received_at, now()), r.sender, r.reason) for r in rows]
        )


quarantine.add_command(show)


@quarantine.command()
@click.argument("numbers", metavar="[ID]...", type=int, nargs=-1)
@click.option("--all", "all_", is_flag=True, help="All, but for those of blocked senders and rules.")
@acting_as
@click.pass_obj
def retry(ctx: Invocation, numbers: tuple[int, ...], all_: bool, as_: str) -> None:
    """Requeue quarantined messages, to be processed within seconds."""
    if all_ == bool(numbers):
        raise click.UsageError("Give message ids or --all.")
    who, store = ctx.actor(as_), ctx.desk().store
    if all_:
        numbers = tuple(
            row.id
            for row in store.ledger.list_messages(state="quarantined", limit=100_000, kept=False)
            if not _header_alone(row)
        )
    for row in [_in_quarantine(ctx, number) for number in numbers]:
        if _header_alone(row):
            not_found(f"Only the header of message {row.id} was read.", _how_to_read(ctx, row))
    for number in numbers:
        store.ledger.requeue(number, now())
        ctx.record(who, f"requeued message {number} from quarantine")
    terminal.say(f"{counted(len(numbers), 'message')} requeued. `intake why ID` explains the outcome.")


@quarantine.command()
@click.argument("numbers", metavar="ID...", type=int, nargs=-1, required=True)
@click.option("--reason", required=True, help="Reason, stored with the message.")
@acting_as
@click.pass_obj
def drop(ctx: Invocation, numbers: tuple[int, ...], reason: str, as_: str) -> None:
    """Discard quarantined messages (raw mail is kept)."""
    who, store = ctx.actor(as_), ctx.desk().store
    for number in numbers:
        _in_quarantine(ctx, number)
        store.ledger.drop(number, reason, now(), who)
    terminal.say(f"{counted(len(numbers), 'message')} dropped.")


def _header_alone(row: "MessageRow") -> bool:
    """Whether the message stands for a mail that was too large: its header would be kept again."""
    from intake.desk.rules.oversize import RULE

    return row.oversize > 0 and row.rule == RULE


def _how_to_read(ctx: Invocation, row: "MessageRow") -> str:
    """Say how the mail comes in of which this is the header, or that it did."""
    newest = ctx.desk().store.ledger.list_messages(limit=LOOKED_AT, mailbox=row.mailbox)
    whole = (other for other in newest if other.message_id == row.message_id and not other.oversize)
    since = next(whole, None) if row.message_id else None
    if since is None:
        return (
            "Raise [desk] max_message_mb and restart intake: it is read then, if it is still in the mailbox."
        )
    drop = f'intake quarantine drop {row.id} --reason "read as message {since.id}"'
    return f"Read since as message {since.id}. Drop the header:  {drop}"


def _size(row: "MessageRow") -> str:
    read = counted(row.size, "byte")
    return f"{row.oversize / 2**20:.1f} MB, of which {read} of header were read" if row.oversize else read


def _in_quarantine(ctx: Invocation, number: int) -> "MessageRow":
    row = _the_message(ctx, number)
    if row.state != "quarantined":
        not_found(f"Message {number} is not in quarantine but {row.state}.", "See `intake quarantine list`.")
    return row


def _the_message(ctx: Invocation, number: int) -> "MessageRow":
    row = ctx.desk().store.ledger.message(number)
    if row is None:
        not_found(f"There is no message {number}.", "`intake message list` shows them.")
    return row


def _raw(ctx: Invocation, number: int) -> bytes:
    raw = ctx.desk().store.ledger.raw(number)
    if raw is None:
        not_found(f"The raw message {number} is gone.", f"`intake why {number}` may explain it.")
    return raw
