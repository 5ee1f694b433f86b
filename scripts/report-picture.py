"""Writes docs/img/report.png: the page of a report on a month that never was. Needs Chromium.

Run it from the repository after the page changed: python scripts/report-picture.py
"""

import random
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import sync_playwright

from intake.desk.report import BROKEN, KEPT, SILENT, Columns, Rise, Tally
from intake.reports.page import page

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "img" / "report.png"
ZONE = ZoneInfo("Europe/Berlin")
SINCE, DAYS = datetime(2026, 10, 23, tzinfo=ZONE), 30
RISING = (
    Rise("category: security", 68, 19, (1588, 1596, 1599)),
    Rise("stolen", 23, 3, (1532, 1533, 1588)),
    Rise("钱包被盗", 15, 7, (1555, 1579, 1599)),
)
WIDTH, HEIGHT = 1000, 1700


def month(chance: random.Random) -> Columns:
    """Return the tickets of a month: fewer on weekends and at night, a few hours until an answer."""
    opened = []
    for day in range(DAYS):
        date = SINCE + timedelta(days=day)
        for _ in range(chance.randint(25, 40) if date.weekday() > 4 else chance.randint(45, 70)):
            hour = min(max(chance.gauss(14, 4), 0), 23.9)
            opened.append(int((date + timedelta(hours=hour)).timestamp()))
    count = len(opened)
    answered = [int(chance.lognormvariate(8.7, 1)) if chance.random() < 0.8 else None for _ in opened]
    resolved = [
        seconds + int(chance.lognormvariate(10, 1)) if seconds and chance.random() < 0.85 else None
        for seconds in answered
    ]

    def pick(*values: str) -> list[str]:
        return [values[min(int(chance.expovariate(1.2)), len(values) - 1)] for _ in range(count)]

    promise = [KEPT if seconds and seconds < 4 * 3600 else BROKEN for seconds in answered]
    survey = [chance.choice((SILENT, SILENT, 5, 5, 4, 3, 1)) if seconds else 0 for seconds in resolved]
    return Columns(
        opened,
        pick("support", "security"),
        [name if done else "" for name, done in zip(pick("Anna", "Wei", "Chloé"), answered, strict=True)],
        pick("enquiry", "transfer", "account", "security"),
        pick("en", "zh-Hans", "de", "ja"),
        pick("imap", "form", "api"),
        answered,
        resolved,
        promise,
        survey,
    )


def main(chromium: str) -> None:
    """Take the picture with the browser at `chromium`."""
    tally, tickets = Tally(ZONE), month(random.Random(7))
    tally.add(tickets)
    until = SINCE + timedelta(days=DAYS)
    ends = [at + took for at, took in zip(tickets.opened, tickets.resolved, strict=True) if took is not None]
    tally.close([at for at in ends if at < until.timestamp()])
    html = page(tally.report("Wallet Support", SINCE, until, RISING))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        shown.set_content(html)
        shown.screenshot(path=PICTURE)
        browser.close()
    with Image.open(PICTURE) as image:
        small = image.convert("RGB").quantize(64, dither=Image.Dither.NONE)
    small.save(PICTURE, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium")
