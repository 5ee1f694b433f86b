"""Writes docs/img/mails.png: four mails as Chromium shows them, by day and by night. Needs Chromium."""

import base64
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import sync_playwright

from intake.rendering.templates import Renderer

ROOT = Path(__file__).resolve().parent.parent
SHOWN = (("acknowledgement", "en"), ("delayed", "de"), ("survey", "zh-Hans"), ("relay", "ja"))
VALUES: dict[str, Any] = {
    "number": 1042,
    "subject": "",
    "name": "Lin",
    "desk": "Example Wallet",
    "event": "",
    "text": "アプリを 4.2 に更新していただくと、残高が表示されます。\n\n"
    "まだ表示されない場合は、画面の写真をお送りください。",
    "text_html": "",
    "due": datetime(2026, 11, 23, 16, 0, tzinfo=UTC),
    "closed": datetime(2026, 11, 19, 9, 0, tzinfo=UTC),
    "signature": "Anna\nExample Wallet",
    "left_out": [],
    "progress": "https://help.example.com/t/x",
    "scores": {score: "https://help.example.com/survey/x" for score in (5, 4, 3, 2, 1)},
}
WIDTH, HEIGHT = 420, 620


def main(chromium: str) -> None:
    """Take the pictures with the browser at `chromium`, and put them side by side."""
    renderer, zone = Renderer(), ZoneInfo("Europe/Berlin")
    letters = [renderer.mail(name, language, zone=zone, **VALUES).html for name, language in SHOWN]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        rows = []
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme)
            for letter in letters:
                page.set_content(letter)
                rows.append(base64.b64encode(page.screenshot()).decode())
        sheet = browser.new_page(viewport={"width": WIDTH * 4 + 50, "height": HEIGHT * 2 + 30})
        pictures = "".join(f'<img src="data:image/png;base64,{picture}" width="{WIDTH}">' for picture in rows)
        sheet.set_content(
            f'<body style="margin:10px;background:#888"><div style="display:grid;gap:10px;'
            f'grid-template-columns:repeat(4,{WIDTH}px)">{pictures}</div>'
        )
        sheet.screenshot(path=ROOT / "docs" / "img" / "mails.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium")
