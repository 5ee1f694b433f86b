"""A desk whose files lay in the data folder goes on with a bucket: all of them, and the folder kept."""

import os
from collections.abc import Callable
from pathlib import Path

from intake.folders import make_durable
from intake.ports import UserError
from intake.store.files.choosing import FOLDER
from intake.store.files.copying import copy_files
from intake.store.files.folder import Folder
from intake.store.files.port import Files

# What the folder is called once everything in it was moved.
MOVED = f"{FOLDER}.moved"


def left_files(data: Path) -> Path | None:
    """Return the folder below `data` in which large files lie, None where there are none."""
    folder = data / FOLDER
    return folder if next(iter(Folder(folder).each()), None) is not None else None


def expect_no_files_left(data: Path) -> None:
    """Refuse a bucket while the large files of the desk lie in the data folder: none could be read."""
    folder = left_files(data)
    if folder is not None:
        raise UserError(
            f"[store] blobs names a bucket, and the large files of this desk are in {folder}. Stop intake "
            "and run `intake move`, or clear the key blobs."
        )


def move_files(data: Path, target: Files, progress: Callable[[int, int], None]) -> tuple[int, Path]:
    """Copy the files of the data folder to `target`, then set the folder aside.

    Ended in the middle it has moved nothing, and begun again it goes on where it was. Returns how
    many there were, and what the folder is called now. Raises UserError.
    """
    folder, aside = data / FOLDER, data / MOVED
    if os.path.exists(aside):
        raise UserError(f"{aside} is there already, from an earlier move. Put it somewhere else.")
    count = copy_files(Folder(folder), target, progress)
    folder.rename(aside)
    make_durable(data)
    return count, aside
