"""The example of a page with the form in it, opened in a real browser."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from web_desk import Visit
from webpages import GOOD, OVERFLOW

PAGE = Path(__file__).resolve().parents[2] / "examples" / "embedded-form" / "page.html"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The address of a site that serves what lies in the test's folder."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("width", [320, 1200])
def test_what_is_written_in_the_example_page_reaches_the_desk(
    visit: Visit, site: str, tmp_path: Path, width: int
) -> None:
    page, desk_web = visit(f"embed_origins = {site}")
    html = PAGE.read_text(encoding="utf-8").replace("https://help.example.com/", desk_web.url)
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{site}/page.html")
    frame = page.frame_locator("#help iframe")
    for name, value in GOOD.items():
        frame.locator(f"#{name}").fill(value)
    assert 0 == page.evaluate(OVERFLOW)
    desk_web.desk.clock.forward(seconds=10)
    frame.get_by_role("button", name="Send message").click()
    frame.get_by_text("Thank you").first.wait_for()

    (arrival,) = desk_web.desk.arrivals
    assert isinstance(arrival.raw, bytes)
    assert GOOD["email"].encode() in arrival.raw
