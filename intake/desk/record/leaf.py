"""What one row of the record says, in the one form that is hashed.

What names a person, or tells what somebody wrote, stands in it as a commitment: a hash of the value and a
random salt. Who has both can check it; once the salt is gone, nobody can guess the value from it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# What is recorded of: rows of these tables, and what the desk itself says.
AUDIT, MESSAGE, ENTRY, SENT = "audit", "message", "entry", "sent"
KINDS = (AUDIT, MESSAGE, ENTRY, SENT)
BEGIN, KEY, CONFIG = "begin", "key", "config"
# Why a row is another one now, or is gone. Each names the act it belongs to.
ERASED, CHANGED, REDACTED, IMPORT_FORGOTTEN = "erased", "changed", "redacted", "forgotten"
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


@dataclass(frozen=True, slots=True)
class Statement:
    """That a row is as it is, or that it is gone (`why`), at `at` (microseconds since 1970, UTC).

    `plain` stands in the record as it is, `values` as commitments. `by` is the number of the act that
    changed it: a row of the audit for an erasure, a ticket for a redaction, a run for an import.
    """

    kind: str
    row: int
    at: int
    why: str = ""
    by: int = 0
    plain: Mapping[str, Plain] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)


def commitment(salt: bytes, name: str, value: str) -> str:
    """Return the commitment to a value called `name`, in hex. `salt` is 16 random bytes."""
    return hashlib.sha256(salt + name.encode() + b"\x00" + value.encode()).hexdigest()


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


def read(text: str) -> dict[str, Any]:
    """Return the fields of a row of the record. Raises ValueError where it is none that `body` made."""
    try:
        fields = json.loads(text)
    except RecursionError as err:
        raise ValueError("it is no row of the record") from err
    if not isinstance(fields, dict) or {name: type(value) for name, value in fields.items()} != _FIELDS:
        raise ValueError("it is no row of the record")
    return fields


def salts_text(salts: Mapping[str, bytes]) -> str:
    """Return salts by name, as they are kept beside a row of the record."""
    return json.dumps({name: salt.hex() for name, salt in salts.items()}) if salts else ""


def salts_in(text: str) -> dict[str, bytes]:
    """Return the salts by name; those that cannot be read are missing."""
    try:
        return {name: bytes.fromhex(salt) for name, salt in json.loads(text or "{}").items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}


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
