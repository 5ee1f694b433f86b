"""Channels that run in a thread for as long as a test needs them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from intake import testing
from intake.channels.opening import open_channel
from intake.config import settings as config
from intake.config.sections import Settings
from intake.ports import Channel
from intake.runtime.backoff import Backoff
from intake.testing.ledger import Ledger


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def settings_of(tmp_path: Path) -> Callable[..., Settings]:
    """Make real settings with one mailbox called box out of keyword arguments."""

    def make(max_message_mb: int = 1, **keys: Any) -> Settings:
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
def imap_settings(settings_of: Callable[..., Settings]) -> Callable[..., Settings]:
    """Make settings for an IMAP server of the tests."""

    def make(server: testing.ImapServer, user: str, **keys: Any) -> Settings:
        base = {"host": server.host, "port": server.port, "security": "none", "user": user}
        return settings_of(**{**base, "password": server.password, "poll_seconds": 60, **keys})

    return make


@pytest.fixture
def reading(
    ledger: Ledger,
    imap_settings: Callable[..., Settings],
    running: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Any]:
    """Read a user's mail into the ledger; failures are tried again quickly, and polls may be quicker too."""
    monkeypatch.setattr("intake.channels.imap_connect.SLICE_SECONDS", 0.1)
    monkeypatch.setattr("intake.channels.imap.LEAST_SECONDS", 0.1)

    @contextmanager
    def run(
        server: testing.ImapServer, user: str, poll: float | None = None, **keys: Any
    ) -> Iterator[Channel]:
        channel: Any = open_channel("box", imap_settings(server, user, **keys), ledger, ledger.receive)
        channel._backoff, channel._login_backoff = Backoff((0.05, 0.1)), 0.3
        if poll is not None:
            channel._section = replace(channel._section, poll_seconds=poll)
        with running(channel):
            yield channel

    return run


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with cert.pem and key.pem of `localhost`, which nobody else has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    kept = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*kept))
    return folder
