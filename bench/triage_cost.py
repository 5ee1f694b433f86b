"""What sorting a message by the shipped rules costs, beside reading it: the mixed load of `load.py`.

Processor time, best of five, everything in one process. Exits 1 over the limit for the mean.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from bench import load
from intake.config.triage_keys import shipped
from intake.desk.message import Envelope
from intake.desk.text.words import vocabulary, words
from intake.desk.triage.engine import TriagePolicy, letter, triage
from intake.desk.triage.shipped import SECURITY_WORDS
from intake.mail.parse import parse

# Beside 8 ms for the whole of a message (docs/benchmarks.md) it must not be noticed.
LIMIT_MS = 0.2


def cost(work: Callable[[Any], object], of: Sequence[Any]) -> float:
    """Return the milliseconds that `work` takes for one of them."""
    best = float("inf")
    for _ in range(5):
        began = time.process_time()
        for item in of:
            work(item)
        best = min(best, time.process_time() - began)
    return best / len(of) * 1000


def main() -> int:
    """Measure, print, and say by the exit code whether it was quick enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=300, help="messages in the load (default 300)")
    raws = [sample.raw for sample in load.mixed(parser.parse_args().n)]
    policy = TriagePolicy(tuple(shipped()), "enquiry", vocabulary(SECURITY_WORDS))
    envelope = Envelope("imap", "support")
    messages = [parse(raw) for raw in raws]
    sorting = cost(lambda message: triage(policy, letter(message, envelope, False)), messages)
    cutting = cost(lambda message: words(message.new_text), messages)
    reading = cost(parse, raws)
    length = sum(len(message.new_text) for message in messages) / len(messages)
    print(
        f"triage {sorting:.3f} ms, words for the search {cutting:.3f} ms, reading {reading:.2f} ms a message"
    )
    print(f"({len(raws)} messages, {length:.0f} characters of new text on average)")
    return 1 if sorting > LIMIT_MS else 0


if __name__ == "__main__":
    sys.exit(main())
