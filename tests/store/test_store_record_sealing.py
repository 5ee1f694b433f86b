"""What the record is owed: noted in the transaction that writes it, sealed by one, at any time later."""

import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from record_store import Recorded, recorded
from store_bench import KEY, NOW, InThreads

from intake.desk.effects import Record, Redact
from intake.desk.record.leaf import AGENT, FIND, KINDS
from intake.store import open_store
from intake.store.record.sealing import AT_ONCE, Sealing
from intake.store.schema.record import RecordDue
from intake.store.upkeep.erasure import Erasing


@pytest.fixture(params=["sqlite", "postgres"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Recorded]:
    url = "sqlite:///intake.db" if request.param == "sqlite" else request.getfixturevalue("emptied")()
    with recorded(request.param, url, tmp_path) as made:
        yield made


def owed(desk: Recorded) -> list[tuple[str, int]]:
    query = RecordDue.select(RecordDue.kind, RecordDue.number).order_by(RecordDue.id)
    return [tuple(row) for row in desk.store.db.rows(query.tuples())]


def test_what_is_written_is_owed_before_anybody_can_be_killed_after_it(desk: Recorded) -> None:
    desk.history(1)
    # Nothing ran since the commits: no sealer, no job.
    assert {kind for kind, _ in owed(desk)} == {*KINDS} - {FIND, AGENT}


@pytest.mark.parametrize("act", ["audit", "receive", "apply", "sent", "erase"])
def test_what_is_owed_is_part_of_the_transaction_and_not_done_after_it(
    desk: Recorded, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.history(1)
    raw = b"Subject: more\r\n\r\nIt smokes.\r\n"
    message = desk.bench.receive(raw) if act == "apply" else 0
    outbox = desk.bench.claim(desk.bench.owe("one")) if act == "sent" else None
    desk.seal()
    seen: list[int] = []
    commit = type(desk.store.db.database).commit

    def at_commit(database: Any) -> Any:
        # The last moment at which a kill leaves nothing: what is not there now would come after it.
        seen.append(database.execute_sql("SELECT COUNT(*) FROM record_due").fetchone()[0])
        return commit(database)

    monkeypatch.setattr(type(desk.store.db.database), "commit", at_commit)
    if act == "audit":
        desk.store.upkeep.record_audit("Anna", "looked", NOW)
    elif act == "receive":
        desk.bench.receive(raw)
    elif act == "apply":
        desk.bench.apply(*desk.bench.opening(), ledger_id=message, message=desk.bench.message(raw))
    elif outbox is not None:
        with desk.store.transaction():
            assert desk.store.outbox.sent(outbox, NOW)
    else:
        Erasing(desk.store.db, desk.store.blobs).erase([1], "", [], KEY, "Anna", NOW)
    monkeypatch.undo()
    assert seen
    assert seen[0] > 0


def test_what_is_undone_is_not_owed(desk: Recorded) -> None:
    def fails() -> None:
        with desk.store.transaction():
            desk.store.upkeep.record_audit("Anna", "looked", NOW)
            assert [("audit", 1)] == owed(desk)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert [] == owed(desk)


def test_a_part_that_fails_alone_is_not_owed(desk: Recorded) -> None:
    with desk.store.transaction():
        desk.store.upkeep.record_audit("Anna", "looked", NOW)
        with suppress(ZeroDivisionError), desk.store.savepoint():
            desk.store.upkeep.record_audit("Ben", "looked", NOW)
            raise ZeroDivisionError
    assert 1 == len(owed(desk))


def test_the_record_begins_with_what_was_there_and_says_nothing_of_it(desk: Recorded) -> None:
    desk.history()
    # As an older version left it.
    desk.sql("DELETE FROM record_due")
    desk.store.upkeep.record_audit("Anna", "upgraded", NOW)
    desk.seal()
    assert [] == desk.verify(full=True).faults
    assert ["begin", "audit"] == [
        row[0] for row in desk.store.db.many("SELECT kind FROM record_row ORDER BY seq")
    ]
    desk.sql("UPDATE audit SET who = 'Ben' WHERE id = 1")
    assert [] == desk.verify(full=True).faults
    desk.sql("UPDATE audit SET who = 'Ben' WHERE id = 4")
    assert desk.verify(full=True).faults


def test_many_rows_are_sealed_some_at_a_time(desk: Recorded) -> None:
    with desk.store.transaction():
        for number in range(AT_ONCE + 7):
            desk.store.upkeep.record_audit("Anna", f"looked at {number}", NOW)
    sealing = Sealing(desk.store.db, desk.store.blobs)
    assert [AT_ONCE, 7, 0] == [sealing.seal(NOW).rows for _ in range(3)]
    assert 0 == sealing.owed()
    assert [] == desk.verify(full=True).faults


def test_of_large_mails_none_is_held_to_be_sealed_and_checked(desk: Recorded) -> None:
    size = 4 << 20
    desk.history(6)
    content = "zeroblob({})" if desk.bench.engine == "sqlite" else "convert_to(repeat('x', {}), 'UTF8')"
    desk.sql(f"UPDATE outbox SET mime = {content.format(size)}")
    tracemalloc.start()
    try:
        desk.seal()
        assert [] == desk.verify(full=True).faults
        held = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # One at a time, at most twice.
    assert held < 3 * size


def test_several_sealers_make_one_record(desk: Recorded, in_threads: InThreads) -> None:
    desk.history(5)
    count = len(owed(desk))

    def seal(number: int) -> int:
        store = open_store(desk.bench.url, desk.bench.data, tombstone_key=KEY)
        try:
            return Sealing(store.db, store.blobs).seal_all(NOW).rows
        finally:
            store.close()

    assert count == sum(in_threads(4, seal))
    assert [] == desk.verify(full=True).faults


def test_what_is_erased_before_it_is_sealed_is_gone_and_green(desk: Recorded) -> None:
    desk.history(1)
    Erasing(desk.store.db, desk.store.blobs).erase([1], "ann@customer.example", [], KEY, "Anna", NOW)
    desk.seal()
    verified = desk.verify(full=True)
    assert [] == verified.faults
    assert verified.gone


def test_an_erasure_takes_the_values_and_leaves_the_chain(desk: Recorded) -> None:
    desk.history()
    desk.store.upkeep.record_audit("Anna", "wrote to ann@customer.example", NOW)
    left = desk.checkpoint()
    erasing = Erasing(desk.store.db, desk.store.blobs)
    erasing.erase([1], "ann@customer.example", [], KEY, "Anna", NOW)
    # Between the erasure and the sealer: nothing is wrong, and the salts are gone already.
    assert [] == desk.verify(left, full=True).faults
    kept = desk.store.db.many("SELECT salts FROM record_row WHERE kind = 'sent'")
    assert {""} == {salts for (salts,) in kept}
    desk.seal()
    verified = desk.verify(left, full=True)
    assert [] == verified.faults
    assert (verified.gone > 0, verified.changed > 0) == (True, True)
    bodies = " ".join(row[0] for row in desk.store.db.many("SELECT body || salts FROM record_row"))
    assert "customer.example" not in bodies.lower()


def test_retention_keeps_it_green(desk: Recorded) -> None:
    desk.history()
    desk.checkpoint()
    Erasing(desk.store.db, desk.store.blobs).erase([1, 2], "", [3], KEY, "retention", NOW)
    desk.seal()
    assert [] == desk.verify(full=True).faults


def test_a_redaction_keeps_it_green_and_says_so(desk: Recorded) -> None:
    desk.history()
    left = desk.checkpoint()
    desk.bench.apply(Redact(1, "Anna", ("smokes",)), Record("Anna", "command line", "#redact", 1))
    assert [] == desk.verify(left, full=True).faults
    desk.seal()
    verified = desk.verify(left, full=True)
    assert [] == verified.faults
    assert verified.changed
    desk.sql("UPDATE audit SET what = 'slept' WHERE what = '#redact'")
    assert any("redacted by act 1" in fault for fault in desk.verify(full=True).faults)
