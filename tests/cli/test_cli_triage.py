"""`intake rules`, `intake search` and the filters of `intake ticket list`, from the config to the screen."""

import configparser
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from command_line import Run

from intake.commands.ticket import listing as ticket_list
from intake.config.settings import ConfigError, load
from intake.config.to_policy import policy_of

Write = Callable[..., Path]


def shown(result: Result) -> Any:
    return json.loads(result.stdout)


def add(config: Path, text: str) -> None:
    config.write_text(config.read_text(encoding="utf-8") + text, encoding="utf-8")


RULES = """
[rule printers]
text = 打印机, printer*
category = technical
team = printers
tags = hardware, printer
capture = version
    serial (?P<serial>[A-Z]{2}[0-9]{4,})

[rule wang]
sender = @customer.example
priority = high
"""


def test_the_shipped_rules_are_listed_and_can_be_taken_over(intake: Run, config: Path, mail: Write) -> None:
    rows = shown(intake("rules", "list", "--json"))
    assert ["security", "details", "transaction", "account", "technical"] == [row["rule"] for row in rows]
    assert all(row["shipped"] for row in rows)
    assert {"category": "security", "priority": "urgent", "tags": "security"} == rows[0]["sets"]
    assert "被盗" in rows[0]["when"]["text"]
    before = policy_of(load(config)).triage
    add(config, "\n" + intake("rules", "list", "--ini").stdout)
    assert before == policy_of(load(config)).triage
    assert [True] + [False] * 4 == [row["shipped"] for row in shown(intake("rules", "list", "--json"))]
    again = configparser.ConfigParser(interpolation=None)
    again.read_string(intake("rules", "list", "--ini").stdout)
    assert ["rule details", "rule transaction", "rule account", "rule technical"] == again.sections()


def test_own_rules_come_in_the_order_of_the_file(intake: Run, config: Path) -> None:
    add(config, RULES)
    _, printers, wang = shown(intake("rules", "list", "--json"))
    assert {"text": "打印机, printer*"} == printers["when"]
    assert {
        "category": "technical",
        "team": "printers",
        "tags": "hardware, printer",
        "capture": "version\nserial (?P<serial>[A-Z]{2}[0-9]{4,})",
    } == printers["sets"]
    assert ({"sender": "@customer.example"}, {"priority": "high"}) == (wang["when"], wang["sets"])
    assert "打印机" in intake("rules", "list").stdout


def test_a_mail_is_tried_on_the_rules(intake: Run, config: Path, mail: Write) -> None:
    add(config, RULES)
    path = str(mail(body="您好，打印机坏了。Version 2.1, serial AB1234"))
    found = shown(intake("rules", "test", path, "--json"))
    assert [("security", "text"), ("printers", ""), ("wang", "")] == [
        (step["rule"], step["missed"]) for step in found["rules"]
    ]
    assert "打印机" == found["rules"][1]["found"]
    assert {"version": "2.1", "serial": "AB1234"} == found["result"]["fields"]
    assert ("technical", "high", "printers") == tuple(
        found["result"][key] for key in ("category", "priority", "team")
    )
    text = intake("rules", "test", path).stdout
    assert "field serial: AB1234" in text
    assert "text does not" in text
    assert "urgent" in intake("rules", "test", str(mail(body="我的私钥泄露了"))).stdout


OUTCOMES = """
[rule tests]
header = X-Test: *
{action}
"""
ENDS: list[tuple[str, dict[str, str], str, list[str]]] = [
    ("quarantine = a test of ours", {}, "quarantined", ["quarantined by rule tests: a test of ours"]),
    ("close = yes", {}, "ticketed", ["closed at once", "so nobody is notified"]),
    ("quiet = yes", {}, "ticketed", ["not acknowledged: rule tests says so"]),
    ("machine = allow", {"Auto-Submitted": "auto-generated"}, "ticketed", ["automatic email let in"]),
    ("tags = x", {"Auto-Submitted": "auto-generated"}, "automatic", ["Auto-Submitted"]),
    ("quarantine = yes", {"From": "help@desk.example"}, "ticketed", ["leads or this desk itself"]),
    ("quarantine = yes", {"From": "root@house.example"}, "ticketed", ["leads or this desk itself"]),
    ("tags = x", {"X-Test": ""}, "ticketed", ["no matching ticket"]),
]


@pytest.mark.parametrize(("action", "fields", "outcome", "says"), ENDS)
def test_trying_a_mail_names_its_outcome_and_whom_no_rule_keeps_out(
    action: str,
    fields: dict[str, str],
    outcome: str,
    says: list[str],
    intake: Run,
    config: Path,
    tmp_path: Path,
) -> None:
    add(config, OUTCOMES.format(action=action))
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[desk]", "[desk]\nadmin = root@house.example", 1), encoding="utf-8")
    made = EmailMessage()
    for name, value in {"From": "a@b.example", "X-Test": "yes", "Subject": "Hello", **fields}.items():
        made[name] = value
    made.set_content("Hello")
    path = tmp_path / "tried.eml"
    path.write_bytes(made.as_bytes())
    found = shown(intake("rules", "test", str(path), "--json"))
    assert outcome == found["outcome"]["outcome"]
    text = " ".join(intake("rules", "test", str(path)).stdout.split())
    assert f"Outcome {outcome}: " in text
    assert all(say in found["outcome"]["reason"] and say in text for say in says)
    asked = bool(found["result"]["handling"])
    assert asked is ("Email of agents, leads and this desk itself, and an answer in a ticket" in text)


def test_trying_a_mail_makes_no_database(intake: Run, config: Path, mail: Write) -> None:
    before = list((config.parent / "data").iterdir())
    intake("rules", "test", str(mail()))
    assert before == list((config.parent / "data").iterdir())


def test_what_a_form_says_can_be_tried(intake: Run, config: Path, mail: Write) -> None:
    add(config, "\n[rule wallet]\nfield = product=wallet\ntags = wallet\n")
    path = str(mail())
    assert [] == shown(intake("rules", "test", path, "--json"))["result"]["tags"]
    given = intake("rules", "test", path, "--field", "product=Wallet", "--json")
    assert ["wallet"] == shown(given)["result"]["tags"]
    intake("rules", "test", path, "--field", "product", code=2)
    intake("rules", "test", path, "--mailbox", "none", code=1)


@pytest.mark.parametrize(
    ("text", "key", "what"),
    [
        ("[rule a]\ncategory = spam", "category", "not a valid category"),
        ("[rule a]\nteam = none", "team", "no team"),
        ("[rule a]\nmailbox = none\ntags = x", "mailbox", "no mailbox"),
        ("[rule a]\ntext = x", "", "sets nothing"),
        ("[rule a]\ntags = x\npattern = (a+)+b\\1", "pattern", "not known"),
        ("[rule a]\ncapture = (?P<x>(a+)+)+", "capture", "cannot be used"),
        ("[rule a]\ncapture = order", "capture", "not a shipped pattern"),
        ("[rule a]\ncapture = (order)", "capture", "has no named group"),
        ("[rule a]\ntags = x\nsender = nobody", "sender", "neither an address nor a domain"),
        ("[rule a]\ntags = x\nfield = product", "field", "not a valid field with a value"),
        ("[rule a]\ntags = x\nattachments = many", "attachments", "not a valid number of files"),
        ("[rule a]\npriority = soon", "priority", "not known"),
        ("[rule a]\ntags = x\nheader = nothing", "header", "no name of a header field and a colon"),
        ("[rule a]\ntags = x\nheader = X Y: z", "header", "no name of a header field and a colon"),
        ("[rule a]\ntags = x\nheader = X-Test:", "header", "write X-Test: * where"),
        ("[rule a]\ntags = x\nheader = X-Test: /(a+)+$/", "header", "is not a condition on a header field"),
        ("[rule a]\ntags = x\nheader = X-Test: /(/", "header", "is not a condition on a header field"),
        ("[rule a]\nheader = X-Test: *", "", "sets nothing"),
        ("[rule a]\nquarantine = yes", "", "would catch every email"),
        ("[rule a]\nquarantine = none\ntext = x", "quarantine", "is no reason"),
        ("[rule a]\nquarantine = Nein\ntext = x", "quarantine", "is no reason"),
        ("[rule a]\nclose = yes", "", "would catch every email"),
        ("[rule a]\nquiet = yes", "", "would catch every email"),
        ("[rule a]\nmachine = allow", "", "would catch every email"),
        ("[rule a]\nclose = perhaps\nsender = @x.example", "close", "perhaps"),
        ("[rule a]\nquiet = perhaps\nsender = @x.example", "quiet", "perhaps"),
        ("[rule a]\nmachine = yes\nsender = @x.example", "machine", "'yes' is not allow"),
        ("[rule a]\nmachine = allow\ntext = x", "machine", "would let in automatic email from anybody"),
        ("[rule a]\nquarantine = yes\nclose = yes\ntext = x", "quarantine", "leaves no ticket"),
        ("[rule a]\nquarantine = spam\nquiet = yes\ntext = x", "quarantine", "leaves no ticket"),
        (
            "[rule a]\nquarantine = x\nmachine = allow\nsender = @x.example",
            "quarantine",
            "leaves no ticket",
        ),
        ("[triage]\ndefault_category = spam", "default_category", "not a valid category"),
    ],
)
def test_a_rule_that_cannot_work_is_told(config: Path, text: str, key: str, what: str) -> None:
    add(config, f"\n{text}\n")
    with pytest.raises(ConfigError) as err:
        load(config)
    assert [(key, True)] == [(one.key, what in one.what) for one in err.value.problems]


def test_categories_can_be_ones_own(config: Path) -> None:
    add(
        config,
        "\n[triage]\ncategories = hardware, other\ndefault_category = other\n[rule a]\ncategory=hardware\n",
    )
    assert "other" == policy_of(load(config)).triage.category


def test_a_mail_is_sorted_told_of_and_explained(intake: Run, config: Path, mail: Write) -> None:
    add(config, RULES + "\n[team security]\n")
    intake("agent", "add", "anna@desk.example", "--name", "Anna", "--team", "printers")
    intake("agent", "add", "sven@desk.example", "--name", "Sven", "--team", "security")
    intake("ingest", str(mail(body="打印机坏了 serial AB1234")))
    intake("ingest", str(mail(subject="Help", body="我的币被盗", name="two")))
    ticket = shown(intake("ticket", "show", "1", "--json"))
    assert ("technical", "high", "printers", ["hardware", "printer"], {"serial": "AB1234"}) == tuple(
        ticket[key] for key in ("category", "priority", "team", "tags", "fields")
    )
    text = intake("ticket", "show", "1").stdout
    assert "serial: AB1234" in text
    why = intake("why", "1").stdout
    assert "triage by printers, wang: category technical; priority high; team printers" in why
    assert "triage by security (被盗)" in intake("why", "2").stdout
    told = [(row["kind"], row["rcpt"]) for row in shown(intake("outbox", "list", "--json"))]
    assert ("notice", "sven@desk.example") in told
    assert ("notice", "anna@desk.example") in told
    assert 2 == sum(kind == "notice" for kind, _ in told)


@pytest.fixture
def three(intake: Run, config: Path, mail: Write) -> None:
    add(config, RULES)
    intake("ingest", str(mail()))
    intake("ingest", str(mail(subject="Hello", body="a private key", name="two")))
    intake("ingest", str(mail(subject="Third", body="nothing", name="three")))
    intake("ticket", "close", "3")


LISTED: list[tuple[list[str], list[int]]] = [
    ([], [2, 1]),
    (["--status", "all"], [3, 2, 1]),
    (["--status", "closed"], [3]),
    (["--tag", "printer"], [1]),
    (["--category", "security"], [2]),
    (["--priority", "urgent"], [2]),
    (["--team", "printers"], [1]),
    (["--requester", "WANG@customer.example", "--limit", "1"], [2]),
    (["--assignee", ""], [2, 1]),
    (["--search", "打印机"], [1]),
    (["--search", "nothing"], [3]),
    (["--search", "nothing", "--status", "new"], []),
    (["--overdue"], []),
    (["--since", "1h"], [2, 1]),
    (["--since", "2099-01-01"], []),
    (["--until", "2020-01-01"], []),
    (["--until", "2099-01-01T10:00"], [2, 1]),
]


@pytest.mark.usefixtures("three")
def test_tickets_are_listed_by(intake: Run) -> None:
    for options, numbers in LISTED:
        rows = shown(intake("ticket", "list", *options, "--json"))
        assert numbers == [row["id"] for row in rows], options


@pytest.mark.usefixtures("three")
def test_tickets_are_searched(intake: Run) -> None:
    def found(*words: str) -> list[int]:
        return [row["id"] for row in shown(intake("search", *words, "--json"))]

    assert [1] == found("印机")
    assert [2] == found("private", "KEY")
    assert [2] == found("private key")
    assert [] == found("key private")
    assert [3] == found("noth*")
    assert "Third" in intake("search", "nothing").stdout
    assert "No tickets." in intake("search", "zebra").stdout
    assert "3 tickets" in intake("search", "--rebuild").stderr
    assert [1] == found("--rebuild", "打印机")
    intake("search", code=2)


def test_moments_are_read() -> None:
    at = datetime(2026, 1, 31, tzinfo=UTC)

    def read(value: str, way: Any = ticket_list.moment) -> Any:
        return way(None, None, value)

    assert at == read("2026-01-31")
    assert at + timedelta(hours=9) == read("2026-01-31T09:00")
    assert at - timedelta(hours=8) == read("2026-01-31T00:00+08:00")
    assert at + timedelta(days=1) == read("2026-01-31", ticket_list.end)
    assert at + timedelta(hours=9) == read("2026-01-31T09:00", ticket_list.end)
    assert timedelta(seconds=5) > abs(datetime.now(UTC) - timedelta(days=7) - read("7d"))


@pytest.mark.parametrize("value", ["yesterday", "d", "7w", "²d", "999999d", "2026-13-01"])
def test_what_is_no_moment_is_told(intake: Run, value: str) -> None:
    assert "is not a date or time" in intake("ticket", "list", "--since", value, code=2).output


def test_the_example_of_the_docs_is_what_the_command_prints(
    intake: Run, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "triage.md").read_text(encoding="utf-8")
    rules = text.partition("```ini\n")[2].partition("```")[0]
    command, _, printed = text.partition("```\n$ intake ")[2].partition("```")[0].partition("\n")
    config.write_text(f"{config.read_text(encoding='utf-8')}[team partners]\n{rules}", encoding="utf-8")
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@b.example", "support@example.com", "It crashes"
    made.set_content("See the file.")
    made.add_attachment(b"x", maintype="text", subtype="plain", filename="wallet.log")
    (tmp_path / "crash.eml").write_bytes(made.as_bytes())
    monkeypatch.chdir(tmp_path)
    found = intake(*command.split()).stdout

    assert printed.split() == found.split()
