"""`intake import …`: the history of another desk, taken in, listed, compared and taken back."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import FAILED, Invocation, as_json, needs_desk, not_found, now
from intake.commands.import_convert import convert
from intake.commands.import_mail import archive_of, mail, own_option
from intake.commands.import_run import (
    agents_of,
    agents_option,
    carry_out,
    entries,
    import_options,
    imported_of,
    plain_remark,
    plain_table,
    show,
    tell_remarks,
    wishes_of,
)
from intake.commands.who import login
from intake.desk.text.counting import counted
from intake.terminal import Column

if TYPE_CHECKING:
    from intake.imports.folder import TicketsFolder
    from intake.imports.model import Source
    from intake.ports.imports import RunRow
    from intake.store.import_runs import ImportRuns

LIST = "`intake import list` shows them."
COLUMNS = (
    Column("Run", right=True),
    Column("Source", gives_way=True),
    Column("Kind"),
    Column("State"),
    Column("Begun"),
    Column("By", gives_way=True, spare=True),
    Column("Tickets", right=True),
    Column("Entries", right=True),
)
_folder = click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))


@needs_desk
@click.group("import")
def imports() -> None:
    """Import the history of another desk."""


@imports.command()
@_folder
@import_options
@as_json
@click.pass_context
def tickets(
    ctx: click.Context,
    folder: Path,
    dry_run: bool,
    team: str,
    mailbox: str,
    closed: bool,
    source: str,
    agents: Path | None,
    json_: bool,
) -> None:
    """Import tickets.ndjson and its files.

    Nobody is written to. A second run adds only what is new.

    Exit codes: 0 all of it was imported, 1 something is missing.
    """
    invocation: Invocation = ctx.obj
    desk = invocation.desk()
    wishes = wishes_of(desk, mailbox, team, closed)
    export = _open(invocation, folder, source)
    people = agents_of(desk, agents, export.agents)
    if not carry_out(invocation, export, people, wishes, dry_run, json_):
        ctx.exit(FAILED)


@imports.command("list")
@as_json
@click.pass_obj
def list_(ctx: Invocation, json_: bool) -> None:
    """List imports."""
    from intake.imports.copies import left_behind
    from intake.store.import_runs import STOPPED

    rows = _runs(ctx).runs(now())
    if json_:
        terminal.say_json(rows)
        return
    if not rows:
        terminal.say("Nothing was imported yet. Begin with: intake import tickets FOLDER --dry-run")
    else:
        terminal.table(COLUMNS, [_cells(row) for row in rows])
        for row in rows:
            if row.state == STOPPED:
                terminal.warn(f"Import {row.id} was stopped before its end. Run it again: it goes on.")
    if copy := left_behind(ctx.settings().desk.data):
        terminal.warn(f"An import over IMAP runs or was cut off: {copy}. Run it again to go on.")


imports.add_command(convert)
imports.add_command(mail)


@imports.command()
@click.argument("run", type=int)
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@own_option
@agents_option
@as_json
@click.pass_context
def verify(
    ctx: click.Context,
    run: int,
    sources: tuple[str, ...],
    own: tuple[str, ...],
    agents: Path | None,
    json_: bool,
) -> None:
    """Check both sides of an import by counting.

    SOURCE is what was imported: the folder of tickets, or the archives of mail, with the
    same --own and --agents as then.

    Exit codes: 0 they are equal, 1 something is missing or could not be read.
    """
    invocation: Invocation = ctx.obj
    row = _run(invocation, run)
    if row.kind == "mail":
        people = agents_of(invocation.desk(), agents)
        with archive_of(invocation.desk(), sources, row.source, people, own) as opened:
            equal = compare(invocation, row, opened.source, json_)
    elif row.kind == "tickets" and len(sources) == 1 and Path(sources[0]).is_dir():
        equal = compare(invocation, row, _open(invocation, Path(sources[0]), row.source), json_)
    else:
        raise click.UsageError(f"Import {run} is of {row.kind}: name the folder that it was read from.")
    if not equal:
        ctx.exit(FAILED)


def compare(ctx: Invocation, row: "RunRow", source: "Source", json_: bool) -> bool:
    """Show what a source holds and what was imported of it; return whether nothing is missing."""
    from intake.imports.counting import count, table
    from intake.imports.model import ImportedTicket, Remark

    remarks: list[Remark] = []
    counts = count(())
    whole, done = source.count() or 0, 0
    with terminal.progress("Counting") as progress:
        for item in source.tickets():
            if isinstance(item, ImportedTicket):
                counts += count([item])
                done += 1
                progress(done, max(whole, done))
            elif item.lost:
                remarks.append(item)
    lines = table(counts, imported_of(ctx, source))
    differ = any(line.lacks for line in lines)
    equal = not remarks and not differ
    if json_:
        terminal.say_json(
            {
                "run": row.id,
                "source": row.source,
                "equal": equal,
                "table": plain_table(lines),
                "remarks": [plain_remark(remark) for remark in remarks],
            }
        )
        return equal
    tell_remarks(remarks, len(remarks))
    show(lines)
    if differ:
        terminal.say("They differ. Import again: it adds what is missing.")
        if row.kind == "mail":
            terminal.say("Give the same --agents and --own as then: they tell questions from answers.")
    elif remarks:
        things = counted(len(remarks), "thing", "was", "were")
        terminal.say(
            f"Equal, but {things} not imported: see above. What is mended there comes with the next import."
        )
    else:
        terminal.say("Both sides are equal.")
    return equal


@imports.command()
@click.argument("run", type=int)
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@as_json
@click.pass_context
def forget(ctx: click.Context, run: int, yes: bool, json_: bool) -> None:
    """Take an import back.

    Erases what it made and nobody has touched since; says what stays, and why.
    """
    invocation: Invocation = ctx.obj
    row, runs = _run(invocation, run), _runs(invocation)
    asked = f"Erase what import {run} ({terminal.shown_line(row.source)}) made and nobody has touched?"
    if not yes and not click.confirm(asked):
        ctx.exit(FAILED)
    erased, gone, kept = 0, 0, list[tuple[int, str]]()
    with terminal.progress("Erasing") as progress:
        for part in runs.forget(run, login(), now()):
            erased, gone = erased + part.tickets, gone + part.entries
            kept += part.kept
            progress(erased + len(kept), 0)
    runs.scrub()
    if json_:
        stays = [{"ticket": number, "why": why} for number, why in kept]
        terminal.say_json({"run": run, "tickets": erased, "entries": gone, "kept": stays})
        return
    for number, why in kept:
        terminal.say(f"#{number} stays: {why}.")
    terminal.say(
        f"Erased {counted(erased, 'ticket')} and {entries(gone)}; {counted(len(kept), 'ticket')} kept."
    )


def _open(ctx: Invocation, folder: Path, name: str) -> "TicketsFolder":
    from intake.imports.folder import TicketsFolder

    largest = ctx.settings().desk.max_message_mb * 1024 * 1024
    return TicketsFolder(folder, name, now().replace(microsecond=0), largest)


def _runs(ctx: Invocation) -> "ImportRuns":
    from intake.store.import_runs import ImportRuns

    database = ctx.desk().database
    return ImportRuns(database.db, database.blobs)


def _run(ctx: Invocation, number: int) -> "RunRow":
    row = _runs(ctx).run(number, now())
    if row is None:
        not_found(f"There is no import {number}.", LIST)
    return row


def _cells(row: "RunRow") -> tuple[str, ...]:
    begun, numbers = terminal.clock(row.started_at), (f"{row.tickets:,}", f"{row.entries:,}")
    source, by = terminal.shown_line(row.source), terminal.shown_line(row.by)
    return (str(row.id), source, row.kind, row.state, begun, by, *numbers)
