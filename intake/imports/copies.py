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
from tempfile import TemporaryDirectory

from intake.desk.text.counting import counted
from intake.folders import private_folder

FOLDER = "import-mail"
# A copy that nobody goes on with: of a dry run, and of a comparison.
PASSING = "passing-"


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


@contextmanager
def kept(data: Path) -> Iterator[Path]:
    """Yield the folder for copies that the next run goes on with, below the data folder."""
    path = data / FOLDER
    with in_use(path):
        for left in path.glob(f"{PASSING}*"):
            # Who made it was killed.
            with suppress(FileNotFoundError):
                removed(left)
        yield path


@contextmanager
def passing(data: Path) -> Iterator[Path]:
    """Yield a folder for a copy that is removed in the end. It lies in the data folder: a mailbox may be
    larger than what there is for temporary files."""
    with (
        kept(data) as path,
        TemporaryDirectory(prefix=PASSING, dir=path) as folder,
        in_use(Path(folder)),
    ):
        yield Path(folder)


def removed(path: Path) -> bool:
    """Remove a copy that an import has left behind. False while an import uses it. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
