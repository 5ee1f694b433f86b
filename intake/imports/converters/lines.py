"""Reading exports as JSON: an object a line, pages of an API, or one array as long as the file. Streaming."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from intake.imports.model import Remark
from intake.ports import UserError

# As docs/import.md says of a line of ours.
LONGEST = 64 * 1024 * 1024
_CHUNK = 1024 * 1024
_STEPS = re.compile(r'["{}\[\]]')
# Never gives back, so that it takes one pass.
_STRING = re.compile(r'(?:[^"\\]++|\\.)*+', re.DOTALL)
AGAIN = "Export it again, or copy the file again: all that is whole was taken."

# An object, and where it stands.
Found = tuple[str, Mapping[str, object]]


def objects(path: Path, keys: tuple[str, ...]) -> Iterator[Found | Remark]:
    """Yield each object of a file, with where it stands; a Remark for what cannot be read, and go on.

    The file holds an object a line, or one array of them; an object may be a page that has them in a list
    under one of `keys`. Raises UserError when the file cannot be opened.
    """
    try:
        stream = path.open(encoding="utf-8-sig", errors="replace", newline="\n")
    except OSError as err:
        raise UserError(
            f"{path} cannot be read: {err.strerror}. Name the export's own file or folder."
        ) from err
    with stream:
        first = _first(stream)
        stream.seek(0)
        read = _array(stream, path.name) if first == "[" else _lines(stream, path.name)
        for item in read:
            yield from _unpacked(item, keys)


def _first(stream: IO[str]) -> str:
    while text := stream.read(_CHUNK):
        if text.strip():
            return text.lstrip()[0]
    return ""


def _unpacked(item: Found | Remark, keys: tuple[str, ...]) -> Iterator[Found | Remark]:
    if isinstance(item, Remark):
        yield item
        return
    where, value = item
    for key in keys:
        page = value.get(key)
        if isinstance(page, list):
            yield from ((where, part) for part in page if isinstance(part, Mapping))
            return
    yield item


def _lines(stream: IO[str], name: str) -> Iterator[Found | Remark]:
    count = 0
    while line := stream.readline(LONGEST + 1):
        count += 1
        where = f"{name} line {count}"
        if len(line) > LONGEST and not line.endswith("\n"):
            while line and not line.endswith("\n"):
                line = stream.readline(LONGEST)
            yield Remark(where, "The line is longer than 64 MB and was not read.", AGAIN, lost=True)
        elif line.strip():
            yield _parsed(line, where, ended=line.endswith("\n"))


def _parsed(text: str, where: str, ended: bool = True) -> Found | Remark:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        problem = "The line is no JSON" if ended else "The file is cut off here"
        return Remark(where, f"{problem}; nothing of it was read.", AGAIN, lost=True)
    if not isinstance(value, Mapping):
        return Remark(where, "This is no object; it was not read.", AGAIN, lost=True)
    return where, value


def _array(stream: IO[str], name: str) -> Iterator[Found | Remark]:
    """Yield the objects of one array: braces are counted outside of strings, so each is parsed once."""
    count = 0
    inside: list[str] = []
    scan = _Scan()
    while chunk := stream.read(_CHUNK):
        begin = 0
        for start, end in scan.steps(chunk):
            if start >= 0:
                begin = start
            if end >= 0:
                count += 1
                inside.append(chunk[begin:end])
                yield _parsed("".join(inside), f"{name} item {count}")
                inside = []
        if scan.depth >= 2:
            inside.append(chunk[begin:])
    if scan.depth:
        yield Remark(f"{name} item {count + 1}", "The file is cut off here.", AGAIN, lost=True)


@dataclass(slots=True)
class _Scan:
    """Where in the array the reading is; it goes on over the end of a chunk."""

    depth: int = 0
    quoted: bool = False
    escaped: bool = False

    def steps(self, chunk: str) -> Iterator[tuple[int, int]]:
        """Yield (where an object begins, -1) and (-1, where it ends), both within the chunk."""
        position = int(self.escaped)
        self.escaped = False
        while position < len(chunk):
            if self.quoted:
                position = self._through(chunk, position)
                continue
            step = _STEPS.search(chunk, position)
            if step is None:
                return
            position = step.end()
            if step[0] == '"':
                self.quoted = True
            elif step[0] in "{[":
                self.depth += 1
                if self.depth == 2:
                    yield step.start(), -1
            else:
                self.depth -= 1
                if self.depth == 1:
                    yield -1, position

    def _through(self, chunk: str, position: int) -> int:
        """Return where a string ends, or the chunk."""
        within = _STRING.match(chunk, position)
        end = within.end() if within is not None else position
        if end < len(chunk):
            self.quoted = chunk[end] != '"'
            # A backslash whose character is in the next chunk.
            self.escaped = self.quoted
        return end + 1
