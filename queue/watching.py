"""What the worker has an eye on: mailboxes that nobody reads, messages that nobody decides on."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from intake.channels.registry import Mode, channel_mode
from intake.desk.text.said import counted, joined, said
from intake.runtime.clock_leap import Steady

if TYPE_CHECKING:
    from intake.app import Desk

# After this long without a reading, and then once a day, a person is told. `intake status` warns sooner.
SILENT = timedelta(minutes=30)
# Between two looks.
EVERY = timedelta(minutes=1)

# The trouble of mail whose file cannot be read.
LOST_FILES = "lost files"


def lost_files(waiting: int) -> str:
    """Return what a person is told of so many messages whose raw bytes cannot be read."""
    wait = counted(
        waiting,
        single="{count} message waits because the file of the raw email cannot be read.",
        several="{count} messages wait because the file of the raw email cannot be read.",
    )
    cure = said(
        "Each is tried again every minute. `intake check` says which folder or bucket it looks in, "
        "`intake fsck` names the files"
    )
    return joined([wait, cure])


class Watch:
    """Looks once a minute. For one thread."""

    def __init__(self, desk: "Desk", steady: Callable[[datetime], bool] | None = None) -> None:
        """`steady` says whether the time of day went on as real time did; see `intake.runtime.clock_leap`."""
        self._desk = desk
        self._steady = steady or Steady(timedelta(0))
        self._began = self._looked = desk.service.clock()
        self._steady(self._began)

    def look(self) -> None:
        """Tell of what has been silent for too long, and that it no longer is."""
        now = self._desk.service.clock()
        if timedelta(0) <= now - self._looked < EVERY:
            return
        if not self._steady(now) or now < self._began:
            # The clock was set, or this machine slept: what was read until then was read just now.
            self._began = now
        self._looked = now
        states = {row.name: row for row in self._desk.store.mailboxes.states()}
        for name, box in self._desk.settings.mailboxes.items():
            # Mail is put into it by a command.
            if channel_mode(box.type) is Mode.FED:
                continue
            state = states.get(name)
            last = state.last_success if state else None
            why = state.last_error if state else ""
            text = said(
                "Mailbox {name} has not been read for half an hour: {why}. `intake check` tries it",
                name=name,
                why=why or said("no process reads it"),
            )
            self._tell(f"mailbox {name}", text, last, now)
        age = timedelta(seconds=self._desk.store.upkeep.vitals(now).decide_age)
        text = said("Messages wait for half an hour and nobody decides on them. Is `intake run` running?")
        self._tell("deciding", text, now - age, now)
        self._unreadable(now)

    def _unreadable(self, now: datetime) -> None:
        """Tell at once of mail that waits for its file: what is missing comes back by no waiting."""
        tells, waiting = self._desk.service.tells, self._desk.store.ledger.unreadable()
        if waiting:
            self._desk.service.wake(tells.met(LOST_FILES, lost_files(waiting), now))
        elif LOST_FILES in tells.present(now):
            tells.over(LOST_FILES)

    def _tell(self, key: str, text: str, last: datetime | None, now: datetime) -> None:
        tells = self._desk.service.tells
        if last is None or last > now:
            # What was read at a time that is yet to come was read before the clock was put back.
            last = self._began
        if now - max(last, self._began) >= SILENT:
            self._desk.service.wake(tells.met(key, text, now))
        elif key in tells.present(now):
            tells.over(key)
