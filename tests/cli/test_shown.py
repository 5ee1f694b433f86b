"""Whatever a command prints: no secret that somebody mailed, and nothing that a terminal acts on.

Every command of the command line is run over a database in which every text is hostile. A new
command fails here until it stands in one of the two tables.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from canaries import ESCAPES, NASTY, PHRASE, SECRETS, acting, leaks
from click.testing import CliRunner
from every_command import ANNA, AS, ELSEWHERE, SHOWS, commands
from imports import exports
from pump import letter

from intake import app
from intake.cli import main
from intake.config import settings as configs
from intake.desk.effects import SetStatus
from intake.desk.knowledge.article import read
from intake.desk.survey_effects import AskSurvey, RecordScore
from intake.desk.surveys import closing_of
from intake.desk.ticket import Status
from intake.store.schema.fields import Pairs, Strings, TextColumn
from intake.store.schema.tables import TABLES

# Texts that say what a row is rather than what somebody wrote: of these, no other value is one.
_MEANS = {
    "id", "name", "slug", "sha256", "key", "kind", "state", "status", "outcome", "channel", "mailbox",
    "rule", "priority", "language", "direction", "policy", "target", "step", "digest", "hash",
    "scopes", "shift", "timezone", "notify", "before", "flood", "words", "message_id", "dedupe_key",
    "rcpt_key", "rcpt_domain", "sender_key", "sender_domain", "text_hash", "fingerprint",
    "idempotency", "content", "lease_owner", "team", "to_team", "media_type", "delivery",
    "withheld",
}  # fmt: skip


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
    memo = read("memo", "en", "---\ntitle: The memo\n---\nAsk for it.\n").article
    made.store.articles.publish([memo], "Anna", made.service.clock(), "command line")
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
