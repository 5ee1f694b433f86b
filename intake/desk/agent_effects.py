"""What a decision changes of an agent. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """Write to an agent (by id) in a language from now on; "" is the desk's."""

    agent: int
    language: str
