"""A link to one file: whoever fetches it uses nothing up, one download does, and only its agent has it."""

import contextlib
import hashlib
import http.client
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from desk_mail import text_of
from file_desk import MIB, PAGES, FileDesk, links
from webpages import OVERFLOW, axe
from webserving import GOOD, body_of

from intake.desk import file_tokens
from intake.desk.effects import MailKind
from intake.ports import Temporary
from intake.web import make_app, serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FILM = bytes(range(256)) * (11 * MIB // 256)
PHONE = {"width": 390, "height": 844}


@dataclass
class Pages:
    """A real desk whose pages a real server shows."""

    desk: FileDesk
    port: int

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, bytes]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(link):
            link.request(method, f"/{path}", body, {k.replace("_", "-"): v for k, v in headers.items()})
            answer = link.getresponse()
            return answer.status, answer.headers, answer.read()

    def link(self, files: dict[str, bytes] | None = None) -> str:
        """Let Lin send a film; return the path of the link in the notification."""
        self.desk.lin_sends(files or {"film 1.bin": FILM})
        (notice,) = self.desk.out(MailKind.NOTICE)
        (path,) = links(text_of(notice))
        return path

    def ends(self) -> list[str]:
        return [row.what for row in self.desk.store.upkeep.list_audit() if "download" in row.what]


Show = Callable[..., Pages]


@pytest.fixture
def show(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Show]:
    made: list[tuple[FileDesk, threading.Event, threading.Thread]] = []

    def start(more: str = PAGES, engine: str = "sqlite") -> Pages:
        url = request.getfixturevalue("postgres_url") if engine == "postgres" else ""
        desk = FileDesk(tmp_path / f"desk{len(made)}", more, url)
        stop, bound, port = threading.Event(), threading.Event(), [0]

        def listening(number: int) -> None:
            port[0] = number
            bound.set()

        app = make_app(desk.desk, lambda: None, patience=0)
        thread = threading.Thread(target=serve, args=(app, desk.desk.settings.web, stop, listening))
        thread.start()
        assert bound.wait(10)
        made.append((desk, stop, thread))
        return Pages(desk, port[0])

    yield start
    for desk, stop, thread in made:
        stop.set()
        thread.join(10)
        desk.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_file_of_24_mb_sent_by_form_reaches_an_agent_through_its_link_once(
    show: Show, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.web.site.FASTEST_SECONDS", 0.0)
    pages = show(engine=engine)
    film = bytes(range(256)) * (24 * MIB // 256)
    token = re.search(rb'name="token" value="([^"]+)"', pages.ask("GET", "")[2])
    assert token
    body = body_of({**GOOD, "token": token[1].decode()}, film, name="screen.mp4")
    assert 303 == pages.ask("POST", "", body, Content_Type="multipart/form-data; boundary=b")[0]
    pages.desk.service.process_pending(10)
    (notice,) = pages.desk.out(MailKind.NOTICE)
    (path,) = links(text_of(notice))
    assert "screen.mp4 (24 MB)" in text_of(notice)

    status, headers, page = pages.ask("GET", path)
    assert (200, "no-store") == (status, headers["Cache-Control"])
    assert b"screen.mp4" in page
    status, headers, content = pages.ask("POST", path)
    assert 200 == status
    assert hashlib.sha256(film).digest() == hashlib.sha256(content).digest()
    _until(lambda: pages.ask("GET", path)[0] == 404)
    assert 404 == pages.ask("POST", path)[0]
    assert ["download of screen.mp4 begun"] == pages.ends()


def _until(there: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not there():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_download_keeps_the_browser_from_showing_or_running_it(show: Show) -> None:
    pages = show()
    path = pages.link({'<b>"x"é.html': FILM})
    _, headers, page = pages.ask("GET", path)
    assert b"<b>" not in page
    for name, value in (
        ("Referrer-Policy", "no-referrer"), ("X-Robots-Tag", "noindex"), ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ):  # fmt: skip
        assert value == headers[name]
    _, headers, _ = pages.ask("POST", path)
    for name, value in (
        ("Referrer-Policy", "no-referrer"), ("X-Robots-Tag", "noindex"), ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"), ("Content-Type", "application/octet-stream"),
        ("Content-Security-Policy", "sandbox; default-src 'none'"), ("Content-Length", str(len(FILM))),
    ):  # fmt: skip
        assert value == headers[name]
    assert headers["Content-Disposition"].startswith("attachment; filename=")
    assert '"x"' not in headers["Content-Disposition"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_scanner_that_fetches_the_link_uses_nothing_up(show: Show, method: str) -> None:
    pages = show()
    path = pages.link()
    for _ in range(12):
        pages.ask(method, path)
    assert [] == pages.ends()
    assert FILM == pages.ask("POST", path)[2]


@pytest.mark.parametrize(
    "asked", ["bytes=0-0", "bytes=-1", "bytes=5-", "bytes=0-1,4-5", "bytes=99999999999-"]
)
def test_who_asks_for_a_part_gets_the_whole_and_it_counts_as_one_download(show: Show, asked: str) -> None:
    pages = show()
    path = pages.link()
    assert 200 == pages.ask("GET", path, Range=asked)[0]
    status, headers, content = pages.ask("POST", path, Range=asked, If_Range='"x"')
    assert (200, "none", FILM) == (status, headers["Accept-Ranges"], content)
    _until(lambda: pages.ask("GET", path)[0] == 404)
    assert 1 == len(pages.ends())


def test_another_site_cannot_make_a_browser_use_it_up(show: Show) -> None:
    pages = show()
    path = pages.link()
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null", "Sec_Fetch_Site": "cross-site"}):
        assert 403 == pages.ask("POST", path, **headers)[0]
    assert FILM == pages.ask("POST", path, Origin="null", Sec_Fetch_Site="same-origin")[2]


def _forged(pages: Pages, path: str) -> str:
    return path[:-1] + ("a" if path[-1] != "a" else "b")


def _of_another_key(pages: Pages, path: str) -> str:
    expires = pages.desk.clock.now + timedelta(hours=1)
    return "file/" + file_tokens.make(b"x" * 32, 1, 1, hashlib.sha256(FILM).hexdigest(), expires)


def _over(pages: Pages, path: str) -> str:
    pages.desk.clock.later(hours=24, seconds=1)
    return path


def _of_a_disabled_agent(pages: Pages, path: str) -> str:
    pages.desk.store.agents.disable(pages.desk.agent)
    return path


def _of_another_ticket(pages: Pages, path: str) -> str:
    expires = pages.desk.clock.now + timedelta(hours=1)
    digest = hashlib.sha256(FILM).hexdigest()
    return "file/" + file_tokens.make(pages.desk.desk.keys[0], 2, 1, digest, expires)


def _reply_token(pages: Pages, path: str) -> str:
    return "file/" + pages.desk.reply_address(1).partition("+")[2].partition("@")[0]


@pytest.mark.parametrize(
    "change", [_forged, _of_another_key, _over, _of_a_disabled_agent, _of_another_ticket, _reply_token]
)
def test_a_link_that_is_not_good_gets_a_kind_page_that_says_what_to_do(
    show: Show, change: Callable[[Pages, str], str]
) -> None:
    pages = show()
    path = change(pages, pages.link())
    for method in ("GET", "POST"):
        status, headers, page = pages.ask(method, path)
        assert (404, "no-store") == (status, headers["Cache-Control"])
        assert b"Write #files in a reply" in page
    assert [] == pages.ends()


def test_the_page_is_in_the_language_of_the_agent(show: Show) -> None:
    pages = show(f"language = zh-Hans\n{PAGES}")
    path = pages.link()
    assert "下载".encode() in pages.ask("GET", path)[2]
    pages.desk.clock.later(hours=25)
    assert "#files，即可收到新的链接".encode() in pages.ask("GET", path)[2]


def test_of_two_agents_each_has_a_link_of_their_own(show: Show) -> None:
    pages = show()
    pages.desk.store.agents.add("wei@staff.desk.example", "Wei", (), pages.desk.clock.now)
    pages.desk.lin_sends({"film.bin": FILM})
    first, second = (links(text_of(mail))[0] for mail in pages.desk.out(MailKind.NOTICE))
    assert first != second
    assert 200 == pages.ask("POST", first)[0]
    _until(lambda: pages.ask("GET", first)[0] == 404)
    assert 200 == pages.ask("GET", second)[0]
    (entry,) = pages.desk.store.upkeep.list_audit()
    assert entry.who in ("anna@staff.desk.example", "wei@staff.desk.example")


def test_a_download_that_breaks_off_can_be_begun_again_three_times_in_all(show: Show) -> None:
    pages = show()
    path = pages.link({"film.bin": FILM * 4})
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", pages.port)) as line:
            line.sendall(f"POST /{path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode())
            assert line.recv(1000)
    time.sleep(0.5)
    assert 200 == pages.ask("GET", path)[0]
    assert len(FILM) * 4 == len(pages.ask("POST", path)[2])
    assert 404 == pages.ask("POST", path)[0]
    assert 3 == len(pages.ends())


def test_a_file_that_cannot_be_read_just_now_uses_nothing_up(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = show()
    path = pages.link()

    def broken(self: Any, name: str) -> Iterator[bytes]:
        raise Temporary("the disk is away")
        yield b""

    with monkeypatch.context() as patch:
        patch.setattr("intake.store.files.folder.Folder.chunks", broken)
        for _ in range(5):
            status, headers, page = pages.ask("POST", path)
            assert (503, "60") == (status, headers["Retry-After"])
            assert b"try again in a minute" in page
    assert FILM == pages.ask("POST", path)[2]


@pytest.mark.parametrize("script", [False, True], ids=["without JavaScript", "with JavaScript"])
@pytest.mark.parametrize("size", [PHONE, {"width": 1280, "height": 800}], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_agent_presses_the_button_and_has_the_file(
    show: Show, browser: "Browser", script: bool, size: Any, scheme: Any
) -> None:
    pages = show()
    path = pages.link()
    context = browser.new_context(java_script_enabled=script, viewport=size, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{pages.port}/{path}")
    assert "film 1.bin" in page.locator("main").inner_text()
    assert "11\u00a0MB" in page.locator("main").inner_text()
    if script:
        assert [] == axe(page)
        assert not page.evaluate(OVERFLOW)
    with page.expect_download() as started:
        page.get_by_role("button", name="Download").click()
    assert "film 1.bin" == started.value.suggested_filename
    assert FILM == Path(started.value.path()).read_bytes()
    _until(lambda: pages.ask("GET", path)[0] == 404)
    page.reload()
    assert "does not work any more" in page.locator("main").inner_text()
    context.close()
