"""Teams at work, with a real database: the turn, the digest, who is out of office, two answers at once."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from desk_mail import text_of
from pump import Clock, PumpedDesk, letter

from intake.desk.effects import MailKind

# Real time moves between a message and the tick that follows it; the clock of these tests does not.
TEAM = "quote_subject = always\n[team wallets]\nassign = round_robin\nreassign_away = yes"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[PumpedDesk]:
    made = PumpedDesk(tmp_path / "one", "desk.example", clock, TEAM)
    # The mailbox's section comes last in the pump's config.
    text = made.config.read_text().replace("[mailbox support]\n", "[mailbox support]\nteam = wallets\n")
    made.close()
    made.config.write_text(text)
    from intake import app
    from intake.config import settings as config

    made.desk = app.build(config.load(made.config))
    made.store, made.service = made.desk.store, made.desk.service
    made.service = replace(made.service, clock=clock)
    made.store.agents.add("ben@staff.desk.example", "Ben", ("wallets",), clock())
    yield made
    made.close()


def to_agents(desk: PumpedDesk, kind: MailKind = MailKind.NOTICE) -> list[str]:
    desk.sent.clear()
    desk.deliver()
    return [one.rcpt.partition("@")[0] for one in desk.sent if one.kind is kind]


def reply_address(desk: PumpedDesk, place: int = -1) -> str:
    raw = [one.raw for one in desk.sent if one.kind is MailKind.NOTICE][place].decode()
    found = re.search(r"^Reply-To: .*?<(\S+)>", raw.replace("\r\n ", " "), re.MULTILINE)
    assert found is not None
    return found[1]


def test_tickets_are_handed_out_in_turn_and_only_their_agent_is_told(desk: PumpedDesk, clock: Clock) -> None:
    told = []
    for n in range(4):
        desk.write(f"lin{n}@customer{n}.example", f"Wallet {n}")
        clock.later(minutes=1)
        told += to_agents(desk)
    assert ["anna", "ben", "anna", "ben"] == told
    assert ["Anna", "Ben", "Anna", "Ben"] == [
        ticket.assignee.name for n in range(1, 5) if (ticket := desk.store.tickets.get(n)) and ticket.assignee
    ]


def test_who_reads_a_digest_gets_one_mail_for_many(desk: PumpedDesk, clock: Clock) -> None:
    for address in (desk.agent, "ben@staff.desk.example"):
        desk.store.agents.change(address, notify="digest", digest_minutes=30, digest_at=clock())
    for n in range(3):
        clock.later(minutes=1)
        desk.write(f"lin{n}@customer{n}.example", f"Wallet {n}")
    assert [] == to_agents(desk)
    assert [] == to_agents(desk, MailKind.ANSWER)
    clock.later(minutes=30)
    assert ["anna", "ben"] == sorted(to_agents(desk, MailKind.ANSWER))
    (mail,) = [one.raw.decode() for one in desk.sent if one.rcpt == desk.agent]
    assert ("#1" in mail, "#2" in mail, "#3" in mail) == (True, False, True)
    # What was told is not told again, and nothing new is no mail.
    clock.later(minutes=31)
    assert [] == to_agents(desk, MailKind.ANSWER)


def test_an_out_of_office_answer_passes_the_ticket_on_and_reaches_no_customer(
    desk: PumpedDesk, clock: Clock
) -> None:
    desk.write("lin@customer.example", "Wallet")
    assert ["anna"] == to_agents(desk)
    clock.later(minutes=1)
    machine = "Auto-Submitted: auto-replied\r\n"
    away = letter(desk.agent, reply_address(desk), "Out of office", "I am away.", machine)
    desk.take(away, sender="")
    desk.sent.clear()
    desk.deliver()
    assert [("ben@staff.desk.example", MailKind.ALERT)] == [(one.rcpt, one.kind) for one in desk.sent]
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert ticket.assignee is not None
    assert "Ben" == ticket.assignee.name
    # The next ticket does not go to who is away.
    clock.later(minutes=1)
    desk.write("mei@other.example", "Another")
    assert ["ben"] == to_agents(desk)


def test_the_second_of_two_answers_waits_for_its_author(desk: PumpedDesk, clock: Clock) -> None:
    desk.store.agents.disable("ben@staff.desk.example")
    desk.store.agents.add("ben@staff.desk.example", "Ben", ("wallets",), clock())
    desk.write("lin@customer.example", "Wallet")
    to_agents(desk)
    first = reply_address(desk)
    from intake.desk.effects import Assign

    ben = desk.store.agents.by_address("ben@staff.desk.example")
    desk.service.act([Assign(1, ben)])
    clock.later(minutes=1)
    desk.write("lin@customer.example", "Re: Wallet [#1]", "And now?", ticket=1)
    assert "ben" in to_agents(desk)
    second = reply_address(desk)
    clock.later(minutes=1)
    desk.take(letter(desk.agent, first, "Re: Wallet", "Restart it."), sender=desk.agent)
    clock.later(minutes=1)
    desk.take(
        letter("ben@staff.desk.example", second, "Re: Wallet", "Update it."), sender="ben@staff.desk.example"
    )
    desk.sent.clear()
    desk.deliver()
    (relay,) = [one.raw for one in desk.sent if one.kind is MailKind.RELAY]
    assert (True, False) == (b"Restart it." in relay, b"Update it." in relay)
    alerts = {
        one.rcpt: one.raw.decode().replace("=\r\n", "") for one in desk.sent if one.kind is MailKind.ALERT
    }
    assert {"ben@staff.desk.example"} == set(alerts)
    assert "Anna has already replied" in alerts["ben@staff.desk.example"]
    # Anna has nothing to do about it: she is told in one line, and not at once.
    desk.sent.clear()
    clock.later(minutes=9)
    desk.deliver()
    assert [] == desk.sent
    clock.later(minutes=1)
    desk.deliver()
    (line,) = desk.sent
    assert (desk.agent, MailKind.NOTICE) == (line.rcpt, line.kind)
    assert "Ben has written a reply too. It is kept until Ben has read yours." in text_of(line)
