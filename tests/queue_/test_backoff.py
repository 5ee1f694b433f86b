"""The pauses between tries: how they grow, where they stay, and that every table is one of them."""

from datetime import timedelta

import pytest

from intake.runtime import backoff
from intake.runtime.backoff import Backoff
from intake.service import promises, retries, sending

TABLES = {
    "a peer that cannot be reached": (backoff.PEER, (1, 2, 4, 8, 16, 32, 60)),
    "a part of ours that ended": (backoff.RESTART, (1, 2, 5, 15, 30)),
    "a mail": (sending.BACKOFF, (60, 300, 900, 3600, 14_400, 28_800)),
    "a call of the webhook": (promises.BACKOFF, (30, 120, 600, 1800)),
    "what else fails": (retries.BACKOFF, (60, 300, 900, 3600)),
}


@pytest.mark.parametrize(("table", "pauses"), TABLES.values(), ids=TABLES)
def test_pauses_grow_and_the_last_one_repeats(table: Backoff, pauses: tuple[float, ...]) -> None:
    assert pauses == tuple(table.seconds(n + 1) for n in range(len(pauses)))
    assert pauses[-1] == table.seconds(len(pauses) + 1) == table.seconds(1000)
    assert sorted(pauses) == list(pauses)
    assert timedelta(seconds=pauses[-1]) == table.longest


def test_jitter_stretches_a_pause_or_shortens_it() -> None:
    assert timedelta(seconds=72) == sending.BACKOFF.rest(1, 1.2)
    assert timedelta(seconds=48) == sending.BACKOFF.rest(1, 0.8)


def test_pauses_are_used_up_after_the_last_of_them() -> None:
    assert [False, False, False, True] == [Backoff((1, 2, 3)).used_up(n) for n in range(1, 5)]


def test_growing_ends_at_the_ceiling_though_no_step_meets_it() -> None:
    assert (1, 3, 9, 10) == Backoff.growing(1, 3, 10).pauses
