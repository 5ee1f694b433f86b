"""What agents do by mail, done at the command line: the same effects, and the same entries in the audit."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from command_line import Run

from intake.app import build
from intake.config.settings import load
from intake.desk.tokens import Purpose, in_addresses

Write = Callable[..., Path]
ANNA = ["--as", "anna@desk.example"]
SEED = "legal winner thank year wave sausage worth useful legal winner thank yellow"


def shown(result: Result) -> Any:
    return json.loads(result.stdout)


def ticket(intake: Run, number: int = 1) -> Any:
    return shown(intake("ticket", "show", str(number), "--json"))


@pytest.fixture
def two(intake: Run, mail: Write, config: Path) -> None:
    """One agent, and two tickets of one requester."""
    canned = config.parent / "canned"
    canned.mkdir()
    (canned / "refund.txt").write_text("Dear {name}, #{number} is paid back. {agent}\n", encoding="utf-8")
    text = config.read_text(encoding="utf-8")
    more = "[desk]\ncanned = canned\ncommand_address = desk@desk.example\n"
    config.write_text(text.replace("[desk]\n", more), encoding="utf-8")
    intake("agent", "add", "anna@desk.example", "--name", "Anna", "--team", "printers")
    intake("ingest", str(mail()))
    intake("ingest", str(mail(subject="It smokes", body="It smokes, too.", name="two")))


DONE = {
    "mine": (["mine", "1", *ANNA], lambda t: t["assignee"]["name"], "Anna"),
    "priority": (["priority", "1", "high"], lambda t: t["priority"], "high"),
    "priority in Chinese": (["priority", "1", "紧急"], lambda t: t["priority"], "urgent"),
    "tag": (["tag", "1", "vip", "-old", "b"], lambda t: t["tags"], ["vip", "b"]),
    "snooze": (["snooze", "1", "tomorrow", "9:00"], lambda t: t["snoozed_until"] is not None, True),
    "merge": (["merge", "1", "2"], lambda t: (t["merged_into"], t["status"]), (2, "closed")),
    "link": (["link", "1", "2"], lambda t: t["links"], [2]),
    "cc": (["cc", "1", "add", "eve@x.example"], lambda t: t["participants"], ["eve@x.example"]),
    "subject": (["subject", "1", "The", "printer"], lambda t: t["subject"], "The printer"),
    "escalate": (["escalate", "1", "it burns"], lambda t: t["priority"], "urgent"),
    "spam": (["spam", "1"], lambda t: (t["spam"], t["status"]), (True, "spam")),
    "survey": (["survey", "1", "off"], lambda t: t["survey_off"], True),
    "language": (["language", "1", "en"], lambda t: t["language"], "en"),
    "canned": (["canned", "1", "refund", *ANNA], lambda t: t["status"], "pending"),
    "close": (["close", "1"], lambda t: t["status"], "closed"),
}


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(("args", "look", "expected"), DONE.values(), ids=DONE.keys())
def test_a_command_is_done_and_recorded(
    intake: Run, args: list[str], look: Callable[[Any], Any], expected: Any
) -> None:
    intake("ticket", *args)
    found = look(ticket(intake))
    assert expected == (tuple(found) if isinstance(expected, tuple) else found)
    rows = shown(intake("audit", "--ticket", "1", "--json"))
    assert any(row["authority"].startswith("command line (uid ") and args[0] in row["what"] for row in rows)
    if ANNA[1] in args:
        assert "Anna" in {row["who"] for row in rows}


@pytest.mark.usefixtures("two")
def test_a_split_opens_a_ticket_of_its_own(intake: Run) -> None:
    intake("ticket", "split", "1", "The second question")
    new = ticket(intake, 3)
    assert ("The second question", "wang@customer.example", 1) == (
        new["subject"],
        new["requester"]["mailbox"],
        new["related"],
    )
    assert "您好，打印机坏了。" == new["entries"][0]["text"]


@pytest.mark.usefixtures("two")
def test_a_merge_is_shown_and_undone_by_reopening(intake: Run) -> None:
    intake("ticket", "merge", "1", "2")
    assert "Merged into" in intake("ticket", "show", "1").stdout
    assert "#1" in intake("ticket", "show", "2").stdout
    intake("ticket", "reopen", "1")
    assert (None, "open") == (ticket(intake)["merged_into"], ticket(intake)["status"])


@pytest.mark.usefixtures("two")
def test_a_redaction_leaves_nothing_of_it_in_the_files(intake: Run, mail: Write, config: Path) -> None:
    intake("ingest", str(mail(subject="seed", body=f"My words are {SEED}", name="seed")))
    needle = b"sausage worth useful"
    assert any(needle in one.read_bytes() for one in (config.parent / "data").rglob("*") if one.is_file())
    intake("ticket", "redact", "3")
    assert "[redacted: seed phrase]" in intake("ticket", "show", "3").stdout
    assert [] == [
        one.name
        for one in (config.parent / "data").rglob("*")
        if one.is_file() and needle in one.read_bytes()
    ]
    assert 0 == intake("fsck").exit_code


@pytest.mark.usefixtures("two")
def test_a_text_to_redact_is_not_written_into_the_audit(intake: Run) -> None:
    intake("ticket", "note", "1", "--text", "the word is hunter2")
    intake("ticket", "redact", "1", "hunter2")
    assert "hunter2" not in intake("audit", "--json").stdout
    assert "hunter2" not in intake("ticket", "show", "1", "--full").stdout


@pytest.mark.usefixtures("two")
def test_search_todo_and_next(intake: Run) -> None:
    assert [2] == [
        row["id"] for row in shown(intake("ticket", "search", "smokes", "wang@customer", "--json"))
    ]
    assert "No tickets." in intake("ticket", "todo", "mine", *ANNA).stdout
    intake("ticket", "mine", "2", *ANNA)
    assert [2] == [row["id"] for row in shown(intake("ticket", "todo", *ANNA, "--json"))]
    assert {1, 2} == {row["id"] for row in shown(intake("ticket", "todo", "team", "--json"))}
    assert "It smokes, too." in intake("ticket", "next", *ANNA).stdout


@pytest.mark.usefixtures("two")
def test_a_new_ticket_is_our_first_mail(intake: Run) -> None:
    said = intake(
        "ticket", "new", "Eve@X.example", "--subject", "Your order", "--text", "Dear Eve, it is here.", *ANNA
    ).stdout
    assert "Ticket #3 is open" in said
    new = ticket(intake, 3)
    assert ("Your order", "Eve@x.example", "pending") == (
        new["subject"],
        new["requester"]["mailbox"],
        new["status"],
    )
    mails = {
        (row["kind"], row["rcpt"]) for row in shown(intake("outbox", "list", "--json")) if row["ticket"] == 3
    }
    assert {("relay", "Eve@x.example"), ("answer", "anna@desk.example")} == mails


@pytest.mark.usefixtures("two")
def test_an_agents_own_address_is_printed_and_mailed(intake: Run, config: Path) -> None:
    printed = intake("agent", "address", "anna@desk.example").stdout.strip()
    desk = build(load(config))
    token = in_addresses(desk.keys, [printed], desk.service.clock())
    desk.store.close()
    assert (Purpose.COMMAND, 1) == (token.purpose, token.person)
    before = len(shown(intake("outbox", "list", "--json")))
    intake("agent", "address", "anna@desk.example", "--send")
    rows = shown(intake("outbox", "list", "--json"))
    assert (before + 1, "answer", None) == (len(rows), rows[0]["kind"], rows[0]["ticket"])
    said = [row["what"] for row in shown(intake("audit", "--json"))]
    assert any("command address" in one for one in said)


REFUSED = {
    "a merge of nothing": (["merge", "1", "9"], 1, "there is no ticket #9"),
    "a merge with itself": (["merge", "1", "1"], 1, "is this ticket"),
    "not a number": (["merge", "1", "x"], 2, "needs the number of a ticket"),
    "no priority": (["priority", "1", "big"], 2, "urgent, high, normal, low"),
    "no moment": (["snooze", "1", "yesterday"], 1, "is not a date or time within a year"),
    "nobody takes it": (["mine", "1"], 2, "no agent given"),
    "nobody sends it": (["canned", "1", "refund"], 2, "No agent given"),
    "no such answer": (["canned", "1", "nothing", *ANNA], 1, "Available: refund"),
    "no such ticket": (["spam", "9"], 1, "There is no ticket #9"),
    "the desk itself": (["cc", "1", "add", "help@desk.example"], 1, "is an address of this desk"),
    "nobody in particular": (["cc", "1", "add", "eve"], 2, "needs an email address"),
    "a letter to the desk": (
        ["new", "help@desk.example", "--subject", "x", "--text", "x", *ANNA],
        2,
        "an address of this desk",
    ),
}


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(("args", "code", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused_says_why_and_changes_nothing(
    intake: Run, args: list[str], code: int, told: str
) -> None:
    before = ticket(intake)
    assert told.lower() in " ".join(intake("ticket", *args, code=code).stderr.split()).lower()
    assert before == ticket(intake)


def test_canned_answers_that_cannot_be_read_are_named(intake: Run, config: Path) -> None:
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[desk]\n", "[desk]\ncanned = nowhere\n"), encoding="utf-8")
    assert "There is no folder" in intake("ticket", "list", code=1).stderr


def test_a_reply_that_nobody_would_get_is_refused_until_somebody_is_there(
    two: None, intake: Run, mail: Write
) -> None:
    nobody = mail(subject="Contact form", name="three")
    nobody.write_bytes(nobody.read_bytes().replace(b"wang@customer.example", b"help@desk.example"))
    intake("ingest", str(nobody))
    reply = ["ticket", "reply", "3", "--text", "It is paid back.", *ANNA]
    assert "`intake ticket cc 3 add ADDRESS`" in intake(*reply, code=1).stderr
    intake("ticket", "canned", "3", "refund", *ANNA, code=1)
    assert [] == [one for one in ticket(intake, 3)["entries"] if one["kind"] == "reply"]
    intake("ticket", "cc", "3", "add", "eve@x.example")
    intake(*reply)
    assert ["It is paid back."] == [
        one["text"] for one in ticket(intake, 3)["entries"] if one["kind"] == "reply"
    ]
