"""What the commands of `intake import` share: running an import and showing both sides."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from intake import terminal
from intake.commands.common import Invocation, now
from intake.commands.who import login
from intake.desk.text.counting import counted
from intake.ports import UserError
from intake.terminal import Column

if TYPE_CHECKING:
    from intake.app import Desk
    from intake.imports.counting import Line
    from intake.imports.model import Person, Remark, Source
    from intake.imports.people import Agents
    from intake.imports.planning import Wishes
    from intake.imports.running import Report
    from intake.ports.imports import Counts, Imported, Known, NewTicket, Standing, Written

Command = TypeVar("Command", bound=Callable[..., Any])

# What is kept of a report with its run.
_TOLD = ("tickets", "entries", "found", "lost", "missing", "gone")
# What is shown of it on a terminal; --json has more.
MOST_SHOWN = 100
COLUMNS = (
    Column("Year", right=True),
    Column("Kind"),
    Column("Source", right=True),
    Column("Missing there", right=True),
    Column("Imported", right=True),
    Column("Erased since", right=True),
    Column("Difference", right=True),
)
agents_option = click.option(
    "--agents",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Who is whom: lines old = new (INI), or two columns (CSV).",
)
_OPTIONS = (
    click.option("--dry-run", is_flag=True, help="Write nothing; show what would be imported."),
    click.option("--team", default="", metavar="TEAM", help="Put all tickets into this team."),
    click.option("--mailbox", default="", metavar="NAME", help="Mailbox they belong to. Default: the first."),
    click.option("--closed", is_flag=True, help="Close all tickets, whatever they were."),
    click.option("--source", default="", metavar="NAME", help="Name of the source in the list of imports."),
    agents_option,
)


def import_options(command: Command) -> Command:
    """Add the options that every import has: dry_run, team, mailbox, closed, source, agents."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(slots=True)
class _Database:
    """An import's sink: the run is begun with the first thing that is written."""

    imports: "Imported"
    begin: Callable[[], int]
    source: str
    run: int = 0

    def known(self, refs: Sequence[str]) -> "Known":
        return self.imports.known(self.source, refs)

    def outdated(self, there: "Mapping[str, Standing]") -> set[str]:
        return self.imports.outdated(self.source, there)

    def add(self, tickets: "Sequence[NewTicket]") -> "Written":
        self.run = self.run or self.begin()
        return self.imports.add(self.run, self.source, tickets, now())


def agents_of(desk: "Desk", file: Path | None, people: "Sequence[Person]" = ()) -> "Agents":
    """Return who of the old desk is which agent here. Raises UserError for a map that cannot be used."""
    from intake.imports.people import Agents, read_map

    here = {agent.address.casefold(): agent for agent in desk.store.agents.enabled()}
    mapped: dict[str, str] = {}
    if file is not None:
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as err:
            raise UserError(f"{file} cannot be read: {err}. Save it as UTF-8.") from err
        mapped = read_map(text, file.name, here)
    agents = Agents(here, mapped)
    agents.meet(people)
    return agents


def wishes_of(desk: "Desk", mailbox: str, team: str, closed: bool) -> "Wishes":
    """Return what the admin asked for. Raises UserError for a team or a mailbox that is not there."""
    from intake.imports.planning import Wishes

    boxes, teams = desk.settings.mailboxes, desk.policy.teams
    if mailbox and mailbox not in boxes:
        raise UserError(f"There is no mailbox {mailbox}. The config has: {', '.join(boxes)}.")
    if team and team not in teams and team not in {box.team for box in desk.policy.mailboxes.values()}:
        raise UserError(f"There is no team {team}. `intake team list` shows them.")
    return Wishes(mailbox or next(iter(boxes)), team, closed)


def carry_out(
    ctx: Invocation,
    source: "Source",
    agents: "Agents",
    wishes: "Wishes",
    dry_run: bool,
    json_: bool,
) -> bool:
    """Import a source and show what came of it; return whether all of it was imported."""
    from intake.imports.counting import table
    from intake.imports.mail_source import MailSource
    from intake.imports.planning import Planner
    from intake.imports.running import Importing, Nowhere
    from intake.store.import_runs import ImportRuns

    desk = ctx.desk()
    runs = ImportRuns(desk.database.db, desk.database.blobs)

    def begin() -> int:
        return runs.begin(source.name, source.kind, login(), now())

    sink = _Database(desk.database.imports, begin, source.name)
    nowhere = Nowhere(sink)
    parse = source.parse if isinstance(source, MailSource) else desk.service.parse
    days = desk.settings.desk.retention_days
    since = now() - timedelta(days=days) if days else None
    planner = Planner(source, desk.policy, agents, wishes, parse, kept_since=since)
    try:
        with terminal.progress("Reading" if dry_run else "Importing") as progress:
            report = Importing(source, planner, nowhere if dry_run else sink, progress).run()
    except BaseException:
        if sink.run:
            runs.stop(sink.run)
        raise
    if planner.expired:
        report.remark(_expired(planner.expired, days))
    there = dict(imported_of(ctx, source))
    for key, number in nowhere.made.items():
        there[key] = there.get(key, (0, 0))[0] + number, there.get(key, (0, 0))[1]
    if sink.run:
        runs.end(sink.run, {name: str(getattr(report, name)) for name in _TOLD}, now())
        ctx.record(login(), f"imported {counted(report.tickets, 'ticket')} (run {sink.run})")
    left = source.left_out if isinstance(source, MailSource) else None
    return _shown(Result(source.name, sink.run, dry_run, report, table(report.source, there), left), json_)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an import: of the source `name`, as `run` (0: nothing was written)."""

    name: str
    run: int
    dry_run: bool
    report: "Report"
    lines: "list[Line]"
    left: dict[str, int] | None

    @property
    def equal(self) -> bool:
        """Whether all of it was imported."""
        differ = any(line.lacks for line in self.lines)
        return not (differ or self.report.lost or self.report.missing)


def _shown(result: Result, json_: bool) -> bool:
    """Show what came of an import; return whether all of it was imported."""
    left = result.left
    if json_:
        plain = _plain(result)
        terminal.say_json({**plain, "left_out": left} if left is not None else plain)
    else:
        _tell(result)
        for why, number in (left or {}).items():
            terminal.say(f"Left out: {number:,} ({why}).")
    return result.equal


def _expired(count: int, days: int) -> "Remark":
    from intake.imports.model import Remark

    problem = f"{counted(count, 'ticket')} closed more than {counted(days, 'day')} ago"
    cure = "the worker erases them within a day; write 0 or more days before the import, or leave them out"
    return Remark("[desk] retention_days", problem, cure)


def imported_of(ctx: Invocation, source: "Source") -> "Counts":
    """Return what of a source that was read is here, by year and kind, and how much was erased since."""
    from intake.imports.mail_source import MailSource
    from intake.store.import_counts import counts_of
    from intake.store.import_runs import ImportRuns

    database = ctx.desk().database
    if isinstance(source, MailSource):
        return counts_of(database.db, source.name, source.tally.names())
    return ImportRuns(database.db, database.blobs).counts(source.name)


def _plain(result: Result) -> dict[str, Any]:
    report = result.report
    return {
        "source": result.name,
        "run": result.run or None,
        "dry_run": result.dry_run,
        "tickets": report.tickets,
        "entries": report.entries,
        "found": report.found,
        "known": report.known,
        "changed": report.changed,
        "files_added": report.files,
        "lost": report.lost,
        "missing_files": report.missing,
        "missing_at_source": report.gone,
        "equal": result.equal,
        "table": plain_table(result.lines),
        "remarks": [plain_remark(remark) for remark in report.remarks],
    }


def plain_table(lines: "Sequence[Line]") -> list[dict[str, Any]]:
    """Return the table for --json."""
    return [
        {
            "year": line.year,
            "kind": line.kind,
            "source": line.source,
            "missing_at_source": line.gone,
            "imported": line.imported,
            "erased": line.erased,
            "difference": line.lacks,
        }
        for line in lines
    ]


def plain_remark(remark: "Remark") -> dict[str, Any]:
    """Return a remark for --json."""
    parts = {"where": remark.where, "ticket": remark.ref, "what": remark.what, "cure": remark.cure}
    return {**parts, "lost": remark.lost}


def _tell(result: Result) -> None:
    report, run = result.report, result.run
    tell_remarks(report.remarks, report.told)
    show(result.lines)
    would = "would be " if result.dry_run else ""
    numbers = f"{counted(report.tickets, 'ticket')} and {entries(report.entries)}"
    said = [f"{numbers} {would}imported"]
    if report.files:
        said.append(f"{counted(report.files, 'file')} {would}added")
    if report.changed:
        said.append(f"{counted(report.changed, 'ticket')} {would}given the status that they have there now")
    if report.known:
        said.append(f"{counted(report.known, 'ticket')} imported before")
    if report.found:
        said.append(f"{entries(report.found)} the desk had already as mail")
    terminal.say(f"{'; '.join(said)}.")
    if run:
        terminal.say(f"This is import {run}. `intake import forget {run}` takes it back.")
    if not result.equal:
        terminal.warn("Not all of it was imported: see the lines above, mend them, and import again.")


def tell_remarks(remarks: "Sequence[Remark]", count: int) -> None:
    """Say what is wrong with a source, on standard error."""
    for remark in remarks[:MOST_SHOWN]:
        # Each by itself: our words around it could be taken for some of a secret's.
        parts = (remark.where, remark.ref, remark.what, remark.cure)
        where, ref, problem, cure = map(terminal.shown_line, parts)
        ticket = f" (ticket {ref})" if ref else ""
        lost = "not imported: " if remark.lost else ""
        terminal.warn(f"{where}{ticket}: {lost}{problem}: {cure}")
    if count > MOST_SHOWN:
        terminal.warn(f"… and {count - MOST_SHOWN} more such lines; --json lists them.")


def entries(count: int) -> str:
    """Return "1 entry" or "2,000 entries"."""
    return f"{count:,} {'entry' if count == 1 else 'entries'}"


def show(lines: "Sequence[Line]") -> None:
    """Show both sides."""
    cells = [
        (
            str(line.year),
            line.kind,
            f"{line.source:,}",
            f"{line.gone:,}",
            f"{line.imported:,}",
            f"{line.erased:,}",
            f"{line.lacks:,}",
        )
        for line in lines
    ]
    terminal.table(COLUMNS, cells)
