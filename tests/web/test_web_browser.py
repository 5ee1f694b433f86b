"""The form in a real browser: without JavaScript, on a phone, by keyboard, in the dark."""

import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from web_desk import Clock, Served, Visit
from webpages import CONTRAST, DANGLING, NAMELESS, OVERFLOW, SHIFTS

from intake.desk import lifecycle
from intake.desk.effects import AddEntry, Amend
from intake.desk.message import Address, Attachment
from intake.desk.ticket import EntryKind

GOOD = {
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "subject": "Cannot log in",
    "message": "It says no.\nAnd again.",
}
PHONE = {"width": 390, "height": 844}


def fill(page: Any, **values: str) -> None:
    for name, value in values.items():
        page.fill(f"#{name}", value)


@pytest.mark.parametrize("script", [False, True], ids=["without JavaScript", "with JavaScript"])
def test_a_person_writes_attaches_and_is_told(visit: Visit, tmp_path: Path, script: bool) -> None:
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


def test_faults_are_led_to_and_what_was_typed_stays(visit: Visit) -> None:
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


def test_files_over_the_limit_are_told_before_they_are_sent(visit: Visit, tmp_path: Path) -> None:
    page, one = visit(web="max_post_mb = 1")
    large = tmp_path / "large.bin"
    large.write_bytes(b"x" * (2 * 1024 * 1024))

    fill(page, **GOOD)
    page.set_input_files("#files", large)
    page.get_by_role("button", name="Send message").click()

    assert "The files are too large: 1\u00a0MB in total at most." in page.locator("#files-fault").inner_text()
    assert page.url == one.url
    page.get_by_role("button", name="Remove large.bin").click()
    assert page.locator("#files-fault").is_hidden()
    page.get_by_role("button", name="Send message").click()
    page.wait_for_url("**/sent/**")


def test_files_over_the_limit_keep_the_text_without_javascript(visit: Visit, tmp_path: Path) -> None:
    page, _ = visit(web="max_post_mb = 1", java_script_enabled=False)
    large = tmp_path / "large.bin"
    large.write_bytes(b"x" * (9 * 1024 * 1024))

    fill(page, **GOOD)
    page.set_input_files("#files", large)
    page.get_by_role("button", name="Send message").click()
    page.get_by_role("alert").first.wait_for()

    assert "The files are too large" in page.get_by_role("alert").first.inner_text()
    assert GOOD == {name: page.input_value(f"#{name}") for name in GOOD}


def test_the_keyboard_goes_through_in_the_order_of_reading(visit: Visit) -> None:
    page, _ = visit(java_script_enabled=False)
    reached = []
    for _ in range(8):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))

    assert ["A", "SUMMARY", "name", "email", "subject", "message", "files", "BUTTON"] == reached


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_nothing_is_wider_than_the_screen(visit: Visit, locale: str) -> None:
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
    page.locator("button[type=submit]").click()
    page.get_by_role("alert").first.wait_for()
    measure("faulty")
    assert [] == too_wide


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_a_screen_reader_finds_names_and_descriptions(visit: Visit, locale: str) -> None:
    page, _ = visit(locale=locale, java_script_enabled=True)
    for _ in range(2):
        assert 1 == page.locator("h1").count()
        assert {"en-US": "en", "zh-CN": "zh-Hans"}[locale] == page.get_attribute("html", "lang")
        assert [] == page.evaluate(NAMELESS)
        assert [] == page.evaluate(DANGLING)
        assert "email" == page.get_attribute("#email", "autocomplete")
        page.locator("button[type=submit]").click()
        page.wait_for_load_state()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out(visit: Visit, scheme: str) -> None:
    """WCAG 2.2, 1.4.3: a contrast of at least 4.5 to 1."""
    page, _ = visit(color_scheme=scheme, java_script_enabled=True)
    found = page.evaluate(CONTRAST)
    page.locator("button[type=submit]").click()
    page.get_by_role("alert").first.wait_for()

    assert [] == found + page.evaluate(CONTRAST)
    dark = "rgb(255, 255, 255)" != page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (scheme == "dark") == dark


def test_a_phone_shows_a_field_without_zooming(visit: Visit) -> None:
    """Safari on a phone zooms into fields with letters under 16 pixels."""
    page, _ = visit(viewport=PHONE, has_touch=True, is_mobile=True)

    assert 16 <= page.evaluate("parseFloat(getComputedStyle(document.querySelector('#email')).fontSize)")
    assert 44 <= page.locator("button[type=submit]").bounding_box()["height"]


# -- behind a link: the ticket's page and the survey -----------------------------------


def asked(served: Served, clock: Clock) -> str:
    """Close the ticket, let the delay pass, and return the survey's address."""
    served.answer("Try again.")
    ticket = served.desk.store.tickets.get(1)
    assert ticket is not None
    served.desk.service.act(lifecycle.close(ticket, "Anna", "k"))
    clock.forward(days=7)
    served.desk.service.tick()
    return served.link("survey")


@pytest.mark.parametrize("script", [False, True], ids=["without JavaScript", "with JavaScript"])
def test_a_survey_is_answered_by_keyboard(served: Served, clock: Clock, script: bool) -> None:
    page = served.open(asked(served, clock) + "?score=4", java_script_enabled=script)

    assert page.is_checked("#score-4")
    page.focus("#score-4")
    page.keyboard.press("ArrowLeft")
    assert page.is_checked("#score-5")
    page.keyboard.press("Tab")
    page.keyboard.type("Anna was quick.")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thanks?**")

    assert "Very good" in page.locator("main").inner_text()
    [row] = served.desk.store.surveys.list_surveys()
    assert (5, "Anna was quick.", True) == (row.score, row.comment, row.consent)


def test_news_shows_by_itself_and_what_is_being_typed_stays(served: Served) -> None:
    served.answer("First answer.")
    page = served.open(served.link("progress"), timezone_id="Asia/Shanghai")
    # Eight past seven in UTC, in the zone of the reader.
    first = page.locator("time").first.inner_text().replace("\u202f", " ")
    assert first.endswith("(UTC+8)")
    assert "Wed, May 6, 3:08 PM" in first
    page.fill("#message", "half a sentence")
    served.answer("Second answer.")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_text("Second answer.").wait_for()

    assert "half a sentence" == page.input_value("#message")
    page.locator("#news", has_text="This page has been updated").wait_for()


def test_the_promise_is_told_by_the_readers_clock_and_midnight_as_the_day_before(served: Served) -> None:
    midnight = datetime(2026, 5, 7, 16, tzinfo=UTC)
    served.desk.service.act([Amend(1, {"first_response_due": midnight})])
    said = {}
    for zone in ("Asia/Shanghai", "Europe/Berlin"):
        page = served.open(served.link("progress"), timezone_id=zone)
        said[zone] = page.locator(".due time").inner_text().replace("\u202f", " ")

    assert {
        "Asia/Shanghai": "Thu, May 7, 11:59 PM (UTC+8)",
        "Europe/Berlin": "Thu, May 7, 6:00 PM (UTC+2)",
    } == said


@pytest.mark.parametrize(
    ("lang", "expected"),
    [("de", "16:08"), ("zh-Hant", "16:08"), ("ko", "16:08"), ("en", "4:08 PM"), ("ja", "16:08")],
)
def test_the_page_has_the_clock_of_the_mails(served: Served, lang: str, expected: str) -> None:
    served.desk.service.act([Amend(1, {"first_response_due": datetime(2026, 5, 7, 8, 8, tzinfo=UTC)})])
    link = served.link("progress")
    page = served.open(f"{link}{'&' if '?' in link else '?'}lang={lang}", timezone_id="Asia/Shanghai")
    told = page.locator(".due time").inner_text().replace("\u202f", " ")
    assert expected in told
    assert "2026" not in told
    assert told.endswith("(UTC+8)")


def test_what_is_said_to_show_here_is_over_once_it_does(served: Served) -> None:
    served.answer("Try again.")
    page = served.open(served.link("progress"))
    page.fill("#message", "It works.")
    page.get_by_role("button", name="Send message").click()
    banner = page.get_by_text("It can take a moment until it shows here.")
    banner.wait_for()
    served.desk.service.tick()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.locator("article.said", has_text="It works.").wait_for()
    assert 0 == banner.count()


def test_what_does_not_show_here_yet_is_not_said_to(served: Served) -> None:
    """Before a person has answered, the page shows nothing of what was written."""
    page = served.open(served.link("progress"))
    page.fill("#message", "One more thing.")
    page.get_by_role("button", name="Send message").click()
    page.get_by_text("Thank you, we have your message").wait_for()
    assert 0 == page.get_by_text("shows here").count()


@pytest.mark.parametrize(
    ("zone", "date"), [("Asia/Shanghai", "+0800"), ("America/Bogota", "-0500"), ("UTC", "+0000")]
)
def test_a_form_post_tells_the_clock_of_its_page(served: Served, clock: Clock, zone: str, date: str) -> None:
    """So that the acknowledgement and the page tell the same time."""
    page = served.open(served.url, timezone_id=zone)
    page.fill("#email", "zoe@else.example")
    page.fill("#subject", "Clock")
    page.fill("#message", "What time is it?")
    clock.forward(seconds=20)
    page.get_by_role("button", name="Send message").click()
    page.locator("h1", has_text="Thank you").wait_for()
    (row,) = [one for one in served.desk.store.ledger.list_messages() if one.channel == "form"]
    raw = served.desk.store.ledger.raw(row.id)
    assert raw is not None
    assert f" {date}\r\n".encode() in raw.partition(b"\r\nMessage-ID")[0] + b"\r\n"


@pytest.mark.parametrize("script", [False, True], ids=["without JavaScript", "with JavaScript"])
def test_a_requester_writes_closes_and_reopens(served: Served, tmp_path: Path, script: bool) -> None:
    served.answer("Try again.")
    page = served.open(served.link("progress"), java_script_enabled=script)
    shot = tmp_path / "截图.png"
    shot.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 64)

    page.fill("#message", "It works.")
    page.set_input_files("#files", shot)
    page.get_by_role("button", name="Send message").click()
    page.get_by_text("Thank you, we have your message").wait_for()
    served.desk.service.tick()
    page.get_by_role("link", name="Refresh").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="截图.png").click()
    assert "截图.png" == download.value.suggested_filename
    page.get_by_role("button", name="This is solved").click()
    page.get_by_text("Your request is closed.").wait_for()
    page.get_by_role("button", name="It is not solved").click()
    page.get_by_text("Your request is open again").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_the_pages_behind_links_fit_stand_out_and_have_names(
    served: Served, clock: Clock, scheme: Any, lang: str
) -> None:
    survey = asked(served, clock)
    for url in (f"{survey}?lang={lang}", f"{served.link('progress')}?lang={lang}"):
        page = served.open(url, color_scheme=scheme, viewport={"width": 320, "height": 800})
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert 0 == page.evaluate(OVERFLOW)
        assert lang == page.get_attribute("html", "lang")
        assert [] == page.evaluate(CONTRAST)
        assert [] == page.evaluate(NAMELESS)
        assert [] == page.evaluate(DANGLING)
        targets = [one.bounding_box()["height"] for one in page.locator("button, .choice").all()]
        assert 44 <= min(targets)


def picture(width: int, height: int) -> bytes:
    """A grey PNG (RFC 2083)."""
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress((b"\0" + b"\x80" * width) * height)),
        (b"IEND", b""),
    ]
    framed = (struct.pack(">I", len(c)) + n + c + struct.pack(">I", zlib.crc32(n + c)) for n, c in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


@pytest.mark.parametrize("size", [{"width": 320, "height": 1600}, {"width": 1280, "height": 1400}])
def test_nothing_moves_while_pages_behind_links_load(served: Served, clock: Clock, size: Any) -> None:
    """Nor when a picture in the conversation comes late, whatever its shape."""
    files = tuple(
        replace(Attachment(f"{n}.heic", "image/heic", b"heic%d" % n), preview=picture(*shape))
        for n, shape in enumerate([(1200, 300), (300, 1200), (40, 30)])
    )
    lin = Address("lin@customer.example", "Lin")
    served.desk.service.act([AddEntry(1, EntryKind.CUSTOMER, lin, "See this.", attachments=files)])
    served.answer("I see.")
    page = served.open("about:blank", viewport=size)
    page.route("**/preview", lambda route: (page.wait_for_timeout(300), route.continue_()))
    page.goto(served.link("progress"))
    for one in page.locator("img.picture").all():
        one.evaluate("o => o.complete || new Promise(done => { o.onload = done; })")
    shown = page.evaluate("[...document.querySelectorAll('img.picture')].map(o => o.naturalWidth)")
    moved = {"progress": page.evaluate(SHIFTS)}
    ticket = served.desk.store.tickets.get(1)
    served.desk.service.act(lifecycle.close(ticket, "Anna", "k"))
    clock.forward(days=7)
    served.desk.service.tick()
    page.goto(served.link("survey") + "?score=4")
    moved["survey"] = page.evaluate(SHIFTS)
    page.locator("button[type=submit]").click()
    page.wait_for_url("**/thanks**")
    moved["thanks"] = page.evaluate(SHIFTS)

    assert [1200, 300, 40] == shown
    assert {"progress": [], "survey": [], "thanks": []} == moved


def test_what_is_typed_on_the_progress_page_outlives_a_reload_and_not_its_tab(served: Served) -> None:
    page = served.open(served.link("progress"))
    page.fill("#message", "Half a sentence")
    page.wait_for_timeout(400)
    page.reload()

    assert "Half a sentence" == page.input_value("#message")
    assert "{}" == page.evaluate("JSON.stringify(window.localStorage)")
    # Another ticket's page, or another tab, knows nothing of it.
    assert "" == served.open(served.link("progress")).input_value("#message")
    page.get_by_role("button", name="Send message").click()
    page.get_by_text("Thank you, we have your message").wait_for()
    assert "" == page.input_value("#message")
    page.reload()
    assert "" == page.input_value("#message")
    assert "{}" == page.evaluate("JSON.stringify(window.sessionStorage)")


def test_a_recovery_phrase_is_warned_of_on_the_progress_page_too(served: Served) -> None:
    page = served.open(served.link("progress"))
    page.fill("#message", " ".join(["abandon"] * 11 + ["about"]))

    page.get_by_role("alert").filter(has_text="This looks like a recovery phrase.").wait_for()
    assert "abandon" not in page.evaluate("JSON.stringify(window.sessionStorage)")


@pytest.mark.parametrize("script", [False, True], ids=["without JavaScript", "with JavaScript"])
def test_a_requester_unfolds_what_is_folded_of_their_own_message(served: Served, script: bool) -> None:
    served.answer("Try again.")
    lin = Address("lin@customer.example", "Lin")
    whole = "It works.\n\nOn Monday Anna wrote:\n> Try again.\n\n-- \nLin"
    served.desk.service.act([AddEntry(1, EntryKind.CUSTOMER, lin, "It works.", whole)])
    page = served.open(served.link("progress"), java_script_enabled=script)
    quote = page.get_by_text("On Monday Anna wrote:")
    assert not quote.is_visible()
    page.get_by_text("4 more lines").click()
    assert quote.is_visible()
    assert 0 == page.evaluate(OVERFLOW)
    assert [] == page.evaluate(CONTRAST)
    if script:
        # It stays unfolded when news come.
        served.answer("Good to hear.")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.get_by_text("Good to hear.").wait_for()
        assert quote.is_visible()
