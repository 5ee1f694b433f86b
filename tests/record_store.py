"""A store with some history in its record, for the tests of what shows that it was tampered with."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from store_bench import KEY, NOW, Bench

from intake.desk.record.checkpoint import Note, notes_in
from intake.store import SqlStore, open_store
from intake.store.record.checkpoints import Checkpoints
from intake.store.record.sealing import Sealing
from intake.store.record.state import state_of
from intake.store.record.verifying import Verified, Verifying

T = TypeVar("T")


def valid(public: bytes, signature: bytes, text: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except InvalidSignature:
        return False
    return True


class Undone(Exception):
    """Ends a transaction that is to leave nothing."""


@dataclass
class Recorded:
    """A bench with its database, and the key that its checkpoints are signed with."""

    bench: Bench
    store: SqlStore
    key: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def seal(self) -> int:
        return Sealing(self.store.db, self.store.blobs).seal_all(NOW).rows

    def checkpoint(self, now: datetime = NOW) -> Note:
        """Seal all, sign, and keep the checkpoint as the desk does."""
        kept = Checkpoints(self.store.db, self.store.blobs)
        made = kept.make(self.public, self.key.sign, now)
        assert made is not None
        (read,) = notes_in(made.note)
        return read

    def verify(self, *outside: Note, full: bool = False) -> Verified:
        return Verifying(self.store.db, self.store.blobs, valid, pause=0).verify(outside, full)

    def sql(self, text: str, *params: Any) -> Any:
        """Do to the database what somebody with root may do."""
        if self.bench.engine == "postgres":
            text = text.replace("?", "%s")
        with self.store.transaction():
            return self.store.db._cursor(text, params).rowcount

    def lied(self, *texts: str, look: Callable[[], T]) -> T:
        """Return what is seen after these statements, of which nothing stays. Raises what is refused."""
        seen: list[T] = []
        with suppress(Undone), self.store.transaction():
            for text in texts:
                self.sql(text)
            seen.append(look())
            raise Undone
        return seen[0]

    def faults_after(self, *texts: str, seal: bool = False) -> list[str]:
        """Return what is told after these statements, of which nothing stays; `seal`: once recorded."""

        def look() -> list[str]:
            if seal:
                self.seal()
            return self.verify(full=True).faults

        return self.lied(*texts, look=look)

    def one(self, text: str) -> Any:
        return self.store.db.sql(text)[0]

    def history(self, tickets: int = 3) -> None:
        """Have some tickets, with mails that were sent and acts of people."""
        for number in range(tickets):
            raw = b"Subject: Printer %d\r\n\r\nIt smokes.\r\n" % number
            message = self.bench.receive(raw)
            self.bench.apply(
                *self.bench.opening(f"ack:{number}"), ledger_id=message, message=self.bench.message(raw)
            )
            self.store.upkeep.record_audit("Anna", f"looked at {number}", NOW)
            for outbox in self.store.outbox.due(NOW, 9):
                claimed = self.bench.claim(outbox)
                assert self.store.outbox.data_started(claimed, NOW)
                assert self.store.outbox.sent(claimed, NOW)

    @property
    def rows(self) -> int:
        state = state_of(self.store.db)
        return 0 if state is None else state.frontier.size


@contextmanager
def recorded(engine: str, url: str, data: Path) -> Iterator[Recorded]:
    with closing(open_store(url, data, tombstone_key=KEY)) as store:
        yield Recorded(
            Bench(store, url, data, engine), store, Ed25519PrivateKey.from_private_bytes(b"7" * 32)
        )
