"""What goes wrong between an IMAP server and us: mail is received late, never lost, never doubled."""

import contextlib
import signal
import socket
import subprocess
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from imapclient import IMAPClient

from intake.channels.imap_connect import PROBE_SECONDS, wait_for_mail
from intake.channels.opening import open_channel
from intake.config.mailboxes import ImapMailbox
from intake.ports import NotKept, Temporary, UserError
from intake.runtime.backoff import Backoff
from intake.testing import dovecot as run_dovecot
from intake.testing import imap_append, imap_messages, wait_until


def mail(number: int) -> bytes:
    return b"From: ann@example.org\r\nSubject: number %d\r\n\r\nhello\r\n" % number


def raise_(err):
    raise err


def test_a_wrong_password_is_shown_with_its_cure_and_not_tried_at_once_again(dovecot, user, ledger, reading):
    with reading(dovecot, user, password="wrong"):
        wait_until(lambda: ledger.state)
        time.sleep(1)
        tries = len(ledger.errors)
    assert "password: the server refused user or password. Correct user and password" in ledger.state
    assert "wrong" not in ledger.state
    # The fixture sets the pause after a refusal to 0.3 s; it is 30 s otherwise.
    assert tries <= 5


def test_when_storing_fails_nothing_is_changed_and_later_it_is_received(dovecot, user, ledger, reading):
    imap_append(dovecot, user, [mail(1), mail(2)])
    ledger.refuse = lambda arrivals: raise_(Temporary("the disk is full"))
    with reading(dovecot, user):
        wait_until(lambda: ledger.state)
        assert [set(), set()] == [one.flags - {"\\Recent"} for one in imap_messages(dovecot, user)]
        assert [] == imap_messages(dovecot, user, "Intake")
        assert "the disk is full" in ledger.state
        ledger.refuse = lambda arrivals: None
        wait_until(lambda: len(imap_messages(dovecot, user, "Intake")) == 2)
    assert [mail(1), mail(2)] == ledger.raws


def test_after_trouble_of_our_own_the_mailbox_is_read_soon_however_long_it_lasted(
    dovecot, user, ledger, reading, monkeypatch
):
    monkeypatch.setattr("intake.channels.imap.OWN_TROUBLE_SECONDS", 0.05)
    imap_append(dovecot, user, [mail(1)])
    tries = []
    ledger.refuse = lambda arrivals: tries.append(1) or raise_(Temporary("the database is locked"))
    with reading(dovecot, user) as channel:
        channel._backoff = Backoff((0.01, 600.0))
        wait_until(lambda: len(tries) > 3, 20)
        ledger.refuse = lambda arrivals: None
        wait_until(lambda: ledger.raws == [mail(1)], 10)


def test_one_mail_that_cannot_be_taken_does_not_keep_the_others(dovecot, user, ledger, reading):
    imap_append(dovecot, user, [mail(n) for n in range(5)])

    def refuse(arrivals):
        if any(one.raw == mail(2) for one in arrivals):
            raise ValueError("our own fault")

    ledger.refuse = refuse
    with reading(dovecot, user, poll=0.5):
        wait_until(lambda: len(imap_messages(dovecot, user, "Intake")) == 4, 10)
        wait_until(lambda: "UID 3" in (ledger.state or ""), 10)
    assert {mail(0), mail(1), mail(3), mail(4)} == set(ledger.raws)
    assert [mail(2)] == [one.raw for one in imap_messages(dovecot, user)]


def test_one_mail_that_cannot_be_stored_does_not_keep_the_others(dovecot, user, ledger, reading, monkeypatch):
    imap_append(dovecot, user, [mail(n) for n in range(5)])
    asked = []

    def refuse(arrivals):
        asked.append(len(arrivals))
        if any(one.raw == mail(2) for one in arrivals):
            raise NotKept(
                "blobs does not take a file (Permission denied): give it to the user that runs intake"
            )

    ledger.refuse = refuse
    monkeypatch.setattr("intake.channels.imap.REFUSED_SECONDS", 1.0)
    with reading(dovecot, user, poll=0.5):
        wait_until(lambda: len(imap_messages(dovecot, user, "Intake")) == 4, 10)
        wait_until(lambda: "UID 3" in (ledger.state or "") and "Permission denied" in ledger.state, 10)
        assert [mail(2)] == [one.raw for one in imap_messages(dovecot, user)]
        # The owner was put right: it is received without a restart.
        ledger.refuse = lambda arrivals: None
        wait_until(lambda: mail(2) in ledger.raws, 10)
        wait_until(lambda: ledger.state == "", 10)


def test_a_server_that_is_killed_and_comes_back_is_read_on(ledger, reading):
    with run_dovecot() as server:
        with reading(server, "ann"):
            wait_until(lambda: ledger.state == "")
            server.stop(signal.SIGKILL)
            wait_until(lambda: "cannot connect" in (ledger.state or ""))
            server.start()
            imap_append(server, "ann", mail(1))
            wait_until(lambda: ledger.raws)
            wait_until(lambda: ledger.state == "")
        assert [mail(1)] == [one.raw for one in imap_messages(server, "ann", "Intake")]


class Proxy:
    """Pass bytes to a server, and cut each connection after `cut` bytes of what the server says."""

    def __init__(self, port: int, cut: int | None = None) -> None:
        self.target, self.cut, self.connections = port, cut, 0
        self.silent = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.open: list[socket.socket] = []
        self.thread = threading.Thread(target=self._accept)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()
        self.close_all()

    def close_all(self):
        for one in self.open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self.open = []

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.connections += 1
                server = socket.create_connection(("127.0.0.1", self.target))
                self.open += [client, server]
                threading.Thread(target=self._pass, args=(client, server, None), daemon=True).start()
                threading.Thread(target=self._pass, args=(server, client, self.cut), daemon=True).start()

    def _pass(self, source, sink, budget):
        with contextlib.suppress(OSError):
            while data := source.recv(4096):
                if self.silent:
                    continue
                sink.sendall(data if budget is None else data[:budget])
                if budget is not None:
                    budget -= len(data)
                    if budget <= 0:
                        break
            for one in (source, sink):
                one.shutdown(socket.SHUT_RDWR)


def test_a_connection_cut_at_any_byte_loses_and_doubles_nothing(dovecot, user, ledger, reading):
    imap_append(dovecot, user, [mail(n) for n in range(3)])
    # A whole session is some 2,500 bytes; every place from greeting to logout gets its cut.
    with Proxy(dovecot.port, 1) as proxy, reading(replace_port(dovecot, proxy.port), user):
        for cut in range(40, 2600, 320):
            proxy.cut = cut
            before = proxy.connections
            wait_until(lambda before=before: proxy.connections > before + 1 or len(ledger.rows) == 3)
        proxy.cut = None
        proxy.close_all()
        wait_until(lambda: len(imap_messages(dovecot, user, "Intake")) == 3, 10)
    assert 3 == len(ledger.rows)
    assert [] == imap_messages(dovecot, user)
    assert [mail(n) for n in range(3)] == [one.raw for one in imap_messages(dovecot, user, "Intake")]


def test_a_connection_lost_during_idle_is_no_busy_loop_and_is_made_anew(dovecot, user, ledger, reading):
    with Proxy(dovecot.port) as proxy, reading(replace_port(dovecot, proxy.port), user):
        wait_until(lambda: ledger.state == "")
        time.sleep(0.3)
        proxy.close_all()
        wait_until(lambda: proxy.connections >= 2)
        imap_append(dovecot, user, mail(1))
        wait_until(lambda: ledger.raws)
        assert proxy.connections <= 3


@pytest.mark.parametrize("idle", [True, False], ids=["with IDLE", "without"])
def test_a_connection_that_falls_silent_is_noticed_and_made_again(
    dovecot, user, ledger, reading, monkeypatch, idle
):
    """I16: nothing ends, and nothing comes any more. Half a second here stands for 25."""
    monkeypatch.setattr("intake.channels.imap_connect.PROBE_SECONDS", 0.5)
    has = IMAPClient.has_capability
    if not idle:
        monkeypatch.setattr(
            IMAPClient, "has_capability", lambda self, name: name != "IDLE" and has(self, name)
        )
    with Proxy(dovecot.port) as proxy, reading(replace_port(dovecot, proxy.port), user, poll=60, timeout=1):
        wait_until(lambda: ledger.state == "")
        time.sleep(0.3)
        proxy.silent = True
        began = time.monotonic()
        wait_until(lambda: "does not answer" in (ledger.state or ""), 10)
        assert time.monotonic() - began < 0.5 + 1 + 1
        proxy.silent = False
        imap_append(dovecot, user, mail(1))
        wait_until(lambda: ledger.raws, 10)
    assert [mail(1)] == ledger.raws


def test_with_the_timeout_of_the_config_that_is_within_a_minute():
    box = ImapMailbox(host="imap.example.com", user="help", password="secret")
    assert PROBE_SECONDS + box.timeout <= 60


def replace_port(server, port):
    return replace(server, port=port)


class Answering:
    """An IMAP client as `wait_for_mail` uses it, whose connection has ended."""

    def __init__(self, news):
        self.news, self.checks = news, 0
        self.near, self.far = socket.socketpair()
        self._imap = SimpleNamespace(file=self.near.makefile("rb"))

    def close(self):
        for one in (self._imap.file, self.near, self.far):
            one.close()

    def socket(self):
        return self.near

    def has_capability(self, name):
        return True

    def idle(self):
        return None

    def idle_check(self, timeout):
        self.checks += 1
        return self.news


@pytest.mark.parametrize("news", [[], [(b"BYE", b"shutting down")]], ids=["end of file", "BYE"])
def test_the_end_of_a_connection_in_idle_is_an_error_at_the_first_check(news):
    with contextlib.closing(Answering(news)) as client:
        with pytest.raises(Exception, match=r"BYE|ended"):
            wait_for_mail(client, 60, threading.Event())
        assert 1 == client.checks


@pytest.mark.parametrize("first", [b"* BYE go away\r\n", None], ids=["hangs up", "quiet"])
def test_a_server_that_hangs_up_at_once_or_says_nothing_costs_no_processor(
    first, ledger, imap_settings, running, dovecot, user
):
    """I16: less than two percent of one, with the pauses of the real thing."""
    with contextlib.ExitStack() as open_, socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    client.sendall(first)
                    client.close()

        server = dovecot
        if first is not None:
            threading.Thread(target=serve, daemon=True).start()
            server = replace(dovecot, port=listener.getsockname()[1])
        channel = open_channel("box", imap_settings(server, user), ledger, ledger.receive)
        open_.enter_context(running(channel))
        wait_until(lambda: ledger.state is not None)
        before = time.process_time()
        time.sleep(2)
        used = time.process_time() - before
        # accept() returns no more.
        listener.shutdown(socket.SHUT_RDWR)
    assert (first is None) == (ledger.state == "")
    assert used < 0.04


def test_without_the_lease_nothing_is_read_and_with_it_reading_begins(dovecot, user, ledger, reading):
    imap_append(dovecot, user, mail(1))
    ledger.holder = "elsewhere:1:run"
    with reading(dovecot, user, poll=0.2):
        wait_until(lambda: ledger.lease_asked > 4)
        assert ([], []) == (ledger.raws, ledger.errors)
        ledger.holder = ""
        wait_until(lambda: ledger.raws)
    assert "" == ledger.holder, "the lease was given back"


def test_a_lease_lost_while_waiting_ends_the_reading(dovecot, user, ledger, reading, monkeypatch):
    monkeypatch.setattr("intake.channels.lease.RENEW_SECONDS", 0.1)
    with reading(dovecot, user):
        wait_until(lambda: ledger.state == "")
        ledger.holder = "elsewhere:1:run"
        time.sleep(0.5)
        imap_append(dovecot, user, mail(1))
        time.sleep(1)
    assert ([], "elsewhere:1:run") == (ledger.raws, ledger.holder)


def test_the_lease_of_a_killed_process_of_this_machine_is_taken_at_once(dovecot, user, ledger, reading):
    ended = subprocess.Popen(["true"])
    ended.wait()
    imap_append(dovecot, user, mail(1))
    ledger.holder = f"{socket.gethostname()} {ended.pid} 1 run"
    with reading(dovecot, user):
        wait_until(lambda: ledger.raws)


@pytest.mark.parametrize("key", ["folders", "move_to"])
@pytest.mark.parametrize("bad", ["INBOX\r\nX1 LOGOUT", "a\x00b", "a\x85b"])
def test_folder_names_with_control_characters_are_refused(dovecot, user, ledger, imap_settings, key, bad):
    settings = imap_settings(dovecot, user)
    section = settings.mailboxes["box"]
    changed = replace(section, **{key: (bad,) if key == "folders" else bad})
    with pytest.raises(UserError, match="control characters"):
        open_channel("box", replace(settings, mailboxes={"box": changed}), ledger, ledger.receive)


def test_an_unknown_type_is_a_module_and_a_missing_one_is_explained(settings_of, ledger):
    settings = settings_of(type="ingest")
    assert open_channel("box", settings, ledger, ledger.receive) is None
    section = settings.mailboxes["box"]
    theirs = replace(section, type="nowhere.to_be_found")
    with pytest.raises(UserError, match=r"nowhere\.to_be_found.*Install"):
        open_channel("box", replace(settings, mailboxes={"box": theirs}), ledger, ledger.receive)
