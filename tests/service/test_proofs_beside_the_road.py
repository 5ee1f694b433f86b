"""While the proof of a mail is looked up nobody waits for it, and it keeps its place in its ticket."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from agent_desk import LIN, Domain, StrictDesk

from intake import app
from intake.desk.effects import AddEntry
from intake.desk.message import Envelope
from intake.desk.ticket import EntryKind
from intake.dkim_keys import DkimKeys
from intake.mail.outgoing.dkim_signing import signer
from intake.ports import Arrival, Temporary
from intake.testing import wait_until

STAFF = "staff.desk.example"
ANNA = f"anna@{STAFF}"


class Dns:
    """Answers at once for selectors in `quick`, for all others when `back` is set; or not at all (`dead`)."""

    def __init__(self, record: bytes) -> None:
        self.record, self.back, self.quick, self.dead = record, threading.Event(), set(), False
        self.asked: list[str] = []

    def __call__(self, name: str) -> bytes | None:
        self.asked.append(name)
        if name.partition(".")[0] not in self.quick and not self.back.wait(30):
            raise Temporary("the DNS does not answer")
        if self.dead:
            raise Temporary("the DNS does not answer")
        return self.record


@pytest.fixture(scope="module")
def staff() -> Domain:
    return Domain(STAFF)


@pytest.fixture
def desk(tmp_path, staff) -> Iterator[StrictDesk]:
    desk = StrictDesk(tmp_path)
    desk.names = Dns(staff.record)
    # As it is put together for real, with another resolver.
    desk.keys = DkimKeys(desk.names, moment=0.2)
    desk.service = replace(desk.service, authenticated=app.authenticated(desk.keys))
    yield desk
    desk.names.back.set()
    desk.close()


def signed(desk: StrictDesk, staff: Domain, text: str, selector: str, to: str = "") -> bytes:
    return signer(staff.private, selector, [STAFF])(desk.mail(text, to=to), STAFF)


def settle(desk: StrictDesk) -> None:
    """Let what was asked be answered, and look again."""
    wait_until(lambda: not desk.keys._asked)
    desk.clock.later(seconds=2)
    desk.take()


def test_a_customers_mail_waits_for_none_of_24_replies_whose_key_nobody_tells(desk, staff):
    replies = [signed(desk, staff, f"Answer {number}.", f"s{number}") for number in range(24)]
    begun = time.monotonic()
    desk.take(*replies, sender=ANNA)
    desk.write(LIN, "My wallet is gone as well")
    assert time.monotonic() - begun < 6
    assert "My wallet is gone as well" in [one.subject for one in desk.store.listing.list_tickets()]
    assert [] == desk.said(EntryKind.REPLY)


def test_in_the_ticket_itself_the_customer_does_not_wait_either(desk, staff):
    desk.take(signed(desk, staff, "Under the sofa.", "s1"), sender=ANNA)
    desk.write(LIN, "Re: My coins are late [#1]", "Still gone.", ticket=1)
    assert "Still gone." in [one.text for one in desk.store.tickets.entries(1)]


def test_when_the_key_is_there_the_reply_goes_out_and_lost_no_attempt(desk, staff):
    desk.take(signed(desk, staff, "Under the sofa.", "s1"), sender=ANNA)
    for _ in range(10):
        desk.clock.later(seconds=2)
        desk.take()
    assert [] == desk.relayed() + desk.said(EntryKind.DRAFT)
    desk.names.back.set()
    settle(desk)
    (sent,) = desk.relayed()
    assert b"Under the sofa." in sent
    assert not desk.service.proofs
    assert 1 == len(desk.names.asked)


def test_replies_of_a_ticket_keep_their_order(desk, staff):
    desk.names.quick = {"s2", "s3"}
    desk.take(signed(desk, staff, "The first.", "s1"), sender=ANNA)
    desk.take(signed(desk, staff, "The second.", "s2"), sender=ANNA)
    other = desk.to(desk.token(ticket=2))
    desk.take(signed(desk, staff, "To another ticket.", "s3", to=other), sender=ANNA)
    wait_until(lambda: 1 == len(desk.keys._asked))
    desk.clock.later(seconds=2)
    desk.take()
    assert [] == desk.said(EntryKind.REPLY)
    assert ["To another ticket."] == desk.said(EntryKind.REPLY, 2)
    desk.names.back.set()
    settle(desk)
    desk.clock.later(seconds=2)
    desk.take()
    assert ["The first.", "The second."] == desk.said(EntryKind.REPLY)


def test_where_nobody_ever_answers_it_becomes_a_draft_after_a_few_tries(desk, staff):
    desk.names.dead = True
    desk.names.back.set()
    desk.take(signed(desk, staff, "The first.", "s1"), sender=ANNA)
    desk.take(signed(desk, staff, "The second.", "s2"), sender=ANNA)
    for _ in range(2):
        assert [] == desk.said(EntryKind.DRAFT)
        for _ in range(3):
            settle(desk)
        desk.clock.later(minutes=2)
        desk.keys._known.clear()
        desk.take()
    for _ in range(3):
        settle(desk)
    assert ["The first.", "The second."] == desk.said(EntryKind.DRAFT)
    assert [] == desk.relayed()
    assert 2 == sum(b"one word yes" in one.raw for one in desk.sent)


def test_a_mail_that_another_process_decided_on_holds_nobody_up(desk, staff):
    desk.names.quick = {"s2"}
    desk.take(signed(desk, staff, "The first.", "s1"), sender=ANNA)
    (first,) = desk.store.ledger.pending(desk.clock.now.replace(year=2030), 5)
    desk.store.ledger.quarantine(first, "by another process", desk.clock.now)
    desk.take(signed(desk, staff, "The second.", "s2"), sender=ANNA)
    desk.clock.later(minutes=2)
    desk.take()
    assert ["The second."] == desk.said(EntryKind.REPLY)


def test_who_only_looks_waits_for_the_answer(desk, staff):
    threading.Timer(0.5, desk.names.back.set).start()
    envelope = Envelope("lmtp", "support", ANNA, (desk.address,))
    _, effects = desk.service.examine(signed(desk, staff, "Under the sofa.", "s1"), envelope)
    assert [EntryKind.REPLY] == [one.kind for one in effects if isinstance(one, AddEntry)]


def test_the_desk_at_work_sends_the_reply_soon_after_its_key_is_there(desk, staff):
    stop = threading.Event()
    desk.service.receive(
        [Arrival(signed(desk, staff, "Under the sofa.", "s1"), Envelope("lmtp", "support", ANNA))]
    )

    def clock():
        desk.clock.later(seconds=0.05)
        return desk.clock.now

    desk.service = replace(desk.service, clock=clock)
    processor = app.Processor(desk.service)
    work = threading.Thread(target=processor.run, args=(stop,))
    work.start()
    try:
        wait_until(lambda: desk.names.asked)
        threading.Timer(1.0, desk.names.back.set).start()
        wait_until(lambda: desk.said(EntryKind.REPLY), 10)
    finally:
        stop.set()
        processor.nudge()
        work.join(10)
