"""A failure while composing is not a failure of the decision: the ticket is there, and a person is told."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from pathlib import Path

import pytest
from desk_mail import LIN, MailDesk, words_of
from jinja2 import FileSystemLoader

from intake import app
from intake.desk import lifecycle
from intake.desk.effects import Mail, MailKind, Outcome, Outgoing
from intake.desk.ticket import EntryKind, Ticket
from intake.ports import Temporary, UserError
from intake.rendering import templates
from intake.rendering.templates import renderer
from intake.service.troubles import Teller
from intake.store.upkeep.integrity import IntegrityCheck

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
ACKNOWLEDGEMENT = "mail/acknowledgement.j2"
# What is wrong in a template, as its text; None: the file is gone.
MISTAKES = {
    "a block that is missing": "{{ self.nowhere() }}",
    "an exception": "{{ 1 // 0 }}",
    "a value that is not there": "{{ nickname }}",
    "what is no template": "{% for %}",
    "a file that is gone": None,
}


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The shipped templates, in a folder where they can be spoilt."""
    folder = tmp_path / "shipped"
    shutil.copytree(TEMPLATES, folder)
    monkeypatch.setattr(templates, "PackageLoader", lambda *_: FileSystemLoader(folder))
    renderer.cache_clear()
    yield folder
    renderer.cache_clear()


@pytest.fixture
def desk_of(tmp_path: Path) -> Iterator[Callable[[], MailDesk]]:
    made: list[MailDesk] = []

    def make() -> MailDesk:
        own = tmp_path / "desk" / "own"
        own.mkdir(parents=True, exist_ok=True)
        made.append(MailDesk(tmp_path / "desk", f"admin = root@desk.example\ntemplates = {own}"))
        return made[-1]

    yield make
    for one in made:
        one.close()


def spoil(folder: Path, mistake: str | None) -> None:
    path = folder / ACKNOWLEDGEMENT
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    if mistake is not None:
        path.write_text(mistake, encoding="utf-8")


def told(desk: MailDesk) -> list[str]:
    """What the admin was told by mail of what goes wrong."""
    rows = [one for one in desk.store.outbox.list_mails(limit=100) if one.rcpt == "root@desk.example"]
    mails = [message_from_bytes(desk.store.outbox.raw(one.id) or b"") for one in rows]
    return [" ".join(one.get_payload(decode=True).decode().split()) for one in mails]


def owed(desk: MailDesk, ticket: int) -> list[str]:
    return sorted(one.kind for one in desk.store.outbox.list_mails(limit=100) if one.ticket == ticket)


@pytest.mark.parametrize("mistake", [one for one in MISTAKES if MISTAKES[one] is not None])
def test_behind_an_admins_template_stands_the_shipped_one(
    desk_of: Callable[[], MailDesk], tmp_path: Path, mistake: str
) -> None:
    spoil(tmp_path / "desk" / "own", MISTAKES[mistake])
    renderer.cache_clear()
    desk = desk_of()
    app.tell_mistakes(desk.desk)
    assert (Outcome.TICKETED, "new_ticket") == desk.outcome()
    assert ["acknowledgement", "notice"] == owed(desk, 1)
    (said,) = told(desk)
    assert f"the shipped one is used instead. {ACKNOWLEDGEMENT}" in said


@pytest.mark.parametrize("mistake", MISTAKES)
def test_where_the_shipped_one_fails_too_the_ticket_is_there_and_a_person_is_told(
    desk_of: Callable[[], MailDesk], shipped: Path, mistake: str
) -> None:
    spoil(shipped, MISTAKES[mistake])
    desk = desk_of()
    assert (Outcome.TICKETED, "new_ticket") == desk.outcome()
    assert ["notice"] == owed(desk, 1)
    (event,) = [one for one in desk.said(EntryKind.EVENT) if "could not be created" in one]
    assert f"acknowledgement to {LIN}" in event
    desk.mail("bob@customer.example", desk.address, "Mine too.", "Another matter")
    assert ["notice"] == owed(desk, 2)
    (said,) = told(desk)
    assert "An email could not be created and is not sent: the acknowledgement of ticket 1" in said
    assert ["unwritten mails"] == [one.key for one in desk.store.troubles.current(desk.clock())]
    assert [] == list(IntegrityCheck(desk.store.db, desk.store.blobs).faults())


def test_when_no_mail_at_all_can_be_made_every_message_is_decided_all_the_same(
    desk_of: Callable[[], MailDesk], shipped: Path
) -> None:
    desk = desk_of()
    (shipped / "mail" / "letter.txt.j2").unlink()
    renderer.cache_clear()
    for word in ("bread", "milk"):
        desk.mail(f"{word}@customer.example", desk.address, f"My {word}.", word)
    assert {Outcome.TICKETED} == {one.outcome for one in desk.store.ledger.list_messages()}
    assert ([], []) == (owed(desk, 2), owed(desk, 3))
    for ticket in (2, 3):
        (event,) = [one for one in desk.said(EntryKind.EVENT, ticket) if "could not be created" in one]
        assert "acknowledgement to" in event
        assert f"notice to {desk.agent}" in event
    # This mail is made by hand, and needs no template.
    assert 1 == len(told(desk))


def failing(desk: MailDesk, kind: MailKind, err: BaseException) -> Callable[[], None]:
    """From now on no mail of this kind can be made; returns what ends that."""
    whole = desk.service.compose

    def fails(mail: Mail, ticket: Ticket, now: datetime) -> Outgoing | None:
        if mail.kind is kind:
            raise err
        return whole(mail, ticket, now)

    desk.service = replace(desk.service, compose=fails)

    def mended() -> None:
        desk.service = replace(desk.service, compose=whole)

    return mended


def test_an_answer_of_which_no_mail_can_be_made_is_a_draft_that_its_agent_lets_out_later(
    desk_of: Callable[[], MailDesk],
) -> None:
    desk = desk_of()
    mended = failing(desk, MailKind.RELAY, KeyError("said"))
    desk.reply("#close\nUnder the sofa.")
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert ("new", []) == (ticket.status.value, desk.said(EntryKind.REPLY))
    (asked,) = desk.out()
    assert (MailKind.ALERT, desk.agent) == (asked.kind, asked.rcpt)
    assert "The email could not be created" in words_of(asked)
    mended()
    desk.answer(asked, "yes")
    (sent,) = desk.out(MailKind.RELAY)
    assert (LIN, True) == (sent.rcpt, "Under the sofa." in words_of(sent))


def test_the_first_mail_of_a_ticket_that_cannot_be_made_opens_none_and_its_agent_is_told(
    tmp_path: Path,
) -> None:
    desk = MailDesk(tmp_path)
    failing(desk, MailKind.RELAY, KeyError("said"))
    desk.command("#new eve@elsewhere.example\nHello.")
    (asked,) = desk.out()
    assert (MailKind.ALERT, desk.agent) == (asked.kind, asked.rcpt)
    assert "Your email could not be created" in words_of(asked)
    assert desk.store.tickets.get(2) is None
    desk.close()


def test_who_is_at_the_keyboard_is_told_and_nothing_is_done(desk_of: Callable[[], MailDesk]) -> None:
    desk = desk_of()
    ticket, agent = desk.store.tickets.get(1), desk.store.agents.enabled()[0]
    assert ticket is not None
    failing(desk, MailKind.RELAY, KeyError("said"))
    with pytest.raises(UserError, match="the email could not be created"):
        desk.service.act(lifecycle.reply(ticket, agent, "Under the sofa.", "cli:1", desk.service.policy))
    assert [] == desk.said(EntryKind.REPLY)


def test_what_is_done_at_the_keyboard_is_done_without_its_news(desk_of: Callable[[], MailDesk]) -> None:
    desk = desk_of()
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    failing(desk, MailKind.STATUS, KeyError("said"))
    desk.service.act(lifecycle.close(ticket, "Anna", "k"))
    closed = desk.store.tickets.get(1)
    assert closed is not None
    assert "closed" == closed.status.value
    (said,) = told(desk)
    assert "the status of ticket 1 (KeyError)" in said


@pytest.mark.parametrize("err", [Temporary("the disk is full"), MemoryError()], ids=["full", "memory"])
def test_what_is_no_mistake_of_the_words_leaves_the_message_for_later(
    desk_of: Callable[[], MailDesk], err: Exception
) -> None:
    desk = desk_of()
    mended = failing(desk, MailKind.ACKNOWLEDGEMENT, err)
    desk.mail("bob@customer.example", desk.address, "Mine too.", "Another matter")
    assert (None, "") == desk.outcome()
    assert desk.store.tickets.get(2) is None
    mended()
    desk.clock.later(minutes=30)
    desk.service.process_pending()
    assert ["acknowledgement", "notice"] == owed(desk, 2)


def test_what_cannot_be_signed_is_told_without_a_signature(desk_of: Callable[[], MailDesk]) -> None:
    desk = desk_of()

    def sign(raw: bytes, domain: str) -> bytes:
        raise OSError("the key is gone")

    teller = Teller(desk.store, "Desk", desk.address, "root@desk.example", sign)
    assert 1 == len(teller.met("it", "It failed.", desk.clock()))
    assert "It failed." in told(desk)[0]


def test_who_was_not_written_to_is_not_taken_for_told(
    desk_of: Callable[[], MailDesk], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_of()
    teller = Teller(desk.store, "Desk", desk.address, "root@desk.example")
    with monkeypatch.context() as patch:
        patch.setattr(Teller, "_letter", lambda *_: {}["killed"])
        with pytest.raises(KeyError):
            teller.met("it", "It failed.", desk.clock())
    assert [] == told(desk)
    desk.clock.later(minutes=1)
    assert 1 == len(teller.met("it", "It failed.", desk.clock()))
    assert 1 == len(told(desk))
