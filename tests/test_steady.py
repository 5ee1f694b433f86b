"""A leap of the clock is told from time that has passed."""

from datetime import UTC, datetime, timedelta

import pytest

from intake.runtime.clock_leap import Steady

START = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Machine:
    """Seconds that really passed, and how far the clock was set besides."""

    def __init__(self) -> None:
        self.passed, self.set_on = 1000.0, 0.0
        self.steady = Steady(timedelta(minutes=5), lambda: self.passed)

    def after(self, seconds: float, set_on: float = 0) -> bool:
        self.passed += seconds
        self.set_on += set_on
        return self.steady(START + timedelta(seconds=self.passed + self.set_on))


@pytest.mark.parametrize("pause", [0, 5, 3600, 30 * 86400])
def test_time_that_passes_is_no_leap_however_long(pause: float) -> None:
    machine = Machine()
    assert [True, True, True] == [machine.after(0), machine.after(pause), machine.after(5)]


@pytest.mark.parametrize("set_on", [6, 3600, 30 * 86400, -6, -86400])
def test_a_leap_is_remembered_for_as_long_as_a_lease(set_on: float) -> None:
    machine = Machine()
    assert machine.after(0)
    answers = [machine.after(5, set_on), machine.after(5), machine.after(290), machine.after(10)]
    assert [False, False, False, True] == answers


def test_a_clock_that_leaps_there_and_back_waits_again() -> None:
    machine = Machine()
    assert machine.after(0)
    assert [False, False, False] == [machine.after(5, 3600), machine.after(200, -3600), machine.after(200)]
    assert machine.after(101)


def test_a_clock_that_drifts_as_ntp_lets_it_never_leaps() -> None:
    machine = Machine()
    assert all(machine.after(5, 0.0025) for _ in range(10_000))
