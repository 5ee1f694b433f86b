"""An erased person is nowhere: not in others' tickets, not in answers to agents, not in any file (T40).

What others wrote, with what they quoted, is the only exception, and here says "quoted".
"""

import base64
import re
import sqlite3
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from pump import Clock, PumpedDesk

from intake.desk import tokens
from intake.desk.effects import Mail, MailKind, Outgoing
from intake.desk.merge_effects import LinkTickets
from intake.desk.message import Address, Envelope
from intake.desk.tokens import Purpose
from intake.ports import Arrival, Temporary
from intake.store.blobs import LARGEST_ROW
from intake.store.schema.tables import TABLES, Audit
from intake.store.upkeep import scrubbing
from intake.store.upkeep.erasure import Erasing
from intake.store.upkeep.integrity import IntegrityCheck

CANARY = "canary7f3a9"
PERSON = f"{CANARY}@customer.example"
BOB, ANNA = "bob@other.example", "anna@staff.desk.example"
QUOTED = "quoted by Bob"
LIMITS = (
    "automatic_per_address_hour = 90\nautomatic_per_ticket_burst = 90\nautomatic_per_hour = 900\n"
    "flood_per_address_hour = 0\ncommand_address = desk@desk.example\nquote_subject = always"
)
# As it may lie in the bytes of a mail, too.
WRITTEN = (CANARY, CANARY.upper(), CANARY.title())
FORMS = (*(one.encode() for one in WRITTEN), base64.b64encode(CANARY.encode())[:12])


def traces(folder: Path, url: str = "") -> list[str]:
    """The files that hold the canary, those of PostgreSQL's database included."""
    places = [folder]
    if url:
        import psycopg

        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("CHECKPOINT")
            (home,) = admin.execute("SHOW data_directory").fetchone()  # type: ignore[misc]
            query = "SELECT oid FROM pg_database WHERE datname = current_database()"
            (number,) = admin.execute(query).fetchone()  # type: ignore[misc]
        places.append(Path(home) / "base" / str(number))
    return [
        path.name
        for place in places
        for path in place.rglob("*")
        if path.is_file() and any(form in path.read_bytes() for form in FORMS)
    ]


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url").replace("%", "%%")
    made: Any = PumpedDesk(
        tmp_path / "one", "desk.example", Clock(), f"{LIMITS}\n[store]\nurl = {url}" if url else LIMITS
    )
    made.url, made.data = url.replace("%%", "%"), tmp_path / "one/data"
    yield made
    made.close()


def take(desk: PumpedDesk, sender: str, text: str, subject: str, more: str = "", to: str = "") -> None:
    desk.clock.later(seconds=30)
    raw = (
        f"From: {sender}\r\nTo: {to or desk.address}\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
        f"Message-ID: <{desk.clock.now.timestamp()}@x.example>\r\n{more}"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    sent = re.findall(r"[^<\s]+@[^>\s]+", sender)[0]
    envelope = Envelope("ingest", "support", sent, (to or desk.address,))
    got = desk.service.receive([Arrival(f"{raw}{text}\r\n".encode(), envelope)])
    desk.service.process([one.ledger_id for one in got])


def token(desk: PumpedDesk, purpose: Purpose, ticket: int, person: int) -> str:
    made = tokens.make(desk.desk.keys[0], purpose, ticket, person, tokens.lifetime(desk.clock.now, 9))
    return tokens.address("desk@desk.example" if purpose is Purpose.COMMAND else desk.address, made)


def lived_in(desk: PumpedDesk) -> None:
    """Leave the person's words wherever a desk can have them. Tickets 2 and 4 are Bob's."""
    person = f"Canary7f3a9 Person <{PERSON}>"
    take(desk, person, f"My words: {CANARY}", f"Lost {CANARY}")
    take(desk, f"Bob <{BOB}>", "My own trouble", "Bob's")
    # In Bob's ticket: let in by an agent, writing there, merged into it, and copied by Bob.
    take(desk, f"Anna <{ANNA}>", f"#cc {PERSON}\n", "Re", to=token(desk, Purpose.AGENT, 2, 1))
    take(desk, person, f"I say {CANARY} too", "Re: Bob's", to=token(desk, Purpose.CUSTOMER, 2, 0))
    take(desk, person, f"One more {CANARY}", f"Second {CANARY}")
    take(desk, f"Anna <{ANNA}>", "#merge 2 anyway\n", "Re", to=token(desk, Purpose.AGENT, 3, 1))
    copied = f'Cc: "Canary7f3a9 Person" <{PERSON.upper()}>, x@y.example\r\n'
    take(desk, f"Bob <{BOB}>", f"{QUOTED}: lost", "Another", copied)
    # What agents asked for, and what they were told.
    mine = token(desk, Purpose.COMMAND, 0, 1)
    for asked in (
        "#list team",
        f"#search {PERSON}",
        "#search second",
        "#show 1",
        "#show 2",
        "#show 3",
        "#list overdue",
    ):
        take(desk, f"Anna <{ANNA}>", f"{asked}\n", "Re", to=mine)
    # Asked about Bob's, answering, and standing in what Bob's next mail brings with it.
    take(desk, f"Anna <{ANNA}>", f"#ask {PERSON}\nIs it his?", "Re", to=token(desk, Purpose.AGENT, 4, 1))
    asked = max(entry.id for entry in desk.store.tickets.entries(4))
    take(desk, person, f"It is {CANARY}", "Re", to=token(desk, Purpose.PARTNER, 4, asked))
    take(desk, f"Bob <{BOB}>", "Any news?", "Re: Another", to=token(desk, Purpose.CUSTOMER, 4, 0))
    desk.store.agents.change(ANNA, notify="digest")
    take(desk, person, f"And {CANARY} again", "Re", to=token(desk, Purpose.CUSTOMER, 1, 0))
    desk.clock.later(minutes=40)
    desk.service.tick()
    desk.service.act([LinkTickets(1, 2)])
    take(desk, f"Anna <{ANNA}>", f"#tag loss\nI see, {CANARY}", "Re", to=token(desk, Purpose.AGENT, 1, 1))
    # Set aside, waiting, large, the same through another mailbox, and what could not be delivered to them.
    take(desk, person, "x" * (LARGEST_ROW + 1) + CANARY, f"Large {CANARY}")
    odd = f"From: {person}\r\nSubject: {CANARY}\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    desk.take(odd.encode() + b"--x\r\n\r\n" * 3000)
    bounce = (
        f"From: MAILER-DAEMON@x.example\r\nTo: help@desk.example\r\nSubject: Undelivered\r\n"
        f"Auto-Submitted: auto-replied\r\n\r\n<{PERSON}>: no such user. {CANARY}\r\n"
    )
    desk.take(bounce.encode(), sender="")
    desk.store.upkeep.record_audit("anna", f"wrote to {PERSON}", desk.clock.now)
    desk.deliver()
    desk.service.receive([Arrival(odd.replace("Subject:", "X:").encode(), Envelope("imap", "support"))])


def erase(desk: Any) -> Erasing:
    erasing = Erasing(desk.store.db, desk.store.blobs)
    found = erasing.tickets_of(PERSON)
    erasing.erase(found, PERSON, (), desk.desk.keys[-1], "root", desk.clock.now)
    return erasing


def test_an_erased_person_is_in_no_table_and_no_file(desk: Any) -> None:
    lived_in(desk)
    before = {row.kind for row in desk.store.outbox.list_mails(limit=1000)}
    assert {"answer", "notice", "relay"} <= before
    assert {2, 4} <= {row.id for row in desk.store.listing.list_tickets()}
    assert traces(desk.data, desk.url)
    erase(desk).scrub()
    assert [] == where(desk), where(desk)
    assert [] == traces(desk.data, desk.url)
    # Bob has all that is his, and what was erased is marked as that.
    assert [2, 4] == sorted(row.id for row in desk.store.listing.list_tickets())
    said = "\n".join(one.text for number in (2, 4) for one in desk.store.tickets.entries(number))
    assert "My own trouble" in said
    assert QUOTED in said
    assert re.search(r"#3 \(\[erased\]\) was merged into this ticket", said)
    (copied,) = [row for row in desk.store.ledger.list_messages(limit=99) if row.subject == "Another"]
    raw = desk.store.ledger.raw(copied.id)
    assert b"x@y.example" in raw
    assert QUOTED.encode() in raw
    assert [] == list(IntegrityCheck(desk.store.db, desk.store.blobs).faults())
    # Neither the person's mail nor Bob's, as it came with the person's name, comes in once more.
    lived_in_again = f'Cc: "Canary7f3a9 Person" <{PERSON.upper()}>, x@y.example'
    assert lived_in_again.encode() not in raw


def where(desk: Any) -> list[str]:
    """The tables and columns that hold the canary."""

    found = []
    for table in TABLES:
        for name, column in table._meta.fields.items():
            for (value,) in desk.store.db.rows(table.select(column).tuples()):
                text = value if isinstance(value, bytes) else str(value).encode()
                if any(form in text for form in FORMS):
                    found.append(f"{table._meta.table_name}.{name}")
    return sorted(set(found))


def test_what_others_are_still_owed_is_sent_without_the_person(desk: Any) -> None:
    take(desk, f"Bob <{BOB}>", "Help me", "Bob's", f"Cc: Canary7f3a9 Person <{PERSON}>\r\n")
    kinds = [row.kind for row in desk.store.outbox.list_mails(state="due")]
    assert "notice" in kinds
    erase(desk)
    assert kinds == [row.kind for row in desk.store.outbox.list_mails(state="due")]
    desk.deliver()
    (notice,) = [one.raw for one in desk.sent if one.kind is MailKind.NOTICE]
    read: Any = message_from_bytes(notice, policy=policy.default)
    # What a person reads in either form of it, and nothing of who was erased.
    for form in ("plain", "html"):
        said = read.get_body((form,)).get_content()
        assert "Help me" in said
        assert CANARY not in f"{read}{said}".lower()


@pytest.mark.parametrize("sent", [True, False], ids=["sent", "owed"])
def test_what_the_person_wrote_does_not_stay_in_mails_about_others(desk: Any, sent: bool) -> None:
    take(desk, f"Bob <{BOB}>", "My own trouble", "Bob's")
    take(desk, f"Anna <{ANNA}>", f"#cc {PERSON}\n", "Re", to=token(desk, Purpose.AGENT, 1, 1))
    theirs = f"The secret place of {CANARY} is under the old oak tree behind the house."
    take(desk, f"Canary7f3a9 Person <{PERSON}>", theirs, "Re: Bob's", to=token(desk, Purpose.CUSTOMER, 1, 0))
    desk.deliver()
    # As a mail would show it, around Bob's next words.
    quoted = f"Bob wrote:\n\nI wait.\n\nBefore that:\n\n    {theirs}\n"
    mail = Outgoing(MailKind.NOTICE, "", ANNA, "page@desk.example", f"Subject: Bob's\n\n{quoted}".encode())
    with desk.store.transaction():
        desk.store.apply(
            [Mail(MailKind.NOTICE, 1, Address(ANNA), "notice:of-bob", text="I wait.")],
            lambda *_: mail,
            desk.clock.now,
        )
    if sent:
        desk.deliver()
    erase(desk)
    assert [] == where(desk)
    kept = [desk.store.outbox.raw(row.id) for row in desk.store.outbox.list_mails(limit=100)]
    bodies = [part.get_payload(decode=True) for raw in kept for part in message_from_bytes(raw).walk()]
    assert sent != any(b"I wait." in body for body in bodies if isinstance(body, bytes))


def test_who_has_a_longer_address_is_not_touched(desk: Any) -> None:
    other = f"jo{PERSON}"
    take(desk, f"Bob <{BOB}>", "Help me", "Bob's", f"Cc: {other}\r\n")
    take(desk, f"Anna <{ANNA}>", f"#cc {other}\n", "Re", to=token(desk, Purpose.AGENT, 1, 1))
    desk.store.upkeep.record_audit("anna", f"wrote to {other}", desk.clock.now)
    before = [desk.store.ledger.raw(row.id) for row in desk.store.ledger.list_messages()]
    erase(desk)
    assert before == [desk.store.ledger.raw(row.id) for row in desk.store.ledger.list_messages()]
    assert f"{other} added by" in desk.store.tickets.entries(1)[1].text
    said = [what for (what,) in desk.store.db.rows(Audit.select(Audit.what).tuples())]
    assert f"wrote to {other}" in said


def test_what_was_split_off_is_its_writers_and_stays(desk: Any) -> None:
    take(desk, f"Canary7f3a9 Person <{PERSON}>", "Mine", "Mine")
    take(desk, f"Anna <{ANNA}>", f"#cc {BOB}\n", "Re", to=token(desk, Purpose.AGENT, 1, 1))
    take(desk, f"Bob <{BOB}>", "Bob's own trouble", "Re", to=token(desk, Purpose.CUSTOMER, 1, 0))
    take(desk, f"Anna <{ANNA}>", "#split\n", "Re", to=token(desk, Purpose.AGENT, 1, 1))
    assert [1, 2] == sorted(row.id for row in desk.store.listing.list_tickets())
    erase(desk).scrub()
    assert [2] == [row.id for row in desk.store.listing.list_tickets()]
    assert "Bob's own trouble" in "\n".join(one.text for one in desk.store.tickets.entries(2))
    assert [] == where(desk), where(desk)
    assert [] == list(IntegrityCheck(desk.store.db, desk.store.blobs).faults())


def reading(desk: Any) -> Any:
    """A connection that has begun to read, as a shell, a report or another process of the desk has."""
    if desk.url:
        import psycopg

        other = psycopg.connect(desk.url)
        other.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        other.execute("SELECT count(*) FROM entry").fetchall()
        return other
    other = sqlite3.connect(desk.data / "intake.db", check_same_thread=False)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM entry").fetchall()
    return other


def test_a_reader_is_waited_for(desk: Any) -> None:
    lived_in(desk)
    other = reading(desk)
    erasing = erase(desk)
    timer = threading.Timer(1.5, other.close)
    timer.start()
    erasing.scrub()
    timer.join()
    assert [] == traces(desk.data, desk.url)
    assert not erasing.unfinished()


def test_a_reader_that_does_not_end_is_told_of_and_the_next_try_finishes(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrubbing, "PATIENCE", 0.5)
    lived_in(desk)
    other = reading(desk)
    erasing = erase(desk)
    if not desk.url:
        desk.store.db.sql("PRAGMA busy_timeout = 200")
    with pytest.raises(Temporary, match="reads the database"):
        erasing.scrub()
    assert erasing.unfinished()
    assert [] == where(desk), where(desk)
    other.close()
    erasing.scrub()
    assert not erasing.unfinished()
    assert [] == traces(desk.data, desk.url)
