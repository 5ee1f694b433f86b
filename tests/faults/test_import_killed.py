"""An import that is killed, again and again: nothing is lost, nothing doubled, nobody is written to."""

import multiprocessing
import random
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from config_files import config_text
from imports import child, exports

from intake.key_file import signing_keys
from intake.store.import_runs import ImportRuns
from intake.store.opening import open_store
from intake.testing import wait_until

TICKETS, KILLS = 600, 20


@pytest.mark.timeout(300)
def test_twenty_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    config = tmp_path / "intake.ini"
    config.write_text(config_text(), encoding="utf-8")
    config.chmod(0o600)
    (tmp_path / "data").mkdir(mode=0o700)
    signing_keys(tmp_path / "data")
    old = exports.export(tmp_path / "old", TICKETS)
    database, chance = tmp_path / "data" / "intake.db", random.Random(17)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["imports.child"])
    for _ in range(KILLS):
        before = _written(database)
        process = context.Process(target=child.run, args=(str(config), str(old)))
        process.start()
        # Not before it has begun: most kills are to hit it while it writes.
        wait_until(partial(_begun_or_ended, process, database, before), 60, "it writes")
        time.sleep(chance.random() * 0.02)
        process.kill()
        process.join()
    process = context.Process(target=child.run, args=(str(config), str(old)))
    process.start()
    process.join(120)
    assert process.exitcode == 0
    store = open_store(f"sqlite:///{database}", tmp_path / "data")
    try:
        counts = ImportRuns(store.db, store.blobs).counts("old desk")
        there = {kind: number for (_, kind), (number, gone) in counts.items() if not gone}
        entries = dict.fromkeys(("ticket", "message", "answer", "note", "event"), TICKETS)
        assert there == {**entries, "file": TICKETS // 5}
        tables = {
            "ticket": TICKETS, "entry": 4 * TICKETS, "message": 3 * TICKETS, "attachment": TICKETS // 5,
            "outbox": 0, "promise": 0, "page": 0, "telling": 0, "import_run": 1,
        }  # fmt: skip
        made = {table: store.db.sql(f"SELECT COUNT(*) FROM {table}")[0] for table in tables}
        assert made == tables
        assert store.db.sql("SELECT COUNT(*) FROM message WHERE state <> 'done'")[0] == 0
    finally:
        store.close()


def _begun_or_ended(process: Any, database: Path, before: int) -> bool:
    return not process.is_alive() or _written(database) > before


def _written(database: Path) -> int:
    """Return how large the database and its log are: they grow as it writes."""
    paths = (database, database.with_name(f"{database.name}-wal"))
    return sum(path.stat().st_size for path in paths if path.exists())
