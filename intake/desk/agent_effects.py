"""What a decision changes of an agent. Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """Write to an agent (by id) in a language from now on; "" is the desk's."""

    agent: int
    language: str


@dataclass(frozen=True, slots=True)
class SetAway:
    """Note that an agent (by id) is away until a moment, if that is later than what is known."""

    agent: int
    until: datetime


@dataclass(frozen=True, slots=True)
class MarkSummary:
    """Note that an agent (by id) was sent a summary of what was up to a moment: their digest, or who only
    thanked, where they read none."""

    agent: int
    at: datetime
