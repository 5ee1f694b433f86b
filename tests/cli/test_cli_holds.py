"""`intake hold …` and `intake incident …` at the keyboard, and holds through a backup and a restore."""

import json

from command_line import Run

ANNA, LIN = "anna@desk.example", "lin@customer.example"
# What a second person must agree to, done without one.
ALONE = ("--reason", "the court said so", "--break-glass")


def test_what_is_held_stays_through_a_redaction_an_erasure_and_a_restore(
    intake: Run, mail, config, tmp_path
) -> None:
    intake("agent", "add", ANNA, "--name", "Anna")
    intake("ingest", str(mail()))
    address = json.loads(intake("ticket", "show", "1", "--json").stdout)["requester"]["mailbox"]
    intake("hold", "add", "1", "--reason", "theft", "--for", "Police, 12/26", "--as", ANNA)
    (row,) = json.loads(intake("hold", "list", "--json").stdout)
    assert ("theft", "Police, 12/26", 1, "held") == (
        row["reason"],
        row["authority"],
        row["ticket"],
        row["state"],
    )
    assert "theft" in intake("ticket", "redact", "1", "printer", "--as", ANNA, code=1).output
    asked = intake("erase", address, "--yes", "--reason", "they asked", "--as", ANNA, code=75).output
    assert "This is act 1: erase-held" in " ".join(asked.split())
    said = intake("erase", address, "--yes", *ALONE).stdout
    assert "Erased 0 tickets" in said
    assert "1 ticket and 1 message of theirs stay: held by hold 1 (theft)" in said
    intake("backup", str(tmp_path / "kept"))
    assert "act 3: lift" in intake("hold", "lift", "1", "--reason", "it is over", code=75).output
    assert "theft" in intake("hold", "list").stdout
    intake("hold", "lift", "1", "--as", ANNA, *ALONE)
    assert "Nothing is held." in intake("hold", "list").stdout
    assert "1 ticket" in intake("erase", address, "--yes").stdout
    (config.parent / "data").rename(tmp_path / "old")
    intake("restore", str(tmp_path / "kept"))
    assert "1 ticket and 1 message of theirs stay" in intake("erase", address, "--yes", *ALONE).stdout
    assert "held ticket #1" in intake("audit", "list", "--ticket", "1").stdout


def test_what_is_no_hold_is_refused(intake: Run) -> None:
    intake("hold", "add", "7", "--reason", "theft", code=1)
    intake("hold", "add", "lin", "--reason", "theft", code=2)
    intake("hold", "add", LIN, "--reason", " ", code=2)
    intake("hold", "add", LIN, "--reason", "theft", "--until", "2020-01-01", code=2)
    intake("hold", "lift", "3", "--reason", "over", code=1)
    intake("hold", "lift", "1", "--reason", " ", code=1)
    intake("hold", "add", LIN, "--reason", "theft", "--until", "2100-01-01")
    assert LIN in intake("hold", "list").stdout
    # The audit outlives an erasure, and names nobody.
    assert LIN not in intake("audit", "list").stdout


def test_an_incident_is_started_worked_off_and_ended_and_its_hold_stays(intake: Run, mail) -> None:
    intake("agent", "add", ANNA, "--name", "Anna")
    intake("ingest", str(mail()))
    assert "There is no incident." in intake("incident", "list").stdout
    intake("incident", "show", "1", code=1)
    intake("incident", "start", "1", "stolen", "--as", ANNA)
    assert "an incident (stolen) goes on" in intake("incident", "start", "1", "leak", code=1).output.lower()
    intake("incident", "step", "1", "wallet", "--as", ANNA)
    intake("incident", "step", "1", "police", "no", "they report it", "--as", ANNA)
    intake("incident", "step", "1", "fly", code=1)
    intake("incident", "step", "1", "revoke", "no", code=2)
    listed = intake("incident", "list").stdout
    assert "revoke, trace, exchanges" in listed
    assert "they report it" in intake("incident", "show", "1").stdout
    intake("incident", "end", "1", "--as", ANNA)
    assert "There is no incident." in intake("incident", "list").stdout
    assert "ended" in intake("incident", "list", "--all").stdout
    assert "incident (stolen)" in intake("hold", "list").stdout
