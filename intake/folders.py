"""Folders and files that hold mail: made for their owner alone, durably, and never left by a link in them.

Whatever the umask, and whoever makes them: who runs a command as root once must not leave what the
desk's own user cannot write. As root, what is made belongs to whom its folder belongs to.

Who may put a file into a folder of the desk's may not be who may read its key or its mail: a link
out of the folder would have the desk read these for them.
"""

import errno
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


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
    for folder in reversed(missing):
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            # Somebody else made it meanwhile, or a file stands in its place.
            if not folder.is_dir():
                raise
            continue
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            _like_its_folder(descriptor, folder)
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


def private_pipe(path: Path) -> int:
    """Open a pipe with a name, made with mode 0600 where nothing is there; return its descriptor.

    It reads and writes, so that it has no end when those who wrote have gone, and never blocks. Raises
    OSError, also for what is no pipe: whatever it is, it is not ours to remove.
    """
    made = False
    with suppress(FileExistsError):
        os.mkfifo(path, 0o600)
        made = True
    descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EEXIST, "it is no pipe", str(path))
    if made:
        _like_its_folder(descriptor, path)
    return descriptor


@contextmanager
def durable_file(path: Path, replace: bool = True) -> Iterator[BinaryIO]:
    """Yield a private file that stands at `path` in one step, once its bytes and its name are on the disk.

    Whoever is killed in between leaves what was there before. `replace`: whether it takes the place of a
    file that is there; else that one stays, also one that somebody else made meanwhile. Raises OSError, and
    leaves nothing behind then.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    # One that a process of the same number left.
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(private_file(part), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if replace:
            part.rename(path)
        else:
            # Unlike a rename, a link leaves the file of a process that was quicker.
            with suppress(FileExistsError):
                os.link(part, path)
            part.unlink()
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    make_durable(path.parent)


def settle(part: Path, path: Path) -> None:
    """Put a file that something else wrote in the place of `path`, durably. Raises OSError."""
    make_durable(part)
    part.rename(path)
    make_durable(path.parent)


def make_durable(path: Path) -> None:
    """Have a file's bytes on the disk, or what was made, renamed or removed in a folder. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
    except (OSError, RuntimeError, ValueError):
        # ValueError: what no file can be called (a NUL character, half of a pair of UTF-16).
        return False


def own_bytes(path: Path, most: int = -1) -> bytes:
    """Return the bytes of a file, or its first `most`.

    Raises OSError for a link, and for what is no file (a pipe, a device).
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{path} is no file")
        return file.read(most)
