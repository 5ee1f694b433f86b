"""A desk to which one seed phrase came in every kind of place, and all that it sent since."""

import io
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from canaries import PHRASE
from click.testing import CliRunner
from every_place import LISTED, PLACES, mail_with
from pump import Clock, PumpedDesk

from intake.cli import main
from intake.desk import lifecycle, tokens
from intake.desk.ticket import Ticket
from intake.ports import OwedPage
from intake.runtime import logs
from intake.runtime.deferred_previews import make_wanted
from intake.runtime.deferred_readings import look_into_waiting
from intake.service.promises import call_webhook
from intake.web import keys, make_app

LIN, BASE = "lin@customer.example", "https://help.example"
METRICS = "0123456789abcdef0123456789abcdef"
MORE = f"""command_address = desk@desk.example
status_mails = assigned, waiting, closing, delayed, resolved, reopened, thanks
[web]
port = 0
base_url = {BASE}
metrics_token = {METRICS}
[field note]
label = Note
[team security]
[page]
webhook = https://hook.example/
[survey]
poor_action = reopen
"""
# The ticket of Lin's in which agents act; those of the places come after it.
CALM = 1


class LeakingDesk(PumpedDesk):
    """At help@desk.example; `calls` are what its webhook was called with, `log` what it logged."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "desk.example", Clock(), MORE)
        self.folder = folder
        self.calls: list[OwedPage] = []
        self.key = keys.make()
        self.store.web.add_api_key("App", keys.hashed(self.key), keys.SCOPES, 1000, self.clock())
        self.web = make_app(self.desk, self._process, patience=0).test_client()
        with logged() as self.log:
            self._tell_all()

    def ticket(self, number: int) -> Ticket:
        """Return a ticket that is there."""
        ticket = self.store.tickets.get(number)
        assert ticket is not None
        return ticket

    def numbers(self) -> range:
        """Return the numbers of its tickets."""
        return range(1, max(row.id for row in self.store.listing.list_tickets(limit=1)) + 1)

    def intake(self, *words: str) -> str:
        """Return what a command prints, whatever becomes of it."""
        done = CliRunner().invoke(main, ["--config", str(self.config), *words], input="n\n")
        return f"{done.stdout}{done.stderr}"

    def _tell_all(self) -> None:
        self.write(LIN, "Help", "Where are my coins?")
        self._send()
        for number, place in enumerate(PLACES, 1):
            self.clock.later(hours=2)
            raw = mail_with(place, number, self.address)
            (self.folder / f"{number}.eml").write_bytes(raw)
            self.take(raw, sender=LIN)
            # Once more within a ticket, where other rules answer.
            self.clock.later(hours=2)
            self.take(mail_with(place, 100 + number, self.reply_address(CALM)), sender=LIN)
            self._send()
        self._by_form()
        self._by_app()
        self._agents_write()
        self._survey()
        for _ in range(8):
            self.clock.later(hours=20)
            self._send()
            call_webhook(self.store, self.calls.append, self.clock)

    def _process(self) -> None:
        self.service.process_pending()

    def _send(self) -> None:
        look_into_waiting(self.store, self.clock)
        make_wanted(self.store, self.clock)
        self.service.follow_files()
        self.clock.later(minutes=2)
        self.deliver()

    def _by_form(self) -> None:
        typed = {"email": LIN, "name": "Lin", "subject": "A form", "message": "Hello there.", "note": "-"}
        for field in ("subject", "message", "name", "note"):
            (token,) = re.findall(r'name="token" value="([^"]+)"', self.web.get("/").text)
            self.clock.later(hours=2)
            answer = self.web.post("/", data={**typed, "token": token, field: PHRASE})
            assert answer.status_code == 303, answer.text

    def _by_app(self) -> None:
        head = {"Authorization": f"Bearer {self.key}"}
        asked = {"email": LIN, "name": "Lin", "subject": "An app", "message": "Hello."}
        for more in (
            {"message": PHRASE},
            {"subject": PHRASE},
            {"fields": {"note": PHRASE}},
            {"name": PHRASE},
        ):
            self.clock.later(hours=2)
            answer = self.web.post("/api/v1/tickets", json={**asked, **more}, headers=head)
            assert answer.status_code == 201, answer.text

    def _agents_write(self) -> None:
        anna = self.store.agents.enabled()[0]
        expires = self.clock.now + timedelta(days=9)
        for number, command in enumerate(("", "#note\n", "#show\n", "#list\n", "#waiting\n"), 1):
            mail = EmailMessage()
            token = tokens.make(self.desk.keys[0], tokens.Purpose.AGENT, CALM, anna.id, expires)
            mail["From"], mail["To"] = self.agent, tokens.address(self.address, token)
            mail["Subject"], mail["Message-ID"] = "Re: Help", f"<answer{number}@staff.example>"
            mail.set_content(f"{command}Are these yours?\n\n{PHRASE}\n")
            if not command:
                mail.add_alternative(f"<p>Are these yours?</p>{LISTED}", subtype="html")
            self.clock.later(minutes=1)
            self.take(mail.as_bytes(), sender=self.agent)
        acting = ["--as", self.agent]
        for words in (
            ["ticket", "note", "1", "--text", PHRASE],
            ["ticket", "reply", "1", "--text", PHRASE],
            ["ticket", "ask", "1", "paul@partner.example", "--text", PHRASE],
            ["ticket", "tag", "1", PHRASE],
            ["ticket", "subject", "1", PHRASE],
            ["escalate", "1", "--reason", PHRASE],
            ["person", "note", LIN, PHRASE],
            ["incident", "start", "2", "stolen"],
            ["hold", "add", "2", "--reason", PHRASE, "--for", PHRASE],
            ["block", "add", "eve@elsewhere.example", "--reason", PHRASE],
        ):
            self.intake(*words, *acting)
        file = self.folder / "words.txt"
        file.write_text(PHRASE)
        self.intake("canned", "edit", "words", "--file", str(file), *acting)
        self._send()

    def _survey(self) -> None:
        self.service.act(lifecycle.close(self.ticket(CALM), "Anna", "close"))
        closed = self.ticket(CALM)
        self.clock.later(days=8)
        self._send()
        link = self.desk.links.survey(closed, self.clock()).removeprefix(BASE)
        (token,) = re.findall(r'name="token" value="([^"]+)"', self.web.get(link).text)
        self.web.post(link, data={"token": token, "score": "1", "comment": f"Bad. {PHRASE}"})
        self._send()


@contextmanager
def logged() -> Iterator[list[io.StringIO]]:
    """Log everything, plain and as JSON, as `log_level = debug` does."""
    root, ours, screen = logging.getLogger(), logging.getLogger("intake"), sys.stderr
    before, level, own = root.handlers[:], root.level, ours.level
    made: list[io.StringIO] = []
    try:
        for shape in ("json", "plain"):
            made.append(io.StringIO())
            sys.stderr = made[-1]
            first = root.handlers[:] if len(made) > 1 else []
            logs.setup("debug", shape)
            for handler in first:
                root.addHandler(handler)
        sys.stderr = screen
        yield made
    finally:
        sys.stderr = screen
        root.handlers[:], root.level = before, level
        ours.setLevel(own)
