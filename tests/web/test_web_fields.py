"""Questions of the config: asked, checked, kept as fields of the ticket, and never a stranger's to set."""

import io
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from web_desk import Clock, MakeDesk

from intake.app import Desk, build
from intake.config.settings import ConfigError
from intake.desk import form_origin
from intake.desk.message import Envelope
from intake.mail.outgoing import compose
from intake.ports import Arrival
from intake.web import make_app

FIELDS = """
[form]
categories =
    account = My account | zh-Hans: 我的账户
    transfer = A transfer | zh-Hans: 转账
promise = Within a day. | zh-Hans: 一天之内。
[field chain]
label = Network | zh-Hans: 网络
type = choice
choices =
    eth = Ethereum
    btc = Bitcoin
[field wallet]
label = Wallet <address> | zh-Hans: 钱包地址
help = The public one. | zh-Hans: 公开地址。
type = wallet
chains = evm
[field hash]
label = Transaction
type = hash
chains = evm, bitcoin
[field app]
label = App version
type = version
required = yes
[field amount]
label = Amount
type = number
[field order]
label = Order
type = pattern
pattern = [A-Z]{2}[0-9]{3}
[field more]
label = More
type = long
[triage]
default_category =
[rule own]
subject = no subject of these tests
tags = own
"""
GOOD = {
    "name": "Ada",
    "email": "ada@example.com",
    "subject": "Cannot log in",
    "message": "It says no.",
    "field-app": "4.12.0",
}
WALLET = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


@pytest.fixture
def stored(make_desk: MakeDesk, clock: Clock) -> Iterator[Desk]:
    desk = build(make_desk(FIELDS).settings)
    desk.service = replace(desk.service, clock=clock)
    yield desk
    desk.store.close()


@pytest.fixture
def client(stored: Desk) -> FlaskClient:
    return make_app(stored, patience=0).test_client()


def post(client: FlaskClient, clock: Clock, lang: str = "en", **fields: Any) -> Any:
    found = re.search(r'name="token" value="([^"]+)"', client.get("/").text)
    assert found
    clock.forward(seconds=10)
    return client.post(f"/?lang={lang}", data={"token": found[1], **GOOD, **fields})


def test_answers_become_fields_of_the_ticket(stored: Desk, client: FlaskClient, clock: Clock) -> None:
    answer = post(
        client,
        clock,
        lang="zh-Hans",
        category="transfer",
        **{
            "field-chain": "eth",
            "field-wallet": f" {WALLET} ",
            "field-amount": "１２,5",
            "field-more": "a\nb",
        },
    )
    assert 303 == answer.status_code
    stored.service.process_pending()
    ticket = stored.store.tickets.get(1)

    assert ticket is not None
    assert "transfer" == ticket.category
    assert {
        "chain": "eth",
        "wallet": WALLET,
        "app": "4.12.0",
        "amount": "12,5",
        "more": "a\nb",
    } == ticket.fields
    # Agents read it in the message as well, in the words of the page.
    [entry] = stored.store.tickets.entries(1)
    assert entry.text.startswith("It says no.\n")
    for line in (
        "类别: 转账",
        "网络: Ethereum",
        f"钱包地址: {WALLET}",
        "App version: 4.12.0",
        "More: a\n  b",
    ):
        assert line in entry.text
    assert () == entry.files


@pytest.mark.parametrize(
    ("lang", "message", "expected"),
    [
        ("ko", "0x12ab 12345", "ko"),
        ("ko", "login problem", "ko"),
        ("ko", "Since the update I cannot open my wallet any more, please help me.", "en"),
        ("en", "更新后打不开钱包了", "zh-Hans"),
    ],
)
def test_the_language_of_the_page_is_the_tickets_until_the_text_is_clear(
    stored: Desk, client: FlaskClient, clock: Clock, lang: str, message: str, expected: str
) -> None:
    post(client, clock, lang=lang, subject="4711", message=message)
    stored.service.process_pending()
    ticket = stored.store.tickets.get(1)

    assert ticket is not None
    assert expected == ticket.language
    # What says so is no file of the person's.
    assert () == stored.store.tickets.entries(1)[0].files


WRONG = {
    "app": ("field-app", "", "Fill in “App version”."),
    "version": ("field-app", "newest", "It should look like 4.12.0."),
    "wallet": ("field-wallet", WALLET[:-1] + "D", "It is not a valid wallet address"),
    "wallet of another chain": (
        "field-wallet",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "is not a valid wallet address",
    ),
    "hash": ("field-hash", "0x12", "It is not a valid transaction hash"),
    "number": ("field-amount", "many", "It should be a number"),
    "pattern": ("field-order", "AB12", "The format is not valid"),
    "choice": ("field-chain", "doge", "Choose “Network” from the list."),
    "category": ("category", "other", "Choose a topic from the list."),
    "long": ("field-more", "x" * 4001, "“More” can have at most 4000 characters"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_answer_is_told_and_everything_is_kept(client: FlaskClient, clock: Clock, case: str) -> None:
    name, value, sentence = WRONG[case]
    answer = post(client, clock, **{name: value})

    assert 422 == answer.status_code
    assert 2 == answer.text.count(sentence)
    assert f'<a href="#{name}">' in answer.text
    assert "It says no." in answer.text
    if name not in ("category", "field-chain"):
        assert value in answer.text


def test_a_label_is_only_text(client: FlaskClient) -> None:
    page = client.get("/").text

    assert "Wallet &lt;address&gt;" in page
    assert "Wallet <address>" not in page


def test_a_private_key_is_refused_and_shown_nowhere(stored: Desk, client: FlaskClient, clock: Clock) -> None:
    phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    for secret in ("ab" * 32, phrase):
        answer = post(client, clock, **{"field-wallet": secret})

        assert 422 == answer.status_code
        assert "private key or a recovery phrase. We have deleted it." in answer.text
        assert secret not in answer.text
    assert [] == stored.store.ledger.list_messages()


def test_a_link_may_fill_in_fields_and_nothing_else(client: FlaskClient) -> None:
    page = client.get("/?category=transfer&field-app=4.12.0&message=gotcha&email=x@y.example").text

    assert '<option value="transfer" selected>' in page
    assert 'value="4.12.0"' in page
    assert "gotcha" not in page
    assert "x@y.example" not in page


def test_the_page_speaks_the_words_of_its_language(client: FlaskClient) -> None:
    page = client.get("/?lang=zh-Hans").text

    for word in ("钱包地址", "公开地址。", "转账", "您的问题属于哪一类？", "网络"):
        assert word in page
    # What the config says in one language only is said in that.
    assert "App version" in page


def test_after_sending_the_page_tells_when(stored: Desk, client: FlaskClient, clock: Clock) -> None:
    sent = post(client, clock).headers["Location"]

    assert "Within a day." in client.get(sent).text
    assert "一天之内。" in client.get(sent.replace("lang=en", "lang=zh-Hans")).text


@pytest.mark.parametrize("channel", ["imap", "lmtp"])
def test_a_strangers_mail_cannot_set_fields(stored: Desk, channel: str) -> None:
    """The very bytes that the form would make, sent as a mail."""
    part = form_origin.part("transfer", {"wallet": "0xevil"})
    assert part is not None
    headers = ["From: Eve <eve@evil.example>", "To: support@desk.example", "Subject: Hi", "X-Intake-Form: 1"]
    raw = compose.message(headers, "Hello\n", [part], "=_b")
    stored.service.receive([Arrival(raw, Envelope(channel, "support"))])
    stored.service.process_pending()
    ticket = stored.store.tickets.get(1)

    assert ticket is not None
    assert ("", {}) == (ticket.category, ticket.fields)
    [entry] = stored.store.tickets.entries(1)
    assert ["form.json"] == [one.name for one in entry.files]


def test_a_file_named_like_the_part_stays_a_file(stored: Desk, client: FlaskClient, clock: Clock) -> None:

    fake = (
        io.BytesIO(b'{"category": "transfer", "fields": {"chain": "btc"}}'),
        "form.json",
        form_origin.MEDIA_TYPE,
    )
    assert 303 == post(client, clock, files=fake).status_code
    stored.service.process_pending()
    ticket = stored.store.tickets.get(1)

    assert ticket is not None
    assert ("", {"app": "4.12.0"}) == (ticket.category, ticket.fields)
    assert ["form.json"] == [one.name for one in stored.store.tickets.entries(1)[0].files]


def test_the_same_answers_twice_are_one_ticket(stored: Desk, client: FlaskClient, clock: Clock) -> None:
    found = re.search(r'name="token" value="([^"]+)"', client.get("/").text)
    assert found
    clock.forward(seconds=10)
    for amount in ("1", "1", "2"):
        client.post("/", data={"token": found[1], **GOOD, "field-amount": amount})

    assert 2 == len(stored.store.ledger.list_messages())


BAD = {
    "no label": ("[field a]\ntype = text", "label"),
    "no choices": ("[field a]\nlabel = A\ntype = choice", "choices"),
    "no pattern": ("[field a]\nlabel = A\ntype = pattern", "pattern"),
    "a wrong pattern": (
        "[field a]\nlabel = A\ntype = pattern\npattern = [",
        "not a valid regular expression",
    ),
    "a pattern beyond our gate": (
        "[field a]\nlabel = A\ntype = pattern\npattern = (?=.*[0-9]).+",
        "of groups only (…), (?:…) and (?P<name>…) are known",
    ),
    "a pattern too large": (
        "[field a]\nlabel = A\ntype = pattern\npattern = ([a-z]{1,200}){1,200}",
        "use smaller numbers",
    ),
    "a wrong chain": ("[field a]\nlabel = A\nchains = gold", "'gold' is not a known chain"),
    "a wrong name": ("[field a b]\nlabel = A", "may contain only letters"),
    "a wrong language": ("[field a]\nlabel = A | chinese", "not a valid text in another language"),
    "a choice twice": ("[field a]\nlabel = A\ntype = choice\nchoices =\n    b = B\n    b = C", "a duplicate"),
    "a wrong colour": ("colour = blue", "not a valid colour"),
    "a wrong site": ("embed_origins = example.com", "not a valid web site"),
    "a site with a path": ("embed_origins = https://example.com/a", "not a valid web site"),
    "a site that ends the policy": ("embed_origins = https://a.example;script-src", "not a valid web site"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_in_the_config_is_said_with_its_cure(make_desk: MakeDesk, case: str) -> None:
    text, said = BAD[case]
    with pytest.raises(ConfigError) as caught:
        make_desk(text)

    assert said in str(caught.value)


def test_an_answer_of_28_letters_holds_nobody_up(make_desk: MakeDesk) -> None:
    # Python's own engine takes 9 s for it, with the whole process waiting.
    desk = make_desk("[field code]\nlabel = Code\ntype = pattern\npattern = ([a-z]+)*[0-9]")
    client = make_app(desk, patience=0).test_client()
    found = re.search(r'name="token" value="([^"]+)"', client.get("/").text)
    assert found
    began = time.process_time()
    page = client.post("/", data={"token": found[1], "field-code": "a" * 28})
    assert "The format is not valid" in page.text
    assert time.process_time() - began < 1
