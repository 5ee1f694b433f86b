"""The archive gets a copy of each mail, and never stands in its way."""

import time

import pytest

from intake.channels.smtp import SmtpSession
from intake.config.sections import SmtpSettings
from intake.desk.effects import MailKind, Outgoing
from intake.testing import SinkServer

ARCHIVE = "archive@desk.example"
RAW = b"From: support@desk.example\r\nTo: lin@customer.example\r\n\r\nHello.\r\n"


@pytest.mark.parametrize(
    ("archive", "refused", "recipients"),
    [
        ("", False, ("lin@customer.example",)),
        (ARCHIVE, False, ("lin@customer.example", ARCHIVE)),
        (ARCHIVE, True, ("lin@customer.example",)),
        ("Lin@customer.example", False, ("lin@customer.example",)),
    ],
)
def test_the_archive_is_a_second_recipient_that_no_header_shows(
    sink: SinkServer, archive: str, refused: bool, recipients: tuple[str, ...]
) -> None:
    sink.on_rcpt = lambda address: "550 5.1.1 no" if refused and address == ARCHIVE else None
    smtp = SmtpSettings(host="127.0.0.1", port=sink.port, security="none", timeout=5, archive=archive)
    session = SmtpSession(smtp, "support@desk.example", time.monotonic)
    session.send(Outgoing(MailKind.RELAY, "", "lin@customer.example", "m1@desk.example", RAW), lambda: True)
    session.close()
    (mail,) = sink.mails
    assert (recipients, RAW) == (mail.recipients, mail.raw)
