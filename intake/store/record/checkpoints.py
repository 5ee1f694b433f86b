"""Checkpoints as they are kept: made over all that is owed, in one transaction, and listed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.desk.record.checkpoint import note
from intake.desk.record.leaf import CHECKPOINT, CONFIG, KEY, Statement, digest_of
from intake.store.record.chain import ACCEPTED
from intake.store.record.sealing import Sealing
from intake.store.record.state import KEPT, alone, state_of
from intake.store.schema.fields import Moment
from intake.store.schema.record import RecordCheckpoint, RecordRow

Sign = Callable[[bytes], bytes]


class AnotherKey(Exception):
    """The key at hand is not the one that the record names."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint: how many rows it covers, when it was made, and the signed note."""

    size: int
    made_at: datetime
    note: str


class Checkpoints(Sealing):
    """Making and listing checkpoints."""

    def newest(self, count: int = 1) -> list[Kept]:
        """Return the newest checkpoints, the newest first."""
        query = RecordCheckpoint.select(*KEPT).order_by(RecordCheckpoint.id.desc()).limit(count)
        return [Kept(*row) for row in self.db.rows(query.tuples())]

    def make(self, public: bytes, sign: Sign, now: datetime, after: timedelta | None = None) -> Kept | None:
        """Record all that is owed, and sign that; part of the transaction that is open, if one is.

        With `after` only where the newest is that old; else None. Raises AnotherKey where `public` is not
        the key that the record names; the first one it names by itself.
        """
        with self.db.transaction():
            alone(self.db)
            if after is not None and self._younger(now, after):
                return None
            named = self.key()
            if named not in (None, public):
                raise AnotherKey
            said = self._before(now) if named else [self._key_row(public, now, 0)]
            state = self.add(said, now)
            made = state.checkpoint()
            text = note(made, public, sign(made.text().encode()))
            self.db.run(RecordCheckpoint.insert(size=made.size, made_at=now, note=text))
            return Kept(made.size, now, text)

    def accept(self, public: bytes, who: str, authority: str, now: datetime) -> bool:
        """Have checkpoints signed by another key from now on, as an act of `who`. False: it is that one."""
        with self.db.transaction():
            alone(self.db)
            if self.key() == public:
                return False
            act = self.act(who, ACCEPTED, authority, now)
            self.add([self._key_row(public, now, act)], now)
        return True

    def config(self, digest: str, who: str, now: datetime) -> bool:
        """Record the digest of the config that a desk started with; False where it is the last one."""
        with self.db.transaction():
            alone(self.db)
            query = RecordRow.select(RecordRow.body).where(RecordRow.kind == CONFIG)
            last = self.db.first(query.order_by(RecordRow.seq.desc()).tuples())
            if last is not None and f'"digest":"{digest}"' in last[0]:
                return False
            act = self.act(who, "started with another config", "", now) if last is not None else 0
            at = int(Moment().db_value(now))
            self.add([Statement(CONFIG, 0, at, by=act, plain={"digest": digest})], now)
        return True

    def origin(self) -> str:
        """Return the name of the record, "" where it has not begun."""
        state = state_of(self.db)
        return "" if state is None else state.origin

    def _before(self, now: datetime) -> list[Statement]:
        """Return what names the checkpoint before the one that is made: it cannot be removed unnoticed."""
        at = int(Moment().db_value(now))
        return [
            Statement(CHECKPOINT, kept.size, at, plain={"note": digest_of(kept.note)})
            for kept in self.newest()
        ]

    def _younger(self, now: datetime, after: timedelta) -> bool:
        # Of a clock that was set back, the time between counts as well.
        return any(abs(now - kept.made_at) < after for kept in self.newest())

    def _key_row(self, public: bytes, now: datetime, act: int) -> Statement:
        return Statement(KEY, 0, int(Moment().db_value(now)), by=act, plain={"public": public.hex()})


def notes(kept: Sequence[Kept]) -> str:
    """Return checkpoints one under the other, as a file or a mail holds them."""
    return "\n".join(each.note for each in kept)
