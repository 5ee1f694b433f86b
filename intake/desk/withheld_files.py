"""A file that a mail to an agent names and does not bring."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Its name, the kinds of secrets in it, what a scanner calls it; `waits`: it is looked into still, and
    follows."""

    name: str
    kinds: tuple[str, ...] = ()
    malware: str = ""
    waits: bool = False
