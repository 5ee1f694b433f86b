"""Tell which installed libraries differ from the lock: what `make test-newest` was run with."""

import re
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LOCK = Path(__file__).parent.parent / "locks" / "test.txt"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def moved(lock: str) -> list[str]:
    """Return a line for each library of the LOCK's text whose installed version is another one."""
    lines = []
    for name, locked in _PIN.findall(lock):
        try:
            installed = version(name)
        except PackageNotFoundError:
            # Either a marker leaves it out here, or nothing needs it any more.
            continue
        if installed != locked:
            lines.append(f"  {name}  {locked} -> {installed}")
    return lines


if __name__ == "__main__":
    found = moved(LOCK.read_text(encoding="ascii"))
    print("\n".join(["Other than in the lock:", *found]) if found else "All is as in the lock.")
    sys.exit(0)
