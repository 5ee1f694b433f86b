"""One mail's road in a process that can be killed at any step, for test_kill_everywhere.

Each line on standard input is "FOLDER KILL_AT CLOCK_MINUTES"; each is answered with a
line "EXIT STEPS". A forked child (so that nothing is imported twice) receives the
mail in the folder unless the file `client` there, the client's own record, says that
it was accepted; then it processes and delivers until nothing is due. Before and after
every call into the store, the SMTP session and the client's record a counter goes up;
at KILL_AT the child kills itself with SIGKILL, which nothing can catch.
"""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from intake import app
from intake.config import settings as config
from intake.desk.message import Envelope
from intake.ports import Arrival


class Killer:
    """Wraps an object so that entering and leaving each of its methods counts as a step."""

    def __init__(self, inner: Any, count: list[int], at: int) -> None:
        self._inner, self._count, self._at = inner, count, at

    def step(self) -> None:
        self._count[0] += 1
        if self._count[0] == self._at:
            os.kill(os.getpid(), signal.SIGKILL)

    def __getattr__(self, name: str) -> Any:
        inner = getattr(self._inner, name)
        if not callable(inner):
            return inner

        def call(*args: Any, **kwargs: Any) -> Any:
            self.step()
            result = inner(*args, **kwargs)
            self.step()
            return result

        return call


def travel(folder: Path, kill_at: int, minutes: int) -> int:
    """Go the road once; return how many steps it has."""
    count = [0]
    desk = app.build(config.load(folder / "intake.ini"))
    store = Killer(desk.store, count, kill_at)
    desk.service = replace(desk.service, store=store)  # type: ignore[assignment]
    desk.service = replace(desk.service, clock=lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    if desk.store.agents.by_address("anna@staff.example") is None:
        desk.store.agents.add("anna@staff.example", "Anna", (), desk.service.clock())
    client = folder / "client"
    if not client.exists():
        raw = (folder / "mail.eml").read_bytes()
        desk.service.receive([Arrival(raw, Envelope("lmtp", "support", "lin@customer.example"))])
        store.step()
        client.write_text("accepted")
        store.step()
    session = Killer(desk.session(), count, kill_at)
    for _ in range(5):
        claimed = None
        for row, following in pairwise([*desk.service.tick(), None]):
            # As a worker does: one commit records a mail as sent and claims the next.
            done = desk.service.deliver(row, session, claimed, following)  # type: ignore[arg-type]
            claimed = done.following
    session.close()
    desk.store.close()
    return count[0]


def answer(steps_of: Callable[[Path, int, str], int]) -> None:
    """Answer each line on standard input, FOLDER KILL_AT TIME, with "EXIT STEPS" of a child that does it."""
    for line in sys.stdin:
        folder, kill_at, moment = line.split()
        steps = Path(folder) / "steps"
        child = os.fork()
        if child == 0:
            code = 1
            try:
                steps.write_text(str(steps_of(Path(folder), int(kill_at), moment)))
                code = 0
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(code, steps.read_text() if code == 0 else 0, flush=True)


if __name__ == "__main__":
    answer(lambda folder, kill_at, minutes: travel(folder, kill_at, int(minutes)))
