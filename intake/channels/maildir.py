"""A folder that something else puts mail into: a Maildir, or any folder of .eml files."""

import logging
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from intake.channels.checking import Looked
from intake.channels.mailbox_state import note
from intake.channels.oversize import HEADER_BYTES, stand_in
from intake.config.mailboxes import MaildirMailbox
from intake.config.sections import Settings
from intake.desk.message import Envelope
from intake.folders import own_bytes, private_folder
from intake.ports import Arrival, ChannelStore, NotKept, Receive, Temporary
from intake.runtime.backoff import PEER

log = logging.getLogger("intake.channels.maildir")

BATCH_COUNT = 50
BATCH_BYTES = 16 * 2**20
# A file younger than this may still be growing.
SETTLED_SECONDS = 1.0
BACKOFF = PEER
# When our own database took nothing: it is asked again this soon, however long it was away.
OWN_TROUBLE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class MaildirFile:
    """A file as the folder shows it; another mtime or size is another mail."""

    path: Path
    mtime: int
    size: int


class MaildirChannel:
    """One folder, looked at every few seconds. Files under new/ and cur/ when it is a Maildir."""

    def __init__(
        self, name: str, section: MaildirMailbox, max_bytes: int, store: ChannelStore, receive: Receive
    ) -> None:
        self.name, self._section, self._max_bytes = name, section, max_bytes
        self._store, self._receive = store, receive
        self._path: Path = section.path
        self._done: set[MaildirFile] = set()
        # Of these, which are too large, only the header was received.
        self._headed: set[MaildirFile] = set()
        self._careful = False
        self._suspect: set[MaildirFile] = set()
        # Links that were told of.
        self._links: set[str] = set()

    def run(self, stop: threading.Event) -> None:
        """Look until `stop` is set; what goes wrong is recorded, and tried again."""
        failures = 0
        while not stop.is_set():
            pause, read = float(self._section.poll_seconds), False
            try:
                error = self.look(stop)
                failures, read = 0, True
            except Exception as err:
                failures += 1
                pause = BACKOFF.seconds(failures)
                if isinstance(err, Temporary):
                    pause = min(pause, OWN_TROUBLE_SECONDS)
                error = _explain(err)
                log.warning(
                    "mailbox failed: %s",
                    error,
                    extra={"mailbox": self.name},
                    exc_info=not isinstance(err, Temporary | OSError),
                )
            note(self._store, self.name, error, read)
            stop.wait(pause)

    def look(self, stop: threading.Event) -> str:
        """Receive what lies there. Returns what people must know of files left, or ""."""
        there = [file for file in self._files() if file not in self._done]
        large = [file for file in there if self._too_big(file) and file not in self._suspect]
        left = [problem for file in large for problem in self._stand_in(file)]
        left += [
            f"{file.path.name!r}: cannot be received. Look at the log"
            for file in there
            if file in self._suspect
        ]
        fresh = [file for file in there if not self._too_big(file) and file not in self._suspect]
        for batch in _batches(fresh, 1 if self._careful else BATCH_COUNT):
            if stop.is_set():
                break
            left += self._take(batch)
        self._careful = False
        if self._section.after == "leave":
            # Forget what is no longer there, so that this does not grow for ever.
            self._done &= set(self._files(young=True))
        self._headed &= set(there)
        return "; ".join(left)

    def _stand_in(self, file: MaildirFile) -> list[str]:
        """Receive, once, the header of a file that is too large; the file is left where it is."""
        if file in self._headed:
            return []
        try:
            top = own_bytes(file.path, HEADER_BYTES)
            self._receive([stand_in(top, file.size, Envelope("maildir", self.name))])
        except FileNotFoundError:
            return []
        except OSError as err:
            return [_unreadable(file, err)]
        except NotKept as err:
            return [f"{file.path.name!r}: cannot be stored: {err}"]
        except Temporary:
            raise
        except Exception:
            # It must not keep the others from being received in each round to come.
            self._suspect.add(file)
            raise
        self._headed.add(file)
        log.warning("a file is too large; its header was received", extra={"mailbox": self.name})
        return []

    def _take(self, batch: list[MaildirFile]) -> list[str]:
        """Receive these files. Returns what people must know of those that could not be read or stored."""
        raws: dict[MaildirFile, bytes] = {}
        left: list[str] = []
        for file in batch:
            try:
                raws[file] = own_bytes(file.path)
            except FileNotFoundError:
                continue
            except OSError as err:
                # It must not keep the others from being received, nor be forgotten.
                left.append(_unreadable(file, err))
        envelope = Envelope(channel="maildir", mailbox=self.name)
        if not raws:
            return left
        try:
            self._receive([Arrival(raw, envelope) for raw in raws.values()])
        except NotKept as err:
            if len(batch) > 1:
                return [problem for item in batch for problem in self._take([item])]
            return [f"{batch[0].path.name!r}: cannot be stored: {err}"]
        except Temporary:
            raise
        except Exception:
            # Nobody knows which of them it was: next time they come one by one.
            self._careful = True
            if len(batch) == 1:
                self._suspect.add(batch[0])
            raise
        log.info("mail received", extra={"mailbox": self.name, "count": len(raws)})
        for file in raws:
            self._settle(file)
        return left

    def _settle(self, file: MaildirFile) -> None:
        after, target = self._section.after, self._section.move_to
        if after == "delete":
            file.path.unlink(missing_ok=True)
        elif after == "move" and target is not None:
            private_folder(target)
            _move(file.path, target / file.path.name)
        elif after == "move" and file.path.parent.name == "new":
            # Seen, in the words of the Maildir format.
            _move(file.path, self._path / "cur" / f"{file.path.name}:2,S")
        elif after == "move":
            private_folder(self._path / "done")
            _move(file.path, self._path / "done" / file.path.name)
        else:
            self._done.add(file)

    def _files(self, young: bool = False) -> Iterator[MaildirFile]:
        """Yield files in the order of their names; those that may be half-written only when `young`."""
        now = time.time()
        for folder, pattern in self._folders():
            for entry in sorted(os.scandir(folder), key=lambda file: file.name):
                if entry.name.startswith(".") or entry.name.endswith(".tmp") or not entry.is_file():
                    continue
                if entry.is_symlink():
                    # It would have us read what whoever delivers here may not read.
                    self._link(entry.path)
                    continue
                if pattern and not entry.name.lower().endswith(pattern):
                    continue
                try:
                    state = entry.stat()
                except FileNotFoundError:
                    continue
                # A Maildir is written in tmp/ and renamed: what is in new/ is whole.
                if young or not pattern or now - state.st_mtime >= SETTLED_SECONDS:
                    yield MaildirFile(Path(entry.path), state.st_mtime_ns, state.st_size)

    def _link(self, path: str) -> None:
        if path not in self._links:
            self._links.add(path)
            log.warning(
                "a link is no mail, and is left where it is", extra={"mailbox": self.name, "file": path}
            )

    def _folders(self) -> list[tuple[Path, str]]:
        if not (self._path / "new").is_dir():
            return [(self._path, ".eml")]
        # With "move" to cur/ what is there is done; otherwise it is mail like any other.
        to_cur = self._section.after == "move" and self._section.move_to is None
        return [(self._path / "new", "")] + ([] if to_cur else [(self._path / "cur", "")])

    def _too_big(self, file: MaildirFile) -> bool:
        return file.size > self._max_bytes


def _unreadable(file: MaildirFile, err: OSError) -> str:
    return f"{file.path.name!r}: cannot be read ({err.strerror or err})"


def _move(source: Path, target: Path) -> None:
    """Move without ever overwriting: a second file of the same name gets a new one."""
    if target.exists():
        target = target.with_name(f"{time.time_ns()}.{socket.gethostname()}.{target.name}")
    try:
        shutil.move(source, target)  # also to another file system
    except FileNotFoundError:
        log.info("a received file was taken away by somebody else")


def _batches(files: list[MaildirFile], count: int) -> Iterator[list[MaildirFile]]:
    batch: list[MaildirFile] = []
    for file in files:
        if batch and (len(batch) >= count or sum(item.size for item in batch) + file.size > BATCH_BYTES):
            yield batch
            batch = []
        batch.append(file)
    if batch:
        yield batch


def _explain(err: Exception) -> str:
    if isinstance(err, Temporary):
        return f"the mail could not be stored: {err}. It stays where it is; look at the log"
    if isinstance(err, OSError):
        return (
            f"path: {err.filename} cannot be used: {err.strerror}. Check that it exists, its owner and mode"
        )
    return f"reading failed ({type(err).__name__}). Look at the log and report it"


def open_channel(name: str, settings: Settings, store: ChannelStore, receive: Receive) -> MaildirChannel:
    """Return the reader of a folder."""
    section = settings.mailbox(name, MaildirMailbox)
    return MaildirChannel(name, section, settings.desk.max_message_mb * 2**20, store, receive)


def check(section: MaildirMailbox) -> list[Looked]:
    """Return what keeps us from reading the folder and settling files."""
    path: Path = section.path
    # Not Path.is_dir, which raises where it lies behind a folder that this user may not enter.
    if not os.path.isdir(path):
        return [Looked("path", f"there is no folder {path}", "Create it or correct path")]
    maildir = os.path.isdir(path / "new")
    places = [path / "new", path / "cur"] if maildir else [path]
    rights = os.R_OK | os.X_OK | (0 if section.after == "leave" else os.W_OK)
    cure = "Change its owner or mode"
    problems = [
        Looked("path", f"{place} cannot be used", cure) for place in places if not os.access(place, rights)
    ]
    target = section.move_to
    if section.after == "move" and target is not None:
        if target.resolve() in {place.resolve() for place in places}:
            problems.append(Looked("move_to", f"{target} is also read from", "Name another folder"))
        elif not os.access(target if os.path.isdir(target) else target.parent, os.W_OK | os.X_OK):
            problems.append(Looked("move_to", f"{target} cannot be written to", cure))
    return problems or [Looked("path", f"{path} can be read", level="ok")]


def claims(section: MaildirMailbox) -> Iterator[tuple[str, tuple[str | Path, ...]]]:
    """Yield the folder, which no other mailbox may read: each file would go to whichever is first."""
    yield "path", ("maildir", section.path.resolve())
