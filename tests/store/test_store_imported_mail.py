"""Imported mail in a database: what of an archive is here is counted by its names, on both engines."""

from pathlib import Path

from engines import ON_SQL
from imports import archives
from imports.taking import mail_taken_in
from store_bench import Bench

from intake.store import SqlStore
from intake.store.import_counts import counts_of


@ON_SQL
def test_what_of_an_archive_is_here_is_counted_without_other_archives(bench: Bench, tmp_path: Path) -> None:
    store = bench.store
    assert isinstance(store, SqlStore)
    (tmp_path / "first").write_bytes(archives.mailbox([*archives.conversation(1), *archives.conversation(2)]))
    (tmp_path / "second").write_bytes(archives.mailbox(archives.conversation(3)))
    first, report = mail_taken_in(bench, tmp_path / "first")
    assert (report.tickets, report.entries) == (2, 6)
    second, _ = mail_taken_in(bench, tmp_path / "second")
    whole = {(2019, "ticket"): (2, 0), (2019, "message"): (4, 0), (2019, "answer"): (2, 0)}
    assert counts_of(store.db, "mail", first.tally.names()) == whole
    half = {(2019, "ticket"): (1, 0), (2019, "message"): (2, 0), (2019, "answer"): (1, 0)}
    assert counts_of(store.db, "mail", second.tally.names()) == half
    assert counts_of(store.db, "another", first.tally.names()) == {}
    assert bench.faults() == []
    again, report = mail_taken_in(bench, tmp_path / "first")
    assert (report.tickets, report.entries, report.known) == (0, 0, 2)
    assert counts_of(store.db, "mail", again.tally.names()) == whole
