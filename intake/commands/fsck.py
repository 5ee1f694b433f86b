"""`intake fsck`: is everything there that was promised?"""

import click

from intake import terminal
from intake.commands.common import FAILED, Invocation, as_json, login, needs_desk
from intake.desk.text.counting import counted


@needs_desk
@click.command()
@click.option("--repair", is_flag=True, help="Remove bytes that nothing names, when a day old.")
@as_json
@click.pass_context
def fsck(ctx: click.Context, repair: bool, json_: bool) -> None:
    """Check every row and every byte; safe while the desk runs.

    Each message is in one state, has its bytes, unchanged, and stands where it is said to stand.
    """
    given: Invocation = ctx.obj
    # What opens the database is loaded when it is needed.
    from intake.store.upkeep.integrity import IntegrityCheck
    from intake.store.upkeep.orphans import Orphans

    database = given.desk().database
    faults = list(IntegrityCheck(database.db, database.blobs).faults())
    orphans, removed = Orphans(database.db, database.blobs), 0
    if repair:
        removed = orphans.remove_orphan_rows() + orphans.remove_orphan_files()
        if removed:
            given.record(login(), f"removed {counted(removed, 'orphan')}")
    rows, files = orphans.orphan_rows(), [path.name for path in orphans.orphan_files()]
    if json_:
        found = {"faults": faults, "removed": removed, "orphans": [*rows, *files]}
        terminal.say_json(found)
    else:
        for fault in faults:
            terminal.pairs([("Fault", (fault, "bold red"))])
        if rows or files:
            terminal.say(
                f"{counted(len(rows) + len(files), 'orphan')}: bytes that nothing names. They do no harm."
            )
            terminal.say("Remove them:  intake fsck --repair")
        if removed:
            terminal.say(f"{counted(removed, 'orphan')} removed.")
        terminal.say(
            "All is well." if not faults else f"{counted(len(faults), 'fault')}: restore from a backup."
        )
    ctx.exit(FAILED if faults else 0)
