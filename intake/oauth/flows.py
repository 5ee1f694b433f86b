"""How a person logs in: by a code entered elsewhere (RFC 8628), or in a browser (RFC 8252, RFC 7636)."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from intake.config.oauth_keys import GOOGLE, MICROSOFT, OAuthSettings
from intake.oauth.grants import client
from intake.oauth.providers import endpoints, redirect_host
from intake.oauth.wire import Answer, Ask, Refusal, ask
from intake.ports import Temporary, UserError

# Between two questions, in seconds, where the server names no pause (RFC 8628 section 3.2), and what each
# "slow down" adds to it (section 3.5).
PAUSE, SLOWER = 5, 5
# A code is good for so long at most, and a browser is waited for.
PATIENCE = 900
_DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
# For each server that is asked beside: without these Google gives no refresh token to an account that has
# logged in before.
_BESIDE: Mapping[str, Mapping[str, str]] = {
    GOOGLE: {"access_type": "offline", "prompt": "consent"},
    MICROSOFT: {"prompt": "select_account"},
}
_DONE = b"<!doctype html><meta charset=utf-8><title>Intake</title><p>You may close this window.</p>"


def by_device(
    account: OAuthSettings,
    say: Callable[[str, str], object],
    wait: Callable[[float], object],
    ask: Ask = ask,
) -> Answer:
    """Have a person enter a code elsewhere, and return what was granted.

    `say` is told the address and the code, `wait` waits so many seconds. Raises Refusal, Temporary.
    """
    where = endpoints(account)
    begun = ask(where.device, {"client_id": account.client_id, "scope": where.scope})
    code, pause = begun.text("device_code"), begun.seconds("interval") or PAUSE
    # Google's name for it is older than the RFC.
    address = begun.text("verification_uri") or begun.text("verification_url")
    if not code or not address:
        raise Temporary("the authorization server gave no code")
    say(address, begun.text("user_code"))
    form = {"grant_type": _DEVICE_CODE, "device_code": code, **client(account)}
    left = min(begun.seconds("expires_in") or PATIENCE, PATIENCE)
    while left > 0:
        wait(pause)
        left -= pause
        try:
            return ask(where.token, form)
        except Refusal as err:
            if err.error == "slow_down":
                pause += SLOWER
            elif err.error != "authorization_pending":
                raise
        except Temporary:
            # One answer that got lost ends nothing (section 3.5).
            pause += SLOWER
    raise Refusal("expired_token", "")


class Browser:
    """One login in a browser: where it begins, and what comes back. The secret of it never leaves us."""

    def __init__(self, account: OAuthSettings, port: int, ask: Ask = ask) -> None:
        """`port` is where the browser is sent on this machine; nobody need listen there."""
        self._account, self._ask, self._where = account, ask, endpoints(account)
        self._verifier, self._state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        self._redirect = f"http://{redirect_host(account)}:{port}/"

    @property
    def address(self) -> str:
        """Where the person logs in."""
        digest = hashlib.sha256(self._verifier.encode()).digest()
        asked = {
            "client_id": self._account.client_id,
            "response_type": "code",
            "redirect_uri": self._redirect,
            "scope": self._where.scope,
            "state": self._state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii"),
            "code_challenge_method": "S256",
            **_BESIDE.get(self._account.provider, {}),
        }
        return f"{self._where.authorize}?{urlencode(asked)}"

    def ended(self, address: str) -> Answer:
        """Return what was granted, given the address that the browser was sent to at the end.

        Raises UserError for an address of another login, Refusal, Temporary.
        """
        fields = {name: values[0] for name, values in parse_qs(urlsplit(address.strip()).query).items()}
        if not secrets.compare_digest(fields.get("state", "").encode(), self._state.encode()):
            raise UserError(
                "This is not the address of this login. Copy the whole line from the address bar of the "
                "browser, after logging in at the address above; it begins with " + self._redirect
            )
        if "code" not in fields:
            raise Refusal(fields.get("error", "invalid_request"), fields.get("error_description", ""))
        form = {
            "grant_type": "authorization_code",
            "code": fields["code"],
            "redirect_uri": self._redirect,
            "code_verifier": self._verifier,
            **client(self._account),
        }
        return self._ask(self._where.token, form)


class Loopback:
    """Waits on this machine for the browser to come back. Use it as a context manager."""

    def __init__(self) -> None:
        came = self._came = []  # type: list[str]

        class Handler(BaseHTTPRequestHandler):
            timeout = 5

            def do_GET(self) -> None:
                if "state=" in self.path:
                    came.append(self.path)
                self.send_response(200 if "state=" in self.path else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(_DONE)))
                self.end_headers()
                self.wfile.write(_DONE)

            def log_message(self, *_: Any) -> None:
                # The line would hold the code.
                return

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self._server.timeout = 1

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def address(self, seconds: int = PATIENCE) -> str:
        """Return the address that the browser came to, "" where none did in time."""
        for _ in range(seconds):
            self._server.handle_request()
            if self._came:
                return self._came[0]
        return ""

    def __enter__(self) -> "Loopback":
        return self

    def __exit__(self, *_: object) -> None:
        self._server.server_close()
