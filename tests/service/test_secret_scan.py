"""Looking through what lies there: what is new is noted once, nobody is written to, a stop loses nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from canaries import CARD, PHRASE, leaks
from office_files import docx
from pump import Clock, PumpedDesk

from intake.desk.effects import MailKind
from intake.desk.sensitive.reading import Reading
from intake.desk.ticket import EntryKind
from intake.runtime.deferred_readings import look_into_waiting
from intake.runtime.file_reading import Asked, FileReader
from intake.service import secret_scan
from intake.service.secret_scan import scan
from intake.store.schema.finds import SecretFind
from intake.store.schema.readings import FileReading, HeldFile
from intake.store.schema.tables import Entry

LIN = "lin@customer.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PumpedDesk]:
    made = PumpedDesk(tmp_path, "desk.example", Clock())
    for number in range(5):
        made.write(f"lin{number}@customer.example", "Help", f"{number}: {PHRASE}")
    made.deliver()
    # As an older version left it, which knew less.
    made.store.db.run(SecretFind.delete())
    made.store.db.run(Entry.delete().where(Entry.kind == EntryKind.EVENT.value))
    yield made
    made.close()


def test_what_it_finds_is_noted_once_and_nobody_is_written_to(desk: PumpedDesk) -> None:
    assert (5, 5) == total(desk)
    rows = desk.store.finds.list_finds()
    assert [1, 2, 3, 4, 5] == sorted(row.ticket for row in rows)
    assert all(row.entry and row.message for row in rows)
    events = [entry.text for entry in desk.store.tickets.entries(1) if entry.kind is EntryKind.EVENT]
    assert ["hidden in the text: seed phrase, 12 words"] == events
    assert [] == desk.deliver()
    assert [] == leaks(f"{rows} {events}")


def test_a_scan_that_was_stopped_goes_on_where_it_was(
    desk: PumpedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret_scan, "STEP", 2)
    steps = scan(desk.service)
    assert 2 == next(steps).finds
    steps.close()
    # What was looked through and not yet noted as such is looked through again, and noted once.
    assert (3, 3) == total(desk)
    assert 5 == len(desk.store.finds.list_finds())
    assert (0, 0) == total(desk)


def test_it_rests_between_two_sets_and_not_after_the_last(
    desk: PumpedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret_scan, "STEP", 2)
    rests: list[int] = []
    steps = [step.entries for step in scan(desk.service, rest=lambda: rests.append(1))]
    assert ([2, 2, 1], 2) == (steps, len(rests))


def test_of_one_ticket_all_is_read_again(desk: PumpedDesk) -> None:
    total(desk)
    desk.store.db.run(Entry.update(text=f"{PHRASE} and {CARD}").where(Entry.ticket == 2))
    assert (1, 1) == total(desk, ticket=2)
    assert {"seed phrase", "card number"} == {row.kind for row in desk.store.finds.list_finds(2)}


def test_files_that_lay_there_are_looked_into_last_and_nobody_is_written_to(desk: PumpedDesk) -> None:
    files, clock = desk.store.readings, desk.clock
    desk.service = replace(desk.service, look_into=FileReader(read=_nothing))
    desk.take(mail_with({"old.docx": docx(PHRASE), "page.png": b"\x89PNG" + bytes(9000)}), sender=LIN)
    desk.deliver()
    # As an older version left it.
    desk.store.db.run(FileReading.delete())
    desk.store.db.run(HeldFile.delete())
    assert [0, 1] == [
        sum(step.files for step in scan(desk.service, 1 + at, unread=["image/"])) for at in (0, 5)
    ]
    clock.later(seconds=5)
    desk.take(mail_with({"new.docx": docx("an ordinary letter")}, "Another"), sender="mei@customer.example")
    clock.later(seconds=5)
    assert ["new.docx", "old.docx"] == [file.name for file in files.waiting(clock(), 9)]
    desk.deliver()
    desk.sent.clear()
    look_into_waiting(desk.store, clock)
    desk.service.follow_files()
    desk.deliver()
    assert [MailKind.ALERT] == [mail.kind for mail in desk.sent]
    events = [entry.text for entry in desk.store.tickets.entries(6) if entry.kind is EntryKind.EVENT]
    assert 1 == events.count("hidden in a file: seed phrase, 12 words")
    ticket = desk.store.tickets.get(6)
    assert ticket is not None
    assert "urgent" != ticket.priority


def _nothing(files: Sequence[Asked]) -> tuple[list[Reading | None], bool]:
    return [None] * len(files), False


def mail_with(files: dict[str, bytes], subject: str = "My files") -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = LIN, "help@desk.example", subject
    made["Message-ID"] = f"<{len(subject)}@customer.example>"
    made.set_content("See the file.")
    for name, content in files.items():
        kind = "image/png" if name.endswith("png") else "application/octet-stream"
        made.add_attachment(content, *kind.split("/"), filename=name)
    return made.as_bytes()


def total(desk: PumpedDesk, ticket: int | None = None) -> tuple[int, int]:
    """How many texts were read and how many secrets are new."""
    steps = list(scan(desk.service, ticket))
    return sum(step.entries for step in steps), sum(step.finds for step in steps)
