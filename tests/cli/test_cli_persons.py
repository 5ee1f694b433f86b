"""`intake person …`: a person's card and the notes about them, at the keyboard."""

import json

from command_line import Run


def test_a_note_is_kept_shown_and_removed(intake: Run) -> None:
    intake("agent", "add", "anna@desk.example", "--name", "Anna")
    intake(
        "person", "note", "Lin <lin@customer.example>", "Prefers to be called.", "--as", "anna@desk.example"
    )
    shown = intake("person", "show", "LIN@customer.example").stdout
    assert "1: Prefers to be called. (Anna, " in shown
    (note,) = json.loads(intake("person", "show", "lin@customer.example", "--json").stdout)["notes"]
    assert ("Anna", "Prefers to be called.") == (note["by"], note["text"])
    # The audit outlives an erasure, and names neither.
    audit = intake("audit").stdout
    assert "#person note" in audit
    assert "called" not in audit
    intake("person", "forget", "lin@customer.example", "1")
    assert "Prefers" not in intake("person", "show", "lin@customer.example").stdout


def test_what_is_no_note_is_refused(intake: Run) -> None:
    assert "There is no note 7" in intake("person", "forget", "lin@customer.example", "7", code=1).output
    intake("person", "note", "lin@customer.example", " ", code=2)
    intake("person", "note", "lin@customer.example", "x" * 501, code=2)
    intake("person", "show", "lin", code=2)


def test_notes_are_erased_with_the_person(intake: Run) -> None:
    intake("person", "note", "lin@customer.example", "Prefers to be called.")
    intake("erase", "lin@customer.example", "--yes")
    assert "Prefers" not in intake("person", "show", "lin@customer.example").stdout
