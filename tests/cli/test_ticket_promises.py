"""What `intake ticket show` says of promises: what, until when for who looks, and how they stand."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from intake.commands.ticket.promises import promised, viewers_zone
from intake.desk.sla_target import PromiseState, Target
from intake.views import PromiseRow

BERLIN = ZoneInfo("Europe/Berlin")
# In Berlin the clocks went back that night: an hour of difference before it, one less after.
NOW = datetime(2026, 10, 25, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def row(
    state: PromiseState,
    due: datetime | None,
    ended: datetime | None = None,
    told: datetime | None = None,
    left: int = 90,
) -> PromiseRow:
    begun = NOW - 20 * HOUR
    target = Target.NEXT_RESPONSE
    return PromiseRow(1, 7, target, "normal", state, begun, due, None, ended, told, 1440, left)


ROWS = {
    "running": (row(PromiseState.RUNNING, NOW + HOUR), "2026-10-25 14:00 running"),
    "late": (row(PromiseState.RUNNING, NOW - HOUR), "2026-10-25 12:00 overdue"),
    "late, and the requester knows": (
        row(PromiseState.RUNNING, NOW - HOUR, told=NOW + HOUR),
        "2026-10-25 12:00 overdue new time announced: 2026-10-25 14:00",
    ),
    "kept, in summer time": (
        row(PromiseState.KEPT, NOW - 12 * HOUR, NOW - 13 * HOUR),
        "2026-10-25 02:00 met done 2026-10-25 01:00",
    ),
    "broken": (
        row(PromiseState.BROKEN, NOW - 2 * HOUR, NOW - HOUR),
        "2026-10-25 11:00 breached done late, 2026-10-25 12:00",
    ),
    "paused": (row(PromiseState.PAUSED, None), "- paused waiting for an answer; 1 h 30 min of 24 h left"),
    "dropped": (row(PromiseState.DROPPED, NOW + HOUR), "2026-10-25 14:00 dropped ended before it was due"),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_promise_is_told_in_the_zone_of_who_looks(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    given, expected = ROWS[name]
    promised([given], BERLIN, NOW)
    head, line, *_ = capsys.readouterr().out.splitlines()
    assert "SLA target Due State" == " ".join(head.split())
    assert f"next response {expected}" == " ".join(line.split())


def test_a_ticket_of_no_promises_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    promised([], BERLIN, NOW)
    assert "" == capsys.readouterr().out


ZONES = {
    "one that was set": ("America/New_York", "America/New_York"),
    "as POSIX writes a file's": (":America/New_York", "America/New_York"),
    "none": ("", "Europe/Berlin"),
    "a rule and no name": ("CET-1CEST,M3.5.0,M10.5.0/3", "Europe/Berlin"),
    "a path": ("/etc/passwd", "Europe/Berlin"),
    "a path upwards": ("../../etc/passwd", "Europe/Berlin"),
}


@pytest.mark.parametrize("name", ZONES)
def test_the_viewers_zone_is_that_of_the_terminal_or_the_desks(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, expected = ZONES[name]
    monkeypatch.setenv("TZ", given)
    assert expected == str(viewers_zone(BERLIN))


@pytest.mark.parametrize("own", ["", "America/St_Johns"], ids=["the desk's", "the terminal's"])
def test_a_ticket_is_shown_by_one_clock_which_is_named_once(
    own: str, config: Path, intake: Any, mail: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", own)
    zone = ZoneInfo(own or "Asia/Kathmandu")
    text = config.read_text(encoding="utf-8").replace("[desk]\n", "[desk]\ntimezone = Asia/Kathmandu\n")
    config.write_text(text, encoding="utf-8")
    intake("agent", "add", "anna@desk.example", "--name", "Anna")
    intake("ingest", str(mail()))
    intake("ticket", "reply", "1", "--text", "Look.", "--as", "anna@desk.example")
    intake("ticket", "snooze", "1", "2d")
    intake("ticket", "close", "1")

    said = intake("ticket", "show", "1").stdout
    told = intake("ticket", "show", "1", "--json").stdout
    listed = json.loads(told)
    assert [str(zone)] == re.findall(r"(?:UTC|[A-Z][a-z]+/[A-Z]\w+)", said)
    moments = [
        *(listed[one] for one in ("created_at", "closed_at", "snoozed_until")),
        *(one["created_at"] for one in listed["entries"]),
        *(one[at] for one in listed["promised"] for at in ("due", "ended_at") if one["state"] != "paused"),
    ]
    # A promise that was dropped is told by when it was due, a kept one by both.
    shown = {f"{datetime.fromisoformat(one).astimezone(zone):%Y-%m-%d %H:%M}" for one in moments if one}
    # What an event says was written by the desk's clock, and stays as it was written.
    ours = "\n".join(line for line in said.splitlines() if not line.startswith("  ") or not own)
    assert set(re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d", ours)) <= shown
    assert all(one.endswith("Z") for one in moments if one)
    assert f"{datetime.now(zone):%Y-%m-%d}" in said


def test_what_is_to_do_names_the_clock_of_its_times(
    config: Path, intake: Any, mail: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "")
    text = config.read_text(encoding="utf-8").replace("[desk]\n", "[desk]\ntimezone = Asia/Kathmandu\n")
    config.write_text(text, encoding="utf-8")
    intake("ingest", str(mail()))

    due = json.loads(intake("ticket", "todo", "team", "--json").stdout)[0]["due"]
    said = intake("ticket", "todo", "team").stdout
    assert "Due (Asia/Kathmandu)" in said
    assert f"{datetime.fromisoformat(due).astimezone(ZoneInfo('Asia/Kathmandu')):%Y-%m-%d %H:%M}" in said
