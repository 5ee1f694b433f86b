"""Blocked senders and mail that rules keep or let in, from the bytes to what goes out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from agent_desk import BORDER, Domain, StrictDesk
from desk_mail import EVE, LIMITS, LIN, MailDesk, plain_of, subject_of, text_of, words_of
from pump import Clock, PumpedDesk, letter

from intake.desk.effects import MailKind, Outcome
from intake.desk.message import Envelope
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose
from intake.mail.parse import parse
from intake.ports import Arrival

RULES = """
[rule monitoring]
sender = @monitor.example
header = Auto-Submitted: *
machine = allow
stop = yes

[rule tests]
header = X-Test: *
quarantine = a test of our own
"""
# How monitoring and forms write: the fields that make each a machine's.
SHAPES = {
    "zabbix": (
        "Zabbix <zabbix@monitor.example>",
        "PROBLEM: Disk is full on db1",
        "Auto-Submitted: auto-generated\r\nPrecedence: bulk\r\nX-Mailer: Zabbix\r\n",
    ),
    "alertmanager": (
        "alerts@monitor.example",
        "[FIRING:1] InstanceDown",
        "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n",
    ),
    "uptimerobot": (
        "UptimeRobot <alert@up.monitor.example>",
        "Monitor is DOWN: wallet",
        "Auto-Submitted: auto-generated\r\nPrecedence: list\r\nList-Unsubscribe: <https://m.example/u>\r\n",
    ),
    "a form": (
        "Website <forms@monitor.example>",
        "New enquiry",
        "Auto-Submitted: auto-generated\r\n",
    ),
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path, LIMITS + RULES)
    yield desk
    desk.close()


def opened(desk: MailDesk) -> list[int]:
    return [row.id for row in desk.store.listing.list_tickets()]


def test_a_blocked_sender_opens_no_ticket_and_is_heard_of_by_nobody(desk: MailDesk) -> None:
    desk.mail(f"Eve <{EVE}>", desk.address, "Win a prize", "You won")
    desk.out()
    desk.reply("#block", ticket=2)
    ticket = desk.store.tickets.get(2)
    assert ticket is not None
    assert "spam" == ticket.state
    (told,) = desk.out()
    assert (MailKind.ANSWER, desk.agent) == (told.kind, told.rcpt)
    assert f"{EVE} is blocked" in words_of(told)
    assert f"To undo it, send #unblock {EVE}." in words_of(told)
    assert f"{EVE} blocked, by Anna" in desk.said(EntryKind.EVENT, 2)
    desk.mail(f"Eve <{EVE}>", desk.address, "Win another", "You won again")
    assert (Outcome.QUARANTINED, "blocked") == desk.outcome()
    desk.mail(f"Eve <{EVE}>", desk.address, "Here", "Auto", "Auto-Submitted: auto-replied\r\n")
    assert (Outcome.QUARANTINED, "blocked") == desk.outcome()
    assert [] == desk.out()
    desk.mail(f"Lin <{LIN}>", desk.address, "And me?", "A question")
    assert (Outcome.TICKETED, "new_ticket") == desk.outcome()


STAFF = Domain("staff.desk.example")
PROVEN = f"Authentication-Results: {BORDER}; dmarc=pass header.from=customer.example\r\n"
ZOE = "zoe@customer.example"


def annas(desk: StrictDesk, text: str, ticket: int) -> bytes:
    """A reply of Anna's that her mail server signs."""
    desk.dns[STAFF.place] = STAFF.record
    return STAFF.sign(desk.mail(text, to=desk.to(desk.token(ticket=ticket))), STAFF.name)


@pytest.mark.parametrize("how", ["by mail", "over the form"])
@pytest.mark.parametrize("open_", [True, False])
def test_a_customer_is_not_blocked_for_what_somebody_wrote_in_their_name(
    how: str, open_: bool, tmp_path: Path
) -> None:
    desk = StrictDesk(tmp_path)
    desk.write(ZOE, "A question", "Hello", PROVEN)
    if not open_:
        desk.take(annas(desk, "#close", 3), sender=desk.agent)
    raw = letter(ZOE, desk.address, "Win", "You won")
    if how == "by mail":
        desk.take(raw)
    else:
        desk.service.receive([Arrival(raw, Envelope("form", "support", None, (desk.address,)))])
        desk.service.process_pending(9)
    desk.take(annas(desk, "#block", 4), sender=desk.agent)
    assert () == desk.store.blocks.listed()
    why = " ".join(plain_of(desk.told()[-1]).split())
    assert f"came in the name of {ZOE} is not proven" in why
    assert open_ is (f"{ZOE} covers people of open tickets (#3)" in why)
    desk.take(annas(desk, "#block anyway", 4), sender=desk.agent)
    assert [ZOE] == [row.key for row in desk.store.blocks.listed()]
    desk.close()


def test_a_sender_for_whom_our_server_vouches_is_blocked_at_once(tmp_path: Path) -> None:
    desk = StrictDesk(tmp_path)
    desk.write(ZOE, "Win", "You won", PROVEN)
    desk.take(annas(desk, "#block", 3), sender=desk.agent)
    assert [ZOE] == [row.key for row in desk.store.blocks.listed()]
    desk.close()


def test_a_block_is_asked_about_in_the_set_in_which_the_mail_came(tmp_path: Path) -> None:
    desk = StrictDesk(tmp_path)
    raw = letter(ZOE, desk.address, "Win", "You won")
    desk.take(raw, annas(desk, f"#block {ZOE}", 1), sender=desk.agent)
    assert (3, ()) == (desk.store.listing.list_tickets(limit=1)[0].id, desk.store.blocks.listed())
    desk.close()


def test_a_reply_token_does_not_open_the_door_for_a_blocked_sender(desk: MailDesk) -> None:
    desk.command(f"#block {LIN} anyway")
    desk.customer("And now?")
    assert (Outcome.QUARANTINED, "blocked") == desk.outcome()


def test_what_was_kept_is_put_back_by_one_command_and_what_comes_then_is_kept_again(desk: MailDesk) -> None:
    desk.command("#block elsewhere.example")
    (answer,) = desk.out(MailKind.ANSWER)
    assert "@elsewhere.example is blocked. Email from there is kept in quarantine." in text_of(answer)
    desk.mail(f"Eve <{EVE}>", desk.address, "A real question", "Wallet")
    kept = desk.store.ledger.list_messages(limit=1)[0].id
    assert desk.store.ledger.requeue(kept, desk.clock.now)
    assert 1 == desk.service.process_pending(10)
    assert (Outcome.TICKETED, "new_ticket") == desk.outcome()
    assert desk.agent in [one.rcpt for one in desk.out(MailKind.NOTICE)]
    desk.mail(f"Eve <{EVE}>", desk.address, "More", "Wallet")
    assert (Outcome.QUARANTINED, "blocked") == desk.outcome()


def test_what_the_answer_to_a_block_says_of_replies_to_it_is_true(desk: MailDesk) -> None:
    desk.mail(f"Eve <{EVE}>", desk.address, "Win a prize", "You won")
    desk.out()
    desk.reply("#block", ticket=2)
    (told,) = desk.out()
    desk.answer(told, "Please write to us no more, thank you.", f"Anna <{desk.agent}>")
    assert ("is sent to the customer" in words_of(told)) == bool(desk.out(MailKind.RELAY))


def test_a_block_is_listed_and_ended_by_mail(desk: MailDesk) -> None:
    desk.command("#block @elsewhere.example")
    desk.mail(f"Eve <{EVE}>", desk.address, "Win", "Win")
    desk.out()
    desk.command("#blocked")
    (answer,) = desk.out(MailKind.ANSWER)
    assert "@elsewhere.example: blocked by Anna" in words_of(answer)
    assert "in quarantine: 1" in words_of(answer)
    desk.command("#unblock elsewhere.example")
    (ended,) = desk.out(MailKind.ANSWER)
    assert "Answer to #unblock" == subject_of(ended)
    assert "1 email from there is still in quarantine." in words_of(ended)
    assert "intake quarantine retry ID" in words_of(ended)
    desk.mail(f"Eve <{EVE}>", desk.address, "A question", "Hello")
    assert (Outcome.TICKETED, "new_ticket") == desk.outcome()


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("#block customer.example", "people of open tickets (#1): add anyway"),
        ("#block gmail.com anyway", "belongs to many people"),
        ("#block anna@staff.desk.example anyway", "covers an address of this desk, an agent"),
        ("#block help@desk.example anyway", "covers an address of this desk"),
    ],
)
def test_a_block_of_those_the_desk_talks_to_is_refused_and_says_why(
    desk: MailDesk, written: str, says: str
) -> None:
    desk.command(written)
    assert [True] == [says in words_of(one) for one in desk.out(MailKind.ALERT)]
    assert () == desk.store.blocks.listed()


@pytest.mark.parametrize("shape", SHAPES)
def test_a_machine_that_a_rule_lets_in_opens_one_ticket_and_gets_no_answer(
    desk: MailDesk, shape: str
) -> None:
    sender, subject, fields = SHAPES[shape]
    before = opened(desk)
    desk.mail(sender, desk.address, "It is so.", subject, fields)
    assert (Outcome.TICKETED, "new_ticket") == desk.outcome()
    (number,) = set(opened(desk)) - set(before)
    assert [desk.agent] == [one.rcpt for one in desk.out()]
    for command in ("#close", "#reopen", "#assign anna"):
        desk.reply(command, ticket=number)
    desk.clock.later(days=3)
    # Lin still waits, and is told so.
    assert {LIN} >= {one.rcpt for one in desk.out() if one.kind.at_most_once}
    desk.reply("We look into it.", ticket=number)
    assert 1 == len(desk.out(MailKind.RELAY))


def test_a_machine_that_no_rule_names_is_kept_as_ever(desk: MailDesk) -> None:
    desk.mail("x@other.example", desk.address, "Away", "Away", "Auto-Submitted: auto-replied\r\n")
    assert (Outcome.AUTOMATIC, "machine") == desk.outcome()


def test_what_a_rule_quarantines_says_by_which_rule_and_why(desk: MailDesk) -> None:
    desk.mail(f"Eve <{EVE}>", desk.address, "A test", "Test", "X-Test: yes\r\n")
    row = desk.store.ledger.list_messages(limit=1)[0]
    assert (Outcome.QUARANTINED, "quarantined by rule tests: a test of our own") == (row.outcome, row.reason)
    assert [] == desk.out()
    desk.mail(f"Anna <{desk.agent}>", desk.address, "A test", "Test", "X-Test: yes\r\n")
    assert Outcome.QUARANTINED is not desk.outcome()[0]


def test_in_one_set_who_writes_after_the_block_is_kept_and_who_wrote_before_is_not(desk: MailDesk) -> None:
    desk.take(
        letter(EVE, desk.address, "First"),
        letter(desk.agent, desk.to(Purpose.COMMAND, 0, 1), "to the desk", f"#block {EVE} anyway"),
        letter(EVE, desk.address, "Second"),
    )
    rows = desk.store.ledger.list_messages(limit=3)[::-1]
    assert [Outcome.TICKETED, Outcome.COMMAND, Outcome.QUARANTINED] == [row.outcome for row in rows]


ANSWERING = {
    "as a machine": "Auto-Submitted: auto-replied\r\n",
    "as a machine of an old make": "Precedence: bulk\r\nX-Auto-Response-Suppress: All\r\n",
    "as a person": "",
}


@pytest.mark.parametrize("how", ANSWERING)
@pytest.mark.parametrize("keeps_token", [True, False])
def test_a_monitor_that_answers_whatever_it_gets_comes_to_an_end(
    how: str, keeps_token: bool, desk: MailDesk
) -> None:
    monitor = "zabbix@monitor.example"
    desk.mail(monitor, desk.address, "Disk is full", "PROBLEM: Disk", "Auto-Submitted: auto-generated\r\n")
    number = desk.store.listing.list_tickets(limit=1)[0].id
    answered, last = 0, 0
    for turn in range(40):
        due = [one for one in desk.out() if one.rcpt == monitor]
        if turn == 3:
            desk.reply("We look into it.", ticket=number)
            desk.reply("#close", ticket=number)
        for one in due:
            answered, last = answered + 1, turn
            to = parse(one.raw).reply_to[0].mailbox if keeps_token else desk.address
            desk.mail(monitor, to, f"Got it: {answered}", f"Re: {one.message_id}", ANSWERING[how])
        desk.clock.later(minutes=7)
    assert answered <= 12
    assert last < 20


def test_two_desks_that_let_each_other_in_do_not_loop(tmp_path: Path) -> None:
    clock = Clock()
    desks = [
        PumpedDesk(
            tmp_path / name,
            f"{name}.example",
            clock,
            f"\n[rule other]\nsender = @{other}.example\nmachine = allow\n",
        )
        for name, other in (("one", "two"), ("two", "one"))
    ]
    one, two = desks
    two.take(
        f"From: {one.address}\r\nTo: {two.address}\r\nSubject: Hello\r\nMessage-ID: <a@one.example>\r\n\r\n"
        "A person of the other desk asks.\r\n".encode(),
        sender=one.address,
    )
    exchanged = 0
    for _ in range(10):
        for here, there in ((one, two), (two, one)):
            here.deliver()
            due = [mail for mail in here.sent if mail.rcpt == there.address]
            here.sent.clear()
            exchanged += len(due)
            there.take(*(mail.raw for mail in due), sender="")
        clock.later(minutes=10)
    assert exchanged <= 1
    assert [] == [text for desk in desks for text in automatic_twice(desk)]
    for desk in desks:
        desk.close()


def automatic_twice(desk: PumpedDesk) -> list[str]:
    """Messages that became more than one entry of a customer's in this desk."""
    texts = [
        entry.text
        for row in desk.store.listing.list_tickets()
        for entry in desk.store.tickets.entries(row.id)
        if entry.kind is EntryKind.CUSTOMER
    ]
    return [text for text in set(texts) if texts.count(text) > 1]
