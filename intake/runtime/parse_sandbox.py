"""Reading a large mail in a child process with limits on its CPU time and memory.

An ordinary mail is read in place; starting a child costs a third of a second. A
mail above LARGE, where a quadratic surprise or a memory peak would hurt the whole
desk, is read in a child of its own, one at a time: reading takes about ten times a
mail's size in memory (measured for both trees of the parser).
"""

import pickle
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

from intake.desk.message import Message
from intake.ports import Temporary, Unreadable

LARGE = 2 * 1024 * 1024
CPU_SECONDS = 10
MEMORY = 512 * 1024 * 1024
# The child may be kept waiting by others for the processor, but not for ever.
WALL_SECONDS = 20
# How the child says which limit it met.
OUT_OF_MEMORY = 71
_one_at_a_time = threading.Lock()


def parser(parse: Callable[[bytes], Message], large: int = LARGE) -> Callable[[bytes], Message]:
    """Return a `parse` that reads mails above `large` bytes in a child; it may raise Unreadable."""

    def guarded(raw: bytes) -> Message:
        return parse(raw) if len(raw) <= large else in_child(raw)

    return guarded


def in_child(raw: bytes, cpu: int = CPU_SECONDS, memory: int = MEMORY) -> Message:
    """Read `raw` in a child limited to `cpu` seconds and `memory` bytes above what Python needs.

    The answer comes back as a pickle: the child is this very program, fed only through
    the parser, so its word is as good as the parser's in place. Raises Unreadable when
    a limit was reached, Temporary when there is no process to be had, RuntimeError when the
    child ended for another reason, which may pass (the machine was short of memory, the desk is
    being stopped).
    """
    command = [sys.executable, "-m", "intake.runtime.parse_sandbox", str(cpu), str(memory)]
    with _one_at_a_time:
        try:
            done = subprocess.run(command, input=raw, capture_output=True, timeout=WALL_SECONDS)
        except OSError as err:
            raise Temporary(f"no process to read a large mail in: {err.strerror}") from err
        except subprocess.TimeoutExpired:
            raise Unreadable(f"reading it took more than {WALL_SECONDS} seconds") from None
    if done.returncode == -signal.SIGXCPU:
        raise Unreadable(f"reading it took more than {cpu} s of processor time")
    if done.returncode == OUT_OF_MEMORY:
        raise Unreadable(f"reading it took more than {memory >> 20} MB of memory")
    if done.returncode != 0:
        raise RuntimeError(f"the child that reads large mail ended with {done.returncode}")
    message: Message = pickle.loads(done.stdout)
    return message


def main() -> None:
    """Read a mail from standard input within the limits given, write the Message to standard output."""
    cpu, memory = int(sys.argv[1]), int(sys.argv[2])
    raw = sys.stdin.buffer.read()
    # Imported before the limit: what Python itself needs is not the mail's fault.
    from intake.mail.parse import parse

    # The soft limit tells by SIGXCPU which one it was; the hard one would only say "killed".
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    size = _address_space() + memory
    size = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    try:
        answer = pickle.dumps(parse(raw))
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    sys.stdout.buffer.write(answer)


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


if __name__ == "__main__":
    main()
