"""Imported tickets in a database: written once, found by their old numbers, owed nothing, taken back."""

from datetime import timedelta
from pathlib import Path

import pytest
from engines import ON_SQL
from factories import a_policy
from imports import exports
from imports.taking import Sink, runs, taken_in
from store_bench import KEY, Bench, InThreads

from intake.desk.message import Address
from intake.imports.folder import TicketsFolder
from intake.imports.model import ImportedFile, ImportedTicket, Remark
from intake.imports.people import Agents
from intake.imports.planning import Planner, Wishes
from intake.imports.running import Importing
from intake.mail.parse import parse
from intake.ports.imports import Written
from intake.recording.key import valid
from intake.store import SqlStore
from intake.store.record.sealing import Sealing
from intake.store.record.verifying import Verifying
from intake.store.upkeep.erasure import Erasing

OWED = ("outbox", "promise", "page", "telling", "escalation", "colleague_news")


def rows(bench: Bench, table: str, where: str = "1 = 1") -> int:
    assert isinstance(bench.store, SqlStore)
    return int(bench.store.db.sql(f"SELECT COUNT(*) FROM {table} WHERE {where}")[0])


@ON_SQL
def test_a_history_is_written_and_nobody_is_owed_anything(bench: Bench, tmp_path: Path) -> None:
    old = exports.export(tmp_path / "old", 60)
    done = taken_in(bench, old)
    assert (done.tickets, done.entries) == (60, 240)
    assert [rows(bench, table) for table in OWED] == [0] * len(OWED)
    assert rows(bench, "message", "state <> 'done'") == 0
    assert bench.store.surveys.candidates(bench.now, bench.now, 50)[0] == []
    assert bench.faults() == []
    ticket = bench.store.tickets.get(5)
    assert ticket is not None
    assert (ticket.subject, ticket.promises, ticket.tags) == ("Wallet 5", (), ("old", "kind2"))
    again = taken_in(bench, old)
    assert (again.tickets, again.entries, again.known) == (0, 0, 60)


@ON_SQL
@pytest.mark.parametrize(
    "subject", ["Re: [#202400007] Wallet", "AW: Ticket#202400007", "[Ticket #202400007] x"]
)
def test_an_old_number_leads_those_who_have_part_in_the_ticket(
    bench: Bench, tmp_path: Path, subject: str
) -> None:
    taken_in(bench, exports.export(tmp_path / "old", 10))
    for address, number in (
        ("person7@customers.example", 7),
        ("FRIEND7@customers.example", 7),
        ("person8@customers.example", None),
    ):
        message = bench.message(address.encode(), sender=Address(address), subject=subject)
        there = bench.facts(message).by_number
        assert (there.ticket.id if there else None) == number


@ON_SQL
def test_a_number_of_ours_goes_before_that_of_an_old_desk(bench: Bench, tmp_path: Path) -> None:
    ours = bench.open()
    old = exports.write(
        tmp_path / "old", [exports.ticket(1, number="1", requester={"address": "ann@customer.example"})]
    )
    taken_in(bench, old)
    there = bench.facts(bench.message(b"x", subject=f"Re: [#{ours}] Printer")).by_number
    assert there is not None
    assert there.ticket.id == ours
    other = bench.message(b"y", subject="Re: [#1] Wallet", sender=Address("friend1@customers.example"))
    there = bench.facts(other).by_number
    assert there is not None
    assert there.ticket.id == 2


@ON_SQL
def test_a_reply_to_a_mail_of_the_old_desk_is_found_by_its_message_id(bench: Bench, tmp_path: Path) -> None:
    taken_in(bench, exports.export(tmp_path / "old", 3))
    reply = bench.message(b"x", sender=Address("person2@customers.example"), in_reply_to=("2.3@old.example",))
    there = bench.facts(reply).by_stored_id
    assert there is not None
    assert there.ticket.id == 2
    assert bench.facts(bench.message(b"y", in_reply_to=("2.2@old.example",))).by_stored_id is None


@ON_SQL
@pytest.mark.parametrize("same", [True, False])
def test_mail_that_comes_after_it_was_imported_is_one_message(
    bench: Bench, tmp_path: Path, same: bool
) -> None:
    taken_in(bench, exports.export(tmp_path / "old", 3, files=False))
    text = "Entry 1 of ticket 2: the\nwallet does not open." if same else "Something else."
    sender = Address("person2@customers.example")
    mail = bench.message(b"x", sender=sender, message_id="2.1@old.example", text=text, new_text=text)
    assert (bench.facts(mail).duplicate_ticket == 2) is same


@ON_SQL
def test_mail_that_a_mailbox_brought_before_is_not_imported_again(bench: Bench, tmp_path: Path) -> None:
    raw = b"From: person1@customers.example\r\nSubject: Hi\r\nMessage-ID: <a@b.example>\r\n\r\nOnce.\r\n"
    there = bench.open(
        b"Received: by a\r\n" + raw, fingerprint=parse(raw).fingerprint, message_id="a@b.example"
    )
    record = exports.ticket(1)
    record["entries"][0]["raw"] = {"path": "one.eml"}
    old = exports.write(tmp_path / "old", [record])
    (old / "one.eml").write_bytes(raw)
    done = taken_in(bench, old)
    assert (done.tickets, done.entries, done.found) == (1, 3, 1)
    ticket = bench.store.tickets.get(2)
    assert ticket is not None
    assert ticket.related == there
    assert bench.faults() == []


@ON_SQL
def test_raw_mail_is_kept_byte_for_byte_with_its_files(bench: Bench, tmp_path: Path) -> None:
    raw = (
        b"From: person1@customers.example\r\nSubject: Hi\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nIt smokes.\r\n--x\r\n"
        b"Content-Disposition: attachment; filename=a.bin\r\n\r\nbytes\r\n--x--\r\n"
    )
    record = exports.ticket(1)
    record["entries"][0] |= {"raw": {"path": "one.eml"}, "text": ""}
    old = exports.write(tmp_path / "old", [record])
    (old / "one.eml").write_bytes(raw)
    taken_in(bench, old)
    entry = bench.store.tickets.entries(1)[0]
    assert (entry.text, [file.name for file in entry.files]) == ("It smokes.", ["a.bin"])
    assert entry.message is not None
    assert bench.store.ledger.raw(entry.message) == raw


@ON_SQL
def test_what_waits_for_its_requester_is_silent_since_the_import(bench: Bench, tmp_path: Path) -> None:
    taken_in(bench, exports.write(tmp_path / "old", [exports.ticket(1, status="pending")]))
    began = bench.now
    bench.later(days=3)
    with bench.store.transaction():
        waiting = bench.store.silence.waiting(1, bench.now)
    assert waiting is not None
    assert waiting.since == began
    assert bench.store.silence.forecast(began - timedelta(days=1)).due == 0
    assert bench.store.silence.forecast(began + timedelta(days=1)).due == 1


@ON_SQL
def test_what_was_closed_lately_is_not_asked_about(bench: Bench, tmp_path: Path) -> None:
    lately = (bench.now - timedelta(days=2)).isoformat()
    record = exports.ticket(1, status="closed", closed_at=lately, updated_at=lately)
    taken_in(bench, exports.write(tmp_path / "old", [record]))
    assert bench.store.surveys.candidates(bench.now, bench.now, 50)[0] == []


@ON_SQL
def test_what_was_closed_there_since_is_closed_here_and_not_asked_about(bench: Bench, tmp_path: Path) -> None:
    lately = (bench.now - timedelta(days=2)).isoformat()
    names = ["t1", "t2\u0000x", "t3"]
    record = exports.ticket(1, status="pending", updated_at=lately)
    others = [{**record, "ref": name} for name in names]
    taken_in(bench, exports.write(tmp_path / "old", others))
    closed = [{**other, "status": "closed", "closed_at": lately} for other in others]
    again = taken_in(bench, exports.write(tmp_path / "old", closed))
    assert (again.changed, again.known, again.entries) == (3, 3, 0)
    assert rows(bench, "ticket", "status = 'closed'") == 3
    assert bench.store.surveys.candidates(bench.now, bench.now, 50)[0] == []
    assert taken_in(bench, tmp_path / "old").changed == 0


@ON_SQL
def test_a_person_who_is_erased_stays_erased(bench: Bench, tmp_path: Path) -> None:
    old = exports.export(tmp_path / "old", 60)
    taken_in(bench, old)
    assert isinstance(bench.store, SqlStore)
    erasing = Erasing(bench.store.db, bench.store.blobs)
    address = "person7@customers.example"
    erasing.erase(erasing.tickets_of(address), address, (), KEY, "test", bench.now)
    assert rows(bench, "message", f"sender_key = '{address}'") == 0
    again = taken_in(bench, old)
    assert (again.tickets, again.entries) == (0, 0)
    counts = runs(bench).counts("old")
    assert sum(gone for (_, kind), (_, gone) in counts.items() if kind == "ticket") == 2


@ON_SQL
def test_forgetting_leaves_nothing_of_what_nobody_touched(bench: Bench, tmp_path: Path) -> None:
    old = exports.export(tmp_path / "old", 30)
    taken_in(bench, old)
    first = next(run.id for run in runs(bench).runs(bench.now))
    parts = list(runs(bench).forget(first, "test", bench.now))
    assert sum(part.tickets for part in parts) == 30
    left = (
        "ticket",
        "entry",
        "message",
        "attachment",
        "imported",
        "message_ref",
        "search_text",
        "sighting",
        "blob",
    )
    assert [rows(bench, table) for table in left] == [0] * len(left)
    assert bench.faults() == []
    assert taken_in(bench, old).tickets == 30


@ON_SQL
@pytest.mark.parametrize("whole", [True, False])
def test_the_record_names_the_act_for_what_is_forgotten_also_when_killed_halfway(
    bench: Bench, tmp_path: Path, whole: bool
) -> None:
    taken_in(bench, exports.export(tmp_path / "old", 10))
    assert isinstance(bench.store, SqlStore)
    parts = bench.store.db, bench.store.blobs
    Sealing(*parts).seal_all(bench.now)
    forgetting = runs(bench).forget(1, "test", bench.now)
    assert next(forgetting).tickets == 10
    if whole:
        assert not any(part.tickets for part in forgetting)
    Sealing(*parts).seal_all(bench.now)
    verified = Verifying(*parts, valid, pause=0).verify(full=True)
    assert (verified.faults, verified.owed) == ([], 0)
    assert verified.gone >= 10


@ON_SQL
def test_a_ticket_of_many_entries_is_written_in_parts(bench: Bench, tmp_path: Path) -> None:
    record = exports.ticket(1)
    at = exports.BEGUN + timedelta(days=9)
    record["entries"] += [
        exports.entry(1, number, "message", exports.person(1), at + timedelta(minutes=number))
        for number in range(10, 710)
    ]
    old = exports.write(tmp_path / "old", [record])
    done = taken_in(bench, old)
    assert (done.tickets, done.entries) == (1, 704)
    entries = bench.store.tickets.entries(1)
    assert [entry.created_at for entry in entries] == sorted(entry.created_at for entry in entries)
    assert taken_in(bench, old).entries == 0


class Dying(Sink):
    """Ends in the middle, as a process that is killed."""

    def add(self, tickets: object) -> Written:
        written = super().add(tickets)
        if rows(self.bench, "ticket") >= 50:
            raise KeyboardInterrupt
        return written


@ON_SQL
def test_a_run_that_was_cut_off_goes_on_as_the_same_run(bench: Bench, tmp_path: Path) -> None:
    old = exports.export(tmp_path / "old", 120)
    source = TicketsFolder(old, "old", bench.now, 1 << 20)
    planner = Planner(source, a_policy(), Agents({}), Wishes("support"), parse)
    with pytest.raises(KeyboardInterrupt):
        Importing(source, planner, Dying(bench, "old"), lambda done, whole: None, lambda seconds: None).run()
    (begun,) = runs(bench).runs(bench.now + timedelta(minutes=9))
    (killed,) = runs(bench).runs(bench.now + timedelta(minutes=11))
    assert (begun.state, killed.state) == ("running", "stopped")
    assert taken_in(bench, old).tickets == 70
    assert [(run.state, run.tickets, run.entries) for run in runs(bench).runs(bench.now)] == [
        ("done", 120, 480)
    ]


def test_a_source_of_nothing_but_files_that_lead_out_reads_none(tmp_path: Path) -> None:
    old = exports.write(tmp_path / "old", [exports.ticket(1)])
    (tmp_path / "secret").write_text("key")
    (old / "link").symlink_to(tmp_path / "secret")
    source = TicketsFolder(old, "", exports.BEGUN, 100)
    for path in ("../secret", str(tmp_path / "secret"), "link", "", ".", "a\0b", "a\ud800b", "x" * 5000):
        with pytest.raises(OSError, match=r"."):
            source.read(ImportedFile(path))
    assert [type(item) for item in source.tickets() if not isinstance(item, Remark)] == [ImportedTicket]


@ON_SQL
def test_the_desk_goes_on_taking_in_mail_meanwhile(
    bench: Bench, tmp_path: Path, in_threads: InThreads
) -> None:
    old = exports.export(tmp_path / "old", 150)

    def work(number: int) -> int:
        if number == 0:
            return taken_in(bench, old).tickets
        return len({bench.open(b"%d of %d" % (one, number)) for one in range(15)})

    assert in_threads(3, work) == [150, 15, 15]
    assert rows(bench, "ticket") == 180
    assert rows(bench, "ticket", "channel = 'import'") == 150
    assert bench.faults() == []


@ON_SQL
def test_names_that_look_alike_are_not_taken_for_each_other(bench: Bench, tmp_path: Path) -> None:
    records = [exports.ticket(1, ref="a"), exports.ticket(2, ref="a/1"), exports.ticket(3, ref="a/1/1")]
    records[0]["entries"][1]["ref"] = "1/1"
    done = taken_in(bench, exports.write(tmp_path / "old", records))
    assert (done.tickets, done.entries) == (3, 12)
