"""What the demo plays on: a mail server, an inbox for what is sent, and the real desk between them."""

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from intake.config import settings as config
from intake.demo.letters import AUTHSERV, DESK, read
from intake.desk.ticket import Ticket
from intake.ports import Store
from intake.store import open_store
from intake.testing import (
    Delivery,
    Pymap,
    SinkServer,
    free_port,
    imap_append,
    imap_create,
    pymap_server,
    wait_until,
)
from intake.views import EntryRow, MessageRow

# Apart from the mails that the server's demonstration account comes with.
FOLDER = "Support"
PATIENCE = 15.0

CONFIG = """\
[desk]
name = Lumen Wallet Support
address = {desk}
# Answers leave at once in this demo. Without this line they wait, and #undo takes one back.
undo_seconds = 0

[smtp]
host = 127.0.0.1
port = {smtp}
security = none

[web]
port = {web}
base_url = http://127.0.0.1:{web}

[mailbox support]
type = imap
host = 127.0.0.1
port = {imap}
security = none
user = {user}
password = {password}
folders = {folder}
move_to = Done
trusted_authserv = {authserv}
"""


@dataclass(slots=True)
class Stage:
    """The servers and the desk. Every method that waits raises TimeoutError after PATIENCE seconds."""

    folder: Path
    imap: Pymap
    inbox: SinkServer
    web: int = field(default_factory=free_port)
    width: int = 96
    _handed_out: set[int] = field(default_factory=set)
    _desk: "subprocess.Popen[bytes] | None" = None
    _store: Store | None = None

    @property
    def config(self) -> Path:
        """The desk's config file."""
        return self.folder / "intake.ini"

    @property
    def form(self) -> str:
        """Where the web form is."""
        return f"http://127.0.0.1:{self.web}/"

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of an `intake` command on this desk."""
        return [sys.executable, "-m", "intake", "--config", str(self.config), *arguments]

    def write_config(self) -> str:
        """Write the config and return it."""
        text = CONFIG.format(
            desk=DESK,
            smtp=self.inbox.port,
            web=self.web,
            imap=self.imap.port,
            user=self.imap.user,
            password=self.imap.password,
            folder=FOLDER,
            authserv=AUTHSERV,
        )
        self.config.write_text(text, encoding="utf-8")
        self.config.chmod(0o600)
        return text

    def start_desk(self) -> int:
        """Start `intake run`, wait until its form answers, and return its process id."""
        with self.log.open("ab") as log:
            # Ctrl-C is for us: we stop the desk in our own time.
            self._desk = subprocess.Popen(self.command("run"), stdout=log, stderr=log, start_new_session=True)
        wait_until(self._answers, PATIENCE * 2, "the desk's form answers")
        return self._desk.pid

    def stop_desk(self) -> int:
        """Stop the desk as a service manager would; return its exit code."""
        if self._store is not None:
            self._store.close()
            self._store = None
        if self._desk is None:
            return 0
        self._desk.terminate()
        try:
            return self._desk.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._desk.kill()
            return self._desk.wait()

    @property
    def log(self) -> Path:
        """Where the desk writes its log."""
        return self.folder / "intake.log"

    def run(self, *arguments: str) -> str:
        """Run an `intake` command and return what it printed. Raises CalledProcessError when it failed."""
        environment = {**os.environ, "COLUMNS": str(self.width)}
        done = subprocess.run(
            self.command(*arguments), env=environment, capture_output=True, check=True, timeout=60
        )
        return done.stdout.decode()

    @property
    def store(self) -> Store:
        """The desk's own store, to look at what it holds without starting a command for it."""
        if self._store is None:
            settings = config.load(self.config)
            self._store = open_store(settings.store.url, settings.desk.data)
        return self._store

    def post(self, raw: bytes) -> None:
        """Lay a mail into the support mailbox."""
        imap_append(self.imap, self.imap.user, raw, FOLDER)

    def received(self, address: str, ticket: int, automatic: bool = True) -> EmailMessage:
        """Wait for the next mail to `address` about a ticket and return it as its reader sees it.

        `automatic`: whether it is one that a machine wrote (RFC 3834) or a person's.
        """

        def find() -> EmailMessage | None:
            for number, delivery in enumerate(self.inbox.mails):
                mail = _about(delivery, address, ticket)
                if mail is None or number in self._handed_out or ("Auto-Submitted" in mail) != automatic:
                    continue
                self._handed_out.add(number)
                return mail
            return None

        kind = "an automatic" if automatic else "a person's"
        match = wait_until(find, PATIENCE, f"{kind} mail to {address} about #{ticket}")
        assert match is not None
        return match

    def ticket(
        self, number: int, ready: Callable[[Ticket], bool] = lambda ticket: True
    ) -> tuple[Ticket, list[EntryRow]]:
        """Wait until a ticket is there and `ready`, and return it with its history."""

        def look() -> Ticket | None:
            match = self.store.tickets.get(number)
            return match if match is not None and ready(match) else None

        match = wait_until(look, PATIENCE, f"ticket #{number}")
        assert match is not None
        return match, self.store.tickets.entries(number)

    def message(self, subject: str) -> MessageRow:
        """Wait until a message with `subject` was decided on, and return its row."""

        def look() -> MessageRow | None:
            rows = self.store.ledger.list_messages()
            return next((row for row in rows if row.subject == subject and row.outcome), None)

        match = wait_until(look, PATIENCE, f"the message {subject!r}")
        assert match is not None
        return match

    def fill_in(self, **values: str) -> str:
        """Fill in the web form as a person does, and return the text of the page that follows."""
        with urlopen(self.form, timeout=PATIENCE) as answer:
            page = answer.read().decode()
        token = re.search(r'name="token" value="([^"]+)"', page)
        if token is None:
            raise RuntimeError("the form has no token")
        # It takes nobody for a person who is quicker than this.
        time.sleep(2.2)
        data = urlencode({"token": unescape(token[1]), **values}).encode()
        with urlopen(self.form, data, timeout=PATIENCE) as answer:
            return _text(answer.read().decode())

    def look(self, path: str) -> str:
        """Return the text of a page below the form's address."""
        with urlopen(self.form + path, timeout=PATIENCE) as answer:
            return _text(answer.read().decode())

    def _answers(self) -> bool:
        if self._desk is not None and self._desk.poll() is not None:
            raise RuntimeError(f"the desk ended: {self.log.read_text(errors='replace')[-2000:]}")
        try:
            with urlopen(f"{self.form}healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


def _about(delivery: Delivery, address: str, ticket: int) -> EmailMessage | None:
    if address not in delivery.recipients:
        return None
    mail = read(delivery.raw)
    subject = str(mail["Subject"])
    # An agent hears of many tickets, each with its number; a customer here has one.
    return mail if f"[#{ticket}]" in subject or "[#" not in subject else None


def _text(page: str) -> str:
    main = re.search(r"<main.*?>(.*?)</main>", page, re.DOTALL)
    bare = re.sub(r"<[^>]+>", " ", main[1] if main else page)
    lines = (" ".join(line.split()) for line in unescape(bare).splitlines())
    return "\n".join(line for line in lines if line)


@contextlib.contextmanager
def stage() -> Iterator[Stage]:
    """Set up the servers in a temporary folder; all is gone afterwards."""
    with TemporaryDirectory(prefix="intake-demo-") as folder, pymap_server() as imap, SinkServer() as inbox:
        imap_create(imap, imap.user, FOLDER)
        here = Stage(Path(folder), imap, inbox)
        here.write_config()
        try:
            yield here
        finally:
            here.stop_desk()
