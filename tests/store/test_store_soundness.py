"""Nothing is lost and nothing half done: after a kill, and as the store's own check sees it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from engines import ON_SQL
from s3_door import bucket_of
from store_bench import Bench

from intake.desk.effects import Finish, Outcome
from intake.desk.message import Attachment
from intake.store import SqlStore, open_store
from intake.store.blobs import LARGEST_ROW
from intake.store.schema.tables import Blob, Entry, Message, Outbox, Sighting
from intake.store.upkeep.integrity import IntegrityCheck
from intake.testing import wait_until


def test_a_store_in_use_is_sound(bench: Bench) -> None:
    bench.open(b"one", dedupe="ack:1", attachments=(Attachment("a", "text/plain", b"file"),))
    bench.receive(b"l" * (LARGEST_ROW + 1))
    bench.store.ledger.quarantine(bench.receive(b"bad"), "bad", bench.now)
    bench.store.ledger.drop(3, "spam", bench.now)
    bench.owe("relay:1")
    assert [] == bench.faults()


@ON_SQL
def test_each_fault_is_told(bench: Bench) -> None:
    bench.open(b"one", attachments=(Attachment("a", "text/plain", b"file"),))
    bench.owe("relay:1")
    bench.apply(Finish(Outcome.APPENDED), ledger_id=bench.receive(b"two"))
    for number in range(3, 6):
        bench.receive(b"%d" % number)
    names = {row.id: row.sha256 for row in bench.store.ledger.list_messages()}
    file = bench.store.tickets.entries(1)[0].files[0].sha256
    with bench.store.transaction():
        for query in (
            Entry.update(text="x").where(Entry.id == 1),
            Blob.update(content=b"1").where(Blob.sha256 == names[1]),
            Blob.delete().where(Blob.sha256.in_((names[3], file))),
            Message.update(state="done").where(Message.id == 4),
            Message.update(state="lost").where(Message.id == 5),
            Sighting.delete().where(Sighting.message == 5),
            Outbox.update(state="gone"),
        ):
            bench.store.db.run(query)
    assert {
        f"blob {names[1]} does not hold the bytes it is named after",
        "message 2 is in no ticket",
        "message 3 has lost its bytes",
        "message 4 is done but has no outcome",
        "message 5 is in no known state",
        "message 5 was never seen anywhere",
        "attachment 1 has lost its bytes",
        "outbox 1 is in no known state",
    } == set(IntegrityCheck(bench.store.db, bench.store.blobs).faults())


_WORK = """
import itertools, sys
from datetime import UTC, datetime
from pathlib import Path
from intake.desk.effects import *
from intake.desk.message import Address, Envelope, Message
from intake.desk.ticket import EntryKind
from intake.ports import Arrival
from intake.store import open_store
from intake.store.blobs import digest

url, data, start = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
files = None
if sys.argv[4:]:
    from intake.testing.s3 import S3Server
    from s3_door import bucket_of

    files = bucket_of(S3Server(int(sys.argv[4]), data), sys.argv[5])
store, now, ann = open_store(url, data, files=files), datetime.now(UTC), Address("ann@customer.example")
ids = itertools.count()


def compose(mail, ticket):
    return Outgoing(mail.kind, "", ann.mailbox, f"{start}-{next(ids)}@desk.example", b"mail")


for number in itertools.count():
    raws = [f"{start} {number} {one} ".encode() * (1 if one else 200_000) for one in range(3)]
    got = store.ledger.receive([Arrival(raw, Envelope("imap", "support")) for raw in raws], now)
    for raw in raws:
        print("received", digest(raw), flush=True)
    with store.transaction():
        for one, raw in zip(got, raws):
            message = Message(digest(raw), len(raw), digest(raw), sender=ann)
            effects = [
                OpenTicket("x", ann, "en", "support", "", "imap"),
                AddEntry(None, EntryKind.CUSTOMER, ann, "x", from_message=True),
                Mail(MailKind.ACKNOWLEDGEMENT, None, ann, f"ack:{message.fingerprint}"),
                Finish(Outcome.TICKETED),
            ]
            store.apply(effects, compose, now, one.ledger_id, message)
"""


_KILLED = "soon killed"


def at_work(store: SqlStore) -> int:
    """How many sessions of killed processes a server still has: it commits what it had whole."""
    sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"
    return int(store.db.sql(sessions, _KILLED)[0])


@pytest.mark.parametrize("engine", ["sqlite", "postgres", "sqlite and a bucket"])
def test_killed_at_any_moment_what_was_received_is_there_and_nothing_is_half_done(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres")() if engine == "postgres" else "sqlite:///intake.db"
    files, where = None, []
    if engine.endswith("bucket"):
        server, name = request.getfixturevalue("s3"), request.getfixturevalue("bucket").name
        files, where = bucket_of(server, name), [str(server.port), name]
    store = open_store(url, tmp_path, files=files)
    root = Path(__file__).parents[2]
    environment = {
        **os.environ,
        "PYTHONPATH": f"{root}{os.pathsep}{root / 'tests'}",
        "PGAPPNAME": _KILLED,
    }
    promised: set[str] = set()
    for start in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", _WORK, url, str(tmp_path), str(start), *where],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        promised.add(process.stdout.readline().split()[1])
        time.sleep(0.11 + 0.017 * start)
        process.send_signal(signal.SIGKILL)
        promised |= {line.split()[1] for line in process.stdout.read().splitlines() if len(line) == 73}
        process.stdout.close()
        assert -signal.SIGKILL == process.wait(10)
    if engine == "postgres":
        wait_until(lambda: at_work(store) == 0, 20, "the server has ended what the killed had begun")
    rows = store.ledger.list_messages(limit=10**6)
    assert promised <= {row.sha256 for row in rows}
    assert [] == list(IntegrityCheck(store.db, store.blobs).faults())
    tickets = len(store.listing.list_tickets(limit=10**6))
    done = sum(row.state == "done" for row in rows)
    assert (done, done) == (tickets, len(store.outbox.list_mails(limit=10**6)))
    assert done > 3, "it must have been at work"
    store.close()
