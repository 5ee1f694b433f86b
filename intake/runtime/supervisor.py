"""The parent of `intake run`: starts the desk's processes, restarts what dies, stops all of them.

It imports next to nothing, for its memory is spent on every desk. It reads no
config and no mail; all it knows is command lines.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from intake.runtime.backoff import RESTART, SETTLED_SECONDS

# What a stop may take: a child is asked first, and killed when it has not ended by then.
STOP_SECONDS = 25.0
PARENT = "INTAKE_SUPERVISOR"
# Else glibc reserves 64 MB of address space for almost every thread: a desk at rest would need 900 MB under
# `ulimit -v`, where this one needs 240. Python's own lock leaves no use for more.
# And glibc takes memory of over 128 KB from the system page by page each time, and gives it back at once: for
# mails with pictures an eighth of what reading takes. What is larger than these is still given back at once.
MALLOC = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(512 * 1024),
    "MALLOC_TRIM_THRESHOLD_": str(1024 * 1024),
}
SHAPE = "plain"


@dataclass(slots=True)
class Child:
    """One process to keep alive. `due` is when to start it next, on the monotonic clock."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started: float = 0.0
    due: float = 0.0

    def start(self, now: float) -> None:
        """Start the process in a group of its own, so that Ctrl-C reaches the parent alone."""
        environment = {**MALLOC, **os.environ, PARENT: str(os.getpid())}
        self.process = subprocess.Popen(self.command, env=environment, process_group=0)
        self.started = now

    def died(self, now: float) -> float:
        """Note the death and return the seconds until the next start."""
        self.deaths = 1 if now - self.started > SETTLED_SECONDS else self.deaths + 1
        wait = RESTART.seconds(self.deaths)
        self.process, self.due = None, now + wait
        return wait


def say(text: str) -> None:
    """Write one line about the processes to standard error, in the shape of the other log lines."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    if SHAPE == "json":
        # All of `text` is our own words and names, so it needs no escaping.
        name = "intake.runtime.supervisor"
        line = f'{{"time": "{moment}", "level": "info", "logger": "{name}", "event": "{text}"}}'
    else:
        line = f"{moment} info intake.runtime.supervisor {text}"
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def run(commands: dict[str, list[str]]) -> int:
    """Keep `commands` (name to command line) running until a signal; return 0 after a clean stop, else 1."""
    children = [Child(name, command) for name, command in commands.items()]
    stopping: list[int] = []

    def stop(signum: int, _frame: FrameType | None) -> None:
        stopping.append(signum)

    for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(signum, stop)
    # A death, or a stop, ends the sleep below at once.
    reader, writer = os.pipe()
    for end in (reader, writer):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda signum, frame: None)
    while not stopping:
        now = time.monotonic()
        for child in children:
            _tend(child, now)
        _sleep(reader, 1.0)
    say("stopping")
    return _stop(children, reader)


def _tend(child: Child, now: float) -> None:
    if child.process is None:
        if now >= child.due:
            try:
                child.start(now)
            except (OSError, MemoryError, RuntimeError, subprocess.SubprocessError) as err:
                # No memory or process to be had: the others go on, and this one is tried again.
                child.started = now
                wait = child.died(now)
                say(f"{child.name} cannot be started ({type(err).__name__}) and is tried again in {wait:g} s")
        return
    code = child.process.poll()
    if code is not None:
        wait = child.died(now)
        say(f"{child.name} ended ({_ending(code)}) and starts again in {wait:g} s")


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _sleep(reader: int, seconds: float) -> None:
    import select

    if select.select([reader], [], [], seconds)[0]:
        os.read(reader, 4096)


def _stop(children: list[Child], reader: int) -> int:
    alive = [child for child in children if child.process is not None]
    for child in alive:
        child.process.terminate()  # type: ignore[union-attr]
    end = time.monotonic() + STOP_SECONDS
    while alive and time.monotonic() < end:
        alive = [child for child in alive if child.process is not None and child.process.poll() is None]
        if alive:
            _sleep(reader, 0.5)
    for child in alive:
        if child.process is not None:
            say(f"{child.name} did not stop in {STOP_SECONDS:g} s and is killed; nothing it held is lost")
            child.process.kill()
            child.process.wait()
    say("stopped")
    return 1 if alive else 0


def supervised() -> bool:
    """Whether the supervisor started this very process."""
    return os.environ.get(PARENT) == str(os.getppid())


def end_with_parent(stop: Callable[[], None]) -> None:
    """In a child: when the supervisor is gone, even by kill -9, stop; and end in any case soon after.

    Does nothing in a process that no supervisor started.
    """
    parent = int(os.environ.get(PARENT, "0"))
    if not parent:
        return

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        stop()
        time.sleep(STOP_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


if __name__ == "__main__":
    config, SHAPE = sys.argv[1:3]
    intake = [sys.executable, "-m", "intake", "--config", config]
    raise SystemExit(run({"desk": [*intake, "_serve"], "worker": [*intake, "worker"]}))
