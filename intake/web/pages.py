"""Turning values into pages: language, words, and the headers every answer carries."""

from pathlib import Path
from typing import Any

from flask import Response, request, url_for

from intake import __version__, render
from intake.web import body
from intake.web.languages import LANGUAGES, choose

# Nothing but our own two files and our own form. "same-origin" rather than
# "no-referrer" where the form is: under the latter browsers send `Origin: null`
# with our own posts too (Fetch standard, "append a request Origin header").
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_KNOWN_PROBLEMS = {404: "missing", 405: "missing", 410: "missing"}


class Pages:
    """Renders `web/*.html.j2` for the request at hand. `override` is the admin's template folder."""

    def __init__(self, override: Path | None, desk_name: str, fallback: str) -> None:
        self._renderer = render.renderer(override)
        self._desk_name, self._fallback = desk_name, fallback

    def language(self, known: str = "") -> str:
        """Return the language of the answer to the current request; `known` is that of its reader."""
        wanted = [one for one in (known, *request.accept_languages.values()) if one]
        return choose(request.args.get("lang", ""), wanted, self._fallback)

    def page(self, name: str, status: int, language: str = "", **values: Any) -> Response:
        """Return a whole page in `language`, or else that of the request."""
        language = language or self.language()
        values.setdefault("language_links", {tag: url_for("form", lang=tag) for tag in LANGUAGES})
        html = self._renderer.page(
            name,
            lang=language,
            languages=LANGUAGES,
            desk_name=self._desk_name,
            max_files=body.MAX_FILES,
            style=url_for("static", filename="style.css", v=__version__),
            script=url_for("static", filename="form.js", v=__version__),
            progress_script=url_for("static", filename="progress.js", v=__version__),
            icon=url_for("static", filename="icon.svg", v=__version__),
            **values,
        )
        response = Response(html, status, content_type="text/html; charset=utf-8")
        response.headers["Vary"] = "Accept-Language"
        response.headers["Content-Language"] = language
        return response

    def problem(self, status: int) -> Response:
        """Return the page for an error without a form in it; says nothing of what went wrong inside."""
        kind = _KNOWN_PROBLEMS.get(status, "wrong")
        return self.page("problem", status, kind=kind, home=url_for("form", lang=self.language()))


def secured(response: Response) -> Response:
    """Add to `response` what keeps other sites, caches and search engines out."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    at_form = request.endpoint in ("form", "post")
    response.headers["Referrer-Policy"] = "same-origin" if at_form else "no-referrer"
    if request.endpoint != "static" or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    return response


def size(count: int) -> str:
    """Return a number of bytes for people, rounded down: "17 MB", "374 KB"."""
    mib = 1024 * 1024
    return f"{count // mib} MB" if count >= mib else f"{count // 1024} KB"
