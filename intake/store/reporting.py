"""What reports are counted from: columns of tickets, a chunk at a time.

The columns are read as the database holds them, in whole numbers: making a moment of each
of a million values takes longer than all the counting.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain, repeat
from typing import Any

from peewee import Field, IntegerField

from intake.desk.report import BROKEN, KEPT, NO_PROMISE, NOT_ASKED, SILENT, Columns
from intake.store.base import StorePart
from intake.store.schema.fields import Moment
from intake.store.statement import Statement, written

CHUNK = 20_000
_FIELDS: dict[str, Field] = {
    **dict.fromkeys(("first", "last", "before"), IntegerField()),
    **dict.fromkeys(("since", "until", "now"), Moment()),
}


def _made(text: str) -> Statement:
    return written(text, **_FIELDS)


# Spam is nobody's work, and a ticket that was merged into another is counted there.
_COUNTED = "NOT t.spam AND t.merged_into IS NULL"
# The seconds until it was closed are whole ones of the clock: added to the opening they give the closing.
_TICKETS = _made(f"""
    SELECT t.id, t.created_at / 1000000, t.team, t.assignee, t.category, t.language, t.channel,
        (t.first_response_at - t.created_at) / 1000000, t.closed_at / 1000000 - t.created_at / 1000000
    FROM ticket t
    WHERE t.id >= :first AND t.id <= :last AND t.created_at >= :since AND t.created_at < :until AND {_COUNTED}
    ORDER BY t.id
""")
# Through COALESCE no index of states is to be had, which would be read whole for each chunk: what is
# asked stands in the index of the tickets' promises.
_STATE = "COALESCE(p.state, '')"
_PROMISES = "SELECT p.ticket FROM promise p WHERE p.ticket >= :first AND p.ticket <= :last"
_KEPT = _made(f"{_PROMISES} AND {_STATE} = 'kept'")
_BROKEN = _made(f"{_PROMISES} AND ({_STATE} = 'broken' OR ({_STATE} = 'running' AND p.due < :now))")
_NUMBERS = _made("SELECT MIN(id), MAX(id) FROM ticket WHERE created_at >= :since AND created_at < :until")
_CLOSINGS = _made(f"""
    SELECT t.closed_at / 1000000 FROM ticket t
    WHERE t.closed_at >= :since AND t.closed_at < :until AND (t.id < :before OR t.created_at < :since)
        AND {_COUNTED}
""")
_SUBJECTS = _made(f"""
    SELECT t.id, t.subject, t.category FROM ticket t
    WHERE t.created_at >= :since AND t.created_at < :until AND {_COUNTED}
""")
_SURVEYS = _made(
    "SELECT s.ticket, s.score FROM survey s WHERE s.asked_at >= :since AND s.skipped = '' ORDER BY s.id"
)


class Reporting(StorePart):
    """Reading for reports. Times are aware; a range holds its beginning and not its end."""

    def numbers(self, since: datetime, until: datetime) -> tuple[int, int]:
        """Return the first and the last number of the tickets opened in a range; (0, -1) for none."""
        ((first, last),) = self.db.fetch(_NUMBERS, since=since, until=until)
        return (first, last) if first is not None else (0, -1)

    def chunks(self, since: datetime, until: datetime, now: datetime) -> Iterator[tuple[int, Columns]]:
        """Yield the last number looked at and the tickets opened in a range up to it."""
        agents = {agent.id: agent.name for agent in self._agents()}
        surveys = self._surveys(since)
        first, last = self.numbers(since, until)
        for low in range(first, last + 1, CHUNK):
            high = min(low + CHUNK - 1, last)
            rows = self.db.fetch(_TICKETS, first=low, last=high, since=since, until=until)
            yield high, _columns(rows, agents, surveys, self._promises(low, high, now))

    def closings(self, since: datetime, until: datetime, before: int) -> list[int]:
        """Return when tickets were closed, in seconds since 1970, of those opened before the range or with a
        number below `before`."""
        return [moment for (moment,) in self.db.fetch(_CLOSINGS, since=since, until=until, before=before)]

    def subjects(self, since: datetime, until: datetime) -> list[tuple[int, str, str]]:
        """Return number, subject and category of the tickets opened in a range."""
        return self.db.fetch(_SUBJECTS, since=since, until=until)

    def _agents(self) -> list[Any]:
        from intake.store.schema.tables import Agent

        return self.db.rows(Agent.select(Agent.id, Agent.name))

    def _promises(self, first: int, last: int, now: datetime) -> dict[int, int]:
        """Return how a ticket's promises stand: broken when one of them is, kept when none is and one was."""
        kept = self.db.fetch(_KEPT, first=first, last=last)
        broken = self.db.fetch(_BROKEN, first=first, last=last, now=now)
        states = dict.fromkeys(chain.from_iterable(kept), KEPT)
        states.update(dict.fromkeys(chain.from_iterable(broken), BROKEN))
        return states

    def _surveys(self, since: datetime) -> dict[int, int]:
        return {
            ticket: SILENT if score is None else max(1, min(5, score))
            for ticket, score in self.db.fetch(_SURVEYS, since=since)
        }


def _columns(
    rows: list[Any], agents: dict[int, str], surveys: dict[int, int], promises: dict[int, int]
) -> Columns:
    if not rows:
        return Columns(*((),) * 10)
    number, opened, team, agent, category, language, channel, answered, resolved = zip(*rows, strict=True)
    return Columns(
        opened,
        team,
        list(map(agents.get, agent, repeat(""))),
        category,
        language,
        channel,
        answered,
        resolved,
        list(map(promises.get, number, repeat(NO_PROMISE))),
        list(map(surveys.get, number, repeat(NOT_ASKED))),
    )
