"""What was hidden by mistake is shown again where an agent says so: in its own ticket, and nowhere else."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from canaries import PHRASE
from pump import Clock, PumpedDesk, letter

from intake.desk import tokens
from intake.desk.effects import MailKind
from intake.desk.ticket import EntryKind
from intake.web.progress import view as progress_of

LIN = "lin@customer.example"
POEM = "password: sunflower77x"
# One word of it is no word of the list: nothing proves it.
DOUBTFUL = "legal winner thank year wave sausage worth useful legal winner thank yelow"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PumpedDesk]:
    made = PumpedDesk(tmp_path, "desk.example", Clock())
    yield made
    made.close()


def reply(desk: PumpedDesk, text: str, ticket: int = 1) -> None:
    """Anna answers a notice of a ticket."""
    desk.clock.later(seconds=30)
    expires = desk.clock.now + timedelta(days=9)
    token = tokens.make(desk.desk.keys[0], tokens.Purpose.AGENT, ticket, 1, expires)
    desk.take(
        letter(f"Anna <{desk.agent}>", tokens.address(desk.address, token), f"Re: {desk.clock.now}", text),
        sender=desk.agent,
    )


def written(desk: PumpedDesk, *kinds: MailKind) -> str:
    """What agents were sent since this was asked last, every part of it."""
    before = len(desk.sent)
    desk.deliver()
    return "\n".join(read(mail.raw) for mail in desk.sent[before:] if mail.kind in kinds)


def read(raw: bytes) -> str:
    mail: Any = message_from_bytes(raw, policy=policy.default)
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return " ".join("\n".join(parts).replace("▎", "").split())


def test_a_notice_names_the_number_that_shows_a_doubtful_find(desk: PumpedDesk) -> None:
    desk.write(LIN, "Help", f"My {POEM} does not work.")
    notice = written(desk, MailKind.NOTICE)
    (row,) = desk.store.finds.list_finds(1)
    assert "sunflower77x" not in notice
    assert f"#unhide {row.id}" in notice


@pytest.mark.parametrize("text", [f"My {POEM} does not work.", f"A poem of mine\n\n{DOUBTFUL}\n\nfor you"])
def test_what_is_no_secret_is_shown_in_every_later_mail_of_its_ticket(text: str, desk: PumpedDesk) -> None:
    desk.write(LIN, "Help", text)
    desk.write("eve@other.example", "Help", text)
    secret = "sunflower77x" if POEM in text else "legal winner thank year"
    assert secret not in written(desk, MailKind.NOTICE)
    (row,) = desk.store.finds.list_finds(1)
    reply(desk, f"#unhide {row.id}")
    assert secret in written(desk, MailKind.ANSWER)
    reply(desk, "#show")
    assert secret in written(desk, MailKind.ANSWER)
    desk.write(LIN, "Re: Help", f"Again: {text}", ticket=1)
    notice = written(desk, MailKind.NOTICE)
    assert 2 <= notice.count(secret)
    # Another ticket has its own word for it.
    reply(desk, "#show", ticket=2)
    assert secret not in written(desk, MailKind.ANSWER)


def test_who_said_so_stands_in_the_history_and_the_audit_and_the_find_is_cleared(desk: PumpedDesk) -> None:
    desk.write(LIN, "Help", f"My {POEM} does not work.")
    (row,) = desk.store.finds.list_finds(1)
    reply(desk, f"#unhide {row.id}")
    events = [entry.text for entry in desk.store.tickets.entries(1) if entry.kind is EntryKind.EVENT]
    assert f"number {row.id} is no secret and will be shown, by Anna" in events
    assert ["cleared"] == [each.state for each in desk.store.finds.list_finds(1)]
    assert (f"#unhide {row.id}", 1) in {(row.what, row.ticket) for row in desk.store.upkeep.list_audit(1)}


@pytest.mark.parametrize(
    ("text", "number", "why"),
    [
        (f"Words {PHRASE}", 1, "it is certain to be a secret"),
        (f"My {POEM} does not work.", 99, "nothing with this number is hidden in this ticket"),
        ("Nothing here.", 0, "nothing is hidden in this ticket that could be shown"),
    ],
    ids=["certain", "no such number", "nothing"],
)
def test_what_must_stay_hidden_is_refused_in_words(
    text: str, number: int, why: str, desk: PumpedDesk
) -> None:
    desk.write(LIN, "Help", text)
    written(desk, MailKind.NOTICE)
    reply(desk, f"#unhide {number or ''}")
    assert why in written(desk, MailKind.ALERT, MailKind.ANSWER)
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert () == ticket.excused


def test_a_find_of_another_ticket_is_refused(desk: PumpedDesk) -> None:
    desk.write(LIN, "Help", f"My {POEM} does not work.")
    desk.write("eve@other.example", "Help", "Please help.")
    reply(desk, "#unhide 1", ticket=2)
    assert "nothing with this number is hidden" in written(desk, MailKind.ALERT, MailKind.ANSWER)


def test_without_a_number_the_doubtful_finds_are_listed_and_no_value(desk: PumpedDesk) -> None:
    desk.write(LIN, "Help", f"My {POEM} does not work.\n\nAnd:\n\n{PHRASE}")
    written(desk, MailKind.NOTICE)
    reply(desk, "#unhide")
    told = written(desk, MailKind.ANSWER)
    doubtful = [row.id for row in desk.store.finds.list_finds(1) if row.confidence != "certain"]
    assert [f"#unhide {number}: [hidden: password]" in told for number in doubtful] == [True]
    assert "sunflower77x" not in told


def test_the_progress_page_shows_what_is_no_secret(desk: PumpedDesk) -> None:
    desk.write(LIN, "Help", f"My {POEM} does not work.")
    reply(desk, "#unhide 1\n\n#reply\nWe are on it.")
    reply(desk, "We are on it.")
    ticket, entries = desk.store.tickets.get(1), desk.store.tickets.entries(1)
    assert ticket is not None
    assert "sunflower77x" in str(progress_of(ticket, entries, True, desk.clock.now))
