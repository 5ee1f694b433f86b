"""The store in memory: the same ports without a database, so that policy is tried in milliseconds."""

from intake.testing.memory.store import MemoryStore

__all__ = ["MemoryStore"]
