"""Acts that a second person must agree to, and the second factors of agents."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import peewee

from intake.desk.acts import Actor, Plan, Request, State
from intake.desk.factor import MOST_WRONG, MissCode, UseCode
from intake.ports import Temporary
from intake.store.base import StorePart
from intake.store.blobs import Blobs
from intake.store.connection import ROWS_AT_ONCE, Connection
from intake.store.schema.acts import ActRequest, Factor
from intake.store.schema.tables import Agent, Outbox

_HOUR = timedelta(hours=1)
# What is over is forgotten after this long; that it was asked for stands in the audit.
_KEPT = timedelta(days=30)


class SqlActs(StorePart):
    """Requests. Each change is made once: of two who come at the same time the first counts."""

    def file(
        self, plan: Plan, reason: str, by: Actor, now: datetime, ready_at: datetime | None, expires: datetime
    ) -> int:
        """Write down that an act was asked for; return its number. Forgets what is over for long."""
        with self.transaction():
            over = ActRequest.expires_at < now - _KEPT
            self.db.run(ActRequest.delete().where(over & (ActRequest.state != State.BROKEN.value)))
            row = ActRequest.insert(
                kind=plan.kind,
                about=plan.ticket,
                person=plan.person,
                plan=plan.canonical,
                digest=plan.digest,
                reason=reason,
                login=by.login,
                acting=by.agent,
                proven=by.proven,
                at=now,
                ready_at=ready_at,
                expires_at=expires,
                state=State.WAITING.value,
            )
            return int(self.db.run(row))

    def get(self, number: int) -> Request | None:
        """Return a request, None where there is none of this number."""
        row = self.db.first(ActRequest.select().where(ActRequest.id == number))
        return None if row is None else _request(row)

    def rows(self, limit: int = 50) -> list[Request]:
        """Return requests, the newest first."""
        query = ActRequest.select().order_by(ActRequest.id.desc()).limit(limit)
        return [_request(row) for row in self.db.rows(query)]

    def of(self, digest: str, now: datetime) -> Request | None:
        """Return the newest request for a plan (its digest) that is not over, None where there is none."""
        states = (State.WAITING.value, State.APPROVED.value)
        where = (ActRequest.digest == digest) & (ActRequest.expires_at >= now) & ActRequest.state.in_(states)
        row = self.db.first(ActRequest.select().where(where).order_by(ActRequest.id.desc()))
        return None if row is None else _request(row)

    def settle(self, number: int, state: State, by: str, now: datetime) -> bool:
        """Approve or refuse what is open. False: somebody was quicker, or it is over."""
        states = [State.WAITING.value] + ([State.APPROVED.value] if state is State.REFUSED else [])
        where = (ActRequest.id == number) & ActRequest.state.in_(states) & (ActRequest.expires_at >= now)
        with self.transaction():
            query = ActRequest.update(state=state.value, settled_by=by).where(where)
            return bool(self.db.run(query) == 1)

    def use(self, number: int, now: datetime) -> bool:
        """Note that an act is being done, once, within the transaction that does it. False: it may not be."""
        ready = (ActRequest.state == State.WAITING.value) & (ActRequest.ready_at <= now)
        may = (ActRequest.state == State.APPROVED.value) | ready
        where = (ActRequest.id == number) & may & (ActRequest.expires_at >= now)
        with self.transaction():
            query = ActRequest.update(state=State.DONE.value)
            return bool(self.db.run(query.where(where)) == 1)

    def break_glass(self, number: int) -> None:
        """Note that an act was done without a second person; it stays so until two people saw that."""
        with self.transaction():
            self.db.run(ActRequest.update(state=State.BROKEN.value).where(ActRequest.id == number))

    def broken(self) -> list[Request]:
        """Return what was done alone and is not acknowledged by two people, the oldest first."""
        where = ActRequest.state == State.BROKEN.value
        return [
            _request(row) for row in self.db.rows(ActRequest.select().where(where).order_by(ActRequest.id))
        ]

    def seen(self, number: int, by: str) -> Request | None:
        """Note that somebody saw what was done alone; return it, None where there is no such thing.

        The second of two people ends it.
        """
        with self.transaction():
            where = (ActRequest.id == number) & (ActRequest.state == State.BROKEN.value)
            row = self.db.first(ActRequest.select().where(where))
            if row is None:
                return None
            seen_by = tuple(dict.fromkeys((*row.seen_by, by)))
            state = State.DONE if len(seen_by) > 1 else State.BROKEN
            self.db.run(ActRequest.update(seen_by=seen_by, state=state.value).where(where))
            return self.get(number)


class SqlFactors(StorePart):
    """Second factors, sealed: this can open none of them."""

    def get(self, agent: int) -> tuple[str, int] | None:
        """Return the sealed secret of an agent and the last step that was used, None for no factor."""
        row = self.db.first(Factor.select().where(Factor.person == agent))
        return None if row is None else (row.sealed, row.last_step)

    def keep(self, agent: int, sealed: str, step: int, now: datetime) -> None:
        """Give an agent a factor in place of any other; `step` is what counts as used."""
        with self.transaction():
            self.db.run(Factor.delete().where(Factor.person == agent))
            row = Factor.insert(person=agent, sealed=sealed, made_at=now, last_step=step)
            self.db.run(row.as_rowcount())
            self.db.cache.clear()

    def forget(self, agent: int) -> bool:
        """Take an agent's factor away. False when they had none."""
        with self.transaction():
            done = bool(self.db.run(Factor.delete().where(Factor.person == agent)) == 1)
            self.db.cache.clear()
            return done

    def holders(self) -> Sequence[int]:
        """Return the enabled agents who have a factor."""
        query = Factor.select(Factor.person).join(Agent, on=(Agent.id == Factor.person))
        query = query.where(Agent.enabled == True).order_by(Factor.person)  # noqa: E712
        return [agent for (agent,) in self.db.rows(query.tuples())]

    def advance(self, agent: int, step: int) -> bool:
        """Use a step up. False: it, or a newer one, was used already (RFC 6238 section 5.2)."""
        with self.transaction():
            query = Factor.update(last_step=step, wrong=0, wrong_since=None)
            where = (Factor.person == agent) & (Factor.last_step < step)
            return bool(self.db.run(query.where(where)) == 1)

    def missed(self, agent: int, now: datetime) -> int:
        """Count a wrong code; return how many there were within the hour."""
        with self.transaction():
            row = self.db.first(Factor.select().where(Factor.person == agent))
            if row is None:
                return 0
            lately = row.wrong_since is not None and timedelta(0) <= now - row.wrong_since < _HOUR
            wrong = row.wrong + 1 if lately else 1
            since = row.wrong_since if lately else now
            self.db.run(Factor.update(wrong=wrong, wrong_since=since).where(Factor.person == agent))
            return wrong

    def locked(self, agent: int, now: datetime) -> bool:
        """Whether no code of an agent counts at present, for there were too many wrong ones."""
        row = self.db.first(Factor.select().where(Factor.person == agent))
        lately = row is not None and row.wrong_since is not None and now - row.wrong_since < _HOUR
        return bool(lately and row.wrong >= MOST_WRONG)


def factor_used(db: Connection, blobs: Blobs, effect: UseCode | MissCode, now: datetime) -> None:
    """Use a code up, or count a wrong one, within the running transaction. Raises Temporary where somebody
    was quicker: then it is decided again."""
    factors = SqlFactors(db, blobs)
    if isinstance(effect, MissCode):
        factors.missed(effect.agent, now)
    elif not factors.advance(effect.agent, effect.step):
        raise Temporary("a code was used twice at once")


def forgotten(db: Connection, person: str, tickets: Sequence[int]) -> set[int]:
    """Delete the requests about a person (their key, "" for nobody) and about tickets, within an erasure.

    Return the mails (outbox ids) that asked for them: their words are of the plan.
    """
    gone: set[int] = set()
    for some in peewee.chunked(tickets, ROWS_AT_ONCE):
        query = ActRequest.select(ActRequest.id).where(ActRequest.about.in_(list(some)))
        gone.update(number for (number,) in db.rows(query.tuples()))
    if person:
        query = ActRequest.select(ActRequest.id).where(ActRequest.person == person)
        gone.update(number for (number,) in db.rows(query.tuples()))
    mails: set[int] = set()
    for number in sorted(gone):
        asked = Outbox.select(Outbox.id).where(Outbox.dedupe_key.startswith(f"alert:act:{number}:"))
        mails.update(row for (row,) in db.rows(asked.tuples()))
        db.run(ActRequest.delete().where(ActRequest.id == number))
    return mails


def _request(row: ActRequest) -> Request:
    return Request(
        id=row.id,
        kind=row.kind,
        ticket=row.about,
        plan=row.plan,
        digest=row.digest,
        reason=row.reason,
        by=Actor(row.login, row.acting, bool(row.proven)),
        at=row.at,
        ready_at=row.ready_at,
        expires_at=row.expires_at,
        state=State(row.state),
        settled_by=row.settled_by,
        seen_by=row.seen_by,
    )
