"""Incidents, as commands and pages show them."""

from datetime import datetime
from typing import Protocol

from intake.desk.incident.kinds import Hold, Incident


class Incidents(Protocol):
    """Reading incidents; decisions write them."""

    def of_ticket(self, ticket: int) -> Incident | None:
        """Return the newest incident of a ticket, None where there never was one."""

    def list_incidents(self, ended: bool = False, limit: int = 50) -> list[Incident]:
        """Return incidents, the newest first: the open ones, or with `ended` all."""

    def holds(self, now: datetime | None = None) -> list[Hold]:
        """Return all holds, the newest first; with `now` (aware) those that hold then."""

    def hold_of(self, ticket: int, now: datetime) -> Hold | None:
        """Return the hold on a ticket, None where it is not held."""
