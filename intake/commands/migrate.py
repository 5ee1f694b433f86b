"""`intake migrate`: the tables of an older intake brought up to date, after a copy was made."""

import click

from intake import terminal
from intake.commands.common import Invocation, expect_a_desk, login, needs_desk
from intake.ports import UserError


@needs_desk
@click.command(epilog="Example: intake migrate --check")
@click.option(
    "--check", is_flag=True, help="Only say what would be done; exit code 1 when there is something."
)
@click.option("--backed-up", is_flag=True, help="On PostgreSQL: there is a backup, make no dump.")
@click.pass_context
def migrate(ctx: click.Context, check: bool, backed_up: bool) -> None:
    """Bring the database up to date, forward only.

    A copy is made first: of a SQLite database beside itself, of one on PostgreSQL with pg_dump.
    SQLite is also brought up to date when a desk first opens it.
    """
    from intake.store.opening import open_store, sqlite_path, table_state
    from intake.store.upgrade.compare import hopeless, told
    from intake.store.upgrade.migrations import VERSION, kept
    from intake.store.upkeep.backup import run_tool

    given = ctx.ensure_object(Invocation)
    settings = given.settings()
    url, data = settings.store.url, settings.desk.data
    expect_a_desk(data)
    version, lacking = table_state(url, data)
    if version == 0:
        # As `intake init` leaves it, and what starts after this command makes them.
        terminal.say(
            "There are no tables yet, and nothing to bring up to date: `intake run` makes them. "
            "If there were tickets, put [store] url right, or run `intake restore`."
        )
        return
    if version == VERSION and not lacking:
        terminal.say(f"The tables have version {VERSION}, which is today's. There is nothing to do.")
        return
    if version != VERSION:
        terminal.say(f"The tables have version {version}; this intake needs {VERSION}.")
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
    given.record(login(), f"brought the tables from version {version} to {VERSION}")
    terminal.say(f"Done: version {VERSION}." + (f" The copy from before: {copy}" if copy else ""))
