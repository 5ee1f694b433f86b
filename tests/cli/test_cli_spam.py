"""Spam at the command line: where it is seen, and how it is brought back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import Run

Write = Callable[..., Path]


@pytest.fixture
def three(intake: Run, mail: Write) -> None:
    """A usual ticket, one that the mail server took for spam, and one that an agent did."""
    intake("agent", "add", "anna@desk.example", "--name", "Anna", "--team", "printers")
    intake("ingest", str(mail()))
    marked = mail(subject="Win now", name="two")
    marked.write_bytes(
        b"X-Spam-Status: Yes, score=25.1\n" + marked.read_bytes().replace(b"wang@customer", b"win@spam")
    )
    intake("ingest", str(marked))
    intake("ingest", str(mail(subject="Buy now", body="Buy it.", name="three")))
    intake("ticket", "spam", "3")


def listed(intake: Run, *words: str) -> dict[int, str]:
    rows = json.loads(intake("ticket", "list", *words, "--json").stdout)
    return {row["id"]: row["status"] for row in rows}


LISTS: dict[str, tuple[tuple[str, ...], dict[int, str]]] = {
    "the usual one": ((), {1: "new"}),
    "spam": (("--spam",), {3: "spam", 2: "spam"}),
    "spam as a status": (("--status", "spam"), {3: "spam", 2: "spam"}),
    "spam and another filter": (("--spam", "--search", "Win"), {2: "spam"}),
    "closed": (("--status", "closed"), {}),
    "all": (("--status", "all"), {3: "spam", 2: "spam", 1: "new"}),
    "a search": (("--search", "now"), {3: "spam", 2: "spam"}),
}


@pytest.mark.usefixtures("three")
def test_each_list_has_the_spam_that_belongs_there(intake: Run) -> None:
    assert {name: expected for name, (_, expected) in LISTS.items()} == {
        name: listed(intake, *words) for name, (words, _) in LISTS.items()
    }
    assert "leave --status out" in intake("ticket", "list", "--spam", "--status", "open", code=2).stderr


@pytest.mark.usefixtures("three")
def test_it_is_counted_shown_and_explained_and_nothing_of_it_is_owed(intake: Run) -> None:
    counts: Any = json.loads(intake("status", "--json").stdout)["counts"]
    assert (1, 2) == (counts["open_tickets"], counts["spam"])
    assert "spam" in intake("ticket", "show", "2").stdout
    assert "X-Spam-Status: Yes, score=25.1" in intake("why", "2").stdout
    owed = json.loads(intake("outbox", "list", "--json").stdout)
    assert set() == {row["ticket"] for row in owed} & {2}


@pytest.mark.usefixtures("three")
def test_it_is_brought_back_as_new_and_only_once(intake: Run) -> None:
    intake("ticket", "notspam", "2")
    assert {2: "new", 1: "new"} == listed(intake)
    owed = [
        row["kind"] for row in json.loads(intake("outbox", "list", "--json").stdout) if row["ticket"] == 2
    ]
    assert ["acknowledgement", "notice"] == sorted(owed)
    assert "not marked as spam" in intake("ticket", "notspam", "2", code=1).stderr
