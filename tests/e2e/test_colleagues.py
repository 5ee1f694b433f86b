"""Three agents and one ticket over real SMTP: each reads in their mailbox who has it, in their thread."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from desk_mail import LIMITS, MailDesk

from intake import app
from intake.config.settings import load
from intake.desk.ticket import EntryKind
from intake.desk.tokens import Purpose
from intake.testing import SinkServer

ANNA, WEI, BOB = "anna@staff.desk.example", "wei@staff.desk.example", "bob@staff.desk.example"


class Office(MailDesk):
    """Anna, Wei and Bob; what is due goes to the receiver by SMTP."""

    def __init__(self, folder: Path, sink: SinkServer) -> None:
        super().__init__(folder, LIMITS)
        for address, name in ((WEI, "Wei"), (BOB, "Bob")):
            self.store.agents.add(address, name, (), self.clock())
        self.sink = sink
        server = f"[smtp]\nhost = {sink.host}\nport = {sink.port}\nsecurity = none"
        self.config.write_text(self.config.read_text().replace("[smtp]\nhost = 127.0.0.1", server))
        self.store.close()
        self.desk = app.build(load(self.config))
        self.store = self.desk.store
        self.service = replace(self.desk.service, clock=self.clock)

    def go(self) -> None:
        """Send what is due."""
        with closing(self.desk.session()) as session:
            for number in self.service.tick():
                assert "sent" == self.service.deliver(number, session).result

    def writes(self, who: str, text: str, mail: EmailMessage | None = None) -> None:
        """An agent replies to a notification, or to their first one."""
        name, person = {ANNA: ("Anna", 1), WEI: ("Wei", 2), BOB: ("Bob", 3)}[who]
        to = str(mail["Reply-To"].addresses[0].addr_spec) if mail else self.to(Purpose.AGENT, 2, person)
        self.mail(f"{name} <{who}>", to, text)

    def read(self, who: str) -> list[EmailMessage]:
        """What came to somebody since they last looked."""
        mails = [message_from_bytes(one.raw, policy=policy.default) for one in self.sink.to(who)]
        return [mail for mail in mails if isinstance(mail, EmailMessage)]


def words(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


@pytest.fixture
def office(tmp_path: Path, sink: SinkServer) -> Iterator[Office]:
    with closing(Office(tmp_path, sink)) as desk:
        desk.mail("Mia <mia@customer.example>", desk.address, "Where is my wallet?", "Lost")
        desk.go()
        yield desk


def test_a_morning_of_three_agents(office: Office, sink: SinkServer) -> None:
    first = {who: office.read(who)[-1] for who in (ANNA, WEI, BOB)}
    sink.clear()
    office.writes(ANNA, "#mine", first[ANNA])
    office.go()
    assert [] == office.read(ANNA)
    for who in (WEI, BOB):
        (mail,) = office.read(who)
        assert "Anna has taken this ticket." in words(mail)
        assert "Where is my wallet?" not in words(mail)
        assert (first[who]["Subject"], first[who]["References"]) == (mail["Subject"], mail["References"])
    sink.clear()

    office.writes(ANNA, "#note @wei have you seen such a wallet?")
    office.go()
    assert [] == office.read(BOB)
    (asked,) = office.read(WEI)
    assert "Anna asks you." in words(asked)
    office.writes(WEI, "Yes. It is a fake.", asked)
    sink.clear()
    office.go()
    assert ["Yes. It is a fake."] == office.said(EntryKind.NOTE, 2)[1:]
    assert [] == office.read("mia@customer.example")
    (told,) = office.read(ANNA)
    assert "It is a fake." in words(told)
    sink.clear()

    office.writes(BOB, "#watch")
    office.writes(ANNA, "Please write to its maker.")
    office.go()
    (answer,) = office.read("mia@customer.example")
    assert words(answer).startswith("Please write to its maker.")
    # Bob was told two minutes ago that she took it: the next line waits, and holds all that came meanwhile.
    assert [] == office.read(BOB)
    office.writes(ANNA, "#close")
    office.clock.later(minutes=10)
    office.go()
    (mail,) = office.read(BOB)
    assert "Anna answered; waiting for the customer. Anna closed this ticket." in words(mail)
    # Who had read that Anna has it hears nothing more of what she does in her ticket.
    assert [] == office.read(WEI)
