"""Copies that an upgrade or a move has left of the database or the files, in which nothing is erased."""

from pathlib import Path

from intake.store.files.leaving import MOVED
from intake.store.opening import sqlite_path
from intake.store.upkeep.to_postgres import USUAL, moved_to


def copies(url: str, data: Path) -> list[Path]:
    """Return those that are there, by name."""
    path = sqlite_path(url if url.startswith("sqlite:") else USUAL, data)
    paths = {moved_to(path), data / MOVED}
    paths |= {*path.parent.glob(f"{path.name}.version-*"), *data.glob("before-version-*.sql")}
    return sorted(file for file in paths if file.exists())
