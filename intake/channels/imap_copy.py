"""A copy of IMAP folders on this machine, as Maildirs, to import mail from; nothing on the server changes.

A folder is opened by EXAMINE and read by BODY.PEEK. What was copied stands under its UIDVALIDITY and UID: a
copy that was cut off goes on where it was.
"""

import logging
import os
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from imaplib import IMAP4
from pathlib import Path

from intake.channels.imap_bounds import Flooded
from intake.channels.imap_connect import FolderMissing, NotOpened, Refused, connected, explain, plain_name
from intake.channels.imap_folder import Folder, Seen, batches, names_of, present
from intake.config.mailboxes import ImapMailbox
from intake.folders import private_file, private_folder
from intake.ports import Access, Temporary, UserError

log = logging.getLogger("intake.channels.imap")

# Connections that break while mail comes are made again so often without a mail in between.
TRIES = 3
_BROKEN = (IMAP4.error, OSError, ssl.SSLError, Flooded)
# Flags that the Maildir format has letters for (maildir(5)).
_LETTERS = {"\\draft": "D", "\\deleted": "T"}


@dataclass(frozen=True, slots=True)
class NotCopied:
    """A message that stays on the server alone: where it is, and why."""

    place: str
    why: str
    cure: str


Told = Callable[[str, int, int], None]
"""Hears of the progress: a folder, how many messages of it are here, and how many there are."""


@dataclass(frozen=True, slots=True)
class ImapCopy:
    """Copies folders of an account below `place`, which is made. `most` bytes is what a message may have."""

    section: ImapMailbox
    access: Access | None
    place: Path
    most: int
    told: Told = lambda folder, here, there: None

    def fetch(self, names: Iterable[str]) -> list[NotCopied]:
        """Copy what is not here yet of these folders ("/" stands for the server's separator).

        Raises UserError where the server cannot be used; what was copied stays and is not fetched again.
        """
        left: list[NotCopied] = []
        for name in names:
            left += self._folder(plain_name(name))
        return left

    def _folder(self, name: str) -> list[NotCopied]:
        tries, before = 0, -1
        while True:
            try:
                with connected(self.section, self.access) as client:
                    return self._copied(
                        Folder(client, present(client, names_of(client, name)) or name, "leave")
                    )
            except _BROKEN as err:
                here = self._count()
                tries = tries + 1 if here == before else 1
                before = here
                if tries >= TRIES or not isinstance(err, IMAP4.abort | OSError):
                    raise self._failed(err) from err
                log.warning("the connection broke and is made again", extra={"folder": name})
            except (FolderMissing, NotOpened, Refused, Temporary) as err:
                raise self._failed(err) from err

    def _failed(self, err: Exception) -> UserError:
        key, problem, cure = explain(err, self.section)
        where = f"{key}: {problem}" if key else problem
        return UserError(f"{where}. {cure}. What was fetched is kept: import again to go on.")

    def _copied(self, folder: Folder) -> list[NotCopied]:
        cur = self.place / sha256(folder.name.encode()).hexdigest()[:16] / "cur"
        private_folder(cur)
        private_folder(cur.with_name("new"))
        here = self._here(cur, folder.uidvalidity)
        uids = folder.waiting(None)
        done, left = len(here & set(uids)), list[NotCopied]()
        wanted = [uid for uid in uids if uid not in here]
        for batch in batches(self._fit(folder, wanted, left)):
            raws = folder.read(batch, self.most)
            for seen in batch:
                if seen.uid in raws:
                    self._write(cur, folder.uidvalidity, seen, raws[seen.uid])
            done += len(raws)
            self.told(folder.name, done, len(uids))
        return left

    def _fit(self, folder: Folder, uids: list[int], left: list[NotCopied]) -> Iterator[Seen]:
        for seen in folder.describe(uids):
            if seen.size <= self.most:
                yield seen
                continue
            problem = f"it has {seen.size / 2**20:.1f} MB, more than desk.max_message_mb"
            cure = "Raise [desk] max_message_mb and import again: what is there already is not imported twice"
            left.append(NotCopied(f"{folder.name!r}, UID {seen.uid}", problem, cure))

    def _here(self, cur: Path, uidvalidity: int) -> set[int]:
        """Return the UIDs that were copied; what was copied under another UIDVALIDITY is removed."""
        here: set[int] = set()
        for entry in list(os.scandir(cur)):
            validity, _, rest = entry.name.partition(".")
            uid = rest.partition(":")[0]
            if validity == str(uidvalidity) and uid.isdigit() and entry.stat().st_size:
                here.add(int(uid))
            else:
                os.unlink(entry.path)
        return here

    def _write(self, cur: Path, uidvalidity: int, seen: Seen, raw: bytes) -> None:
        letters = "".join(sorted(_LETTERS[flag.lower()] for flag in seen.flags if flag.lower() in _LETTERS))
        path = cur / f"{uidvalidity}.{seen.uid}:2,{letters}"
        # Beside it, lest a half of it be taken for a mail.
        part = cur.parent / f".part.{os.getpid()}.{threading.get_ident()}"
        part.unlink(missing_ok=True)
        with closing(os.fdopen(private_file(part), "wb")) as file:
            file.write(raw)
        if seen.at is not None:
            os.utime(part, (seen.at.timestamp(), seen.at.timestamp()))
        part.rename(path)

    def _count(self) -> int:
        return sum(len(names) for _, _, names in os.walk(self.place))
