"""A door on loopback whose far side seems a network away: a round trip through it costs a chosen time more.

A process of its own with one plain loop. What goes in comes out half of `ms` later, in either
direction, so that a question and its answer take `ms` longer than without it. It counts, for each server
behind it, bytes and round trips: something asked, and the first of its answer. Three questions sent
before the first answer are one round trip, as they would be in a network.
"""

import ctypes
import json
import os
import select
import socket
import subprocess
import sys
import time
from array import array
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHUNK = 1 << 18
# prctl(2): how late the kernel may wake us, in nanoseconds; by itself it takes 50 microseconds.
PR_SET_TIMERSLACK = 29


@dataclass(slots=True, eq=False)
class _Side:
    """One end of a connection; what it says goes to `other`."""

    sock: socket.socket
    door: "_Door"
    client: bool
    # What the kernel did not take yet, and whether this end is to be closed after it.
    left: bytearray = field(default_factory=bytearray)
    ended: bool = False
    asked: bool = False
    other: "_Side" = field(init=False)


@dataclass(slots=True, eq=False)
class _Door:
    name: str
    listener: socket.socket
    target: str
    connections: int = 0
    trips: int = 0
    sent: int = 0
    said: int = 0


class _Loop:
    """Everything the process does: accept, read, hold for a while, write."""

    def __init__(self, targets: Mapping[str, str], ms: float) -> None:
        self._half = ms / 2000
        self._epoll = select.epoll()
        self._sides: dict[int, _Side] = {}
        # All are held equally long, so that the order of coming is the order of going.
        self._held: deque[tuple[float, _Side, bytes]] = deque()
        self.late = array("d")
        self.doors: dict[int, _Door] = {}
        for name, target in targets.items():
            listener = socket.create_server(("127.0.0.1", 0), backlog=512)
            listener.setblocking(False)
            self.doors[listener.fileno()] = _Door(name, listener, target)
            self._epoll.register(listener, select.EPOLLIN)
        self._epoll.register(0, select.EPOLLIN)

    def run(self) -> None:
        """Work until standard input ends; each line on it is answered by the figures so far."""
        while True:
            for descriptor, event in self._wait():
                if descriptor == 0:
                    if not os.read(0, 4096):
                        return
                    print(json.dumps(self._figures()), flush=True)
                elif descriptor in self.doors:
                    self._accept(self.doors[descriptor])
                elif side := self._sides.get(descriptor):
                    if event & select.EPOLLOUT:
                        self._epoll.modify(side.sock, select.EPOLLIN)
                        self._write(side)
                    if side.sock.fileno() >= 0 and event & ~select.EPOLLOUT:
                        self._read(side)
            self._let_go()

    def _wait(self) -> list[tuple[int, int]]:
        if not self._held:
            return self._epoll.poll()
        # epoll counts in whole milliseconds; select asks it, and counts in microseconds.
        wait = self._held[0][0] - time.perf_counter()
        if wait > 0:
            select.select([self._epoll], [], [], wait)
        return self._epoll.poll(0)

    def _accept(self, door: _Door) -> None:
        sock, _ = door.listener.accept()
        family, place = _address(door.target)
        target = socket.socket(family, socket.SOCK_STREAM)
        try:
            target.connect(place)
        except OSError:
            target.close()
            sock.close()
            return
        client, server = _Side(sock, door, True), _Side(target, door, False)
        client.other, server.other = server, client
        door.connections += 1
        for side in (client, server):
            side.sock.setblocking(False)
            if side.sock.family != socket.AF_UNIX:
                side.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sides[side.sock.fileno()] = side
            self._epoll.register(side.sock, select.EPOLLIN)

    def _read(self, side: _Side) -> None:
        try:
            data = side.sock.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if side.client:
            side.door.sent += len(data)
            side.asked = side.asked or bool(data)
        else:
            side.door.said += len(data)
            side.door.trips += side.other.asked
            side.other.asked = False
        self._held.append((time.perf_counter() + self._half, side.other, data))
        if not data:
            self._epoll.unregister(side.sock)

    def _let_go(self) -> None:
        while self._held:
            now = time.perf_counter()
            due, side, data = self._held[0]
            if due > now:
                return
            self._held.popleft()
            self.late.append(now - due)
            side.left += data
            side.ended = side.ended or not data
            self._write(side)

    def _write(self, side: _Side) -> None:
        """Give the kernel what it takes of what is left; end both sides after the last of it."""
        if side.sock.fileno() < 0:
            return
        try:
            while side.left:
                del side.left[: side.sock.send(side.left)]
        except BlockingIOError:
            with suppress(OSError):
                self._epoll.modify(side.sock, select.EPOLLIN | select.EPOLLOUT)
            return
        except OSError:
            side.left.clear()
            side.ended = True
        if side.ended:
            for end in (side, side.other):
                self._sides.pop(end.sock.fileno(), None)
                end.sock.close()

    def _figures(self) -> dict[str, Any]:
        late = sorted(self.late)
        return {
            "cpu": time.process_time(),
            "late_us": {
                "median": round(late[len(late) // 2] * 1e6) if late else 0,
                "p99": round(late[len(late) * 99 // 100] * 1e6) if late else 0,
            },
            "doors": {
                door.name: {
                    "trips": door.trips,
                    "bytes": door.sent + door.said,
                    "connections": door.connections,
                }
                for door in self.doors.values()
            },
        }


def _address(target: str) -> tuple[int, Any]:
    """Return family and address of `/path/of/a.socket` or `host:port`."""
    if target.startswith("/"):
        return socket.AF_UNIX, target
    host, _, port = target.rpartition(":")
    return socket.AF_INET, (host, int(port))


def _serve(targets: Mapping[str, str], ms: float) -> None:
    ctypes.CDLL(None).prctl(PR_SET_TIMERSLACK, 1)
    with suppress(PermissionError):
        # Before what it serves: late because the machine is busy is what no network is.
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    loop = _Loop(targets, ms)
    print(json.dumps({door.name: door.listener.getsockname()[1] for door in loop.doors.values()}), flush=True)
    loop.run()


@dataclass(slots=True)
class Door:
    """The process, as it is seen from outside: one port of 127.0.0.1 for each server."""

    ports: dict[str, int]
    _process: subprocess.Popen[str]

    def figures(self) -> dict[str, Any]:
        """Return what it counted so far: `cpu` seconds of its own, `late_us`, `doors`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print("figures", file=self._process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@contextmanager
def door(targets: Mapping[str, str], ms: float) -> Iterator[Door]:
    """Open a door to each of the servers, `host:port` or the path of a socket, `ms` a round trip away."""
    command = [sys.executable, str(Path(__file__)), json.dumps(dict(targets)), str(ms)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Door(json.loads(process.stdout.readline()), process)
        finally:
            process.stdin.close()
            process.wait(10)


if __name__ == "__main__":
    _serve(json.loads(sys.argv[1]), float(sys.argv[2]))
