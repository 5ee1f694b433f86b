"""A desk that is written to by mail: what its agent and its customers send, and what goes out."""

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

from pump import Clock, PumpedDesk

from intake.desk import tokens
from intake.desk.effects import MailKind, Outcome, Outgoing
from intake.desk.message import Envelope
from intake.desk.sensitive.leaks import MARK
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose
from intake.mail.parse import parse
from intake.ports import Arrival

LIN, EVE = "lin@customer.example", "eve@elsewhere.example"
LIMITS = (
    "automatic_per_address_hour = 90\nautomatic_per_ticket_burst = 90\nflood_per_address_hour = 0\n"
    "command_address = desk@desk.example"
)


class MailDesk(PumpedDesk):
    """A desk with one ticket, #1, Lin's; nothing of it has yet to be sent."""

    def __init__(self, folder: Path, more: str = LIMITS) -> None:
        super().__init__(folder, "desk.example", Clock(), more)
        self.mail(f"Lin <{LIN}>", self.address, "Please help.", "My coins are late")
        self.out()

    def to(self, purpose: Purpose, ticket: int, person: int) -> str:
        """The address with a token for it."""
        token = tokens.make(self.desk.keys[0], purpose, ticket, person, tokens.lifetime(self.clock.now, 9))
        return tokens.address("desk@desk.example" if purpose is Purpose.COMMAND else self.address, token)

    def mail(
        self, sender: str, to: str, text: str, subject: str = "Re: coins", more: str = "", by: str = ""
    ) -> None:
        """Take in a mail; `by` is the address that brought it, where that is not the one in To."""
        self.clock.later(seconds=30)
        raw = (
            f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
            f"Message-ID: <{self.clock.now.timestamp()}@x.example>\r\n{more}"
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        )
        body = text.replace("\n", "\r\n")
        sent = re.findall(r"[^<\s]+@[^>\s]+", sender)[0]
        envelope = Envelope("ingest", "support", sent, (by or to,))
        got = self.service.receive([Arrival(f"{raw}{body}\r\n".encode(), envelope)])
        self.service.process([one.ledger_id for one in got])

    def reply(self, text: str, subject: str = "Re: coins", ticket: int = 1) -> None:
        """Anna answers a notice of a ticket."""
        self.mail(f"Anna <{self.agent}>", self.to(Purpose.AGENT, ticket, 1), text, subject)

    def command(self, text: str, subject: str = "to the desk") -> None:
        """Anna writes to her command address."""
        self.mail(f"Anna <{self.agent}>", self.to(Purpose.COMMAND, 0, 1), text, subject)

    def customer(self, text: str, ticket: int = 1) -> None:
        """Lin answers."""
        self.mail(LIN, self.to(Purpose.CUSTOMER, ticket, 0), text)

    def answer(self, asked: Outgoing, text: str, sender: str = "") -> None:
        """Whoever got a mail of ours replies to it, as his client does."""
        parsed = parse(asked.raw)
        ids = f"In-Reply-To: <{parsed.message_id}>\r\n"
        self.mail(sender or asked.rcpt, parsed.reply_to[0].mailbox, text, f"Re: {subject_of(asked)}", ids)

    def out(self, *kinds: MailKind) -> list[Outgoing]:
        """Send what is due; return what went out, of these kinds or all."""
        self.deliver()
        found = [one for one in self.sent if one.kind in (kinds or tuple(MailKind))]
        self.sent.clear()
        return found

    def said(self, kind: EntryKind, ticket: int = 1) -> list[str]:
        """The texts of a ticket's entries of a kind."""
        return [one.text for one in self.store.tickets.entries(ticket) if one.kind is kind]

    def outcome(self) -> tuple[Outcome | None, str]:
        """What became of the newest message, and by which rule."""
        row = self.store.ledger.list_messages(limit=1)[0]
        return row.outcome, row.rule


def plain_of(raw: bytes) -> str:
    """Return the plain text of a mail's bytes, as it is read: without the bars before lines of the desk's."""
    part = next(one for one in message_from_bytes(raw).walk() if one.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode().replace("\r\n", "\n").replace(f"{MARK} ", "").replace(MARK, "")


def text_of(mail: Outgoing) -> str:
    """Return the plain text of a mail."""
    return plain_of(mail.raw)


def html_of(mail: Outgoing) -> str:
    """Return the HTML of a mail."""
    part = next(one for one in message_from_bytes(mail.raw).walk() if one.get_content_type() == "text/html")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def words_of(mail: Outgoing) -> str:
    """Return the plain text of a mail on one line."""
    return " ".join(text_of(mail).split())


def subject_of(mail: Outgoing) -> str:
    """Return the subject of a mail."""
    return str(make_header(decode_header(message_from_bytes(mail.raw)["Subject"])))
