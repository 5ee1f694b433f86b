"""Reading the body of a post within limits, keeping what was typed whatever else is wrong with it."""

import logging
from dataclasses import dataclass, field
from typing import IO
from urllib.parse import parse_qsl

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from intake.web.message import Upload
from intake.web.spool import Span, Spool

log = logging.getLogger("intake.web")

# Abuse figures of our threat list; a person meets none of them with an honest post.
MAX_FIELDS = 64
MAX_FILES = 20
# Beyond both together no more parts are read: 100,000 parts cost 64 + 20 of them.
MAX_PARTS = MAX_FIELDS + MAX_FILES
# What is kept of one field so that it can be shown again; the checks allow less.
MAX_FIELD = 512 * 1024
MAX_FIELDS_TOTAL = 1024 * 1024
# The largest header of a part, and the most that is ever held undecoded.
_WINDOW = 256 * 1024
_CHUNK = 64 * 1024
# So much of all files together is held in memory; what is beyond it goes into the spool.
IN_MEMORY = 512 * 1024


@dataclass(slots=True)
class Body:
    """What a post held. `problems` are keys of the words (files_large, files_many), or broken, cut, unkept.

    Files may lie in the spool, and can be read while it is open.
    """

    fields: dict[str, str] = field(default_factory=dict)
    files: list[Upload] = field(default_factory=list)
    problems: set[str] = field(default_factory=set)


class _Enough(Exception):
    """More parts than any form of ours has."""


def read_body(stream: IO[bytes], content_type: str, max_files_bytes: int, spool: Spool) -> Body:
    """Return the fields and files of a form post; never raises for what a client can send.

    `stream` ends by itself. Files together beyond `max_files_bytes` are counted, not
    kept, and what was typed is returned all the same. The first of several fields
    of one name counts. `spool` takes the larger files; where the disk takes no more the
    problem is `unkept`, and there are no files.
    """
    kind, options = parse_options_header(content_type)
    body = Body()
    try:
        if kind == "multipart/form-data" and 0 < len(options.get("boundary", "")) <= 200:
            boundary = options["boundary"].encode("utf-8", "replace")
            _multipart(stream, boundary, _Parts(body, max_files_bytes, spool))
        elif kind == "application/x-www-form-urlencoded":
            _urlencoded(stream, body)
        else:
            body.problems.add("broken")
    except (ValueError, RequestEntityTooLarge):
        body.problems.add("broken")
    except _Enough:
        body.problems.add("files_many")
    if "unkept" in body.problems:
        body.problems.discard("files_large")
    if body.problems & {"files_large", "files_many", "unkept"}:
        body.files.clear()
    return body


def _urlencoded(stream: IO[bytes], body: Body) -> None:
    raw = stream.read(MAX_FIELDS_TOTAL * 3 + 1)
    if len(raw) > MAX_FIELDS_TOTAL * 3:
        body.problems.add("cut")
    pairs = parse_qsl(raw.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    for name, value in pairs:
        body.fields.setdefault(name, value[:MAX_FIELD])


def _multipart(stream: IO[bytes], boundary: bytes, reader: "_Parts") -> None:
    decoder = MultipartDecoder(boundary, max_form_memory_size=_WINDOW + _CHUNK)
    while True:
        chunk = stream.read(_CHUNK)
        decoder.receive_data(chunk or None)
        while True:
            event = decoder.next_event()
            if isinstance(event, NeedData):
                break
            if isinstance(event, Epilogue):
                return
            if isinstance(event, (Field, File)):
                reader.begin(event)
            elif isinstance(event, Data):
                reader.data(event)
        if not chunk:
            return


class _Parts:
    """Collects parts as their pieces come."""

    def __init__(self, body: Body, max_files_bytes: int, spool: Spool) -> None:
        self._body, self._room, self._spool = body, max_files_bytes, spool
        self._typed_room = MAX_FIELDS_TOTAL
        self._memory_room = IN_MEMORY
        self._count = 0
        self._name, self._file_name = "", ""
        self._is_file = False
        self._size = 0
        self._kept = bytearray()
        # Where in the spool the file begins, once it has outgrown memory.
        self._start: int | None = None

    def begin(self, event: Field | File) -> None:
        self._count += 1
        if self._count > MAX_PARTS:
            raise _Enough
        self._name = event.name or ""
        self._is_file = isinstance(event, File)
        self._file_name = event.filename if isinstance(event, File) else ""
        self._size = 0
        self._kept = bytearray()
        self._start = None

    def data(self, event: Data) -> None:
        self._size += len(event.data)
        limit = self._room if self._is_file else min(MAX_FIELD, self._typed_room)
        if self._is_file:
            if self._size <= limit:
                self._keep(event.data)
        else:
            self._kept += event.data[: max(0, limit - len(self._kept))]
        if not event.more_data:
            self._end(limit)

    def _keep(self, data: bytes) -> None:
        """Add to a file: in memory while there is room for it, else in the spool."""
        if self._start is None and self._size <= self._memory_room:
            self._kept += data
            return
        try:
            if self._start is None:
                self._start = self._spool.size
                self._spool.append(self._kept)
                self._kept = bytearray()
            self._spool.append(data)
        except OSError:
            log.warning("a post could not be kept while it was read", exc_info=True)
            self._body.problems.add("unkept")
            self._room = 0

    def _end(self, limit: int) -> None:
        if not self._is_file:
            if self._size > limit:
                self._body.problems.add("cut")
            self._typed_room -= len(self._kept)
            if len(self._body.fields) < MAX_FIELDS:
                self._body.fields.setdefault(self._name, self._kept.decode("utf-8", "replace"))
            return
        if not self._file_name and not self._size:
            return  # Nothing was chosen: browsers send one empty part.
        if self._size > limit:
            self._body.problems.add("files_large")
            self._room = 0
        elif len(self._body.files) >= MAX_FILES:
            self._body.problems.add("files_many")
        else:
            self._room -= self._size
            self._body.files.append(Upload(self._file_name, self._content()))
        self._kept = bytearray()

    def _content(self) -> bytes | Span:
        if self._start is not None:
            return Span(self._spool, self._start, self._size)
        self._memory_room -= self._size
        return bytes(self._kept)
