# ruff: noqa: E501 (a line of a reply stays on its line)
"""What customers get of agents' replies, as real mail programs write them: the exact words, in both parts."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from agent_replies import ADDRESS, CLIENTS, Line, mail
from config_files import config_text
from factories import ANNA, KEY, LIN, NOW, a_policy, a_ticket, agent_token, an_envelope, found, some_facts

from intake.config import settings as config
from intake.desk import tokens
from intake.desk.effects import Effect, Mail, MailKind
from intake.desk.message import Address
from intake.desk.rules.table import decide
from intake.desk.tokens import Purpose
from intake.mail.formats.html import from_html
from intake.mail.parse import parse
from intake.rendering.composer import Composer

AGENT = replace(ANNA, address="anna@staff.example")
QUESTION = "My wallet shows nothing.\nWALLETQUOTE\n\nLin\nSent from my phone"
QUESTION_ZH = "我的钱包是空的。\nWALLETQUOTE\n\n林"
# A dot of one pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
EN: tuple[Line, ...] = (
    ("Hello Lin,", "Hello Lin,"),
    ("", ""),
    ("please start the wallet again and look at the 2nd page.", "please start the wallet again and look at the 2nd page."),
    ("Tell us what you see there.", "Tell us what you see there."),
)  # fmt: skip
ZH: tuple[Line, ...] = (
    ("您好，林：", "您好，林："),
    ("", ""),
    ("请重新启动钱包，然后查看第2页。", "请重新启动钱包，然后查看第2页。"),
    ("谢谢！", "谢谢！"),
)
CONFIG = config_text(name="Lumen Support")


@pytest.fixture(scope="module")
def composer(tmp_path_factory) -> Composer:
    path = tmp_path_factory.mktemp("golden") / "intake.ini"
    path.write_text(CONFIG)
    return Composer(config.load(path), a_policy(), (KEY,))


@pytest.fixture(scope="module")
def notices(composer) -> dict[bool, str]:
    """The text of the notifications, as they go to Anna."""
    made = {}
    for zh, asked in ((False, QUESTION), (True, QUESTION_ZH)):
        language = "zh-Hans" if zh else "en"
        notice = Mail(
            MailKind.NOTICE, 12, Address(AGENT.address, "Anna"), "n", agent=AGENT, author=LIN, text=asked
        )  # fmt: skip
        made[zh] = composer.letter(notice, a_ticket(), NOW, language, False).text.strip()
        assert all(part in made[zh] for part in ("WALLETQUOTE", "ref:", "##- "))
    return made


@dataclass(frozen=True)
class Golden:
    """`said` is what the customer must read; `has` what his HTML must hold."""

    client: str
    own: Sequence[Line]
    said: str
    zh: bool = False
    parts: str = "both"
    has: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


def words(lines: Sequence[Line]) -> str:
    return "\n".join(text for text, _ in lines).strip()


def formatted(client: str) -> tuple[Line, ...]:
    one = CLIENTS[client]
    items = ("the version", "the name of the page")
    url = "https://lumen.example/help?a=1&b=2"
    link = one.link.format(text="this page", url=url)
    return (
        ("Hello Lin,", "Hello Lin,"),
        ("", ""),
        (f"please {one.bold.format('restart')} it and read {link}:", f'please <b>restart</b> it and read <a href="{url.replace("&", "&amp;")}">this page</a>:'),
        ("\n".join(one.item.format(item) for item in items), "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"),
        ("Thank you.", "Thank you."),
    )  # fmt: skip


SIGNATURE: tuple[Line, ...] = (
    ("", ""),
    ("-- ", "-- "),
    ("Anna Example", "Anna Example"),
    ("Internal extension 4711", "Internal extension 4711"),
)
SHOT: tuple[Line, ...] = (
    ("Look at this:", "Look at this:"),
    ("[image: shot.png]", '<img src="cid:shot@x" alt="shot.png" width="3" height="3">'),
    ("Press the red one.", "Press the red one."),
)
LOGO: tuple[Line, ...] = (*SIGNATURE, ("[image: logo.png]", '<img src="cid:logo@x" width="90">'))
COMMANDS: tuple[Line, ...] = (("#close", "#close"), ("#mine", "#mine"), ("", ""))
RICH = ("<b>restart</b>", "<li>the version</li>", 'href="https://lumen.example/help?a=1&amp;b=2"')

GOLDEN: dict[str, Golden] = {}
for name in CLIENTS:
    GOLDEN[f"{name}, English"] = Golden(name, EN, words(EN))
    GOLDEN[f"{name}, Chinese"] = Golden(name, ZH, words(ZH), zh=True)
    GOLDEN[f"{name}, formatted"] = Golden(name, formatted(name), words(formatted(name)), has=RICH)
    GOLDEN[f"{name}, commands and signature"] = Golden(name, (*COMMANDS, *EN, *SIGNATURE), words(EN))
for name in ("gmail web", "outlook desktop", "apple mail", "iphone", "thunderbird", "qq", "foxmail"):
    GOLDEN[f"{name}, a screenshot"] = Golden(
        name, (*SHOT, *LOGO), words(SHOT), has=('<img src="cid:shot@x"',), pictures=("shot@x", "logo@x")
    )
for name in ("outlook web", "iphone", "163", "yahoo", "gmail web"):
    GOLDEN[f"{name}, HTML alone"] = Golden(name, EN, words(EN), parts="html")
    GOLDEN[f"{name}, HTML alone, Chinese"] = Golden(name, ZH, words(ZH), zh=True, parts="html")
for name in ("thunderbird", "outlook desktop", "qq", "apple mail"):
    GOLDEN[f"{name}, text alone"] = Golden(name, EN, words(EN), parts="text")
    GOLDEN[f"{name}, text alone, Chinese"] = Golden(name, ZH, words(ZH), zh=True, parts="text")


def test_there_are_replies_enough():
    assert len(GOLDEN) >= 60


def decided(golden: Golden, notice: str) -> list[Effect]:
    text, html = CLIENTS[golden.client].make(golden.own, notice, golden.zh)
    token = tokens.make(KEY, Purpose.AGENT, 12, AGENT.id, tokens.lifetime(NOW, 9))
    to = tokens.address(ADDRESS, token)
    raw = mail(text, html, to, golden.parts, [(one, PNG + one.encode()) for one in golden.pictures])
    facts = some_facts(token=agent_token(), by_token=found(a_ticket(), AGENT), token_agent=AGENT, agent=AGENT)
    return decide(parse(raw), an_envelope(), facts, a_policy())


def sent(effects: Sequence[Effect], composer: Composer) -> EmailMessage:
    (relay,) = [one for one in effects if isinstance(one, Mail) and one.kind is MailKind.RELAY]
    out = composer.compose(relay, a_ticket(), NOW)
    assert out is not None
    made = message_from_bytes(out.raw, policy=policy.default)
    assert isinstance(made, EmailMessage)
    return made


def squeezed(text: str) -> str:
    """The letters and digits of a text without what stands for links, pictures and list signs in it."""
    text = re.sub(r"\[image:[^\]]*\]|[<(\[]?https?://[^\s<>)]+[>)\]]?", " ", text)
    return "".join(char for char in text if char.isalnum())


@pytest.mark.parametrize("name", GOLDEN)
def test_the_customer_reads_exactly_the_agents_words(name, composer, notices):
    golden = GOLDEN[name]
    made = sent(decided(golden, notices[golden.zh]), composer)
    plain, html = made.get_body(("plain",)), made.get_body(("html",))
    assert golden.said == plain.get_content().replace("\r\n", "\n").strip()
    page = html.get_content()
    assert squeezed("Lumen Support " + golden.said) == squeezed(from_html(page))
    assert [] == [one for one in golden.has if one not in page]
    if golden.parts != "text":
        # What came as HTML goes out as the HTML that came, not as its text in a frame.
        assert "white-space:pre-wrap" not in page
    for inside in (
        "WALLETQUOTE",
        "ref:",
        "ref.",
        "##-",
        "staff.example",
        "4711",
        "#close",
        "class=",
        "help@",
    ):
        assert inside not in plain.get_content() + page
    assert ["shot.png"] * ("shot@x" in golden.pictures) == [
        one.get_filename() for one in made.walk() if one.get_content_maintype() == "image"
    ]


def test_answers_between_quoted_lines_go_out_with_them(composer, notices):
    """An agent who answers line by line sends the customer's own lines back, and his between them."""
    text = "> My wallet shows nothing.\n\nPlease restart it.\n\n> Lin\n\nYes, hello Lin."
    html = (
        "<blockquote type=cite>My wallet shows nothing.</blockquote><p>Please <i>restart</i> it.</p>"
        "<blockquote type=cite>Lin</blockquote><p>Yes, hello Lin.</p>"
    )
    raw = mail(text, html, tokens.address(ADDRESS, tokens.make(KEY, Purpose.AGENT, 12, 1, NOW)))
    facts = some_facts(token=agent_token(), by_token=found(), token_agent=AGENT, agent=AGENT)
    made = sent(decide(parse(raw), an_envelope(), facts, a_policy()), composer)
    assert text == made.get_body(("plain",)).get_content().replace("\r\n", "\n").strip()
    assert "<blockquote>My wallet shows nothing.</blockquote><p>Please <i>restart</i> it.</p>" in (
        made.get_body(("html",)).get_content()
    )
