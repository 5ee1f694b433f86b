"""However an address is spelled, and whatever token is shown, one person is written to as one person."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pump import Clock, PumpedDesk, letter

from intake.desk import tokens
from intake.desk.ceilings import ceiling_key
from intake.desk.effects import MailKind
from intake.desk.message import Envelope
from intake.desk.tokens import Purpose
from intake.ports import Arrival

VICTIM = "vic@customer.example"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[PumpedDesk]:
    made = PumpedDesk(tmp_path / "desk", "desk.example", clock)
    yield made
    made.close()


def reached(desk: PumpedDesk, whom: str = VICTIM) -> int:
    """How many automatic mails came to one person's mailbox, whatever was written on them."""
    there = [one for one in desk.sent if one.kind.at_most_once]
    return sum(ceiling_key(one.rcpt) == ceiling_key(whom) for one in there)


SPELLED = {
    "as it is": lambda n: VICTIM,
    "with plus parts": lambda n: f"vic+{n}@customer.example",
    "with capitals": lambda n: "".join(c.upper() if n >> i & 1 else c for i, c in enumerate(VICTIM)),
    "quoted or not": lambda n: f'"vic+{n}"@customer.example' if n % 2 else VICTIM,
}


@pytest.mark.parametrize("spelled", SPELLED.values(), ids=SPELLED)
def test_twenty_five_spellings_reach_one_person_once_a_day(
    desk: PumpedDesk, clock: Clock, spelled: object
) -> None:
    assert callable(spelled)
    for day in (1, 2):
        for number in range(25):
            desk.write(spelled(number), f"Help {day} {number}", f"words {day} {number}")
        desk.deliver()
        acknowledged = [one for one in desk.sent if one.kind is MailKind.ACKNOWLEDGEMENT]
        assert day == len(acknowledged)
        # The other is the word on the second day that the first day's answer is late.
        assert reached(desk) <= 2 * day - 1
        clock.later(days=1, seconds=1)
    # Every word is kept all the same.
    assert 50 == len(desk.store.ledger.list_messages(limit=100))


def test_dots_are_nothing_where_the_provider_ignores_them(desk: PumpedDesk) -> None:
    for number, local in enumerate(["vic.tim", "v.ictim", "victim", "vi.c.tim+x"]):
        for domain in ("gmail.com", "googlemail.com"):
            desk.write(f"{local}@{domain}", f"Help {number} {domain}", f"words {number} {domain}")
    desk.deliver()
    assert 1 == reached(desk, "victim@gmail.com")


@pytest.mark.parametrize(("ceiling", "minutes", "most"), [("hour", 2, 3), ("day", 61, 10)])
def test_the_ceilings_of_an_address_are_those_of_its_mailbox(
    tmp_path: Path, clock: Clock, ceiling: str, minutes: int, most: int
) -> None:
    desk = PumpedDesk(tmp_path / "desk", "desk.example", clock, "automatic_per_unverified_day = 100")
    # Each from another spelling, and with other words, so that nothing looks like a robot.
    for number in range(22 if ceiling == "day" else 25):
        desk.write(f"vic+{number}@customer.example", f"Help {number}", f"words {number}")
        clock.later(seconds=20)
        desk.deliver()
        clock.later(minutes=minutes)
    assert most == reached(desk), [row.reason for row in desk.store.ledger.list_messages(limit=30)]
    desk.close()


def test_a_flood_from_one_mailbox_is_one_flood(tmp_path: Path, clock: Clock) -> None:
    desk = PumpedDesk(tmp_path / "desk", "desk.example", clock, "flood_per_address_hour = 5")
    for number in range(12):
        desk.write(f"vic+{number}@customer.example", f"Help {number}", f"words {number}")
    # Five tickets, and one that takes the rest.
    assert 6 == desk.store.upkeep.counts()["open tickets"]
    desk.close()


def token_of(desk: PumpedDesk, purpose: Purpose, ticket: int) -> str:
    expires = desk.clock.now + timedelta(days=365)
    token = tokens.make(desk.desk.keys[0], purpose, ticket, 0, expires)
    return tokens.address(desk.address, token)


TOKENS = {
    "of the page of another's ticket": Purpose.PROGRESS,
    "of another's ticket": Purpose.CUSTOMER,
    "of another's survey": Purpose.SURVEY,
    "of another's answer": Purpose.BOUNCE,
}


@pytest.mark.parametrize("purpose", TOKENS.values(), ids=TOKENS)
def test_a_token_that_is_not_the_senders_own_proves_nobody(
    desk: PumpedDesk, clock: Clock, purpose: Purpose
) -> None:
    """Whoever has a ticket has tokens of it. Of one closed long ago, a mail to it opens a new ticket."""
    desk.write("mallory@else.example", "My own ticket")
    desk.service.act([*_closed(desk)])
    clock.later(days=60)
    to = token_of(desk, purpose, 1)
    for number in range(10):
        desk.service.receive(
            [
                Arrival(
                    letter(VICTIM, to, f"Help {number}", f"words {number}"),
                    Envelope("lmtp", "support", VICTIM, (to,)),
                )
            ]
        )
        while desk.service.process_pending(50):
            pass
        desk.deliver()
        clock.later(minutes=3)
    assert reached(desk) <= 1


def test_the_requesters_own_token_still_proves_them(desk: PumpedDesk, clock: Clock) -> None:
    desk.write(VICTIM, "Help")
    desk.service.act([*_closed(desk)])
    clock.later(hours=20)
    to = token_of(desk, Purpose.CUSTOMER, 1)
    desk.service.receive(
        [Arrival(letter(VICTIM, to, "Help again", "more"), Envelope("lmtp", "support", VICTIM, (to,)))]
    )
    while desk.service.process_pending(50):
        pass
    desk.deliver()
    assert [MailKind.ACKNOWLEDGEMENT, MailKind.STATUS] == [
        one.kind
        for one in desk.sent
        if one.rcpt == VICTIM and one.kind in (MailKind.ACKNOWLEDGEMENT, MailKind.STATUS)
    ]


def _closed(desk: PumpedDesk) -> list[object]:
    from intake.desk.effects import SetStatus
    from intake.desk.ticket import Status

    return [SetStatus(1, Status.CLOSED)]
