"""How pages look: a name, a colour and a logo. A colour is bent until words can be read on it."""

import hashlib
import logging
import re
import struct
from dataclasses import dataclass

from flask import Response

from intake.config.brands import Look
from intake.rendering.contrast import Rgb, contrast, luminance, rgb
from intake.web.problems import problem

log = logging.getLogger("intake.web")

# The papers of style.css; a test compares them.
PAPER, DARK_PAPER = (255.0, 255.0, 255.0), (20.0, 24.0, 28.0)
_BLACK, _WHITE = (0.0, 0.0, 0.0), (255.0, 255.0, 255.0)
# WCAG 2.2, 1.4.3 asks for 4.5 to 1; a little more, for what rounding takes away.
CONTRAST = 4.6
MAX_LOGO = 256 * 1024
LOGO_HEIGHT = 32
_PNG = b"\x89PNG\r\n\x1a\n"
_VIEW_BOX = re.compile(rb"<svg[^>]*\bviewBox\s*=\s*[\"'][\d.\-]+[ ,]+[\d.\-]+[ ,]+([\d.]+)[ ,]+([\d.]+)[\"']")


@dataclass(frozen=True, slots=True)
class _Logo:
    content: bytes
    media_type: str
    width: int


class Brand:
    """How the pages of one brand look, or those of the desk itself; read once, when the process starts.

    `key` is the heading of its section, "" for the desk's own, of which `[web]` tells.
    """

    def __init__(self, look: Look) -> None:
        self.key, self.name, self.templates = look.brand, look.page_name, look.templates
        self._style = _styles(rgb(look.page_colour)) if look.page_colour else ""
        self._logo = _read(look.page_logo) if look.page_logo else None
        self.style_version = _version(self._style.encode())
        self.logo_version = _version(self._logo.content) if self._logo else ""
        self.logo_width = self._logo.width if self._logo else 0

    def style(self) -> Response:
        """GET /brand.css: the colour, for light and dark."""
        if not self._style:
            return problem(404)
        return Response(self._style, content_type="text/css; charset=utf-8")

    def logo(self) -> Response:
        """GET /logo: the picture, which as a document of its own may do nothing."""
        if self._logo is None:
            return problem(404)
        response = Response(self._logo.content, content_type=self._logo.media_type)
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        return response


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12] if content else ""


def _read(path: object) -> _Logo | None:
    """Return the picture, None (and a warning) where it is none that a page may show."""
    try:
        with open(str(path), "rb") as file:
            content = file.read(MAX_LOGO + 1)
    except OSError as err:
        log.warning("the logo cannot be read: %s", err.strerror)
        return None
    measures = _measured(content) if len(content) <= MAX_LOGO else None
    if measures is None:
        log.warning("the logo is no PNG and no SVG with a viewBox, or larger than %d KiB", MAX_LOGO // 1024)
        return None
    media_type, width, height = measures
    return _Logo(content, media_type, max(1, min(240, round(LOGO_HEIGHT * width / height))))


def _measured(content: bytes) -> tuple[str, float, float] | None:
    if content.startswith(_PNG) and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return ("image/png", width, height) if width and height else None
    box = _VIEW_BOX.search(content[:4096])
    if box is None or not float(box[2]):
        return None
    return "image/svg+xml", float(box[1]), float(box[2])


def _mixed(colour: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (a + (b - a) * share for a, b in zip(colour, other, strict=True))
    return red, green, blue


def readable(colour: Rgb, paper: Rgb) -> Rgb:
    """Return `colour`, as far towards black or white as it takes to be read on `paper` and its tint."""
    towards = _BLACK if luminance(paper) > 0.5 else _WHITE
    for share in range(101):
        tried = _mixed(colour, towards, share / 100)
        if min(contrast(tried, paper), contrast(tried, _tint(tried, paper))) >= CONTRAST:
            return tried
    return towards


def _tint(colour: Rgb, paper: Rgb) -> Rgb:
    return _mixed(colour, paper, 0.88 if luminance(paper) > 0.5 else 0.78)


def _css(colour: Rgb) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in colour)


def _styles(colour: Rgb) -> str:
    light, dark = _rules(colour, PAPER), _rules(colour, DARK_PAPER)
    return f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"


def _rules(colour: Rgb, paper: Rgb) -> str:
    accent = readable(colour, paper)
    towards = _BLACK if luminance(paper) > 0.5 else _WHITE
    on = _WHITE if contrast(accent, _WHITE) >= CONTRAST else (13.0, 17.0, 20.0)
    values = {
        "accent": accent,
        "accent-strong": _mixed(accent, towards, 0.25),
        "accent-paper": _tint(accent, paper),
        "on-accent": on,
        "focus": accent,
    }
    return " ".join(f"--{name}: {_css(value)};" for name, value in values.items())
