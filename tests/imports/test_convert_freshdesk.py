"""Freshdesk: its API and an account's export, after developers.freshdesk.com/api. The people are made up."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from click.testing import CliRunner, Result
from imports.fake_api import Answer, FakeApi
from imports.folders import everything, public, tickets

from intake.cli import main
from intake.imports.converters import fetching, freshdesk, freshdesk_source
from intake.imports.converters.freshdesk_source import authorization
from intake.imports.converters.shapes import Converted, LeftOut
from intake.imports.model import Kind, Person

KEY = "fresh-c0ffee-secret"
LIN, BO, MIA, TWIN = 101, 102, 201, 202
DESK = freshdesk.Desk(
    {LIN: Person("lin@customer.example", "Lin Chen"), BO: Person("bo@customer.example", "Bo Berg")},
    {MIA: Person("mia@old.example", "Mia Ito"), TWIN: Person("mia.ito@old.example", "Mia Ito")},
    {8: "Billing"},
)


def talk(ref: int, **more: Any) -> dict[str, Any]:
    return {
        "id": ref, "user_id": MIA, "body": "<div>Text</div>", "body_text": "Text", "incoming": False,
        "private": False, "source": 0, "created_at": "2024-05-01T10:00:00Z", "attachments": [], **more,
    }  # fmt: skip


def ticket(ref: int = 7, **more: Any) -> dict[str, Any]:
    return {
        "id": ref, "subject": "Coins", "status": 3, "priority": 4, "source": 1, "type": "Question",
        "requester_id": LIN, "responder_id": MIA, "group_id": 8, "description": "<p>Where?</p>",
        "description_text": "Where?", "cc_emails": ["Bo <bo@customer.example>", "mia@old.example"],
        "tags": ["vip"], "custom_fields": {"cf_plan": "pro", "cf_none": None}, "spam": False,
        "created_at": "2024-05-01T09:30:00Z", "updated_at": "2024-05-02T09:30:00Z", "attachments": [],
        "stats": {"closed_at": None, "resolved_at": "2024-05-02T09:30:00Z"},
        "conversations": [talk(1), talk(2, private=True, body_text="SECRET-NOTE", body="", source=2)], **more,
    }  # fmt: skip


def made(row: dict[str, Any]) -> Converted:
    item = freshdesk.converted(row, "line 1", DESK)
    assert isinstance(item, Converted)
    return item


def test_a_ticket_keeps_what_it_was() -> None:
    item = made(ticket()).ticket
    assert ("7", "pending", "urgent", "Billing") == (item.ref, item.status, item.priority, item.team)
    assert ("lin@customer.example", "mia@old.example") == (item.requester.address, item.assignee.address)
    assert ["bo@customer.example"] == [somebody.address for somebody in item.participants]
    assert ({"plan": "pro", "type": "Question"}, ("vip",)) == (item.fields, item.tags)
    assert ["description", "1", "2"] == [entry.ref for entry in item.entries]
    assert [Kind.MESSAGE, Kind.ANSWER, Kind.NOTE] == [entry.kind for entry in item.entries]


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({}, Kind.ANSWER),
        ({"incoming": True, "user_id": LIN}, Kind.MESSAGE),
        ({"source": 2}, Kind.ANSWER),
        ({"private": True}, Kind.NOTE),
        ({"private": None}, Kind.NOTE),
        ({"private": True, "incoming": True}, Kind.NOTE),
        # Nothing says who wrote it.
        ({"incoming": None}, Kind.NOTE),
        # Forwarded to others, and a source of the future: the requester may not have seen it.
        ({"source": 8}, Kind.NOTE),
        ({"source": 99}, Kind.NOTE),
        ({"source": None}, Kind.NOTE),
    ],
)
def test_a_conversation_is_public_only_if_it_says_so(more: dict[str, Any], kind: Kind) -> None:
    assert kind == made(ticket(conversations=[talk(1, **more)])).ticket.entries[1].kind


@pytest.mark.parametrize(
    ("status", "ours"),
    [(2, "open"), (3, "pending"), (4, "closed"), (5, "closed"), (6, "pending"), (44, "open")],
)
def test_a_status_becomes_ours(status: int, ours: str) -> None:
    item = made(ticket(status=status)).ticket
    assert (ours, ours == "closed") == (item.status, item.closed_at is not None)
    assert (status in (6, 44)) == ("status" in item.fields)


def test_nobody_answered_yet_and_an_agent_wrote_first() -> None:
    assert "new" == made(ticket(status=2, conversations=[])).ticket.status
    outbound = made(ticket(source=10)).ticket.entries[0]
    assert (Kind.ANSWER, "mia@old.example") == (outbound.kind, outbound.author.address)


def test_people_that_are_gone_are_named() -> None:
    item = made(ticket(requester_id=999, conversations=[talk(1, user_id=888)]))
    assert ("Contact 999 (deleted)", "Agent 888 (deleted)") == (
        item.ticket.requester.name,
        item.ticket.entries[1].author.name,
    )
    assert "Its requester has no address." == item.remarks[0].what
    beside = made(ticket(requester_id=999, requester={"email": "eve@customer.example", "name": "Eve"}))
    assert "eve@customer.example" == beside.ticket.requester.address
    assert LeftOut("7", "deleted in Freshdesk") == freshdesk.converted(ticket(deleted=True), "line 1", DESK)


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeApi]:
    # 50 calls a minute on a trial: developers.freshdesk.com/api, Rate limits.
    site = FakeApi({}, {"/api/v2": 50}, authorization(KEY))
    with site:
        monkeypatch.setattr(fetching, "wait", site.sleep)
        yield site


def run(source: str | Path, out: Path) -> Result:
    env = {"INTAKE_IMPORT_TOKEN": KEY}
    return CliRunner().invoke(main, ["import", "convert", "freshdesk", str(source), str(out)], env=env)


def routes(api: FakeApi, rows: list[dict[str, Any]], page: int = 100) -> dict[str, Any]:
    """Return the routes of a Freshdesk of these tickets; the links of its files are good for ten seconds."""

    def listed(query: str) -> list[dict[str, Any]]:
        asked = parse_qs(query)
        since, number = asked["updated_since"][0], int(asked["page"][0])
        found = sorted((row for row in rows if row["updated_at"] >= since), key=lambda row: row["updated_at"])
        kept = ("conversations", "attachments", "description", "description_text")
        return [
            {key: value for key, value in row.items() if key not in kept}
            for row in found[(number - 1) * page : number * page]
        ]

    def fresh(row: dict[str, Any]) -> dict[str, Any]:
        made = json.loads(json.dumps(row))
        for part in (made, *made.get("conversations", [])):
            for file in part["attachments"]:
                # A signed link to where files lie, which is another host.
                host = api.url.replace("127.0.0.1", "localhost")
                file["attachment_url"] = f"{host}/open/{file['id']}?until={api.now + 10}"
        return dict(made)

    made: dict[str, Any] = {"/api/v2/tickets": listed, "/api/v2/groups": [{"id": 8, "name": "Billing"}]}
    made["/api/v2/agents"] = [
        {"id": MIA, "contact": {"name": "Mia Ito", "email": "mia@old.example"}},
        {"id": TWIN, "contact": {"name": "Mia Ito", "email": "mia.ito@old.example"}},
    ]
    made[f"/api/v2/contacts/{LIN}"] = {"id": LIN, "name": "Lin Chen", "email": "lin@customer.example"}
    for row in rows:
        made[f"/api/v2/tickets/{row['id']}"] = lambda _query, row=row: {
            key: value for key, value in fresh(row).items() if key != "conversations"
        }
        made[f"/api/v2/tickets/{row['id']}/conversations"] = lambda _query, row=row: fresh(row)[
            "conversations"
        ]
    return made


def linked(api: FakeApi, data: bytes) -> Any:
    """Return a route for a file whose link ends."""
    return lambda query: data if float(parse_qs(query)["until"][0]) > api.now else Answer(403)


def file(ref: int, size: int) -> dict[str, Any]:
    return {"id": ref, "name": f"{ref}.txt", "size": size, "content_type": "text/plain"}


def test_files_come_with_their_ticket_before_their_links_end(api: FakeApi, tmp_path: Path) -> None:
    rows = [
        ticket(ref, attachments=[file(ref, 3)], updated_at=f"2024-05-02T09:{ref:02}:00Z")
        for ref in range(1, 40)
    ]
    rows[0]["conversations"][0]["attachments"] = [file(77, 2)]
    api.routes = routes(api, rows) | {f"/open/{ref}": linked(api, b"abc") for ref in range(1, 40)}
    api.routes["/open/77"] = linked(api, b"ok")

    ran = run(api.url, tmp_path / "out")

    assert 0 == ran.exit_code, ran.output
    assert "39 tickets with 39 answers, 39 messages, 39 notes and 40 files." in ran.output
    assert api.refused["/api/v2"]
    assert max(api.slept) < 62
    read = tickets(tmp_path / "out")
    assert not any("SECRET" in public(row) for row in read)
    assert (authorization(KEY), "") == (api.shown["/api/v2/tickets/1"], api.shown["/open/1"])
    assert "2 agents are called mia ito" in (tmp_path / "out/remarks.txt").read_text()
    assert 1 == api.calls[f"/api/v2/contacts/{LIN}"]


def test_a_second_run_gets_a_new_link_for_what_is_missing_and_nothing_else(
    api: FakeApi, tmp_path: Path
) -> None:
    rows = [ticket(1, attachments=[file(1, 3)]), ticket(2, attachments=[file(2, 3)])]
    api.routes = routes(api, rows) | {"/open/1": linked(api, b"abc"), "/open/2": Answer(500)}
    out = tmp_path / "out"
    assert 1 == run(api.url, out).exit_code
    api.now += 3600
    api.routes["/open/2"] = linked(api, b"abc")
    api.calls.clear()
    assert 0 == run(api.url, out).exit_code
    assert (0, 1) == tuple(api.calls[f"/api/v2/tickets/{ref}"] for ref in (1, 2))
    first = everything(out)
    api.now += 3600
    api.calls.clear()
    assert 0 == run(api.url, out).exit_code
    assert first == everything(out)
    assert {"/api/v2/agents", "/api/v2/groups", "/api/v2/tickets"} == set(api.calls)


def test_what_was_deleted_since_it_was_fetched_stays_away(api: FakeApi, tmp_path: Path) -> None:
    rows, out = [ticket(1), ticket(2), ticket(3)], tmp_path / "out"
    api.routes = routes(api, rows)
    assert 0 == run(api.url, out).exit_code
    # What is deleted is listed no more, and answers as that until it is gone for good.
    api.routes = routes(api, rows[:1]) | {"/api/v2/tickets/2": {**rows[1], "deleted": True}}
    for _ in range(2):
        ran = run(api.url, out)
        assert "Left out: 2 tickets, deleted in Freshdesk since it was fetched." in ran.output
        assert ["1"] == [row["ref"] for row in tickets(out)]


def test_a_list_that_ends_at_its_last_page_goes_on_from_there(
    api: FakeApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freshdesk_source, "PAGE", 2)
    monkeypatch.setattr(freshdesk_source, "PAGES", 2)
    rows = [ticket(ref, updated_at=f"2024-05-02T09:{ref:02}:00Z") for ref in range(1, 12)]
    api.routes, api.limits = routes(api, rows, 2), {}
    api.routes["/api/v2/agents"] = api.routes["/api/v2/agents"][:1]
    for row in rows:
        row["conversations"] = row["conversations"][:1]
    assert 0 == run(api.url, tmp_path / "out").exit_code
    assert 11 == len(tickets(tmp_path / "out"))


def export(folder: Path) -> Path:
    """Write an export as an account gets it: arrays under older names."""
    folder.mkdir()
    note = {"id": 1, "user_id": MIA, "body": "Text", "body_html": "<p>Text</p>", "incoming": False,
            "private": False, "source": 0, "created_at": "2024-05-01T10:00:00+02:00",
            "attachments": []}  # fmt: skip
    old = {
        "helpdesk_ticket": {
            "id": 9000, "display_id": 7, "subject": "Coins", "status": 5, "priority": 1, "source": 1,
            "requester_id": LIN, "responder_id": MIA, "description": "Where?",
            "description_html": "<p>Where?</p>",
            "created_at": "2024-05-01T09:30:00+02:00", "updated_at": "2024-05-02T09:30:00+02:00",
            "tags": [{"name": "vip"}], "custom_field": {"plan": "pro"}, "deleted": False,
            "cc_email": {"cc_emails": ["bo@customer.example"]},
            "attachments": [{"id": 5, "content_file_name": "a.txt", "content_file_size": 3}],
            "notes": [note, {**note, "id": 2, "private": True, "body": "SECRET-NOTE", "body_html": ""},
                      {**note, "id": 3, "deleted": True, "body": "SECRET-DELETED", "body_html": ""}],
        }
    }  # fmt: skip
    (folder / "Tickets0.json").write_text(json.dumps([old]))
    lin = {"id": LIN, "name": "Lin Chen", "email": "lin@customer.example", "helpdesk_agent": False}
    mia = {"id": MIA, "name": "Mia Ito", "email": "mia@old.example", "helpdesk_agent": True}
    users = [{"user": lin}, {"user": mia}]
    (folder / "Users0.json").write_text(json.dumps(users))
    (folder / "Groups.json").write_text(json.dumps([{"group": {"id": 8, "name": "Billing"}}]))
    return folder


def test_an_accounts_export_is_read_and_its_files_are_listed(tmp_path: Path) -> None:
    ran = run(export(tmp_path / "export"), tmp_path / "out")
    assert 1 == ran.exit_code
    (row,) = tickets(tmp_path / "out")
    assert ("7", "closed", "low", ["vip"]) == (row["ref"], row["status"], row["priority"], row["tags"])
    assert "2024-05-01T07:30:00+00:00" == row["created_at"]
    assert ["message", "answer", "note"] == [entry["kind"] for entry in row["entries"]]
    assert "mia@old.example" == row["entries"][1]["author"]["address"]
    assert "SECRET" not in public(row)
    remarks = (tmp_path / "out/remarks.txt").read_text()
    assert "ticket 7: Conversation 3 was left out: it was deleted in Freshdesk." in remarks
    assert "The file a.txt is missing: its link is not in the export" in remarks


def test_a_cut_export_gives_what_is_whole(tmp_path: Path) -> None:
    folder = export(tmp_path / "export")
    text = (folder / "Tickets0.json").read_text()
    (folder / "Tickets0.json").write_text(f"{text[:-1]}, {text[1:300]}")
    ran = run(folder, tmp_path / "out")
    assert 1 == ran.exit_code
    assert 1 == len(tickets(tmp_path / "out"))
    assert "Tickets0.json item 2: The file is cut off here." in (tmp_path / "out/remarks.txt").read_text()
