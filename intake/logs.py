"""Log lines: one event a line to standard error, plain or JSON.

A log names the message and the ticket, never a body, an address book or a
secret. The text of an exception may quote what it choked on, so only the kinds
that speak of our own machine are printed with their words; of the others the
log says the kind and the place.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

from intake import exhausted
from intake.ports import Temporary, UserError
from intake.terminal import line

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
# These log the mail itself, or every job, below warnings.
_LOUD = ("imapclient", "huey", "waitress", "mail.log", "flanker", "werkzeug", "chardet", "asyncio")
_LONGEST = 300


class _Event(logging.Formatter):
    def event(self, record: logging.LogRecord) -> dict[str, Any]:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        event: dict[str, Any] = {
            "time": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": line(record.getMessage())[:_LONGEST],
        }
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
    places = " < ".join(f"{one.filename.rpartition('/')[2]}:{one.lineno}" for one in reversed(frames))
    about_us = isinstance(err, OSError | Temporary | UserError) or type(err).__name__ == "OperationalError"
    words = f": {line(str(err))}" if about_us and str(err) else ""
    return f"{type(err).__name__}{words} at {places}"[:_LONGEST] if places else type(err).__name__ + words


def _value(value: object) -> str:
    text = line(str(value))[:_LONGEST]
    return json.dumps(text, ensure_ascii=False) if not text or set(text) & set(' "=') else text


def setup(level: str, shape: str) -> None:
    """Send log lines of `level` ("info") and above to standard error, in the `shape` "plain" or "json"."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if shape == "json" else PlainFormatter())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.addHandler(exhausted.Listening())
    root.setLevel(level.upper())
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
