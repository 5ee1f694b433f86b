"""A desk that keeps its record: sealed by and by, signed each hour and after what cannot be taken back."""

import logging
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from pump import Clock, PumpedDesk

from intake.desk.record.checkpoint import notes_in
from intake.recording.keeper import Keeper, checkpoint, checkpoints_of
from intake.recording.key import FILE, valid
from intake.store.record.verifying import Verifying
from intake.store.upkeep.erasure import Erasing

WITNESSES = ("ceo@elsewhere.example", "notary@third.example")


class Kept(PumpedDesk):
    """A desk whose checkpoints go to two people."""

    def __init__(self, folder: Path, store: str = "") -> None:
        more = f"[audit]\ncheckpoint_to = {', '.join(WITNESSES)}"
        super().__init__(folder, "desk.example", Clock(), more, store)
        self.keeper = Keeper(self.desk)

    @property
    def sizes(self) -> list[int]:
        return [kept.size for kept in checkpoints_of(self.desk).newest(99)]

    def look(self, **later: float) -> None:
        self.clock.later(**later)
        self.keeper.look()

    def faults(self, *texts: str) -> list[str]:
        outside = [note for text in texts for note in notes_in(text)]
        return (
            Verifying(self.desk.database.db, self.desk.database.blobs, valid, 0).verify(outside, True).faults
        )


@pytest.fixture(params=["sqlite", "postgres"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    store = request.getfixturevalue("postgres_url").replace("%", "%%") if request.param == "postgres" else ""
    made = Kept(tmp_path, store)
    yield made
    made.close()


def test_a_checkpoint_is_made_each_hour_also_when_nothing_happened(desk: Kept) -> None:
    desk.look()
    for _ in range(59):
        desk.look(minutes=1)
    assert 1 == len(desk.sizes)
    desk.look(minutes=1)
    desk.look(seconds=2)
    assert 2 == len(desk.sizes)
    assert [] == desk.faults()


def test_a_dangerous_act_is_followed_by_one_and_many_by_one_more(desk: Kept) -> None:
    desk.look()
    desk.store.upkeep.record_audit("Anna", "looked", desk.clock.now)
    desk.look(minutes=10)
    assert 1 == len(desk.sizes)
    erasing = Erasing(desk.desk.database.db, desk.desk.database.blobs)
    erasing.erase([], "lin@customer.example", [], desk.desk.keys[-1], "Anna", desk.clock.now)
    desk.look(seconds=2)
    assert 2 == len(desk.sizes)
    for _ in range(10):
        desk.store.upkeep.record_audit("Anna", "disabled agent x", desk.clock.now)
        desk.look(seconds=2)
    assert 2 == len(desk.sizes)
    desk.look(minutes=1)
    assert 3 == len(desk.sizes)
    desk.look(minutes=1)
    assert 3 == len(desk.sizes)


def test_each_mail_carries_the_last_three_and_verify_reads_it_as_it_came(desk: Kept) -> None:
    for _ in range(4):
        desk.look(hours=1)
    desk.deliver()
    assert set(WITNESSES) == {mail.rcpt for mail in desk.sent}
    assert 8 == len(desk.sent)
    last = [mail for mail in desk.sent if mail.rcpt == WITNESSES[0]][-1]
    read = message_from_bytes(last.raw, policy=policy.default)
    text = read.get_body().get_content()  # type: ignore[union-attr]
    sizes = [note.checkpoint.size for note in notes_in(text)]
    assert desk.sizes[:3] == sizes
    assert [] == desk.faults(text)
    assert re.search(r"checkpoint of the record, [\d,]+ rows", str(read["Subject"]))
    assert "auto-generated" == read["Auto-Submitted"]
    # What the desk sent is recorded, the mail with the checkpoint too.
    desk.look()
    assert [] == desk.faults(text)


def test_the_log_says_it_as_well(desk: Kept, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "intake.record")
    desk.look()
    (line,) = [record for record in caplog.records if record.name == "intake.record"]
    kept = checkpoints_of(desk.desk).newest()[0]
    assert (kept.note.splitlines()[2], str(kept.size)) == (vars(line)["root"], vars(line)["rows"])


def test_another_key_makes_no_checkpoint_and_a_person_is_told(desk: Kept) -> None:
    desk.look()
    (file,) = desk.config.parent.rglob(FILE)
    kept = file.read_text()
    file.write_text("ab" * 32 + "\n")
    desk.look(hours=2)
    assert 1 == len(desk.sizes)
    assert "gets no checkpoint" in desk.store.troubles.current(desk.clock.now)[0].what
    file.write_text(kept)
    desk.look(minutes=1)
    assert 2 == len(desk.sizes)
    assert [] == desk.store.troubles.current(desk.clock.now)


def test_another_config_is_recorded_once_and_without_a_word_of_it(desk: Kept) -> None:
    desk.look()
    desk.config.write_text(desk.config.read_text() + "\n# password = hunter2\n")
    for _ in range(2):
        Keeper(desk.desk).look()
    said = [row.what for row in desk.store.upkeep.list_audit()]
    assert ["started with another config"] == said
    bodies = [body for (body,) in desk.desk.database.db.many("SELECT body FROM record_row")]
    assert 2 == sum('"kind":"config"' in body for body in bodies)
    assert "hunter2" not in "".join(bodies)
    assert [] == desk.faults()


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from intake import app
from intake.config import settings as config
from intake.recording import keeper
{where}
desk = app.build(config.load(__import__("pathlib").Path(sys.argv[1])))
keeper.checkpoint(desk, datetime(2026, 1, 1, 9, tzinfo=UTC))
"""
STEPS = {
    "before what is owed is read": "keeper.Checkpoints._seal",
    "after the rows, before the signature": "keeper.Checkpoints.key",
    "after the signature, before the mails": "keeper.letter.owe",
    "after the commit": "keeper.log.info",
}


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_it_is_green_and_the_next_one_goes_on(desk: Kept, step: str) -> None:
    desk.look()
    desk.store.upkeep.record_audit("Anna", "looked", desk.clock.now)
    where = f"{STEPS[step]} = lambda *args, **more: os.kill(os.getpid(), signal.SIGKILL)"
    ran = subprocess.run([sys.executable, "-c", KILLED.format(where=where), str(desk.config)], check=False)
    assert -signal.SIGKILL == ran.returncode
    assert [] == desk.faults()
    desk.look(hours=3)
    assert [] == desk.faults()
    assert 0 == checkpoints_of(desk.desk).owed()


def test_what_fails_between_the_rows_and_the_signature_leaves_both_to_the_next(
    desk: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.look()
    desk.store.upkeep.record_audit("Anna", "looked", desk.clock.now)
    before = desk.sizes

    def killed(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("intake.recording.letter.owe", killed)
    with pytest.raises(KeyboardInterrupt):
        checkpoint(desk.desk, desk.clock.now)
    monkeypatch.undo()
    assert before == desk.sizes
    assert [] == desk.faults()
    desk.look(hours=1)
    assert [] == desk.faults()
    assert len(before) + 1 == len(desk.sizes)
