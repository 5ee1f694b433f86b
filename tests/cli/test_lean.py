"""A process of `intake run` loads no driver that its desk never uses, and every one that it does."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from factories import some_settings

from intake.config.sections import QueueSettings, StoreSettings
from intake.runtime.lean import unneeded
from intake.runtime.supervisor import PARENT, supervised

FILE, SERVER, REDIS = "sqlite:///intake.db", "postgresql://localhost/desk", "redis://localhost/0"

UNUSED = ("psycopg", "psycopg_binary", "redis", "pymysql")
LOADED = """
import json, sys
from factories import some_settings
from intake.runtime.lean import leave_out
leave_out(some_settings())
import huey, peewee
print(json.dumps(sorted(name for name, module in sys.modules.items() if module is not None)))
"""


@pytest.mark.parametrize(
    ("store", "queue", "left_out"),
    [
        (FILE, "sqlite:///queue.db", {"psycopg", "psycopg2", "redis"}),
        (SERVER, "sqlite:///queue.db", {"redis"}),
        (FILE, REDIS, {"psycopg", "psycopg2"}),
        (FILE, "unix:///run/redis.sock", {"psycopg", "psycopg2"}),
        (SERVER, REDIS, set()),
        ("postgres://localhost/desk", REDIS, set()),
    ],
)
def test_what_a_desk_uses_is_never_left_out(store: str, queue: str, left_out: set[str]) -> None:
    settings = replace(some_settings(), store=StoreSettings(url=store), queue=QueueSettings(url=queue))

    assert left_out | {"pymysql", "MySQLdb"} == set(unneeded(settings))


def test_what_is_left_out_is_not_loaded_and_what_needs_it_not_harmed() -> None:
    tests = Path(__file__).resolve().parents[1]
    environment = {**os.environ, "PYTHONPATH": str(tests)}
    done = subprocess.run(
        [sys.executable, "-c", LOADED], env=environment, check=True, capture_output=True, timeout=60
    )
    loaded = json.loads(done.stdout)

    assert {"huey", "peewee"} <= set(loaded)
    assert [] == [name for name in loaded if name.partition(".")[0] in UNUSED]


@pytest.mark.parametrize(("parent", "expected"), [(None, False), ("1", False), (str(os.getppid()), True)])
def test_only_a_child_of_the_supervisor_does_it(
    monkeypatch: pytest.MonkeyPatch, parent: str | None, expected: bool
) -> None:
    monkeypatch.delenv(PARENT, raising=False)
    if parent:
        monkeypatch.setenv(PARENT, parent)

    assert expected is supervised()
