"""Twenty-odd ways to lie in the database, each told by the row it was done to."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from record_store import Recorded, recorded
from store_bench import NOW

from intake.desk.record.checkpoint import Note, note, notes_in
from intake.desk.record.leaf import KEY, Statement
from intake.desk.record.tree import Frontier, leaf_hash
from intake.store.record.sealing import Sealing
from intake.store.record.state import State, keep, state_of


@pytest.fixture(params=["sqlite", "postgres"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Recorded]:
    url = "sqlite:///intake.db" if request.param == "sqlite" else request.getfixturevalue("emptied")()
    with recorded(request.param, url, tmp_path) as made:
        made.history()
        made.checkpoint()
        made.store.upkeep.record_audit("Anna", "looked again", NOW)
        made.seal()
        yield made


def test_what_nobody_touched_is_green(desk: Recorded) -> None:
    verified = desk.verify(full=True)
    assert [] == verified.faults
    assert (desk.rows, 0, 1) == (verified.rows, verified.owed, verified.checkpoints)


# Each: what is done with the database at hand, and what verify must say of it first.
LIES: dict[str, tuple[str, str]] = {
    "an act under another name": ("UPDATE audit SET who = 'Ben' WHERE id = 2", "audit row 2 .*its who"),
    "an act in other words": ("UPDATE audit SET what = 'slept' WHERE id = 2", "audit row 2 .*its what"),
    "an act at another time": ("UPDATE audit SET at = at + 1 WHERE id = 2", "audit row 2 .*its time"),
    "an act by another authority": (
        "UPDATE audit SET authority = 'reply token' WHERE id = 2",
        "audit row 2 .*its authority",
    ),
    "an act in the middle deleted": ("DELETE FROM audit WHERE id = 2", "audit row 2 is gone"),
    "the last act deleted": (
        "DELETE FROM audit WHERE id = (SELECT MAX(id) FROM audit)",
        "audit row 4 is gone",
    ),
    "an act that never was": (
        "INSERT INTO audit (at, who, what, authority) VALUES (1, 'Ben', 'erased nothing', '')",
        "audit row 5 .*does not know it",
    ),
    "an act with another number": ("UPDATE audit SET id = 99 WHERE id = 2", "audit row 2 is gone"),
    "a blanked value": ("UPDATE audit SET who = '' WHERE id = 2", "audit row 2 .*its who"),
    "a value that nobody can check": (
        "UPDATE record_row SET salts = '' WHERE kind = 'audit' AND number = 2",
        "audit row 2 has lost",
    ),
    "what an entry says": ("UPDATE entry SET text = 'All is well.' WHERE id = 1", "entry 1 .*its text"),
    "the whole text of an entry": ("UPDATE entry SET full_text = 'x' WHERE id = 1", "entry 1 .*its text"),
    "who wrote an entry": ("UPDATE entry SET author = 'x@y.example' WHERE id = 1", "entry 1 .*its author"),
    "a file under an entry": (
        "INSERT INTO attachment (entry, name, media_type, size, sha256, content_id, inline) "
        "VALUES (1, 'a.txt', 'text/plain', 1, 'ab', '', {false})",
        "entry 1 .*its attachments",
    ),
    "an entry deleted": ("DELETE FROM entry WHERE id = 1", "entry 1 is gone"),
    "other bytes of a message": (
        "UPDATE message SET sha256 = 'ab' WHERE id = 2",
        "message 2 .*its bytes",
    ),
    "when a message came": ("UPDATE message SET received_at = 1 WHERE id = 2", "message 2 .*its time"),
    "through which mailbox": ("UPDATE message SET mailbox = 'x' WHERE id = 2", "message 2 .*its mailbox"),
    "who was sent a mail": ("UPDATE outbox SET rcpt = 'x@y.example' WHERE id = 1", "sent mail 1 .*recipient"),
    "that a mail was sent": ("UPDATE outbox SET state = 'failed' WHERE id = 1", "sent mail 1 is gone"),
    "what a mail said": ("UPDATE outbox SET mime = {bytes} WHERE id = 1", "sent mail 1 .*its bytes"),
    "a row of the record edited": (
        "UPDATE record_row SET body = REPLACE(body, '\"seq\":3', '\"seq\": 3') WHERE seq = 3",
        "row 3 of the record was edited",
    ),
    "a row of the record deleted": ("DELETE FROM record_row WHERE seq = 3", "row 3 of the record is missing"),
    "the end of the record deleted": (
        "DELETE FROM record_row WHERE seq > 3",
        "row 4 of the record is missing|is in the database, and the record does not know it",
    ),
    "a row of the record for another": (
        "UPDATE record_row SET number = 77 WHERE kind = 'audit' AND number = 2",
        "audit row 77 stands in the record in the place of audit 2",
    ),
    "a row of the record that says nothing": (
        "UPDATE record_row SET body = 'x' WHERE kind = 'audit' AND number = 2",
        r"row \d+ of the record was edited",
    ),
    "a row of the record that is no statement": (
        "UPDATE record_row SET body = '{}' WHERE kind = 'entry' AND number = 1",
        r"row \d+ of the record was edited",
    ),
    "where the record begins": (
        "UPDATE record_row SET body = '[]' WHERE seq = 0",
        "row 0 of the record was edited",
    ),
    "which key it names": (
        "UPDATE record_row SET body = REPLACE(body, '\"public\":\"', '\"public\":\"x') WHERE kind = 'key'",
        r"row \d+ of the record was edited",
    ),
    "salts that are none": (
        "UPDATE record_row SET salts = '[5]' WHERE kind = 'audit' AND number = 2",
        "audit row 2 has lost",
    ),
    "an erasure that nobody did": (
        "INSERT INTO record_due (kind, number, why, act) VALUES ('audit', 2, 'erased', 1)",
        "audit row 2 is in the database, and the record says that it is gone",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_told_by_its_row(desk: Recorded, lie: str) -> None:
    text, said = LIES[lie]
    on_server = desk.bench.engine == "postgres"
    text = text.replace("{false}", "false" if on_server else "0")
    desk.sql(text.replace("{bytes}", "'x'::bytea" if on_server else "x'78'"))
    desk.seal()
    _told(desk, said)


def _told(desk: Recorded, said: str, *outside: Note) -> None:
    faults = desk.verify(*outside, full=True).faults
    assert faults, "nothing was noticed"
    assert re.search(said, faults[0]), faults[:3]


# Each: what is done in the database, what is put before the sealer to hide it, and what verify says first.
HIDDEN: dict[str, tuple[str, str, str]] = {
    "a change recorded as if it were new": (
        "UPDATE audit SET what = 'slept' WHERE id = 2",
        "('audit', 2, '', 0)",
        "audit row 2 is not as it was recorded: its what",
    ),
    "another time recorded as if it were new": (
        "UPDATE audit SET at = at + 1 WHERE id = 2",
        "('audit', 2, '', 0)",
        "audit row 2 is not as it was recorded: its time",
    ),
    "other words of a mail recorded as if it had been sent again": (
        "UPDATE outbox SET rcpt = 'x@y.example' WHERE id = 1",
        "('sent', 1, '', 0)",
        "sent mail 1 is not as it was recorded: its recipient",
    ),
    "a change for a reason that there is not": (
        "UPDATE audit SET what = 'slept' WHERE id = 2",
        "('audit', 2, 'mended', 1)",
        "audit row 2 is mended by act 1, and the audit has no such act",
    ),
    "a change by an act that was none": (
        "UPDATE audit SET what = 'slept' WHERE id = 2",
        "('audit', 2, 'changed', 1), ('audit', 2, 'changed', 3)",
        "audit row 2 is changed by act 1, and the audit has no such act",
    ),
    "a deletion by taking back an import that never was": (
        "DELETE FROM audit WHERE id = 2",
        "('audit', 2, 'forgotten', 1)",
        "audit row 2 is forgotten by act 1, and the audit has no such act",
    ),
    "a redaction in a ticket that never was": (
        "UPDATE entry SET text = 'All is well.' WHERE id = 1",
        "('entry', 1, 'redacted', 99)",
        "entry 1 is redacted by act 99, and the audit has no such act",
    ),
}


@pytest.mark.parametrize("lie", HIDDEN)
def test_a_lie_that_the_record_is_told_of_is_told(desk: Recorded, lie: str) -> None:
    text, dues, said = HIDDEN[lie]
    desk.sql(text)
    desk.sql(f"INSERT INTO record_due (kind, number, why, act) VALUES {dues}")
    desk.seal()
    _told(desk, said)


def test_a_mail_that_was_marked_as_sent_twice_is_no_lie(desk: Recorded) -> None:
    desk.sql("UPDATE outbox SET sent_at = sent_at + 5 WHERE id = 1")
    desk.sql("INSERT INTO record_due (kind, number, why, act) VALUES ('sent', 1, '', 0)")
    desk.seal()
    assert [] == desk.verify(full=True).faults


def test_two_acts_that_changed_places_are_told(desk: Recorded) -> None:
    desk.sql("UPDATE audit SET id = 98 WHERE id = 1")
    desk.sql("UPDATE audit SET id = 1 WHERE id = 2")
    desk.sql("UPDATE audit SET id = 2 WHERE id = 98")
    _told(desk, "audit row 1 .*its what")


def test_other_bytes_in_the_place_of_a_message_are_told(desk: Recorded) -> None:
    name = desk.one("SELECT sha256 FROM message WHERE id = 1")
    # Of the same length: a look at sizes alone says nothing.
    desk.sql(
        "UPDATE blob SET content = ? WHERE sha256 = ?", b"Subject: Printer 0\r\n\r\nIt shines.\r\n", name
    )
    assert [] == desk.verify().faults
    _told(desk, "message 1 does not have the bytes that were received")


def test_other_bytes_in_the_file_of_a_message_are_told_and_a_missing_file(desk: Recorded) -> None:
    raw = b"Subject: Printer\r\n\r\n" + b"It smokes.\r\n" * 200_000
    number = desk.bench.receive(raw)
    desk.seal()
    assert [] == desk.verify(full=True).faults
    (file,) = desk.bench.data.rglob(hashlib.sha256(raw).hexdigest())
    file.chmod(0o600)
    file.write_bytes(raw.replace(b"smokes", b"shines"))
    _told(desk, f"message {number} (does not have the bytes that were received|could not be read)")
    file.unlink()
    _told(desk, f"message {number} (has lost its bytes|could not be read)")


def written_anew(desk: Recorded, upto: int | None = None) -> None:
    """Do what somebody would who knows the program: make the whole record agree with itself."""
    bodies = [row[0] for row in desk.store.db.many("SELECT body FROM record_row ORDER BY seq")][:upto]
    frontier = Frontier()
    for seq, text in enumerate(bodies):
        hashed = leaf_hash(text.encode())
        desk.sql("UPDATE record_row SET hash = ? WHERE seq = ?", hashed, seq)
        frontier.append(hashed)
    desk.sql(f"DELETE FROM record_row WHERE seq >= {len(bodies)}")
    state = state_of(desk.store.db)
    assert state is not None
    with desk.store.transaction():
        keep(desk.store.db, State(state.origin, frontier))


def lied_in_both(desk: Recorded) -> None:
    """Change an act and, as well as can be, what the record says of it."""
    desk.sql("UPDATE audit SET at = at + 5 WHERE id = 2")
    at = desk.one("SELECT at FROM audit WHERE id = 2")
    old = desk.one("SELECT body FROM record_row WHERE kind = 'audit' AND number = 2")
    new = old.replace(f'"at":{at - 5}', f'"at":{at}')
    assert new != old
    desk.sql("UPDATE record_row SET body = ? WHERE kind = 'audit' AND number = 2", new)
    written_anew(desk)


def test_a_record_that_was_written_anew_does_not_agree_with_its_own_checkpoint(desk: Recorded) -> None:
    lied_in_both(desk)
    _told(desk, r"rows 0 to \d+ of the record are not what the checkpoint of 2026-03-01 12:00 UTC says")


def test_nor_where_that_one_is_gone_with_one_that_left_the_machine(desk: Recorded) -> None:
    (left,) = notes_in(desk.one("SELECT note FROM record_checkpoint"))
    lied_in_both(desk)
    desk.sql("DELETE FROM record_checkpoint")
    assert [] == desk.verify(full=True).faults
    _told(desk, f"rows 0 to {left.checkpoint.size - 1} of the record are not what", left)


def test_between_two_checkpoints_the_first_wrong_row_is_not_far(desk: Recorded) -> None:
    first = desk.checkpoint().checkpoint.size
    desk.store.upkeep.record_audit("Anna", "looked", NOW)
    left = desk.checkpoint()
    seq = desk.one("SELECT MAX(seq) FROM record_row WHERE kind = 'audit'")
    old = desk.one(f"SELECT body FROM record_row WHERE seq = {seq}")
    desk.sql(f"UPDATE record_row SET body = ? WHERE seq = {seq}", old.replace('"by":0', '"by":7'))
    written_anew(desk)
    _told(desk, f"rows {first} to {left.checkpoint.size - 1} of the record are not what", left)


def test_a_cut_that_hides_itself_is_told_by_a_checkpoint_that_left(desk: Recorded) -> None:
    left = desk.checkpoint()
    desk.sql("DELETE FROM record_checkpoint")
    desk.sql("DELETE FROM audit WHERE id = 4")
    # With the row that names the checkpoint before.
    written_anew(desk, left.checkpoint.size - 2)
    assert [] == desk.verify(full=True).faults
    _told(desk, f"row {left.checkpoint.size - 2} of the record is missing", left)


def test_an_older_copy_of_everything_is_told_by_a_checkpoint_that_left(desk: Recorded) -> None:
    size = desk.rows
    desk.store.upkeep.record_audit("Anna", "looked", NOW)
    left = desk.checkpoint()
    desk.sql("DELETE FROM audit WHERE id = 5")
    desk.sql("DELETE FROM record_checkpoint WHERE size > ?", size)
    written_anew(desk, size)
    _told(desk, "an older copy was restored", left)


def test_another_key_is_told_unless_an_act_says_who_accepted_it(desk: Recorded) -> None:
    other = Recorded(desk.bench, desk.store, Ed25519PrivateKey.from_private_bytes(b"8" * 32))
    state = state_of(desk.store.db)
    assert state is not None
    made = state.checkpoint()
    forged = note(made, other.public, other.key.sign(made.text().encode()))
    desk.sql("INSERT INTO record_checkpoint (size, made_at, note) VALUES (?, 5, ?)", made.size, forged)
    _told(desk, "is not signed by a key that the record names")
    desk.sql("DELETE FROM record_checkpoint WHERE made_at = 5")
    sealing = Sealing(desk.store.db, desk.store.blobs)
    with desk.store.transaction():
        sealing.add([Statement(KEY, 0, 0, plain={"public": other.public.hex()})], NOW)
    _told(desk, "names another key for checkpoints, and no act says who changed it")


def test_a_checkpoint_of_another_desk_or_that_nobody_signed_is_told(desk: Recorded) -> None:
    left = desk.checkpoint()
    strange = replace(left, checkpoint=replace(left.checkpoint, origin="intake-desk/other"))
    _told(desk, "is of another record, intake-desk/other", strange)
    forged = replace(left, signatures=(replace(left.signatures[0], value=b"0" * 64),))
    _told(desk, "is not signed by a key that the record names", forged)


@pytest.mark.parametrize("state", ["x", "[5]", '{"origin": 5}', '{"origin": "", "size": null, "nodes": [7]}'])
def test_an_edge_of_the_tree_that_is_none_is_told(desk: Recorded, state: str) -> None:
    desk.sql("UPDATE meta SET value = ? WHERE name = 'record'", state)
    _told(desk, "the state of the record cannot be read")


def test_a_record_that_was_removed_is_told(desk: Recorded) -> None:
    left = desk.checkpoint()
    for table in ("record_row", "record_due", "record_checkpoint"):
        desk.sql(f"DELETE FROM {table}")
    desk.sql("DELETE FROM meta WHERE name = 'record'")
    _told(desk, "there are checkpoints, and no record", left)
    # One that begins then has another name.
    desk.store.upkeep.record_audit("Anna", "looked", NOW)
    desk.checkpoint()
    _told(desk, "is of another record", left)


def test_of_many_lies_the_first_rows_are_told_first(desk: Recorded) -> None:
    desk.sql("UPDATE audit SET who = 'Ben'")
    desk.sql("UPDATE entry SET text = 'x'")
    faults = desk.verify(full=True).faults
    places = [int(fault.rpartition("(row ")[2].split(" ")[0]) for fault in faults]
    assert sorted(places) == places
    assert 7 == len(places)
