"""Sentences that are kept until they are said: as text, and back, so that they are still translated. Pure."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from intake.desk.text.said import Carrying, Counted, Joined, Said


def as_text(sentence: str) -> str:
    """Return a sentence (a Said, Joined or plain text) as one text that `from_text` reads."""
    return json.dumps(_packed(sentence), ensure_ascii=False)


def from_text(kept: str, change: Callable[[str], str] = lambda text: text) -> str:
    """Return the sentence that `as_text` kept; `change` is applied to all plain text and values in it.

    What is no such text comes back as it is, changed.
    """
    try:
        return str_of(json.loads(kept), change)
    except (ValueError, KeyError, TypeError):
        return change(kept)


def str_of(packed: Any, change: Callable[[str], str]) -> str:
    """Return the sentence of what `json.loads` made of a kept one."""
    value = _unpacked(packed, change)
    return value if isinstance(value, str) else str(value)


def _packed(value: object) -> Any:
    if isinstance(value, Joined):
        return {"joined": [_packed(part) for part in value.parts], "between": value.between}
    if isinstance(value, Said):
        packed: dict[str, Any] = {
            "said": value.template,
            "values": {name: _packed(inner) for name, inner in value.values.items()},
        }
        if isinstance(value, Counted):
            packed |= {"number": value.number, "key": value.key}
        if isinstance(value, Carrying):
            packed["own"] = dict(value.own)
        return packed
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return value if isinstance(value, int | str) else str(value)


def _unpacked(packed: Any, change: Callable[[str], str]) -> Any:
    if isinstance(packed, str):
        return change(packed)
    if not isinstance(packed, dict):
        return packed
    if "at" in packed:
        return datetime.fromisoformat(packed["at"])
    if "joined" in packed:
        joined = Joined(
            packed["between"].join(parts := [_unpacked(part, change) for part in packed["joined"]])
        )
        joined.parts, joined.between = tuple(parts), packed["between"]
        return joined
    values = {name: _unpacked(value, change) for name, value in packed["values"].items()}
    if "own" in packed:
        carried = Carrying(packed["said"], values)
        carried.own = dict(packed["own"])
        return carried
    if "key" not in packed:
        return Said(packed["said"], values)
    counted = Counted(packed["said"], values)
    counted.number, counted.key = packed["number"], packed["key"]
    return counted
