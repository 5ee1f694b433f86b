"""An agent corrects a language: the ticket's mails, and its requester's next tickets, are in it."""

import json
from email import message_from_bytes
from pathlib import Path

from pump import letter

LIN = "lin@customer.example"


def spoken(intake, number: int) -> str:
    return str(json.loads(intake("ticket", "show", str(number), "--json").stdout)["language"])


def test_a_corrected_language_holds_for_the_ticket_and_the_person(intake, tmp_path: Path) -> None:
    def write(name: str, subject: str, text: str) -> None:
        (tmp_path / name).write_bytes(letter(LIN, "help@desk.example", subject, text))
        intake("ingest", str(tmp_path / name))

    write("one", "TRC20 USDT", "OK 12345")
    assert "en" == spoken(intake, 1)
    assert "Ticket 1 is now in zh-Hant" in intake("ticket", "language", "1", "zh-TW").output
    assert "zh-Hant" == spoken(intake, 1)
    assert "already" in intake("ticket", "language", "1", "yue").output
    assert "language changed from en to zh-Hant by " in intake("ticket", "show", "1").output

    write("two", "USDT again", "please help me with my wallet")
    assert "zh-Hant" == spoken(intake, 2)
    intake("ticket", "close", "2")
    newest = json.loads(intake("outbox", "list", "--json").stdout)[0]
    raw = intake("outbox", "show", str(newest["id"]), "--raw").stdout_bytes
    assert "zh-Hant" == message_from_bytes(raw)["Content-Language"]


def test_a_language_nobody_writes_is_refused(intake, mail) -> None:
    intake("ingest", str(mail()))
    assert (
        "No templates for 'fi'. Available: en, zh-Hans"
        in intake("ticket", "language", "1", "fi", code=1).output
    )
    assert "There is no ticket 7" in intake("ticket", "language", "7", "de", code=1).output
    assert "zh-Hans" == spoken(intake, 1)


def test_who_is_waited_for_is_told_and_told_again(intake, mail) -> None:
    intake("ingest", str(mail()))
    assert "is pending; its requester was notified" in intake("ticket", "wait", "1").output
    assert "was notified" in intake("ticket", "wait", "1").output
    assert "pending" == json.loads(intake("ticket", "show", "1", "--json").stdout)["status"]
    mails = json.loads(intake("outbox", "list", "--json").stdout)
    assert 2 == sum(row["kind"] == "status" for row in mails)
    intake("ticket", "close", "1")
    assert "is closed" in intake("ticket", "wait", "1", code=1).output


def test_what_the_config_leaves_out_is_not_told(intake, mail, config: Path) -> None:
    config.write_text(config.read_text().replace("[desk]\n", "[desk]\nstatus_mails = resolved\n"))
    intake("ingest", str(mail()))
    assert "was not notified" in intake("ticket", "wait", "1").output
    intake("ticket", "close", "1")
    mails = json.loads(intake("outbox", "list", "--json").stdout)
    assert 1 == sum(row["kind"] == "status" for row in mails)
