"""One conversion: tickets are read, their files fetched, and the folder written; a second run goes on."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

from intake.imports.converters.kept import NAME as FETCHED
from intake.imports.converters.shapes import (
    Converted,
    LeftOut,
    NeverThere,
    NotFetched,
    Origin,
    Tally,
    Wanted,
)
from intake.imports.converters.writing import (
    REMARKS,
    line_of,
    remark_line,
    replacing,
    write_about,
)
from intake.imports.folder import ABOUT, TICKETS
from intake.imports.model import GONE, ImportedEntry, ImportedFile, ImportedTicket, Remark
from intake.ports import UserError

# What is said of a file that is not there at the end of a run, and of one that never comes.
AGAIN = "Run the same command again: only what is missing is fetched."
LOST_THERE = "It cannot be had any more, and counts as missing at the source."
# Of what there may be none, and was none before.
NONE = "there is none"


class Files:
    """The files below the folder. Each is fetched once; one that is there is whole."""

    def __init__(self, folder: Path, fetch: Callable[[Wanted, Path], None]) -> None:
        self.folder, self._fetch = folder, fetch
        # Why those are missing that were tried in this run.
        self._missing: dict[str, str] = {}
        # Those of which the old desk says that it has none: asking again changes nothing.
        self.gone: set[str] = set()

    def has(self, wanted: Wanted) -> bool:
        """Whether the file is there, as long as the old desk says."""
        try:
            size = (self.folder / wanted.path).stat().st_size
        except OSError:
            return False
        return wanted.size is None or wanted.size == size

    def get(self, wanted: Wanted) -> str:
        """Have the file below the folder. Returns "", or why it is missing, in words."""
        if self.has(wanted):
            return ""
        if wanted.path not in self._missing and not (wanted.optional and self._none(wanted).exists()):
            try:
                self._write(wanted)
            except NeverThere as err:
                self._missing[wanted.path] = str(err)
                self.gone.add(wanted.path)
                if wanted.optional:
                    self._none(wanted).touch(0o600)
            except NotFetched as err:
                self._missing[wanted.path] = str(err)
            else:
                return ""
        return self._missing.get(wanted.path) or NONE

    def _none(self, wanted: Wanted) -> Path:
        """Return the mark that there is no such file, so that no later run asks again."""
        path = self.folder / wanted.path
        return path.with_name(f"{path.name}.none")

    def _write(self, wanted: Wanted) -> None:
        path = self.folder / wanted.path
        part = path.with_name(f"{path.name}.part")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._fetch(wanted, part)
            size = part.stat().st_size
            if wanted.size is not None and size != wanted.size:
                raise NotFetched(f"it has {size} bytes instead of {wanted.size}")
            os.replace(part, path)
        except OSError as err:
            raise UserError(f"{path} cannot be written: {err.strerror}. Make room, then: {AGAIN}") from err
        finally:
            part.unlink(missing_ok=True)


def convert(
    origin: Origin, folder: Path, files: Files, shown: Callable[[int], None] = lambda _tickets: None
) -> Tally:
    """Write the folder. Returns what is in it.

    `shown` is told how many tickets are written. What must be known of the conversion is in remarks.txt.
    """
    tally = Tally()
    with replacing(folder / TICKETS) as tickets, replacing(folder / REMARKS) as remarks:
        for item in origin.tickets():
            if isinstance(item, Remark):
                tally.lost += item.lost
                _say(remarks, item)
            elif isinstance(item, LeftOut):
                tally.left_out[item.why] = tally.left_out.get(item.why, 0) + 1
                _say(remarks, Remark(f"ticket {item.ref}", f"It was left out: {item.why}.", ""))
            else:
                ticket, missing = with_files(item, files)
                tickets.write(f"{line_of(ticket)}\n")
                for remark in (*item.remarks, *missing):
                    tally.lost += remark.lost
                    _say(remarks, remark)
                _count(tally, ticket, sum(remark.cure == AGAIN for remark in missing))
                shown(tally.tickets)
        for remark in same_names(origin):
            _say(remarks, remark)
    write_about(folder, origin.name, tally.tickets, origin.agents())
    return tally


def _say(remarks: IO[str], remark: Remark) -> None:
    remarks.write(f"{remark_line(remark)}\n")


def with_files(item: Converted, files: Files) -> tuple[ImportedTicket, list[Remark]]:
    """Fetch what the ticket needs. Returns it with what is missing marked, and a remark for each."""
    wanted = {file.path: file for file in item.wanted}
    missing: dict[str, str] = {}
    entries = tuple(_completed(entry, wanted, files, missing) for entry in item.ticket.entries)
    names = {file.path: file.name for entry in item.ticket.entries for file in _all_files(entry)}
    gone = {file.path for entry in entries for file in entry.files if file.gone}
    remarks = [
        Remark(
            f"ticket {item.ticket.ref}",
            f"The file {names.get(path, path)} is missing: {why}.",
            LOST_THERE if path in gone else AGAIN,
        )
        for path, why in missing.items()
    ]
    return replace(item.ticket, entries=entries), remarks


def _all_files(entry: ImportedEntry) -> Iterator[ImportedFile]:
    yield from entry.files
    if entry.raw is not None:
        yield entry.raw


def _completed(
    entry: ImportedEntry, wanted: dict[str, Wanted], files: Files, missing: dict[str, str]
) -> ImportedEntry:
    """Return an entry with the mail as it came, which has its files in it, or else with its files."""
    if entry.raw is not None:
        raw = wanted[entry.raw.path]
        why = files.get(raw)
        if not why:
            return replace(entry, files=())
        if why not in (NONE, GONE):
            missing[raw.path] = why
    whys = {file.path: files.get(wanted[file.path]) for file in entry.files if file.path in wanted}
    missing |= {path: why for path, why in whys.items() if why}
    missing |= {file.path: file.missing for file in entry.files if file.missing}
    kept = tuple(
        replace(
            file,
            missing=file.missing or whys.get(file.path, ""),
            gone=file.gone or (bool(whys.get(file.path)) and file.path in files.gone),
        )
        for file in entry.files
    )
    return replace(entry, raw=None, files=kept)


def _count(tally: Tally, ticket: ImportedTicket, missing: int) -> None:
    tally.tickets += 1
    year = ticket.created_at.year
    tally.years[year] = tally.years.get(year, 0) + 1
    for entry in ticket.entries:
        tally.entries[entry.kind.value] = tally.entries.get(entry.kind.value, 0) + 1
        tally.files += sum(not file.missing for file in _all_files(entry))
        tally.gone += sum(file.gone for file in entry.files)
    tally.missing += missing


def same_names(origin: Origin) -> Iterator[Remark]:
    """Yield a remark for each name that several agents have: only their addresses tell them apart."""
    by_name: dict[str, list[str]] = {}
    for agent in origin.agents():
        if agent.name:
            by_name.setdefault(agent.name.casefold(), []).append(agent.address or "no address")
    for name, addresses in sorted(by_name.items()):
        if len(addresses) > 1:
            yield Remark(
                "agents",
                f"{len(addresses)} agents are called {name}: {', '.join(sorted(addresses))}.",
                "In the file for --agents, name them by their addresses.",
            )


def prepared(folder: Path) -> Path:
    """Return the folder, created if need be, for nobody else to read. Raises UserError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as err:
        raise UserError(f"{folder} cannot be created: {err.strerror}. Choose another OUT.") from err
    for left in folder.iterdir():
        # What a run that was killed had not finished.
        if _UNFINISHED.fullmatch(left.name):
            left.unlink()
    strange = [name for name in os.listdir(folder) if name not in OURS]
    if strange:
        raise UserError(
            f"{folder} holds other things ({sorted(strange)[0]}). Give an empty folder for OUT, or the one "
            "of an earlier conversion."
        )
    return folder


# What may lie in the folder already.
OURS = frozenset((TICKETS, REMARKS, ABOUT, "files", FETCHED))
_UNFINISHED = re.compile(rf"\.({TICKETS}|{REMARKS}|{ABOUT})\.\d+\.\d+")
