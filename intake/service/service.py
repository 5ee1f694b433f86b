"""The four verbs of the desk: receive, process, deliver, tick.

Each loads what it needs, asks the pure core, and applies the answer in one
transaction. Nothing here knows IMAP, SQL or Huey; `wake` is how a queue is told
that outbox rows are due, and losing that call loses nothing.
"""

import logging
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from intake.desk import form_origin
from intake.desk.commands import from_mail
from intake.desk.effects import Effect, Mail, Outgoing, TripBreaker
from intake.desk.message import Envelope, Message
from intake.desk.policy import Policy
from intake.desk.rules.table import decide
from intake.desk.ticket import Ticket
from intake.ports import (
    Applied,
    Arrival,
    Claimed,
    Pending,
    Received,
    Session,
    Store,
    Temporary,
    Unreadable,
)
from intake.runtime import lease_owner
from intake.service import last_gate, promises
from intake.service.failing import Failing
from intake.service.proofs import Proofs, patiently
from intake.service.retries import Quiet, Retries, Tells
from intake.service.sending import LEASE, Ends, Sending
from intake.service.ticking import Ticking
from intake.service.token_claims import Authenticated, Claim, Claims, Proof, Vouched

log = logging.getLogger("intake.service")

MAX_ATTEMPTS = 3  # A message gets this many tries before it is set aside: Mailman's number and ours.
REFUSED = "refused: "  # How `parse` begins the defect of a mail it would not or could not read.
SURVEY_EVERY = timedelta(minutes=1)  # They wait for hours: nobody minds a minute.


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of a mail: "not due", "sent", "retry", "failed", "unknown" or "lost" (the lease ran out).

    `following` is the claim on the next one, if it was asked for and to be had.
    """

    result: str
    following: Claimed | None = None


@dataclass(slots=True)
class Service:
    """The desk at work. `keys` make and read reply tokens, newest first; `clock` returns aware UTC.

    `parse(raw)` must never raise; `compose(mail, ticket, now)` makes a finished mail or None;
    `vouched(raw, message, authserv)` says whether our own server authenticated the sender (False: refuted),
    `authenticated` by what an agent is.
    """

    store: Store
    policy: Policy
    keys: tuple[bytes, ...]
    parse: Callable[[bytes], Message]
    compose: Callable[[Mail, Ticket, datetime], Outgoing | None]
    vouched: Vouched
    authenticated: Authenticated = lambda raw, message, authserv, now: Proof()
    wake: Callable[[Sequence[int]], None] = lambda ids: None
    # Adds previews to pictures; bounded in time, never raises (intake/runtime/previews.py).
    preview: Callable[[Message], Message] = lambda message: message
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    steady: Callable[[datetime], bool] = lambda now: True  # see intake/runtime/clock_leap.py
    proofs: Proofs = field(default_factory=Proofs, init=False)
    jitter: Callable[[], float] = field(default=lambda: random.uniform(0.8, 1.2))
    # Tells a person of what fails again and again (intake/service/troubles.py).
    tells: Tells = field(default_factory=Quiet)
    _surveyed: datetime | None = field(default=None, init=False)
    _retries: Retries = field(init=False)
    _ends: Ends = field(init=False)

    def __post_init__(self) -> None:
        self._retries = Retries(self.tells, lambda now: self.store.probe(now))
        self._ends = Ends()

    # -- receive ---------------------------------------------------------------------

    def receive(self, arrivals: Sequence[Arrival]) -> list[Received]:
        """Make raw mail durable. When this returns, the peer may be told it is ours.

        Raises Temporary when it could not be stored; then nothing was.
        """
        return self.store.ledger.receive(arrivals, self.clock())

    # -- process ---------------------------------------------------------------------

    def process(self, ids: Iterable[int]) -> int:
        """Decide on these ledger rows and apply the decisions, in one transaction.

        One message's failure is its own: it is postponed, and after MAX_ATTEMPTS
        quarantined. Returns how many were finished. Safe to call twice. Raises
        Temporary when the database cannot be used; then nothing was decided.
        """
        waiting = self.store.ledger.begin(ids, self.clock())
        try:
            self._process(waiting)
        except Temporary:
            # The database's trouble is no mark against these messages.
            self.store.ledger.refund([row.ledger_id for row in waiting])
            raise
        return len(waiting)

    def _process(self, waiting: Sequence[Pending]) -> None:
        readable = [(row, *found) for row in waiting if (found := self._read(row)) is not None]
        try:
            self._decide_all(readable)
        except Temporary:
            # Of everybody at this moment, or that of one message, such as files the disk has no room for.
            self.store.probe(self.clock())
            log.warning("a batch was undone and is done one by one", extra={"count": len(readable)})
            for one in readable:
                try:
                    self._decide_all([one])
                except Temporary as err:
                    self.store.probe(self.clock())
                    self._failing.wait(one[0], err)

    def _decide_all(self, readable: Sequence[tuple[Pending, Message, Claim]]) -> None:
        """Decide on these in one transaction, each in a part of it that can fail alone."""
        done: list[Applied] = []
        ended: list[Pending] = []
        failures: list[tuple[Pending, Exception]] = []
        if readable:
            with self.store.transaction():
                for row, message, claim in readable:
                    try:
                        with self.store.savepoint():
                            applied = self._apply(row, message, claim)
                    except Temporary:
                        raise
                    except Exception as err:
                        failures.append((row, err))
                        continue
                    ended.append(row)
                    if applied is not None:
                        done.append(applied)
        for row in ended:
            self._failing.well(row)
        for row, failure in failures:
            self._failing.failed(row, failure)
        self._wake([one for applied in done for one in applied.outbox_ids])

    def process_pending(self, limit: int = 50, after: timedelta = timedelta(0)) -> int:
        """Process what waits, up to `limit` rows; returns how many were taken up.

        Rows that have not been due for as long as `after` are left alone.
        Rows that were begun before and not finished go one by one: a mail that kills
        the process must not take its neighbours' attempts along with its own.
        """
        fresh = self.store.ledger.pending(self.clock() - after, limit)
        # A question that was in hand when a process died is decided on before its answer.
        cut_off = self.store.ledger.interrupted(self.clock(), fresh[0], limit) if fresh else []
        taken = sum([self.process([one]) for one in cut_off]) + (self.process(fresh) if fresh else 0)
        for again in self.store.ledger.pending(self.clock() - after, 5, again=True):
            taken += self.process([again])
        return taken

    def _read(self, row: Pending) -> tuple[Message, Claim] | None:
        # An attempt is counted before it begins, so a mail that kills us is caught too.
        if row.attempts > MAX_ATTEMPTS:
            self._failing.set_aside(row, "processing it ended abruptly each time")
            return None
        try:
            message = form_origin.read(self.parse(row.raw), row.envelope)
            refused = next((one for one in message.defects if one.startswith(REFUSED)), None)
            if refused is not None:
                raise Unreadable(refused.removeprefix(REFUSED))
            find = partial(self._claims, message, row.raw, row.envelope, row.attempts < MAX_ATTEMPTS)
            claim = self.proofs.claim(row, find, self.store, self.clock)
            # Outside the transaction: nobody waits for a picture with the database locked.
            return None if claim is None else (self.preview(message), claim)
        except Unreadable as err:
            self.store.ledger.quarantine(row.ledger_id, str(err), self.clock())
        except Temporary as err:
            self.store.probe(self.clock())
            self._failing.wait(row, err)
        except Exception as err:
            self._failing.failed(row, err)
        return None

    def _claims(self, message: Message, raw: bytes, envelope: Envelope, patient: bool) -> Claim:
        who = Claims(self.store, self.policy, self.keys, self.parse, self.authenticated, self.vouched)
        return who.of(message, raw, envelope, self.clock(), patient)

    def recover(self) -> None:
        """Let go of rows that a killed process held; to be called once when a process starts.

        Should another process be at them this moment, only time is spent twice: the
        row is locked when it is decided on, and decided on once.
        """
        self.store.ledger.unhold()

    def examine(self, raw: bytes, envelope: Envelope) -> tuple[Message, list[Effect]]:
        """Return what was read and what would be decided, changing nothing."""
        message = form_origin.read(self.parse(raw), envelope)
        claim = patiently(partial(self._claims, message, raw, envelope, patient=False))
        with self.store.transaction():
            return message, self._decide(message, envelope, claim)

    def _apply(self, row: Pending, message: Message, claim: Claim) -> Applied | None:
        if not self.store.ledger.lock_pending(row.ledger_id):
            return None
        effects = self._decide(message, row.envelope, claim)
        if any(isinstance(one, TripBreaker) for one in effects):
            log.warning("the ceiling is reached: automatic mail is stopped", extra={"ledger": row.ledger_id})

        again = partial(self._decide, message, row.envelope, claim)
        rest = (self._compose, self.clock(), row.ledger_id, message)
        return last_gate.applied(self.store, effects, lambda some: self.store.apply(some, *rest), again)

    def _decide(self, message: Message, envelope: Envelope, claim: Claim, leak: str = "") -> list[Effect]:
        now = self.clock()
        mailbox = self.policy.mailbox(envelope.mailbox)
        facts = self.store.facts(message, envelope, claim.token, mailbox.team, now, claim.vouched is True)
        draft = facts.draft and replace(facts.draft, message=claim.original)
        facts = replace(facts, proof=claim.proof, lacks=claim.lacks, draft=draft, leak=leak)
        facts = replace(facts, refuted=claim.vouched is False)
        wanted = from_mail.wanted(claim.obeyed(message), claim.token)
        if wanted is not None:
            agent = facts.token_agent or (draft.agent if draft else None)
            ticket = facts.by_token.ticket.id if facts.by_token else None
            facts = replace(facts, looked=self.store.lookups.look_up(wanted, agent, ticket, now))
        if self.policy.hands_out:
            facts = replace(facts, loads=self.store.agents.loads())
        known = {one.ticket.id: one.ticket for one in facts.tickets()}
        effects = decide(message, envelope, facts, self.policy)
        return promises.promising(self.store, self.policy, effects, now, known, message)

    def _compose(self, mail: Mail, ticket: Ticket) -> Outgoing | None:
        return self.compose(mail, ticket, self.clock())

    @property
    def _failing(self) -> Failing:
        return Failing(self.store, self.clock, self.tells, self._retries, MAX_ATTEMPTS)

    # -- act -------------------------------------------------------------------------

    def act(self, effects: Sequence[Effect]) -> Applied:
        """Apply what an admin asked for from the command line, in one transaction."""
        now = self.clock()
        with last_gate.told(), self.store.transaction():
            effects = promises.promising(self.store, self.policy, effects, now, {})
            applied = self.store.apply(effects, self._compose, now)
        self._wake(applied.outbox_ids)
        return applied

    # -- deliver ---------------------------------------------------------------------

    def deliver(
        self,
        outbox_id: int,
        session: Session | None,
        claimed: Claimed | None = None,
        following: int | None = None,
    ) -> Delivered:
        """Send one outbox row if it is due and nobody else has it; return what became of it.

        `claimed` is the claim on it where one was made before. With `following` the next
        row is claimed in the commit that records this one as sent, and comes back in the
        answer, to be sent at once: each commit is an fsync that the next mail waits for.
        """
        claimed = claimed or self._claim(outbox_id)
        if claimed is None:
            return Delivered("not due")
        result = self._sending().send(outbox_id, claimed, session)
        if result != "sent":
            return Delivered(result)
        ended = self.clock()

        def record() -> bool:
            return self.store.outbox.sent(claimed, ended)

        if following is None:
            return Delivered("sent" if self._ends.settle(claimed, record) else "lost")
        with self._ends.kept(claimed, record) as names, self.store.transaction():
            if not record():
                return Delivered("lost")
            after = self._claim(following)
            names += [after.owner] if after else []
            return Delivered("sent", after)

    def _claim(self, outbox_id: int) -> Claimed | None:
        name = lease_owner.name()
        with self._ends.claiming(name):
            return self.store.outbox.claim(outbox_id, name, self.clock(), LEASE)

    def _sending(self) -> Sending:
        return Sending(self.store, self._compose, self.clock, self.jitter, self.tells, self._wake, self._ends)

    # -- tick ------------------------------------------------------------------------

    def tick(self, limit: int = 200, after: timedelta = timedelta(0)) -> list[int]:
        """Do what time alone causes: process what was left for `after`, settle dead leases, see to
        promises whose time runs out, ask how it went.

        Each step by itself: one that fails is told to a person, and the others are done.
        Returns the outbox ids that are due now, for the caller to deliver. Raises Temporary
        when the database cannot be used.
        """
        steps: tuple[tuple[str, Callable[[], object]], ...] = (
            ("Settling the leases of senders", self._settle),
            ("Processing what was left", lambda: self._process_all(limit, after)),
            ("Looking after promises", self.escalate),
            ("Waking snoozed tickets", self.wake_snoozed),
            ("Asking how it went", self.ask_surveys),
            ("Sending digests", self.send_digests),
        )
        for what, step in steps:
            self.attempt(what, step)
        due: list[int] = []
        self.attempt(
            "Finding the mails that are due", lambda: due.extend(self.store.outbox.due(self.clock(), limit))
        )
        return due

    def attempt(self, what: str, step: Callable[[], object]) -> bool:
        """Do one of the desk's own jobs, unless it rests because it failed; return whether it was done.

        `what` is its name for people, who are told when it fails again and again. Raises
        Temporary when the database cannot be used.
        """
        return self._retries.attempt(f"step {what}", what, step, self.clock())

    def went(self, what: str, err: Exception | None) -> None:
        """Note how a job went that rests for nobody; a person is told of the third failure in a row."""
        if err is None:
            self._retries.well(f"step {what}", self.clock())
        elif isinstance(err, Temporary):
            # The database's: nothing can be written down about it either.
            log.warning("%s must wait", what, extra={"reason": str(err)})
        else:
            self._retries.failed(f"step {what}", what, err, self.clock())

    def _settle(self) -> None:
        now = self.clock()
        # Asked each time: what it compares with is the time before.
        timely = self.steady(now)
        self._ends.again()
        forsaken = self._ends.forsaken()
        self.store.outbox.expire_leases(now, lambda name: name in forsaken or lease_owner.gone(name), timely)
        self._ends.forget(forsaken)

    def settle_ends(self) -> None:
        """Record what became of mails while the database was away. Raises Temporary while it still is."""
        self._ends.again()

    def _process_all(self, limit: int, after: timedelta) -> None:
        while self.process_pending(limit, after):
            pass

    def escalate(self) -> int:
        """Do the steps of ladders that are due; return of how many promises. See `promises.fire_due`."""
        return promises.fire_due(self.store, self.policy, self._compose, self.clock, self._retries)

    def wake_snoozed(self, limit: int = 200) -> None:
        """Wake the tickets whose snooze is over. Safe to call from several processes at once."""
        self._ticking().wake_snoozed(limit)

    def send_digests(self) -> None:
        """Owe the digests that are due. Safe to call from several processes at once."""
        self._ticking().send_digests()

    def ask_surveys(self) -> None:
        """Owe the surveys whose delay is over. Safe to call from several processes at once."""
        now = self.clock()
        lately = self._surveyed is not None and abs(now - self._surveyed) < SURVEY_EVERY
        if not self.policy.survey.enabled or lately:
            return
        self._surveyed = now
        self._ticking().ask_surveys(now)

    def _ticking(self) -> Ticking:
        return Ticking(self.store, self.policy, self._compose, self.clock, self._retries, self._wake)

    def _wake(self, ids: Sequence[int]) -> None:
        if not ids:
            return
        try:
            self.wake(ids)
        except Exception:
            # The rows are committed and the sweep will find them; only time is lost.
            log.warning("the job queue could not be reached; the sweep will send", exc_info=True)
