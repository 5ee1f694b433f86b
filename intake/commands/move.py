"""`intake move`: move a desk from SQLite to PostgreSQL."""

import click

from intake import terminal
from intake.commands.common import Invocation, login, needs_no_desk
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
    """Move the desk from SQLite to PostgreSQL.

    The PostgreSQL database of the config must be empty. Everything moves in one transaction:
    tickets, messages, queued emails, agents, surveys. Files,
    and the key of reply addresses, stay in the data folder. Stop intake first.
    """
    from intake.store.opening import sqlite_path
    from intake.store.upkeep.to_postgres import USUAL, moved_to
    from intake.store.upkeep.to_postgres import move as to

    settings = ctx.settings()
    url, data = settings.store.url, settings.desk.data
    with terminal.progress("Moving rows") as callback:
        rows = to(source or USUAL, url, data, callback)
    path = moved_to(sqlite_path(source or USUAL, data))
    ctx.record(login(), "moved the desk to another database")
    if rows:
        terminal.say(f"Moved {counted(rows, 'row')}. `intake run` continues from the old desk.")
    else:
        terminal.say("It had been moved already; the file is set aside now.")
    terminal.say(f"The old file still holds all mail. Delete it once the new database works for you: {path}")
