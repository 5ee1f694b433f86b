"""Asking somebody outside a ticket at the command line."""

import json
from pathlib import Path

import pytest
from command_line import Run

ANNA, PAUL = "anna@staff.example", "paul@partner.example"


@pytest.fixture
def desk(intake: Run) -> Run:
    intake("agent", "add", ANNA, "--name", "Anna")
    intake("ticket", "new", "lin@customer.example", "--subject", "Coins", "--text", "Hello Lin", "--as", ANNA)
    return intake


def owed(desk: Run) -> list[str]:
    """To whom questions are owed."""
    rows = json.loads(desk("outbox", "list", "--json").output)
    return [row["rcpt"] for row in rows if row["kind"] == "partner"]


def test_a_question_goes_to_its_address_and_stands_in_the_ticket_as_a_note(desk: Run, tmp_path: Path) -> None:
    (tmp_path / "scan.txt").write_text("4711")
    done = desk(
        "ticket", "ask", "1", f"Paul <{PAUL}>", "--text", "Where is it?", "--as", ANNA,
        "--attach", str(tmp_path / "scan.txt"),
    )  # fmt: skip
    assert f"Your question about #1 is on its way to {PAUL}." in done.output
    assert [PAUL] == owed(desk)
    entry = json.loads(desk("ticket", "show", "1", "--json").output)["entries"][-1]
    assert ("note", f"Sent as a question to {PAUL}, outside this ticket:\n\nWhere is it?") == (
        entry["kind"],
        entry["text"],
    )
    assert f"#ask {PAUL}" in desk("audit").output


@pytest.mark.parametrize(
    ("address", "text", "code", "why"),
    [
        ("lin@customer.example", "Where?", 1, "is in this ticket"),
        (ANNA, "Where?", 1, "is an agent"),
        ("paul", "Where?", 2, "It needs an email address"),
        (PAUL, " ", 1, "There is no text"),
        (PAUL, "#note\nWhere?", 1, "looks like a command"),
    ],
)
def test_what_is_refused_sends_nothing(desk: Run, address: str, text: str, code: int, why: str) -> None:
    done = desk("ticket", "ask", "1", address, "--text", text, "--as", ANNA, code=code)
    assert why in done.output + done.stderr
    assert [] == owed(desk)


def test_there_must_be_such_a_ticket_and_somebody_who_asks(desk: Run) -> None:
    desk("ticket", "ask", "9", PAUL, "--text", "Where?", "--as", ANNA, code=1)
    desk("ticket", "ask", "1", PAUL, "--text", "Where?", "--as", "nobody@staff.example", code=1)
    desk("ticket", "ask", "1", PAUL, "--text", "Where?", code=2)
    assert [] == owed(desk)
