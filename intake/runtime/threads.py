"""The parts of a desk that run side by side in one process, each in a thread."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping

from intake import terminal
from intake.ports import UserError
from intake.runtime import exhausted
from intake.runtime.backoff import RESTART, SETTLED_SECONDS, Backoff
from intake.runtime.spare_memory import SpareMemory

log = logging.getLogger("intake.serve")

# Threads get this long to finish what they are at; below the supervisor's 25 seconds.
JOIN_SECONDS = 20.0
# A part that ended so often in a row is told to a person.
TOLD_AFTER = 5

Piece = Callable[[threading.Event], None]
Tell = Callable[[str, str], None]
"""Told the name of a part that ends again and again, and why; must not raise."""


def run_pieces(
    pieces: Mapping[str, Piece],
    patient: bool = False,
    tell: Tell = lambda name, why: None,
    wake: Callable[[], None] = lambda: None,
) -> None:
    """Run the pieces until a signal, then stop them all and return.

    `wake` is called once they are to stop, for a piece that waits for something else than that.

    A piece that ends by itself is started again where `patient`, so that one taken port
    stops neither the mailboxes nor the form. Else all are stopped and UserError is
    raised: whoever asked for one piece wants to know at once.
    """
    from intake.runtime.supervisor import end_with_parent

    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(signum, lambda signum, frame: stop.set())
    end_with_parent(stop.set)
    ended: list[str] = []

    def work(name: str, piece: Piece) -> None:
        if patient:
            keep(name, piece, stop, tell=tell)
            return
        why = once(name, piece, stop)
        if why:
            ended.append(f"{name} ended: {why}")
        stop.set()

    threads = [threading.Thread(target=work, args=item, name=item[0], daemon=True) for item in pieces.items()]
    for thread in threads:
        thread.start()
    log.info("started", extra={"parts": ", ".join(pieces), "pid": os.getpid()})
    # Not a plain wait(): a signal that comes through another thread wakes nobody for ever.
    spare = SpareMemory()
    while not stop.wait(1.0):
        spare.look()
        dead = [thread.name for thread in threads if not thread.is_alive()]
        if dead and not stop.is_set():
            # Killed by what nothing catches; a new process is surer than a new thread.
            log.error("parts of the desk died: the process ends", extra={"parts": ", ".join(dead)})
            ended.append(f"{', '.join(dead)} died. The log says why; start it again")
            stop.set()
        if exhausted.noted():
            stop.set()
    wake()
    end = time.monotonic() + JOIN_SECONDS
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    late = [thread.name for thread in threads if thread.is_alive()]
    if late:
        log.warning("did not end in time", extra={"parts": ", ".join(late)})
    if exhausted.noted():
        _end_for_want()
    log.info("stopped")
    if ended:
        raise UserError("\n".join(ended))


def _end_for_want() -> None:
    """End this process without another allocation than need be; who watches over it starts it anew."""
    try:
        log.critical("ends to be started anew: %s", exhausted.SENTENCE)
    finally:
        os._exit(exhausted.EXIT_CODE)


def keep(
    name: str,
    piece: Piece,
    stop: threading.Event,
    backoff: Backoff = RESTART,
    tell: Tell = lambda name, why: None,
) -> None:
    """Run a piece until `stop` is set, again and again; `backoff` says what lies between.

    One that ends again and again is told to a person by `tell`.
    """
    ends = 0
    while not stop.is_set():
        began = time.monotonic()
        why = once(name, piece, stop)
        if not why:
            return
        ends = 1 if time.monotonic() - began > SETTLED_SECONDS else ends + 1
        pause = backoff.seconds(ends)
        if ends >= TOLD_AFTER:
            tell(name, why)
        log.warning("starts again", extra={"part": name, "seconds": pause})
        stop.wait(pause)


def once(name: str, piece: Piece, stop: threading.Event) -> str:
    """Run a piece; return "" when it was told to stop, else why it ended, for a person."""
    try:
        piece(stop)
    except Exception as err:
        # A thread's end is told here, once; nothing durable depends on it.
        log.exception("a part of the desk ended", extra={"part": name})
        if exhausted.note(err):
            return exhausted.SENTENCE
        if isinstance(err, UserError | OSError):
            return terminal.line(str(err))
        return f"{type(err).__name__}. The log line above says where."
    return "" if stop.is_set() else "by itself."
