"""Escalations, policies and calendars from the command line, down to the database and back."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from command_line import Run

from intake.app import build
from intake.config.settings import load

Write = Callable[..., Path]

MORE = """
[team second]
lead = lead@desk.example

[sla all]
first_response = 4h
calendar = berlin
ladder = 50% remind, 90% late, 100% page

[calendar berlin]
timezone = Europe/Berlin
hours = mon-fri 0:00-24:00, sat 10-13
holidays = DE-BE
working_days = 2026-12-26 10:00-12:00
"""


def shown(result: Result) -> Any:
    return json.loads(result.stdout)


@pytest.fixture
def one(config: Path, intake: Run, mail: Write) -> None:
    """One agent, one ticket, and a day later."""
    config.write_text(config.read_text(encoding="utf-8") + MORE, encoding="utf-8")
    intake("agent", "add", "anna@desk.example", "--name", "Anna", "--team", "printers")
    intake("ingest", str(mail()))
    desk = build(load(config))
    desk.service = replace(desk.service, clock=lambda: datetime.now(UTC) + timedelta(days=5))
    desk.service.escalate()
    desk.store.close()


@pytest.mark.usefixtures("one")
def test_escalations_are_listed_seen_to_and_ended(intake: Run) -> None:
    rows = shown(intake("escalation", "list", "--json"))
    assert [("100% page", 1, "open"), ("50% remind", 1, "open")] == [
        (row["step"], row["ticket"], row["state"]) for row in rows
    ]
    assert {
        "id", "ticket", "promise", "target", "step", "state", "due_at", "fired_at", "reason", "to_team", "by",
        "settled_by", "settled_at", "remark",
    } == set(rows[0])  # fmt: skip
    assert "50% remind" in intake("escalation", "list").stdout
    assert (
        "Escalation 1 is acknowledged."
        in intake("escalation", "ack", "1", "--as", "anna@desk.example").stdout
    )
    assert "Escalation 1 is resolved." in intake("escalation", "resolve", "1", "--reason", "called").stdout
    assert "Escalation 1 is resolved already." in intake("escalation", "ack", "1").stdout
    text = intake("escalation", "show", "1").stdout
    assert "called" in text
    assert "first response" in text
    assert 4 * 60 == shown(intake("escalation", "show", "1", "--json"))["about"]["total_minutes"]
    assert 3 == len(shown(intake("escalation", "history", "1", "--json")))
    assert "done" in intake("escalation", "history").stdout
    assert [] == shown(intake("escalation", "list", "--ticket", "9", "--json"))


@pytest.mark.usefixtures("one")
def test_an_answer_ends_what_was_open(intake: Run) -> None:
    intake("ticket", "reply", "1", "--text", "Restart it.", "--as", "anna@desk.example")
    assert "No open escalations." in intake("escalation", "list").stdout
    states = {row["step"]: row["state"] for row in shown(intake("escalation", "history", "--json"))}
    assert {"50% remind": "resolved", "90% late": "done", "100% page": "resolved"} == states


@pytest.mark.usefixtures("one")
def test_a_ticket_is_escalated_by_hand(intake: Run) -> None:
    intake("agent", "add", "zoe@desk.example", "--name", "Zoe", "--team", "second")
    said = intake(
        "escalate", "1", "--to", "second", "--reason", "too hard", "--as", "anna@desk.example"
    ).stdout
    assert "#1 is escalated to team second." in said
    [row] = shown(intake("escalation", "list", "--limit", "1", "--json"))
    assert ("manual", "second", "too hard", "Anna") == (row["step"], row["to_team"], row["reason"], row["by"])
    assert "second" == shown(intake("ticket", "show", "1", "--json"))["team"]
    told = {row["rcpt"] for row in shown(intake("outbox", "list", "--json")) if row["kind"] == "alert"}
    assert {"zoe@desk.example", "lead@desk.example"} <= told
    assert "by command line" in intake("audit").stdout or "escalated" in intake("audit").stdout


@pytest.mark.usefixtures("one")
def test_an_escalation_is_given_to_somebody(intake: Run) -> None:
    assert (
        "#1 is assigned to anna@desk.example."
        in intake("escalation", "assign", "1", "anna@desk.example").stdout
    )
    assert "acked" == shown(intake("escalation", "show", "1", "--json"))["state"]
    assert "anna@desk.example" == shown(intake("ticket", "show", "1", "--json"))["assignee"]["address"]


WRONG: dict[str, tuple[tuple[str, ...], int, str]] = {
    "no such escalation": (("escalation", "show", "99"), 1, "There is no escalation 99."),
    "nobody to assign to": (("escalation", "assign", "1"), 2, "Give an AGENT"),
    "no such team": (("escalate", "1", "--to", "x", "--reason", "r"), 1, "There is no team x."),
    "no such ticket": (("escalate", "9", "--to", "second", "--reason", "r"), 1, "There is no ticket #9."),
    "no such policy": (("policy", "show", "x"), 1, "There is no policy x."),
    "no ticket to test": (("policy", "test", "9"), 1, "There is no ticket #9."),
    "no such calendar": (("calendar", "show", "x"), 1, "There is no calendar x."),
}


@pytest.mark.usefixtures("one")
@pytest.mark.parametrize(("line", "code", "said"), WRONG.values(), ids=WRONG)
def test_what_is_not_there_is_told(intake: Run, line: tuple[str, ...], code: int, said: str) -> None:
    assert said in intake(*line, code=code).stderr


@pytest.mark.usefixtures("one")
def test_a_closed_ticket_cannot_be_escalated(intake: Run) -> None:
    intake("ticket", "close", "1")
    said = intake("escalate", "1", "--to", "second", "--reason", "r", code=1).stderr
    assert "Ticket #1 is closed. Reopen it first: intake ticket reopen 1" in said


@pytest.mark.usefixtures("one")
def test_policies_are_shown_and_tried(intake: Run) -> None:
    [row] = shown(intake("policy", "list", "--json"))
    assert ("all", "4h", None, "berlin") == (
        row["name"],
        row["first_response"],
        row["resolution"],
        row["calendar"],
    )
    assert ["50% remind", "90% late", "100% page"] == row["ladder"]
    assert "berlin" in intake("policy", "list").stdout
    assert "50% remind, 90% late, 100% page" in intake("policy", "show", "all").stdout
    text = intake("policy", "test", "1").stdout
    assert "all: matches" in text
    assert "first response" in text
    tested = shown(intake("policy", "test", "1", "--json"))
    assert ("all", [{"policy": "all", "differs_in": ""}]) == (tested["policy"], tested["tried"])
    assert ["running"] == [one["state"] for one in tested["promises"]]


def test_without_a_section_the_shipped_policies_are_shown(intake: Run) -> None:
    rows = shown(intake("policy", "list", "--json"))
    assert [("urgent", "4h", "always"), ("normal", "24h", "weekdays")] == [
        (row["name"], row["first_response"], row["calendar"]) for row in rows
    ]


@pytest.mark.usefixtures("one")
def test_calendars_tell_the_days_that_are_different(intake: Run) -> None:
    assert ["weekdays", "berlin"] == [row["name"] for row in shown(intake("calendar", "list", "--json"))]
    assert "Mon-Fri 0:00-24:00, Sat 10:00-13:00" in intake("calendar", "list").stdout
    found = shown(intake("calendar", "show", "berlin", "--year", "2026", "--json"))
    days = {row["day"]: (row["hours"], row["why"]) for row in found["days"]}
    assert ("", "Christmas Day") == days["2026-12-25"]
    assert ("10:00-12:00", "extra working day") == days["2026-12-26"]
    text = intake("calendar", "show", "berlin", "--year", "2026").stdout
    assert "Good Friday" in text
    assert "No exceptions in 2026." in intake("calendar", "show", "weekdays", "--year", "2026").stdout
