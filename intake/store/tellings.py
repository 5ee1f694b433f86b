"""What agents are still to be told of their own mails that were kept, and what they were told of lately."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import peewee
from peewee import fn

from intake.desk import gathered
from intake.desk.draft_effects import ABOUT_A_DRAFT, question
from intake.desk.effects import Mail
from intake.desk.gathered import Kept
from intake.desk.guard.policy import unmarked
from intake.desk.telling_effects import COUNTED, MarkTold
from intake.desk.text.kept_sayings import as_text, from_text
from intake.desk.ticket import Agent
from intake.ports import Temporary
from intake.store.base import StorePart
from intake.store.connection import Connection
from intake.store.schema.tables import Entry, Message, Ticket
from intake.store.schema.tellings import Telling as Row
from intake.store.statement import Statement, hole

# How the keys of deadlines begin.
DEADLINE = "escalation:"
# At most this many are read at once; more than a mail holds, so that it can say how many follow.
MOST = 1000
# Where no message led to it, none can have come later.
_NO_MESSAGE = 2**31


def _succeeded() -> Any:
    """Select the newest message of an agent's that was carried out: what they mistyped before is over."""
    of_it = (Row.agent == hole(Row.agent)) & (Row.created_at > hole(Row.created_at, "day_began"))
    mine = (Message.sender_key == hole(Message.sender_key, "sender")) & Message.rule.in_(gathered.CARRIED_OUT)
    lately = Message.received_at > hole(Message.received_at, "row_began")
    kept_ = peewee.fn.EXISTS(Row.select(peewee.SQL("1")).where(of_it & (Row.message == Message.id)))
    return Message.select(fn.COALESCE(fn.MAX(Message.id), 0)).where(mine & lately & ~kept_)


def _lately() -> Any:
    after = fn.COALESCE(Row.message, _NO_MESSAGE) > _succeeded()
    in_row = (Row.created_at > hole(Row.created_at, "row_began")) & after
    mine = (Row.agent == hole(Row.agent)) & (Row.created_at > hole(Row.created_at, "day_began"))
    return Row.select(fn.COUNT(peewee.Case(None, [(in_row, 1)])), fn.COUNT(Row.id)).where(
        mine & (Row.row == True)  # noqa: E712
    )


_LATELY = Statement(_lately)


def kept(
    db: Connection, effect: Mail, ticket: int | None, draft: int | None, ledger: int | None, now: datetime
) -> bool:
    """Write down that an agent is to be told, or is told now; return whether it is to wait."""
    assert effect.agent is not None
    wait = gathered.wait(effect.telling, *_told_lately(db, effect.agent, now))
    db.writes.insert(
        Row,
        dedupe_key=effect.dedupe,
        agent=effect.agent.id,
        ticket=ticket,
        entry=draft,
        message=ledger,
        asks=effect.event in ABOUT_A_DRAFT,
        row=effect.telling in COUNTED,
        why=as_text(effect.text),
        created_at=now,
        due_at=now + wait,
        told_at=None if wait else now,
    )
    return bool(wait)


def mark(db: Connection, effect: MarkTold, now: datetime) -> None:
    """Write down that these were told. Raises Temporary where another process has told of one of them."""
    query = Row.update(told_at=now).where(Row.id.in_(list(effect.ids)) & Row.told_at.is_null())
    if db.run(query) != len(effect.ids):
        raise Temporary("an agent was told of the same mails twice at once")


def _told_lately(db: Connection, agent: Agent, now: datetime) -> tuple[int, int]:
    """Return how many mails of an agent's were kept in a row and within a day, this set's too.

    A row begins anew with each mail of theirs that is carried out.
    """
    # Asked once for a set, and only of who has mistyped: what the set itself adds stands in its writes.
    known = db.batch.known if db.batch is not None else {}
    name, sender = ("tellings", agent.id), agent.as_address.key
    if name not in known:
        with db.beside():
            (known[name],) = db.fetch(
                _LATELY,
                agent=agent.id,
                sender=sender,
                row_began=now - gathered.ROW,
                day_began=now - gathered.DAY,
            )
    more = [
        row["message"] or _NO_MESSAGE for row in db.writes_of(Row) if row["agent"] == agent.id and row["row"]
    ]
    row, day = known[name]
    done = [
        number
        for number, change in db.changes_of(Message).items()
        if change.get("sender_key") == sender
        and change.get("rule") in gathered.CARRIED_OUT
        and number not in more
    ]
    in_row = sum(number > max(done) for number in more) if done else int(row) + len(more)
    return in_row, int(day) + len(more)


class SqlTellings(StorePart):
    """Reading what waits, for the clock."""

    def due(self, now: datetime) -> list[int]:
        """Return the agents (ids) whom something is to be told now; all that waits for them goes with it."""
        query = Row.select(Row.agent).where(Row.told_at.is_null() & (Row.due_at <= now)).distinct()
        return [number for (number,) in self.db.rows(query.tuples())]

    def waiting(self, agent: int) -> list[Kept]:
        """Return what an agent is still to be told, the oldest first."""
        wrote = Message.alias()
        query = (
            Row.select(
                Row.id, Row.created_at, Row.why, Row.ticket, Row.entry, Row.asks, Ticket.subject,
                Message.subject, Entry.text, Row.dedupe_key, Entry.agent, wrote.rule,
            )
            .left_outer_join(Ticket, on=(Row.ticket == Ticket.id))
            .left_outer_join(Message, on=(Row.message == Message.id))
            .left_outer_join(Entry, on=(Row.entry == Entry.id))
            .left_outer_join(wrote, on=(Entry.message == wrote.id))
            .where((Row.agent == agent) & Row.told_at.is_null())
            .order_by(Row.id)
            .limit(MOST)
        )  # fmt: skip
        return [
            Kept(
                number,
                at,
                from_text(why),
                ticket or 0,
                entry or 0,
                (subject if ticket else mail) or "",
                words or "",
                question(unmarked(rule or "")[1], whose == agent) if asks else "",
                key.startswith(DEADLINE),
            )
            for number, at, why, ticket, entry, asks, subject, mail, words, key, whose, rule in self.db.rows(
                query.tuples()
            )
        ]

    def forget(self, before: datetime) -> None:
        """Forget what was told before then (aware)."""
        with self.transaction():
            self.db.run(Row.delete().where(Row.told_at < before))


def redact(db: Connection, tickets: Sequence[int], change: Callable[[str], str]) -> None:
    """Have `change` applied to what is kept for agents about these tickets."""
    query = Row.select(Row.id, Row.why).where(Row.ticket.in_(list(tickets)))
    for number, why in db.rows(query.tuples()):
        made = as_text(from_text(why, change))
        if made != why:
            db.run(Row.update(why=made).where(Row.id == number))
