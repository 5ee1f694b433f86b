"""The canned responses that agents keep themselves, in memory."""

from collections.abc import Sequence
from datetime import datetime

from intake.desk.canned_texts import MAX_OLDER, ApprovedText, CannedText, DropCanned, SaveCanned
from intake.testing.memory.state import State


def current(state: State) -> tuple[CannedText, ...]:
    """Return what counts today, by name and language."""
    rows = (row for row in state.canned if row.replaced_at is None)
    return tuple(sorted(rows, key=lambda row: (row.name, row.language)))


def older(state: State, name: str) -> tuple[CannedText, ...]:
    """Return what was replaced or deleted of a name, the newest first."""
    rows = state.canned.newest()
    return tuple(row for row in rows if row.name == name and row.replaced_at is not None)


def approved(state: State) -> tuple[ApprovedText, ...]:
    """Return the texts that may pass the guard, by name."""
    return tuple(sorted(state.approved.values(), key=lambda text: (text.name, text.digest)))


def approve(state: State, texts: Sequence[ApprovedText]) -> None:
    """Let texts past the guard; one that may pass already stays as it is."""
    for text in texts:
        state.approved.setdefault(text.digest, text)


def write(state: State, effect: SaveCanned | DropCanned, now: datetime) -> None:
    """Save or drop a text."""
    if isinstance(effect, SaveCanned):
        save(state, effect, now)
    else:
        drop(state, effect, now)


def save(state: State, effect: SaveCanned, now: datetime) -> None:
    """Keep a text; the one in its place becomes an older version."""
    drop(state, DropCanned(effect.name, effect.language), now)
    state.canned.add(
        lambda number: CannedText(number, effect.name, effect.language, effect.text, effect.by, now)
    )
    for row in [row for row in older(state, effect.name) if row.language == effect.language][MAX_OLDER:]:
        state.canned.remove(row.id)


def drop(state: State, effect: DropCanned, now: datetime) -> None:
    """Let a text no longer count."""
    for row in current(state):
        if row.name == effect.name and effect.language in (None, row.language):
            state.canned.change(row.id, replaced_at=now)
