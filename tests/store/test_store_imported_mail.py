"""Imported mail in a database: what of an archive is here is counted by its names, on both engines."""

from pathlib import Path

from engines import ON_SQL
from factories import a_policy
from imports import archives
from store_bench import Bench

from intake.desk.message import Address
from intake.imports.mail_files import MailFiles
from intake.imports.mail_source import MailSource, Reading
from intake.imports.people import Agents
from intake.imports.planning import Planner, Wishes
from intake.imports.running import Importing, Report
from intake.mail.parse import parse
from intake.ports.imports import Known, NewTicket, Written
from intake.store import SqlStore
from intake.store.import_counts import counts_of
from intake.store.import_runs import ImportRuns


class Sink:
    """The database as an import sees it."""

    def __init__(self, bench: Bench, store: SqlStore) -> None:
        self.bench, self.store = bench, store
        self.run = ImportRuns(store.db, store.blobs).begin("mail", "mail", "test", bench.now)

    def known(self, refs: object) -> Known:
        return self.store.imports.known("mail", list(refs))  # type: ignore[call-overload]

    def add(self, tickets: object) -> Written:
        made: list[NewTicket] = list(tickets)  # type: ignore[call-overload]
        return self.store.imports.add(self.run, "mail", made, self.bench.now)


def ours(address: Address) -> bool:
    return address.domain == "desk.example"


def taken_in(bench: Bench, store: SqlStore, archive: Path) -> tuple[MailSource, Report]:
    reading = Reading(parse, ours, lambda message: message, bench.now, 1 << 20)
    box = MailFiles([archive])
    source = MailSource("mail", box, reading)
    planner = Planner(source, a_policy(), Agents({}), Wishes("support"), source.parse)
    report = Importing(source, planner, Sink(bench, store), lambda *_: None, lambda seconds: None).run()
    box.close()
    return source, report


@ON_SQL
def test_what_of_an_archive_is_here_is_counted_without_other_archives(bench: Bench, tmp_path: Path) -> None:
    store = bench.store
    assert isinstance(store, SqlStore)
    (tmp_path / "first").write_bytes(archives.mailbox([*archives.conversation(1), *archives.conversation(2)]))
    (tmp_path / "second").write_bytes(archives.mailbox(archives.conversation(3)))
    first, report = taken_in(bench, store, tmp_path / "first")
    assert (report.tickets, report.entries) == (2, 6)
    second, _ = taken_in(bench, store, tmp_path / "second")
    whole = {(2019, "ticket"): (2, 0), (2019, "message"): (4, 0), (2019, "answer"): (2, 0)}
    assert counts_of(store.db, "mail", first.tally.names()) == whole
    half = {(2019, "ticket"): (1, 0), (2019, "message"): (2, 0), (2019, "answer"): (1, 0)}
    assert counts_of(store.db, "mail", second.tally.names()) == half
    assert counts_of(store.db, "another", first.tally.names()) == {}
    assert bench.faults() == []
    again, report = taken_in(bench, store, tmp_path / "first")
    assert (report.tickets, report.entries, report.known) == (0, 0, 2)
    assert counts_of(store.db, "mail", again.tally.names()) == whole
