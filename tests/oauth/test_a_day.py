"""A day in one piece: tokens of five minutes that rotate, three processes over one database, twenty kills."""

import mmap
import os
import random
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from config_files import config_text

from intake.app import Desk, build
from intake.config.settings import load
from intake.oauth.wire import Answer
from intake.testing.oauth import AuthServer, Fault

LIFE, KILLS, STEP, DAY = 300, 20, 120, 24 * 3600
# One process that has loaded everything. A letter on its input has it begin a child: its input and output are
# the two pipes that it is told, and its clock is eight bytes of a file that all of them share.
NURSERY = """
import mmap, os, struct, sys, time
from datetime import UTC, datetime
from pathlib import Path
from intake.app import build
from intake.config.settings import load
from intake.oauth.tokens import Tokens
from intake.key_file import signing_keys
from intake.ports import NeedsLogin, NoLogin

settings = load(Path(sys.argv[1]))
keys = signing_keys(settings.desk.data)
with open(sys.argv[2], "r+b") as file:
    shared = mmap.mmap(file.fileno(), 8)

def clock():
    return datetime.fromtimestamp(struct.unpack("d", shared)[0], UTC)

def live(number):
    come, go = open(f"{sys.argv[3]}/in-{number}"), open(f"{sys.argv[3]}/out-{number}", "w")
    store = build(settings).store
    mine = Tokens(settings.oauth, store.logins, keys, clock, wait=lambda seconds: time.sleep(0.01))
    for _ in come:
        try:
            text = mine.token("work")
        except NeedsLogin as err:
            text = f"DEAD {err}"
        except NoLogin as err:
            text = f"later {err}"
        print(text.replace(chr(10), " "), file=go, flush=True)

for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        try:
            live(line.strip())
        finally:
            os._exit(0)
    print(pid, flush=True)
"""


@dataclass
class Day:
    """The three processes, the clock that all of them share, and the server that they ask."""

    server: AuthServer
    desk: Desk
    folder: Path
    nursery: subprocess.Popen[str]
    shared: mmap.mmap
    chance: random.Random = field(default_factory=lambda: random.Random(20261130))
    running: dict[int, tuple[int, int]] = field(default_factory=dict)
    killed: list[int] = field(default_factory=list)
    born: int = 0

    def now(self) -> float:
        return float(struct.unpack("d", self.shared)[0])

    def set(self, moment: float) -> None:
        self.shared[:] = struct.pack("d", moment)

    def bear(self) -> None:
        """Begin another process."""
        self.born += 1
        pipes = [self.folder / f"{name}-{self.born}" for name in ("in", "out")]
        for pipe in pipes:
            os.mkfifo(pipe)
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        print(self.born, file=self.nursery.stdin, flush=True)
        pid = int(self.nursery.stdout.readline())
        self.running[pid] = os.open(pipes[0], os.O_WRONLY), os.open(pipes[1], os.O_RDONLY)

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        self.killed.append(pid)

    def kill_who_asks(self, form: Mapping[str, str]) -> Fault | None:
        """The worst moment: the server rotates, and who asked never hears of it."""
        self.server.judge = lambda form: None
        row = self.desk.store.logins.get("work")
        assert row is not None
        self.kill(int(row.owner.split(" ")[1]))
        return None

    def step(self, dying: str) -> list[str]:
        """Have all of them want a token at once, and return what each that lives got."""
        victim = self.chance.choice(list(self.running)) if dying == "by chance" else None
        if dying == "asking":
            self.server.judge = self.kill_who_asks
        for ask, _ in self.running.values():
            os.write(ask, b"\n")
        if victim is not None:
            time.sleep(self.chance.uniform(0, 0.02))
            self.kill(victim)
        got = [line for _, answer in self.running.values() if (line := _line(answer))]
        for pid in [pid for pid in self.running if pid in self.killed]:
            for end in self.running.pop(pid):
                os.close(end)
            self.bear()
        return got


def _line(descriptor: int) -> str:
    """Return the next line of a pipe, "" where who writes it died before it was whole."""
    text = b""
    while not text.endswith(b"\n"):
        piece = os.read(descriptor, 65536)
        if not piece:
            return ""
        text += piece
    return text.decode().strip()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: it outlives a kill as a disk does, and is quicker."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as made:
        yield Path(made)


@pytest.fixture
def day(folder: Path, server: AuthServer) -> Iterator[Day]:
    # The token before works for a moment, as with Microsoft, Okta and Auth0 (see test_killed.py).
    server.life, server.grace = LIFE, 1.5 * STEP
    config, hand = folder / "intake.ini", folder / "clock"
    config.write_text(config_text(more=f"[oauth work]\n{server.section()}"))
    hand.write_bytes(struct.pack("d", time.time()))
    desk = build(load(config))
    command = [sys.executable, "-c", NURSERY, str(config), str(hand), str(folder)]
    with (
        hand.open("r+b") as file,
        mmap.mmap(file.fileno(), 8) as shared,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as nursery,
    ):
        made = Day(server, desk, folder, nursery, shared)
        server.now = made.now
        desk.accounts.tokens().accept("work", Answer(server.login()))
        for _ in range(3):
            made.bear()
        yield made
        for pid, ends in made.running.items():
            os.kill(pid, signal.SIGKILL)
            for end in ends:
                os.close(end)
        nursery.kill()
    desk.store.close()


@pytest.mark.timeout(120)
def test_a_day_of_short_tokens_and_twenty_kills_needs_no_second_login(day: Day) -> None:
    begun, steps = day.now(), DAY // STEP
    # Every second step is one at which the token is due.
    dying = dict.fromkeys(day.chance.sample(range(4, steps - 4), KILLS), "by chance")
    dying |= dict.fromkeys(list(dying)[: KILLS // 2], "asking")
    for number in range(1, steps + 1):
        day.set(begun + number * STEP)
        got = day.step(dying.get(number, ""))
        assert len(got) >= 2, number
        assert ["desk@example.com"] * len(got) == [day.server.owner(token) for token in got], [
            text[:80] for text in got
        ]
    assert len(day.killed) == KILLS
    row = day.desk.store.logins.get("work")
    assert row is not None
    assert (False, 0) == (row.dead, row.failures)
    # One refresh for each token's life, and one more at most for each that died with it.
    assert DAY // LIFE <= day.server.refreshes <= DAY // (LIFE * 3 // 4) + KILLS
    assert row.obtained_at is not None
    assert abs(row.obtained_at.timestamp() - begun) < 60, "the one login"
