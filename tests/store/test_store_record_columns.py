"""Each column of the recorded tables: it stands in the record or it is said why not, and none can be changed
or spoiled unnoticed."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import peewee
import pytest
from record_store import Recorded, recorded
from store_bench import NOW

from intake.desk.find_effects import KeepFinds
from intake.desk.record.columns import COLUMNS, HANGING, TABLE, table
from intake.desk.record.leaf import KINDS
from intake.desk.sensitive.finds import Find
from intake.store.record.comparing import _CALLED, Comparing
from intake.store.record.tables import RECORDED
from intake.store.schema.tables import TABLES

ROOT = Path(__file__).resolve().parents[2]
BY_NAME: dict[str, Any] = {model._meta.table_name: model for model in TABLES}  # type: ignore[attr-defined]
LISTED: dict[str, Mapping[str, Any]] = {
    **{TABLE[kind]: columns for kind, columns in COLUMNS.items()},
    **{name: columns for name, _, columns in HANGING.values()},
}
# What says whose a row is, or which.
NAMING = ("id", "entry", "agent")


def history(desk: Recorded) -> None:
    """Have a row of each recorded table, and of what hangs on them."""
    desk.store.agents.add("anna@desk.example", "Anna", ("shop",), NOW)
    desk.history()
    found = Find("text", "recovery phrase", "certain", 12, b"print")
    desk.bench.apply(KeepFinds(1, (found,)))
    values = "(entry, name, media_type, size, sha256, content_id, inline)"
    inline = "false" if desk.bench.engine == "postgres" else "0"
    desk.sql(f"INSERT INTO attachment {values} VALUES (1, 'a.txt', 'text/plain', 1, 'ab', '', {inline})")
    desk.checkpoint()
    desk.checkpoint()


@pytest.fixture(params=["sqlite", "postgres"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Recorded]:
    url = "sqlite:///intake.db" if request.param == "sqlite" else request.getfixturevalue("emptied")()
    with recorded(request.param, url, tmp_path) as made:
        history(made)
        yield made


@pytest.fixture
def file_desk(tmp_path: Path) -> Iterator[Recorded]:
    with recorded("sqlite", "sqlite:///intake.db", tmp_path) as made:
        history(made)
        # Who writes with a tool of their own need not keep to what the tables demand.
        made.store.db.sql("PRAGMA foreign_keys = off")
        yield made


def columns_of(kind: str) -> Iterator[tuple[str, str, str]]:
    """Yield each recorded column of a kind as its table, its name, and what names the row."""
    for name, column in COLUMNS[kind].items():
        if column.recorded:
            yield TABLE[kind], name, "id"
    if kind in HANGING:
        hanging, owner, columns = HANGING[kind]
        yield from ((hanging, name, owner) for name, column in columns.items() if column.recorded)


def compared_after(desk: Recorded, kind: str, text: str) -> list[str]:
    """Return what is told of the first row of a kind after a statement, of which nothing stays."""
    comparing = Comparing(desk.store.db, desk.store.blobs, dict.fromkeys(KINDS, 0), 0, True)
    return desk.lied(text, look=lambda: [wrong.text for wrong in comparing.rows(kind, 1, 1)])


def test_each_column_of_the_schema_is_recorded_or_it_is_said_why_not() -> None:
    assert set(KINDS) == set(COLUMNS) == set(TABLE) == set(RECORDED.values())
    for name, columns in LISTED.items():
        fields = BY_NAME[name]._meta.fields.values()
        there = {field.column_name for field in fields if isinstance(field, peewee.Field)}
        assert there == set(columns), name
    assert all(RECORDED[BY_NAME[TABLE[kind]]] == kind for kind in KINDS)


def test_the_documentation_has_the_table_of_what_is_recorded() -> None:
    assert table() in (ROOT / "docs" / "record.md").read_text(encoding="utf-8")


def test_no_recorded_column_can_be_changed_unnoticed(desk: Recorded) -> None:
    # What refers to another row is to refer to one that is there.
    refers = {
        "entry": 2,
        "ticket": 2,
        "message": 2,
        "agent": 1,
        "related": 2,
        "merged_into": 2,
        "duplicate_of": 2,
    }
    assert [] == desk.verify(full=True).faults
    missed = []
    for kind in KINDS:
        for name, column, key in columns_of(kind):
            field = BY_NAME[name]._meta.columns[column]
            value = f"{refers.get(column, 7)}"
            if isinstance(field, peewee.BooleanField):
                value = f"NOT {column}"
            elif field.field_type == "TEXT":
                value = "'other'"
            elif field.field_type == "BLOB":
                value = "'x'::bytea" if desk.bench.engine == "postgres" else "x'78'"
            faults = desk.faults_after(f'UPDATE "{name}" SET {column} = {value} WHERE {key} = 1')
            if not any(fault.startswith(f"{_CALLED[kind]} 1 ") for fault in faults):
                missed.append(f"{name}.{column}")
    assert [] == missed


def test_a_row_of_any_recorded_table_that_goes_or_comes_is_told(file_desk: Recorded) -> None:
    for kind in KINDS:
        (fault, *_) = file_desk.faults_after(f"DELETE FROM {TABLE[kind]} WHERE id = 1")
        assert fault.startswith(f"{_CALLED[kind]} 1 is gone"), kind
        names = [name for name in BY_NAME[TABLE[kind]]._meta.columns if name != "id"]
        keys = ("sha256", "dedupe_key", "message_id", "key")
        values = ", ".join(f"{name} || 'x'" if name in keys else name for name in names)
        copy = (
            f"INSERT INTO {TABLE[kind]} ({', '.join(names)}) SELECT {values} FROM {TABLE[kind]} WHERE id = 1"
        )
        faults = file_desk.faults_after(copy)
        assert any("the record does not know it" in fault for fault in faults), kind


# What a column of SQLite takes all the same: bytes, text that is none, a fraction, nothing; in the place of a
# number also text, and a number that none of ours is.
WRONG = ("x'00ff'", "CAST(x'ff' AS TEXT)", "1.5", "NULL", "'x'", "-9223372036854775808")
OF_THE_RECORD = {
    "record_row": ("seq", "kind", "number", "body", "hash", "salts"),
    "record_checkpoint": ("size", "made_at", "note"),
}


def test_a_value_of_a_wrong_type_is_told_by_its_row_and_breaks_nothing(file_desk: Recorded) -> None:
    missed = []
    for kind in KINDS:
        for name, column, key in columns_of(kind):
            field = BY_NAME[name]._meta.columns[column]
            for value in WRONG[:4] if field.field_type == "TEXT" else WRONG:
                where = f"WHERE {key} = 1 AND {column} IS NOT {value}"
                if not file_desk.one(f'SELECT COUNT(*) FROM "{name}" {where}'):
                    continue
                try:
                    told = compared_after(file_desk, kind, f'UPDATE "{name}" SET {column} = {value} {where}')
                except peewee.IntegrityError:
                    continue
                if not told:
                    missed.append(f"{name}.{column} = {value}")
    assert [] == missed
    # The whole way, once for each table.
    for kind in KINDS:
        name, column, key = next(columns_of(kind))
        spoil = f"UPDATE \"{name}\" SET {column} = CAST(x'ff' AS TEXT) WHERE {key} = 1"
        faults = file_desk.faults_after(spoil)
        assert any(fault.startswith(f"{_CALLED[kind]} 1 ") for fault in faults), (kind, faults)


def test_what_is_not_recorded_may_be_spoiled_and_breaks_nothing(file_desk: Recorded) -> None:
    for name, columns in LISTED.items():
        left = [each for each, column in columns.items() if not column.recorded and each not in NAMING]
        if not left:
            continue
        for value in WRONG[:3]:
            # What may stand there once only must not be the same in two rows.
            values = ", ".join(f"{column} = {value}" for column in left)
            which = f"(SELECT MIN(rowid) FROM {name})"
            faults = file_desk.faults_after(f"UPDATE {name} SET {values} WHERE rowid = {which}")
            assert not faults or name == "outbox", (name, faults)


def test_a_value_of_a_wrong_type_in_the_record_itself_is_told_and_breaks_nothing(file_desk: Recorded) -> None:
    missed = []
    for name, columns in OF_THE_RECORD.items():
        key, row = ("seq", 3) if name == "record_row" else ("id", 1)
        for column in columns:
            for value in WRONG:
                try:
                    faults = file_desk.faults_after(
                        f"UPDATE {name} SET {column} = {value} WHERE {key} = {row}"
                    )
                except peewee.IntegrityError:
                    continue
                if not faults:
                    missed.append(f"{name}.{column} = {value}")
    for value in WRONG:
        try:
            assert file_desk.faults_after(f"UPDATE meta SET value = {value} WHERE name = 'record'")
        except peewee.IntegrityError:
            continue
    assert [] == missed


def test_who_seals_is_stopped_by_nothing_that_lies_in_a_row(file_desk: Recorded) -> None:
    for kind in KINDS:
        due = f"INSERT INTO record_due (kind, number, why, act) VALUES ('{kind}', 1, 'updated', 0)"
        spoil = [
            f"UPDATE \"{name}\" SET {column} = CAST(x'ff' AS TEXT) WHERE {key} = 1"
            for name, column, key in columns_of(kind)
        ]
        faults = file_desk.faults_after(*spoil, due, seal=True)
        assert any(fault.startswith(f"{_CALLED[kind]} 1 ") for fault in faults), kind
    due = "INSERT INTO record_due (kind, number, why, act) VALUES ('audit', 1, '', 0)"
    for column in ("kind", "number", "why", "act"):
        for value in ("x'00ff'", "CAST(x'ff' AS TEXT)", "1.5"):
            file_desk.faults_after(due, f"UPDATE record_due SET {column} = {value}", seal=True)


# Each: what is done, of which row the record is then told that the desk changed it, and what is said.
AS_IF_BY_THE_DESK = {
    "a customer's words as a note": (
        "UPDATE entry SET kind = 'note' WHERE id = 1",
        "entry",
        "entry 1 is not as it was recorded: its kind, which nobody changes so",
    ),
    "other words": ("UPDATE entry SET text = 'All is well.' WHERE id = 1", "entry", "entry 1 .*its text"),
    "another ticket of an entry": (
        "UPDATE entry SET ticket = 2 WHERE id = 1",
        "entry",
        "entry 1 .*its ticket",
    ),
    "another outcome": (
        "UPDATE message SET outcome = 'duplicate' WHERE id = 1",
        "message",
        "message 1 .*outcome",
    ),
    "another sender": (
        "UPDATE message SET sender = 'e@vil.example' WHERE id = 1",
        "message",
        "message 1 .*head",
    ),
    "another requester": (
        "UPDATE ticket SET requester = 'e@vil.example' WHERE id = 1",
        "ticket",
        "its requester",
    ),
    "a find of another kind": (
        "UPDATE secret_find SET kind = 'date' WHERE id = 1",
        "find",
        "find 1 .*its kind",
    ),
    "a find that was never hidden": (
        "UPDATE secret_find SET state = 'false' WHERE id = 1",
        "find",
        "find 1 .*its state, which nobody changes so",
    ),
}


def test_a_change_recorded_as_if_the_desk_had_made_it_is_told(desk: Recorded) -> None:
    for name, (text, kind, said) in AS_IF_BY_THE_DESK.items():
        due = f"INSERT INTO record_due (kind, number, why, act) VALUES ('{kind}', 1, 'updated', 0)"
        faults = desk.faults_after(text, due, seal=True)
        assert faults, name
        assert re.search(said, faults[0]), (name, faults)


def test_checkpoints_that_were_removed_are_told(desk: Recorded) -> None:
    left = desk.checkpoint()
    (fault,) = desk.faults_after("DELETE FROM record_checkpoint WHERE id = 2")
    assert "is not kept here any more, and row" in fault
    desk.sql("DELETE FROM record_checkpoint WHERE id = 3")
    assert [] == desk.verify(full=True).faults
    (fault,) = desk.verify(left, full=True).faults
    assert "left the machine, and is not kept here any more" in fault
