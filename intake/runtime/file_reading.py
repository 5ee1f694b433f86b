"""Looking into files for what nobody should have sent: at once where it is quick, later where it is not.

A file is a stranger's and its readers are written in C, so a child with limits on time and memory looks
into it (intake/runtime/file_child.py). Short texts need none of that and are read in place. What a file
holds never comes back from the child, only what kind of secret it is.
"""

import hashlib
import json
import logging
import math
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec

from intake.desk.message import Attachment, Message
from intake.desk.sensitive.reading import CLEAN, CLOSED, WAITING, Reading, from_text, reading_of
from intake.mail.contents.roads import LEAST_PICTURE, Road, road_of
from intake.runtime import pdf_text, screen_text
from intake.runtime.scanning import Scanning

log = logging.getLogger("intake.runtime.file_reading")

# Of what is larger nobody looks into anything.
MAX_INPUT = 32 << 20
# A text that is read in place: the search takes 0.3 ms for a kilobyte.
SHORT = 32 << 10
# One file that is taken up when there is time: 20 pages, or a picture (tesseract: 0.5 s on an idle machine).
CPU_SECONDS = 10
WALL_SECONDS = 20
# All files of a mail that is being processed, as with previews (intake/runtime/previews.py).
QUICK_SECONDS = 1.0
QUICK_SHARE = 2.0
MINUTE = 60.0
# With `pictures = hold` no notice goes before, or until so long has passed.
HOLD_SECONDS = 10.0
# Tesseract takes 80 MB; a picture of 50 million pixels in four channels 200 MB, and once more in grey.
MEMORY = 640 << 20

Readings = Mapping[bytes, Reading | None]
Known = Callable[[Sequence[str]], Mapping[str, Reading]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A file to be looked into."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        """What it is known by."""
        return hashlib.sha256(self.content).hexdigest()


Read = Callable[[Sequence[Asked]], tuple[list[Reading | None], bool]]


def can_read_pictures() -> bool:
    """Whether what reads screenshots is installed: tesseract, and Pillow of the extra `images`."""
    return not screen_text.missing() and find_spec("PIL") is not None


class FileReader:
    """Says of a message's files what looking into them came to, or that they wait for it.

    Never raises. `pictures` is "later", "hold" or "off"; `read` looks into files in a child and returns a
    reading of each (None: it did not come to that) and whether a limit was met; `known` returns the
    readings that were made before, by sha256; `scanning` scans for malware first.
    """

    def __init__(
        self,
        pictures: str = "later",
        read: Read | None = None,
        clock: Callable[[], float] = time.monotonic,
        known: Known = lambda names: {},
        scanning: Scanning | None = None,
    ) -> None:
        self._hold = pictures == "hold"
        self._pictures = pictures != "off" and can_read_pictures()
        self._read = read or (patiently if self._hold else quickly)
        self._clock, self._known, self._scanning = clock, known, scanning
        # When we looked, and how many seconds it took.
        self._spent: deque[tuple[float, float]] = deque()
        self._paused_until = -math.inf
        self._alone = threading.Lock()

    def __call__(self, message: Message) -> Message:
        """Return the message with a reading on each of its files that is to be looked into."""
        forward = message.forward
        files = (*message.attachments, *(forward.attachments if forward else ()))
        if not files:
            return message
        by = self._readings(
            [_asked(file) for file in files], at_once=not (message.automatic or message.bounce)
        )
        if forward:
            forward = replace(forward, attachments=_with(forward.attachments, by))
        return replace(message, attachments=_with(message.attachments, by), forward=forward)

    def _readings(self, files: Sequence[Asked], at_once: bool) -> dict[bytes, Reading | None]:
        by: dict[bytes, Reading | None] = {file.content: in_place(file, self._pictures) for file in files}
        if self._scanning is not None:
            return self._scanned(self._scanning, files, by, at_once)
        return by | self._looked_into(files, by, at_once)

    def _scanned(
        self, scanning: Scanning, files: Sequence[Asked], by: Readings, at_once: bool
    ) -> dict[bytes, Reading | None]:
        """Return the readings of files that are scanned first; what is bad is not looked into further."""
        known = self._known([file.sha256 for file in files])
        before = {file.content: known[file.sha256] for file in files if file.sha256 in known}
        before = {content: reading for content, reading in before.items() if reading.scanned}
        left = {file.content: file for file in files if file.content not in before}
        verdicts, engine = scanning.verdicts(list(left))
        good = [
            file for content, file in left.items() if content in verdicts and not verdicts[content].malware
        ]
        read = {**by, **self._looked_into(good, by, at_once)}
        return scanning.applied({content: read[content] for content in left}, verdicts, engine) | before

    def _looked_into(
        self, files: Sequence[Asked], by: Readings, at_once: bool
    ) -> dict[bytes, Reading | None]:
        """Return what is known now of those files that need a child."""
        open_ones = list({file.content: file for file in files if by[file.content] is WAITING}.values())
        known = self._known([file.sha256 for file in open_ones]) if open_ones else {}
        made: dict[bytes, Reading | None] = {
            file.content: known[file.sha256] for file in open_ones if file.sha256 in known
        }
        left = [file for file in open_ones if file.sha256 not in known]
        if left and at_once:
            with self._alone:
                made |= self._at_once(left)
        return made

    def _at_once(self, files: Sequence[Asked]) -> dict[bytes, Reading | None]:
        """Return what could be looked into now."""
        began = self._clock()
        while self._spent and began - self._spent[0][0] >= MINUTE:
            self._spent.popleft()
        busy = began < self._paused_until or sum(took for _, took in self._spent) >= QUICK_SHARE
        if busy and not self._hold:
            return {}
        try:
            made, limit = self._read(files)
        except OSError as err:
            # No process or no room to be had just now: the mail goes on, its files wait.
            log.warning("no files could be looked into: %s", err.strerror)
            return {}
        ended = self._clock()
        self._spent.append((began, ended - began))
        if limit:
            # Somebody may mean to keep us busy.
            self._paused_until = ended + MINUTE
        return {file.content: read for file, read in zip(files, made, strict=True) if read is not None}


def in_place(file: Asked, pictures: bool) -> Reading | None:
    """Return what can be said of a file without a child: WAITING where it needs one, None where it is of a
    kind that this desk does not look into at all."""
    if len(file.content) > MAX_INPUT:
        return CLOSED
    road = road_of(file.name, file.media_type, file.content)
    if road is Road.PICTURE:
        if not pictures:
            return None
        return CLEAN if len(file.content) < LEAST_PICTURE else WAITING
    if road is Road.PDF and pdf_text.missing():
        return None
    if road is Road.CLOSED:
        return CLOSED
    if road is Road.TEXT and len(file.content) <= SHORT:
        # What reads charsets is loaded already where a mail was read.
        from intake.mail.contents.text import contents

        read = contents(file.name, file.media_type, file.content)
        return CLOSED if read is None else reading_of(read.texts, read.whole)
    return WAITING


def _asked(file: Attachment) -> Asked:
    return Asked(file.claimed or file.name, file.media_type, file.content)


def _with(files: Sequence[Attachment], by: Mapping[bytes, Reading | None]) -> tuple[Attachment, ...]:
    return tuple(replace(file, reading=by[file.content]) for file in files)


def quickly(files: Sequence[Asked]) -> tuple[list[Reading | None], bool]:
    """Return what a child comes to within QUICK_SECONDS; see `in_child`."""
    return in_child(files, wall=QUICK_SECONDS)


def patiently(files: Sequence[Asked]) -> tuple[list[Reading | None], bool]:
    """Return what a child comes to within HOLD_SECONDS; see `in_child`."""
    return in_child(files, wall=HOLD_SECONDS)


def in_child(
    files: Sequence[Asked],
    cpu: int = CPU_SECONDS,
    memory: int = MEMORY,
    wall: float = WALL_SECONDS,
    nice: int = 0,
) -> tuple[list[Reading | None], bool]:
    """Return a reading of each file (None: the child ended before), and whether the child met a limit.

    `cpu` and `wall` are seconds, `memory` bytes, `nice` how far the child gives way to others. Raises
    OSError when no child can be started.
    """
    heads = (
        json.dumps({"name": file.name, "media_type": file.media_type, "size": len(file.content)}).encode()
        for file in files
    )
    asked = b"".join(head + b"\n" + file.content for head, file in zip(heads, files, strict=True))
    command = [sys.executable, "-m", "intake.runtime.file_child", str(cpu), str(memory), str(nice)]
    # Into a file, whose size the child's limits bound, and which survives the child.
    with tempfile.TemporaryFile() as answer:
        # In a session of its own: what the child started ends with it.
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as child:
            try:
                child.communicate(asked, timeout=wall)
                limit = child.returncode != 0
            except subprocess.TimeoutExpired:
                limit = True
            finally:
                _end(child)
        answer.seek(0)
        lines = answer.read().splitlines(keepends=True)
    readings = [unpacked(line) for line in lines[: len(files)]]
    return [*readings, *[None] * (len(files) - len(readings))], limit


def _end(child: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def unpacked(line: bytes) -> Reading | None:
    """Return a reading as the child wrote it, None where it did not come to the end of it."""
    return from_text(line.decode("utf-8", "replace")) if line.endswith(b"\n") else None
