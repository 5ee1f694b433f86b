"""Servers that check MAIL FROM: the refusal of a sender is the desk's trouble, and no mail fails of it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from brand_desk import BrandDesk
from click.testing import CliRunner
from pump import Clock, PumpedDesk, letter
from smtp_server import SmtpServer

from cli import main
from intake.channels.smtp import SmtpSession
from intake.config.sections import SmtpSettings
from intake.service.retries import Failures
from intake.service.sending import SENDER
from intake.web import make_app

ACCOUNT = "help@desk.example"
LIN = "lin@customer.example"
ADMIN = "root@desk.example"


def own_address(sender: str) -> bool:
    """What 163, QQ, Yandex and Exchange take."""
    return sender == ACCOUNT


def no_null_sender(sender: str) -> bool:
    """What Amazon SES takes."""
    return sender not in ("", "<>")


# The rule of each provider and its words (public threads of their users).
PROVIDERS = {
    "163, QQ": (own_address, "553 Mail from must equal authorized user"),
    "Yandex": (own_address, "553 5.7.1 Sender address rejected: not owned by auth user."),
    "Exchange": (own_address, "550 5.7.60 SMTP; Client does not have permissions to send as this sender"),
    # It names the sender (smtpd_sender_login_maps), and with it the token of an answer's.
    "Postfix": (own_address, "553 5.7.1 <{sender}>: Sender address rejected: not owned by user"),
    "SES": (no_null_sender, "501 Invalid MAIL FROM address provided"),
}


class Server:
    """Takes mail from the senders that `rule` allows, and refuses others in the provider's words."""

    def __init__(self, rule: Callable[[str], bool], words: str) -> None:
        self.rule, self.words = rule, words
        self.asked = 0
        self.kept: list[tuple[str, str]] = []

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.asked += 1
        if not self.rule(address or ""):
            return self.words.replace("{sender}", address or "")
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.kept += [(envelope.mail_from, rcpt) for rcpt in envelope.rcpt_tos]
        return "250 taken"


class Provider(SmtpServer):
    """That server on a port of its own."""

    def protocol(self) -> SMTP:
        return SMTP(self.handler)


@pytest.fixture(params=PROVIDERS.values(), ids=PROVIDERS)
def server(request: pytest.FixtureRequest) -> Iterator[Provider]:
    running = Provider(Server(*request.param))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PumpedDesk]:
    made = PumpedDesk(tmp_path / "desk", "desk.example", Clock(), f"admin = {ADMIN}")
    yield made
    made.close()


def deliver(desk: PumpedDesk, server: Provider, sender: str = "") -> list[str]:
    """Send what is due over SMTP; return what became of each."""
    settings = SmtpSettings(host="127.0.0.1", port=server.port, security="none", sender=sender)
    session = SmtpSession(settings, ACCOUNT)
    try:
        return [desk.service.deliver(outbox_id, session).result for outbox_id in desk.service.tick()]
    finally:
        session.close()


def troubles(desk: PumpedDesk) -> set[str]:
    return {row.key for row in desk.store.troubles.current(desk.clock.now)}


def ask(desk: PumpedDesk, count: int = 1, first: int = 0) -> None:
    for number in range(first, first + count):
        desk.take(letter(f"p{number}@customer.example", ACCOUNT, f"question {number}"))


def letters(desk: PumpedDesk) -> list[int]:
    """The letters that tell the admin of a trouble."""
    rows = desk.store.outbox.list_mails(limit=999)
    return [row.id for row in rows if row.rcpt == ADMIN and row.ticket is None]


def ready(desk: PumpedDesk) -> int:
    return int(make_app(desk.desk).test_client().get("/readyz").status_code)


def test_the_mail_waits_the_admin_is_told_once_and_the_desk_is_not_ready(
    desk: PumpedDesk, server: Provider
) -> None:
    ask(desk)
    assert "failed" not in deliver(desk, server)
    assert [row.state for row in desk.store.outbox.list_mails(limit=9) if row.rcpt.startswith("p0")] == [
        "due"
    ]
    assert f"{SENDER}: <>" in troubles(desk)
    assert 503 == ready(desk)
    assert 1 <= len(letters(desk)) <= 2
    for _ in range(8):
        desk.clock.later(days=1)
        ask(desk, first=int(desk.clock.now.timestamp()))
        assert not {"failed", "unknown"} & set(deliver(desk, server))
    # A week later nothing was given up, and a letter went out each day.
    assert 8 <= len(letters(desk)) <= 10


def test_the_admin_s_letter_gets_through_and_mail_leaves_when_the_sender_is_set(
    desk: PumpedDesk, server: Provider
) -> None:
    ask(desk)
    desk.service.tells._sender = ACCOUNT  # type: ignore[attr-defined]
    deliver(desk, server)
    deliver(desk, server)
    assert (ACCOUNT, ADMIN) in server.handler.kept
    desk.clock.later(minutes=20)
    # Set and started again: what rested in the old process is asked anew.
    desk.service = replace(desk.service, failures=Failures())
    assert {"sent"} == set(deliver(desk, server, ACCOUNT))
    assert (ACCOUNT, "p0@customer.example") in server.handler.kept
    assert set() == troubles(desk)
    assert 200 == ready(desk)


def test_no_token_of_a_sender_stands_in_what_is_told_and_kept(
    desk: PumpedDesk, server: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    ask(desk)
    deliver(desk, server)
    told = [row.what for row in desk.store.troubles.current(desk.clock.now)]
    errors = [row.error for row in desk.store.outbox.list_mails(limit=99)]
    assert any(errors)
    for text in (*told, *errors, caplog.text):
        assert re.search(r"\+a[a-z2-7]{43}@", text) is None


def test_one_mail_is_tried_for_all(desk: PumpedDesk, server: Provider) -> None:
    ask(desk, 30)
    deliver(desk, server)
    assert server.handler.asked - len(server.handler.kept) <= 2


@pytest.mark.parametrize("sender", ["", ACCOUNT], ids=["without", "with"])
def test_check_says_which_senders_are_refused_and_the_cure(
    desk: PumpedDesk, server: Provider, sender: str
) -> None:
    text = desk.config.read_text()
    start, _, end = text.partition("[smtp]\n")
    _, _, rest = end.partition("\n[")
    smtp = f"host = 127.0.0.1\nport = {server.port}\nsecurity = none\nsender = {sender}\n"
    desk.config.write_text(f"{start}[smtp]\n{smtp}\n[{rest}" if rest else f"{start}[smtp]\n{smtp}")
    shown = CliRunner().invoke(main, ["--config", str(desk.config), "check"]).output
    shown = " ".join(shown.split())
    refused = "the server refuses the sender"
    assert (refused in shown) == (not sender), shown
    if not sender:
        assert f"Set sender = {ACCOUNT} in [smtp]" in shown
        assert [] == [part for part in server.handler.words.split("<{sender}>") if part[:20] not in shown]
    assert [] == server.handler.kept


def test_a_brands_account_that_refuses_is_named_by_its_own_section(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    running = Provider(Server(*PROVIDERS["163, QQ"]))
    running.start()
    desk = BrandDesk(tmp_path / "brands", "[smtp beta]\nhost = smtp.example\n", beta="smtp = beta")
    try:
        for box, section in (("beta", "[smtp beta]"), ("support", "[smtp]")):
            desk.asks(box)
            caplog.clear()
            deliver(desk, running)
            told = "\n".join(record.getMessage() for record in caplog.records)
            assert f"set sender in {section} to it" in told
            assert {section} == set(re.findall(r"\[smtp[^]]*\]", told))
    finally:
        desk.close()
        running.stop()
