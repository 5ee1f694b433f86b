"""Writing the folder that `intake import tickets` reads: whole or not at all, the same bytes each time."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

from intake.folders import durable_file
from intake.imports.folder import ABOUT
from intake.imports.model import ImportedEntry, ImportedFile, ImportedTicket, Person, Remark
from intake.terminal import shown_line

REMARKS = "remarks.txt"


def line_of(ticket: ImportedTicket) -> str:
    """Return a ticket as its line of tickets.ndjson, without the line end; what is empty is left out."""
    value = {
        "ref": ticket.ref,
        "number": ticket.number,
        "subject": ticket.subject,
        "status": ticket.status,
        "requester": _person(ticket.requester),
        "participants": [_person(somebody) for somebody in ticket.participants],
        "created_at": _moment(ticket.created_at),
        "updated_at": _moment(ticket.updated_at),
        "closed_at": _moment(ticket.closed_at),
        "priority": ticket.priority,
        "assignee": _person(ticket.assignee),
        "team": ticket.team,
        "language": ticket.language,
        "category": ticket.category,
        "spam": ticket.spam,
        "tags": list(ticket.tags),
        "fields": dict(ticket.fields),
        "entries": [_entry(entry) for entry in ticket.entries],
    }
    return json.dumps(_full(value, ("entries",)), ensure_ascii=False, separators=(",", ":"))


def _entry(entry: ImportedEntry) -> dict[str, Any]:
    value = {
        "ref": entry.ref,
        "kind": entry.kind.value,
        "author": _person(entry.author),
        "created_at": _moment(entry.at),
        "text": entry.text,
        "full_text": entry.full_text,
        "html": entry.html,
        "message_id": entry.message_id,
        "automatic": entry.automatic,
        "files": [_file(file) for file in entry.files],
        "raw": _file(entry.raw) if entry.raw is not None else {},
    }
    return _full(value)


def _file(file: ImportedFile) -> dict[str, Any]:
    value = {
        "path": file.path,
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "content_id": file.content_id,
        "inline": file.inline,
        "missing": file.missing,
        "gone": file.gone,
    }
    # An empty file has a size: 0 says something.
    return {key: part for key, part in value.items() if part or (key == "size" and part is not None)}


def _person(somebody: Person) -> dict[str, str]:
    return {key: part for key, part in (("address", somebody.address), ("name", somebody.name)) if part}


def _moment(value: datetime | None) -> str:
    return value.isoformat() if value is not None else ""


def _full(value: dict[str, Any], kept: Sequence[str] = ()) -> dict[str, Any]:
    return {key: part for key, part in value.items() if part or key in kept}


def remark_line(remark: Remark) -> str:
    """Return a remark as one line for a person: where, what, and what to do about it."""
    # Names of files and people in it are strangers': it is read on a terminal.
    return shown_line(f"{remark.where}: {remark.what} {remark.cure}")


@contextmanager
def replacing(path: Path) -> Iterator[IO[str]]:
    """Write a text file that takes its place when it is whole and on the disk; for nobody else to read."""
    with durable_file(path) as stream:
        text = TextIOWrapper(stream, encoding="utf-8", newline="\n")
        try:
            yield text
        finally:
            # Writes what it still holds, and leaves the file open.
            text.detach()


def write_about(folder: Path, name: str, tickets: int, agents: Sequence[Person]) -> None:
    """Write export.json: what this is."""
    about = {"source": name, "tickets": tickets, "agents": [_person(agent) for agent in agents]}
    with replacing(folder / ABOUT) as stream:
        stream.write(json.dumps(about, ensure_ascii=False, indent=1) + "\n")
