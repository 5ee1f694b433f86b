"""`acknowledge = also-lists`: what people write through a group is acknowledged, once, but no machine."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pump import Clock, PumpedDesk

from intake.desk.effects import MailKind, Outgoing

MO = "mo@strict.example"
GOOGLE = (
    "Precedence: list\r\nMailing-list: list help@desk.example; contact help+owners@desk.example\r\n"
    "List-ID: <help.desk.example>\r\nX-Google-Group-Id: 1\r\nList-Post: <mailto:help@desk.example>\r\n"
    "List-Unsubscribe: <mailto:help+unsubscribe@desk.example>\r\n"
)
MAILMAN = (
    "Precedence: list\r\nX-Mailman-Version: 3.3\r\nList-Id: The users <users.lists.example>\r\n"
    "List-Post: <mailto:users@lists.example>\r\nList-Unsubscribe: <mailto:users-leave@lists.example>\r\n"
    "List-Owner: <mailto:users-owner@lists.example>\r\n"
)
PLAIN = "Precedence: list\r\n"
LIMITS = "flood_per_address_hour = 0\nautomatic_per_unverified_day = 9\nautomatic_per_address_hour = 9"
Make = Callable[[str], PumpedDesk]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[PumpedDesk] = []

    def desk(acknowledge: str) -> PumpedDesk:
        one = PumpedDesk(tmp_path / str(len(made)), "desk.example", Clock(), LIMITS)
        one.config.write_text(f"{one.config.read_text()}acknowledge = {acknowledge}\n")
        one.close()
        made.append(again(one))
        return one

    yield desk
    for one in made:
        one.close()


def again(desk: PumpedDesk) -> PumpedDesk:
    """Read the config anew."""
    from dataclasses import replace

    from intake import app
    from intake.config.settings import load

    desk.desk = app.build(load(desk.config))
    desk.store = desk.desk.store
    desk.service = replace(desk.service, clock=desk.clock)
    return desk


@pytest.fixture
def desk(make: Make) -> PumpedDesk:
    return make("also-lists")


def mail(
    headers: str, sender: str = f"Mo <{MO}>", text: str = "It does not start.", name: str = "a"
) -> bytes:
    return (
        f"From: {sender}\r\nTo: help@desk.example\r\nSubject: It does not start\r\n"
        f"Message-ID: <{name}@strict.example>\r\n{headers}\r\n{text}\r\n"
    ).encode()


def acknowledged(desk: PumpedDesk, *raws: bytes, sender: str | None = "help+bnc@lists.example") -> list[str]:
    """Take mails in; return who is acknowledged."""
    desk.clock.later(seconds=30)
    desk.take(*raws, sender=sender)
    desk.sent.clear()
    desk.deliver()
    return [one.rcpt for one in desk.sent if one.kind is MailKind.ACKNOWLEDGEMENT]


@pytest.mark.parametrize("headers", [GOOGLE, MAILMAN, PLAIN, "X-Mailing-List: users@lists.example\r\n"])
@pytest.mark.parametrize("how", ["yes", "no", "also-lists"])
def test_who_writes_through_a_group_is_acknowledged_where_the_admin_says_so(
    how: str, headers: str, make: Make
) -> None:
    desk = make(how)
    assert acknowledged(desk, mail(headers)) == ([MO] if how == "also-lists" else [])
    assert 1 == len(desk.store.tickets.entries(1))


@pytest.mark.parametrize("how", ["yes", "also-lists"])
def test_people_who_write_directly_are_acknowledged_as_ever(how: str, make: Make) -> None:
    assert [MO] == acknowledged(make(how), mail(""), sender=MO)


def test_the_author_whom_google_moved_out_of_from_is_who_is_told(desk: PumpedDesk) -> None:
    # As Google does for senders whose domain has a strict DMARC policy.
    moved = f"Reply-To: Mo <{MO}>\r\nX-Original-From: Mo <{MO}>\r\nX-Original-Sender: {MO}\r\n"
    raw = mail(moved + GOOGLE, "'Mo Strict' via Support <help@desk.example>")
    assert [MO] == acknowledged(desk, raw)
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert MO == ticket.requester.mailbox


@pytest.mark.parametrize("first", ["direct", "list"])
def test_a_mail_and_its_copy_over_the_list_are_one_ticket_and_one_acknowledgement(
    first: str, desk: PumpedDesk
) -> None:
    direct = mail("", text="One mail to two addresses")
    footer = f"One mail to two addresses\r\n\r\n{'_' * 47}\r\nsup mailing list\r\nsup@desk.example"
    over = mail(PLAIN, text=footer).replace(b"Subject: ", b"Subject: [sup] ")
    order = (direct, over) if first == "direct" else (over, direct)
    assert [MO] == [who for raw in order for who in acknowledged(desk, raw, sender=MO)]
    assert 1 == len({row.ticket for row in desk.store.ledger.list_messages()})


@pytest.mark.parametrize(
    ("headers", "sender", "envelope"),
    [
        (GOOGLE + "Auto-Submitted: auto-replied\r\n", MO, "b@lists.example"),
        (GOOGLE + "Auto-Submitted: auto-generated\r\n", MO, "b@lists.example"),
        (GOOGLE + "X-Auto-Response-Suppress: All\r\n", MO, "b@lists.example"),
        (GOOGLE + "X-Autoreply: yes\r\n", MO, "b@lists.example"),
        (GOOGLE + "Precedence: bulk\r\n", MO, "b@lists.example"),
        (GOOGLE.replace("Precedence: list", "Precedence: bulk"), MO, "b@lists.example"),
        (GOOGLE.replace("Precedence: list", "Precedence: junk"), MO, "b@lists.example"),
        (GOOGLE, MO, ""),
        (GOOGLE, "no-reply@strict.example", "b@lists.example"),
        (GOOGLE, "users-owner@strict.example", "b@lists.example"),
        # The list itself, by each of its names: all its readers would get the answer.
        (MAILMAN, "users@lists.example", "b@lists.example"),
        (MAILMAN, "'Mo' via Users <USERS@lists.example>", "b@lists.example"),
        ("List-Id: <users.lists.example>\r\n", "users@lists.example", "b@lists.example"),
        (
            "Mailing-list: list all@strict.example; contact x@strict.example\r\n",
            "all@strict.example",
            "b@l.x",
        ),
        # A mailing: one may leave it, and not write to it.
        (
            "List-Id: <news.shop.example>\r\nList-Unsubscribe: <https://shop.example/u>\r\n",
            MO,
            "b@shop.example",
        ),
        ("Precedence: list\r\nList-Post: NO\r\n", MO, "b@shop.example"),
        ("Precedence: list\r\nList-Unsubscribe: <https://shop.example/u>\r\n", MO, "b@shop.example"),
        ("List-Unsubscribe: <https://shop.example/u>\r\n", MO, "b@shop.example"),
        ("X-Loop: desk\r\n", MO, "b@lists.example"),
        # Who is named beside From by others than the list is nobody's word.
        (f"{MAILMAN}X-Original-From: eve@elsewhere.example\r\n", "forms@shop.example", "b@lists.example"),
        # Without a list, all that held before holds.
        ("", MO, "b@lists.example"),
    ],
)
def test_nothing_automatic_no_mailing_and_no_list_is_answered(
    headers: str, sender: str, envelope: str, desk: PumpedDesk
) -> None:
    assert [] == acknowledged(desk, mail(headers, sender), sender=envelope)


def test_an_answering_machine_behind_a_group_is_told_nothing(desk: PumpedDesk) -> None:
    away = mail(
        f"{GOOGLE}In-Reply-To: <x@desk.example>\r\n", text="I am out of the office until Monday."
    ).replace(b"Subject: It does not start", b"Subject: Automatic reply: It does not start")
    assert [] == acknowledged(desk, away)


def test_one_address_is_told_once_a_day_through_lists(desk: PumpedDesk) -> None:
    assert [MO] == acknowledged(desk, mail(GOOGLE))
    assert [] == acknowledged(desk, mail(GOOGLE, text="Something else entirely.", name="b"))
    desk.clock.later(days=1, hours=1)
    assert [MO] == acknowledged(desk, mail(GOOGLE, text="And another thing.", name="c"))


@pytest.mark.parametrize("stripped", [False, True])
@pytest.mark.parametrize("rewritten", [False, True])
def test_our_own_answer_that_a_group_brings_back_ends_there(
    rewritten: bool, stripped: bool, desk: PumpedDesk
) -> None:
    """Even where the group takes away what says that a machine wrote it, and puts itself into From."""
    assert [MO] == acknowledged(desk, mail(GOOGLE))
    (ours,) = [one for one in desk.sent if one.kind is MailKind.ACKNOWLEDGEMENT]
    back = brought_back(ours, rewritten, stripped)
    for turn in range(5):
        raw = back.replace(b"<again", f"<again{turn}".encode())
        assert [] == acknowledged(desk, raw)


def brought_back(ours: Outgoing, rewritten: bool, stripped: bool) -> bytes:
    head, _, body = ours.raw.partition(b"\r\n\r\n")
    lines = head.decode().replace("\r\n ", " ").split("\r\n")
    if stripped:
        lost = ("auto-submitted", "x-auto-response-suppress", "in-reply-to", "references", "message-id")
        lines = [line for line in lines if line.partition(":")[0].lower() not in lost]
        lines.append("Message-ID: <again@lists.example>")
    if rewritten:
        lines = [line for line in lines if not line.startswith(("From:", "Reply-To:"))]
        lines.append("From: 'Desk' via Users <users@lists.example>")
        lines.append("X-Original-From: Desk <help@desk.example>")
    return "\r\n".join([*lines, MAILMAN.strip(), "", ""]).encode() + body
