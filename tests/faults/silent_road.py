"""A ticket of which nothing is heard, in a process that can be killed at any step; for test_kill_silence.

Each line on standard input is "FOLDER KILL_AT HOURS", with an "i" behind the hours for an incident; each is
answered with a line "EXIT STEPS". A forked child looks at the clock, HOURS after the desk's beginning, as
`intake run` does every few minutes, and sends what is due. Before and after every statement for the
database, and every call of the SMTP session, a counter goes up; at KILL_AT the child kills itself with
SIGKILL, which nothing can catch.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import peewee
from faults.road import Killer, answer

from intake import app
from intake.config import settings as config
from intake.desk.message import Envelope
from intake.desk.tokens import Purpose, address, lifetime, make
from intake.ports import Arrival

BEGAN = datetime(2026, 11, 2, 8, tzinfo=UTC)
LIN, ANNA = "lin@customer.example", "anna@staff.example"


def begin(desk: app.Desk) -> None:
    """Have Lin ask, and Anna answer."""
    desk.store.agents.add(ANNA, "Anna", (), BEGAN)
    write(desk, 0, LIN, "support@desk.example", "My coins are late.")
    write(desk, 1, ANNA, reply_address(desk), "Look under the sofa.")


def reply_address(desk: app.Desk) -> str:
    token = make(desk.keys[0], Purpose.AGENT, 1, 1, lifetime(BEGAN, 9))
    return address("support@desk.example", token)


def write(desk: app.Desk, number: int, sender: str, to: str, text: str) -> None:
    """Have somebody write a mail, and decide on it."""
    head = f"From: {sender}\r\nTo: {to}\r\nSubject: help\r\nMessage-ID: <{number}@x.example>\r\n"
    raw = f"{head}\r\n{text}\r\n"
    got = desk.service.receive([Arrival(raw.encode(), Envelope("ingest", "support", sender, (to,)))])
    desk.service.process([row.ledger_id for row in got])


def go(folder: Path, kill_at: int, hours: float, incident: bool = False) -> int:
    """Look once, and send; return how many steps that took. `incident`: Anna starts one before."""
    count = [0]
    desk = app.build(config.load(folder / "intake.ini"))
    desk.service = replace(desk.service, clock=lambda: BEGAN + timedelta(hours=hours))
    if not hours:
        begin(desk)
    session: Any = Killer(desk.session(), count, kill_at)
    execute: Any = peewee.Database.execute_sql

    def counted(self: peewee.Database, *args: Any, **kwargs: Any) -> Any:
        session.step()
        made = execute(self, *args, **kwargs)
        session.step()
        return made

    def step_around(name: str) -> Callable[..., Any]:
        inner = getattr(peewee.SqliteDatabase, name)

        def call(self: peewee.Database, *args: Any, **kwargs: Any) -> Any:
            session.step()
            made = inner(self, *args, **kwargs)
            session.step()
            return made

        return call

    for owner, name, steps in (
        (peewee.Database, "execute_sql", counted),
        (peewee.SqliteDatabase, "commit", step_around("commit")),
    ):
        setattr(owner, name, steps)
    if incident:
        write(desk, 2, ANNA, reply_address(desk), "#incident stolen")
    for _ in range(3):
        for row in desk.service.tick():
            desk.service.deliver(row, session)
    session.close()
    desk.store.close()
    return count[0]


if __name__ == "__main__":
    answer(lambda folder, kill_at, hours: go(folder, kill_at, float(hours.rstrip("i")), hours.endswith("i")))
