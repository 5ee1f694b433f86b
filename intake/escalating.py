"""What the clock does about promises: the steps that are due, and the calls of the webhook they owe."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from intake.desk import escalation, sla
from intake.desk.effects import Effect, OpenTicket
from intake.desk.message import Message
from intake.desk.policy import Policy
from intake.desk.ticket import Ticket
from intake.ports import Compose, Permanent, Post, Store, Temporary

log = logging.getLogger("intake.escalating")

# Promises whose steps are done in one commit, and how long one waits that could not be seen to.
BATCH = 50
RETRY = timedelta(minutes=1)
# Calls of the webhook in one go.
CALLS = 20
# Between tries to call it, then the last one repeats; a page of yesterday helps nobody.
BACKOFF = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=30))
GIVE_UP = timedelta(days=1)


def promising(
    store: Store,
    policy: Policy,
    effects: Sequence[Effect],
    now: datetime,
    known: Mapping[int, Ticket],
    message: Message | None = None,
) -> list[Effect]:
    """Return the effects with what follows from them for the promises of the tickets they change."""
    found = {number: known.get(number) or store.ticket(number) for number in sla.concerned(effects)}
    tickets = {number: ticket for number, ticket in found.items() if ticket is not None}
    opened = next((one for one in effects if isinstance(one, OpenTicket)), None)
    # The clock of whoever wrote the mail is the requester's where he wrote it himself.
    own = message and message.sender and opened and message.sender.key == opened.requester.key
    return sla.with_promises(effects, tickets, policy, now, message.utc_offset if message and own else None)


def fire_due(store: Store, policy: Policy, compose: Compose, clock: Callable[[], datetime]) -> int:
    """Do the steps of ladders that are due, and return of how many promises.

    Safe to call from several processes at once. What is decided on and what is written
    down about it is one transaction: a step is done once, whoever is killed. Raises
    Temporary when the database cannot be used.
    """
    done = 0
    while True:
        now = clock()
        with store.transaction():
            due = store.due_promises(now, BATCH)
            for promise, ticket in due:
                _fire(store, promise, ticket, policy, compose, now)
        done += len(due)
        if len(due) < BATCH:
            return done


def _fire(store: Store, promise: int, ticket: int, policy: Policy, compose: Compose, now: datetime) -> None:
    try:
        with store.savepoint():
            due = store.due_promise(promise, ticket, policy, now)
            if due is not None:
                store.apply(escalation.fire(due, policy, now), compose, now)
    except Temporary:
        raise
    except Exception:
        # One that cannot be done keeps no other from being done; it is tried again.
        log.exception("an escalation failed", extra={"ticket": ticket})
        store.put_off(promise, now + RETRY)


def call_webhook(store: Store, post: Post, clock: Callable[[], datetime]) -> int:
    """Call the webhook for what is owed, up to CALLS times; return how many calls were taken.

    At least once: a process that is killed in between leaves the call to the next one,
    under the same key.
    """
    taken = 0
    for _ in range(CALLS):
        owed = store.due_page(clock())
        if owed is None:
            break
        try:
            post(owed)
        except (Temporary, Permanent) as err:
            lost = isinstance(err, Permanent) or clock() - owed.created_at > GIVE_UP
            wait = BACKOFF[min(owed.attempts, len(BACKOFF)) - 1]
            where = {"page": owed.id, "ticket": owed.ticket, "attempt": owed.attempts}
            log.error("the webhook was not reached", extra={**where, "reason": str(err), "lost": lost})
            store.page_failed(owed.id, str(err), None if lost else clock() + wait)
            continue
        store.page_sent(owed.id, clock())
        taken += 1
    return taken
