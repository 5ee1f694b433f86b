"""The database: the only home of peewee and SQL."""

from intake.store.opening import open_store
from intake.store.store import SqlStore

__all__ = ["SqlStore", "open_store"]
