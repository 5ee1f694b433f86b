"""When an agent is told of a mail of theirs that was kept, and that they were. Never is no choice. Pure."""

from dataclasses import dataclass
from enum import Enum


class Telling(Enum):
    """When an alert to an agent leaves.

    PROMPT: at once whatever they were told before, as long as no machine answers each of our mails.
    GATHERED: the first few of a row at once, what follows together in one mail some minutes later. LATER:
    with all else that the agent is to be told of, within the hour; for what a forger or a machine may cause.
    TOGETHER: some minutes later with all else of its kind; for alerts beyond the limit of an hour.
    """

    AT_ONCE = "at once"
    PROMPT = "prompt"
    GATHERED = "gathered"
    LATER = "later"
    TOGETHER = "together"


# Of these so many are told at once in a row, and in a day.
COUNTED = (Telling.PROMPT, Telling.GATHERED)


@dataclass(frozen=True, slots=True)
class MarkTold:
    """Write down that these (ids) of what an agent is to be told of are in a mail.

    Raises ports.Temporary where some of them are in another mail already.
    """

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MarkReminded:
    """Write down that their agent is reminded of these drafts (entries)."""

    drafts: tuple[int, ...]
