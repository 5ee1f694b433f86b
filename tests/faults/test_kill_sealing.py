"""Killed between any two statements of sealing: what came is there as it came, or sealed; never neither."""

import os
import shutil
import signal
import sqlite3
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import peewee
import pytest
from canaries import PHRASE
from config_files import config_text
from faults import rig

from intake import app
from intake.config import settings as config
from intake.desk.message import Envelope
from intake.ports import Arrival
from intake.sealed import age
from intake.sealed.keeper import keep_sealed
from intake.store.upkeep.integrity import IntegrityCheck

# Every step is tried by `make faults`, each so many-th of them in a run of the tests.
EACH = 1 if rig.FULL else 13
RECIPIENT, IDENTITY = age.new_key()


def raw() -> bytes:
    """A mail that lies in a file of its own: it is larger than what stands in a row."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "lin@customer.example", "help@desk.example", "Help"
    mail["Message-ID"] = "<one@customer.example>"
    mail.set_content(f"My words: {PHRASE}")
    mail.add_attachment(
        os.urandom(1 << 20), maintype="application", subtype="octet-stream", filename="log.bin"
    )
    return mail.as_bytes()


def built(folder: Path) -> app.Desk:
    return app.build(config.load(folder / "intake.ini"))


def killed_at(folder: Path, step: int) -> int:
    """Seal in a child that dies at a step (0: at none); return how many steps there are."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        count = [0]

        def passed() -> None:
            count[0] += 1
            if count[0] == step:
                os.kill(os.getpid(), signal.SIGKILL)

        def around(owner: Any, name: str) -> None:
            inner = getattr(owner, name)

            def call(self: Any, *args: Any, **kwargs: Any) -> Any:
                passed()
                made = inner(self, *args, **kwargs)
                passed()
                return made

            setattr(owner, name, call)

        desk = built(folder)
        for owner, name in ((peewee.Database, "execute_sql"), (peewee.SqliteDatabase, "commit")):
            around(owner, name)
        keep_sealed(desk)
        os.write(writer, str(count[0]).encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with open(reader, "rb") as said:
        return int(said.read() or 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "whole"
    made.mkdir()
    (made / "intake.ini").write_text(config_text(address="help@desk.example"), encoding="utf-8")
    desk = built(made)
    desk.store.agents.add("anna@staff.example", "Anna", (), desk.service.clock())
    envelope = Envelope("lmtp", "support", "lin@customer.example", ("help@desk.example",))
    desk.service.receive([Arrival(raw(), envelope)])
    desk.service.process_pending()
    desk.database.sealed.seal_for(RECIPIENT, "admin", "command line", desk.service.clock())
    desk.store.close()
    return made


def state(folder: Path) -> tuple[bool, bool]:
    """Whether the mail can be read as it came, and whether it is sealed."""
    with closing(sqlite3.connect(folder / "data" / "intake.db")) as db:
        ((digest,),) = db.execute("select sha256 from message").fetchall()
        sealed = db.execute("select content from sealed_copy").fetchall()
    files = {path.name: path for path in (folder / "data" / "blobs").rglob("*") if path.is_file()}
    plain = digest in files and PHRASE.split()[5].encode() in files[digest].read_bytes()
    opens = [PHRASE.split()[5].encode() in age.decrypt(bytes(content), IDENTITY) for (content,) in sealed]
    return plain, opens == [True]


@pytest.mark.timeout(300)
def test_killed_at_any_step_of_sealing_it_is_raw_or_sealed(folder: Path, tmp_path: Path) -> None:
    steps = killed_at(shutil.copytree(folder, tmp_path / "counted"), 0)
    assert 20 < steps
    assert (True, False) == state(folder)
    seen: set[tuple[bool, bool]] = set()
    wrong: dict[int, object] = {}
    for step in range(1, steps + 1, EACH):
        at = shutil.copytree(folder, tmp_path / f"at-{step}")
        killed_at(at, step)
        seen.add(state(at))
        if state(at) not in {(True, False), (False, True)}:
            wrong[step] = state(at)
        desk = built(at)
        keep_sealed(desk)
        desk.database.blobs.remove_owed()
        faults = list(IntegrityCheck(desk.database.db, desk.database.blobs).faults())
        desk.store.close()
        left = [path.name for path in (at / "data" / "blobs").rglob("*") if path.is_file()]
        if faults or state(at) != (False, True) or len(left) > 2:
            wrong[step] = (faults, state(at), left)
        shutil.rmtree(at)
    assert {} == wrong
    assert {(True, False), (False, True)} == seen
