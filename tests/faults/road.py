"""One mail's road in a process that can be killed at any step, for test_kill_everywhere.

`python road.py CONFIG MAIL LEDGER KILL_AT CLOCK_MINUTES`: receives the mail unless LEDGER
(the client's own record) says it was accepted, then processes and delivers until
nothing is due. Before and after every call into the store, the SMTP session and the
client's record a counter goes up; at KILL_AT the process kills itself with SIGKILL,
which nothing can catch. With KILL_AT 0 it prints how far the counter went.
"""

import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from intake import app, config
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


def main() -> None:
    settings_file, mail, ledger, kill_at, minutes = sys.argv[1:]
    count = [0]
    desk = app.build(config.load(Path(settings_file)))
    store = Killer(desk.store, count, int(kill_at))
    desk.service.store = store  # type: ignore[assignment]
    desk.service.clock = lambda: datetime.now(UTC) + timedelta(minutes=int(minutes))
    client = Path(ledger)
    if not client.exists():
        raw = Path(mail).read_bytes()
        desk.service.receive([Arrival(raw, Envelope("lmtp", "support", "lin@customer.example"))])
        store.step()
        client.write_text("accepted")
        store.step()
    session = Killer(desk.session(), count, int(kill_at))
    for _ in range(5):
        for row in desk.service.tick():
            desk.service.deliver(row, session)  # type: ignore[arg-type]
    session.close()
    desk.store.close()
    print(count[0])


if __name__ == "__main__":
    main()
