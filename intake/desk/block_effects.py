"""Blocks of senders as values, and what a decision asks for about them (see `effects`)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class BlockedSender:
    """One block: its `key`, who made it, when (aware) and why; `held` mails of it are in quarantine."""

    key: str
    by: str
    at: datetime
    reason: str = ""
    held: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """An effect: from now on mail that claims to come from `key` is kept in quarantine."""

    key: str
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unblock:
    """An effect: mail from `key` is processed again."""

    key: str
