"""`intake fsck`: check the integrity of everything that is stored."""

import click

from intake import terminal
from intake.commands.common import FAILED, Invocation, as_json, login, needs_desk
from intake.desk.text.counting import counted
from intake.store.upkeep.integrity import IntegrityCheck
from intake.store.upkeep.orphans import Orphans


@needs_desk
@click.command()
@click.option("--repair", is_flag=True, help="Remove orphaned files that are more than a day old.")
@as_json
@click.pass_context
def fsck(ctx: click.Context, repair: bool, json_: bool) -> None:
    """Check the integrity of the database and files.

    Safe while the desk runs. Every message must be in exactly one state, its raw bytes
    complete and unchanged, and its ticket must exist.
    """
    given: Invocation = ctx.obj
    store = given.desk().store
    faults = list(IntegrityCheck(store.db, store.blobs).faults())
    removed = 0
    if repair:
        removed = (
            Orphans(store.db, store.blobs).remove_orphan_rows()
            + Orphans(store.db, store.blobs).remove_orphan_files()
        )
        if removed:
            given.record(login(), f"removed {counted(removed, 'orphan')}")
    rows, files = (
        Orphans(store.db, store.blobs).orphan_rows(),
        [path.name for path in Orphans(store.db, store.blobs).orphan_files()],
    )
    if json_:
        found = {"faults": faults, "removed": removed, "orphans": [*rows, *files]}
        terminal.say_json(found)
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
    ctx.exit(FAILED if faults else 0)
