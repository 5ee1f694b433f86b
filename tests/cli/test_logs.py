"""A log line is one line, names the message, and holds nothing that somebody wrote or that is secret."""

import ast
import json
import logging
from pathlib import Path

import pytest

from intake import logs
from intake.ports import Permanent, Temporary

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


def test_libraries_that_log_the_mail_itself_are_kept_quiet() -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        logs.setup("debug", "plain")
        assert logging.getLogger("intake").isEnabledFor(logging.DEBUG)
        for name in ("imapclient.imaplib", "huey.consumer", "mail.log"):
            assert not logging.getLogger(name).isEnabledFor(logging.INFO)
    finally:
        root.handlers[:], root.level = handlers, level
