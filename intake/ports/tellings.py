"""What agents are still to be told of their own mails that were kept, and of their drafts that wait."""

from datetime import datetime
from typing import Protocol

from intake.desk.gathered import Kept


class Tellings(Protocol):
    """For the clock: who is to be told now, and of what. They are written by effects."""

    def due(self, now: datetime) -> list[int]:
        """Return the agents (ids) whom something is to be told now; all that waits for them goes with it."""

    def waiting(self, agent: int) -> list[Kept]:
        """Return what an agent is still to be told, the oldest first."""

    def forget(self, before: datetime) -> None:
        """Forget what was told before then (aware)."""
