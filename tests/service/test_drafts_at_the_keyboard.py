"""Letting out drafts at the command line: what an agent's one-word reply does by mail."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from agent_desk import StrictDesk
from click.testing import CliRunner

from intake.cli import main
from intake.desk import tokens
from intake.desk.ticket import EntryKind, Status
from intake.desk.tokens import Purpose
from intake.store.upkeep.integrity import IntegrityCheck

ANNA = "anna@staff.desk.example"


class Keyboard(StrictDesk):
    """The strict desk, and the command line at its config."""

    def run(self, *args: str, code: int = 0) -> str:
        self.store.close()
        result = CliRunner().invoke(main, ["--config", str(self.config), *args])
        assert code == result.exit_code, result.output
        return result.output

    def relayed(self) -> list[bytes]:
        # The command line's clock is the real one.
        self.clock.now = max(self.clock.now, datetime.now(UTC))
        self.clock.later(minutes=1)
        return super().relayed()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Keyboard]:
    desk = Keyboard(tmp_path, "automatic_per_address_hour = 90")
    yield desk
    desk.close()


def test_a_draft_is_let_out_as_if_it_had_been_proven(desk: Keyboard) -> None:
    desk.take(desk.mail("#close\nUnder the sofa."), sender=ANNA)
    assert (["#close\nUnder the sofa."], []) == (desk.said(EntryKind.DRAFT), desk.relayed())
    said = desk.run("ticket", "confirm", "1", "--as", ANNA)
    assert "is sent in the name of Anna" in said
    (sent,) = desk.relayed()
    assert b"Under the sofa." in sent
    assert b"#close" not in sent
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert Status.CLOSED is ticket.status
    assert ["Under the sofa."] == desk.said(EntryKind.REPLY)
    assert "draft of Anna sent by Anna" in desk.said(EntryKind.EVENT)
    assert {"command line"} == {
        one["authority"].partition(" (uid ")[0]
        for one in json.loads(desk.run("audit", "--ticket", "1", "--json"))
    }
    assert [] == list(IntegrityCheck(desk.store.db, desk.store.blobs).faults())


def test_a_draft_goes_out_once(desk: Keyboard) -> None:
    desk.take(desk.mail("Under the sofa."), sender=ANNA)
    desk.run("ticket", "confirm", "1")
    assert "no pending draft" in desk.run("ticket", "confirm", "1", code=1)
    assert 1 == len(desk.relayed())


def test_of_several_drafts_one_is_named(desk: Keyboard) -> None:
    for text in ("Under the sofa.", "Behind the door."):
        desk.take(desk.mail(text), sender=ANNA)
    first, second = (one.id for one in desk.entries(EntryKind.DRAFT))
    assert f"several pending drafts: {first}, {second}. Give the number of one." in desk.run(
        "ticket", "confirm", "1", code=1
    )
    desk.run("ticket", "confirm", "1", str(second))
    (sent,) = desk.relayed()
    assert b"Behind the door." in sent
    assert f"no pending draft {second}" in desk.run("ticket", "confirm", "1", str(second), code=1)
    assert f"no pending draft {first}" in desk.run("ticket", "confirm", "2", str(first), code=1)


def test_one_that_cannot_be_obeyed_stays_and_says_why(desk: Keyboard) -> None:
    desk.take(desk.mail("#nonsense\nUnder the sofa."), sender=ANNA)
    said = desk.run("ticket", "confirm", "1", code=1)
    assert "nonsense is not a command" in " ".join(said.split())
    assert [] == desk.relayed()
    assert [True] == [one.waiting for one in desk.entries(EntryKind.DRAFT)]


def test_its_files_go_with_it(desk: Keyboard) -> None:
    raw = desk.mail("x").partition(b"MIME-Version")[0] + (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the file.\r\n"
        b"--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nwords\r\n"
        b"--b--\r\n"
    )
    desk.take(raw, sender=ANNA)
    desk.run("ticket", "confirm", "1")
    (sent,) = desk.relayed()
    assert b"a.txt" in sent
    assert ["a.txt"] == [file.name for one in desk.entries(EntryKind.REPLY) for file in one.files]


def test_a_withdrawn_answer_of_the_command_line_is_let_out_again(desk: Keyboard) -> None:
    desk.config.write_text(desk.config.read_text().replace("undo_seconds = 0", "undo_seconds = 60"))
    desk.run("ticket", "reply", "1", "--as", ANNA, "--text", "Under the sofa.")
    desk.run("ticket", "undo", "1")
    assert ["Under the sofa."] == desk.said(EntryKind.DRAFT)
    desk.run("ticket", "confirm", "1")
    desk.relayed()
    assert 1 == len(desk.relayed())
    assert ["Under the sofa."] == desk.said(EntryKind.REPLY)


def test_a_ticket_shows_the_drafts_that_wait(desk: Keyboard) -> None:
    desk.take(desk.mail("Under the sofa."), sender=ANNA)
    (draft,) = desk.entries(EntryKind.DRAFT)
    shown = desk.run("ticket", "show", "1")
    assert f"{draft.id} (`intake ticket confirm 1 {draft.id}` sends one)" in " ".join(shown.split())
    assert f"(draft {draft.id}, awaiting confirmation)" in " ".join(shown.split())
    desk.run("ticket", "confirm", "1")
    assert "let one out" not in (after := desk.run("ticket", "show", "1"))
    assert "awaiting confirmation" not in after
    rows = json.loads(desk.run("ticket", "show", "1", "--json"))["entries"]
    assert {False} == {one["waiting"] for one in rows}


def test_a_command_out_of_its_place_is_let_out_only_when_that_is_said(desk: Keyboard) -> None:
    desk.take(desk.mail("Under the sofa.\n\n#note\nHe is a fraudster."), sender=ANNA)
    said = desk.run("ticket", "confirm", "1", code=1)
    assert "The line “#note” looks like a command." in " ".join(said.split())
    assert [] == desk.relayed()
    desk.run("ticket", "confirm", "1", "--anyway")
    assert 1 == len(desk.relayed())


@pytest.mark.parametrize(
    "text", ["#note\nA fraudster.", "OK.\n\n*#note*\nA fraudster.", "Done.\n#close", "#fly"]
)
@pytest.mark.parametrize(
    "command", [("ticket", "reply", "1"), ("ticket", "new", "eve@elsewhere.example", "--subject", "Coins")]
)
def test_a_text_of_the_keyboard_with_a_command_in_it_stays_here(
    desk: Keyboard, command: tuple[str, ...], text: str
) -> None:
    said = desk.run(*command, "--as", ANNA, "--text", text, code=1)
    assert "looks like a command, but a text is sent as it is" in " ".join(said.split())
    assert ([], [], None) == (desk.said(EntryKind.REPLY), desk.relayed(), desk.store.tickets.get(3))


def test_the_status_counts_the_drafts_that_wait(desk: Keyboard) -> None:
    desk.clock.now = datetime.now(UTC)
    for text in ("Under the sofa.", "Behind the door."):
        desk.take(desk.mail(text), sender=ANNA)
    shown = " ".join(desk.run("status").split())
    assert "2 Drafts not sent yet" in shown
    assert "been waiting for more than a day" not in shown
    told = json.loads(desk.run("status", "--json"))
    assert 2 == told["counts"]["drafts"]
    for one in desk.entries(EntryKind.DRAFT):
        desk.run("ticket", "confirm", "1", str(one.id))
    assert "0 Drafts not sent yet" in " ".join(desk.run("status").split())


def test_the_status_warns_of_drafts_that_have_waited_for_a_day(desk: Keyboard) -> None:
    desk.clock.now = datetime.now(UTC) - timedelta(hours=25)
    for text in ("Under the sofa.", "Behind the door."):
        desk.take(desk.mail(text), sender=ANNA)
    warning = "2 drafts have been waiting for more than a day in #1: not sent"
    assert warning in " ".join(desk.run("status").split())
    assert warning in [row["what"] for row in json.loads(desk.run("status", "--json"))["warnings"]]
    shown = " ".join(desk.run("ticket", "drafts").split())
    assert "Under the sofa." in shown
    assert "Behind the door." in shown
    rows = json.loads(desk.run("ticket", "drafts", "--agent", ANNA, "--json"))
    assert [("Anna", 1, "Under the sofa.")] == [
        (row["agent"], row["ticket"], row["text"]) for row in rows[:1]
    ]


def test_drafts_of_nobody_are_none(desk: Keyboard) -> None:
    assert "No drafts waiting." in desk.run("ticket", "drafts")


@pytest.mark.parametrize(
    ("text", "options", "kept"),
    [
        ("I know this wallet: a fraud.", (), "I know this wallet: a fraud."),
        ("#draft\nI know this wallet: a fraud.", (), "I know this wallet: a fraud."),
        ("@anna look.\nA fraud.", ("--anyway",), "@anna look.\nA fraud."),
        ("A fraud.\n\n#close", ("--anyway",), "A fraud.\n\n#close"),
    ],
)
def test_a_draft_that_answers_a_colleague_is_a_note_and_never_the_customers(
    desk: Keyboard, text: str, options: tuple[str, ...], kept: str
) -> None:
    asked = tokens.make(desk.desk.keys[0], Purpose.AGENT, 1, 1, desk.clock.now + timedelta(days=9), note=True)
    desk.take(desk.mail(text, to=desk.to(asked)), sender=ANNA)
    said = desk.run("ticket", "confirm", "1", *options)
    assert "is kept as an internal note of Anna" in " ".join(said.split())
    assert ([], [], [kept]) == (desk.relayed(), desk.said(EntryKind.REPLY), desk.said(EntryKind.NOTE))


def test_a_draft_that_answers_a_colleague_and_says_reply_is_the_customers(desk: Keyboard) -> None:
    asked = tokens.make(desk.desk.keys[0], Purpose.AGENT, 1, 1, desk.clock.now + timedelta(days=9), note=True)
    desk.take(desk.mail("#reply\nUnder the sofa.", to=desk.to(asked)), sender=ANNA)
    assert "is sent in the name of Anna" in desk.run("ticket", "confirm", "1")
    assert 1 == len(desk.relayed())


def test_what_was_written_to_somebody_else_is_let_out_only_when_that_is_said(desk: Keyboard) -> None:
    raw = desk.mail("Is she suspected?", to="paul@partner.example").replace(
        b"Subject:", f"Cc: {desk.to()}\r\nSubject:".encode(), 1
    )
    desk.take(raw, sender=ANNA)
    said = " ".join(desk.run("ticket", "confirm", "1", code=1).split())
    assert "It is addressed to paul@partner.example, with this desk in copy" in said
    assert "--anyway" in said
    assert [] == desk.relayed()
    desk.run("ticket", "confirm", "1", "--anyway")
    assert 1 == len(desk.relayed())


def test_what_was_written_to_two_tickets_is_let_out_only_when_that_is_said(desk: Keyboard) -> None:
    both = f"{desk.to()}, {desk.to(desk.token(ticket=2))}"
    desk.take(desk.mail("Under the sofa.", to=both), sender=ANNA)
    said = " ".join(desk.run("ticket", "confirm", "1", code=1).split())
    assert "It was written to several tickets" in said
    desk.run("ticket", "confirm", "1", "--anyway")
    assert 1 == len(desk.relayed())


@pytest.mark.parametrize("asked", ["Under the sofa.", "#draft\nUnder the sofa."])
def test_what_a_colleague_answered_meanwhile_is_let_out_only_when_that_is_said(
    desk: Keyboard, asked: str
) -> None:
    desk.store.agents.add("wei@staff.desk.example", "Wei", (), desk.clock())
    desk.take(desk.mail(asked), sender=ANNA)
    desk.clock.later(minutes=1)
    desk.run("ticket", "reply", "1", "--as", "wei@staff.desk.example", "--text", "Behind the door.")
    draft = str(desk.entries(EntryKind.DRAFT)[0].id)
    said = " ".join(desk.run("ticket", "confirm", "1", draft, code=1).split())
    assert ("Wei has already replied" in said, "--anyway" in said) == (True, True)
    desk.run("ticket", "confirm", "1", draft, "--anyway")
    assert ["Behind the door.", "Under the sofa."] == desk.said(EntryKind.REPLY)


def test_a_withdrawn_answer_of_the_keyboard_asks_about_what_a_colleague_answered_since(
    desk: Keyboard,
) -> None:
    desk.config.write_text(desk.config.read_text().replace("undo_seconds = 0", "undo_seconds = 60"))
    desk.store.agents.add("wei@staff.desk.example", "Wei", (), desk.clock())
    desk.run("ticket", "reply", "1", "--as", ANNA, "--text", "Under the sofa.")
    desk.run("ticket", "undo", "1")
    desk.run("ticket", "reply", "1", "--as", "wei@staff.desk.example", "--text", "Behind the door.")
    said = " ".join(desk.run("ticket", "confirm", "1", code=1).split())
    assert "Wei has already replied" in said
    desk.run("ticket", "confirm", "1", "--anyway")
    assert {"Behind the door.", "Under the sofa."} == set(desk.said(EntryKind.REPLY))
