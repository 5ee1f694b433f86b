"""Asking clamd, the daemon of ClamAV, about a file: its INSTREAM command over a unix socket (clamd(8)).

Forty lines of our own: the client packages bring less than they weigh.
"""

import socket
import struct
from pathlib import Path

from intake.config.sections import ScanSettings, Settings
from intake.desk.sensitive.verdict import Verdict
from intake.runtime.file_reading import FileReader, Known
from intake.runtime.scanning import Scanning

ENGINE = "clamd"
# Once a file is in; an ordinary one takes milliseconds, an archive may take seconds.
SECONDS = 20.0
# While a mail is processed; and how long no mail waits for it after it gave no answer.
QUICK_SECONDS, PAUSE_SECONDS = 1.0, 30.0
_CHUNK = 1 << 16
_SIZE = struct.Struct(">I")
_LONGEST_ANSWER = 4096
_FOUND, _CLEAN = "FOUND", "OK"
# Beyond its own bounds it looks no further, and says so by one of these (AlertExceedsMax, StreamMaxLength).
_BOUNDS = ("Heuristics.Limits.Exceeded", "size limit exceeded")
_ENCRYPTED = "Heuristics.Encrypted"


class Clamd:
    """A scanner at `path`, a socket. Each call is a connection of its own: it may be restarted between."""

    def __init__(self, path: Path, seconds: float = SECONDS) -> None:
        self._path, self._seconds = path, seconds

    def version(self) -> str:
        """Return engine and signatures in its own words. Raises OSError when it is away."""
        return self._asked(b"zVERSION\0")

    def scan(self, content: bytes) -> Verdict:
        """Return what it says of a file. Raises OSError when it is away, or says what is no verdict."""
        answer = self._asked(b"zINSTREAM\0", content)
        verdict = read(answer)
        if verdict is None:
            raise OSError(f"clamd did not scan: {answer[:200]!r}")
        return verdict

    def _asked(self, command: bytes, content: bytes | None = None) -> str:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(self._seconds)
            line.connect(str(self._path))
            line.sendall(command)
            if content is not None:
                try:
                    for at in range(0, len(content), _CHUNK):
                        piece = content[at : at + _CHUNK]
                        line.sendall(_SIZE.pack(len(piece)) + piece)
                    line.sendall(_SIZE.pack(0))
                except BrokenPipeError:
                    # Over StreamMaxLength it says so, and closes in the middle of what is sent.
                    pass
            answer = b""
            while b"\0" not in answer and len(answer) < _LONGEST_ANSWER:
                piece = line.recv(_LONGEST_ANSWER)
                if not piece:
                    break
                answer += piece
        return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()


def scanning_of(settings: ScanSettings, quick: bool = False) -> Scanning | None:
    """Return what scans files by these settings, None for nothing; `quick`: a mail waits for it."""
    if settings.clamd is None:
        return None
    scanner = Clamd(settings.clamd, QUICK_SECONDS if quick else SECONDS)
    return Scanning(scanner, settings.fail == "hold", PAUSE_SECONDS if quick else 0.0)


def reader_of(settings: Settings, known: Known) -> FileReader:
    """Return what looks into the files of a mail, after they were scanned; `known` are readings of before."""
    return FileReader(settings.secrets.pictures, known=known, scanning=scanning_of(settings.scan, quick=True))


def read(answer: str) -> Verdict | None:
    """Return the verdict in an answer to INSTREAM, None where it holds none."""
    if any(bound in answer for bound in _BOUNDS):
        return Verdict(whole=False)
    said = answer.removeprefix("stream:").strip()
    name = said.removesuffix(_FOUND).strip()
    if said.endswith(_FOUND) and name:
        return Verdict(whole=False) if name.startswith(_ENCRYPTED) else Verdict(malware=name)
    return Verdict() if said == _CLEAN else None
