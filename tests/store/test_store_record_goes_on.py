"""The record goes on: with what the desk itself changes, and where an older version began it."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from record_store import Recorded, recorded
from store_bench import ANN, KEY, NOW

from intake.desk.draft_effects import Withdraw
from intake.desk.effects import AddEntry, Amend, Finish, Outcome, Record, Redact
from intake.desk.find_effects import ClearFind, KeepFinds
from intake.desk.record.columns import COLUMNS, TABLE
from intake.desk.record.leaf import (
    AUDIT,
    BEGIN,
    ENTRY,
    LATER,
    MESSAGE,
    SENT,
    UPDATED,
    Statement,
    body,
    commitment,
)
from intake.desk.record.tree import leaf_hash
from intake.desk.sensitive.finds import Find
from intake.desk.ticket import EntryKind
from intake.store.record.reading import in_range
from intake.store.record.state import keep, new_state
from intake.store.record.tables import RECORDED
from intake.store.upkeep.erasure import Erasing

INTAKE = Path(__file__).resolve().parents[2] / "intake"


@pytest.fixture(params=["sqlite", "postgres"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Recorded]:
    url = "sqlite:///intake.db" if request.param == "sqlite" else request.getfixturevalue("emptied")()
    with recorded(request.param, url, tmp_path) as made:
        yield made


@pytest.fixture
def file_desk(tmp_path: Path) -> Iterator[Recorded]:
    with recorded("sqlite", "sqlite:///intake.db", tmp_path) as made:
        yield made


def statements(desk: Recorded, kind: str, row: int) -> list[str]:
    """Return why each statement of a row was made, in their order."""
    where = f"WHERE kind = '{kind}' AND number = {row} ORDER BY seq"
    return [json.loads(text)["why"] for (text,) in desk.store.db.many(f"SELECT body FROM record_row {where}")]


def test_what_the_desk_changes_is_recorded_each_time_and_agrees(desk: Recorded) -> None:
    agents, ledger, bench = desk.store.agents, desk.store.ledger, desk.bench
    agents.add("anna@desk.example", "Anna", ("shop",), NOW)
    desk.history(2)
    kept = bench.receive(b"Subject: odd\r\n\r\nodd\r\n")
    find = Find("text", "recovery phrase", "certain", 12, b"print")
    bench.apply(KeepFinds(1, (find, replace(find, fingerprint=b"other"))))
    answer = AddEntry(1, EntryKind.REPLY, ANN, "Yes.", "Yes.")
    bench.apply(answer)
    entry = desk.one("SELECT MAX(id) FROM entry")
    ledger.quarantine(kept, "no reason", NOW)
    desk.seal()
    changes = [
        (lambda: agents.add("Anna@desk.example", "Anna B", ("shop", "help"), NOW), "agent", 1),
        (lambda: agents.change("anna@desk.example", editor=True), "agent", 1),
        (lambda: agents.disable("anna@desk.example"), "agent", 1),
        (lambda: bench.apply(Amend(1, {"subject": "Smoke"})), "ticket", 1),
        (lambda: bench.apply(Amend(1, {"merged_into": 2})), "ticket", 1),
        (lambda: bench.apply(Amend(1, {"merged_into": None})), "ticket", 1),
        (lambda: bench.apply(ClearFind(1)), "find", 1),
        (lambda: bench.apply(Withdraw(1, entry, (), restore=False)), "entry", entry),
        (lambda: ledger.requeue(kept, NOW), "message", kept),
        (
            lambda: bench.apply(
                Finish(Outcome.AUTOMATIC, None, "machine", "a machine"),
                ledger_id=kept,
                message=bench.message(b"odd"),
            ),
            "message",
            kept,
        ),
    ]
    for number, (change, kind, row) in enumerate(changes):
        before = len(statements(desk, kind, row))
        change()
        assert [] == desk.verify(full=True).faults, number
        desk.seal()
        assert statements(desk, kind, row)[before:] == [UPDATED], number
        assert [] == desk.verify(full=True).faults, number
    # What changes no recorded column is not owed.
    agents.change("anna@desk.example", away_until=NOW + timedelta(days=1))
    assert 0 == desk.seal()
    bench.apply(Redact(1, "Anna", ("smokes",)), Record("Anna", "command line", "#redact", 1))
    desk.seal()
    assert [] == desk.verify(full=True).faults
    Erasing(desk.store.db, desk.store.blobs).erase([1], ANN.mailbox.lower(), [], KEY, "Anna", NOW)
    desk.seal()
    assert [] == desk.verify(full=True).faults
    for kind in ("ticket", "find", "entry", "message"):
        salts = desk.one(f"SELECT MAX(salts) FROM record_row WHERE kind = '{kind}' AND number = 1")
        assert salts == "", kind


# What an older version recorded of each kind: columns as they are, and what it sealed.
OLDER = {
    AUDIT: (("authority", "ticket", "message"), ("who", "what")),
    MESSAGE: (("channel", "mailbox"), ("bytes",)),
    ENTRY: ((), ("author", "text", "files")),
    SENT: (("kind",), ("recipient", "message-id", "bytes")),
}


def recorded_as_before(desk: Recorded) -> None:
    """Have the record of a version that knew less, with a salt for each value."""
    state = new_state()
    state.extended = False
    rows = [Statement(BEGIN, 0, 0, plain=dict.fromkeys(OLDER, 0))]
    for kind, (plain, sealed) in OLDER.items():
        for statement in in_range(desk.store.db, kind, 1, 99, whole=True).values():
            values = {**statement.values, **statement.older}
            rows.append(
                replace(
                    statement,
                    plain={name: statement.plain[name] for name in plain},
                    values={name: values[name] for name in sealed},
                )
            )
    with desk.store.transaction():
        for seq, statement in enumerate(rows):
            salts = {name: bytes([seq]) * 16 for name in statement.values}
            made = {name: commitment(salts[name], name, value) for name, value in statement.values.items()}
            text = body(seq, statement, made)
            kept = json.dumps({name: salt.hex() for name, salt in salts.items()}) if salts else ""
            hashed = leaf_hash(text.encode())
            values_of = (seq, statement.kind, statement.row, text, hashed, kept)
            desk.sql(
                "INSERT INTO record_row (seq, kind, number, body, hash, salts) VALUES (?, ?, ?, ?, ?, ?)",
                *values_of,
            )
            state.frontier.append(hashed)
        desk.sql("DELETE FROM record_due")
        keep(desk.store.db, state)


def test_a_record_of_an_older_version_is_checked_as_far_as_it_goes_and_goes_on(file_desk: Recorded) -> None:
    desk = file_desk
    desk.store.agents.add("anna@desk.example", "Anna", (), NOW)
    desk.history(2)
    inline = "(entry, name, media_type, size, sha256, content_id, inline)"
    desk.sql(f"INSERT INTO attachment {inline} VALUES (1, 'a.txt', 'text/plain', 1, 'ab', '', 0)")
    recorded_as_before(desk)
    # Before the first start of this version: tickets are not missed.
    assert [] == desk.verify(full=True).faults
    desk.checkpoint()
    assert {"agent", "ticket"} <= {kind for (kind,) in desk.store.db.many("SELECT kind FROM record_row")}
    assert [] == desk.verify(full=True).faults
    lies = {
        "UPDATE audit SET authority = 'x' WHERE id = 1": "audit row 1 is not as it was recorded: its auth",
        "UPDATE audit SET who = 'x' WHERE id = 1": "audit row 1 is not as it was recorded: its who",
        "UPDATE attachment SET name = 'b.txt'": "entry 1 is not as it was recorded: its files",
        "UPDATE ticket SET requester = 'x' WHERE id = 1": "ticket 1 is not as it was recorded: its requester",
        "UPDATE agent SET address = 'x' WHERE id = 1": "agent 1 is not as it was recorded: its address",
    }
    for text, said in lies.items():
        assert desk.faults_after(text)[0].startswith(said), text
    # A row that is changed later is recorded with all that this version knows of it.
    desk.bench.apply(Redact(1, "Anna", ("smokes",)), Record("Anna", "command line", "#redact", 1))
    desk.seal()
    assert [] == desk.verify(full=True).faults


# Where a statement in words of SQL changes rows of a recorded table: `leaving` has what it sends recorded,
# and `taking` puts off messages that wait, of which the reason is not read yet.
IN_WORDS = {"intake/store/leaving.py", "intake/store/taking.py"}


def test_no_place_writes_what_is_recorded_past_the_record() -> None:
    tables = "|".join([*TABLE.values(), "attachment", "agent_team"])
    words = re.compile(rf'\b(?:UPDATE|INSERT INTO|DELETE FROM) "?({tables})"?\b')
    past = []
    for path in sorted(INTAKE.rglob("*.py")):
        name = str(path.relative_to(INTAKE.parent))
        if name in IN_WORDS or "/upgrade/" in name:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        past += [f"{name}: {text[:60]}" for text in texts if isinstance(text, str) and words.search(text)]
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "Insertion"):
                continue
            inserted = ast.unparse(node.args[0]).rpartition(".")[2]
            known = {model.__name__ for model in RECORDED} - {"Outbox"}
            if inserted in known and "recorded" not in {word.arg for word in node.keywords}:
                past.append(f"{name}: {ast.unparse(node)}")
    assert [] == past
    assert set(LATER) < set(COLUMNS)
