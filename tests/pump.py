"""Desks on disk whose mail goes where the test wants it: into another desk, or nowhere."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config_files import config_text

from intake import app
from intake.config import settings as config
from intake.desk import tokens
from intake.desk.effects import Outgoing
from intake.desk.message import Envelope
from intake.ports import Arrival
from intake.service.service import Service

# What says that a mail was made by a machine; some gateways take such fields away.
_MACHINE = re.compile(
    rb"(?im)^(auto-submitted|x-auto-response-suppress|in-reply-to|references):.*\r\n(\s.*\r\n)*"
)


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def later(self, **delta: float) -> None:
        self.now += timedelta(**delta)


class Line:
    """An SMTP session that hands each mail to `take`, which may raise what a server's answer raises."""

    def __init__(self, take: Callable[[Outgoing], None]) -> None:
        self.take = take

    def send(self, mail: Outgoing, before_data: Callable[[], bool]) -> str:
        assert before_data()
        self.take(mail)
        return "250 ok"

    def close(self) -> None:
        pass


class PumpedDesk:
    """One desk at `help@<domain>`, with Anna as its agent."""

    def __init__(self, folder: Path, domain: str, clock: Clock, more: str = "", store: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.address, self.agent = f"help@{domain}", f"anna@staff.{domain}"
        self.config = folder / "intake.ini"
        undo = "" if "undo_seconds" in more else "undo_seconds = 0"
        self.config.write_text(
            config_text(
                address=self.address,
                desk=f"agent_authority = token\n{undo}\n{more}",
                **({"store": f"url = {store}"} if store else {}),
            )
        )
        self.desk = app.build(config.load(self.config))
        self.store, self.clock = self.desk.store, clock
        self.service = replace(self.desk.service, clock=clock)
        self.sent: list[Outgoing] = []
        self.store.agents.add(self.agent, "Anna", (), clock())

    @property
    def service(self) -> Service:
        """The desk's own: one that is changed takes its place, for all that look it up there."""
        return self.desk.service

    @service.setter
    def service(self, service: Service) -> None:
        self.desk.service = service

    def take(self, *raws: bytes, sender: str | None = None) -> None:
        envelope = Envelope("lmtp", "support", sender, (self.address,))
        self.service.receive([Arrival(raw, envelope) for raw in raws])
        while self.service.process_pending(200):
            pass

    def write(
        self, sender: str, subject: str, text: str = "Please help.", extra: str = "", ticket: int = 0
    ) -> None:
        """Take in a person's mail; with `ticket`, to the address that our mail about that ticket gave."""
        to = self.reply_address(ticket) if ticket else self.address
        self.take(letter(sender, to, subject, text, extra), sender=sender)

    def reply_address(self, ticket: int) -> str:
        """The address that a customer's answer to our mail about `ticket` goes to."""
        expires = self.clock.now + timedelta(days=9)
        token = tokens.make(self.desk.keys[0], tokens.Purpose.CUSTOMER, ticket, 0, expires)
        return tokens.address(self.address, token)

    def deliver(self, to: Callable[[Outgoing], None] = lambda mail: None) -> list[str]:
        """Send what is due, once each; return what became of it."""

        def take(mail: Outgoing) -> None:
            to(mail)
            self.sent.append(mail)

        line = Line(take)
        return [self.service.deliver(one, line).result for one in self.service.tick()]

    def automatic(self, to: str = "") -> int:
        """How many automatic mails went to customers, or to one."""
        return sum(one.kind.at_most_once and (not to or one.rcpt == to) for one in self.sent)

    def close(self) -> None:
        self.store.close()


def letter(sender: str, to: str, subject: str, text: str = "Please help.", extra: str = "") -> bytes:
    """A mail with a Message-ID of its own, made of what it says."""
    name = f"{abs(hash((sender, subject, text, extra)))}"
    return (
        f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{name}@x.example>\r\n"
        f"{extra}\r\n{text}\r\n"
    ).encode()


def disguised(raw: bytes) -> bytes:
    """The mail without what says that a machine made it and what it answers."""
    head, _, body = raw.partition(b"\r\n\r\n")
    return _MACHINE.sub(b"", head + b"\r\n") + b"\r\n" + body
