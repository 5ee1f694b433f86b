"""Locks that stand for something: no two of one number, and none that keeps another's work waiting."""

import re
from pathlib import Path

import psycopg

from intake.store import locks
from intake.store.opening import open_store

STORE = Path(locks.__file__).parent


def test_each_lock_has_a_number_of_its_own_in_the_one_list() -> None:
    numbers = {name: value for name, value in vars(locks).items() if name.isupper()}
    assert len(numbers) == len(set(numbers.values()))
    sources = {str(path): path.read_text(encoding="utf-8") for path in STORE.rglob("*.py")}
    asked = [
        (name, what)
        for name, text in sources.items()
        for what in re.findall(r'pg_advisory\w*\(%s\)", ([\w.]+)\)', text)
    ]
    # "lock" is the hash of a name; see store/web.py.
    assert {f"locks.{name}" for name in numbers} | {"lock"} == {what for _, what in asked}


def test_mail_is_decided_on_while_another_process_looks_at_the_tables(
    postgres_url: str, tmp_path: Path
) -> None:
    from datetime import UTC, datetime

    store = open_store(postgres_url, tmp_path)
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (locks.MIGRATE,))
        other.execute(f"ALTER DATABASE \"{other.info.dbname}\" SET statement_timeout = '5s'")
        store.close()

        assert [] == store.ledger.begin([1], datetime.now(UTC))
    store.close()
