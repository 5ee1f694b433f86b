"""Watching a ticket and asking a colleague at the command line."""

import json

import pytest
from command_line import Run

ANNA, WEI = "anna@staff.example", "wei@staff.example"


@pytest.fixture
def desk(intake: Run) -> Run:
    intake("agent", "add", ANNA, "--name", "Anna")
    intake("agent", "add", WEI, "--name", "Wei")
    intake("ticket", "new", "lin@customer.example", "--subject", "Coins", "--text", "Hello Lin", "--as", ANNA)
    return intake


def told(desk: Run) -> list[str]:
    """To whom mails about notes and the like are owed, the oldest first."""
    rows = json.loads(desk("outbox", "list", "--json").output)
    return [row["rcpt"] for row in reversed(rows) if row["kind"] == "notice"]


def test_a_ticket_is_watched_and_shown_with_who_watches(desk: Run) -> None:
    desk("ticket", "watch", "1", "--as", WEI)
    assert f"Wei <{WEI}>" in desk("ticket", "show", "1").output
    (watcher,) = json.loads(desk("ticket", "show", "1", "--json").output)["watchers"]
    assert WEI == watcher["address"]
    desk("ticket", "unwatch", "1", "--as", WEI)
    assert "Watched by" not in desk("ticket", "show", "1").output


@pytest.mark.parametrize("name", ["wei", "@Wei", WEI])
def test_a_note_asks_whom_tell_names(desk: Run, name: str) -> None:
    desk("ticket", "note", "1", "--tell", name, "--text", "Do you know it?", "--as", ANNA)
    assert [WEI] == told(desk)


def test_a_name_that_nobody_has_is_told_and_the_note_is_kept(desk: Run) -> None:
    done = desk("ticket", "note", "1", "--tell", "zoe", "--text", "Do you know it?", "--as", ANNA)
    assert "Nobody is called @zoe." in done.output + done.stderr
    assert "Do you know it?" in desk("ticket", "show", "1").output
