"""Answers from Exchange servers that send nothing of a conversation but Outlook's Thread-Index."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

import pytest
from agent_desk import BORDER, EVE, LIN, StrictDesk

from intake.desk.effects import MailKind
from intake.desk.ticket import EntryKind
from intake.mail.thread_index import root
from intake.store.upkeep.erasure import Erasing

PASSED = f"Authentication-Results: {BORDER}; dmarc=pass header.from=customer.example\r\n"
FAILED = f"Authentication-Results: {BORDER}; dmarc=fail header.from=customer.example\r\n"
EVES = PASSED.replace("customer.example", "evil.example")
INDEX = bytes.fromhex("0101dcaaf3c8") + bytes(range(16))


def thread(levels: int = 0, index: bytes = INDEX) -> str:
    return f"Thread-Index: {base64.b64encode(index + bytes(5 * levels)).decode()}\r\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[StrictDesk]:
    desk = StrictDesk(tmp_path)
    desk.write(LIN, "Wallet", "How do I open it?", PASSED + thread())
    desk.deliver()
    yield desk
    desk.store.close()


def words(desk: StrictDesk, ticket: int = 3) -> list[str]:
    return desk.said(EntryKind.CUSTOMER, ticket)


def test_an_answer_with_nothing_else_finds_its_ticket(desk: StrictDesk) -> None:
    desk.write(LIN, "AW: Wallet", "Any news?", PASSED + thread(2))
    assert ["How do I open it?", "Any news?"] == words(desk)
    assert (
        "found by the conversation of Outlook's Thread-Index" in desk.store.ledger.list_messages()[0].reason
    )


@pytest.mark.parametrize("word", ["", FAILED])
def test_in_the_requesters_name_it_opens_a_ticket_of_its_own(word: str, desk: StrictDesk) -> None:
    sent = len([one for one in desk.sent if one.rcpt == LIN])
    desk.write(LIN, "AW: Wallet", "Send it to me.", word + thread(2))
    desk.deliver()
    assert ["How do I open it?"] == words(desk)
    row = desk.store.tickets.get(4)
    assert row is not None
    assert 3 == row.related
    assert sent == len([one for one in desk.sent if one.rcpt == LIN])


def test_a_strangers_mail_in_the_conversation_joins_no_ticket(desk: StrictDesk) -> None:
    desk.write(EVE, "AW: Wallet", "Let me in.", EVES + thread(2))
    assert ["How do I open it?"] == words(desk)
    row = desk.store.tickets.get(4)
    assert row is not None
    assert (EVE, None) == (row.requester.mailbox, row.related)


def test_a_message_id_and_a_number_lead_before_it(desk: StrictDesk) -> None:
    desk.write(LIN, "Re: [#1]", "About the coins.", PASSED + thread(2))
    assert ["Where are they?", "About the coins."] == words(desk, 1)


@pytest.mark.parametrize("index", [b"\2" + INDEX[1:], INDEX[:5] + b"\0" + INDEX[6:], INDEX[:-1] + b"\0"])
def test_another_conversation_is_another_ticket(index: bytes, desk: StrictDesk) -> None:
    desk.write(LIN, "Wallet", "Another one.", PASSED + thread(1, index))
    assert ["How do I open it?"] == words(desk)
    assert ["Another one."] == words(desk, 4)


def test_of_two_tickets_of_one_conversation_the_newest_of_the_senders_counts(desk: StrictDesk) -> None:
    desk.write(EVE, "Wallet", "Mine, too.", EVES + thread(1))
    assert ["Mine, too."] == words(desk, 4)
    desk.write(LIN, "AW: Wallet", "Any news?", PASSED + thread(2))
    desk.write(EVE, "AW: Wallet", "And mine?", EVES + thread(2))
    assert ["How do I open it?", "Any news?"] == words(desk)
    assert ["Mine, too.", "And mine?"] == words(desk, 4)


def sent_to(desk: StrictDesk, whom: str) -> list[str]:
    """The conversations that our mails to somebody about ticket 3 name."""
    desk.deliver()
    mails = [message_from_bytes(one.raw) for one in desk.sent if one.rcpt == whom]
    return [root(mail["Thread-Index"].encode()) if mail["Thread-Index"] else "" for mail in mails]


def test_our_answers_to_a_customer_are_of_their_conversation(desk: StrictDesk) -> None:
    """So that Outlook answers within it, and shows it as one."""
    assert [INDEX.hex()] == sent_to(desk, LIN)
    desk.sent.clear()
    reply = desk.mail("Under the sofa.", to=desk.to(desk.token(3)))
    desk.service = replace(desk.service, policy=replace(desk.service.policy, agent_authority="token"))
    desk.take(reply, sender=desk.agent)
    assert [INDEX.hex()] == sent_to(desk, LIN)
    assert {MailKind.RELAY} == {one.kind for one in desk.sent if one.rcpt == LIN}


def test_agents_and_customers_of_other_programs_get_no_such_header(desk: StrictDesk) -> None:
    assert {""} == set(sent_to(desk, desk.agent))
    desk.sent.clear()
    desk.write("gil@customer.example", "Another thing", "Hello", PASSED)
    assert [""] == sent_to(desk, "gil@customer.example")


def test_it_is_never_named_among_the_message_ids(desk: StrictDesk) -> None:
    row = desk.store.tickets.get(3)
    assert row is not None
    assert INDEX.hex() == row.thread_index
    assert not any(INDEX.hex() in name for name in row.message_ids)
    desk.write(EVE, "Hello", "Let me in.", f"{EVES}In-Reply-To: <{INDEX.hex()}>\r\n")
    assert ["How do I open it?"] == words(desk)


def test_of_whom_is_erased_no_conversation_stays_behind(desk: StrictDesk) -> None:
    erasing = Erasing(desk.desk.database.db, desk.desk.database.blobs)
    erasing.erase([], LIN, [], desk.desk.keys[-1], "test", desk.clock.now)
    row = desk.store.tickets.get(3)
    assert row is not None
    assert "" == row.thread_index
    desk.write(LIN, "AW: Wallet", "Any news?", PASSED + thread(2))
    assert [] == words(desk)
    assert ["Any news?"] == words(desk, 4)
