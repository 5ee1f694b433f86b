"""A small desk has one mailbox: the address for commands is its own, or a plus part of it."""

import re
from collections.abc import Iterator

import pytest
from agent_desk import BORDER, LIN, StrictDesk
from desk_mail import plain_of

from intake.desk.effects import MailKind, Outcome
from intake.desk.ticket import EntryKind, Status
from intake.desk.tokens import Purpose

STAFF = "staff.desk.example"
ANNA = f"anna@{STAFF}"
WORD = f"Authentication-Results: {BORDER}; dmarc=pass header.from={STAFF}\r\n"
FORWARD = (
    "Please see to it.\r\n\r\n---------- Forwarded message ---------\r\nFrom: Ben <ben@customer.example>\r\n"
    "Date: Mon, 5 Jan 2026 10:00\r\nSubject: My phone\r\nTo: <anna@staff.desk.example>\r\n\r\n"
    "It is broken.\r\n"
)


@pytest.fixture(
    params=["help@desk.example", "Help@Desk.Example", "help+do@desk.example", "other+do@desk.example"]
)
def desk(request, tmp_path) -> Iterator[StrictDesk]:
    desk = StrictDesk(tmp_path, f"command_address = {request.param}\nautomatic_per_ticket_burst = 90")
    desk.commands = request.param.lower()
    yield desk
    desk.close()


def own(desk: StrictDesk) -> str:
    """Anna's own address for commands, as #help tells her."""
    desk.take(desk.mail("#help", WORD), sender=ANNA)
    desk.deliver()
    raw = [one.raw for one in desk.sent if one.kind is MailKind.ANSWER][-1]
    text = plain_of(raw)
    (found,) = re.findall(r"\S+\+[a-z2-7]{44}@desk\.example", text)
    desk.sent.clear()
    return str(found)


def answers(desk: StrictDesk) -> list[bytes]:
    desk.deliver()
    return [one.raw for one in desk.sent if one.kind is MailKind.ANSWER]


def row(desk: StrictDesk) -> tuple[Outcome | None, str]:
    newest = desk.store.ledger.list_messages(limit=1)[0]
    return newest.outcome, newest.rule


def test_commands_are_obeyed_there(desk):
    to = own(desk)
    assert to.startswith(f"{desk.commands.partition('@')[0]}+")
    desk.take(desk.mail("#list team", WORD, to=to), sender=ANNA)
    assert (Outcome.COMMAND, "command_mail") == row(desk)
    assert any(b"My coins are late" in one for one in answers(desk))
    desk.take(desk.mail("#new ben@customer.example\r\n\r\nDear Ben", WORD, to=to), sender=ANNA)
    assert "ben@customer.example" == desk.store.tickets.get(3).requester.mailbox


def test_replies_drafts_and_their_confirmations_go_their_way(desk):
    desk.take(desk.mail("Under the sofa.", WORD), sender=ANNA)
    assert 1 == len(desk.relayed())
    desk.take(desk.mail("#close\r\nUnder the bed."), sender=ANNA)
    draft = desk.entries(EntryKind.DRAFT)[-1].id
    desk.take(desk.mail("yes", to=desk.to(desk.token(1, draft, Purpose.CONFIRM))), sender=ANNA)
    assert 2 == len(desk.relayed())
    assert Status.CLOSED is desk.store.tickets.get(1).status


def test_a_reply_whose_host_takes_plus_parts_away_goes_its_way(desk):
    raw = desk.mail(
        "Under the sofa.", f"{WORD}In-Reply-To: <ref.{desk.token()}.01@desk.example>\r\n", to=desk.address
    )
    desk.take(raw, sender=ANNA)
    assert 1 == len(desk.relayed())


def test_an_agents_forward_opens_the_customers_ticket(desk):
    raw = desk.mail(FORWARD, WORD, to=desk.address).replace(b"Subject: Re: My", b"Subject: Fwd: My")
    desk.take(raw, sender=ANNA)
    assert (Outcome.TICKETED, "forwarded") == row(desk)


def test_customers_notice_nothing(desk):
    desk.write(LIN, "Re: coins", "Thank you.", ticket=1)
    assert (Outcome.APPENDED, "follow_up") == row(desk)
    desk.write("ben@customer.example", "#help", "Please help.")
    assert (Outcome.TICKETED, "new_ticket") == row(desk)


def test_a_command_without_the_agents_own_address_is_told_where_that_is(desk):
    desk.take(desk.mail("#list", WORD, to=desk.commands).replace(b"Re: My coins", b"Coins"), sender=ANNA)
    assert (Outcome.COMMAND, "command_mail") == row(desk)
    assert any(
        "not sent to your personal command address" in " ".join(plain_of(one).split()) for one in desk.told()
    )


def test_a_mail_of_an_agents_that_is_no_command_is_a_mail(desk):
    raw = desk.mail("My own telephone is broken.", WORD, to=desk.address).replace(
        b"Re: My coins", b"Phone, coins"
    )
    desk.take(raw, sender=ANNA)
    assert (Outcome.TICKETED, "new_ticket") == row(desk)


def test_what_comes_from_an_agents_own_address_is_the_desks_own_mail(desk):
    desk.take(desk.mail("Hello", sender=own(desk), to=desk.address))
    assert "own_mail" == desk.store.ledger.list_messages(limit=1)[0].rule
