"""Writing an evidence bundle and checking one: a zip that is the same for the same evidence."""

import hashlib
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from intake.desk.incident import bundle
from intake.desk.incident.bundle import COVER, COVER_SIGNATURE, COVER_SUMS, CUSTODY, PEM, SIGNATURE, SUMS
from intake.folders import durable_file
from intake.recording.key import RecordKey, valid
from intake.store.evidence import Evidence

# What went outside: agents' own notices are not evidence of what the requester was told.
OUTSIDE = ("relay", "acknowledgement", "warning", "status", "survey", "partner")
# Lists of sums and keys are no larger, in bytes: a bundle may come from a stranger.
MOST_LISTED = 64 << 20
# As small as a zip can say it.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Contents:
    """What stands in a bundle: the small files whole, of the large ones what gets them; digests by path."""

    small: Mapping[str, bytes]
    large: Mapping[str, Callable[[], bytes]]
    digests: Mapping[str, str]

    @property
    def sums(self) -> bytes:
        """The list of all of it, which stands for it."""
        return bundle.sums(self.digests)


def contents_of(evidence: Evidence, number: int) -> Contents:
    """Read a ticket, and those merged into it; one message is in memory at a time."""
    tickets = evidence.tickets(number)
    large: dict[str, Callable[[], bytes]] = {}
    digests: dict[str, str] = {}

    def listed(rows: list[dict[str, Any]], path: str, key: str, get: Callable[[Any], bytes]) -> Any:
        for row in rows:
            name = path.format(**row)
            content = get(row[key])
            large[name] = partial(get, row[key])
            digests[name] = hashlib.sha256(content).hexdigest()
            yield {**row, "path": name, "size": len(content), "sha256": digests[name]}

    manifest = {
        "ticket": number,
        "tickets": tickets,
        "messages": [
            *listed(evidence.messages(tickets), "messages/{message:07}.eml", "sha256", evidence.content)
        ],
        "files": [*listed(evidence.files(tickets), "files/{sha256}", "sha256", evidence.content)],
        "sent": [*listed(evidence.sent(tickets, OUTSIDE), "sent/{mail:07}.eml", "mail", evidence.mail)],
    }
    small = {
        bundle.README: bundle.TEXT.format(number=number).encode(),
        bundle.MANIFEST: bundle.document(manifest),
        bundle.TIMELINE: bundle.lines(evidence.timeline(tickets)),
    }
    digests |= {path: hashlib.sha256(content).hexdigest() for path, content in small.items()}
    return Contents(small, large, digests)


def write(
    path: Path, contents: Contents, custody: list[dict[str, Any]], cover: Mapping[str, Any], key: RecordKey
) -> None:
    """Write a bundle, in one step and for its owner alone. Raises OSError, also where the file is there."""
    of_cover = {COVER: bundle.document(cover), CUSTODY: bundle.lines(custody)}
    sums = contents.sums
    cover_sums = bundle.sums(
        {
            **{name.partition("/")[2]: hashlib.sha256(text).hexdigest() for name, text in of_cover.items()},
            f"../{SUMS}": hashlib.sha256(sums).hexdigest(),
        }
    )
    last = {
        SUMS: sums,
        SIGNATURE: key.sign(sums),
        PEM: bundle.pem(key.public),
        **of_cover,
        COVER_SUMS: cover_sums,
        COVER_SIGNATURE: key.sign(cover_sums),
    }
    with durable_file(path, replace=False) as file, zipfile.ZipFile(file, "w") as archive:
        for name in sorted({**contents.small, **contents.large}):
            content = contents.small[name] if name in contents.small else contents.large[name]()
            _add(archive, name, content)
        for name, content in last.items():
            _add(archive, name, content)


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = 0o600 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a bundle came to: what is wrong with it, how many files it has, and its public key."""

    faults: tuple[str, ...]
    files: int = 0
    public: bytes = b""


def verify(path: Path) -> Checked:
    """Check a bundle: each file against its sum, the sums against their signatures. Nothing is unpacked.

    Raises OSError where it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _checked(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as err:
        return Checked((f"it is no whole zip ({err}): name a file that `intake incident export` wrote",))


def _checked(archive: zipfile.ZipFile) -> Checked:
    names = archive.namelist()
    faults = [
        f"{name} stands in it more than once" for name in sorted({n for n in names if names.count(n) > 1})
    ]
    missing = [name for name in bundle.UNLISTED if name not in names]
    if missing:
        return Checked((*faults, *(f"{name} is missing" for name in missing)), len(names))
    try:
        public = bundle.public_in(_small(archive, PEM))
        sums, cover = (bundle.sums_in(_small(archive, name)) for name in (SUMS, COVER_SUMS))
    except (ValueError, zipfile.BadZipFile) as err:
        return Checked((*faults, str(err)), len(names))
    cover = {name.removeprefix("../") if "/" in name else f"cover/{name}": sha for name, sha in cover.items()}
    for signed, signature in ((SUMS, SIGNATURE), (COVER_SUMS, COVER_SIGNATURE)):
        if not valid(public, _small(archive, signature), _small(archive, signed)):
            faults.append(f"{signed} was not signed with the key in {PEM}")
    listed = {**sums, **cover}
    faults += [
        f"{name} is in no list" for name in names if name not in listed and name not in bundle.UNLISTED
    ]
    for name, digest in sorted(listed.items()):
        if name not in names:
            faults.append(f"{name} is missing")
        elif _digest(archive, name) != digest:
            faults.append(f"{name} was altered")
    return Checked(tuple(faults), len(names), public)


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        content = file.read(MOST_LISTED + 1)
    if len(content) > MOST_LISTED:
        raise ValueError(f"{name} is too large")
    return content


def _digest(archive: zipfile.ZipFile, name: str) -> str:
    try:
        with archive.open(name) as file:
            return _of(file)  # type: ignore[arg-type]
    except (zipfile.BadZipFile, EOFError):
        # Its own checksum in the zip says so, too.
        return ""


def _of(file: BinaryIO) -> str:
    total = hashlib.sha256()
    while piece := file.read(_PIECE):
        total.update(piece)
    return total.hexdigest()
