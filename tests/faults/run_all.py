"""`make faults`: every point of the fault plan, with a progress bar and a table at the end."""

import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

ROOT = Path(__file__).resolve().parents[2]
TESTS = ("tests/faults", "tests/channels/test_listener_limits.py", "tests/queue_/test_worker.py")


class Bar:
    """Turns what pytest reports into a bar and a table."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
        )
        self.task = self.progress.add_task("collecting", total=None)
        self.results: dict[str, list[tuple[str, float]]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.progress.update(self.task, total=len(session.items), description="faults")

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        self.progress.update(self.task, total=len(ids), description="faults")

    def pytest_runtest_logstart(self, nodeid: str, location: Any) -> None:
        self.progress.update(self.task, description=nodeid.rpartition("::")[2][:60])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            file = report.nodeid.partition("::")[0]
            self.results.setdefault(file, []).append((report.outcome, report.duration))
        if report.failed:
            self.console.print(f"FAILED {report.nodeid}", style="red", markup=False)
            self.console.print(report.longreprtext[-4000:], markup=False)
        if report.when == "teardown":
            self.progress.advance(self.task)

    def table(self, notes: Counter[str]) -> Table:
        table = Table(title="Faults")
        for head in ("where", "tests", "failed", "seconds"):
            table.add_column(head, justify="left" if head == "where" else "right")
        for file, results in sorted(self.results.items()):
            failed = sum(outcome == "failed" for outcome, _ in results)
            seconds = sum(duration for _, duration in results)
            table.add_row(file, str(len(results)), str(failed), f"{seconds:.0f}")
        table.add_section()
        for what, count in sorted(notes.items()):
            table.add_row(what, f"{count:,}", "", "")
        return table


def main() -> int:
    """Run it all; return pytest's exit code."""
    os.chdir(ROOT)
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "notes"
        notes.touch()
        began = time.monotonic()
        minutes = os.environ.get("MINUTES") or "40"
        os.environ |= {
            "INTAKE_FAULTS": "all",
            "INTAKE_FAULTS_NOTES": str(notes),
            "INTAKE_FAULTS_MINUTES": minutes,
            "INTAKE_FAULTS_BEGAN": str(time.time()),
        }
        bar = Bar(console)
        with bar.progress:
            # More than there are processors: much of it is waiting.
            jobs = os.environ.get("JOBS") or str((os.cpu_count() or 1) + 1)
            options = ["-p", "no:terminal", "-n", jobs, "--dist", "worksteal", "-o", "timeout=7200"]
            code = pytest.main([*options, *(sys.argv[1:] or TESTS)], plugins=[bar])
        counted: Counter[str] = Counter()
        for line in notes.read_text(encoding="utf-8").splitlines():
            what, _, count = line.rpartition("\t")
            counted[what] += int(count)
    console.print(bar.table(counted))
    console.print(f"{time.monotonic() - began:.0f} s")
    return int(code)


if __name__ == "__main__":
    raise SystemExit(main())
