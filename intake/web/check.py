"""Was this email from us? `/check` shows a form, a post says one of four things. Nothing is kept or changed.

Only who shows the whole of an email of ours learns that it is one, so that nothing can be found out by asking
often; and when it was sent only who has its address. No link in it is followed.
"""

import logging

from flask import Response, url_for

from intake.desk.origin import Answer, Lacks, Origin
from intake.ports import Temporary
from intake.web.address import typed_address
from intake.web.body import Body
from intake.web.origin import is_foreign
from intake.web.shared import RETRY_SECONDS, Shared

log = logging.getLogger("intake.web")

_LACKS = {Lacks.INLINE: "check_inline", Lacks.CHANGED: "check_changed", Lacks.OLD: "check_old"}


class CheckPage:
    """The views of the page."""

    def __init__(self, shared: Shared) -> None:
        self._shared, self._pages = shared, shared.pages

    def show(self) -> Response:
        """GET /check: the form, and how to get an email as it came."""
        return self._page(200)

    def post(self) -> Response:
        """POST /check: say whether it was ours. Five times a minute from one network."""
        # What checks signatures is loaded with the first question (5 MB).
        from intake.origin.asking import was_ours

        body = self._shared.body(self._shared.room)
        email = body.fields.get("email", "")
        address, raw = typed_address(email), _shown(body)
        if is_foreign(self._shared.brands.hosts):
            return self._page(403, "check_missing", email)
        if body.problems or not raw or not address:
            return self._page(422, "check_missing", email)
        try:
            wait = self._shared.limits.hit(self._shared.limits.check(self._shared.ip))
            if wait:
                return self._page(429, "check_often", email, wait=wait)
            made = was_ours(self._shared.desk, raw, address)
        except Temporary as err:
            log.warning("an email could not be checked for now: %s", type(err).__name__)
            return self._page(503, "note_later", email, wait=RETRY_SECONDS)
        return self._page(200, _word(made), email, made)

    def _page(
        self, status: int, said: str = "", email: str = "", made: Answer | None = None, wait: int = 0
    ) -> Response:
        response = self._pages.page(
            "check",
            status,
            language_links=self._pages.links("check"),
            said=said,
            at=made.sent_at if made else None,
            email=email[:320],
            action=url_for("check", lang=self._pages.language()),
        )
        if wait:
            response.headers["Retry-After"] = str(wait)
        return response


def _word(made: Answer) -> str:
    """Return the key of the words for an answer."""
    return _LACKS[made.lacks] if made.origin is Origin.UNKNOWN else f"check_{made.origin.value}"


def _shown(body: Body) -> bytes:
    """Return the email that was shown: its file, or else its source."""
    for upload in body.files:
        content = b"".join(upload.chunks())
        if content:
            return content
    return body.fields.get("source", "").encode("utf-8", "surrogateescape").lstrip()
