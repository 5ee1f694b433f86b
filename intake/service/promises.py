"""What the clock does about promises: the steps that are due, and the calls of the webhook they owe."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from intake.desk import sla_ladder
from intake.desk.text.said import said
from intake.ports import OwedPage, Permanent, Post, Store, Temporary
from intake.runtime.backoff import Backoff
from intake.service.deciding import Deciding
from intake.service.retries import Quiet, Retries, Tells

log = logging.getLogger("intake.service.promises")

# Promises whose steps are done in one commit.
BATCH = 50
# Calls of the webhook in one go.
CALLS = 20
# Between tries to call it, in seconds; a page of yesterday helps nobody.
BACKOFF = Backoff((30, 120, 600, 1800))
GIVE_UP = timedelta(days=1)


def fire_due(deciding: Deciding, retries: Retries) -> int:
    """Do the steps of ladders that are due, and return of how many promises.

    Safe to call from several processes at once. What is decided on and what is written
    down about it is one transaction: a step is done once, whoever is killed. One that
    cannot be done is told to a person by `retries`, and keeps no other from being done.
    Raises Temporary when the database cannot be used.
    """
    store, done = deciding.store, 0
    while True:
        now = deciding.clock()
        failed: dict[int, tuple[int, Exception]] = {}
        with store.transaction():
            due = store.promises.due(now, BATCH)
            for promise, ticket in due:
                try:
                    with store.savepoint():
                        _fire(deciding, promise, ticket, now)
                except Temporary:
                    raise
                except Exception as err:
                    failed[promise] = (ticket, err)
        for promise, (ticket, failure) in failed.items():
            pause = retries.failed(
                f"promise {promise}", said("The escalation of ticket {number}", number=ticket), failure, now
            )
            store.promises.put_off(promise, now + pause)
        done += len(due)
        if len(due) < BATCH:
            return done


def _fire(deciding: Deciding, promise: int, ticket: int, now: datetime) -> None:
    due = deciding.store.promises.due_promise(promise, ticket, deciding.policy, now)
    if due is not None:
        deciding.carry_out(sla_ladder.fire(due, deciding.policy, now), now)


def call_webhook(store: Store, post: Post, clock: Callable[[], datetime], tells: Tells | None = None) -> int:
    """Call the webhook for what is owed, up to CALLS times; return how many calls were taken.

    At least once: a process that is killed in between leaves the call to the next one,
    under the same key. A call that is given up is told to a person by `tells`. Raises
    Temporary when the database cannot be used.
    """
    taken = 0
    for _ in range(CALLS):
        owed = store.promises.due_page(clock())
        if owed is None:
            break
        try:
            post(owed)
        except Exception as err:
            # Also of what nobody foresaw: it must neither be tried for ever nor hold up the next page.
            _not_taken(store, owed, err, clock(), tells or Quiet())
            continue
        store.promises.page_sent(owed.id, clock())
        taken += 1
    return taken


def _not_taken(store: Store, owed: OwedPage, err: Exception, now: datetime, tells: Tells) -> None:
    foreseen = isinstance(err, Temporary | Permanent)
    # Of a machine that was off, too, a day alone proves nothing.
    old = BACKOFF.used_up(owed.attempts) and now - owed.created_at > GIVE_UP
    lost = isinstance(err, Permanent) or old
    # What other errors say may name the address of the webhook, which often is a secret.
    reason = str(err) if foreseen else type(err).__name__
    where = {"page": owed.id, "ticket": owed.ticket, "attempt": owed.attempts, "reason": reason, "lost": lost}
    log.error("the webhook was not reached", extra=where, exc_info=None if foreseen else err)
    store.promises.page_failed(owed.id, reason, None if lost else now + BACKOFF.rest(owed.attempts))
    if lost:
        text = said(
            "The page about ticket {number} was given up: the webhook did not accept it ({why}). "
            "See [page] webhook; nobody was paged.",
            number=owed.ticket,
            why=reason,
        )
        tells.met(f"page {owed.id}", text, now)
