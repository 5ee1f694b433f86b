"""Asking another desk's HTTP API: within its limits, again after a failure, and never telling its token."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

from intake import __version__
from intake.config.converters import HERE
from intake.imports.converters.shapes import NeverThere, NotFetched
from intake.imports.converters.values import number
from intake.imports.model import GONE
from intake.ports import UserError
from intake.runtime.backoff import PEER

# For one step, in seconds.
TIMEOUT = 60.0
# What a server that is busy or being restarted answers.
BUSY = frozenset((408, 425, 429, 500, 502, 503, 504))
TRIES = 8
# A server that asks for a longer pause than this (seconds) is asked again after it.
LONGEST_PAUSE = 3600.0
LARGEST_ANSWER = 64 * 1024 * 1024
# One file that a server fails at is missing; so many in a row, and it is the server.
SILENT = 3
_REDIRECTS = 4
_CHUNK = 1024 * 1024


class Gone(Exception):
    """The server has no such thing (404, 410)."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nothing by itself: the token would go along to another host."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Return no request, so that the answer is an error."""
        return


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirect)


def wait(seconds: float) -> None:
    """Wait for so many seconds."""
    time.sleep(seconds)


@dataclass(slots=True)
class Client:
    """One site and the header that logs in to it.

    `base` is https://HOST (http only on this machine). `sleep` waits for so many seconds.
    """

    base: str
    authorization: str = field(repr=False)
    sleep: Callable[[float], None] = lambda seconds: wait(seconds)
    _open: urllib.request.OpenerDirector = field(default_factory=_opener, repr=False)
    # How many files in a row the server did not answer for.
    _silent: int = 0

    def json(self, path: str) -> Any:
        """Return what the API answers. Raises Gone, or UserError where it does not answer at all."""
        try:
            with self._answer(f"{self.base}{path}", "application/json") as stream:
                body = stream.read(LARGEST_ANSWER + 1)
        except _Elsewhere as err:
            raise UserError(
                f"{self.host} sends on to {host_of(err.url)}. Give that as SOURCE, if it is yours."
            ) from err
        except NotFetched as err:
            raise UserError(
                f"{_bare(path)} cannot be read: {err}. docs/import.md says what SOURCE is."
            ) from err
        except (HTTPException, TimeoutError, ConnectionError) as err:
            raise _Silent(f"{self.host} broke the connection off. Run the same command again.") from err
        if len(body) > LARGEST_ANSWER:
            raise UserError(f"{self.host} answered {_bare(path)} with more than 64 MB. Report this.")
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as err:
            raise UserError(
                f"{self.host} did not answer {_bare(path)} with JSON. Is {self.base} the desk's own address?"
            ) from err

    def save(self, url: str, path: Path, accept: str = "*/*") -> None:
        """Write the answer to a file. Raises NotFetched, or UserError when nothing at all can be had."""
        try:
            for _hop in range(_REDIRECTS):
                url = self._save(url, path, accept)
                if not url:
                    self._silent = 0
                    return
        except Gone as err:
            raise NeverThere(GONE) from err
        except _Silent as err:
            self._silent += 1
            if self._silent >= SILENT:
                raise
            raise NotFetched(str(err).partition(". ")[0]) from err
        raise NotFetched("the old desk sends from one address to another without an end")

    @property
    def host(self) -> str:
        """The site's host, for messages."""
        return urlsplit(self.base).netloc.rpartition("@")[2]

    def _save(self, url: str, path: Path, accept: str) -> str:
        """Write the answer; return where it leads to instead, "" when it is written."""
        expect_safe(url)
        try:
            with self._answer(url, accept) as stream, path.open("wb") as out:
                while chunk := stream.read(_CHUNK):
                    out.write(chunk)
        except _Elsewhere as err:
            return _joined(url, err.url)
        except (HTTPException, TimeoutError, ConnectionError) as err:
            raise NotFetched("the connection broke in the middle of it") from err
        return ""

    def _answer(self, url: str, accept: str) -> IO[bytes]:
        headers = {"Accept": accept, "User-Agent": f"intake/{__version__}"}
        if _origin(url) == _origin(self.base):
            headers["Authorization"] = self.authorization
        why = ""
        for failures in range(1, TRIES + 1):
            try:
                opened: IO[bytes] = self._open.open(
                    urllib.request.Request(url, headers=headers), timeout=TIMEOUT
                )
            except urllib.error.HTTPError as err:
                with err:
                    pause = self._pause(err, url, failures)
                why = f"answers {err.code}"
            except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError) as err:
                pause, why = PEER.seconds(failures), _in_words(err)
            else:
                return opened
            if failures < TRIES:
                self.sleep(pause)
        raise _Silent(
            f"{urlsplit(url).hostname} {why}, {TRIES} times in a row. Run the same command again later: "
            "it goes on where it was."
        )

    def _pause(self, err: urllib.error.HTTPError, url: str, failures: int) -> float:
        """Return for how many seconds to wait before the next try. Raises what ends the tries."""
        if err.code in BUSY:
            return pause_of(err.headers, failures)
        if err.code in (404, 410):
            raise Gone
        if err.code in (301, 302, 303, 307, 308):
            raise _Elsewhere(err.headers.get("Location", ""))
        if err.code == 401 and _origin(url) == _origin(self.base):
            raise UserError(
                f"{self.host} refuses the token for {_bare(url)} ({err.code}). docs/import.md says "
                "which rights it needs."
            )
        raise NotFetched(f"{urlsplit(url).hostname} answers {err.code}{' (not allowed)' * (err.code == 403)}")


class _Silent(UserError):
    """It did not answer, for all the patience."""


class _Elsewhere(Exception):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url


def pause_of(headers: Message, failures: int) -> float:
    """Return the pause in seconds that a server asks for, or the next of our own.

    Retry-After (RFC 9110, 10.2.3) in seconds, as Zendesk and Freshdesk send it with 429.
    """
    asked = number(headers.get("Retry-After"))
    if asked is None:
        return PEER.seconds(failures)
    return min(float(asked) + 0.5, LONGEST_PAUSE)


def expect_safe(url: str) -> None:
    """Refuse an address that is neither https nor on this machine. Raises NotFetched."""
    try:
        parts = urlsplit(url)
    except ValueError as err:
        raise NotFetched("its address is none") from err
    local = parts.hostname in HERE
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise NotFetched("its address is not https")


def site(address: str) -> str:
    """Return https://HOST of what an admin wrote. Raises UserError for what is no such address."""
    written = address if "://" in address else f"https://{address}"
    parts = urlsplit("")
    try:
        expect_safe(written)
        parts = urlsplit(written)
        good = bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except (NotFetched, ValueError):
        good = False
    if not good:
        raise UserError(
            "The address of the old desk must be https://HOST, without a name or a token in it, such as "
            "https://acme.zendesk.com."
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def host_of(url: str) -> str:
    """Return the host of an address, "" where it is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _joined(url: str, relative: str) -> str:
    try:
        return urljoin(url, relative)
    except ValueError as err:
        raise NotFetched("the old desk sends on to what is no address") from err


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _bare(url: str) -> str:
    """Return the path alone: a query may hold a key."""
    return urlsplit(url).path


def _in_words(err: Exception) -> str:
    reason = getattr(err, "reason", err)
    if isinstance(reason, TimeoutError):
        return f"did not answer within {TIMEOUT:.0f} seconds"
    if isinstance(reason, OSError) and reason.strerror:
        return f"cannot be reached ({reason.strerror})"
    return "broke the connection off"
