"""`intake migrate`: upgrade the tables of an older intake, after making a copy."""

import click

from intake import terminal
from intake.commands.common import Invocation, expect_a_desk, needs_desk
from intake.commands.who import login
from intake.ports import UserError


@needs_desk
@click.command(epilog="Example: intake migrate --check")
@click.option("--check", is_flag=True, help="Only report; exit code 1 if an upgrade is needed.")
@click.option("--backed-up", is_flag=True, help="On PostgreSQL: make no dump, because there is a backup.")
@click.pass_context
def migrate(ctx: click.Context, check: bool, backed_up: bool) -> None:
    """Upgrade the database schema, forward only.

    It makes a copy first: of SQLite beside the file, of PostgreSQL with pg_dump.
    SQLite is also upgraded when a desk first opens it.
    """
    from intake.store.opening import open_store, sqlite_path, table_state
    from intake.store.upgrade.compare import hopeless, told
    from intake.store.upgrade.migrations import VERSION, kept
    from intake.store.upkeep.backup import run_tool

    invocation = ctx.ensure_object(Invocation)
    settings = invocation.settings()
    url, data = settings.store.url, settings.desk.data
    expect_a_desk(data)
    version, lacking = table_state(url, data)
    if version == 0:
        # As `intake init` leaves it; the next process creates them.
        terminal.say(
            "There are no tables yet, so nothing to upgrade: `intake run` creates them. "
            "If there were tickets, correct [store] url, or run `intake restore`."
        )
        return
    if version == VERSION and not lacking:
        terminal.say(f"Schema {VERSION} is current. Nothing to do.")
        return
    if version != VERSION:
        terminal.say(f"The database has schema {version}; this intake needs {VERSION}.")
    else:
        terminal.say(f"The tables are those of an older intake: {told(lacking)}.")
    refusal = hopeless(lacking)
    if refusal:
        raise UserError(refusal)
    if check:
        ctx.exit(1)
    copy = None
    if url.startswith("sqlite:"):
        copy = kept(sqlite_path(url, data), version)
    elif not backed_up:
        copy = data / f"before-version-{VERSION}.sql"
        run_tool("pg_dump", url, ["--no-owner", "--no-privileges", f"--file={copy}"])
        copy.chmod(0o600)
    open_store(url, data, upgrade=True).close()
    invocation.record(login(), f"brought the tables from version {version} to {VERSION}")
    terminal.say(f"Done: schema {VERSION}." + (f" Copy of the old database: {copy}" if copy else ""))
