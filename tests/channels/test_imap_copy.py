"""Copying IMAP folders to import from: nothing on the server changes, and what was cut off goes on."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from intake.channels.imap_bounds import BoundedClient
from intake.channels.imap_copy import ImapCopy
from intake.config.mailboxes import ImapMailbox
from intake.ports import UserError
from intake.testing import imap_append, imap_create, imap_messages

AT = datetime(2019, 5, 1, 12, tzinfo=UTC)


def mail(number: int, size: int = 10) -> bytes:
    return b"From: ann@example.org\r\nSubject: number %d\r\n\r\n%b\r\n" % (number, b"x" * size)


@pytest.fixture
def copying(
    imap_settings: Callable[..., Any], dovecot: Any, user: str, tmp_path: Path
) -> Callable[..., ImapCopy]:
    """Make a copy of the user's account; `most` bytes a mail."""

    def make(most: int = 10_000, told: Callable[[str, int, int], None] = lambda *_: None) -> ImapCopy:
        section = imap_settings(dovecot, user).mailbox("box", ImapMailbox)
        return ImapCopy(section, None, tmp_path / "copy", most, told)

    return make


def here(tmp_path: Path) -> dict[str, bytes]:
    """The copied mails, by their names without the number of the folder."""
    files = (path for path in (tmp_path / "copy").rglob("*") if path.is_file())
    return {path.name.partition(".")[2]: path.read_bytes() for path in files}


def test_a_folder_is_copied_byte_for_byte_and_nothing_on_the_server_changes(dovecot, user, copying, tmp_path):
    imap_append(dovecot, user, [mail(1), mail(2)], at=AT)
    imap_append(dovecot, user, mail(3), flags="\\Draft")
    imap_append(dovecot, user, mail(4), flags="\\Deleted \\Seen")
    before = imap_messages(dovecot, user)
    assert copying().fetch(["INBOX"]) == []
    assert here(tmp_path) == {"1:2,": mail(1), "2:2,": mail(2), "3:2,D": mail(3), "4:2,T": mail(4)}
    assert imap_messages(dovecot, user) == before
    (first,) = (tmp_path / "copy").rglob("*.1:2,")
    assert first.stat().st_mtime == AT.timestamp()
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "copy").rglob("*"))


def test_a_second_copy_fetches_only_what_is_new(dovecot, user, copying, tmp_path):
    imap_append(dovecot, user, [mail(n) for n in range(60)])
    copying().fetch(["INBOX"])
    imap_append(dovecot, user, mail(99))
    (old,) = (tmp_path / "copy").rglob("*.7:2,")
    old.write_bytes(b"not fetched again")
    heard: list[tuple[str, int, int]] = []
    copying(told=lambda *said: heard.append(said)).fetch(["INBOX"])
    assert heard == [("INBOX", 61, 61)]
    assert here(tmp_path)["7:2,"] == b"not fetched again"
    assert len(here(tmp_path)) == 61


def test_what_was_half_written_is_fetched_again(dovecot, user, copying, tmp_path):
    imap_append(dovecot, user, [mail(1), mail(2)])
    copying().fetch(["INBOX"])
    (torn,) = (tmp_path / "copy").rglob("*.1:2,")
    torn.write_bytes(b"")
    copying().fetch(["INBOX"])
    assert here(tmp_path)["1:2,"] == mail(1)


def test_a_folder_made_anew_is_another_folder(dovecot, user, copying, tmp_path):
    imap_append(dovecot, user, [mail(1)])
    copying().fetch(["INBOX"])
    (path,) = (tmp_path / "copy").rglob("*.1:2,")
    os.rename(path, path.with_name("7.1:2,"))
    copying().fetch(["INBOX"])
    assert [item.name.partition(".")[0] != "7" for item in (tmp_path / "copy").rglob("*.1:2,")] == [True]


def test_folders_are_found_however_the_server_separates_their_names(dovecot, user, copying, tmp_path):
    imap_create(dovecot, user, "Old", "Old/2019", "Büro".encode("utf-7").decode().replace("+", "&"))
    imap_append(dovecot, user, mail(1), "Old/2019")
    copying().fetch(["Old/2019", "Büro"])
    assert here(tmp_path) == {"1:2,": mail(1)}


def test_a_mail_that_is_too_big_stays_and_is_told_of(dovecot, user, copying, tmp_path):
    imap_append(dovecot, user, [mail(1), mail(2, 30_000)])
    (left,) = copying().fetch(["INBOX"])
    assert (left.place, list(here(tmp_path))) == ("'INBOX', UID 2", ["1:2,"])
    assert copying(100_000).fetch(["INBOX"]) == []
    assert len(here(tmp_path)) == 2


def test_a_folder_that_is_not_there_is_said_so(copying):
    with pytest.raises(UserError, match="there is no folder 'Nowhere'"):
        copying().fetch(["Nowhere"])


def test_a_connection_that_breaks_is_made_anew_and_goes_on(dovecot, user, copying, tmp_path, monkeypatch):
    imap_append(dovecot, user, [mail(n) for n in range(120)])
    fetch, calls = BoundedClient.fetch, []

    def broken(self: BoundedClient, uids: Any, what: Any) -> Any:
        calls.append(uids)
        if len(calls) in (3, 6):
            raise ConnectionResetError(104, "reset")
        return fetch(self, uids, what)

    monkeypatch.setattr(BoundedClient, "fetch", broken)
    assert copying().fetch(["INBOX"]) == []
    assert len(here(tmp_path)) == 120


def test_a_server_that_never_answers_ends_it_and_what_was_fetched_stays(
    dovecot, user, copying, tmp_path, monkeypatch
):
    imap_append(dovecot, user, [mail(n) for n in range(60)])
    fetch, calls = BoundedClient.fetch, []

    def broken(self: BoundedClient, uids: Any, what: Any) -> Any:
        calls.append(uids)
        if len(calls) > 2:
            raise ConnectionResetError(104, "reset")
        return fetch(self, uids, what)

    monkeypatch.setattr(BoundedClient, "fetch", broken)
    with pytest.raises(UserError, match="import again to go on"):
        copying().fetch(["INBOX"])
    assert len(here(tmp_path)) == 50
