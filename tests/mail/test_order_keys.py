"""What two mails are ordered by: whatever the rules tie together must be in the keys of both."""

import time
from collections import defaultdict
from pathlib import Path

import pytest
from each_case import each

from intake.desk import tokens
from intake.desk.authorship import attributed
from intake.desk.message import Envelope
from intake.desk.policy import Policy
from intake.mail import order_keys
from intake.mail.order_keys import TOP_BYTES, order_of
from intake.mail.parse import parse

HERE = Path(__file__).parent.parent / "corpus"
MAILS = sorted(HERE.rglob("*.eml"))
PLAIN = Envelope("imap", "support")
CUSTOMER = "ann@customer.example"


def letter(**fields: str) -> bytes:
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return f"{head}\r\nHello.\r\n".encode()


def keys(raw: bytes, envelope: Envelope = PLAIN) -> frozenset[str]:
    order = order_of(raw[:TOP_BYTES], envelope)
    assert order is not None
    return order.keys


def token(purpose: tokens.Purpose, ticket: int, person: int = 0) -> str:
    from datetime import UTC, datetime

    return tokens.make(b"k" * 32, purpose, ticket, person, datetime(2030, 1, 1, tzinfo=UTC))


TO_12 = f"Help <support+{token(tokens.Purpose.CUSTOMER, 12)}@desk.example>"
AGENT_12 = f"support+{token(tokens.Purpose.AGENT, 12, 3)}@desk.example"
COMMANDS = f"desk+{token(tokens.Purpose.COMMAND, 0, 3)}@desk.example"
IDS = f"<ref.{token(tokens.Purpose.AGENT, 12, 3)}.x1@desk.example>"

SHARED = {
    "the sender": (letter(From="Ann <ann@x.example>"), letter(From="ANN@x.example")),
    "the mailbox of the sender": (letter(From="ann+1@gmail.com"), letter(From="a.nn@googlemail.com")),
    "whom Reply-To names": (letter(From="wp@x.example", Reply_To=CUSTOMER), letter(From=CUSTOMER)),
    "whom a list took the place of": (
        letter(From="l@x.example", List_Id="<l.x.example>", X_Original_From=CUSTOMER),
        letter(From=CUSTOMER),
    ),
    "an answered mail": (letter(Message_ID="<1@x>"), letter(Message_ID="<2@x>", In_Reply_To="<1@x>")),
    "a mail in the thread": (letter(Message_ID="<1@x>"), letter(References="<0@x> <1@x> <7@x>")),
    "two that answer one": (letter(References="<1@x>"), letter(In_Reply_To="<1@x>")),
    "the ticket of a token": (letter(To=TO_12), letter(Cc=AGENT_12)),
    "the ticket that a notice names": (letter(To=TO_12), letter(References=IDS)),
    "the ticket in the subject": (letter(Subject="Re: coins [#12]"), letter(To=TO_12)),
    "the number without brackets": (letter(Subject="about ticket#12"), letter(Subject="[#12]")),
    "the encoded subject": (letter(Subject="=?utf-8?b?WyMxMl0=?="), letter(Subject="[#12]")),
    "the agent of commands": (letter(To=COMMANDS), letter(To=COMMANDS, Subject="x")),
    "Outlook's conversation": (
        letter(Thread_Index="AQHZJhjE8uyPxOGC9Eq3z1cE8GdoDA=="),
        letter(Thread_Index="AQHZJhjE8uyPxOGC9Eq3z1cE8GdoDK9/0FYm"),
    ),
    "what two copies have in common": (
        letter(Date="Thu, 1 Jan 2026 08:00:00 +0000", Subject="a  b"),
        letter(Received="from x", Date="Thu, 1 Jan 2026 08:00:00 +0000", Subject="a b"),
    ),
}


@pytest.mark.parametrize("what", SHARED)
def test_two_mails_share_a_key_by(what: str) -> None:
    first, second = SHARED[what]
    assert keys(first) & keys(second)


def test_the_envelope_counts_as_well() -> None:
    bounce = Envelope("lmtp", "support", "", (AGENT_12,))
    assert keys(letter(From="x@x.example"), bounce) & keys(letter(To=TO_12))
    assert keys(letter(), Envelope("lmtp", "support", CUSTOMER)) & keys(letter(From=CUSTOMER))


def test_others_share_nothing() -> None:
    one = letter(From="a@x.example", Message_ID="<1@x>", Subject="Help [#1]", Date="now")
    two = letter(From="b@x.example", Message_ID="<2@x>", Subject="Help [#2]", Date="now")
    assert not keys(one) & keys(two)
    assert not keys(letter()) & keys(letter()), "what names nothing is ordered by nothing"


@each("path", MAILS, ids=lambda path: path.name)
def test_what_is_read_of_a_mail_is_in_its_keys(path: Path) -> None:
    raw = path.read_bytes()
    order = order_of(raw[:TOP_BYTES], PLAIN)
    assert order is not None
    message = attributed(parse(raw), Policy("Desk", "support@desk.example"))
    wanted = {order_keys._key(order_keys.MESSAGE_ID, name) for name in message.thread_ids[:100]}
    if message.message_id:
        wanted.add(order_keys._key(order_keys.MESSAGE_ID, message.message_id))
    if message.sender is not None:
        wanted.add(order_keys._key(order_keys.SENDER, order_keys.ceiling_key(message.sender.mailbox)))
    if message.thread_index:
        wanted.add(order_keys._key(order_keys.CONVERSATION, message.thread_index))
    assert wanted <= order.keys
    assert set(message.thread_ids[:100]) <= set(order.ids)


def test_copies_of_one_mail_share_a_key() -> None:
    prints: dict[str, list[frozenset[str]]] = defaultdict(list)
    for path in MAILS:
        raw = path.read_bytes()
        for copy in (raw, b"Received: from x\r\n" + raw, raw.replace(b"\r\n", b"\n")):
            prints[parse(copy).fingerprint].append(keys(copy))
    pairs = [some for some in prints.values() if len(some) > 1]
    assert len(pairs) > 10
    assert all(frozenset.intersection(*some) for some in pairs)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 5000,
        b"From:" * 50_000,
        b"From: " + b"a@b.example," * 30_000,
        b"References: " + b"<a@b> " * 40_000,
        b"From: x@y\n" * 20_000,
        b"Subject: " + b"#1 " * 80_000,
        b"To: " + b"=?utf-8?q?=40?= " * 15_000,
        b"Thread-Index: " + b"A" * 200_000,
        b"<" * 250_000,
    ],
    ids=lambda raw: raw[:12].decode("latin-1").strip("\0") or "nothing",
)
def test_no_header_takes_long_or_has_many_keys(raw: bytes) -> None:
    begun = time.process_time()
    order = order_of(raw[:TOP_BYTES], PLAIN)
    assert time.process_time() - begun < 1
    assert order is None or len(order.keys) < 300


def test_a_header_that_cannot_be_read_has_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(raw: bytes) -> None:
        raise ValueError("nobody foresaw it")

    monkeypatch.setattr("intake.mail.order_keys.structure.head", fails)
    assert order_of(letter(From=CUSTOMER), PLAIN) is None
