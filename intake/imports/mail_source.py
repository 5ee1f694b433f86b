"""An archive of mail as a source of tickets: looked through once, then read conversation by conversation."""

import errno
from array import array
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Generic, TypeVar

from intake.desk.message import Address, Message
from intake.imports import labels
from intake.imports.archive import DELETED, DRAFT, Found, Left, MailArchive
from intake.imports.conversations import ArchivedMail, is_mailing, tickets
from intake.imports.model import ImportedFile, ImportedTicket, Remark
from intake.imports.tally import Tally
from intake.imports.threads import Threads
from intake.ports import Unreadable, UserError

# No mail was written before that (RFC 561), and none tomorrow.
FIRST_YEAR = 1973
AHEAD = timedelta(days=1)
# So much of what was read last is kept for who asks for it next.
KEPT_BYTES = 4 * 2**20
# What a mail costs beside its bytes.
OVERHEAD = 8192
TOLD_EVERY = 500
K = TypeVar("K")
V = TypeVar("V")

REFUSED = "refused: "
# What was written stays, and the next run goes on behind it.
AGAIN = "Import again: it goes on where it was."
# How a file that was changed or moved since it was looked through answers.
CHANGED = (errno.ESTALE, errno.ENOENT)
COPY = "the same mail lies there more than once"


@dataclass(frozen=True, slots=True)
class Reading:
    """How an archive is read. `parse` reads a mail or its header, `ours` says whose an address is;
    `attributed` names a mail's author where From names none. `now` is aware UTC, `most` the bytes that a mail
    may have."""

    parse: Callable[[bytes], Message]
    ours: Callable[[Address], bool]
    attributed: Callable[[Message], Message]
    now: datetime
    most: int
    closed: bool = True


class Lately(Generic[K, V]):
    """What was asked for last, up to KEPT_BYTES."""

    def __init__(self) -> None:
        self._there: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._bytes = 0

    def get(self, key: K) -> V | None:
        """Return what was kept under a name, None where it is not there any more."""
        kept = self._there.get(key)
        return kept[0] if kept is not None else None

    def keep(self, key: K, value: V, size: int) -> None:
        """Keep a value, and let go of the oldest where there is no room."""
        self._there[key] = value, size + OVERHEAD
        self._bytes += size + OVERHEAD
        while self._bytes > KEPT_BYTES and len(self._there) > 1:
            self._bytes -= self._there.popitem(last=False)[1][1]


class MailSource:
    """Tickets of an archive. What was found is held as a few numbers a mail."""

    kind = "mail"

    def __init__(
        self, name: str, archive: MailArchive, reading: Reading, left: Iterable[Remark] = ()
    ) -> None:
        """`left` is what is known beforehand of what cannot be imported."""
        self.name, self._archive, self._reading = name, archive, reading
        self._paths: list[str] = []
        self._path, self._number = array("L"), array("L")
        self._start, self._size = array("Q"), array("Q")
        self._when = array("d")
        self._threads: Threads | None = None
        self._remarks = list(left)
        self._kept = Lately[int, bytes]()
        self._read = Lately[str, Message]()
        self._left: Counter[str] = Counter()
        self._copies = 0
        self.tally = Tally()
        """The names of what was read last."""

    @property
    def left_out(self) -> dict[str, int]:
        """How many mails of the archive were not to be imported, by the reason."""
        return {**self._left, **({COPY: self._copies} if self._copies else {})}

    def count(self) -> int | None:
        """Return how many conversations there are; looks the archive through."""
        return self.look().count()

    def tickets(self) -> Iterator[ImportedTicket | Remark]:
        """Yield the tickets by the date of their first mail, what must be known of the archive first."""
        threads = self.look()
        yield from self._remarks
        self._copies, self.tally = 0, Tally()
        for root, numbers in threads.groups():
            mails, remarks = self._group(numbers)
            yield from remarks
            for ticket in tickets(root, mails, self._reading.ours, self._reading.closed):
                self.tally.add(ticket)
                yield ticket

    def read(self, file: ImportedFile) -> bytes:
        """Return the bytes of a mail that was found. Raises UserError where it was changed or has gone since:
        so may have all others; OSError where it alone cannot be read."""
        return self._raw(int(file.path))

    def parse(self, raw: bytes) -> Message:
        """Return a mail that could be read before, with the author that it names. Raises UserError where it
        cannot be read now."""
        try:
            return self._parsed(raw)
        except Unreadable as err:
            raise UserError(f"A mail that could be read cannot now: {err}. {AGAIN}") from err

    def _parsed(self, raw: bytes) -> Message:
        name = sha256(raw).hexdigest()
        message = self._read.get(name)
        if message is None:
            message = self._reading.attributed(self._reading.parse(raw))
            self._read.keep(name, message, len(raw))
        return message

    # -- looking ---------------------------------------------------------------------

    def look(self, heard: Callable[[int], None] = lambda count: None) -> Threads:
        """Look the archive through, once; `heard` is told how many mails were found so far."""
        if self._threads is not None:
            return self._threads
        threads = Threads()
        latest: datetime | None = None
        for item in self._archive.find():
            if isinstance(item, Left):
                self._leave(item)
                continue
            places, _, thread = labels.read(item.head)
            if item.size > self._reading.most:
                self._too_big(item)
                continue
            if places & {"trash"} or places & {"draft", "drafts"}:
                self._left[DELETED if "trash" in places else DRAFT] += 1
                continue
            message = self._reading.attributed(self._reading.parse(item.head + b"\r\n"))
            latest = self._dated(item, message, latest)
            threads.add(message, latest, self._people(message), thread)
            self._note(item, latest)
            if len(threads) % TOLD_EVERY == 0:
                heard(len(threads))
        self._threads = threads
        return threads

    def _people(self, message: Message) -> set[str]:
        senders = (message.sender,) if message.sender else ()
        people = (*senders, *message.to, *message.cc)
        return {address.key for address in people if not self._reading.ours(address)}

    def _note(self, item: Found, at: datetime) -> None:
        if not self._paths or self._paths[-1] != item.path:
            self._paths.append(item.path)
        self._path.append(len(self._paths) - 1)
        self._number.append(item.number)
        self._start.append(item.start)
        self._size.append(item.size)
        self._when.append(at.timestamp())
        if item.cut:
            self._remarks.append(
                Remark(
                    self._at(item),
                    f"it may be cut: {item.cut}",
                    "It is imported as it is; look for a whole copy",
                )
            )

    def _leave(self, left: Left) -> None:
        if left.out:
            self._left[left.why] += 1
        elif left.mail:
            self._remarks.append(Remark(left.place, left.why, left.cure, lost=True))

    def _too_big(self, item: Found) -> None:
        problem = f"it has {item.size / 2**20:.1f} MB, more than desk.max_message_mb"
        cure = "Raise [desk] max_message_mb and import again: what is there already is not imported twice"
        self._remarks.append(Remark(self._at(item), problem, cure, lost=True))

    def _dated(self, item: Found, message: Message, before: datetime | None) -> datetime:
        """Return when a mail was written: its Date, unless that cannot be; else when it came."""
        last = self._reading.now + AHEAD
        came = item.at if item.at and FIRST_YEAR <= item.at.year and item.at <= last else None
        written = message.date
        if written and FIRST_YEAR <= written.year and written <= last:
            # Not compared with the arrival: where archives are copied, that is often the day of the copy.
            return written.astimezone(UTC)
        if came is None:
            problem = "it has no date that can be right"
            cure = "It counts as written with the mail before it, and stands there"
            self._remarks.append(Remark(self._at(item), problem, cure))
        return came or before or self._reading.now

    # -- reading ---------------------------------------------------------------------

    def _group(self, numbers: list[int]) -> tuple[list[ArchivedMail], list[Remark]]:
        mails: list[ArchivedMail] = []
        remarks: list[Remark] = []
        seen: set[str] = set()
        for number in numbers:
            place = self._place(number)
            try:
                raw = self._raw(number)
                message = self._parsed(raw)
            except (OSError, Unreadable) as err:
                why = err.strerror if isinstance(err, OSError) and err.strerror else str(err)
                remarks.append(Remark(place, f"it cannot be read: {why}", "Look at it there", lost=True))
                continue
            refused = next((defect for defect in message.defects if defect.startswith(REFUSED)), "")
            if refused:
                why = f"it cannot be read as a mail: {refused.removeprefix(REFUSED)}"
                remarks.append(Remark(place, why, "It stays where it is; look at it there", lost=True))
                continue
            if message.fingerprint in seen:
                self._copies += 1
                continue
            seen.add(message.fingerprint)
            mails.append(self._archived(number, raw, message, place))
        return mails, remarks

    def _archived(self, number: int, raw: bytes, message: Message, place: str) -> ArchivedMail:
        places, tags, _ = labels.read(raw[: labels.TOP_BYTES])
        # Only who, when and what about is held for a whole conversation: it may have thousands of mails.
        bare = replace(
            message,
            attachments=(),
            signatures=(),
            html="",
            text="",
            new_text="",
            pieces=(),
            headers=(),
            forward=None,
        )
        at = datetime.fromtimestamp(self._when[number], UTC)
        spam = "spam" in places or bool(message.spam)
        return ArchivedMail(
            sha256(raw).hexdigest(), bare, at, str(number), place, tags, spam, is_mailing(message)
        )

    def _raw(self, number: int) -> bytes:
        raw = self._kept.get(number)
        if raw is not None:
            return raw
        path = self._paths[self._path[number]]
        try:
            raw = self._archive.read(path, self._start[number], self._size[number], self._number[number])
        except OSError as err:
            if err.errno not in CHANGED:
                raise
            raise UserError(
                f"{self._place(number)} cannot be read any more: {err.strerror}. {AGAIN}"
            ) from err
        self._kept.keep(number, raw, len(raw))
        return raw

    def _at(self, item: Found) -> str:
        return self._archive.place(item.path, item.number)

    def _place(self, number: int) -> str:
        return self._archive.place(self._paths[self._path[number]], self._number[number])
