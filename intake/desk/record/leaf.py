"""What one row of the record says, in the one form that is hashed.

What names a person, or tells what somebody wrote, stands in it as a commitment: a hash of the value and a
random salt. Who has both can check it; once the salt is gone, nobody can guess the value from it.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

# What is recorded of: rows of these tables, and what the desk itself says.
AUDIT, MESSAGE, ENTRY, SENT = "audit", "message", "entry", "sent"
TICKET, FIND, AGENT = "ticket", "find", "agent"
KINDS = (AUDIT, MESSAGE, ENTRY, SENT, TICKET, FIND, AGENT)
# Those that a record of an older version does not know.
LATER = (TICKET, FIND, AGENT)
BEGIN, KEY, CONFIG, EXTENDED, CHECKPOINT = "begin", "key", "config", "extended", "checkpoint"
# Why a row is another one now, or is gone. Each names the act it belongs to.
ERASED, CHANGED, REDACTED, IMPORT_FORGOTTEN = "erased", "changed", "redacted", "forgotten"
# The desk itself changed it, in the course of the work: what it never changes must be as it was before.
UPDATED = "updated"
# Those after which the row is no longer there.
GONE = (ERASED, IMPORT_FORGOTTEN)

Plain = str | int | None
# The fields of a row, as `body` puts them.
_FIELDS = {
    "at": int,
    "by": int,
    "kind": str,
    "plain": dict,
    "row": int,
    "sealed": dict,
    "seq": int,
    "why": str,
}
_TYPES = list(_FIELDS.values())


@dataclass(frozen=True, slots=True)
class Statement:
    """That a row is as it is, or that it is gone (`why`), at `at` (microseconds since 1970, UTC).

    `plain` stands in the record as it is, `values` as commitments. `by` is the number of the act that
    changed it: a row of the audit for an erasure, a ticket for a redaction, a run for an import.
    A row of the record names what it covers, so that those of older versions are checked as well: `older` are
    values that only these hold. `broken` are columns whose value is none that the desk writes.
    """

    kind: str
    row: int
    at: int
    why: str = ""
    by: int = 0
    plain: Mapping[str, Plain] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    older: Mapping[str, str] = field(default_factory=dict)
    broken: tuple[str, ...] = ()


def commitment(salt: bytes, name: str, value: str) -> str:
    """Return the commitment to a value called `name`, in hex. `salt` is 16 random bytes."""
    return hashlib.sha256(salt + f"{name}\x00{value}".encode()).hexdigest()


def commitments(salt: bytes, values: Mapping[str, str]) -> dict[str, str]:
    """Return the commitments to values, by their names, under one salt."""
    made = hashlib.sha256
    return {name: made(salt + f"{name}\x00{value}".encode()).hexdigest() for name, value in values.items()}


def body(seq: int, statement: Statement, sealed: Mapping[str, str]) -> str:
    """Return row `seq` of the record: JSON with its keys in order and without blanks (as in RFC 8785).

    `sealed` are the commitments by name.
    """
    fields = {
        "at": statement.at,
        "by": statement.by,
        "kind": statement.kind,
        "plain": dict(statement.plain),
        "row": statement.row,
        "sealed": dict(sealed),
        "seq": seq,
        "why": statement.why,
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


# What `json.loads` looks for around a value is nowhere in a row of the record.
_scan: Callable[[str, int], tuple[dict[str, Any], int]] = vars(json.JSONDecoder())["scan_once"]


def read(text: object) -> dict[str, Any]:
    """Return the fields of a row of the record. Raises ValueError where it is none that `body` made."""
    if not isinstance(text, str):
        raise ValueError("it is no row of the record")
    try:
        fields, end = _scan(text, 0)
    except (RecursionError, StopIteration) as err:
        raise ValueError("it is no row of the record") from err
    whole = end == len(text) and type(fields) is dict and len(fields) == len(_FIELDS)
    if not whole or list(map(type, map(fields.get, _FIELDS))) != _TYPES:
        raise ValueError("it is no row of the record")
    return fields


def salt_of(text: object, name: str) -> bytes | None:
    """Return the salt of the commitment called `name` out of what is kept beside a row; None: it is lost.

    One salt serves all of a row, for they are deleted together. Older rows have one for each, as JSON.
    """
    if not isinstance(text, str):
        return None
    try:
        return bytes.fromhex(json.loads(text)[name] if text.startswith("{") else text) or None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def digest_of(*texts: str) -> str:
    """Return one sha256 over texts, in hex; where each ends counts."""
    total = hashlib.sha256()
    for text in texts:
        octets = text.encode()
        total.update(len(octets).to_bytes(8, "big") + octets)
    return total.hexdigest()


# How the audit says that an import was taken back; its number follows.
FORGOT = "forgot import"
# How the audit begins to say that something was done which a checkpoint follows at once.
DANGEROUS = (
    "erased",
    FORGOT,
    "restored",
    "added agent",
    "changed agent",
    "disabled agent",
    "set ",
    "accepted another",
    "made API key",
    "revoked API key",
    "moved the desk",
    "#redact",
    "redaction of",
    "approved act",
    "did alone act",
    "gave the second factor",
    "replaced the second factor",
    "took away the second factor",
    "lifted hold",
    "exported evidence",
)


def dangerous(act: str) -> bool:
    """Whether an act, as the audit says it, is one that a checkpoint follows at once."""
    return act.startswith(DANGEROUS)
