"""`/widget.js`: one line in any site puts a button there that opens the form in a frame."""

import json
from pathlib import Path

from flask import Response, url_for

from intake.web.languages import LANGUAGES
from intake.web.shared import Shared

_SCRIPT = Path(__file__).with_name("static") / "widget.js"
_WORDS = ("widget_open", "widget_close", "title")
# A site that has the line gets a new version within the hour.
_FRESH_SECONDS = 3600


class Widget:
    """Puts the words of every language into the script. Where no frame is allowed it opens a tab instead.

    Which sites may frame the form every visitor can read in its policy, so the script may name them.
    """

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def script(self) -> Response:
        """GET /widget.js"""
        words = {tag: {name: self._shared.pages.word(name, tag) for name in _WORDS} for tag in LANGUAGES}
        values = {
            "words": words,
            "origins": self._shared.desk.settings.web.embed_origins,
            "embed": url_for("embed_form"),
            "page": url_for("form"),
            "fallback": self._shared.pages.fallback,
        }
        text = _SCRIPT.read_text(encoding="utf-8").replace('"VALUES"', json.dumps(values))
        response = Response(text, content_type="text/javascript; charset=utf-8")
        response.headers["Cache-Control"] = f"public, max-age={_FRESH_SECONDS}"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response
