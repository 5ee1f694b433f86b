"""A seed phrase sent by mistake: its owner is warned, and no mail of ours carries it on."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from canaries import NASTY, SECRETS, leaks
from each_case import each
from factories import a_ticket
from pump import Clock, PumpedDesk

from intake.config import settings as config
from intake.desk.digest import MOST_TEXT
from intake.desk.effects import STATUS_EVENTS, Mail, MailKind
from intake.desk.message import Address, Attachment
from intake.desk.sensitive import scan as secrets
from intake.desk.sensitive.scan import excerpt
from intake.desk.talk import MOST_TEXT as SHOW_TEXT
from intake.rendering.composer import Composer
from intake.rendering.enclosing import MAX_FILES

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
PHRASE = "abandon " * 11 + "about"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PumpedDesk]:
    made = PumpedDesk(tmp_path / "one", "desk.example", Clock(), "quote_subject = always")
    yield made
    made.close()


def sent(desk: PumpedDesk) -> dict[MailKind, str]:
    """Every mail that went out, as its reader sees it, by kind."""
    desk.deliver()
    found: dict[MailKind, str] = {}
    for one in desk.sent:
        read: Any = message_from_bytes(one.raw, policy=policy.default)
        parts = [part.get_content() for part in read.walk() if part.get_content_maintype() == "text"]
        found[one.kind] = "\n".join([str(read["Subject"]), *parts])
    return found


def test_the_phrase_reaches_no_mailbox_and_its_owner_is_warned(desk: PumpedDesk) -> None:
    desk.take((CORPUS / "a-seed-phrase-sent-by-mistake.eml").read_bytes())
    mails = sent(desk)
    assert {MailKind.ACKNOWLEDGEMENT, MailKind.NOTICE} == set(mails)
    assert not any("abandon" in text for text in mails.values())
    assert "[hidden: seed phrase]" in mails[MailKind.NOTICE]
    assert "#redact removes it" in mails[MailKind.NOTICE]
    assert "move what is in it to a new wallet now" in " ".join(mails[MailKind.ACKNOWLEDGEMENT].split())
    # The ticket has it, until somebody redacts it: nothing that was sent is lost.
    assert "abandon" in desk.store.tickets.entries(1)[0].text


def test_a_phrase_in_the_subject_is_not_sent_around_either(desk: PumpedDesk) -> None:
    desk.write("lin@customer.example", f"my words {PHRASE}", "Nothing works.")
    mails = sent(desk)
    assert not any("abandon" in text for text in mails.values())
    assert "move what is in it" in " ".join(mails[MailKind.ACKNOWLEDGEMENT].split())


def test_the_hash_of_a_transaction_is_no_secret(desk: PumpedDesk) -> None:
    desk.write("lin@customer.example", "Where is it?", f"My transaction 0x{'4f' * 32} is pending.")
    mails = sent(desk)
    assert "4f4f4f" in mails[MailKind.NOTICE]
    assert "hidden" not in mails[MailKind.NOTICE]
    assert "new wallet" not in mails[MailKind.ACKNOWLEDGEMENT]


# What each mail is written with; a kind that is new has to stand here.
EVENTS: dict[MailKind, tuple[str, ...]] = {
    MailKind.ACKNOWLEDGEMENT: ("", "secret"),
    MailKind.WARNING: ("", "malware"),
    MailKind.STATUS: (*STATUS_EVENTS, "closed"),
    MailKind.SURVEY: ("",),
    MailKind.RELAY: ("",),
    MailKind.PARTNER: ("",),
    MailKind.NOTICE: ("", "copy"),
    MailKind.ALERT: ("", "confirm", "command", "brake"),
    MailKind.ANSWER: ("digest", "show", "list", "help"),
}


@pytest.mark.parametrize("kind", MailKind)
def test_no_kind_of_mail_shows_what_somebody_should_not_have_written(
    kind: MailKind, desk: PumpedDesk
) -> None:
    events = ", ".join(STATUS_EVENTS)
    desk.config.write_text(desk.config.read_text().replace("[smtp]", f"status_mails = {events}\n[smtp]"))
    settings = config.load(desk.config)
    made = Composer(settings, desk.desk.policy, desk.desk.keys, links=desk.desk.links)
    lin, anna = Address("lin@customer.example", f"Lin {NASTY}"), desk.store.agents.enabled()[0]
    ticket = a_ticket(subject=f"Words {NASTY}", requester=lin, mailbox="support", language="en")
    # An agent's text with other people's signs in it is held back by another check.
    said, name = (SECRETS, SECRETS) if kind.by_agent else (NASTY, NASTY)
    for event in EVENTS[kind]:
        mail = Mail(
            kind, ticket.id, lin, f"key:{event}", anna, lin, said, event,
            (Attachment(f"{name}.bin", "application/octet-stream", b"x"), too_large()),
            proposed=(f"x-1 {NASTY}",), quoted=NASTY,
        )  # fmt: skip
        out = made.compose(mail, ticket, desk.clock())
        assert out is not None, event
        read: Any = message_from_bytes(out.raw, policy=policy.default)
        parts = [part.get_content() for part in read.walk() if part.get_content_maintype() == "text"]
        names = [str(part.get_filename() or "") for part in read.walk()]
        whole = [*map(str, read.values()), *names, *parts]
        assert [] == [(event, one) for one in whole if leaks(one)]


def too_large() -> Attachment:
    return Attachment(f"{NASTY}.zip", "application/zip", bytes(MAX_FILES + 1))


@each("place", range(0, 4200, 13))
def test_where_a_text_is_cut_no_half_of_a_secret_is_left(place: int) -> None:
    text = f"{'x' * place} {SECRETS}"
    for most in (MOST_TEXT, SHOW_TEXT):
        assert [] == leaks(excerpt(text, most))


def test_texts_are_cut_in_one_place_only() -> None:
    """Whoever cuts before it is hidden shows the half of a secret: what ends in an ellipsis is an excerpt."""
    cut = re.compile(r"\[:\w+\]\}\s*…")
    root = Path(secrets.__file__).parents[1]
    assert [] == [str(path) for path in root.rglob("*.py") if cut.search(path.read_text(encoding="utf-8"))]


def test_a_digest_and_a_history_cut_what_is_hidden_already(desk: PumpedDesk) -> None:
    fill = "word " * (MOST_TEXT // 5 - 8)
    desk.store.agents.change(desk.agent, notify="digest")
    desk.write("lin@customer.example", "Help", f"{fill}{SECRETS}")
    desk.clock.later(minutes=10)
    mails = sent(desk)
    assert "[hidden: seed phrase]" in mails[MailKind.ANSWER]
    assert [] == leaks(mails[MailKind.ANSWER])
