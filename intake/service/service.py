"""The four verbs of the desk: receive, process, deliver, tick.

Each loads what it needs, asks the pure core, and applies the answer in one
transaction. Nothing here knows IMAP, SQL or Huey; `wake` is how a queue is told
that outbox rows are due, and losing that call loses nothing.
"""

import logging
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from intake.desk.effects import Effect, Mail, Outgoing
from intake.desk.factor import Standing
from intake.desk.facts import Facts
from intake.desk.message import Envelope, Message
from intake.desk.policy import Policy
from intake.desk.text.said import said
from intake.desk.ticket import Ticket
from intake.ports import Admission, Applied, Arrival, Claimed, NoRoom, Received, Session, Store, Temporary
from intake.runtime import lease_owner
from intake.service import composing, processing, promises
from intake.service.acting import Acting
from intake.service.composing import Unwritten
from intake.service.confirming import Confirmation, Confirmed
from intake.service.deciding import Deciding
from intake.service.failing import Failing
from intake.service.hands import Hands
from intake.service.looking import Looking
from intake.service.own_files import of_agents
from intake.service.pacing import Pacing
from intake.service.processing import Processing
from intake.service.proofs import Proofs
from intake.service.retries import Failures, Quiet, Retries, Tells
from intake.service.sending import LEASE, Ends, Sending
from intake.service.ticking import Every, Ticking
from intake.service.token_claims import Authenticated, Claims, Proof, Vouched

log = logging.getLogger("intake.service")

REMIND_EVERY = timedelta(minutes=10)  # Of what has waited for a day.
SILENT_EVERY = timedelta(minutes=1)  # They wait for days.
SILENT_BATCH = 200  # Tickets that are looked at in one go: about a second.
SURVEY_EVERY = timedelta(minutes=1)  # They wait for hours: nobody minds a minute.


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of a mail: "not due", "sent", "retry", "failed", "unknown" or "lost" (the lease ran out).

    `following` is the claim on the next one, if it was asked for and to be had.
    """

    result: str
    following: Claimed | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """The desk at work. `keys` make and read reply tokens, newest first; `clock` returns aware UTC.

    `parse(raw)` must never raise; `compose(mail, ticket, now)` makes a finished mail or None;
    `vouched(raw, message, authserv)` says whether our own server authenticated the sender (False: refuted),
    `authenticated` by what an agent is. Nothing of it changes once it is made: what a process remembers
    between two calls is in the eight objects at the end, and lost with it at no cost but time.
    """

    store: Store
    policy: Policy
    keys: tuple[bytes, ...]
    parse: Callable[[bytes], Message]
    compose: Callable[[Mail, Ticket, datetime], Outgoing | None]
    vouched: Vouched
    authenticated: Authenticated = lambda raw, message, authserv, now: Proof()
    wake: Callable[[Sequence[int]], None] = lambda ids: None
    # Tells what was written into a quote of ours (intake/mail/quotes/answers.py); pure.
    heard: Callable[[Message, Facts], Message] = lambda message, facts: message
    # Adds previews to pictures; bounded in time, never raises (intake/runtime/previews.py).
    preview: Callable[[Message], Message] = lambda message: message
    # Says what is in files that nobody should have sent; bounded as well (intake/runtime/file_reading.py).
    look_into: Callable[[Message], Message] = lambda message: message
    spam_of: Callable[[bytes], str] = lambda raw: ""  # see intake/runtime/rspamd.py
    factor: Callable[[int, datetime], Standing | None] = lambda agent, now: None  # see Deciding
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    steady: Callable[[datetime], bool] = lambda now: True  # see intake/runtime/clock_leap.py
    jitter: Callable[[], float] = lambda: random.uniform(0.8, 1.2)
    # Tells a person of what fails again and again (intake/service/troubles.py).
    tells: Tells = field(default_factory=Quiet)
    hands: Hands = field(default_factory=Hands)
    proofs: Proofs = field(default_factory=Proofs)
    ends: Ends = field(default_factory=Ends)
    failures: Failures = field(default_factory=Failures)
    surveyed: Every = field(default_factory=lambda: Every(SURVEY_EVERY))
    reminded: Every = field(default_factory=lambda: Every(REMIND_EVERY))
    silenced: Every = field(default_factory=lambda: Every(SILENT_EVERY))
    thanked: Every = field(default_factory=lambda: Every(REMIND_EVERY))
    pacing: Pacing = field(default_factory=Pacing)

    # -- receive ---------------------------------------------------------------------

    def receive(self, arrivals: Sequence[Arrival], admission: Admission | None = None) -> list[Received]:
        """Make raw mail durable. When this returns, the peer may be told it is ours.

        The one door for what comes in. A post of the web has an `admission` and comes alone; then NoRoom
        is raised where there is no room for it now, and nothing is returned of a request that came before.
        Raises Temporary when it could not be stored; then nothing was.
        """
        now = self.clock()
        if admission is None:
            return self.store.ledger.receive(arrivals, now)
        (arrival,) = arrivals
        call = admission.call
        if call is None:
            got, wait = self.store.web.receive_post(arrival, admission.rules, now)
        else:
            asked = (call.api_key, call.name, call.content)
            row, wait = self.store.web.receive_request(*asked, arrival, admission.rules, now)
            got = Received(row.message, False) if row is not None and row.message is not None else None
        if wait:
            raise NoRoom(wait)
        return [got] if got is not None else []

    # -- process ---------------------------------------------------------------------

    def process(self, ids: Iterable[int]) -> int:
        """Decide on these ledger rows and apply the decisions, in one transaction.

        One message's failure is its own: it is postponed, and after processing.MAX_ATTEMPTS
        tries quarantined. Returns how many were finished. Safe to call twice. Raises
        Temporary when the database cannot be used; then nothing was decided.
        """
        return self._processing.process(ids)

    def process_pending(self, limit: int = 50, after: timedelta = timedelta(0)) -> int:
        """Process what waits, up to `limit` rows; returns how many were taken up.

        Rows that have not been due for as long as `after` are left alone.
        Rows that were begun before and not finished go one by one: a mail that kills
        the process must not take its neighbours' attempts along with its own.
        """
        return self._processing.pending(limit, after)

    def recover(self) -> None:
        """Let go of rows that a killed process held; to be called once when a process starts.

        Should another process be at them this moment, only time is spent twice: the
        row is locked when it is decided on, and decided on once.
        """
        self.store.ledger.unhold(self.hands.gone)

    def tell_pace(self, last: bool = False) -> None:
        """Write down how fast this process decides and what it waits for: once a minute, and when it ends."""
        self.pacing.write(self.store, self.clock(), last)

    def examine(self, raw: bytes, envelope: Envelope) -> tuple[Message, list[Effect]]:
        """Return what was read and what would be decided, changing nothing."""
        return self._processing.examine(raw, envelope)

    @property
    def _processing(self) -> Processing:
        return Processing(
            self._deciding,
            Claims(self.store, self.policy, self.keys, self.parse, self.authenticated, self.vouched),
            self.parse,
            lambda message: self.look_into(self.preview(message)),
            self.proofs,
            Failing(self.store, self.clock, self.tells, self._retries, processing.MAX_ATTEMPTS),
            self._wake,
            self._tell,
            self.hands,
            self.spam_of,
        )

    @property
    def _deciding(self) -> Deciding:
        return Deciding(self.store, self.policy, self.compose, self.clock, self.heard, self.factor)

    @property
    def _retries(self) -> Retries:
        return Retries(self.tells, lambda now: self.store.probe(now), self.failures)

    # -- act -------------------------------------------------------------------------

    def act(self, effects: Sequence[Effect]) -> Applied:
        """Apply what an admin asked for at the command line, or a requester on a page, in one transaction.

        Raises UserError where an answer in it must not leave.
        """
        return self._ended(*self._acting.act(of_agents(effects, self.look_into)))

    def confirm(self, asked: Confirmation) -> Confirmed:
        """Let out a draft, as a yes of its agent's by mail does; return whose it is, and if it is a note.

        Raises UserError with the reason where it cannot be let out; then nothing is changed.
        """
        confirmed, applied, unwritten = self._acting.confirm(asked)
        self._ended(applied, unwritten)
        return confirmed

    @property
    def _acting(self) -> Acting:
        return Acting(self._deciding, lambda raw: self.look_into(self.parse(raw)))

    def _ended(self, applied: Applied, unwritten: Sequence[Unwritten]) -> Applied:
        self._wake(applied.outbox_ids)
        if unwritten:
            self._tell(composing.TROUBLE, composing.in_words(unwritten))
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
            return Delivered("sent" if self.ends.settle(claimed, record) else "lost")
        name = lease_owner.name()
        with self.ends.kept(claimed, record) as names:
            names.append(name)
            ours, after = self.store.outbox.sent_and_next(claimed, ended, following, name, LEASE)
        return Delivered("sent" if ours else "lost", after)

    def _claim(self, outbox_id: int) -> Claimed | None:
        name = lease_owner.name()
        with self.ends.claiming(name):
            return self.store.outbox.claim(outbox_id, name, self.clock(), LEASE)

    def _sending(self) -> Sending:
        return Sending(
            self.store,
            self._deciding,
            self.clock,
            self.jitter,
            self.tells,
            self._retries,
            self._wake,
            self.ends,
        )

    # -- tick ------------------------------------------------------------------------

    def tick(self, limit: int = 200, after: timedelta = timedelta(0)) -> list[int]:
        """Do what time alone causes: process what was left for `after`, settle dead leases, see to
        promises whose time runs out, ask how it went.

        Each step by itself: one that fails is told to a person, and the others are done.
        Returns the outbox ids that are due now, for the caller to deliver. Raises Temporary
        when the database cannot be used.
        """
        steps: tuple[tuple[str, Callable[[], object]], ...] = (
            (said("Settling the leases of senders"), self._settle),
            (said("Processing what was left"), lambda: self._process_all(limit, after)),
            (said("Telling colleagues"), self.tell_colleagues),
            (said("Looking after promises"), self.escalate),
            (said("Waking snoozed tickets"), self.wake_snoozed),
            (said("Closing after silence"), self.close_silent),
            (said("Taking back replies that were overtaken"), self.take_back),
            (said("Asking how it went"), self.ask_surveys),
            (said("Sending digests"), self.send_digests),
            (said("Telling agents what was kept"), self.tell_kept),
            (said("Reminding agents of drafts"), self.remind_of_drafts),
            (said("Telling agents of thanks"), self.tell_thanks),
        )
        for task, step in steps:
            self.attempt(task, step)
        due: list[int] = []
        self.attempt(
            said("Finding the mails that are due"),
            lambda: due.extend(self.store.outbox.due(self.clock(), limit)),
        )
        return due

    def attempt(self, task: str, step: Callable[[], object]) -> bool:
        """Do one of the desk's own jobs, unless it rests because it failed; return whether it was done.

        `task` is its name for people, who are told when it fails again and again. Raises
        Temporary when the database cannot be used.
        """
        return self._retries.attempt(f"step {task}", task, step, self.clock())

    def went(self, task: str, err: Exception | None) -> None:
        """Note how a job went that rests for nobody; a person is told of the third failure in a row."""
        if err is None:
            self._retries.well(f"step {task}", self.clock())
        elif isinstance(err, Temporary):
            # The database's: nothing can be written down about it either.
            log.warning("%s must wait", task, extra={"reason": str(err)})
        else:
            self._retries.failed(f"step {task}", task, err, self.clock())

    def _settle(self) -> None:
        now = self.clock()
        # Asked each time: what it compares with is the time before.
        timely = self.steady(now)
        self.ends.again()
        forsaken = self.ends.forsaken()
        self.store.outbox.expire_leases(now, lambda name: name in forsaken or lease_owner.gone(name), timely)
        self.ends.forget(forsaken)

    def settle_ends(self) -> None:
        """Record what became of mails while the database was away. Raises Temporary while it still is."""
        self.ends.again()

    def _process_all(self, limit: int, after: timedelta) -> None:
        while self.process_pending(limit, after):
            pass

    def escalate(self) -> int:
        """Do the steps of ladders that are due; return of how many promises. See `promises.fire_due`."""
        return promises.fire_due(self._deciding, self._retries)

    def follow_files(self) -> None:
        """Send agents the files that were looked into, and tell what was found in them."""
        Looking(self._deciding, self._retries, self._wake).follow()

    def wake_snoozed(self, limit: int = 200) -> None:
        """Unsnooze the tickets whose snooze is over. Safe to call from several processes at once."""
        self._ticking().wake_snoozed(limit)

    def close_silent(self) -> None:
        """Remind requesters of whom nothing is heard, and close their tickets. Safe to call from several
        processes at once."""
        now = self.clock()
        if self.policy.silence.close_after is not None and self.silenced.due(now):
            self._ticking().close_silent(now, SILENT_BATCH)

    def send_digests(self) -> None:
        """Queue the digests that are due. Safe to call from several processes at once."""
        self._ticking().send_digests()

    def tell_colleagues(self) -> None:
        """Queue what agents are told of what colleagues did. Safe to call from several processes at once."""
        self._ticking().tell_colleagues()

    def tell_kept(self) -> None:
        """Queue what agents are to be told of their own mails. Safe in several processes at once."""
        self._ticking().tell_kept()

    def take_back(self) -> None:
        """Take back replies that waited alone. Safe to call from several processes at once."""
        self._ticking().take_back(self.clock())

    def remind_of_drafts(self) -> None:
        """Queue the reminders of drafts that wait. Safe to call from several processes at once."""
        now = self.clock()
        if self.reminded.due(now):
            self._ticking().remind_of_drafts(now)

    def tell_thanks(self) -> None:
        """Queue what agents are told of thanks alone. Safe to call from several processes at once."""
        now = self.clock()
        if self.thanked.due(now):
            self._ticking().tell_thanks(now)

    def ask_surveys(self) -> None:
        """Queue the surveys whose delay is over. Safe to call from several processes at once."""
        now = self.clock()
        if self.policy.survey.enabled and self.surveyed.due(now):
            self._ticking().ask_surveys(now)

    def _ticking(self) -> Ticking:
        return Ticking(self._deciding, self._retries, self._wake)

    def _tell(self, key: str, text: str) -> None:
        """Tell a person of a trouble. Never raises: what it is about was done."""
        try:
            self._wake(self.tells.met(key, text, self.clock()))
        except Exception:
            log.exception("a trouble could not be written down", extra={"trouble": key})

    def _wake(self, ids: Sequence[int]) -> None:
        if not ids:
            return
        try:
            self.wake(ids)
        except Exception:
            # The rows are committed and the sweep will find them; only time is lost.
            log.warning("the job queue could not be reached; the sweep will send", exc_info=True)
