"""Three processes over one database and a token that rotates, killed again and again: one login is enough."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from config_files import config_text

from intake.app import build
from intake.config.settings import load
from intake.oauth.wire import Answer
from intake.testing.oauth import AuthServer

# A token is good for two seconds, so that each process refreshes all the time.
LIFE, KILLS = 2, 20
# One process that has loaded everything, and by a fork each time begins those that are killed.
NURSERY = """
import os, random, signal, sys, time
from pathlib import Path
from intake.app import build
from intake.config.settings import load
from intake.oauth import tokens
from intake.ports import NeedsLogin, NoLogin

settings, kills, chance = load(Path(sys.argv[1])), int(sys.argv[2]), random.Random(20261130)

def work():
    mine = build(settings).accounts.tokens()
    while True:
        try:
            print("token", len(mine.token("work")), flush=True)
        except NeedsLogin as err:
            print("DEAD", err, flush=True)
        except NoLogin as err:
            print("later", err, flush=True)
        time.sleep(0.02)

def start():
    pid = os.fork()
    if pid == 0:
        work()
    return pid

running = [start() for _ in range(3)]
time.sleep(1)
for _ in range(kills):
    time.sleep(chance.uniform(0.05, 0.6))
    victim = running.pop(chance.randrange(3))
    os.kill(victim, signal.SIGKILL)
    os.waitpid(victim, 0)
    running.append(start())
time.sleep(3)
for pid in running:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
"""


@pytest.mark.timeout(120)
def test_three_processes_with_twenty_kills_need_no_second_login(tmp_path: Path) -> None:
    """The server takes the token before for a moment, as Microsoft, Okta and Auth0 do: who is killed between
    its answer and the writing of it would else have lost it, whatever they do."""
    with AuthServer() as server:
        server.life, server.grace = LIFE, 60.0
        config = tmp_path / "intake.ini"
        config.write_text(config_text(more=f"[oauth work]\n{server.section()}"))
        desk = build(load(config))
        desk.accounts.tokens().accept("work", Answer(server.login()))
        command = [sys.executable, "-c", NURSERY, str(config), str(KILLS)]
        ran = subprocess.run(command, capture_output=True, text=True)
        told = ran.stdout + ran.stderr
        assert 0 == ran.returncode, told
        assert "DEAD" not in told
        assert "Traceback" not in told
        assert "refresh-" not in told
        assert told.count("token") > 20
        assert server.refreshes >= 5
        row = desk.store.logins.get("work")
        assert row is not None
        assert not row.dead
        assert row.refreshed_at is not None
        assert (datetime.now(UTC) - row.refreshed_at).total_seconds() < 60
        assert server.owner(desk.accounts.tokens().token("work"))
        desk.store.close()
