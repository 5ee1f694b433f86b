"""Comparing a folder on disk with what was received, by content: the files of a Maildir, or .eml files."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from intake.channels.opening import Missing
from intake.channels.oversize import HEADER_BYTES, header_in
from intake.config.mailboxes import MaildirMailbox
from intake.desk.message import Envelope
from intake.folders import own_bytes
from intake.ports import Arrival, Store, UserError

KnownBytes = Callable[[Sequence[str]], Collection[str]]
"""Digests -> those of them that were received, from wherever."""
# Files read at once: as many as are asked about in one statement.
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class MissingFile:
    """A file that the ledger does not know. `arrival` is None when it is too big."""

    folder: str
    name: str
    size: int
    arrival: Arrival | None = None


def differences(
    name: str, section: MaildirMailbox, max_bytes: int, known_bytes: KnownBytes
) -> Iterator[MissingFile]:
    """Yield the files that were never received, those among them that reading moved aside. Changes nothing.

    Raises OSError when the folder cannot be read.
    """
    envelope = Envelope(channel="maildir", mailbox=name)
    for folder in _folders(section):
        files = sorted(file for file in folder.iterdir() if _is_mail(file, folder))
        for start in range(0, len(files), AT_ONCE):
            raws: dict[Path, bytes] = {}
            for file in files[start : start + AT_ONCE]:
                try:
                    size = file.stat().st_size
                    if size <= max_bytes:
                        raws[file] = own_bytes(file)
                        continue
                except FileNotFoundError:
                    # Read and moved aside this moment; then it is known.
                    continue
                top = header_in(own_bytes(file, HEADER_BYTES))
                if not known_bytes([hashlib.sha256(top).hexdigest()]):
                    yield MissingFile(folder.name, file.name, size)
            digests = {file: hashlib.sha256(raw).hexdigest() for file, raw in raws.items()}
            had = known_bytes(list(digests.values()))
            for file, raw in raws.items():
                if digests[file] not in had:
                    yield MissingFile(folder.name, file.name, len(raw), Arrival(raw, envelope))


def missing(
    name: str,
    section: MaildirMailbox,
    max_bytes: int,
    store: Store,
    seen: Callable[[Sequence[Arrival]], object],
) -> Iterator[Missing]:
    """Yield what `differences` does, for `intake mailbox reconcile`. Raises UserError with a cure."""
    try:
        for difference in differences(name, section, max_bytes, store.ledger.known_digests):
            yield Missing(difference.folder, difference.name, difference.size, difference.arrival)
    except OSError as err:
        raise UserError(f"[mailbox {name}] path: {err.filename} cannot be read: {err.strerror}.") from err


def _folders(section: MaildirMailbox) -> list[Path]:
    path: Path = section.path
    there = [path / "new", path / "cur"] if (path / "new").is_dir() else [path, path / "done"]
    target: Path | None = section.move_to
    if section.after == "move" and target is not None:
        there.append(target)
    path.stat()
    return [folder for folder in dict.fromkeys(there) if folder.is_dir()]


def _is_mail(file: Path, folder: Path) -> bool:
    if file.name.startswith(".") or file.name.endswith(".tmp") or file.is_symlink() or not file.is_file():
        return False
    # In a Maildir names have no ending.
    return folder.name in ("new", "cur") or file.name.lower().endswith(".eml") or ":2," in file.name
