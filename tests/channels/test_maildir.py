"""Mail that something else puts into a folder."""

import errno
import mailbox
import os
import threading
import time

import pytest

from intake.channels.opening import check, open_channel
from intake.channels.oversize import header_in
from intake.folders import own_bytes
from intake.ports import NotKept, Temporary
from intake.runtime.backoff import Backoff
from intake.testing import wait_until


def mail(number: int) -> bytes:
    return b"From: ann@example.org\r\nSubject: number %d\r\n\r\nhello\r\n" % number


def raise_(err):
    raise err


def put(path, raw, age=10.0):
    """Write a file as it would look when `age` seconds have passed."""
    path.write_bytes(raw)
    os.utime(path, (time.time() - age, time.time() - age))


@pytest.fixture
def maildir(tmp_path):
    mailbox.Maildir(tmp_path / "mail", create=True)
    return tmp_path / "mail"


@pytest.fixture
def plain(tmp_path):
    (tmp_path / "mail").mkdir()
    return tmp_path / "mail"


@pytest.fixture
def look(settings_of, ledger):
    """Look once into the folder; returns what there is to say."""
    made = {}

    def run(folder, **keys):
        name = str(sorted(keys.items()))
        if name not in made:
            settings = settings_of(type="maildir", path=folder, **keys)
            made[name] = open_channel("box", settings, ledger, ledger.receive)
        return made[name].look(threading.Event())

    return run


def names(folder):
    return sorted(one.name for one in folder.rglob("*") if one.is_file())


def test_new_mail_of_a_maildir_is_received_and_becomes_seen(maildir, ledger, look):
    put(maildir / "new" / "1.a.host", mail(1), age=0)
    put(maildir / "new" / "2.a.host", mail(2), age=0)
    put(maildir / "cur" / "0.a.host:2,S", mail(0))
    put(maildir / "tmp" / "3.a.host", mail(3))
    assert "" == look(maildir)
    assert [mail(1), mail(2)] == ledger.raws
    assert ["0.a.host:2,S", "1.a.host:2,S", "2.a.host:2,S"] == names(maildir / "cur")
    assert ("maildir", "box", None) == (
        ledger.arrivals[0].envelope.channel,
        ledger.arrivals[0].envelope.mailbox,
        ledger.arrivals[0].envelope.sender,
    )


AFTER = [
    # name, other keys, names in the folder afterwards, in move_to
    ("move", {}, ["done/a.eml"], []),
    ("move", {"move_to": "away"}, [], ["a.eml"]),
    ("leave", {}, ["a.eml"], []),
    ("delete", {}, [], []),
]


@pytest.mark.parametrize(("after", "keys", "stays", "moved"), AFTER)
def test_what_is_done_with_received_files(plain, tmp_path, ledger, look, after, keys, stays, moved):
    put(plain / "a.eml", mail(1))
    for _ in range(3):
        look(plain, after=after, **keys)
    assert [mail(1)] == ledger.raws, "read once"
    left = sorted(str(one.relative_to(plain)) for one in plain.rglob("*") if one.is_file())
    assert (stays, moved) == (left, names(tmp_path / "away"))


def test_half_written_and_other_files_wait(plain, ledger, look):
    put(plain / "young.eml", mail(1), age=0)
    put(plain / ".hidden.eml", mail(2))
    put(plain / "a.eml.tmp", mail(3))
    put(plain / "notes.txt", mail(4))
    look(plain)
    assert [] == ledger.raws
    put(plain / "young.eml", mail(1))
    look(plain)
    assert [mail(1)] == ledger.raws


def test_a_file_that_is_left_and_written_anew_is_read_again(plain, ledger, look):
    put(plain / "a.eml", mail(1))
    look(plain, after="leave")
    put(plain / "a.eml", mail(2), age=5)
    look(plain, after="leave")
    assert [mail(1), mail(2)] == ledger.raws


def test_a_second_file_of_the_same_name_overwrites_nothing(plain, tmp_path, look):
    for number in (1, 2):
        put(plain / "a.eml", mail(number))
        look(plain, move_to="away")
    assert {mail(1), mail(2)} == {one.read_bytes() for one in (tmp_path / "away").iterdir()}


def test_of_a_file_over_the_limit_the_header_comes_once_and_it_is_left(plain, ledger, look):
    big = mail(1) + b"x" * 2**20
    put(plain / "big.eml", big)
    put(plain / "small.eml", mail(2))
    for _ in range(2):
        assert "" == look(plain)
    top = mail(1).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert {(top, len(big)), (mail(2), 0)} == {(one.raw, one.envelope.oversize) for one in ledger.arrivals}
    assert big == (plain / "big.eml").read_bytes()
    assert (2, 2) == (len(ledger.rows), len({one.raw for one in ledger.arrivals}))


def test_a_file_over_the_limit_that_cannot_be_read_keeps_nothing_else_from_coming(plain, ledger, look):
    put(plain / "big.eml", mail(1) + b"x" * 2**20)
    put(plain / "small.eml", mail(2))

    def broken(arrivals):
        if any(arrival.envelope.oversize for arrival in arrivals):
            raise ValueError("an unforeseen one")

    ledger.refuse = broken
    with pytest.raises(ValueError, match="unforeseen"):
        look(plain)
    assert "'big.eml': cannot be received" in look(plain)
    assert [mail(2)] == ledger.raws


def test_of_two_headers_without_an_end_there_are_two():
    tops = [bytes([letter]) * 100 for letter in b"ab"]
    assert 2 == len({header_in(top) for top in tops})


def test_when_storing_fails_files_stay_and_later_are_received(plain, ledger, look):
    put(plain / "a.eml", mail(1))
    ledger.refuse = lambda arrivals: raise_(Temporary("full"))
    with pytest.raises(Temporary):
        look(plain)
    assert ["a.eml"] == names(plain)
    ledger.refuse = lambda arrivals: None
    look(plain)
    assert [mail(1)] == ledger.raws


def test_one_file_that_cannot_be_taken_does_not_keep_the_others(
    plain, ledger, settings_of, running, monkeypatch
):
    monkeypatch.setattr("intake.channels.maildir.BACKOFF", Backoff((0.01,)))
    for number in range(4):
        put(plain / f"{number}.eml", mail(number))

    def refuse(arrivals):
        if any(one.raw == mail(1) for one in arrivals):
            raise ValueError("our own fault")

    ledger.refuse = refuse
    settings = settings_of(type="maildir", path=plain, poll_seconds=1)
    with running(open_channel("box", settings, ledger, ledger.receive)):
        wait_until(lambda: "'1.eml': cannot be received" in (ledger.state or ""))
    assert [mail(0), mail(2), mail(3)] == ledger.raws
    assert (plain / "1.eml").exists()


def test_one_file_that_cannot_be_stored_does_not_keep_the_others(plain, ledger, look):
    for n in range(4):
        put(plain / f"{n}.eml", mail(n))

    def refuse(arrivals):
        if any(one.raw == mail(1) for one in arrivals):
            raise NotKept("blobs does not take a file (Permission denied)")

    ledger.refuse = refuse
    assert "'1.eml': cannot be stored: blobs does not take a file (Permission denied)" == look(plain)
    assert {mail(0), mail(2), mail(3)} == set(ledger.raws)
    assert (plain / "1.eml").exists()
    ledger.refuse = lambda arrivals: None
    assert "" == look(plain)
    assert mail(1) in ledger.raws


def test_one_file_that_cannot_be_read_does_not_keep_the_others(plain, ledger, look, monkeypatch):
    for n in range(4):
        put(plain / f"{n}.eml", mail(n))

    def read(path, most=-1):
        # As with a file that only root may read: whoever runs the tests may be root.
        if path.name == "1.eml":
            raise PermissionError(errno.EACCES, "Permission denied", os.fspath(path))
        return own_bytes(path, most)

    monkeypatch.setattr("intake.channels.maildir.own_bytes", read)
    assert "'1.eml': cannot be read (Permission denied)" == look(plain)
    assert {mail(0), mail(2), mail(3)} == set(ledger.raws)
    assert (plain / "1.eml").exists()
    monkeypatch.undo()
    assert "" == look(plain)
    assert mail(1) in ledger.raws


def test_after_trouble_of_our_own_the_folder_is_read_soon_however_long_it_lasted(
    plain, ledger, settings_of, running, monkeypatch
):
    monkeypatch.setattr("intake.channels.maildir.BACKOFF", Backoff((0.01, 600.0)))
    monkeypatch.setattr("intake.channels.maildir.OWN_TROUBLE_SECONDS", 0.02)
    put(plain / "a.eml", mail(1))
    tries = []
    ledger.refuse = lambda arrivals: tries.append(1) or raise_(Temporary("the database is locked"))
    settings = settings_of(type="maildir", path=plain, poll_seconds=1)
    with running(open_channel("box", settings, ledger, ledger.receive)):
        wait_until(lambda: len(tries) > 3)
        ledger.refuse = lambda arrivals: None
        wait_until(lambda: ledger.raws == [mail(1)], 5)


def test_a_folder_that_is_missing_is_shown_until_it_is_there(
    tmp_path, ledger, settings_of, running, monkeypatch
):
    monkeypatch.setattr("intake.channels.maildir.BACKOFF", Backoff((0.05,)))
    settings = settings_of(type="maildir", path=tmp_path / "later")
    assert [("problem", "path")] == [(one.level, one.key) for one in check(settings.mailboxes["box"])]
    with running(open_channel("box", settings, ledger, ledger.receive)):
        wait_until(lambda: "later" in (ledger.state or ""))
        (tmp_path / "later").mkdir()
        wait_until(lambda: ledger.state == "")
    assert ["ok"] == [one.level for one in check(settings.mailboxes["box"])]


def test_moving_into_the_folder_itself_is_a_problem(plain, settings_of):
    section = settings_of(type="maildir", path=plain, move_to=plain).mailboxes["box"]
    assert [("problem", "move_to")] == [(one.level, one.key) for one in check(section)]
