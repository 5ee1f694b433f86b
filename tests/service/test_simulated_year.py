"""A part of a simulated year, against an oracle that walks minutes; `bench/year.py` lives a whole one."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bench import year
from intake.desk import sla_clocks
from intake.desk.sla_policies import ServiceLevel
from intake.desk.sla_target import SlaTarget

RIGHT = {"missing": 0, "too_many": 0, "at_another_minute": 0, "not_within_its_minute": 0}


def wrong(result: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in result.items() if name in RIGHT}


def test_every_step_of_a_spring_is_done_once_at_its_minute(tmp_path: Path) -> None:
    # Until April: both zones change their clocks in it, at different weekends, and have holidays.
    result = year.run(250, 3, tmp_path, pure=True, days=90)
    assert RIGHT == wrong(result)
    assert result["steps"] == result["expected"] > 500


def test_and_so_it_is_in_a_database_that_is_closed_and_opened_again(tmp_path: Path) -> None:
    result = year.run(25, 4, tmp_path, restart_every=200, days=8)
    assert RIGHT == wrong(result)
    assert result["steps"] == result["expected"] > 30


def a_minute_late(promise: SlaTarget, percent: int, level: ServiceLevel) -> Any:
    return reached_at(promise, percent, level) + timedelta(minutes=1)


def on_the_wall(promise: SlaTarget, percent: int, level: ServiceLevel) -> Any:
    return promise.counted_from + promise.left - promise.total * (100 - percent) / 100


reached_at = sla_clocks.reached_at


@pytest.mark.parametrize("mistake", [a_minute_late, on_the_wall])
def test_the_oracle_sees_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mistake: Any) -> None:
    monkeypatch.setattr(sla_clocks, "reached_at", mistake)
    monkeypatch.setattr("intake.desk.sla_ladder.reached_at", mistake)
    assert RIGHT != wrong(year.run(12, 3, tmp_path, pure=True, days=3))
