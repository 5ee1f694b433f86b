"""The desk of the day: the real one, reading Dovecot, sending by SMTP, whose clock the script moves."""

import imaplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from config_files import config_text

from day.programs import BORDER, DESK, NAME
from day.script import BEGIN
from intake import app
from intake.channels.imap_connect import connected
from intake.channels.imap_folder import Folder, target_folder
from intake.config.mailboxes import ImapMailbox
from intake.config.settings import load
from intake.store.schema import tables
from intake.testing import Delivery, Dovecot, SinkServer
from intake.testing.imap import imap_connect
from intake.web import make_app, serve

# Longer than a person takes to fill in the form.
FILLING = timedelta(seconds=40)
TEAMS = {False: "en", True: "zh"}
RULES = """
[team en]
assign = {assign}
[team zh]
assign = {assign}
[rule chinese]
language = zh
team = zh
[rule english]
language = en
team = en
"""


class Clock:
    """The time of the day, moved by the script."""

    def __init__(self, now: datetime = BEGIN) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass
class DayDesk:
    """A desk in one process. `assign` says how new tickets are given out, as in the config."""

    folder: Path
    server: Dovecot
    sink: SinkServer
    user: str
    assign: str = "round_robin"
    clock: Clock = field(default_factory=Clock)
    _seen: int = 0
    _waiting: bool = False

    def __post_init__(self) -> None:
        config = self.folder / "intake.ini"
        config.write_text(
            config_text(
                name=NAME,
                address=DESK,
                desk=f"data = data\ncommand_address = {DESK}",
                web="port = 0\nbase_url = https://help.lumen.example",
                smtp=f"host = {self.sink.host}\nport = {self.sink.port}\nsecurity = none",
                mailbox=f"type = imap\nhost = {self.server.host}\nport = {self.server.port}\n"
                f"security = none\n"
                f"user = {self.user}\npassword = {self.server.password}\nteam = en\n"
                f"trusted_authserv = {BORDER}",
                more=RULES.format(assign=self.assign),
            ),
            encoding="utf-8",
        )
        self.desk = app.build(load(config))
        self.desk.service = replace(self.desk.service, clock=self.clock)
        self.store = self.desk.store

    def add(self, address: str, name: str, zh: bool) -> int:
        """Add an agent, in their own language where the desk can; return the id."""
        agent = self.store.agents.add(address, name, (TEAMS[zh],), self.clock())
        if "language" in tables.Agent._meta.fields:
            self.store.agents.change(address, language="zh-Hans" if zh else "en")
        return agent.id

    @contextmanager
    def open(self) -> Iterator["DayDesk"]:
        """Connect it to its servers and serve its form."""
        section = self.desk.settings.mailbox("support", ImapMailbox)
        self._session = self.desk.session()
        with connected(section) as self._client, imap_connect(self.server, self.user) as self._box:
            self._target = target_folder(self._client, section.move_to)
            self._after = section.after
            self._channel: Any = self.desk.channel("support")
            with self._form() as self.form:
                yield self
        self._session.close()
        self.store.close()

    def put(self, raw: bytes) -> None:
        """Lay a mail into the desk's mailbox on the server."""
        self._waiting = True
        self._box.append("INBOX", "", imaplib.Time2Internaldate(self.clock.now), raw)

    def work(self) -> list[Delivery]:
        """Receive, decide and send what is due now; return what was sent since the last call."""
        service = self.desk.service
        if self._waiting:
            self._waiting = False
            folder = Folder(self._client, "INBOX", self._after, self._target)
            self._channel._read_folder(folder, threading.Event())
        for due in service.tick():
            service.deliver(due, self._session)
        mails = self.sink.mails
        new, self._seen = mails[self._seen :], len(mails)
        return new

    def post(self, fields: dict[str, str], name: str, content: bytes) -> None:
        """Fill in the web form with a file, and send it."""
        with urlopen(self.form, timeout=30) as answer:
            page = answer.read().decode()
        token = page.partition('name="token" value="')[2].partition('"')[0]
        self.clock.now += FILLING
        parts = [
            f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in {"token": token, **fields}.items()
        ]
        head = f'--b\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        body = b"".join(
            [
                *parts,
                head.encode(),
                b"Content-Type: application/octet-stream\r\n\r\n",
                content,
                b"\r\n--b--\r\n",
            ]
        )
        request = Request(self.form, body, {"Content-Type": "multipart/form-data; boundary=b"})
        with urlopen(request, timeout=60) as answer:
            assert "/sent/" in answer.url, answer.url

    @contextmanager
    def _form(self) -> Iterator[str]:
        stop, bound, port = threading.Event(), threading.Event(), [0]

        def listening(number: int) -> None:
            port[0] = number
            bound.set()

        made = make_app(self.desk, lambda: None)
        thread = threading.Thread(target=serve, args=(made, self.desk.settings.web, stop, listening))
        thread.start()
        assert bound.wait(20)
        try:
            yield f"http://127.0.0.1:{port[0]}/"
        finally:
            stop.set()
            thread.join()
