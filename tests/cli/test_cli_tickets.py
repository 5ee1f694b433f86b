"""Tickets, messages, quarantine, outbox and agents, from the command line to a real database and back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from command_line import Run

from intake.app import build
from intake.config.settings import load
from intake.desk.effects import Outcome
from intake.desk.message import Envelope
from intake.desk.text.counting import counted
from intake.ports import Arrival
from intake.service.processing import MAX_ATTEMPTS

Write = Callable[..., Path]


def shown(result: Result) -> Any:
    return json.loads(result.stdout)


@pytest.fixture
def one(intake: Run, mail: Write) -> None:
    """One agent and one ticket."""
    intake("agent", "add", "anna@desk.example", "--name", "Anna", "--team", "printers")
    intake("ingest", str(mail()))


@pytest.mark.usefixtures("one")
def test_a_mail_is_listed_and_shown_as_a_ticket(intake: Run) -> None:
    [row] = shown(intake("ticket", "list", "--json"))
    assert (1, "打印机坏了", "new", "wang@customer.example") == (
        row["id"],
        row["subject"],
        row["status"],
        row["requester"],
    )
    assert row["created_at"].endswith("Z")
    text = intake("ticket", "list").stdout
    assert "打印机坏了" in text
    text = intake("ticket", "show", "1").stdout
    assert "王小明 <wang@customer.example>" in text
    assert "您好，打印机坏了。" in text
    ticket = shown(intake("ticket", "show", "1", "--json"))
    assert "您好，打印机坏了。" == ticket["entries"][0]["text"]
    assert "customer" == ticket["entries"][0]["kind"]


def test_messages_are_found_by_every_outcome_there_is(intake: Run) -> None:
    for outcome in Outcome:
        assert "No messages." in intake("message", "list", "--outcome", outcome.value).stdout
    operate = (Path(__file__).resolve().parents[2] / "docs" / "operate.md").read_text(encoding="utf-8")
    assert [] == [one.value for one in Outcome if f"*{one.value}*" not in operate]


@pytest.mark.usefixtures("one")
def test_why_lists_the_mail_of_the_message_and_no_other_of_its_ticket(
    intake: Run, tmp_path: Path, mail: Write
) -> None:
    intake("ticket", "reply", "1", "--text", "Please restart it.", "--as", "anna@desk.example")
    again = tmp_path / "again.eml"
    text = mail(name="two").read_text(encoding="utf-8")
    again.write_text(text.replace("Subject: ", "In-Reply-To: <one@customer.example>\nSubject: Re: "))
    intake("ingest", str(again))
    first, second = (shown(intake("why", number, "--json")) for number in ("1", "2"))

    assert 1 == second["ticket"]
    assert {"acknowledgement", "notice"} == {one["kind"] for one in first["mails"]}
    assert ["notice"] == [one["kind"] for one in second["mails"]]
    all_of_it = {one["id"] for one in shown(intake("outbox", "list", "--ticket", "1", "--json"))}
    assert {one["id"] for one in first["mails"] + second["mails"]} < all_of_it


@pytest.mark.usefixtures("one")
def test_an_answer_is_owed_as_mail_and_the_ticket_waits(intake: Run, tmp_path: Path) -> None:
    answer = tmp_path / "answer.txt"
    answer.write_text("请重启。\n", encoding="utf-8")
    for given, text in (
        (["--text", "Please restart it."], None),
        ([str(answer)], None),
        (["-"], "From a pipe."),
    ):
        intake("ticket", "reply", "1", *given, "--as", "anna@desk.example", text=text)
    ticket = shown(intake("ticket", "show", "1", "--json"))
    replies = [one["text"] for one in ticket["entries"] if one["kind"] == "reply"]
    assert ["Please restart it.", "请重启。", "From a pipe."] == replies
    assert ("pending", "anna@desk.example") == (ticket["status"], ticket["assignee"]["address"])
    relays = [row for row in shown(intake("outbox", "list", "--json")) if row["kind"] == "relay"]
    assert [("wang@customer.example", "due")] * 3 == [(row["rcpt"], row["state"]) for row in relays]
    raw = intake("outbox", "show", str(relays[0]["id"]), "--raw").stdout
    assert "To: " in raw
    assert "\r" not in raw
    assert b"\r\n" in intake("outbox", "show", str(relays[0]["id"]), "--bytes").stdout_bytes


@pytest.mark.usefixtures("one")
def test_a_note_stays_inside(intake: Run) -> None:
    before = len(shown(intake("outbox", "list", "--json")))
    intake("ticket", "note", "1", "--text", "He is nice.", "--as", "anna@desk.example")
    entry = shown(intake("ticket", "show", "1", "--json"))["entries"][-1]
    assert ("note", "He is nice.") == (entry["kind"], entry["text"])
    assert before == len(shown(intake("outbox", "list", "--json")))


@pytest.mark.usefixtures("one")
def test_a_note_goes_to_whoever_has_the_ticket(intake: Run) -> None:
    intake("ticket", "assign", "1", "anna@desk.example")
    before = len(shown(intake("outbox", "list", "--json")))
    intake("ticket", "note", "1", "--text", "Mine.", "--as", "anna@desk.example")
    assert before == len(shown(intake("outbox", "list", "--json")))
    intake("ticket", "note", "1", "--text", "From the office.")
    told = shown(intake("outbox", "list", "--json"))[0]
    assert ("notice", "anna@desk.example") == (told["kind"], told["rcpt"])
    assert before + 1 == len(shown(intake("outbox", "list", "--json")))


@pytest.mark.usefixtures("one")
def test_assign_close_and_reopen(intake: Run) -> None:
    intake("ticket", "assign", "1", "anna@desk.example", "--team", "printers")
    assert [1] == [
        row["id"] for row in shown(intake("ticket", "list", "--assignee", "anna@desk.example", "--json"))
    ]
    assert "closed" in intake("ticket", "close", "1").stdout
    assert "already" in intake("ticket", "close", "1").stdout
    assert [] == shown(intake("ticket", "list", "--json"))
    assert [1] == [row["id"] for row in shown(intake("ticket", "list", "--status", "closed", "--json"))]
    assert [1] == [row["id"] for row in shown(intake("ticket", "list", "--status", "all", "--json"))]
    intake("ticket", "reopen", "1")
    ticket = shown(intake("ticket", "show", "1", "--json"))
    assert ("open", "printers") == (ticket["status"], ticket["team"])
    intake("ticket", "assign", "1", "--nobody")
    assert shown(intake("ticket", "show", "1", "--json"))["assignee"] is None


@pytest.mark.usefixtures("one")
def test_why_tells_the_rule_in_words(intake: Run) -> None:
    for command in (["why", "1"], ["message", "why", "1"]):
        text = intake(*command).stdout
        assert "ticketed, ticket #1" in text
        assert "new_ticket: Everything else opens a ticket" in text
        assert "deadlines: first response by" in " ".join(text.split())
        assert "acknowledgement to wang@customer.example (due)" in text
    told = shown(intake("why", "1", "--json"))
    assert ("ticketed", "new_ticket", 1) == (told["outcome"], told["rule"], told["ticket"])


@pytest.mark.usefixtures("one")
def test_a_message_is_shown_read_raw_and_as_bytes(intake: Run, tmp_path: Path) -> None:
    assert "您好，打印机坏了。" in intake("message", "show", "1").stdout
    assert "Message-ID: <one@customer.example>" in intake("message", "show", "1", "--raw").stdout
    assert (tmp_path / "one.eml").read_bytes() == intake("message", "show", "1", "--bytes").stdout_bytes
    assert [1] == [row["id"] for row in shown(intake("message", "list", "--outcome", "ticketed", "--json"))]
    assert [] == shown(intake("message", "list", "--state", "waiting", "--json"))


@pytest.mark.parametrize("more", [0, 1, 100_000])
def test_of_a_large_mail_only_the_beginning_is_shown_raw(intake: Run, tmp_path: Path, more: int) -> None:
    head = b"From: x@customer.example\r\nSubject: x\r\n\r\n"
    raw = head + b"y" * (64 * 1024 - len(head) + more)
    (tmp_path / "large.eml").write_bytes(raw)
    intake("ingest", str(tmp_path / "large.eml"))
    said = intake("message", "show", "1", "--raw").stdout
    assert bool(more) == (f"({counted(more, 'byte')} more; --bytes > FILE writes them all)" in said)
    assert "y" * (64 * 1024 - len(head)) == max(said.split("\n"), key=len)
    assert raw == intake("message", "show", "1", "--bytes").stdout_bytes


NASTY = (
    b"From: m@evil.example\r\nSubject: \x1b]0;owned\x07[bold]\xe2\x80\xae\r\n"
    b"\r\n\x1b[2J\x9b2J\x7f\xe2\x80\xae\r\n"
)


def test_nothing_of_a_hostile_mail_acts_on_the_terminal(intake: Run, tmp_path: Path) -> None:
    (tmp_path / "nasty.eml").write_bytes(NASTY)
    intake("ingest", str(tmp_path / "nasty.eml"))
    for command in (
        ["ticket", "list"],
        ["ticket", "show", "1"],
        ["ticket", "show", "1", "--full"],
        ["ticket", "show", "1", "--json"],
        ["message", "list"],
        ["message", "show", "1"],
        ["message", "show", "1", "--raw"],
        ["message", "list", "--json"],
        ["why", "1"],
        ["outbox", "list"],
        ["ingest", "--dry-run", str(tmp_path / "nasty.eml")],
        ["ingest", "--dry-run", "--json", str(tmp_path / "nasty.eml")],
    ):
        output = intake(*command).stdout
        bad = {
            char
            for char in output
            if (ord(char) < 32 and char != "\n") or 127 <= ord(char) < 160 or char == "\u202e"
        }
        assert set() == bad, command
        assert output


@pytest.fixture
def set_aside(config: Path) -> None:
    """Two messages in quarantine."""
    desk = build(load(config))
    for name in (b"a", b"b"):
        raw = b"From: x@customer.example\r\nSubject: " + name + b"\r\n\r\nhello\r\n"
        [got] = desk.service.receive([Arrival(raw, Envelope("ingest", "support"))])
        desk.store.ledger.quarantine(got.ledger_id, f"failed {MAX_ATTEMPTS} times", desk.service.clock())
    desk.store.close()


@pytest.mark.usefixtures("set_aside")
def test_quarantine_is_listed_retried_and_dropped(intake: Run) -> None:
    assert "failed 3 times" in intake("quarantine", "list").stdout
    assert "intake quarantine retry 1" in intake("why", "1").stdout
    intake("quarantine", "drop", "1", "--reason", "spam")
    assert "spam" in intake("why", "1").stdout
    assert "not in quarantine" in intake("quarantine", "drop", "1", "--reason", "spam", code=1).stderr
    intake("quarantine", "retry", "--all")
    assert [] == shown(intake("quarantine", "list", "--json"))
    assert ["waiting"] == [
        row["state"] for row in shown(intake("message", "list", "--state", "waiting", "--json"))
    ]
    assert "The quarantine is empty" in intake("quarantine", "list").stdout


@pytest.mark.usefixtures("one")
def test_only_failed_mail_is_sent_again(intake: Run) -> None:
    number = str(shown(intake("outbox", "list", "--json"))[0]["id"])
    assert "cannot be resent" in intake("outbox", "retry", number, code=1).stderr
    assert "due" in intake("outbox", "show", number).stdout


def test_agents_are_added_listed_and_disabled(intake: Run) -> None:
    intake("agent", "add", "bo@desk.example")
    assert [("bo", "bo@desk.example", True)] == [
        (row["name"], row["address"], row["enabled"]) for row in shown(intake("agent", "list", "--json"))
    ]
    intake("agent", "disable", "bo@desk.example")
    assert [False] == [row["enabled"] for row in shown(intake("agent", "list", "--json"))]
    assert "no" in intake("agent", "list").stdout
    assert "no agent" in intake("agent", "disable", "cy@desk.example", code=1).stderr


def test_status_is_one_screen(intake: Run, mail: Write) -> None:
    intake("ingest", str(mail()))
    text = intake("status").stdout
    assert "1  Open tickets" in text
    assert 24 >= len(text.splitlines())
    assert 1 == shown(intake("status", "--json"))["counts"]["open_tickets"]


WRONG = {
    "no such ticket": (["ticket", "show", "9"], 1, "There is no ticket #9"),
    "no such ticket to close": (["ticket", "close", "9"], 1, "There is no ticket #9"),
    "no such message": (["message", "show", "9"], 1, "There is no message 9"),
    "no such message to explain": (["why", "9"], 1, "There is no message 9"),
    "no such mail": (["outbox", "show", "9"], 1, "There is no mail 9"),
    "nobody acts": (["ticket", "reply", "1", "--text", "x"], 2, "No agent given"),
    "nobody has anything to do": (["ticket", "todo"], 2, "No agent given"),
    "nobody asks for the next ticket": (["ticket", "next"], 2, "No agent given"),
    "nobody writes first": (
        ["ticket", "new", "a@b.example", "--subject", "x", "--text", "x"],
        2,
        "No agent given",
    ),
    "unknown agent acts": (
        ["ticket", "note", "1", "--text", "x", "--as", "x@y.example"],
        1,
        "no enabled agent",
    ),
    "unknown team": (["agent", "add", "a@desk.example", "--team", "x"], 1, "There is no team x"),
    "not an address": (["agent", "add", "anna"], 2, "is not a valid email address"),
    "unknown status": (["ticket", "list", "--status", "lost"], 2, "lost"),
    "nothing to assign": (["ticket", "assign", "1"], 2, "Give an AGENT"),
    "drop without a reason": (["quarantine", "drop", "1"], 2, "--reason"),
    "retry of nothing": (["quarantine", "retry"], 2, "--all"),
    "nothing to poll": (["poll", "support"], 1, "none of these mailboxes has type = imap"),
    "nothing to listen to": (["listen", "support"], 1, "none of these mailboxes has type = lmtp"),
    "an unknown mailbox to poll": (["poll", "attic"], 1, "There is no mailbox attic"),
    "unknown command": (["fly"], 2, "fly"),
}


@pytest.mark.parametrize(("args", "code", "told"), WRONG.values(), ids=WRONG.keys())
def test_what_goes_wrong_says_what_to_do_without_a_traceback(
    args: list[str], code: int, told: str, intake: Run
) -> None:
    result = intake(*args, code=code)
    assert told in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.usefixtures("one")
def test_a_disabled_agent_acts_no_more(intake: Run) -> None:
    intake("agent", "disable", "anna@desk.example")
    result = intake("ticket", "reply", "1", "--text", "x", "--as", "anna@desk.example", code=1)
    assert "no enabled agent" in result.stderr


@pytest.mark.usefixtures("one")
def test_an_empty_answer_is_none(intake: Run) -> None:
    result = intake("ticket", "reply", "1", "-", "--as", "anna@desk.example", text=" \n", code=1)
    assert "There is no text" in result.stderr


@pytest.mark.usefixtures("one")
def test_links_are_made_void_and_surveys_are_listed(intake: Run) -> None:
    said = intake("ticket", "revoke-link", "1").stdout
    assert "#1: all links were revoked." in said
    ticket = shown(intake("ticket", "show", "1", "--json"))
    assert (2, []) == (ticket["link"], ticket["surveys"])
    assert "revoked by" in ticket["entries"][-1]["text"]
    intake("ticket", "revoke-link", "9", code=1)
    assert "No answers yet." in intake("survey", "list").stdout
    assert [] == shown(intake("survey", "list", "--all", "--json"))
