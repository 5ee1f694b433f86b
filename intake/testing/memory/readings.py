"""What looking into files came to, in memory."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from intake.desk.evidence import PROVEN
from intake.desk.facts import Facts
from intake.desk.held_files import Held
from intake.desk.kept_files import KeptFile
from intake.desk.message import Address, Attachment, Message
from intake.desk.sensitive.reading import CLOSED, WAITING, FileState, Reading, kept
from intake.ports import FilePlace, WaitingFile
from intake.store.previews import AGAIN, ATTEMPT, LONGEST_WAIT, MAX_ATTEMPTS
from intake.store.readings import UNSCANNED
from intake.testing.memory.facts import MemoryRates
from intake.testing.memory.people import MemoryAddresses
from intake.testing.memory.rows import StoredReading
from intake.testing.memory.state import Memory, MemoryPart, State


class MemoryReadings(MemoryPart):
    """What is known of files, by their sha256."""

    def __init__(self, memory: Memory, addresses: MemoryAddresses, rates: MemoryRates) -> None:
        super().__init__(memory)
        self._addresses, self._rates = addresses, rates

    def known(self, names: Sequence[str]) -> dict[str, Reading]:
        """Return what is known of files."""
        return known(self._now, names)

    def waiting(self, now: datetime, limit: int) -> list[WaitingFile]:
        """Return the files that wait to be looked into now."""
        rows, wanted = self._now.readings, {sha256 for _, _, sha256 in self._now.held_files}
        due = sorted(
            (row.old and name not in wanted, row.next_at or now, name)
            for name, row in rows.items()
            if _due(row, now)
        )
        return [WaitingFile(name, rows[name].name, rows[name].media_type) for _, _, name in due][:limit]

    def want(self, entries: Sequence[int], unread: Sequence[str], now: datetime) -> int:
        """Have the files of entries wait that nobody looked into, as old ones."""
        with self._memory.transaction() as state:
            files = {
                file.sha256: StoredReading(WAITING, file.name, file.media_type, next_at=now, old=True)
                for file in state.files
                if file.entry in entries
                and file.sha256 not in state.readings
                and not file.media_type.startswith(tuple(unread))
            }
            state.readings.update(files)
        return len(files)

    def begin(self, sha256: str, now: datetime) -> bool:
        """Count an attempt."""
        with self._memory.transaction() as state:
            row = state.readings.get(sha256)
            if row is None or not _due(row, now):
                return False
            if row.attempts >= MAX_ATTEMPTS:
                state.readings[sha256] = replace(row, reading=CLOSED, next_at=None)
                return False
            state.readings[sha256] = replace(row, attempts=row.attempts + 1, next_at=now + ATTEMPT)
            return True

    def put_off(self, sha256: str, now: datetime) -> None:
        """Have a file wait on, without counting an attempt."""
        with self._memory.transaction() as state:
            row = state.readings.get(sha256)
            if row is not None and row.reading.state is FileState.WAITING:
                state.readings[sha256] = replace(row, next_at=now + UNSCANNED)

    def end(self, sha256: str, reading: Reading | None, now: datetime) -> None:
        """Keep what it came to."""
        with self._memory.transaction() as state:
            row = state.readings.get(sha256)
            if row is None:
                return
            if reading is None and row.attempts < MAX_ATTEMPTS:
                state.readings[sha256] = replace(row, next_at=now + AGAIN)
                return
            made = kept(reading or CLOSED, sha256)
            state.readings[sha256] = replace(row, reading=made, next_at=None, untold=made.state.withheld)

    def followed(self, limit: int) -> list[int]:
        """Return the tickets of which files that agents wait for were looked into."""
        tickets = {number for number, _, _ in self._now.held_files}
        return [n for n in sorted(tickets) if any(each.settled for each in self.held(n))][:limit]

    def held(self, ticket: int) -> list[Held]:
        """Return the files of a ticket that agents wait for."""
        rows = [(key, file) for key, file in self._now.held_files.items() if key[0] == ticket]
        readings = self.known([file.sha256 for _, file in rows])
        return [
            Held(
                agent,
                file,
                sha256 not in readings or readings[sha256].state is not FileState.WAITING,
            )
            for (_, agent, sha256), file in rows
        ]

    def let_go(self, ticket: int, held: Iterable[Held]) -> None:
        """Forget that agents wait for these files."""
        with self._memory.transaction() as state:
            for each in held:
                state.held_files.pop((ticket, each.agent, each.file.sha256), None)

    def untold(self, limit: int) -> list[str]:
        """Return the files in which something was found after their tickets were told of them."""
        return [name for name, row in self._now.readings.items() if row.untold][:limit]

    def places(self, sha256: str) -> list[FilePlace]:
        """Return where a file stands."""
        files, entries = list(self._now.files), {row.id: row for row in self._now.entries}
        messages = self._now.messages
        places: list[FilePlace] = []
        for file in files:
            if file.sha256 == sha256:
                entry = entries[file.entry]
                number = sum(each.entry == file.entry and each.id <= file.id for each in files)
                row = messages.get(entry.message) if entry.message else None
                key = f"msg:{row.fingerprint if row else ''}"
                author = Address(entry.author, entry.author_name) if entry.evidence in PROVEN else None
                old = sha256 in self._now.readings and self._now.readings[sha256].old
                places.append(FilePlace(entry.ticket, number, entry.message, key, author, old))
        return places

    def standing(self, ticket: int, person: Address, now: datetime) -> Facts:
        """Return what a person was sent automatically."""
        counted = self._rates.count(Message("", 0, "", sender=person), ticket, ticket, now)
        return counted.for_requester(self._addresses.failed(person, now), now)

    def told(self, sha256: str) -> None:
        """Write down that the tickets of a file were told of it."""
        with self._memory.transaction() as state:
            if sha256 in state.readings:
                state.readings[sha256] = replace(state.readings[sha256], untold=False)


def known(state: State, names: Iterable[str]) -> dict[str, Reading]:
    """Return what is known of these files."""
    return {name: state.readings[name].reading for name in names if name in state.readings}


def remember(state: State, files: Mapping[str, Attachment], now: datetime) -> None:
    """Keep what looking into files (by sha256) came to."""
    for name, file in files.items():
        before = state.readings.get(name)
        if file.reading is None or (before and before.reading.state is not FileState.WAITING):
            continue
        waits = file.reading.state is FileState.WAITING
        if before is None or not waits:
            about = (file.claimed or file.name, file.media_type)
            state.readings[name] = StoredReading(file.reading, *about, next_at=now if waits else None)


def hold(state: State, ticket: int, agent: int, files: Iterable[KeptFile]) -> None:
    """Write down that an agent waits for these files."""
    for file in files:
        state.held_files.setdefault((ticket, agent, file.sha256), file)


def _due(row: StoredReading, now: datetime) -> bool:
    return row.next_at is not None and (row.next_at <= now or row.next_at > now + LONGEST_WAIT)
