"""Posts too large to hold: they go from file to file, and are the very message they would be in memory."""

import base64
import contextlib
import email
import email.policy
import hashlib
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from web_desk import Clock, MakeDesk
from webserving import GOOD, body_of, opened

from intake.app import Desk, build
from intake.ports import Large, Temporary
from intake.store.upkeep.integrity import IntegrityCheck
from intake.views import ApiKeyRow
from intake.web import body as bodies
from intake.web import keys, make_app
from intake.web.body import read_body
from intake.web.spool import Spool

MIB = 1024 * 1024
# What a process may hold, above what it had, to take 25 MB. It took 200.
MOST = 40 * MIB
KIND = {"Content-Type": "multipart/form-data; boundary=b"}

SERVER = """
import sys, threading
from pathlib import Path
import intake.web.site
from intake.config import settings as config
from intake.app import build
from intake.web import make_app, serve

intake.web.site.FASTEST_SECONDS = 0.0
settings = config.load(Path(sys.argv[1]))
serve(make_app(build(settings)), settings.web, threading.Event(), lambda port: print(port, flush=True))
"""


@pytest.fixture
def stored(make_desk: MakeDesk, clock: Clock) -> Iterator[Desk]:
    desk = build(make_desk("base_url = https://help.example").settings)
    desk.service = replace(desk.service, clock=clock)
    yield desk
    desk.store.close()


def used(pid: int, what: str) -> int:
    """What the kernel says of a process's memory (proc(5)), in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith(what))


@contextlib.contextmanager
def serving(config: Path) -> Iterator[tuple[int, int]]:
    """The form in a process of its own; its port and number."""
    with subprocess.Popen([sys.executable, "-c", SERVER, config], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            yield int(child.stdout.readline()), child.pid
        finally:
            child.kill()


def fill_in(port: int, file: bytes) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as link:
        link.request("GET", "/")
        token = re.search(r'name="token" value="([^"]+)"', link.getresponse().read().decode())
        assert token
        link.request("POST", "/", body_of({"token": token[1], **GOOD}, file), KIND)
        return link.getresponse().status


def files_of(desk: Desk, number: int) -> list[Any]:
    """The parts of a message that hold its files."""
    raw = desk.store.ledger.raw(number) or b""
    parts = email.message_from_bytes(raw, policy=email.policy.default).iter_attachments()
    return [part for part in parts if part.get_filename() != "form.json"]


def test_25_mb_are_taken_without_being_held_in_memory(make_desk: MakeDesk, tmp_path: Path) -> None:
    settings = make_desk().settings
    with serving(tmp_path / "intake.ini") as (port, pid):
        assert 303 == fill_in(port, b"small")
        rest = used(pid, "VmRSS")
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # The peak is counted from here.
        file = os.urandom(25 * MIB - 1000)
        assert 303 == fill_in(port, file)
        peak = used(pid, "VmHWM") - rest

    desk = build(settings)
    raw = desk.store.ledger.raw(2) or b""
    desk.store.close()
    # Not by the email package: it takes ten seconds for it.
    content = base64.b64decode(raw.rpartition(b"base64\r\n\r\n")[2].partition(b"\r\n--")[0])
    assert hashlib.sha256(file).digest() == hashlib.sha256(content).digest()
    assert peak < MOST, f"{peak / MIB:.0f} MB"


def token_of(client: Any, clock: Clock) -> str:
    found = re.search(r'name="token" value="([^"]+)"', client.get("/").text)
    assert found
    clock.forward(seconds=10)
    return found[1]


FILES = {
    "one": (b"\x89PNG\r\n\x1a\n" + os.urandom(700_000),),
    "the second goes over": (os.urandom(300_000), os.urandom(300_000), b"last"),
    "just what memory holds, and more": (os.urandom(bodies.IN_MEMORY), b"x"),
    "empty beside large": (b"", os.urandom(2_000_003)),
    "two large": (os.urandom(1_200_000), os.urandom(1_100_001)),
}


@pytest.mark.parametrize("files", FILES.values(), ids=FILES)
def test_a_large_post_is_the_message_it_would_be_in_memory(
    files: tuple[bytes, ...], stored: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_app(stored, patience=0).test_client()
    data = body_of({"token": token_of(client, clock), **GOOD}, *files)
    statuses = [client.post("/", data=data, headers=KIND).status_code]
    # The same once more, all of it in memory: the ledger knows the same bytes.
    monkeypatch.setattr(bodies, "IN_MEMORY", 100 * MIB)
    statuses.append(client.post("/", data=data, headers=KIND).status_code)

    assert [303, 303] == statuses
    assert 1 == len(stored.store.ledger.list_messages())
    assert list(files) == [part.get_content() for part in files_of(stored, 1)]
    assert [] == list(IntegrityCheck(stored.store.db, stored.store.blobs).faults())


def test_a_large_text_is_known_for_one(stored: Desk, clock: Clock) -> None:
    client = make_app(stored, patience=0).test_client()
    log, cut = ("日志 " * 200_000).encode(), ("日志 " * 200_000).encode()[:-3] + b"\xe6"
    data = body_of({"token": token_of(client, clock), **GOOD}, log, cut, name="app.log")

    assert 303 == client.post("/", data=data, headers=KIND).status_code
    kinds = [part.get_content_type() for part in files_of(stored, 1)]
    assert ["text/plain", "application/octet-stream"] == kinds


def test_a_program_may_send_as_much(stored: Desk) -> None:
    text = keys.make()
    stored.store.web.add_api_key("app", keys.hashed(text), (keys.CREATE,), 10, stored.service.clock())
    client = make_app(stored, patience=0).test_client()
    file = os.urandom(3 * MIB)
    ticket = json.dumps({"email": "ada@example.com", "subject": "s", "message": "m"})
    for _ in range(2):
        answer = client.post(
            "/api/v1/tickets",
            data=body_of({"ticket": ticket}, file),
            headers={**KIND, "Authorization": f"Bearer {text}", "Idempotency-Key": "one"},
        )
        assert 202 == answer.status_code

    assert 1 == len(stored.store.ledger.list_messages())
    assert [file] == [part.get_content() for part in files_of(stored, 1)]


# -- a disk that takes no more ------------------------------------------------------------------


def test_what_does_not_fit_on_the_disk_is_asked_for_again(running: Callable[..., Any]) -> None:
    """Waitress itself collects the post; the page comes back on the same connection, with the text."""
    one = running()
    fields = {"token": opened(one), **GOOD}
    shutil.rmtree(one.desk.settings.desk.data)
    with closing(http.client.HTTPConnection("127.0.0.1", one.port, timeout=30)) as link:
        for size in (3 * MIB, 1000):
            link.request("POST", "/", body_of(fields, b"x" * size), KIND)
            answer = link.getresponse()
            page = answer.read().decode()
            if size > MIB:
                assert (503, "60") == (answer.status, answer.headers["Retry-After"])
                for value in GOOD.values():
                    assert value in page
    assert 303 == answer.status
    assert 1 == len(one.desk.arrivals)


def test_no_room_while_it_is_read_is_told_with_the_text(desk: Any, client: Any, clock: Clock) -> None:
    token = token_of(client, clock)
    shutil.rmtree(desk.settings.desk.data)
    answer = client.post("/", data=body_of({"token": token, **GOOD}, b"x" * 3 * MIB), headers=KIND)

    assert (503, "60") == (answer.status_code, answer.headers["Retry-After"])
    assert "It says no.</textarea>" in answer.text
    assert [] == desk.arrivals


def test_what_fits_into_memory_needs_no_file(desk: Any, client: Any, clock: Clock) -> None:
    token = token_of(client, clock)
    shutil.rmtree(desk.settings.desk.data)
    answer = client.post("/", data=body_of({"token": token, **GOOD}, b"x" * 300_000), headers=KIND)

    assert 303 == answer.status_code


def test_a_program_is_told_to_come_again(make_desk: MakeDesk, clock: Clock) -> None:
    text, found = keys.make(), ApiKeyRow(1, "app", (keys.CREATE,), 10, clock.now, None, None)
    desk = make_desk(clock=clock)
    desk.api_key = lambda hashed: found
    client = make_app(desk, patience=0).test_client()
    shutil.rmtree(desk.settings.desk.data)
    answer = client.post(
        "/api/v1/tickets",
        data=body_of({"ticket": "{}"}, b"x" * 3 * MIB),
        headers={**KIND, "Authorization": f"Bearer {text}"},
    )

    assert (503, "60") == (answer.status_code, answer.headers["Retry-After"])


def test_the_files_of_a_request_are_gone_with_it(stored: Desk, clock: Clock) -> None:
    client = make_app(stored, patience=0).test_client()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        data = body_of({"token": token_of(client, clock), **GOOD, "email": "wrong"}, os.urandom(MIB))
        assert 422 == client.post("/", data=data, headers=KIND).status_code

    assert before == len(os.listdir("/proc/self/fd"))
    kept = [path for path in stored.settings.desk.data.rglob("*") if path.stat().st_size > MIB / 2]
    assert [] == [path for path in kept if "intake.db" not in path.name]


def test_files_beyond_the_limit_are_not_written(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    with closing(spool), (tmp_path / "post").open("w+b") as post:
        post.write(body_of({}, b"x" * (2 * MIB), b"y" * MIB))
        post.seek(0)
        body = read_body(post, "multipart/form-data; boundary=b", MIB, spool)

    assert ({"files_large"}, []) == (body.problems, body.files)
    assert spool.size <= MIB


# -- the store -----------------------------------------------------------------------------------


def test_bytes_that_read_otherwise_the_second_time_are_not_stored(stored: Desk) -> None:
    raw = b"From: a@example.com\r\n\r\n" + b"x" * 2 * MIB
    large = Large(hashlib.sha256(raw).hexdigest(), len(raw), lambda: iter((raw[:-1], b"y")))
    with pytest.raises(Temporary):
        stored.service.receive([arrival(large)])

    assert [] == stored.store.ledger.list_messages()
    assert [] == [one for one in (stored.settings.desk.data / "blobs").rglob("*") if one.is_file()]


def arrival(raw: bytes | Large) -> Any:
    from intake.desk.message import Envelope
    from intake.ports import Arrival

    return Arrival(raw, Envelope("form", "support", "a@example.com"))


@pytest.mark.parametrize("size", [10, 3 * MIB], ids=["a row", "a file"])
def test_a_large_arrival_is_kept_like_any_other(size: int, stored: Desk) -> None:
    raw = b"From: a@example.com\r\n\r\n" + b"x" * size
    large = Large(hashlib.sha256(raw).hexdigest(), len(raw), lambda: iter((raw[:7], raw[7:])))
    first, again = stored.service.receive([arrival(large)]) + stored.service.receive([arrival(raw)])

    assert (False, True, first.ledger_id) == (first.known, again.known, again.ledger_id)
    assert raw == stored.store.ledger.raw(first.ledger_id)
