"""`intake evidence …`: check a bundle that `intake incident export` wrote."""

from pathlib import Path

import click

from intake import terminal
from intake.commands.common import FAILED, as_json, needs_no_desk
from intake.desk.text.counting import counted
from intake.ports import UserError


@needs_no_desk
@click.group()
def evidence() -> None:
    """Check evidence bundles."""


@evidence.command()
@click.argument("file", metavar="ZIP", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
@click.pass_context
def verify(ctx: click.Context, file: Path, json_: bool) -> None:
    """Verify that nothing in a bundle was altered, added or removed.

    It needs no desk. Compare the key that it prints with the desk's (`intake audit key`).
    """
    from intake.desk.incident.bundle import pem
    from intake.recording.bundle import verify as checked

    try:
        done = checked(file)
    except OSError as err:
        raise UserError(f"{file} cannot be read: {err.strerror}. Check the path and its rights.") from err
    key = pem(done.public).decode().splitlines()[1] if done.public else ""
    if json_:
        terminal.say_json({"faults": list(done.faults), "files": done.files, "key": key})
    else:
        for fault in done.faults:
            terminal.say(fault)
        if not done.faults:
            terminal.say(f"{counted(done.files, 'file')}, unaltered. Signed with the key {key}.")
    if done.faults:
        ctx.exit(FAILED)
