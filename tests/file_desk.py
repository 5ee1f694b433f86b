"""A desk with pages, of which a ticket has files, and the links in what its agents get."""

import base64
import re
from pathlib import Path

from pump import Clock, PumpedDesk

from intake.desk import tokens
from intake.desk.effects import MailKind, Outgoing
from intake.desk.message import Envelope
from intake.desk.tokens import Purpose
from intake.ports import Arrival

LIN = "lin@customer.example"
BASE = "https://help.example/"
PAGES = f"command_address = desk@desk.example\n[web]\nport = 0\nbase_url = {BASE}"
NO_PAGES = "command_address = desk@desk.example\n[web]\nenabled = no"
MIB = 1 << 20
LINK = re.compile(re.escape(BASE) + r"file/[a-z2-7]{64}")


def letter(to: str, files: dict[str, bytes], text: str = "See below.", subject: str = "My coins") -> bytes:
    """A mail of Lin's with files."""
    parts = [f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"]
    for name, content in files.items():
        encoded = base64.encodebytes(content).decode().replace("\n", "\r\n")
        parts.append(
            f"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; "
            f'filename="{name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}'
        )
    body = "".join(f"--b\r\n{part}\r\n" for part in parts)
    return (
        f"From: Lin <{LIN}>\r\nTo: {to}\r\nSubject: {subject}\r\n"
        f"Message-ID: <{abs(hash(body))}@x.example>\r\n"
        f'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n{body}--b--\r\n'
    ).encode()


class FileDesk(PumpedDesk):
    """At help@desk.example; Anna is its agent."""

    def __init__(self, folder: Path, more: str = PAGES, store: str = "") -> None:
        super().__init__(folder, "desk.example", Clock(), more, store)

    def lin_sends(self, files: dict[str, bytes], text: str = "See below.") -> None:
        """Let a ticket be opened by a mail with files."""
        self.take(letter(self.address, files, text), sender=LIN)

    def anna_says(self, text: str, ticket: int = 1, person: int = 1) -> None:
        """Anna answers a notification, or with ticket 0 writes to her command address."""
        purpose, base = (Purpose.AGENT, self.address) if ticket else (Purpose.COMMAND, "desk@desk.example")
        expires = tokens.lifetime(self.clock.now, 9)
        to = tokens.address(base, tokens.make(self.desk.keys[0], purpose, ticket, person, expires))
        self.clock.later(seconds=30)
        sender = next(row.address for row in self.store.agents.enabled() if row.id == person)
        raw = (
            f"From: {sender}\r\nTo: {to}\r\nSubject: Re: My coins\r\n"
            f"Message-ID: <{self.clock.now.timestamp()}@x.example>\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
        )
        envelope = Envelope("lmtp", "support", sender, (to,))
        (got,) = self.service.receive([Arrival(raw.encode(), envelope)])
        self.service.process([got.ledger_id])

    def anna_sends(self, files: dict[str, bytes], text: str, ticket: int = 1) -> None:
        """Anna answers a notification with files."""
        expires = tokens.lifetime(self.clock.now, 9)
        token = tokens.make(self.desk.keys[0], Purpose.AGENT, ticket, 1, expires)
        self.clock.later(seconds=30)
        to = tokens.address(self.address, token)
        raw = letter(to, files, text, "Re: My coins").replace(f"Lin <{LIN}>".encode(), self.agent.encode())
        (got,) = self.service.receive([Arrival(raw, Envelope("lmtp", "support", self.agent, (to,)))])
        self.service.process([got.ledger_id])

    def anna_opens(self, files: dict[str, bytes], customer: str) -> None:
        """Anna opens a ticket for a customer with a mail with files to her command address."""
        expires = tokens.lifetime(self.clock.now, 9)
        token = tokens.make(self.desk.keys[0], Purpose.COMMAND, 0, 1, expires)
        to = tokens.address("desk@desk.example", token)
        raw = letter(to, files, f"#new {customer}\n\nSee the file.", "Your manual")
        raw = raw.replace(f"Lin <{LIN}>".encode(), self.agent.encode())
        (got,) = self.service.receive([Arrival(raw, Envelope("lmtp", "support", self.agent, (to,)))])
        self.service.process([got.ledger_id])

    def anna_forwards(self, files: dict[str, bytes]) -> None:
        """Anna forwards a mail of Lin's with its files to the desk."""
        head = (
            f"---------- Forwarded message ---------\r\nFrom: Lin <{LIN}>\r\nDate: Thu, 1 Jan 2026 at 07:00"
        )
        text = f"{head}\r\nSubject: My coins\r\nTo: <{self.agent}>\r\n\r\nWhere are my coins?"
        raw = letter(self.address, files, text, "Fwd: My coins")
        self.take(raw.replace(f"Lin <{LIN}>".encode(), self.agent.encode(), 1), sender=self.agent)

    def anna_confirms(self, entry: int, ticket: int = 1) -> None:
        """Anna says yes to a draft of hers."""
        expires = tokens.lifetime(self.clock.now, 9)
        to = tokens.address(
            self.address, tokens.make(self.desk.keys[0], Purpose.CONFIRM, ticket, entry, expires)
        )
        self.clock.later(seconds=30)
        raw = letter(to, {}, "yes", "Re: My coins").replace(f"Lin <{LIN}>".encode(), self.agent.encode())
        (got,) = self.service.receive([Arrival(raw, Envelope("lmtp", "support", self.agent, (to,)))])
        self.service.process([got.ledger_id])

    def out(self, kind: MailKind) -> list[Outgoing]:
        """Send what is due; return what went out of this kind."""
        self.deliver()
        sent = [mail for mail in self.sent if mail.kind is kind]
        self.sent.clear()
        return sent


def links(text: str) -> list[str]:
    """The links to files in a text, without what stands before their path."""
    return [link.removeprefix(BASE) for link in LINK.findall(text)]
