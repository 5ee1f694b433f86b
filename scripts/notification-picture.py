"""Writes docs/img/notification.png: a real notification as a mail client shows it. Needs Chromium."""

import sys
import tempfile
from datetime import UTC, datetime
from email import message_from_bytes, policy
from html import escape
from pathlib import Path

from playwright.sync_api import sync_playwright

from intake.config import settings as config
from intake.config.to_policy import policy_of
from intake.desk.effects import Mail, MailKind
from intake.desk.message import Address
from intake.desk.ticket import Agent, Status, Ticket
from intake.rendering.composer import Composer

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
WIDTH, HEIGHT = 860, 600
CONFIG = """[desk]
name = Example Wallet
address = support@example.com
[smtp]
host = 127.0.0.1
[mailbox support]
type = ingest
"""
ASKED = """Hello,

since the update to 4.2 my wallet shows an empty page, see the picture.
My coins were there this morning. What can I do?

Lin"""
PAGE = """<style>
body{{margin:0;background:#f3f4f6;font:15px/1.5 'Noto Sans',system-ui,sans-serif;color:#1f2328}}
.window{{margin:24px;background:#fff;border-radius:12px;box-shadow:0 2px 12px #0002;overflow:hidden}}
.bar{{padding:10px 20px;background:#fafbfc;border-bottom:1px solid #e3e6ea;color:#57606a;font-size:13px}}
.bar b{{margin-right:22px;font-weight:500}}
h1{{font-size:20px;margin:18px 22px 10px}}
.who{{display:flex;gap:12px;margin:0 22px 14px;align-items:center}}
.dot{{width:38px;height:38px;border-radius:50%;background:#1a5fb4;color:#fff;text-align:center;line-height:38px}}
.small{{color:#57606a;font-size:13px}}
pre{{margin:0 22px 22px;padding-top:14px;border-top:1px solid #e3e6ea;white-space:pre-wrap;font:inherit}}
.file{{margin:0 22px 22px;display:inline-block;padding:7px 12px;border:1px solid #d0d7de;border-radius:8px}}
</style><div class=window>
<div class=bar><b>&#8617; Reply</b><b>&#8618; Forward</b><b>&#10005; Delete</b></div>
<h1>{subject}</h1><div class=who><div class=dot>E</div><div><b>{sender}</b>
<div class=small>to Anna &middot; today, 10:30</div></div></div><pre>{text}</pre>
<div class="file small">Attached: screenshot.png</div></div>"""


def main(chromium: str) -> None:
    """Take the picture with the browser at `chromium`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "intake.ini"
        path.write_text(CONFIG, encoding="utf-8")
        settings = config.load(path)
    lin, anna = Address("lin@customer.example", "Lin"), Agent(1, "Anna", "anna@example.com")
    ticket = Ticket(42, "My wallet is empty", Status.NEW, lin, "en", "support", "", NOW, NOW)
    notice = Mail(
        MailKind.NOTICE,
        42,
        Address(anna.address, "Anna"),
        "n",
        agent=anna,
        author=lin,
        text=ASKED,
        event="new",
        due=datetime(2026, 11, 23, 10, 30, tzinfo=UTC),
    )
    out = Composer(settings, policy_of(settings), (b"k" * 32,)).compose(notice, ticket, NOW)
    if out is None:
        raise SystemExit("the notification has nothing to say")
    mail = message_from_bytes(out.raw, policy=policy.default)
    body = mail.get_body(("plain",))
    text = escape(body.get_content()) if body else ""
    sender = escape(str(mail["From"]).replace('"', ""))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=1.5)
        page.set_content(PAGE.format(subject=escape(str(mail["Subject"])), sender=sender, text=text))
        page.screenshot(path=ROOT / "docs" / "img" / "notification.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium")
