"""Secrets that were found in tickets: what and where, never the secret."""

from collections.abc import Sequence
from typing import Protocol

from intake.views import FindRow


class Finds(Protocol):
    """Finds, as `intake secret` shows them."""

    def list_finds(self, ticket: int | None = None, state: str = "", limit: int = 50) -> list[FindRow]:
        """Return finds, the newest first: of a ticket (None: of all), in a state ("": in any)."""

    def get(self, number: int) -> FindRow | None:
        """Return a find, None where there is none of this number."""

    def elsewhere(self, number: int) -> Sequence[int]:
        """Return the other tickets in which the same secret was found."""

    def clear(self, number: int) -> bool:
        """Note that a find is a false alarm. False where there is none, or it was noted before."""
