# ruff: noqa: E501 (a forgery stays on the line of its name)
"""Mail that pretends to be an agent's, through the whole road: none of it acts, and none of it is lost.

The forger is given what he cannot have in life: Anna's own reply token for ticket 1.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime

import pytest
from agent_desk import BORDER, EVE, Domain, StrictDesk

from intake.desk.effects import MailKind, Outcome
from intake.desk.ticket import EntryKind, Status
from intake.desk.tokens import Purpose

# Nothing that the guard would hold: what is shown here is that the proof decides.
EVIL_TEXT = "#close\nYour request was refused for good."
STAFF = "staff.desk.example"
ANNA = f"anna@{STAFF}"


@pytest.fixture(scope="module")
def domains() -> dict[str, Domain]:
    return {name: Domain(name) for name in (STAFF, "evil.example", f"mail.{STAFF}", "example")}


@pytest.fixture(scope="module")
def desk(tmp_path_factory, domains) -> Iterator[StrictDesk]:
    desk = StrictDesk(
        tmp_path_factory.mktemp("forged"), "alerts_per_hour = 10000\nautomatic_per_hour = 10000"
    )
    desk.dns.update({one.place: one.record for one in domains.values()})
    desk.store.agents.add("wei@staff.desk.example", "Wei", (), desk.clock())
    gone = desk.store.agents.add(f"gone@{STAFF}", "Gone", (), desk.clock())
    desk.store.agents.disable(gone.address)
    yield desk
    desk.close()


def results(*values: str) -> str:
    return "".join(f"Authentication-Results: {one}\r\n" for one in values)


def signed(desk: StrictDesk, domains: dict[str, Domain], by: str = STAFF, **changes: str) -> bytes:
    return domains[by].sign(desk.mail(changes.pop("text", EVIL_TEXT), **changes), by)


def resigned(raw: bytes, old: bytes, new: bytes) -> bytes:
    assert old in raw
    return raw.replace(old, new, 1)


def tag(raw: bytes, old: str, new: str) -> bytes:
    """Change the signature's own field, which undoes it unless the reader is careless."""
    head, _, rest = raw.partition(b"\r\nFrom:")
    assert re.search(old.encode(), head)
    return re.sub(old.encode(), new.encode(), head, count=1) + b"\r\nFrom:" + rest


def aged(desk: StrictDesk, domains: dict[str, Domain]) -> bytes:
    old = format_datetime(desk.clock.now - timedelta(days=30)).encode()
    raw = re.sub(rb"Date: [^\r]*", b"Date: " + old, desk.mail(EVIL_TEXT))
    return domains[STAFF].sign(raw, STAFF)


def spliced(desk: StrictDesk) -> str:
    """Anna's token for another ticket, with the number of ticket 1 put into it."""
    first, second = desk.token(1), desk.token(2)
    return first[:8] + second[8:]


def confirm_by(desk: StrictDesk, sender: str, days: int = 7) -> bytes:
    """A yes to a draft of Anna's, from somebody else or too late."""
    desk.take(desk.mail("#close\nDraft of mine"), sender=ANNA)
    entry = desk.entries(EntryKind.DRAFT)[-1].id
    token = desk.token(1, entry, Purpose.CONFIRM, days)
    return desk.mail("yes", sender=sender, to=desk.to(token))


def only_delivered(desk: StrictDesk, domains: dict[str, Domain]) -> bytes:
    """A mail that Anna signed and sent to Eve, which Eve hands on to the token's address."""
    raw = domains[STAFF].sign(desk.mail(EVIL_TEXT, to=EVE), STAFF)
    return f"Delivered-To: {desk.to()}\r\n".encode() + raw


FORGED = {
    # -- who it says it is from
    "no signature at all": lambda d, s: d.mail(EVIL_TEXT),
    "an agent's address as a name": lambda d, s: d.mail(EVIL_TEXT, sender=f'"{ANNA}" <{EVE}>'),
    "two From, the agent first": lambda d, s: d.mail(EVIL_TEXT, headers=f"From: {ANNA}\r\n", sender=EVE),
    "two From, the agent second": lambda d, s: d.mail(EVIL_TEXT, headers=f"From: {EVE}\r\n", sender=ANNA),
    "two authors in one From": lambda d, s: d.mail(EVIL_TEXT, sender=f"{ANNA}, {EVE}"),
    "a Sender that is the agent": lambda d, s: d.mail(EVIL_TEXT, headers=f"Sender: {ANNA}\r\n", sender=EVE),
    "a Reply-To that is the agent": lambda d, s: d.mail(EVIL_TEXT, headers=f"Reply-To: {ANNA}\r\n", sender=EVE),
    "a group with the agent's name": lambda d, s: d.mail(EVIL_TEXT, sender=f"{ANNA}: {EVE};"),
    "a group that holds the agent": lambda d, s: d.mail(EVIL_TEXT, sender=f"Eve: {ANNA};"),
    "an encoded name": lambda d, s: d.mail(EVIL_TEXT, sender=f"=?utf-8?q?anna=40{STAFF}?= <{EVE}>"),
    "an encoded comma": lambda d, s: d.mail(EVIL_TEXT, sender=f"=?utf-8?Q?anna=40{STAFF}=2C?= <{EVE}>"),
    "an encoded bracket": lambda d, s: d.mail(EVIL_TEXT, sender=f"=?utf-8?Q?=3Canna=40{STAFF}=3E?= <{EVE}>"),
    "a domain that looks alike": lambda d, s: d.mail(EVIL_TEXT, sender="anna@st\u0430ff.desk.example"),
    "that domain in A-labels": lambda d, s: d.mail(EVIL_TEXT, sender="anna@xn--stff-73d.desk.example"),
    "a local part that looks alike": lambda d, s: d.mail(EVIL_TEXT, sender=f"\u0430nna@{STAFF}"),
    "a full-width at": lambda d, s: d.mail(EVIL_TEXT, sender=f"anna\uff20{STAFF}"),
    "the domain as a beginning": lambda d, s: signed(d, s, "evil.example", sender=f"anna@{STAFF}.evil.example"),
    "the address as a local part": lambda d, s: d.mail(EVIL_TEXT, sender=f'"{ANNA}"@evil.example'),
    "a comment that says so": lambda d, s: d.mail(EVIL_TEXT, sender=f"{EVE} ({ANNA})"),
    "a comment before the address": lambda d, s: d.mail(EVIL_TEXT, sender=f"({ANNA}) {EVE}"),
    "a source route": lambda d, s: d.mail(EVIL_TEXT, sender=f"<@evil.example:{ANNA}>"),
    "a blank before the colon": lambda d, s: d.mail(EVIL_TEXT, headers=f"From : {ANNA}\r\n", sender=EVE),
    "control characters": lambda d, s: d.mail(EVIL_TEXT, sender=f"anna\x00@{STAFF}"),
    "a null sender": lambda d, s: d.mail(EVIL_TEXT, sender="<>"),
    # -- what servers say of it
    "another server's word": lambda d, s: d.mail(EVIL_TEXT, results(f"mx.evil.example; dmarc=pass header.from={STAFF}")),
    "our failure above a forged pass": lambda d, s: d.mail(EVIL_TEXT, results(f"{BORDER}; dmarc=fail", f"{BORDER}; dmarc=pass")),
    "our word twice": lambda d, s: d.mail(EVIL_TEXT, results(f"{BORDER}; dmarc=pass", f"{BORDER}; dmarc=pass")),
    "our word below a foreign hop": lambda d, s: d.mail(EVIL_TEXT, "Received: from a by mx.elsewhere.test; x\r\n" + results(f"{BORDER}; dmarc=pass")),
    "our word about another": lambda d, s: d.mail(EVIL_TEXT, results(f"{BORDER}; dmarc=pass header.from=evil.example")),
    "our word about an envelope": lambda d, s: d.mail(EVIL_TEXT, results(f"{BORDER}; spf=pass smtp.mailfrom=evil.example")),
    "our word about a child": lambda d, s: d.mail(EVIL_TEXT, results(f"{BORDER}; dkim=pass header.d=mail.{STAFF}")),
    "a failure beside a pass": lambda d, s: d.mail(EVIL_TEXT, results(f"{BORDER}; dmarc=fail; dkim=pass header.d={STAFF}")),
    "a pass in a comment": lambda d, s: d.mail(EVIL_TEXT, results(f"{BORDER}; dkim=fail (dmarc=pass) header.d={STAFF}")),
    "our name in another field": lambda d, s: d.mail(EVIL_TEXT, f"X-Authentication-Results: {BORDER}; dmarc=pass\r\nARC-Authentication-Results: i=1; {BORDER}; dmarc=pass\r\n"),
    "our word in the body": lambda d, s: d.mail(f"{results(f'{BORDER}; dmarc=pass')}\r\n{EVIL_TEXT}"),
    "fields of our own invention": lambda d, s: d.mail(EVIL_TEXT, "X-Intake-Verified: yes\r\nX-Intake-Agent: 1\r\nX-Intake-Command: close\r\n"),
    # -- who signed it
    "signed by the forger": lambda d, s: signed(d, s, "evil.example"),
    "signed by a child domain": lambda d, s: signed(d, s, f"mail.{STAFF}"),
    "signed by a top domain": lambda d, s: domains_top(d, s),
    "changed after signing": lambda d, s: resigned(signed(d, s, text="Hello"), b"\r\n\r\nHello", b"\r\n\r\n" + EVIL_TEXT.encode()),
    "more below a signed length": lambda d, s: tag(signed(d, s, text="Hello"), r"q=dns/txt;", "q=dns/txt; l=7;") + EVIL_TEXT.encode(),
    "another From above the signed one": lambda d, s: f"From: {ANNA}\r\n".encode() + signed(d, s, "evil.example", sender=EVE),
    "the signed domain put in": lambda d, s: tag(signed(d, s, "evil.example"), r"d=evil\.example", f"d={STAFF}"),
    "expired": lambda d, s: tag(signed(d, s), r"q=dns/txt;", "q=dns/txt; x=1000000000;"),
    "a month old": aged,
    "another Date on top": lambda d, s: b"Date: " + format_datetime(d.clock.now).encode() + b"\r\n" + aged(d, s),
    "meant for somebody else": only_delivered,
    "another To on top": lambda d, s: f"To: {d.to()}\r\n".encode() + domains_signed_for_eve(d, s),
    "a good and a bad signature": lambda d, s: s["evil.example"].sign(signed(d, s), "evil.example").replace(b"refused", b"granted", 1),
    # -- what opens the ticket
    "no token, in the thread": lambda d, s: signed(d, s, to=d.address, headers=f"References: {thread(d)}\r\n"),
    "no token, the number in the subject": lambda d, s: s[STAFF].sign(d.mail(EVIL_TEXT, to=d.address).replace(b"Subject: Re: My", b"Subject: [#1] My"), STAFF),
    "another agent's token": lambda d, s: signed(d, s, to=d.to(d.token(1, 2))),
    "a token put together": lambda d, s: signed(d, s, to=d.to(spliced(d))),
    "an expired token": lambda d, s: signed(d, s, to=d.to(d.token(days=-2))),
    "a shortened token": lambda d, s: signed(d, s, to=d.to(d.token()[:-1])),
    "the customer's token": lambda d, s: signed(d, s, to=d.to(d.token(1, 0, Purpose.CUSTOMER))),
    "the bounces' token": lambda d, s: signed(d, s, to=d.to(d.token(1, 0, Purpose.BOUNCE))),
    "the page's token": lambda d, s: signed(d, s, to=d.to(d.token(1, 1, Purpose.PROGRESS))),
    "an agent who has left": lambda d, s: signed(d, s, sender=f"gone@{STAFF}", to=d.to(d.token(1, 3))),
    "a token in References, unsigned": lambda d, s: d.mail(EVIL_TEXT, f"References: <ref.{d.token()}.ab@desk.example>\r\n", to=d.address),
    "a token in the body, unsigned": lambda d, s: d.mail(f"{EVIL_TEXT}\r\n> ref:{d.token()}", to=d.address),
    "a yes from a stranger": lambda d, s: confirm_by(d, EVE),
    "a yes that comes too late": lambda d, s: confirm_by(d, ANNA, -2),
    # -- machines of the agent's own
    "his holiday answer": lambda d, s: signed(d, s, headers="Auto-Submitted: auto-replied\r\n"),
    "his holiday answer without a word": lambda d, s: b"Return-Path: <>\r\n" + signed(d, s),
}  # fmt: skip


def domains_top(desk: StrictDesk, domains: dict[str, Domain]) -> bytes:
    return domains["example"].sign(desk.mail(EVIL_TEXT), STAFF)


def domains_signed_for_eve(desk: StrictDesk, domains: dict[str, Domain]) -> bytes:
    return domains[STAFF].sign(desk.mail(EVIL_TEXT, to=EVE), STAFF)


def thread(desk: StrictDesk) -> str:
    return f"<{desk.store.tickets.get(1).message_ids[0]}>"


def state(desk: StrictDesk) -> list[tuple]:
    found = [desk.store.tickets.get(number) for number in (1, 2)]
    return [(one.status, one.assignee, one.participants, one.subject) for one in found]


def test_there_are_forgeries_enough():
    assert len(FORGED) >= 60


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_mail_acts_for_nobody_and_is_kept(name, desk, domains):
    desk.clock.later(hours=30)
    # What time alone causes is none of the forger's doing.
    desk.deliver()
    desk.sent.clear()
    before = state(desk)
    raw = FORGED[name](desk, domains)
    (received,) = desk.service.receive([_arrival(desk, raw)])
    while desk.service.process_pending(200):
        pass
    desk.deliver()
    row = desk.store.ledger.message(received.ledger_id)
    assert "done" == row.state
    if row.outcome is not Outcome.AUTOMATIC:
        assert [row.id] == [
            one.message for one in desk.store.tickets.entries(row.ticket) if one.message == row.id
        ]
    assert before == state(desk)
    assert [] == desk.said(EntryKind.REPLY) + desk.said(EntryKind.REPLY, 2)
    assert [] == desk.said(EntryKind.NOTE)
    assert {MailKind.ALERT, MailKind.NOTICE, MailKind.ACKNOWLEDGEMENT} >= {one.kind for one in desk.sent}
    customers = [one.raw for one in desk.sent if one.rcpt.endswith("@customer.example")]
    assert not any(b"for good" in one for one in customers)
    desk.sent.clear()


def _arrival(desk: StrictDesk, raw: bytes):
    from intake.desk.message import Envelope
    from intake.ports import Arrival

    return Arrival(raw, Envelope("imap", "support", None, ()))


def test_the_same_mail_signed_acts(tmp_path, domains):
    """The forgeries fail for what is wrong with them, not because nothing works here."""
    desk = StrictDesk(tmp_path)
    desk.dns[domains[STAFF].place] = domains[STAFF].record
    desk.take(signed(desk, domains), sender=ANNA)
    assert (Status.CLOSED, "Anna") == (
        desk.store.tickets.get(1).status,
        desk.store.tickets.get(1).assignee.name,
    )
    assert 1 == len(desk.relayed())
    desk.close()
