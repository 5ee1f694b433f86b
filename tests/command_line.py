"""What runs `intake` in a test."""

from typing import Protocol

from click.testing import Result


class Run(Protocol):
    """Runs one command of a desk on disk, and fails unless it ends with `code`."""

    def __call__(self, *args: str, code: int = 0, text: str | bytes | None = None) -> Result: ...
