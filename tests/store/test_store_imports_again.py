"""A second import over a first: what is newer counts, what is shared stays, what was erased stays away."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from engines import ON_SQL
from imports import archives, exports
from imports.taking import mail_taken_in, runs, taken_in
from store_bench import KEY, Bench

from intake.desk.ticket import Status, Ticket
from intake.store import SqlStore, same_words
from intake.store.upkeep.erasure import Erasing

QUESTION, ANSWER, THANKS = archives.conversation(7)
LATER = archives.conversation(7, 5)[4]
AT = archives.START + timedelta(days=7)


def box(path: Path, mails: Sequence[bytes]) -> Path:
    path.write_bytes(archives.mailbox(mails))
    return path


def ticket_of(bench: Bench, number: int = 1) -> Ticket:
    ticket = bench.store.tickets.get(number)
    assert ticket is not None
    return ticket


def erase(bench: Bench, tickets: Sequence[int]) -> None:
    assert isinstance(bench.store, SqlStore)
    Erasing(bench.store.db, bench.store.blobs).erase(tickets, "", (), KEY, "test", bench.now)


def forget(bench: Bench, run: int) -> dict[int, str]:
    return dict(kept for part in runs(bench).forget(run, "test", bench.now) for kept in part.kept)


PARTS = {
    "the answers after the questions": ([QUESTION, THANKS], [ANSWER], Status.OPEN, 2, 1),
    "the question after its answer": ([ANSWER], [QUESTION], Status.CLOSED, None, 1),
    "the thanks after both": ([QUESTION, ANSWER], [THANKS], Status.OPEN, 2, 1),
    "the answer last": ([QUESTION], [ANSWER], Status.CLOSED, None, 1),
    "the last of five": ([QUESTION, ANSWER, THANKS], [LATER], Status.OPEN, 2, 1),
    "the middle of five": ([QUESTION, LATER], [ANSWER], Status.OPEN, 4, 1),
    "all of it again": ([QUESTION, THANKS], [QUESTION, ANSWER, THANKS], Status.OPEN, 2, 1),
}


@ON_SQL
@pytest.mark.parametrize("name", PARTS)
def test_archives_in_parts_make_the_ticket_that_one_archive_makes(
    bench: Bench, tmp_path: Path, name: str
) -> None:
    first, second, status, waits, answered = PARTS[name]
    mail_taken_in(bench, box(tmp_path / "first", first), closed=False)
    mail_taken_in(bench, box(tmp_path / "second", second), closed=False)
    ticket = ticket_of(bench)
    assert (ticket.status, ticket.first_response_at) == (status, AT + timedelta(hours=answered))
    assert ticket.waiting_since == (None if waits is None else AT + timedelta(hours=waits))
    mails = {hour for hour, raw in enumerate((QUESTION, ANSWER, THANKS)) if raw in (*first, *second)}
    last = max({*mails, *((4,) if LATER in (*first, *second) else ())})
    assert ticket.updated_at == AT + timedelta(hours=last)
    assert ticket.closed_at == (ticket.updated_at if status is Status.CLOSED else None)


@ON_SQL
def test_an_older_export_takes_nothing_back_and_is_told_as_no_change(bench: Bench, tmp_path: Path) -> None:
    at = datetime(2024, 5, 1, tzinfo=UTC)
    older = exports.ticket(1, status="open", updated_at=at.isoformat())
    newer = exports.ticket(1, status="closed", updated_at=(at + timedelta(days=3)).isoformat())
    taken_in(bench, exports.write(tmp_path / "new", [newer]))
    assert taken_in(bench, exports.write(tmp_path / "old", [older])).changed == 0
    assert (ticket_of(bench).status, ticket_of(bench).updated_at) == (Status.CLOSED, at + timedelta(days=3))
    older["entries"].append(exports.entry(1, 9, "note", exports.MIA, at))
    assert taken_in(bench, exports.write(tmp_path / "old", [older])).entries == 1
    assert (ticket_of(bench).status, ticket_of(bench).updated_at) == (Status.CLOSED, at + timedelta(days=3))
    assert ticket_of(bench).closed_at == at + timedelta(days=3)
    assert taken_in(bench, exports.write(tmp_path / "old", [older])).changed == 0


@ON_SQL
def test_what_a_later_run_found_here_is_kept_when_the_first_is_forgotten(
    bench: Bench, tmp_path: Path
) -> None:
    mail_taken_in(bench, box(tmp_path / "first", [QUESTION, ANSWER]), name="inbox")
    _, report = mail_taken_in(bench, box(tmp_path / "second", [QUESTION]), name="backup")
    assert (report.entries, report.found) == (0, 1)
    assert forget(bench, 1) == {1: "a later import has some of it, too"}
    assert len(bench.store.tickets.entries(1)) == 2
    assert forget(bench, 2) == {}
    assert forget(bench, 1) == {}
    assert bench.store.tickets.get(1) is None
    assert mail_taken_in(bench, box(tmp_path / "second", [QUESTION]), name="backup")[1].tickets == 1
    assert bench.faults() == []


@ON_SQL
def test_what_a_run_added_to_a_ticket_of_an_earlier_one_is_told_as_kept(bench: Bench, tmp_path: Path) -> None:
    mail_taken_in(bench, box(tmp_path / "first", [QUESTION]))
    mail_taken_in(bench, box(tmp_path / "second", [ANSWER]))
    assert forget(bench, 2) == {1: "an earlier import made it"}
    assert len(bench.store.tickets.entries(1)) == 2
    assert [(run.id, run.state) for run in runs(bench).runs(bench.now)] == [(2, "done"), (1, "done")]


@ON_SQL
def test_what_was_erased_of_a_forgotten_run_does_not_come_back(bench: Bench, tmp_path: Path) -> None:
    old = exports.export(tmp_path / "old", 4)
    taken_in(bench, old)
    erase(bench, [2])
    assert forget(bench, 1) == {}
    assert [run.state for run in runs(bench).runs(bench.now)] == ["forgotten"]
    report = taken_in(bench, old)
    assert (report.tickets, report.entries, report.known) == (3, 12, 1)
    assert bench.faults() == []


RAW = b"From: person1@customers.example\r\nMessage-ID: <a@b.example>\r\n\r\nOnce.\r\n"


@ON_SQL
@pytest.mark.parametrize("kept", ["raw", "text", "longer"])
@pytest.mark.parametrize("together", [True, False])
def test_a_mail_that_stands_twice_is_one_whether_written_together_or_apart(
    bench: Bench, tmp_path: Path, kept: str, together: bool
) -> None:
    records = [exports.ticket(number, requester=exports.person(1)) for number in (1, 2, 3)]
    for record in records:
        entry = record["entries"][0]
        entry |= {"author": exports.person(1), "text": "Once.", "message_id": "<a@b.example>"}
        entry |= {"raw": {"path": "one.eml"}} if kept == "raw" else {}
    if kept == "longer":
        records[1]["entries"][0] |= {"text": "Once. > And before", "full_text": "On\nce."}
    records[2]["entries"] = records[2]["entries"][:1]
    parts = [records] if together else [records[:1], records[1:2], records[2:]]
    reports = []
    for number, part in enumerate(parts):
        old = exports.write(tmp_path / f"old{number}", part)
        (old / "one.eml").write_bytes(RAW)
        reports.append(taken_in(bench, old))
    assert (sum(r.tickets for r in reports), sum(r.entries for r in reports)) == (2, 7)
    assert sum(r.found for r in reports) == 2
    assert ticket_of(bench, 2).related == 1
    assert bench.faults() == []


@ON_SQL
def test_equal_ids_of_other_words_are_other_mails(bench: Bench, tmp_path: Path) -> None:
    records = [exports.ticket(number) for number in (1, 2, 3)]
    for number, record in enumerate(records):
        record["entries"][0] |= {"author": exports.person(1), "text": f"Word {number}", "message_id": "<a@b>"}
    assert taken_in(bench, exports.write(tmp_path / "old", records)).found == 0
    again = taken_in(bench, exports.write(tmp_path / "again", records), "again")
    # Who answered there has no address here to be known by.
    assert (again.tickets, again.found) == (3, 3)


@ON_SQL
def test_many_mails_of_one_id_cost_no_more_each(bench: Bench, tmp_path: Path) -> None:
    """Who writes them is a stranger to the old desk: what is looked at of them has an end."""
    assert isinstance(bench.store, SqlStore)
    record = exports.ticket(1)
    record["entries"] = [
        exports.entry(1, number, "message", exports.person(1), exports.BEGUN + timedelta(minutes=number))
        | {"message_id": "<a@b>", "text": f"Word {number}"}
        for number in range(400)
    ]
    assert taken_in(bench, exports.write(tmp_path / "old", [record])).entries == 400
    key = same_words.key("a@b", "person1@customers.example")
    ((_, kept),) = same_words.alike(bench.store.db, [key])
    assert len(list(kept)) == same_words.MOST_ALIKE


@ON_SQL
def test_files_that_an_erased_ticket_lacked_are_no_difference_for_good(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    made = [exports.ticket(number) for number in (1, 2)]
    for record in made:
        exports.with_file(folder, record, b"one", "a.txt")
        exports.with_file(folder, record, b"two", "b.txt")
    exports.write(folder, made)
    for file in folder.rglob("b.txt"):
        file.rename(tmp_path / f"{file.parent.name}.txt")
    taken_in(bench, folder)
    assert _files(bench) == (2, 0)
    assert isinstance(bench.store, SqlStore)
    Erasing(bench.store.db, bench.store.blobs).erase([1], "", (), KEY, "test", bench.now)
    assert _files(bench) == (3, 2)
    for record in made:
        (tmp_path / f"{record['ref']}.txt").rename(folder / "files" / record["ref"] / "b.txt")
    assert taken_in(bench, folder).files == 1
    # As many as the export has.
    assert _files(bench) == (4, 2)


def _files(bench: Bench) -> tuple[int, int]:
    """Return how many files were imported, and how many of them were erased since."""
    counts = [count for (_, kind), count in runs(bench).counts("old").items() if kind == "file"]
    return sum(count for count, _ in counts), sum(erased for _, erased in counts)
