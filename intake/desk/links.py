"""Links to a ticket's pages: keyed tokens behind the address that the config names, and no other."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from intake.desk import file_tokens, surveys, tokens
from intake.desk.kept_files import KeptFile
from intake.desk.ticket import NO_TICKET, Ticket
from intake.desk.tokens import Purpose


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links. `base` is what people type, "" where there are no pages; `key` signs; `days` they last.

    `bases` are those of the mailboxes whose brand has an address of its own for its pages, by their names.
    """

    base: str = ""
    key: bytes = b""
    days: int = 30
    bases: Mapping[str, str] = field(default_factory=dict, hash=False)

    def at(self, mailbox: str) -> "Links":
        """Return what makes the links of a mailbox's tickets."""
        return replace(self, base=self.bases.get(mailbox, self.base)) if self.bases else self

    def progress(self, ticket: Ticket, now: datetime, mailed: bool) -> str:
        """Return the link to a ticket's progress page, "" without pages.

        `mailed`: it goes to the requester's address, so its holder may read what was
        written. A link that a form shows proves nothing, and opens less. There is none of NO_TICKET.
        """
        if ticket.id == NO_TICKET:
            return ""
        person = _person(ticket.link, mailed)
        return self.at(ticket.mailbox)._link("t", Purpose.PROGRESS, ticket.id, person, now, self.days)

    def survey(self, ticket: Ticket, now: datetime) -> str:
        """Return the link to the survey about a ticket's last closing, "" without pages."""
        person = closing(ticket, now)
        there = self.at(ticket.mailbox)
        return there._link("survey", Purpose.SURVEY, ticket.id, person, now, surveys.OPEN_DAYS)

    def file(self, ticket: int, agent: int, file: KeptFile, now: datetime) -> str:
        """Return the link with which an agent (by id) gets a file of a ticket, "" without pages."""
        if not self.base:
            return ""
        token = file_tokens.make(self.key, ticket, agent, file.sha256, now + file_tokens.LASTS)
        return f"{self.base.rstrip('/')}/{file_tokens.PATH}/{token}"

    def _link(self, page: str, purpose: Purpose, ticket: int, person: int, now: datetime, days: int) -> str:
        if not self.base:
            return ""
        token = tokens.make(self.key, purpose, ticket, person, now + timedelta(days=days))
        return f"{self.base.rstrip('/')}/{page}/{token}"


def closing(ticket: Ticket, now: datetime) -> int:
    """Return what the ticket's closing is known by in a token; one closed at this moment if it is open."""
    return surveys.closing_of(ticket.closed_at or now)


def _person(link: int, mailed: bool) -> int:
    return link * 2 + int(mailed)


def opened(person: int) -> tuple[int, bool]:
    """Return a progress token's link number and whether it was mailed."""
    return person // 2, bool(person % 2)
