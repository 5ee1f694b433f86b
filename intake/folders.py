"""Making folders and files that hold mail: for their owner alone, whatever the umask and whoever makes them.

Who runs a command as root once must not leave what the desk's own user cannot write: as root,
what is made belongs to whom the folder it is made in belongs to.
"""

import os
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
