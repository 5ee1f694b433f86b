"""Blocked senders and mail that rules keep or let in, from the bytes to what goes out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_mail import EVE, LIMITS, LIN, MailDesk, text_of, words_of
from pump import Clock, PumpedDesk, letter

from intake.desk.effects import MailKind, Outcome
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose

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
    assert [] == desk.out(MailKind.STATUS, MailKind.RELAY)
    desk.mail(f"Eve <{EVE}>", desk.address, "Win another", "You won again")
    assert (Outcome.QUARANTINED, "blocked") == desk.outcome()
    desk.mail(f"Eve <{EVE}>", desk.address, "Here", "Auto", "Auto-Submitted: auto-replied\r\n")
    assert (Outcome.QUARANTINED, "blocked") == desk.outcome()
    assert [] == desk.out()
    desk.mail(f"Lin <{LIN}>", desk.address, "And me?", "A question")
    assert (Outcome.TICKETED, "new_ticket") == desk.outcome()


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


def test_a_block_is_listed_and_ended_by_mail(desk: MailDesk) -> None:
    desk.command("#block @elsewhere.example")
    desk.mail(f"Eve <{EVE}>", desk.address, "Win", "Win")
    desk.out()
    desk.command("#blocked")
    (answer,) = desk.out(MailKind.ANSWER)
    assert "@elsewhere.example: blocked by Anna" in words_of(answer)
    assert "in quarantine: 1" in words_of(answer)
    desk.command("#unblock elsewhere.example")
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
