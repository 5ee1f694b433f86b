"""What looking into files came to, the files that wait for it, and the agents who wait for them.

As with previews: what waits is written down in the commit that writes down the file, an attempt is counted
in a commit of its own before it begins, and three of them are enough.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import peewee

from intake.desk import held_files
from intake.desk.effects import Mail
from intake.desk.evidence import PROVEN
from intake.desk.facts import Facts
from intake.desk.held_files import Held
from intake.desk.kept_files import KeptFile
from intake.desk.message import Address, Attachment, Message
from intake.desk.sensitive.reading import CLOSED, WAITING, FileState, Reading, as_text, from_text
from intake.desk.sensitive.reading import kept as kept_of
from intake.ports import FilePlace, WaitingFile
from intake.store.address_state import AddressStates
from intake.store.base import StorePart
from intake.store.blobs import Blobs
from intake.store.connection import Connection
from intake.store.previews import AGAIN, ATTEMPT, LONGEST_WAIT, MAX_ATTEMPTS
from intake.store.rate_counts import RateCounts
from intake.store.schema import tables
from intake.store.schema.readings import FileReading, HeldFile, Scan
from intake.store.schema.tables import Entry
from intake.store.statement import SetStatement

# Until a scanner that was away is asked once more.
UNSCANNED = timedelta(seconds=30)
_WAITING = FileState.WAITING.value


class SqlReadings(StorePart):
    """Keeping readings, and counting the attempts at them."""

    def __init__(self, db: Connection, blobs: Blobs, addresses: AddressStates, rates: RateCounts) -> None:
        super().__init__(db, blobs)
        self._addresses, self._rates = addresses, rates

    def known(self, names: Sequence[str]) -> dict[str, Reading]:
        """Return what is known of files by their sha256; nothing of those that nobody looked into."""
        return known(self.db, names)

    def waiting(self, now: datetime, limit: int) -> list[WaitingFile]:
        """Return the files that wait to be looked into now: those that lay there before come last, but where
        an agent waits for them; then those that have waited longest first."""
        columns = (FileReading.sha256, FileReading.name, FileReading.media_type)
        nobody_waits = FileReading.old & FileReading.sha256.not_in(HeldFile.select(HeldFile.sha256))
        query = FileReading.select(*columns).where(_due(now)).order_by(nobody_waits, FileReading.next_at)
        return [WaitingFile(*row) for row in self.db.rows(query.limit(limit).tuples())]

    def want(self, entries: Sequence[int], unread: Sequence[str], now: datetime) -> int:
        """Have the files of entries wait that nobody looked into, as old ones; return how many do now. Those
        whose media type begins with one of `unread` stay."""
        file, known = tables.Attachment, FileReading.select(FileReading.sha256)
        where = file.entry.in_(list(entries)) & file.sha256.not_in(known)
        for kind in unread:
            where &= ~file.media_type.startswith(kind)
        with self.transaction():
            rows = self.db.rows(file.select(file.sha256, file.name, file.media_type).where(where).tuples())
            files = {sha256: (name, media_type) for sha256, name, media_type in rows}
            for sha256, (name, media_type) in files.items():
                self.db.writes.insert(
                    FileReading,
                    sha256=sha256,
                    name=name,
                    media_type=media_type,
                    attempts=0,
                    untold=False,
                    old=True,
                    next_at=now,
                    **_columns(WAITING),
                )
        return len(files)

    def begin(self, sha256: str, now: datetime) -> bool:
        """Count an attempt, durably. False when another process was quicker, or there were enough."""
        with self.transaction():
            due = (FileReading.sha256 == sha256) & _due(now)
            given_up = FileReading.update(**_columns(CLOSED), next_at=None)
            self.db.run(given_up.where(due & (FileReading.attempts >= MAX_ATTEMPTS)))
            begun = FileReading.update(attempts=FileReading.attempts + 1, next_at=now + ATTEMPT)
            return bool(self.db.run(begun.where(due)) == 1)

    def put_off(self, sha256: str, now: datetime) -> None:
        """Have a file wait on, without counting an attempt: what scans it for malware is away."""
        with self.transaction():
            later = FileReading.update(next_at=now + UNSCANNED)
            self.db.run(later.where((FileReading.sha256 == sha256) & (FileReading.state == _WAITING)))

    def end(self, sha256: str, reading: Reading | None, now: datetime) -> None:
        """Keep what looking into a file came to; None: it is worth another attempt, and closed after the
        last."""
        with self.transaction():
            which = FileReading.sha256 == sha256
            if reading is None:
                later = FileReading.update(next_at=now + AGAIN)
                if self.db.run(later.where(which & (FileReading.attempts < MAX_ATTEMPTS))) == 1:
                    return
            made = kept_of(reading or CLOSED, sha256)
            done = FileReading.update(**_columns(made), next_at=None, untold=made.state.withheld)
            self.db.run(done.where(which))
            note_scan(self.db, sha256, made, now)

    def followed(self, limit: int) -> list[int]:
        """Return the tickets of which files that agents wait for were looked into."""
        done = FileReading.select(FileReading.sha256).where(FileReading.state != _WAITING)
        query = HeldFile.select(HeldFile.ticket).where(HeldFile.sha256.in_(done)).distinct()
        return [number for (number,) in self.db.rows(query.order_by(HeldFile.ticket).limit(limit).tuples())]

    def held(self, ticket: int) -> list[Held]:
        """Return the files of a ticket that agents wait for, in the order in which they were held back."""
        query = HeldFile.select().where(HeldFile.ticket == ticket).order_by(HeldFile.id)
        rows = self.db.rows(query)
        readings = self.known([row.sha256 for row in rows])
        return [
            Held(
                row.agent,
                KeptFile(row.name, row.sha256, row.size, row.media_type),
                row.sha256 not in readings or readings[row.sha256].state is not FileState.WAITING,
            )
            for row in rows
        ]

    def let_go(self, ticket: int, held: Iterable[Held]) -> None:
        """Forget that agents wait for these files."""
        with self.transaction():
            for each in held:
                mine = (HeldFile.ticket == ticket) & (HeldFile.agent == each.agent)
                self.db.run(HeldFile.delete().where(mine & (HeldFile.sha256 == each.file.sha256)))

    def untold(self, limit: int) -> list[str]:
        """Return the files in which something was found after their tickets were told of them."""
        query = FileReading.select(FileReading.sha256).where(FileReading.untold).limit(limit)
        return [name for (name,) in self.db.rows(query.tuples())]

    def places(self, sha256: str) -> list[FilePlace]:
        """Return where a file stands."""
        file, message, which = tables.Attachment, tables.Message, FileReading.sha256 == sha256
        wrote = (Entry.author, Entry.author_name, Entry.evidence)
        columns = (Entry.ticket, Entry.id, file.id, message.id, message.fingerprint, *wrote)
        query = (
            file.select(*columns)
            .join(Entry, on=(file.entry == Entry.id))
            .join(message, peewee.JOIN.LEFT_OUTER, on=(Entry.message == message.id))
            .where(file.sha256 == sha256)
            .order_by(file.id)
        )
        (old,) = self.db.first(FileReading.select(FileReading.old).where(which).tuples()) or (False,)
        places: list[FilePlace] = []
        for ticket, entry, number, ledger, fingerprint, author, name, evidence in self.db.rows(
            query.tuples()
        ):
            before = file.select(file.id).where((file.entry == entry) & (file.id <= number))
            count = len(self.db.rows(before.tuples()))
            known_author = Address(author, name) if evidence in PROVEN else None
            places.append(FilePlace(ticket, count, ledger, f"msg:{fingerprint}", known_author, old))
        return places

    def standing(self, ticket: int, person: Address, now: datetime) -> Facts:
        """Return what a person was sent automatically, as a warning to them in a ticket is judged by."""
        counted = self._rates.count(Message("", 0, "", sender=person), ticket, ticket, now)
        return counted.for_requester(self._addresses.failed(person, now), now)

    def told(self, sha256: str) -> None:
        """Write down that the tickets of a file were told of it."""
        with self.transaction():
            self.db.run(FileReading.update(untold=False).where(FileReading.sha256 == sha256))


def known(db: Connection, names: Iterable[str]) -> dict[str, Reading]:
    """Return what is known of these files, by their sha256."""
    query = FileReading.select(FileReading.sha256, FileReading.reading)
    rows = db.rows(query.where(FileReading.sha256.in_(list(names))).tuples()) if names else []
    return {name: reading for name, text in rows if (reading := from_text(text)) is not None}


def withheld_of(db: Connection, names: Collection[str]) -> set[str]:
    """Return those of these files (sha256) that nobody is sent."""
    if not names:
        return set()
    bad = FileReading.state.in_([state.value for state in FileState if state.withheld])
    query = FileReading.select(FileReading.sha256).where(FileReading.sha256.in_(list(names)) & bad)
    return {name for (name,) in db.rows(query.tuples())}


def remember(db: Connection, files: Mapping[str, Attachment], now: datetime) -> None:
    """Within a transaction: keep what looking into files (by sha256) came to, and which of them wait."""
    for name, file in files.items():
        if file.reading is None:
            continue
        waits = file.reading.state is FileState.WAITING
        columns = _columns(kept_of(file.reading, name))
        db.writes.insert(
            FileReading,
            sha256=name,
            name=file.claimed or file.name,
            media_type=file.media_type,
            attempts=0,
            untold=False,
            old=False,
            next_at=now if waits else None,
            **columns,
        )
        note_scan(db, name, file.reading, now)
        if not waits:
            db.writes.at_last_for_each(_READ, sha256=name, **columns)


def without_held(db: Connection, mail: Mail, stored: bool) -> tuple[Mail, list[KeptFile]]:
    """Return a mail without the files that must not go with it now, and those that are to follow.

    `stored`: some come from the ticket. Those of the message at hand bring along what is known of them.
    """
    if not held_files.holds(mail):
        return mail, []
    names = held_files.unread(mail) if stored else []
    if names:
        # What another decision of a set wrote of them is only known once that is written.
        db.alone()
    return held_files.without_held(mail, known(db, names) if names else {})


def note_scan(db: Connection, sha256: str, reading: Reading, now: datetime) -> None:
    """Within a transaction: write down who scanned a file, and what it said."""
    if reading.scanned:
        engine, _, version = reading.scanned.partition(" ")
        verdict = reading.malware or "OK"
        db.writes.insert(Scan, sha256=sha256, engine=engine, version=version, verdict=verdict, at=now)


def hold(db: Connection, ticket: int, agent: int, files: Iterable[KeptFile]) -> None:
    """Within a transaction: write down that an agent waits for these files."""
    for file in files:
        db.writes.insert(
            HeldFile,
            ticket=ticket,
            agent=agent,
            sha256=file.sha256,
            name=str(file),
            media_type=file.media_type,
            size=file.size,
        )


# Of a file that was there before, and waited.
_READ = SetStatement(
    "UPDATE file_reading SET state = v.state, reading = v.reading, next_at = NULL FROM v "
    f"WHERE file_reading.sha256 = v.sha256 AND file_reading.state = '{_WAITING}'",
    sha256=FileReading.sha256,
    state=FileReading.state,
    reading=FileReading.reading,
)


def _columns(reading: Reading) -> dict[str, str]:
    return {"state": reading.state.value, "reading": as_text(reading)}


def _due(now: datetime) -> peewee.Expression:
    return (FileReading.next_at <= now) | (FileReading.next_at > now + LONGEST_WAIT)
