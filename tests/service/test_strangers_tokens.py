"""A reply token in what comes from outside, a name for one, is live in no mail of ours."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from each_case import each
from factories import ANNA, KEY, LIN, NOW, a_policy, a_ticket, some_settings

from intake.desk import tokens
from intake.desk.effects import Mail, MailKind
from intake.desk.lookup import Line, TicketLine
from intake.desk.message import Address, Attachment
from intake.desk.page import TicketPage
from intake.desk.reply_form import BARE, ReplyForm
from intake.desk.sensitive.leaks import Leaking
from intake.desk.ticket import EntryKind, Ticket
from intake.desk.tokens import Purpose
from intake.rendering.composer import Composer

TOKEN = tokens.make(KEY, Purpose.AGENT, 1, ANNA.id, NOW + timedelta(days=30))
CANARY = f"ref:{TOKEN}"
IN_ADDRESS = f'"{CANARY}"@evil.example'
OUTSIDE = Address(IN_ADDRESS, CANARY)
LIVE = (CANARY, f"ref.{TOKEN}")

TICKETS: dict[str, Any] = {
    "subject": CANARY,
    "requester": replace(LIN, name=CANARY),
    "participants": (IN_ADDRESS,),
    "category": CANARY,
    "tags": (CANARY,),
    "fields": {CANARY: CANARY},
    "team": CANARY,
    "message_ids": (f"ref.{TOKEN}.x@evil.example",),
}
LINE = Line(1, EntryKind.CUSTOMER, IN_ADDRESS, CANARY, CANARY, NOW, files=(CANARY,))
ALIKE = TicketLine(3, CANARY, "open", IN_ADDRESS, "", "normal", NOW)
MAILS: dict[str, Any] = {
    "to": None,
    "author": OUTSIDE,
    "text": CANARY,
    "quoted": CANARY,
    "above": CANARY,
    "attachments": (Attachment(CANARY, "application/pdf", b"x"),),
    "left_out": (CANARY,),
    "via": OUTSIDE,
    "reply_to": (IN_ADDRESS,),
    "proposed": (IN_ADDRESS,),
    "partner": IN_ADDRESS,
    "page": TicketPage((LINE,), others=(ALIKE,), alike=(ALIKE,), about=(CANARY,)),
}
# What an agent writes is theirs; what of it is ours is held before it leaves.
THEIRS = ("text", "attachments")
EVENTS = {MailKind.NOTICE: ("", "copy", "note", "partner"), MailKind.STATUS: ("closed",)}


def all_of(raw: bytes) -> str:
    """Return every header and text of a mail as its reader has them, file names among them."""
    message = message_from_bytes(raw, policy=policy.default)
    lines = [f"{name}: {value}" for name, value in message.items()]
    for part in message.walk():
        assert isinstance(part, EmailMessage)
        lines.append(part.get_filename() or "")
        if part.get_content_maintype() == "text" and part.get_filename() is None:
            lines.append(part.get_content())
    return "\n".join(lines)


@each("place", [*TICKETS, *MAILS])
@each("kind", list(MailKind))
def test_a_token_that_comes_from_outside_is_live_in_no_mail(kind: MailKind, place: str) -> None:
    if kind.by_agent and place in THEIRS:
        return
    desk = replace(a_policy(), replies=ReplyForm(BARE))
    composer = Composer(some_settings(), desk, (KEY,), unique=lambda: "0123456789abcdef0123456789abcdef")
    ticket: Ticket = replace(a_ticket(), **({place: TICKETS[place]} if place in TICKETS else {}))
    for event in EVENTS.get(kind, ("",)):
        to = Address(ANNA.address, ANNA.name) if kind.to_agent else LIN
        mail = Mail(kind, 12, to, "key", agent=ANNA, author=LIN, text="Please help me", event=event)
        if place in MAILS:
            changed = {place: MAILS[place]} if place != "to" else {"to": replace(to, name=CANARY)}
            mail = replace(mail, **changed)
        try:
            out = composer.compose(mail, ticket, NOW)
        except Leaking:
            # What looks like an agent's token is held, even where it is harmless.
            assert kind.by_agent
            continue
        assert out is not None
        read = all_of(out.raw).lower()
        assert [live for live in LIVE if live in "".join(read.split())] == []
