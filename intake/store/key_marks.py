"""Which keys the desk of this database signs with: a mark of each, newest first, in a row of `meta`.

A machine with other keys would send mails to which no other recognises the replies, and not recognise
theirs. A mark is a digest under the key: it tells keys apart and says nothing of them.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from intake.ports import UserError
from intake.store import locks
from intake.store.connection import Connection
from intake.store.schema.tables import Agent, Message, Meta, Ticket

_NAME = "keys"
ACCEPT = "intake restore --accept-key"


def agreed(
    db: Connection, path: Path, read: Callable[[], tuple[bytes, ...]], make: Callable[[], None]
) -> tuple[bytes, ...]:
    """Return the keys of this process, which fit those the desk signs with, and keep their marks.

    `path` is the file they stand in, `read` returns those in it, () where there is none, and `make` makes
    it: only for a desk that has not begun. Raises UserError, with the cure, and has then made nothing.
    """
    known, keys = _known(db), read()
    if keys and known and _after(known, _marks(keys)) == known:
        return keys
    with db.transaction():
        if db.postgres:
            # Two machines begin at once, each without a key.
            db.sql("SELECT pg_advisory_xact_lock(%s)", locks.KEYS)
        known, keys = _known(db), read()
        if not keys:
            if known or holds_a_desk(db):
                raise UserError(_refusal(f"{path} is missing, and this desk signs with a key already"))
            # Before the commit: a mark without its key would keep everybody out.
            make()
            keys = read()
        after = _after(known, _marks(keys))
        if after is None:
            raise UserError(_refusal(f"{path} holds another key than the one this desk signs with"))
        if after != known:
            _keep(db, after)
    return keys


def accept(db: Connection, keys: Sequence[bytes]) -> bool:
    """Have the desk sign with these keys, whatever it signed with before; False where it does already."""
    with db.transaction():
        changed = _known(db) != _marks(keys)
        if changed:
            _keep(db, _marks(keys))
    return changed


def lags(db: Connection, keys: Sequence[bytes]) -> bool:
    """Whether another machine signs with a newer key, which is not among these."""
    known = _known(db)
    return bool(known) and known[0] not in _marks(keys)


def _after(known: list[str], mine: list[str]) -> list[str] | None:
    """Return the marks to keep when a process with the keys `mine` starts; None when they do not fit.

    What stands above the newest known key was added by a rotation, and what is gone below it is retired.
    Who has not got the newest one yet may go on as long as everybody else keeps theirs.
    """
    if not known:
        return mine
    if known[0] in mine:
        at = mine.index(known[0])
        return [*mine[: at + 1], *(mark for mark in known[1:] if mark in mine[at + 1 :])]
    return known if mine[0] in known else None


def _marks(keys: Sequence[bytes]) -> list[str]:
    made = (hmac.new(key, b"intake-key-mark-v1", hashlib.sha256).hexdigest() for key in keys)
    return list(dict.fromkeys(made))


def _known(db: Connection) -> list[str]:
    row = db.first(Meta.select(Meta.value).where(Meta.name == _NAME).tuples())
    return list(json.loads(row[0])) if row else []


def _keep(db: Connection, marks: list[str]) -> None:
    value = json.dumps(marks)
    query = Meta.insert(name=_NAME, value=value)
    db.run(query.on_conflict(conflict_target=[Meta.name], update={Meta.value: value}).as_rowcount())


def holds_a_desk(db: Connection) -> bool:
    """Whether somebody would miss something: an older intake kept no marks."""
    return any(db.first(table.select(table.id).limit(1).tuples()) for table in (Agent, Message, Ticket))


def _refusal(problem: str) -> str:
    return (
        f"{problem}: replies to what it sends would open new tickets. Copy the file from a machine of this "
        f"desk or from a backup. If the key is lost on all of them, run `{ACCEPT}`."
    )
