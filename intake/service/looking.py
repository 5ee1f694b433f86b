"""What follows when files were looked into after their tickets were told of them.

A find of its own plan, as time's are; and the files that agents wait for, in a mail of their own.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from intake.desk.effects import Effect
from intake.desk.held_files import following
from intake.desk.rule_context import is_participant
from intake.desk.rules.exposing import found, noted
from intake.desk.rules.withholding import found_later, reported
from intake.desk.sensitive.reading import Reading
from intake.desk.text.said import said
from intake.desk.ticket import Ticket
from intake.ports import FilePlace, Store
from intake.service.deciding import Deciding
from intake.service.retries import Retries, Tells

# Of tickets and of files, in one go.
BATCH = 50
# How a scanner that does not scan is called among the troubles, and after how long a person is told.
SCANNER, SCANNER_TOLD = "scanner", timedelta(hours=1)
TASK = said("Checking files for secrets")


def tell_scanner(store: Store, tells: Tells, missed: bool, now: datetime) -> Sequence[int]:
    """Say that files were not scanned (`missed`) at `now`, or that none waits any more. Returns the ids of
    mails that tell a person of it, after an hour."""
    if missed:
        text = said(
            "The virus scanner does not scan, and files wait for it. Start clamd, or see its log; `intake "
            "check` tests it."
        )
        return tells.met(SCANNER, text, now, after=SCANNER_TOLD)
    if SCANNER in tells.present(now) and not store.readings.waiting(now + SCANNER_TOLD, 1):
        tells.over(SCANNER)
    return ()


class Looking:
    """The steps, over one store. `woken` is told outbox ids that became due."""

    def __init__(self, deciding: Deciding, retries: Retries, woken: Callable[[Sequence[int]], None]) -> None:
        self._deciding, self._store = deciding, deciding.store
        self._retries, self._woken = retries, woken

    def follow(self) -> None:
        """Tell tickets what was found in files of theirs, and send agents the files they wait for. Safe to
        call from several processes at once."""
        now = self._deciding.clock()
        for sha256 in self._store.readings.untold(BATCH):
            self._retries.attempt(f"find {sha256[:16]}", TASK, partial(self._tell, sha256), now)
        for number in self._store.readings.followed(BATCH):
            self._retries.attempt(f"files {number}", TASK, partial(self._send, number), now)

    def _tell(self, sha256: str) -> None:
        with self._store.transaction():
            # Asked within it: another process may have been quicker.
            if sha256 not in self._store.readings.untold(BATCH):
                return
            effects = self._found(sha256)
            now = self._deciding.clock()
            applied = self._deciding.carry_out(effects, now) if effects else None
            self._store.readings.told(sha256)
        self._woken(applied.outbox_ids if applied else ())

    def _found(self, sha256: str) -> list[Effect]:
        reading = self._store.readings.known([sha256]).get(sha256)
        effects: list[Effect] = []
        for place in self._store.readings.places(sha256) if reading else ():
            ticket = self._store.tickets.get(place.ticket)
            if ticket is not None and reading is not None:
                effects += self._in_ticket(ticket, place, reading)
        return effects

    def _in_ticket(self, ticket: Ticket, place: FilePlace, reading: Reading) -> list[Effect]:
        finds = reading.at(place.number)
        if place.old:
            if reading.malware:
                return [reported(ticket.id, reading.malware)]
            new = self._store.finds.new_in(ticket.id, finds)
            return noted(ticket.id, new, place.message) if new else []
        # A mail to anybody else would lead into a ticket that is not theirs.
        author = place.author if place.author and is_participant(place.author, ticket) else None
        facts = self._store.readings.standing(ticket.id, author or ticket.requester, self._deciding.clock())
        if reading.malware:
            return found_later(ticket, reading.malware, facts, place.key, author)
        team = self._deciding.policy.triage.security_team
        return found(ticket, finds, facts, place.key, place.message, author, team)

    def _send(self, number: int) -> None:
        with self._store.transaction():
            held = self._store.readings.held(number)
            ticket = self._store.tickets.get(number)
            # Each mail is of other files: those that come later have a key of their own.
            names = sorted(f"{each.agent}:{each.file.sha256}" for each in held if each.settled)
            key = f"{number}:{hashlib.sha256(' '.join(names).encode()).hexdigest()[:16]}"
            at = self._store.tickets.end(ticket).id if ticket else number
            effects, over = following(at, held, self._store.agents.by_id(), key)
            self._store.readings.let_go(number, over)
            now = self._deciding.clock()
            applied = self._deciding.carry_out(effects, now) if ticket and effects else None
        self._woken(applied.outbox_ids if applied else ())
