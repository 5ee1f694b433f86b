"""When a sealed secret may be opened, and by whose word. Pure.

Who holds the offline key and the data folder can decrypt without asking: this binds those who go by the
command, and leaves a trace of them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

# How long a request waits for a second person, and what they agreed to stays open.
PATIENCE = timedelta(hours=24)
OPEN_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Request:
    """Who asked (`who` as acts are recorded, `login` of the machine), why, and who agreed ("": nobody)."""

    who: str
    login: str
    reason: str
    asked_at: datetime
    agreed: str = ""
    agreed_at: datetime | None = None

    def live(self, now: datetime) -> bool:
        """Whether it still counts: asked lately, or agreed to lately."""
        until = self.asked_at + PATIENCE + OPEN_FOR if self.agreed_at is None else self.agreed_at + OPEN_FOR
        return self.asked_at <= now < until


def same_person(request: Request, who: str) -> bool:
    """Whether who agrees is the one who asked: under the same name, or as the same login.

    `who` is the agent's name that they give, or else their login.
    """
    return who.casefold() in (request.who.casefold(), request.login.casefold())


def refusal(certain: bool, request: Request | None, alone: bool, now: datetime) -> str:
    """Return why a secret may not be opened at `now` (aware), "" where it may.

    What is `certain` to be a secret needs a second person within a day; a desk where there is nobody else
    (`alone`) waits for that day instead. What is only likely to be one needs nobody.
    """
    if not certain:
        return ""
    if request is None or not request.live(now):
        return "nobody asked to open it within the last day"
    if request.agreed:
        return ""
    if alone and now - request.asked_at >= PATIENCE:
        return ""
    if alone:
        until = request.asked_at + PATIENCE
        return f"there is no second person here, so it waits until {until:%Y-%m-%d %H:%M} UTC"
    return "a second person has not agreed yet"
