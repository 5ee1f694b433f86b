"""The names of files that a ticket keeps, each with what its bytes are found by. Pure.

A `KeptFile` is a string, its name; so whatever lists names of files goes on as it is, and what sends
or links them finds the bytes.
"""

from collections.abc import Iterable, Sequence
from typing import Self

KIB, MIB = 1024, 1024 * 1024


class KeptFile(str):
    """A file by its name; `sha256` (hex) finds its bytes, `size` counts them."""

    sha256: str
    size: int
    media_type: str

    def __new__(cls, name: str, sha256: str, size: int, media_type: str = "") -> Self:
        """Make the name of a file; it is safe to show already."""
        made = super().__new__(cls, name)
        made.sha256, made.size, made.media_type = sha256, size, media_type
        return made

    def __getnewargs__(self) -> tuple[str, str, int, str]:  # type: ignore[override]
        """Return what a copy is made of."""
        return str(self), self.sha256, self.size, self.media_type

    @property
    def weight(self) -> str:
        """Its size for people: "24 MB", "374 KB"."""
        if self.size >= MIB:
            return f"{self.size / MIB:.0f} MB"
        return f"{max(1, self.size // KIB)} KB"


def kept(names: Iterable[str]) -> list[KeptFile]:
    """Return those of these names that say where their bytes are, each file once."""
    files: dict[tuple[str, str], KeptFile] = {}
    for name in names:
        if isinstance(name, KeptFile):
            files.setdefault((name.sha256, str(name)), name)
    return list(files.values())


def fitting(files: Sequence[KeptFile], room: int) -> tuple[list[KeptFile], list[KeptFile]]:
    """Return the files that fit into `room` bytes, as many as can, and the others; in their order."""
    small: set[int] = set()
    for place in sorted(range(len(files)), key=lambda place: files[place].size):
        if files[place].size > room:
            break
        room -= files[place].size
        small.add(place)
    return (
        [file for place, file in enumerate(files) if place in small],
        [file for place, file in enumerate(files) if place not in small],
    )
