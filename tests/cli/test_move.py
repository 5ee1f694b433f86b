"""A desk that began on SQLite goes on on PostgreSQL, whole or not at all."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import peewee
import pytest
from command_line import Run

from intake.config import settings as configs
from intake.ports import UserError
from intake.store import SqlStore, open_store
from intake.store.schema.fields import Bytes, Moment, Pairs, Strings
from intake.store.schema.record import RecordDue
from intake.store.schema.tables import TABLES, Meta
from intake.store.upkeep.to_postgres import USUAL, move, moved_to

Mail = Callable[..., Path]
NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
FILE = "sqlite:///intake.db"
# What stands for NULL, a new line, a tab and an escape in the form that rows travel in.
AWKWARD = "\\N \n\t\\t \"quoted\" 私钥 'x' \r\u2028"


def quietly(done: int, whole: int) -> None:
    """Tell nobody."""


def a_value(field: peewee.Field, number: int) -> Any:
    if isinstance(field, Moment):
        return None if field.null and number == 2 else NOW + timedelta(days=number)
    if isinstance(field, Strings):
        return (AWKWARD, str(number))
    if isinstance(field, Pairs):
        return {AWKWARD: str(number)}
    if isinstance(field, Bytes):
        return bytes(range(256)) * number
    if isinstance(field, peewee.BooleanField):
        return number == 1
    if isinstance(field, peewee.IntegerField | peewee.BigIntegerField):
        return None if field.null and number == 2 and field.name != "id" else number
    return f"{AWKWARD}{number}"


def filled(data: Path) -> SqlStore:
    """A store on SQLite with two rows in every table there is."""
    store = open_store(FILE, data)
    with store.db.transaction():
        for table in TABLES:
            fields = table._meta.sorted_fields
            if table is RecordDue:
                # What the record is owed of the rows above.
                store.db.run(RecordDue.delete())
            for number in (1, 2):
                values = {one: a_value(one, number) for one in fields}
                store.db.run(table.insert(values).as_rowcount())
    return store


def rows(store: SqlStore) -> dict[str, list[Any]]:
    found = {}
    for table in TABLES:
        query = table.select().tuples()
        if table is Meta:
            query = query.where(Meta.name != "moved")
        found[table._meta.table_name] = sorted(store.db.rows(query), key=repr)
    return found


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir(mode=0o700, exist_ok=True)
    return tmp_path / "data"


@pytest.fixture
def there(postgres_url: str, data: Path) -> Iterator[SqlStore]:
    """The new database, its tables made and empty."""
    store = open_store(postgres_url, data)
    yield store
    store.close()


def test_every_row_of_every_table_arrives_as_it_was(data: Path, postgres_url: str, there: SqlStore) -> None:
    old = filled(data)
    wanted = rows(old)
    old.close()
    steps: list[tuple[int, int]] = []
    count = move(FILE, postgres_url, data, lambda done, whole: steps.append((done, whole)))
    assert wanted == rows(there)
    assert sum(len(one) for one in wanted.values()) == count
    assert (count, count) == steps[-1]
    assert [False, True] == [(data / "intake.db").exists(), moved_to(data / "intake.db").exists()]


def on_postgres(config: Path, url: str) -> None:
    config.write_text(f"{config.read_text()}\n[store]\nurl = {url.replace('%', '%%')}\n")


def test_the_desk_goes_on_where_it_was(
    intake: Run, mail: Mail, config: Path, postgres_url: str, tmp_path: Path
) -> None:
    intake("agent", "add", "anna@staff.example", "--name", "Anna")
    for number in range(1, 5):
        sender = f"问题 {number}"
        intake("ingest", str(mail(sender, f"Where is order {number}?", f"m{number}")))
    asked = [
        ("ticket", "list", "--json"),
        ("ticket", "show", "2", "--json"),
        ("outbox", "list", "--json"),
        ("agent", "list", "--json"),
        ("search", "order 3", "--json"),
        ("search", "问题", "--json"),
    ]
    before = [intake(*one).stdout for one in asked]
    on_postgres(config, postgres_url)
    refused = " ".join(intake("ticket", "list", code=1).output.split())
    assert "data/intake.db. Stop intake and run `intake move`" in refused
    said = intake("move").output
    assert "continues from the old desk" in said
    assert before == [intake(*one).stdout for one in asked]
    assert "No problems found" in intake("fsck").output
    assert "moved the desk" in intake("audit").output
    assert "holds all mail from before" in " ".join(intake("check", "--offline").output.split())
    intake("ingest", str(mail("One more", "Hello", "m5")))
    assert 5 == json.loads(intake("ticket", "list", "--json").stdout)[0]["id"]
    assert "There is nothing to do" in " ".join(intake("move", code=1).output.split())


def test_an_erased_number_stays_nobodys(data: Path, postgres_url: str, there: SqlStore) -> None:
    filled(data).close()
    with closing(sqlite3.connect(data / "intake.db")) as database:
        database.execute("UPDATE sqlite_sequence SET seq = 41 WHERE name = 'audit'")
        database.commit()
    move(FILE, postgres_url, data, quietly)
    (number,) = there.db.sql(
        "INSERT INTO audit (at, who, what, authority) VALUES (1, 'a', 'b', '') RETURNING id"
    )
    assert 42 == number


def test_a_file_that_is_in_use_is_left_alone(data: Path, postgres_url: str, there: SqlStore) -> None:
    store = filled(data)
    with pytest.raises(UserError, match="Stop intake"):
        move(FILE, postgres_url, data, quietly)
    assert [] == there.listing.list_tickets(limit=1)
    assert 2 == len(rows(store)["ticket"])
    store.close()


def test_a_database_that_holds_something_is_left_alone(
    data: Path, postgres_url: str, there: SqlStore
) -> None:
    filled(data).close()
    there.upkeep.record_audit("root", "looked", NOW)
    with pytest.raises(UserError, match="not empty: audit has rows"):
        move(FILE, postgres_url, data, quietly)
    assert 0 == len(rows(there)["ticket"])
    assert (data / "intake.db").exists()


class Cut(BaseException):
    """The move ends here."""


def test_cut_off_half_way_it_has_moved_nothing_and_can_be_run_again(
    data: Path, postgres_url: str, there: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = filled(data)
    wanted = rows(old)
    old.close()
    monkeypatch.setattr("intake.store.upkeep.to_postgres._STEP", 1)
    for place in (1, 9, 30):

        def told(done: int, whole: int, place: int = place) -> None:
            if done == place:
                raise Cut

        with pytest.raises(Cut):
            move(FILE, postgres_url, data, told)
        assert [] == [name for name, found in rows(there).items() if found and name != "meta"]
    assert 0 < move(FILE, postgres_url, data, quietly)
    assert wanted == rows(there)


def test_cut_off_before_the_file_was_renamed_only_that_is_left_to_do(
    data: Path, postgres_url: str, there: SqlStore
) -> None:
    filled(data).close()
    shutil.copy(data / "intake.db", data / "kept")
    move(FILE, postgres_url, data, quietly)
    moved_to(data / "intake.db").unlink()
    shutil.copy(data / "kept", data / "intake.db")
    assert 0 == move(FILE, postgres_url, data, quietly)
    assert moved_to(data / "intake.db").exists()
    moved_to(data / "intake.db").unlink()
    shutil.copy(data / "kept", data / "intake.db")
    late = open_store(FILE, data)
    late.upkeep.record_audit("root", "with the old config", NOW)
    late.close()
    with pytest.raises(UserError, match="written into since"):
        move(FILE, postgres_url, data, quietly)
    assert (data / "intake.db").exists()


def test_the_file_that_is_looked_for_is_the_one_a_config_without_a_url_uses(config: Path) -> None:
    assert USUAL == configs.load(config).store.url


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        (FILE, FILE, "Let .store. url name the new database"),
        ("postgresql://x@127.0.0.1/y", "postgresql://x@127.0.0.1/z", "Let .store. url name"),
        ("sqlite:///other.db", "postgresql://x@127.0.0.1/z", "other.db does not exist"),
    ],
    ids=["to SQLite", "from PostgreSQL", "from no file"],
)
def test_what_cannot_be_moved_is_said(source: str, target: str, said: str, data: Path) -> None:
    with pytest.raises(UserError, match=said):
        move(source, target, data, quietly)


@pytest.mark.parametrize(
    ("words", "code"),
    [(("run",), 1), (("ingest", "MAIL"), 75), (("ticket", "list"), 1), (("check", "--offline"), 1)],
    ids=["run", "ingest", "ticket list", "check"],
)
@pytest.mark.parametrize("holds", ["mail", "an agent"])
def test_no_desk_begins_on_an_empty_database_beside_its_old_one(
    words: tuple[str, ...], code: int, holds: str, intake: Run, mail: Mail, config: Path
) -> None:
    if holds == "mail":
        intake("ingest", str(mail()))
    else:
        intake("agent", "add", "anna@staff.example", "--name", "Anna")
    config.write_text(f"{config.read_text()}\n[store]\nurl = sqlite:///new.db\n")
    given = [str(mail()) if one == "MAIL" else one for one in words]
    assert "put the old url back" in " ".join(intake(*given, code=code).output.split())


def test_an_old_file_with_nobody_in_it_is_no_desk(intake: Run, mail: Mail, config: Path) -> None:
    intake("status")
    config.write_text(f"{config.read_text()}\n[store]\nurl = sqlite:///new.db\n")
    intake("ingest", str(mail()))
    assert 1 == len(json.loads(intake("ticket", "list", "--json").stdout))


def test_while_a_move_runs_nothing_begins_beside_it(
    intake: Run, mail: Mail, config: Path, tmp_path: Path
) -> None:
    intake("ingest", str(mail()))
    config.write_text(f"{config.read_text()}\n[store]\nurl = sqlite:///new.db\n")
    with closing(sqlite3.connect(tmp_path / "data/intake.db", isolation_level=None)) as moving:
        moving.execute("PRAGMA journal_mode = delete")
        moving.execute("BEGIN EXCLUSIVE")
        assert "database is locked" in intake("ticket", "list", code=75).output
