"""Who holds a lease: a host, a process on it, and when that process began.

Two claims of one process have two names. A lease ends by itself after its time. When
its owner was a process of this very machine that is gone, nobody needs to wait.
"""

import os
import socket
import uuid
from functools import lru_cache
from pathlib import Path


def name() -> str:
    """Return a new owner's name for this process: "host pid start unique"."""
    return f"{socket.gethostname()} {os.getpid()} {_own_start(os.getpid())} {uuid.uuid4().hex}"


# A name is made for each mail that is sent. By the process, for one that was forked began later.
@lru_cache(maxsize=1)
def _own_start(pid: int) -> str:
    return _started(pid)


def gone(owner: str) -> bool:
    """Whether `owner` was a process of this machine and no longer runs. False when in doubt."""
    host, _, rest = owner.partition(" ")
    words = rest.split(" ")
    if (
        host != socket.gethostname()
        or len(words) != 3
        or not words[0].isdigit()
        or not Path("/proc").is_dir()
    ):
        return False
    return _started(int(words[0])) != words[1]


def _started(pid: int) -> str:
    """Return when a process began, in clock ticks since boot; "" when there is none (proc(5), field 22)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in ("Z", "X") else fields[19]
