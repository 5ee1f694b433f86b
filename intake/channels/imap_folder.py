"""One IMAP folder: what is new in it, its bytes, and what is done when they are ours."""

import contextlib
import imaplib
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from intake.channels.imap_bounds import BoundedClient
from intake.channels.imap_connect import Refused, plain_name, unopened
from intake.config.mailboxes import ImapMailbox

log = logging.getLogger("intake.channels.imap")

DONE = "$Intake"
TOO_BIG = "$IntakeTooBig"
BATCH_COUNT = 50
BATCH_BYTES = 16 * 2**20
# Rows of FETCH (RFC822.SIZE ...) asked for at once.
SIZES_AT_ONCE = 500
# imaplib reads lines of at most 1,000,000 bytes; a SEARCH of this many UIDs of 10 digits fits.
SEARCH_AT_ONCE = 50_000
# Messages that may wait in a folder at once: their numbers are held in memory, 100 MB of them.
MOST_WAITING = 1_000_000
# Servers err about sizes (Exchange estimates them): so much more than announced is taken in a batch.
SLACK = 2**20


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as FETCH describes it without its bytes. `at` is its INTERNALDATE, aware."""

    uid: int
    size: int
    at: datetime | None
    flags: frozenset[str]


def archived(section: ImapMailbox, seen: Seen) -> bool:
    """Whether a message is from before the mailbox's first day: its day is the one the server wrote."""
    return bool(section.since and seen.at and seen.at.date() < section.since)


class Folder:
    """A selected folder. `after` is move, flag, leave or delete; leave opens it read-only.

    Never uses a flag to know what was received: servers lose them, and people set
    and unset them. Raises imaplib and socket errors; the connection is then dead.
    """

    def __init__(self, client: BoundedClient, name: str, after: str, move_to: str = "") -> None:
        self._client, self.name, self._move_to = client, plain_name(name), move_to
        self._after = _possible(client, after)
        try:
            self._state = client.select_folder(name, readonly=after == "leave")
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as err:
            raise unopened(client, name, err) from err
        self.uidvalidity = int(self._state.get(b"UIDVALIDITY", 0))
        if not self.uidvalidity:
            raise Refused("folders", f"{name!r} has no UIDVALIDITY", "The server is not usable for this")
        # A server that sends no PERMANENTFLAGS permits all it lists (RFC 3501 section 7.1).
        permitted = self._state.get(b"PERMANENTFLAGS", self._state.get(b"FLAGS", ()))
        self.keywords = after != "leave" and b"\\*" in permitted

        self._count = int(self._state.get(b"EXISTS", 0))
        self._told("EXISTS")

    def _told(self, kind: str) -> list[int]:
        # imapclient has no way to ask what the server said between the lines.
        numbers = self._client._imap.response(kind)[1]
        return [int(number) for number in numbers if number is not None]

    def news(self) -> bool:
        """Return whether the server announced mail since the folder was selected.

        It says so once, in the middle of any answer, and then no more in IDLE: who
        overhears it would find the mail only at the next poll.
        """
        announced = self._told("EXISTS")
        self._count -= len(self._told("EXPUNGE"))
        more = bool(announced) and announced[-1] > self._count
        if announced:
            self._count = announced[-1]
        return more

    def waiting(self, since: date | None) -> list[int]:
        """Return UIDs that may have to be read, ascending: all but those marked done.

        `since` leaves out what came before that day, by the day the server wrote.
        """
        criteria: list[object] = []
        if since is not None:
            criteria += ["SINCE", since]
        if self._after == "flag" and self.keywords:
            criteria += ["UNKEYWORD", DONE]
        uids: set[int] = set()
        for window in self._windows():
            uids.update(self._client.search([*window, *criteria] or ["ALL"]))
            if len(uids) > MOST_WAITING:
                problem = f"more than {MOST_WAITING:,} messages wait in {self.name!r}"
                raise Refused(
                    "since", problem, "Set since, or after = move, or move old mail to another folder"
                )
        return sorted(uids)

    def _windows(self) -> Iterator[list[str]]:
        count, following = self._count, int(self._state.get(b"UIDNEXT", 0))
        if count <= SEARCH_AT_ONCE or not following:
            yield []
            return
        # What arrives above UIDNEXT while we look is found by the next round.
        for first in range(1, following, SEARCH_AT_ONCE):
            yield ["UID", f"{first}:{first + SEARCH_AT_ONCE - 1}"]

    def describe(self, uids: Sequence[int]) -> Iterator[Seen]:
        """Yield size, date and flags of those of `uids` that still exist."""
        for start in range(0, len(uids), SIZES_AT_ONCE):
            asked = uids[start : start + SIZES_AT_ONCE]
            fetched = self._client.fetch(list(asked), ["RFC822.SIZE", "INTERNALDATE", "FLAGS"])
            for uid in asked:
                parts = fetched.get(uid, {})
                if b"RFC822.SIZE" in parts:
                    flags = frozenset(flag.decode(errors="replace") for flag in parts.get(b"FLAGS", ()))
                    yield Seen(uid, int(parts[b"RFC822.SIZE"]), parts.get(b"INTERNALDATE"), flags)

    def read(self, batch: Sequence[Seen], most: int) -> dict[int, bytes]:
        """Return the bytes, by UID, of those that still exist; \\Seen stays as it is.

        A message the server describes but gives no bytes for is missing in the answer. One alone may
        have up to `most` bytes, whatever was announced. Raises Flooded for more than that, and for
        a batch that is much larger than it was said to be.
        """
        uids = [mail.uid for mail in batch]
        with self._client.room(most if len(uids) == 1 else 2 * sum(mail.size for mail in batch) + SLACK):
            rows = self._client.fetch(uids, ["BODY.PEEK[]"])
        raws = {uid: rows.get(uid, {}).get(b"BODY[]") for uid in uids}
        return {uid: raw for uid, raw in raws.items() if isinstance(raw, bytes) and raw}

    def header(self, uid: int, most: int) -> bytes:
        """Return at most so many bytes of a message's header, b"" when it is not there any more."""
        with self._client.room(most):
            rows = self._client.fetch([uid], [f"BODY.PEEK[HEADER]<0.{most}>"])
        parts = rows.get(uid, {})
        raw = parts.get(b"BODY[HEADER]<0>", parts.get(b"BODY[HEADER]"))
        return raw if isinstance(raw, bytes) else b""

    def settle(self, uids: Sequence[int]) -> None:
        """Tell the server that these are ours now: move, flag or delete them, or leave them.

        Only ever expunges by UID: a plain EXPUNGE would take what other people
        marked as deleted (RFC 4315).
        """
        if not uids or self._after == "leave":
            return
        if self._after == "move" and self._client.has_capability("MOVE"):
            self._client.move(uids, self._move_to)
        elif self._after == "flag":
            self._client.add_flags(uids, ["\\Seen", DONE] if self.keywords else ["\\Seen"], silent=True)
        else:
            if self._after == "move":
                self._client.copy(uids, self._move_to)
            self._client.add_flags(uids, ["\\Deleted"], silent=True)
            self._client.uid_expunge(uids)

    @property
    def remembers(self) -> bool:
        """Whether `waiting` leaves out what was settled, so that the ledger need not be asked."""
        return self._after in ("move", "delete") or (self._after == "flag" and self.keywords)

    def mark_too_big(self, seen: Seen) -> None:
        """Make a message that is not read stand out for people who look into the folder."""
        if self._after != "leave" and TOO_BIG not in seen.flags and "\\Flagged" not in seen.flags:
            self._client.add_flags(
                [seen.uid], ["\\Flagged", *([TOO_BIG] if self.keywords else [])], silent=True
            )

    def unmark_too_big(self, seen: Iterable[Seen]) -> None:
        """Take that back from messages that fit after all (the limit was raised)."""
        marked = [mail.uid for mail in seen if TOO_BIG in mail.flags]
        if marked and self._after != "leave":
            self._client.remove_flags(marked, ["\\Flagged", TOO_BIG], silent=True)


def _possible(client: BoundedClient, after: str) -> str:
    """Return what can be done safely: without MOVE or UIDPLUS nothing leaves a folder, it is flagged."""
    if after == "move" and not (client.has_capability("MOVE") or client.has_capability("UIDPLUS")):
        return "flag"
    if after == "delete" and not client.has_capability("UIDPLUS"):
        return "flag"
    return after


def batches(seen: Iterable[Seen], count: int = BATCH_COUNT, size: int = BATCH_BYTES) -> Iterator[list[Seen]]:
    """Split into lists of at most `count` messages and `size` bytes; a bigger message is alone."""
    batch: list[Seen] = []
    total = 0
    for mail in seen:
        if batch and (len(batch) >= count or total + mail.size > size):
            yield batch
            batch, total = [], 0
        batch.append(mail)
        total += mail.size
    if batch:
        yield batch


def names_of(client: BoundedClient, wanted: str) -> tuple[str, ...]:
    """Return what a folder of the config may be called at the server: as written, and in the form of the server.

    "/" in the config stands for the server's own separator, and a namespace
    prefix such as "INBOX." is put in front where the server has one (RFC 2342).
    """
    plain_name(wanted)
    prefix, separator = _namespace(client)
    name = wanted.replace("/", separator) if separator else wanted
    if prefix and not name.startswith(prefix):
        name = prefix + name
    return tuple(dict.fromkeys((wanted, name)))


def present(client: BoundedClient, names: Iterable[str]) -> str:
    """Return the first of `names` that the server has a folder of, "" where it has none."""
    for name in names:
        if any(row[2] == name for row in client.list_folders("", name)):
            return name
    return ""


def target_folder(client: BoundedClient, wanted: str) -> str:
    """Return the server's name for the folder `wanted`, made when it is missing.

    Raises Refused when it cannot be made.
    """
    names = names_of(client, wanted)
    if there := present(client, names):
        return there
    name = names[-1]
    try:
        client.create_folder(name)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as err:
        raise Refused(
            "move_to", f"the folder {name!r} cannot be made", "Create it, or name one that is there"
        ) from err
    with contextlib.suppress(imaplib.IMAP4.error):
        # Only so that mail programs show it.
        client.subscribe_folder(name)
    return name


def _namespace(client: BoundedClient) -> tuple[str, str]:
    if client.has_capability("NAMESPACE"):
        personal = client.namespace().personal
        if personal:
            return personal[0][0], personal[0][1] or ""
    # LIST "" "" asks for the separator alone (RFC 3501 section 6.3.8).
    rows = client.list_folders("", "")
    separator = rows[0][1] if rows else None
    return "", separator.decode() if isinstance(separator, bytes) else (separator or "")
