"""A folder with tickets.ndjson and files: read a line at a time, however large it is."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from intake.desk.text.counting import counted
from intake.folders import inside, own_bytes
from intake.imports.model import ImportedFile, ImportedTicket, Person, Remark
from intake.imports.reading import Reader
from intake.mail.formats.html import from_html
from intake.ports import UserError

TICKETS, ABOUT = "tickets.ndjson", "export.json"
# A longer line is no ticket that anybody could read; it is held in memory whole.
LONGEST_LINE = 64 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_KNOWN = {"source", "tickets", "timezone", "agents"}


class TicketsFolder:
    """An `intake.imports.model.Source`. `now` is the moment (aware) that no date is later than, `largest`
    the most bytes that a file may have. Raises UserError where the folder is no export."""

    kind = "tickets"

    def __init__(self, folder: Path, name: str, now: datetime, largest: int) -> None:
        self._folder, self._now, self._largest = folder, now, largest
        if not (folder / TICKETS).is_file():
            raise UserError(
                f"There is no {TICKETS} in {folder}. Give the folder of an export, as docs/import.md tells; "
                "`intake import convert` makes one of another desk's."
            )
        self._about = _about(folder / ABOUT)
        said = self._about.get("source")
        self.name = name or (said if isinstance(said, str) and said.strip() else folder.resolve().name)
        self._zone = _zone(self._about.get("timezone"), folder / ABOUT)

    @property
    def agents(self) -> tuple[Person, ...]:
        """The people who answered there, as the export names them."""
        listed = self._about.get("agents")
        people = [person for person in listed if isinstance(person, dict)] if isinstance(listed, list) else []
        return tuple(Person(str(p.get("address") or "").strip(), str(p.get("name") or "")) for p in people)

    def count(self) -> int | None:
        """Return how many lines there are that hold something."""
        with (self._folder / TICKETS).open("rb") as file:
            return sum(1 for number, line in _lines(file) if line is None or line.strip())

    def tickets(self) -> Iterator[ImportedTicket | Remark]:
        """Yield the tickets, and a remark where a line is not as it should be."""
        reader = Reader(self._zone, UTC, self._now, from_html)
        there: dict[bytes, tuple[int, bytes]] = {}
        for key in sorted(set(self._about) - _KNOWN):
            yield Remark(ABOUT, f"{key!r} is no key of the format", "it is passed over")
        lines = 0
        with (self._folder / TICKETS).open("rb") as file:
            for number, line in _lines(file):
                if line is not None and not line.strip():
                    continue
                lines += 1
                ticket = self._ticket(reader, number, line)
                yield from reader.remarks
                reader.remarks.clear()
                if ticket is not None and line is not None:
                    yield from _once(ticket, number, line, there)
        if not lines:
            yield Remark(TICKETS, "there is nothing in it", "export again, or give another folder")
        yield from self._cut_off(lines)

    def _cut_off(self, lines: int) -> Iterator[Remark]:
        """Yield a remark where the export says that it holds other than so many tickets."""
        said = self._about.get("tickets")
        if isinstance(said, int) and not isinstance(said, bool) and said != lines:
            problem = f"the export says that it has {counted(said, 'ticket')}, and {lines} were read"
            fewer = lines < said
            cure = "it may be cut off: export it again" if fewer else "write how many there are into it"
            yield Remark(ABOUT, problem, cure, lost=fewer)

    def _ticket(self, reader: Reader, number: int, line: bytes | None) -> ImportedTicket | None:
        where = f"line {number}"
        if line is None:
            problem = f"the line is longer than {LONGEST_LINE // 1024 // 1024} MB"
            reader.remarks.append(Remark(where, problem, "put what is so long into files", lost=True))
            return None
        try:
            record = json.loads(line.decode("utf-8").replace("\x00", "\ufffd"))
        except UnicodeDecodeError as err:
            cure = "write the file as UTF-8, and import again: what is there already is not doubled"
            reader.remarks.append(Remark(where, f"byte {err.start + 1} is no UTF-8", cure, lost=True))
            return None
        except (json.JSONDecodeError, RecursionError) as err:
            at = f" ({err.msg} at character {err.pos + 1})" if isinstance(err, json.JSONDecodeError) else ""
            cure = "mend or remove it, and import again: what is there already is not doubled"
            reader.remarks.append(Remark(where, f"the line is no JSON{at}", cure, lost=True))
            return None
        return reader.ticket(record, where)

    def read(self, file: ImportedFile) -> bytes:
        """Return the bytes of a file, as large and of that sha256 as the export says.

        Raises OSError, in words for a person, where they cannot be had or are others.
        """
        path = self._folder / file.path
        if file.missing:
            whose = "the old desk had lost it" if file.gone else "the exporter did not get it"
            raise OSError(f"{whose}: {file.missing}")
        if not _may_be_called(file.path):
            raise OSError("no file can be called so")
        if os.path.isabs(file.path) or not inside(path, self._folder):
            raise OSError("it lies outside of the folder")
        try:
            size = path.stat().st_size
            if size > self._largest:
                limit = self._largest // 1024 // 1024
                raise OSError(f"it is larger than {limit} MB ([desk] max_message_mb)")
            content = own_bytes(path)
        except FileNotFoundError as err:
            raise OSError("it is not in the folder") from err
        if file.size is not None and len(content) != file.size:
            raise OSError(f"it has {len(content)} bytes, and the export says {file.size}")
        if file.sha256 and hashlib.sha256(content).hexdigest() != file.sha256:
            raise OSError("its bytes are not those of the sha256 in the export")
        return content


def _once(
    ticket: ImportedTicket, number: int, line: bytes, there: dict[bytes, tuple[int, bytes]]
) -> Iterator[ImportedTicket | Remark]:
    """Yield a ticket whose ref none before it has; another of the same ref under a name of its own."""
    said = hashlib.blake2b(line.strip(), digest_size=12).digest()
    key, first = _key(ticket.ref), there.get(_key(ticket.ref))
    if first is None:
        there[key] = number, said
        yield ticket
        return
    if first[1] == said:
        problem = f"it is line {first[0]} once more"
        yield Remark(ticket.where, problem, "it is imported once", ref=ticket.ref)
        return
    count = 2
    while _key(f"{ticket.ref}~{count}") in there:
        count += 1
    name = f"{ticket.ref}~{count}"
    there[_key(name)] = number, said
    problem = f"lines {first[0]} and {number} have the ref {ticket.ref}"
    yield Remark(ticket.where, problem, f"this one is imported as {name}; give each ticket its own", ref=name)
    yield replace(ticket, ref=name)


def _may_be_called(path: str) -> bool:
    """Whether a file can have this path: JSON can write what no system takes."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def _key(ref: str) -> bytes:
    # A million of them must not fill the memory.
    return hashlib.blake2b(ref.encode("utf-8", "replace"), digest_size=12).digest()


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Yield the lines with their numbers, None for one that is too long."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if number == 1:
            line = line.removeprefix(_BOM)
        if len(line) < LONGEST_LINE or line.endswith(b"\n"):
            yield number, line
            continue
        while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
            pass
        yield number, None


def _about(path: Path) -> Mapping[str, Any]:
    if not path.exists():
        return {}
    try:
        said = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as err:
        raise UserError(f"{path} cannot be read: {err}. Mend it or remove it.") from err
    if not isinstance(said, dict):
        raise UserError(f"{path} is no JSON object. Mend it or remove it.")
    return said


def _zone(name: object, path: Path) -> tzinfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(str(name))
    except (ValueError, OSError, KeyError) as err:
        raise UserError(
            f"{path}: {name!r} is no time zone. Write it as in Europe/Berlin, or remove it."
        ) from err
