"""What the tables lack is seen and added whatever their version says, and what cannot be is told."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from config_files import config_text

from intake.cli import main
from intake.key_file import signing_keys
from intake.ports import UserError
from intake.store import open_store
from intake.store.opening import connection_of, table_state
from intake.store.schema.tables import TABLES
from intake.store.upgrade.compare import _addable, gaps

DESKS = Path(__file__).with_name("desks")
# Desks that older commits made, by their files.
OLD = sorted(path.name for path in DESKS.glob("*.sql"))


def config_of(url: str) -> str:
    """The config of a desk whose database is there."""
    return config_text(
        address="help@desk.example",
        desk="",
        store=f"url = {url}",
        web="port = 0",
        smtp="host = 127.0.0.1\nport = 1",
        more="[team printers]",
    )


@pytest.fixture
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Load a desk of the folder `desks`; return the URL of its database."""

    def load(name: str) -> str:
        text = (DESKS / name).read_text(encoding="utf-8")
        (tmp_path / "data").mkdir(mode=0o700)
        signing_keys(tmp_path / "data")
        if name.endswith(".sqlite.sql"):
            with closing(sqlite3.connect(tmp_path / "data" / "intake.db")) as database:
                database.executescript(text)
            return "sqlite:///intake.db"
        import psycopg

        url: str = request.getfixturevalue("postgres_url")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(text.encode())
        return url

    return load


def intake(config: Path, line: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["--config", str(config), *line.split()])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert code == result.exit_code, result.output
    return " ".join(result.output.split())


@pytest.mark.parametrize("name", OLD)
def test_a_desk_of_an_older_checkout_is_brought_up_to_date_and_works(
    name: str, old: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "intake.ini"
    config.write_text(config_of(old(name)), encoding="utf-8")
    said = intake(config, "migrate --check", code=1)
    assert "this intake needs" in said or "of an older intake" in said
    intake(config, f"migrate{' --backed-up' if 'postgres' in name else ''}")
    assert "Nothing to do" in intake(config, "migrate --check")
    assert "No problems found" in intake(config, "fsck")
    assert "Turn it off and on." in intake(config, "ticket show 1")
    assert "assigned to Anna" in intake(config, "ticket show 2")
    assert "A private thought." in intake(config, "ticket show 2")
    assert "2 Open tickets" in intake(config, "status")
    assert "Printer 3" in intake(config, "search printer")
    mail = tmp_path / "new.eml"
    mail.write_text("From: bob@customer.example\nTo: help@desk.example\nSubject: New\n\nNew words.\n")
    assert "message 4, ticketed, ticket #4" in intake(config, f"ingest {mail}")
    monkeypatch.setenv("INTAKE_AGENT", "anna@staff.example")
    assert "is closed" in intake(config, "ticket close 4")


def test_a_desk_on_a_server_does_not_start_on_older_tables(old: Callable[[str], str], tmp_path: Path) -> None:
    config = tmp_path / "intake.ini"
    config.write_text(config_of(old("8c22cdc.postgres.sql")), encoding="utf-8")
    for line in ("status", "fsck", "ticket show 1", "run"):
        said = intake(config, line, code=1)
        assert "older intake" in said
        assert said.endswith("then run `intake migrate`.")
    assert "run `intake migrate`" in intake(config, "check --offline", code=1)


@pytest.fixture(params=["sqlite", "postgres"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with today's tables."""
    url = "sqlite:///new.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    open_store(url, tmp_path).close()
    return str(url)


def test_each_column_and_index_that_is_missing_is_named_and_added(fresh: str, tmp_path: Path) -> None:
    db = connection_of(fresh, tmp_path)
    database: Any = db.database
    wanted = set()
    for table in TABLES:
        name = table._meta.table_name
        for index in [one.name for one in database.get_indexes(name)]:
            if "autoindex" not in index and not index.endswith("_pkey"):
                db.sql(f'DROP INDEX "{index}"')
                wanted.add(f"the index {index} is missing")
        for field in table._meta.sorted_fields:
            if _addable(field):
                db.sql(f'ALTER TABLE "{name}" DROP COLUMN "{field.column_name}"')
                wanted.add(f"{name} lacks its column {field.column_name}")
    db.close()
    version, found = table_state(fresh, tmp_path)
    assert wanted <= {gap.what for gap in found}
    assert not any(gap.cure for gap in found)
    store = open_store(fresh, tmp_path, upgrade=True)
    assert [] == gaps(store.db)
    store.close()
    assert (version, []) == table_state(fresh, tmp_path)


def test_each_table_that_is_missing_is_named_and_made(fresh: str, tmp_path: Path) -> None:
    db = connection_of(fresh, tmp_path)
    if not db.postgres:
        db.sql("PRAGMA foreign_keys = off")
    # `meta` is what tells a database of ours from a new one.
    for table in TABLES[1:]:
        db.sql(f'DROP TABLE "{table._meta.table_name}"{" CASCADE" if db.postgres else ""}')
        assert f"the table {table._meta.table_name} is missing" in {gap.what for gap in gaps(db)}
    db.close()
    store = open_store(fresh, tmp_path, upgrade=True)
    assert [] == gaps(store.db)
    store.close()


HOPELESS = {
    "a column of ours that no default fills": (
        'ALTER TABLE "audit" RENAME COLUMN "who" TO "whom"',
        "audit lacks its column who",
    ),
    "a column of another that must be filled": (
        'ALTER TABLE "audit" ADD COLUMN "colour" TEXT NOT NULL DEFAULT \'red\'',
        "",
    ),
    "a type": (
        'ALTER TABLE "audit" DROP COLUMN "message"; ALTER TABLE "audit" ADD COLUMN "message" TEXT',
        "audit.message holds text and not whole number",
    ),
    "meta of another program": (
        'ALTER TABLE "meta" RENAME COLUMN "value" TO "content"',
        "The database belongs to another program",
    ),
}


@pytest.mark.parametrize("what", HOPELESS)
def test_what_cannot_be_made_up_is_told_and_nothing_is_touched(what: str, fresh: str, tmp_path: Path) -> None:
    change, told = HOPELESS[what]
    db = connection_of(fresh, tmp_path)
    for statement in change.split(";"):
        db.sql(statement)
    db.close()
    if not told:
        # It has a default: whoever does not know it does no harm.
        open_store(fresh, tmp_path).close()
        return
    with pytest.raises(UserError, match=told) as raised:
        open_store(fresh, tmp_path, upgrade=True)
    assert "backup" in str(raised.value) or "[store] url" in str(raised.value)
    assert [] == list(tmp_path.glob("*.before-upgrade"))


def test_an_index_of_our_name_that_is_another_one_is_made_anew(fresh: str, tmp_path: Path) -> None:
    db = connection_of(fresh, tmp_path)
    db.sql('DROP INDEX "agent_key"')
    db.sql('CREATE INDEX "agent_key" ON "agent" ("name")')
    db.close()
    assert ["the index agent_key is another one"] == [gap.what for gap in table_state(fresh, tmp_path)[1]]
    store = open_store(fresh, tmp_path, upgrade=True)
    (made,) = [one for one in store.db.database.get_indexes("agent") if one.name == "agent_key"]  # type: ignore[attr-defined]
    assert (["key"], True) == (made.columns, made.unique)
    store.close()


def test_a_search_index_of_another_form_is_made_anew_with_its_words(tmp_path: Path) -> None:
    store = open_store("sqlite:///new.db", tmp_path)
    with store.transaction():
        store.db.sql("DROP TABLE search")
        store.db.sql("CREATE VIRTUAL TABLE search USING fts5(words)")
    store.close()
    assert ["the search index is another one"] == [
        gap.what for gap in table_state("sqlite:///new.db", tmp_path)[1]
    ]
    store = open_store("sqlite:///new.db", tmp_path)
    assert [] == gaps(store.db)
    store.close()


def test_the_copy_from_before_holds_the_tables_as_they_were(tmp_path: Path) -> None:
    store = open_store("sqlite:///new.db", tmp_path)
    store.db.sql('ALTER TABLE "ticket" DROP COLUMN "utc_offset"')
    store.close()
    open_store("sqlite:///new.db", tmp_path).close()
    kept = tmp_path / "new.db.before-upgrade"
    assert 0o600 == kept.stat().st_mode & 0o777
    with closing(sqlite3.connect(kept)) as database:
        assert "utc_offset" not in {row[1] for row in database.execute("PRAGMA table_info(ticket)")}
    open_store("sqlite:///new.db", tmp_path).close()
    assert [] == list(tmp_path.glob(".new.db*"))
