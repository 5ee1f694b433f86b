"""A canned response is text: whatever an editor or a customer writes in it is sent as it is written."""

import re
import time
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from desk_mail import LIMITS, MailDesk, text_of

from intake.desk import tokens
from intake.desk.commands.canned import empty, filled, unknown
from intake.desk.effects import MailKind
from intake.desk.ticket import EntryKind


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path, f"{LIMITS}\nundo_seconds = 0")
    desk.store.agents.change(desk.agent, editor=True)
    yield desk
    desk.close()


def html_of(raw: bytes) -> str:
    """The HTML of a mail, "" for none."""
    parts = [part for part in message_from_bytes(raw).walk() if part.get_content_type() == "text/html"]
    return "".join(part.get_payload(decode=True).decode() for part in parts)  # type: ignore[union-attr]


AS_WRITTEN = {
    "a value of jinja": "{{ 7 * 7 }} and {{ agent }}",
    "a statement": "{% for n in range(9999999) %}x{% endfor %}",
    "a comment": "{# gone #} stays",
    "a block of our mails": "{% block subject %}x{% endblock %}{{ super() }}",
    "attributes": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "attributes of a field": "{name.__class__} {name[0]} {number!r} {number:>99999999}",
    "percent and dollar": "%(name)s ${name} $name %s %n",
    "a field within a field": "{field.{name}} {{name}}",
    "nothing of ours": "{token} {reference} {command_address} {reply_to} {secret}",
    "html": '<script>alert(1)</script><img src="http://evil.example/x"> &amp; <b>bold</b>',
    "a link": "[click](javascript:alert(1)) <a href='http://evil.example'>x</a>",
}


@pytest.mark.parametrize("name", AS_WRITTEN)
def test_what_only_looks_like_a_template_is_sent_as_it_is_written(name: str, desk: MailDesk) -> None:
    text = AS_WRITTEN[name]
    desk.reply(f"#canned save odd all\nHello. {text}")
    desk.out()
    desk.reply("#canned odd")
    (sent,) = desk.out(MailKind.RELAY)
    # {number}, {name} and {agent} are fields within it, too.
    wanted = text.replace("{{name}}", "{Lin}").replace("${name}", "$Lin")
    wanted = wanted.replace("{field.{name}}", "{field.Lin}")
    assert wanted in " ".join(text_of(sent).split())
    html = html_of(sent.raw)
    assert "<script" not in html
    assert "http://evil.example" not in re.sub(r"&lt;.*?&gt;", "", html)
    assert not tokens.holds_internal(sent.raw)


def test_what_a_customer_writes_into_a_field_is_not_read_again(desk: MailDesk) -> None:
    desk.mail("{subject}{agent} <eve@elsewhere.example>", desk.address, "Hello", "{name} {{ 7*7 }} {number}")
    desk.out()
    desk.reply("#canned save echo all\nDear {name}: {subject}")
    desk.reply("#canned echo", ticket=2)
    (sent,) = desk.out(MailKind.RELAY)
    assert "Dear {subject}{agent}: {name} {{ 7*7 }} {number}" in text_of(sent)


@pytest.mark.parametrize(
    "text",
    [
        "{" * 19_000,
        "{name" * 3_800,
        "{field." * 2_700 + "}" * 1_000,
        "{name}" * 3_300,
        "{field.x}" * 2_200,
        "{{" * 5_000 + "name" + "}}" * 5_000,
    ],
    ids=lambda text: text[:12],
)
def test_a_text_made_to_be_slow_is_filled_in_at_once(text: str, desk: MailDesk) -> None:
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    start = time.process_time()
    made = filled(text, ticket, "Anna" * 100)
    empty(text, ticket, "Anna")
    unknown(text)
    assert time.process_time() - start < 0.5
    assert len(made) < 3_300 * 401


@pytest.mark.parametrize(
    "text",
    ["x" * 20_001, "é" * 10_001, "{subject} of Lin, #{number}; " * 600],
    ids=["long", "long in bytes", "long when filled"],
)
def test_a_text_that_is_too_long_or_becomes_so_is_refused_or_bounded(text: str, desk: MailDesk) -> None:
    desk.mail("Eve <eve@elsewhere.example>", desk.address, "Hello", "s" * 900)
    desk.out()
    desk.reply(f"#canned save long all\n{text}")
    desk.out()
    desk.reply("#canned long", ticket=2)
    sent = desk.out(MailKind.RELAY)
    assert len(sent) <= 1
    assert all(len(mail.raw) < 12 << 20 for mail in sent)
    assert len(sent) == len(desk.said(EntryKind.REPLY, 2)) == (1 if text.startswith("{") else 0)
