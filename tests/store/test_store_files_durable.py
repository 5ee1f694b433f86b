"""No row before its file is durable, none without its file, and no file of what is gone."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from s3_door import Door, bucket_of
from store_bench import KEY, NOW, Bench

from intake.desk.message import Attachment
from intake.ports import NotKept, Temporary
from intake.store import SqlStore, open_store
from intake.store.blobs import LARGEST_ROW, ORPHAN, digest
from intake.store.files import Files
from intake.store.files.folder import Folder
from intake.store.redaction import Redaction
from intake.store.schema.tables import Blob, Message, Meta
from intake.store.upkeep.erasure import Erasing
from intake.store.upkeep.integrity import IntegrityCheck
from intake.store.upkeep.orphans import Orphans
from intake.testing.s3 import SEEN, S3Server

LARGE = b"l" * (LARGEST_ROW + 1)
NAME = digest(LARGE)


@pytest.fixture(params=["sqlite", "postgres"])
def desk(request: pytest.FixtureRequest, files: Files, tmp_path: Path) -> Iterator[Bench]:
    """A store on each engine, whose large files lie in a folder or in a bucket."""
    url = "sqlite:///intake.db" if request.param == "sqlite" else request.getfixturevalue("emptied")()
    store = open_store(url, tmp_path, tombstone_key=KEY, files=files)
    yield Bench(store, url, tmp_path, request.param)
    store.close()


@pytest.fixture
def by_door(door: Door, bucket: Path, tmp_path: Path) -> Iterator[Bench]:
    """A store whose bucket is behind a door that can be made to fail."""
    files = bucket_of(door, bucket.name)
    store = open_store("sqlite:///intake.db", tmp_path, tombstone_key=KEY, files=files)
    yield Bench(store, "sqlite:///intake.db", tmp_path)
    store.close()


def another(desk: Bench) -> SqlStore:
    """Return the store as another process has it, which remembers nothing of its files."""
    files = desk.store.blobs.files
    same: Files = Folder(files.folder) if isinstance(files, Folder) else type(files)(files.place)
    return open_store(desk.url, desk.data, tombstone_key=KEY, files=same)


def rows_of(store: SqlStore) -> tuple[int, int]:
    return tuple(len(store.db.rows(table.select().tuples())) for table in (Message, Blob))


@contextmanager
def another_connection(desk: Bench) -> Iterator[SqlStore]:
    """The database as somebody else has it, who does not wait for a lock."""
    store = open_store(desk.url, desk.data)
    store.db.sql("PRAGMA busy_timeout = 1")
    yield store
    store.close()


@contextmanager
def during(files: Any, call: str, do: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have something done by somebody else right before a call of `files`, once."""
    whole, todo = getattr(files, call), [do]

    def called(*args: Any) -> Any:
        while todo:
            todo.pop()()
        return whole(*args)

    with monkeypatch.context() as patched:
        patched.setattr(files, call, called)
        yield
    assert not todo, f"{call} was called"


def test_the_bytes_are_written_before_any_row_says_so(desk: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    other, seen = another(desk), []
    files = desk.store.blobs.files
    with during(files, "write", lambda: seen.append(rows_of(other)), monkeypatch):
        desk.receive(LARGE)
    assert [(0, 0)] == seen
    assert LARGE == other.blobs.files.read(NAME)
    assert (1, 1) == rows_of(other)
    other.close()


def test_a_file_that_cannot_be_written_leaves_no_row_and_its_neighbours_are_received(
    by_door: Bench, door: Door
) -> None:
    arrivals = [by_door.arrival(raw, uid=uid) for uid, raw in enumerate((b"before", LARGE, b"after"))]
    door.answer = lambda method, path: (503, b"<Error><Code>SlowDown</Code></Error>")
    with pytest.raises(NotKept):
        by_door.store.ledger.receive(arrivals, NOW)
    assert (0, 0) == rows_of(by_door.store)
    for arrival in (arrivals[0], arrivals[2]):
        by_door.store.ledger.receive([arrival], NOW)
    door.answer = lambda method, path: None
    received = by_door.store.ledger.receive(arrivals, NOW)
    assert [True, False, True] == [got.known for got in received]
    assert LARGE == by_door.store.blobs.files.read(NAME)
    assert [] == by_door.faults()


def test_a_file_that_cannot_be_read_delays_only_its_own_message(by_door: Bench, door: Door) -> None:
    for raw in (LARGE, b"neighbour"):
        by_door.receive(raw)
    door.answer = lambda method, path: (403, b"")
    assert [2] == [row.ledger_id for row in by_door.store.ledger.begin([1, 2], NOW)]
    row = by_door.store.ledger.message(1)
    assert 0 == row.attempts
    assert "`intake check` tells what is wrong with the bucket" in row.reason
    door.answer = lambda method, path: None
    by_door.later(hours=1)
    assert [LARGE] == [row.raw for row in by_door.store.ledger.begin([1], by_door.now)]


def test_nothing_is_asked_of_the_bucket_while_the_database_is_locked(by_door: Bench, door: Door) -> None:
    locked: list[bool] = []

    def answer(method: str, path: str) -> None:
        try:
            with another_connection(by_door) as other, other.transaction():
                locked.append(False)
        except Temporary:
            locked.append(True)

    file = Attachment("a.bin", "application/octet-stream", LARGE)
    message = by_door.message(b"mail", attachments=(file,))
    ledger_id = by_door.receive(b"mail")
    door.answer = answer
    by_door.store.ledger.keep_files(message.attachments)
    by_door.apply(*by_door.opening(), ledger_id=ledger_id, message=message)
    assert [False, False] == locked, "looked at and written, before"
    assert LARGE == by_door.store.blobs.files.read(NAME)


def test_an_orphan_goes_when_it_is_old_and_what_is_named_stays(
    desk: Bench, lies: Callable[[str], Path]
) -> None:
    files = desk.store.blobs.files
    desk.receive(LARGE)
    for content in (b"old", b"young"):
        files.write(digest(content), content)
    for name in (NAME, digest(b"old")):
        os.utime(lies(name), (1000, 1000))
    time.sleep(SEEN)
    orphans = Orphans(desk.store.db, desk.store.blobs)
    assert [digest(b"old")] == list(orphans.orphan_files())
    assert 1 == orphans.remove_orphan_files()
    assert {NAME, digest(b"young")} == {file.name for file in files.each()}
    assert 0 == orphans.remove_orphan_files()
    assert [] == desk.faults()


def test_who_receives_it_while_it_is_removed_writes_it_anew(
    desk: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.store.blobs.files.write(NAME, LARGE)
    other, received = another(desk), threading.Event()

    def receive() -> None:
        other.ledger.receive([desk.arrival(LARGE)], NOW)
        other.close()
        received.set()

    worker = threading.Thread(target=receive)

    def meanwhile() -> None:
        worker.start()
        assert not received.wait(0.3), "it waits until that is done"

    with during(desk.store.blobs.files, "remove", meanwhile, monkeypatch):
        assert 1 == Orphans(desk.store.db, desk.store.blobs).remove_orphan_files(0)
    worker.join(20)
    assert received.is_set()
    assert [] == desk.faults()
    assert LARGE == desk.store.ledger.raw(1)


def test_who_wrote_it_before_it_was_removed_does_not_name_it(desk: Bench) -> None:
    other = another(desk)
    other.blobs.write_large({NAME: LARGE})
    assert 1 == Orphans(desk.store.db, desk.store.blobs).remove_orphan_files(0)
    with pytest.raises(Temporary, match="written anew"), other.transaction():
        other.blobs.put_rows({NAME: LARGE})
    assert (0, 0) == rows_of(desk.store)
    other.ledger.receive([desk.arrival(LARGE)], NOW)
    other.close()
    assert [] == desk.faults()
    assert LARGE == desk.store.ledger.raw(1)


def test_who_wants_what_is_to_go_keeps_it(desk: Bench) -> None:
    desk.store.blobs.files.write(NAME, LARGE)
    with desk.store.transaction():
        desk.store.blobs.owe_removal([NAME], ORPHAN)
    desk.receive(LARGE)
    assert [] == desk.store.blobs.remove_owed()
    assert [] == desk.faults()


def test_what_is_erased_is_erased_there_too(desk: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.receive(LARGE)
    files, other = desk.store.blobs.files, another(desk)
    rows: list[object] = []
    with during(files, "remove", lambda: rows.append(other.ledger.message(1)), monkeypatch):
        Erasing(desk.store.db, desk.store.blobs).erase([], "", [1], KEY, "root", NOW)
    other.close()
    assert [None] == rows, "after the commit"
    assert [] == list(files.each())


def test_what_the_bucket_did_not_remove_is_removed_another_time(by_door: Bench, door: Door) -> None:
    by_door.receive(LARGE)
    door.answer = lambda method, path: (403, b"") if method == "DELETE" else None
    erasing = Erasing(by_door.store.db, by_door.store.blobs)
    erasing.erase([], "", [1], KEY, "root", NOW)
    with pytest.raises(Temporary, match="s3:DeleteObject"):
        erasing.scrub()
    assert erasing.unfinished()
    assert by_door.store.ledger.message(1) is None
    assert [NAME] == [file.name for file in by_door.store.blobs.files.each()]
    door.answer = lambda method, path: None
    erasing.scrub()
    assert [] == list(by_door.store.blobs.files.each())


def test_a_redaction_stands_though_the_bucket_does_not_remove_the_file(by_door: Bench, door: Door) -> None:
    secret = b"card 4111 1111 1111 1111 " + LARGE
    by_door.open(b"mail", attachments=(Attachment("a.txt", "text/plain", secret),))
    door.answer = lambda method, path: (403, b"") if method == "DELETE" else None
    with by_door.store.transaction():
        said, _ = Redaction(by_door.store.db, by_door.store.blobs).redact(
            1, ["4111 1111 1111 1111"], KEY, NOW
        )
    assert said.startswith("redacted: ")
    (file,) = by_door.store.tickets.entries(1)[0].files
    assert file.sha256 != digest(secret)
    files = by_door.store.blobs.files
    assert {file.sha256, digest(secret)} == {one.name for one in files.each()}
    door.answer = lambda method, path: None
    Erasing(by_door.store.db, by_door.store.blobs).remove_files()
    assert [file.sha256] == [one.name for one in files.each()]
    assert [] == by_door.faults()


def test_that_a_file_went_is_remembered_for_an_hour(desk: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.receive(LARGE)
    Erasing(desk.store.db, desk.store.blobs).erase([], "", [1], KEY, "root", NOW)
    asked = Meta.select(Meta.name).where(Meta.name.contains(NAME)).tuples()
    assert 1 == len(desk.store.db.rows(asked))
    monkeypatch.setattr("intake.store.blobs._REMEMBERED", -1)
    desk.store.blobs.remove_owed()
    assert [] == desk.store.db.rows(Meta.select().tuples().where(Meta.name.contains(NAME)))


def test_a_listing_tells_what_is_missing_or_of_another_size(
    s3: S3Server, bucket: Path, tmp_path: Path
) -> None:
    store = open_store("sqlite:///intake.db", tmp_path, files=bucket_of(s3, bucket.name))
    bench = Bench(store, "sqlite:///intake.db", tmp_path)
    others = [b"%d" % number * (LARGEST_ROW + 1) for number in range(3)]
    for raw in (LARGE, *others, b"small"):
        bench.receive(raw)
    check = IntegrityCheck(store.db, store.blobs)
    assert [] == list(check.faults(download=False))
    store.blobs.files.remove(NAME)
    short, rotten = (bucket / "desk/files" / digest(raw)[:2] / digest(raw) for raw in others[:2])
    short.write_bytes(b"short")
    rotten.write_bytes(b"x" * len(others[1]))
    time.sleep(SEEN)
    wrong = {f"blob {NAME} is missing in the bucket"}
    wrong.add(f"blob {short.name} does not hold the bytes it is named after")
    assert wrong == set(check.faults(download=False))
    assert 3 == len(list(check.faults()))
    store.close()
