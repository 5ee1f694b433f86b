"""`--attach FILE`: files that go with a reply, a first email or a note."""

import mimetypes
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.ports import UserError

if TYPE_CHECKING:
    from intake.desk.message import Attachment

attach = click.option(
    "--attach",
    "files",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Attach this file; can be repeated.",
)


def attached(files: Sequence[Path]) -> "tuple[Attachment, ...]":
    """Return these files as attachments. Raises UserError for what cannot be read, is empty or too large.

    Together they may weigh what goes with one email to a customer.
    """
    from intake.desk.message import Attachment
    from intake.mail.filenames import safe
    from intake.rendering.enclosing import MAX_FILES

    made: list[Attachment] = []
    room = MAX_FILES
    for path in files:
        name = terminal.line(str(path))
        try:
            size = path.stat().st_size
            if not path.is_file():
                raise UserError(f"{name} is not a file. Name a file, or pack the folder first.")
            if size > room:
                raise UserError(
                    f"{name} is too large: one email carries {MAX_FILES >> 20} MB of files, "
                    f""
                    f"{room >> 20} MB are left. Send fewer files, or put it where its reader can download it."
                )
            content = path.read_bytes()
        except OSError as err:
            raise UserError(f"{name} cannot be read: {err.strerror}.") from err
        if not content:
            raise UserError(f"{name} is empty.")
        room -= len(content)
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        made.append(Attachment(safe(path.name, kind), kind, content))
    return tuple(made)
