"""What a customer's mail program does with an answer of ours leads back to his ticket."""

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from pump import Clock, PumpedDesk, letter

from intake.desk import lifecycle, tokens
from intake.desk.effects import MailKind
from intake.desk.tokens import Purpose

LIN = "lin@customer.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PumpedDesk]:
    made = PumpedDesk(tmp_path, "desk.example", Clock())
    yield made
    made.close()


@pytest.fixture
def answer(desk: PumpedDesk) -> EmailMessage:
    """The relay of an agent's answer in the second ticket, as Lin gets it."""
    desk.write("eve@other.example", "Another thing")
    desk.write(LIN, "My coins are late")
    anna, ticket = desk.store.agents.by_address(desk.agent), desk.store.tickets.get(2)
    assert anna
    assert ticket
    desk.service.act(lifecycle.reply(ticket, anna, "We look.", "test", desk.desk.policy))
    desk.deliver()
    (relay,) = [one for one in desk.sent if one.kind is MailKind.RELAY]
    return email.message_from_bytes(relay.raw, _class=EmailMessage, policy=email.policy.default)


def test_an_answer_is_answered_to_the_requesters_own_address_of_the_ticket(
    desk: PumpedDesk, answer: EmailMessage
) -> None:
    (to,) = answer["Reply-To"].addresses
    token = tokens.in_addresses(desk.desk.keys, [to.addr_spec], desk.clock())
    assert token is not None
    assert (Purpose.CUSTOMER, 2, 0) == (token.purpose, token.ticket, token.person)
    # From another account of his, with another subject and without any reference.
    desk.take(letter("lin@home.example", to.addr_spec, "something else"), sender="lin@home.example")
    assert (2, "follow_up") == (
        desk.store.ledger.list_messages()[0].ticket,
        desk.store.ledger.list_messages()[0].rule,
    )


@pytest.mark.parametrize("what", ["Message-ID", "References"])
def test_an_answer_threads_below_what_the_customer_wrote(
    desk: PumpedDesk, answer: EmailMessage, what: str
) -> None:
    known = answer[what].split()
    asked = next(row.message_id for row in desk.store.ledger.list_messages() if row.ticket == 2)
    if what == "References":
        # His own first mail is the root, and nothing that only agents' mails refer to.
        assert f"<{asked}>" == known[0]
        assert [] == [one for one in known if one.startswith("<ticket.")]
    extra = f"References: {known[0]}\r\n"
    desk.take(letter(LIN, desk.address, "no number here", extra=extra), sender=LIN)
    assert (2, "follow_up") == (
        desk.store.ledger.list_messages()[0].ticket,
        desk.store.ledger.list_messages()[0].rule,
    )
