"""`intake import convert …`: what another desk keeps becomes a folder for `intake import tickets`."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from intake import terminal
from intake.commands.common import FAILED, needs_no_desk
from intake.desk.text.counting import counted
from intake.ports import UserError

if TYPE_CHECKING:
    from intake.imports.converters.fetching import Client
    from intake.imports.converters.kept import Kept
    from intake.imports.converters.running import Files
    from intake.imports.converters.shapes import Origin, Tally

TOKEN, PASSWORD = "INTAKE_IMPORT_TOKEN", "INTAKE_IMPORT_PASSWORD"

Made = TypeVar("Made", bound=Callable[..., object])
out = click.argument("out", type=click.Path(file_okay=False, path_type=Path))
token_file = click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"The file that holds the API token (or set {TOKEN}).",
)
password_file = click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"The file that holds the database password (or set {PASSWORD}).",
)
timezone = click.option(
    "--timezone",
    metavar="ZONE",
    required=True,
    help="The time zone of its dates, such as Europe/Berlin or UTC.",
)


@needs_no_desk
@click.group(epilog="Example: intake import convert zendesk export/ acme/")
def convert() -> None:
    """Make an export of another help desk readable.

    OUT is a folder for `intake import tickets`. A second run goes on where the first was
    stopped, and fetches only what is missing. The old desk is only read, never changed.
    """


@convert.command(epilog="Example: intake import convert zendesk export/ acme/ --site acme.zendesk.com")
@click.argument("source")
@out
@click.option("--site", default="", metavar="HOST", help="Where attachments are fetched: acme.zendesk.com.")
@click.option("--user", default="", metavar="EMAIL", help="The agent to whom the API token belongs.")
@token_file
@click.pass_context
def zendesk(
    ctx: click.Context, source: str, out: Path, site: str, user: str, token_file: Path | None
) -> None:
    """Read a JSON export of Zendesk, or its API.

    SOURCE is the folder of the export, or https://HOST for the API.
    """
    from intake.imports.converters import zendesk_source

    site = source if source.startswith("http") else site

    def origin(files: "Files", client: "Client | None") -> "Origin":
        if source.startswith("http"):
            assert client is not None
            return zendesk_source.Api(client, _kept(ctx, out), files)
        return zendesk_source.Export(Path(source), client)

    client = None
    if site:
        if not user:
            raise UserError("Give --user, the email address of the agent to whom the token belongs.")
        client = _client(site, zendesk_source.authorization(user, _secret(token_file, TOKEN)))
    _run(ctx, out, lambda files: origin(files, client))


@convert.command(epilog="Example: intake import convert zammad https://support.example.com old/")
@click.argument("source")
@out
@token_file
@click.pass_context
def zammad(ctx: click.Context, source: str, out: Path, token_file: Path | None) -> None:
    """Read the API of Zammad.

    SOURCE is its address, https://HOST.
    """
    from intake.imports.converters import zammad_source

    client = _client(source, zammad_source.authorization(_secret(token_file, TOKEN)))
    zammad_source.expect_zammad(client)
    _run(ctx, out, lambda files: zammad_source.Api(client, _kept(ctx, out), files))


@convert.command(epilog="Example: intake import convert freshdesk https://acme.freshdesk.com acme/")
@click.argument("source")
@out
@token_file
@click.pass_context
def freshdesk(ctx: click.Context, source: str, out: Path, token_file: Path | None) -> None:
    """Read the API of Freshdesk, or an export.

    SOURCE is https://HOST for the API, or the folder of an export. The links to files in
    an export end soon: prefer the API.
    """
    from intake.imports.converters import freshdesk_source

    if source.startswith("http"):
        client = _client(source, freshdesk_source.authorization(_secret(token_file, TOKEN)))
        _run(ctx, out, lambda files: freshdesk_source.Api(client, _kept(ctx, out), files))
    else:
        bare = _client("https://freshdesk.invalid", "")
        _run(ctx, out, lambda _files: freshdesk_source.Export(Path(source), bare))


@convert.command(
    epilog="Example: intake import convert osticket mysql://reader@db/osticket old/ --timezone UTC"
)
@click.argument("source")
@out
@timezone
@click.option("--prefix", default="ost_", show_default=True, help="What the names of its tables begin with.")
@click.option(
    "--files",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of attachments, if a plugin keeps them on the disk.",
)
@password_file
@click.pass_context
def osticket(
    ctx: click.Context,
    source: str,
    out: Path,
    timezone: str,
    prefix: str,
    folder: Path | None,
    password_file: Path | None,
) -> None:
    """Read the MySQL database of osTicket.

    SOURCE is mysql://USER@HOST/DATABASE. It may go on working meanwhile.
    """
    from intake.imports.converters import mysql, osticket_source

    where = mysql.place(source, _secret(password_file, PASSWORD, needed=False))
    zone = _zone(timezone)
    database = mysql.Database(where)
    try:
        tables = osticket_source.Tables(database, prefix, zone, folder, where.name)
        _run(ctx, out, lambda _files: tables)
    finally:
        database.close()


@convert.command(
    epilog="Example: intake import convert freescout mysql://reader@db/freescout old/ --timezone UTC"
)
@click.argument("source")
@out
@timezone
@click.option(
    "--files",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Its folder storage/app, or a copy of it, for attachments.",
)
@password_file
@click.pass_context
def freescout(
    ctx: click.Context, source: str, out: Path, timezone: str, folder: Path | None, password_file: Path | None
) -> None:
    """Read the MySQL database of FreeScout.

    SOURCE is mysql://USER@HOST/DATABASE. It may go on working meanwhile. The time zone is
    APP_TIMEZONE in its .env.
    """
    from intake.imports.converters import freescout_source, mysql

    where = mysql.place(source, _secret(password_file, PASSWORD, needed=False))
    zone = _zone(timezone)
    database = mysql.Database(where)
    try:
        tables = freescout_source.Tables(database, zone, folder, where.name)
        _run(ctx, out, lambda _files: tables)
    finally:
        database.close()


def _secret(file: Path | None, variable: str, needed: bool = True) -> str:
    """Return a token or password from its file or variable. It never stands on a command line."""
    secret = os.environ.get(variable, "")
    if file is not None:
        try:
            secret = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as err:
            raise UserError(f"{file} cannot be read as text. Write nothing but the secret into it.") from err
    if needed and not secret:
        raise UserError(f"There is no token: set {variable}, or use --token-file.")
    if not secret.isprintable():
        raise UserError("The secret holds more than one line. Write nothing but the secret into its file.")
    return secret


def _client(address: str, authorization: str) -> "Client":
    from intake.imports.converters.fetching import Client, site

    return Client(site(address), authorization)


def _kept(ctx: click.Context, out: Path) -> "Kept":
    from intake.imports.converters.kept import Kept

    kept = Kept(out)
    ctx.call_on_close(kept.close)
    return kept


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as err:
        shown = terminal.shown_line(name)
        raise UserError(f"{shown} is no time zone. Use a name such as Europe/Berlin or UTC.") from err


def _run(ctx: click.Context, out: Path, make: "Callable[[Files], Origin]") -> None:
    """Convert, and print the final table. Exit code 1 when something is missing."""
    from intake.imports.converters.running import Files, prepared
    from intake.imports.converters.running import convert as converted

    origins: list[Origin] = []
    files = Files(prepared(out), lambda wanted, path: origins[0].fetch(wanted, path))
    origins.append(make(files))
    with terminal.progress("Converting") as advance:
        tally = converted(origins[0], out, files, lambda count: advance(count, count))
    _say(tally, out)
    if not tally.complete:
        ctx.exit(FAILED)


def _say(tally: "Tally", out: Path) -> None:
    columns = (terminal.Column("Year"), terminal.Column("Tickets", right=True))
    terminal.table(columns, [(str(year), f"{count:,}") for year, count in sorted(tally.years.items())])
    kinds = ", ".join(counted(count, kind) for kind, count in sorted(tally.entries.items()))
    files = counted(tally.files, "file")
    terminal.say(f"{counted(tally.tickets, 'ticket')} with {kinds or 'no entries'} and {files}.")
    for why, count in sorted(tally.left_out.items()):
        terminal.say(f"Left out: {counted(count, 'ticket')}, {why}.")
    if tally.lost:
        terminal.warn(f"{counted(tally.lost, 'item')} could not be read; {out}/remarks.txt says which.")
    if tally.gone:
        terminal.say(
            f"{counted(tally.gone, 'file', 'is', 'are')} gone in the old desk itself; {out}/remarks.txt says "
            "which."
        )
    if tally.missing:
        terminal.warn(
            f"{counted(tally.missing, 'file', 'is', 'are')} missing; {out}/remarks.txt says which. "
            "Run the same command again: only what is missing is fetched."
        )
    terminal.say(f"\nNext:  intake import tickets {out} --dry-run")
