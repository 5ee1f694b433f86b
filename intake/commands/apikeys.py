"""`intake apikey …`: keys for programs that open tickets."""

import click

from intake import terminal
from intake.commands.common import Invocation, as_json, login, needs_no_desk, not_found, now
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
def create(given: Invocation, name: str, per_hour: int, scopes: tuple[str, ...], json_: bool) -> None:
    """Create an API key and print it, this once.

    NAME says which program uses it. Only a hash of the key is stored.
    """
    from intake.web import keys

    key = keys.make()
    chosen = tuple(dict.fromkeys(scopes)) or SCOPES
    number = given.desk().store.web.add_api_key(name, keys.hashed(key), chosen, per_hour, now())
    given.record(login(), f"made API key {number}")
    if json_:
        terminal.say_json({"id": number, "name": name, "key": key, "scopes": chosen, "per_hour": per_hour})
        return
    terminal.say(f"Key {number}; it is shown only once:\n\n  {key}\n")
    terminal.say("Programs send it as:  Authorization: Bearer KEY")


@apikey.command("list")
@as_json
@click.pass_obj
def list_(given: Invocation, json_: bool) -> None:
    """List API keys, without the keys themselves."""
    rows = given.desk().store.web.api_keys()
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
                    str(one.id),
                    one.name,
                    ", ".join(one.scopes),
                    str(one.per_hour),
                    terminal.ago(one.created_at, moment),
                    terminal.ago(one.used_at, moment) if one.used_at else "-",
                    "revoked" if one.revoked_at else "",
                )
                for one in rows
            ],
        )


@apikey.command()
@click.argument("key", type=int)
@click.pass_obj
def revoke(given: Invocation, key: int) -> None:
    """Revoke an API key permanently. KEY is its number."""
    if not given.desk().store.web.revoke_api_key(key, now()):
        not_found(f"There is no active key {key}.", "`intake apikey list` shows them.")
    given.record(login(), f"revoked API key {key}")
    terminal.say(f"Key {key} revoked.")
