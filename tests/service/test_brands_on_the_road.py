"""One desk serves several products: nothing of one shows in a mail of another, on any road."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from brand_desk import ALL, BRANDS, LIN, BrandDesk
from factories import a_ticket
from pump import letter

from intake.desk import lifecycle, tokens
from intake.desk.effects import STATUS_EVENTS, Mail, MailKind, Outgoing
from intake.desk.message import Address, Attachment
from intake.desk.rule_context import own_address
from intake.desk.ticket import Ticket
from intake.desk.tokens import Purpose
from intake.rendering.composer import Composer

EVENTS: dict[MailKind, tuple[str, ...]] = {
    MailKind.ACKNOWLEDGEMENT: ("", "secret"),
    MailKind.WARNING: ("", "malware"),
    MailKind.STATUS: (*STATUS_EVENTS, "closed"),
    MailKind.SURVEY: ("",),
    MailKind.RELAY: ("",),
    MailKind.PARTNER: ("",),
    MailKind.NOTICE: ("", "new", "copy", "reopened"),
    MailKind.ALERT: ("", "confirm", "command", "brake", "assigned"),
    MailKind.ANSWER: ("", "digest", "show", "list", "help"),
}
BOXES = {"alpha": "alpha", "beta": "beta", "gamma": "support"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[BrandDesk]:
    made = BrandDesk(tmp_path / "one")
    yield made
    made.close()


def whole(mail: Outgoing) -> str:
    """Return a mail as a reader and their program have it: its envelope, header and texts, decoded."""
    read: Any = message_from_bytes(mail.raw, policy=policy.default)
    parts = [str(part.get_content()) for part in read.walk() if part.get_content_maintype() == "text"]
    head = [f"{name}: {value}" for name, value in read.items()]
    return "\n".join([mail.mail_from, mail.message_id, *head, *parts]).lower()


def strangers(mail: Outgoing, own: str) -> list[str]:
    """Return which other brands show in a mail."""
    return [name for name in ALL if name != own and name in whole(mail)]


def ticket_of(desk: BrandDesk, number: int) -> Ticket:
    found = desk.store.tickets.get(number)
    assert found is not None
    return found


@pytest.mark.parametrize("own", ALL)
@pytest.mark.parametrize("kind", MailKind)
def test_no_kind_of_mail_shows_another_brand(kind: MailKind, own: str, desk: BrandDesk) -> None:
    made = Composer(desk.desk.settings, desk.desk.policy, desk.desk.keys, links=desk.desk.links)
    lin, anna = Address(LIN, "Lin"), desk.store.agents.enabled()[0]
    ticket = a_ticket(mailbox=BOXES[own], requester=lin, team="", assignee=anna, message_ids=())
    files = (Attachment("film.mp4", "video/mp4", b"0" * 40),)
    seen = 0
    for event in EVENTS[kind]:
        mail = Mail(
            kind, ticket.id, lin, "key", anna, lin, "Some words.", event, question=1, quote_subject=True,
            attachments=files, left_out=("large.zip",), draft=3 if event == "confirm" else 0,
        )  # fmt: skip
        out = made.compose(mail, ticket, desk.clock.now)
        assert out is not None
        assert [] == strangers(out, own), event
        text = whole(out)
        assert f"from: {'anna (' if kind.by_agent else ''}{own} " in text.replace('"', "")
        assert f"@{own}.example" in text
        seen += 1
    assert seen == len(EVENTS[kind])


@pytest.mark.parametrize("own", ALL)
def test_a_ticket_is_of_the_brand_it_came_in_by_from_its_first_mail_to_its_last(
    own: str, desk: BrandDesk
) -> None:
    number = desk.asks(BOXES[own])
    anna = desk.store.agents.enabled()[0]
    sent = desk.out()
    desk.service.act(lifecycle.reply(ticket_of(desk, number), anna, "Try again.", "k", desk.desk.policy))
    sent += desk.out()
    desk.service.act(lifecycle.close(ticket_of(desk, number), "Anna", "k"))
    desk.clock.later(days=6)
    sent += desk.out()
    kinds = {mail.kind for mail in sent}
    assert {"acknowledgement", "notice", "relay", "status", "survey"} <= {kind.value for kind in kinds}
    assert [] == [(mail.kind, found) for mail in sent if (found := strangers(mail, own))]
    relay = next(mail for mail in sent if mail.kind is MailKind.RELAY)
    assert f"{own} signature" in whole(relay)
    acknowledged = next(mail for mail in sent if mail.kind is MailKind.ACKNOWLEDGEMENT)
    assert (f"the {own} people will read it" in whole(acknowledged)) is (own in BRANDS)
    assert f"https://help.{own}.example/t/" in whole(acknowledged)


def test_agents_read_which_brand_a_ticket_is_of(desk: BrandDesk) -> None:
    desk.asks("beta")
    notice = next(mail for mail in desk.out() if mail.kind is MailKind.NOTICE)
    assert "brand      beta help" in whole(notice)
    desk.asks("support")
    notice = next(mail for mail in desk.out() if mail.kind is MailKind.NOTICE)
    assert "brand " not in whole(notice)


def test_what_a_customer_writes_to_the_other_brand_about_a_ticket_stays_of_its_brand(
    desk: BrandDesk,
) -> None:
    number = desk.asks("alpha")
    desk.out()
    expires = tokens.lifetime(desk.clock.now, 9)
    token = tokens.make(desk.desk.keys[0], Purpose.CUSTOMER, number, 0, expires)
    to = tokens.address("help@alpha.example", token)
    # Their provider, or a colleague, brought it to the other mailbox.
    desk.came("beta", letter(LIN, to, "Re: My coins", "And another thing."), to="help@beta.example")
    assert "alpha" == ticket_of(desk, number).mailbox
    sent = desk.out()
    assert sent
    assert [] == [mail.kind for mail in sent if strangers(mail, "alpha")]


def test_one_person_with_a_ticket_at_each_brand_gets_each_ones_mail(desk: BrandDesk) -> None:
    numbers = {name: desk.asks(BOXES[name]) for name in ALL}
    assert 3 == len(set(numbers.values()))
    mine = [mail for mail in desk.out() if mail.rcpt == LIN]
    assert 3 == len(mine)
    assert sorted(ALL) == sorted(
        name for mail in mine for name in ALL if name in whole(mail) and not strangers(mail, name)
    )


@pytest.mark.parametrize(("target", "source"), [("alpha", "beta"), ("beta", "support")])
def test_tickets_that_are_merged_are_of_the_targets_brand(target: str, source: str, desk: BrandDesk) -> None:
    into, other = desk.asks(target), desk.asks(source)
    desk.out()
    to = tokens.address(
        desk.desk.policy.mailbox(source).address,
        tokens.make(desk.desk.keys[0], Purpose.AGENT, other, 1, tokens.lifetime(desk.clock.now, 9)),
    )
    desk.came(source, letter(desk.agent, to, "Re: My coins", f"#merge {into}"), desk.agent, to)
    assert into == ticket_of(desk, other).merged_into
    desk.out()
    anna = desk.store.agents.enabled()[0]
    desk.service.act(lifecycle.reply(ticket_of(desk, into), anna, "Both.", "k", desk.desk.policy))
    (relay,) = [mail for mail in desk.out() if mail.kind is MailKind.RELAY]
    own = next(name for name, box in BOXES.items() if box == target)
    head = relay.raw.partition(b"\r\n\r\n")[0].decode().lower()
    for field in ("from", "reply-to", "message-id"):
        (line,) = re.findall(rf"(?m)^{field}: (.*)$", head)
        assert own in line, field
    assert [] == [name for name in ALL if name != own and f"{name} signature" in whole(relay)]


@pytest.mark.parametrize("name", ALL)
def test_every_brands_address_is_the_desks_own(name: str, desk: BrandDesk) -> None:
    assert own_address(f"help@{name}.example", desk.desk.policy)
    assert own_address(f"help+token@{name}.example", desk.desk.policy)


def test_a_mail_of_one_brand_that_comes_to_the_other_opens_nothing(desk: BrandDesk) -> None:
    desk.asks("alpha")
    acknowledged = next(mail for mail in desk.out() if mail.kind is MailKind.ACKNOWLEDGEMENT)
    before = len(desk.store.ledger.list_messages())
    desk.came("beta", acknowledged.raw, "", "help@beta.example")
    rows = desk.store.ledger.list_messages()
    assert ["own_mail"] == [row.rule for row in rows[: len(rows) - before]]
    assert [] == desk.out()


def test_an_answer_in_the_ticket_of_a_person_who_copied_both_brands_goes_to_people_alone(
    desk: BrandDesk,
) -> None:
    number = desk.asks("alpha", more="Cc: help@beta.example, boss@customer.example\r\n")
    desk.out()
    anna = desk.store.agents.enabled()[0]
    desk.service.act(lifecycle.reply(ticket_of(desk, number), anna, "Yes.", "k", desk.desk.policy))
    assert all("beta" not in mail.rcpt for mail in desk.out())


def test_a_brand_that_lacks_a_mistaken_template_is_told_and_written_by_what_stands_behind(
    desk: BrandDesk, tmp_path: Path
) -> None:
    words = tmp_path / "one" / "alpha" / "mail" / "en" / "words.j2"
    words.write_text("{{ nobody }}")
    desk.close()
    from intake.rendering.templates import renderer

    renderer.cache_clear()
    desk.open()
    desk.asks("alpha")
    acknowledged = next(mail for mail in desk.out() if mail.kind is MailKind.ACKNOWLEDGEMENT)
    assert "alpha help" in whole(acknowledged)
    assert [] == strangers(acknowledged, "alpha")
    from intake.app import tell_mistakes

    tell_mistakes(desk.desk)
    (told,) = desk.out()
    assert "boss@staff.example" == told.rcpt
    assert "mail/en/words.j2" in whole(told)


def test_the_desks_own_templates_stand_behind_those_of_a_brand(desk: BrandDesk, tmp_path: Path) -> None:
    own = tmp_path / "one" / "own" / "mail" / "en" / "words.j2"
    own.parent.mkdir(parents=True)
    own.write_text(
        '{% extends "default/mail/en/words.j2" %}{% block acknowledgement_lead %}Shared words.{% endblock %}'
    )
    text = desk.config.read_text().replace("[web]", "templates = own\n[web]")
    desk.config.write_text(text.replace("templates = alpha", ""))
    desk.close()
    desk.open()
    said = {}
    for name in ALL:
        desk.asks(BOXES[name], sender=f"{name[0]}@customer.example")
        said[name] = next(whole(m) for m in desk.out() if m.kind is MailKind.ACKNOWLEDGEMENT)
    assert "shared words" in said["alpha"]
    assert "shared words" in said["gamma"]
    assert "the beta people" in said["beta"]


def test_an_agents_answer_by_mail_leaves_at_the_brands_address(desk: BrandDesk) -> None:
    desk.asks("beta")
    notice = next(mail for mail in desk.out() if mail.kind is MailKind.NOTICE)
    read: Any = message_from_bytes(notice.raw, policy=policy.default)
    to = read["Reply-To"].addresses[0].addr_spec
    assert to.endswith("@beta.example")
    desk.came("beta", letter(desk.agent, to, "Re: My coins", "Please try again."), desk.agent, to)
    (relay,) = [mail for mail in desk.out() if mail.kind is MailKind.RELAY]
    assert [] == strangers(relay, "beta")
    assert "help@beta.example" in whole(relay)


def test_a_ticket_of_a_mailbox_that_is_gone_is_written_by_the_first_as_before(desk: BrandDesk) -> None:
    number = desk.asks("support")
    gone = replace(ticket_of(desk, number), mailbox="gone")
    made = Composer(desk.desk.settings, desk.desk.policy, desk.desk.keys, links=desk.desk.links)
    mail = Mail(MailKind.RELAY, number, Address(LIN), "key", desk.store.agents.enabled()[0], text="Hello.")
    out = made.compose(mail, gone, desk.clock.now)
    assert out is not None
    assert [] == strangers(out, "gamma")


# A brand, and another by whose mailbox a command comes.
ELSEWHERE = [("alpha", "beta"), ("beta", "gamma"), ("gamma", "alpha")]


def agents_address(desk: BrandDesk, box: str, purpose: Purpose, number: int) -> str:
    """An address of a mailbox that is Anna's to write to."""
    token = tokens.make(desk.desk.keys[0], purpose, number, 1, tokens.lifetime(desk.clock.now, 9))
    return tokens.address(desk.desk.policy.mailbox(box).address, token)


@pytest.mark.parametrize(("own", "by"), ELSEWHERE)
def test_what_is_split_off_is_of_the_brand_of_its_ticket_by_whatever_mailbox_the_command_comes(
    own: str, by: str, desk: BrandDesk
) -> None:
    number = desk.asks(BOXES[own])
    desk.came(
        BOXES[own],
        letter(
            LIN, agents_address(desk, BOXES[own], Purpose.CUSTOMER, number), "Re: My coins", "Another thing."
        ),
    )
    desk.out()
    to = agents_address(desk, BOXES[own], Purpose.AGENT, number)
    desk.came(BOXES[by], letter(desk.agent, to, "Re: My coins", "#split Another"), desk.agent, to)
    made = ticket_of(desk, number + 1)
    assert ("Another", BOXES[own]) == (made.subject, made.mailbox)
    sent = desk.out()
    anna = desk.store.agents.enabled()[0]
    desk.service.act(lifecycle.reply(made, anna, "Try again.", "k", desk.desk.policy))
    sent += desk.out()
    assert LIN in {mail.rcpt for mail in sent}
    assert [] == [(mail.kind, found) for mail in sent if (found := strangers(mail, own))]


@pytest.mark.parametrize("own", ALL)
def test_a_new_ticket_by_an_agent_is_of_the_brand_that_they_wrote_to(own: str, desk: BrandDesk) -> None:
    to = agents_address(desk, BOXES[own], Purpose.COMMAND, 0)
    desk.came(BOXES[own], letter(desk.agent, to, "Your parcel", f"#new {LIN}\n\nIt is here."), desk.agent, to)
    assert BOXES[own] == ticket_of(desk, 1).mailbox
    (relay,) = [mail for mail in desk.out() if mail.kind is MailKind.RELAY]
    assert (LIN, []) == (relay.rcpt, strangers(relay, own))


@pytest.mark.parametrize(("own", "by"), ELSEWHERE[:1])
def test_a_new_ticket_is_not_opened_out_of_another_and_the_agent_reads_that_in_its_brand(
    own: str, by: str, desk: BrandDesk
) -> None:
    number = desk.asks(BOXES[own])
    desk.out()
    to = agents_address(desk, BOXES[own], Purpose.AGENT, number)
    new = "#new eve@elsewhere.example\n\nIt is here."
    desk.came(BOXES[by], letter(desk.agent, to, "Your parcel", new), desk.agent, to)
    assert desk.store.tickets.get(number + 1) is None
    sent = desk.out()
    assert {desk.agent} == {mail.rcpt for mail in sent}
    assert [] == [(mail.kind, found) for mail in sent if (found := strangers(mail, own))]
