"""Looking through what lies there: what is new is noted once, nobody is written to, a stop loses nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from canaries import CARD, PHRASE, leaks
from pump import Clock, PumpedDesk

from intake.desk.ticket import EntryKind
from intake.service import secret_scan
from intake.service.secret_scan import scan
from intake.store.schema.finds import SecretFind
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


def total(desk: PumpedDesk, ticket: int | None = None) -> tuple[int, int]:
    """How many texts were read and how many secrets are new."""
    steps = list(scan(desk.service, ticket))
    return sum(step.entries for step in steps), sum(step.finds for step in steps)
