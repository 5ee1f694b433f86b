"""Many processes decide at the same time, and what comes of it is what one would have made (PostgreSQL)."""

import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults import rig
from faults.conversations import (
    Clock,
    Owners,
    Script,
    Side,
    decide_alone,
    decide_together,
    picture,
    side,
)

RUNS = int(os.environ.get("INTAKE_CONVERSATIONS") or (1_000 if rig.FULL else 8))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sides(tmp_path: Path, _postgres: str, mailbox_name: str, clock: Clock) -> Iterator[tuple[Side, Side]]:
    """Two desks on PostgreSQL: on one of them one process decides, on the other many."""
    import psycopg

    names = [f"{mailbox_name.replace('-', '_')}_{which}" for which in ("one", "many")]
    with psycopg.connect(_postgres, autocommit=True) as admin:
        for name in names:
            admin.execute(f'CREATE DATABASE "{name}"'.encode())
            # These tests ask in which order it is decided, not whether it survives a power cut.
            admin.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off'.encode())
    urls = [re.sub(r"/postgres(?=\?|$)", f"/{name}", _postgres) for name in names]
    one, many = (side(tmp_path / name, url, clock) for name, url in zip(names, urls, strict=True))
    yield one, many
    for each in (one, many):
        each.desk.store.close()
    with psycopg.connect(_postgres, autocommit=True) as admin:
        for name in names:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


@pytest.mark.timeout(7200)
def test_what_many_processes_make_of_conversations_is_what_one_makes(
    sides: tuple[Side, Side], clock: Clock
) -> None:
    one, many = sides
    owners = Owners()
    with owners.known():
        for run in range(RUNS):
            mark, chance = f"r{run}", random.Random(run)
            for mails in Script(mark, random.Random(run)).phases():
                decide_alone(one, clock, mails)
                decide_together(many, clock, mails, chance, owners)
                for each in sides:
                    each.learn(mark)
            assert picture(one, mark) == picture(many, mark), f"run {run}"
            rig.note("conversations decided on by many processes", 1)
