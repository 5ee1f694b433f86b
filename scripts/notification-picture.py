"""Writes docs/img/notification*.png: a real notification as a mail client shows it. Needs Chromium."""

import base64
import re
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from intake.config import settings as config
from intake.config.to_policy import policy_of
from intake.desk.effects import Mail, MailKind
from intake.desk.lookup import Line, TicketLine
from intake.desk.message import Address, Attachment
from intake.desk.page import TicketPage
from intake.desk.ticket import Agent, EntryKind, Status, Ticket
from intake.rendering.composer import Composer

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "img"
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
CONFIG = """[desk]
name = Example Wallet
address = support@example.com
[smtp]
host = 127.0.0.1
[mailbox support]
type = ingest
"""
WORDS = {
    "en": (
        "My wallet is empty",
        "I have updated to 4.2.1, and it is still empty:\n[image: screenshot.png]\nWhat can I do?\n\nLin",
        "Hello,\n\nsince the update to 4.2 my wallet shows an empty page.\nMy coins were there this morning.",
        "Hello Lin,\n\nyour coins are safe. Please install 4.2.1 and open the wallet again.",
        "Same as #38: the list is loaded before the key is unlocked. Fixed in 4.3, out tomorrow.",
        "How do I export my addresses?",
        "Cannot log in on my new phone",
    ),
    "zh-Hans": (
        "我的钱包是空的",
        "我已更新到4.2.1，页面还是空的：\n[image: screenshot.png]\n我还能做什么？\n\n林",
        "您好：\n\n更新到4.2之后，我的钱包显示空白页面。\n今天早上我的币还在。",
        "林女士，您好：\n\n您的币是安全的。请安装4.2.1，然后重新打开钱包。",
        "与 #38 相同：密钥解锁之前就加载了列表。4.3已修复，明天发布。",
        "如何导出我的地址？",
        "新手机无法登录",
    ),
}
# What is shown: file, language, width, scheme, and whether the conversation is folded open.
PICTURES = (
    ("notification.png", "en", 1280, "light", True),
    ("notification-zh-dark.png", "zh-Hans", 1280, "dark", True),
    ("notification-zh-phone.png", "zh-Hans", 390, "light", False),
    ("notification-en-phone-dark.png", "en", 390, "dark", False),
)


def composed(language: str, picture: bytes) -> str:
    """Return the HTML of a notification, with its picture in it."""
    subject, news, first, answer, note, *others = WORDS[language]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "intake.ini"
        path.write_text(CONFIG, encoding="utf-8")
        settings = config.load(path)
    settings = replace(settings, desk=replace(settings.desk, language=language))
    lin = Address("lin@customer.example", "Lin" if language == "en" else "林")
    anna, wei = Agent(1, "Anna", "anna@example.com"), Agent(2, "Wei", "wei@example.com")
    ticket = Ticket(
        42,
        subject,
        Status.OPEN,
        lin,
        language,
        "support",
        "support",
        NOW,
        NOW,
        assignee=anna,
        category="wallet",
        priority="high",
        tags=("4.2",),
    )

    def line(number: int, kind: EntryKind, who: str, text: str, hours: int) -> Line:
        return Line(number, kind, "", who, text, NOW - timedelta(hours=hours))

    page = TicketPage(
        lines=(
            line(1, EntryKind.CUSTOMER, lin.name, first, 26),
            line(2, EntryKind.REPLY, anna.name, answer, 22),
            line(3, EntryKind.NOTE, wei.name, note, 3),
        ),
        others=tuple(
            TicketLine(number, other, state, lin.mailbox, "", "normal", NOW)
            for number, other, state in zip((40, 17), others, ("open", "closed"), strict=True)
        ),
    )
    notice = Mail(
        MailKind.NOTICE,
        42,
        anna.as_address,
        "n",
        agent=anna,
        author=lin,
        text=news,
        event="answer",
        due=NOW + timedelta(hours=2),
        page=page,
        attachments=(Attachment("screenshot.png", "image/png", picture),),
    )
    out = Composer(settings, policy_of(settings), (b"k" * 32,)).compose(notice, ticket, NOW)
    if out is None:
        raise SystemExit("the notification has nothing to say")
    body = message_from_bytes(out.raw, policy=policy.default).get_body(("html",))
    if body is None:
        raise SystemExit("the notification has no HTML")
    data = f'src="data:image/png;base64,{base64.b64encode(picture).decode()}"'
    return re.sub(r'src="cid:[^"]+"', data, body.get_content())


def screenshot(browser: Browser) -> bytes:
    """Return what the customer in the picture attached."""
    page = browser.new_page(viewport={"width": 420, "height": 150})
    page.set_content(
        "<body style='margin:0;font:15px system-ui;background:#eef1f5'><div style='background:#274060;"
        "color:#fff;padding:12px 18px'>Example Wallet 4.2.1</div>"
        "<div style='padding:30px 18px;color:#8a94a3;text-align:center'>0.00</div></body>"
    )
    return page.screenshot()


def main(chromium: str) -> None:
    """Take the pictures with the browser at `chromium`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        picture = screenshot(browser)
        for name, language, width, scheme, opened in PICTURES:
            scale = 1 if width > 1000 else 1.5
            page = browser.new_page(
                viewport={"width": width, "height": 600},
                color_scheme="dark" if scheme == "dark" else "light",
                device_scale_factor=scale,
            )
            page.set_content(composed(language, picture))
            if opened:
                page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
            taken = Image.open(BytesIO(page.screenshot(full_page=True)))
            # Few colours are in it, and a page of documentation is to be small.
            taken.quantize(48).save(IMAGES / name, optimize=True)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium")
