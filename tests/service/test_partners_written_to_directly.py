"""An agent writes to somebody who was asked, from their own mail program, and nothing names the ticket."""

from collections.abc import Iterator

import pytest
from agent_desk import BORDER, LIN, StrictDesk
from desk_mail import plain_of

from intake.desk.effects import MailKind, Outcome
from intake.desk.ticket import EntryKind
from intake.mail.parse import parse

WORD = f"Authentication-Results: {BORDER}; dmarc=pass header.from=staff.desk.example\r\n"
PAUL, TED = "paul@partner.example", "ted@buyer.example"
TEXT = "Paul, she is a suspect: please look again."


@pytest.fixture
def desk(tmp_path) -> Iterator[StrictDesk]:
    desk = StrictDesk(tmp_path, "automatic_per_address_hour = 90")
    ask(desk, 1)
    yield desk
    desk.close()


def ask(desk: StrictDesk, ticket: int) -> None:
    to = desk.to(desk.token(ticket))
    desk.take(desk.mail(f"#ask {PAUL}\r\nWhere is parcel 4711?", WORD, to=to), sender=desk.agent)
    desk.deliver()
    assert MailKind.PARTNER in [mail.kind for mail in desk.sent]
    desk.sent.clear()


def writes(desk: StrictDesk, to: str, copy: str = "Cc: help@desk.example\r\n", word: str = WORD) -> list[str]:
    """Anna writes; return what she is told."""
    before = len(desk.store.listing.list_tickets())
    raw = desk.mail(TEXT, f"{word}{copy}", to=to).replace(b"Re: My coins are late", b"A parcel")
    desk.take(raw, sender=desk.agent)
    told = [" ".join(plain_of(mail).split()) for mail in desk.told()]
    assert before == len(desk.store.listing.list_tickets()), "no ticket opens in the partner's name"
    assert [] == [mail.rcpt for mail in desk.sent if mail.rcpt in (PAUL, LIN)]
    return told


@pytest.mark.parametrize(
    ("to", "copy"),
    [(PAUL, "Cc: help@desk.example\r\n"), (PAUL, ""), (f"help@desk.example, {PAUL}", "")],
    ids=("in Cc", "in Bcc", "in To"),
)
def test_with_one_open_ticket_it_is_a_note_there_and_the_agent_is_told(desk, to, copy):
    (told,) = writes(desk, to, copy)
    assert "was kept as an internal note" in told
    assert f"#ask {PAUL}" in told
    assert TEXT == desk.said(EntryKind.NOTE)[-1]
    assert [] == desk.said(EntryKind.REPLY)


def test_with_the_customer_in_copy_the_agent_is_told_that_it_is_no_reply(desk):
    (told,) = writes(desk, PAUL, f"Cc: help@desk.example, {LIN}\r\n")
    assert f"who have it already: {LIN}" in told
    assert "It does not count as your reply to them" in told


@pytest.mark.parametrize("why", ["two tickets", "a closed one", "not vouched for"])
def test_else_its_agent_is_asked_and_a_yes_makes_it_a_note(desk, why):
    if why == "two tickets":
        ask(desk, 2)
    if why == "a closed one":
        desk.take(desk.mail("#close", WORD), sender=desk.agent)
    newest = 2 if why == "two tickets" else 1
    desk.deliver()
    desk.sent.clear()
    (told,) = writes(desk, PAUL, word="" if why == "not vouched for" else WORD)
    assert f"You wrote to {PAUL}, who was asked in #{newest}" in told
    assert [TEXT] == desk.said(EntryKind.DRAFT, newest)
    to = parse(desk.told()[-1]).reply_to[0].mailbox
    desk.take(desk.mail("yes", to=to), sender=desk.agent)
    desk.deliver()
    assert (TEXT, []) == (desk.said(EntryKind.NOTE, newest)[-1], desk.said(EntryKind.REPLY, newest))
    assert [] == [mail.rcpt for mail in desk.sent if mail.rcpt in (PAUL, LIN)]


def test_what_is_written_to_a_customer_with_the_partner_in_copy_is_the_customers(desk):
    raw = desk.mail(TEXT, f"{WORD}Cc: help@desk.example, {PAUL}\r\n", to=TED)
    desk.take(raw.replace(b"Re: My coins are late", b"Your order"), sender=desk.agent)
    row = desk.store.ledger.list_messages(limit=1)[0]
    assert (Outcome.TICKETED, "answered_directly") == (row.outcome, row.rule)


def test_somebody_who_was_asked_long_ago_is_a_customer_like_any(desk):
    desk.take(desk.mail("#close", WORD), sender=desk.agent)
    desk.clock.later(days=31)
    raw = desk.mail(TEXT, f"{WORD}Cc: help@desk.example\r\n", to=PAUL)
    desk.take(raw.replace(b"Re: My coins are late", b"Your order"), sender=desk.agent)
    row = desk.store.ledger.list_messages(limit=1)[0]
    assert (Outcome.TICKETED, "answered_directly") == (row.outcome, row.rule)
