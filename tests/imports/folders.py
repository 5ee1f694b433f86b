"""What conversions wrote, read again and held against the schema."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs

import intake.imports

SCHEMA = json.loads(
    (Path(intake.imports.__file__).parent / "tickets.schema.json").read_text(encoding="utf-8")
)
VALID = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)


def tickets(folder: Path) -> list[dict[str, Any]]:
    """Return the tickets of a folder. Raises where a line is not of the schema or a file is not there."""
    lines = (folder / "tickets.ndjson").read_text(encoding="utf-8").splitlines()
    read = [json.loads(line) for line in lines]
    for ticket in read:
        VALID.validate(ticket)
        for entry in ticket["entries"]:
            for file in [*entry.get("files", []), *([entry["raw"]] if "raw" in entry else [])]:
                path = folder / file["path"]
                assert path.resolve().is_relative_to((folder / "files").resolve())
                assert "missing" in file or path.is_file()
    return read


def everything(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, by its path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def public(ticket: dict[str, Any]) -> str:
    """Return all that a customer may see of a ticket."""
    shown = [entry for entry in ticket["entries"] if entry["kind"] in ("message", "answer")]
    return json.dumps(shown)
