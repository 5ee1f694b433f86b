"""Sealing on PostgreSQL, where several processes may want it at once (tests/service/test_sealed.py)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from canaries import PHRASE, leaks
from pump import Clock, PumpedDesk
from store_bench import InThreads

from intake.desk.sensitive.opening import Request
from intake.recording.key import valid
from intake.sealed import age
from intake.sealed.keeper import keep_sealed
from intake.sealed.opening import opened
from intake.store.record.sealing import Sealing
from intake.store.record.verifying import Verifying
from intake.store.schema.sealed import SealedCopy
from intake.store.schema.tables import Blob, Entry
from intake.store.upkeep.integrity import IntegrityCheck


@pytest.fixture
def desk(tmp_path: Path, emptied: Callable[[], str]) -> Iterator[PumpedDesk]:
    made = PumpedDesk(tmp_path, "desk.example", Clock(), store=emptied())
    yield made
    made.close()


def test_many_at_once_seal_each_message_once_and_it_opens(desk: PumpedDesk, in_threads: InThreads) -> None:
    recipient, identity = age.new_key()
    database = desk.desk.database
    database.sealed.seal_for(recipient, "admin", "command line", desk.clock())
    desk.write("lin@customer.example", "Help", PHRASE)
    desk.write("bo@customer.example", "Help", f"And mine: {PHRASE}")

    def work(number: int) -> None:
        keep_sealed(desk.desk)
        desk.store.close()

    in_threads(4, work)
    rows = database.db.rows(SealedCopy.select().order_by(SealedCopy.id))
    assert [1, 2] == sorted(row.message for row in rows)
    held = [bytes(row.content or b"").decode("utf-8", "replace") for row in database.db.rows(Blob.select())]
    held += [f"{row.text} {row.full_text}" for row in database.db.rows(Entry.select())]
    assert [] == leaks(" ".join(held))
    finds = desk.store.finds.list_finds()
    assert [PHRASE, PHRASE] == [opened(desk.desk, find.id, identity).value for find in finds]
    assert [] == list(IntegrityCheck(database.db, database.blobs).faults())
    Sealing(database.db, database.blobs).seal_all(desk.clock())
    assert [] == list(Verifying(database.db, database.blobs, valid, pause=0).verify([], True).faults)
    # Of who agrees at once, one does.
    database.sealed.ask(finds[0].id, Request("Anna", "root", "police", desk.clock()))

    def agree(number: int) -> bool:
        done = database.sealed.agree(finds[0].id, f"agent {number}", desk.clock())
        desk.store.close()
        return done

    assert 1 == sum(in_threads(4, agree))
    desk.clock.later(days=31)
    keep_sealed(desk.desk)
    assert [] == database.db.rows(SealedCopy.select())
    assert {"destroyed"} == {find.state for find in desk.store.finds.list_finds()}
