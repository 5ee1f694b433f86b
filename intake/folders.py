"""Folders and files that hold mail: made for their owner alone, and never left by a link in them.

Whatever the umask, and whoever makes them: who runs a command as root once must not leave what the
desk's own user cannot write. As root, what is made belongs to whom its folder belongs to.

Who may put a file into a folder of the desk's may not be who may read its key or its mail: a link
out of the folder would have the desk read these for them.
"""

import os
import stat
from contextlib import suppress
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
        try:
            one.mkdir(mode=0o700)
        except FileExistsError:
            # Somebody else made it meanwhile, or a file stands in its place.
            if not one.is_dir():
                raise
            continue
        descriptor = os.open(one, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            _like_its_folder(descriptor, one)
        finally:
            os.close(descriptor)


def private_file(path: Path, flags: int = os.O_WRONLY | os.O_CREAT | os.O_EXCL) -> int:
    """Open a file, made with mode 0600 where it is not there; return its descriptor. Raises OSError."""
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if flags & os.O_EXCL:
            raise
        return os.open(path, flags, 0o600)
    _like_its_folder(descriptor, path)
    return descriptor


def _like_its_folder(descriptor: int, path: Path) -> None:
    """As root: give what was made a moment ago to the owner of its folder. Others own what they make anyway.

    By its descriptor: where `path` leads to may be changed meanwhile by whom the folder belongs to.
    """
    if os.geteuid() != 0:
        return
    folder = path.parent.stat()
    if folder.st_uid != 0:
        # A file system without owners, or one whose server lets root give nothing away.
        with suppress(PermissionError):
            os.fchown(descriptor, folder.st_uid, folder.st_gid)


def inside(path: Path, folder: Path) -> bool:
    """Whether a file that stands in a folder lies there as well; the folder itself may be a link.

    Links that lead round in a circle lead nowhere, and so not inside.
    """
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return False


def own_bytes(path: Path) -> bytes:
    """Return the bytes of a file. Raises OSError for a link, and for what is no file (a pipe, a device)."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{path} is no file")
        return file.read()
