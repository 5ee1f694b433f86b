"""After an erasure nothing of a person is left in the data folder, and reading again brings nothing back."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pump import letter

from intake import app
from intake import config as configs
from intake.desk.effects import AskSurvey, RecordScore, SetStatus
from intake.desk.surveys import closing_of
from intake.desk.ticket import Status
from intake.store.blobs import LARGEST_ROW

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
    now = desk.service.clock()
    found = desk.store.ticket(ticket)
    assert found is not None
    desk.service.act(
        [
            SetStatus(ticket, Status.CLOSED),
            AskSurvey(ticket, closing_of(now)),
            RecordScore(ticket, closing_of(now), 1, f"bad, says {CANARY}", False),
        ]
    )
    assert [1] == [row.score for row in desk.store.list_surveys(ticket)]
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
    assert "All is well" in intake("fsck").output
    intake("ingest", str(tmp_path / "large.eml"), str(tmp_path / "small.eml"))
    assert [] == traces(kept, url)
    again = json.loads(intake("message", "list", "--outcome", "erased", "--json").stdout)
    assert [("done", 0)] * 2 == [(row["state"], row["size"]) for row in again]
    assert "All is well" in intake("fsck").output
    assert "Erased 0 tickets" in intake("erase", ADDRESS, "--yes").output


def test_retention_erases_what_was_closed_long_ago(intake, mail, config, tmp_path, url) -> None:
    config.write_text(config.read_text().replace("[desk]\n", "[desk]\nretention_days = 30\n"))
    intake("ingest", str(mail("Closed", f"of {CANARY} " * 50)), str(mail("Open", "still open", "two")))
    survey(config, 1)
    assert traces(tmp_path / "data", url)
    desk = app.build(configs.load(config))
    today = datetime.now(UTC)
    assert 0 == app.forget(desk, today)
    assert 1 == app.forget(desk, today.replace(year=today.year + 1))
    assert [2] == [one.id for one in desk.store.list_tickets()]
    assert [] == list(desk.store.faults())
    desk.store.close()
    assert [] == traces(tmp_path / "data", url)
