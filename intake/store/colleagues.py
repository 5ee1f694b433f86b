"""News of colleagues: written down with a decision, told seconds later to those whom it concerns."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from intake.desk.colleagues import REMEMBERED, Pending, Standing, Waiting
from intake.desk.effects import MailKind
from intake.desk.people_effects import ColleagueNews, Happened, MarkColleagues
from intake.store.agents import SqlAgents
from intake.store.base import StorePart
from intake.store.blobs import Blobs
from intake.store.connection import Connection
from intake.store.schema.colleagues import ColleagueMark
from intake.store.schema.colleagues import ColleagueNews as Row
from intake.store.schema.fields import Moment
from intake.store.schema.tables import Outbox
from intake.store.statement import SetStatement
from intake.store.tickets import SqlTickets

# How the dedupe keys begin of mails that show an agent a ticket as work.
SHOWING = ("notice:", "alert:")
_WORK = " OR ".join(f"o.dedupe_key LIKE '{beginning}%'" for beginning in SHOWING)
_SHOWN = SetStatement(
    "SELECT o.ticket, o.rcpt_key, MAX(o.created_at) FROM v CROSS JOIN outbox o WHERE o.ticket = v.ticket "
    f"AND o.kind IN ('{MailKind.NOTICE.value}', '{MailKind.ALERT.value}') AND ({_WORK}) "
    "AND o.state <> 'cancelled' AND o.created_at > v.since GROUP BY o.ticket, o.rcpt_key",
    ticket=Outbox.ticket,
    since=Outbox.created_at,
)
_MARKS = SetStatement(
    "SELECT m.ticket, m.agent, m.known_at, m.told_at FROM v CROSS JOIN colleague_mark m "
    "WHERE m.ticket = v.ticket",
    ticket=ColleagueMark.ticket,
)


class SqlColleagues(StorePart):
    """Reading what is to be told of colleagues."""

    def __init__(self, db: Connection, blobs: Blobs, agents: SqlAgents, tickets: SqlTickets) -> None:
        super().__init__(db, blobs)
        self._agents, self._tickets = agents, tickets

    def due(self, now: datetime, limit: int) -> list[int]:
        """Return tickets with news that is to be looked at, those that wait longest first."""
        query = Row.select(Row.ticket).where(Row.next_at <= now).order_by(Row.next_at, Row.id).limit(limit)
        return list(dict.fromkeys(number for (number,) in self.db.rows(query.tuples())))

    def pending(self, numbers: Sequence[int], now: datetime) -> list[Pending]:
        """Return the news of these tickets and whom it may concern, in a few statements for all of them."""
        rows = self.db.rows(Row.select().where(Row.ticket.in_(list(numbers))).order_by(Row.id))
        waiting: dict[int, list[Waiting]] = defaultdict(list)
        for row in rows:
            waiting[row.ticket].append(Waiting(row.id, row.at, _read(row)))
        asked = [{"ticket": number, "since": now - REMEMBERED} for number in sorted(waiting)]
        if not asked:
            return []
        shown = {(ticket, key): _moment(at) for ticket, key, at in self.db.each(_SHOWN, asked)}
        marks = {
            (ticket, agent): (_moment(known_at), _moment(told_at))
            for ticket, agent, known_at, told_at in self.db.each(_MARKS, asked)
        }
        made: list[Pending] = []
        for number, ticket in self._tickets.by_number(list(waiting)).items():
            standings = tuple(
                Standing(
                    agent,
                    shown.get((number, agent.address.lower())),
                    *marks.get((number, agent.id), (None, None)),
                )
                for agent in self._agents.enabled()
            )
            made.append(Pending(ticket, tuple(waiting[number]), standings))
        return made


def write(db: Connection, effect: ColleagueNews, now: datetime) -> None:
    """Write down what happened; it is told when the clock next looks."""
    details = {
        "whom": effect.whom,
        "concerned": " ".join(map(str, effect.concerned)),
        "knowing": " ".join(map(str, effect.knowing)),
    }
    db.writes.insert(
        Row,
        ticket=effect.ticket,
        happened=effect.happened.value,
        by=effect.by,
        actor=effect.actor,
        details=details,
        at=now,
        next_at=now,
    )


def mark(db: Connection, effect: MarkColleagues) -> None:
    """Note what agents were told; news that is done with goes, the rest is looked at again."""
    ids = Row.id.in_(list(effect.news))
    if effect.news and effect.again is None:
        db.run(Row.delete().where(ids))
    elif effect.news:
        db.run(Row.update(next_at=effect.again).where(ids))
    for marked in effect.marks:
        where = (ColleagueMark.ticket == effect.ticket) & (ColleagueMark.agent == marked.agent)
        values = {"known_at": marked.known_at, **({"told_at": marked.told_at} if marked.told_at else {})}
        if not db.run(ColleagueMark.update(**values).where(where)):
            row = {"ticket": effect.ticket, "agent": marked.agent, **values}
            db.run(ColleagueMark.insert(**row).on_conflict_ignore().as_rowcount())


def _read(row: Row) -> ColleagueNews:
    concerned, knowing = (
        tuple(int(number) for number in row.details.get(name, "").split())
        for name in ("concerned", "knowing")
    )
    happened, whom = Happened(row.happened), row.details.get("whom", "")
    return ColleagueNews(row.ticket, happened, row.by, row.actor, whom, concerned, knowing)


def _moment(number: int | None) -> datetime | None:
    moment: datetime | None = Moment[datetime | None]().python_value(number)
    return moment
