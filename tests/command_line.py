"""The command line in a test: what runs it, and all of its commands."""

from typing import Protocol

import click
from click.testing import Result


class Run(Protocol):
    """Runs one command of a desk on disk, and fails unless it ends with `code`."""

    def __call__(self, *args: str, code: int = 0, text: str | bytes | None = None) -> Result: ...


def commands(group: click.Group, path: str = "intake") -> dict[str, click.Command]:
    """Return all commands of a group that are not hidden, each by all of its words."""
    found: dict[str, click.Command] = {}
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            found |= commands(command, f"{path} {name}")
        elif not command.hidden:
            found[f"{path} {name}"] = command
    return found
