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
from itertools import groupby

from intake import escalating, last_gate, owner
from intake.claims import Authenticated, Claim, Claims, NotNow
from intake.desk import agent_commands, formed
from intake.desk import digest as digests
from intake.desk.effects import Effect, Mail, Outgoing, PullBrake
from intake.desk.lifecycle import delivery_failed, wake
from intake.desk.message import Envelope, Message
from intake.desk.policy import Policy
from intake.desk.rules import decide
from intake.desk.surveys import due_surveys
from intake.desk.ticket import Ticket
from intake.ports import (
    Ambiguous,
    Applied,
    Arrival,
    Claimed,
    Pending,
    Permanent,
    Received,
    Session,
    Store,
    Temporary,
    Unreadable,
)

log = logging.getLogger("intake.service")

# A message gets this many tries before it is set aside (reliability: Mailman's and ours).
MAX_ATTEMPTS = 3
REFUSED = "refused: "  # How `parse` begins the defect of a mail it would not or could not read.
# Within it one SMTP dialogue must end; its timeouts are shorter (see channels/smtp.py).
LEASE = timedelta(minutes=5)
# Seconds between tries of one mail, then the last one repeats; given up after GIVE_UP.
BACKOFF = (60, 300, 900, 3600, 4 * 3600, 8 * 3600)
GIVE_UP = timedelta(days=5)
# Surveys wait for hours: nobody minds a minute, and the sweep comes every few seconds.
SURVEY_EVERY = timedelta(minutes=1)
SURVEY_BATCH = 200


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
    `vouched(message, authserv)` says whether our own server authenticated the sender (False: refuted),
    `authenticated` by what an agent is.
    """

    store: Store
    policy: Policy
    keys: tuple[bytes, ...]
    parse: Callable[[bytes], Message]
    compose: Callable[[Mail, Ticket, datetime], Outgoing | None]
    vouched: Callable[[Message, str], bool | None]
    authenticated: Authenticated = lambda raw, message, authserv, now: ""
    wake: Callable[[Sequence[int]], None] = lambda ids: None
    # Adds previews to pictures; bounded in time, never raises (intake/previews.py).
    preview: Callable[[Message], Message] = lambda message: message
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    steady: Callable[[datetime], bool] = lambda now: True  # see intake/steady.py
    _surveyed: datetime | None = field(default=None, init=False)
    jitter: Callable[[], float] = field(default=lambda: random.uniform(0.8, 1.2))

    # -- receive ---------------------------------------------------------------------

    def receive(self, arrivals: Sequence[Arrival]) -> list[Received]:
        """Make raw mail durable. When this returns, the peer may be told it is ours.

        Raises Temporary when it could not be stored; then nothing was.
        """
        return self.store.receive(arrivals, self.clock())

    # -- process ---------------------------------------------------------------------

    def process(self, ids: Iterable[int]) -> int:
        """Decide on these ledger rows and apply the decisions, in one transaction.

        One message's failure is its own: it is postponed, and after MAX_ATTEMPTS
        quarantined. Returns how many were finished. Safe to call twice. Raises
        Temporary when the database cannot be used; then nothing was decided.
        """
        waiting = self.store.begin(ids, self.clock())
        try:
            return self._process(waiting)
        except Temporary:
            # The database's trouble is no mark against these messages.
            self.store.refund([row.ledger_id for row in waiting])
            raise

    def _process(self, waiting: Sequence[Pending]) -> int:
        readable = [(row, *found) for row in waiting if (found := self._read(row)) is not None]
        done: list[Applied] = []
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
                    if applied is not None:
                        done.append(applied)
        for row, failure in failures:
            self._failed(row, failure)
        self._wake([one for applied in done for one in applied.outbox_ids])
        return len(waiting)

    def process_pending(self, limit: int = 50, after: timedelta = timedelta(0)) -> int:
        """Process what waits, up to `limit` rows; returns how many were taken up.

        Rows that have not been due for as long as `after` are left alone.
        Rows that were begun before and not finished go one by one: a mail that kills
        the process must not take its neighbours' attempts along with its own.
        """
        fresh = self.store.pending(self.clock() - after, limit)
        taken = self.process(fresh) if fresh else 0
        for again in self.store.pending(self.clock() - after, 5, again=True):
            taken += self.process([again])
        return taken

    def _read(self, row: Pending) -> tuple[Message, Claim] | None:
        # An attempt is counted before it begins, so a mail that kills us is caught too.
        if row.attempts > MAX_ATTEMPTS:
            self.store.quarantine(row.ledger_id, "processing it ended abruptly each time", self.clock())
            return None
        try:
            message = formed.read(self.parse(row.raw), row.envelope)
        except Unreadable as err:
            self.store.quarantine(row.ledger_id, str(err), self.clock())
            return None
        except Exception as err:
            self._failed(row, err)
            return None
        refused = next((one for one in message.defects if one.startswith(REFUSED)), None)
        if refused is not None:
            self.store.quarantine(row.ledger_id, refused.removeprefix(REFUSED), self.clock())
            return None
        try:
            claim = self._claims(message, row.raw, row.envelope, row.attempts < MAX_ATTEMPTS)
        except NotNow as err:
            pause = timedelta(seconds=30 * row.attempts)
            self.store.postpone(row.ledger_id, str(err), self.clock() + pause)
            return None
        # Outside the transaction: nobody waits for a picture with the database locked.
        return self.preview(message), claim

    def _claims(self, message: Message, raw: bytes, envelope: Envelope, patient: bool) -> Claim:
        who = Claims(self.store, self.policy, self.keys, self.parse, self.authenticated)
        return who.of(message, raw, envelope, self.clock(), patient)

    def recover(self) -> None:
        """Let go of rows that a killed process held; to be called once when a process starts.

        Should another process be at them this moment, only time is spent twice: the
        row is locked when it is decided on, and decided on once.
        """
        self.store.unhold()

    def examine(self, raw: bytes, envelope: Envelope) -> tuple[Message, list[Effect]]:
        """Return what was read and what would be decided, changing nothing."""
        message = formed.read(self.parse(raw), envelope)
        claim = self._claims(message, raw, envelope, patient=False)
        with self.store.transaction():
            return message, self._decide(message, envelope, claim)

    def _apply(self, row: Pending, message: Message, claim: Claim) -> Applied | None:
        if not self.store.lock_pending(row.ledger_id):
            return None
        effects = self._decide(message, row.envelope, claim)
        if any(isinstance(one, PullBrake) for one in effects):
            log.warning("the ceiling is reached: automatic mail is stopped", extra={"ledger": row.ledger_id})

        again = partial(self._decide, message, row.envelope, claim)
        rest = (self._compose, self.clock(), row.ledger_id, message)
        return last_gate.applied(self.store, effects, lambda some: self.store.apply(some, *rest), again)

    def _decide(self, message: Message, envelope: Envelope, claim: Claim, leak: str = "") -> list[Effect]:
        now = self.clock()
        mailbox = self.policy.mailbox(envelope.mailbox)
        found = self.vouched(message, mailbox.trusted_authserv) if mailbox.trusted_authserv else None
        facts = self.store.facts(message, envelope, claim.token, mailbox.team, now, found is True)
        draft = facts.draft and replace(facts.draft, message=claim.original)
        facts = replace(facts, proof=claim.proof, draft=draft, refuted=found is False, leak=leak)
        wanted = agent_commands.wanted(claim.obeyed(message), claim.token)
        if wanted is not None:
            agent = facts.token_agent or (draft.agent if draft else None)
            ticket = facts.by_token.ticket.id if facts.by_token else None
            facts = replace(facts, looked=self.store.look_up(wanted, agent, ticket, now))
        if self.policy.hands_out:
            facts = replace(facts, loads=self.store.loads())
        known = {one.ticket.id: one.ticket for one in facts.tickets()}
        effects = decide(message, envelope, facts, self.policy)
        return escalating.promising(self.store, self.policy, effects, now, known, message)

    def _compose(self, mail: Mail, ticket: Ticket) -> Outgoing | None:
        return self.compose(mail, ticket, self.clock())

    def _failed(self, row: Pending, err: Exception) -> None:
        reason = f"{type(err).__name__} while processing"
        log.error("message failed", extra={"ledger": row.ledger_id, "attempt": row.attempts}, exc_info=err)
        if row.attempts >= MAX_ATTEMPTS:
            self.store.quarantine(row.ledger_id, f"{reason}, {row.attempts} times", self.clock())
        else:
            self.store.postpone(row.ledger_id, reason, self.clock() + timedelta(seconds=10 * row.attempts))

    # -- act -------------------------------------------------------------------------

    def act(self, effects: Sequence[Effect]) -> Applied:
        """Apply what an admin asked for from the command line, in one transaction."""
        now = self.clock()
        with last_gate.told(), self.store.transaction():
            effects = escalating.promising(self.store, self.policy, effects, now, {})
            applied = self.store.apply(effects, self._compose, now)
        self._wake(applied.outbox_ids)
        return applied

    # -- deliver ---------------------------------------------------------------------

    def deliver(
        self, outbox_id: int, session: Session, claimed: Claimed | None = None, following: int | None = None
    ) -> Delivered:
        """Send one outbox row if it is due and nobody else has it; return what became of it.

        `claimed` is the claim on it where one was made before. With `following` the next
        row is claimed in the commit that records this one as sent, and comes back in the
        answer, to be sent at once: each commit is an fsync that the next mail waits for.
        """
        claimed = claimed or self._claim(outbox_id)
        if claimed is None:
            return Delivered("not due")
        result = self._send(outbox_id, claimed, session)
        if result != "sent":
            return Delivered(result)
        if following is None:
            return Delivered("sent" if self.store.sent(claimed, self.clock()) else "lost")
        with self.store.transaction():
            if not self.store.sent(claimed, self.clock()):
                return Delivered("lost")
            return Delivered("sent", self._claim(following))

    def _claim(self, outbox_id: int) -> Claimed | None:
        return self.store.claim(outbox_id, owner.name(), self.clock(), LEASE)

    def _send(self, outbox_id: int, claimed: Claimed, session: Session) -> str:
        where = {"outbox": outbox_id, "ticket": claimed.ticket_id}
        ours = True

        def begin() -> bool:
            nonlocal ours
            ours = self.store.data_started(claimed, self.clock())
            return ours

        try:
            session.send(claimed.mail, begin)
        except Permanent as err:
            return self._give_up(outbox_id, claimed, str(err))
        except Ambiguous as err:
            log.warning("mail may or may not have been taken", extra=where)
            if claimed.mail.kind.at_most_once or claimed.doubtful:
                # What a person wrote goes out once more, not again and again.
                self.store.unknown(claimed, str(err))
                return "unknown"
            return self._retry(claimed, str(err), doubtful=True)
        except Temporary as err:
            if not ours:
                # No fault of anybody's: the clock was set on, or we were stopped for minutes.
                return "retry" if self.store.retry(claimed, str(err), self.clock()) else "lost"
            # Of a clock that was set on, or a machine that was off, days alone prove nothing.
            if claimed.attempts > len(BACKOFF) and self.clock() - claimed.created_at > GIVE_UP:
                return self._give_up(outbox_id, claimed, f"given up after {GIVE_UP.days} days: {err}")
            return self._retry(claimed, str(err))
        log.info("mail sent", extra=where)
        return "sent"

    def _retry(self, claimed: Claimed, reason: str, doubtful: bool = False) -> str:
        wait = BACKOFF[min(claimed.attempts, len(BACKOFF)) - 1] * self.jitter()
        until = self.clock() + timedelta(seconds=wait)
        return "retry" if self.store.retry(claimed, reason, until, doubtful) else "lost"

    def _give_up(self, outbox_id: int, claimed: Claimed, reason: str) -> str:
        log.warning("mail failed for good", extra={"outbox": outbox_id, "ticket": claimed.ticket_id})
        ticket = self.store.ticket(claimed.ticket_id) if claimed.ticket_id else None
        alerts = delivery_failed(
            claimed.mail, outbox_id, ticket, self.store.agents(ticket.team if ticket else ""), reason
        )
        self._wake(self.store.failed(claimed, reason, self._compose, alerts, self.clock()))
        return "failed"

    # -- tick ------------------------------------------------------------------------

    def tick(self, limit: int = 200, after: timedelta = timedelta(0)) -> list[int]:
        """Do what time alone causes: process what was left for `after`, settle dead leases, see to
        promises whose time runs out, ask how it went.

        Returns the outbox ids that are due now, for the caller to deliver.
        """
        now = self.clock()
        self.store.expire_leases(now, owner.gone, timely=self.steady(now))
        while self.process_pending(limit, after):
            pass
        self.escalate()
        self.wake_snoozed()
        self.ask_surveys()
        self.send_digests()
        return self.store.due(self.clock(), limit)

    def escalate(self) -> int:
        """Do the steps of ladders that are due; return of how many promises. See `escalating.fire_due`."""
        return escalating.fire_due(self.store, self.policy, self._compose, self.clock)

    def wake_snoozed(self, limit: int = 200) -> None:
        """Wake the tickets whose snooze is over. Safe to call from several processes at once."""
        for number in self.store.asleep(self.clock(), limit):
            with self.store.transaction():
                # Read again within it: another process may have been quicker.
                found = self.store.found(number)
                ticket = self.store.ticket(number)
                if found is None or ticket is None or ticket.snoozed_until is None:
                    continue
                if ticket.snoozed_until > self.clock():
                    continue
                effects = wake(ticket, found.agents or found.team)
                applied = self.store.apply(effects, self._compose, self.clock())
            self._wake(applied.outbox_ids)

    def send_digests(self) -> None:
        """Owe the digests that are due. Safe to call from several processes at once."""
        now = self.clock()
        for agent in self.store.agents():
            since = digests.due(agent, now)
            if since is None:
                continue
            with self.store.transaction():
                effects = digests.digest(agent, since, self.store.news(agent, since), now, self.policy)
                if effects:
                    self.store.apply(effects, self._compose, now)

    def ask_surveys(self) -> None:
        """Owe the surveys whose delay is over. Safe to call from several processes at once."""
        now = self.clock()
        lately = self._surveyed is not None and abs(now - self._surveyed) < SURVEY_EVERY
        if not self.policy.survey.enabled or lately:
            return
        self._surveyed = now
        before = now - timedelta(hours=self.policy.survey.delay_hours)
        with self.store.transaction():
            candidates, sent = self.store.survey_candidates(now, before, SURVEY_BATCH)
            effects = due_surveys(candidates, sent, self.policy, now)
            for number, asking in groupby(effects, key=lambda effect: effect.ticket):
                try:
                    with self.store.savepoint():
                        self.store.apply(list(asking), self._compose, now)
                except Temporary:
                    raise
                except Exception:
                    # One that cannot be written keeps no other from being sent; it is tried again.
                    log.exception("a survey could not be owed", extra={"ticket": number})

    def _wake(self, ids: Sequence[int]) -> None:
        if not ids:
            return
        try:
            self.wake(ids)
        except Exception:
            # The rows are committed and the sweep will find them; only time is lost.
            log.warning("the job queue could not be reached; the sweep will send", exc_info=True)
