# ruff: noqa: E501 (a form stays on the line of its name)
"""Signatures that a client wrapped in its HTML: they are folded without dashes, and nothing else with them."""

import time

import pytest

from intake.mail.formats.html import from_html
from intake.mail.quotes.new_text import new_text

NAME = "<div>Mia Example<br>Example Ltd<br>+49 30 1234</div>"
QUOTE = (
    '<div class="gmail_quote"><div class="gmail_attr">On Tue, 5 Mar 2024 at 10:15, Support &lt;support@helpdesk.example'
    "&gt; wrote:<br></div><blockquote>Please restart.</blockquote></div>"
)
OUTLOOK = (
    '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> x</div><div>Please restart.</div>'
)
GMAIL = f'<div class="gmail_signature" data-smartmail="gmail_signature">{NAME}</div>'

SIGNED = {
    "gmail": f'<div dir="ltr">It works now.{GMAIL}</div>',
    "gmail, above the quote": f'<div dir="ltr">It works now.<br>{GMAIL}</div><br>{QUOTE}',
    "gmail, below the quote": f'<div dir="ltr">It works now.</div><br>{QUOTE}<br>{GMAIL}',
    "gmail, with its dashes": f'<div dir="ltr">It works now.<div><br clear="all"></div><span class="gmail_signature_prefix">-- </span><br>{GMAIL}</div>',
    "gmail, nested": f'<div>It works now.<div class="gmail_signature"><div><div>{NAME}</div></div></div></div>',
    "outlook web": f'<div class="elementToProof">It works now.</div><div id="Signature">{NAME}</div>{OUTLOOK}',
    "outlook web, passed on": f'<div>It works now.</div><div id="x_Signature">{NAME}</div>',
    "outlook for telephones": f'<div>It works now.</div><div id="ms-outlook-mobile-signature">{NAME}</div>',
    "thunderbird": f'<p>It works now.</p><pre class="moz-signature" cols="72">{NAME}</pre>',
    "proton": f'<div>It works now.</div><div class="protonmail_signature_block">{NAME}</div>',
    "spark": f'<div>It works now.</div><div name="messageSignatureSection">{NAME}</div>',
    "in capitals": f'<DIV>It works now.<DIV CLASS="gmail_signature">{NAME}</DIV></DIV>',
    "a table": '<div>It works now.</div><div id="Signature"><table><tr><td>Mia</td><td>Example</td></tr></table></div>',
    "with a greeting": f'<div>It works now.</div><div id="Signature"><p>Kind regards,</p>{NAME}</div>',
}


@pytest.mark.parametrize("html", SIGNED.values(), ids=SIGNED.keys())
def test_what_a_client_wrapped_as_a_signature_goes(html: str) -> None:
    assert new_text(from_html(html), html) == "It works now."


TEXTS = {
    "as it is": "It works now.\n\nMia Example\nExample Ltd\n+49 30 1234\n",
    "wrapped elsewhere": "It works now.\n\nMia Example Example\nLtd +49 30 1234\n",
    "with stars": "It works now.\n\n*Mia Example*\nExample Ltd\n+49 30 1234\n",
    "above a quote": "It works now.\n\nMia Example\nExample Ltd\n+49 30 1234\n\nOn Tue, 5 Mar 2024 at 10:15, Support "
    "<support@helpdesk.example> wrote:\n\n> Please restart.\n",
    "below a quote": "It works now.\n\nOn Tue, 5 Mar 2024 at 10:15, Support <support@helpdesk.example> wrote:\n\n"
    "> Please restart.\n\nMia Example\nExample Ltd\n+49 30 1234\n",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_it_goes_from_the_text_beside_the_html_too(text: str) -> None:
    assert new_text(text, f'<div dir="ltr">It works now.<br>{GMAIL}</div><br>{QUOTE}') == "It works now."


def test_words_below_a_signature_stay() -> None:
    html = f"<div>It works now.{GMAIL}</div><div>But slowly.</div>"
    assert new_text(from_html(html), html).split("\n") == ["It works now.", "But slowly."]


INSIDE = {
    "all of it": "<div>It works now, thank you.</div>",
    "a sentence above the name": f"<div>It works now, thank you very much.</div>{NAME}",
    "a question": f"{NAME}<div>Can you call me?</div>",
    "a postscript": f"{NAME}<div>P.S. It is version 7.</div>",
    "a long text": "<div>one more line</div>" * 30,
}


@pytest.mark.parametrize("inside", INSIDE.values(), ids=INSIDE.keys())
@pytest.mark.parametrize("above", ["", "<div>Hello,</div>"])
def test_what_people_write_inside_their_signature_stays(above: str, inside: str) -> None:
    html = f'{above}<div id="Signature">{inside}</div>{OUTLOOK}'
    assert new_text(from_html(html), html) == from_html(f"{above}<div>{inside}</div>")


def test_a_name_in_a_signature_is_all_there_is() -> None:
    html = f"<div>{GMAIL}</div>"
    assert new_text(from_html(html), html) == from_html(html)


def test_a_quoted_mails_signature_takes_nothing_of_the_answer() -> None:
    html = f"<div>Mia Example<br>Example Ltd<br>+49 30 1234</div>{OUTLOOK}<div id=x_Signature>{NAME}</div>"
    assert new_text(from_html(html), html) == "Mia Example\nExample Ltd\n+49 30 1234"


def test_what_a_signature_says_is_not_cut_where_it_is_said_amid_other_words() -> None:
    text = "Mia Example\nExample Ltd\n+49 30 1234 is my new number.\n"
    assert new_text(text, f"<div>Hi</div>{GMAIL}") == text.strip()


def test_a_signature_that_is_never_closed_hides_no_long_text() -> None:
    words = "".join(f"<p>line {number} of what I have to say</p>" for number in range(40))
    html = f'<p>Hello,</p><div class="gmail_signature">{words}'
    assert "line 39" in new_text(from_html(html), html)


@pytest.mark.parametrize("unit", ["Mia Example\n", "Mia\n", "...\n", "Mia Example\nExample Ltd\n", "+49 30 "])
def test_a_signatures_lines_again_and_again_cost_no_more_than_their_length(unit: str) -> None:
    text = unit * (65536 // len(unit))
    began = time.process_time()
    new_text(text, f"<div>Hi</div>{GMAIL * 20}")
    assert time.process_time() - began < 0.3


@pytest.mark.parametrize(
    "unit", [GMAIL, '<div id="Signature">', '<div id="Signature"></div>', "</div>", NAME]
)
def test_signatures_in_html_cost_no_more_than_its_length(unit: str) -> None:
    took = []
    for size in (64, 128):
        html = f"<div id=Signature>{unit * (size * 1024 // len(unit))}"
        began = time.process_time()
        new_text("Hi", html)
        took.append(time.process_time() - began)
    assert took[1] < 0.05 or took[1] / took[0] < 3
