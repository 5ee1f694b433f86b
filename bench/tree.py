"""What a process and all its children use: processor time and memory."""

import threading
import time
from dataclasses import dataclass, field

import psutil


def processes(root: int) -> list[psutil.Process]:
    """Return a process and all that descend from it, those that are there."""
    try:
        parent = psutil.Process(root)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def cpu_seconds(root: int) -> float:
    """Return the processor time used so far, that of ended and awaited children included."""
    total = 0.0
    for process in processes(root):
        try:
            used = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += used.user + used.system + used.children_user + used.children_system
    return total


def memory_mb(root: int) -> tuple[float, float]:
    """Return (RSS, PSS) summed, in MB; PSS counts a page that n processes share as 1/n in each."""
    rss = pss = 0
    for process in processes(root):
        try:
            used = process.memory_full_info()
        except psutil.NoSuchProcess:
            continue
        rss, pss = rss + used.rss, pss + used.pss
    return rss / 2**20, pss / 2**20


def connected(port: int) -> bool:
    """Whether anybody has a connection to this TCP port of 127.0.0.1."""
    place = f"0100007F:{port:04X}"
    with open("/proc/net/tcp", encoding="ascii") as table:
        # Fields: number, local address, remote address, state (01: established).
        return any(line.split()[2:4] == [place, "01"] for line in table)


@dataclass(slots=True)
class Peak:
    """The most memory a tree held while this was entered: RSS in MB, looked at four times a second."""

    root: int
    mb: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Peak":
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()

    def _watch(self) -> None:
        while not self._stop.wait(0.25):
            now = 0
            for process in processes(self.root):
                try:
                    now += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.mb = max(self.mb, now / 2**20)


def wait_connected(port: int, seconds: float) -> float:
    """Wait for the first connection to a port and return when it was seen (time.time())."""
    end = time.monotonic() + seconds
    while not connected(port):
        if time.monotonic() > end:
            raise TimeoutError(f"nobody connected to port {port} within {seconds:g} s")
        time.sleep(0.005)
    return time.time()
