"""The rows of the record in their order: complete, unchanged, and as every checkpoint says."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from intake.desk.record.checkpoint import Note, Valid, key_id, notes_in
from intake.desk.record.leaf import BEGIN, CHECKPOINT, EXTENDED, KEY, digest_of, read
from intake.desk.record.tree import Frontier, leaf_hash
from intake.store.connection import Connection
from intake.store.record import unharmed
from intake.store.record.state import State
from intake.store.schema.tables import Audit

# Rows read in one go.
_STEP = 2000
# What the record says of itself.
_OWN = frozenset((BEGIN, KEY, EXTENDED, CHECKPOINT))
# How the audit says that another key was accepted for checkpoints (intake.recording).
ACCEPTED = "accepted another key of checkpoints"


class Chain:
    """One walk over the record. What it learns on the way is there when `faults` has ended."""

    def __init__(self, db: Connection, state: State, outside: Sequence[Note], valid: Valid) -> None:
        self._db, self._state, self._valid = db, state, valid
        self._frontier = Frontier()
        # The public key in force, and the size up to which every checkpoint agreed.
        self._public: bytes | None = None
        self._keys: list[bytes] = []
        self._agreed = 0
        self.begun_at: int | None = None
        # Rows up to these numbers were there before the record.
        self.before: dict[str, int] = {}
        self._notes: dict[int, list[tuple[str, Note]]] = defaultdict(list)
        self.checkpoints = 0
        # Checkpoints that cannot be read, by their numbers, and the digests of all that are kept here.
        self._unread: list[int] = []
        self._kept: set[str] = set()
        self._sizes: set[int] = set()
        for number, size, at, text in self._stored():
            self.checkpoints += 1
            self._keep(number, size, at, text)
        for note in outside:
            self._notes[note.checkpoint.size].append((_of_rows(note.checkpoint.size), note))
        self._outside = [note for note in outside if note.checkpoint.origin == state.origin]

    def faults(self) -> Iterator[tuple[float, str]]:
        """Yield what is wrong, each with where in the order of the rows it belongs."""
        for seq, kind, row, text, hashed in self._rows():
            if seq != self._frontier.size:
                yield self._frontier.size, f"row {self._frontier.size} of the record is missing"
                return
            leaf = leaf_hash(text.encode() if isinstance(text, str) else b"")
            if leaf != hashed:
                yield seq, f"row {seq} of the record was edited (it speaks of {kind} {row})"
            if kind in _OWN:
                yield from ((seq, wrong) for wrong in self._own(seq, kind, text))
            self._frontier.append(leaf)
            if self._frontier.size in self._notes:
                before = self._frontier.size - 0.5
                yield from ((before, wrong) for wrong in self._at_checkpoint())
        yield from self._at_the_end()

    def _at_the_end(self) -> Iterator[tuple[float, str]]:
        there, size = self._frontier.size, self._state.frontier.size
        if there < size:
            yield there, f"row {there} of the record is missing, and all that came after it"
        elif self._frontier.nodes != self._state.frontier.nodes:
            wrong = f"rows {self._agreed} to {size - 1} of the record are not those that were written"
            yield size - 0.5, wrong
        for beyond in sorted(each for each in self._notes if each > there):
            whose, note = self._notes[beyond][0]
            if note.checkpoint.origin != self._state.origin:
                yield there, f"{whose} is of another record, {note.checkpoint.origin}"
                continue
            yield from ((there, wrong) for wrong in self._signed(whose, note, beyond))
            missing = f"row {there} of the record is missing: {whose} says that there were {beyond}"
            yield there, f"{missing}. The end was cut off, or an older copy was restored"

        yield from ((there, wrong) for wrong in self._removed())

    def _removed(self) -> Iterator[str]:
        """Yield which checkpoints are no longer kept here, and which cannot be read."""
        for number in self._unread:
            yield f"checkpoint {number} that is kept here cannot be read"
        for note in self._outside:
            size = note.checkpoint.size
            if size <= self._frontier.size and size not in self._sizes:
                yield f"{_of_rows(size)} left the machine, and is not kept here any more: it was removed"

    def _keep(self, number: Any, size: Any, at: Any, text: Any) -> None:
        """Take a checkpoint that is kept here; `at` is when it was made, in microseconds since 1970."""
        notes = notes_in(text) if isinstance(text, str) else []
        made = unharmed.moment(at)
        if made is None or [note.checkpoint.size for note in notes] != [size]:
            self._unread.append(number)
            return
        self._kept.add(digest_of(text))
        self._sizes.add(size)
        self._notes[size] += [(f"the checkpoint of {made:%Y-%m-%d %H:%M} UTC", note) for note in notes]

    def _rows(self) -> Iterator[Sequence[Any]]:
        columns = ("seq", "kind", "number", "body", "hash")
        size = self._state.frontier.size
        for first in range(0, size, _STEP):
            last = min(first + _STEP, size) - 1
            rest = f"FROM record_row WHERE seq BETWEEN {first:d} AND {last:d} ORDER BY seq"
            yield from unharmed.rows(self._db, columns, rest)

    def _stored(self) -> list[Any]:
        columns = ("id", "size", "made_at", "note")
        return unharmed.rows(self._db, columns, "FROM record_checkpoint ORDER BY id")

    def _own(self, seq: int, kind: str, text: str) -> Iterator[str]:
        """Read what the record says of itself: where it begins, its checkpoints and their keys."""
        try:
            said = read(text)
            public = bytes.fromhex(str(said["plain"].get("public", "")))
        except ValueError:
            yield f"row {seq} of the record cannot be read"
            return
        if kind == BEGIN:
            if seq:
                yield f"row {seq} of the record begins it a second time"
            else:
                self.begun_at = said["at"]
                self._began(said["plain"])
            return
        if kind == EXTENDED:
            self._began(said["plain"])
            return
        if kind == CHECKPOINT:
            if said["plain"].get("note") not in self._kept:
                gone = _of_rows(said["row"])
                yield f"{gone} is not kept here any more, and row {seq} of the record names it"
            return
        if self._public is not None and not self._accepted(said["by"]):
            yield f"row {seq} of the record names another key for checkpoints, and no act says who changed it"
        self._public = public
        self._keys.append(public)

    def _began(self, before: Mapping[str, Any]) -> None:
        for kind, last in before.items():
            if type(last) is int:
                self.before.setdefault(kind, last)

    def _accepted(self, act: int) -> bool:
        said = (Audit.id == act) & Audit.what.startswith(ACCEPTED)
        return self._db.first(Audit.select(Audit.id).where(said).tuples()) is not None

    def _at_checkpoint(self) -> Iterator[str]:
        size, root = self._frontier.size, self._frontier.root()
        for whose, note in self._notes[size]:
            if note.checkpoint.origin != self._state.origin:
                yield f"{whose} is of another record, {note.checkpoint.origin}"
                continue
            yield from self._signed(whose, note, size)
            if note.checkpoint.root == root:
                self._agreed = size
                continue
            several = size - 1 > self._agreed
            rows = f"rows {self._agreed} to {size - 1}" if several else f"row {self._agreed}"
            yield f"{rows} of the record {'are' if several else 'is'} not what {whose} says"

    def _signed(self, whose: str, note: Note, size: int) -> Iterator[str]:
        """Yield that a checkpoint is signed by none of the keys that the record names up to there."""
        name, text = note.checkpoint.origin, note.text.encode()
        for signature in note.signatures:
            for public in self._keys:
                if signature.key_id == key_id(name, public) and self._valid(public, signature.value, text):
                    return
        yield f"{whose} ({size} rows) is not signed by a key that the record names"


def _of_rows(size: int) -> str:
    return f"the checkpoint of {size} rows"
