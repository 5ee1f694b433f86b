"""Paging by webhook: one POST of JSON, and what its answer means.

At least once: `id` in the body and the header Idempotency-Key are the same for each
repetition, so that the other side can tell one. Neither the address, which often is a
secret itself, nor the token nor a signing key is ever in what is raised or logged.
"""

import base64
import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
from http.client import HTTPException

from intake import __version__
from intake.channels import calls
from intake.ports import OwedPage, Permanent, Post, Temporary

# These say "not now"; any other 4xx says that the call itself is wrong (RFC 9110 section 15.5).
_PASSING = (408, 409, 423, 425, 429)


# How a signing key begins that the rest of is base64 (standardwebhooks.com).
_ENCODED = "whsec_"


def signing_keys(text: str) -> tuple[bytes, ...]:
    """Return the keys in a text, with blanks or commas between, the newest first.

    Raises ValueError where one says that it is base64 and is not.
    """
    words = text.replace(",", " ").split()
    return tuple(
        base64.b64decode(word.removeprefix(_ENCODED), validate=True)
        if word.startswith(_ENCODED)
        else word.encode()
        for word in words
    )


def signed(keys: tuple[bytes, ...], name: str, moment: int, body: bytes) -> dict[str, str]:
    """Return the headers that prove a call to be ours, as Standard Webhooks has them; none without a key.

    HMAC-SHA256 over ID.TIMESTAMP.BODY, one signature for each key: while a key is changed both sides have
    two. `moment` is in seconds since 1970.
    """
    if not keys:
        return {}
    content = f"{name}.{moment}.".encode() + body
    marks = (base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode() for key in keys)
    values = (name, str(moment), " ".join(f"v1,{mark}" for mark in marks))
    return dict(zip(("Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"), values, strict=True))


def webhook(url: str, token: str = "", keys: tuple[bytes, ...] = ()) -> Post:
    """Return what calls `url`, with `token` as its bearer (RFC 6750) unless it is empty, and signed."""
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
        content = json.dumps(body).encode()
        headers |= signed(keys, page.key, int(time.time()), content)
        try:
            request = urllib.request.Request(url, content, headers, method="POST")
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
