"""`bench/record.py` in small: it runs against the tables as they are, and finds nothing wrong."""

from contextlib import closing
from pathlib import Path

from bench import record
from intake.store import open_store


def test_the_bench_of_the_record_fills_seals_and_verifies(tmp_path: Path) -> None:
    with closing(open_store("sqlite:///intake.db", tmp_path)) as store:
        table = record.measured(store, tmp_path, each=5)
    # Five of four kinds, their ticket, where the record begins, and its key.
    assert table.startswith("| 23 rows of the record |")
