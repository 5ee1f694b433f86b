"""Tickets that wait for their requesters and of which nothing is heard."""

from datetime import datetime, timedelta
from typing import Protocol

from intake.desk.silence import Forecast, Note, Waiting


class Silence(Protocol):
    """What the clock asks of them. Moments are aware."""

    def lost(self, now: datetime) -> timedelta:
        """Look at the clock; return how much time it has lost in all, by leaps and while the desk was off."""

    def due(self, now: datetime, latest: datetime, limit: int) -> list[int]:
        """Return tickets that wait for their requesters and are to be looked at: those whose time has come,
        or is later than any (`latest`), the earliest first; then those nothing is remembered of."""

    def waiting(self, number: int, now: datetime) -> Waiting | None:
        """Return a ticket with all that decides whether it is closed; it is kept from changing until the
        transaction ends. None where there is no such ticket."""

    def remember(self, number: int, note: Note | None) -> None:
        """Remember this of a ticket; None: nothing any more."""

    def forecast(self, before: datetime) -> Forecast:
        """Return how many tickets wait for their requesters, and of how many the last word is ours and was
        said before then, as far as the tickets alone tell."""

    def closes_at(self, number: int) -> tuple[int, datetime] | None:
        """Return when a ticket is closed, as its requester was told, with the word (an entry) that this is
        about; None where they were not."""
