"""What the desk has never seen is no mere quote: agents are shown it, in a ticket's first mail and later."""

from collections.abc import Iterator

import pytest
from desk_mail import plain_of
from pump import Clock, PumpedDesk

from intake.desk.effects import MailKind
from intake.desk.ticket import EntryKind

LIN = "lin@customer.example"
IN_A_THREAD = "In-Reply-To: <boss1@customer.example>\r\nReferences: <boss1@customer.example>\r\n"
HTML = "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n"
TEXT = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"

# What is written, the header beside it, and what an agent must read of it.
FIRST = {
    "a-vendors-mail-is-forwarded-with-a-remark": (
        "FYI, what does this mean?\n\n---------- Forwarded message ---------\n"
        "From: Vendor <v@vendor.example>\nDate: Mon, Nov 2, 2026 at 9:00 AM\n"
        "Subject: Your key\nTo: Lin <lin@customer.example>\n\n"
        "The licence key ABC-123 has expired. Contact your reseller.",
        TEXT,
        ("what does this mean", "Vendor <v@vendor.example>", "The licence key ABC-123 has expired"),
    ),
    "support-is-brought-into-a-thread": (
        "Adding support to this thread. Please see below.\n\nLin\n\nFrom: Boss <boss@customer.example>\n"
        "Sent: Monday, November 2, 2026 9:00 AM\nTo: Lin <lin@customer.example>\nSubject: Server down\n\n"
        "The server srv-12 is down since 8:00, error 0x80070005.",
        TEXT + IN_A_THREAD,
        ("Adding support", "boss@customer.example", "error 0x80070005"),
    ),
    "a-quote-with-its-marks": (
        "Can you answer him?\n\nOn Mon, 2 Nov 2026 at 09:00, Boss <boss@customer.example> wrote:\n\n"
        "> Who can see\n> our invoices?\n",
        TEXT + IN_A_THREAD,
        ("Can you answer him?", "Boss <boss@customer.example> wrote:", "> Who can see"),
    ),
    "the-answer-stands-below-the-quote": (
        "On Mon, 2 Nov 2026 at 09:00, Boss <boss@customer.example> wrote:\n> Who can see our invoices?\n\n"
        "I do not know either.",
        TEXT + IN_A_THREAD,
        ("> Who can see our invoices?", "I do not know either."),
    ),
    "apples-forward-in-german": (
        "Was soll ich tun?\n\nAnfang der weitergeleiteten Nachricht:\n\nVon: Händler <h@vendor.example>\n"
        "Betreff: Kündigung\nDatum: 2. November 2026 um 09:00:00 MEZ\nAn: lin@customer.example\n\n"
        "Der Vertrag 4711 endet.",
        TEXT,
        ("Was soll ich tun?", "Der Vertrag 4711 endet."),
    ),
    "a-forward-in-chinese": (
        "请问这是什么？\n\n---------- 转发的邮件 ----------\n发件人: 商家 <v@vendor.example>\n"
        "发送时间: 2026年11月2日 09:00\n收件人: lin\n主题: 通知\n\n您的订单 4711 已取消。",
        TEXT,
        ("请问这是什么？", "您的订单 4711 已取消。"),
    ),
    "another-desks-line": (
        "They will not help. Can you?\n\n##- Please type your reply above this line -##\n\n"
        "Your request (815) was closed.",
        TEXT,
        ("Can you?", "Your request (815) was closed."),
    ),
    "gmails-indent": (
        '<div dir="ltr">Here is my data:<br><blockquote style="margin:0 0 0 40px;border:none;padding:0px">'
        "Order 4711<br>Serial X-9</blockquote></div>",
        HTML,
        ("Here is my data:", "Order 4711", "Serial X-9"),
    ),
    "a-plain-blockquote-at-the-end": (
        "<p>The page says:</p><blockquote>Error 17, restart</blockquote>",
        HTML,
        ("The page says:", "Error 17, restart"),
    ),
    "outlook-with-answers-within-the-quote": (
        '<p>See my answers below.</p><div id="divRplyFwdMsg"><b>From:</b> B &lt;b@customer.example&gt;<br>'
        "<b>Sent:</b> Monday, November 2, 2026 9:00 AM<br><b>To:</b> Lin<br><b>Subject:</b> Questions</div>"
        "<p>1. Which model? X-200</p>",
        HTML + IN_A_THREAD,
        ("See my answers below.", "1. Which model? X-200"),
    ),
    "a-teams-meeting": (
        f"Can we meet?\n\n{'_' * 80}\nMicrosoft Teams meeting\nJoin on your computer\n"
        "https://teams.example/x\n\nPlease also check invoice 5 before.",
        TEXT,
        ("Can we meet?", "https://teams.example/x", "Please also check invoice 5 before."),
    ),
    "a-teams-meeting-between-rules": (
        f"Can we meet?\n\n{'_' * 80}\nMicrosoft Teams Need help?\nJoin the meeting now\nhttps://teams.example/x\n"
        f"Meeting ID: 1 2 3\n{'_' * 80}\n",
        TEXT,
        ("Can we meet?", "https://teams.example/x", "Meeting ID: 1 2 3"),
    ),
    "a-zoom-meeting": (
        "Shall we talk?\n\n──────────\n\nLin is inviting you to a scheduled Zoom meeting.\n\n"
        "Join Zoom Meeting\nhttps://zoom.example/j/99\n\nMeeting ID: 999 9999 9999\n---\nDial by location\n"
        "+49 69 000",
        TEXT,
        ("Shall we talk?", "https://zoom.example/j/99", "Meeting ID: 999 9999 9999"),
    ),
}


@pytest.fixture
def desk(tmp_path) -> Iterator[PumpedDesk]:
    desk = PumpedDesk(tmp_path, "desk.example", Clock())
    yield desk
    desk.close()


def notices(desk: PumpedDesk) -> list[str]:
    """The notifications to Anna that are due now."""
    desk.sent.clear()
    desk.deliver()
    sent = [one.raw for one in desk.sent if one.kind is MailKind.NOTICE]
    return [plain_of(raw) for raw in sent]


def said(desk: PumpedDesk, ticket: int = 1) -> list[str]:
    """What the customers' entries of a ticket show."""
    return [one.text for one in desk.store.tickets.entries(ticket) if one.kind is EntryKind.CUSTOMER]


@pytest.mark.parametrize(("text", "header", "expected"), FIRST.values(), ids=FIRST.keys())
def test_a_first_mail_shows_what_was_passed_on(text, header, expected, desk):
    desk.write(LIN, "A question", text.replace("\n", "\r\n"), header)
    (entry,), (notice,) = said(desk), notices(desk)
    assert [] == [words for words in expected if words not in entry]
    assert [] == [words for words in expected if words not in notice]


def test_a_signature_is_no_quote_and_stays_folded(desk):
    text = "Please see below.\r\n\r\n-- \r\nLin\r\nTel. 123\r\n\r\n" + FIRST[
        "support-is-brought-into-a-thread"
    ][0].partition("Lin\n\n")[2].replace("\n", "\r\n")
    desk.write(LIN, "A question", text, TEXT)
    (entry,) = said(desk)
    assert "Tel. 123" not in entry
    assert entry.startswith("Please see below.\n\nFrom: Boss <boss@customer.example>")


def test_of_a_long_thread_the_first_lines_are_shown_and_all_of_it_is_kept(desk):
    lines = "\r\n".join(f"> line {at}" for at in range(500))
    desk.write(
        LIN, "A question", f"See below.\r\n\r\nOn Mon, 2 Nov 2026 at 09:00, B <b@c.example> wrote:\r\n{lines}"
    )
    (entry,) = desk.store.tickets.entries(1)
    assert "> line 30\n" in entry.text
    assert "> line 100" not in entry.text
    assert "> line 499" in entry.full_text


QUOTED = "On Mon, 2 Nov 2026 at 09:00, {} wrote:\r\n> Please restart it.\r\n> And then again."


def test_an_answer_shows_nothing_again_that_the_ticket_has(desk):
    desk.write(LIN, "A question", "Please restart it.\r\nAnd then again.")
    for author in (f"Support <{desk.address}>", f"Anna <{desk.agent}>", f"Lin <{LIN}>", "Anna"):
        desk.write(LIN, "Re: A question", "It helped.\r\n\r\n" + QUOTED.format(author), ticket=1)
    assert ["It helped."] * 4 == said(desk)[1:]


@pytest.mark.parametrize(
    "below",
    [
        QUOTED.format("Vendor <v@vendor.example>"),
        FIRST["a-vendors-mail-is-forwarded-with-a-remark"][0].partition("\n\n")[2].replace("\n", "\r\n"),
        "-----Original Message-----\r\nFrom: Vendor [mailto:v@vendor.example]\r\nSent: 2. November 2026\r\n"
        "To: Lin\r\nSubject: Key\r\n\r\nYour key has expired.",
    ],
)
def test_an_answer_shows_somebody_elses_mail_that_is_passed_on(below, desk):
    desk.write(LIN, "A question")
    desk.deliver()
    desk.write(LIN, "Re: A question", f"This is what they say.\r\n\r\n{below}", ticket=1)
    last = below.split("\r\n")[-1]
    assert last in said(desk)[-1]
    assert any(last in notice for notice in notices(desk))
