"""What the desk promises to whom: the policies of the config, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from intake.desk.business_time import ONE_DAY, Calendar
from intake.desk.message import Address
from intake.desk.sla_target import Target
from intake.desk.text.language import speaks
from intake.desk.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Length:
    """How long a target is. A day is a calendar's longest one, and 24 hours round the clock."""

    days: int = 0
    rest: timedelta = timedelta(0)

    def on(self, calendar: Calendar | None) -> timedelta:
        """Return it as business time of a calendar (None: round the clock)."""
        return self.days * (calendar.longest_day if calendar else ONE_DAY) + self.rest


class Action(StrEnum):
    """What a step of a ladder does."""

    REMIND = "remind"
    LEAD = "lead"
    LATE = "late"
    PRIORITY = "priority"
    REASSIGN = "reassign"
    TEAM = "team"
    PAGE = "page"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class EscalationRule:
    """One step of a ladder: at `percent` of a target, do `action` with `argument`."""

    percent: int
    action: Action
    argument: str = ""

    def __str__(self) -> str:
        return f"{self.percent}% {self.action.value} {self.argument}".rstrip()


@dataclass(frozen=True, slots=True)
class Group:
    """Requesters by address and by domain (with what is below it), in lower case."""

    name: str
    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()

    def has(self, who: Address) -> bool:
        """Whether somebody belongs to it."""
        labels = who.domain.split(".")
        parents = {".".join(labels[place:]) for place in range(len(labels))}
        return who.key in self.addresses or not parents.isdisjoint(self.domains)


LADDER = (
    EscalationRule(50, Action.REMIND),
    EscalationRule(75, Action.LEAD),
    EscalationRule(90, Action.LATE),
    EscalationRule(100, Action.PRIORITY, "high"),
    EscalationRule(150, Action.PAGE),
)


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """One policy: what it is for (() is anything), what it promises, and what happens as time runs out.

    `calendar` None is round the clock. The new time of a "we are late" is `extension`
    percent of the target after the promised one.
    """

    name: str
    targets: Mapping[Target, Length] = field(hash=False)
    calendar: Calendar | None = None
    priorities: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    ladder: tuple[EscalationRule, ...] = LADDER
    resolution_ladder: tuple[EscalationRule, ...] = LADDER
    extension: int = 50

    def total(self, target: Target) -> timedelta | None:
        """Return how much time is promised, None when nothing is."""
        length = self.targets.get(target)
        return length.on(self.calendar) if length else None

    def steps(self, target: Target) -> tuple[EscalationRule, ...]:
        """Return the ladder of a target, its first step first. Nobody was told when a ticket is settled."""
        if target is Target.RESOLUTION:
            steps = tuple(step for step in self.resolution_ladder if step.action is not Action.LATE)
        else:
            steps = self.ladder
        return tuple(sorted(steps, key=lambda step: step.percent))

    def fits(self, ticket: Ticket) -> bool:
        """Whether this policy is for a ticket."""
        return not self.mismatch(ticket)

    def mismatch(self, ticket: Ticket) -> str:
        """Return the first property in which a ticket is not one of this policy, "" when it is."""
        checks = {
            "priority": _any(self.priorities, ticket.priority),
            "category": _any(self.categories, ticket.category),
            "team": _any(self.teams, ticket.team),
            "language": not self.languages
            or any(speaks(ticket.language, language) for language in self.languages),
            "group": not self.groups or any(group.has(ticket.requester) for group in self.groups),
        }
        return next((name for name, fits in checks.items() if not fits), "")


def _any(allowed: Sequence[str], value: str) -> bool:
    return not allowed or value.lower() in (name.lower() for name in allowed)


def shipped(weekdays: Calendar | None = None) -> tuple[ServiceLevel, ...]:
    """Return what is promised where the config says nothing: urgent 4 h, all else 24 h on business days.

    `weekdays` is the calendar of those days; without it Monday to Friday, UTC.
    """
    both = (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE)
    urgent = Length(rest=timedelta(hours=4))
    normal = Length(rest=timedelta(hours=24))
    return (
        ServiceLevel("urgent", dict.fromkeys(both, urgent), None, priorities=("urgent",)),
        ServiceLevel("normal", dict.fromkeys(both, normal), weekdays or Calendar("weekdays")),
    )


def level_for(levels: Sequence[ServiceLevel], ticket: Ticket) -> ServiceLevel | None:
    """Return the first policy that is for a ticket, None when none is."""
    return next((level for level in levels if level.fits(ticket)), None)


def level_named(levels: Sequence[ServiceLevel], name: str) -> ServiceLevel | None:
    """Return the policy of that name, None when the config has lost it."""
    return next((level for level in levels if level.name == name), None)
