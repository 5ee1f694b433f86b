"""`intake block …`: senders whose mail is kept in quarantine and shown to nobody."""

from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, as_json, needs_no_desk, not_found, now
from intake.terminal import Column

if TYPE_CHECKING:
    pass

COLUMNS = (
    Column("Sender"),
    Column("Quarantined", right=True),
    Column("Blocked", right=True),
    Column("By", spare=True),
    Column("Reason", gives_way=True),
)


@needs_no_desk
@click.group()
def block() -> None:
    """List blocked senders, add to them and remove from them."""


@block.command()
@click.argument("sender", metavar="ADDRESS|DOMAIN")
@click.option("--reason", default="", help="Reason, kept with the block.")
@click.option("--anyway", is_flag=True, help="Even if people of open tickets are covered.")
@acting_as
@as_json
@click.pass_obj
def add(ctx: Invocation, sender: str, reason: str, anyway: bool, as_: str, json_: bool) -> None:
    """Add a sender whose email is quarantined, unanswered.

    A domain covers its subdomains. Email of agents, leads, admins and the desk is never blocked.
    """
    from intake.desk.block_effects import Block
    from intake.desk.commands import execute as commands
    from intake.desk.commands.blocks import refuse
    from intake.desk.commands.grammar import CommandContext, Refused
    from intake.desk.lookup import LookupRequest
    from intake.desk.ticket import no_ticket

    who, desk, moment, key = ctx.actor(as_), ctx.desk(), now(), _key(sender)
    looked = desk.store.lookups.look_up(LookupRequest(concerned=frozenset({key})), None, None, moment)
    scene = CommandContext(no_ticket(moment), None, who, "cli", moment, desk.policy, looked=looked)
    try:
        refuse(key, scene, key, anyway)
    except Refused as err:
        raise click.UsageError(commands.reason(err).replace("add anyway", "add --anyway")) from err
    desk.store.blocks.add(Block(key, who, reason), moment)
    ctx.record(who, f"blocked {key}")
    if json_:
        terminal.say_json({"sender": key, "blocked": True})
        return
    terminal.say(f"{key} is blocked. `intake quarantine list --kept` shows what comes from there.")


@block.command()
@click.argument("sender", metavar="ADDRESS|DOMAIN")
@acting_as
@as_json
@click.pass_obj
def remove(ctx: Invocation, sender: str, as_: str, json_: bool) -> None:
    """Remove a block. What is in quarantine stays there until it is retried."""
    from intake.desk.block_effects import Unblock
    from intake.desk.commands import execute as commands
    from intake.desk.commands.blocks import refuse_unblock
    from intake.desk.commands.grammar import Refused

    who, store, key = ctx.actor(as_), ctx.desk().store, _key(sender)
    try:
        refuse_unblock(key, store.blocks.listed())
    except Refused as err:
        not_found(commands.reason(err), "`intake block list` shows who is blocked.")
    store.blocks.remove(Unblock(key))
    ctx.record(who, f"unblocked {key}")
    if json_:
        terminal.say_json({"sender": key, "blocked": False})
        return
    terminal.say(f"{key} is no longer blocked. `intake quarantine retry ID` processes what was kept.")


@block.command("list")
@as_json
@click.pass_obj
def list_(ctx: Invocation, json_: bool) -> None:
    """List blocked senders, the newest first."""
    rows = ctx.desk().store.blocks.listed()
    if json_:
        terminal.say_json(
            [
                {"sender": row.key, "by": row.by, "at": row.at, "reason": row.reason, "quarantined": row.held}
                for row in rows
            ]
        )
    elif not rows:
        terminal.say("Nobody is blocked.")
    else:
        moment = now()
        terminal.table(
            COLUMNS,
            [(row.key, str(row.held), terminal.ago(row.at, moment), row.by, row.reason) for row in rows],
        )


def _key(sender: str) -> str:
    from intake.desk.blocking import key_of

    key = key_of(sender)
    if not key:
        raise click.UsageError(f"{sender} is neither an address nor a domain.")
    return key
