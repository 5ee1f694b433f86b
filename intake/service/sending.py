"""What becomes of one mail that is owed: sent, tried again, given up, or nobody knows.

Every way a try can end is one of these, also one that nobody foresaw, and each mail has
a last try: after five days of them it is given up and an agent, or the admin, is told.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from intake.desk.addresses import sent_from
from intake.desk.effects import Effect, MailKind
from intake.desk.lifecycle import delivery_failed
from intake.desk.notices import GIVEN_UP
from intake.desk.partners import question_of
from intake.desk.text.said import said
from intake.desk.ticket import Agent
from intake.desk.tokens import within
from intake.ports import (
    Ambiguous,
    Claimed,
    NoLogin,
    Permanent,
    SenderRefused,
    Session,
    Store,
    Temporary,
)
from intake.runtime.backoff import Backoff
from intake.service.deciding import Deciding
from intake.service.retries import Retries, Tells

log = logging.getLogger("intake.service")

# Within it one SMTP dialogue must end; its timeouts are shorter (see channels/smtp.py).
LEASE = timedelta(minutes=5)
# Between tries of one mail, in seconds; given up after GIVE_UP.
BACKOFF = Backoff((60, 300, 900, 3600, 4 * 3600, 8 * 3600))
GIVE_UP = timedelta(days=5)
# While nobody can log in to the mail server, a mail is not tried, and does not grow old. In seconds.
NO_LOGIN = timedelta(seconds=60)
# The pauses above allow some twenty tries. A mail that was begun more often than this kills whoever
# tries it, or its ends cannot be written down.
MOST_TRIES = 40
# The trouble that what we send from is refused, whatever is in the mail: a key for each kind of sender, for
# a server may take some of them.
SENDER = "smtp sender"

_T = TypeVar("_T")


class Ends:
    """The ends of tries that the database did not take down, kept until it does. Safe in several threads.

    Without them a mail would stay `sending` until its lease is over, and then nobody would
    know that it was taken. Lost with the process: then the lease decides.
    """

    def __init__(self) -> None:
        self._owed: dict[int, Callable[[], object]] = {}
        self._forsaken: set[str] = set()
        self._lock = threading.Lock()

    def settle(self, claimed: Claimed, record: Callable[[], _T]) -> _T:
        """Record an end now, or keep it for later and raise Temporary. `record` may come twice."""
        with self.kept(claimed, record):
            return record()

    @contextmanager
    def kept(self, claimed: Claimed, record: Callable[[], object]) -> Iterator[list[str]]:
        """Keep `record` for later when what is done within fails, for whatever reason.

        Yields a list for the names of owners that claimed something within: they may or may
        not hold it now, and are forsaken.
        """
        names: list[str] = []
        try:
            yield names
        except BaseException:
            with self._lock:
                self._owed[claimed.outbox_id] = record
                self._forsaken.update(names)
            raise

    @contextmanager
    def claiming(self, name: str) -> Iterator[None]:
        """What is claimed within under `name` is nobody's when it fails: the commit may have come to pass."""
        try:
            yield
        except BaseException:
            with self._lock:
                self._forsaken.add(name)
            raise

    def again(self) -> None:
        """Record what was kept. Raises Temporary when the database still takes nothing."""
        with self._lock:
            owed = list(self._owed.items())
        for outbox_id, record in owed:
            try:
                record()
            except Temporary:
                raise
            except Exception:
                log.exception("what became of a mail could not be recorded", extra={"outbox": outbox_id})
            with self._lock:
                if self._owed.get(outbox_id) is record:
                    del self._owed[outbox_id]

    def forsaken(self) -> frozenset[str]:
        """Return the owners' names that nobody claims under any more."""
        with self._lock:
            return frozenset(self._forsaken)

    def forget(self, names: frozenset[str]) -> None:
        """Say that what these names held was let go of."""
        with self._lock:
            self._forsaken -= names


@dataclass(frozen=True, slots=True)
class Sending:
    """Sending what was claimed, over one store. `woken` is told outbox ids that became due."""

    store: Store
    deciding: Deciding
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    tells: Tells
    retries: Retries
    woken: Callable[[Sequence[int]], None]
    ends: Ends

    def send(self, outbox_id: int, claimed: Claimed, session: Session | None) -> str:
        """Send a mail; return "sent" (not yet recorded), "retry", "failed", "unknown" or "lost".

        Without a session there was no way to have one: that ends like any other failure.
        Raises Temporary when the database takes nothing.
        """
        where = {"outbox": outbox_id, "ticket": claimed.ticket_id}
        if claimed.attempts > MOST_TRIES:
            return self.give_up(outbox_id, claimed, f"given up: {MOST_TRIES} tries ended without a word")
        if self.retries.rests(self._trouble(claimed), self.clock()):
            # One is tried for all: many refusals in a row may get an account blocked.
            return self._asked_later(claimed, "the server refuses the sender")
        started = lost = False

        def begin() -> bool:
            nonlocal started, lost
            started = self.store.outbox.data_started(claimed, self.clock())
            lost = not started
            return started

        try:
            if session is None:
                raise RuntimeError("there is no session to send it with")
            session.send(claimed.mail, begin)
        except Permanent as err:
            return self.give_up(outbox_id, claimed, str(err))
        except Ambiguous as err:
            log.warning("mail may or may not have been taken", extra=where)
            return self._doubtful(claimed, str(err))
        except SenderRefused as err:
            # The desk's own trouble: no mail may fail of it, however long it lasts.
            return self._put_off(claimed, str(err))
        except NoLogin as err:
            return self._wait(claimed, str(err), NO_LOGIN)
        except Temporary as err:
            if lost:
                # No fault of anybody's: the clock was set on, or we were stopped for minutes.
                return self._due(claimed, str(err), self.clock())
            return self._again(outbox_id, claimed, str(err))
        except Exception as err:
            log.exception("a delivery failed in a way nobody foresaw", extra=where)
            reason = f"{type(err).__name__} while sending; the log says where"
            if started:
                return self._doubtful(claimed, reason)
            return self._again(outbox_id, claimed, reason)
        log.info("mail sent", extra=where)
        self.retries.well(self._trouble(claimed), self.clock())
        return "sent"

    def _put_off(self, claimed: Claimed, reason: str) -> str:
        text = said(
            "{reason}. Mail waits until this is put right, and none is lost. Many providers only take mail "
            "that is sent from the address of the account: set sender in {section} to it. `intake check` "
            "shows which senders they take.",
            reason=reason,
            section=f"[smtp {account}]" if (account := self._account(claimed)) else "[smtp]",
        )
        try:
            self.woken(self.retries.noticed(*self._sender(claimed), text, self.clock()))
        except Exception:
            # The log has it, and the next refusal tells again.
            log.exception("a trouble could not be written down", extra={"trouble": SENDER})
        return self._asked_later(claimed, reason)

    def _asked_later(self, claimed: Claimed, reason: str) -> str:
        """Have a mail wait until the server is asked again whether it takes its sender."""
        return self._wait(claimed, reason, self.retries.rest_of(self._trouble(claimed), self.clock()))

    def _wait(self, claimed: Claimed, reason: str, pause: timedelta) -> str:
        """Have a mail wait through no fault of its own: the try does not count, and it does not grow old."""
        until = self.clock() + pause * self.jitter()
        ours = self.ends.settle(claimed, lambda: self.store.outbox.waits(claimed, reason, until))
        return "retry" if ours else "lost"

    def _sender(self, claimed: Claimed) -> tuple[str, str]:
        """Return the trouble that the sender of this mail is refused, and the kind of sender: a key of its
        own for each account, for one that refuses says nothing of the others."""
        account = self._account(claimed)
        return (f"{SENDER} ({account})" if account else SENDER), _kind(claimed)

    def _account(self, claimed: Claimed) -> str:
        """Return the NAME of the [smtp NAME] that the mail leaves by, "" for [smtp]."""
        accounts = self.deciding.policy.accounts
        return accounts.get(sent_from(claimed.mail.raw), "") if accounts else ""

    def _trouble(self, claimed: Claimed) -> str:
        return ": ".join(self._sender(claimed))

    def _doubtful(self, claimed: Claimed, reason: str) -> str:
        if claimed.mail.kind.at_most_once or claimed.doubtful:
            # What a person wrote goes out once more, not again and again.
            self.ends.settle(claimed, lambda: self.store.outbox.unknown(claimed, reason))
            if claimed.mail.kind.by_agent:
                # Of the others, a mail about a mail that ends so would end so too, and so on.
                self._tell(
                    claimed.outbox_id,
                    said(
                        "Mail {number} may or may not have arrived, and is not sent a third time. "
                        "See: intake outbox show {number}",
                        number=claimed.outbox_id,
                    ),
                )
            return "unknown"
        return self._retry(claimed, reason, doubtful=True)

    def _again(self, outbox_id: int, claimed: Claimed, reason: str) -> str:
        if self._enough(claimed, self.clock()):
            return self.give_up(outbox_id, claimed, f"{GIVEN_UP} {GIVE_UP.days} days: {reason}")
        return self._retry(claimed, reason)

    def _enough(self, claimed: Claimed, now: datetime) -> bool:
        # Of a machine that was off, too, days alone prove nothing.
        return BACKOFF.used_up(claimed.attempts) and now - claimed.created_at > GIVE_UP

    def _retry(self, claimed: Claimed, reason: str, doubtful: bool = False) -> str:
        wait = BACKOFF.rest(claimed.attempts, self.jitter())
        return self._due(claimed, reason, self.clock() + wait, doubtful)

    def _due(self, claimed: Claimed, reason: str, until: datetime, doubtful: bool = False) -> str:
        ours = self.ends.settle(claimed, lambda: self.store.outbox.retry(claimed, reason, until, doubtful))
        return "retry" if ours else "lost"

    def give_up(self, outbox_id: int, claimed: Claimed, reason: str) -> str:
        """Record that a mail failed for good, and tell whom it concerns."""
        log.warning("mail failed for good", extra={"outbox": outbox_id, "ticket": claimed.ticket_id})
        try:
            self._fail(claimed, reason, self._alerts(outbox_id, claimed, reason))
        except Temporary:
            raise
        except Exception:
            # The mail must end all the same; then the admin is told of what agents are not.
            log.exception("who sent a mail could not be told of its end", extra={"outbox": outbox_id})
            self._fail(claimed, reason, ())
            if claimed.mail.kind is not MailKind.ALERT:
                self._tell(
                    outbox_id,
                    said(
                        "Mail {number} failed permanently, and its agents could not be notified. "
                        "See: intake outbox show {number}",
                        number=outbox_id,
                    ),
                )
        return "failed"

    def _tell(self, outbox_id: int, text: str) -> None:
        try:
            self.woken(self.tells.met(f"outbox {outbox_id}", text, self.clock()))
        except Exception:
            # `intake status` counts it all the same.
            log.exception("nobody could be told of a mail", extra={"outbox": outbox_id})

    def _alerts(self, outbox_id: int, claimed: Claimed, reason: str) -> Sequence[Effect]:
        ticket = self.store.tickets.get(claimed.ticket_id) if claimed.ticket_id else None
        agents = self.store.agents.enabled(ticket.team if ticket else "")
        asking = self._asking(claimed)
        effects = delivery_failed(claimed.mail, outbox_id, ticket, agents, reason, asking)
        return self.deciding.conclude(effects, self.clock())

    def _asking(self, claimed: Claimed) -> Agent | None:
        """Return the agent whose question to a partner a mail is."""
        question = question_of(claimed.mail.mail_from, claimed.mail.message_id)
        return self.store.tickets.asking(*question) if question else None

    def _fail(self, claimed: Claimed, reason: str, alerts: Sequence[Effect]) -> None:
        def record() -> None:
            self.woken(
                self.store.outbox.failed(claimed, reason, self.deciding.composed, alerts, self.clock())
            )

        try:
            record()
        except Temporary:
            with self.ends.kept(claimed, record):
                raise


def _kind(claimed: Claimed) -> str:
    sender = claimed.mail.mail_from
    return "address with a token" if within(sender) else "plain address" if sender else "<>"
