"""A whole report against a slow count of the same rows, one ticket after another, on both engines."""

import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from engines import ON_SQL
from store_bench import Bench

from intake.desk.report import WEEKDAYS, Numbers, Report
from intake.reports.gather import gather
from intake.store import reporting
from intake.store.schema.promises import Promise
from intake.store.schema.tables import Survey, Ticket

# A year with changes of the clock: of an hour, of half an hour, and an offset of no whole hours.
ZONES = ("Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu")
SINCE = datetime(2025, 3, 1, 0, 7, 31, tzinfo=UTC)
UNTIL = datetime(2026, 3, 1, 11, 52, 29, tzinfo=UTC)
NOW = UNTIL + timedelta(days=3)
STATES = ("kept", "kept", "broken", "running", "paused", "dropped")
Row = dict[str, Any]


def desk(bench: Bench, zone: str) -> Any:
    settings = SimpleNamespace(desk=SimpleNamespace(timezone=ZoneInfo(zone), name="Desk"))
    return SimpleNamespace(
        database=bench.store, settings=settings, service=SimpleNamespace(clock=lambda: NOW)
    )


def fill(bench: Bench, count: int, agents: list[int]) -> tuple[list[Row], list[Row], list[Row]]:
    """Write tickets of fourteen months with promises and surveys; return all rows."""
    dice = random.Random(7)
    tickets, promises, surveys = [], [], []
    for number in range(1, count + 1):
        opened = SINCE - timedelta(days=40) + (NOW - SINCE) * 1.2 * (number / count)
        took = timedelta(seconds=dice.lognormvariate(9, 2), microseconds=dice.randrange(10**6))
        ended = opened + timedelta(seconds=dice.lognormvariate(11, 2)) if dice.random() < 0.8 else None
        if number % 30 == 0 and opened < UNTIL - timedelta(hours=2):
            # On the last day, before the end of what is asked for or after it.
            ended = UNTIL + timedelta(minutes=dice.randrange(-90, 90))
        ticket = {
            "id": number,
            "subject": f"Ticket {number}",
            "status": "closed" if ended else "open",
            "requester": "ann@customer.example",
            "requester_name": "Ann",
            "mailbox": "support",
            "team": dice.choice(("", "wallets", "apps")),
            "category": dice.choice(("", "enquiry", "security")),
            "language": dice.choice(("en", "zh-Hans")),
            "channel": dice.choice(("imap", "form", "api")),
            "assignee": dice.choice((None, *agents)),
            "created_at": opened,
            "updated_at": opened,
            "closed_at": ended,
            # One was written down by a clock that went wrong.
            "first_response_at": opened + took * dice.choice((1, 1, -1)) if dice.random() < 0.7 else None,
            "spam": dice.random() < 0.1,
            "merged_into": 1 if dice.random() < 0.1 else None,
        }
        tickets.append(ticket)
        for _ in range(dice.randrange(4)):
            due = NOW + timedelta(hours=dice.randrange(-99, 99))
            promises.append(
                {
                    "ticket": number,
                    "target": "first_response",
                    "policy": "normal",
                    "total_us": 1,
                    "left_us": 1,
                    "started_at": opened,
                    "counted_from": opened,
                    "due": dice.choice((due, due, None)),
                    "state": dice.choice(STATES),
                }
            )
        for closing in range(dice.randrange(3)):
            asked = opened + timedelta(days=closing)
            surveys.append(
                {
                    "ticket": number,
                    "closing": closing,
                    "closed_at": asked,
                    "asked_at": asked,
                    "skipped": dice.choice(("", "", "spam")),
                    "score": dice.choice((None, 1, 2, 3, 4, 5)),
                }
            )
    for model, rows in ((Ticket, tickets), (Promise, promises), (Survey, surveys)):
        for place in range(0, len(rows), 50):
            bench.store.db.run(model.insert_many(rows[place : place + 50]).as_rowcount())
    return tickets, promises, surveys


class Slow:
    """The same report, a ticket at a time."""

    def __init__(
        self, rows: tuple[list[Row], list[Row], list[Row]], agents: dict[int, str], zone: str
    ) -> None:
        self.tickets, promises, surveys = rows
        self.zone, self.agents = ZoneInfo(zone), agents
        self.states: dict[int, list[str]] = defaultdict(list)
        for one in promises:
            late = one["state"] == "running" and one["due"] is not None and one["due"] < NOW
            self.states[one["ticket"]].append("broken" if late else one["state"])
        asked = [one for one in surveys if one["asked_at"] >= SINCE and not one["skipped"]]
        self.scores = {one["ticket"]: one["score"] for one in asked}
        self.counted = [one for one in self.tickets if not one["spam"] and one["merged_into"] is None]
        self.opened = [one for one in self.counted if SINCE <= one["created_at"] < UNTIL]

    def of(self, dimension: str, ticket: Row) -> Any:
        local = ticket["created_at"].astimezone(self.zone)
        if dimension == "weekday":
            return WEEKDAYS[local.weekday()]
        if dimension == "hour":
            return f"{local.hour:02d}:00"
        return (
            self.agents.get(ticket["assignee"], "") if dimension == "agent" else ticket[dimension]
        )  # fmt: skip

    def check(self, numbers: Numbers, tickets: list[Row]) -> None:
        """Compare what is said of a group with its tickets."""
        states = [self.states[one["id"]] for one in tickets]
        broken = sum("broken" in some for some in states)
        kept = sum("kept" in some and "broken" not in some for some in states)
        scores = [self.scores[one["id"]] for one in tickets if one["id"] in self.scores]
        given = [one for one in scores if one is not None]
        times = {
            name: sorted((t[column] - t["created_at"]).total_seconds() for t in tickets if t[column])
            for name, column in (("answer", "first_response_at"), ("resolve", "closed_at"))
        }
        assert (len(tickets), len(times["answer"]), len(times["resolve"])) == (
            numbers.tickets,
            numbers.answered,
            numbers.resolved,
        )
        assert (kept + broken, kept, len(scores), len(given)) == (
            numbers.promised,
            numbers.kept,
            numbers.asked,
            numbers.scored,
        )
        assert (sum(given) / len(given) if given else None) == numbers.score
        for name, share in (("answer", 0.5), ("answer", 0.9), ("resolve", 0.5), ("resolve", 0.9)):
            said = getattr(numbers, f"{name}_{'median' if share == 0.5 else 'ninety'}")
            self.near(said, times[name], share)

    def near(self, said: timedelta | None, times: list[float], share: float) -> None:
        """Compare a duration with the one that stands at its place: within a step of a quarter octave."""
        if not times:
            assert said is None
            return
        assert said is not None
        wanted = len(times) * share
        true = times[max(0, int(wanted) - (wanted == int(wanted)))]
        if true < 60:
            assert said <= timedelta(seconds=60)
        else:
            assert 2**-0.26 <= said.total_seconds() / true <= 2**0.26

    def days(self, column: str, tickets: list[Row]) -> Counter[Any]:
        return Counter(one[column].astimezone(self.zone).date() for one in tickets)


@pytest.mark.parametrize("zone", ZONES)
@ON_SQL
def test_a_report_is_what_a_slow_count_of_the_same_rows_is(
    bench: Bench, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "CHUNK", 97)
    people = [bench.store.agents.add(f"{name}@desk.example", name, (), NOW) for name in ("Anna", "Bo")]
    slow = Slow(fill(bench, 700, [one.id for one in people]), {one.id: one.name for one in people}, zone)
    made: Report = gather(desk(bench, zone), SINCE, UNTIL)
    slow.check(made.total, slow.opened)
    assert made.total.tickets > 350
    for dimension, groups in made.by.items():
        apart: dict[Any, list[Row]] = defaultdict(list)
        for ticket in slow.opened:
            apart[slow.of(dimension, ticket)].append(ticket)
        assert set(apart) == {name for name, _ in groups}
        for name, numbers in groups:
            slow.check(numbers, apart[name])
    closed = [one for one in slow.counted if one["closed_at"] and SINCE <= one["closed_at"] < UNTIL]
    opened, resolved = slow.days("created_at", slow.opened), slow.days("closed_at", closed)
    assert sum(resolved.values()) == sum(many for _, _, many in made.days) > 300
    assert {day: (opened[day], resolved[day]) for day in opened | resolved} == {
        day: (one, other) for day, one, other in made.days if one or other
    }
    week = Counter(one["created_at"].astimezone(slow.zone).strftime("%u %H") for one in slow.opened)
    assert week == Counter(
        {f"{day + 1} {hour:02d}": n for day, row in enumerate(made.week) for hour, n in enumerate(row) if n}
    )
    scores = Counter(slow.scores.get(one["id"]) for one in slow.opened)
    assert [scores[score] for score in range(1, 6)] == list(made.scores)
