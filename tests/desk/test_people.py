"""Who works now, who gets a ticket, who is told."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from intake.desk.business_time import Calendar
from intake.desk.people import Assignment, Load, next_agent, on_duty, told_at_once, working
from intake.desk.ticket import Agent

DAY = ((9 * 60, 17 * 60),)
SHANGHAI = Calendar("shift", ZoneInfo("Asia/Shanghai"), (DAY,) * 5 + ((),) * 2)
# Over midnight: from ten in the evening to six in the morning.
NIGHT = Calendar("shift", ZoneInfo("Europe/Berlin"), (((0, 6 * 60), (22 * 60, 24 * 60)),) * 7)
# A Monday, 02:00 in UTC: ten in the morning in Shanghai, three at night in Berlin.
NOW = datetime(2026, 11, 2, 2, tzinfo=UTC)
WEI = Agent(1, "Wei", "wei@staff.example", shift=SHANGHAI)
NORA = Agent(2, "Nora", "nora@staff.example", shift=NIGHT)
ANNA = Agent(3, "Anna", "anna@staff.example")
AWAY = Agent(4, "Ben", "ben@staff.example", away_until=NOW + timedelta(days=1))
GONE = Agent(5, "Cleo", "cleo@staff.example", enabled=False)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("agent", "hours", "works"),
    [
        (WEI, 0, True),
        (WEI, 7, False),
        (WEI, 24 * 5, False),
        (NORA, 0, True),
        (NORA, 4, False),
        (NORA, 19, True),
        (ANNA, 13, True),
        (AWAY, 0, False),
        (AWAY, 24, True),
        (GONE, 0, False),
    ],
)
def test_an_agent_is_on_duty_in_his_shift_and_when_he_is_there(agent: Agent, hours: int, works: bool) -> None:
    assert works == on_duty(agent, NOW + hours * HOUR)


@pytest.mark.parametrize(
    ("agents", "hours", "told"),
    [
        ((WEI, NORA, AWAY, GONE), 0, (WEI, NORA)),
        # Nobody works: those who are not away will find it in the morning.
        ((WEI, AWAY, GONE), 10, (WEI,)),
        ((AWAY, GONE), 0, (AWAY,)),
        ((GONE,), 0, ()),
        ((), 0, ()),
    ],
)
def test_a_ticket_is_shown_to_who_works_and_never_to_nobody(
    agents: tuple[Agent, ...], hours: int, told: tuple[Agent, ...]
) -> None:
    assert told == working(agents, NOW + hours * HOUR)


LOADS = {1: Load(3, NOW - HOUR), 2: Load(1, NOW), 3: Load(1, NOW - 2 * HOUR)}


@pytest.mark.parametrize(
    ("how", "agents", "loads", "given"),
    [
        (Assignment.NOBODY, (WEI, ANNA), LOADS, None),
        (Assignment.IN_TURN, (WEI, NORA, ANNA), LOADS, ANNA),
        (Assignment.IN_TURN, (WEI, NORA, ANNA), {**LOADS, 2: Load()}, NORA),
        (Assignment.IN_TURN, (WEI, NORA), {}, WEI),
        (Assignment.LEAST_LOADED, (WEI, NORA, ANNA), LOADS, ANNA),
        (Assignment.LEAST_LOADED, (WEI, NORA), LOADS, NORA),
        (Assignment.LEAST_LOADED, (WEI, AWAY, GONE), {}, WEI),
        (Assignment.LEAST_LOADED, (AWAY, GONE), {}, None),
        (Assignment.IN_TURN, (), {}, None),
    ],
)
def test_who_is_given_the_next_ticket(
    how: Assignment, agents: tuple[Agent, ...], loads: dict[int, Load], given: Agent | None
) -> None:
    assert given == next_agent(agents, loads, how, NOW)


MINE = Agent(6, "Mia", "mia@staff.example", notify="mine")
LATER = Agent(7, "Dan", "dan@staff.example", notify="digest")


@pytest.mark.parametrize(
    ("agents", "concerned", "urgent", "told"),
    [
        ((ANNA, MINE, LATER), (), False, (ANNA,)),
        ((ANNA, MINE, LATER), (MINE, LATER), False, (ANNA, MINE)),
        ((ANNA, MINE, LATER), (), True, (ANNA, MINE, LATER)),
        # Somebody reads it in a digest: that is being told.
        ((MINE, LATER), (), False, ()),
        ((MINE,), (), False, (MINE,)),
        ((), (), False, ()),
    ],
)
def test_who_is_told_at_once(
    agents: tuple[Agent, ...], concerned: tuple[Agent, ...], urgent: bool, told: tuple[Agent, ...]
) -> None:
    assert told == told_at_once(agents, concerned, urgent)
