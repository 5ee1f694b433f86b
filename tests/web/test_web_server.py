"""The form on its real server: sizes, slow and greedy clients, proxies, and the end of the day."""

import contextlib
import http.client
import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from web_desk import Run
from webserving import GOOD, body_of, opened, send

MIB = 1024 * 1024


def test_a_post_over_the_limit_gets_a_page_with_what_was_typed(running: Run) -> None:
    one = running(web="max_post_mb = 1")
    fields = {"token": opened(one), **GOOD}

    status, page = send(one, body_of(fields, b"x" * (40 * MIB)))

    assert 413 == status
    assert "The files are too large" in page
    for value in GOOD.values():
        assert value in page
    assert [] == one.desk.arrivals


def test_the_connection_lives_on_after_a_post_that_was_too_large(running: Run) -> None:
    one = running(web="max_post_mb = 1")
    fields = {"token": opened(one), **GOOD}
    link = http.client.HTTPConnection("127.0.0.1", one.port, timeout=30)
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    statuses = []
    with contextlib.closing(link):
        for size in (3 * MIB, 1000):
            link.request("POST", "/", body_of(fields, b"x" * size), kind)
            answer = link.getresponse()
            answer.read()
            statuses.append(answer.status)

    assert [413, 303] == statuses


def test_ten_gigabytes_in_chunks_end_early_and_cost_no_memory(running: Run) -> None:
    one = running(web="max_post_mb = 5")
    one.get("healthz")
    process = psutil.Process(os.getpid())
    before, sent, piece = process.memory_info().rss, 0, b"x" * 65536
    with socket.create_connection(("127.0.0.1", one.port), timeout=10) as link:
        head = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
        link.sendall(
            f"{head}Content-Type: multipart/form-data; boundary=b\r\n\r\n{10 * 1024**3:x}\r\n".encode()
        )
        with contextlib.suppress(ConnectionError):
            while sent < 100 * MIB:
                link.sendall(piece)
                sent += len(piece)

    assert sent < 20 * MIB
    assert process.memory_info().rss - before < 16 * MIB
    assert "ok\n" == one.get("healthz")


@pytest.mark.parametrize("length", [10 * 1024**3, 10**30])
def test_a_claim_beyond_all_reason_is_refused_at_once(running: Run, length: int) -> None:
    one = running()
    with socket.create_connection(("127.0.0.1", one.port), timeout=10) as link:
        link.sendall(f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: link.recv(65536), b"")).decode()

    assert answer.startswith("HTTP/1.1 413 ")
    assert "That was too large to send" in answer
    assert "waitress" not in answer.lower()


@pytest.mark.parametrize(
    "request_line", [b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET / HTTP/1.1\r\nbad header\r\n\r\n"]
)
def test_what_is_not_http_is_told_so_without_naming_the_server(running: Run, request_line: bytes) -> None:
    one = running()
    with socket.create_connection(("127.0.0.1", one.port), timeout=10) as link:
        link.sendall(request_line)
        answer = b"".join(iter(lambda: link.recv(65536), b"")).decode()

    assert " 400 " in answer.splitlines()[0]
    assert "waitress" not in answer.lower()


def test_two_clicks_at_once_are_one_message(running: Run) -> None:
    one = running()
    body = body_of({"token": opened(one), **GOOD}, b"x" * 1000)
    statuses: list[int] = []
    clicks = [threading.Thread(target=lambda: statuses.append(send(one, body)[0])) for _ in range(2)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join(20)

    assert [303, 303] == statuses
    assert 1 == len({arrival.raw for arrival in one.desk.arrivals})


def test_a_hundred_and_fifty_half_sent_posts_stop_nobody(running: Run) -> None:
    one = running()
    with contextlib.ExitStack() as links:
        for _ in range(150):
            link = links.enter_context(socket.create_connection(("127.0.0.1", one.port), timeout=10))
            link.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx")
        began = time.monotonic()

        assert "ok\n" == one.get("healthz")
        assert time.monotonic() - began < 2


def test_a_body_that_comes_in_drops_is_taken(running: Run) -> None:
    one = running()
    body = body_of({"token": opened(one), **GOOD})

    def drops() -> Iterator[bytes]:
        for start in range(0, len(body), 50):
            time.sleep(0.02)
            yield body[start : start + 50]

    assert 303 == send(one, drops(), Content_Length=str(len(body)))[0]
    assert 1 == len(one.desk.arrivals)


@pytest.mark.parametrize(
    ("config", "sixth"), [("", 429), ("trusted_proxy = 127.0.0.1", 303), ("trusted_proxy = 192.0.2.1", 429)]
)
def test_only_the_proxy_of_the_config_says_who_is_there(running: Run, config: str, sixth: int) -> None:
    one = running(web=config)
    statuses = [
        send(
            one,
            body_of({"token": opened(one), **GOOD, "email": f"a{number}@example.com"}),
            X_Forwarded_For=f"198.51.100.7, 203.0.113.{number}",
        )[0]
        for number in range(6)
    ]

    assert [303] * 5 + [sixth] == statuses


def test_under_a_path_every_link_stays_under_it(running: Run) -> None:
    one = running(web="base_url = https://example.com/help/")

    page = one.get("help/")

    links = re.findall(r'(?:href|src|action)="([^"#]+)"', page)
    assert links
    assert [] == [link for link in links if not link.startswith("/help/")]


def test_a_post_under_way_is_finished_before_the_server_ends(running: Run) -> None:
    one = running()
    body = body_of({"token": opened(one), **GOOD})
    inside, statuses = threading.Event(), []
    receive = one.desk._keep

    def slow(arrival: Any) -> Any:
        inside.set()
        time.sleep(0.8)
        return receive(arrival)

    one.desk._keep = slow
    click = threading.Thread(target=lambda: statuses.append(send(one, body)[0]))
    click.start()
    assert inside.wait(10)
    one.stop.set()
    click.join(20)
    one.thread.join(10)

    assert [303] == statuses
    assert not one.thread.is_alive()
