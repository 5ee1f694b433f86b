"""A clamd for tests: with signatures of our own that know the test file of EICAR, so nothing is fetched."""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from intake.testing.tools import Unavailable, end_process, wait_until

# In two halves: scanners must not take this file for one (eicar.org, "Anti Malware Testfile").
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"
NAME = "Eicar-Test"


@dataclass(slots=True)
class ClamdServer:
    """A clamd on a socket, which can be ended and started again. Raises Unavailable where there is none."""

    folder: Path
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.folder / "s"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        program = shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
        if program is None:
            raise Unavailable("clamd is not installed: scripts/install-test-servers.sh")
        with (self.folder / "log").open("ab") as log:
            self.process = process = subprocess.Popen(
                [program, f"--config-file={self.folder / 'conf'}"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(lambda: self.socket.exists() or process.poll() is not None, 60, "clamd listens")

    def kill(self) -> None:
        """End it at once, whatever it is at."""
        if self.process is not None:
            end_process(self.process, signal.SIGKILL)
        self.process = None
        self.socket.unlink(missing_ok=True)


@contextlib.contextmanager
def clamd() -> Iterator[ClamdServer]:
    """Run a clamd in a temporary folder. Raises Unavailable when it is not installed."""
    # Short: the path of a socket may have 107 bytes.
    with tempfile.TemporaryDirectory(prefix="clam-") as name:
        folder = Path(name)
        (folder / "db").mkdir()
        whole = f"{hashlib.md5(EICAR, usedforsecurity=False).hexdigest()}:{len(EICAR)}:{NAME}\n"
        (folder / "db" / "eicar.hdb").write_text(whole, encoding="ascii")
        (folder / "conf").write_text(
            f"LocalSocket {folder}/s\nDatabaseDirectory {folder}/db\nForeground yes\nPidFile {folder}/pid\n"
            "StreamMaxLength 4M\nMaxThreads 4\n",
            encoding="utf-8",
        )
        server = ClamdServer(folder)
        server.start()
        try:
            yield server
        finally:
            server.kill()
