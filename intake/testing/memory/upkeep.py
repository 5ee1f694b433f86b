"""Counts, the audit, jobs, troubles, previews and mailboxes, in memory."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from intake.desk.blocking import KEPT
from intake.desk.canned_texts import ApprovedText
from intake.desk.sla_target import PromiseState
from intake.desk.ticket import Status
from intake.store import audit
from intake.store.mailboxes import LONGEST_LEASE
from intake.store.metrics import AT_RISK, LIVES
from intake.store.metrics import FORGOTTEN as FORGOTTEN_PACE
from intake.store.previews import AGAIN, ATTEMPT, LONGEST_WAIT, MAX_ATTEMPTS
from intake.store.troubles import FORGOTTEN
from intake.testing.memory import canned
from intake.testing.memory.rows import StoredPreview, plain
from intake.testing.memory.state import MemoryPart, State
from intake.testing.memory.too_large import too_large_and_told
from intake.views import MAIL_STATES, MESSAGE_STATES, AuditRow, MailboxRow, Pace, TroubleRow, Vitals


def recorded(
    state: State,
    now: datetime,
    who: str,
    action: str,
    authority: str = "command line",
    ticket: int | None = None,
    message: int | None = None,
) -> None:
    """Write down who did what."""
    state.audit.add(
        lambda number: AuditRow(number, now, who, audit.shown(action), authority, ticket, message)
    )


class MemoryUpkeep(MemoryPart):
    """Counts, the audit and the periodic jobs."""

    def vitals(self, now: datetime) -> Vitals:
        """Return how much waits, is late and was sent, at `now` (aware)."""
        state = self._now
        waiting = [row.received_at for row in state.messages if row.state == "waiting"]
        owed = [row.not_before for row in state.outbox if row.state == "due" and row.not_before <= now]
        running = [
            (row.ticket, row.target.due)
            for row in state.promises
            if row.target.state is PromiseState.RUNNING and row.target.due
        ]
        return Vitals(
            received=state.messages.last,
            messages=_counted(MESSAGE_STATES, (row.state for row in state.messages)),
            kept=_counted(KEPT, (row.rule for row in state.messages if row.state == "quarantined")),
            mails=_counted(MAIL_STATES, (row.state for row in state.outbox)),
            open_tickets=sum(row.ticket.status is not Status.CLOSED for row in state.tickets),
            decide_age=_age(waiting[:1], now),
            send_age=_age(owed, now),
            promises_at_risk=len({ticket for ticket, due in running if now <= due < now + AT_RISK}),
            promises_late=len({ticket for ticket, due in running if due < now}),
        )

    def counts(self) -> dict[str, int]:
        """Return how much is waiting, quarantined, due, unknown and failed, and the open tickets."""
        state = self._now
        left = too_large_and_told(state)
        return {
            **_counted(
                ("waiting", "quarantined"),
                (
                    row.state
                    for row in state.messages
                    if row.state == "waiting" or (row.rule not in KEPT and row.id not in left)
                ),
            ),
            "too large": len(left),
            **_counted(("due", "unknown", "failed"), (row.state for row in state.outbox)),
            "open tickets": sum(row.ticket.status is not Status.CLOSED for row in state.tickets),
        }

    def list_audit(
        self, ticket: int | None = None, who: str = "", since: datetime | None = None, limit: int = 50
    ) -> list[AuditRow]:
        """Return what was done, newest first."""
        rows = (row for row in self._now.audit.newest() if ticket is None or row.ticket == ticket)
        rows = (row for row in rows if not who or row.who == who)
        return [row for row in rows if since is None or row.at >= since][:limit]

    def approve(self, texts: Sequence[ApprovedText]) -> None:
        """Let texts past the guard; one that may pass already stays as it is."""
        with self._memory.transaction() as state:
            canned.approve(state, texts)

    def record_audit(self, who: str, action: str, now: datetime, authority: str = "command line") -> None:
        """Write down who did what, and by what authority."""
        with self._memory.transaction() as state:
            recorded(state, now, who, action, authority)

    def record_job(self, name: str, now: datetime) -> None:
        """Record that a periodic job ended well."""
        with self._memory.transaction() as state:
            state.jobs[name] = now

    def job_runs(self) -> dict[str, datetime]:
        """Return when each periodic job last ended well."""
        return dict(self._now.jobs)

    def record_pace(
        self, process: str, counted: Mapping[str, float], lately: Mapping[str, float], now: datetime
    ) -> None:
        """Add to the desk's sums what a process has counted, and keep what it counted lately."""
        with self._memory.transaction() as state:
            sums = {name: state.sums.get(name, 0) + amount for name, amount in counted.items()}
            state.sums |= sums
            state.lately[process] = (now, dict(lately))

    def forget_pace(self, now: datetime, gone: Callable[[str], bool]) -> None:
        """Forget what processes counted lately that ended, or that are silent for a day."""
        with self._memory.transaction() as state:
            for process, (at, _) in list(state.lately.items()):
                if abs(now - at) > FORGOTTEN_PACE or gone(process):
                    del state.lately[process]

    def pace(self, now: datetime) -> Pace:
        """Return the desk's sums, and what each process that lives at `now` counted lately."""
        rows = self._now.lately.items()
        lately = {process: dict(amounts) for process, (at, amounts) in rows if abs(now - at) <= LIVES}
        return Pace(dict(self._now.sums), lately)


class MemoryTroubles(MemoryPart):
    """What goes wrong again and again, until it goes well."""

    def met(self, key: str, text: str, now: datetime) -> TroubleRow:
        """Write down that `key` went wrong once more; return what is known of it."""
        with self._memory.transaction() as state:
            known = state.troubles.get(key)
            if known is None or now - known.last >= FORGOTTEN:
                known = TroubleRow(key, text, now, now, 0, None)
            row = replace(known, what=text, since=min(known.since, now), last=now, count=known.count + 1)
            state.troubles[key] = row
        return row

    def notified(self, key: str, now: datetime) -> None:
        """Write down that a person was told of it."""
        with self._memory.transaction() as state:
            if key in state.troubles:
                state.troubles[key] = replace(state.troubles[key], told_at=now)

    def over(self, key: str) -> bool:
        """Forget it: it goes well again. False when there was none."""
        with self._memory.transaction() as state:
            return state.troubles.pop(key, None) is not None

    def current(self, now: datetime) -> list[TroubleRow]:
        """Return what goes wrong at present, the oldest first."""
        lately = (trouble for trouble in self._now.troubles.values() if abs(now - trouble.last) < FORGOTTEN)
        return sorted(lately, key=lambda trouble: trouble.since)


class MemoryPreviews(MemoryPart):
    """Previews of pictures, and the pictures that still want one."""

    def get(self, sha256: str) -> bytes | None:
        """Return the preview of a picture by the picture's sha256, None when there is none."""
        row = self._now.previews.get(sha256)
        return (row.content or None) if row else None

    def wanted(self, now: datetime, limit: int) -> list[str]:
        """Return the pictures that want a preview now, those that have waited longest first."""
        due = [(row.next_at, name) for name, row in self._now.previews.items() if _wanted(row, now)]
        return [name for _, name in sorted(due, key=lambda row: row[0] or now)][:limit]

    def begin(self, sha256: str, now: datetime) -> bool:
        """Count an attempt. False when another process was quicker, or there were enough."""
        with self._memory.transaction() as state:
            row = state.previews.get(sha256)
            if row is None or not _wanted(row, now):
                return False
            if row.attempts >= MAX_ATTEMPTS:
                state.previews[sha256] = replace(row, next_at=None)
                return False
            state.previews[sha256] = replace(row, attempts=row.attempts + 1, next_at=now + ATTEMPT)
            return True

    def end(self, sha256: str, content: bytes, now: datetime, again: bool) -> None:
        """Keep what was made, b"" for nothing; `again`: it is worth another attempt, if any is left."""
        with self._memory.transaction() as state:
            row = state.previews.get(sha256)
            if row is not None:
                later = again and not content and row.attempts < MAX_ATTEMPTS
                kept = replace(row, next_at=now + AGAIN) if later else replace(row, content=content)
                state.previews[sha256] = kept if later else replace(kept, next_at=None)


def remember(state: State, made: dict[str, bytes], wanted: Iterable[str], now: datetime) -> None:
    """Keep previews, and write down which pictures want one still."""
    for name in wanted:
        if name not in made:
            state.previews.setdefault(name, StoredPreview(next_at=now))
    for name, content in made.items():
        if not state.previews.get(name, StoredPreview()).content:
            state.previews[name] = StoredPreview(content)


class MemoryMailboxes(MemoryPart):
    """Leases on mailboxes, what was fetched from them, and when they last could be read."""

    def lease(self, name: str, owner: str, now: datetime, for_: timedelta) -> bool:
        """Take or prolong the right to read a mailbox. False: another owner has it now."""
        with self._memory.transaction() as state:
            row = self._row(state, name)
            until = row.lease_until
            if until is not None and now <= until <= now + LONGEST_LEASE and row.owner != owner:
                return False
            state.mailboxes[name] = replace(row, owner=owner, lease_until=now + for_)
            return True

    def release(self, name: str, owner: str) -> None:
        """Give that right back; nothing when another has it."""
        with self._memory.transaction() as state:
            row = state.mailboxes.get(name)
            if row is not None and row.owner == owner:
                state.mailboxes[name] = replace(row, owner="", lease_until=None)

    def seen(self, mailbox: str, now: datetime, error: str = "", read: bool = False) -> None:
        """Record that a mailbox was read, or is served, or why it could not be."""
        with self._memory.transaction() as state:
            row = replace(self._row(state, mailbox), last_error=error)
            row = replace(row, last_error_at=now) if error else row
            row = replace(row, last_success=now) if read or not error else row
            state.mailboxes[mailbox] = plain(row)

    def states(self) -> list[MailboxRow]:
        """Return what is known of each mailbox, by name."""
        return [row for _, row in sorted(self._now.mailboxes.items())]

    def known_uids(self, mailbox: str, folder: str, uidvalidity: int) -> set[int]:
        """Return the UIDs already received from a folder."""
        place = (mailbox, folder, uidvalidity)
        return {
            sighting.uid
            for sighting in self._now.sightings
            if (sighting.mailbox, sighting.folder, sighting.uidvalidity) == place and sighting.uid is not None
        }

    def oversize_uids(self, mailbox: str, folder: str, uidvalidity: int) -> set[int]:
        """Return those of the known UIDs of which only the header was received, because all is too large."""
        stand_ins = {message.id for message in self._now.messages if message.oversize}
        place = (mailbox, folder, uidvalidity)
        return {
            sighting.uid
            for sighting in self._now.sightings
            if (sighting.mailbox, sighting.folder, sighting.uidvalidity) == place
            and sighting.uid is not None
            and sighting.message in stand_ins
        }

    def _row(self, state: State, name: str) -> MailboxRow:
        return state.mailboxes.get(name) or MailboxRow(name, "", None, None, "", None)


def _counted(names: tuple[str, ...], states: Iterable[str]) -> dict[str, int]:
    counter = Counter(states)
    return {name: counter[name] for name in names}


def _age(times: Iterable[datetime], now: datetime) -> int:
    return max(0, int((now - min(times, default=now)).total_seconds()))


def _wanted(row: StoredPreview, now: datetime) -> bool:
    return row.next_at is not None and not now < row.next_at <= now + LONGEST_WAIT
