"""Applying decisions: in order, once, and all or nothing."""

from dataclasses import replace

import pytest
from engines import ON_SQL
from store_bench import ANN, Bench

from intake.desk.delivery_effects import MarkDelivery
from intake.desk.effects import (
    AddEntry,
    AddParticipant,
    Assign,
    Finish,
    Mail,
    MailKind,
    OpenTicket,
    Outcome,
    Record,
    RemoveParticipant,
    SetStatus,
)
from intake.desk.message import Address, Attachment, BounceKind
from intake.desk.ticket import EntryKind, Status
from intake.store.blobs import LARGEST_ROW

SHOT = Attachment("shot.png", "image/png", b"\x89PNG", "cid-1", inline=True)


def test_a_new_ticket_with_all_that_belongs_to_it(bench: Bench) -> None:
    raw = b"first"
    ledger_id = bench.receive(raw)
    message = bench.message(
        raw, message_id="in-1@customer.example", attachments=(SHOT, SHOT), defects=("no date",)
    )
    applied = bench.apply(*bench.opening("ack:1"), ledger_id=ledger_id, message=message)
    assert (1, (1,)) == (applied.ticket_id, applied.outbox_ids)
    row = bench.store.ledger.message(ledger_id)
    assert ("done", Outcome.TICKETED, 1, "new_ticket") == (row.state, row.outcome, row.ticket, row.rule)
    assert ("Ann@customer.example", "Printer", "in-1@customer.example", ("no date",)) == (
        row.sender,
        row.subject,
        row.message_id,
        row.defects,
    )
    (entry,) = bench.store.tickets.entries(1)
    assert (EntryKind.CUSTOMER, "Ann", "It smokes.", ledger_id) == (
        entry.kind,
        entry.author_name,
        entry.text,
        entry.message,
    )
    (file,) = entry.files
    assert ("shot.png", "image/png", 4, True) == (file.name, file.media_type, file.size, file.inline)
    assert b"\x89PNG" == bench.store.tickets.file(file.sha256)
    assert b"mail 1" == bench.store.outbox.raw(1)
    (owed,) = bench.store.outbox.list_mails(ticket=1)
    assert ("due", "acknowledgement", "Ann@customer.example") == (owed.state, owed.kind, owed.rcpt)


def test_a_composer_sees_the_ticket_as_the_effects_before_have_left_it(bench: Bench) -> None:
    alice = bench.store.agents.add("alice@desk.example", "Alice", (), bench.now)
    number = bench.open(dedupe="ack:1", message_id="in-1@customer.example")
    bench.later(hours=1)
    bench.apply(
        Mail(MailKind.NOTICE, number, ANN, "a"),
        Assign(number, alice, "printers"),
        Mail(MailKind.STATUS, number, ANN, "b", event="assigned"),
        SetStatus(number, Status.CLOSED),
        Mail(MailKind.STATUS, number, ANN, "c", event="closed"),
    )
    _, before, assigned, closed = bench.seen
    public = ("in-1@customer.example", "out-1@desk.example")
    assert (Status.NEW, None, "", public) == (
        before.status,
        before.assignee,
        before.team,
        before.message_ids,
    )
    assert (alice, "printers", public) == (assigned.assignee, assigned.team, assigned.message_ids)
    assert (Status.CLOSED, bench.now) == (closed.status, closed.closed_at)
    # The notice went to an agent: its id is not the requester's to see.
    assert (*public, "out-3@desk.example") == closed.message_ids
    final = bench.store.tickets.get(number)
    assert replace(closed, message_ids=(*closed.message_ids, "out-4@desk.example")) == final


def test_only_public_mail_is_referred_to(bench: Bench) -> None:
    number = bench.open(message_id="in-1@customer.example")
    for position, kind in enumerate(
        [EntryKind.REPLY, EntryKind.DRAFT, EntryKind.AUTOMATIC, EntryKind.CUSTOMER], start=2
    ):
        raw = b"%d" % position
        message = bench.message(raw, message_id=f"in-{position}@x")
        effect = AddEntry(number, kind, ANN, "x", from_message=True)
        bench.apply(effect, ledger_id=bench.receive(raw), message=message)
    assert ("in-1@customer.example", "in-5@x") == bench.store.tickets.get(number).message_ids
    facts = bench.facts(bench.message(b"y", in_reply_to=("in-3@x",)))
    assert number == facts.by_stored_id.ticket.id, "private ones still lead to their ticket"


def test_owing_a_mail_twice_is_owing_it_once(bench: Bench) -> None:
    number = bench.open(dedupe="ack:1")
    applied = bench.apply(
        Mail(MailKind.ACKNOWLEDGEMENT, number, ANN, "ack:1"), Mail(MailKind.RELAY, number, ANN, "relay:1")
    )
    rows = bench.store.outbox.list_mails()
    assert [applied.outbox_ids[0], 1] == [row.id for row in rows]
    assert ["relay", "acknowledgement"] == [row.kind for row in rows]
    assert ("out-1@desk.example", "out-3@desk.example") == bench.store.tickets.get(number).message_ids


def test_a_template_with_nothing_to_say_makes_no_mail(bench: Bench) -> None:
    number = bench.open()
    bench.compose = lambda mail, ticket: None
    assert () == bench.apply(Mail(MailKind.STATUS, number, ANN, "s")).outbox_ids
    assert [] == bench.store.outbox.list_mails()


def test_a_failure_in_a_savepoint_leaves_its_neighbours(bench: Bench) -> None:
    ids = [bench.receive(raw) for raw in (b"one", b"two", b"three")]
    with bench.store.transaction():
        for ledger_id, raw in zip(ids, (b"one", b"two", b"three"), strict=True):
            try:
                with bench.store.savepoint():
                    message = bench.message(raw)
                    effects = bench.opening(f"ack:{ledger_id}")
                    bench.store.apply(effects, bench.compose, bench.now, ledger_id, message)
                    if ledger_id == 2:
                        raise ValueError("a bad message")
            except ValueError:
                continue
    assert ["done", "waiting", "done"] == [bench.store.ledger.message(one).state for one in ids]
    assert {"ack:1", "ack:3"} == {f"ack:{bench.store.ledger.message(one).id}" for one in (1, 3)}
    assert 2 == len(bench.store.listing.list_tickets())
    assert 2 == len(bench.store.outbox.list_mails())


@ON_SQL
def test_a_failure_in_the_database_leaves_the_neighbours_too(bench: Bench) -> None:
    """PostgreSQL refuses every statement after an error, until the savepoint is rolled back."""
    number = bench.open()
    with bench.store.transaction():
        with pytest.raises(LookupError), bench.store.savepoint():
            bench.store.apply(
                [SetStatus(number, Status.OPEN), SetStatus(99, Status.OPEN)], bench.compose, bench.now
            )
        with pytest.raises(Exception, match=r"(?i)foreign key"), bench.store.savepoint():
            bench.store.apply(
                [AddEntry(number, EntryKind.NOTE, ANN, "x", agent=99)], bench.compose, bench.now
            )
        bench.store.apply([SetStatus(number, Status.PENDING)], bench.compose, bench.now)
    assert Status.PENDING == bench.store.tickets.get(number).status


def test_a_failed_transaction_leaves_nothing(bench: Bench) -> None:
    with pytest.raises(LookupError):
        bench.apply(*bench.opening("ack:1")[:-1], SetStatus(99, Status.OPEN))
    assert ([], []) == (bench.store.listing.list_tickets(), bench.store.outbox.list_mails())


def test_apply_outside_of_a_transaction_is_refused(bench: Bench) -> None:
    with pytest.raises(RuntimeError):
        bench.store.apply([], bench.compose, bench.now)


def test_statuses_set_and_clear_the_time_of_closing(bench: Bench) -> None:
    number = bench.open()
    closed_at = []
    for status in (Status.CLOSED, Status.OPEN, Status.PENDING):
        bench.later(minutes=1)
        bench.apply(SetStatus(number, status))
        ticket = bench.store.tickets.get(number)
        closed_at.append((ticket.status, ticket.closed_at == bench.now, ticket.updated_at == bench.now))
    assert [
        (Status.CLOSED, True, True),
        (Status.OPEN, False, True),
        (Status.PENDING, False, True),
    ] == closed_at


def test_assigning_to_nobody_keeps_the_team(bench: Bench) -> None:
    alice = bench.store.agents.add("alice@desk.example", "Alice", (), bench.now)
    number = bench.open()
    bench.apply(Assign(number, alice, "printers"))
    assert "alice@desk.example" == bench.store.listing.list_tickets(assignee="ALICE@desk.example")[0].assignee
    bench.apply(Assign(number, None))
    ticket = bench.store.tickets.get(number)
    assert (None, "printers") == (ticket.assignee, ticket.team)
    assert [number] == [row.id for row in bench.store.listing.list_tickets(assignee="", team="printers")]


def test_a_delivery_report_is_written_to_its_mail(bench: Bench) -> None:
    outbox_id = bench.owe("relay:1")
    bench.apply(MarkDelivery(outbox_id, BounceKind.FAILED, "550 no such user"))
    assert "550 no such user" == bench.store.outbox.list_mails()[0].error


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.APPENDED, "done"),
        (Outcome.DUPLICATE, "done"),
        (Outcome.AUTOMATIC, "done"),
        (Outcome.QUARANTINED, "quarantined"),
    ],
)
def test_every_outcome_ends_a_message(bench: Bench, outcome: Outcome, state: str) -> None:
    ledger_id = bench.receive(b"mail")
    effect = Finish(outcome, None, "rule", "because", duplicate_of=7)
    bench.apply(effect, ledger_id=ledger_id, message=bench.message(b"mail"))
    row = bench.store.ledger.message(ledger_id)
    assert (state, outcome, None, "because", 7) == (
        row.state,
        row.outcome,
        row.ticket,
        row.reason,
        row.duplicate_of,
    )
    assert [ledger_id] == [one.id for one in bench.store.ledger.list_messages(outcome=outcome, state=state)]


@ON_SQL
def test_a_large_attachment_is_a_file_and_kept_once(bench: Bench) -> None:
    big = Attachment("video.mp4", "video/mp4", b"v" * (LARGEST_ROW + 1))
    for raw in (b"one", b"two"):
        bench.open(raw, attachments=(big,))
    files = [path for path in (bench.data / "blobs").rglob("*") if path.is_file()]
    assert 1 == len(files)
    assert big.content == bench.store.tickets.file(bench.store.tickets.entries(2)[0].files[0].sha256)


def test_a_related_ticket_and_an_archived_one(bench: Bench) -> None:
    first = bench.open()
    bench.apply(OpenTicket("Old", ANN, "en", "support", "printers", "imap", Status.CLOSED, related=first))
    row = bench.store.listing.list_tickets(status="closed")[0]
    assert (2, first, "printers") == (row.id, row.related, row.team)
    assert bench.now == bench.store.tickets.get(2).closed_at


def test_only_what_the_requester_saw_is_quoted_to_him(bench: Bench) -> None:
    """References in a mail to him must name neither agents' mails nor notices to them."""
    number = bench.open(dedupe="ack:1", message_id="in-1@customer.example")
    people = {
        EntryKind.CUSTOMER: "in-2@customer.example",
        EntryKind.REPLY: "reply@staff.example",
        EntryKind.NOTE: "note@staff.example",
        EntryKind.DRAFT: "draft@staff.example",
    }
    for kind, message_id in people.items():
        bench.apply(
            AddEntry(number, kind, ANN, "x", from_message=True),
            message=bench.message(message_id.encode(), message_id=message_id),
        )
    for kind in (MailKind.NOTICE, MailKind.ALERT):
        bench.apply(Mail(kind, number, ANN, f"mail:{kind}"))
    ids = bench.store.tickets.get(number).message_ids
    assert ("in-1@customer.example", "out-1@desk.example", "in-2@customer.example") == ids


def test_a_person_let_in_is_a_participant_until_he_is_let_out(bench: Bench) -> None:
    number = bench.open()
    bob = Address("Bob@customer.example", "Bob")
    bench.apply(AddParticipant(number, bob), AddParticipant(number, Address("bob@CUSTOMER.example")))
    bench.apply(AddParticipant(number, ANN))
    ticket = bench.store.tickets.get(number)
    assert ticket is not None
    assert ("Bob@customer.example",) == ticket.participants
    bench.apply(RemoveParticipant(number, Address("BOB@customer.example")))
    ticket = bench.store.tickets.get(number)
    assert ticket is not None
    assert () == ticket.participants


def test_an_audit_entry_says_who_by_what_authority_and_from_which_message(bench: Bench) -> None:
    number = bench.open()
    ledger = bench.receive(b"a command")
    bench.apply(Record("Anna", "reply token", "closed it", number), ledger_id=ledger)
    (row,) = bench.store.upkeep.list_audit(limit=1)
    assert ("Anna", "reply token", "closed it", number, ledger, bench.now) == (
        row.who,
        row.authority,
        row.what,
        row.ticket,
        row.message,
        row.at,
    )
