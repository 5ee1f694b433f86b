"""`intake ticket files`: the files of a ticket, also those too large to forward."""

import hashlib
import os
import stat
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import FAILED, Invocation, as_json
from intake.commands.reads import count_reading
from intake.commands.ticket.from_table import the_ticket
from intake.desk.reading import Reading
from intake.ports import Temporary, UserError
from intake.terminal import Column

if TYPE_CHECKING:
    from intake.views import EntryRow, FileRow

COLUMNS = (
    Column("Entry", right=True),
    Column("From", gives_way=True),
    Column("Name", gives_way=True),
    Column("Type", spare=True),
    Column("Bytes", right=True),
    Column("Withheld", gives_way=True),
)
# No other file is opened through these: not through a link, and never one that is there.
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_THERE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


@click.command(epilog="Example: intake ticket files 123 --save from-123")
@click.argument("number", type=int)
@click.option(
    "--save",
    type=click.Path(file_okay=False, path_type=Path),
    help="Save them to this folder; it is created if need be.",
)
@click.option("--withheld", is_flag=True, help="Save also those with a secret or malware in them.")
@as_json
@click.pass_context
def files(ctx: click.Context, number: int, save: Path | None, withheld: bool, json_: bool) -> None:
    """List or save a ticket's files.

    Existing files are never overwritten, and only you can read the new ones. They come from strangers, and
    are scanned for malware only where [scan] clamd is set. Those that nobody is sent, for what was found in
    them, are saved with --withheld.
    """
    invocation = ctx.ensure_object(Invocation)
    the_ticket(invocation, number)
    rows = [
        (entry, file) for entry in invocation.desk().store.tickets.entries(number) for file in entry.files
    ]
    if save is None:
        _list(invocation, rows, json_)
        return
    count_reading(invocation, Reading.FILE, number)
    saved, lost = [], []
    kept_back: list[FileRow] = []
    folder = _opened(save)
    try:
        for entry, file in rows:
            if file.withheld and not withheld:
                kept_back.append(file)
                continue
            content = _content(invocation, file.sha256)
            if content is None:
                lost.append(file)
                continue
            name = _write(folder, save, file, content)
            saved.append({"entry": entry.id, "name": file.name, "path": str(save / name)})
    finally:
        os.close(folder)
    if json_:
        terminal.say_json(saved)
    for row in () if json_ else saved:
        terminal.say(terminal.line(str(row["path"])))
    for file in kept_back:
        terminal.warn(
            f"{terminal.line(file.name)} is withheld: {_found_in(invocation, file)}. --withheld saves it."
        )
    for file in lost:
        terminal.warn(f"{terminal.line(file.name)}: its content is gone. `intake fsck` may explain it.")
    if not rows and not json_:
        terminal.say(f"#{number} has no files.")
    ctx.exit(FAILED if lost else 0)


def _found_in(ctx: Invocation, file: "FileRow") -> str:
    reading = ctx.desk().store.readings.known([file.sha256])[file.sha256]
    return f"a virus scanner reported {reading.malware}" if reading.malware else ", ".join(reading.kinds)


def _list(ctx: Invocation, rows: "list[tuple[EntryRow, FileRow]]", json_: bool) -> None:
    if json_:
        terminal.say_json(
            [{"entry": entry.id, "author": entry.author, **terminal.plain(file)} for entry, file in rows]
        )
    elif not rows:
        terminal.say("No files.")
    else:
        terminal.table(
            COLUMNS,
            [
                (
                    str(entry.id),
                    entry.author_name or entry.author,
                    file.name,
                    file.media_type,
                    str(file.size),
                    _found_in(ctx, file) if file.withheld else "",
                )
                for entry, file in rows
            ],
        )


def _content(ctx: Invocation, sha256: str) -> bytes | None:
    try:
        return ctx.desk().store.tickets.file(sha256)
    except Temporary as err:
        terminal.warn(str(err))
        return None


def _opened(save: Path) -> int:
    """Return a descriptor of the folder: what is written goes there, whatever its path becomes meanwhile."""
    try:
        save.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(save, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as err:
        raise UserError(f"{save} cannot be used: {err.strerror}. Name another folder.") from err


def _write(folder: int, save: Path, attachment: "FileRow", content: bytes) -> str:
    """Write a file under a name of its own; return it. One of the same bytes that is there stands for it."""
    for name in _names(attachment):
        try:
            descriptor = os.open(name, _NEW, 0o600, dir_fd=folder)
        except FileExistsError:
            if _is_there(folder, name, content):
                return name
            continue
        except OSError as err:
            raise UserError(f"{save / name} cannot be written: {err.strerror}. Name another folder.") from err
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
        except OSError as err:
            os.unlink(name, dir_fd=folder)
            raise UserError(f"{save / name} cannot be written: {err.strerror}. Make room for it.") from err
        return name
    raise AssertionError("names never end")


def _names(file: "FileRow") -> Iterator[str]:
    """Yield "error.png", "error (2).png" and so on: what a stranger called it, made safe."""
    from intake.mail.filenames import safe

    name = safe(file.name, file.media_type)
    yield name
    stem, dot, extension = name.rpartition(".")
    for number in count(2):
        yield f"{stem} ({number}).{extension}" if dot else f"{name} ({number})"


def _is_there(folder: int, name: str, content: bytes) -> bool:
    try:
        descriptor = os.open(name, _THERE, dir_fd=folder)
    except OSError:
        return False
    with os.fdopen(descriptor, "rb") as file:
        known = os.fstat(descriptor)
        if not stat.S_ISREG(known.st_mode) or known.st_size != len(content):
            return False
        return hashlib.file_digest(file, "sha256").digest() == hashlib.sha256(content).digest()
