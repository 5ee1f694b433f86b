"""Take the pictures of a notification in docs/img, on a screen and a phone, by day and by night, en and zh.

It plays the scripted day of bench/day.py (a minute; it needs Dovecot and Chromium), takes of what agents of
each language got the notification that shows most, and puts the pictures into docs/agents.md. Mails are shown
as a mail client shows them: the HTML, or the text where there is none. Run it from the repository:
python scripts/picture_notifications.py
"""

import base64
import re
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "e2e")]

from day.agents import Person  # noqa: E402
from day.play import Day  # noqa: E402
from day.programs import Letter  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from bench import figures  # noqa: E402
from bench.day import played  # noqa: E402

OUT = ROOT / "docs" / "img"
CHROMIUM = "/usr/bin/chromium"
WIDTHS = {1280: 400, 390: 400}
PHONE = 390
LABELS = {
    ("en", 1280): "on a screen",
    ("en", 390): "on a phone",
    ("zh", 1280): "in Chinese",
    ("zh", 390): "in Chinese, on a phone",
}
# By which the day's judge finds sentences again: no reader needs them.
CANARY = re.compile(r"\s?kq[a-j]{4}z")
# A picture is no taller: what is below it is more of the same.
TALLEST = 1900
PAGE = """<!doctype html><meta charset=utf-8><style>
:root{{color-scheme:light dark}}
body{{margin:0;background:light-dark(#fff,#1f1f1f);color:light-dark(#1f2328,#e6e6e6);
font:15px/1.5 'Noto Sans','Noto Sans CJK SC',system-ui,sans-serif}}
h1{{font-size:20px;margin:18px 20px 6px}} .who{{margin:0 20px 14px;font-size:13px;opacity:.75}}
pre{{margin:0 20px 20px;white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}}
iframe{{border:0;width:100%;display:block}}
</style><h1>{subject}</h1><div class=who>{sender}</div>{body}"""


def main(arguments: Sequence[str]) -> int:
    """Play the day and take the pictures with the browser that is named, or Chromium."""
    day, _ = played("round_robin", None)
    OUT.mkdir(parents=True, exist_ok=True)
    rows = ["| | by day | by night |", "| --- | --- | --- |"]
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=arguments[0] if arguments else CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        for language, zh in (("en", False), ("zh", True)):
            letter = fullest(day, [person for person in day.agents if person.zh == zh])
            for width, height in WIDTHS.items():
                cells = [LABELS[language, width]]
                for scheme, by in (("light", "by day"), ("dark", "by night")):
                    name = f"notification-{language}-{width}-{scheme}"
                    take(browser, letter, width, height, scheme, name)
                    cells.append(f"![A notification, {cells[0]}, {by}](img/{name}.png)")
                rows.append(f"| {' | '.join(cells)} |")
        browser.close()
    figures.write("notification", "\n".join(rows), ROOT / "docs" / "agents.md")
    return 0


def fullest(day: Day, people: Sequence[Person]) -> Letter:
    """Return the notification that shows most, of those that bring a picture where there are some."""
    notices = [
        letter
        for person in people
        for letter in person.inbox
        if day.kind_of(letter) == "notice" and letter.number
    ]
    pictured = [letter for letter in notices if any(name.endswith(".png") for name in letter.files)]
    return max(pictured or notices, key=lambda letter: len(letter.shown))


def take(browser: Any, letter: Letter, width: int, height: int, scheme: str, name: str) -> None:
    """Write one picture, in few colours: these are pages, not photographs."""
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    body = (
        f"<iframe srcdoc='{escape(html_of(letter))}'></iframe>"
        if letter.html
        else f"<pre>{escape(CANARY.sub('', letter.text))}</pre>"
    )
    sender = str(letter.mail["From"]).replace('"', "")
    page.set_content(PAGE.format(subject=escape(letter.subject), sender=escape(sender), body=body))
    if letter.html:
        page.wait_for_timeout(300)
        if width > PHONE:
            # As programs show it that fold nothing.
            page.evaluate(
                "document.querySelector('iframe').contentDocument.querySelectorAll('details')"
                ".forEach(part => { part.open = true; })"
            )
        page.evaluate(
            "document.querySelector('iframe').style.height ="
            " document.querySelector('iframe').contentDocument.documentElement.scrollHeight + 12 + 'px'"
        )
    tall = min(page.evaluate("document.body.scrollHeight"), TALLEST)
    path = OUT / f"{name}.png"
    page.screenshot(path=path, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": tall})
    page.close()
    with Image.open(path) as image:
        small = image.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    print(path.relative_to(ROOT))


def html_of(letter: Letter) -> str:
    """Return the HTML of a mail with the pictures that stand in it."""
    html = CANARY.sub("", letter.html)
    for part in letter.mail.walk():
        place = str(part["Content-ID"] or "").strip("<>")
        if place and part.get_content_maintype() == "image":
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            data = f"data:{part.get_content_type()};base64,{base64.b64encode(content).decode()}"
            html = re.sub(f"cid:{re.escape(place)}", data, html)
    return html


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
