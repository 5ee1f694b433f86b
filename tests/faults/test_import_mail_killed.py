"""An import of mail that is killed again and again: what it leaves is what one that went through leaves."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from config_files import config_text
from imports import archives

from intake.app import build
from intake.config.settings import load
from intake.store.schema.imports import Imported
from intake.store.schema.tables import Attachment, Entry, Message, Outbox, Ticket

KILLS, CONVERSATIONS = 20, 160
# One process that has loaded everything, and by a fork each time begins those that are killed: each a moment
# after it has written something, and it writes one ticket at a time.
NURSERY = """
import os, random, signal, sqlite3, sys, time
from pathlib import Path
from intake.cli import main
from intake.config.settings import load
from intake.imports import running
from intake.store.opening import sqlite_path
import intake.app, intake.commands.imports, intake.store.import_counts

config, archive, kills, chance = sys.argv[1], sys.argv[2], int(sys.argv[3]), random.Random(11)
settings = load(Path(config))
database = sqlite3.connect(sqlite_path(settings.store.url, settings.desk.data), timeout=30)
running.TICKETS_AT_ONCE = 1

def written():
    return database.execute("SELECT COUNT(*) FROM imported").fetchone()[0]

def start():
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            args = ["--config", config, "import", "mail", archive, "--own", "@desk.example"]
            main(args, standalone_mode=False)
            code = 0
        finally:
            os._exit(code)
    return pid

killed = 0
for _ in range(kills):
    before, pid = written(), start()
    while written() == before:
        if os.waitpid(pid, os.WNOHANG) != (0, 0):
            sys.exit("it ended before it was killed")
        time.sleep(0.002)
    time.sleep(chance.uniform(0, 0.01))
    os.kill(pid, signal.SIGKILL)
    killed += os.WIFSIGNALED(os.waitpid(pid, 0)[1])
left = written()
code = os.waitstatus_to_exitcode(os.waitpid(start(), 0)[1])
print("killed", killed, "ended", code, "written", left)
"""


def desk_of(folder: Path) -> Path:
    """A desk of its own; return its config."""
    (folder / "data").mkdir(parents=True)
    config = folder / "intake.ini"
    config.write_text(config_text(address="help@desk.example"))
    build(load(config)).store.close()
    return config


def state_of(config: Path) -> dict[str, Any]:
    """What is there of tickets and mail, without the numbers that a database gives."""
    desk = build(load(config))
    rows = desk.database.db.rows
    numbers = {
        number: (subject, who)
        for number, subject, who in rows(Ticket.select(Ticket.id, Ticket.subject, Ticket.requester).tuples())
    }
    entries = rows(Entry.select(Entry.ticket, Entry.kind, Entry.text, Entry.created_at).tuples())
    state = {
        "tickets": sorted(numbers.values()),
        "entries": sorted((*numbers[number], kind, text, str(at)) for number, kind, text, at in entries),
        "messages": sorted(rows(Message.select(Message.sha256, Message.state, Message.outcome).tuples())),
        "imported": sorted(rows(Imported.select(Imported.ref, Imported.kind, Imported.found).tuples())),
        "files": sorted(rows(Attachment.select(Attachment.sha256).tuples())),
        "owed": rows(Outbox.select(Outbox.id).tuples()),
    }
    desk.store.close()
    return state


@pytest.mark.timeout(280)
def test_twenty_kills_leave_what_one_import_leaves(tmp_path: Path) -> None:
    box = tmp_path / "old.mbox"
    mails = archives.shuffled(CONVERSATIONS, box)
    config, other = desk_of(tmp_path / "killed"), desk_of(tmp_path / "whole")
    command = [sys.executable, "-c", NURSERY, str(config), str(box), str(KILLS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250)
    said = re.fullmatch(r"killed (\d+) ended 0 written (\d+)", (done.stdout.splitlines() or [""])[-1])
    assert said is not None, done.stderr[-2000:]
    assert int(said[1]) == KILLS
    assert KILLS < int(said[2]) < CONVERSATIONS + len(mails), "they wrote, and did not write all"
    command = [sys.executable, "-m", "intake", "--config", str(other), "import", "mail", str(box)]
    whole = subprocess.run(
        [*command, "--own", "@desk.example", "--json"], capture_output=True, text=True, timeout=120
    )
    assert json.loads(whole.stdout)["entries"] == len(mails), whole.stderr[-2000:]
    left = state_of(config)
    assert left == state_of(other)
    assert (len(left["tickets"]), len(left["entries"]), left["owed"]) == (CONVERSATIONS, len(mails), [])
