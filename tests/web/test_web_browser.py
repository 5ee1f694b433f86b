"""The form in a real browser: without JavaScript, on a phone, by keyboard, in the dark."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
GOOD = {
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "subject": "Cannot log in",
    "message": "It says no.\nAnd again.",
}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("the browser tests need chromium at /usr/bin/chromium")
        pytest.skip("no chromium at /usr/bin/chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Any, running: Callable[..., Any]) -> Iterator[Callable[..., tuple[Any, Any]]]:
    """Open the form; returns (page, running). A page that the policy had to protect fails the test."""
    contexts: list[Any] = []
    said: list[str] = []

    def open_page(web: str = "", **options: Any) -> tuple[Any, Any]:
        one = running(web=web)
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(one.url)
        one.desk.clock.forward(seconds=10)
        return page, one

    yield open_page
    for context in contexts:
        context.close()
    assert [] == [
        line for line in said if not line.startswith("Failed to load resource: the server responded")
    ]


def fill(page: Any, **values: str) -> None:
    for name, value in values.items():
        page.fill(f"#{name}", value)


@pytest.mark.parametrize("script", [False, True], ids=["without JavaScript", "with JavaScript"])
def test_a_person_writes_attaches_and_is_told(visit: Any, tmp_path: Path, script: bool) -> None:
    page, one = visit(java_script_enabled=script)
    shot = tmp_path / "截图.png"
    shot.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 64)

    fill(page, **GOOD)
    page.set_input_files("#files", shot)
    page.get_by_role("button", name="Send message").click()
    page.wait_for_url("**/sent/**")

    assert "Thank you, we have your message" == page.locator("h1").inner_text()
    (arrival,) = one.desk.arrivals
    assert b"filename*=utf-8''%E6%88%AA%E5%9B%BE.png" in arrival.raw
    one.desk.processed(1, 1042)
    page.get_by_role("link", name="Show my request number").click()
    page.get_by_text("#1042").wait_for()
    assert "ada@example.com" in page.locator("main").inner_text()


def test_faults_are_led_to_and_what_was_typed_stays(visit: Any) -> None:
    page, one = visit(java_script_enabled=False)

    fill(page, name="Ada", message="It says no.\n  Indented.")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Send message").click()
    summary = page.get_by_role("alert").first

    assert page.title().startswith("Not sent yet")
    assert "Enter your email address" in summary.inner_text()
    assert summary.evaluate("e => e === document.activeElement")
    summary.get_by_role("link", name="Enter a subject").click()
    assert page.url.endswith("#subject")
    assert page.locator("#subject").evaluate("e => e === document.activeElement || e.matches(':target')")
    assert "It says no.\n  Indented." == page.input_value("#message")
    fill(page, email="ada@example.com", subject="Cannot log in")
    page.get_by_role("button", name="Send message").click()
    page.wait_for_url("**/sent/**")
    assert 1 == len(one.desk.arrivals)


def test_files_over_the_limit_are_told_before_they_are_sent(visit: Any, tmp_path: Path) -> None:
    page, one = visit(web="max_post_mb = 1")
    large = tmp_path / "large.bin"
    large.write_bytes(b"x" * (2 * 1024 * 1024))

    fill(page, **GOOD)
    page.set_input_files("#files", large)
    page.get_by_role("button", name="Send message").click()

    assert (
        "The files are too large. Together they may have 1 MB." in page.locator("#files-fault").inner_text()
    )
    assert page.url == one.url
    page.set_input_files("#files", [])
    assert page.locator("#files-fault").is_hidden()
    page.get_by_role("button", name="Send message").click()
    page.wait_for_url("**/sent/**")


def test_files_over_the_limit_keep_the_text_without_javascript(visit: Any, tmp_path: Path) -> None:
    page, _ = visit(web="max_post_mb = 1", java_script_enabled=False)
    large = tmp_path / "large.bin"
    large.write_bytes(b"x" * (9 * 1024 * 1024))

    fill(page, **GOOD)
    page.set_input_files("#files", large)
    page.get_by_role("button", name="Send message").click()
    page.get_by_role("alert").first.wait_for()

    assert "The files are too large" in page.get_by_role("alert").first.inner_text()
    assert GOOD == {name: page.input_value(f"#{name}") for name in GOOD}


def test_the_keyboard_goes_through_in_the_order_of_reading(visit: Any) -> None:
    page, _ = visit(java_script_enabled=False)
    reached = []
    for _ in range(8):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))

    assert ["A", "A", "name", "email", "subject", "message", "files", "BUTTON"] == reached


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_nothing_is_wider_than_the_screen(visit: Any, locale: str) -> None:
    page, _ = visit(viewport=PHONE, locale=locale, java_script_enabled=False)
    too_wide: list[tuple[str, int]] = []

    def measure(state: str) -> None:
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            root = "document.documentElement"
            if page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"):
                too_wide.append((state, width))

    measure("empty")
    fill(page, email="x" * 300, subject="y" * 300)
    page.locator("button").click()
    page.get_by_role("alert").first.wait_for()
    measure("faulty")
    assert [] == too_wide


NAMELESS = """() => [...document.querySelectorAll('input:not([type=hidden]), textarea, button')]
    .filter(e => !(e.labels && e.labels.length) && !e.textContent.trim()).map(e => e.outerHTML)"""
DANGLING = """() => [...document.querySelectorAll('[aria-describedby]')]
    .flatMap(e => e.getAttribute('aria-describedby').split(' ')).filter(id => !document.getElementById(id))"""


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_a_screen_reader_finds_names_and_descriptions(visit: Any, locale: str) -> None:
    page, _ = visit(locale=locale, java_script_enabled=True)
    for _ in range(2):
        assert 1 == page.locator("h1").count()
        assert {"en-US": "en", "zh-CN": "zh-Hans"}[locale] == page.get_attribute("html", "lang")
        assert [] == page.evaluate(NAMELESS)
        assert [] == page.evaluate(DANGLING)
        assert "email" == page.get_attribute("#email", "autocomplete")
        page.locator("button").click()
        page.wait_for_load_state()


CONTRAST = """() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const shown = [...document.querySelectorAll('body *')].filter(e => e.offsetParent &&
    [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()));
  return shown.map(e => {
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.outerHTML.slice(0, 80)];
  }).filter(([ratio]) => ratio < 4.5);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out(visit: Any, scheme: str) -> None:
    """WCAG 2.2, 1.4.3: a contrast of at least 4.5 to 1."""
    page, _ = visit(color_scheme=scheme, java_script_enabled=True)
    found = page.evaluate(CONTRAST)
    page.locator("button").click()
    page.get_by_role("alert").first.wait_for()

    assert [] == found + page.evaluate(CONTRAST)
    dark = "rgb(255, 255, 255)" != page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (scheme == "dark") == dark


def test_a_phone_shows_a_field_without_zooming(visit: Any) -> None:
    """Safari on a phone zooms into fields with letters under 16 pixels."""
    page, _ = visit(viewport=PHONE, has_touch=True, is_mobile=True)

    assert 16 <= page.evaluate("parseFloat(getComputedStyle(document.querySelector('#email')).fontSize)")
    assert 44 <= page.locator("button").bounding_box()["height"]
