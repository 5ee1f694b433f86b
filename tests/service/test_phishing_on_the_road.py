"""A customer passes on a mail in our name: the agent reads all of it, and can click nothing."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from pump import Clock, PumpedDesk

from intake.desk.ticket import EntryKind

LIN = "lin@customer.example"
TEXT = (
    "Is this you?\r\n\r\n---------- Forwarded message ---------\r\nFrom: Acme Help <x@acmewa11et.com>\r\n"
    "Date: Thu, 1 Jan 2026 at 07:00\r\nSubject: Your wallet\r\nTo: <lin@customer.example>\r\n\r\n"
    "Verify at https://acmewa11et.com/login?u=1 now.\r\n"
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PumpedDesk]:
    made = PumpedDesk(tmp_path, "acmewallet.com", Clock())
    yield made
    made.close()


def test_the_agent_reads_all_of_it_and_clicks_nothing(desk: PumpedDesk) -> None:
    desk.write(LIN, "Fwd: Your wallet", TEXT)
    desk.deliver()
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert ("phishing", True) == (ticket.category, "phishing" in ticket.tags)
    assert {
        "domain": "acmewa11et[.]com",
        "url": "hxxps://acmewa11et[.]com/login?u=1",
        "sender": "x@acmewa11et[.]com",
    } == dict(ticket.fields)
    notice = next(mail for mail in desk.sent if mail.rcpt == desk.agent)
    parts = message_from_bytes(notice.raw, policy=policy.default).walk()
    texts = [part.get_content() for part in parts if part.get_content_maintype() == "text"]
    assert all("hxxps://acmewa11et[.]com/login?u=1" in text for text in texts)
    assert [] == [text for text in texts if "acmewa11et.com" in text]
    # The mail itself stays as it came, and so does the whole text of the entry.
    (entry,) = [entry for entry in desk.store.tickets.entries(1) if entry.kind is EntryKind.CUSTOMER]
    assert b"https://acmewa11et.com/login" in (desk.store.ledger.raw(entry.message or 0) or b"")
    assert "hxxps://acmewa11et[.]com/login?u=1 now" in entry.text


def test_what_an_agent_passes_on_is_their_customers_request(desk: PumpedDesk) -> None:
    desk.write(desk.agent, "Fwd: Your wallet", TEXT)
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert "phishing" != ticket.category
