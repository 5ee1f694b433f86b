"""Imported tickets, worked with: a reply comes in, an agent answers, time passes; notes stay inside."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from imports import exports
from pump import Clock, PumpedDesk, letter

from intake.desk import tokens
from intake.desk.effects import MailKind
from intake.imports.folder import TicketsFolder
from intake.imports.people import Agents
from intake.imports.planning import Planner, Wishes
from intake.imports.running import Importing
from intake.ports.imports import Known, NewTicket, Written
from intake.store.import_runs import ImportRuns
from intake.store.schema.tables import Entry
from intake.web import make_app

MORE = (
    "status_mails = closing, resolved\n[lifecycle]\nclose_waiting_after = 7d\nremind_waiting_before = 2d\n"
    "[web]\nbase_url = https://help.example"
)


class Sink:
    """The desk's database."""

    def __init__(self, desk: PumpedDesk) -> None:
        self.imports, self.now = desk.desk.database.imports, desk.clock.now
        runs = ImportRuns(desk.desk.database.db, desk.desk.database.blobs)
        self.run = runs.begin("old", "tickets", "test", self.now)

    def known(self, refs: object) -> Known:
        return self.imports.known("old", list(refs))  # type: ignore[call-overload]

    def add(self, tickets: object) -> Written:
        made: list[NewTicket] = list(tickets)  # type: ignore[call-overload]
        return self.imports.add(self.run, "old", made, self.now)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PumpedDesk]:
    made = PumpedDesk(tmp_path / "desk", "desk.example", Clock(), MORE)
    late = (made.clock.now - timedelta(days=40)).isoformat()
    states = ((1, "closed"), (2, "pending"), (3, "open"), (4, "new"))
    records = [exports.ticket(number, status=status, updated_at=late) for number, status in states]
    for entry in (entry for record in records for entry in record["entries"]):
        entry["created_at"] = late
    source = TicketsFolder(exports.write(tmp_path / "old", records), "old", made.clock.now, 1 << 20)
    planner = Planner(source, made.desk.policy, Agents({}), Wishes("support"), made.service.parse)
    Importing(source, planner, Sink(made), lambda done, whole: None, lambda seconds: None).run()
    yield made
    made.close()


def pass_days(desk: PumpedDesk, days: int) -> None:
    """Let time pass, in steps after which the desk does not count as having been off."""
    for _ in range(days * 24 * 60 // 100):
        desk.clock.later(minutes=100)
        desk.deliver()


def test_time_alone_writes_to_nobody_about_what_was_imported(desk: PumpedDesk) -> None:
    pass_days(desk, 4)
    assert desk.sent == []
    tickets = [desk.store.tickets.get(number) for number in (1, 2, 3, 4)]
    states = [ticket.status.value for ticket in tickets if ticket is not None]
    assert states == ["closed", "pending", "open", "new"]


def test_what_waits_is_reminded_of_when_it_was_silent_here_as_long(desk: PumpedDesk) -> None:
    pass_days(desk, 6)
    assert [(mail.rcpt, mail.kind) for mail in desk.sent] == [("person2@customers.example", MailKind.STATUS)]


def test_a_reply_with_the_old_number_goes_on_and_the_note_stays_inside(desk: PumpedDesk) -> None:
    box = replace(desk.service.policy.mailbox("support"), trusted_authserv="mx.desk.example")
    desk.service = replace(desk.service, policy=replace(desk.service.policy, mailboxes={"support": box}))
    proof = "Authentication-Results: mx.desk.example; dmarc=pass header.from=customers.example\r\n"
    desk.write("eve@customers.example", "Re: [#202400003] Wallet 3", "Let me in.", proof)
    assert desk.store.tickets.entries(3)[-1].text == "Status: solved", "the number is no proof"
    desk.write("person3@customers.example", "Re: [#202400003] Wallet 3", "Still broken.", proof)
    desk.deliver()
    assert desk.store.tickets.entries(3)[-1].text.strip() == "Still broken."
    assert desk.agent in {mail.rcpt for mail in desk.sent}
    token = tokens.make(desk.desk.keys[0], tokens.Purpose.AGENT, 3, 1, desk.clock.now + timedelta(days=9))
    to = tokens.address(desk.address, token)
    desk.take(letter(desk.agent, to, "Re: Wallet 3", "It is mended."), sender=desk.agent)
    desk.deliver()
    outside = [mail for mail in desk.sent if mail.rcpt.endswith("@customers.example")]
    assert [mail.kind for mail in outside].count(MailKind.RELAY) >= 1
    for mail in outside:
        assert b"zzprivate" not in mail.raw
        assert b"old.example" not in mail.raw.partition(b"\r\n\r\n")[2]


def test_no_page_shows_a_note_of_the_old_desk(desk: PumpedDesk) -> None:
    client = make_app(desk.desk, patience=0).test_client()
    for number in (1, 2, 3, 4):
        ticket = desk.store.tickets.get(number)
        assert ticket is not None
        link = desk.desk.links.progress(ticket, desk.clock.now, True)
        page = client.get(f"/t/{link.rpartition('/')[2]}")
        shown = page.get_data(as_text=True)
        assert page.status_code == 200
        assert f"Entry 3 of ticket {number}" in shown, "what was answered is shown"
        assert not any(word in shown for word in ("zzprivate", "old.example", "Status: solved"))


def test_agents_and_customers_read_of_which_year_an_old_entry_is(desk: PumpedDesk) -> None:
    desk.desk.database.db.run(Entry.update(created_at=datetime(2019, 11, 15, 12, tzinfo=UTC)))
    box = replace(desk.service.policy.mailbox("support"), trusted_authserv="mx.desk.example")
    desk.service = replace(desk.service, policy=replace(desk.service.policy, mailboxes={"support": box}))
    proof = "Authentication-Results: mx.desk.example; dmarc=pass header.from=customers.example\r\n"
    desk.write("person3@customers.example", "Re: [#202400003] Wallet 3", "Still broken.", proof)
    desk.deliver()
    notice = next(mail for mail in desk.sent if mail.rcpt == desk.agent)
    text = message_from_bytes(notice.raw, policy=policy.default).get_body(("plain",))
    assert text is not None
    assert "November 15, 2019, 12:00" in " ".join(text.get_content().split())
    ticket = desk.store.tickets.get(3)
    assert ticket is not None
    link = desk.desk.links.progress(ticket, desk.clock.now, True)
    page = make_app(desk.desk, patience=0).test_client().get(f"/t/{link.rpartition('/')[2]}")
    assert "November 15, 2019, 12:00" in page.get_data(as_text=True)


@pytest.mark.parametrize("language", ["en", "de", "ja"])
def test_an_answer_of_nobody_known_is_the_desks_in_every_language(desk: PumpedDesk, language: str) -> None:
    desk.desk.database.db.run(Entry.update(author_name="").where(Entry.kind == "reply"))
    ticket = desk.store.tickets.get(3)
    assert ticket is not None
    link = desk.desk.links.progress(ticket, desk.clock.now, True)
    client = make_app(desk.desk, patience=0).test_client()
    shown = client.get(f"/t/{link.rpartition('/')[2]}?lang={language}").get_data(as_text=True)
    assert f"<h3>{desk.desk.settings.desk.name} <span" in " ".join(shown.split())
    assert "Support" not in shown
