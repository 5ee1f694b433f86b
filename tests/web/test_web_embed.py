"""The form in another site's frame, the one line that puts it there, and the desk's own looks."""

import json
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from web_desk import Clock, MakeDesk

from intake.web import brand, make_app

STYLE = Path(brand.__file__).with_name("static") / "style.css"
SITE = "https://app.example.com"


def client_of(make_desk: MakeDesk, clock: Clock, web: str) -> FlaskClient:
    return make_app(make_desk(web, clock=clock), patience=0).test_client()


def ancestors(answer: Any) -> str:
    found = re.search(r"frame-ancestors ([^;]+)", answer.headers["Content-Security-Policy"])
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("path", "expected", "option"),
    [("/embed", f"{SITE} https://other.example", None), ("/", "'none'", "DENY"), ("/t/x", "'none'", "DENY")],
)
def test_only_the_named_sites_frame_only_the_embedded_form(
    make_desk: MakeDesk, clock: Clock, path: str, expected: str, option: str | None
) -> None:
    client = client_of(make_desk, clock, f"embed_origins = {SITE}, https://other.example/")
    answer = client.get(path)

    assert (expected, option) == (ancestors(answer), answer.headers.get("X-Frame-Options"))


def test_without_sites_nobody_frames_anything(make_desk: MakeDesk, clock: Clock) -> None:
    answer = client_of(make_desk, clock, "").get("/embed")

    assert (200, "'none'", "DENY") == (
        answer.status_code,
        ancestors(answer),
        answer.headers["X-Frame-Options"],
    )


def test_an_embedded_form_stays_in_its_frame(make_desk: MakeDesk, clock: Clock) -> None:
    desk = make_desk(f"embed_origins = {SITE}", clock=clock)
    client = make_app(desk, patience=0).test_client()
    page = client.get("/embed").text
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    assert 'action="/embed?lang=en"' in page
    assert "/embed?lang=zh-Hans" in page
    clock.forward(seconds=10)
    data = {"token": found[1], "email": "a@b.example", "subject": "s", "message": "m"}
    wrong = client.post("/embed", data={**data, "email": ""}, headers={"Origin": "http://localhost"})
    sent = client.post("/embed", data=data, headers={"Origin": "http://localhost"})

    assert (422, SITE) == (wrong.status_code, ancestors(wrong))
    assert sent.headers["Location"].startswith("/embed/sent/")
    after = client.get(sent.headers["Location"])
    assert (200, SITE) == (after.status_code, ancestors(after))
    assert 'href="/embed?lang=en"' in after.text


@pytest.mark.parametrize(("web", "origins"), [("", []), (f"embed_origins = {SITE}", [SITE])])
def test_the_widget_is_one_script_for_any_site(
    make_desk: MakeDesk, clock: Clock, web: str, origins: list[str]
) -> None:
    answer = client_of(make_desk, clock, web).get("/widget.js")
    found = re.search(r"const given = (\{.*\});", answer.text)
    assert found
    given = json.loads(found[1])

    assert "text/javascript; charset=utf-8" == answer.content_type
    assert "cross-origin" == answer.headers["Cross-Origin-Resource-Policy"]
    assert "public, max-age=3600" == answer.headers["Cache-Control"]
    assert (origins, "/embed", "/", "en") == tuple(given[k] for k in ("origins", "embed", "page", "fallback"))
    assert "联系客服" == given["words"]["zh-Hans"]["widget_open"]


# -- looks -----------------------------------------------------------------------------


COLOURS = ["#1b5e8c", "#ffd400", "#ffffff", "#000000", "#00ff00", "#7f7f7f", "#ff0000", "#3b00ff", "#e91e63"]


def rgb(text: str) -> tuple[float, float, float]:
    red, green, blue = (float(int(text[place : place + 2], 16)) for place in (1, 3, 5))
    return red, green, blue


@pytest.mark.parametrize("colour", COLOURS)
def test_words_can_be_read_whatever_the_colour(make_desk: MakeDesk, clock: Clock, colour: str) -> None:
    """WCAG 2.2, 1.4.3, on both papers, on the tint, and on buttons."""
    client = client_of(make_desk, clock, f"colour = {colour}")
    text = client.get("/brand.css").text
    light, dark = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", part)) for part in text.split("@media"))

    for values, paper in ((light, brand.PAPER), (dark, brand.DARK_PAPER)):
        accent = rgb(values["accent"])
        pairs = [
            (accent, paper),
            (accent, rgb(values["accent-paper"])),
            (rgb(values["accent-strong"]), rgb(values["accent-paper"])),
            (rgb(values["on-accent"]), accent),
            (rgb(values["on-accent"]), rgb(values["accent-strong"])),
        ]
        assert [] == [pair for pair in pairs if brand.contrast(*pair) < 4.5]
    assert "/brand.css?v=" in client.get("/").text


def test_the_papers_are_those_of_the_style() -> None:
    papers = re.findall(r"--paper: (#[0-9a-f]{6})", STYLE.read_text(encoding="utf-8"))

    assert [brand.PAPER, brand.DARK_PAPER] == [rgb(one) for one in papers]


def png(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IEND", b"")


LOGOS = {
    "a PNG": (png(300, 100), "image/png", 96),
    "a very wide one": (png(3000, 100), "image/png", 240),
    "an SVG": (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 32"></svg>', "image/svg+xml", 64),
    "HTML": (b"<html><script>alert(1)</script>", None, 0),
    "an SVG without a size": (b"<svg></svg>", None, 0),
    "too large": (png(10, 10) + b"x" * brand.MAX_LOGO, None, 0),
    "missing": (None, None, 0),
}


@pytest.mark.parametrize("case", LOGOS)
def test_a_logo_is_shown_in_its_size(make_desk: MakeDesk, clock: Clock, tmp_path: Path, case: str) -> None:
    content, kind, width = LOGOS[case]
    if content is not None:
        (tmp_path / "logo").write_bytes(content)
    client = client_of(make_desk, clock, "logo = logo\nbrand_name = Kite & Co")
    page, logo = client.get("/").text, client.get("/logo")

    assert "<span>Kite &amp; Co</span>" in page
    if kind is None:
        assert (404, False) == (logo.status_code, "<img src" in page)
        return
    assert (200, kind, content) == (logo.status_code, logo.content_type, logo.data)
    assert "sandbox" in logo.headers["Content-Security-Policy"]
    assert f'alt="" width="{width}" height="32"' in page


def test_without_a_brand_there_is_nothing_to_load(make_desk: MakeDesk, clock: Clock) -> None:
    client = client_of(make_desk, clock, "")

    assert (404, 404) == (client.get("/brand.css").status_code, client.get("/logo").status_code)
    assert "brand.css" not in client.get("/").text
