"""Single values of other desks, however they were written; and the reading of long files and long runs."""

import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from imports.folders import everything, tickets
from imports.test_convert_zendesk import export, ticket

from intake.imports.converters import freescout, lines, values
from intake.imports.converters.fetching import pause_of, site
from intake.imports.converters.kept import Kept
from intake.imports.converters.shapes import Converted
from intake.imports.converters.writing import remark_line
from intake.imports.model import Kind, Person, Remark
from intake.ports import UserError

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2024-05-01T09:30:00Z", "2024-05-01T09:30:00+00:00"),
        ("2024-05-01T09:30:00.123Z", "2024-05-01T09:30:00.123000+00:00"),
        ("2024-05-01T09:30:00+02:00", "2024-05-01T07:30:00+00:00"),
        ("2024-05-01 09:30:00 +0200", "2024-05-01T07:30:00+00:00"),
        ("2024-05-01 09:30:00 UTC", "2024-05-01T09:30:00+00:00"),
        # Without a distance from UTC: in the desk's own time, summer and winter.
        ("2024-05-01 09:30:00", "2024-05-01T07:30:00+00:00"),
        (datetime(2024, 1, 1, 9, 30), "2024-01-01T08:30:00+00:00"),  # noqa: DTZ001
        (datetime(2024, 1, 1, 9, 30, tzinfo=UTC), "2024-01-01T09:30:00+00:00"),
    ],
)
def test_a_time_is_read_in_the_zone_it_was_written_in(written: object, moment: str) -> None:
    made = values.moment(written, BERLIN)
    assert made is not None
    assert moment == made.isoformat()


@pytest.mark.parametrize(
    "written", [None, "", "0000-00-00 00:00:00", "soon", 17, True, [], "9999-99-99", "0001-01-01 00:00:00"]
)
def test_what_is_no_time_is_none(written: object) -> None:
    assert values.moment(written, BERLIN) is None


@pytest.mark.parametrize(
    ("mail", "name", "somebody"),
    [
        ("lin@customer.example", "Lin", Person("lin@customer.example", "Lin")),
        ("Lin <lin@customer.example>", "Lin", Person("lin@customer.example", "Lin")),
        ("lin@customer.example", "LIN@customer.example", Person("lin@customer.example", "")),
        ("+4912345", "Lin\nChen", Person("", "Lin Chen")),
        ("facebook:17", None, Person("", "")),
        (None, 7, Person("", "7")),
        ("a@b@c, d@e", "", Person("", "")),
    ],
)
def test_a_person_has_an_address_only_where_it_is_one(mail: object, name: object, somebody: Person) -> None:
    assert somebody == values.person(mail, name)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("screen.png", "files/7/9-screen.png"),
        ("../../etc/passwd", "files/7/9-_.._etc_passwd"),
        ("C:\\x\\y.txt", "files/7/9-C_x_y.txt"),
        ("", "files/7/9-file"),
        ("...", "files/7/9-file"),
        ("账单.pdf", "files/7/9-账单.pdf"),
        ("a\0b\x1b[2J.txt", "files/7/9-ab_2J.txt"),
        (f"{'a' * 300}.tar.gz", f"files/7/9-{'a' * 47}.gz"),
        (None, "files/7/9-file"),
    ],
)
def test_a_file_lies_below_its_ticket_whatever_it_was_called(name: object, path: str) -> None:
    made = values.file_path(7, 9, name)
    assert path == made
    assert len(Path(made).name.encode()) < 250


@pytest.mark.parametrize(
    ("value", "flat"),
    [
        ("a", "a"),
        (3, "3"),
        (True, "yes"),
        (None, ""),
        (["a", None, 1], "a, 1"),
        ({"k": "Label"}, "Label"),
        ("\ud800", "?"),
    ],
)
def test_a_field_becomes_text(value: object, flat: str) -> None:
    assert flat == values.flat(value)


@pytest.mark.parametrize(
    ("address", "base"),
    [
        ("acme.zendesk.com", "https://acme.zendesk.com"),
        ("https://acme.zendesk.com/", "https://acme.zendesk.com"),
        ("https://help.example/zammad/", "https://help.example/zammad"),
        ("http://localhost:3000", "http://localhost:3000"),
    ],
)
def test_an_address_of_a_site_is_taken_as_admins_write_it(address: str, base: str) -> None:
    assert base == site(address)


@pytest.mark.parametrize(
    "address", ["http://acme.example", "https://me:x@acme.example", "https://[", "ftp://a", ""]
)
def test_another_address_is_refused(address: str) -> None:
    with pytest.raises(UserError, match="must be https://HOST"):
        site(address)


@pytest.mark.parametrize(
    ("header", "failures", "pause"),
    [
        ("30", 1, 30.5),
        ("0", 1, 0.5),
        ("99999999", 1, 3600),
        (None, 3, 4.0),
        ("Wed, 01 May 2024 09:30:00 GMT", 2, 2.0),
    ],
)
def test_a_pause_is_as_long_as_the_server_says(header: str | None, failures: int, pause: float) -> None:
    from email.message import Message

    headers = Message()
    if header is not None:
        headers["Retry-After"] = header
    assert pause == pause_of(headers, failures)


def test_a_remark_is_one_line_that_a_terminal_does_not_act_on() -> None:
    said = remark_line(Remark("line 1", "The file \x1b[2J\nx is missing.", "Again."))
    assert "line 1: The file \\x1b[2J x is missing. Again." == said


def test_a_file_is_read_in_bounded_memory_whatever_its_shape(tmp_path: Path) -> None:
    row = {"id": 1, "text": 'x"}]{\\' * 2000}
    with (tmp_path / "lines.json").open("w") as plain, (tmp_path / "array.json").open("w") as array:
        array.write("[")
        for count in range(2000):
            plain.write(json.dumps(row) + "\n")
            array.write(f"{', ' if count else ''}{json.dumps(row)}")
        array.write("]")
    for name in ("lines.json", "array.json"):
        tracemalloc.start()
        read = sum(not isinstance(item, Remark) for item in lines.objects(tmp_path / name, ()))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert 2000 == read
        # The files have some 30 MB.
        assert peak < 12 * 1024 * 1024


def test_a_line_longer_than_any_ticket_is_told_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LONGEST", 100)
    (tmp_path / "t.json").write_text(f'{{"id": "{"x" * 500}"}}\n{{"id": 2}}\n')
    long, short = lines.objects(tmp_path / "t.json", ())
    assert isinstance(long, Remark)
    assert long.lost
    assert ("t.json line 2", {"id": 2}) == short


def test_two_conversions_do_not_write_into_one_folder(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    with pytest.raises(UserError, match="Another conversion"):
        Kept(tmp_path)
    kept.close()


def test_a_conversion_that_is_killed_leaves_what_was_there_and_a_second_one_ends_it(tmp_path: Path) -> None:
    source = export(tmp_path / "export", [json.dumps(ticket(ref)) for ref in range(1, 3000)])
    out = tmp_path / "out"
    command = [sys.executable, "-m", "intake", "import", "convert", "zendesk", str(source)]
    environment = os.environ | {"INTAKE_IMPORT_TOKEN": ""}
    kills = 0
    for delay in (0.5, 0.7, 0.9, 1.1, 1.3):
        process = subprocess.Popen([*command, str(out)], stdout=subprocess.DEVNULL, env=environment)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
        # Whole or not there at all.
        assert not (out / "tickets.ndjson").exists() or 2999 == len(tickets(out))
    assert kills
    subprocess.run([*command, str(out)], check=True, stdout=subprocess.DEVNULL, env=environment)
    subprocess.run(
        [*command, str(tmp_path / "whole")], check=True, stdout=subprocess.DEVNULL, env=environment
    )
    assert everything(tmp_path / "whole") == everything(out)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 64])
def test_an_array_is_read_the_same_wherever_it_is_cut_into_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(lines, "_CHUNK", size)
    rows = [
        {"id": 1, "text": 'a "b" \\ \\" }]{['},
        {"id": 2, "in": [{"x": ["]"]}, []]},
        {"id": 3, "币": "\\"},
    ]
    for number, text in enumerate((json.dumps(rows), json.dumps(rows, indent=2, ensure_ascii=False))):
        path = tmp_path / f"{number}.json"
        path.write_text(text, encoding="utf-8")
        assert rows == [item[1] for item in lines.objects(path, ()) if not isinstance(item, Remark)]


@pytest.mark.parametrize(
    ("author", "kind"),
    [
        ({"created_by_customer_id": 1}, Kind.MESSAGE),
        ({"created_by_user_id": 1}, Kind.ANSWER),
        ({}, Kind.NOTE),
    ],
)
def test_a_chat_in_freescout_is_an_answer_only_by_an_agent(author: dict[str, int], kind: Kind) -> None:
    line = {"id": 5, "type": freescout.CHAT, "state": freescout.PUBLISHED, "body": "x", **author}
    made = freescout.converted({"id": 1}, freescout.Parts([line]), UTC)
    assert isinstance(made, Converted)
    assert kind is made.ticket.entries[0].kind
