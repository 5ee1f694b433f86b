"""Mail in mbox files, in all the ways in which programs write them (RFC 4155 and its relatives).

A mail begins at a line "From " behind a blank line, with a date in it, and in front of a header: without
these three a mail is cut in two at each sentence that begins with "From". Pure but for the file it is given.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import BinaryIO

# A line longer than this is read in pieces: there are files of one line.
PIECE = 2**16
# So much of each mail is kept while looking: all headers of a mail that the desk would read.
HEAD_BYTES = 2**18
LONGEST_SEPARATOR = 1000
BOM = b"\xef\xbb\xbf"

_MONTHS = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_DATE = re.compile(
    rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?P<month>" + b"|".join(_MONTHS) + rb") +(?P<day>\d{1,2}) +"
    rb"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
    rb"(?P<zone>(?: +(?:[A-Z]{1,5}|[+-]\d{4})){0,2}) +(?P<year>(?:19|20)\d\d)"
    rb"(?P<after>(?: +[+-]\d{4}| +[A-Z]{3,5})?)"
    rb"(?: +remote from \S{1,200})?[ \t]*\r?\n?\Z"
)
_OFFSET = re.compile(rb"([+-])(\d\d)(\d\d)")
# Mozilla writes no date at all, Eudora no address and no blank line in front.
_BARE = re.compile(rb"From[ -]*\r?\n?\Z")
_EUDORA = b"From ???@???"
FIELD = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
_LENGTH = re.compile(rb"(?im)^content-length[ \t]*:[ \t]*(\d{1,15})[ \t]*\r?$")
_UNQUOTED = re.compile(rb"(?m)^From ")
_QUOTED = re.compile(rb"(?m)^>(>*From )")


@dataclass(frozen=True, slots=True)
class Slice:
    """One mail of an mbox file: `size` bytes at `start`, the `number`th (from 1).

    `ahead`: something stands before the first one that belongs to none. `head` is how it begins; `headed`:
    its header ends with a blank line. `last`: the file ends with it; `open_end`: without a line end.
    """

    number: int
    start: int
    size: int
    head: bytes
    at: datetime | None = None
    headed: bool = True
    last: bool = False
    open_end: bool = False
    ahead: bool = False


def separator(line: bytes) -> bool:
    """Whether a line may begin a mail, if it stands behind a blank line and in front of a header."""
    if not line.startswith(b"From ") or len(line) > LONGEST_SEPARATOR:
        return False
    return _DATE.search(line) is not None or _BARE.match(line) is not None


def begins(line: bytes) -> datetime | None:
    """Return when a mail arrived by the line that begins it, aware; None where it does not tell.

    Without a zone it is UTC (RFC 4155).
    """
    read = _DATE.search(line[:LONGEST_SEPARATOR])
    if read is None:
        return None
    offset = _OFFSET.search(read["zone"] + read["after"])
    zone: timezone = UTC
    try:
        if offset is not None:
            sign = -1 if offset[1] == b"-" else 1
            zone = timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3])))
        day, hour, minute, second = (int(read[name] or 0) for name in ("day", "hour", "minute", "second"))
        month = _MONTHS.index(read["month"]) + 1
        return datetime(int(read["year"]), month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def unquoted(raw: bytes) -> bytes:
    """Return a mail as it was before its lines "From " were quoted: one ">" less.

    That is what mboxrd asks for. A file does not say whether it is one, and in an mboxo a ">" that the
    author wrote is lost too. Where a line "From " stands unquoted its writer quotes nothing, and nothing is
    undone.
    """
    return raw if _UNQUOTED.search(raw) else _QUOTED.sub(rb"\1", raw)


def scan(file: BinaryIO) -> Iterator[Slice]:
    """Yield the mails of a file, in order, holding no more of each than its head.

    `file` can be sought and is read to its end. What stands before the first mail belongs to none.
    """
    yield from _Scan(file).slices()


class _Scan:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        # Content-Length is believed for as long as every mail so far had one that was right, and none that
        # takes in another mail. In any other file it may have come with the mail, from a stranger.
        self._lengths = True
        self._blank, self._blank_at = True, 0
        self._head, self._in_header, self._headed = bytearray(), False, False
        self._number, self._start, self._ahead = 0, 0, False
        self._at: datetime | None = None
        self._exact_end: int | None = None

    def slices(self) -> Iterator[Slice]:
        file, whole, line = self._file, True, b""
        file.seek(len(BOM) if file.read(len(BOM)) == BOM else 0)
        at = file.tell()
        while line := file.readline(PIECE):
            if whole and line.startswith(b"From ") and self._is_separator(line):
                if self._number:
                    yield self._slice(self._end(at))
                self._begin(line, at + len(line))
            elif self._number:
                self._take(line, at, whole)
            elif line.strip():
                self._blank, self._ahead = False, True
            elif whole:
                self._blank = True
            whole = line.endswith(b"\n")
            at = file.tell()
        if self._number:
            yield self._slice(self._end(at), last=True, open_end=not whole)

    def _is_separator(self, line: bytes) -> bool:
        if line.startswith(_EUDORA):
            return self._blank or begins(line) is not None
        if not self._blank or not separator(line):
            return False
        here = self._file.tell()
        following = self._file.readline(LONGEST_SEPARATOR)
        self._file.seek(here)
        if FIELD.match(following) or following.startswith(b">From "):
            return True
        # The first of a file may have no header, and the last one may be cut right here.
        nothing = not following if self._number else not following.strip()
        return nothing and _BARE.match(line) is None

    def _begin(self, line: bytes, start: int) -> None:
        self._number += 1
        self._start, self._at = start, begins(line)
        self._head, self._in_header, self._headed = bytearray(), True, False
        self._blank, self._blank_at, self._exact_end = False, start, None

    def _take(self, line: bytes, at: int, whole: bool) -> None:
        if len(self._head) < HEAD_BYTES and self._in_header:
            self._head += line
        self._blank = whole and line in (b"\n", b"\r\n")
        if not self._blank:
            return
        self._blank_at = at
        if self._in_header:
            self._in_header, self._headed = False, True
            self._skip()

    def _skip(self) -> None:
        """Go to the end of the body at once where Content-Length says where that is, and is right."""
        if not self._lengths:
            return
        length = _LENGTH.search(self._head)
        body = self._file.tell()
        if length is not None:
            end = body + int(length[1])
            self._file.seek(end)
            if self._ends_here() and not self._holds_another(body, end):
                self._file.seek(end)
                self._exact_end, self._blank = end, True
                return
        self._lengths = False
        self._file.seek(body)

    def _ends_here(self) -> bool:
        end = self._file.tell()
        self._file.seek(0, 2)
        if end > self._file.tell():
            return False
        self._file.seek(end)
        line = self._file.readline(LONGEST_SEPARATOR)
        if line in (b"\n", b"\r\n"):
            line = self._file.readline(LONGEST_SEPARATOR)
        return not line or separator(line)

    def _holds_another(self, start: int, end: int) -> bool:
        """Whether a mail begins between two places: who wrote the length could hide it by that."""
        whole = True
        self._file.seek(start)
        while start < end and (line := self._file.readline(min(PIECE, end - start))):
            if whole and line.startswith(b"From ") and self._is_separator(line):
                return True
            self._blank = whole and line in (b"\n", b"\r\n")
            whole = line.endswith(b"\n")
            start += len(line)
        return False

    def _end(self, at: int) -> int:
        """Return where the mail ends that was begun: before the blank line that the format asks for."""
        if self._exact_end is not None:
            return self._exact_end
        return self._blank_at if self._blank and self._blank_at > self._start else at

    def _slice(self, end: int, last: bool = False, open_end: bool = False) -> Slice:
        return Slice(
            self._number,
            self._start,
            max(end - self._start, 0),
            bytes(self._head),
            self._at,
            self._headed,
            last,
            open_end,
            self._ahead and self._number == 1,
        )


def content(file: BinaryIO, start: int, size: int) -> bytes:
    """Return the mail that lies at `start`, as it was before it was put there."""
    file.seek(start)
    return unquoted(file.read(size))
