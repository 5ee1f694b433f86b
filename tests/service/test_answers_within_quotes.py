"""Answers that are written into a quote of our own mail are their author's, and agents read them."""

import html
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_mail import LIN, MailDesk, text_of, words_of

from intake.desk.effects import MailKind
from intake.desk.message import Envelope
from intake.desk.ticket import EntryKind
from intake.mail.parse import parse
from intake.ports import Arrival

QUESTIONS = (
    "Hello Lin,\n\nplease tell us:\n\n1. What model do you have?\n2. Since when?\n\n"
    "Do you want a new one, or your money back?\n\nKind regards,\nAnna"
)
CHOICE = "Do you want a new one, or your money back?"
RED = '<span style="color:red">{}</span>'
HEADER = (
    '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in">'
    '<p class="MsoNormal"><b>From:</b> Anna (Test Desk) &lt;help@desk.example&gt;<br>'
    "<b>Sent:</b> Monday, November 2, 2026 9:00 AM<br><b>To:</b> Lin &lt;lin@customer.example&gt;<br>"
    "<b>Subject:</b> Re: My coins are late</p></div></div>"
)
TOP = '<p class="MsoNormal">See my answers in <span style="color:red">red</span> below.</p>'
SEE = "See my answers in red below."


def outlook(*lines: str, top: str = TOP) -> str:
    """What Outlook writes: the quote has no mark, and our lines are paragraphs."""
    body = "".join(f'<p class="MsoNormal">{line}</p>' for line in lines)
    return f'<html><body><div class="WordSection1">{top}{HEADER}{body}</div></body></html>'


def ours(changed: dict[str, str]) -> list[str]:
    """Our lines as HTML, with what was written into them."""
    lines = [html.escape(line) for line in QUESTIONS.split("\n") if line]
    return [changed.get(line, line) for line in lines]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path)
    yield desk
    desk.close()


def mail(sender: str, to: str, body: str, ids: str = "", kind: str = "html") -> bytes:
    header = f"From: {sender}\nTo: {to}\nSubject: Re: My coins are late\nMessage-ID: <answer@x.example>\n"
    named = f"In-Reply-To: <{ids}>\n" if ids else ""
    whole = f"{header}{named}MIME-Version: 1.0\nContent-Type: text/{kind}; charset=utf-8\n\n{body}\n"
    return whole.replace("\n", "\r\n").encode()


def answer(desk: MailDesk, body: str, kind: str = "html", ids: bool = True, token: bool = True) -> None:
    """Lin answers Anna's questions."""
    desk.reply(QUESTIONS)
    (relay,) = desk.out(MailKind.RELAY)
    asked = parse(relay.raw)
    desk.clock.later(minutes=5)
    to = asked.reply_to[0].mailbox if token else desk.address
    desk.take(mail(f"Lin <{LIN}>", to, body, asked.message_id if ids else "", kind), sender=LIN)


def said(desk: MailDesk) -> str:
    return desk.said(EntryKind.CUSTOMER)[-1]


WAYS = {
    "in red behind the question": (
        outlook(*ours({
            "1. What model do you have?": f"1. What model do you have? {RED.format('X-200')}",
            "2. Since when?": f"2. Since when? {RED.format('Monday')}",
        })),
        f"{SEE}\n\n1. What model do you have? X-200\n\n2. Since when? Monday",
    ),
    "between the lines": (
        outlook(*ours({
            "2. Since when?": "2. Since when?</p><p>On Monday it began, in the morning",
        })),
        f"{SEE}\n\n> 2. Since when?\nOn Monday it began, in the morning",
    ),
    "a word alone": (
        outlook(*ours({
            CHOICE: f"{CHOICE}</p><p>money",
        })),
        f"{SEE}\n\n> {CHOICE}\nmoney",
    ),
    "a line and nothing else": (outlook(*ours({}), top="<p>And now?</p>"), "And now?"),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_what_is_written_into_outlooks_quote_is_shown(desk: MailDesk, way: str) -> None:
    body, expected = WAYS[way]
    answer(desk, body)
    assert expected == said(desk)
    (notice,) = desk.out(MailKind.NOTICE)
    assert " ".join(expected.split()) in words_of(notice)
    assert "more lines (quoted text or signature)" in words_of(notice)


def test_without_its_ids_it_is_compared_with_the_ticket(desk: MailDesk) -> None:
    answer(desk, WAYS["in red behind the question"][0], ids=False)
    assert "2. Since when? Monday" in said(desk)


def test_without_our_address_its_ids_lead_to_what_we_sent(desk: MailDesk) -> None:
    answer(desk, WAYS["in red behind the question"][0], token=False)
    assert "2. Since when? Monday" in said(desk)


def test_what_is_written_into_a_quoted_line_is_shown(desk: MailDesk) -> None:
    quoted = "".join(f"> {line}\n" for line in QUESTIONS.replace("when?", "when? Monday").split("\n"))
    answer(
        desk, f"See below.\n\nOn Mon, 2 Nov 2026 at 09:00, Anna <help@desk.example> wrote:\n{quoted}", "plain"
    )
    assert "See below.\n\n> 2. Since when? Monday" == said(desk)


def test_an_answer_to_an_automatic_mail_is_compared_with_that(tmp_path: Path) -> None:
    desk = MailDesk(tmp_path)
    desk.write("eve@elsewhere.example", "A question", "How long does it take?\r\n")
    (ack,) = desk.out(MailKind.ACKNOWLEDGEMENT)
    lines = [html.escape(line) for line in parse(ack.raw).text.split("\n") if line.strip()]
    body = outlook(*lines, top="<p>Thank you, I wait.</p>")
    asked = parse(ack.raw)
    raw = mail("eve@elsewhere.example", asked.reply_to[0].mailbox, body, asked.message_id)
    desk.take(raw, sender="eve@elsewhere.example")
    assert "Thank you, I wait." == desk.said(EntryKind.CUSTOMER, 2)[-1]
    desk.close()


def test_an_agents_quote_is_never_sent_on(desk: MailDesk) -> None:
    desk.out()
    desk.customer("Which colour has it?")
    (notice,) = desk.out(MailKind.NOTICE)
    quote = "".join(
        f"<p>{html.escape(line)}</p>"
        for line in parse(notice.raw).text.replace("it?", "it? Green").split("\n")
    )
    to = parse(notice.raw).reply_to[0].mailbox
    raw = mail(f"Anna <{desk.agent}>", to, outlook(quote, top="<p>See below.</p>"))
    desk.service.receive([Arrival(raw, Envelope("ingest", "support", desk.agent, (to,)))])
    desk.service.process_pending()
    assert ["See below."] == desk.said(EntryKind.REPLY)


def test_a_notification_that_a_customer_answers_is_known_as_ours(desk: MailDesk) -> None:
    """Somebody passed it on to them: its words are not theirs, and their page does not show them."""
    desk.out()
    desk.customer("Which colour has it?")
    (notice,) = desk.out(MailKind.NOTICE)
    quote = "".join(f"<p>{html.escape(line)}</p>" for line in parse(notice.raw).text.split("\n"))
    asked = parse(notice.raw)
    body = outlook(quote, top="<p>Why do I get this?</p>")
    desk.take(mail(f"Lin <{LIN}>", asked.reply_to[0].mailbox, body, asked.message_id), sender=LIN)
    assert "Why do I get this?" == said(desk)


SWINDLE = "Dear customer, your wallet must be verified: enter your phrase at https://verify.example."
STORY = "I entered it there, and an hour later all was gone. Can you trace it?"
QUOTED = "On Mon, 2 Nov 2026 at 09:00, Anna <help@desk.example> wrote:\n\n" + "".join(
    f"> {line}\n" for line in QUESTIONS.split("\n")
)
LABELLED = "From: {}\nTo: Lin\nSubject: Your wallet\nDate: Sun, 1 Nov 2026 21:15\n\n"


@pytest.mark.parametrize(
    "sender", ["Desk <help@desk.example>", f"Lin <{LIN}>", "Desk Support", "", "x@v.example"]
)
@pytest.mark.parametrize(
    "above",
    [
        LABELLED,
        "-----Original Message-----\n" + LABELLED,
        "Von: {}\nAn: Lin\nBetreff: Konto\nDatum: 1. November 2026 21:15\n\n",
        "发件人: {}\n收件人: Lin\n主题: 钱包\n发送时间: 2026年11月1日 21:15\n\n",
        "On 1 Nov 2026 at 21:15, {} wrote:\n",
    ],
)
@pytest.mark.parametrize("below", ["", f"\n\n{QUOTED}"])
def test_a_mail_in_our_name_that_we_never_sent_is_shown_with_what_stands_below_it(
    sender: str, above: str, below: str, desk: MailDesk
) -> None:
    answer(desk, f"I got this:\n\n{above.format(sender)}{SWINDLE}\n\n{STORY}{below}", "plain")
    (notice,) = desk.out(MailKind.NOTICE)
    assert "enter your phrase at" in words_of(notice)
    assert STORY in words_of(notice)
    assert "your money back" not in said(desk)


@pytest.mark.parametrize("quote", ["> Order 12345\n> Serial 98765\n", ">> still error\n"])
def test_what_is_set_off_as_a_quote_and_stands_nowhere_in_the_ticket_is_shown(
    quote: str, desk: MailDesk
) -> None:
    answer(desk, f"Here it is:\n\n{quote}\n{QUOTED}", "plain")
    assert quote.strip() in said(desk)
    assert "your money back" not in said(desk)


@pytest.mark.parametrize("sender", ["help@desk.example", "\u202ahelp@desk.example\u202c\u200f"])
def test_a_quote_of_ours_is_folded_however_its_address_is_written(sender: str, desk: MailDesk) -> None:
    answer(desk, f"Thanks.\n\n{QUOTED.replace('help@desk.example', sender)}", "plain")
    assert "Thanks." == said(desk)


@pytest.mark.parametrize("end", ["---\nYour reply", "Ticket #1"])
def test_a_note_above_what_is_known_is_not_taken_for_a_strangers_mail(end: str, desk: MailDesk) -> None:
    """An agent's notification was passed on without its ids: what stands in it is not the customer's."""
    desk.reply(QUESTIONS)
    desk.store.agents.add("wei@staff.desk.example", "Wei", (), desk.clock())
    desk.reply("#assign Wei")
    desk.out()
    desk.reply("#note\nHe is lying, look at his history of refunds and claims since spring.")
    (notice,) = [one for one in desk.out(MailKind.NOTICE) if "lying" in words_of(one)]
    passed = f"{LABELLED.format('Desk <help@desk.example>')}{text_of(notice).partition(end)[0]}\n{QUOTED}"
    desk.customer(f"Why did I get this?\n\n{passed}")
    assert "lying" not in said(desk)
