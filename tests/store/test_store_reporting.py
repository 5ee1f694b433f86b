"""What reports are counted from, on both engines."""

from datetime import datetime, timedelta

from engines import ON_SQL
from store_bench import Bench

from intake.desk.effects import Amend, Assign, SetStatus
from intake.desk.report import BROKEN, KEPT, NO_PROMISE, SILENT, Columns
from intake.desk.sla_effects import SetPromises
from intake.desk.sla_target import PromiseState, SlaTarget, Target
from intake.desk.ticket import Status
from intake.store.reporting import Reporting
from intake.store.schema.tables import Survey

HOUR = timedelta(hours=1)


def read(bench: Bench, hours: int = 24) -> Columns:
    since = bench.now - timedelta(hours=hours)
    reading = Reporting(bench.store.db, bench.store.blobs)
    chunks = [columns for _, columns in reading.chunks(since, bench.now + HOUR, bench.now)]
    assert len(chunks) <= 1
    return chunks[0] if chunks else Columns(*((),) * 10)


@ON_SQL
def test_an_empty_store_has_nothing_to_count(bench: Bench) -> None:
    assert 0 == len(read(bench).opened)


@ON_SQL
def test_a_ticket_is_read_with_who_when_and_how(bench: Bench) -> None:
    number = bench.open()
    anna = bench.store.agents.add("anna@desk.example", "Anna", (), bench.now)
    opened = bench.now
    bench.later(minutes=30)
    bench.apply(
        Assign(number, anna, "wallets"),
        Amend(number, {"category": "security", "first_response_at": bench.now}),
    )
    bench.later(minutes=30)
    bench.apply(SetStatus(number, Status.CLOSED))
    found = read(bench)
    assert (
        [int(opened.timestamp())],
        ["wallets"],
        ["Anna"],
        ["security"],
        ["en"],
        ["imap"],
        [1800],
        [3600],
        [NO_PROMISE],
    ) == tuple(
        list(one)
        for one in (
            found.opened,
            found.team,
            found.agent,
            found.category,
            found.language,
            found.channel,
            found.answered,
            found.resolved,
            found.promise,
        )
    )
    reading = Reporting(bench.store.db, bench.store.blobs)
    assert [int(bench.now.timestamp())] == reading.closings(opened, bench.now + HOUR, number + 1)
    assert [] == reading.closings(opened, bench.now + HOUR, number)
    assert [(number, "Printer", "security")] == reading.subjects(opened, bench.now)


def promised(state: PromiseState, due: datetime) -> SlaTarget:
    hour = timedelta(hours=1)
    return SlaTarget(Target.FIRST_RESPONSE, "normal", hour, due - hour, due - hour, hour, due, state)


@ON_SQL
def test_promises_are_kept_broken_or_still_open(bench: Bench) -> None:
    due = bench.now + HOUR
    states = {
        "kept": [PromiseState.KEPT, PromiseState.RUNNING],
        "broken": [PromiseState.KEPT, PromiseState.BROKEN],
        "over": [PromiseState.RUNNING],
        "dropped": [PromiseState.DROPPED],
        "none": [],
    }
    numbers = {name: bench.open(name.encode()) for name in states}
    for name, each in states.items():
        later = due if name == "over" else due + 9 * HOUR
        bench.apply(SetPromises(numbers[name], tuple(promised(state, later) for state in each)))
    bench.later(hours=2)
    assert [KEPT, BROKEN, BROKEN, NO_PROMISE, NO_PROMISE] == list(read(bench).promise)


@ON_SQL
def test_spam_merged_and_other_days_tickets_are_not_counted(bench: Bench) -> None:
    bench.open(b"old")
    bench.later(days=3)
    spam, merged, kept = (bench.open(raw) for raw in (b"spam", b"merged", b"kept"))
    bench.apply(Amend(spam, {"spam": True}), Amend(merged, {"merged_into": kept}))
    assert 1 == len(read(bench).opened)
    assert 2 == len(read(bench, hours=24 * 4).opened)


@ON_SQL
def test_a_survey_counts_by_its_last_answer_or_as_silence(bench: Bench) -> None:
    for raw, score in ((b"good", 5), (b"silent", None)):
        number = bench.open(raw)
        bench.store.db.run(
            Survey.insert(ticket=number, closing=1, closed_at=bench.now, asked_at=bench.now, score=score)
        )
    assert [5, SILENT] == list(read(bench).survey)


def test_a_mail_of_no_ticket_is_owed_once(bench: Bench) -> None:
    from intake.desk.effects import MailKind, Outgoing

    mail = Outgoing(
        MailKind.ALERT, "", "lead@desk.example", "report-1@desk.example", b"Subject: report\r\n\r\n"
    )
    number = bench.store.outbox.owe(mail, "report:week:1", bench.now)
    assert number is not None
    assert bench.store.outbox.owe(mail, "report:week:1", bench.now) is None
    assert [number] == bench.store.outbox.due(bench.now, 10)
    claimed = bench.claim(number)
    assert (mail.raw, None) == (claimed.mail.raw, claimed.ticket_id)
    assert bench.store.outbox.sent(claimed, bench.now)
    assert [] == bench.faults()
