"""Lists by mail, from the command to the mail that a link in them begins."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from desk_mail import LIN, MailDesk, html_of, subject_of, text_of

from intake.desk.effects import MailKind, Outcome, Outgoing
from intake.desk.sensitive import leaks
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose

EVE = "eve@elsewhere.example"
SIGNATURE = "\nAnna Berg\nLumen Support, +49 30 1234567\n"


@pytest.fixture
def desk(tmp_path) -> Iterator[MailDesk]:
    desk = MailDesk(tmp_path)
    desk.mail(f"Eve <{EVE}>", desk.address, "Where is my parcel?", "My parcel")
    desk.out()
    yield desk
    desk.close()


def asked(desk: MailDesk, text: str) -> Outgoing:
    desk.command(text)
    (answer,) = desk.out(MailKind.ANSWER)
    return answer


def link(mail: Outgoing, text: str) -> tuple[str, str, str]:
    """Address, subject and text of the mail that a link begins, as a client makes it."""
    href = re.findall(rf'<a href="(mailto:[^"]*)"[^>]*>{text}</a>', html_of(mail))[0].replace("&amp;", "&")
    parts = urlsplit(href)
    fields = parse_qs(parts.query)
    return unquote(parts.path), fields["subject"][0], fields["body"][0].replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("command", "title"),
    [
        ("#list team", "Open tickets of your teams (2)"),
        ("#todo", "To do: your tickets and your teams' unassigned ones, by what is due (2)"),
        ("#待办", "To do: your tickets and your teams' unassigned ones, by what is due (2)"),
        ("#due", "What is due next, for you and your teams"),
        ("#snoozed", "Snoozed tickets of you and your teams"),
        ("#search coins", "Tickets with “coins” (1)"),
        (f"#list from {LIN}", f"Tickets of {LIN} (1)"),
        (f"#列表 来自 {LIN}", f"Tickets of {LIN} (1)"),
        (f"#list Lin <{LIN}>", f"Tickets of {LIN} (1)"),
        ("#mine", "Your open tickets"),
    ],
)
def test_each_list_is_sent_as_text_and_as_html(desk: MailDesk, command: str, title: str) -> None:
    answer = asked(desk, command)
    assert title in text_of(answer)
    assert title.replace("'", "&#39;") in html_of(answer)
    assert (Outcome.COMMAND, "command_mail") == desk.outcome()


def test_a_requesters_list_has_what_was_closed(desk: MailDesk) -> None:
    desk.reply("#close")
    desk.out()
    assert "#1   My coins are late" in text_of(asked(desk, f"#list from {LIN}"))


def test_mine_in_a_reply_takes_the_ticket_and_sends_no_list(desk: MailDesk) -> None:
    desk.reply("#mine")
    assert [] == desk.out(MailKind.ANSWER)
    assert "Anna" == desk.store.tickets.get(1).assignee.name
    assert "#1   My coins are late" in text_of(asked(desk, "#mine"))


@pytest.mark.parametrize("below", ["", SIGNATURE, "\n-- \nAnna", "\n\nSent from my iPhone\n"])
def test_a_link_of_a_list_opens_the_ticket_and_sends_nothing_to_the_customer(
    desk: MailDesk, below: str
) -> None:
    to, subject, text = link(asked(desk, "#todo"), "#1")
    desk.mail(f"Anna <{desk.agent}>", to, f"{text}{below}", subject)
    (answer,) = desk.out()
    assert (MailKind.ANSWER, desk.agent, "[#1] My coins are late") == (
        answer.kind,
        answer.rcpt,
        subject_of(answer),
    )
    assert "Please help." in text_of(answer)
    assert ([], []) == (desk.said(EntryKind.REPLY), desk.said(EntryKind.DRAFT))
    assert (Outcome.COMMAND, "agent_reply") == desk.outcome()


def test_a_link_of_a_list_takes_the_ticket(desk: MailDesk) -> None:
    to, subject, text = link(asked(desk, "#todo"), "Take it")
    desk.mail(f"Anna <{desk.agent}>", to, f"{text}{SIGNATURE}", subject)
    assert "Anna" == desk.store.tickets.get(1).assignee.name
    assert ([], [], []) == (desk.said(EntryKind.REPLY), desk.said(EntryKind.DRAFT), desk.out(MailKind.RELAY))


def test_what_is_written_above_the_line_of_such_a_mail_is_an_answer_as_ever(desk: MailDesk) -> None:
    to, subject, text = link(asked(desk, "#todo"), "#1")
    desk.mail(f"Anna <{desk.agent}>", to, text.replace("#show\n", "Look under the sofa.\n"), subject)
    (relay,) = desk.out(MailKind.RELAY)
    assert (LIN, ["Look under the sofa."]) == (relay.rcpt, desk.said(EntryKind.REPLY))


def test_a_link_of_a_list_is_nothing_in_anybody_elses_hands(desk: MailDesk) -> None:
    to, subject, text = link(asked(desk, "#todo"), "#1")
    desk.mail(EVE, to, text, subject)
    assert [] == desk.out(MailKind.ANSWER)
    assert [] == desk.said(EntryKind.CUSTOMER)[1:]


def test_a_list_that_is_quoted_to_a_customer_is_held(desk: MailDesk) -> None:
    # In a reply to a notification, without the line that tells where a quote begins.
    rest = text_of(asked(desk, "#list team")).partition("Open tickets of your teams")[2]
    for quoted in (rest, rest.partition("---\n#help")[0]):
        desk.reply(f"See below.\n\n{quoted}")
        assert [] == desk.out(MailKind.RELAY)
    assert 2 == len(desk.said(EntryKind.DRAFT))


def in_html(desk: MailDesk, html: str, text: str) -> bytes:
    """A reply of Anna's to a notification of ticket 1, as text and as HTML."""
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Anna <{desk.agent}>", desk.to(Purpose.AGENT, 1, 1)
    mail["Subject"], mail["Message-ID"] = "Re: coins", f"<{len(html)}@staff.example>"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    return mail.as_bytes()


def test_a_list_in_the_quote_of_a_reply_in_html_stays_inside(desk: MailDesk) -> None:
    answer = asked(desk, "#list team")
    quoted = "".join(f"> {line}\n" for line in text_of(answer).splitlines())
    said = "On 23 Nov 2026, at 12:00, Lumen wrote:"
    html = (
        f'<div>Under the sofa.</div><blockquote type="cite"><div>{said}</div>{html_of(answer)}</blockquote>'
    )
    desk.take(in_html(desk, html, f"Under the sofa.\n\n> {said}\n>\n{quoted}"), sender=desk.agent)
    (relay,) = desk.out(MailKind.RELAY)
    assert ["Under the sofa."] == desk.said(EntryKind.REPLY)
    assert b"mailto:" not in relay.raw
    assert b"parcel" not in relay.raw

    # A table that was copied without anything around it has the agent's own addresses in it.
    table = html_of(answer).partition("<table")[2].partition("</table>")[0]
    desk.take(
        in_html(desk, f"<p>See:</p><table{table}</table>", "See: #1 My coins are late"), sender=desk.agent
    )
    for relay in desk.out(MailKind.RELAY):
        body = relay.raw.partition(b"\r\n\r\n")[2]
        assert not leaks.held(body, desk.desk.keys)
        assert b"mailto:" not in body


@pytest.mark.parametrize("command", ["#show", "#show 1", "#查看", "#full"])
def test_show_in_a_reply_is_the_ticket_at_hand(desk: MailDesk, command: str) -> None:
    desk.reply(command)
    (answer,) = desk.out(MailKind.ANSWER)
    assert "[#1] My coins are late" == subject_of(answer)
    assert "Please help." in text_of(answer)


def test_show_without_a_ticket_asks_for_its_number(desk: MailDesk) -> None:
    desk.command("#show")
    (alert,) = desk.out(MailKind.ALERT)
    assert "it needs the number of a ticket" in text_of(alert)
