"""Acts that cannot be taken back, and the second person who must agree to them. Pure.

A request holds the plan of an act in one form (`Plan.canonical`): what is done, to which ticket, and what it
was decided on. Who agrees sees that plan; what is done afterwards must have the same one, byte by byte.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

# So long a request may be agreed to (secrets.md 5.3).
LASTS = timedelta(hours=24)
# So long an act waits where there is nobody who could agree, and may then be done.
ALONE = timedelta(hours=24)
# What nobody may do alone, at any desk. Others need a second person once an agent has a second factor.
ALWAYS = frozenset(("reveal", "export", "lift", "erase-held", "factor"))
SHORTEST_REASON = 5


class State(StrEnum):
    """Where a request stands. `BROKEN`: it was done without a second person, and nobody has seen that yet."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    DONE = "done"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done. `kind` is a word such as "export"; `ticket` 0 for none; `person` the address (lower
    case) that it is about, "" for nobody's; `details` what it was decided on, as the ticket's revision.

    No value is a secret: the plan is shown to whoever may agree.
    """

    kind: str
    ticket: int = 0
    person: str = ""
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def canonical(self) -> str:
        """The plan in its one form: JSON with its keys in order and without blanks (as in RFC 8785)."""
        values = {
            "kind": self.kind,
            "ticket": self.ticket,
            "person": self.person,
            "details": dict(self.details),
        }
        return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @property
    def digest(self) -> str:
        """The SHA-256 of the plan, in hex."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()

    @property
    def in_words(self) -> str:
        """The plan in one line, for who is asked."""
        about = [f"#{self.ticket}"] if self.ticket else []
        about += [self.person] if self.person else []
        about += [f"{name}: {value}" for name, value in sorted(self.details.items())]
        return " ".join((self.kind, "; ".join(about))).strip()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks or agrees. `login` is the kernel's word for who is at the keyboard, "" by mail; `agent` the
    address of the agent they act as, "" for none; `proven`: that agent's second factor was shown."""

    login: str = ""
    agent: str = ""
    proven: bool = False

    @property
    def name(self) -> str:
        """The name that an act is recorded under."""
        return self.agent or self.login


@dataclass(frozen=True, slots=True)
class Request:
    """An act that was asked for. `ready_at` is when it may be done without a second person (a desk that has
    none), None where there is somebody to ask; `seen_by` who acknowledged that it was done alone."""

    id: int
    kind: str
    ticket: int
    plan: str
    digest: str
    reason: str
    by: Actor
    at: datetime
    ready_at: datetime | None
    expires_at: datetime
    state: State = State.WAITING
    settled_by: str = ""
    seen_by: tuple[str, ...] = ()

    def usable(self, now: datetime) -> bool:
        """Whether the act may be done now."""
        if self.expires_at < now:
            return False
        waited = self.ready_at is not None and self.ready_at <= now
        return self.state is State.APPROVED or (self.state is State.WAITING and waited)

    @property
    def settled(self) -> bool:
        """Whether it was refused, or done."""
        return self.state in (State.REFUSED, State.DONE, State.BROKEN)

    def open(self, now: datetime) -> bool:
        """Whether somebody may still agree to it, refuse it or do it."""
        return self.state in (State.WAITING, State.APPROVED) and self.expires_at >= now


def needs_two(kind: str, factors: int) -> bool:
    """Whether an act of this kind needs a second person at a desk where so many agents have a factor."""
    return kind in ALWAYS or factors > 0


def same_person(first: Actor, other: Actor) -> bool:
    """Whether two people at work must be taken for one.

    The second must have shown the factor of another agent than the first acted as. Where the first showed
    none, that alone does not tell them apart: then the logins must differ too.
    """
    if not other.proven or not other.agent or alike(first.agent, other.agent):
        return True
    return not first.proven and first.login == other.login


def alike(first: str, other: str) -> bool:
    """Whether two addresses are one person's: equal but for case, dots and what stands behind a plus."""
    return bool(first) and _bare(first) == _bare(other)


def _bare(address: str) -> str:
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


def lasting(alone: bool, now: datetime) -> tuple[datetime | None, datetime]:
    """Return from when a request counts without a second person (None: never), and when it is over."""
    if alone:
        return now + ALONE, now + ALONE + LASTS
    return None, now + LASTS
