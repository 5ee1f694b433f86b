"""Acts that a second person must agree to, and the second factors of agents."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from intake.desk.acts import Actor, Plan, Request, State


class Acts(Protocol):
    """Requests. Each change is made once: of two who come at the same time the first counts."""

    def file(
        self, plan: Plan, reason: str, by: Actor, now: datetime, ready_at: datetime | None, expires: datetime
    ) -> int:
        """Write down that an act was asked for; return its number."""

    def get(self, number: int) -> Request | None:
        """Return a request, None where there is none of this number."""

    def rows(self, limit: int = 50) -> list[Request]:
        """Return requests, the newest first."""

    def of(self, digest: str, now: datetime) -> Request | None:
        """Return the newest request for a plan (its digest) that is not over, None where there is none."""

    def settle(self, number: int, state: State, by: str, now: datetime) -> bool:
        """Approve or refuse what is open. False: somebody was quicker, or it is over."""

    def use(self, number: int, now: datetime) -> bool:
        """Note that an act is being done, once, within the transaction that does it. False: it may not be."""

    def break_glass(self, number: int) -> None:
        """Note that an act was done without a second person; it stays so until two people saw that."""

    def broken(self) -> list[Request]:
        """Return what was done alone and is not acknowledged by two people, the oldest first."""

    def seen(self, number: int, by: str) -> Request | None:
        """Note that somebody saw what was done alone; return it, None where there is no such thing."""


class FactorRows(Protocol):
    """Second factors, sealed."""

    def get(self, agent: int) -> tuple[str, int] | None:
        """Return the sealed secret of an agent and the last step that was used, None for no factor."""

    def keep(self, agent: int, sealed: str, step: int, now: datetime) -> None:
        """Give an agent a factor in place of any other; `step` is what counts as used."""

    def forget(self, agent: int) -> bool:
        """Take an agent's factor away. False when they had none."""

    def holders(self) -> Sequence[int]:
        """Return the enabled agents who have a factor."""

    def advance(self, agent: int, step: int) -> bool:
        """Use a step up. False: it, or a newer one, was used already."""

    def missed(self, agent: int, now: datetime) -> int:
        """Count a wrong code; return how many there were within the hour."""

    def locked(self, agent: int, now: datetime) -> bool:
        """Whether no code of an agent counts at present, for there were too many wrong ones."""
