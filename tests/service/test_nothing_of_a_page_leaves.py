"""However an agent's mail program quotes a notification, a customer gets the agent's words and nothing else.

The notification carries notes, drafts, other people's tickets. Each of them is a canary here; each client
quotes the whole of it, as text and as HTML, and then in worse ways: without the line to reply above, with
pieces of it alone, with answers between and below. What cannot be told apart from it is kept as a draft.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape

import agent_replies
import pytest
from agent_replies import ADDRESS, CLIENTS, Client, Line, divs, mail, quoted, texts
from config_files import config_text
from factories import ANNA, KEY, LIN, NOW, a_policy, a_ticket, agent_token, an_envelope, found, some_facts
from page_samples import CANARIES, SEEN, full_page

from intake.config import settings as config
from intake.desk import tokens
from intake.desk.effects import Effect, Mail, MailKind
from intake.desk.message import Attachment
from intake.desk.page import Talk
from intake.desk.rules.table import decide
from intake.desk.sensitive.leaks import MARK
from intake.desk.ticket import EntryKind, Ticket
from intake.desk.tokens import Purpose
from intake.mail.formats.html import from_html
from intake.mail.parse import parse
from intake.rendering.composer import Composer

AGENT = replace(ANNA, address="anna@staff.example")
ASKED = "My wallet shows nothing.\n[image: shot.png]\nWhat now?\n\nLin"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)
EN: tuple[Line, ...] = (
    ("Hello Lin,", "Hello Lin,"),
    ("please start it again.", "please start it again."),
)
ZH: tuple[Line, ...] = (("您好，林：", "您好，林："), ("请重新启动钱包。", "请重新启动钱包。"))


def a_full_ticket() -> Ticket:
    return a_ticket(
        assignee=None,
        tags=(CANARIES["tag"],),
        fields={"Field": CANARIES["field"]},
    )


@dataclass(frozen=True)
class Notice:
    """A notification as an agent gets it: its text, and the body of its HTML."""

    text: str
    html: str

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")


@pytest.fixture(scope="module")
def composer(tmp_path_factory: pytest.TempPathFactory) -> Composer:
    path = tmp_path_factory.mktemp("page") / "intake.ini"
    path.write_text(config_text(name="Lumen Support"))
    return Composer(config.load(path), a_policy(), (KEY,))


def notice(composer: Composer, language: str = "en", kind: str = "answer") -> Notice:
    """A notification with all canaries; `kind` is the event of it."""
    asked = kind in ("show", "full")
    told = MailKind.ANSWER if asked else MailKind.ALERT
    like = Mail(
        MailKind.NOTICE if kind in ("answer", "note") else told,
        12,
        AGENT.as_address,
        "n",
        agent=replace(AGENT, language=language),
        author=LIN,
        text=ASKED if kind == "answer" else CANARIES["note"],
        talk=Talk(full_page().lines, 7, kind == "full") if asked else None,
        event=kind,
        by="CANARYBY",
        page=full_page(),
        attachments=(Attachment("shot.png", "image/png", PNG),),
    )
    out = composer.compose(like, a_full_ticket(), NOW)
    assert out is not None
    made = message_from_bytes(out.raw, policy=policy.default)
    assert isinstance(made, EmailMessage)
    plain, page = made.get_body(("plain",)), made.get_body(("html",))
    assert plain is not None
    assert page is not None
    body = re.search(r"<body[^>]*>(.*)</body>", page.get_content(), re.DOTALL)
    assert body is not None
    return Notice(plain.get_content().replace("\r\n", "\n").strip(), body[1].strip())


KINDS = ("answer", "note", "assigned", "", "show", "full")
NOTICES = [(kind, language) for kind in KINDS for language in ("en", "zh-Hans")]


@pytest.fixture(scope="module")
def notices(composer: Composer) -> dict[tuple[str, str], Notice]:
    made = {(kind, language): notice(composer, language, kind) for kind, language in NOTICES}
    for one in made.values():
        # What is looked for below is there.
        assert all(canary in one.text and canary in one.html for canary in CANARIES.values())
        assert "ref:" in one.text
        assert "ref:" in one.html
    return made


def reply(text: str, html: str, parts: str = "both") -> bytes:
    token = tokens.make(KEY, Purpose.AGENT, 12, AGENT.id, tokens.lifetime(NOW, 9))
    return mail(text, html, tokens.address(ADDRESS, token), parts)


def decided(raw: bytes) -> list[Effect]:
    facts = some_facts(
        token=agent_token(), by_token=found(a_full_ticket(), AGENT), token_agent=AGENT, agent=AGENT
    )
    return decide(parse(raw), an_envelope(), facts, a_policy())


def left(raw: bytes, composer: Composer) -> list[EmailMessage]:
    """What a reply sends to customers. Raises Leaking where only the last look holds it."""
    made = []
    for effect in decided(raw):
        if isinstance(effect, Mail) and not effect.kind.to_agent:
            out = composer.compose(effect, a_full_ticket(), NOW)
            assert out is not None
            one = message_from_bytes(out.raw, policy=policy.default)
            assert isinstance(one, EmailMessage)
            made.append(one)
    return made


def said(message: EmailMessage) -> str:
    """All that is written in a mail: both bodies, its subject, and the names of its files."""
    shown = [str(message["Subject"])]
    for part in message.walk():
        if part.get_content_maintype() == "text":
            shown.append(part.get_content())
        shown.append(part.get_filename() or "")
    return "\n".join(shown)


INSIDE = ("CANARY", MARK, "ref:", "ref.", "##-", "staff.example", "help@desk", "#note")


def inside_of(messages: Sequence[EmailMessage]) -> list[str]:
    return [word for one in messages for word in INSIDE if word in said(one)]


# -- the clients, as they quote -----------------------------------------------------------


def as_html(made: Notice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clients quote the HTML that they got, not its text with line ends."""
    monkeypatch.setattr(agent_replies, "br", lambda text: made.html if text == made.text else escape(text))
    monkeypatch.setattr(
        agent_replies, "escape", lambda text: made.html if text == made.text else escape(text)
    )


def mutt(own: Sequence[Line], text: str, zh: bool) -> tuple[str, str]:
    """The Mutt mail reader: text alone, whatever the notification was."""
    return (
        f"{texts(own)}\n\nOn Sun, Nov 22, 2026 at 12:00:00PM +0000, Lumen Support wrote:\n{quoted(text)}\n",
        "",
    )


def k9(own: Sequence[Line], text: str, zh: bool) -> tuple[str, str]:
    """K-9 Mail and Thunderbird for Android."""
    on = f"On November 22, 2026 12:00:00 PM UTC, {agent_replies.FROM} wrote:"
    html = (
        f'<html><head></head><body><div dir="auto">{divs(own)}</div><br><br><div class="gmail_quote">'
        f'<div dir="auto">{escape(on)}</div><blockquote class="gmail_quote" style="margin: 0pt 0pt 0pt 0.8ex;'
        f' border-left: 1px solid rgb(204, 204, 204); padding-left: 1ex;">{agent_replies.br(text)}'
        "</blockquote></div></body></html>"
    )
    return f"{texts(own)}\n\n{on}\n{quoted(text, '>')}\n", html


def lark(own: Sequence[Line], text: str, zh: bool) -> tuple[str, str]:
    """Lark and Feishu."""
    head = agent_replies.head_text(zh)
    rows = "".join(f"<div>{escape(line)}</div>" for line in head.split("\n"))
    html = (
        f'<div style="word-break:break-word">{divs(own)}</div><div id="lark-mail-quote-1700654400" '
        'class="history-quote-wrapper"><div data-html-block="quote"><div class="adit-html-block">'
        f'<div class="adit-html-block__attr history-quote-meta-wrapper">{rows}</div>'
        f"<div>{agent_replies.br(text)}</div></div></div></div>"
    )
    return f"{texts(own)}\n\n{head}\n\n{text}\n", html


MORE = {**CLIENTS, "mutt": Client(mutt), "k9": Client(k9), "lark": Client(lark)}
CASES = [
    (client, kind, language, parts)
    for client in MORE
    for kind, language in NOTICES
    for parts in (("text",) if client == "mutt" else ("both", "html", "text"))
]


@pytest.mark.parametrize(("client", "kind", "language", "parts"), CASES)
def test_the_customer_gets_the_agents_words_alone(
    client: str,
    kind: str,
    language: str,
    parts: str,
    composer: Composer,
    notices: dict[tuple[str, str], Notice],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, zh = notices[kind, language], language != "en"
    as_html(made, monkeypatch)
    own = ZH if zh else EN
    text, html = MORE[client].make(own, made.text, zh)
    assert "CANARYNOTE" in text
    if client not in ("outlook desktop",):
        assert made.html in html or parts == "text"
    (sent,) = left(reply(text, html, parts), composer)
    plain, page = sent.get_body(("plain",)), sent.get_body(("html",))
    assert plain is not None
    assert page is not None
    # Of HTML alone, paragraphs are parted by an empty line.
    lines = plain.get_content().strip().splitlines()
    assert texts(own).split("\n") == [line for line in lines if line]
    assert "".join(("Lumen Support\n" + texts(own)).split()) == "".join(from_html(page.get_content()).split())
    assert [] == inside_of([sent])
    # Pictures of the notification stay where they are.
    assert [] == [part for part in sent.walk() if part.get_content_maintype() == "image"]


# -- as they should not ------------------------------------------------------------------

Spoil = Callable[[Notice], list[str]]


def _from(made: Notice, words: str, count: int = 3) -> list[str]:
    at = next(at for at, line in enumerate(made.lines) if words in line)
    return made.lines[at : at + count]


SPOILT: dict[str, Spoil] = {
    "the line above is deleted": lambda made: made.lines[1:],
    "the line above and the headline are deleted": lambda made: made.lines[4:],
    "the line above is joined with the next": lambda made: [" ".join(made.lines[:3]), *made.lines[3:]],
    "its signs are gone": lambda made: [made.lines[0].strip("#- "), *made.lines[1:]],
    "only the end": lambda made: made.lines[-12:],
    "all but the reference": lambda made: made.lines[1:-1],
    "the conversation alone": lambda made: _from(made, "CANARYDRAFT", 20),
    "a note": lambda made: _from(made, "CANARYNOTE", 1),
    "a note, not from its beginning": lambda made: _from(made, "CANARYNOTE", 3)[1:],
    "another ticket": lambda made: _from(made, "CANARYTICKET", 1),
    "a ticket like it": lambda made: _from(made, "CANARYALIKE", 1),
    "a draft": lambda made: _from(made, "CANARYDRAFT", 1),
    "an event": lambda made: _from(made, "CANARYEVENT", 1),
    "the card": lambda made: _from(made, "CANARYTAG", 1),
    "a field": lambda made: _from(made, "CANARYFIELD", 1),
    "the foot": lambda made: _from(made, "#note", 2),
    "an answer that was sent, in the conversation": lambda made: _from(made, SEEN, 1),
    "without blank lines": lambda made: [line for line in made.lines[1:] if line.strip(f"{MARK} ")],
    "all on one line": lambda made: [" ".join(made.lines[1:])],
    "broken at 60": lambda made: [
        line[at : at + 60] for line in made.lines[1:] for at in range(0, len(line) or 1, 60)
    ],
}
WRITTEN: dict[str, Callable[[list[str]], str]] = {
    "below, without a sign": lambda lines: "\n".join([*lines, "", "Hello Lin, please start it again."]),
    "above, without a sign": lambda lines: "\n".join(["Hello Lin, please start it again.", "", *lines]),
    "between, with signs": lambda lines: "\n".join(
        [*(f"> {line}" for line in lines), "", "Please start it again.", "", "> Lin", "", "Yes."]
    ),
    "between, with two signs": lambda lines: "\n".join(
        [*(f">> {line}" for line in lines), "", "Please start it again.", "", ">> Lin", "", "Yes."]
    ),
    "between, with bars": lambda lines: "\n".join(
        ["Hello,", *(f"| {line}" for line in lines), "Please start it again."]
    ),
    "indented": lambda lines: "\n".join(["Hello,", *(f"    {line}" for line in lines), "Start it again."]),
}


@pytest.mark.parametrize("kind", ["answer", "note", "assigned"])
@pytest.mark.parametrize("way", WRITTEN)
@pytest.mark.parametrize("spoilt", SPOILT)
def test_what_no_client_marks_is_held(
    spoilt: str, way: str, kind: str, composer: Composer, notices: dict[tuple[str, str], Notice]
) -> None:
    lines = SPOILT[spoilt](notices[kind, "en"])
    text = WRITTEN[way](lines)
    effects = decided(reply(text, "", "text"))
    messages = left(reply(text, "", "text"), composer)
    assert [] == inside_of(messages)
    # What is not sent is kept, and its agent is told.
    if not messages:
        assert any(getattr(effect, "kind", None) is EntryKind.DRAFT for effect in effects)
        assert any(isinstance(effect, Mail) and effect.kind is MailKind.ALERT for effect in effects)


HTML_SPOILT: dict[str, Callable[[str], str]] = {
    "the line above is deleted": lambda html: re.sub(r"<p[^>]*>##-.*?</p>", "", html, flags=re.DOTALL),
    "and every style and class": lambda html: re.sub(
        r' (?:style|class)="[^"]*"', "", re.sub(r"<p[^>]*>##-.*?</p>", "", html, flags=re.DOTALL)
    ),
    "only the conversation": lambda html: html[html.index("<details") : html.index("</details>")],
    "only the other tickets": lambda html: html[
        html.rindex("<div", 0, html.index("CANARYTICKET")) :
    ].partition("</div>")[0],
    "all tags but line ends": lambda html: re.sub(
        r"<(?!br|div|p|/div|/p)[^>]*>", "", re.sub(r"<p[^>]*>##-.*?</p>", "", html, flags=re.DOTALL)
    ),
}


@pytest.mark.parametrize("where", ["above", "below", "between"])
@pytest.mark.parametrize("kind", ["answer", "note", "assigned"])
@pytest.mark.parametrize("spoilt", HTML_SPOILT)
def test_what_html_alone_quotes_without_a_mark_is_held(
    spoilt: str, kind: str, where: str, composer: Composer, notices: dict[tuple[str, str], Notice]
) -> None:
    quote, own = HTML_SPOILT[spoilt](notices[kind, "en"].html), divs(EN)
    page = {"above": own + quote, "below": quote + own, "between": f"{own}<div>{quote}</div>{own}"}[where]
    assert "CANARY" in page
    assert [] == inside_of(left(reply("", f"<html><body>{page}</body></html>", "html"), composer))


def test_an_agents_text_beside_html_that_still_quotes_sends_the_text(
    composer: Composer, notices: dict[tuple[str, str], Notice]
) -> None:
    """The text part was cut by the client, its HTML part was not."""
    html = divs(EN) + notices["answer", "en"].html
    (sent,) = left(reply(texts(EN), html), composer)
    assert [] == inside_of([sent])
    assert "please start it again." in said(sent)


@pytest.mark.parametrize(
    "text",
    [
        "Hello,\n\n> My wallet shows nothing.\n\nPlease restart it.\n\n> What now?\n\nWrite again.",
        "It is at ███▎ 43 % now.",
        "| a | table |\n| of | ours |",
    ],
    ids=["the customer's own words", "how far it is", "a table"],
)
def test_what_is_not_the_desks_goes_out(text: str, composer: Composer) -> None:
    (sent,) = left(reply(text, "", "text"), composer)
    plain = sent.get_body(("plain",))
    assert plain is not None
    assert text == plain.get_content().replace("\r\n", "\n").strip()


def test_a_customer_cannot_write_as_the_desk(composer: Composer) -> None:
    """A line that looks like one of the card's is shown with another sign before it."""
    like = Mail(
        MailKind.NOTICE,
        12,
        AGENT.as_address,
        "n",
        agent=AGENT,
        author=LIN,
        text=f"Hello\n{MARK} From  Lin · proven\n",
        page=full_page(),
    )
    made = composer.compose(like, a_ticket(requester=replace(LIN, name=f"{MARK} Lin")), NOW)
    assert made is not None
    page = message_from_bytes(made.raw, policy=policy.default)
    assert isinstance(page, EmailMessage)
    for kind in ("plain", "html"):
        body = page.get_body((kind,))
        assert body is not None
        assert "| From" in body.get_content()
        assert f"{MARK} From  Lin" not in body.get_content()
