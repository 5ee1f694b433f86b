"""Canned responses that agents keep: saved, listed, shown, sent and deleted by mail."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from desk_mail import LIMITS, LIN, MailDesk, html_of, text_of

from intake.desk.effects import MailKind, Outgoing
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose
from intake.store.schema.tables import Audit

WEI = "wei@desk.example"
TEXT = "Dear {name}, #{number} is paid back. {order}"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[MailDesk]:
    (tmp_path / "canned").mkdir()
    (tmp_path / "canned/hours.txt").write_text("We are there from 9 to 5.")
    desk = MailDesk(tmp_path, f"{LIMITS}\ncanned = canned")
    desk.store.agents.change(desk.agent, editor=True)
    desk.store.agents.add(WEI, "Wei", (), desk.clock.now)
    yield desk
    desk.close()


def told(desk: MailDesk, *kinds: MailKind) -> str:
    (mail,) = desk.out(*(kinds or (MailKind.ANSWER, MailKind.ALERT, MailKind.RELAY)))
    return " ".join(text_of(mail).split())


def test_what_an_editor_saves_another_agent_sends_at_once(desk: MailDesk) -> None:
    desk.reply(f"#canned save Refund\n{TEXT}")
    saved = told(desk)
    assert "“refund” is saved, for tickets in en" in saved
    assert "These are no fields and are sent as they are written: {order}." in saved
    desk.mail(f"Wei <{WEI}>", desk.to(Purpose.AGENT, 1, 2), "#canned refund\n\nBest wishes")
    (sent,) = desk.out(MailKind.RELAY)
    assert LIN == sent.rcpt
    assert "Dear Lin, #1 is paid back. {order}\n\nBest wishes" in text_of(sent)
    assert ["#canned save refund"] == [
        row.what.casefold() for row in desk.store.db.rows(Audit.select()) if "save" in row.what
    ]


def test_an_agent_who_is_no_editor_saves_and_deletes_nothing_and_is_told_how(desk: MailDesk) -> None:
    desk.store.agents.change(desk.agent, editor=False)
    for text in (f"#canned save refund\n{TEXT}", "#canned delete hours"):
        desk.reply(text)
        assert f"intake agent set {desk.agent} --editor" in told(desk)
    assert () == desk.store.lookups.canned()


def test_the_list_has_previews_in_the_tickets_language(desk: MailDesk) -> None:
    desk.reply(f"#canned save refund en\n{TEXT}")
    desk.reply("#canned save refund zh-Hans\n{name}您好，我们会退款。" + "很快。" * 100)
    desk.out()
    desk.reply("#language zh")
    desk.out()
    desk.reply("#canned")
    text = told(desk)
    assert (
        "hours every language We are there from 9 to 5. refund en, zh-hans {name}您好，我们会退款。" in text
    )
    assert "很快。" * 40 not in text
    assert "paid back" not in text


def link(answer: Outgoing, name: str, label: str) -> tuple[str, str, str]:
    """Address, subject and text of the mail that a link of the list begins, as a client makes it."""
    row = next(row for row in html_of(answer).split("<tr>") if f"<b>{name}</b>" in row)
    (href,) = re.findall(rf'<a href="(mailto:[^"]*)"[^>]*>{label}</a>', row)
    parts = urlsplit(href.replace("&amp;", "&"))
    fields = parse_qs(parts.query)
    return unquote(parts.path), fields["subject"][0], fields["body"][0].replace("\r\n", "\n")


@pytest.mark.parametrize("below", ["", "\nAnna Berg\nLumen Support, +49 30 1234567\n"])
def test_links_of_the_list_show_a_text_and_send_it(desk: MailDesk, below: str) -> None:
    desk.out()
    desk.reply("#canned")
    (listed,) = desk.out(MailKind.ANSWER)
    to, subject, text = link(listed, "hours", "Preview")
    desk.mail(f"Anna <{desk.agent}>", to, f"{text}{below}", subject)
    assert "as the customer would get it. Nothing was sent." in told(desk)
    assert [] == desk.said(EntryKind.REPLY)
    to, subject, text = link(listed, "hours", "Send it")
    desk.mail(f"Anna <{desk.agent}>", to, f"{text}{below}", subject)
    relayed = told(desk, MailKind.RELAY)
    assert "from 9 to 5" in relayed
    assert "+49" not in relayed


def test_the_list_at_the_command_address_sends_nothing(desk: MailDesk) -> None:
    desk.out()
    desk.command("#canned")
    (listed,) = desk.out(MailKind.ANSWER)
    assert "Send it" not in html_of(listed)
    to, subject, text = link(listed, "hours", "Preview")
    desk.mail(f"Anna <{desk.agent}>", to, text, subject)
    assert "“hours” as it is saved" in told(desk)


def test_a_preview_shows_what_the_customer_would_get_and_sends_nothing(desk: MailDesk) -> None:
    desk.reply("#canned save refund\nDear {name}, order {field.order} is paid back. {agent}")
    desk.out()
    desk.reply("#canned refund?\nBest wishes")
    text = told(desk)
    assert "“refund” as the customer would get it. Nothing was sent." in text
    assert "Dear Lin, order is paid back. Anna Best wishes" in text
    assert "These fields have no value here and are left out: {field.order}." in text
    assert [] == desk.said(EntryKind.REPLY)


def test_words_below_a_list_are_neither_sent_nor_lost(desk: MailDesk) -> None:
    desk.reply("#canned\nDear Lin, it is done.")
    assert "was not sent" in told(desk)
    assert [] == desk.said(EntryKind.REPLY)
    assert "Dear Lin, it is done." in desk.said(EntryKind.DRAFT)[0]


def test_a_saved_text_counts_before_the_file_of_its_name_until_it_is_deleted(desk: MailDesk) -> None:
    desk.reply("#canned save hours all\nWe are there day and night.")
    assert "takes the place of the file" in told(desk)
    desk.reply("#canned hours")
    assert "day and night" in told(desk, MailKind.RELAY)
    desk.reply("#canned 删除 hours")
    assert "A file of that name" in told(desk)
    desk.reply("#canned hours")
    assert "from 9 to 5" in told(desk, MailKind.RELAY)
    desk.reply("#canned delete hours")
    assert "which only an admin changes" in told(desk)


def test_what_must_not_spread_is_not_saved(desk: MailDesk) -> None:
    seed = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    desk.reply(f"#canned save refund\nYours is {seed}.")
    assert "a recovery phrase, a private key or a card number stands in the text" in told(desk)
    assert () == desk.store.lookups.canned()


def test_the_command_address_saves_and_lists_but_sends_none(desk: MailDesk) -> None:
    desk.command(f"#canned save refund\n{TEXT}")
    assert "“refund” is saved" in told(desk)
    desk.command("#canned refund?")
    assert "Dear {name}, #{number} is paid back." in told(desk)
    desk.command("#canned refund")
    assert "it is sent in a reply in its ticket" in told(desk)
