"""Whom agents asked about tickets from outside them, by the tokens of their answers."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from intake.desk.effects import MailKind
from intake.desk.facts import AskedPartner
from intake.desk.message import Address
from intake.desk.tokens import Purpose, Token
from intake.store.connection import Connection
from intake.store.schema.tables import Entry, Outbox, Ticket
from intake.store.statement import SetStatement

# So many questions to an address that an agent writes to are looked at.
MOST_QUESTIONS = 20
Question = tuple[int, int]
"""A question by what its token names: the ticket it was asked in, and its entry."""
Asker = tuple[str, int | None]
"""The address that a question went to, and the agent (id) who asked."""

_ASKED = SetStatement(
    "SELECT v.ticket, v.entry, o.rcpt, e.agent FROM v JOIN outbox o ON o.ticket = v.ticket "
    f"AND o.entry = v.entry AND o.kind = '{MailKind.PARTNER.value}' JOIN entry e ON e.id = o.entry",
    ticket=Outbox.ticket,
    entry=Entry.id,
)


def question_of(token: Token | None) -> Question | None:
    """Return the question that a token answers, None where it answers none."""
    return (token.ticket, token.person) if token and token.purpose is Purpose.PARTNER else None


def questions_of(token: Token | None) -> tuple[Question, ...]:
    """Return all questions that the mail with this token answers, the token's own first; () for none."""
    question = question_of(token)
    return (question, *token.others) if token and question else ()


def with_others(each: Iterable[AskedPartner | None], own: Question | None) -> AskedPartner | None:
    """Return, of the questions that a mail answers, the token's own, with one for each other ticket."""
    there = [question for question in each if question is not None]
    first = next((item for item in there if own and item.entry == own[1]), None)
    if first is None:
        return None
    tickets = {item.match.ticket.id: item for item in reversed(there)}
    tickets.pop(first.match.ticket.id)
    return replace(first, also=tuple(reversed(tickets.values())))


def ticket_of(token: Token | None) -> int | None:
    """Return the ticket in which the question was asked that a token answers, None where it answers none."""
    question = question_of(token)
    return question[0] if question else None


def question_to(db: Connection, ticket: int, address: Address) -> int | None:
    """Return the entry of the newest question of a ticket that went to this address, None for none."""
    query = (
        Outbox.select(Outbox.entry)
        .where((Outbox.ticket == ticket) & (Outbox.kind == MailKind.PARTNER.value))
        .where((Outbox.rcpt_key == address.key) & Outbox.entry.is_null(False))
        .order_by(Outbox.id.desc())
        .limit(1)
    )
    row = db.first(query.tuples())
    return row[0] if row else None


def questions_to(db: Connection, addresses: Iterable[str], since: datetime) -> list[tuple[int, int]]:
    """Return the newest questions to one of these addresses (lower-cased), the newest first, in tickets that
    are open or were closed `since`."""
    query = (
        Outbox.select(Outbox.ticket, Outbox.entry)
        .join(Ticket, on=(Outbox.ticket == Ticket.id))
        .where(Outbox.rcpt_key.in_(list(addresses)) & (Outbox.kind == MailKind.PARTNER.value))
        .where(Outbox.entry.is_null(False) & (Ticket.closed_at.is_null() | (Ticket.closed_at > since)))
        .order_by(Outbox.id.desc())
        .limit(MOST_QUESTIONS)
    )
    return [(ticket, entry) for ticket, entry in db.rows(query.tuples())]


def asked(db: Connection, questions: Iterable[Question]) -> Mapping[Question, Asker]:
    """Return of each of these questions whom it went to and who asked; of erased ones nothing."""
    rows: list[Any] = [{"ticket": ticket, "entry": entry} for ticket, entry in sorted(set(questions))]
    if not rows:
        return {}
    return {(ticket, entry): (rcpt, agent) for ticket, entry, rcpt, agent in db.each(_ASKED, rows)}
