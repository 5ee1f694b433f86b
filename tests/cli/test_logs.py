"""A log line is one line, names the message, and holds nothing that somebody wrote or that is secret."""

import ast
import json
import logging
from pathlib import Path

import pytest

from intake.ports import Permanent, Temporary
from intake.runtime import logs

ROOT = Path(__file__).resolve().parents[2]
BODY = "my bank account is 12345"


def record(error: Exception | None = None, **extra: object) -> logging.LogRecord:
    made = logging.makeLogRecord({"name": "intake.service", "levelname": "INFO", "msg": "mail sent", **extra})
    if error is not None:
        try:
            raise error
        except Exception as err:
            made.exc_info = (type(err), err, err.__traceback__)
    return made


def test_a_plain_line_carries_what_the_event_carries() -> None:
    line = logs.PlainFormatter().format(record(outbox=3, ticket=7))
    assert line.endswith("Z info intake.service mail sent outbox=3 ticket=7")


def test_a_json_line_does_too() -> None:
    event = json.loads(logs.JsonFormatter().format(record(outbox=3)))
    assert ("info", "intake.service", "mail sent", 3) == (
        event["level"],
        event["logger"],
        event["event"],
        event["outbox"],
    )
    assert event["time"].endswith("Z")


@pytest.mark.parametrize("formatter", [logs.PlainFormatter(), logs.JsonFormatter()], ids=["plain", "json"])
@pytest.mark.parametrize("kind", [ValueError, KeyError, UnicodeError, Permanent])
def test_an_exception_is_told_by_kind_and_place_not_by_what_it_quotes(
    formatter: logging.Formatter, kind: type[Exception]
) -> None:
    line = formatter.format(record(kind(BODY)))
    assert BODY not in line
    assert kind.__name__ in line
    assert "test_logs.py" in line
    assert 1 == len(line.splitlines())


@pytest.mark.parametrize("kind", [OSError, Temporary])
def test_what_speaks_of_our_own_machine_keeps_its_words(kind: type[Exception]) -> None:
    assert "disk full" in logs.PlainFormatter().format(record(kind("disk full")))


def test_nothing_in_an_event_makes_a_second_line_or_acts() -> None:
    nasty = "a\nfake\x1b[31m\u202e\x9b"
    for formatter in (logs.PlainFormatter(), logs.JsonFormatter()):
        line = formatter.format(record(reason=nasty, msg=nasty))
        assert 1 == len(line.splitlines())
        assert not {"\x1b", "\x9b", "\u202e", "\n"} & set(line)


def test_no_event_uses_a_name_that_logging_keeps_for_itself() -> None:
    """`extra={"message": 1}` raises KeyError, and only when the line is logged."""
    reserved = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}
    wrong = []
    for path in (ROOT / "cli.py", *(ROOT / "intake").rglob("*.py"), *(ROOT / "queue").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "extra" and isinstance(node.value, ast.Dict):
                keys = {one.value for one in node.value.keys if isinstance(one, ast.Constant)}
                wrong += [(path.name, node.value.lineno, key) for key in keys & reserved]
    assert [] == wrong


# Any level, and levels that somebody else has set for a library.
LIBRARIES = (
    "peewee", "imapclient.imaplib", "imapclient.imapclient", "huey.consumer", "mail.log", "flanker.mime",
    "waitress", "waitress.queue", "werkzeug", "chardet", "asyncio", "psycopg", "redis", "dkim", "a.new",
    "intakes",
)  # fmt: skip


@pytest.mark.parametrize("shape", ["plain", "json"])
def test_only_our_own_loggers_say_more_than_that_something_is_wrong(
    shape: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root, ours = logging.getLogger(), logging.getLogger("intake")
    handlers, level, own = root.handlers[:], root.level, ours.level
    try:
        logs.setup("debug", shape)
        assert logging.getLogger("intake.service").isEnabledFor(logging.DEBUG)
        logging.getLogger("intake.service").debug("looked at message %d", 7)
        for name in LIBRARIES:
            library = logging.getLogger(name)
            assert not library.isEnabledFor(logging.INFO), name
            library.setLevel(logging.DEBUG)
            library.debug("INSERT INTO entry VALUES (%r)", BODY)
            library.info("S: %s", BODY)
            library.warning(f"cannot read {BODY}")
            library.error("failed", exc_info=ValueError(BODY), extra={"mail": BODY})
            library.setLevel(logging.NOTSET)
        said = capsys.readouterr().err
    finally:
        root.handlers[:], root.level, ours.level = handlers, level, own
    assert "looked at message 7" in said
    plain = [line for line in said.splitlines() if "waitress.queue" not in line and "huey" not in line]
    assert not [line for line in plain if BODY in line]
    # That there was something, and where, is said; so are the words of a library that quotes nobody.
    assert "test_logs.py:" in said
    assert "ValueError" in said
    assert f"cannot read {BODY}" in said


def test_a_level_above_warnings_holds_for_all() -> None:
    root, ours = logging.getLogger(), logging.getLogger("intake")
    handlers, level, own = root.handlers[:], root.level, ours.level
    try:
        logs.setup("error", "plain")
        assert not logging.getLogger("intake.service").isEnabledFor(logging.WARNING)
        assert not logging.getLogger("peewee").isEnabledFor(logging.WARNING)
    finally:
        root.handlers[:], root.level, ours.level = handlers, level, own
