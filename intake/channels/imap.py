"""Reading a mailbox over IMAP: hand over, wait until it is durable, only then move or flag.

The ledger is the truth about what was received, never a flag and never a cursor:
a crash at any point leads to the same bytes being received again, and known.
"""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from imaplib import IMAP4

from imapclient.exceptions import LoginError

from intake.channels import imap_check
from intake.channels.checking import Looked
from intake.channels.imap_bounds import BoundedClient, Flooded
from intake.channels.imap_connect import (
    FolderMissing,
    NotOpened,
    Refused,
    clip,
    connected,
    explain,
    wait_for_mail,
)
from intake.channels.imap_folder import SIZES_AT_ONCE, Folder, Seen, archived, batches, target_folder
from intake.channels.lease import Lease, LeaseLost
from intake.channels.mailbox_state import note
from intake.channels.oversize import HEADER_BYTES, stand_in
from intake.config.mailboxes import ImapMailbox
from intake.config.sections import Settings
from intake.desk.message import Envelope
from intake.ports import Access, Arrival, ChannelStore, NotKept, Origin, Receive, Temporary, UserError
from intake.runtime.backoff import PEER, Backoff

log = logging.getLogger("intake.channels.imap")

# IDLE is begun anew this often: servers may log out after 30 minutes (RFC 2177), routers forget sooner.
IDLE_SECONDS = 300.0
# Between two rounds lies at least this, however long a round takes.
LEAST_SECONDS = 1.0
# A refused password is not tried quickly again: servers lock accounts for less.
LOGIN_BACKOFF = 30.0
LEASE_RETRY_SECONDS = 10.0
# When our own database took nothing: it is asked again this soon, however long it was away.
OWN_TROUBLE_SECONDS = 10.0
# A message whose reading failed this often alone is left for an hour, so that others pass.
SUSPECT_TRIES = 2
SUSPECT_SECONDS = 3600.0
# One that the store has no right to keep, for the owner of a folder, is tried again after this long.
REFUSED_SECONDS = 300.0
# What a server wants to be shown to people is shown for this long after it said so.
ALERT_SECONDS = 3600.0
# So many messages that were left are told of one by one.
LEFT_MOST = 10

Key = tuple[str, int, int]
"""(folder, UIDVALIDITY, UID)."""


class ImapChannel:
    """One account, read by one thread."""

    def __init__(
        self,
        name: str,
        section: ImapMailbox,
        max_bytes: int,
        store: ChannelStore,
        receive: Receive,
        backoff: Backoff = PEER,
        login_backoff: float = LOGIN_BACKOFF,
        access: Access | None = None,
    ) -> None:
        """`access` gives the tokens of a mailbox with `auth`."""
        self.name, self._section, self._max_bytes = name, section, max_bytes
        self._store, self._receive = store, receive
        self._backoff, self._login_backoff = backoff, login_backoff
        self._lease, self._access = Lease(store, name), access
        # Of these only the header was received; it was asked for, of these folders, what did so earlier.
        self._headed: set[Key] = set()
        self._asked: set[tuple[str, int]] = set()
        self._tries: dict[Key, tuple[int, float]] = {}
        self._refused: dict[Key, tuple[float, str]] = {}
        self._unsettled: set[Key] = set()
        self._alerted: dict[str, float] = {}
        self._careful = False
        self._target_gone = False

    def run(self, stop: threading.Event) -> None:
        """Read until `stop` is set. Whatever goes wrong is recorded, and tried again with growing pauses."""
        failures = 0
        while not stop.is_set():
            try:
                if not self._lease.take():
                    log.debug("another process reads the mailbox", extra={"mailbox": self.name})
                    stop.wait(min(self._section.poll_seconds, LEASE_RETRY_SECONDS))
                    continue
                for _ in self._rounds(stop):
                    failures = 0
            except LeaseLost:
                log.warning("another process took over the mailbox", extra={"mailbox": self.name})
            except Exception as err:
                failures += 1
                pause = self._backoff.seconds(failures)
                if isinstance(err, LoginError):
                    pause = max(pause, self._login_backoff)
                if isinstance(err, Temporary):
                    # The trouble is ours, and the server is not to be spared.
                    pause = min(pause, OWN_TROUBLE_SECONDS)
                self._failed(err, pause)
                stop.wait(pause)
        try:
            self._lease.release()
        except Temporary:
            log.warning("the lease stays until it runs out", extra={"mailbox": self.name})

    def _failed(self, err: Exception, pause: float) -> None:
        key, problem, cure = explain(err, self._section)
        expected = isinstance(
            err, Temporary | Refused | Flooded | FolderMissing | NotOpened | IMAP4.error | OSError
        )
        log.warning(
            "mailbox failed: %s", problem, extra={"mailbox": self.name, "pause": pause}, exc_info=not expected
        )
        text = f"{key}: {problem}. {cure}" if key else f"{problem}. {cure}"
        note(self._store, self.name, text)

    def _rounds(self, stop: threading.Event) -> Iterator[None]:
        """Yield after each round that went well, over one connection; end when `stop` is set."""
        with connected(self._section, self._access) as client:
            section = self._section
            target = target_folder(client, section.move_to) if section.after == "move" else ""
            log.info("mailbox connected", extra={"mailbox": self.name})
            first, *others = section.folders
            polled = float("-inf")
            while not stop.is_set():
                due = time.monotonic() - polled >= section.poll_seconds
                if due:
                    polled = time.monotonic()
                # The first folder comes last: it stays selected, and IDLE tells of it.
                left: list[str] = []
                for name in [*others, first] if due else [first]:
                    folder = Folder(client, name, section.after, target)
                    left += self._read_folder(folder, stop)
                self._careful = False
                more = [f"and {len(left) - LEFT_MOST} more"] if len(left) > LEFT_MOST else []
                said = [f"the server says: {text}" for text in self._alerts(client)]
                # What was left, or is to be read by a person, does not make the mailbox one that is not read.
                note(self._store, self.name, "; ".join([*said, *left[:LEFT_MOST], *more]), read=True)
                if self._target_gone:
                    # Connecting anew makes it again; first, all that waited was received.
                    self._target_gone = False
                    raise IMAP4.abort("the folder to move to has gone")
                yield
                if not stop.is_set() and not folder.news():
                    wait = min(section.poll_seconds, IDLE_SECONDS) - (time.monotonic() - polled)
                    wait_for_mail(client, max(wait, LEAST_SECONDS), stop, self._lease.renew)

    def _alerts(self, client: BoundedClient) -> list[str]:
        """Return what the server asked to be shown to people of late (RFC 9051 section 7.1)."""
        now = time.monotonic()
        self._alerted = {text: at for text, at in self._alerted.items() if now - at < ALERT_SECONDS}
        for text in client.new_alerts():
            if text not in self._alerted:
                log.warning("the server says: %s", text, extra={"mailbox": self.name})
            self._alerted[text] = now
        return list(self._alerted)[-LEFT_MOST:]

    def _read_folder(self, folder: Folder, stop: threading.Event) -> list[str]:
        """Receive and settle what waits. Returns what people must know of messages left where they are."""
        section, left = self._section, []
        waiting = folder.waiting(None if section.archive else section.since)
        if not folder.remembers:
            known = self._store.mailboxes.known_uids(self.name, folder.name, folder.uidvalidity)
            # What was too large may fit by now.
            headed = self._stand_ins(folder)
            waiting = [uid for uid in waiting if uid not in known or self._key(folder, uid) in headed]
        self._forget_gone(folder, waiting)
        # Received by us, but the connection ended before the server could be told.
        again = [uid for uid in waiting if self._key(folder, uid) in self._unsettled]
        left += self._settle(folder, again)
        fresh = sorted(set(waiting) - set(again))
        for batch in batches(self._fit(folder, fresh, left), 1 if self._careful else 50):
            if stop.is_set():
                break
            left += self._take(folder, batch)
        return left

    def _forget_gone(self, folder: Folder, waiting: Sequence[int]) -> None:
        """Keep nothing of messages that are not there any more, lest it grow for ever."""
        there = {self._key(folder, uid) for uid in waiting} if self._headed or self._tries else set()
        self._headed = {key for key in self._headed if key[0] != folder.name or key in there}
        self._tries = {
            key: tried for key, tried in self._tries.items() if key[0] != folder.name or key in there
        }

    def _fit(self, folder: Folder, uids: list[int], left: list[str]) -> Iterator[Seen]:
        """Yield what is to be read now; note in `left` what is too big or failed again and again."""
        for seen in folder.describe(uids):
            key = self._key(folder, seen.uid)
            tries, when = self._tries.get(key, (0, 0.0))
            if archived(self._section, seen) and not self._section.archive:
                continue
            if self._waits(key):
                left.append(self._refused[key][1])
            elif tries >= SUSPECT_TRIES and time.monotonic() - when < SUSPECT_SECONDS:
                left.append(f"a message in {folder.name!r} (UID {seen.uid}) cannot be read. Look at the log")
            elif seen.size > self._max_bytes:
                left += self._stand_in(folder, seen)
            else:
                yield seen

    def _stand_ins(self, folder: Folder) -> set[Key]:
        """Return the messages of this folder of which the header was received, for they are too large."""
        place = folder.name, folder.uidvalidity
        if place not in self._asked:
            self._asked.add(place)
            known = self._store.mailboxes.oversize_uids(self.name, *place)
            self._headed |= {self._key(folder, uid) for uid in known}
        return self._headed

    def _stand_in(self, folder: Folder, seen: Seen) -> list[str]:
        """Receive, once, the header of a message that is too large; the message is left where it is."""
        key, envelope = self._key(folder, seen.uid), self._envelope(seen)
        if key in self._stand_ins(folder):
            folder.mark_too_big(seen)
            return []
        try:
            top = folder.header(seen.uid, HEADER_BYTES)
            if not top:
                # Gone in the meantime, or described but without bytes.
                self._suspect(key)
                return []
            self._receive([stand_in(top, seen.size, envelope, Origin(*key))])
        except NotKept as err:
            return [self._not_kept(folder, seen, err)]
        except Temporary:
            raise
        except Exception:
            self._suspect(key)
            raise
        self._headed.add(key)
        self._refused.pop(key, None)
        text = f"a message of {seen.size / 2**20:.1f} MB was left in {folder.name!r} (UID {seen.uid})"
        log.warning("%s; its header was received", text, extra={"mailbox": self.name})
        folder.mark_too_big(seen)
        self._lease.renew()
        return []

    def _envelope(self, seen: Seen) -> Envelope:
        return Envelope("imap", self.name, archive=archived(self._section, seen))

    def _take(self, folder: Folder, batch: list[Seen]) -> list[str]:
        envelopes = {mail.uid: self._envelope(mail) for mail in batch}
        try:
            raws = folder.read(batch, self._max_bytes)
            arrivals = [
                Arrival(raw, envelopes[uid], Origin(folder.name, folder.uidvalidity, uid))
                for uid, raw in raws.items()
            ]
            if arrivals:
                self._receive(arrivals)
        except NotKept as err:
            if len(batch) > 1:
                return [problem for mail in batch for problem in self._take(folder, [mail])]
            return [self._not_kept(folder, batch[0], err)]
        except Temporary:
            raise
        except Exception:
            # Nobody knows which of them it was: next time they come one by one.
            self._careful = True
            if len(batch) == 1:
                self._suspect(self._key(folder, batch[0].uid))
            raise
        for mail in batch:
            if mail.uid in raws:
                self._tries.pop(self._key(folder, mail.uid), None)
                self._refused.pop(self._key(folder, mail.uid), None)
            else:
                # Gone in the meantime, or described but without bytes.
                self._suspect(self._key(folder, mail.uid))
        self._unsettled |= {self._key(folder, uid) for uid in raws}
        self._headed -= self._unsettled
        log.info("mail received", extra={"mailbox": self.name, "count": len(raws)})
        folder.unmark_too_big(mail for mail in batch if mail.uid in raws)
        left = self._settle(folder, list(raws))
        self._lease.renew()
        return left

    def _waits(self, key: Key) -> bool:
        """Whether a message was refused by the store a short while ago: it is not fetched at each round."""
        return key in self._refused and time.monotonic() - self._refused[key][0] < REFUSED_SECONDS

    def _not_kept(self, folder: Folder, seen: Seen, err: Exception) -> str:
        """Note that a message stays on the server until it can be stored; return what people must know."""
        text = f"a message in {folder.name!r} (UID {seen.uid}) cannot be stored: {err}"
        log.warning("%s", text, extra={"mailbox": self.name})
        self._refused[self._key(folder, seen.uid)] = time.monotonic(), text
        return text

    def _suspect(self, key: Key) -> None:
        self._tries[key] = (self._tries.get(key, (0, 0.0))[0] + 1, time.monotonic())

    def _settle(self, folder: Folder, uids: list[int]) -> list[str]:
        try:
            for start in range(0, len(uids), SIZES_AT_ONCE):
                folder.settle(uids[start : start + SIZES_AT_ONCE])
        except IMAP4.abort:
            raise
        except IMAP4.error as err:
            # A full target folder must not keep the next mail from being received.
            log.warning("settling failed: %s", clip(err), extra={"mailbox": self.name})
            self._target_gone = self._target_gone or "[TRYCREATE]" in str(err).upper()
            _, problem, cure = explain(err, self._section)
            text = f"{len(uids)} received messages could not be dealt with in {folder.name!r}: {problem}"
            return [f"after: {text}. They are safe. {cure}"]
        self._unsettled -= {self._key(folder, uid) for uid in uids}
        return []

    def _key(self, folder: Folder, uid: int) -> Key:
        return folder.name, folder.uidvalidity, uid


def open_channel(
    name: str, settings: Settings, store: ChannelStore, receive: Receive, access: Access | None = None
) -> ImapChannel:
    """Return the reader of an IMAP mailbox. Raises UserError for folder names that cannot be used."""
    section = settings.mailbox(name, ImapMailbox)
    for _, problem, cure in imap_check.names(section):
        raise UserError(f"[mailbox {name}] {problem}. {cure}")
    most = settings.desk.max_message_mb * 2**20
    return ImapChannel(name, section, most, store, receive, access=access)


def check(section: ImapMailbox, access: Access | None = None) -> list[Looked]:
    """Log in, open every folder, find `move_to` (making it as the first run would)."""
    return imap_check.looked(section, access)


def claims(section: ImapMailbox) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Yield the folders that no other mailbox may read: each mail would go to whichever is first."""
    return imap_check.claimed(section)
