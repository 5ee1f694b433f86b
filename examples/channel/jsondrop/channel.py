"""A channel to copy: another program drops messages as JSON files into a folder, and Intake reads them.

    {"id": "4711", "at": "2026-03-01T10:00:00+00:00", "from": "ann@example.org",
     "subject": "My order", "text": "Where is it?"}

It is written to NAME.tmp and renamed to NAME.json, so that no half-written file is read.

A channel has three duties, and the rest is its own business:

1. what it hands to `receive` is safe when that returns, and only then may the other side be told so;
2. the same message is the same bytes each time, so that what comes twice is known;
3. it runs until `stop` is set, reconnects by itself, and says with `store.mailboxes.seen` how it goes.

The suite that `test_jsondrop.py` inherits holds it to them.
"""

# `key` makes a field, as `dataclasses.field` does.
# ruff: noqa: RUF009

import hashlib
import json
import logging
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from intake.channels.checking import Looked
from intake.channels.registry import ChannelType
from intake.config.converters import as_number, as_path, as_text
from intake.config.keys import key
from intake.config.mailboxes import MailboxSettings
from intake.config.sections import Settings
from intake.desk.message import Envelope
from intake.ports import Arrival, ChannelStore, NotKept, Receive, Temporary
from intake.runtime.backoff import Backoff

log = logging.getLogger("jsondrop")


# 1. What it is. The config reads the section into `settings`: each key is checked, and a secret may stand in
# `token_file` or `token_env`. `intake check`, `run` and `status` ask the rest. Keep what is imported above
# light: every command reads the config. `mode` is Mode.POLLS where nothing else is said; a server is
# Mode.LISTENS.
@dataclass(frozen=True, slots=True, kw_only=True)
class JsonDropMailbox(MailboxSettings):
    """Its own keys; those of every mailbox (`address`, `team`, …) come with MailboxSettings."""

    folder: Path = key(as_path)
    token: str = key(as_text, "", secret=True)
    poll_seconds: float = key(as_number(1, 3600), "10")


CHANNEL = ChannelType(
    "jsondrop",
    "JSON folder",
    "Reads messages that another program drops into a folder as JSON files.",
    settings=JsonDropMailbox,
    example="""\
# The folder that the files are dropped into. No default: it must be set.
folder = drop

# What each file must hold as "token", where others may write into the folder. Default: nothing.
token =

# Seconds between looks, from 1 to 3600. Default: 10.
poll_seconds = 10
""",
)

# So many messages are handed over at once: one durable commit for fifty costs little more than for one.
BATCH = 50
# Pauses after failures, in seconds: the other side is not to be hammered, and not to be forgotten.
BACKOFF = Backoff.growing(1.0, 2.0, 10.0)


class Unusable(Exception):
    """A file that is no message; the text says why."""


class JsonDrop:
    """One folder, looked at every few seconds by one thread."""

    def __init__(
        self, name: str, section: JsonDropMailbox, max_bytes: int, store: ChannelStore, receive: Receive
    ) -> None:
        self.name, self._section, self._max_bytes = name, section, max_bytes
        self._store, self._receive = store, receive

    # 2. The loop. Whatever goes wrong is told and tried again; nothing but `stop` ends it.
    def run(self, stop: threading.Event) -> None:
        """Look until `stop` is set."""
        failures = 0
        while not stop.is_set():
            pause = self._section.poll_seconds
            try:
                trouble = self.look(stop)
                failures = 0
            except Exception as err:
                failures += 1
                pause = BACKOFF.seconds(failures)
                # Temporary and OSError are troubles an admin can read; anything else is a mistake of ours.
                expected = isinstance(err, Temporary | OSError)
                trouble = str(err) if expected else f"reading failed ({type(err).__name__}). Look at the log"
                log.warning("mailbox %s failed: %s", self.name, trouble, exc_info=not expected)
            self._tell(trouble)
            # Not time.sleep: who stops the desk does not want to wait.
            stop.wait(pause)

    def look(self, stop: threading.Event) -> str:
        """Receive what lies there. Returns what people must know of files that were left, or ""."""
        left: list[str] = []
        ready: list[tuple[Path, Arrival]] = []
        for path in self._files():
            try:
                ready.append((path, self._arrival(path)))
            except Unusable as err:
                # Left where it is: whoever wrote it can see it, and put it right.
                left.append(f"{path.name!r}: {err}")
            if len(ready) == BATCH:
                left += self._take(ready)
                ready = []
            if stop.is_set():
                return "; ".join(left)
        return "; ".join([*left, *self._take(ready)])

    # 3. The one thing to get right: receive, and only then release.
    def _take(self, ready: Sequence[tuple[Path, Arrival]]) -> list[str]:
        if not ready:
            return []
        try:
            self._receive([arrival for _, arrival in ready])
        except NotKept as err:
            # One of them cannot be stored, for a reason that need not be the others'.
            if len(ready) > 1:
                return [what for one in ready for what in self._take([one])]
            return [f"{ready[0][0].name!r}: cannot be stored: {err}"]
        # All of them are durable now. A crash before this line reads them again, and the ledger knows them.
        for path, _ in ready:
            path.unlink(missing_ok=True)
        return []

    def _files(self) -> Iterator[Path]:
        """Yield the files in the order of their names; links are not followed, for they lead elsewhere."""
        for path in sorted(self._section.folder.iterdir()):
            if path.suffix == ".json" and path.is_file() and not path.is_symlink():
                yield path

    # 4. What is not mail becomes mail, and takes the same road: `intake why`, search and erasure work alike.
    def _arrival(self, path: Path) -> Arrival:
        if path.stat().st_size > self._max_bytes:
            raise Unusable("is larger than max_message_mb")
        try:
            said = json.loads(path.read_bytes())
            if self._section.token and said["token"] != self._section.token:
                raise Unusable("does not hold the token")
            raw = mail_of(self._section.address, **{key: str(said[key]) for key in KEYS})
        except Unusable:
            raise
        except KeyError as err:
            raise Unusable(f"is not a message: it lacks {err.args[0]}") from err
        except Exception as err:
            # What a stranger wrote may be wrong in any way. Its words stay out of the log.
            raise Unusable(f"is not a message ({type(err).__name__})") from err
        return Arrival(raw, Envelope(self._section.type, self.name, str(said["from"])))

    def _tell(self, trouble: str) -> None:
        try:
            self._store.mailboxes.seen(self.name, datetime.now(UTC), error=trouble)
        except Exception:
            # Only what is shown is older than it could be; reading must go on.
            log.warning("the state of mailbox %s could not be stored", self.name, exc_info=True)


KEYS = ("id", "at", "from", "subject", "text")


def mail_of(to: str, **said: str) -> bytes:
    """Return the mail that a message is: the same bytes for the same message, whenever it is read.

    So its Date is the message's and its Message-ID is made of the message's own id, and nothing of when
    or where it was read stands in it. Raises ValueError for what cannot stand in a header.
    """
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = said["from"], to, said["subject"]
    made["Date"] = format_datetime(datetime.fromisoformat(said["at"]))
    # A name that can never be delivered to (RFC 2606), as for all that is no mail address.
    made["Message-ID"] = f"<{hashlib.sha256(said['id'].encode()).hexdigest()}@jsondrop.invalid>"
    made.set_content(said["text"])
    return made.as_bytes()


# 5. The two functions that Intake calls.
def open_channel(name: str, settings: Settings, store: ChannelStore, receive: Receive) -> JsonDrop:
    """Return the reader of the mailbox called `name`."""
    section = settings.mailbox(name, JsonDropMailbox)
    return JsonDrop(name, section, settings.desk.max_message_mb * 2**20, store, receive)


def check(section: JsonDropMailbox) -> list[Looked]:
    """Return what `intake check` is to tell; the levels are problem, warning and ok."""
    folder = section.folder
    if not os.path.isdir(folder):
        return [Looked("folder", f"there is no folder {folder}", "Create it or correct the key")]
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return [Looked("folder", f"{folder} cannot be used", "Change its owner or mode")]
    return [Looked("folder", f"{folder} can be read", level="ok")]
