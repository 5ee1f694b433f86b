"""One seed phrase in every kind of place, and every output there is: it shows in none.

What is an output is asked of the code, so that one that is new fails here until it has a row.
"""

import logging
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from canaries import PHRASE, leaks
from every_command import SHOWS
from every_place import PLACES
from leaking_desk import BASE, CALM, LIN, METRICS, LeakingDesk

from intake.desk.effects import MailKind, Outgoing
from intake.ports import Temporary, UserError
from intake.runtime import logs
from intake.store.schema.search import SearchText

ROOT = Path(__file__).resolve().parents[2]
# What each mail is written with. A new one needs a row, and with that a mail of `LeakingDesk` that shows it.
TEMPLATES = {
    "acknowledgement", "alert", "answer", "assigned", "closing", "delayed", "incident", "letter.html",
    "letter.txt", "reporting",
    "malware", "notice", "oversize", "page", "page.html", "partner", "relay", "reopened", "resolved",
    "survey", "thanks", "waiting", "warning",
}  # fmt: skip
# What opens a connection, and what goes over it. Of mail and of the webhook this desk has all in its hands.
CALLS_OUT = {
    "channels/smtp.py": "mail",
    "channels/smtp_bounds.py": "mail",
    "channels/smtp_login.py": "mail",
    "channels/webhook.py": "the webhook",
    "channels/calls.py": "the webhook",
    "channels/timed.py": "nothing of its own",
    "channels/checking.py": "a try without a word",
    "channels/imap_connect.py": "a login",
    "commands/check/ports.py": "a try without a word",
    "commands/serve.py": "a socket that listens",
    "oauth/wire.py": "a login",
    "runtime/clamd.py": "a file as it came, to a scanner of the same machine",
    "runtime/rspamd.py": "a mail as it came, to a filter of the same machine",
    "imports/converters/fetching.py": "questions to another desk",
}
# What reads: the words each is run with, of each message (`1`) or mail in a file; `SHOWS` has them all.
OF_A_MESSAGE = ("message show", "why")
OF_A_FILE = ("parse", "ingest", "rules test", "secret test")
OF_THE_DESK = (
    "ticket list", "ticket show", "ticket search", "ticket drafts", "ticket files", "escalation list",
    "search", "survey list", "report", "message list", "outbox list", "audit list", "person show",
    "secret list",
    "block list", "canned list", "status", "check", "fsck", "agent list", "team show",
    "template preview", "policy test",
)  # fmt: skip
# What is kept as it came and read by no one until somebody shows it: no find tells of it.
NOT_TOLD = {"another's name", "a field of the header"}
_OPENS = re.compile(r"urlopen|\.opener\(|smtplib|http\.client|socket\.(?:create_connection|socket)\b")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LeakingDesk]:
    made = LeakingDesk(tmp_path_factory.mktemp("desk"))
    yield made
    made.close()


def whole(mail: Outgoing) -> str:
    """Return a mail with all that is in it, its files among them, decoded."""
    read: Any = message_from_bytes(mail.raw, policy=policy.default)
    lines = [f"{name}: {value}" for name, value in read.items()]
    for part in read.walk():
        lines.append(str(part.get_filename() or ""))
        if part.get_content_maintype() == "text":
            lines.append(str(part.get_content()))
        elif not part.is_multipart():
            lines.append((part.get_payload(decode=True) or b"").decode("utf-8", "replace"))
    return "\n".join(lines)


def leaked(text: str) -> list[str]:
    """Return what leaks of a text, with what stands around it."""
    return [text[max(0, text.find(word) - 80) :][:160] for word in leaks(text)[:1]]


def test_every_place_is_found_and_its_ticket_is_the_security_teams(desk: LeakingDesk) -> None:
    finds = desk.store.finds.list_finds(limit=500)
    tickets = {number: desk.ticket(number) for number in range(CALM + 1, CALM + 1 + len(PLACES))}
    kinds = {number: {row.kind for row in finds if row.ticket == number} for number in tickets}
    expected = {place: set() if place in NOT_TOLD else {"seed phrase"} for place in PLACES}
    assert expected == dict(zip(PLACES, kinds.values(), strict=True))
    urgent = {
        place for place, ticket in zip(PLACES, tickets.values(), strict=True) if ticket.priority == "urgent"
    }
    assert set(PLACES) - NOT_TOLD == urgent


def test_no_mail_shows_it(desk: LeakingDesk) -> None:
    assert {path.name.removesuffix(".j2") for path in (ROOT / "templates/mail").glob("*.j2")} == TEMPLATES
    assert set(MailKind) == {mail.kind for mail in desk.sent}
    assert [] == [(mail.kind, mail.rcpt, line) for mail in desk.sent for line in leaked(whole(mail))]


def test_no_picture_of_it_is_sent(desk: LeakingDesk) -> None:
    read: list[Any] = [message_from_bytes(mail.raw, policy=policy.default) for mail in desk.sent]
    assert [] == [part for mail in read for part in mail.walk() if part.get_content_maintype() == "image"]


def test_nothing_that_is_called_is_told_it(desk: LeakingDesk) -> None:
    opens = {
        str(path.relative_to(ROOT / "intake"))
        for path in (ROOT / "intake").rglob("*.py")
        if _OPENS.search(path.read_text(encoding="utf-8"))
    }
    assert set(CALLS_OUT) == {path for path in opens if not path.startswith(("testing/", "demo/"))}
    assert desk.calls
    assert [] == leaked(str(desk.calls))


def test_no_log_line_shows_it(desk: LeakingDesk) -> None:
    assert all("intake." in log.getvalue() for log in desk.log)
    assert [] == [line for log in desk.log for line in leaked(log.getvalue())]


def _exceptions() -> list[type[BaseException]]:
    every, left = list[type[BaseException]](), [Exception]
    while left:
        kind = left.pop()
        every.append(kind)
        left += [each for each in kind.__subclasses__() if each not in every]
    return every


def test_no_exception_that_is_logged_shows_what_it_choked_on(desk: LeakingDesk) -> None:
    shapes = [
        each for each in vars(logs).values() if isinstance(each, type) and issubclass(each, logging.Formatter)
    ]
    shapes = [shape for shape in shapes if not shape.__name__.startswith("_")]
    assert ["PlainFormatter", "JsonFormatter"] == [shape.__name__ for shape in shapes]
    wrong = []
    for kind in {*_exceptions(), OSError, Temporary, UserError}:
        try:
            raise kind(f"it says {PHRASE}")
        except TypeError:
            continue
        except BaseException as err:
            record = logging.makeLogRecord(
                {"name": "intake.x", "exc_info": (type(err), err, err.__traceback__)}
            )
            wrong += [(kind, line) for shape in shapes for line in leaked(shape().format(record))]
    assert [] == wrong


def test_no_word_of_it_is_indexed(desk: LeakingDesk) -> None:
    rows = desk.store.db.rows(SearchText.select(SearchText.words).tuples())
    assert rows
    assert [] == [line for (words,) in rows for line in leaked(words)]


def test_no_page_shows_it(desk: LeakingDesk) -> None:
    shown, wrong = "", []
    head = {"Authorization": f"Bearer {desk.key}"}
    for number in desk.numbers():
        ticket, now = desk.ticket(number), desk.clock()
        page = desk.desk.links.progress(ticket, now, mailed=True).removeprefix(BASE)
        survey = desk.desk.links.survey(ticket, now).removeprefix(BASE)
        asked = [page, survey, f"{survey}/thanks", f"/api/v1/messages/{number}"]
        for path in asked:
            answer = desk.web.get(path, headers=head)
            text = "\n".join(f"{name}: {value}" for name, value in answer.headers) + answer.text
            wrong += [(path.partition("/")[2][:3], number, line) for line in leaked(text)]
            shown += answer.text
    metrics = desk.web.get("/metrics", headers={"Authorization": f"Bearer {METRICS}"})
    assert metrics.status_code == 200
    wrong += [("metrics", 0, line) for line in leaked(metrics.text)]
    assert [] == wrong
    assert "[hidden: seed phrase]" in shown


def _asked(desk: LeakingDesk, name: str) -> list[list[str]]:
    """Return the ways in which a command is run: over each of what it is of."""
    made: list[list[str]] = []
    for words in SHOWS[name]:
        if name in OF_A_FILE:
            files = [str(desk.folder / f"{number}.eml") for number in range(1, len(PLACES) + 1)]
            made += [[word.replace("{folder}/nasty.eml", file) for word in words] for file in files]
        elif name in OF_A_MESSAGE:
            made += [[str(number), *words[1:]] for number in range(1, len(PLACES) + 2)]
        else:
            made.append([word.replace("{folder}", str(desk.folder)) for word in words])
    return [[LIN if "@customer.example" in word else word for word in words] for words in made]


@pytest.mark.parametrize("name", [*OF_THE_DESK, *OF_A_MESSAGE, *OF_A_FILE])
def test_no_command_prints_it(name: str, desk: LeakingDesk) -> None:
    printed = [(words, desk.intake(*name.split(), *words)) for words in _asked(desk, name)]
    assert [] == [(words, line) for words, text in printed for line in leaked(text)]
    assert all(text for _, text in printed)


def test_files_that_commands_write_show_it_no_more_than_what_was_sent(desk: LeakingDesk) -> None:
    html, sheet = desk.folder / "report.html", desk.folder / "report.csv"
    desk.intake("report", "--since", "2000-01-01", "--html", str(html), "--csv", str(sheet))
    assert [] == [line for path in (html, sheet) for line in leaked(path.read_text())]
