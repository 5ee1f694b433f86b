"""Refusing to begin a desk anew beside the one that is there already, in another database."""

from pathlib import Path

from intake.ports import UserError
from intake.store.connection import Connection


def expect_nothing_left_behind(db: Connection | None, url: str, data: Path) -> None:
    """Refuse an empty database while the data folder has another one, with the tickets.

    `db` is None where there are no tables yet. Numbers would begin anew, and the old links and reply
    addresses lead to others' tickets.
    """
    from intake.store.upkeep.to_postgres import left_behind

    path = left_behind(db, url, data)
    if path is not None:
        raise UserError(
            f"The database of [store] url is empty, and the tickets of this desk are in {path}. Stop intake "
            "and run `intake move`, or put the old url back. To start again, move the data folder away."
        )


def expect_not_moved_away(url: str, data: Path) -> None:
    """Refuse to begin a desk anew where `intake move` took one away, as with the old config put back."""
    from intake.store.upkeep.to_postgres import moved_away

    path = moved_away(url, data)
    if path is not None:
        raise UserError(
            f"This desk was moved to PostgreSQL: {path} is what it left behind. Let [store] url name that "
            "database again. To start again, move the data folder away."
        )
