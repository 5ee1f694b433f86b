"""Paging by webhook: one POST of JSON, and what its answer means.

At least once: `id` in the body and the header Idempotency-Key are the same for each
repetition, so that the other side can tell one. Neither the address, which often is a
secret itself, nor the token is ever in what is raised or logged.
"""

import json
import urllib.error
import urllib.request
from http.client import HTTPException

from intake import __version__
from intake.channels import calls
from intake.ports import OwedPage, Permanent, Post, Temporary

# These say "not now"; any other 4xx says that the call itself is wrong (RFC 9110 section 15.5).
_PASSING = (408, 409, 423, 425, 429)


def webhook(url: str, token: str = "") -> Post:
    """Return what calls `url`, with `token` as its bearer (RFC 6750) unless it is empty."""
    # Its timeouts are shorter than the lease on a call (store/promises.py).
    opener = calls.opener()

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
            with opener.open(request, timeout=calls.TIMEOUT):
                return
        except urllib.error.HTTPError as err:
            err.close()
            kind = Permanent if 400 <= err.code < 500 and err.code not in _PASSING else Temporary
            raise kind(f"it answered {err.code}") from None
        except (OSError, HTTPException, ValueError) as err:
            # What these say quotes the address, and the cause would be logged with it.
            raise Temporary(f"it could not be reached ({type(err).__name__})") from None

    return post
