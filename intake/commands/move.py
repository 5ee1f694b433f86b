"""`intake move`: move a desk from SQLite to PostgreSQL, and its large files into a bucket."""

import os

import click

from intake import terminal
from intake.commands import alone
from intake.commands.common import Invocation, needs_no_desk
from intake.commands.who import login
from intake.desk.text.counting import counted


@needs_no_desk
@click.command()
@click.option(
    "--from",
    "source",
    metavar="URL",
    default="",
    help="The SQLite file, if it is not intake.db in the data folder.",
)
@click.pass_obj
def move(ctx: Invocation, source: str) -> None:
    """Move the desk to PostgreSQL, its files to a bucket.

    The PostgreSQL database of the config must be empty. Everything moves in one transaction:
    tickets, messages, queued emails, agents, surveys. Files move if the config names a
    bucket; a move that was cut off continues where it was. The key of reply addresses stays
    in the data folder. Stop intake first.
    """
    _look(ctx, source)
    files = _move_files(ctx)
    if files and ctx.settings().store.url.startswith("sqlite:"):
        ctx.record(login(), f"moved {files} to {ctx.settings().store.blobs}")
        return
    _move_rows(ctx, source, bool(files))


def _look(ctx: Invocation, source: str) -> None:
    """Refuse, before any file is moved, what the rows could not follow."""
    from intake.store.files.leaving import left_files
    from intake.store.opening import sqlite_path
    from intake.store.upkeep.to_postgres import USUAL, expect_movable

    store, data = ctx.settings().store, ctx.settings().desk.data
    if not store.blobs or left_files(data) is None or store.url.startswith("sqlite:"):
        return
    if sqlite_path(source or USUAL, data).exists():
        expect_movable(source or USUAL, store.url, data)


def _move_files(ctx: Invocation) -> str:
    """Move the large files where they lie in the data folder and the config names a bucket.

    Returns how many, in words, "" where there is nothing to move.
    """
    from intake.store.files.choosing import files_of
    from intake.store.files.leaving import left_files, move_files

    store, data = ctx.settings().store, ctx.settings().desk.data
    if not store.blobs or left_files(data) is None:
        return ""
    # Nobody may write a file into the folder meanwhile.
    held = alone.hold(data)
    try:
        with terminal.progress("Moving files") as callback:
            count, aside = move_files(data, files_of(store, data), callback)
    finally:
        os.close(held)
    terminal.say(f"Moved {counted(count, 'file')} into {store.blobs}.")
    terminal.say(f"The old files still hold mail. Delete them once the bucket works for you: {aside}")
    return counted(count, "file")


def _move_rows(ctx: Invocation, source: str, files: bool) -> None:
    from intake.store.opening import sqlite_path
    from intake.store.upkeep.to_postgres import USUAL, moved_to
    from intake.store.upkeep.to_postgres import move as to

    settings = ctx.settings()
    url, data = settings.store.url, settings.desk.data
    path = sqlite_path(source or USUAL, data)
    if files and not path.exists():
        # Its rows were moved before, or it never was on SQLite.
        return
    with terminal.progress("Moving rows") as callback:
        rows = to(source or USUAL, url, data, callback)
    ctx.record(login(), "moved the desk to another database")
    if rows:
        terminal.say(f"Moved {counted(rows, 'row')}. `intake run` continues from the old desk.")
    else:
        terminal.say("It had been moved already; the file is set aside now.")
    terminal.say(
        f"The old file still holds all mail. Delete it once the new database works for you: {moved_to(path)}"
    )
