"""`intake secret …`: which secrets people wrote, and where; never the secrets."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from intake import terminal
from intake.commands import sealing
from intake.commands.common import (
    Invocation,
    acting_as,
    as_json,
    limited,
    needs_desk,
    needs_no_desk,
    not_found,
    now,
)
from intake.desk.text.counting import counted
from intake.terminal import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.desk.sensitive.finds import Find
    from intake.views import FindRow

COLUMNS = (
    Column("ID", right=True),
    Column("Ticket", right=True),
    Column("Kind"),
    Column("Where", gives_way=True),
    Column("Sure"),
    Column("State"),
    Column("Found", right=True),
)
# So much of a file is tested.
MOST_TESTED = 2 << 20
# A scan leaves the machine to mail for so long after each set of texts.
REST_SECONDS = 0.2


@needs_desk
@click.group()
def secret() -> None:
    """List and open secrets that people wrote; test the detector."""


@secret.command("list")
@click.option("--ticket", type=int, metavar="NUMBER", help="Only of this ticket.")
@click.option(
    "--state", type=click.Choice(["hidden", "cleared", "sealed", "destroyed"]), help="Only in this state."
)
@limited
@as_json
@click.pass_obj
def list_(ctx: Invocation, ticket: int | None, state: str | None, limit: int, json_: bool) -> None:
    """List the secrets that were found, the newest first."""
    rows = ctx.desk().store.finds.list_finds(ticket, state or "", limit)
    if json_:
        terminal.say_json([_values(row) for row in rows])
    elif not rows:
        terminal.say("No secret was found.")
    else:
        moment = now()
        terminal.table(COLUMNS, [_cells(row, moment) for row in rows])


@secret.command()
@click.argument("number", metavar="ID", type=int)
@as_json
@click.pass_obj
def show(ctx: Invocation, number: int, json_: bool) -> None:
    """Show what is known of a secret, and the other tickets with it."""
    finds = ctx.desk().store.finds
    row, elsewhere = _the_find(ctx, number), list(finds.elsewhere(number))
    if json_:
        terminal.say_json({**_values(row), "elsewhere": elsewhere})
        return
    for name, value in (*_values(row).items(), ("elsewhere", ", ".join(f"#{other}" for other in elsewhere))):
        terminal.say(f"{name}: {'' if value is None else value}")


@secret.command()
@click.argument("number", metavar="ID", type=int)
@acting_as
@as_json
@click.pass_obj
def clear(ctx: Invocation, number: int, as_: str, json_: bool) -> None:
    """Show a find in its ticket because it is no secret. A certain find stays hidden."""
    row, who = _the_find(ctx, number), ctx.actor(as_)
    if row.state != "hidden":
        cure = f"`intake secret list --state {row.state}` shows such finds."
        not_found(f"Find {number} is {row.state}.", cure)
    _excuse(ctx, row, who)
    ctx.record(who, f"cleared find {number} ({row.kind}) of ticket #{row.ticket}")
    if json_:
        terminal.say_json({"id": number, "state": "cleared"})
        return
    terminal.say(f"Find {number} is no secret: ticket #{row.ticket} shows it.")


def _excuse(ctx: Invocation, row: "FindRow", who: str) -> None:
    """Have a find shown in its ticket, and in the one that it was merged into."""
    from intake.desk.commands.grammar import Refused
    from intake.desk.commands.unhide import excused

    desk = ctx.desk()
    ticket = desk.store.tickets.get(row.ticket)
    hidden = {find.id: find for find in desk.store.finds.hidden_in([row.ticket])}
    if ticket is None or row.id not in hidden:
        not_found(f"Find {row.id} has no ticket.", "`intake secret list` shows the finds.")
    try:
        effects = excused(desk.store.tickets.end(ticket), hidden[row.id], who)
    except Refused as err:
        raise click.UsageError(f"Find {row.id} stays hidden: {err.args[0]}.") from err
    desk.service.act(effects)


@secret.command()
@click.option("--ticket", type=int, metavar="NUMBER", help="Only of this ticket.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Only from this day on (UTC)."
)
@as_json
@click.pass_obj
def scan(ctx: Invocation, ticket: int | None, since: datetime | None, json_: bool) -> None:
    """Read again what lies in tickets, with today's detector.

    New finds are noted in their tickets. Nobody is written to. A scan of everything that was stopped goes on
    where it was. Files are checked by `intake run` afterwards, new ones first.
    """
    import time

    from intake.runtime import file_reading, pdf_text
    from intake.service.secret_scan import scan as scanned

    service, pictures = ctx.desk().service, ctx.settings().secrets.pictures
    pictures_read = pictures != "off" and file_reading.can_read_pictures()
    unread = [*([] if pictures_read else ["image/"]), *(["application/pdf"] if pdf_text.missing() else [])]
    entries = finds = files = 0
    with terminal.progress("Reading") as advance:
        begun = since.replace(tzinfo=UTC) if since else None
        for step in scanned(service, ticket, begun, unread, lambda: time.sleep(REST_SECONDS)):
            entries, finds, files = entries + step.entries, finds + step.finds, files + step.files
            advance(entries, 0)
    if json_:
        terminal.say_json({"texts": entries, "finds": finds, "files": files})
        return
    terminal.say(f"{counted(entries, 'text')} read, {counted(finds, 'new secret')} found.")
    if files:
        terminal.say(
            f"{counted(files, 'file')} to be checked: `intake run` does it, and notes what it finds."
        )


@needs_no_desk
@secret.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
def test(file: Path, json_: bool) -> None:
    """Test what the detector finds in a text file or an email.

    Pictures and PDF are not read here: they are named.
    """
    from intake.desk.sensitive.finds import place

    finds, unread = _tested(file)
    if json_:
        terminal.say_json(
            [
                {"kind": find.kind, "confidence": find.confidence, "part": find.part, "words": find.words}
                for find in finds
            ]
        )
        return
    for find in finds:
        words = f", {find.words} words" if find.words else ""
        terminal.say(f"{find.kind}{words}, {place(find.part)} ({find.confidence})")
    if not finds:
        terminal.say("No secret was found.")
    if unread:
        said = "Not read here, but by a running desk where it can: {}."
        terminal.say(said.format(", ".join(unread)))


def _tested(file: Path) -> "tuple[Sequence[Find], list[str]]":
    """Return what was found in a file, and the names of what could not be read of it."""
    from intake.desk.message_finds import of_message
    from intake.desk.sensitive.finds import finds_in
    from intake.mail.contents.text import contents
    from intake.mail.parse import parse

    raw = file.read_bytes()[:MOST_TESTED]
    finds: list[Find] = []
    parts = [(file.name, "", raw)]
    if file.suffix == ".eml":
        message = parse(raw)
        finds += of_message(message, message.text)
        parts = [(part.claimed or part.name, part.media_type, part.content) for part in message.attachments]
    unread = []
    for number, (name, media_type, content) in enumerate(parts, 1):
        read = contents(name, media_type, content)
        place = f"file:{number}" if file.suffix == ".eml" else "text"
        finds += [find for text in (read.texts if read else ()) for find in finds_in(text, place)]
        unread += [name] if read is None or not read.whole else []
    return finds, unread


for command in (sealing.key, sealing.reveal, sealing.open_, sealing.destroy):
    secret.add_command(command)


def _the_find(ctx: Invocation, number: int) -> "FindRow":
    row = ctx.desk().store.finds.get(number)
    if row is None:
        not_found(f"There is no find {number}.", "`intake secret list` shows them.")
    return row


def _values(row: "FindRow") -> dict[str, Any]:
    return {
        "id": row.id,
        "ticket": row.ticket,
        "message": row.message,
        "entry": row.entry,
        "kind": row.kind,
        "part": row.part,
        "confidence": row.confidence,
        "words": row.words,
        "state": row.state,
        "found_at": row.found_at,
        "detector": row.detector,
    }


def _cells(row: "FindRow", moment: datetime) -> tuple[str, ...]:
    from intake.desk.sensitive.finds import place

    return (
        str(row.id),
        f"#{row.ticket}",
        f"{row.kind}, {row.words} words" if row.words else row.kind,
        place(row.part),
        row.confidence,
        row.state,
        terminal.ago(row.found_at, moment),
    )
