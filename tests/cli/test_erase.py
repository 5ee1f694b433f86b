"""After an erasure nothing of a person is left in the data folder, and reading again brings nothing back."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pump import letter

from intake import app
from intake.config import settings as configs
from intake.desk import tokens
from intake.desk.effects import SetStatus
from intake.desk.message import Envelope
from intake.desk.survey_effects import AskSurvey, RecordScore
from intake.desk.surveys import closing_of
from intake.desk.ticket import Status
from intake.ports import Arrival
from intake.store import engines, opening
from intake.store.blobs import LARGEST_ROW
from intake.store.upkeep import scrubbing
from intake.store.upkeep.erasure import Erasing
from intake.store.upkeep.integrity import IntegrityCheck

CANARY = "canary7f3a9"
ADDRESS = f"{CANARY}@customer.example"


def traces(folder: Path, url: str = "") -> list[str]:
    """The files that name the canary; of PostgreSQL, those of this desk's own database."""
    places = [folder]
    if url:
        with psycopg_of(url) as admin:
            admin.execute("CHECKPOINT")
            (home,) = admin.execute("SHOW data_directory").fetchone()
            (number,) = admin.execute(
                "SELECT oid FROM pg_database WHERE datname = current_database()"
            ).fetchone()
        places.append(Path(home) / "base" / str(number))
        assert places[1].is_dir()
    return [
        path.name
        for place in places
        for path in place.rglob("*")
        if path.is_file() and CANARY.encode() in path.read_bytes()
    ]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, config) -> str:
    """The desk of `config` on each database: "" for SQLite, else its address."""
    if request.param == "sqlite":
        return ""
    where = request.getfixturevalue("postgres_url")
    config.write_text(config.read_text() + "\n[store]\nurl = " + where.replace("%", "%%") + "\n")
    return where


def psycopg_of(url: str) -> Any:
    import psycopg

    return psycopg.connect(url, autocommit=True)


def in_statistics(url: str) -> list[str]:
    """The columns of which PostgreSQL's planner remembers the canary; with `url` "" none."""
    if not url:
        return []
    with psycopg_of(url) as admin:
        kept = admin.execute(
            "SELECT tablename || '.' || attname FROM pg_stats"
            " WHERE most_common_vals::text LIKE %(c)s OR histogram_bounds::text LIKE %(c)s"
            " OR most_common_elems::text LIKE %(c)s",
            {"c": f"%{CANARY}%"},
        ).fetchall()
    return [name for (name,) in kept]


def survey(config: Path, ticket: int) -> None:
    """Close a ticket, ask how it went, and have the answer name the canary."""
    desk = app.build(configs.load(config))
    desk.service.act([SetStatus(ticket, Status.CLOSED)])
    found = desk.store.tickets.get(ticket)
    assert found is not None
    assert found.closed_at is not None
    closing = closing_of(found.closed_at)
    desk.service.act(
        [AskSurvey(ticket, closing), RecordScore(ticket, closing, 1, f"bad, says {CANARY}", False)]
    )
    assert [1] == [row.score for row in desk.store.surveys.list_surveys(ticket)]
    desk.store.close()


def test_nothing_of_an_erased_person_is_left(intake, mail, config, tmp_path, url) -> None:
    intake("agent", "add", "anna@staff.example", "--name", "Anna")
    large = letter(ADDRESS, "help@desk.example", "Large", CANARY * (LARGEST_ROW // 8))
    small = letter(ADDRESS, "help@desk.example", f"Help {CANARY}", f"I am {CANARY}")
    for name, raw in (("large", large), ("small", small)):
        (tmp_path / f"{name}.eml").write_bytes(raw)
    intake("ingest", str(mail()), str(tmp_path / "large.eml"), str(tmp_path / "small.eml"))
    intake("ticket", "reply", "3", "--text", f"Hello {CANARY}", "--as", "anna@staff.example")
    kept = tmp_path / "data"
    survey(config, 2)
    if url:
        # As autovacuum does after a day's mail.
        with psycopg_of(url) as admin:
            admin.execute("ANALYZE")
        assert "ticket.requester" in in_statistics(url)
    assert traces(kept, url)
    assert intake("erase", ADDRESS, text="n\n", code=1)
    assert 2 == len(json.loads(intake("ticket", "list", "--json").stdout))
    assert "Erased 2 tickets, 2 messages" in intake("erase", ADDRESS.upper(), "--yes").output
    assert [] == in_statistics(url)
    assert [] == traces(kept, url)
    assert [1] == [one["id"] for one in json.loads(intake("ticket", "list", "--json").stdout)]
    assert "No problems found" in intake("fsck").output
    intake("ingest", str(tmp_path / "large.eml"), str(tmp_path / "small.eml"))
    assert [] == traces(kept, url)
    again = json.loads(intake("message", "list", "--outcome", "erased", "--json").stdout)
    assert [("done", 0)] * 2 == [(row["state"], row["size"]) for row in again]
    assert "No problems found" in intake("fsck").output
    assert "Erased 0 tickets" in intake("erase", ADDRESS, "--yes").output


def test_one_of_each_is_said_as_one_and_old_copies_are_named(intake, mail, tmp_path) -> None:
    intake("ingest", str(mail()))
    (tmp_path / "data/intake.db.version-1").write_bytes(b"x")
    (tmp_path / "data/intake.db.moved").write_bytes(b"x")
    assert (
        "with 1 ticket, permanently?" in intake("erase", "wang@customer.example", text="n\n", code=1).output
    )
    said = " ".join(intake("erase", "wang@customer.example", "--yes").output.split())
    assert "Erased 1 ticket, 1 message and 1 email." in said
    assert "What others wrote stays, with what they quoted." in said
    assert "intake.db.moved. Delete it" in said
    assert "intake.db.version-1. Delete it" in said


def test_that_something_still_reads_the_old_rows_is_said(intake, mail, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(scrubbing, "PATIENCE", 0.1)
    monkeypatch.setattr(engines, "LOCK_TIMEOUT", 0.1)
    monkeypatch.setattr(opening, "LOCK_TIMEOUT", 0.1)
    intake("ingest", str(mail("Help", f"I am {CANARY}")))
    with closing(sqlite3.connect(tmp_path / "data/intake.db")) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM entry").fetchall()
        said = " ".join(intake("erase", "wang@customer.example", "--yes", code=75).output.split())
    assert "Erased 1 ticket" in said
    assert "still contain it: something reads the database" in said
    assert "No problems found" in intake("fsck").output
    assert "Erased 0 tickets" in intake("erase", "wang@customer.example", "--yes").output
    assert [] == traces(tmp_path / "data")


def test_retention_erases_what_was_closed_long_ago(intake, mail, config, tmp_path, url, monkeypatch) -> None:
    config.write_text(config.read_text().replace("[desk]\n", "[desk]\nretention_days = 30\n"))
    intake("ingest", str(mail("Closed", f"of {CANARY} " * 50)), str(mail("Open", "still open", "two")))
    survey(config, 1)
    assert traces(tmp_path / "data", url)
    desk = app.build(configs.load(config))
    today = datetime.now(UTC)
    assert 0 == app.forget(desk, today)
    scrub = Erasing.scrub

    def killed(self: Erasing) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Erasing, "scrub", killed)
    with pytest.raises(KeyboardInterrupt):
        app.forget(desk, today.replace(year=today.year + 1))
    # The next day there is nothing more to forget, and something to finish.
    monkeypatch.setattr(Erasing, "scrub", scrub)
    assert 0 == app.forget(desk, today.replace(year=today.year + 1))
    assert [2] == [one.id for one in desk.store.listing.list_tickets()]
    assert [] == list(IntegrityCheck(desk.store.db, desk.store.blobs).faults())
    desk.store.close()
    assert [] == traces(tmp_path / "data", url)


def test_files_that_a_killed_erasure_left_are_gone_with_the_next(
    intake, config, tmp_path, monkeypatch
) -> None:
    raw = letter(ADDRESS, "help@desk.example", "Large", CANARY * (LARGEST_ROW // 8))
    (tmp_path / "large.eml").write_bytes(raw)
    intake("ingest", str(tmp_path / "large.eml"))
    desk = app.build(configs.load(config))
    erasing = Erasing(desk.store.db, desk.store.blobs)
    with monkeypatch.context() as killed:
        killed.setattr(desk.store.blobs, "remove_owed", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erasing.erase([1], ADDRESS, (), desk.keys[-1], "root", datetime.now(UTC))
    assert traces(tmp_path / "data")
    desk.store.close()
    assert "Erased 0 tickets" in intake("erase", ADDRESS, "--yes").output
    assert [] == traces(tmp_path / "data")


@pytest.mark.parametrize("address", ["lin", "@customer.example", "lin@", ""])
def test_who_would_forget_what_is_no_address_is_told(address: str, intake) -> None:
    assert "is not a valid email address" in intake("erase", address, "--yes", code=2).output


def test_a_block_of_an_erased_person_goes_with_all_that_names_them(
    intake, mail, config, tmp_path, url
) -> None:
    intake("agent", "add", "anna@staff.example", "--name", "Anna")
    (tmp_path / "small.eml").write_bytes(letter(ADDRESS, "help@desk.example", f"Help {CANARY}", "Hello"))
    intake("ingest", str(mail()))
    intake("block", "add", ADDRESS, "--reason", f"{ADDRESS} insults us", "--as", "anna@staff.example")
    intake("block", "add", "@other.example", "--reason", f"a friend of {ADDRESS}")
    intake("block", "add", "@evil.example", "--reason", "phishing")
    # Blocked by mail, in the ticket of somebody else.
    desk = app.build(configs.load(config))
    agent = desk.store.agents.enabled()[0]
    token = tokens.make(
        desk.keys[0], tokens.Purpose.AGENT, 1, agent.id, desk.service.clock() + timedelta(days=9)
    )
    to = tokens.address("help@desk.example", token)
    for text in (f"#unblock {ADDRESS}", f"#block {ADDRESS} anyway"):
        raw = letter("anna@staff.example", to, "Re: Help", text)
        got = desk.service.receive([Arrival(raw, Envelope("ingest", "support", "anna@staff.example", (to,)))])
        desk.service.process([row.ledger_id for row in got])
    assert 3 == len(desk.store.blocks.listed())
    desk.store.close()
    intake("ingest", str(tmp_path / "small.eml"))
    assert traces(tmp_path / "data", url)
    intake("erase", ADDRESS, "--yes")
    assert [] == traces(tmp_path / "data", url)
    assert ["@evil.example", "@other.example"] == sorted(
        row["sender"] for row in json.loads(intake("block", "list", "--json").stdout)
    )
    assert "No problems found" in intake("fsck").output
