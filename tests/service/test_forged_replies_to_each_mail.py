"""Forged replies to each kind of mail that agents get, on a strict desk: a table of all mails, all forgeries
and all that a reply may ask for. Who forges has the mail itself, and so its reply address."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from agent_desk import BORDER, EVE, LIN, Domain, StrictDesk
from pump import letter

from intake.desk import tokens
from intake.desk.effects import MailKind, Outgoing
from intake.desk.message import Envelope
from intake.desk.sensitive.leaks import MARK
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose
from intake.mail.parse import parse
from intake.ports import Arrival

STAFF, WEI = "staff.desk.example", "wei@staff.desk.example"
LIMITS = (
    "command_address = desk@desk.example\nflood_per_address_hour = 0\nautomatic_per_address_hour = 90\n"
    "automatic_per_ticket_burst = 90\nautomatic_per_unverified_day = 90"
)
SIGNING = Domain(STAFF)
ANNA_SAYS = "Dear Lin, it is under the sofa."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[StrictDesk]:
    desk = StrictDesk(tmp_path, LIMITS)
    desk.dns[SIGNING.place] = SIGNING.record
    desk.store.agents.add(WEI, "Wei", (), desk.clock())
    for who in (desk.agent, WEI):
        desk.store.agents.change(who, editor=True)
    yield desk
    desk.close()


def says(desk: StrictDesk, text: str, person: int = 1, ticket: int = 1) -> None:
    """An agent replies, and their mail server signs it; ticket 0: to the command address."""
    if ticket:
        to = desk.to(desk.token(ticket, person))
    else:
        to = tokens.address("desk@desk.example", desk.token(0, person, Purpose.COMMAND))
    sender = {1: f"Anna <{desk.agent}>", 2: f"Wei <{WEI}>"}[person]
    take(desk, SIGNING.sign(desk.mail(text, sender=sender, to=to), STAFF))


def take(desk: StrictDesk, raw: bytes) -> None:
    desk.service.receive([Arrival(raw, Envelope("imap", "support", None, ()))])
    while desk.service.process_pending(200):
        pass


def newest(desk: StrictDesk) -> Outgoing:
    desk.clock.later(minutes=11)
    desk.deliver()
    return [one for one in desk.sent if one.kind.to_agent and one.rcpt == desk.agent][-1]


def notice(desk: StrictDesk) -> None:
    desk.write(LIN, "Re: My coins are late", "And now?", ticket=1)


def refusal(desk: StrictDesk) -> None:
    says(desk, "#assign nobody-of-that-name")


def shown(desk: StrictDesk) -> None:
    says(desk, "#show 1", ticket=0)


def full(desk: StrictDesk) -> None:
    says(desk, "#full")


def listed(desk: StrictDesk) -> None:
    says(desk, "#list", ticket=0)


def helped(desk: StrictDesk) -> None:
    says(desk, "#help", ticket=0)


def assigned(desk: StrictDesk) -> None:
    says(desk, "#assign Anna", 2)


def asked(desk: StrictDesk) -> None:
    says(desk, "#note @anna have you seen such a wallet?", 2)


def taken(desk: StrictDesk) -> None:
    says(desk, "#mine", 2)


def blocked(desk: StrictDesk) -> None:
    says(desk, "#block @nobody.example")


def previewed(desk: StrictDesk) -> None:
    says(desk, f"#canned save sofa\n{ANNA_SAYS}")


def unproven(desk: StrictDesk) -> None:
    take(desk, desk.mail(ANNA_SAYS))


def kept(desk: StrictDesk) -> None:
    says(desk, f"#draft\n{ANNA_SAYS}")


def drafts(desk: StrictDesk) -> None:
    says(desk, f"#draft\n{ANNA_SAYS}")
    says(desk, "#drafts", ticket=0)


def collision(desk: StrictDesk) -> None:
    says(desk, "It is behind the door.", 2)
    says(desk, ANNA_SAYS)


Make = Callable[[StrictDesk], None]
MAILS: tuple[Make, ...] = (
    notice, refusal, shown, full, listed, helped, assigned, asked, taken, blocked, previewed,
    unproven, kept, drafts, collision,
)  # fmt: skip
Forge = Callable[[StrictDesk, str, str], bytes]


def headed(field: str) -> str:
    return f"Authentication-Results: {BORDER}; {field}\r\n"


def of_wei(desk: StrictDesk, text: str, to: str) -> bytes:
    return SIGNING.sign(desk.mail(text, sender=f"Wei <{WEI}>", to=to), STAFF)


EVES = headed("dmarc=pass header.from=evil.example")
FORGED: dict[str, Forge] = {
    "in Anna's name, and nothing says that it is hers": lambda d, t, to: d.mail(t, to=to),
    "in Anna's name, and our server found it forged": lambda d, t, to: d.mail(
        t, headed(f"dmarc=fail header.from={STAFF}"), to=to
    ),
    "in Anna's name, vouched for as another domain's": lambda d, t, to: d.mail(t, EVES, to=to),
    "in Anna's name, with a word of a server that is not ours": lambda d, t, to: d.mail(
        t, f"Authentication-Results: mx.evil.example; dmarc=pass header.from={STAFF}\r\n", to=to
    ),
    "a stranger to whom it was forwarded": lambda d, t, to: d.mail(t, EVES, f"Eve <{EVE}>", to),
    "a stranger with Anna's address for a name": lambda d, t, to: d.mail(
        t, EVES, f'"Anna <anna@{STAFF}>" <{EVE}>', to
    ),
    "the customer to whom it was forwarded": lambda d, t, to: d.mail(
        t, headed("dmarc=pass header.from=customer.example"), f"Lin <{LIN}>", to
    ),
    "from two": lambda d, t, to: d.mail(t, f"From: {EVE}\r\n{EVES}", to=to),
    "another agent with Anna's address": of_wei,
}  # fmt: skip
# Words that the guard lets go: it would hide that a forgery was taken for its agent's.
TEXTS = (
    "Your request was refused for good.",
    "#close",
    "#close\nYour request was refused for good.",
    "#note\nHe lies.",
    "#reply\nYour request was refused for good.",
    f"#block {LIN} anyway",
    "#canned save refund\nYour request was refused for good.",
    f"#cc add {EVE}",
    "#assign Wei",
    "#my language de",
    "#person note He lies.",
    "#redact coins",
    "#merge 2 anyway",
    f"#new {EVE}\nYour request was refused for good.",
    "Nobody knows.",
)
# A yes from the agent's address counts by the address that it goes to, which stands in no other mail; of
# anybody else's, or found forged, none counts.
YES = ("yes", "ok", f"yes\nand {EVE} as well")
ANYBODY = ("a stranger", "the customer", "another agent", "from two", "in Anna's name, and our server found")
# So many of the texts go with each forgery and mail; all of them with each forgery.
FEW = 2


def acted(desk: StrictDesk) -> list[object]:
    """All that a reply can do."""
    tickets = [ticket for number in (1, 2) if (ticket := desk.store.tickets.get(number)) is not None]
    return [
        *((one.assignee, one.participants, one.subject, one.merged_into, one.spam) for one in tickets),
        *(desk.said(kind, number) for kind in (EntryKind.REPLY, EntryKind.NOTE) for number in (1, 2)),
        desk.store.blocks.listed(),
        desk.store.lookups.canned(),
        desk.store.lookups.person(LIN, desk.clock()).notes,
        [row.language for row in desk.store.agents.enabled()],
        [row.closed_at for row in tickets],
    ]


@pytest.mark.parametrize("make", MAILS, ids=lambda make: make.__name__)
def test_who_has_the_mail_and_is_not_its_agent_does_nothing_with_it(make: Make, desk: StrictDesk) -> None:
    make(desk)
    mail = newest(desk)
    to = parse(mail.raw).reply_to[0].mailbox
    desk.sent.clear()
    before = acted(desk)
    for number, (name, forge) in enumerate(FORGED.items()):
        first = MAILS.index(make) * FEW + number
        some = [TEXTS[(first + at) % len(TEXTS)] for at in range(FEW)]
        yes = (YES[first % len(YES)],) if name.startswith(ANYBODY) else ()
        for text in (*some, *yes):
            take(desk, forge(desk, text, to))
            desk.clock.later(minutes=2)
            desk.deliver()
            assert before == acted(desk), (name, text)
            assert [] == [one for one in desk.sent if one.kind in (MailKind.RELAY, MailKind.STATUS)], (
                name,
                text,
            )
            theirs = [one.raw for one in desk.sent if one.rcpt not in (desk.agent, WEI)]
            assert not any(tokens.holds_internal(raw) or MARK.encode() in raw for raw in theirs), (name, text)
            desk.sent.clear()


def test_the_same_replies_of_the_agent_act(desk: StrictDesk) -> None:
    """The forgeries fail for what is wrong with them, not because nothing works here."""
    before = acted(desk)
    for text in ("It is under the sofa.", "#note\nHe lies.", "#canned save refund\nHello"):
        says(desk, text)
        assert before != acted(desk), text
        before = acted(desk)
    desk.take(letter(LIN, desk.address, "x"))
