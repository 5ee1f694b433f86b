"""Taking up messages on PostgreSQL, where any number of processes decide at the same time.

Looking is one statement and taking another. In between nothing is locked: a counter in the table `meta`
goes up with each taking, and who looked before that looks again (docs/decisions/0024).
"""

import random
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from intake.desk.message import Envelope
from intake.ports import Pending, Taken
from intake.store.base import StorePart
from intake.store.schema.fields import Moment, Strings
from intake.store.turns import LONGEST_WAIT, SOON, Turn, Waiting, after_missing, keys_of

# While one process has a row, others leave it alone for this long, so that only
# attempts that were really made one after the other are counted.
HOLD = timedelta(seconds=60)
# So many rows are looked at, and then more, while what may be decided on stands behind what has to wait.
PAGES = (200, 1_000, 5_000)
# Each time another process took something meanwhile, so that the desk went on.
TRIES = 20

_HELD = "state = 'waiting' AND held_until > %(now)s AND held_until <= %(ahead)s"
_FREE = "state = 'waiting' AND (held_until IS NULL OR held_until <= %(now)s OR held_until > %(ahead)s)"
# First what others have in hand, in one row, and how often something was taken.
_LOOK = f"""
SELECT 0, COUNT(*), 0, COALESCE(STRING_AGG(DISTINCT held_by, E'\\n'), ''), 0, STRING_AGG(order_keys, ' '),
  BOOL_OR(order_keys IS NULL), (SELECT value FROM meta WHERE name = 'claims')
FROM message WHERE {_HELD}
UNION ALL
(SELECT id, size, attempts, reason, next_at, order_keys, FALSE, NULL FROM message
WHERE {_FREE} AND id > %(after)s AND id <= %(last)s AND (next_at <= %(soon)s OR next_at > %(ahead)s)
ORDER BY id LIMIT %(rows)s)
"""
# Who holds the row of the counter goes first; whoever waited for it finds another value, and takes nothing.
_TAKE = f"""
WITH turn AS (
  INSERT INTO meta (name, value) VALUES ('claims', '1')
  ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)
  WHERE meta.value = %(seen)s RETURNING 1
), mine AS (
  SELECT id FROM message WHERE id = ANY(%(ids)s) AND {_FREE} AND EXISTS (SELECT 1 FROM turn)
  ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
)
, taken AS (
  UPDATE message SET attempts = attempts + 1, held_until = %(until)s, held_by = %(owner)s
  FROM mine WHERE message.id = mine.id
  RETURNING message.id, sha256, channel, mailbox, mail_from, recipients, archive, attempts, received_at,
    reason, released, (SELECT content FROM blob WHERE blob.sha256 = message.sha256), oversize
)
SELECT taken.* FROM turn LEFT JOIN taken ON TRUE
"""
# What was held and may be taken again, but is locked: its holder is slow, or stopped, within its transaction.
_LOCKED = f"""
WITH over AS (SELECT id FROM message WHERE held_until IS NOT NULL AND {_FREE}),
free AS (SELECT id FROM message WHERE id IN (SELECT id FROM over) FOR NO KEY UPDATE SKIP LOCKED)
SELECT id FROM over WHERE id NOT IN (SELECT id FROM free)
"""
_GIVE_BACK = (
    "UPDATE message SET attempts = attempts - 1, held_until = NULL "
    "WHERE id = ANY(%(ids)s) AND state = 'waiting' AND held_by = %(owner)s RETURNING id"
)
# Not the fault of these messages: they keep their attempts, and their neighbours go on.
_PUT_OFF = (
    "UPDATE message SET attempts = attempts - 1, held_until = NULL, reason = %(reason)s, "
    "next_at = %(next_at)s WHERE id = ANY(%(ids)s) AND state = 'waiting' AND held_by = %(owner)s RETURNING id"
)
# Of who holds nothing any more no row is their own. (Only tests lock without a name.)
_LOCK = (
    "SELECT id FROM message WHERE id = ANY(%(ids)s) AND state = 'waiting' AND held_by = %(owner)s "
    "AND (held_until > %(now)s OR %(owner)s = '') ORDER BY id FOR NO KEY UPDATE"
)
_KEYS = "SELECT id, order_keys FROM message WHERE id = ANY(%(ids)s) AND state = 'waiting' ORDER BY id"
# What is locked just now is being decided on: by somebody who is slow, not dead.
_LET_GO = """
WITH theirs AS (
  SELECT id FROM message WHERE state = 'waiting' AND held_until IS NOT NULL AND held_by = ANY(%(owners)s)
  ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE message SET held_until = NULL FROM theirs WHERE message.id = theirs.id RETURNING message.id
"""
_LAST = 1 << 62
# When to look again for a message whose file cannot be read.
UNREADABLE_FOR = timedelta(minutes=1)

Gone = Callable[[str], bool]


class Taking(StorePart):
    """Looking for messages whose turn it is, and taking them."""

    def take(self, turn: Turn, owner: str, gone: Gone) -> Taken:
        """Take up what `turn` chooses, for `owner`, a name that was never used before.

        What a process of which `gone` says that it lives no longer had in hand is let go. Whose file cannot
        be read is not among the rows, and not held.
        """
        locked: set[int] = set()
        for _ in range(TRIES):
            made, seen, owners = self._look(turn, locked)
            # Its own it has where a commit had no answer.
            dead = [name for name in owners if name and (name == owner or gone(name))]
            if dead and self._many(_LET_GO, owners=dead):
                continue
            if not made.chosen:
                return Taken(waits=made.waits, others=made.others)
            rows = self._many(
                _TAKE,
                seen=seen,
                ids=[row.id for row in made.chosen],
                until=_number(turn.now + HOLD),
                owner=owner,
                **_bounds(turn.now),
            )
            if rows and rows[0][0] is None:
                # All of them are locked: what shares a key with none of them is taken without them.
                locked |= {row.id for row in made.chosen}
                locked |= {ledger_id for (ledger_id,) in self._many(_LOCKED, **_bounds(turn.now))}
            elif rows:
                pending = self._pending(self._in_order(made, rows, owner), owner, turn.now)
                return Taken(pending, made.waits, made.others)
        return Taken()

    def free(self, turn: Turn) -> list[int]:
        """Return the ids of those never tried that `turn` chooses, and take none."""
        return [row.id for row in self._look(turn)[0].chosen if not row.attempts]

    def let_go(self, gone: Gone) -> None:
        """Let go of all rows whose holder is gone."""
        rows = self.db.many("SELECT DISTINCT held_by FROM message WHERE state = 'waiting' AND held_until > 0")
        dead = [owner for (owner,) in rows if gone(owner)]
        if dead:
            self._many(_LET_GO, owners=dead)

    def lock(self, ids: Collection[int], owner: str, now: datetime | None) -> set[int]:
        """In a transaction: return those of these rows that wait and are `owner`'s, locked to its end.

        With `now` none whose time is over: another may have taken one that stood before them. By a clock
        that is ahead it may have done so earlier: what shares a key with such a row is given back.
        """
        until = _number(now) if now and owner else 0
        mine = {ledger_id for (ledger_id,) in self._many(_LOCK, ids=list(ids), owner=owner, now=until)}
        if not mine or len(mine) == len(ids):
            return mine
        rows = [(ledger_id, keys_of(keys)) for ledger_id, keys in self._many(_KEYS, ids=list(ids))]
        late = after_missing(rows, mine) & mine
        if late:
            self._many(_GIVE_BACK, ids=sorted(late), owner=owner)
        return mine - late

    def _look(self, wanted: Turn, locked: Collection[int] = ()) -> tuple[Turn, str, list[str]]:
        """Return the turn with what it chose, the counter, and who has something in hand.

        What shares a key with one of `locked` waits.
        """
        turn = Turn(wanted.now, wanted.ready, wanted.limit, wanted.again, wanted.only)
        last = max(wanted.only, default=0) if wanted.only is not None else _LAST
        after, seen, owners = 0, "", list[str]()
        for size in PAGES:
            first, *rows = sorted(
                self._many(_LOOK, after=after, last=last, rows=size, **_bounds(turn.now)), key=_id
            )
            if not after:
                seen, owners = first[7] or "", first[3].split("\n") if first[1] else []
            elif seen != (first[7] or ""):
                # Something was taken since the first page: begin anew.
                return self._look(wanted, locked)
            if first[1]:
                turn.block(None if first[6] else keys_of(first[5]))
            for row in rows:
                if row[0] in locked:
                    turn.block(keys_of(row[5]))
                    continue
                turn.offer(Waiting(row[0], row[1], row[2], row[3], _moment(row[4]), keys_of(row[5])))
                if turn.full:
                    return turn, seen, owners
            if len(rows) < size:
                break
            after = rows[-1][0]
        return turn, seen, owners

    def _in_order(self, turn: Turn, rows: list[Any], owner: str) -> list[Any]:
        """Return the rows without those that would overtake one that somebody has locked just now."""
        there = {row[0] for row in rows}
        late = after_missing([(row.id, row.keys) for row in turn.chosen], there)
        if late & there:
            self._many(_GIVE_BACK, ids=sorted(late & there), owner=owner)
        return sorted((row for row in rows if row[0] not in late), key=_id)

    def _pending(self, rows: Sequence[Any], owner: str, now: datetime) -> tuple[Pending, ...]:
        names = {row[1] for row in rows if row[11] is None}
        large = self.blobs.many(names) if names else {}
        lost = [row[0] for row in rows if row[11] is None and row[1] not in large]
        if lost:
            # Not at a time that suits this process: another one may be able to read them, and must be first.
            again = _number(now + UNREADABLE_FOR * random.uniform(1.0, 1.25))
            self._many(_PUT_OFF, ids=lost, owner=owner, reason=self.blobs.unreadable, next_at=again)
        return tuple(
            Pending(
                row[0],
                bytes(raw),
                Envelope(
                    row[2],
                    row[3],
                    row[4],
                    Strings[tuple[str, ...]]().python_value(row[5]),
                    bool(row[6]),
                    bool(row[10]),
                    row[12],
                ),
                row[7],
                _moment(row[8]),
                row[9] or "",
                owner,
            )
            for row in rows
            if (raw := row[11] if row[11] is not None else large.get(row[1])) is not None
        )

    def _many(self, text: str, **values: Any) -> list[Any]:
        return self.db.named(text, values)


def _id(row: Any) -> int:
    return int(row[0])


def _bounds(now: datetime) -> dict[str, int]:
    return {"now": _number(now), "ahead": _number(now + LONGEST_WAIT), "soon": _number(now + SOON)}


def _number(moment: datetime) -> int:
    return int(Moment[datetime]().db_value(moment))


def _moment(number: int) -> datetime:
    moment: datetime = Moment[datetime]().python_value(number)
    return moment
