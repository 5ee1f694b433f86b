"""One POST to an authorization server, and what its answer means (RFC 6749 sections 4 to 6)."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException

from intake import __version__
from intake.channels import calls
from intake.desk.text.said import said
from intake.ports import Temporary

# An answer holds two or three tokens of 1 to 3 KB.
MOST_BYTES = 256 * 1024
# Some thirty years: no date is too far for the calendar.
MOST_SECONDS = 10**9
# "Not now", whoever says it (RFC 9110 section 15.5, 15.6).
_PASSING = (408, 425, 429)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server granted. `server_time` is what its clock says, None where it does not say."""

    fields: Mapping[str, object] = field(repr=False)
    server_time: datetime | None = None

    def text(self, name: str) -> str:
        """Return a field that is text, "" for none."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""

    def seconds(self, name: str) -> int:
        """Return a field that is a number of seconds, 0 for none. Some servers write it as text."""
        value = self.fields.get(name)
        text = str(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else ""
        digits = text.isascii() and text.replace(".", "", 1).isdigit()
        return int(min(float(text), MOST_SECONDS)) if digits else 0


class Refusal(Exception):
    """The server said no: the code of RFC 6749 section 5.2 and its words, which hold no secret of ours."""

    def __init__(self, error: str, description: str, server_time: datetime | None = None) -> None:
        super().__init__(f"{error}: {description}"[:300])
        self.error, self.description, self.server_time = error, description, server_time


Ask = Callable[[str, Mapping[str, str]], Answer]
"""POST a form to an address. Raises Refusal, and Temporary for whatever may pass."""


def ask(url: str, form: Mapping[str, str]) -> Answer:
    """POST `form` and return what was granted.

    Raises Refusal where the server gives a reason, Temporary where it cannot be reached, is busy or
    answers something else. Neither says anything of what was sent.
    """
    host = urllib.parse.urlsplit(url).hostname or ""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
        "User-Agent": f"intake/{__version__}",
    }
    request = urllib.request.Request(url, urllib.parse.urlencode(form).encode(), headers, method="POST")
    status, octets, date = 200, b"", ""
    try:
        try:
            with calls.opener().open(request, timeout=calls.TIMEOUT) as response:
                status, octets = response.status, response.read(MOST_BYTES + 1)
                date = response.headers.get("Date", "")
        except urllib.error.HTTPError as err:
            with err:
                status, octets, date = err.code, err.read(MOST_BYTES + 1), err.headers.get("Date", "")
    except (OSError, HTTPException, ValueError) as err:
        # What these say may quote the address, and with it what was asked for.
        raise Temporary(said("{host} cannot be reached ({why})", host=host, why=_why(err))) from None
    if status >= 500 or status in _PASSING or 300 <= status < 400:
        text = said("{host} is busy or out of order: it answered {status}", host=host, status=status)
        raise Temporary(text)
    fields = _read(octets)
    if fields is None:
        text = said("{host} answered {status} with something other than JSON", host=host, status=status)
        raise Temporary(text)
    answer = Answer(fields, _moment(date))
    if status >= 400 or answer.text("error"):
        raise Refusal(
            answer.text("error") or f"status {status}", answer.text("error_description"), answer.server_time
        )
    return answer


def _why(err: BaseException) -> str:
    reason = getattr(err, "reason", None)
    inner = reason if isinstance(reason, OSError) else err
    return inner.strerror if isinstance(inner, OSError) and inner.strerror else type(inner).__name__


def _read(octets: bytes) -> Mapping[str, object] | None:
    try:
        value = json.loads(octets) if len(octets) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _moment(date: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(date).astimezone(UTC) if date else None
    except ValueError:
        return None
