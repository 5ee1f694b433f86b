"""Processing: what was received is read, decided on, and its decision applied, each message for itself."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TypeVar

from intake.desk import form_origin
from intake.desk.authorship import attributed
from intake.desk.effects import Effect, TripBreaker
from intake.desk.message import Envelope, Message
from intake.desk.message_finds import looked_through
from intake.desk.tokens import Purpose
from intake.ports import Applied, Asked, Part, Pending, Store, Temporary, Unreadable
from intake.runtime import pace
from intake.service import composing
from intake.service.composing import Unwritten
from intake.service.deciding import Deciding
from intake.service.failing import Failing
from intake.service.hands import Hands
from intake.service.proofs import Proofs, patiently
from intake.service.token_claims import Claim, Claims

log = logging.getLogger("intake.service")

T = TypeVar("T")

MAX_ATTEMPTS = 3  # A message gets this many tries before it is set aside: Mailman's number and ours.
MOST = 50  # What is held at once must be through before it is anybody's again.
RETRIED = 5  # So many of those that failed before are tried between two batches of new ones.
# Until a scanner that was away is asked again, and how long an agent's answer waits for it before they are
# asked: it reads its signatures again in a minute.
SCAN_AGAIN, MOST_UNSCANNED = timedelta(seconds=31), timedelta(minutes=10)
UNSCANNED = "its files wait for the virus scanner, which does not answer"
REFUSED = "refused: "  # How `parse` begins the defect of a mail it would not or could not read.


@dataclass(frozen=True, slots=True)
class Processing:
    """The verb, over one store. `parse` must never raise; `preview` adds previews to pictures; `claims`
    finds out whose a mail is; `woken` is told outbox ids that became due; `tell` a person's trouble;
    `hands` knows what is underway; `spam_of` says by what a mail is spam, and never raises."""

    deciding: Deciding
    claims: Claims
    parse: Callable[[bytes], Message]
    preview: Callable[[Message], Message]
    proofs: Proofs
    failing: Failing
    woken: Callable[[Sequence[int]], None]
    tell: Callable[[str, str], None]
    hands: Hands
    spam_of: Callable[[bytes], str]

    def process(self, ids: Iterable[int]) -> int:
        """Decide on these ledger rows; see `Service.process`."""
        with _timed(), self.hands.taking() as owner:
            return self._begun(self.deciding.store.ledger.begin(ids, self.deciding.clock(), owner), owner)

    def pending(self, limit: int, after: timedelta) -> int:
        """Process what waits; see `Service.process_pending`."""
        store, clock = self.deciding.store, self.deciding.clock
        if store.ledger.shared:
            return self._beside_others(limit, after)
        fresh = store.ledger.pending(clock() - after, limit)
        # A question that was in hand when a process died is decided on before its answer.
        cut_off = store.ledger.interrupted(clock(), fresh[0], limit) if fresh else []
        taken = sum([self.process([ledger_id]) for ledger_id in cut_off]) + (
            self.process(fresh) if fresh else 0
        )
        for ledger_id in store.ledger.pending(clock() - after, 5, again=True):
            taken += self.process([ledger_id])
        return taken

    def _beside_others(self, limit: int, after: timedelta) -> int:
        """Process what may be decided on while other processes decide on theirs."""
        taken, others = self._taken(min(limit, MOST), after)
        for _ in range(RETRIED if others else 0):
            again, others = self._taken(1, after, again=True)
            taken += again
            if not (again and others):
                break
        return taken

    def _taken(self, limit: int, after: timedelta, again: bool = False) -> tuple[int, bool]:
        """Process what is taken up; return how many, and whether one that failed before could be tried."""
        ledger, now = self.deciding.store.ledger, self.deciding.clock()
        with _timed(), self.hands.taking() as owner:
            taken = ledger.take(now, limit, owner, self.hands.gone, after, again)
            pace.add("key_waits", taken.waits)
            return self._begun(taken.rows, owner), taken.others

    def _begun(self, waiting: Sequence[Pending], owner: str) -> int:
        if waiting:
            pace.add("batches", 1)
            pace.add("batch_sizes", len(waiting))
        try:
            self._process(waiting)
        except Temporary:
            # The database's trouble is no mark against these messages.
            self.deciding.store.ledger.refund([row.ledger_id for row in waiting], owner)
            raise
        return len(waiting)

    def examine(self, raw: bytes, envelope: Envelope) -> tuple[Message, list[Effect]]:
        """Return what was read and what would be decided, changing nothing."""
        message = self._message(raw, envelope)
        claim = patiently(partial(self._claim, message, raw, envelope, patient=False))
        with self.deciding.store.transaction():
            return message, self.deciding.decide(message, envelope, claim)

    def _process(self, waiting: Sequence[Pending]) -> None:
        with self.deciding.store.remembering():
            readable = [(row, *parts) for row in waiting if (parts := self._read(row)) is not None]
        if self._all_decided(readable):
            return
        log.warning("a batch was undone and is done one by one", extra={"count": len(readable)})
        # Not while the error of the batch is handled: it would be taken for the cause of each of theirs.
        for number, item in enumerate(readable, start=1):
            try:
                if not self._decide_all([item], together=False):
                    # Another process has it: what comes after it may have to wait.
                    for row, *_ in readable[number:]:
                        self.deciding.store.ledger.refund([row.ledger_id], row.owner)
                    return
            except Temporary as err:
                self._probe()
                self.failing.wait(item[0], err)

    def _all_decided(self, readable: Sequence[tuple[Pending, Message, Claim]]) -> bool:
        try:
            self._decide_all(readable, together=True)
        except Temporary:
            # Of everybody at this moment, or that of one message, such as files the disk has no room for.
            self._probe()
            return False
        return True

    def _decide_all(self, readable: Sequence[tuple[Pending, Message, Claim]], together: bool) -> bool:
        """Decide on these in one transaction, each in a part of it that can fail alone.

        Return whether all of them waited still and were ours.
        """
        done: list[Applied] = []
        ended: list[Pending] = []
        failures: list[tuple[Pending, Exception]] = []
        unwritten: list[Unwritten] = []
        if readable:
            with self.deciding.store.transaction(), self._parts(readable, together) as part:
                for row, message, claim in readable:
                    try:
                        applied, missing = part(row.ledger_id, partial(self._apply, row, message, claim))
                    except Temporary:
                        raise
                    except Exception as err:
                        failures.append((row, err))
                        continue
                    ended.append(row)
                    unwritten += missing
                    if applied is not None:
                        done.append(applied)
        pace.add("decided", len(done))
        for row in ended:
            self.failing.well(row)
        for row, failure in failures:
            self.failing.failed(row, failure)
        self.woken([outbox_id for applied in done for outbox_id in applied.outbox_ids])
        if unwritten:
            self.tell(composing.TROUBLE, composing.in_words(unwritten))
        return len(done) + len(failures) == len(readable)

    def _parts(
        self, readable: Sequence[tuple[Pending, Message, Claim]], together: bool
    ) -> AbstractContextManager[Part]:
        store = self.deciding.store
        if not together:
            return nullcontext(partial(_by_itself, store))
        return store.together(
            [
                Asked(row.ledger_id, message, row.envelope, claim.token, row.received_at, row.owner)
                for row, message, claim in readable
            ],
            self.deciding.clock(),
        )

    def _read(self, row: Pending) -> tuple[Message, Claim] | None:
        # An attempt is counted before it begins, so a mail that kills us is caught too.
        if row.attempts > MAX_ATTEMPTS:
            self.failing.set_aside(row, "processing it ended abruptly each time")
            return None
        store, clock = self.deciding.store, self.deciding.clock
        try:
            message = self._message(row.raw, row.envelope)
            refused = next((defect for defect in message.defects if defect.startswith(REFUSED)), None)
            if refused is not None:
                raise Unreadable(refused.removeprefix(REFUSED))
            find = partial(self._claim, message, row.raw, row.envelope, row.attempts < MAX_ATTEMPTS)
            claim = self.proofs.claim(row, find, store, clock)
            # Outside the transaction: nobody waits for a file, or for a long text, with the database locked.
            if claim is None:
                return None
            if not message.spam and row.envelope.channel not in form_origin.CHANNELS:
                message = replace(message, spam=self.spam_of(row.raw))
            shown = looked_through(self.preview(message))
            if self._awaits_scanner(row, shown, claim):
                self.proofs.wait(row, claim.token, UNSCANNED, SCAN_AGAIN, store, clock())
                return None
            if claim.original is not None:
                # What a yes sends goes out with its files.
                claim = replace(claim, original=self.preview(claim.original))
            store.ledger.keep_files(shown.attachments)
            return shown, claim
        except Unreadable as err:
            store.ledger.quarantine(row.ledger_id, str(err), clock())
        except Temporary as err:
            self._probe()
            self.failing.wait(row, err)
        except Exception as err:
            self.failing.failed(row, err)
        return None

    def _awaits_scanner(self, row: Pending, message: Message, claim: Claim) -> bool:
        """Whether what an agent sends waits: a scanner for malware has not seen its files, and may soon."""
        if claim.token is None or claim.token.purpose not in (Purpose.AGENT, Purpose.COMMAND):
            return False
        now = self.deciding.clock()
        unscanned = any(file.reading and file.reading.unscanned for file in message.attachments)
        return unscanned and timedelta(0) <= now - (row.received_at or now) < MOST_UNSCANNED

    def _message(self, raw: bytes, envelope: Envelope) -> Message:
        """Return a mail as it was read, with what its form and its way here say of it."""
        read = form_origin.read(self.parse(raw), envelope)
        return attributed(read, self.deciding.policy, null_sender=envelope.sender == "")

    def _claim(self, message: Message, raw: bytes, envelope: Envelope, patient: bool) -> Claim:
        return self.claims.of(message, raw, envelope, self.deciding.clock(), patient)

    def _apply(self, row: Pending, message: Message, claim: Claim) -> tuple[Applied | None, list[Unwritten]]:
        if not self.deciding.store.ledger.lock_pending(row.ledger_id, row.owner, self.deciding.clock()):
            return None, []
        effects = self.deciding.decide(message, row.envelope, claim)
        if any(isinstance(effect, TripBreaker) for effect in effects):
            log.warning(
                "the hourly limit is reached: automatic email is paused", extra={"ledger": row.ledger_id}
            )
        again = partial(self.deciding.decide, message, row.envelope, claim)
        return self.deciding.apply(effects, again, row.ledger_id, message)

    def _probe(self) -> None:
        self.deciding.store.probe(self.deciding.clock())


@contextmanager
def _timed() -> Iterator[None]:
    """Count how long deciding takes, and how much of it is waiting for one's turn to write."""
    began, waited = time.monotonic(), pace.own("writer_wait_seconds")
    try:
        yield
    finally:
        pace.add("decide_seconds", time.monotonic() - began)
        pace.add("decide_writer_wait_seconds", pace.own("writer_wait_seconds") - waited)


def _by_itself(store: Store, ledger_id: int, decide: Callable[[], T]) -> T:
    with store.savepoint():
        return decide()
