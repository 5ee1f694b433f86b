"""An authorization server on loopback that rotates, expires and fails by script, after the RFCs and what
Microsoft and Google document of theirs.

Grants: device code (RFC 8628), code with PKCE (RFC 7636), client credentials (RFC 6749 section 4.4) with a
secret or an assertion (RFC 7523), an assertion of a service account, refreshing with rotation (RFC 6749
section 6, RFC 9700 section 4.14.2). And introspection (RFC 7662), which Dovecot asks.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

# A token of the size that Microsoft gives: 1.5 to 2.5 KB.
PADDING = "x" * 1500


class Fault(NamedTuple):
    """What is answered instead: a status and JSON, or another text; `pause` seconds before it."""

    status: int
    error: str = ""
    description: str = ""
    body: str = ""
    pause: float = 0.0


@dataclass(slots=True)
class Grant:
    """A login: whose mailbox it opens, and the refresh token that is good now."""

    user: str
    refresh: str = ""
    used: dict[str, float] = field(default_factory=dict)
    revoked: bool = False


class AuthServer:
    """Use it as a context manager. Whatever is set here counts from the next request on.

    `life` is the seconds of an access token, `rotates` whether each refresh gives a new refresh token, and
    `grace` for how many seconds the one before still works (Okta and Auth0 call it leeway; Microsoft lets
    old ones live). A refresh token used after that revokes its login (RFC 9700 section 4.14.2). `more` is
    put into each answer with tokens. `faults` are answered first, one for each request at the token endpoint.
    `now` is its clock, in seconds since the epoch.
    """

    def __init__(self, user: str = "desk@example.com") -> None:
        self.user, self.life, self.rotates, self.grace = user, 3600.0, True, 0.0
        self.more: dict[str, object] = {}
        self.faults: list[Fault] = []
        self.client_secret = ""
        self.approved: str | None = None
        self.judge: Callable[[Mapping[str, str]], Fault | None] = lambda form: None
        self.now: Callable[[], float] = time.time
        self.refreshes = self.requests = 0
        self.forms: list[dict[str, str]] = []
        self._tokens: dict[str, tuple[Grant, float]] = {}
        self._grants: list[Grant] = []
        self._devices: dict[str, bool] = {}
        self._codes: dict[str, tuple[str, str]] = {}
        self._lock = threading.RLock()
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """The address that its paths stand below."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "AuthServer":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def section(self, flow: str = "device", provider: str = "custom", **more: str) -> str:
        """Return the lines of an [oauth NAME] for this server."""
        keys = {
            "provider": provider,
            "flow": flow,
            "client_id": "desk-client",
            "scope": "mail offline_access",
            "token_url": f"{self.url}/token",
            "device_url": f"{self.url}/device",
            "authorize_url": f"{self.url}/authorize",
            **more,
        }
        return "".join(f"{key} = {value}\n" for key, value in keys.items() if value)

    def login(self, user: str = "") -> dict[str, object]:
        """Return the answer to a new login, as a flow would end."""
        with self._lock:
            grant = Grant(user or self.user)
            self._grants.append(grant)
            return self._granted(grant, refresh=True)

    def revoke(self, access_too: bool = False) -> None:
        """Revoke every login; access tokens live on unless `access_too`."""
        with self._lock:
            for grant in self._grants:
                grant.revoked = True
            if access_too:
                self._tokens.clear()

    def spoil(self) -> None:
        """Let no access token be good any more; refreshing works."""
        with self._lock:
            self._tokens.clear()

    def owner(self, token: str) -> str:
        """Return whose mailbox an access token opens, "" where it opens none."""
        with self._lock:
            grant, until = self._tokens.get(token, (None, 0.0))
            return grant.user if grant is not None and self.now() < until else ""

    def enter_code(self, redirect: str, challenge: str) -> str:
        """Return a code as the browser would carry it, for this redirect and PKCE challenge."""
        code = secrets.token_urlsafe(16)
        with self._lock:
            self._codes[code] = redirect, challenge
        return code

    def visit(self, address: str) -> str:
        """Do what a person's browser does at the authorize address; return where it is sent."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        if self.approved is None:
            carried = {"code": self.enter_code(asked["redirect_uri"], asked["code_challenge"])}
        else:
            carried = {"error": self.approved}
        return f"{asked['redirect_uri']}?{urlencode({**carried, 'state': asked['state']})}"

    # -- answers -----------------------------------------------------------------------

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, object]:
        """Return status and JSON for one POST."""
        if path == "/introspect":
            owner = self.owner(form.get("token", ""))
            return 200, {"active": bool(owner), "username": owner} if owner else {"active": False}
        with self._lock:
            self.requests += 1
            self.forms.append(form)
            if path == "/device":
                return self._device()
            fault = self.faults.pop(0) if self.faults else self.judge(form)
        if fault is not None:
            time.sleep(fault.pause)
            reason = {"error": fault.error, "error_description": fault.description}
            return fault.status, fault.body or reason
        with self._lock:
            if self.client_secret and form.get("client_secret") != self.client_secret:
                return 401, {"error": "invalid_client"}
            return self._token(form)

    def _device(self) -> tuple[int, object]:
        code = secrets.token_urlsafe(16)
        self._devices[code] = False
        where = {"verification_uri": f"{self.url}/go", "expires_in": 60, "interval": 1}
        return 200, {"device_code": code, "user_code": "WDJB-MJHT", **where}

    def _token(self, form: dict[str, str]) -> tuple[int, object]:
        match form.get("grant_type", "").rpartition(":")[2]:
            case "refresh_token":
                return self._refresh(form.get("refresh_token", ""))
            case "client_credentials" | "jwt-bearer":
                grant = Grant(self.user)
                return 200, self._granted(grant, refresh=False)
            case "device_code":
                return self._poll(form.get("device_code", ""))
            case "authorization_code":
                return self._code(form)
        return 400, {"error": "unsupported_grant_type"}

    def _poll(self, code: str) -> tuple[int, object]:
        if code not in self._devices:
            return 400, {"error": "expired_token"}
        if self.approved is not None:
            return 400, {"error": self.approved}
        if not self._devices[code]:
            # A person takes a moment, and the first to ask is early (RFC 8628 section 3.5).
            self._devices[code] = True
            return 400, {"error": "authorization_pending"}
        del self._devices[code]
        return 200, self.login()

    def _code(self, form: dict[str, str]) -> tuple[int, object]:
        redirect, challenge = self._codes.pop(form.get("code", ""), ("", ""))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if not challenge or base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge:
            return 400, {"error": "invalid_grant", "error_description": "code or verifier is wrong"}
        if form.get("redirect_uri") != redirect:
            return 400, {"error": "invalid_grant", "error_description": "another redirect_uri"}
        return 200, self.login()

    def _refresh(self, token: str) -> tuple[int, object]:
        for grant in self._grants:
            late = self.now() - grant.used[token] > self.grace if token in grant.used else False
            if token != grant.refresh and token not in grant.used:
                continue
            if late:
                grant.revoked = True
            if grant.revoked:
                break
            self.refreshes += 1
            return 200, self._granted(grant, refresh=self.rotates)
        return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}

    def _granted(self, grant: Grant, refresh: bool) -> dict[str, object]:
        token = f"{secrets.token_urlsafe(24)}.{PADDING}"
        self._tokens[token] = grant, self.now() + self.life
        granted: dict[str, object] = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": int(self.life),
        }
        if refresh:
            if grant.refresh:
                grant.used[grant.refresh] = self.now()
            grant.refresh = f"refresh-{secrets.token_urlsafe(24)}"
            granted["refresh_token"] = grant.refresh
        return {**granted, **self.more}


def _handler(server: AuthServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            octets = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            form = {name: values[0] for name, values in parse_qs(octets.decode()).items()}
            status, reply = server.answer(urlsplit(self.path).path, form)
            body = reply.encode() if isinstance(reply, str) else json.dumps(reply).encode()
            self.send_response_only(status)
            self.send_header("Date", formatdate(server.now(), usegmt=True))
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing is logged: the lines would hold what is secret."""

    return Handler
