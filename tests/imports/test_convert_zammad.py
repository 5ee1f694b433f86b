"""Zammad: its REST API, after docs.zammad.org. The people are made up."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from click.testing import CliRunner, Result
from imports.fake_api import Answer, FakeApi, Script
from imports.folders import everything, public, tickets

from intake.cli import main
from intake.imports.converters import fetching, zammad
from intake.imports.converters.shapes import Converted, LeftOut
from intake.imports.model import Kind

TOKEN = "zam-c0ffee-secret"
USERS = {
    1: {"id": 1, "firstname": "-", "lastname": "", "email": "", "roles": []},
    3: {"id": 3, "firstname": "Mia", "lastname": "Ito", "email": "mia@old.example", "roles": ["Agent"]},
    4: {
        "id": 4,
        "firstname": "Lin",
        "lastname": "Chen",
        "email": "lin@customer.example",
        "roles": ["Customer"],
    },
}
TYPES = {
    "new": "new", "open": "open", "pending reminder": "pending reminder", "pending close": "pending action",
    "closed": "closed", "merged": "merged", "removed": "removed", "Wartet": "pending reminder",
}  # fmt: skip
RAW = b"Message-ID: <c1@customer.example>\r\nFrom: lin@customer.example\r\nSubject: Coins\r\n\r\nWhere?\r\n"


def article(ref: int, sender: str, **more: Any) -> dict[str, Any]:
    by = {"Customer": 4, "Agent": 3, "System": 1}.get(sender, 3)
    return {
        "id": ref, "ticket_id": 1, "type": "email", "sender": sender, "from": "", "to": "", "cc": None,
        "subject": "Coins", "body": "<b>Text</b>", "content_type": "text/html", "internal": False,
        "message_id": None, "attachments": [], "created_by_id": by, "origin_by_id": None,
        "created_at": "2024-05-01T09:30:00.000Z", **more,
    }  # fmt: skip


def ticket(ref: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": ref, "number": f"2024{ref:04}", "title": "Coins", "state": "open", "priority": "3 high",
        "group": "Support", "customer_id": 4, "owner_id": 3, "organization": "Customer Ltd",
        "created_at": "2024-05-01T09:30:00.000Z", "updated_at": "2024-05-02T09:30:00.000Z", "plan": "pro",
        "close_at": None, "article_count": 2, **more,
    }  # fmt: skip


def made(row: dict[str, Any], *articles: dict[str, Any]) -> Converted:
    desk = zammad.Desk(USERS, TYPES)
    item = zammad.converted({**row, "_articles": list(articles), "_tags": ["vip"]}, desk)
    assert isinstance(item, Converted)
    return item


@pytest.mark.parametrize(
    ("sender", "more", "kind"),
    [
        ("Customer", {}, Kind.MESSAGE),
        ("Agent", {}, Kind.ANSWER),
        ("Agent", {"type": "note"}, Kind.ANSWER),
        ("System", {}, Kind.ANSWER),
        ("Agent", {"internal": True}, Kind.NOTE),
        ("Customer", {"internal": True}, Kind.NOTE),
        ("Agent", {"internal": None}, Kind.NOTE),
        ("Robot", {}, Kind.NOTE),
    ],
)
def test_an_article_is_public_only_if_it_says_so(sender: str, more: dict[str, Any], kind: Kind) -> None:
    entry = made(ticket(), article(1, sender, **more)).ticket.entries[0]
    assert (kind, sender == "System") == (entry.kind, entry.automatic)


@pytest.mark.parametrize(
    ("state", "ours"),
    [
        ("new", "new"), ("open", "open"), ("pending reminder", "pending"), ("pending close", "pending"),
        ("closed", "closed"), ("merged", "closed"), ("Wartet", "pending"), ("of the future", "open"),
    ],
)  # fmt: skip
def test_a_state_becomes_ours_by_its_type(state: str, ours: str) -> None:
    assert ours == made(ticket(state=state)).ticket.status


def test_a_ticket_keeps_what_it_was() -> None:
    copies = article(
        1, "Customer", cc="Bo <bo@customer.example>, mia@old.example", message_id="<c1@customer.example>"
    )
    inside = article(2, "Agent", internal=True, cc="secret@partner.example")
    item = made(ticket(), copies, inside).ticket
    assert ("20240001", "high", "Support", ("vip",)) == (item.number, item.priority, item.team, item.tags)
    assert {"organization": "Customer Ltd", "plan": "pro"} == item.fields
    assert ["bo@customer.example"] == [somebody.address for somebody in item.participants]
    assert ("lin@customer.example", "mia@old.example") == (item.requester.address, item.assignee.address)
    assert "" == made(ticket(owner_id=1)).ticket.assignee.address


def test_a_removed_ticket_stays_away_and_a_deleted_customer_is_known_by_their_mail() -> None:
    desk = zammad.Desk(USERS, TYPES)
    assert LeftOut("1", "removed in Zammad") == zammad.converted(ticket(state="removed"), desk)
    first = article(1, "Customer", **{"from": "Eve <eve@customer.example>"})
    assert "eve@customer.example" == made(ticket(customer_id=99), first).ticket.requester.address
    nobody = made(ticket(customer_id=99))
    assert "Customer 99 (deleted)" == nobody.ticket.requester.name
    assert "Its requester has no address." == nobody.remarks[0].what


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeApi]:
    site = FakeApi({}, {}, f"Token token={TOKEN}")
    with site:
        monkeypatch.setattr(fetching, "wait", site.sleep)
        yield site


def run(source: str, out: Path) -> Result:
    env = {"INTAKE_IMPORT_TOKEN": TOKEN}
    return CliRunner().invoke(main, ["import", "convert", "zammad", source, str(out)], env=env)


def routes(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the routes of a Zammad of these tickets."""

    def listed(query: str) -> list[dict[str, Any]]:
        asked = parse_qs(query)
        assert ["100"] == asked["per_page"]
        begin = (int(asked["page"][0]) - 1) * 100
        return rows[begin : begin + 100]

    made: dict[str, Any] = {"/api/v1/tickets": listed, "/api/v1/users/me": USERS[3]}
    made["/api/v1/ticket_states"] = [{"name": name, "state_type": kind} for name, kind in TYPES.items()]
    made["/api/v1/tags"] = {"tags": ["vip"]}
    made |= {f"/api/v1/users/{ref}": user for ref, user in USERS.items()}
    for row in rows:
        made[f"/api/v1/ticket_articles/by_ticket/{row['id']}"] = [
            article(row["id"] * 10 + 1, "Agent", internal=True, type="note", body="SECRET-NOTE"),
            article(row["id"] * 10, "Customer"),
        ]
    return made


def test_all_pages_are_read_and_what_is_deleted_meanwhile_stops_nothing(api: FakeApi, tmp_path: Path) -> None:
    api.routes = routes([ticket(ref) for ref in range(1, 251)])
    del api.routes["/api/v1/ticket_articles/by_ticket/7"]
    ran = run(api.url, tmp_path / "out")
    assert 0 == ran.exit_code, ran.output
    read = tickets(tmp_path / "out")
    assert 249 == len(read)
    assert ["20", "21"] == [entry["ref"] for entry in read[1]["entries"]]
    assert not any("SECRET" in public(row) for row in read)
    assert "Left out: 1 ticket, deleted in Zammad while it was read." in ran.output
    # Users are asked for once.
    assert 1 == api.calls["/api/v1/users/4"]
    about = json.loads((tmp_path / "out/export.json").read_text())
    assert [{"address": "mia@old.example", "name": "Mia Ito"}] == about["agents"]


def test_the_mail_as_it_came_is_kept_and_stands_for_its_files(api: FakeApi, tmp_path: Path) -> None:
    file = {"id": 5, "filename": "a.txt", "size": "3", "preferences": {"Mime-Type": "text/plain"}}
    picture = {"id": 6, "filename": "p.png", "size": "4", "preferences": {
        "Content-Type": "image/png", "Content-ID": "<p@x>", "Content-Disposition": "inline"}}  # fmt: skip
    api.routes = routes([ticket(1)]) | {
        "/api/v1/ticket_articles/by_ticket/1": [
            article(10, "Customer", attachments=[file]),
            article(11, "Customer", attachments=[file, picture]),
        ],
        "/api/v1/ticket_article_plain/10": RAW,
        "/api/v1/ticket_attachment/1/11/5": Script([Answer(503), b"abc"]),
        "/api/v1/ticket_attachment/1/11/6": b"\x89PNG",
    }
    ran = run(api.url, tmp_path / "out")
    assert 0 == ran.exit_code, ran.output
    kept, text = tickets(tmp_path / "out")[0]["entries"]
    assert RAW == (tmp_path / "out" / kept["raw"]["path"]).read_bytes()
    assert "files" not in kept
    assert "raw" not in text
    assert ["text/plain", "image/png"] == [row["media_type"] for row in text["files"]]
    assert ("p@x", True, 4) == tuple(text["files"][1][key] for key in ("content_id", "inline", "size"))
    assert 0 == api.calls["/api/v1/ticket_attachment/1/10/5"]


def test_a_second_run_asks_for_lists_only_and_writes_the_same(api: FakeApi, tmp_path: Path) -> None:
    api.routes = routes([ticket(ref) for ref in (1, 2)]) | {"/api/v1/ticket_article_plain/10": RAW}
    out = tmp_path / "out"
    assert 0 == run(api.url, out).exit_code
    first = everything(out)
    api.calls.clear()
    assert 0 == run(api.url, out).exit_code
    assert first == everything(out)
    assert {"/api/v1/users/me", "/api/v1/ticket_states", "/api/v1/tickets"} == set(api.calls)


def test_what_was_deleted_since_it_was_fetched_stays_away_and_what_a_page_passed_over_does_not(
    api: FakeApi, tmp_path: Path
) -> None:
    rows, out = [ticket(ref) for ref in (1, 2, 3)], tmp_path / "out"
    api.routes = routes(rows)
    assert 0 == run(api.url, out).exit_code
    api.routes = routes(rows[:1]) | {"/api/v1/tickets/3": rows[2]}
    for _ in range(2):
        ran = run(api.url, out)
        assert ["1", "3"] == [row["ref"] for row in tickets(out)]
        assert "Left out: 1 ticket, deleted in Zammad since it was fetched." in ran.output
    api.routes = routes(rows)
    del api.routes["/api/v1/ticket_articles/by_ticket/2"]
    rows[1]["updated_at"] = "2024-05-03T09:30:00.000Z"
    ran = run(api.url, out)
    assert ["1", "3"] == [row["ref"] for row in tickets(out)]
    assert "Left out: 1 ticket, deleted in Zammad while it was read." in ran.output


@pytest.mark.parametrize(
    ("routes", "authorization", "said"),
    [
        ({}, "", "is no Zammad, or its API is switched off"),
        ({"/api/v1/users/me": {}}, "Token token=other", "refuses the token for /api/v1/users/me (401)"),
        ({"/api/v1/users/me": b"<html>"}, "", "did not answer /api/v1/users/me with JSON"),
        (
            {"/api/v1/users/me": Answer(301, b"", (("Location", "https://b.example/"),))},
            "",
            "sends on to b.example",
        ),
        ({"/api/v1/users/me": Answer(403)}, "", "answers 403"),
    ],
)
def test_what_is_no_zammad_is_said_without_the_token(
    api: FakeApi, tmp_path: Path, routes: dict[str, Any], authorization: str, said: str
) -> None:
    api.routes, api.authorization = routes, authorization
    ran = run(api.url, tmp_path / "out")
    assert 1 == ran.exit_code
    assert said in ran.output
    assert TOKEN not in ran.output
    assert "Traceback" not in ran.output


def test_a_server_that_is_not_there_is_said(api: FakeApi, tmp_path: Path) -> None:
    ran = run("http://127.0.0.1:1", tmp_path / "out")
    assert 1 == ran.exit_code
    assert "127.0.0.1 cannot be reached (Connection refused), 8 times in a row." in ran.output
    assert [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0] == api.slept


def test_without_a_token_nothing_is_asked(api: FakeApi, tmp_path: Path) -> None:
    command = ["import", "convert", "zammad", api.url, str(tmp_path / "out")]
    ran = CliRunner().invoke(main, command, env={"INTAKE_IMPORT_TOKEN": ""})
    assert "There is no token: set INTAKE_IMPORT_TOKEN, or use --token-file." in ran.output
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    api.routes = routes([])
    assert 0 == CliRunner().invoke(main, [*command, "--token-file", str(tmp_path / "token")]).exit_code
