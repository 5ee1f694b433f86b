"""Secrets that were found in tickets: what and where, never the secret."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from intake.desk.sensitive.excusing import HiddenFind
from intake.desk.sensitive.finds import Find
from intake.views import FindRow, KeptText


class Finds(Protocol):
    """Finds, as `intake secret` shows them."""

    def list_finds(self, ticket: int | None = None, state: str = "", limit: int = 50) -> list[FindRow]:
        """Return finds, the newest first: of a ticket (None: of all), in a state ("": in any)."""

    def get(self, number: int) -> FindRow | None:
        """Return a find, None where there is none of this number."""

    def elsewhere(self, number: int) -> Sequence[int]:
        """Return the other tickets in which the same secret was found."""

    def hidden_in(self, tickets: Sequence[int]) -> tuple[HiddenFind, ...]:
        """Return what is hidden in these tickets, the newest first."""

    def texts(
        self, after: int, limit: int, ticket: int | None = None, since: datetime | None = None
    ) -> list[KeptText]:
        """Return what people wrote in entries with ids beyond `after`, in their order: of a ticket (None: of
        all), not before `since`."""

    def new_in(self, ticket: int, finds: Sequence[Find]) -> tuple[Find, ...]:
        """Return those of `finds` whose secret is not known in a ticket yet, each once."""

    def scanned(self) -> int:
        """Return up to which entry all were looked through by today's detector."""

    def mark_scanned(self, entry: int) -> None:
        """Note that all entries up to this one were looked through."""

    def exposed(self, ticket: int) -> frozenset[int]:
        """Return the entries of a ticket in which somebody's wallet is exposed, false alarms aside."""
