"""A scripted day of a desk, as tests/e2e/test_day.py plays it: how much mail agents get, what it tells them.

Prints what each agent got for each ticket they handled, and where they found what they had to know, beside
the same figures from before the notification became the ticket's page. Exits 1 when a word was lost, doubled
or let out.
"""

import argparse
import json
import re
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "e2e")]

from day.before import BEFORE, Figures  # noqa: E402
from day.desk import DayDesk  # noqa: E402
from day.facts import Fact, Found, Where  # noqa: E402
from day.judging import Report, judged  # noqa: E402
from day.play import Day  # noqa: E402

from bench import figures  # noqa: E402
from intake.testing import SinkServer, dovecot  # noqa: E402

# What must not be, and how the report names it.
WRONG = ("lost", "unseen", "doubled", "private", "untold", "unfinished", "broken")
WAYS = ("round_robin", "nobody")
AGENTS_PAGE = ROOT / "docs" / "agents.md"


def main(arguments: Sequence[str]) -> int:
    """Play the day and print it; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assign", choices=WAYS, action="append", help="how tickets are given out (both)")
    parser.add_argument("--save", type=Path, help="keep the mails that agents got, a folder for each of them")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--write", action="store_true", help="keep them in the documentation")
    asked = parser.parse_args(arguments)
    parts: list[str] = []
    gathered: dict[str, Figures] = {}
    bad = 0
    for way in asked.assign or WAYS:
        day, report = played(way, asked.save)
        gathered[way] = figures_of(report)
        parts.append(f"`assign = {way}`\n\n{table(gathered[way], BEFORE[way])}\n\n{ending(report)}")
        for name in WRONG:
            bad += len(getattr(report, name))
            print(*(f"{name}: {line}" for line in getattr(report, name)), sep="\n", end="", file=sys.stderr)
        del day
    text = "\n\n".join([*parts, f"({figures.where()})"])
    print(json.dumps(gathered, indent=1) if asked.json else text)
    if asked.write:
        figures.write("day", text)
        if "round_robin" in gathered:
            figures.write("day", table(gathered["round_robin"], BEFORE["round_robin"]), AGENTS_PAGE)
    return int(bool(bad))


def played(way: str, save: Path | None) -> tuple[Day, Report]:
    """Live the day with tickets given out in this way; return it and what is to be said of it."""
    with (
        dovecot() as server,
        SinkServer() as sink,
        tempfile.TemporaryDirectory() as folder,
        DayDesk(Path(folder), server, sink, "day", way).open() as desk,
    ):
        day = Day(desk).play()
        report = judged(day)
        if save is not None:
            keep(day, save / way)
    return day, report


def keep(day: Day, folder: Path) -> None:
    """Write the mails that agents got, in the order they came; each says in its name what it is."""
    for person in day.agents:
        own = folder / re.sub(r"\W+", "-", person.name.lower())
        own.mkdir(parents=True, exist_ok=True)
        for number, letter in enumerate(person.inbox, 1):
            name = f"{number:03}-{day.kind_of(letter)}-{letter.number}.eml"
            (own / name).write_bytes(letter.raw)


def figures_of(report: Report) -> Figures:
    """Return what is compared of a day."""
    rows: Figures = {f"mails a ticket: {share.name}": round(share.per_ticket, 2) for share in report.shares}
    rows["mails a ticket: all"] = round(report.per_ticket, 2)
    for fact in Fact:
        found = [one for one in report.found if one.fact is fact]
        rows[f"{fact}: no further request"] = round(report.without_request([fact]), 3)
        rows[f"{fact}: in the mail at hand"] = round(report.without_request([fact], hand=True), 3)
        rows[f"{fact}: seconds"] = round(_seconds(found), 1)
        rows[f"{fact}: other mails opened"] = round(statistics.fmean(one.mails for one in found), 2)
        rows[f"{fact}: not to be had"] = sum(one.where is Where.NOWHERE for one in found)
    return rows


def _seconds(found: Sequence[Found]) -> float:
    """Return how long it takes to know it; what cannot be had counts with what was spent on it."""
    return statistics.fmean(one.seconds for one in found)


def table(now: Figures, before: Figures) -> str:
    """Return both columns as a table."""
    lines = ["| | before | now |", "| --- | --- | --- |"]
    for name, value in now.items():
        share = "request" in name or "at hand" in name
        said = [f"{one * 100:.0f} %" if share else f"{one:g}" for one in (before.get(name, 0), value)]
        lines.append(f"| {name} | {said[0]} | {said[1]} |")
    return "\n".join(lines)


def ending(report: Report) -> str:
    """Return what must be nothing, and the rest in a sentence."""
    wrong = ", ".join(f"{name} {len(getattr(report, name))}" for name in WRONG)
    kinds = "; ".join(
        f"{share.name}: {', '.join(f'{count} {kind}' for kind, count in sorted(share.kinds.items()))}"
        f" in {share.handled} tickets"
        for share in report.shares
    )
    return (
        f"{report.tickets} tickets, {report.sentences} sentences: {wrong}; {len(report.held)} answers "
        f"waited, and their authors were told. Customers got {report.answers} answers and {report.automatic} "
        f"automatic mails. Agents: {kinds}."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
