"""An import that is killed, again and again: nothing is lost, nothing doubled, nobody is written to."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from config_files import config_text
from imports import exports

from intake.key_file import signing_keys
from intake.store.import_runs import ImportRuns
from intake.store.opening import open_store
from intake.testing import wait_until

TICKETS, KILLS = 600, 20


def test_twenty_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    config = tmp_path / "intake.ini"
    config.write_text(config_text(), encoding="utf-8")
    config.chmod(0o600)
    (tmp_path / "data").mkdir(mode=0o700)
    signing_keys(tmp_path / "data")
    old = exports.export(tmp_path / "old", TICKETS)
    line = [sys.executable, "-m", "intake.cli", "--config", str(config), "import", "tickets", str(old)]
    database, chance = tmp_path / "data" / "intake.db", random.Random(17)
    for _ in range(KILLS):
        before = _written(database)
        process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # Not before it has begun: most kills are to hit it while it writes.
        wait_until(lambda: process.poll() is not None or _written(database) > before, 60, "it writes")  # noqa: B023
        time.sleep(chance.random() * 0.02)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
    subprocess.run(line, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
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


def _written(database: Path) -> int:
    """Return how large the database and its log are: they grow as it writes."""
    paths = (database, database.with_name(f"{database.name}-wal"))
    return sum(path.stat().st_size for path in paths if path.exists())
