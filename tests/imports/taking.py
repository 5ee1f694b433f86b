"""Imports into a database: the sink that an import writes to, exports and archives of mail taken in."""

from collections.abc import Mapping
from pathlib import Path

from factories import a_policy
from store_bench import Bench

from intake.desk.message import Address
from intake.imports.folder import TicketsFolder
from intake.imports.mail_files import MailFiles
from intake.imports.mail_source import MailSource, Reading
from intake.imports.people import Agents
from intake.imports.planning import Planner, Wishes
from intake.imports.running import Importing, Report
from intake.mail.parse import parse
from intake.ports.imports import Known, NewTicket, Standing, Written
from intake.store import SqlStore
from intake.store.import_runs import ImportRuns


class Sink:
    """The database as an import sees it."""

    def __init__(self, bench: Bench, source: str, kind: str = "tickets") -> None:
        assert isinstance(bench.store, SqlStore)
        self.imports, self.bench, self.source = bench.store.imports, bench, source
        self.run = runs(bench).begin(source, kind, "test", bench.now)

    def known(self, refs: object) -> Known:
        return self.imports.known(self.source, list(refs))  # type: ignore[call-overload]

    def outdated(self, there: Mapping[str, Standing]) -> set[str]:
        return self.imports.outdated(self.source, there)

    def add(self, tickets: object) -> Written:
        made: list[NewTicket] = list(tickets)  # type: ignore[call-overload]
        return self.imports.add(self.run, self.source, made, self.bench.now)


def runs(bench: Bench) -> ImportRuns:
    """The runs of a database."""
    assert isinstance(bench.store, SqlStore)
    return ImportRuns(bench.store.db, bench.store.blobs)


def taken_in(bench: Bench, folder: Path, name: str = "old") -> Report:
    """Import an export, as a run that comes to its end."""
    source = TicketsFolder(folder, name, bench.now, 1 << 20)
    planner = Planner(source, a_policy(), Agents({}), Wishes("support"), parse)
    sink = Sink(bench, name)
    report = Importing(source, planner, sink, lambda done, whole: None, lambda seconds: None).run()
    runs(bench).end(sink.run, {}, bench.now)
    return report


def ours(address: Address) -> bool:
    """Whether an address of an archive is the desk's."""
    return address.domain == "desk.example"


def mail_taken_in(
    bench: Bench, *archives: Path, closed: bool = True, name: str = "mail"
) -> tuple[MailSource, Report]:
    """Import archives of mail, as a run that comes to its end."""
    reading = Reading(parse, ours, lambda message: message, bench.now, 1 << 20, closed)
    box = MailFiles(archives)
    source = MailSource(name, box, reading)
    planner = Planner(source, a_policy(), Agents({}), Wishes("support", closed=closed), source.parse)
    sink = Sink(bench, name, "mail")
    report = Importing(source, planner, sink, lambda *_: None, lambda seconds: None).run()
    runs(bench).end(sink.run, {}, bench.now)
    box.close()
    return source, report
