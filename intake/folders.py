"""Folders: made for their owner alone, whatever the umask, and never left by a link in them.

Who may put a file into a folder of the desk's may not be who may read its key or its mail: a link
out of the folder would have the desk read these for them.
"""

import os
import stat
from pathlib import Path


def private_folder(path: Path) -> None:
    """Make a folder and those above it that are missing, each with mode 0700; what is there stays.

    `Path.mkdir(mode, parents=True)` gives its mode to the last one only: under a umask of 0 the
    others are everybody's. Raises OSError.
    """
    missing = []
    while not path.is_dir():
        missing.append(path)
        if path == path.parent:
            break
        path = path.parent
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)


def inside(path: Path, folder: Path) -> bool:
    """Whether a file that stands in a folder lies there as well; the folder itself may be a link."""
    return path.resolve().is_relative_to(folder.resolve())


def own_bytes(path: Path) -> bytes:
    """Return the bytes of a file. Raises OSError for a link, and for what is no file (a pipe, a device)."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{path} is no file")
        return file.read()
