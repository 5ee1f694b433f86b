"""`intake apikey …`: keys for programs that open tickets."""

import click

from intake import terminal
from intake.commands.common import Invocation, as_json, needs_no_desk, not_found, now
from intake.commands.who import login
from intake.terminal import Column

COLUMNS = (
    Column("Key", right=True),
    Column("Name", gives_way=True),
    Column("May"),
    Column("Tickets/h", right=True),
    Column("Created", right=True),
    Column("Last used", right=True),
    Column(""),
)
SCOPES = ("create", "read")


@needs_no_desk
@click.group()
def apikey() -> None:
    """Create, list and revoke API keys."""


@apikey.command()
@click.argument("name")
@click.option("--per-hour", type=click.IntRange(1, 100_000), default=100, show_default=True,
              help="Maximum tickets per hour.")  # fmt: skip
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES),
              help="Permission of the key; may be repeated. Default: all.")  # fmt: skip
@as_json
@click.pass_obj
def create(ctx: Invocation, name: str, per_hour: int, scopes: tuple[str, ...], json_: bool) -> None:
    """Create an API key and print it, this once.

    NAME says which program uses it. Only a hash of the key is stored.
    """
    from intake.web import keys

    key = keys.make()
    chosen = tuple(dict.fromkeys(scopes)) or SCOPES
    number = ctx.desk().store.web.add_api_key(name, keys.hashed(key), chosen, per_hour, now())
    ctx.record(login(), f"made API key {number}")
    if json_:
        terminal.say_json({"id": number, "name": name, "key": key, "scopes": chosen, "per_hour": per_hour})
        return
    terminal.say(f"Key {number}; it is shown only once:\n\n  {key}\n")
    terminal.say("Programs send it as:  Authorization: Bearer KEY")


@apikey.command("list")
@as_json
@click.pass_obj
def list_(ctx: Invocation, json_: bool) -> None:
    """List API keys, without the keys themselves."""
    rows = ctx.desk().store.web.api_keys()
    if json_:
        terminal.say_json(rows)
    elif not rows:
        terminal.say("No keys. Create one:  intake apikey create NAME")
    else:
        moment = now()
        terminal.table(
            COLUMNS,
            [
                (
                    str(row.id),
                    row.name,
                    ", ".join(row.scopes),
                    str(row.per_hour),
                    terminal.ago(row.created_at, moment),
                    terminal.ago(row.used_at, moment) if row.used_at else "-",
                    "revoked" if row.revoked_at else "",
                )
                for row in rows
            ],
        )


@apikey.command()
@click.argument("key", type=int)
@click.pass_obj
def revoke(ctx: Invocation, key: int) -> None:
    """Revoke an API key permanently. KEY is its number."""
    if not ctx.desk().store.web.revoke_api_key(key, now()):
        not_found(f"There is no active key {key}.", "`intake apikey list` shows them.")
    ctx.record(login(), f"revoked API key {key}")
    terminal.say(f"Key {key} revoked.")
