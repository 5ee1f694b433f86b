"""Making folders that hold mail, for their owner alone, whatever the umask."""

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
