"""Mail in files: an mbox, a Maildir, a folder of .eml, Apple Mail's folders, one mail.

What a file is, is told by what it holds. Nothing there is changed, no link is followed, and no more of a file
than a head is held while looking.
"""

import errno
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from intake.imports import mbox
from intake.imports.archive import DELETED, DRAFT, Found, Left, place_of, shown
from intake.imports.mail_kinds import LOOKED_AT, FileKind, begins_at, kind_of

# What mail programs keep beside their mail.
_BESIDE = re.compile(
    r"(?i)(^\.|^dovecot|^maildirsize$|^maildirfolder$|^subscriptions$|^courier|^table_of_contents$|"
    r"\.(msf|dat|plist|sqlite|json|html?|css|js|log|lock|idx|index|cache)$|^tmp$)"
)
_CALLED = re.compile(r"(?i)\.(eml|emlx|mbox|mbx|mail)$")
_MANY = re.compile(r"(?i)(\.mbox|/mbox)$")
_MAILDIR = ("new", "cur")
_INFO = re.compile(r"[:;!,]2,([A-Za-z]*)$")
_MOZILLA = re.compile(rb"(?im)^x-mozilla-status[ \t]*:[ \t]*([0-9a-f]{1,8})")
_EXPUNGED = 0x0008  # of X-Mozilla-Status (nsMsgMessageFlags.h): deleted, and only not yet cut out of the file
_INTERNAL = re.compile(rb"(?im)^subject[ \t]*:[ \t]*DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA")
_BOUNDARY = re.compile(
    rb'(?is)^content-type[ \t]*:[ \t]*multipart/.{0,2000}?boundary[ \t]*=[ \t]*"?([^"\r\n;]{1,200})', re.M
)
_TAIL = 2**12
_CUT = "the file ends within it"
_OTHERWISE = "Save it as .eml or as an mbox file, or leave it out"
# Why a link is left, and what to do.
_LINK = ("it is a link, which is not followed", "Name what it leads to, if that is mail of yours")


class MailFiles:
    """The archives at these paths, read one after the other as if they were one."""

    def __init__(self, paths: Iterable[Path], place: Callable[[str, int], str] = place_of) -> None:
        """`place` says how people find a mail again, by its file and its number in there."""
        self._paths = [path.absolute() for path in paths]
        self._place = place
        # How each mbox was when it was looked through: of another one a mail would be any bytes.
        self._looked: dict[str, tuple[int, int]] = {}
        # The file that mails were last read from: an mbox is asked for thousands.
        self._open: tuple[str, BinaryIO] | None = None

    def find(self) -> Iterator[Found | Left]:
        """Yield what is there, in the order of the files' names. Raises OSError where a path is missing."""
        for path in self._paths:
            if path.is_dir():
                yield from self._walk(path)
            else:
                yield from self._file(os.fspath(path), path.stat(), inside_folder=False)

    def place(self, path: str, number: int) -> str:
        """Return how people find a mail again."""
        return self._place(path, number)

    def read(self, path: str, start: int, size: int, number: int) -> bytes:
        """Return a mail that was found, of an mbox without its ">". Raises OSError where it has gone."""
        if self._open is None or self._open[0] != path:
            self.close()
            self._open = path, open(path, "rb")  # noqa: SIM115  (closed by `close`)
        file = self._open[1]
        if number and _state(os.fstat(file.fileno())) != self._looked.get(path):
            raise OSError(errno.ESTALE, "it was changed since it was looked through", path)
        if number:
            return mbox.content(file, start, size)
        raw = _slice(file, start, size)
        self.close()
        return raw

    def close(self) -> None:
        """Close the file that was last read from."""
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def _walk(self, folder: Path) -> Iterator[Found | Left]:
        closed: list[OSError] = []
        for here, folders, names in os.walk(folder, onerror=closed.append):
            if all(name in folders for name in _MAILDIR):
                # What is in tmp was not delivered.
                folders[:] = [name for name in folders if name != "tmp"]
            folders.sort()
            for name in [name for name in folders if os.path.islink(os.path.join(here, name))]:
                yield Left(shown(os.path.join(here, name)), *_LINK)
            inside = os.path.basename(here) in _MAILDIR and os.path.isdir(os.path.join(here, "..", "cur"))
            for name in sorted(names):
                path = os.path.join(here, name)
                try:
                    state = os.lstat(path)
                except OSError as err:
                    yield Left(shown(path), f"it cannot be read: {err.strerror}", "Check its owner and mode")
                    continue
                if not inside and _BESIDE.search(name):
                    yield Left(shown(path), "it is no mail", mail=False)
                else:
                    yield from self._file(path, state, inside_folder=True, maildir=inside)
        for shut in closed:
            yield Left(
                shown(shut.filename), f"it cannot be read: {shut.strerror}", "Check its owner and mode"
            )

    def _file(
        self, path: str, state: os.stat_result, inside_folder: bool, maildir: bool = False
    ) -> Iterator[Found | Left]:
        place = self._place(path, 0)
        if inside_folder and stat.S_ISLNK(state.st_mode):
            yield Left(place, *_LINK)
            return
        if not stat.S_ISREG(state.st_mode):
            yield Left(place, "it is no file", "Name a file or a folder", mail=not inside_folder)
            return
        flags = _INFO.search(os.path.basename(path)) if maildir else None
        why = _left_by_flags(flags[1]) if flags else ""
        if why:
            yield Left(place, why, mail=False, out=True)
            return
        try:
            with open(path, "rb") as file:
                first = file.read(LOOKED_AT)
                kind, why, cure = (FileKind.MAIL, "", "") if maildir and first else kind_of(first)
                if kind is FileKind.OTHER and not cure and _MANY.search(path):
                    # Its beginning may be missing.
                    kind = FileKind.MBOX if next(mbox.scan(file), None) else kind
                if kind is FileKind.OTHER:
                    # Among mails lie other files; what was named, or is named as mail is, should be some.
                    meant = bool(cure) or not inside_folder or _CALLED.search(path) is not None
                    yield Left(place, why, cure or _OTHERWISE, mail=bool(first) and meant, out=not meant)
                elif kind is FileKind.MBOX:
                    self._looked[path] = _state(os.fstat(file.fileno()))
                    yield from _mails(file, path)
                else:
                    yield _single(file, path, state, kind, maildir)
        except OSError as err:
            yield Left(place, f"it cannot be read: {err.strerror}", "Check its owner and mode")


def _mails(file: BinaryIO, path: str) -> Iterator[Found | Left]:
    for mail in mbox.scan(file):
        where = place_of(path, mail.number)
        if mail.ahead:
            yield Left(
                shown(path), "what stands before the first mail is no whole mail", "Look for a whole copy"
            )
        if not mail.head.strip() and mail.size == 0:
            yield Left(
                where, "the file ends where it should begin", "Copy the file again: its end is missing"
            )
        elif _INTERNAL.search(mail.head):
            yield Left(where, "it is the mail program's own record", mail=False)
        elif _expunged(mail.head):
            yield Left(where, DELETED, mail=False, out=True)
        else:
            cut = _cut(file, mail) if mail.last else ""
            yield Found(path, mail.start, mail.size, mail.head, mail.number, mail.at, cut)


def _single(file: BinaryIO, path: str, state: os.stat_result, kind: FileKind, maildir: bool) -> Found:
    file.seek(0)
    top, size = file.read(LOOKED_AT), state.st_size
    # What is delivered is a mail from its first byte on.
    start, ends = 0 if maildir else begins_at(top), 0
    if kind is FileKind.EMLX:
        line = top[start:].partition(b"\n")[0]
        start += len(line) + 1
        ends, size = start + int(line), min(start + int(line), size)
    elif top[start:].startswith(b"From "):
        file.seek(start)
        start += len(file.readline(mbox.PIECE))
    file.seek(start)
    head = _head(file)
    # Files that are one mail often end without a line end; that alone hints at nothing.
    mail = mbox.Slice(0, start, size - start, head, headed=_headed(head))
    cut = _CUT if ends > size else _cut(file, mail)
    if ".partial." in os.path.basename(path):
        cut = "its files were never fetched by Apple Mail"
    # The day a file was written says when a mail came only where it was never copied.
    at = datetime.fromtimestamp(state.st_mtime, UTC) if maildir else None
    return Found(path, start, size - start, head, 0, at, cut)


def _state(state: os.stat_result) -> tuple[int, int]:
    return state.st_mtime_ns, state.st_size


def _head(file: BinaryIO) -> bytes:
    head = bytearray()
    while len(head) < mbox.HEAD_BYTES:
        line = file.readline(mbox.PIECE)
        head += line
        if line in (b"\n", b"\r\n", b""):
            break
    return bytes(head)


def _headed(head: bytes) -> bool:
    """Whether the end of a header was seen, also in lines that end with CR alone, or lies too far behind."""
    return head.endswith((b"\n\n", b"\n\r\n")) or b"\r\r" in head or len(head) >= mbox.HEAD_BYTES


def _slice(file: BinaryIO, start: int, size: int) -> bytes:
    file.seek(start)
    return file.read(size)


def _cut(file: BinaryIO, mail: mbox.Slice) -> str:
    """Return why the last mail of a file may not be whole, "" where nothing hints at that."""
    if not mail.headed:
        return "the file ends within its header"
    boundary = _BOUNDARY.search(mail.head)
    if boundary is not None:
        end = _slice(file, max(mail.start, mail.start + mail.size - _TAIL), _TAIL)
        if b"--" + boundary[1].rstrip() + b"--" not in end:
            return _CUT
    return "the file does not end with the end of a line" if mail.open_end else ""


def _expunged(head: bytes) -> bool:
    status = _MOZILLA.search(head)
    return status is not None and bool(int(status[1], 16) & _EXPUNGED)


def _left_by_flags(flags: str) -> str:
    if "T" in flags:
        return DELETED
    return DRAFT if "D" in flags else ""
