"""Zendesk: exports and the API, after developer.zendesk.com. The people are made up."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from click.testing import CliRunner, Result
from imports.fake_api import Answer, FakeApi, Script, limited
from imports.folders import everything, public, tickets

from intake.cli import main
from intake.imports.converters import fetching, zendesk
from intake.imports.converters.shapes import Converted
from intake.imports.converters.zendesk_source import authorization
from intake.imports.model import Kind

LIN, BO, MIA, ALEX, TWIN, GONE = 11, 12, 21, 22, 23, 99
USERS = [
    {"id": LIN, "name": "Lin Chen", "email": "lin@customer.example", "role": "end-user"},
    {"id": BO, "name": "Bo Berg", "email": "bo@customer.example", "role": "end-user"},
    {"id": MIA, "name": "Mia Ito", "email": "mia@old.example", "role": "agent"},
    {"id": ALEX, "name": "Alex Kim", "email": "alex@old.example", "role": "admin"},
    {"id": TWIN, "name": "Alex Kim", "email": "kim@old.example", "role": "agent"},
]
TOKEN = "tok-c0ffee-secret"


def comment(ref: int, author: int, text: str, **more: Any) -> dict[str, Any]:
    return {
        "id": ref, "type": "Comment", "author_id": author, "plain_body": text, "html_body": f"<p>{text}</p>",
        "public": True, "attachments": [], "via": {"channel": "email"},
        "created_at": "2024-05-01T09:30:00Z", **more,
    }  # fmt: skip


def ticket(ref: int = 35436, **more: Any) -> dict[str, Any]:
    return {
        "id": ref, "subject": "Coins missing", "status": "pending", "priority": "high", "type": "problem",
        "requester_id": LIN, "submitter_id": LIN, "assignee_id": MIA, "organization_id": 7, "group_id": 8,
        "created_at": "2024-05-01T09:30:00Z", "updated_at": "2024-05-02T08:00:00Z", "tags": ["wallet", "vip"],
        "email_cc_ids": [BO, MIA],
        "custom_fields": [
            {"id": 5, "value": "pro"}, {"id": 6, "value": ["a", "b"]}, {"id": 9, "value": None}
        ],
        "satisfaction_rating": {"score": "good", "comment": "Quick!"},
        "via": {"channel": "email"},
        "comments": [
            comment(1, LIN, "Where are they?", metadata={"system": {"message_id": f"<c{ref}@home.example>"}}),
            comment(2, MIA, "SECRET-NOTE", public=False),
            comment(3, ALEX, "They are back."),
        ], **more,
    }  # fmt: skip


def names() -> zendesk.Names:
    known = zendesk.Names()
    for user in USERS:
        known.list_user(user)
    zendesk.add_name(known.organizations, {"id": 7, "name": "Customer Ltd"})
    zendesk.add_name(known.groups, {"id": 8, "name": "Billing"})
    zendesk.add_name(known.fields, {"id": 5, "title": "Plan"}, "title")
    return known


def converted(row: dict[str, Any]) -> Converted:
    item = zendesk.converted(row, "line 1", names())
    assert isinstance(item, Converted)
    return item


def test_a_ticket_keeps_what_it_was() -> None:
    made = converted(ticket()).ticket
    assert ("35436", "Coins missing", "pending", "high") == (
        made.ref,
        made.subject,
        made.status,
        made.priority,
    )
    assert "lin@customer.example" == made.requester.address
    assert ["bo@customer.example"] == [somebody.address for somebody in made.participants]
    assert ("mia@old.example", "Billing") == (made.assignee.address, made.team)
    assert ("wallet", "vip") == made.tags
    assert {
        "organization": "Customer Ltd", "type": "problem", "Plan": "pro", "field 6": "a, b",
        "satisfaction": "good", "satisfaction_comment": "Quick!",
    } == made.fields  # fmt: skip
    assert ["c35436@home.example", "", ""] == [entry.message_id for entry in made.entries]


@pytest.mark.parametrize(
    ("status", "ours", "field"),
    [
        ("new", "new", None),
        ("open", "open", None),
        ("pending", "pending", None),
        ("hold", "open", "hold"),
        ("solved", "closed", "solved"),
        ("closed", "closed", None),
        ("of the future", "open", "of the future"),
    ],
)
def test_a_status_becomes_ours_and_stays_to_be_read(status: str, ours: str, field: str | None) -> None:
    made = converted(ticket(status=status)).ticket
    assert (ours, field) == (made.status, made.fields.get("status"))


@pytest.mark.parametrize(
    ("author", "more", "kind"),
    [
        (LIN, {}, Kind.MESSAGE),
        (BO, {}, Kind.MESSAGE),
        (MIA, {}, Kind.ANSWER),
        (ALEX, {}, Kind.ANSWER),
        # Not among the users, as who was deleted there; -1 is Zendesk itself.
        (GONE, {}, Kind.NOTE),
        (-1, {}, Kind.NOTE),
        (MIA, {"public": False}, Kind.NOTE),
        # From a customer, and yet private; and where nothing says that it is public.
        (LIN, {"public": False}, Kind.NOTE),
        (LIN, {"public": None}, Kind.NOTE),
        (MIA, {"public": "true"}, Kind.NOTE),
        (MIA, {"type": "VoiceComment"}, Kind.ANSWER),
    ],
)
def test_a_comment_is_public_only_if_it_says_so(author: int, more: dict[str, Any], kind: Kind) -> None:
    row = ticket(comments=[comment(1, author, "Text", **more)])
    assert kind == converted(row).ticket.entries[0].kind
    del row["comments"][0]["public"]
    assert Kind.NOTE == converted(row).ticket.entries[0].kind


@pytest.mark.parametrize(
    ("row", "remark"),
    [
        (ticket(requester_id=GONE), "The requester is not among the users."),
        (ticket(requester_id=None), "The requester is not among the users."),
        (ticket(comments=[]), "It has no comments."),
        (ticket(comments=[comment(1, LIN, "x", created_at=None)]), "Comment 1 has no date."),
        (ticket(comments=[], description="Only this"), "It has no comments, only its description."),
    ],
)
def test_what_a_ticket_lacks_is_said_and_it_comes_all_the_same(row: dict[str, Any], remark: str) -> None:
    item = converted(row)
    assert remark in [said.what for said in item.remarks]
    assert all(said.cure and "ticket 35436" in said.where for said in item.remarks)


def test_a_public_comment_of_somebody_deleted_stays_inside_and_is_named() -> None:
    comments = [comment(1, LIN, "Where?"), comment(2, GONE, "Here"), comment(3, GONE, "Inside", public=False)]
    item = converted(ticket(comments=comments))
    assert ["Lin Chen", "Person 99 (deleted)", "Agent 99 (deleted)"] == [
        entry.author.name for entry in item.ticket.entries
    ]
    (said,) = item.remarks
    assert said.what.endswith("not among the users: comment 2.")
    asked = converted(ticket(requester_id=GONE, comments=comments[1:2])).ticket.entries[0]
    assert (Kind.MESSAGE, "Requester 99 (deleted)") == (asked.kind, asked.author.name)
    # Nobody is the assignee, and nobody wrote it.
    unnamed = comment(1, LIN, "x", author_id=None)
    assert Kind.NOTE == converted(ticket(assignee_id=None, comments=[unnamed])).ticket.entries[0].kind


def test_people_written_out_in_a_ticket_are_known_by_it() -> None:
    row = ticket(requester_id=None, requester={"id": 77, "name": "Eve", "email": "eve@customer.example"})
    row["comments"] = [comment(1, 77, "Hello")]
    made = converted(row).ticket
    assert "eve@customer.example" == made.requester.address == made.entries[0].author.address
    assert Kind.MESSAGE == made.entries[0].kind


@pytest.mark.parametrize(
    ("more", "kind", "who"),
    [
        ({}, Kind.MESSAGE, "Requester 99 (deleted)"),
        ({"submitter_id": None}, Kind.MESSAGE, "Requester 99 (deleted)"),
        ({"is_public": False}, Kind.NOTE, "Requester 99 (deleted)"),
        ({"submitter_id": MIA}, Kind.NOTE, "Mia Ito"),
        ({"submitter_id": MIA, "requester_id": MIA}, Kind.NOTE, "Mia Ito"),
        ({"submitter_id": LIN, "requester_id": LIN}, Kind.MESSAGE, "Lin Chen"),
    ],
)
def test_a_description_alone_is_the_message_of_who_asked(more: dict[str, Any], kind: Kind, who: str) -> None:
    row = ticket(comments=[], description="Where are they?", requester_id=GONE, submitter_id=GONE)
    (entry,) = converted({**row, **more}).ticket.entries
    assert (kind, who) == (entry.kind, entry.author.name)


def test_who_is_unknown_without_users_is_not_called_deleted_and_their_words_stay_inside() -> None:
    row = ticket(comments=[comment(1, LIN, "Where?"), comment(2, BO, "Me too"), comment(3, ALEX, "Soon")])
    item = zendesk.converted(row, "line 1", zendesk.Names())
    assert isinstance(item, Converted)
    assert [
        (Kind.MESSAGE, f"Requester {LIN} (unknown)"),
        (Kind.NOTE, f"Person {BO} (unknown)"),
        (Kind.NOTE, f"Person {ALEX} (unknown)"),
    ] == [(entry.kind, entry.author.name) for entry in item.ticket.entries]
    # With users, who was in copy and is gone may have been a customer as well.
    copied = converted(ticket(email_cc_ids=[GONE], comments=[comment(1, GONE, "Me too")])).ticket
    assert (Kind.NOTE, "Person 99 (deleted)") == (copied.entries[0].kind, copied.entries[0].author.name)


# What follows runs the command.


def run(source: str | Path, out: Path, *options: str) -> Result:
    return CliRunner().invoke(
        main,
        ["import", "convert", "zendesk", str(source), str(out), *options],
        env={"INTAKE_IMPORT_TOKEN": TOKEN},
    )


def export(folder: Path, lines: list[str], users: bool = True) -> Path:
    folder.mkdir()
    (folder / "tickets-2024.json").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if users:
        (folder / "users.json").write_text("\n".join(map(json.dumps, USERS)), encoding="utf-8")
    (folder / "organizations.json").write_text(
        json.dumps({"organizations": [{"id": 7, "name": "Customer Ltd"}]})
    )
    return folder


def test_an_export_is_read_a_line_at_a_time_and_notes_stay_inside(tmp_path: Path) -> None:
    source = export(tmp_path / "export", [json.dumps(ticket(ref)) for ref in (1, 2, 3)])
    ran = run(source, tmp_path / "out")
    assert 0 == ran.exit_code, ran.output
    assert "3 tickets with 3 answers, 3 messages, 3 notes and 0 files." in ran.output
    made = tickets(tmp_path / "out")
    assert ["1", "2", "3"] == [row["ref"] for row in made]
    assert not any("SECRET" in public(row) for row in made)
    about = json.loads((tmp_path / "out/export.json").read_text())
    assert ("zendesk", 3, 3) == (about["source"], about["tickets"], len(about["agents"]))
    remarks = (tmp_path / "out/remarks.txt").read_text()
    assert "2 agents are called alex kim: alex@old.example, kim@old.example." in remarks


@pytest.mark.parametrize("shape", ["lines", "array", "page", "bom", "crlf"])
def test_each_shape_of_an_export_gives_the_same(tmp_path: Path, shape: str) -> None:
    rows = [ticket(1, subject='Braces } and ] and "quotes\\" \\'), ticket(2, subject="币 丢失")]
    texts = {
        "lines": "\n".join(map(json.dumps, rows)),
        "array": json.dumps(rows, indent=1, ensure_ascii=False),
        "page": json.dumps({"tickets": rows, "end_of_stream": True}),
        "bom": "\ufeff" + "\n\n".join(map(json.dumps, rows)),
        "crlf": "\r\n".join(map(json.dumps, rows)) + "\r\n",
    }
    source = export(tmp_path / "export", [texts[shape]])
    assert 0 == run(source, tmp_path / "out").exit_code
    assert [row["subject"] for row in rows] == [row["subject"] for row in tickets(tmp_path / "out")]


def test_a_cut_line_a_broken_one_and_a_double_are_said_and_the_rest_comes(tmp_path: Path) -> None:
    whole = json.dumps(ticket(1))
    lines = [
        whole,
        "{broken",
        json.dumps(ticket(1)),
        '["no ticket"]',
        json.dumps({"subject": "no id"}),
        whole[:300],
    ]
    source = export(tmp_path / "export", lines)
    text = (source / "tickets-2024.json").read_text()
    (source / "tickets-2024.json").write_text(text.rstrip("\n"))

    ran = run(source, tmp_path / "out")

    assert 1 == ran.exit_code
    assert ["1"] == [row["ref"] for row in tickets(tmp_path / "out")]
    remarks = (tmp_path / "out/remarks.txt").read_text().splitlines()
    assert "tickets-2024.json line 2: The line is no JSON; nothing of it was read." in remarks[0]
    assert "tickets-2024.json line 3: Ticket 1 stands here a second time." in remarks[1]
    assert "tickets-2024.json line 4: This is no object; it was not read." in remarks[2]
    assert "tickets-2024.json line 5: This is no ticket: it has no id or no date." in remarks[3]
    assert "tickets-2024.json line 6: The file is cut off here; nothing of it was read." in remarks[4]
    assert "4 items could not be read" in ran.output


@pytest.mark.parametrize("cut", [0.35, 0.6, 0.9])
def test_an_array_that_is_cut_off_gives_what_is_whole(tmp_path: Path, cut: float) -> None:
    text = json.dumps([ticket(ref) for ref in range(1, 8)])
    source = export(tmp_path / "export", [text[: int(len(text) * cut)]])
    ran = run(source, tmp_path / "out")
    assert 1 == ran.exit_code
    made = tickets(tmp_path / "out")
    assert int(7 * cut) == len(made)
    assert f"item {len(made) + 1}: The file is cut off here." in (tmp_path / "out/remarks.txt").read_text()


def test_without_users_people_are_known_as_far_as_tickets_name_them(tmp_path: Path) -> None:
    source = export(tmp_path / "export", [json.dumps(ticket())], users=False)
    assert 0 == run(source, tmp_path / "out").exit_code
    assert "users: There is no file of users." in (tmp_path / "out/remarks.txt").read_text()
    assert {"name": f"Requester {LIN} (unknown)"} == tickets(tmp_path / "out")[0]["requester"]


@pytest.mark.parametrize(
    "options", [["--site", "https://eve:x@acme.example"], ["--site", "http://acme.example"]]
)
def test_a_site_that_would_show_the_token_is_refused(tmp_path: Path, options: list[str]) -> None:
    source = export(tmp_path / "export", [json.dumps(ticket())])
    ran = run(source, tmp_path / "out", *options, "--user", "mia@old.example")
    assert 1 == ran.exit_code
    assert "must be https://HOST" in ran.output
    assert TOKEN not in ran.output


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    source = export(tmp_path / "export", [json.dumps(ticket())])
    (tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.txt").write_text("mine")
    ran = run(source, tmp_path / "out")
    assert 1 == ran.exit_code
    assert "holds other things (thesis.txt)" in ran.output
    assert {"thesis.txt": b"mine"} == everything(tmp_path / "out")


# With the site.


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeApi]:
    # Limits: developer.zendesk.com, Incremental Exports (10 a minute).
    site = FakeApi({}, {"/api/v2/incremental": 10}, authorization("mia@old.example", TOKEN))
    with site:
        monkeypatch.setattr(fetching, "wait", site.sleep)
        yield site


def file(api: FakeApi, ref: int, size: int, **more: Any) -> dict[str, Any]:
    return {
        "id": ref, "file_name": f"../{ref}.png", "content_url": f"{api.url}/attachments/{ref}",
        "content_type": "image/png", "size": size, "inline": False, **more,
    }  # fmt: skip


def with_files(api: FakeApi, *files: dict[str, Any]) -> dict[str, Any]:
    return ticket(comments=[comment(1, LIN, "See", attachments=list(files))])


USER = ("--user", "mia@old.example")


def test_attachments_are_fetched_again_after_a_failure_and_listed_when_missing(
    api: FakeApi, tmp_path: Path
) -> None:
    elsewhere = api.url.replace("127.0.0.1", "localhost")
    api.routes = {
        "/attachments/1": Script([Answer(503), limited(7), b"\x89PNG"]),
        # A file lies elsewhere, by a signed address that is shown no token.
        "/attachments/2": Answer(302, b"", (("Location", f"{elsewhere}/open/2?signature=abc"),)),
        "/open/2": b"12",
        "/attachments/4": b"short",
        "/attachments/6": Answer(503),
        "/attachments/7": Answer(403),
    }
    row = with_files(
        api,
        file(api, 1, 4),
        file(api, 2, 2),
        file(api, 3, 3),
        file(api, 4, 500),
        file(api, 5, 5, deleted=True),
        file(api, 6, 6),
        file(api, 7, 7),
        file(api, 8, 8, content_url="https://elsewhere.example/8"),
    )
    source = export(tmp_path / "export", [json.dumps(row)])

    ran = run(source, tmp_path / "out", "--site", api.url, *USER)

    assert 1 == ran.exit_code
    files = tickets(tmp_path / "out")[0]["entries"][0]["files"]
    assert [
        "", "", "the old desk no longer has it", "it has 5 bytes instead of 500", "deleted in Zendesk",
        "127.0.0.1 answers 503, 8 times in a row", "127.0.0.1 answers 403 (not allowed)",
        f"it lies at elsewhere.example and not at {api.url.removeprefix('http://')}",
    ] == [row.get("missing", "") for row in files]  # fmt: skip
    assert b"\x89PNG" == (tmp_path / "out" / files[0]["path"]).read_bytes()
    assert (api.authorization, "") == (api.shown["/attachments/2"], api.shown["/open/2"])
    assert [1.0, 7.5] == api.slept[:2]
    said = ran.output + "".join(data.decode("latin-1") for data in everything(tmp_path / "out").values())
    assert TOKEN not in said
    assert api.authorization.removeprefix("Basic ") not in said
    # What Zendesk itself no longer has is counted apart: no later run brings it.
    assert [False, False, True, False, True, *[False] * 3] == [row.get("gone", False) for row in files]
    assert "4 files are missing" in ran.output
    assert "2 files are gone in the old desk itself" in ran.output


def test_a_second_run_fetches_only_what_is_missing_and_the_same_bytes(api: FakeApi, tmp_path: Path) -> None:
    api.routes = {"/attachments/1": b"1111", "/attachments/2": Answer(403)}
    source = export(tmp_path / "export", [json.dumps(with_files(api, file(api, 1, 4), file(api, 2, 2)))])
    out = tmp_path / "out"
    assert 1 == run(source, out, "--site", api.url, *USER).exit_code
    api.routes["/attachments/2"] = b"22"
    assert 0 == run(source, out, "--site", api.url, *USER).exit_code
    whole = everything(out)
    assert 0 == run(source, out, "--site", api.url, *USER).exit_code
    assert whole == everything(out)
    assert {"/attachments/1": 1, "/attachments/2": 2} == api.calls


def test_without_a_site_each_file_is_listed(api: FakeApi, tmp_path: Path) -> None:
    source = export(tmp_path / "export", [json.dumps(with_files(api, file(api, 1, 4)))])
    assert 1 == run(source, tmp_path / "out").exit_code
    assert "Zendesk keeps it: give --site and a token" in (tmp_path / "out/remarks.txt").read_text()


def test_the_source_has_one_name_with_its_files_and_without(api: FakeApi, tmp_path: Path) -> None:
    """By another name every ticket would be imported again."""
    api.routes = incremental(api, [ticket()])
    source = export(tmp_path / "export", [json.dumps(ticket())])
    run(source, tmp_path / "bare")
    run(source, tmp_path / "files", "--site", api.url, *USER)
    run(api.url, tmp_path / "api", *USER)
    names = {
        json.loads((tmp_path / out / "export.json").read_text())["source"] for out in ("bare", "files", "api")
    }
    assert {"zendesk"} == names


def test_a_wrong_token_ends_it_at_once(api: FakeApi, tmp_path: Path) -> None:
    api.authorization, api.routes = "Basic other", {"/attachments/1": b"1111"}
    source = export(tmp_path / "export", [json.dumps(with_files(api, file(api, 1, 4)))])
    ran = run(source, tmp_path / "out", "--site", api.url, *USER)
    assert 1 == ran.exit_code
    assert "refuses the token" in ran.output
    assert not (tmp_path / "out/tickets.ndjson").exists()


def incremental(api: FakeApi, rows: list[dict[str, Any]], page: int = 2) -> dict[str, Any]:
    """Return the routes of the API for these tickets."""
    bare = [{key: value for key, value in row.items() if key != "comments"} for row in rows]

    def listed(query: str) -> dict[str, Any]:
        begin = int(parse_qs(query).get("cursor", ["0"])[0])
        return {
            "tickets": bare[begin : begin + page],
            "users": USERS[:1],
            "groups": [{"id": 8, "name": "Billing"}],
            "organizations": [],
            "after_url": f"https://x.example/api/v2/incremental/tickets/cursor.json?cursor={begin + page}",
            "end_of_stream": begin + page >= len(bare),
        }

    routes: dict[str, Any] = {"/api/v2/incremental/tickets/cursor.json": listed}
    routes["/api/v2/ticket_fields.json"] = {"ticket_fields": [{"id": 5, "title": "Plan"}]}
    for row in rows:
        path = f"/api/v2/tickets/{row['id']}/comments.json"
        if "comments" in row:
            routes[path] = lambda query, row=row, path=path: {
                "comments": row["comments"][2:] if "after" in query else row["comments"][:2],
                "users": USERS,
                "meta": {"has_more": "after" not in query},
                "links": {"next": f"{api.url}{path}?page[after]=x"},
            }
    return routes


def test_the_api_gives_what_the_export_gives_within_its_limits(api: FakeApi, tmp_path: Path) -> None:
    rows = [ticket(ref, email_cc_ids=[], organization_id=None) for ref in range(30, 0, -1)]
    api.routes = incremental(api, rows)
    ran = run(api.url, tmp_path / "api", *USER)
    assert 0 == ran.exit_code, ran.output
    # 15 pages at 10 a minute: refused once, and waited for as long as was said.
    assert 1 == api.refused["/api/v2/incremental"]
    assert 60 <= sum(api.slept) < 64

    source = export(tmp_path / "export", [json.dumps(row) for row in reversed(rows)])
    (source / "groups.json").write_text(json.dumps({"groups": [{"id": 8, "name": "Billing"}]}))
    (source / "ticket_fields.json").write_text(json.dumps({"id": 5, "title": "Plan"}))
    run(source, tmp_path / "export-out")
    assert tickets(tmp_path / "export-out") == tickets(tmp_path / "api")


def test_what_was_fetched_is_not_asked_for_again_unless_it_changed(api: FakeApi, tmp_path: Path) -> None:
    rows = [ticket(1), ticket(2), ticket(3, status="deleted"), {**ticket(4)}]
    del rows[3]["comments"]  # It is deleted while it is read.
    api.routes = incremental(api, rows)
    ran = run(api.url, tmp_path / "out", *USER)
    assert 0 == ran.exit_code, ran.output
    assert "Left out: 2 tickets, deleted in Zendesk." in ran.output
    first = everything(tmp_path / "out")

    api.calls.clear()
    run(api.url, tmp_path / "out", *USER)
    assert first == everything(tmp_path / "out")
    assert not api.calls["/api/v2/tickets/1/comments.json"]

    rows[1]["comments"].append(comment(9, LIN, "One more"))
    rows[1]["updated_at"] = "2024-05-03T08:00:00Z"
    api.routes = incremental(api, rows)
    api.calls.clear()
    run(api.url, tmp_path / "out", *USER)
    assert ["1", "2"] == [row["ref"] for row in tickets(tmp_path / "out")]
    assert "One more" in json.dumps(tickets(tmp_path / "out")[1])
    assert (0, 2) == tuple(api.calls[f"/api/v2/tickets/{ref}/comments.json"] for ref in (1, 2))


def test_what_was_deleted_since_it_was_fetched_stays_away(api: FakeApi, tmp_path: Path) -> None:
    rows, out = [ticket(1), ticket(2), ticket(3)], tmp_path / "out"
    api.routes = incremental(api, rows)
    run(api.url, out, *USER)
    api.routes = incremental(api, [rows[0], {**rows[1], "status": "deleted"}])
    for _ in range(2):
        assert "Left out: 2 tickets, deleted in Zendesk." in run(api.url, out, *USER).output
        assert ["1"] == [row["ref"] for row in tickets(out)]


def test_a_run_that_broke_off_goes_on_where_it_was(api: FakeApi, tmp_path: Path) -> None:
    rows = [ticket(ref) for ref in (1, 2, 3)]
    api.routes = incremental(api, rows) | {"/api/v2/tickets/3/comments.json": Answer(500)}
    ran = run(api.url, tmp_path / "out", *USER)
    assert 1 == ran.exit_code
    assert "answers 500, 8 times in a row. Run the same command again later" in ran.output
    # And the machine went down while it wrote.
    with (tmp_path / "out/.fetched.ndjson").open("ab") as stream:
        stream.write(b'{"id": 3, "stamp": "2024')

    api.routes, whole = incremental(api, rows), tmp_path / "whole"
    api.calls.clear()
    assert 0 == run(api.url, tmp_path / "out", *USER).exit_code
    assert not api.calls["/api/v2/tickets/1/comments.json"]
    run(api.url, whole, *USER)
    assert everything(whole) == everything(tmp_path / "out")
