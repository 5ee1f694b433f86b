"""A MariaDB for tests: in a folder of its own, on a Unix socket, without a network."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from intake.testing.tools import Unavailable, end_process, wait_until


@dataclass(frozen=True, slots=True)
class MariaDB:
    """A running server: user root has no password."""

    socket: Path

    def url(self, database: str, user: str = "root") -> str:
        """Return a database as `intake import convert` takes it."""
        return f"mysql://{user}@/{database}?socket={self.socket}"


@contextlib.contextmanager
def mariadb() -> Iterator[MariaDB]:
    """Run a MariaDB in a temporary folder. Raises Unavailable when it is not installed."""
    places = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    server = shutil.which("mariadbd", path=places)
    installer = shutil.which("mariadb-install-db", path=places)
    if server is None or installer is None:
        raise Unavailable("MariaDB is not installed: scripts/install-test-servers.sh")
    # Short: the path of a socket may have 107 bytes.
    with tempfile.TemporaryDirectory(prefix="maria-") as name:
        folder = Path(name)
        data = folder / "data"
        data.mkdir()
        as_user: list[str] = []
        if os.geteuid() == 0:
            # It does not run as root unless it is told to.
            owner = pwd.getpwnam("mysql")
            for path in (folder, data):
                os.chown(path, owner.pw_uid, owner.pw_gid)
            as_user = ["--user=mysql"]
        # Small and careless: nothing in it lives longer than the tests.
        small = [
            "--innodb-buffer-pool-size=16M",
            "--innodb-log-file-size=4M",
            "--innodb-flush-log-at-trx-commit=0",
        ]
        with (folder / "log").open("wb") as log:
            subprocess.run(
                [installer, "--no-defaults", *as_user, f"--datadir={data}", "--skip-test-db", *small,
                 "--auth-root-authentication-method=normal"],
                check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
            socket = folder / "s"
            process = subprocess.Popen(
                [server, "--no-defaults", *as_user, f"--datadir={data}", f"--socket={socket}",
                 "--skip-networking", f"--pid-file={folder}/pid", "--skip-log-bin", *small],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        try:
            wait_until(lambda: socket.exists() or process.poll() is not None, 60, "MariaDB listens")
            if process.poll() is not None:
                raise RuntimeError(
                    f"MariaDB did not start: {(folder / 'log').read_text(errors='replace')[-2000:]}"
                )
            yield MariaDB(socket)
        finally:
            end_process(process, signal.SIGKILL)
