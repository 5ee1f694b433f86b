"""Comparing a real mailbox with the ledger: nothing missed goes unseen, nothing is touched."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from config_files import config_text
from imapclient import IMAPClient
from pump import letter

from intake import app, testing
from intake.cli import main
from intake.config import settings as config
from intake.desk.message import Envelope
from intake.ports import Arrival, Origin


@contextmanager
def logged_in(dovecot: testing.Dovecot, user: str) -> Iterator[IMAPClient]:
    with IMAPClient(dovecot.host, dovecot.port, ssl=False, timeout=20) as client:
        client.login(user, dovecot.password)
        yield client


def test_what_is_on_the_server_and_not_in_the_ledger_is_found_and_taken(
    dovecot: testing.Dovecot, user: str, tmp_path: Path
) -> None:
    def raw(number: int) -> bytes:
        return letter(f"c{number}@customer.example", "help@desk.example", f"Question {number}")

    path = tmp_path / "intake.ini"
    path.write_text(
        config_text(
            mailbox=f"host = {dovecot.host}\nport = {dovecot.port}\nsecurity = none\nuser = {user}\n"
            f"password = {dovecot.password}"
        )
    )
    with logged_in(dovecot, user) as client:
        client.create_folder("Intake")
        for number in (1, 2, 3):
            client.append("INBOX", raw(number))
        for number in (4, 5):
            client.append("Intake", raw(number))
        validity = int(client.select_folder("INBOX")[b"UIDVALIDITY"])
    desk = app.build(config.load(path))
    envelope = Envelope("imap", "support")
    # One known by its UID, one by its content alone, as after being moved.
    desk.service.receive([Arrival(raw(1), envelope, Origin("INBOX", validity, 1)), Arrival(raw(4), envelope)])
    desk.store.close()

    def reconcile(*words: str, code: int) -> list[dict[str, Any]]:
        done = CliRunner().invoke(main, ["--config", str(path), "mailbox", "reconcile", "--json", *words])
        assert code == done.exit_code, done.output
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    missing = [("INBOX", 2), ("INBOX", 3), ("Intake", 2)]
    assert missing == [(row["folder"], row["uid"]) for row in reconcile(code=1)]
    assert missing == [(row["folder"], row["uid"]) for row in reconcile("--take", "support", code=0)]
    assert [] == reconcile(code=0)
    again = app.build(config.load(path))
    assert 5 == len(again.store.ledger.list_messages())
    assert {1, 2} == again.store.mailboxes.known_uids("support", "Intake", _validity(dovecot, user))
    again.store.close()
    with logged_in(dovecot, user) as client:
        assert 3 == client.select_folder("INBOX")[b"EXISTS"]
        assert [] == client.search(["SEEN"])


def test_files_that_were_never_received_are_found_where_they_lie(tmp_path: Path) -> None:
    box = tmp_path / "box"
    for name in ("tmp", "new", "cur"):
        (box / name).mkdir(parents=True)
    path = tmp_path / "intake.ini"
    path.write_text(
        "[desk]\nname = Desk\naddress = help@desk.example\n[smtp]\nhost = 127.0.0.1\n"
        f"[mailbox files]\ntype = maildir\npath = {box}\n[mailbox handed]\ntype = lmtp\nport = 0\n"
    )
    raws = [letter(f"c{number}@customer.example", "help@desk.example", f"Q {number}") for number in range(3)]
    (box / "cur" / "1:2,S").write_bytes(raws[0])
    (box / "cur" / "2:2,S").write_bytes(raws[1])
    (box / "new" / "3").write_bytes(raws[2])
    desk = app.build(config.load(path))
    desk.service.receive([Arrival(raws[0], Envelope("maildir", "files"))])
    desk.store.close()

    def reconcile(*words: str, code: int) -> str:
        done = CliRunner().invoke(main, ["--config", str(path), "mailbox", "reconcile", *words])
        assert code == done.exit_code, done.output
        return done.stdout

    assert [("new", "3"), ("cur", "2:2,S")] == [
        (row["folder"], row["uid"]) for row in json.loads(reconcile("--json", code=1))
    ]
    told = reconcile(code=1)
    assert "handed (lmtp): nothing to compare" in told
    assert "Import them:" in told
    assert 2 == reconcile("--take", code=0).count("imported now")
    assert "Nothing is missing" in reconcile("files", code=0)
    assert "Nothing is missing" not in reconcile("handed", code=0)
    reconcile("elsewhere", code=1)
    again = app.build(config.load(path))
    assert 3 == len(again.store.ledger.list_messages())
    again.store.close()


def _validity(dovecot: testing.Dovecot, user: str) -> int:
    with logged_in(dovecot, user) as client:
        return int(client.select_folder("Intake")[b"UIDVALIDITY"])
