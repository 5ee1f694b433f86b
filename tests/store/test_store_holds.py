"""A hold beats all that would take something away: not a byte of what is held is lost, on each engine."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from engines import ON_SQL
from store_bench import ANN, KEY, Bench

from intake.desk.effects import AddEntry, Amend, Redact, SetStatus
from intake.desk.incident import holds
from intake.desk.incident.changes import PlaceHold
from intake.desk.message import Address, Attachment
from intake.desk.ticket import EntryKind, Status
from intake.ports import Temporary
from intake.store.import_runs import ImportRuns
from intake.store.schema.tables import TABLES, Entry, Message
from intake.store.schema.tables import Attachment as FileRow
from intake.store.upkeep.erasure import Erasing
from intake.store.upkeep.orphans import Orphans

EVE = Address("eve@elsewhere.example", "Eve")
FILE = Attachment("proof.txt", "text/plain", b"a file of proof")


def filled(bench: Bench) -> None:
    """Ann's tickets 1 (to be held) and 2, with words of hers and of Eve's, files, and mails of ours."""
    for number, raw in enumerate((b"held words", b"other words"), 1):
        bench.open(raw, dedupe=f"ack {number}", message_id=f"{number}@x.example")
        bench.apply(
            AddEntry(number, EntryKind.CUSTOMER, EVE, "I saw it", attachments=(FILE,) if number == 1 else ()),
            AddEntry(number, EntryKind.EVENT, ANN, f"seen by {ANN.mailbox}"),
            SetStatus(number, Status.CLOSED),
        )
    bench.receive(b"of no ticket")


def of_ticket(bench: Bench, number: int = 1) -> dict[str, Any]:
    """All that the database has of a ticket, bytes included."""
    db, blobs = bench.store.db, bench.store.blobs  # type: ignore[attr-defined]
    there: dict[str, Any] = {}
    for table in TABLES:
        if "ticket" in table._meta.fields and table._meta.table_name not in ("hold", "ticket_link", "audit"):
            rows = db.rows(table.select().where(table.ticket == number).tuples())  # type: ignore[attr-defined]
            there[table._meta.table_name] = sorted(map(repr, rows))
    entries = [entry for (entry,) in db.rows(Entry.select(Entry.id).where(Entry.ticket == number).tuples())]
    raw = [
        name for (name,) in db.rows(Message.select(Message.sha256).where(Message.ticket == number).tuples())
    ]
    raw += [
        name for (name,) in db.rows(FileRow.select(FileRow.sha256).where(FileRow.entry.in_(entries)).tuples())
    ]
    there["bytes"] = [blobs.get(name) for name in raw]
    assert all(there["bytes"])
    return there


def erase(bench: Bench) -> None:
    erasing(bench).erase([1, 2], ANN.mailbox, (), KEY, "root", bench.now)


def erase_another(bench: Bench) -> None:
    erasing(bench).erase([], EVE.mailbox, (), KEY, "root", bench.now)


def retain(bench: Bench) -> None:
    made, before = erasing(bench), bench.now + timedelta(days=1)
    made.erase(
        made.tickets_closed_before(before), "", made.messages_before(before), KEY, "retention", bench.now
    )


def redact(bench: Bench) -> None:
    with pytest.raises(Temporary):
        bench.apply(Redact(1, "Anna", ("smokes", "proof")))


def collect(bench: Bench) -> None:
    orphans = Orphans(bench.store.db, bench.store.blobs)  # type: ignore[attr-defined]
    orphans.remove_orphan_rows()
    orphans.remove_orphan_files(0)


def forget_an_import(bench: Bench) -> None:
    runs = ImportRuns(bench.store.db, bench.store.blobs)  # type: ignore[attr-defined]
    with bench.store.transaction():
        assert (1, "it is held") in runs._forget([1], 1, bench.now).kept


def erasing(bench: Bench) -> Erasing:
    return Erasing(bench.store.db, bench.store.blobs)  # type: ignore[attr-defined]


WAYS: tuple[Callable[[Bench], None], ...] = (
    redact, erase_another, retain, collect, forget_an_import, erase,
)  # fmt: skip


@ON_SQL
@pytest.mark.parametrize("whose", ["ticket", "person"])
def test_nothing_of_what_is_held_is_lost_in_any_way_that_takes_things_away(bench: Bench, whose: str) -> None:
    filled(bench)
    place = (
        holds.place(1, "theft", "Anna") if whose == "ticket" else [PlaceHold(0, "theft", "Anna", ANN.mailbox)]
    )
    bench.apply(*place)
    before, lost = of_ticket(bench), []
    for way in WAYS:
        way(bench)
        lost += [(way.__name__, name) for name, rows in of_ticket(bench).items() if rows != before[name]]
    assert [] == lost
    assert [] == bench.faults()
    # What is not held went, and nothing else stayed.
    left = {row.id for row in bench.store.listing.list_tickets(limit=9)}
    assert ({1} if whose == "ticket" else {1, 2}) == left


@ON_SQL
def test_an_erasure_says_what_stays_and_why_and_runs_by_itself_when_the_hold_ends(bench: Bench) -> None:
    filled(bench)
    until = bench.now + timedelta(days=2)
    bench.apply(*holds.place(1, "theft", "Anna", "Police, 12/26", until))
    done = erasing(bench).erase([1, 2], ANN.mailbox, (), KEY, "root", bench.now)
    assert (1, 1) == (done.tickets, done.kept.tickets)
    assert "held by hold 1 (theft)" == holds.named(done.kept.holds)
    assert 0 == erasing(bench).erase_owed(KEY, bench.now)
    bench.later(days=3)
    assert 1 == erasing(bench).erase_owed(KEY, bench.now)
    assert bench.store.tickets.get(1) is None
    assert 0 == erasing(bench).erase_owed(KEY, bench.now)
    assert [] == bench.faults()


def test_a_hold_covers_what_its_ticket_was_merged_with(bench: Bench) -> None:
    for number in (1, 2, 3, 4):
        bench.open(b"words %d" % number)
    bench.apply(Amend(1, {"merged_into": 2}), Amend(2, {"merged_into": 3}), *holds.place(2, "theft", "Anna"))
    incidents = bench.store.incidents
    assert [1, 1, 1, None] == [
        hold.id if (hold := incidents.hold_of(number, bench.now)) else None for number in (1, 2, 3, 4)
    ]
    (hold,) = incidents.holds(bench.now)
    bench.apply(*holds.lift(hold, "Wei", "over"))
    assert [] == incidents.holds(bench.now)
    assert ["Wei"] == [each.lifted_by for each in incidents.holds()]
    assert incidents.hold_of(1, bench.now) is None
