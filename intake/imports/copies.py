"""The copy of mail that an import fetches over IMAP: in the data folder, until that import has ended.

Who imports holds a lock on its folder, so that nobody removes what is in use.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from intake.desk.text.counting import counted
from intake.folders import private_folder

FOLDER = "import-mail"


@dataclass(frozen=True, slots=True)
class Copy:
    """What an import has left behind: how many `mails`, and their `size` in bytes."""

    path: Path
    mails: int
    size: int

    def __str__(self) -> str:
        return f"{self.path} holds {counted(self.mails, 'email')} ({max(self.size / 2**20, 0.1):.1f} MB)"


def left_behind(data: Path) -> Copy | None:
    """Return what lies in the data folder of imports that did not end, None where there is none."""
    path = data / FOLDER
    sizes = []
    for folder, _, names in os.walk(path):
        for name in names:
            # An import that ends meanwhile removes it.
            with suppress(FileNotFoundError):
                sizes.append(os.lstat(os.path.join(folder, name)).st_size)
    return Copy(path, len(sizes), sum(sizes)) if sizes else None


@contextmanager
def in_use(path: Path) -> Iterator[None]:
    """Have nobody remove the copy at `path` while this lasts; it is made where it is not there."""
    private_folder(path)
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def removed(copy: Copy) -> bool:
    """Remove a copy that an import has left behind. False while an import uses it. Raises OSError."""
    descriptor = os.open(copy.path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(copy.path)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
