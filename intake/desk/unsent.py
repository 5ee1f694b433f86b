"""A draft of an agent's that was not sent, as it is looked up. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.desk.guard.policy import Need

# A draft older than this waits for nobody any more: it is not listed.
LISTED_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class WaitingDraft:
    """A draft (an entry) of an agent's that was not sent. `at` is aware, UTC.

    `closed`: its ticket is; `answered`: somebody has replied in it since. `times` and `reminded_at` are how
    often the agent was reminded of it, and when last. `guard` is what its yes must be worth.
    """

    entry: int
    agent: int
    ticket: int
    subject: str
    at: datetime
    text: str
    closed: bool = False
    answered: bool = False
    times: int = 0
    reminded_at: datetime | None = None
    guard: Need = Need.NOTHING

    @property
    def pending(self) -> bool:
        """Whether it is still to be sent, as far as can be told: nobody replied, and its ticket is open."""
        return not (self.closed or self.answered)
