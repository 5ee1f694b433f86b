"""What readers said of articles, the same on each engine."""

from datetime import datetime, timedelta

from factories import NOW
from store_bench import Bench

from intake.desk.knowledge.verdicts import Reason, Tally, tallied


def test_verdicts_are_counted_by_article_and_reason(bench: Bench) -> None:
    verdicts, began = bench.store.verdicts, bench.now
    assert {} == verdicts.tallies(began)
    for reason in (None, None, Reason.WRONG, Reason.MISSING, Reason.WRONG):
        verdicts.record("memo", "en", 1, reason, bench.now)
    bench.later(days=1)
    verdicts.record("memo", "de", 2, None, bench.now)
    verdicts.record("fees", "en", 1, Reason.UNCLEAR, bench.now)
    tally = verdicts.tallies(began)["memo"]
    assert (3, {Reason.WRONG: 2, Reason.MISSING: 1}, 3) == (tally.helped, dict(tally.reasons), tally.failed)
    lately = verdicts.tallies(bench.now)
    assert {"fees": (0, 1), "memo": (1, 0)} == {
        slug: (each.helped, each.failed) for slug, each in lately.items()
    }


def test_a_jump_of_equal_verdicts_is_set_aside() -> None:
    def at(*minutes: float) -> list[datetime]:
        return [NOW + timedelta(minutes=minute) for minute in minutes]

    steady, burst = at(*range(0, 1200, 4)), at(*(2000 + number * 3 for number in range(20)))
    cases = {
        "steady": (steady, (300, 0)),
        "a jump": (burst, (0, 20)),
        "one too few": (burst[1:], (19, 0)),
        "both": ([*steady, *burst], (300, 20)),
        "a long jump": (at(*(number / 2 for number in range(60))), (0, 60)),
    }
    wrong = {}
    for name, (times, counts) in cases.items():
        for reason in ("", "wrong"):
            tally = tallied(("memo", reason, moment) for moment in reversed(times))["memo"]
            if (tally.failed if reason else tally.helped, tally.aside) != counts:
                wrong[name, reason] = tally
    assert {} == wrong


def test_few_answers_say_little() -> None:
    cases = {(0, 0): (0.0, 1.0), (1, 0): (0.207, 1.0), (9, 1): (0.596, 0.982), (90, 10): (0.826, 0.945)}
    wrong = {}
    for (helped, failed), (least, most) in cases.items():
        low, high = Tally(helped, {Reason.WRONG: failed} if failed else {}).interval
        if abs(low - least) > 0.001 or abs(high - most) > 0.001:
            wrong[helped, failed] = (low, high)
    assert {} == wrong
