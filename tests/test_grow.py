"""`bench/grow.py` in small: it runs, finds nothing wrong, and its door is as far away as it says."""

import socket
import socketserver
import statistics
import threading
import time
from collections.abc import Iterator

import pytest

from bench import grow
from bench.door import door


class _Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while data := self.request.recv(65536):
            self.request.sendall(data)


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that says what it hears."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def heard(client: socket.socket, size: int) -> int:
    """Receive until so many bytes are there."""
    got = 0
    while got < size:
        got += len(client.recv(1 << 20))
    return got


@pytest.mark.parametrize("ms", [0, 8])
def test_a_round_trip_through_the_door_takes_as_much_longer_as_it_says(echo: int, ms: int) -> None:
    seconds = []
    with door({"echo": f"127.0.0.1:{echo}"}, ms) as way:
        with socket.create_connection(("127.0.0.1", way.ports["echo"])) as client:
            for _ in range(20):
                began = time.perf_counter()
                client.sendall(b"ask")
                heard(client, 3)
                seconds.append(time.perf_counter() - began)
        passed = way.figures()["doors"]["echo"]

    assert ms / 1000 <= min(seconds)
    assert statistics.median(seconds) < ms / 1000 + 0.005
    assert {"trips": 20, "bytes": 120, "connections": 1} == passed


def test_what_is_asked_before_the_first_answer_is_one_round_trip_and_large_things_come_whole(
    echo: int,
) -> None:
    large = b"x" * 3_000_000
    with door({"echo": f"127.0.0.1:{echo}"}, 20) as way:
        with socket.create_connection(("127.0.0.1", way.ports["echo"])) as client:
            for part in (b"BEGIN", b"asked", b"at once"):
                client.sendall(part)
                time.sleep(0.002)
            heard(client, 17)
            few = way.figures()["doors"]["echo"]
            threading.Thread(target=client.sendall, args=(large,), daemon=True).start()
            size = heard(client, len(large))
        passed = way.figures()["doors"]["echo"]

    assert (1, 34) == (few["trips"], few["bytes"])
    assert (len(large), 34 + 2 * len(large)) == (size, passed["bytes"])


def test_two_processes_far_from_the_database_decide_on_each_message_once() -> None:
    rows, failed = grow.measure_all([grow.Shape(2, 1, ("poll", "worker"), "ledger")], 20)

    assert [] == failed
    (row,) = rows
    assert (20, 2, 1) == (row.n, row.deciders, row.ms)
    assert row.per_second > 0
    assert row.round_trips > 0
    assert 0 < row.commits < 40
