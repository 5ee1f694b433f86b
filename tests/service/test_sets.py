"""Messages that are decided on together end as they would one after the other, alone."""

import random
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import peewee
import pytest
from faults.rig import FULL
from peewee import Database
from pump import Clock, PumpedDesk, letter

from bench import load
from intake.desk import tokens
from intake.desk.message import Envelope
from intake.desk.tokens import Purpose
from intake.ports import Arrival
from intake.service.processing import Processing
from intake.store.batch import Batch
from intake.store.connection import Connection
from intake.store.schema.tables import Entry, Ticket
from intake.store.ticket_changes import TicketChanges
from intake.store.writes import Writes

# Limits that a few mails reach, tickets that are handed out in turn, deadlines.
MORE = """automatic_per_address_hour = 4
automatic_per_domain_hour = 9
flood_per_address_hour = 5
flood_per_domain_hour = 12

[team support]
assign = round_robin
"""
PEOPLE = [f"{name}@{domain}" for name in ("lin", "wei", "ann") for domain in ("a.example", "b.example")]
SUBJECTS = [
    "My wallet is empty",
    "钱包打不开",
    "Où est mon argent ?",
    "Re: #{} again",
    "[#{}] more",
    "Out of office",
]
TEXTS = [
    "Please help me.\r\n",
    "It still does not work.\r\n\r\nOn Monday you wrote:\r\n> Please restart.\r\nI did that.\r\n",
    "谢谢，问题还在。\r\n",
    "Merci beaucoup, à bientôt\r\n",
    "",
]
COMMANDS = [
    "",
    "",
    "",
    "#close\r\n",
    "#note\r\n",
    "#assign wei\r\n",
    "#priority high\r\n",
    "#tag lost\r\n",
    "#nosuch\r\n",
]


REPORT = """From: MAILER-DAEMON@mx.example\r
To: {to}\r
Subject: Undelivered Mail\r
Content-Type: multipart/report; report-type=delivery-status; boundary=b\r
\r
--b\r
\r
It could not be delivered.\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.example\r
\r
Final-Recipient: rfc822; {person}\r
Action: failed\r
Status: 5.1.1\r
Diagnostic-Code: smtp; 550 5.1.1 no such user\r
\r
--b\r
Content-Type: text/rfc822-headers\r
\r
Message-ID: <{about}>\r
--b--\r
"""


class Talk:
    """A random conversation of several people with a desk, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.ids: list[str] = []
        self.raws: list[bytes] = []

    def mails(self, desk: PumpedDesk, count: int) -> list[Arrival]:
        """Return so many mails; half of them join what was said before."""
        return [self.mail(desk) for _ in range(count)]

    def mail(self, desk: PumpedDesk) -> Arrival:
        pick, kind = self.chance.choice, self.chance.random()
        to, extra, sender = desk.address, "", pick(PEOPLE)
        ticket = self.chance.randint(1, 8)
        text = pick(TEXTS)
        if kind < 0.3 and self.ids:
            names = self.chance.sample(self.ids, min(2, len(self.ids)))
            extra = f"In-Reply-To: <{names[0]}>\r\nReferences: {' '.join(f'<{name}>' for name in names)}\r\n"
        elif kind < 0.4:
            to = desk.reply_address(ticket)
        elif kind < 0.55:
            sender, text = desk.agent, f"{pick(COMMANDS)}{text}"
            expires = desk.clock.now.replace(year=2027)
            to = tokens.address(
                desk.address, tokens.make(desk.desk.keys[0], Purpose.AGENT, ticket, 1, expires)
            )
        elif kind < 0.6 and self.raws:
            # The same mail by a list, or once more by another way.
            raw = b"X-Way: " + str(self.chance.random()).encode() + b"\r\n" + pick(self.raws)
            return self.arrival(desk, raw, sender)
        elif kind < 0.65:
            extra = "Auto-Submitted: auto-replied\r\n"
        elif kind < 0.7:
            ours = [mail.message_id for mail in desk.sent] or ["none@x.example"]
            text = REPORT.format(to=desk.address, person=pick(PEOPLE), about=pick(ours).strip("<>"))
            return self.arrival(desk, text.encode(), "")
        subject = pick(SUBJECTS).format(ticket)
        name = f"{len(self.raws)}.{self.chance.randint(0, 9**9)}@x.example"
        raw = (
            f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{name}>\r\n{extra}"
            f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}"
        ).encode()
        self.ids.append(name)
        self.raws.append(raw)
        return self.arrival(desk, raw, sender)

    @staticmethod
    def arrival(desk: PumpedDesk, raw: bytes, sender: str) -> Arrival:
        return Arrival(raw, Envelope("lmtp", "support", sender, (desk.address,)))


def lived(folder: Path, seed: int, limit: int, url: str = "", rounds: int = 3) -> dict[str, Any]:
    """Return what a desk holds that took this conversation, so many messages at a time."""
    with closing(a_desk(folder, url)) as desk:
        talk = Talk(seed)
        for _ in range(rounds):
            desk.service.receive(talk.mails(desk, 25))
            while desk.service.process_pending(limit):
                pass
            desk.clock.later(minutes=7)
            desk.deliver()
            talk.ids += [mail.message_id for mail in desk.sent[-5:]]
            desk.clock.later(minutes=7)
        return held(desk)


TABLES = ("ticket", "message", "entry", "message_ref", "outbox", "promise", "ticket_tag", "search_text")
TABLES += ("participant", "address_state", "audit", "escalation", "attachment", "agent", "person_language")
# What is drawn by lot, and what is made of it.
DRAWN = {"mime", "held_by", "lease_owner", "held_until", "sha256", "fingerprint", "mail_from"}


def held(desk: PumpedDesk) -> dict[str, Any]:
    """Return all rows of the tables, Message-IDs of ours by the mails they belong to."""
    db: Connection = desk.desk.database.db
    mails = {name: f"mail {number}" for number, name in db.many("SELECT id, message_id FROM outbox")}
    mails |= {
        key: re.sub("[0-9a-f]{64}", "digest", key) for (key,) in db.many("SELECT dedupe_key FROM outbox")
    }
    rows: dict[str, Any] = {}
    for table in TABLES:
        cursor = db.database.execute_sql(f"SELECT * FROM {table}")
        names = [column[0] for column in cursor.description]
        rows[table] = sorted(
            tuple(
                (name, mails.get(value, value))
                for name, value in zip(names, row, strict=True)
                if name not in DRAWN
            )
            for row in cursor.fetchall()
        )
    return rows


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Have each message decided on alone, or not."""
    whole = Processing._decide_all

    def one_by_one(self: Processing, readable: Any, together: bool) -> None:
        for item in readable:
            whole(self, [item], together=False)

    def switch(on: bool) -> None:
        monkeypatch.setattr(Processing, "_decide_all", one_by_one if on else whole)

    return switch


@pytest.mark.parametrize("seed", range(100 if FULL else 3))
def test_together_or_alone_the_same_becomes_of_everything(
    tmp_path: Path, seed: int, alone: Callable[[bool], None]
) -> None:
    alone(True)
    expected = lived(tmp_path / "alone", seed, 50)
    alone(False)
    for limit in (50, 7):
        assert expected == lived(tmp_path / f"{limit}", seed, limit)


def test_and_so_it_is_on_postgres(tmp_path: Path, postgres_url: str, alone: Callable[[bool], None]) -> None:
    alone(True)
    expected = lived(tmp_path / "alone", 99, 50)
    alone(False)
    together = lived(tmp_path / "together", 99, 50, postgres_url)
    # Numbers are asked for ahead there, and some are never given.
    assert [strip(row) for row in expected["entry"]] == [strip(row) for row in together["entry"]]
    assert [strip(row) for row in expected["outbox"]] == [strip(row) for row in together["outbox"]]


def strip(row: Any) -> Any:
    numbers = {"id", "ticket", "entry", "message", "ledger", "message_id", "dedupe_key", "before"}
    return sorted(
        (name, str(int(value) if isinstance(value, bool) else value))
        for name, value in row
        if name not in numbers
    )


def test_most_messages_are_really_decided_on_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts: list[bool] = []
    whole = Batch.forget

    def forget(self: Batch) -> None:
        parts.append(True)
        whole(self)

    monkeypatch.setattr(Batch, "forget", forget)
    lived(tmp_path, 1, 50)
    assert len(parts) < 75 * 0.4


POISON = "poison@a.example"


def poisoned(desk: PumpedDesk, place: int) -> list[str]:
    """Ten people write; the one at this place is poison. Return who wrote, in their order."""
    people = [f"p{number}@a{number}.example" for number in range(10)]
    people[place] = POISON
    envelopes = [Envelope("lmtp", "support", who, (desk.address,)) for who in people]
    raws = [letter(who, desk.address, f"About {who}") for who in people]
    desk.service.receive([Arrival(raw, at) for raw, at in zip(raws, envelopes, strict=True)])
    return people


def failing(step: str) -> Callable[[PumpedDesk, pytest.MonkeyPatch], None]:
    """Return what makes the poisoned message fail at this step."""

    def break_it(desk: PumpedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
        if step == "heard":

            def heard(message: Any, facts: Any) -> Any:
                if message.sender.mailbox == POISON:
                    raise ValueError(step)
                return message

            desk.service = replace(desk.service, heard=heard)
        elif step == "apply":
            whole_open = TicketChanges.open

            def opened(self: TicketChanges, effect: Any) -> None:
                whole_open(self, effect)
                if effect.requester.mailbox == POISON:
                    raise ValueError(step)

            monkeypatch.setattr(TicketChanges, "open", opened)
        else:
            whole_insert = Writes._insert

            def insert(self: Writes, table: Any, rows: Any, others: Any, dues: Any) -> None:
                if any(row.get("author") == POISON for row in rows):
                    raise (peewee.IntegrityError if step == "constraint" else ValueError)(step)
                whole_insert(self, table, rows, others, dues)

            monkeypatch.setattr(Writes, "_insert", insert)

    return break_it


@pytest.mark.parametrize("place", range(10) if FULL else (0, 4, 9))
@pytest.mark.parametrize("step", ["heard", "apply", "flush", "constraint"])
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_poisoned_message_takes_nobody_along_wherever_it_stands(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    engine: str,
    step: str,
    place: int,
) -> None:
    url = request.getfixturevalue("postgres_url") if engine == "postgres" else ""
    with closing(a_desk(tmp_path, url)) as desk:
        people = poisoned(desk, place)
        failing(step)(desk, monkeypatch)
        while desk.service.process_pending(50):
            pass
        tickets = reversed(desk.store.listing.list_tickets())
        assert [who for who in people if who != POISON] == [ticket.requester for ticket in tickets]
        (waiting,) = desk.store.ledger.list_messages(state="waiting")
        assert waiting.attempts == 1
        assert waiting.reason.endswith("while processing")
        # Of what failed nothing is there, and of the others all of it.
        held_now = held(desk)
        assert len(held_now["entry"]) == len(held_now["search_text"]) == 9


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_batch_of_twenty_takes_some_sixty_statements_and_one_of_fifty_no_more(
    tmp_path: Path, engine: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = request.getfixturevalue("postgres_url") if engine == "postgres" else ""
    asked: list[str] = []
    whole = Database.execute_sql

    def noted(self: Database, sql: Any, *rest: Any, **named: Any) -> Any:
        asked.append(str(sql))
        return whole(self, sql, *rest, **named)

    counts: dict[int, int] = {}
    letters = load.mixed(120)
    with closing(a_desk(tmp_path, url)) as desk:
        # The first make the desk one that has been at work.
        for begin, count in ((0, 50), (50, 20), (70, 50)):
            some = letters[begin : begin + count]
            envelopes = [Envelope("imap", "support", letter.sender, (desk.address,)) for letter in some]
            desk.service.receive(
                [Arrival(letter.raw, at) for letter, at in zip(some, envelopes, strict=True)]
            )
            with monkeypatch.context() as patched:
                patched.setattr(Database, "execute_sql", noted)
                asked.clear()
                while desk.service.process_pending(50):
                    pass
            # Of a file for which a child would be started it is asked first whether it is known: a statement
            # a mail, which spares a process. All else is asked and written for the whole set, and three of
            # the statements write what came to be kept since it was sixty: record, readings, held files.
            asked = [text for text in asked if 'FROM "file_reading"' not in text]
            counts[count] = len(asked)
    assert counts[20] <= 63, "\n".join(text[:150] for text in asked)
    assert counts[50] <= 63, "\n".join(text[:150] for text in asked)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_what_a_set_writes_after_a_split_stands_after_it(
    tmp_path: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if engine == "postgres" else ""
    with closing(a_desk(tmp_path, url)) as desk:
        desk.write("lin@a.example", "One matter")
        other = letter("lin@a.example", desk.reply_address(1), "Another", "And my wallet is empty.")
        desk.take(other, sender="lin@a.example")
        (name,) = re.findall(rb"Message-ID: (<.*>)", other)
        expires = desk.clock.now.replace(year=2027)
        agent = tokens.make(desk.desk.keys[0], Purpose.AGENT, 1, 1, expires)
        answer = f"In-Reply-To: {name.decode()}\r\n"
        mails = [
            # It has numbers reserved for the whole set.
            ("wei@b.example", desk.address, "Something else", "Please help.", ""),
            (desk.agent, tokens.address(desk.address, agent), "Re: One matter", "#split\r\n", ""),
            ("lin@a.example", desk.address, "Re: Another", "It still is.", answer),
        ]
        desk.service.receive(
            [Arrival(letter(*mail), Envelope("lmtp", "support", mail[0], (desk.address,))) for mail in mails]
        )
        while desk.service.process_pending(50):
            pass
        split = max(ticket.id for ticket in desk.store.listing.list_tickets())
        db: Connection = desk.desk.database.db
        query = Entry.select(Entry.kind, Entry.text).where(Entry.ticket == split).order_by(Entry.id)
        kinds = [
            (kind, text) for kind, text in db.rows(query.tuples()) if kind == "customer" or "split" in text
        ]
        assert [text.split()[0] for _, text in kinds] == ["And", "split", "It"]


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_of_two_mails_received_together_the_later_tells_the_language(
    tmp_path: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if engine == "postgres" else ""
    with closing(a_desk(tmp_path, url)) as desk:
        texts = ["Merci beaucoup, cela ne marche pas du tout.", "Please help me, it does not work at all."]
        for first, second in (texts, reversed(texts)):
            who = f"{first[:3].lower()}@a.example"
            desk.take(
                letter(who, desk.address, "One", first), letter(who, desk.address, "Two", second), sender=who
            )
            desk.take(letter(who, desk.address, "", ""), sender=who)
        tickets = desk.store.listing.list_tickets()
        db: Connection = desk.desk.database.db
        languages = {
            number: language
            for number, language in db.rows(Ticket.select(Ticket.id, Ticket.language).tuples())
        }
        assert [languages[ticket.id] for ticket in reversed(tickets)] == ["fr", "en", "en", "en", "fr", "fr"]


def a_desk(folder: Path, url: str = "") -> PumpedDesk:
    store = f"\n[store]\nurl = {url}\n" if url else ""
    desk = PumpedDesk(folder, "desk.example", Clock(), MORE + store)
    desk.store.agents.add("wei@staff.desk.example", "Wei", (), desk.clock())
    return desk


@pytest.mark.parametrize("count", [1, 3])
def test_large_notifications_are_not_all_held_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    sizes: list[int] = []
    whole = Writes.insert

    def insert(self: Writes, table: Any, **row: Any) -> None:
        whole(self, table, **row)
        sizes.append(self.size)

    with closing(a_desk(tmp_path)) as desk:
        for number in range(6):
            desk.store.agents.add(f"a{number}@staff.desk.example", f"A{number}", (), desk.clock())
        mails = [
            with_file(f"p{number}@a{number}.example", desk.address, 3_000_000) for number in range(count)
        ]
        desk.service.receive(
            [Arrival(raw, Envelope("lmtp", "support", "", (desk.address,))) for raw in mails]
        )
        monkeypatch.setattr(Writes, "insert", insert)
        while desk.service.process_pending(50):
            pass
        owed = desk.store.outbox.list_mails(limit=100)
        assert len(owed) == count * 8
    assert 4_000_000 < max(sizes) < 13_000_000


def with_file(sender: str, to: str, size: int) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, "A log"
    message.set_content(f"Here it is, from {sender}.")
    message.add_attachment(
        random.Random(sender).randbytes(size), "application", "x-log", filename="wallet.log"
    )
    return message.as_bytes()
