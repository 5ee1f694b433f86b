"""Whatever a command prints: no secret that somebody mailed, and nothing that a terminal acts on.

Every command of the command line is run over a database in which every text is hostile. A new
command fails here until it stands in one of the two tables.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from canaries import ESCAPES, NASTY, PHRASE, SECRETS, acting, leaks
from click.testing import CliRunner
from imports import exports
from pump import letter

from intake import app
from intake.cli import main
from intake.config import settings as configs
from intake.desk.effects import SetStatus
from intake.desk.survey_effects import AskSurvey, RecordScore
from intake.desk.surveys import closing_of
from intake.desk.ticket import Status
from intake.store.schema.fields import Pairs, Strings, TextColumn
from intake.store.schema.tables import TABLES

ANNA = "anna@staff.example"
AS = ["--as", ANNA]
# What is run, in several ways where it shows several things. `{folder}` is the test's own.
SHOWS: dict[str, list[list[str]]] = {
    "check": [["--offline"], ["--offline", "--json"]],
    "status": [[], ["--json"]],
    "ticket list": [["--status", "all"], ["--status", "all", "--json"], ["--search", "printer"]],
    "ticket next": [AS, [*AS, "--json"]],
    "ticket search": [["printer"], ["printer", "--json"]],
    "ticket show": [["1"], ["1", "--full"], ["1", "--json"]],
    "ticket todo": [["team", *AS], ["team", *AS, "--json"]],
    "escalation history": [["1"], ["1", "--json"]],
    "escalation list": [[], ["--json"]],
    "escalation show": [["1"], ["1", "--json"]],
    "policy list": [[], ["--json"]],
    "policy show": [["normal"], ["normal", "--json"]],
    "policy test": [["1"], ["1", "--json"]],
    "calendar list": [[], ["--json"]],
    "calendar show": [["weekdays"], ["weekdays", "--json"]],
    "search": [["printer"], ["printer", "--json"]],
    "rules list": [[], ["--ini"], ["--json"]],
    "rules test": [["{folder}/nasty.eml"], ["{folder}/nasty.eml", "--json"]],
    "survey list": [["--all"], ["--all", "--json"]],
    "report": [
        ["--since", "2000-01-01"],
        ["--since", "2000-01-01", "--json"],
        ["--since", "2000-01-01", "--csv", "-"],
        ["--since", "2000-01-01", "--csv", "{folder}/report.csv", "--html", "{folder}/report.html"],
    ],
    "message list": [[], ["--json"]],
    "message show": [["1"], ["1", "--raw"], ["1", "--json"]],
    "message why": [["1"], ["1", "--json"]],
    "why": [["1"], ["1", "--json"]],
    "quarantine list": [[], ["--json"]],
    "quarantine show": [["2"], ["2", "--raw"], ["2", "--json"]],
    "outbox list": [[], ["--json"]],
    "outbox show": [["1"], ["1", "--raw"], ["1", "--json"]],
    "agent list": [[], ["--json"]],
    "team list": [[], ["--json"]],
    "team show": [["printers"], ["printers", "--json"]],
    "template check": [[]],
    "template list": [[], ["--json"]],
    "template preview": [
        ["notice", "--ticket", "1"],
        ["acknowledgement", "--ticket", "1"],
        ["acknowledgement", "--ticket", "1", "--html"],
        ["ticket", "--ticket", "1"],
    ],
    "template show": [["notice"], ["notice", "--json"]],
    "mailbox list": [[], ["--json"]],
    "apikey list": [[], ["--json"]],
    "dkim show": [[]],
    "dkim check": [[]],
    "fsck": [[], ["--json"]],
    "audit list": [[], ["--json"]],
    "audit verify": [[], ["--json"], ["--checkpoint", "{folder}/nasty.eml"]],
    "audit checkpoint": [[]],
    "audit key": [[], ["--accept"]],
    "ingest": [["{folder}/nasty.eml", "--dry-run"], ["{folder}/nasty.eml", "--dry-run", "--json"]],
    "parse": [["{folder}/nasty.eml"], ["{folder}/nasty.eml", "--json"]],
    "import convert zendesk": [
        ["{folder}/nowhere", "{folder}/out"],
        [NASTY, "{folder}/out", "--site", NASTY],
    ],
    "import convert freshdesk": [["{folder}/nowhere", "{folder}/out"], [f"https://{NASTY}", "{folder}/out"]],
    "import convert zammad": [[NASTY, "{folder}/out"]],
    "import convert osticket": [
        [f"mysql://root:{NASTY}@db/x", "{folder}/out", "--timezone", "UTC"],
        ["mysql://root@localhost:1/x", "{folder}/out", "--timezone", NASTY],
    ],
    "import convert freescout": [[NASTY, "{folder}/out", "--timezone", "UTC"]],
    "completion": [["bash"]],
    # These act; what they say of it is shown as well, and so is what they refuse.
    "ticket ask": [["1", "paul@partner.example", "--text", NASTY, *AS], ["1", NASTY, "--text", "x", *AS]],
    "ticket note": [["1", "--text", NASTY, *AS], [ESCAPES]],
    "ticket files": [["1"], ["1", "--json"], ["1", "--save", "{folder}/saved"]],
    "ticket assign": [["1", NASTY, *AS]],
    "ticket language": [["1", NASTY, *AS]],
    "ticket reply": [["1", "--text", "Hello", *AS]],
    "ticket undo": [["1", *AS]],
    "ticket confirm": [["1", *AS]],
    "ticket wait": [["1", *AS]],
    "ticket new": [[NASTY, "--text", "Hello", "--subject", NASTY, *AS]],
    "ticket revoke-link": [["1", *AS]],
    "ticket mine": [["1", *AS]],
    "ticket priority": [["1", NASTY, *AS]],
    "ticket tag": [["1", NASTY, *AS]],
    "ticket snooze": [["1", NASTY, *AS]],
    "ticket merge": [["1", NASTY, *AS]],
    "ticket split": [["1", f"x-1: {NASTY}", *AS]],
    "ticket link": [["1", NASTY, *AS]],
    "ticket cc": [["1", NASTY, *AS]],
    "ticket subject": [["1", NASTY, *AS]],
    "ticket escalate": [["1", NASTY, *AS]],
    "ticket spam": [["1", NASTY, *AS]],
    "ticket notspam": [["1", NASTY, *AS]],
    "ticket survey": [["1", NASTY, *AS]],
    "ticket canned": [["1", ESCAPES, *AS]],
    "ticket watch": [["1", *AS]],
    "ticket unwatch": [["1", *AS]],
    "ticket drafts": [[], ["--json"]],
    "person note": [[f"{NASTY}@customer.example", NASTY, *AS]],
    "person show": [[f"{NASTY}@customer.example"], [f"{NASTY}@customer.example", "--json"]],
    "person forget": [[f"{NASTY}@customer.example", "1", *AS]],
    "secret list": [[], ["--json"]],
    "secret show": [["1"], ["1", "--json"]],
    "secret clear": [["1", *AS], ["9", *AS]],
    "secret scan": [[], ["--ticket", "1"], ["--json"]],
    "secret test": [["{folder}/nasty.eml"], ["{folder}/nasty.eml", "--json"]],
    "block add": [[NASTY, *AS], [f"{NASTY}@elsewhere.example", "--reason", NASTY, *AS]],
    "block list": [[], ["--json"]],
    "guard list": [[], ["--json"]],
    "guard test": [["{folder}/one.eml"], ["{folder}/one.eml", "--ticket", "1", "--json"]],
    "guard approve": [[NASTY, *AS]],
    "block remove": [[NASTY, *AS]],
    "canned list": [[], ["--json"]],
    "canned show": [[NASTY], [NASTY, "--older"]],
    "canned edit": [[NASTY, "--language", NASTY]],
    "canned delete": [[NASTY, *AS]],
    "canned check": [[]],
    "canned import": [["{folder}/nowhere"]],
    "import tickets": [["{folder}"], ["{folder}/old", "--dry-run", "--json"], ["{folder}/old"]],
    "import mail": [["{folder}/nowhere"], ["{folder}"], [f"imap:{NASTY}"]],
    "import list": [[], ["--json"]],
    "import verify": [["1", "{folder}/old"], ["1", "{folder}/old", "--json"]],
    "import forget": [["1"], ["1", "--yes"]],
    "canned export": [["{folder}/texts"]],
    "ticket close": [["1", *AS]],
    "ticket reopen": [["1", *AS]],
    "escalate": [["1", "--to", "printers", "--reason", NASTY, *AS]],
    "escalation ack": [["1", *AS]],
    "escalation assign": [["1", NASTY, *AS]],
    "escalation resolve": [["1", "--reason", NASTY, *AS]],
    "quarantine drop": [["2", "--reason", NASTY, *AS]],
    "quarantine retry": [["2", *AS]],
    "outbox cancel": [["1", *AS]],
    "outbox retry": [["1", *AS]],
    "outbox release": [AS],
    "agent add": [[NASTY, "--name", NASTY]],
    "agent address": [[ANNA]],
    "agent set": [[ANNA, "--timezone", NASTY]],
    "agent disable": [[NASTY]],
    "apikey create": [[NASTY], [NASTY, "--json"]],
    "apikey revoke": [[NASTY]],
    "oauth status": [[], ["--json"]],
    "oauth login": [[NASTY], [NASTY, "--paste"]],
    "oauth test": [[NASTY]],
    "oauth forget": [[NASTY], [NASTY, "--yes"]],
    "brake release": [AS],
    "mailbox reconcile": [[NASTY]],
    "backup": [["{folder}/kept"]],
    "restore": [["{folder}/nowhere"]],
    "migrate": [["--check"]],
    "move": [["--from", NASTY]],
    "ticket redact": [["1", *AS]],
    "erase": [[f"{NASTY}@customer.example", "--yes"], [f"{NASTY}@customer.example"]],
}
# These print log lines, questions of their own or a picture that is made of `status`.
ELSEWHERE = {
    "init": "asks the admin, and shows what they answered",
    "run": "log lines: tests/cli/test_logs.py",
    "poll": "log lines",
    "listen": "log lines",
    "web": "log lines",
    "worker": "log lines",
    "_serve": "log lines",
    "watch": "what `status` shows, painted again and again: tests/cli/test_cli_watch.py",
    "demo": "a desk of its own, with letters of ours",
    "dkim create": "a key of ours",
}
# Texts that say what a row is rather than what somebody wrote: of these, no other value is one.
_MEANS = {
    "id", "name", "sha256", "key", "kind", "state", "status", "outcome", "channel", "mailbox",
    "rule", "priority", "language", "direction", "policy", "target", "step", "digest", "hash",
    "scopes", "shift", "timezone", "notify", "before", "flood", "words", "message_id", "dedupe_key",
    "rcpt_key", "rcpt_domain", "sender_key", "sender_domain", "text_hash", "fingerprint",
    "idempotency", "content", "lease_owner", "team", "to_team", "media_type", "delivery",
    "withheld",
}  # fmt: skip


def commands(group: click.Group, path: str = "") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            found |= commands(command, f"{path}{name} ")
        elif command is not None:
            found[f"{path}{name}"] = command
    return found


def test_every_command_is_looked_at_here() -> None:
    assert set(commands(main)) == set(SHOWS) | set(ELSEWHERE)


def soil(config: Path) -> None:
    """Put a secret and escape sequences behind every text that somebody may have written."""
    desk = app.build(configs.load(config))
    db = desk.store.db
    agents = {"agent"}
    with desk.store.transaction():
        for table in TABLES:
            columns: dict[str, Any] = table._meta.fields
            for name, column in columns.items():
                if name in _MEANS and not (name == "name" and table._meta.table_name in agents):
                    continue
                for new in (
                    [(f"x-1 {NASTY}",)]
                    if isinstance(column, Strings)
                    else [{"x-1": NASTY}]
                    if isinstance(column, Pairs)
                    else [column.concat(f" (x-1) {NASTY}")]
                    if isinstance(column, TextColumn)
                    and table._meta.table_name not in ("meta", "job_run", "blob")
                    else []
                ):
                    where = column != ANNA if name == "address" and table._meta.table_name in agents else None
                    change = table.update({name: new})
                    db.run(change if where is None else change.where(where))
    desk.store.close()


@pytest.fixture
def desk(
    intake: Callable[..., Any], config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Run a command over a desk of hostile words; what it printed comes back, whatever its exit code."""
    monkeypatch.chdir(tmp_path)
    raw = letter("lin@customer.example", "help@desk.example", f"printer {PHRASE}", f"My printer. {SECRETS}")
    nasty = raw.replace(b"My printer.", f"My printer {ESCAPES}".encode())
    (tmp_path / "nasty.eml").write_bytes(nasty)
    (tmp_path / "bad.eml").write_bytes(
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\n" * 3000
    )
    intake("agent", "add", ANNA, "--name", "Anna", "--team", "printers")
    intake("ingest", "nasty.eml", "bad.eml", code=0)
    intake("apikey", "create", "app")
    asker = {"address": f"{NASTY}@x.example", "name": NASTY}
    record = exports.ticket(1, ref=NASTY, status=NASTY, team=NASTY, requester=asker, assignee=asker)
    record["entries"][0] |= {"kind": NASTY, "created_at": NASTY, "files": [{"path": NASTY}]}
    exports.write(tmp_path / "old", [record, NASTY], {"source": NASTY, NASTY: 1})
    intake("escalate", "1", "--to", "printers", "--reason", f"x-1: {SECRETS}")
    intake("ticket", "reply", "1", "--text", "Hello.", *AS)
    made = app.build(configs.load(config))
    made.service.act([SetStatus(1, Status.CLOSED)])
    found = made.store.tickets.get(1)
    assert found is not None
    assert found.closed_at is not None
    closing = closing_of(found.closed_at)
    made.service.act([AskSurvey(1, closing), RecordScore(1, closing, 1, f"bad {NASTY}", False)])
    made.service.act([SetStatus(1, Status.OPEN)])
    made.store.close()
    soil(config)

    def run(*words: str) -> tuple[str, str]:
        filled = [word.replace("{folder}", str(tmp_path)) for word in words]
        result = CliRunner().invoke(main, ["--config", str(config), *filled], input="n\n")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return result.stdout, result.stderr

    return run


@pytest.mark.parametrize("screen", [False, True], ids=["pipe", "terminal"])
def test_no_command_prints_a_secret_or_what_acts_on_a_terminal(
    desk: Callable[..., Any], screen: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda self: screen)
    wrong, hiding = [], set()
    for name, ways in SHOWS.items():
        for words in ways:
            printed = "".join(desk(*name.split(), *words))
            wrong += [(name, *words, one) for one in (*leaks(printed), *acting(printed))]
            if "[hidden: " in printed:
                hiding.add(name)
    for path in tmp_path.glob("report.*"):
        wrong += [(path.name, one) for one in (*leaks(path.read_text()), *acting(path.read_text()))]
    assert [] == wrong
    # Not for want of anything to hide.
    assert {
        "ticket list", "ticket show", "ticket search", "ticket todo", "message list", "message show", "why",
        "search", "survey list", "report", "outbox list", "audit list", "parse", "ingest",
        "template preview", "quarantine list", "agent list",
    } <= hiding  # fmt: skip


@pytest.mark.parametrize(
    "words", [["message", "show", "1", "--bytes"], ["outbox", "show", "1", "--bytes"]], ids=" ".join
)
def test_bytes_go_into_a_file_and_never_onto_a_terminal(
    words: list[str], desk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert PHRASE in desk("message", "show", "1", "--bytes")[0]
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda self: True)
    printed, told = desk(*words)
    assert "" == printed
    assert "add > FILE" in told
