"""Calling another server over HTTP: an end to each answer, and no redirection followed."""

import ssl
import time
import urllib.request
from http.client import HTTPConnection, HTTPSConnection
from typing import Any

from intake.channels import timed

# For one step, in seconds.
TIMEOUT = 10.0
# For the whole answer: one that comes byte by byte is no answer either, and keeps no lease.
WHOLE_SECONDS = 20.0


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
    """Follows nothing: a redirection could carry a token to another host."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Return no request, so that the answer is an error."""
        return


def opener() -> urllib.request.OpenerDirector:
    """Return what opens a request; give it TIMEOUT."""
    return urllib.request.build_opener(_NoRedirect, _Http, _Https)
