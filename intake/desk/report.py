"""How the desk did over a time: tickets counted and timed, by team, agent, category and more.

A report is about the tickets that were opened within its time. What is read is handed over in
columns, a chunk at a time, and counted by the interpreter's own fast loops: a million
tickets take seconds. Durations are counted in steps of a quarter octave, so that a
median is right to within 10 %; everything else is exact.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from operator import add

DIMENSIONS = ("team", "agent", "category", "language", "channel", "weekday", "hour")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Upper ends of the steps in seconds: from one minute to more than a year.
_STEPS = tuple(60 * 2 ** (step / 4) for step in range(80))
_QUARTER = 900
# The promise's state as `Columns.promise` carries it.
NO_PROMISE, KEPT, BROKEN = 0, 1, 2
# Surveys: not asked, scores 1 to 5, asked and not answered.
NOT_ASKED, SILENT = 0, 6
# Where the codes of resolutions begin, and those of promises with surveys: see Tally.
_RESOLVED, _ENDS, _CODES = 128, 256, 512


@dataclass(frozen=True, slots=True)
class Columns:
    """Tickets by columns, all of one length.

    `opened` is in seconds since 1970, UTC; `answered` and `resolved` are the seconds from the
    opening to the first answer of a person and to the closing, None where there was none yet;
    `promise` is NO_PROMISE, KEPT or BROKEN; `survey` is NOT_ASKED, a score, or SILENT.
    """

    opened: Sequence[int]
    team: Sequence[str]
    agent: Sequence[str]
    category: Sequence[str]
    language: Sequence[str]
    channel: Sequence[str]
    answered: Sequence[int | None]
    resolved: Sequence[int | None]
    promise: Sequence[int]
    survey: Sequence[int]


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is said of a group of tickets. Durations are medians, and what nine in ten took at most."""

    tickets: int = 0
    answered: int = 0
    resolved: int = 0
    answer_median: timedelta | None = None
    answer_ninety: timedelta | None = None
    resolve_median: timedelta | None = None
    resolve_ninety: timedelta | None = None
    promised: int = 0
    kept: int = 0
    asked: int = 0
    scored: int = 0
    score: float | None = None

    @property
    def kept_share(self) -> float | None:
        """The share of promises that were kept, of those that are decided; None when none is."""
        return self.kept / self.promised if self.promised else None

    @property
    def response_share(self) -> float | None:
        """The share of surveys that were answered; None when nobody was asked."""
        return self.scored / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Rise:
    """A word or category that came up more often than in the week before, and tickets that show it."""

    what: str
    now: int
    before: int
    tickets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report. `days` are (day, opened, resolved), in the desk's time zone."""

    desk: str
    since: datetime
    until: datetime
    zone: str
    total: Numbers
    by: Mapping[str, Sequence[tuple[str, Numbers]]]
    days: Sequence[tuple[date, int, int]]
    week: Sequence[Sequence[int]]
    scores: Sequence[int]
    rising: Sequence[Rise] = ()


@dataclass(slots=True)
class Tally:
    """Counts chunks. `zone` is the desk's, for days, weekdays and hours.

    A ticket counts three times in each of its groups: for its answer, for its resolution, and for its
    promise and survey. Counted as one they would be nearly as many as the tickets.
    """

    zone: tzinfo
    _groups: dict[str, Counter[int]] = field(
        default_factory=lambda: {name: Counter() for name in DIMENSIONS[:5]}
    )
    # What a group is called, by its number; numbers are counted faster than pairs with a name in them.
    _names: dict[str, dict[str, int]] = field(default_factory=lambda: {name: {} for name in DIMENSIONS[:5]})
    _hours: Counter[int] = field(default_factory=Counter)
    _opened: Counter[date] = field(default_factory=Counter)
    _resolved: Counter[date] = field(default_factory=Counter)
    _local: dict[int, tuple[date, int]] = field(default_factory=dict)

    def add(self, columns: Columns) -> None:
        """Count tickets."""
        ends = [
            promise * 8 + survey + _ENDS
            for promise, survey in zip(columns.promise, columns.survey, strict=True)
        ]
        times = self._times(columns.opened)
        codes = (_steps(columns.answered, 0), _steps(columns.resolved, _RESOLVED), ends)
        groups = [(counted, self._numbered(name, columns)) for name, counted in self._groups.items()]
        for counted, numbers in [*groups, (self._hours, [hour * _CODES for _, hour in times])]:
            for code in codes:
                counted.update(map(add, numbers, code))
        self._opened.update(day for day, _ in times)

    def close(self, closings: Iterable[int]) -> None:
        """Count closings (seconds since 1970, UTC) of whatever ticket, for the days' line."""
        self._resolved.update(day for day, _ in self._times(closings))

    def report(self, desk: str, since: datetime, until: datetime, rising: Sequence[Rise] = ()) -> Report:
        """Return what was counted."""
        by = {name: _ranked(counted, list(self._names[name])) for name, counted in self._groups.items()}
        weekdays, hours = (
            _grouped(self._hours, lambda hour: hour // 24),
            _grouped(self._hours, lambda h: h % 24),
        )
        by["weekday"] = [(WEEKDAYS[one], _numbers(weekdays[one])) for one in sorted(weekdays)]
        by["hour"] = [(f"{one:02d}:00", _numbers(hours[one])) for one in sorted(hours)]
        codes: Counter[int] = Counter()
        week = [[0] * 24 for _ in WEEKDAYS]
        for packed, many in self._hours.items():
            hour, code = divmod(packed, _CODES)
            codes[code] += many
            week[hour // 24][hour % 24] += many if code < _RESOLVED else 0
        last = (until - timedelta(seconds=1)).astimezone(self.zone).date()
        first = since.astimezone(self.zone).date()
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        scores = [
            sum(count for code, count in codes.items() if code >= _ENDS and code % 8 == n)
            for n in range(1, 6)
        ]
        return Report(
            desk,
            since,
            until,
            str(self.zone),
            _numbers(codes),
            by,
            [(day, self._opened[day], self._resolved[day]) for day in days],
            week,
            scores,
            rising,
        )

    def _numbered(self, name: str, columns: Columns) -> list[int]:
        """Return the number of each ticket's group, with room for a code below it."""
        known, values = self._names[name], getattr(columns, name)
        for value in dict.fromkeys(values):
            known.setdefault(value, len(known))
        packed = {value: number * _CODES for value, number in known.items()}
        return [packed[value] for value in values]

    def _times(self, seconds: Iterable[int]) -> list[tuple[date, int]]:
        """Return each moment's day and hour of the week, from 0 on Monday at midnight."""
        quarters, known = [one // _QUARTER for one in seconds], self._local
        for quarter in set(quarters) - known.keys():
            at = datetime.fromtimestamp(quarter * _QUARTER, UTC).astimezone(self.zone)
            known[quarter] = (at.date(), at.weekday() * 24 + at.hour)
        return [known[one] for one in quarters]


def _steps(seconds: Sequence[int | None], base: int) -> list[int]:
    return [base if one is None else base + 1 + bisect_right(_STEPS, one) for one in seconds]


def _grouped(counted: Mapping[int, int], of: Callable[[int], int]) -> dict[int, Counter[int]]:
    groups: dict[int, Counter[int]] = {}
    for packed, many in counted.items():
        whole, code = divmod(packed, _CODES)
        groups.setdefault(of(whole), Counter())[code] += many
    return groups


def _ranked(counted: Mapping[int, int], names: Sequence[str]) -> list[tuple[str, Numbers]]:
    """Return the groups, the largest first."""
    found = [(names[one], _numbers(codes)) for one, codes in _grouped(counted, int).items()]
    return sorted(found, key=lambda one: (-one[1].tickets, one[0]))


def _numbers(codes: Mapping[int, int]) -> Numbers:
    answers = {code: many for code, many in codes.items() if code < _RESOLVED}
    resolutions = {code - _RESOLVED: many for code, many in codes.items() if _RESOLVED <= code < _ENDS}
    promises, surveys = Counter[int](), Counter[int]()
    for code, many in codes.items():
        if code >= _ENDS:
            promises[(code - _ENDS) // 8] += many
            surveys[code % 8] += many
    tickets = sum(answers.values())
    scored = sum(surveys[score] for score in range(1, 6))
    return Numbers(
        tickets,
        tickets - answers.pop(0, 0),
        tickets - resolutions.pop(0, 0),
        _share(answers, 0.5),
        _share(answers, 0.9),
        _share(resolutions, 0.5),
        _share(resolutions, 0.9),
        promises[KEPT] + promises[BROKEN],
        promises[KEPT],
        scored + surveys[SILENT],
        scored,
        sum(score * surveys[score] for score in range(1, 6)) / scored if scored else None,
    )


def _share(steps: Mapping[int, int], share: float) -> timedelta | None:
    """Return the duration that `share` of those counted did not pass, as if they lay evenly in their step."""
    wanted, passed = sum(steps.values()) * share, 0
    for step in sorted(steps):
        if passed + steps[step] < wanted:
            passed += steps[step]
            continue
        within = (wanted - passed) / steps[step]
        low = _STEPS[step - 2] if step > 1 else 1.0
        high = _STEPS[min(step - 1, len(_STEPS) - 1)]
        return timedelta(seconds=round(low * (high / low) ** within))
    return None
