"""What the command line tells of tickets that are closed after silence, before it is switched on and then."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from command_line import Run

from intake import app
from intake.commands.common import now
from intake.config import settings as settings_of
from intake.desk.silence import Note

CLOSES = "\n[lifecycle]\nclose_waiting_after = 7d\n"


@pytest.fixture
def old(intake: Run, config: Path, mail: Callable[..., Path]) -> None:
    """Three tickets that have waited for a month; one of them was answered today, too."""
    intake("agent", "add", "anna@staff.example", "--name", "Anna")
    for number in range(1, 4):
        intake("ingest", str(mail(name=f"mail{number}", body=f"您好 {number}")))
        intake("ticket", "reply", str(number), "--as", "anna@staff.example", text="Yes.")
    with closing(app.build(settings_of.load(config)).database) as database:
        month = timedelta(days=30) // timedelta(microseconds=1)
        database.db.sql(f"UPDATE entry SET created_at = created_at - {month}")
    intake("ticket", "reply", "3", "--as", "anna@staff.example", text="And no.")


def checked(intake: Run, code: int = 0) -> dict[tuple[str, str], tuple[str, str]]:
    """What `check` says: level and words by section and key."""
    said = json.loads(intake("check", "--offline", "--json", code=code).stdout)
    return {(one["section"], one["key"]): (one["level"], one["what"]) for one in said}


PLACE = ("lifecycle", "close_waiting_after")


@pytest.mark.usefixtures("old")
def test_check_counts_before_it_is_switched_on_whom_it_will_write_to(intake: Run, config: Path) -> None:
    assert PLACE not in checked(intake)
    config.write_text(config.read_text() + CLOSES)
    said = (
        "3 tickets waiting for customers; due for a reminder: 2, at most 75 an hour: about 1 h; reminded: 0"
    )
    assert ("ok", said) == checked(intake)[PLACE]
    text = config.read_text().replace("[desk]\n", "[desk]\nautomatic_per_hour = 4\n", 1)
    config.write_text(text)
    assert "at most 1 an hour: about 2 h" in checked(intake)[PLACE][1]


@pytest.mark.usefixtures("old")
def test_check_warns_where_the_reminder_has_nothing_to_say(intake: Run, config: Path, tmp_path: Path) -> None:
    folder = tmp_path / "own" / "mail" / "en"
    folder.mkdir(parents=True)
    (folder / "closing.txt.j2").write_text(
        "{% block subject %}Hello{% endblock %}{% block body %} {% endblock %}"
    )
    text = config.read_text().replace(
        "[desk]\n", f"[desk]\ntemplates = {tmp_path / 'own'}\nlanguage = en\n", 1
    )
    config.write_text(text + CLOSES)
    level, what = checked(intake)["desk", "templates"]
    assert ("warning", True) == (level, "closing.j2 says nothing" in what)


@pytest.mark.usefixtures("old")
def test_status_counts_what_waits_and_who_was_reminded(intake: Run, config: Path) -> None:
    assert "awaited" not in json.loads(intake("status", "--json").stdout)["counts"]
    config.write_text(config.read_text() + CLOSES)
    with closing(app.build(settings_of.load(config)).database) as database:
        word = database.tickets.entries(1)[1].id
        database.silence.remember(1, Note(word, timedelta(0), now(), now(), now()))
    counts = json.loads(intake("status", "--json").stdout)["counts"]
    assert (3, 1) == (counts["awaited"], counts["reminded"])
    assert "Waiting for customers" in intake("status").stdout
