"""What looking for secrets adds to deciding on a mail and applying it: the same mails, with and without.

    python bench/find_cost.py

Pairs in one run, each mail once in either way on a desk of its own (SQLite, FULL), whose order is changed
with each mail; milliseconds of processor. Exits 1 over the limit.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

from bench import load
from intake import app
from intake.config import settings as config
from intake.desk.message import Envelope
from intake.ports import Arrival

# More at the 95th percentile.
LIMIT_MS = 1.0
_CONFIG = """[desk]
name = Desk
address = support@desk.example
[smtp]
host = 127.0.0.1
[mailbox support]
type = ingest
"""


@contextmanager
def _without() -> Iterator[None]:
    """Find nothing and hide nothing, neither in what is decided nor in the words for the search."""
    with ExitStack() as all_of_it:
        for name, instead in (
            ("intake.desk.message_finds.finds_in", lambda text, part: ()),
            ("intake.desk.message_finds.beside", lambda page, text: ""),
            ("intake.desk.rules.exposing.finds_in", lambda text, part: ()),
            ("intake.store.search.hidden", lambda text: text),
        ):
            all_of_it.enter_context(mock.patch(name, instead))
        yield


def main() -> int:
    """Measure, print, and say by the exit code whether it was cheap enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=300, help="messages in the load (default 300)")
    raws = [sample.raw for sample in load.mixed(parser.parse_args().n)]
    raws = [raw for raw in raws if len(raw) < 200_000]
    with tempfile.TemporaryDirectory() as folder:
        desks = [_desk(Path(folder) / name) for name in ("with", "without")]
        took: list[list[float]] = [[], []]
        now = datetime(2026, 1, 1, tzinfo=UTC)
        for number, raw in enumerate(raws):
            now += timedelta(minutes=20)
            for which in (0, 1) if number % 2 else (1, 0):
                took[which].append(_once(desks[which], raw, now, bool(which)))
        for desk in desks:
            desk.store.close()
    cuts = [statistics.quantiles(times, n=100) for times in took]
    more = [cuts[0][place] - cuts[1][place] for place in (49, 94)]
    paired = statistics.quantiles([a - b for a, b in zip(*took, strict=True)], n=100)
    for name, cut in zip(("with", "without"), cuts, strict=True):
        print(f"{name}: median {cut[49]:.2f} ms, p95 {cut[94]:.2f} ms")
    print(f"more: median {more[0]:.2f} ms, p95 {more[1]:.2f} ms; of pairs: median {paired[49]:.2f} ms")
    return 1 if more[1] > LIMIT_MS else 0


def _desk(folder: Path) -> app.Desk:
    folder.mkdir()
    path = folder / "intake.ini"
    path.write_text(_CONFIG)
    return app.build(config.load(path))


def _once(desk: app.Desk, raw: bytes, now: datetime, without: bool) -> float:
    service = replace(desk.service, clock=lambda: now)
    (got,) = service.receive([Arrival(raw, Envelope("lmtp", "support", None, ("support@desk.example",)))])
    with _without() if without else nullcontext():
        began = time.process_time()
        service.process([got.ledger_id])
        return (time.process_time() - began) * 1000


if __name__ == "__main__":
    sys.exit(main())
