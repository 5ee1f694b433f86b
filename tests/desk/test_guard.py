"""What agents send is looked through before it leaves: nothing that robs a customer goes unasked."""

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from factories import (
    ANNA,
    LIN,
    WEI,
    a_message,
    a_policy,
    a_ticket,
    agent_token,
    an_envelope,
    found,
    some_facts,
)

from intake.desk.effects import AddEntry, Effect, Finish, Mail, MailKind
from intake.desk.guard import asks, elsewhere
from intake.desk.guard.domains import leads
from intake.desk.guard.lookalikes import distance, imitated
from intake.desk.guard.policy import GuardPolicy, Need, marked, plain_rule, seen_in, unmarked
from intake.desk.guard.verdict import Known, Words, judge
from intake.desk.guard.wallets import addresses
from intake.desk.message import Attachment
from intake.desk.rules.second_person import another
from intake.desk.rules.table import decide
from intake.desk.ticket import Agent, EntryKind

HERE = Path(__file__).parent
HIJACKS: dict[str, list[str]] = json.loads((HERE / "hijacks.json").read_text())
ORDINARY: dict[str, list[str]] = json.loads((HERE / "ordinary_answers.json").read_text())
TEMPLATES = HERE.parents[1] / "templates" / "mail"
POLICY = GuardPolicy(own=frozenset({"desk.example"}), hosts=frozenset({"example.com", "medium.com"}))
EVM, TRON = "0x52908400098527886E0F7030069857D2E4169EE7", "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"
# What agents say of secrets that asks for none.
HARMLESS = (
    "You can change your password in the app under Settings.",
    "Enter your recovery phrase in the app to restore the wallet.",
    "We have sent you a verification code; it is valid for ten minutes.",
    "Please send us the transaction hash and a screenshot. Do not send your recovery phrase.",
    "Whoever asks you for the 12 words is a thief.",
    "Thanks! The password was reset, please try again and tell us whether it works.",
    "Did you enter your recovery phrase there?",
    "请在应用内输入助记词恢复钱包。",
    "请把交易哈希和截图发给我们，不要发送助记词。",
    "验证码已发送到您的邮箱，请查收。",
    "助记词请抄写在纸上妥善保管。",
    "アプリ内でリカバリーフレーズを入力して復元してください。",
    "Пароль можно изменить в настройках приложения.",
)


def need(text: str, html: str = "", files: tuple[Attachment, ...] = (), known: Known | None = None) -> Need:
    return judge(Words(text, html, files), known or Known(), POLICY).need


def decided(text: str, html: str = "", agents: tuple[Agent, ...] = (ANNA, WEI), **guard: str) -> list[Effect]:
    """What becomes of Anna's proven reply in Lin's ticket."""
    facts = some_facts(
        token=agent_token(), by_token=found(a_ticket(), ANNA), token_agent=ANNA, agent=ANNA, agents=agents
    )
    message = a_message(sender=ANNA.as_address, text=text, new_text=text, html=html)
    hosts = frozenset({"example.com", "medium.com"})
    policy = a_policy(guard=GuardPolicy(hosts=hosts, **guard))
    return decide(message, an_envelope(), facts, policy)


def relayed(effects: list[Effect]) -> list[Mail]:
    return [each for each in effects if isinstance(each, Mail) and each.kind is MailKind.RELAY]


@pytest.mark.parametrize("form", ["text", "html"])
def test_of_eighty_answers_of_a_hijacked_mailbox_none_leaves_unasked(form: str) -> None:
    left = []
    for text in (text for texts in HIJACKS.values() for text in texts):
        html = "".join(f"<p>{line}</p>" for line in text.splitlines()) if form == "html" else ""
        effects = decided(text, html)
        drafts = [e for e in effects if isinstance(e, AddEntry) and e.kind is EntryKind.DRAFT]
        if [mail for mail in relayed(effects) if not mail.hold] or not drafts:
            left.append(text)

    assert (12, True, []) == (len(HIJACKS), sum(map(len, HIJACKS.values())) >= 60, left)


def test_of_two_hundred_ordinary_answers_no_more_than_one_is_asked_about() -> None:
    texts = [*(text for texts in ORDINARY.values() for text in texts), *HARMLESS]
    asked = [text for text in texts if not relayed(decided(text))]

    assert (True, []) == (len(texts) >= 200, asked)


def test_no_warning_of_our_own_templates_is_taken_for_asking() -> None:
    blocks = [
        re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", "", block, flags=re.DOTALL)
        for path in sorted(TEMPLATES.rglob("*.j2"))
        # Each block is a text of its own: the next one in the file stands elsewhere, or in another mail.
        for block in re.split(r"\n\n|{% endblock", path.read_text())
    ]

    assert len(blocks) > 100
    assert [] == [block for block in blocks if asks.asked(block) or elsewhere.led(block)]


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("See https://help.desk.example/a?b=c.", ["help.desk.example"]),
        ("https://desk.example@evil.com/login", ["evil.com"]),
        ("https://desk.example:443@evil.com", ["evil.com"]),
        ("http://evil.com\\@desk.example/", ["evil.com"]),
        ("https:/\t/evil.com/x", ["evil.com"]),
        ("hxxps://evil[.]com/x", ["evil.com"]),
        ("https://evil。com/x", ["evil.com"]),
        ("https://%65vil.com/x", ["evil.com"]),
        ("https://203.0.113.7/x", ["203.0.113.7"]),
        ("https://3405803783/x", ["3405803783"]),
        ("https://dеsk.example/x", ["xn--dsk-rdd.example"]),
        ("e\u200bvil.com", ["evil.com"]),
        ("请访问evil.com查看", ["evil.com"]),
        ("Open www.evil.example now", ["www.evil.example"]),
        ("Open evil.example/x now", ["evil.example"]),
        ("write to help@evil.com", ["evil.com"]),
        ("Version 4.2 of the app, e.g. notes.md, at 10.30 a.m. in Node.js", []),
        ("Thanks.It works", []),
    ],
)
def test_where_a_text_leads_is_found_however_it_is_written(text: str, hosts: list[str]) -> None:
    assert hosts == [lead.host for lead in leads(text)]


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("lumenwallet.com.evil.net", "lumenwallet.com"),
        ("lumenwalet.com", "lumenwallet.com"),
        ("lumenwaIlet.com".lower(), "lumenwallet.com"),
        ("1umenwa11et.com", "lumenwallet.com"),
        ("lurnenwallet.com", "lumenwallet.com"),
        ("xn--lumenwllet-gkg.com", "lumenwallet.com"),
        ("my-lumenwallet-support.net", "lumenwallet.com"),
        ("lumenwallet.org", "lumenwallet.com"),
        ("help.lumenwallet.com", ""),
        ("example.com", ""),
        ("luminous.com", ""),
    ],
)
def test_a_host_that_looks_like_ours_is_known(host: str, ours: str) -> None:
    assert ours == imitated(host, frozenset({"lumenwallet.com"}))


@pytest.mark.parametrize(
    ("one", "two", "far"),
    [("wallet", "wallet", 0), ("wallet", "walelt", 1), ("wallet", "walt", 2), ("a", "bcde", 3)],
)
def test_letters_that_differ_are_counted(one: str, two: str, far: int) -> None:
    assert far == distance(one, two)


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ('<a href="https://evil.com/x">https://desk.example/help</a>', Need.REFUSED),
        ('<a href="https://desk.example/help">https://desk.example/help</a>', Need.NOTHING),
        ('<a href="https://evil.com/x">our help page</a>', Need.CONFIRM),
        ('<a href="https://desk.example/help">our help page</a>', Need.NOTHING),
        ('<a href="mailto:eve@evil.com">help@desk.example</a>', Need.REFUSED),
        ('<a href="https&#58;//evil.com">our help&#32;page</a>', Need.CONFIRM),
        ('<a href="//evil.com">our help page</a>', Need.CONFIRM),
        # Of what it quotes nothing leaves.
        ('our help page<blockquote><a href="https://evil.com">Click</a></blockquote>', Need.NOTHING),
    ],
)
def test_where_a_link_of_the_html_leads_is_looked_at_and_not_only_what_it_shows(
    html: str, wanted: Need
) -> None:
    text = "See https://desk.example/help or our help page or write to help@desk.example"

    assert wanted is need(text, f"<p>See {html}</p>")


@pytest.mark.parametrize("text", [f"Send it to {EVM} please", f"请转到{TRON}", "Send it to lin.eth"])
def test_an_address_that_the_customer_did_not_write_needs_a_second_person(text: str) -> None:
    address = addresses(text)[0]
    listed = GuardPolicy(wallets=frozenset({address}))

    assert Need.TWO is need(text)
    assert Need.NOTHING is need(text, known=Known(heard=(f"I sent it to {address} yesterday",)))
    assert Need.NOTHING is judge(Words(text), Known(), listed).need


def zipped(name: str, locked: bool = False) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, b"x")
    data = bytearray(made.getvalue())
    if locked:
        # The bit of encryption in the member's header and in the directory (APPNOTE 4.4.4).
        data[6] |= 1
        data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "content", "refused"),
    [
        ("wallet.apk", b"PK", True),
        ("fix.exe", b"anything", True),
        ("photo.png", b"MZ\x90\0", True),
        ("run.txt", b"#!/bin/sh\n", True),
        ("a.zip", zipped("inside.js"), True),
        ("a.zip", zipped("notes.txt", locked=True), True),
        ("a.docx", zipped("word/vbaProject.bin"), True),
        ("a.zip", b"PK\x03\x04 broken", True),
        ("a.rar", b"Rar!\x1a\x07\0", True),
        ("page.html", b"<p>hi</p><SCRIPT>x</SCRIPT>", True),
        ("a.zip", zipped("notes.txt"), False),
        ("a.docx", zipped("word/document.xml"), False),
        ("page.html", b"<p>hi</p>", False),
        ("log.txt", b"all is well", False),
        ("photo.png", b"\x89PNG", False),
    ],
)
def test_files_that_run_or_that_nobody_can_look_into_do_not_leave(
    name: str, content: bytes, refused: bool
) -> None:
    file = Attachment(name, "application/octet-stream", content)

    assert (Need.REFUSED if refused else Need.NOTHING) is need("See the file.", files=(file,))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Write this on the first line:\n#help", False),
        ("Please write your number in the subject line: #12", False),
        ("Add this line: allow = true", False),
        ("Find the line identified by your number.", False),
        ("Contact us on LINE: lumen_help", True),
        ("Add me on LINE:\n@lumen", True),
        ("Add the LINE @lumen", True),
        ("Add the line: @lumen", True),
        ("My LINE ID is lumen", True),
        ("加 LINE群", True),
    ],
)
def test_a_line_of_a_text_is_not_the_messenger(text: str, asked: bool) -> None:
    assert asked is bool(elsewhere.led(text))


@pytest.mark.parametrize("rule", ["unproven_agent", "stray_command+words_for_colleagues", "a+unproven_note"])
@pytest.mark.parametrize("worth", [Need.NOTHING, Need.CONFIRM, Need.TWO])
def test_a_rule_of_several_doubts_keeps_what_its_yes_must_be_worth(rule: str, worth: Need) -> None:
    assert (rule, worth) == unmarked(marked(rule, worth))
    kept = marked(rule, worth, "0a.1b")
    assert ((rule, worth), "0a.1b") == (unmarked(kept), seen_in(kept))


@pytest.mark.parametrize("kind", ["links", "channels", "addresses", "asks"])
def test_what_is_off_is_not_asked_about_and_what_is_two_needs_two(kind: str) -> None:
    text = {
        "links": "See https://other.net/a",
        "channels": "Add me on Telegram: @lumen",
        "addresses": f"Send it to {EVM}",
        "asks": "Send us your recovery phrase.",
    }[kind]

    assert Need.NOTHING is judge(Words(text), Known(), GuardPolicy(**{kind: "off"})).need
    assert Need.TWO is judge(Words(text), Known(), GuardPolicy(**{kind: "two"})).need


def test_an_approved_text_is_not_asked_about_and_what_stands_around_it_is() -> None:
    approved = Known(approved=("Hello {name},\nplease enter your recovery phrase on the new page.\nBye",))
    text = "Hello Lin,\nplease enter your recovery phrase\non the new page.\nBye"

    assert Need.CONFIRM is need(text)
    assert Need.NOTHING is need(text, known=approved)
    assert Need.CONFIRM is need(f"{text}\n\nOr send us the 12 words.", known=approved)
    assert Need.CONFIRM is need(text.replace("Lin", "https://evil.net/"), known=approved)
    assert Need.CONFIRM is need(text.replace("new", "old"), known=approved)


@pytest.mark.parametrize(
    ("address", "name", "other"),
    [
        ("wei@staff.example", "Wei", True),
        ("anna+2@staff.example", "A.", False),
        ("a.nna@staff.example", "A.", False),
        ("anna@home.example", " anna", False),
        ("second@home.example", "A.", False),
    ],
)
def test_the_same_person_under_a_second_address_is_no_second_person(
    address: str, name: str, other: bool
) -> None:
    first = Agent(1, "Anna", "anna@staff.example")

    assert other is another(Agent(7, name, address), first, "second@home.example")


def test_a_desk_of_one_person_waits_a_day_and_is_told() -> None:
    effects = decided(f"Send it to {EVM}", agents=(ANNA,))
    told = [each for each in effects if isinstance(each, Mail) and each.kind is MailKind.ALERT]

    assert [24 * 3600] == [mail.hold for mail in relayed(effects)]
    assert [ANNA.address] == [mail.to.mailbox for mail in told]
    assert "24 hours" in told[0].text
    assert "#undo" in told[0].text


def test_why_tells_that_the_guard_held_an_answer() -> None:
    end = decided("See https://other.net/a")[-1]

    assert isinstance(end, Finish)
    assert "guarding: held: G3" in end.reason
    assert plain_rule(end.rule).endswith("+confirm")


def test_a_note_is_nobodys_business() -> None:
    entries = [e.kind for e in decided(f"#note\nHe was told to send it to {EVM}") if isinstance(e, AddEntry)]

    assert [EntryKind.NOTE] == entries


def test_a_long_hostile_text_is_looked_through_in_linear_time() -> None:
    import time

    took = []
    for size in (20_000, 40_000):
        text = (
            "a.b@" * (size // 16) + "助记词" * (size // 16) + "send it, " * (size // 16) + "x-" * (size // 8)
        )
        start = time.process_time()
        need(text, "<a href=x>" * (size // 100))
        took.append(time.process_time() - start)

    assert took[1] < 4 * took[0] + 0.2


def test_the_requester_is_named_in_no_list_of_foreign_hosts() -> None:
    assert relayed(decided(f"We write to {LIN.mailbox} then."))
