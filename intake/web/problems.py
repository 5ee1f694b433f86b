"""Errors of the API as RFC 9457 has them: `application/problem+json`."""

import json
from collections.abc import Mapping, Sequence

from flask import Response
from werkzeug.http import HTTP_STATUS_CODES

_DETAIL = {
    404: "There is nothing at this address.",
    405: "This address takes other methods; the header Allow names them.",
    413: "The request is too large.",
    503: "Try again in a minute: nothing was stored.",
}


def problem(
    status: int, detail: str = "", errors: Sequence[Mapping[str, str]] = (), retry_after: int = 0
) -> Response:
    """Return an error. `errors` name fields and what is wrong with each."""
    value: dict[str, object] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES.get(status, "Error"),
        "status": status,
        "detail": detail or _DETAIL.get(status, "The request could not be answered."),
    }
    if errors:
        value["errors"] = list(errors)
    response = Response(json.dumps(value) + "\n", status, content_type="application/problem+json")
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="intake"'
    return response
