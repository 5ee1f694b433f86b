"""Small things every test with a real server needs."""

import errno
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Unavailable(Exception):
    """A server cannot be had on this machine; the text is one line saying what to install."""


# Below those that Linux gives to outgoing connections (32768 and up, ip(7)): one of these could
# take the port before its server does.
_PORTS = range(20_000, 32_000)
_given: set[int] = set()


def free_port() -> int:
    """Return a TCP port on 127.0.0.1 that was free a moment ago, and is given to nobody else here."""
    while True:
        port = random.SystemRandom().choice(_PORTS)
        with socket.socket() as sock:
            try:
                sock.bind(("127.0.0.1", port))
            except OSError as err:
                if err.errno != errno.EADDRINUSE:
                    raise
                continue
        if port not in _given:
            _given.add(port)
            return port


def wait_until(predicate: Callable[[], T], seconds: float = 15.0, goal: str = "") -> T:
    """Call `predicate` until it returns something true, and return that.

    Raises TimeoutError after `seconds`, naming the `goal` that was waited for.
    """
    end = time.monotonic() + seconds
    pause = 0.005
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds:g} s: {goal or 'what was waited for'} (last: {value!r})")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


def listening(port: int) -> bool:
    """Return whether something accepts connections on 127.0.0.1 and `port`."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def end_process(process: subprocess.Popen[bytes], how: int = signal.SIGTERM, seconds: float = 5.0) -> None:
    """End a process that leads a session of its own, and its children; by force after `seconds`."""
    for signal_number in (how, signal.SIGKILL):
        try:
            os.killpg(process.pid, signal_number)
        except ProcessLookupError:
            break
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        if signal_number == signal.SIGKILL:
            break
    process.wait()
