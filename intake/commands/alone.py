"""One `intake run` per data folder: a second would only get in the way of the first."""

import fcntl
import os
import socket
from pathlib import Path

from intake.folders import private_file, private_folder
from intake.ports import UserError

LOCK = "run.lock"


def hold(data: Path) -> int:
    """Hold the data folder for as long as this process lives, through an exec too; return the descriptor.

    The lock ends with the process however it ends, by kill -9 as well: a file that is left means
    nothing. Its children do not hold it. Raises UserError where another process holds it.
    """
    private_folder(data)
    descriptor = private_file(data / LOCK, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        who = os.read(descriptor, 200).decode("utf-8", "replace").strip() or "another process"
        os.close(descriptor)
        raise UserError(
            f"`intake run` already uses {data} ({who}). Stop that one first. To share the work between "
            "processes or machines, run `intake poll`, `listen`, `web` and `worker` apart."
        ) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
    os.set_inheritable(descriptor, True)
    return descriptor
