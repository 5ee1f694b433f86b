"""With a key, what came with a secret is sealed for its holder, and everybody reads a cleaned copy."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from canaries import CARD, PHRASE, leaks
from pump import Clock, PumpedDesk, letter

from intake.desk.ticket import EntryKind
from intake.ports import UserError
from intake.recording.key import valid
from intake.sealed import age
from intake.sealed.keeper import keep_sealed
from intake.sealed.opening import opened
from intake.store import open_store
from intake.store.record.sealing import Sealing
from intake.store.record.verifying import Verifying
from intake.store.schema.sealed import SealedCopy
from intake.store.schema.tables import Attachment, Blob, Entry, Message
from intake.store.upkeep.backup import backup, restore
from intake.store.upkeep.erasure import Erasing
from intake.store.upkeep.integrity import IntegrityCheck

LIN = "lin@customer.example"
RECIPIENT, IDENTITY = age.new_key()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PumpedDesk]:
    made = PumpedDesk(tmp_path, "desk.example", Clock())
    yield made
    made.close()


def with_key(desk: PumpedDesk) -> None:
    desk.desk.database.sealed.seal_for(RECIPIENT, "admin", "command line", desk.clock())


def readable(desk: PumpedDesk) -> str:
    """All that the database holds of what people wrote, for who has not the key."""
    db = desk.desk.database.db
    blobs = [bytes(row.content or b"").decode("utf-8", "replace") for row in db.rows(Blob.select())]
    entries = [f"{row.text} {row.full_text}" for row in db.rows(Entry.select())]
    heads = [f"{row.subject}" for row in db.rows(Message.select())]
    return " ".join([*blobs, *entries, *heads, desk.store.tickets.get(1).subject])


def sound(desk: PumpedDesk) -> None:
    """Nothing is wrong with the database, and the record names no row."""
    database = desk.desk.database
    assert [] == list(IntegrityCheck(database.db, database.blobs).faults())
    Sealing(database.db, database.blobs).seal_all(desk.clock())
    assert [] == list(Verifying(database.db, database.blobs, valid, pause=0).verify([], True).faults)


def test_what_came_is_sealed_and_a_cleaned_copy_is_read(desk: PumpedDesk) -> None:
    with_key(desk)
    raw = letter(LIN, desk.address, f"Lost {PHRASE}", f"{PHRASE}.\r\nKönnten Sie das ansehen?")
    desk.take(raw, sender=LIN)
    Sealing(desk.desk.database.db, desk.desk.database.blobs).seal_all(desk.clock())
    assert leaks(readable(desk))
    keep_sealed(desk.desk)
    assert [] == leaks(readable(desk))
    (shown,) = [entry.text for entry in desk.store.tickets.entries(1) if entry.kind is EntryKind.CUSTOMER]
    assert "[redacted: seed phrase].\nKönnten Sie das ansehen?" == shown
    (find, *_) = desk.store.finds.list_finds(1)
    assert {"sealed"} == {row.state for row in desk.store.finds.list_finds(1)}
    # The wallet is as exposed as before: pages go on to warn its owner.
    assert desk.store.finds.exposed(1)
    assert raw == opened(desk.desk, find.id, IDENTITY).content
    assert PHRASE == opened(desk.desk, find.id, IDENTITY).value
    # The same bytes once more are known by the digest of the copy, and nothing of them is kept.
    (copy,) = desk.desk.database.sealed.copies(find.id)
    assert {copy.sha256} == desk.store.ledger.known_digests([copy.sha256])
    desk.take(raw, sender=LIN)
    assert [] == leaks(readable(desk))
    assert desk.store.tickets.get(2) is None
    events = [entry.text for entry in desk.store.tickets.entries(1) if entry.kind is EntryKind.EVENT]
    assert "sealed: 2 seed phrases" in events
    assert ["sealed: 2 seed phrases"] == [
        row.what for row in desk.store.upkeep.list_audit(1) if row.what.startswith("sealed")
    ]
    # Once is enough.
    keep_sealed(desk.desk)
    assert 1 == len(desk.desk.database.sealed.copies(find.id))
    sound(desk)


def test_without_a_key_all_stays_as_it_is(desk: PumpedDesk) -> None:
    desk.write(LIN, "Help", PHRASE)
    keep_sealed(desk.desk)
    assert leaks(readable(desk))
    assert ["hidden"] == [row.state for row in desk.store.finds.list_finds(1)]
    # What lay there before there was a key is sealed as well.
    with_key(desk)
    keep_sealed(desk.desk)
    assert [] == leaks(readable(desk))
    sound(desk)


def test_what_somebody_had_shown_is_not_taken_out(desk: PumpedDesk) -> None:
    with_key(desk)
    desk.write(LIN, "Help", PHRASE)
    ticket = desk.store.tickets.get(1)
    from intake.desk.effects import Amend

    desk.service.act([Amend(ticket.id, {"excused": ("a mark",)})])
    keep_sealed(desk.desk)
    assert leaks(readable(desk))


def test_an_answer_written_at_the_keyboard_is_sealed_as_well(desk: PumpedDesk) -> None:
    desk.write(LIN, "Help")
    from intake.service.secret_scan import scan

    entry = next(entry for entry in desk.store.tickets.entries(1) if entry.kind is EntryKind.CUSTOMER)
    db = desk.desk.database.db
    # As an import leaves it: no message brought the entry.
    db.run(Entry.update(text=f"words {PHRASE}", full_text="", message=None).where(Entry.id == entry.id))
    row = {
        "entry": entry.id,
        "sha256": "0" * 64,
        "media_type": "text/plain",
        "size": 0,
        "name": f"{CARD}.txt",
        "content_id": "",
        "inline": False,
    }
    db.run(Attachment.insert(**row).as_rowcount())
    list(scan(desk.service))
    with_key(desk)
    keep_sealed(desk.desk)
    assert {"sealed"} == {row.state for row in desk.store.finds.list_finds(1)}
    made = {row.kind: opened(desk.desk, row.id, IDENTITY) for row in desk.store.finds.list_finds(1)}
    text, name = made["seed phrase"], made["card number"]
    assert (f"words {PHRASE}".encode(), False, PHRASE) == (text.content, text.is_mail, text.value)
    assert (f"{CARD}.txt".encode(), CARD) == (name.content, name.value)


def test_the_clock_ends_what_was_sealed(desk: PumpedDesk) -> None:
    with_key(desk)
    desk.write(LIN, "Help", PHRASE)
    keep_sealed(desk.desk)
    desk.clock.later(days=29)
    keep_sealed(desk.desk)
    (find,) = desk.store.finds.list_finds(1)
    assert "sealed" == find.state
    desk.clock.later(days=1, seconds=1)
    keep_sealed(desk.desk)
    assert "destroyed" == desk.store.finds.get(find.id).state
    with pytest.raises(UserError, match="has no sealed copy"):
        opened(desk.desk, find.id, IDENTITY)
    assert "destroyed sealed copies: 1" in [row.what for row in desk.store.upkeep.list_audit()]
    sound(desk)


def test_redacting_destroys_what_was_sealed(desk: PumpedDesk) -> None:
    from intake.desk.effects import Record, Redact

    with_key(desk)
    desk.write(LIN, "Help", PHRASE)
    keep_sealed(desk.desk)
    desk.service.act([Redact(1, "Anna"), Record("Anna", "mail", "#redact", 1)])
    assert [] == desk.desk.database.db.rows(SealedCopy.select())
    assert ["destroyed"] == [row.state for row in desk.store.finds.list_finds(1)]
    assert "redacted: 1 sealed original, by Anna" in [row.text for row in desk.store.tickets.entries(1)]
    sound(desk)


def test_erasing_a_person_destroys_what_was_sealed_of_them_and_of_who_wrote_beside_them(
    desk: PumpedDesk,
) -> None:
    with_key(desk)
    desk.write(LIN, "Help", PHRASE)
    desk.write("bo@other.example", "Another", PHRASE)
    keep_sealed(desk.desk)
    sound(desk)
    erasing = Erasing(desk.desk.database.db, desk.desk.database.blobs)
    erasing.erase([1], LIN, (), desk.desk.keys[-1], "admin", desk.clock())
    assert [2] == [row.ticket for row in desk.desk.database.db.rows(SealedCopy.select())]
    sound(desk)


def test_another_key_does_not_open_it_and_altered_bytes_are_told(desk: PumpedDesk) -> None:
    with_key(desk)
    desk.write(LIN, "Help", PHRASE)
    keep_sealed(desk.desk)
    (find,) = desk.store.finds.list_finds(1)
    with pytest.raises(UserError, match="does not open it"):
        opened(desk.desk, find.id, age.new_key()[1])
    other = age.encrypt(b"something else", RECIPIENT)
    database = desk.desk.database
    database.db.run(SealedCopy.update(content=other))
    with pytest.raises(UserError, match="does not hold the bytes"):
        opened(desk.desk, find.id, IDENTITY)
    database.db.run(SealedCopy.update(content=b"junk"))
    assert ["sealed copy 1 is no age file"] == list(IntegrityCheck(database.db, database.blobs).faults())
    database.db.run(SealedCopy.delete())
    assert [f"find {find.id} is sealed, and its sealed copy is gone"] == list(
        IntegrityCheck(database.db, database.blobs).faults()
    )


def test_a_backup_holds_it_sealed_and_what_is_restored_opens(desk: PumpedDesk, tmp_path: Path) -> None:
    with_key(desk)
    desk.write(LIN, "Help", PHRASE)
    keep_sealed(desk.desk)
    target, other = tmp_path / "backup", tmp_path / "other"
    target.mkdir()
    url, data = desk.desk.settings.store.url, desk.desk.settings.desk.data
    backup(desk.desk.database, url, data, target, desk.clock())
    assert [] == leaks(
        " ".join(path.read_bytes().decode("latin-1") for path in target.iterdir() if path.is_file())
    )
    restore(url, other, target, desk.clock())
    with closing(open_store(url, other, tombstone_key=desk.desk.keys[-1])) as again:
        (copy,) = again.sealed.copies(1)
        assert PHRASE in age.decrypt(copy.content, IDENTITY).decode()
        assert RECIPIENT == again.sealed.recipient()
