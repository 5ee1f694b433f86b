"""The canned responses that agents keep themselves, and their older versions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from intake.desk.canned_texts import MAX_OLDER, ApprovedText, CannedText, DropCanned, SaveCanned
from intake.store.connection import Connection
from intake.store.schema.canned import Approved, Canned


def current(db: Connection) -> tuple[CannedText, ...]:
    """Return what counts today, by name and language."""
    # It is asked of the database alone, which a set of messages does not wait for.
    db.alone()
    rows = db.rows(Canned.select().where(Canned.replaced_at.is_null()).order_by(Canned.id))
    # Two that were saved in one moment by two processes both stand there: the later one counts.
    newest = {(row.name, row.language): _text(row) for row in rows}
    return tuple(newest[key] for key in sorted(newest))


def older(db: Connection, name: str) -> tuple[CannedText, ...]:
    """Return what was replaced or deleted of a name, the newest first."""
    where = (Canned.name == name) & Canned.replaced_at.is_null(False)
    return tuple(_text(row) for row in db.rows(Canned.select().where(where).order_by(Canned.id.desc())))


def approved(db: Connection) -> tuple[ApprovedText, ...]:
    """Return the texts that may pass the guard, by name."""
    rows = db.rows(Approved.select().order_by(Approved.name, Approved.digest))
    return tuple(ApprovedText(row.digest, row.name, row.text, row.made_by, row.made_at) for row in rows)


def approve(db: Connection, texts: Sequence[ApprovedText]) -> None:
    """Let texts past the guard; one that may pass already stays as it is."""
    for text in texts:
        values = {"digest": text.digest, "name": text.name, "text": text.text}
        row = Approved.insert(**values, made_by=text.made_by, made_at=text.made_at)
        db.run(row.on_conflict_ignore().as_rowcount())


def write(db: Connection, effect: SaveCanned | DropCanned, now: datetime) -> None:
    """Save or drop a text."""
    if isinstance(effect, SaveCanned):
        save(db, effect, now)
    else:
        drop(db, effect, now)


def save(db: Connection, effect: SaveCanned, now: datetime) -> None:
    """Keep a text; the one in its place becomes an older version."""
    db.alone()
    place = (Canned.name == effect.name) & (Canned.language == effect.language)
    _replace(db, place, now)
    values = {"name": effect.name, "language": effect.language, "agent": effect.agent, "author": effect.by}
    db.run(Canned.insert(**values, text=effect.text, updated_at=now))
    _forget_oldest(db, place)


def drop(db: Connection, effect: DropCanned, now: datetime) -> None:
    """Let a text no longer count."""
    db.alone()
    place = Canned.name == effect.name
    _replace(db, place if effect.language is None else place & (Canned.language == effect.language), now)


def _replace(db: Connection, place: Any, now: datetime) -> None:
    db.run(Canned.update(replaced_at=now).where(place & Canned.replaced_at.is_null()))


def _forget_oldest(db: Connection, place: Any) -> None:
    replaced = place & Canned.replaced_at.is_null(False)
    query = Canned.select(Canned.id).where(replaced).order_by(Canned.id.desc()).tuples()
    too_old = [number for (number,) in db.rows(query)][MAX_OLDER:]
    if too_old:
        db.run(Canned.delete().where(Canned.id.in_(too_old)))


def _text(row: Any) -> CannedText:
    return CannedText(row.id, row.name, row.language, row.text, row.author, row.updated_at, row.replaced_at)
