"""The tables of an older version, brought up to date."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from command_line import Run

OLD = Path(__file__).parent.parent / "store" / "tables-of-version-1.sql"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_migrate_copies_then_upgrades_then_has_nothing_to_do(intake: Run, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(exist_ok=True)
    with closing(sqlite3.connect(data / "intake.db")) as database:
        database.executescript(OLD.read_text(encoding="ascii"))
        database.execute("INSERT INTO meta (name, value) VALUES ('schema', '1')")
        database.commit()
    said = intake("migrate", "--check", code=1).output
    assert "schema 1" in said
    assert not (data / "intake.db.version-1").exists()
    assert str(data / "intake.db.version-1") in intake("migrate").output.replace("\n", "")
    assert (data / "intake.db.version-1").exists()
    assert "Nothing to do" in intake("migrate").output
    assert "brought the tables" in intake("audit").output


def test_migrate_makes_no_new_desk(intake: Run, tmp_path: Path) -> None:
    for line in ("migrate --check", "migrate"):
        said = " ".join(intake(*line.split()).output.split())
        assert "There are no tables yet, so nothing to upgrade" in said
        assert "`intake restore`" in said
        assert not (tmp_path / "data" / "intake.db").exists()
    shutil.rmtree(tmp_path / "data")
    assert "There is no desk in" in intake("migrate", code=1).output
    assert not (tmp_path / "data").exists()
