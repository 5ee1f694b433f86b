"""The queue itself, on SQLite and on Redis: it carries row ids, in order, and may be lost."""

import json
import os
import pickle
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from factories import some_settings
from huey import Huey
from huey.registry import Message

from intake.config.sections import QueueSettings, Settings
from intake.ports import Permanent, Temporary, UserError
from intake.queue.app import IdSerializer
from intake.queue.app import make_huey as make_open_huey
from intake.queue.schedule import sweep_once
from intake.queue.tasks import CHUNK, Senders, register
from intake.service.service import Delivered


def config(folder: Path, url: str = "sqlite:///queue.db", address: str = "support@desk.example") -> Settings:
    return replace(some_settings(address=address, data=folder), queue=QueueSettings(url=url))


_made: list[Huey] = []


def make_huey(settings: Any) -> Huey:
    """Make a queue whose connection is closed after the test."""
    _made.append(make_open_huey(settings))
    return _made[-1]


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _made:
        _made.pop().storage.close()


class FakeService:
    """Delivers by a script: row id to an exception, else "sent"."""

    def __init__(self, script: dict[int, Exception] | None = None) -> None:
        self.script, self.delivered = script or {}, list[int]()
        self.due: list[int] = []
        self.broken: Exception | None = None

    def deliver(self, one: int, session: Any, claimed: object, following: int | None) -> Delivered:
        self.delivered.append(one)
        if one in self.script:
            raise self.script[one]
        return Delivered("sent")

    def tick(self, **_: object) -> list[int]:
        if self.broken:
            raise self.broken
        return self.due


class FakeDesk:
    """What Senders need of a desk."""

    def __init__(self, service: FakeService) -> None:
        self.service, self.sessions, self.closed = service, 0, list[str]()
        self.store = SimpleNamespace(close=lambda: self.closed.append("store"))

    def session(self) -> Any:
        self.sessions += 1
        return SimpleNamespace(close=lambda: self.closed.append("session"))


def senders(service: FakeService, stop: threading.Event | None = None) -> Senders:
    desk: Any = FakeDesk(service)
    return Senders(desk, stop or threading.Event())


@pytest.fixture(params=["sqlite", "redis"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """The config of a queue of each kind."""
    if request.param == "sqlite":
        return config(tmp_path)
    return config(tmp_path, request.getfixturevalue("redis_url"))


@pytest.fixture
def huey(either: Any) -> Huey:
    return make_huey(either)


def work_off(huey: Huey) -> int:
    """Run what is queued, as a consumer would; return how many jobs there were."""
    jobs = 0
    while huey.pending_count():
        huey.execute(huey.dequeue())
        jobs += 1
    return jobs


def test_rows_are_delivered_in_order_and_in_small_jobs(huey: Huey) -> None:
    service = FakeService()
    tasks = register(huey, senders(service))

    tasks.wake(range(50))
    tasks.wake([77])

    assert 5 == huey.pending_count()
    assert 5 == work_off(huey)
    assert [*range(50), 77] == service.delivered


@pytest.mark.parametrize(("rows", "jobs"), [(1, 1), (5, 1), (6, 2), (20, 4), (60, 4), (81, 5), (200, 10)])
def test_the_rows_of_one_batch_are_shared_out_among_several_senders(huey: Huey, rows: int, jobs: int) -> None:
    register(huey).wake(range(rows))

    assert jobs == huey.pending_count()
    assert CHUNK == 20


def test_waking_with_nothing_asks_for_nothing(huey: Huey) -> None:
    register(huey).wake([])

    assert 0 == huey.pending_count()


def test_one_process_asks_and_another_works(either: Any) -> None:
    register(make_huey(either)).wake([1, 2])
    service, working = FakeService(), make_huey(either)
    register(working, senders(service))
    work_off(working)

    assert [1, 2] == service.delivered


def test_two_desks_can_share_a_redis(tmp_path: Path, redis_url: str) -> None:
    one, other = config(tmp_path, redis_url), config(tmp_path, redis_url, "help@other.example")
    register(make_huey(one)).wake([1])

    assert (1, 0) == (make_huey(one).pending_count(), make_huey(other).pending_count())


def test_who_only_asks_cannot_work(huey: Huey) -> None:
    register(huey).wake([1])
    job = huey.dequeue()

    with pytest.raises(RuntimeError, match="must not run"):
        job.execute()


def test_no_results_are_kept(huey: Huey) -> None:
    register(huey, senders(FakeService())).wake([1])
    work_off(huey)

    assert 0 == huey.result_count()


@pytest.mark.parametrize(
    "payload",
    [
        pickle.dumps(Message("1", "intake.queue.tasks.deliver", args=([1],), kwargs={})),
        b"{}",
        b"[]",
        b"\xff",
        json.dumps(["1", "intake.queue.tasks.deliver", ["1"]]).encode(),
        json.dumps(["1", "intake.queue.tasks.deliver", [True]]).encode(),
        json.dumps(["1", "intake.queue.tasks.deliver", {"ids": 1}]).encode(),
        json.dumps([1, 2, 3]).encode(),
        json.dumps(["1", "os.system", [1]]).encode(),
        json.dumps(["1", "intake.queue.tasks.settle", [1]]).encode(),
    ],
    ids=[
        "pickle",
        "object",
        "empty",
        "bytes",
        "text",
        "bool",
        "mapping",
        "numbers",
        "unknown job",
        "a job of an older release",
    ],
)
def test_a_strange_job_runs_nothing_and_the_next_one_does(huey: Huey, payload: bytes) -> None:
    service = FakeService()
    tasks = register(huey, senders(service))
    huey.storage.enqueue(payload)
    tasks.wake([5])

    with pytest.raises(Exception, match=r".*"):
        huey.dequeue()
    work_off(huey)

    assert [5] == service.delivered


def test_a_job_is_plain_json() -> None:
    data = IdSerializer().serialize(Message("job", "deliver", args=([1, 2],), kwargs={}))

    assert ["job", "deliver", [1, 2]] == json.loads(data)


def test_a_failing_row_does_not_stop_the_rest() -> None:
    service = FakeService({2: Temporary("database is locked"), 3: ValueError("a bug"), 4: Permanent("x")})

    assert 2 == senders(service).deliver([1, 2, 3, 4, 5])
    assert [1, 2, 3, 4, 5] == service.delivered


def test_after_a_stop_nothing_more_is_begun() -> None:
    stop = threading.Event()
    service = FakeService()
    sending = senders(service, stop)
    stop.set()

    assert 0 == sending.deliver([1, 2])
    assert [] == service.delivered


def test_each_thread_keeps_one_session_and_closes_its_own() -> None:
    service = FakeService()
    desk = FakeDesk(service)
    any_desk: Any = desk
    sending = Senders(any_desk, threading.Event())

    def work() -> None:
        sending.deliver([1])
        sending.deliver([2])
        sending.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 2 == desk.sessions
    assert ["session", "session", "store", "store"] == sorted(desk.closed)


@pytest.mark.parametrize("trouble", [Temporary("locked"), ValueError("a bug")])
def test_the_sweep_survives_trouble_and_pauses(trouble: Exception) -> None:
    service = FakeService()
    desk: Any = FakeDesk(service)
    sending = Senders(desk, threading.Event())
    service.broken = trouble
    assert sweep_once(desk, sending) is False

    service.broken, service.due = None, [1, 2]
    assert sweep_once(desk, sending) is True
    service.script = {1: Temporary("locked"), 2: Temporary("locked")}
    assert sweep_once(desk, sending) is False
    assert [1, 2, 1, 2] == service.delivered


# -- the file --------------------------------------------------------------------------


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        register(make_huey(config(tmp_path / "data"))).wake([1])
    finally:
        os.umask(before)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()}
    assert {0o600} == set(modes.values())
    assert 0o700 == stat.S_IMODE((tmp_path / "data").stat().st_mode)


def test_a_deleted_file_is_made_anew_by_whoever_comes_first(tmp_path: Path) -> None:
    asking, working = make_huey(config(tmp_path)), make_huey(config(tmp_path))
    service = FakeService()
    asks = register(asking)
    register(working, senders(service))
    asks.wake([1])
    work_off(working)
    for path in tmp_path.iterdir():
        path.unlink()

    asks.wake([2])
    work_off(working)

    assert [1, 2] == service.delivered


def test_a_damaged_file_is_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "queue.db").write_bytes(b"this is no database" * 500)

    register(make_huey(config(tmp_path))).wake([1])

    assert 1 == make_huey(config(tmp_path)).pending_count()


def test_a_folder_that_cannot_be_used_is_said_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(UserError, match=r"\[queue\] url: .* cannot be used"):
        make_huey(config(tmp_path / "file"))


def test_an_absolute_path_is_taken_as_it_stands(tmp_path: Path) -> None:
    make_huey(config(tmp_path / "data", f"sqlite:///{tmp_path}/elsewhere.db"))

    assert (tmp_path / "elsewhere.db").exists()


def test_a_redis_that_is_away_fails_quickly(tmp_path: Path) -> None:
    tasks = register(make_huey(config(tmp_path, f"unix://{tmp_path}/nobody.sock")))

    with pytest.raises(Exception, match=r"(?i)no such file"):
        tasks.wake([1])
