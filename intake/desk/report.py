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
from datetime import date, datetime, timedelta, tzinfo
from operator import add
from typing import Any

DIMENSIONS = ("team", "agent", "category", "language", "channel", "weekday", "hour")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Upper ends of the steps in seconds: from one minute to more than a year.
_STEPS = tuple(60 * 2 ** (step / 4) for step in range(80))
_QUARTER = 900
# Quarters of a day, and the day that is number 0.
_DAY, _EPOCH = 96, date(1970, 1, 1).toordinal()
# The promise's state as `Columns.promise` carries it.
NO_PROMISE, KEPT, BROKEN = 0, 1, 2
# Surveys: not asked, scores 1 to 5, asked and not answered.
NOT_ASKED, SILENT = 0, 6
# Room for the codes below a number; where those of resolutions begin, and of promises with surveys.
_CODES, _RESOLVED, _ENDS = 128, 128, 256
# What is counted together: see Tally.
_KIND = ("team", "category", "language", "channel")


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


class _Numbers(dict[Any, int]):
    """Numbers things as they come up, each with room for a code below it."""

    def __missing__(self, key: Any) -> int:
        self[key] = number = len(self) * _CODES
        return number


class _Hours(dict[int, int]):
    """The hour of the week of each quarter of an hour since 1970, from 0 on Monday at midnight.

    `days` has the day of each, in days since 1970. A zone is asked twice a day, and for
    each quarter only on the days on which its clock is changed.
    """

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self._zone, self.days = zone, dict[int, int]()

    def __missing__(self, quarter: int) -> int:
        midnight = quarter - quarter % _DAY
        ahead, behind = self._ahead(midnight), self._ahead(midnight + _DAY - 1)
        for slot in range(midnight, midnight + _DAY):
            day, within = divmod(slot + (ahead if ahead == behind else self._ahead(slot)), _DAY)
            self.days[slot] = day
            self[slot] = ((day + 3) % 7 * 24 + within // 4) * _CODES
        return self[quarter]

    def _ahead(self, quarter: int) -> int:
        """Return by how many quarters the zone's clock is ahead of UTC."""
        offset = datetime.fromtimestamp(quarter * _QUARTER, self._zone).utcoffset() or timedelta(0)
        return offset // timedelta(seconds=_QUARTER)


@dataclass(slots=True)
class _Counts:
    """Codes of tickets by the numbers of their groups: of answers, of resolutions, of promise and survey.

    Counted as one they would be nearly as many as the tickets.
    """

    numbers: _Numbers = field(default_factory=_Numbers)
    each: tuple[Counter[int], Counter[int], Counter[int]] = field(
        default_factory=lambda: (Counter(), Counter(), Counter())
    )

    def add(self, numbers: Sequence[int], codes: Sequence[Sequence[int]]) -> None:
        for counted, some in zip(self.each, codes, strict=True):
            counted.update(map(add, numbers, some))

    def groups(self) -> dict[int, Counter[int]]:
        """Return the codes of each number, as `_numbers` wants them."""
        counts: dict[int, Counter[int]] = {}
        for base, counted in zip((0, _RESOLVED, _ENDS), self.each, strict=True):
            for packed, many in counted.items():
                number, code = divmod(packed, _CODES)
                counts.setdefault(number, Counter())[base + code] = many
        return counts


@dataclass(slots=True)
class Tally:
    """Counts chunks. `zone` is the desk's, for days, weekdays and hours.

    A ticket counts in three groups: by the hour of its opening, its agent, and its kind, which is the
    other four dimensions together. They have few values, and mostly the same ones together.
    """

    zone: tzinfo
    _kinds: _Counts = field(default_factory=_Counts)
    _agents: _Counts = field(default_factory=_Counts)
    _hours: _Counts = field(default_factory=_Counts)
    _opened: Counter[int] = field(default_factory=Counter)
    _resolved: Counter[int] = field(default_factory=Counter)
    _local: _Hours = field(init=False)

    def __post_init__(self) -> None:
        self._local = _Hours(self.zone)

    def add(self, columns: Columns) -> None:
        """Count tickets."""
        ends = [promise * 8 + survey for promise, survey in zip(columns.promise, columns.survey, strict=True)]
        codes = (_steps(columns.answered), _steps(columns.resolved), ends)
        quarters = [second // _QUARTER for second in columns.opened]
        self._opened.update(quarters)
        kinds = zip(*(getattr(columns, name) for name in _KIND), strict=True)
        self._kinds.add(list(map(self._kinds.numbers.__getitem__, kinds)), codes)
        self._agents.add(list(map(self._agents.numbers.__getitem__, columns.agent)), codes)
        self._hours.add(list(map(self._local.__getitem__, quarters)), codes)

    def close(self, closings: Iterable[int]) -> None:
        """Count closings (seconds since 1970, UTC) of whatever ticket, for the days' line."""
        self._resolved.update(second // _QUARTER for second in closings)

    def report(self, desk: str, since: datetime, until: datetime, rising: Sequence[Rise] = ()) -> Report:
        """Return what was counted."""
        hours = self._hours.groups()
        by = {
            **_by_kind(self._kinds),
            "agent": _ranked(_merged(self._agents.groups(), list(self._agents.numbers).__getitem__)),
        }
        by = {name: by[name] for name in DIMENSIONS[:5]}
        by["weekday"] = [
            (WEEKDAYS[number], _numbers(codes))
            for number, codes in sorted(_merged(hours, lambda hour: hour // 24).items())
        ]
        by["hour"] = [
            (f"{number:02d}:00", _numbers(codes))
            for number, codes in sorted(_merged(hours, lambda hour: hour % 24).items())
        ]
        total = _merged(hours, lambda hour: 0).get(0, Counter())
        week = [[0] * 24 for _ in WEEKDAYS]
        for hour, codes in hours.items():
            week[hour // 24][hour % 24] = sum(many for code, many in codes.items() if code < _RESOLVED)
        last = (until - timedelta(seconds=1)).astimezone(self.zone).date()
        first = since.astimezone(self.zone).date()
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        opened, resolved = self._days(self._opened), self._days(self._resolved)
        scores = [
            sum(count for code, count in total.items() if code >= _ENDS and code % 8 == n)
            for n in range(1, 6)
        ]
        return Report(
            desk,
            since,
            until,
            str(self.zone),
            _numbers(total),
            by,
            [(day, opened[day], resolved[day]) for day in days],
            week,
            scores,
            rising,
        )

    def _days(self, quarters: Mapping[int, int]) -> Counter[date]:
        """Return the counts of quarters of an hour by the day they lie in."""
        days: Counter[int] = Counter()
        for quarter, many in quarters.items():
            if quarter not in self._local.days:
                self._local[quarter]
            days[self._local.days[quarter]] += many
        return Counter({date.fromordinal(_EPOCH + day): many for day, many in days.items()})


def _steps(seconds: Sequence[int | None]) -> list[int]:
    return [0 if second is None else 1 + bisect_right(_STEPS, second) for second in seconds]


def _merged(groups: Mapping[int, Mapping[int, int]], of: Callable[[int], Any]) -> dict[Any, Counter[int]]:
    """Return the codes of what `of` makes of the groups' numbers."""
    merged: dict[Any, Counter[int]] = {}
    for number, codes in groups.items():
        into = merged.setdefault(of(number), Counter())
        for code, many in codes.items():
            into[code] += many
    return merged


def _by_kind(counts: _Counts) -> dict[str, list[tuple[str, Numbers]]]:
    kinds, groups = list(counts.numbers), counts.groups()
    by = {}
    for place, name in enumerate(_KIND):
        named = [kind[place] for kind in kinds]
        by[name] = _ranked(_merged(groups, named.__getitem__))
    return by


def _ranked(groups: Mapping[str, Mapping[int, int]]) -> list[tuple[str, Numbers]]:
    """Return the groups, the largest first."""
    rows = [(name, _numbers(codes)) for name, codes in groups.items()]
    return sorted(rows, key=lambda row: (-row[1].tickets, row[0]))


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
