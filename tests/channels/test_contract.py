"""Each of our channels keeps to what every channel keeps to: see intake/testing/channel_contract.py."""

import contextlib
import mailbox
import os
import smtplib
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from intake.channels.opening import open_channel
from intake.config.sections import Settings
from intake.ports import Channel
from intake.runtime.backoff import Backoff
from intake.testing import Dovecot, free_port, imap_append, imap_messages
from intake.testing.channel_contract import ChannelContract, mail
from intake.testing.ledger import Ledger

MakeSettings = Callable[..., Settings]
ADDRESS = "support@example.com"


class Cutting:
    """Passes bytes on to a server; `say` puts words into its mouth and hangs up on who hears them."""

    def __init__(self, port: int) -> None:
        self.target, self.open = port, list[tuple[socket.socket, socket.socket]]()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._accept)
        self.thread.start()

    def say(self, words: bytes) -> None:
        pairs, self.open = self.open, []
        for near, far in pairs:
            with contextlib.suppress(OSError):
                near.sendall(words)
            for one in (near, far):
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()
        self.say(b"")

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
                self.open.append((near, far))
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class TestImap(ChannelContract):
    channel = "imap"
    stands_in = True

    @pytest.fixture(autouse=True)
    def server(
        self,
        dovecot: Dovecot,
        user: str,
        settings_of: MakeSettings,
        monkeypatch: pytest.MonkeyPatch,
    ) -> Iterator[None]:
        monkeypatch.setattr("intake.channels.imap_connect.SLICE_SECONDS", 0.1)
        monkeypatch.setattr("intake.channels.imap.LEAST_SECONDS", 0.1)
        self.dovecot, self.user, self.proxy = dovecot, user, Cutting(dovecot.port)
        keys = {"host": "127.0.0.1", "port": self.proxy.port, "security": "none", "user": user}
        self.settings = settings_of(**keys, password=dovecot.password, poll_seconds=5)
        yield
        self.proxy.close()

    def bring(self, text: str, pad: int = 0) -> None:
        imap_append(self.dovecot, self.user, mail(text, pad))

    def kept(self) -> Sequence[bytes]:
        return [one.raw for one in imap_messages(self.dovecot, self.user)]

    def open(self, ledger: Ledger) -> Channel:
        made: Any = open_channel(self.name, self.settings, ledger, ledger.receive)
        made._backoff = Backoff((0.1, 0.5))
        return cast(Channel, made)

    def disturbances(self) -> Iterable[Callable[[], object]]:
        for words in (b"", b"* BYE go away\r\n", b"* 9999999999999 EXISTS\r\n", b"\x00\xff\r\n"):
            yield lambda words=words: self.proxy.say(words)


class Delivering(ChannelContract):
    """A mail server that keeps each mail until it hears 250, or that it is refused for good."""

    @pytest.fixture(autouse=True)
    def server(self, settings_of: MakeSettings) -> Iterator[None]:
        self.port, self.waiting, self.bounced = free_port(), list[bytes](), list[bytes]()
        self.settings = settings_of(type=self.channel, port=self.port)
        self.over = threading.Event()
        deliverer = threading.Thread(target=self._deliver)
        deliverer.start()
        yield
        self.over.set()
        deliverer.join()

    def bring(self, text: str, pad: int = 0) -> None:
        self.waiting.append(mail(text, pad))

    def kept(self) -> Sequence[bytes]:
        return [*self.waiting, *self.bounced]

    def open(self, ledger: Ledger) -> Channel:
        made = open_channel(self.name, self.settings, ledger, ledger.receive)
        assert made is not None
        return made

    def _deliver(self) -> None:
        client = smtplib.LMTP if self.channel == "lmtp" else smtplib.SMTP
        while not self.over.wait(0.05):
            for one in list(self.waiting):
                try:
                    # A new connection each: one that was left open would keep the listener from stopping.
                    with client("127.0.0.1", self.port, timeout=5) as peer:
                        peer.sendmail("ann@example.org", [ADDRESS], one)
                except smtplib.SMTPResponseException as err:
                    if err.smtp_code >= 500:
                        self.bounced.append(one)
                        self.waiting.remove(one)
                except (smtplib.SMTPException, OSError):
                    continue
                else:
                    self.waiting.remove(one)

    def disturbances(self) -> Iterable[Callable[[], object]]:
        yield lambda: self._say(b"\x00\xff\r\n" * 50)
        yield lambda: self._say(b"x" * 2**21)
        yield lambda: self._say(
            b"EHLO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<support@example.com>\r\nDATA\r\nhalf"
        )

    def _say(self, words: bytes) -> None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)) as one:
            one.sendall(words)
            time.sleep(0.1)


class TestLmtp(Delivering):
    channel = "lmtp"


class TestSmtp(Delivering):
    channel = "smtp"


class InFolder(ChannelContract):
    channel = "maildir"
    stands_in = True

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path, settings_of: MakeSettings, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("intake.channels.maildir.BACKOFF", Backoff((0.1, 0.5)))
        self.path, self.number = tmp_path / "mail", 0
        self.make()
        self.settings = settings_of(type="maildir", path=self.path, poll_seconds=1)

    def make(self) -> None:
        raise NotImplementedError

    def put(self, raw: bytes) -> None:
        raise NotImplementedError

    def bring(self, text: str, pad: int = 0) -> None:
        self.put(mail(text, pad))

    def open(self, ledger: Ledger) -> Channel:
        made: Any = open_channel(self.name, self.settings, ledger, ledger.receive)
        made._section = replace(made._section, poll_seconds=0.1)
        return cast(Channel, made)

    def lies_in(self, folder: Path) -> Sequence[bytes]:
        found = []
        for one in folder.iterdir():
            # It may be moved away this moment.
            with contextlib.suppress(OSError):
                found.append(one.read_bytes())
        return found


class TestMaildir(InFolder):
    def make(self) -> None:
        self.box = mailbox.Maildir(self.path, create=True)

    def put(self, raw: bytes) -> None:
        self.box.add(raw)

    def kept(self) -> Sequence[bytes]:
        return self.lies_in(self.path / "new")

    def disturbances(self) -> Iterable[Callable[[], object]]:
        new = self.path / "new"
        yield lambda: (new / "a folder").mkdir()
        yield lambda: (new / "a link").symlink_to("/etc/hostname")
        yield lambda: (new / "empty").write_bytes(b"")
        yield self.take_the_folder_away

    def take_the_folder_away(self) -> None:
        os.rename(self.path / "new", self.path / "gone")
        time.sleep(0.1)
        os.rename(self.path / "gone", self.path / "new")


class TestFolderOfFiles(InFolder):
    def make(self) -> None:
        self.path.mkdir()

    def put(self, raw: bytes) -> None:
        self.number += 1
        path = self.path / f"{self.number}.eml"
        path.with_suffix(".tmp").write_bytes(raw)
        # As it looks once it is some seconds old: a younger one may still grow.
        os.utime(path.with_suffix(".tmp"), (time.time() - 10,) * 2)
        path.with_suffix(".tmp").rename(path)

    def kept(self) -> Sequence[bytes]:
        return self.lies_in(self.path)

    def disturbances(self) -> Iterable[Callable[[], object]]:
        yield lambda: (self.path / "folder.eml").mkdir()
        yield lambda: (self.path / "link.eml").symlink_to("/nowhere")
        yield lambda: (self.path / "odd \udcff.eml").write_bytes(b"\x00\xff")


def test_each_channel_that_runs_has_its_contract() -> None:
    from intake.channels.registry import CHANNELS, Mode

    suites: list[Any] = [one for one in globals().values() if isinstance(one, type)]
    held = {one.channel for one in suites if issubclass(one, ChannelContract) and one.__name__[:4] == "Test"}
    assert {name for name, kind in CHANNELS.items() if kind.mode is not Mode.FED} == held
