#!/usr/bin/env python3
"""What the record costs: in the transaction that writes a row, to seal, and to verify all of it.

Fills a SQLite database with acts, messages, entries and sent mails, all owed to the record, a quarter each;
seals them, makes a checkpoint and verifies, first without and then with the bytes of every mail. Times are
of the processor, so that other work on the machine counts little.

Usage: python bench/record.py [--rows 1000000] [--write]
"""

import argparse
import hashlib
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import figures
from intake.recording.key import record_key, valid
from intake.store import SqlStore, open_store
from intake.store.record import dues
from intake.store.record.checkpoints import Checkpoints
from intake.store.record.sealing import Sealing
from intake.store.record.verifying import Verifying
from intake.store.schema.tables import Ticket

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
AT = int(NOW.timestamp() * 1_000_000)
WORDS = "My coins are gone and nobody tells me where they went. " * 8
RAW = ("Subject: %d\r\n\r\n" + WORDS).encode()
# Rows of one transaction, as when fifty messages are decided on together.
SET = 50
ROUNDS = 200
_BLOB = "sha256, size, content"
_MESSAGE = (
    "id, sha256, size, fingerprint, channel, mailbox, recipients, archive, released, oversize, received_at, "
    "state, rule, reason, attempts, next_at, held_by, sender, sender_key, sender_ceiling, sender_domain, "
    "text_hash, subject, message_id, defects"
)
_ENTRY = (
    "id, ticket, kind, author, author_name, text, full_text, before, evidence, settled, unproven, created_at"
)
_AUDIT = "id, at, who, what, authority"
_OUTBOX = (
    "id, dedupe_key, message_id, kind, urgency, mail_from, rcpt, rcpt_key, rcpt_ceiling, rcpt_domain, "
    "quoted, mime, state, not_before, attempts, error, delivery, doubtful, seen, created_at, "
    "due_since, sent_at"
)


def main() -> None:
    """Measure, and print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the record")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/benchmarks.md")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="intake-bench-") as name:
        folder = Path(name)
        with closing(open_store("sqlite:///intake.db", folder)) as store:
            text = measured(store, folder, asked.rows // 4)
    print(text)
    if asked.write:
        figures.write("record", text)


def measured(store: SqlStore, folder: Path, each: int) -> str:
    """Return the table for `each` rows of each kind."""
    owing = cost_of_owing(store)
    fill(store, each)
    kept = Checkpoints(store.db, store.blobs)
    key = record_key(folder / "record.key", make=True)
    assert key is not None
    sealing = timed(lambda: kept.seal_all(NOW))
    kept.make(key.public, key.sign, NOW)
    rows = int(store.db.sql("SELECT COUNT(*) FROM record_row")[0])
    took = {}
    for full in (False, True):
        verifying = Verifying(store.db, store.blobs, valid)
        began = time.process_time()
        verified = verifying.verify(full=full)
        took[full] = time.process_time() - began
        assert verified.faults == [], verified.faults
        assert verified.rows == rows
    size = store.db.sql("SELECT SUM(LENGTH(body) + LENGTH(hash) + LENGTH(salts)) FROM record_row")[0]
    return "\n".join(
        (
            f"| {rows:,} rows of the record | |",
            "| --- | --- |",
            f"| noting in the transaction that a row is owed | {owing:.1f} µs a row |",
            f"| sealing | {sealing / rows * 1e6:.0f} µs a row |",
            f"| `intake audit verify`, seconds of processor | {took[False]:.1f} |",
            f"| `intake audit verify --full`, seconds of processor | {took[True]:.1f} |",
            f"| in the database | {size / rows:.0f} bytes a row |",
            "",
            f"({figures.where()})",
        )
    )


def timed(work: Any) -> float:
    """Return the seconds of processor that `work` takes: other work on the machine does not count."""
    began = time.process_time()
    work()
    return time.process_time() - began


def cost_of_owing(store: SqlStore) -> float:
    """Return what noting that a row is owed adds to a transaction, in µs a row, the median of sets of SET."""
    took = []
    for _ in range(ROUNDS):
        with store.transaction():
            took.append(timed(lambda: store.db.insert(dues.DUES, dues.owed("audit", range(SET)))) / SET)
    store.db.write("DELETE FROM record_due", ())
    return statistics.median(took) * 1e6


def fill(store: SqlStore, each: int) -> None:
    """Write the rows, as owed."""
    Sealing(store.db, store.blobs).seal(NOW)
    named = dict.fromkeys(("requester_name", "team"), "") | {"mailbox": "m", "channel": "imap"}
    opened = {"status": "open", "language": "en", "created_at": NOW, "updated_at": NOW}
    store.db.run(Ticket.insert(id=1, subject="s", requester="a@b.c", **named, **opened))
    connection: Any = store.db.database.connection()  # type: ignore[no-untyped-call]
    tables = {
        "blob": (_BLOB, blobs(each)),
        "message": (_MESSAGE, messages(each)),
        "entry": (_ENTRY, entries(each)),
        "audit": (_AUDIT, ((n, AT, "Anna", f"#assign {n}", "command line") for n in every(each))),
        "outbox": (_OUTBOX, mails(each)),
    }
    for table, (columns, rows) in tables.items():
        places = ", ".join("?" * len(columns.split(", ")))
        connection.execute("BEGIN")
        connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)
        connection.execute("COMMIT")
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO record_due (kind, number, why, act) VALUES (?, ?, '', 0)",
        ((kind, n) for n in range(1, each + 1) for kind in ("message", "entry", "audit", "sent")),
    )
    connection.execute("COMMIT")


def every(each: int) -> range:
    """Return the numbers of the rows of a kind."""
    return range(1, each + 1)


def blobs(each: int) -> Iterator[tuple[Any, ...]]:
    for number in every(each):
        raw = RAW % number
        yield hashlib.sha256(raw).hexdigest(), len(raw), raw


def messages(each: int) -> Iterator[tuple[Any, ...]]:
    for number in every(each):
        raw = RAW % number
        name = hashlib.sha256(raw).hexdigest()
        known = (number, name, len(raw), name[:9], "imap", "support", "[]", 0, 0, 0, AT, "done", "", "")
        yield (*known, 1, AT, "", "a@b.c", "a@b.c", "", "b.c", "", "s", f"{number}@x", "[]")


def entries(each: int) -> Iterator[tuple[Any, ...]]:
    for number in every(each):
        yield number, 1, "customer", "a@b.c", "", WORDS, WORDS, "{}", "", 0, 0, AT


def mails(each: int) -> Iterator[tuple[Any, ...]]:
    for number in every(each):
        known = (number, f"k{number}", f"{number}@desk", "relay", 0, "", "a@b.c", "a@b.c", "", "b.c", 0)
        yield (*known, RAW % number, "sent", AT, 1, "", "", 0, 0, AT, AT, AT)


if __name__ == "__main__":
    main()
