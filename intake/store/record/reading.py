"""Rows of the database as statements of the record: what of them is recorded, and how it is put.

What changes in the course of the work (the state of a message, the place of an entry) is not among it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from intake.desk.record.leaf import AUDIT, ENTRY, MESSAGE, SENT, Statement, digest_of
from intake.store.connection import Connection

# The digests of bytes are made where these are: a mail may be large, and a thousand are read at once.
_SHA256_ON_A_SERVER = "encode(pg_catalog.sha256({}), 'hex')"
_SELECTED = {
    AUDIT: "SELECT id, at, authority, ticket, message, who, what FROM audit",
    MESSAGE: "SELECT id, received_at, channel, mailbox, sha256 FROM message",
    ENTRY: "SELECT id, created_at, author, text, full_text FROM entry",
    SENT: "SELECT id, sent_at, kind, rcpt, message_id, {bytes} FROM outbox",
}
# The table of each kind.
TABLE = {AUDIT: "audit", MESSAGE: "message", ENTRY: "entry", SENT: "outbox"}
# What takes reading a whole mail, and is left out where that is not asked for.
BYTES = "bytes"


class Held(NamedTuple):
    """The bytes of a message as they lie here: the digest of what lies in the database, None for nothing."""

    name: str
    buried: bool
    in_file: bool
    digest: str | None


def in_range(db: Connection, kind: str, first: int, last: int, whole: bool) -> dict[int, Statement]:
    """Return what the rows `first` to `last` of a kind say now; not `whole`: without the bytes of mails."""
    return _read(db, kind, f"{{}} BETWEEN {first:d} AND {last:d}", whole)


def these(db: Connection, kind: str, rows: Iterable[int]) -> dict[int, Statement]:
    """Return what these rows of a kind say now; those that are not there are missing."""
    numbers = ", ".join(f"{row:d}" for row in rows)
    return _read(db, kind, f"{{}} IN ({numbers})", whole=True) if numbers else {}


def held(db: Connection, first: int, last: int) -> dict[int, Held]:
    """Return how the bytes of the messages `first` to `last` lie here, by message."""
    rows = db.many(
        "SELECT m.id, m.sha256, m.size = 0, b.sha256 IS NOT NULL AND b.content IS NULL, "
        f"{_sha256(db, 'b.content')} FROM message m LEFT JOIN blob b ON b.sha256 = m.sha256 "
        f"WHERE m.id BETWEEN {first:d} AND {last:d}"
    )
    return {number: Held(*row) for number, *row in rows}


def _sha256(db: Connection, column: str) -> str:
    return (_SHA256_ON_A_SERVER if db.postgres else "sha256({})").format(column)


def _read(db: Connection, kind: str, which: str, whole: bool) -> dict[int, Statement]:
    sent = " AND state = 'sent'" if kind == SENT else ""
    select = _SELECTED[kind].format(bytes=_sha256(db, "mime") if whole else "NULL")
    rows = db.many(f"{select} WHERE {which.format('id')}{sent}")
    if kind == ENTRY:
        return _entries(rows, _files(db, which))
    return {row[0]: _SAID[kind](row) for row in rows}


def _audit(row: Sequence[Any]) -> Statement:
    number, at, authority, ticket, message, who, act = row
    plain = {"authority": authority, "ticket": ticket, "message": message}
    return Statement(AUDIT, number, at, plain=plain, values={"who": who, "what": act})


def _message(row: Sequence[Any]) -> Statement:
    number, at, channel, mailbox, sha256 = row
    plain = {"channel": channel, "mailbox": mailbox}
    return Statement(MESSAGE, number, at, plain=plain, values={BYTES: sha256})


def _sent(row: Sequence[Any]) -> Statement:
    number, at, kind, rcpt, message_id, digested = row
    values = {"recipient": rcpt, "message-id": message_id}
    if digested is not None:
        values[BYTES] = digested
    return Statement(SENT, number, at or 0, plain={"kind": kind}, values=values)


_SAID: dict[str, Callable[[Sequence[Any]], Statement]] = {AUDIT: _audit, MESSAGE: _message, SENT: _sent}


def _entries(rows: Sequence[Any], files: dict[int, list[str]]) -> dict[int, Statement]:
    said = {}
    for number, at, author, text, full_text in rows:
        values = {"author": author, "text": digest_of(text, full_text)}
        values["files"] = digest_of(*files.get(number, ()))
        said[number] = Statement(ENTRY, number, at, values=values)
    return said


def _files(db: Connection, which: str) -> dict[int, list[str]]:
    """Return the names and digests of the files of entries, in their order."""
    files: dict[int, list[str]] = defaultdict(list)
    query = f"SELECT entry, name, sha256 FROM attachment WHERE {which.format('entry')} ORDER BY id"
    for entry, name, sha256 in db.many(query):
        files[entry] += [name, sha256]
    return files
