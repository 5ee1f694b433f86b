"""Log lines: one event a line to standard error, plain or JSON.

A log names the message and the ticket, never a body, an address book or a
secret. The text of an exception may quote what it choked on, so only the kinds
that speak of our own machine are printed with their words; of the others the
log says the kind and the place.

Libraries log SQL with its values, lines of SMTP, headers and whole mails. So who may speak is a
list: our own loggers at the level asked for, and of the others warnings only, without their words
unless they are known to quote nobody.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

from intake.desk.sensitive.scan import hidden
from intake.ports import Temporary, UserError
from intake.runtime import exhausted
from intake.terminal import line

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
# Our own loggers: all of them say what a test of theirs holds them to.
_OURS = "intake"
# Of libraries, those whose warnings quote nobody: numbers of jobs, and how many requests wait.
_PLAIN = ("huey", "waitress.queue")
_LONGEST = 300


class _Event(logging.Formatter):
    def event(self, record: logging.LogRecord) -> dict[str, Any]:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        plain = under(record.name, _OURS, *_PLAIN)
        event: dict[str, Any] = {
            "time": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": line(record.getMessage())[:_LONGEST] if plain else "a library warned",
        }
        if not plain:
            event["at"] = f"{record.filename}:{record.lineno}"
            record = logging.makeLogRecord({"exc_info": record.exc_info})
        event.update((key, value) for key, value in record.__dict__.items() if key not in _STANDARD)
        if record.exc_info and record.exc_info[1] is not None:
            event["error"] = cause(record.exc_info[1])
        return event


class PlainFormatter(_Event):
    """`2026-01-31T09:00:00.000Z info intake.service mail sent outbox=3 ticket=7`."""

    def format(self, record: logging.LogRecord) -> str:
        event = self.event(record)
        head = [event.pop(key) for key in ("time", "level", "logger", "event")]
        return " ".join([*head, *(f"{key}={_value(value)}" for key, value in event.items())])


class JsonFormatter(_Event):
    """One JSON object a line, keys time, level, logger, event, and what the event carries."""

    def format(self, record: logging.LogRecord) -> str:
        event = {
            key: line(value)[:_LONGEST] if isinstance(value, str) else value
            for key, value in self.event(record).items()
        }
        return json.dumps(event, default=lambda value: line(str(value))[:_LONGEST])


def cause(err: BaseException) -> str:
    """Return what may be logged of an exception: its kind, where it came from, and harmless words."""
    frames = traceback.extract_tb(err.__traceback__)[-3:]
    places = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))
    about_us = isinstance(err, OSError | Temporary | UserError) or type(err).__name__ == "OperationalError"
    words = f": {line(hidden(str(err)))}" if about_us and str(err) else ""
    return f"{type(err).__name__}{words} at {places}"[:_LONGEST] if places else type(err).__name__ + words


def _value(value: object) -> str:
    text = line(str(value))[:_LONGEST]
    return json.dumps(text, ensure_ascii=False) if not text or set(text) & set(' "=') else text


def under(name: str, *tops: str) -> bool:
    """Whether a logger is one of these, or below one of them."""
    return any(name == top or name.startswith(f"{top}.") for top in tops)


def _allowed(record: logging.LogRecord) -> bool:
    # A library may have set a level of its own, which that of the root does not reach.
    return record.levelno >= logging.WARNING or under(record.name, _OURS)


def setup(level: str, shape: str) -> None:
    """Send log lines of `level` ("info") and above to standard error, in the `shape` "plain" or "json".

    Of what is not ours only warnings, whatever the level.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if shape == "json" else PlainFormatter())
    handler.addFilter(_allowed)
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.addHandler(exhausted.Listening())
    wanted = logging.getLevelName(level.upper())
    root.setLevel(max(wanted, logging.WARNING))
    logging.getLogger(_OURS).setLevel(wanted)
