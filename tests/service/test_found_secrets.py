"""What follows from a secret that somebody wrote: who is told, and what is kept of it."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from canaries import CARD, PHRASE, leaks
from pump import Clock, PumpedDesk, letter

from intake.desk import tokens
from intake.desk.effects import MailKind
from intake.desk.sensitive.finds import DETECTOR
from intake.desk.ticket import EntryKind

LIN, EVE = "lin@customer.example", "eve@other.example"
MORE = "[team security]\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PumpedDesk]:
    made = PumpedDesk(tmp_path, "desk.example", Clock(), MORE)
    yield made
    made.close()


def kinds(desk: PumpedDesk) -> list[tuple[MailKind, str]]:
    """What went out since it was asked last, and to whom."""
    before = len(desk.sent)
    desk.deliver()
    return [(mail.kind, mail.rcpt) for mail in desk.sent[before:]]


def test_an_answer_with_a_phrase_warns_its_author_and_is_urgent(desk: PumpedDesk) -> None:
    desk.write(LIN, "Help")
    kinds(desk)
    desk.write(LIN, "Re: Help", f"My words are {PHRASE}.", ticket=1)
    assert (MailKind.WARNING, LIN) in kinds(desk)
    assert [] == [mail.kind for mail in desk.sent if leaks(mail.raw.decode("utf-8", "replace"))]
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert ("urgent", "security", "security", ("security",)) == (
        ticket.priority, ticket.category, ticket.team, ticket.tags,
    )  # fmt: skip


def test_the_history_the_audit_and_the_table_tell_kind_and_place_and_never_the_value(
    desk: PumpedDesk,
) -> None:
    desk.write(LIN, f"Words {PHRASE}", f"And a card {CARD}")
    events = [entry.text for entry in desk.store.tickets.entries(1) if entry.kind is EntryKind.EVENT]
    assert "hidden in the subject: seed phrase, 12 words" in events
    assert "hidden in the text: card number" in events
    said = [row.what for row in desk.store.upkeep.list_audit(1)]
    assert "hidden: seed phrase, 12 words, in the subject; card number in the text" in said
    rows = desk.store.finds.list_finds(1)
    assert [("card number", "text", 0), ("seed phrase", "subject", 12)] == [
        (row.kind, row.part, row.words) for row in rows
    ]
    assert {(1, "certain", "hidden", DETECTOR)} == {
        (row.message, row.confidence, row.state, row.detector) for row in rows
    }
    assert [] == leaks(f"{events} {said} {rows}")


@pytest.mark.parametrize(
    "written",
    [
        {"subject": f"Words {PHRASE}"},
        {"text": f"Words {PHRASE}"},
        {"name": f"Lin {PHRASE}"},
        {"file": f"{PHRASE}.txt"},
        {"html": f"<ol><li>{'</li><li>'.join(PHRASE.split())}</li></ol>"},
    ],
    ids=lambda written: next(iter(written)),
)
def test_wherever_it_stands_its_owner_is_warned(written: dict[str, str], desk: PumpedDesk) -> None:
    mail = EmailMessage()
    mail["From"] = f'"{written.get("name", "Lin")}" <{LIN}>'
    mail["To"] = desk.reply_address(1)
    mail["Subject"] = written.get("subject", "Re: Help")
    mail["Message-ID"] = "<second@customer.example>"
    if "html" in written:
        mail.set_content(written["html"], subtype="html")
    else:
        mail.set_content(written.get("text", "See above."))
    if "file" in written:
        mail.add_attachment(b"x", maintype="application", subtype="octet-stream", filename=written["file"])
    desk.write(LIN, "Help")
    kinds(desk)
    desk.take(mail.as_bytes(), sender=LIN)
    assert (MailKind.WARNING, LIN) in kinds(desk)
    assert ["seed phrase"] == [row.kind for row in desk.store.finds.list_finds(1)]


def test_an_acknowledgement_that_warns_is_the_only_warning(desk: PumpedDesk) -> None:
    desk.write(LIN, "Help", f"My words are {PHRASE}.")
    assert [MailKind.ACKNOWLEDGEMENT] == [kind for kind, to in kinds(desk) if to == LIN]


def test_a_warning_has_a_budget_of_its_own_of_three_a_day(desk: PumpedDesk) -> None:
    desk.write(LIN, "Help")
    kinds(desk)
    for number in range(6):
        desk.write(LIN, "Re: Help", f"{number}: {PHRASE}", ticket=1)
        desk.clock.later(minutes=1)
    assert 3 == kinds(desk).count((MailKind.WARNING, LIN))
    desk.clock.later(days=1, minutes=10)
    desk.write(LIN, "Re: Help", f"again: {PHRASE}", ticket=1)
    assert 1 == kinds(desk).count((MailKind.WARNING, LIN))


def test_an_unproven_sender_gets_no_more_than_an_acknowledgement_would_be(desk: PumpedDesk) -> None:
    for number in range(4):
        desk.write(LIN, f"Help {number}", f"{number}: {PHRASE}")
        desk.clock.later(minutes=1)
    assert 1 == sum(to == LIN for _, to in kinds(desk))


def test_who_has_no_part_in_a_ticket_gets_no_mail_that_leads_into_it(desk: PumpedDesk) -> None:
    desk.write(LIN, "Help")
    kinds(desk)
    desk.write(EVE, "Re: Help", PHRASE, ticket=1)
    assert [] == [to for _, to in kinds(desk) if to == EVE]


def test_the_same_secret_is_known_again_in_another_ticket(desk: PumpedDesk) -> None:
    desk.write(LIN, "Help", PHRASE)
    desk.write(EVE, "Help me", "\n".join(f"{place}. {word}" for place, word in enumerate(PHRASE.split(), 1)))
    desk.write(EVE, "Help us", "legal winner thank year wave sausage worth useful legal winner thank yelow")
    first, second = desk.store.finds.list_finds(1)[0], desk.store.finds.list_finds(2)[0]
    assert [2] == list(desk.store.finds.elsewhere(first.id))
    assert [1] == list(desk.store.finds.elsewhere(second.id))


def test_an_agents_answer_goes_without_the_phrase_and_the_agent_is_told(desk: PumpedDesk) -> None:
    desk.write(LIN, "Help")
    kinds(desk)
    anna = desk.store.agents.enabled()[0]
    token = tokens.make(
        desk.desk.keys[0], tokens.Purpose.AGENT, 1, anna.id, desk.clock.now + timedelta(days=9)
    )
    mail = EmailMessage()
    mail["From"], mail["To"] = desk.agent, tokens.address(desk.address, token)
    mail["Subject"], mail["Message-ID"] = "Re: Help", "<answer@staff.example>"
    mail.set_content(f"Are these yours?\n\n{PHRASE}\n")
    mail.add_alternative(f"<p>Are these yours?</p><p>{PHRASE}</p>", subtype="html")
    desk.take(mail.as_bytes(), sender=desk.agent)
    out = kinds(desk)
    assert (MailKind.RELAY, LIN) in out
    assert (MailKind.ALERT, desk.agent) in out
    relay = next(mail for mail in desk.sent if mail.kind is MailKind.RELAY)
    assert [] == leaks(read(relay.raw))
    assert "[hidden: seed phrase]" in read(relay.raw)
    alerts = [" ".join(read(mail.raw).split()) for mail in desk.sent if mail.kind is MailKind.ALERT]
    assert any("It was sent with the secret hidden" in alert for alert in alerts)


def test_nobody_finds_a_ticket_by_the_words_of_a_phrase(desk: PumpedDesk) -> None:
    desk.write(LIN, f"Words {PHRASE}", f"My balance is gone. {PHRASE}")
    assert [1] == desk.store.listing.search("balance")
    assert [] == [word for word in PHRASE.split() if desk.store.listing.search(word)]


def read(raw: bytes) -> str:
    """A mail as its reader sees it, every part of it."""
    mail: Any = message_from_bytes(raw, policy=policy.default)
    return "\n".join(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text")


def test_what_is_read_again_adds_nothing(desk: PumpedDesk) -> None:
    raw = letter(LIN, desk.address, "Help", PHRASE)
    desk.take(raw)
    desk.take(raw)
    assert 1 == len(desk.store.finds.list_finds())


def test_a_secret_in_a_mail_that_an_agent_forwards_is_urgent_and_its_author_is_warned(
    desk: PumpedDesk,
) -> None:
    text = (
        "FYI\r\n\r\n---------- Forwarded message ---------\r\n"
        f"From: Lin <{LIN}>\r\nDate: Mon, 5 Jan 2026 10:00\r\nSubject: My wallet\r\n"
        f"To: <{desk.agent}>\r\n\r\nI cannot get in. My words are {PHRASE}.\r\n"
    )
    desk.take(letter(f"Anna <{desk.agent}>", desk.address, "Fwd: My wallet", text), sender=desk.agent)
    desk.deliver()
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert (LIN, "urgent", "security") == (ticket.requester.key, ticket.priority, ticket.team)
    assert "hidden in the text: seed phrase, 12 words" in [
        entry.text for entry in desk.store.tickets.entries(1)
    ]
    (acknowledgement,) = [mail for mail in desk.sent if mail.rcpt == LIN]
    assert "Never share" in read(acknowledgement.raw) or "new wallet" in read(acknowledgement.raw)
    assert [] == [mail.kind for mail in desk.sent if leaks(read(mail.raw))]
