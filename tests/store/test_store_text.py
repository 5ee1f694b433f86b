"""What is stored is the same on both engines, whatever a mail holds."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from store_bench import Bench

from intake.desk.effects import AddEntry, Mail, MailKind
from intake.desk.message import Address
from intake.desk.ticket import EntryKind
from intake.store.schema.fields import LONGEST_KEY, Key, Moment, clean

LONG = "x" * 3000
BAD = "a\x00b\ud800c\udfffd"
GOOD = "a\ufffdb\ufffdc\ufffdd"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("naïve 退款 😀 \u202e", "naïve 退款 😀 \u202e"),
        (BAD, GOOD),
    ],
)
def test_only_what_cannot_be_stored_is_replaced(text: str, expected: str) -> None:
    assert expected == clean(text)


def test_nul_and_surrogates_end_alike_in_every_column(bench: Bench) -> None:
    evil = Address(f"{BAD}@x.example", BAD)
    message = bench.message(b"m", subject=BAD, sender=evil, message_id=BAD, defects=(BAD,), fingerprint=BAD)
    ledger_id = bench.store.ledger.receive([bench.arrival(b"m", sender=BAD, recipients=(BAD,))], bench.now)[
        0
    ].ledger_id
    (row,) = bench.store.ledger.begin([ledger_id], bench.now)
    assert (GOOD, (GOOD,)) == (row.envelope.sender, row.envelope.recipients)
    effects = bench.opening()
    bench.apply(
        *effects[:-1],
        AddEntry(None, EntryKind.NOTE, evil, BAD, BAD),
        effects[-1],
        ledger_id=1,
        message=message,
    )
    bench.store.ledger.postpone(1, BAD, bench.now)
    shown = bench.store.ledger.message(1)
    assert (GOOD, f"{GOOD}@x.example", GOOD, (GOOD,)) == (
        shown.subject,
        shown.sender,
        shown.message_id,
        shown.defects,
    )
    entry = bench.store.tickets.entries(1)[1]
    assert (GOOD, GOOD, GOOD) == (entry.text, entry.full_text, entry.author_name)
    facts = bench.facts(bench.message(b"n", in_reply_to=(BAD,), fingerprint=BAD))
    assert (1, 1) == (facts.by_stored_id.ticket.id, facts.duplicate_of), "and they are found again"


def test_ids_and_addresses_too_long_for_an_index_do_no_harm(bench: Bench) -> None:
    """A PostgreSQL index refuses entries above 2704 bytes, and the whole message with it."""
    number = bench.open(message_id=LONG, fingerprint=LONG)
    long = Address(f"{LONG}@x.example")
    outbox_id = bench.apply(Mail(MailKind.STATUS, number, long, f"status:{LONG}")).outbox_ids[0]
    assert () == bench.apply(Mail(MailKind.STATUS, number, long, f"status:{LONG}")).outbox_ids
    assert long.mailbox == bench.claim(outbox_id).mail.rcpt
    facts = bench.facts(bench.message(b"x", sender=long, in_reply_to=(LONG,), fingerprint=LONG))
    assert (1, 1, None) == (facts.automatic_last_day, facts.duplicate_of, facts.by_stored_id)
    assert ("out-1@desk.example",) == bench.store.tickets.get(number).message_ids


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("x" * LONGEST_KEY, True),
        ("x" * (LONGEST_KEY + 1), False),
        ("é" * (LONGEST_KEY // 2), True),
        ("é" * (LONGEST_KEY // 2 + 1), False),
    ],
    ids=["at the limit", "one above", "two octets each, at the limit", "two octets each, one above"],
)
def test_a_key_above_the_limit_stands_as_its_digest(text: str, kept: bool) -> None:
    stored = Key().db_value(text)
    assert kept == (stored == text)
    assert kept or len("sha256:") + 64 == len(stored)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=2))),
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
)
def test_a_moment_comes_back_to_the_microsecond_in_utc(bench: Bench, moment: datetime) -> None:
    bench.store.mailboxes.seen("support", moment)
    back = bench.store.mailboxes.states()[0].last_success
    assert (moment, UTC) == (back, back.tzinfo)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        Moment().db_value(datetime(2026, 3, 1))  # noqa: DTZ001
