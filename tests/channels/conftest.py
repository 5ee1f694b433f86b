"""A ledger that records, and channels that run in a thread for as long as a test needs them."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from intake import testing
from intake.channels.opening import open_channel
from intake.config import settings as config
from intake.ports import Arrival, Channel, Received


class Ledger:
    """Our own side of the seam: what channels hand over, and what they say of their mailbox.

    `refuse` is called with each batch before it is taken, and may raise.
    """

    def __init__(self) -> None:
        self.batches: list[list[Arrival]] = []
        self.rows: dict[str, int] = {}
        self.known: set[tuple[str, str, int, int]] = set()
        self.errors: list[str] = []
        self.holder = ""
        self.lease_asked = 0
        self.refuse: Callable[[Sequence[Arrival]], None] = lambda arrivals: None
        self._lock = threading.Lock()

    def receive(self, arrivals: Sequence[Arrival]) -> list[Received]:
        self.refuse(arrivals)
        with self._lock:
            self.batches.append(list(arrivals))
            got = []
            for one in arrivals:
                sha = hashlib.sha256(one.raw).hexdigest()
                known = sha in self.rows
                got.append(Received(self.rows.setdefault(sha, len(self.rows) + 1), known))
                if one.origin is not None:
                    self.known.add(
                        (one.envelope.mailbox, one.origin.folder, one.origin.uidvalidity, one.origin.uid)
                    )
            return got

    @property
    def arrivals(self) -> list[Arrival]:
        with self._lock:
            return [one for batch in self.batches for one in batch]

    @property
    def raws(self) -> list[bytes]:
        return [one.raw for one in self.arrivals]

    def known_uids(self, mailbox: str, folder: str, uidvalidity: int) -> set[int]:
        with self._lock:
            return {row[3] for row in self.known if row[:3] == (mailbox, folder, uidvalidity)}

    def mailbox_lease(self, name: str, owner: str, now: datetime, for_: timedelta) -> bool:
        self.lease_asked += 1
        self.holder = self.holder or owner
        return self.holder == owner

    def mailbox_release(self, name: str, owner: str) -> None:
        if self.holder == owner:
            self.holder = ""

    def mailbox_states(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name="box", owner=self.holder)]

    def mailbox_seen(self, mailbox: str, now: datetime, error: str = "") -> None:
        self.errors.append(error)

    @property
    def state(self) -> str | None:
        """The latest state: None before the first, "" when all is well."""
        return self.errors[-1] if self.errors else None


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def settings_of(tmp_path: Path) -> Callable[..., config.Settings]:
    """Make real settings with one mailbox called box out of keyword arguments."""

    def make(max_message_mb: int = 1, **keys: Any) -> config.Settings:
        lines = "".join(f"{key} = {value}\n" for key, value in keys.items())
        file = tmp_path / "config.ini"
        file.write_text(
            "[desk]\nname = Test\naddress = support@example.com\n"
            f"max_message_mb = {max_message_mb}\n[smtp]\nhost = localhost\n[mailbox box]\n{lines}"
        )
        return config.load(file)

    return make


@pytest.fixture
def running() -> Callable[..., Any]:
    """Run a channel in a thread; it must end within five seconds of being told to."""

    @contextmanager
    def run(channel: Channel) -> Iterator[Channel]:
        stop = threading.Event()
        thread = threading.Thread(target=channel.run, args=(stop,))
        thread.start()
        try:
            yield channel
        finally:
            stop.set()
            thread.join(5)
            assert not thread.is_alive(), "the channel did not stop"

    return run


@pytest.fixture
def imap_settings(settings_of: Callable[..., config.Settings]) -> Callable[..., config.Settings]:
    """Make settings for an IMAP server of the tests."""

    def make(server: testing.ImapServer, user: str, **keys: Any) -> config.Settings:
        base = {"host": server.host, "port": server.port, "security": "none", "user": user}
        return settings_of(**{**base, "password": server.password, "poll_seconds": 60, **keys})

    return make


@pytest.fixture
def reading(
    ledger: Ledger,
    imap_settings: Callable[..., config.Settings],
    running: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Any]:
    """Read a user's mail into the ledger; failures are tried again quickly, and polls may be quicker too."""
    monkeypatch.setattr("intake.channels.imap_connect.SLICE_SECONDS", 0.1)

    @contextmanager
    def run(
        server: testing.ImapServer, user: str, poll: float | None = None, **keys: Any
    ) -> Iterator[Channel]:
        channel: Any = open_channel("box", imap_settings(server, user, **keys), ledger, ledger.receive)
        channel._backoff, channel._login_backoff = (0.05, 0.1), 0.3
        if poll is not None:
            channel._section = config.Section({**channel._section.values, "poll_seconds": poll})
        with running(channel):
            yield channel

    return run
