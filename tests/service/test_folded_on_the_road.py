"""What is folded leaves a trace wherever the rest is shown to agents, and a way to see it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from desk_mail import MailDesk, text_of, words_of

from intake.cli import main
from intake.desk.effects import MailKind
from intake.desk.ticket import EntryKind

SEED = "legal winner thank year wave sausage worth useful legal winner thank yellow"
OURS = "Which model do you have?\nWe have two of them in the shop."
ANSWER = (
    "The small one.\n\nOn Thu, Jan 1, 2026 at 9:00 AM Anna (Desk) <help@desk.example> wrote:\n\n"
    "> Which model do you have?\n> We have two of them in the shop.\n"
)
TRACE = "3 more lines (quoted text or signature) are not shown. Reply #full to see everything."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    """Lin has answered Anna, with all of Anna's mail below."""
    desk = MailDesk(tmp_path)
    desk.reply(OURS)
    (relay,) = desk.out(MailKind.RELAY)
    desk.answer(relay, ANSWER, "lin@customer.example")
    yield desk
    desk.close()


def answer_to(desk: MailDesk, ask: str) -> str:
    desk.out()
    desk.reply(ask)
    (answer,) = desk.out(MailKind.ANSWER)
    return text_of(answer)


def shown(desk: MailDesk, *more: str) -> str:
    return CliRunner().invoke(main, ["--config", str(desk.config), "ticket", "show", "1", *more]).stdout


def test_a_notification_says_how_much_is_folded_and_how_to_see_it(desk: MailDesk) -> None:
    (notice,) = desk.out(MailKind.NOTICE)
    assert "We have two" not in text_of(notice).partition("Conversation so far")[0]
    assert TRACE in words_of(notice)


def test_a_notification_of_all_that_was_written_says_nothing(desk: MailDesk) -> None:
    desk.out()
    desk.customer("Thank you.")
    (notice,) = desk.out(MailKind.NOTICE)
    assert "more line" not in text_of(notice)


def test_show_says_it_and_full_shows_it(desk: MailDesk) -> None:
    show, full = answer_to(desk, "#show 1"), answer_to(desk, "#full")
    assert "  The small one.\n  [3 more lines: #full 1]\n" in show
    assert "> We have two" not in show
    assert "  > Which model do you have?\n  > We have two of them in the shop.\n" in full
    assert "more line" not in full
    # Asking is no answer: Lin gets nothing, and has not been answered again.
    assert 1 == len(desk.said(EntryKind.REPLY))
    desk.command("#full 1")
    (answer,) = desk.out(MailKind.ANSWER)
    assert "  > Which model do you have?" in text_of(answer)


@pytest.mark.parametrize(("ask", "why"), [("#full", "needs the number"), ("#full 99", "no ticket #99")])
def test_full_without_a_ticket_says_what_it_needs(desk: MailDesk, ask: str, why: str) -> None:
    desk.out()
    desk.command(ask)
    (alert,) = desk.out(MailKind.ALERT)
    assert why in words_of(alert)


def test_what_does_not_fit_into_the_answer_is_folded_in_it(desk: MailDesk) -> None:
    for number in range(6):
        lines = "".join(f"> number {number}, line {line} of a log\n" for line in range(1200))
        desk.customer(f"Log {number}\n\n-- \nLin {number}\n{lines}")
    full = answer_to(desk, "#full")
    assert "number 5, line 1199" in full
    assert "number 0, line 1199" not in full
    assert len(full) < 300_000


def test_the_command_line_says_it_and_full_shows_it(desk: MailDesk) -> None:
    assert "[3 more lines: --full]" in shown(desk)
    assert "> We have two" not in shown(desk)
    assert "> We have two" in shown(desk, "--full")
    assert "more line" not in shown(desk, "--full")


def test_a_note_in_a_reply_says_it_to_whoever_gets_it(desk: MailDesk) -> None:
    desk.store.agents.add("wei@staff.desk.example", "Wei", (), desk.clock())
    desk.reply("#assign Wei")
    desk.out()
    desk.reply(
        "#note\nHe means it.\n\nOn Thu, Jan 1, 2026 at 9:00 AM Desk <help@desk.example> wrote:\n> Hi\n"
    )
    (note,) = desk.out(MailKind.NOTICE)
    assert "He means it." in text_of(note)
    # The introduction and the quote; what is a command is not hidden.
    assert "2 more lines" in text_of(note)


def test_a_secret_stays_hidden_in_what_is_unfolded(desk: MailDesk) -> None:
    desk.customer(f"Is this right?\n\n-- \nLin\n{SEED}\n")
    assert "winner" not in answer_to(desk, "#full")
    assert "winner" not in shown(desk, "--full")


def test_what_an_agent_wrote_above_a_forward_is_a_note_and_not_the_customers_text(desk: MailDesk) -> None:
    desk.mail(
        f"Anna <{desk.agent}>",
        desk.address,
        "A difficult person, careful.\n\n---------- Forwarded message ---------\n"
        "From: Eve <eve@elsewhere.example>\nDate: Mon, Jan 5, 2026 at 9:00 AM\nSubject: Refund\n"
        "To: <anna@staff.desk.example>\n\nI want my money back.\n\n> Hello Eve,\n> it is late.\n",
        "Fwd: Refund",
    )
    kinds = {entry.kind: entry for entry in desk.store.tickets.entries(2)}
    assert "difficult" not in kinds[EntryKind.CUSTOMER].full_text
    assert "I want my money back." in kinds[EntryKind.CUSTOMER].full_text
    assert "difficult" in kinds[EntryKind.NOTE].full_text
