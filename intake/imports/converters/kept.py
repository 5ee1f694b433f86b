"""What an API answered, kept beside the export, so that a second run asks for nothing twice.

One line a ticket is appended. A line that a crash cut in the middle is cut away; of a ticket that was
fetched again the last line counts.
"""

import fcntl
import json
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from intake.folders import make_durable
from intake.imports.converters import values
from intake.imports.converters.fetching import Client, Gone
from intake.ports import UserError

NAME = ".fetched.ndjson"


class Kept:
    """The tickets that were fetched, by their ids."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        # id -> where its line begins, and what said that it is up to date.
        self._places: dict[int, tuple[int, str]] = {}
        # Those that the old desk has in this run.
        self._met: set[int] = set()
        self._stream = open(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")  # noqa: SIM115
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as err:
            self._stream.close()
            raise UserError(f"Another conversion into {folder} is running. Wait for its end.") from err
        self._read()

    def _read(self) -> None:
        whole = 0
        for line in self._stream:
            if not line.endswith(b"\n"):
                break
            kept = json.loads(line)
            self._places[kept["id"]] = (whole, kept["stamp"])
            whole += len(line)
        self._stream.seek(whole)
        self._stream.truncate()

    def stamp(self, ref: int) -> str | None:
        """Return what was said of the ticket when it was fetched (its last change); None when it was not."""
        place = self._places.get(ref)
        return place[1] if place is not None else None

    def add(self, ref: int, stamp: str, value: Mapping[str, Any]) -> None:
        """Keep a ticket. What a machine that goes down loses of the last ones is fetched again."""
        line = json.dumps({"id": ref, "stamp": stamp, "value": value}, separators=(",", ":")).encode()
        place = self._stream.seek(0, os.SEEK_END)
        try:
            self._stream.write(line + b"\n")
            self._stream.flush()
        except OSError as err:
            raise UserError(
                f"{self._path} cannot be written: {err.strerror}. Make room and run it again."
            ) from err
        self._places[ref] = (place, stamp)

    def get(self, ref: int) -> Mapping[str, Any]:
        """Return a ticket that is kept."""
        self._stream.seek(self._places[ref][0])
        value: Mapping[str, Any] = json.loads(self._stream.readline())["value"]
        return value

    def meet(self, ref: int) -> None:
        """Note that the old desk has a ticket still."""
        self._met.add(ref)

    def refs(self) -> Iterator[int]:
        """Yield the ids of all that the old desk has still, in ascending order."""
        yield from sorted(self._met & self._places.keys())

    def deleted(self, client: Client, path: str, known: Collection[int] = ()) -> Iterator[int]:
        """Yield the ids of those that were fetched by an earlier run and that the old desk has no more.

        A list that changes while it is read may pass one over: `path`, with {} for its id, asks for it.
        `known` are deleted for sure.
        """
        for ref in sorted(self._places.keys() - self._met - {*known}):
            try:
                row = values.member(client.json(path.format(ref)))
            except Gone:
                yield ref
                continue
            if row.get("deleted") is True:
                yield ref
            else:
                self.meet(ref)

    def close(self) -> None:
        """Close the file, on the disk."""
        self._stream.close()
        make_durable(self._path)
