"""`intake fsck`: check the integrity of everything that is stored."""

import click

from intake import terminal
from intake.commands.common import FAILED, Invocation, as_json, needs_desk
from intake.commands.who import login
from intake.desk.text.counting import counted


@needs_desk
@click.command()
@click.option("--repair", is_flag=True, help="Remove orphaned files that are more than a day old.")
@click.option(
    "--download", is_flag=True, help="With a bucket: also read each of its objects, not only list them."
)
@as_json
@click.pass_context
def fsck(ctx: click.Context, repair: bool, download: bool, json_: bool) -> None:
    """Check the integrity of the database and files.

    Safe while the desk runs. Every message must be in exactly one state, its raw bytes
    complete and unchanged, and its ticket must exist. Objects in a bucket are listed: they
    must be there, in their size.
    """
    invocation: Invocation = ctx.obj
    # What opens the database is loaded when it is needed.
    from intake.store.upkeep.integrity import IntegrityCheck
    from intake.store.upkeep.orphans import Orphans

    database = invocation.desk().database
    faults = list(IntegrityCheck(database.db, database.blobs).faults(download))
    orphans, removed = Orphans(database.db, database.blobs), 0
    if repair:
        removed = orphans.remove_orphan_rows() + orphans.remove_orphan_files()
        if removed:
            invocation.record(login(), f"removed {counted(removed, 'orphan')}")
    rows, files = orphans.orphan_rows(), list(orphans.orphan_files())
    if json_:
        result = {"faults": faults, "removed": removed, "orphans": [*rows, *files]}
        terminal.say_json(result)
    else:
        for fault in faults:
            terminal.pairs([("Fault", (fault, "bold red"))])
        if rows or files:
            terminal.say(f"{counted(len(rows) + len(files), 'orphaned file')}. They do no harm.")
            terminal.say("Remove them:  intake fsck --repair")
        if removed:
            terminal.say(f"{counted(removed, 'orphaned file')} removed.")
        terminal.say(
            "No problems found."
            if not faults
            else f"{counted(len(faults), 'fault')} found: restore from a backup."
        )
        terminal.say("Whether rows were tampered with:  intake audit verify")
    ctx.exit(FAILED if faults else 0)
