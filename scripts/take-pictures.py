"""Take the pictures of the pages in docs/img: English on a screen, Chinese on a phone, once in the dark.

Run it from the repository after a page changed: python scripts/take-pictures.py
"""

import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from playwright.sync_api import sync_playwright  # noqa: E402

from intake.app import Desk, build  # noqa: E402
from intake.config.faq_files import readings  # noqa: E402
from intake.config.settings import load  # noqa: E402
from intake.demo.picture import screenshot  # noqa: E402
from intake.desk import lifecycle  # noqa: E402
from intake.service.ticking import Every  # noqa: E402
from intake.web import make_app, serve  # noqa: E402

OUT = ROOT / "docs" / "img"
CHROMIUM = "/usr/bin/chromium"
CONFIG = """
[desk]
name = Example Wallet Support
address = support@example.com
[smtp]
host = localhost
[web]
port = 0
base_url = https://help.example.com
embed_origins = http://127.0.0.1:*
[form]
per_network_minute = 100
categories =
    account = My account | zh-Hans: 我的账户
    transfer = A transfer | zh-Hans: 转账
promise = We usually answer within one working day. | zh-Hans: 我们通常在一个工作日内回复。
[field wallet]
label = Wallet address | zh-Hans: 钱包地址
help = The public address, never a key. | zh-Hans: 公开地址，切勿填写私钥。
type = wallet
[field app]
label = App version | zh-Hans: 应用版本
type = version
[survey]
ask_consent = yes
[mailbox support]
type = ingest
"""
SCREEN = {"viewport": {"width": 900, "height": 800}, "locale": "en-US"}
PHONE = {"viewport": {"width": 390, "height": 800}, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
DARK = {**SCREEN, "color_scheme": "dark"}
TYPED = {
    "en": (
        "Ada Lovelace",
        "Transfer not received",
        "I sent it yesterday; it has not arrived.",
        "Please update the app and look again.",
        "I did, and it is still missing.",
    ),
    "zh": (
        "王伟",
        "转账没有到账",
        "我昨天转出的，到现在还没有到账。",
        "请更新应用后再看一次。",
        "更新了，还是没有到账。",
    ),
}
WALLET = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


@contextmanager
def served(desk: Desk) -> Iterator[str]:
    """Serve the pages of `desk`; yield the address."""
    stop, bound, port = threading.Event(), threading.Event(), [0]

    def listening(number: int) -> None:
        port[0] = number
        bound.set()

    def nudge() -> None:
        desk.service.process_pending()

    app = make_app(desk, nudge)
    thread = threading.Thread(target=serve, args=(app, desk.settings.web, stop, listening))
    thread.start()
    bound.wait(10)
    yield f"http://127.0.0.1:{port[0]}/"
    stop.set()
    thread.join()


class Camera:
    """Walks through the pages as one reader and takes a picture of each."""

    def __init__(self, browser: Any, desk: Desk, url: str, options: Any, folder: Path) -> None:
        self.page = browser.new_context(**options).new_page()
        self.desk, self.url, self.folder = desk, url, folder
        self.lang = "zh" if options["locale"].startswith("zh") else "en"
        self.kind = f"{self.lang}-phone" if self.lang == "zh" else f"{self.lang}"
        if options.get("color_scheme") == "dark":
            self.kind += "-dark"

    def take(self, name: str) -> None:
        """Keep what the page looks like now, in few colours: these are pages, not photographs."""
        from PIL import Image

        path = OUT / f"{name}-{self.kind}.png"
        self.page.evaluate("document.activeElement.blur()")
        self.page.wait_for_timeout(200)
        self.page.screenshot(path=path, full_page=True)
        with Image.open(path) as image:
            small = image.convert("RGB").quantize(64, dither=Image.Dither.NONE)
        small.save(path, optimize=True)

    def form(self) -> None:
        """Fill the form in, wrongly first, and send it."""
        name, subject, message, *_ = TYPED[self.lang]
        page = self.page
        page.goto(self.url)
        page.fill("#name", name)
        page.fill("#email", f"{self.kind}@example.com")
        page.select_option("#category", "transfer")
        page.fill("#message", message)
        page.fill("#field-wallet", WALLET[:-1] + "e")
        shot = self.folder / "screenshot.png"
        shot.write_bytes(screenshot())
        page.set_input_files("#files", [shot, self.folder / "intake.ini"])
        page.click("button[type=submit]")
        page.wait_for_selector(".summary")
        self.take("faults")
        page.fill("#subject", subject)
        page.fill("#field-wallet", WALLET)
        page.fill("#field-app", "4.12.0")
        page.evaluate("document.querySelectorAll('.summary').forEach(one => one.remove())")
        page.evaluate("document.querySelectorAll('.faulty').forEach(one => one.classList.remove('faulty'))")
        page.evaluate("document.querySelectorAll('p.fault').forEach(one => { one.hidden = true; })")
        page.evaluate(
            "document.querySelectorAll('[aria-invalid]').forEach(o => o.removeAttribute('aria-invalid'))"
        )
        self.take("form")
        page.wait_for_timeout(2000)
        page.click("button[type=submit]")
        page.wait_for_url("**/sent/**")
        self.take("sent")

    def behind_links(self) -> None:
        """The pages of the ticket just opened: its progress, and the survey after it."""
        number = max(row.id for row in self.desk.store.listing.list_tickets())
        ticket, agent = self.desk.store.tickets.get(number), self.desk.store.agents.enabled()[0]
        assert ticket is not None
        self.desk.service.act(
            lifecycle.reply(ticket, agent, TYPED[self.lang][3], f"k{number}", self.desk.policy)
        )
        self.visit(self.desk.links.progress(ticket, datetime.now(UTC), mailed=True))
        self.page.fill("#message", TYPED[self.lang][4])
        self.page.locator("form[data-send] button[type=submit]").click()
        self.page.wait_for_url("**done=sent**")
        self.page.locator(".due").wait_for()
        self.take("progress")
        self.desk.service.act(lifecycle.close(ticket, "Anna", f"c{number}"))
        week = timedelta(days=7)
        self.desk.service = replace(self.desk.service, clock=lambda: datetime.now(UTC) + week)
        # It asks once a minute, and here two weeks pass in one.
        self.desk.service = replace(self.desk.service, surveyed=Every(timedelta(0)))
        self.desk.service.ask_surveys()
        ticket = self.desk.store.tickets.get(number)
        assert ticket is not None
        self.visit(self.desk.links.survey(ticket, datetime.now(UTC)) + "?score=4")
        self.take("survey")
        self.page.click("button[type=submit]")
        self.page.wait_for_url("**/thanks?**")
        self.take("thanks")
        self.desk.service = replace(self.desk.service, clock=lambda: datetime.now(UTC))
        self.page.goto(f"{self.url}nowhere")
        self.take("missing")

    def visit(self, link: str) -> None:
        """Follow a link of a mail."""
        self.page.goto(self.url + link.removeprefix("https://help.example.com/"))

    def help_pages(self) -> None:
        """The help articles: the first page, and one of them."""
        language = "zh-Hans" if self.lang == "zh" else "en"
        self.page.goto(f"{self.url}help/{language}/")
        self.take("help")
        self.page.goto(f"{self.url}help/{language}/deposit-missing")
        self.take("help-article")

    def widget(self) -> None:
        """Another site, with the line in it."""
        html = f'<!doctype html><title>App</title><body><script src="{self.url}widget.js"></script>'
        self.page.goto(self.url)
        self.page.set_viewport_size({**self.page.viewport_size, "height": 640})
        self.page.route("**/app", lambda route: route.fulfill(body=html, content_type="text/html"))
        self.page.goto(f"{self.url}app")
        self.page.locator("button.open").click()
        self.page.wait_for_timeout(1000)
        self.take("widget")


def main() -> None:
    """Take all of them."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work, sync_playwright() as play:
        folder = Path(work)
        (folder / "intake.ini").write_text(CONFIG, encoding="utf-8")
        desk = build(load(folder / "intake.ini", {}))
        desk.store.agents.add("anna@example.com", "Anna", (), datetime.now(UTC))
        articles = [reading.article for reading in readings(ROOT / "examples" / "help", "en").values()]
        desk.store.articles.publish(articles, "Anna", datetime.now(UTC), "command line")
        with served(desk) as url:
            browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            for options in (SCREEN, PHONE, DARK):
                camera = Camera(browser, desk, url, options, folder)
                camera.form()
                if options is not DARK:
                    camera.help_pages()
                    camera.behind_links()
                    camera.widget()
            browser.close()
        desk.store.close()
    for name in ("form", "sent"):
        (OUT / f"{name}-en-dark.png").unlink()


if __name__ == "__main__":
    main()
