"""Exports of a made-up desk: as many tickets as are wanted, always the same ones."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

BEGUN = datetime(2019, 1, 7, 8, tzinfo=UTC)
STATUSES = ("closed", "closed", "closed", "open", "pending", "new")
NOTE = "zzprivate: the card was stolen"


def person(number: int) -> dict[str, str]:
    """Return a requester."""
    return {"address": f"person{number}@customers.example", "name": f"Person {number}"}


MIA = {"address": "mia@old.example", "name": "Mia Old"}


def entry(
    ticket: int, number: int, kind: str, author: dict[str, str], at: datetime, **more: Any
) -> dict[str, Any]:
    """Return an entry with a text of its own."""
    text = f"Entry {number} of ticket {ticket}: the wallet does not open."
    made = {"ref": str(number), "kind": kind, "author": author, "created_at": at.isoformat(), "text": text}
    if kind in ("message", "answer"):
        made["message_id"] = f"<{ticket}.{number}@old.example>"
    return {**made, **more}


def ticket(number: int, /, **more: Any) -> dict[str, Any]:
    """Return a ticket of four entries: a message, a note, an answer, an event."""
    at = BEGUN + timedelta(hours=7 * number)
    asker = person(number % 50)
    entries = [
        entry(number, 1, "message", asker, at),
        entry(number, 2, "note", MIA, at + timedelta(minutes=5), text=f"{NOTE} {number}"),
        entry(number, 3, "answer", MIA, at + timedelta(minutes=9)),
        entry(number, 4, "event", {"name": "Mia Old"}, at + timedelta(minutes=10), text="Status: solved"),
    ]
    made = {
        "ref": f"t{number}",
        "number": str(202400000 + number),
        "subject": f"Wallet {number}",
        "status": STATUSES[number % len(STATUSES)],
        "requester": asker,
        "participants": [{"address": f"friend{number % 9}@customers.example"}],
        "created_at": at.isoformat(),
        "updated_at": (at + timedelta(hours=1)).isoformat(),
        "assignee": MIA,
        "tags": ["old", f"kind{number % 3}"],
        "fields": {"plan": "pro"},
        "entries": entries,
    }
    return {**made, **more}


def with_file(
    folder: Path, record: dict[str, Any], content: bytes, name: str = "screen.txt"
) -> dict[str, Any]:
    """Put a file into the folder and into the first entry of a ticket."""
    path = f"files/{record['ref']}/{name}"
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(content)
    listed = {"path": path, "name": name, "media_type": "text/plain", "size": len(content)}
    listed["sha256"] = hashlib.sha256(content).hexdigest()
    record["entries"][0].setdefault("files", []).append(listed)
    return record


def write(folder: Path, records: Any, about: dict[str, Any] | None = None) -> Path:
    """Write an export; a record that is text stands there as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "tickets.ndjson").open("w", encoding="utf-8") as file:
        for record in records:
            file.write((record if isinstance(record, str) else json.dumps(record)) + "\n")
    if about is not None:
        (folder / "export.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def export(folder: Path, count: int, files: bool = True) -> Path:
    """Write an export of so many tickets; every fifth has a file."""
    folder.mkdir(parents=True, exist_ok=True)

    def records() -> Any:
        for number in range(1, count + 1):
            made = ticket(number)
            if files and number % 5 == 0:
                with_file(folder, made, f"log of {number}\n".encode() * 40)
            yield made

    return write(folder, records(), {"source": "old desk", "tickets": count})
