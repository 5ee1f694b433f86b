"""With a bare reply address a reply is found by what mail programs quote: sixteen of them, in two languages,
as text, as HTML and as both, without any id. What is not found reaches nobody outside."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from agent_desk import BORDER, LIN, StrictDesk
from agent_replies import CLIENTS, mail
from reply_desk import ANNA, BARE, Desk, text_of

from intake.desk.effects import MailKind, Outgoing
from intake.desk.message import Envelope
from intake.desk.ticket import EntryKind
from intake.ports import Arrival

PARTS = ("both", "text", "html")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, BARE)
    yield made
    made.close()


def written(desk: StrictDesk, name: str, zh: bool, parts: str, asked: str, sender: str, own: str) -> bytes:
    """The reply as the program sends it, vouched for by the desk's own server."""
    client = CLIENTS[name]
    text, html = client.make([(own, own)], asked.rstrip("\n"), zh)
    raw = mail(text, html, desk.address, parts)
    raw = re.sub(rb"(?m)^From: .*$", f"From: {sender}".encode(), raw, count=1)
    raw = re.sub(rb"(?m)^Subject: .*$", b"Subject: Re: something", raw, count=1)
    raw = re.sub(rb"(?m)^Message-ID: .*$", f"Message-ID: <{abs(hash(own))}@x.example>".encode(), raw, count=1)
    domain = sender.rpartition("@")[2].rstrip(">")
    return f"Authentication-Results: {BORDER}; dmarc=pass header.from={domain}\n".encode() + raw


def taken(desk: StrictDesk, raw: bytes, sender: str) -> None:
    desk.clock.later(minutes=2)
    desk.service.receive([Arrival(raw, Envelope("lmtp", "support", sender, (desk.address,)))])
    while desk.service.process_pending(200):
        pass


def asked_of(desk: Desk, whom: str) -> Outgoing:
    return desk.answered() if whom == LIN else desk.notice()


@pytest.mark.parametrize("whom", [LIN, ANNA], ids=["a customer", "an agent"])
@pytest.mark.parametrize("parts", PARTS)
def test_every_program_brings_the_reference_back(desk: Desk, whom: str, parts: str) -> None:
    asked = text_of(asked_of(desk, whom))
    lost, odd, number = [], [], 0
    for name in CLIENTS:
        for zh in (False, True):
            number += 1
            own = f"Words number {number} of mine."
            taken(desk, written(desk, name, zh, parts, asked, whom, own), whom)
            row = desk.newest()
            if row.ticket != 1:
                lost.append((name, zh, row.rule, row.reason))
            kind = EntryKind.CUSTOMER if whom == LIN else EntryKind.REPLY
            said = desk.said(kind)
            if row.ticket == 1 and not any(own in text for text in said):
                odd.append((name, zh, row.rule, row.reason))
    assert ([], []) == (lost, odd)
    assert not any("ref:" in one for one in desk.said(EntryKind.REPLY))


@pytest.mark.parametrize("whom", [LIN, ANNA], ids=["a customer", "an agent"])
def test_what_no_program_quotes_is_kept_and_reaches_nobody_outside(desk: Desk, whom: str) -> None:
    asked_of(desk, whom)
    before = len([one for one in desk.sent if one.kind is MailKind.RELAY])
    own = "Nothing of a quote."
    taken(desk, written(desk, "gmail web", False, "both", "", whom, own), whom)
    assert (3, "new_ticket") == (desk.newest().ticket, desk.newest().rule)
    desk.deliver()
    assert before == len([one for one in desk.sent if one.kind is MailKind.RELAY])
