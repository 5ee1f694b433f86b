"""Turning values into pages: language, words, and the headers every answer carries."""

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from functools import cache
from typing import Any

from flask import Response, request, url_for

from intake import __version__
from intake.rendering import dates as render_dates
from intake.rendering import templates as render
from intake.web import body
from intake.web.brand import LOGO_HEIGHT
from intake.web.brands import Brands
from intake.web.languages import LANGUAGES, choose

# Nothing but our own files and our own form; "blob:" are previews of pictures that were chosen.
# "same-origin" rather than "no-referrer" where the form is: under the latter browsers send
# `Origin: null` with our own posts too (Fetch standard, "append a request Origin header").
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; worker-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_KNOWN_PROBLEMS = {404: "missing", 405: "missing", 410: "missing"}
_AT_FORM = ("form", "post", "embed_form", "embed_post", "help_article", "help_judge")
_LASTING = ("static", "widget", "brand_style", "brand_logo", "phrase_words")


class Pages:
    """Renders `web/*.html.j2` for the request at hand.

    `zone` is whose clock times are told on where nothing is known of the reader's, `clock` tells the moment,
    aware: what is of another year is shown with it.
    """

    def __init__(self, brands: Brands, fallback: str, zone: tzinfo, clock: Callable[[], datetime]) -> None:
        self._brands, self._zone, self._clock = brands, zone, clock
        self.fallback = choose("", (), fallback)
        self._words = cache(lambda folders, language: render.renderer(*folders).words(language))

    def language(self, known: str = "") -> str:
        """Return the language of the answer to the current request; `known` is that of its reader."""
        wanted = [tag for tag in (known, *request.accept_languages.values()) if tag]
        return choose(request.args.get("lang", ""), wanted, self.fallback)

    def word(self, name: str, language: str) -> str:
        """Return one of the words of the pages."""
        return self._words(self._brands.here.templates, language)[name]

    def size(self, count: int, language: str) -> str:
        """Return a number of bytes for people, rounded down: "25 MB", "374 Ko", and at least 1 KB."""
        mib = 1024 * 1024
        unit, many = ("size_mb", count // mib) if count >= mib else ("size_kb", max(1, count // 1024))
        return self.word(unit, language) % {"count": many}

    def links(self, endpoint: str, **values: Any) -> dict[str, str]:
        """Return the address of the page at hand in each language."""
        return {tag: url_for(endpoint, lang=tag, **values) for tag in LANGUAGES}

    def page(
        self, name: str, status: int, language: str = "", zone: tzinfo | None = None, **values: Any
    ) -> Response:
        """Return a whole page in `language`, or else that of the request; times are told in `zone`."""
        language = language or self.language()

        def moment(at: datetime) -> str:
            # Our own script tells it again by the clock of the browser.
            return render_dates.moment(at, language, zone or self._zone, self._clock())

        values.setdefault("language_links", {tag: url_for("form", lang=tag) for tag in LANGUAGES})
        values.setdefault("embedded", False)
        values.setdefault("help", "")
        brand = self._brands.here
        html = render.renderer(*brand.templates).page(
            name,
            lang=language,
            languages=LANGUAGES,
            desk_name=brand.name,
            max_files=body.MAX_FILES,
            style=_static("style.css"),
            brand_style=url_for("brand_style", v=brand.style_version) if brand.style_version else "",
            logo=url_for("brand_logo", v=brand.logo_version) if brand.logo_version else "",
            logo_width=brand.logo_width,
            logo_height=LOGO_HEIGHT,
            static=_static,
            phrase_words=url_for("phrase_words", v=__version__),
            icon=_static("icon.svg"),
            moment=moment,
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


def _static(name: str) -> str:
    return url_for("static", filename=name, v=__version__)


def secured(origins: Sequence[str]) -> Callable[[Response], Response]:
    """Return what adds to a response that which keeps other sites, caches and search engines out.

    `origins` are the sites that may show the embedded form in a frame.
    """
    framed = " ".join(origins) or "'none'"

    def add(response: Response) -> Response:
        endpoint = str(request.endpoint)
        if response.status_code == 304 and endpoint not in _LASTING:
            # There is nothing to protect in it, and it is sent again and again.
            response.headers["Cache-Control"] = "no-store"
            return response
        frameable = endpoint.startswith("embed_") and bool(origins)
        ancestors = framed if frameable else "'none'"
        response.headers.setdefault("Content-Security-Policy", _POLICY.format(ancestors=ancestors))
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if not frameable:
            response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers["Referrer-Policy"] = "same-origin" if endpoint in _AT_FORM else "no-referrer"
        if endpoint not in _LASTING or response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"
        elif endpoint.startswith("brand_") or endpoint == "phrase_words":
            response.headers["Cache-Control"] = "public, max-age=86400"
        return response

    return add
