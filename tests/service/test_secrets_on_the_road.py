"""A seed phrase sent by mistake: its owner is warned, and no mail of ours carries it on."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from pump import Clock, PumpedDesk

from intake.desk.effects import MailKind

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
    assert "abandon" in desk.store.entries(1)[0].text


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
