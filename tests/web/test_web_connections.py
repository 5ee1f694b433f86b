"""Visitors who dawdle, by the thousand: the form goes on for everybody else."""

import contextlib
import http.client
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from web_desk import Run
from webserving import GOOD, body_of, opened

from intake.web import connections, server
from intake.web.connections import GRACE_SECONDS, HEADER_SECONDS, PER_SOURCE, SLOWEST, Pace, in_the_way

MANY = 1100
HOST = b"Host: localhost\r\n"
POST = b"POST / HTTP/1.1\r\n" + HOST
# What is said at once, and the drops that follow.
DRIPS = {
    "nothing at all": (b"", b""),
    "a header": (POST + b"X-Slow: ", b"x"),
    "a body": (POST + b"Content-Length: 100000\r\n\r\n", b"x"),
    "chunks": (POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "within a chunk": (POST + b"Transfer-Encoding: chunked\r\n\r\nfffff\r\n", b"x"),
    "one request after the other": (b"", b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"),
}
SOURCES = {
    "one address": lambda number: "127.0.0.2",
    "22 addresses": lambda number: f"127.0.0.{2 + number % 22}",
    "an address each": lambda number: f"127.0.{1 + number // 200}.{1 + number % 200}",
}


@pytest.fixture(autouse=True)
def _descriptors() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 4096:
        pytest.skip("this machine gives a process fewer than 4096 descriptors")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4096), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextlib.contextmanager
def crowd(
    port: int,
    where: Callable[[int], str],
    first: bytes,
    drop: bytes,
    head: Callable[[int], bytes] | None = None,
) -> Iterator[list[socket.socket]]:
    """Hold 1,100 connections, each of which says a drop every second and comes back when it is sent away."""
    links: dict[int, socket.socket] = {}
    stop = threading.Event()

    def open_(number: int) -> None:
        link = socket.create_connection(("127.0.0.1", port), 5, (where(number), 0))
        link.setblocking(False)
        links[number] = link
        with contextlib.suppress(OSError):
            link.send(first if head is None else head(number) + first)

    def work() -> None:
        while not stop.wait(1.0):
            for number, link in list(links.items()):
                if stop.is_set():
                    return
                with contextlib.suppress(OSError):
                    link.send(drop)
                    with contextlib.suppress(BlockingIOError):
                        if link.recv(65536):
                            continue
                        link.close()
                        open_(number)
                    continue
                with contextlib.suppress(OSError):
                    link.close()
                    open_(number)

    for number in range(MANY):
        open_(number)
    dripping = threading.Thread(target=work)
    dripping.start()
    try:
        yield list(links.values())
    finally:
        stop.set()
        dripping.join(20)
        for link in links.values():
            link.close()


def visit(one: Any, **headers: str) -> float:
    """Read the form and send it, as a person at 127.0.0.1 does; how many seconds it took."""
    body = body_of({"token": opened(one), **GOOD})
    began = time.monotonic()
    link = http.client.HTTPConnection("127.0.0.1", one.port, timeout=15)
    with contextlib.closing(link):
        link.request("GET", "/", headers=headers)
        assert 200 == link.getresponse().status
    link = http.client.HTTPConnection("127.0.0.1", one.port, timeout=15)
    with contextlib.closing(link):
        link.request("POST", "/", body, {"Content-Type": "multipart/form-data; boundary=b", **headers})
        assert 303 == link.getresponse().status
    return time.monotonic() - began


@pytest.mark.parametrize("drip", DRIPS)
def test_eleven_hundred_who_dawdle_from_one_address_stop_nobody(running: Run, drip: str) -> None:
    one = running()
    with crowd(one.port, SOURCES["one address"], *DRIPS[drip]):
        time.sleep(1)
        assert visit(one) < 5
        time.sleep(1)
        assert visit(one) < 5
    assert 2 == len(one.desk.arrivals)


@pytest.mark.parametrize("source", ["22 addresses", "an address each"])
@pytest.mark.parametrize("drip", ["a header", "a body"])
def test_eleven_hundred_from_many_addresses_stop_nobody(running: Run, drip: str, source: str) -> None:
    one = running()
    with crowd(one.port, SOURCES[source], *DRIPS[drip]):
        time.sleep(1)
        assert visit(one) < 5
        time.sleep(1)
        assert visit(one) < 5
    assert 2 == len(one.desk.arrivals)


def test_behind_a_proxy_it_is_the_visitor_who_is_counted(running: Run) -> None:
    # The proxy of the config is 127.0.0.2: all come from there, and so does the person.
    one = running(web="trusted_proxy = 127.0.0.2")
    first = POST + b"X-Forwarded-For: 203.0.113.9\r\nContent-Length: 100000\r\n\r\n"
    with crowd(one.port, SOURCES["one address"], first, b"x") as links:
        time.sleep(1)
        began = time.monotonic()
        link = http.client.HTTPConnection("127.0.0.1", one.port, 15, ("127.0.0.2", 0))
        with contextlib.closing(link):
            link.request("GET", "/healthz", headers={"X-Forwarded-For": "198.51.100.7"})
            assert b"ok\n" == link.getresponse().read()
        assert time.monotonic() - began < 2
        assert MANY == len(links)


def test_many_visitors_behind_a_proxy_are_not_taken_for_one(running: Run) -> None:
    one = running(web="trusted_proxy = 127.0.0.2")
    with contextlib.ExitStack() as stack:
        links = []
        for number in range(PER_SOURCE + 50):
            link = stack.enter_context(
                socket.create_connection(("127.0.0.1", one.port), 10, ("127.0.0.2", 0))
            )
            head = POST + b"X-Forwarded-For: 203.0.%d.1\r\nContent-Length: 2\r\n\r\nx" % number
            link.sendall(head)
            links.append(link)
        time.sleep(1.5)
        for link in links:
            link.sendall(b"y")
        # Whatever is wrong with such a post, each of them is answered.
        assert all(link.recv(100).startswith(b"HTTP/1.1 ") for link in links)


def test_what_takes_too_long_is_ended_and_what_goes_on_is_not(running: Run, monkeypatch: Any) -> None:
    monkeypatch.setattr(connections, "HEADER_SECONDS", 1.0)
    monkeypatch.setattr(connections, "GRACE_SECONDS", 1.0)
    one = running()
    places = [("127.0.0.1", one.port)] * 2
    slow = [POST + b"X-Slow: ", POST + b"Content-Length: 9000\r\n\r\n"]
    with contextlib.ExitStack() as stack:
        links = [stack.enter_context(socket.create_connection(place, 10)) for place in places]
        for link, first in zip(links, slow, strict=True):
            link.sendall(first)
        brisk = stack.enter_context(socket.create_connection(("127.0.0.1", one.port), 10))
        brisk.sendall(slow[1])
        for _ in range(45):
            time.sleep(0.1)
            brisk.sendall(b"y" * 200)
            for link in links:
                with contextlib.suppress(OSError):
                    link.sendall(b"x")
        for link in links:
            with contextlib.suppress(ConnectionError):
                assert b"" == link.recv(100)
        assert brisk.recv(100).startswith(b"HTTP/1.1 ")


def test_an_answer_that_nobody_takes_is_given_up(running: Run, monkeypatch: Any) -> None:
    monkeypatch.setattr(connections, "GRACE_SECONDS", 1.0)
    one = running()
    paces: list[Pace] = []
    made = Pace.__init__

    def seen(self: Pace, source: str, now: float) -> None:
        made(self, source, now)
        paces.append(self)

    monkeypatch.setattr(Pace, "__init__", seen)
    with socket.socket() as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.connect(("127.0.0.1", one.port))
        link.settimeout(10)
        # More answers than all buffers on the way hold.
        asked = threading.Thread(target=lambda: _ask(link, 20_000), daemon=True)
        asked.start()
        began = time.monotonic()
        while asked.is_alive() and time.monotonic() - began < 8:
            time.sleep(0.1)
            with contextlib.suppress(OSError):
                link.recv(1)
        # Silence alone would take 20 s to be noticed, and this is none.
        assert not asked.is_alive()
    assert len(paces) == 1


def _ask(link: socket.socket, times: int) -> None:
    with contextlib.suppress(OSError):
        for _ in range(times):
            link.sendall(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")


# -- who has to go: decided without a socket ----------------------------------------------------------


def a_pace(source: str, since: float = -10.0, got: int = 0) -> Pace:
    pace = Pace(source, since)
    pace.received(got, True, since)
    return pace


def leaves(paces: list[Pace], new: Pace, most: int = 5, busy: tuple[int, ...] = ()) -> Pace | None:
    return in_the_way(paces, [at in busy for at in range(len(paces))], new, most, 0.0)


def test_where_there_is_room_nobody_goes() -> None:
    paces = [a_pace("a"), a_pace("b")]
    assert leaves(paces, paces[1]) is None


def test_of_a_visitor_with_too_many_the_slowest_goes_whoever_else_is_slower(monkeypatch: Any) -> None:
    monkeypatch.setattr(connections, "PER_SOURCE", 3)
    paces = [a_pace("b"), a_pace("a", got=9), a_pace("a", got=5), a_pace("a", got=7), a_pace("a", 0.0)]
    assert leaves(paces, paces[-1], 99) is paces[2]


def test_when_it_is_full_who_holds_most_makes_room_and_else_the_slowest(monkeypatch: Any) -> None:
    monkeypatch.setattr(connections, "FAIR", 2)
    crowd = [a_pace("a", got=50), a_pace("a", got=40), a_pace("a", got=60)]
    others = [a_pace("b"), a_pace("c", got=1)]
    new = a_pace("d", 0.0)
    assert leaves([*crowd, *others, new], new) is crowd[1]
    assert leaves([*crowd[:2], *others, a_pace("e", got=2), new], new) is others[0]


def test_what_is_answered_at_the_moment_stays_and_so_does_what_is_young() -> None:
    paces = [a_pace("a"), a_pace("b", got=100), a_pace("c", -0.5), a_pace("d", 0.0)]
    assert leaves(paces, paces[-1], 3, busy=(0,)) is paces[1]
    assert leaves(paces, paces[-1], 3, busy=(0, 1)) is paces[2]
    assert leaves(paces, paces[-1], 3, busy=(0, 1, 2)) is paces[-1]


def test_where_all_have_just_come_the_oldest_goes_and_the_newest_gets_in() -> None:
    paces = [a_pace("a", -0.3), a_pace("b", -0.5, got=9), a_pace("c", -0.1), a_pace("d", 0.0)]
    assert leaves(paces, paces[-1], 3) is paces[1]


@pytest.mark.parametrize(
    ("age", "got", "in_header", "late"),
    [
        (HEADER_SECONDS - 1, 10, True, False),
        (HEADER_SECONDS + 1, 60_000, True, True),
        (GRACE_SECONDS - 1, 0, False, False),
        (GRACE_SECONDS + 10, int(SLOWEST * 10) + 1, False, False),
        (GRACE_SECONDS + 10, int(SLOWEST * 10) - 1, False, True),
        (3600.0, 25 * 2**20, False, False),
    ],
)
def test_how_slow_a_request_may_be(age: float, got: int, in_header: bool, late: bool) -> None:
    assert late is a_pace("a", 0.0, got).overdue(True, in_header, 0, age)


def test_how_slowly_an_answer_may_be_taken() -> None:
    one = Pace("a", 0.0)
    assert not one.overdue(False, False, 100_000, 100.0)
    assert not one.overdue(False, False, 99_999, 100.0 + GRACE_SECONDS)
    assert not one.overdue(False, False, 90_000, 110.0 + GRACE_SECONDS)
    assert one.overdue(False, False, 89_000, 130.0 + GRACE_SECONDS)
    assert not one.overdue(False, False, 0, 130.0 + GRACE_SECONDS)
    assert not one.overdue(False, False, 500, 200.0 + GRACE_SECONDS)


def test_a_machine_with_few_descriptors_lets_fewer_in(monkeypatch: Any) -> None:
    for soft, hard, room in ((1024, 1024, 384), (256, 4096, 1920), (4096, resource.RLIM_INFINITY, 1920)):
        monkeypatch.setattr(server.resource, "getrlimit", lambda _, pair=(soft, hard): pair)
        monkeypatch.setattr(server.resource, "setrlimit", lambda *_: None)
        assert room == server._allow_open_files()
