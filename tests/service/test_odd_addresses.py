"""People whose address is older than the rules: read, answered, found and erased like any other's."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from pump import Clock, PumpedDesk, letter
from smtp_server import SmtpServer

from intake.channels.smtp import SmtpSession
from intake.config.sections import SmtpSettings
from intake.desk.addresses import as_kept
from intake.desk.effects import MailKind
from intake.mail.parse import parse
from intake.views import TicketFilter

# How the address comes in a header, how we keep it, and how a server is told it.
ODD = {
    "dots of a telephone": ("taro..yamada.@docomo.example",) * 2 + ('"taro..yamada."@docomo.example',),
    "two dots": ("a..b@docomo.example",) * 2 + ('"a..b"@docomo.example',),
    "a dot at its end": ("a.@ezweb.example",) * 2 + ('"a."@ezweb.example',),
    "dots in quotes": ('"a..b"@docomo.example', "a..b@docomo.example", '"a..b"@docomo.example'),
    "a blank in quotes": ('"taro yamada"@x.example',) * 3,
    "an at sign in quotes": ('"taro@home"@x.example',) * 3,
    "a quote in quotes": (r'"ta\"ro"@x.example',) * 3,
    "quotes without need": ('"taro"@x.example', "taro@x.example", "taro@x.example"),
}
ANSWER = "Press the second button."


class Server(SMTP):
    """Keeps what RCPT says to the letter."""

    async def smtp_RCPT(self, arg: str) -> None:
        self.event_handler.told.append(arg)
        await super().smtp_RCPT(arg)


class Strict:
    def __init__(self) -> None:
        self.told: list[str] = []
        self.mails: list[bytes] = []

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.mails.append(envelope.original_content)
        return "250 taken"


class Receiving(SmtpServer):
    def protocol(self) -> SMTP:
        return Server(self.handler)


@pytest.fixture
def server() -> Iterator[Any]:
    receiving = Receiving(Strict())
    receiving.start()
    yield receiving
    receiving.stop()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PumpedDesk]:
    made = PumpedDesk(tmp_path / "one", "desk.example", Clock())
    yield made
    made.close()


@pytest.mark.parametrize(("written", "kept", "told"), ODD.values(), ids=ODD)
def test_they_are_answered_over_smtp_and_their_answer_comes_back(
    desk: PumpedDesk, server: Any, written: str, kept: str, told: str
) -> None:
    desk.take(letter(f"Taro <{written}>", desk.address, "docomo"), sender=kept)
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert kept == ticket.requester.mailbox

    settings = SmtpSettings(host="127.0.0.1", port=server.port, security="none")
    session = SmtpSession(settings, "help@desk.example")
    results = [desk.service.deliver(one, session).result for one in desk.service.tick()]
    session.close()

    assert {"sent"} == set(results)
    assert f"TO:<{told}>" in server.handler.told
    mail = server.handler.mails[server.handler.told.index(f"TO:<{told}>")]
    # Other programs read the header as the same address.
    (to,) = message_from_bytes(mail, policy=policy.default)["To"].addresses
    assert kept == as_kept(to.addr_spec)
    assert (kept,) == tuple(one.mailbox for one in parse(mail).to)

    # Their mail server may write the address either way.
    desk.clock.later(minutes=5)
    desk.take(letter(told, desk.reply_address(1), "Re: docomo", "Thank you."), sender=kept)
    assert None is desk.store.tickets.get(2)


@pytest.mark.parametrize(("written", "kept", "told"), ODD.values(), ids=ODD)
def test_a_bounce_in_their_name_is_told_apart(written: str, kept: str, told: str) -> None:
    raw = (
        "From: MAILER-DAEMON@mx.example\r\nTo: help@desk.example\r\nSubject: Undelivered Mail\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\n\r\nIt failed.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; {told}\r\nAction: failed\r\n"
        "Status: 5.1.1\r\n\r\n--b--\r\n"
    )
    bounce = parse(raw.encode()).bounce
    assert bounce is not None
    assert (kept,) == bounce.recipients


def test_postfix_in_words_alone_names_a_quoted_one() -> None:
    raw = (
        "From: MAILER-DAEMON@mx.example\r\nTo: help@desk.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n\r\nThis is the mail system at host mx.example.\r\n"
        "\r\nI'm sorry to have to inform you that your message could not\r\nbe delivered.\r\n\r\n"
        '<"a..b."@docomo.example>: host mx.docomo.example said: 550 Unknown user\r\n'
    )
    bounce = parse(raw.encode()).bounce
    assert bounce is not None
    assert ("a..b.@docomo.example",) == bounce.recipients


def test_the_first_one_does_not_take_another_for_its_own(desk: PumpedDesk) -> None:
    desk.write("<a..b@docomo.example>", "one")
    desk.write("<a.b@docomo.example>", "two")
    assert "a.b@docomo.example" == desk.store.tickets.get(2).requester.mailbox


@pytest.mark.parametrize("asked", ["taro..yamada.@docomo.example", '"Taro..Yamada."@Docomo.example'])
def test_they_are_found_and_erased_by_either_form(desk: PumpedDesk, asked: str) -> None:
    from click.testing import CliRunner

    from intake.cli import main

    desk.write("taro..yamada.@docomo.example", "docomo")
    desk.write("bob@y.example", "Bob's", extra='Cc: "taro..yamada."@docomo.example, lin@z.example\r\n')
    run = lambda *words: CliRunner().invoke(main, ["--config", str(desk.config), *words])  # noqa: E731
    assert "docomo" in run("search", asked).output
    assert "docomo" in run("ticket", "list", "--requester", asked).output
    assert 1 == len(desk.store.listing.find_tickets(TicketFilter(search=asked), 9)[:1])

    done = run("erase", asked, "--yes")

    assert 0 == done.exit_code, done.output
    assert "1 ticket" in done.output
    left = b"".join(path.read_bytes() for path in (desk.config.parent).rglob("*") if path.is_file())
    assert b"yamada" not in left
    assert b"lin@z.example" in left


def test_a_notice_names_them_and_an_agents_answer_reaches_them(desk: PumpedDesk) -> None:
    taro = "taro..yamada.@docomo.example"
    desk.take(letter(f"Taro <{taro}>", desk.address, "docomo"), sender=taro)
    desk.deliver()
    (notice,) = [one.raw for one in desk.sent if one.kind is MailKind.NOTICE]
    assert taro.encode() in notice
    desk.sent.clear()
    reply_to = message_from_bytes(notice, policy=policy.default)["Reply-To"].addresses[0].addr_spec
    desk.clock.later(minutes=5)
    desk.take(letter(f"Anna <{desk.agent}>", reply_to, "Re: docomo", ANSWER), sender=desk.agent)
    desk.deliver()
    (answer,) = [one for one in desk.sent if one.kind is MailKind.RELAY]
    assert taro == answer.rcpt
    assert ANSWER.encode() in answer.raw
