"""Accounts with tokens in a test: a clock that is set by hand, certificates, keys of service accounts."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from intake.config.oauth_keys import OAuthSettings
from intake.oauth.tokens import Tokens
from intake.oauth.wire import Answer
from intake.ports import Logins
from intake.testing.memory import MemoryStore
from intake.testing.oauth import AuthServer

KEYS = (b"k" * 32,)


@dataclass
class Clock:
    """A time of day that goes on when it is told to, from now."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def on(self, **by: float) -> None:
        self.now += timedelta(**by)


def clock() -> Clock:
    return Clock(datetime.now(UTC).replace(microsecond=0))


def account(server: AuthServer, **keys: object) -> OAuthSettings:
    values: dict[str, object] = {
        "provider": "custom",
        "client_id": "desk-client",
        "scope": "mail offline_access",
        "token_url": f"{server.url}/token",
        "device_url": f"{server.url}/device",
        "authorize_url": f"{server.url}/authorize",
    }
    return OAuthSettings(**{**values, **keys})  # type: ignore[arg-type]


def tokens_for(
    accounts: Mapping[str, OAuthSettings],
    now: Clock,
    store: Logins | None = None,
    keys: tuple[bytes, ...] = KEYS,
) -> Tokens:
    return Tokens(accounts, store or MemoryStore().logins, keys, now)


def log_in(tokens: Tokens, server: AuthServer, name: str = "work") -> None:
    tokens.accept(name, Answer(server.login()))


def pem_pair(folder: Path, days: int = 365) -> Path:
    """Make a certificate with its key in one file, as openssl makes them."""
    command = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=desk -keyout key.pem -out cert.pem"
    subprocess.run([*command.split(), "-days", str(days)], cwd=folder, check=True, capture_output=True)
    pair = folder / "pair.pem"
    pair.write_bytes((folder / "cert.pem").read_bytes() + (folder / "key.pem").read_bytes())
    return pair


def service_key(folder: Path) -> Path:
    """Make the JSON key of a service account, in Google's form."""
    private = subprocess.run(["openssl", "genrsa", "2048"], check=True, capture_output=True).stdout
    path = folder / "service.json"
    held = {
        "type": "service_account",
        "client_email": "desk@project.iam.gserviceaccount.com",
        "client_id": "1234",
        "private_key_id": "key-1",
        "private_key": private.decode(),
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    path.write_text(json.dumps(held))
    return path
