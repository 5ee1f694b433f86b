"""Mail that is too large, in quarantine: it needs nobody once somebody was told of it."""

from datetime import timedelta

import pytest
from store_bench import ANN, Bench

from intake.desk.effects import Effect, Finish, Mail, MailKind, Outcome

DAY = timedelta(days=1)


@pytest.mark.parametrize(("told", "left"), [("nobody", 1), ("owed", 0), ("sent", 0), ("cancelled", 1)])
def test_what_is_too_large_needs_nobody_once_somebody_was_told(bench: Bench, told: str, left: int) -> None:
    bench.open(b"a ticket")
    effects: list[Effect] = [] if told == "nobody" else [Mail(MailKind.ACKNOWLEDGEMENT, 1, ANN, "large")]
    number = bench.receive(b"one")
    end = Finish(Outcome.QUARANTINED, None, "oversize", "too large")
    owed = bench.apply(*effects, end, ledger_id=number, message=bench.message(b"one")).outbox_ids
    if told == "sent":
        assert bench.store.outbox.sent(bench.claim(owed[0]), bench.now)
    if told == "cancelled":
        assert bench.store.outbox.cancel(owed[0])
    faulty = bench.receive(b"two")
    bench.store.ledger.quarantine(faulty, "it is too deep", bench.now)
    bench.later(days=2)
    assert 1 + left == bench.store.ledger.quarantined_before(bench.now - DAY)
    counts = bench.store.upkeep.counts()
    assert (1 + left, 1 - left) == (counts["quarantined"], counts["too large"])
