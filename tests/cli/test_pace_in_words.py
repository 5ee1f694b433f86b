"""What an admin is told to add, by what the last minutes' deciding waited for."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from command_line import Run

from intake import app
from intake.commands.pace_in_words import BUSY, FULL, KEYS, WRITER, Lately, advice, lately
from intake.config import settings as configs
from intake.views import Pace

WELL = {"per_second": 5.0, "mean_batch": 3.0, "key_wait_share": 0.1, "writer_wait_share": 0.0}
WELL |= {"busy_share": 0.3, "processes": 1}
SQLITE, SERVER = False, True


@pytest.mark.parametrize(
    ("what", "age", "several", "said"),
    [
        # Whatever it waits for: nothing lags behind.
        ({"writer_wait_share": 0.9, "busy_share": 1.0}, 9, SQLITE, ""),
        ({"mean_batch": 50.0, "key_wait_share": 0.9, "busy_share": 1.0}, 0, SERVER, ""),
        # Mail waits, and for none of these: for a proof, or for what failed to be tried again.
        ({}, 600, SQLITE, ""),
        ({}, 600, SERVER, ""),
        (
            {"writer_wait_share": WRITER},
            10,
            SQLITE,
            "waits for the writer 40% of the time: move to PostgreSQL",
        ),
        ({"writer_wait_share": WRITER - 0.01}, 10, SQLITE, ""),
        ({"writer_wait_share": 0.6, "busy_share": 1.0}, 60, SQLITE, "waits for the writer 60% of the time"),
        ({"busy_share": BUSY}, 60, SQLITE, "a faster processor or disk helps, or PostgreSQL"),
        ({"busy_share": BUSY - 0.01, "mean_batch": 50.0}, 60, SQLITE, ""),
        ({"mean_batch": FULL}, 10, SERVER, "Batches are full and mail waits: start another `intake worker`"),
        # Though many wait for keys, there is enough for others to do.
        ({"mean_batch": 40.0, "key_wait_share": 0.9}, 60, SERVER, "start another `intake worker`"),
        ({"key_wait_share": KEYS}, 60, SERVER, "Most waits are for keys"),
        ({"key_wait_share": KEYS, "busy_share": 1.0}, 60, SERVER, "more workers do not help"),
        ({"key_wait_share": KEYS - 0.01, "busy_share": BUSY}, 60, SERVER, "busy all the time and mail waits"),
    ],
)
def test_what_is_to_be_added(what: Mapping[str, float], age: int, several: bool, said: str) -> None:
    values: dict[str, float] = WELL | what
    sentence = advice(Lately(**values), age, several)  # type: ignore[arg-type]
    assert said in sentence
    assert bool(said) == bool(sentence)


def test_nothing_is_to_be_added_where_nothing_was_decided() -> None:
    assert "" == advice(None, 600, SQLITE)


BUSY_ONE = {"seconds": 100.0, "decided": 300.0, "batches": 10.0, "batch_sizes": 300.0, "decide_seconds": 80.0}
WAITS = {"decide_writer_wait_seconds": 20.0, "key_waits": 100.0}


@pytest.mark.parametrize(
    ("processes", "shown"),
    [
        ({}, None),
        # One that only sends, or finds nothing to decide on.
        ({"a": {"seconds": 300.0, "commits": 9.0, "decide_seconds": 0.1, "key_waits": 4.0}}, None),
        ({"a": BUSY_ONE | WAITS}, Lately(3.0, 30.0, 0.25, 0.25, 0.8, 1)),
        (
            {"a": BUSY_ONE, "b": {**BUSY_ONE, "seconds": 300.0, "decided": 30.0, "decide_seconds": 20.0}},
            Lately(3.1, 30.0, 0.0, 0.0, 0.25, 2),
        ),
        # The other one finds only mail that must wait for the first one's.
        (
            {"a": BUSY_ONE, "b": {"seconds": 100.0, "key_waits": 900.0, "decide_seconds": 1.0}},
            Lately(3.0, 30.0, 0.75, 0.0, 0.8, 1),
        ),
    ],
)
def test_the_figures_are_of_the_processes_that_decide(
    processes: dict[str, dict[str, float]], shown: Lately | None
) -> None:
    assert shown == lately(Pace({}, processes))


def test_status_shows_the_pace_once_there_is_some(intake: Run, config: Path) -> None:
    pace = json.loads(intake("status", "--json").output)["pace"]
    assert (0, 0, "") == (pace["per_second"], pace["processes"], pace["advice"])
    assert "Decided" not in intake("status").output
    desk = app.build(configs.load(config))
    figures = BUSY_ONE | WAITS | {"decide_writer_wait_seconds": 40.0}
    desk.store.upkeep.record_pace("somewhere 1 2 x", {"decided": 300}, figures, datetime.now(UTC))
    desk.store.close()
    shown = " ".join(intake("status").output.split())
    assert (
        "Decided 3.0 a second in 1 process, 30.0 a batch, busy 80%, 50% of it waiting for the writer" in shown
    )
    assert "To add" not in shown, "nothing waits"
    pace = json.loads(intake("status", "--json").output)["pace"]
    assert (3.0, 30.0, 0.25, 0.5, 0.8, 1) == tuple(list(pace.values())[:6])
