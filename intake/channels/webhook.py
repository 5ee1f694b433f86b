"""Paging by webhook: one POST of JSON, and what its answer means.

At least once: `id` in the body and the header Idempotency-Key are the same for each
repetition, so that the other side can tell one. Neither the address, which often is a
secret itself, nor the token is ever in what is raised or logged.
"""

import json
import ssl
import time
import urllib.error
import urllib.request
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any

from intake import __version__
from intake.channels import timed
from intake.ports import OwedPage, Permanent, Post, Temporary

# Shorter than the lease on a call (store/promises.py), in seconds.
TIMEOUT = 10.0
# For the whole answer: one that comes byte by byte is no answer either, and keeps no lease.
WHOLE_SECONDS = 20.0
# These say "not now"; any other 4xx says that the call itself is wrong (RFC 9110 section 15.5).
_PASSING = (408, 409, 423, 425, 429)


class _Plain(HTTPConnection):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._create_connection = _connect

    def getresponse(self) -> Any:
        timed.set_until(self.sock, time.monotonic() + WHOLE_SECONDS)
        return super().getresponse()


class _Tls(_Plain, HTTPSConnection):
    pass


def _connect(address: tuple[str, int], timeout: float, source: object = None) -> timed.TimedSocket:
    return timed.connect(address, timeout, time.monotonic() + WHOLE_SECONDS)


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_Plain, req)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_Tls, req, context=timed.over_tls(ssl.create_default_context()))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nothing: a redirection could carry the token to another host."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Return no request, so that the answer is an error."""
        return


def webhook(url: str, token: str = "") -> Post:
    """Return what calls `url`, with `token` as its bearer (RFC 6750) unless it is empty."""
    opener = urllib.request.build_opener(_NoRedirect, _Http, _Https)

    def post(page: OwedPage) -> None:
        body = {"id": page.key, **page.details, "attempt": page.attempts}
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": page.key,
            "User-Agent": f"intake/{__version__}",
        }
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="POST")
            with opener.open(request, timeout=TIMEOUT):
                return
        except urllib.error.HTTPError as err:
            err.close()
            kind = Permanent if 400 <= err.code < 500 and err.code not in _PASSING else Temporary
            raise kind(f"it answered {err.code}") from None
        except (OSError, HTTPException, ValueError) as err:
            # What these say quotes the address, and the cause would be logged with it.
            raise Temporary(f"it could not be reached ({type(err).__name__})") from None

    return post
