"""A strict desk with an agent whose domain signs its mail, for the tests of agents' authority."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pump import Clock, PumpedDesk

from intake import app
from intake.config.settings import load
from intake.desk import tokens
from intake.desk.effects import MailKind
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose
from intake.mail.outgoing.dkim_signing import record, signer
from intake.ports import Temporary
from intake.views import EntryRow

LIN, EVE = "lin@customer.example", "eve@evil.example"
BORDER = "mx.desk.example"


class Domain:
    """A domain that signs mail, and the record that its DNS has for it."""

    def __init__(self, name: str, size: int = 2048) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=size)
        self.name, self.private = (
            name,
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.TraditionalOpenSSL,
                serialization.NoEncryption(),
            ),
        )
        public = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.record = record(base64.b64encode(public).decode()).encode()
        self.sign = signer(self.private, "s1", [name])

    @property
    def place(self) -> str:
        return f"s1._domainkey.{self.name}"


class StrictDesk(PumpedDesk):
    """Strict, at help@desk.example; ticket 1 is Lin's, and ticket 2 another's. Its DNS is a dictionary."""

    def __init__(self, folder: Path, more: str = "", store: str = "") -> None:
        super().__init__(folder, "desk.example", Clock(), f"undo_seconds = 0\n{more}", store)
        text = self.config.read_text().replace("agent_authority = token", "agent_authority = strict")
        self.config.write_text(text + f"trusted_authserv = {BORDER}\n")
        self.store.close()
        self.desk = app.build(load(self.config))
        self.store = self.desk.store
        self.service = replace(self.service, clock=self.clock)
        self.dns: dict[str, bytes] = {}
        self.down = False
        self.asked: list[str] = []
        self.service = replace(self.service, authenticated=app.authenticated(self._look_up))
        self.write(LIN, "My coins are late", "Where are they?")
        self.write("mallory@customer.example", "Another matter", "Hello")
        self.deliver()
        self.sent.clear()

    def _look_up(self, name: str) -> bytes | None:
        self.asked.append(name)
        if self.down:
            raise Temporary("the DNS does not answer")
        return self.dns.get(name)

    def token(self, ticket: int = 1, person: int = 1, purpose: Purpose = Purpose.AGENT, days: int = 9) -> str:
        expires = self.clock.now + timedelta(days=days)
        return tokens.make(self.desk.keys[0], purpose, ticket, person, expires)

    def to(self, token: str | None = None) -> str:
        return tokens.address(self.address, self.token() if token is None else token)

    def mail(self, text: str, headers: str = "", sender: str = "", to: str = "") -> bytes:
        """A mail of Anna's to ticket 1, not signed; `headers` stand on top of its own."""
        self.clock.later(seconds=1)
        name = f"{abs(hash((text, headers, sender, to, self.clock.now)))}"
        return (
            f"{headers}From: {sender or f'Anna <{self.agent}>'}\r\nTo: {to or self.to()}\r\n"
            f"Subject: Re: My coins are late\r\nDate: {format_datetime(self.clock.now)}\r\n"
            f"Message-ID: <{name}@x.example>\r\nMIME-Version: 1.0\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        ).encode()

    def entries(self, kind: EntryKind, ticket: int = 1) -> list[EntryRow]:
        return [one for one in self.store.tickets.entries(ticket) if one.kind is kind]

    def said(self, kind: EntryKind, ticket: int = 1) -> list[str]:
        return [one.text for one in self.entries(kind, ticket)]

    def relayed(self) -> list[bytes]:
        """Send what is due; return what went out in an agent's name."""
        self.deliver()
        return [one.raw for one in self.sent if one.kind is MailKind.RELAY]

    def told(self, whom: str = "") -> list[bytes]:
        self.deliver()
        return [
            one.raw for one in self.sent if one.kind is MailKind.ALERT and one.rcpt == (whom or self.agent)
        ]


Forge = Callable[[StrictDesk], bytes]
