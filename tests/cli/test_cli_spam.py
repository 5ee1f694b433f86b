"""Spam at the command line: where it is seen, and how it is brought back."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
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


def test_every_preview_of_the_decision_names_the_state(intake: Run, mail: Write) -> None:
    marked = mail()
    marked.write_bytes(b"X-Spam-Flag: YES\n" + marked.read_bytes())
    told = [intake("parse", str(marked)).stdout, intake("ingest", "--dry-run", str(marked)).stdout]
    intake("ingest", str(marked))
    for one in told:
        assert "open a ticket in state spam for" in one
    assert "a ticket in state spam" in " ".join(intake("why", "1").stdout.split())


ASSIGNED = {
    "to an agent": ("2", "wei@desk.example"),
    "to whoever gives it": ("2", "anna@desk.example", "--as", "anna@desk.example"),
    "to a team": ("2", "--team", "printers"),
}


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("words", ASSIGNED.values(), ids=list(ASSIGNED))
def test_what_is_assigned_is_spam_no_more_and_its_words_are_sent(intake: Run, words: tuple[str, ...]) -> None:
    intake("agent", "add", "wei@desk.example", "--name", "Wei")
    before = {row["id"] for row in json.loads(intake("outbox", "list", "--json").stdout)}
    intake("ticket", "assign", *words)
    assert {2: "new", 1: "new"} == listed(intake)
    sent = [row for row in json.loads(intake("outbox", "list", "--json").stdout) if row["id"] not in before]
    # Wei is of every team.
    whom = {words[1]} if words[1].endswith("example") else {"anna@desk.example", "wei@desk.example"}
    assert {("notice", one) for one in whom} == {(row["kind"], row["rcpt"]) for row in sent}
    shown = message_from_bytes(intake("outbox", "show", str(sent[0]["id"]), "--raw").stdout.encode())
    (text,) = [part for part in shown.walk() if part.get_content_type() == "text/plain"]
    words = text.get_payload(decode=True)
    assert isinstance(words, bytes)
    assert "kept as spam" in words.decode()
    assert "打印机坏了" in words.decode()


@pytest.mark.usefixtures("three")
def test_spam_that_is_taken_from_everybody_stays_spam(intake: Run) -> None:
    intake("ticket", "assign", "2", "--nobody")
    assert {3: "spam", 2: "spam"} == listed(intake, "--spam")


@pytest.mark.usefixtures("three")
def test_it_is_brought_back_as_new_and_only_once(intake: Run) -> None:
    intake("ticket", "notspam", "2")
    assert {2: "new", 1: "new"} == listed(intake)
    owed = [
        row["kind"] for row in json.loads(intake("outbox", "list", "--json").stdout) if row["ticket"] == 2
    ]
    assert ["acknowledgement", "notice"] == sorted(owed)
    assert "not marked as spam" in intake("ticket", "notspam", "2", code=1).stderr


@pytest.mark.usefixtures("three")
def test_a_restored_backup_still_knows_what_is_spam_and_what_is_owed(intake: Run, tmp_path: Path) -> None:
    intake("backup", str(tmp_path / "kept"))
    (tmp_path / "data").rename(tmp_path / "broken")
    intake("restore", str(tmp_path / "kept"))
    assert {3: "spam", 2: "spam"} == listed(intake, "--spam")
    assert "No problems found" in intake("fsck").output
    before = {row["id"] for row in json.loads(intake("outbox", "list", "--json").stdout)}
    for number in ("2", "3"):
        intake("ticket", "notspam", number)
    owed = json.loads(intake("outbox", "list", "--json").stdout)
    assert [(2, "acknowledgement"), (2, "notice"), (3, "notice")] == sorted(
        (row["ticket"], row["kind"]) for row in owed if row["id"] not in before
    )


def test_many_of_one_spam_are_no_hot_issue(intake: Run, mail: Write) -> None:
    intake("agent", "add", "anna@desk.example", "--name", "Anna")
    for number in range(6):
        marked = mail(subject="Casino bonus", body=f"Win {number}", name=f"m{number}")
        marked.write_bytes(b"X-Spam-Flag: YES\n" + marked.read_bytes())
        intake("ingest", str(marked))
    assert 6 == len(listed(intake, "--spam"))
    today = datetime.now(UTC).date().isoformat()
    assert "asino" not in intake("report", "--since", today, "--json").stdout
    for number in range(1, 7):
        intake("ticket", "notspam", str(number))
    assert "asino" in intake("report", "--since", today, "--json").stdout
