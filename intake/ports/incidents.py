"""Incidents, as commands and pages show them."""

from typing import Protocol

from intake.desk.incident.kinds import Incident


class Incidents(Protocol):
    """Reading incidents; decisions write them."""

    def of_ticket(self, ticket: int) -> Incident | None:
        """Return the newest incident of a ticket, None where there never was one."""

    def list_incidents(self, ended: bool = False, limit: int = 50) -> list[Incident]:
        """Return incidents, the newest first: the open ones, or with `ended` all."""
