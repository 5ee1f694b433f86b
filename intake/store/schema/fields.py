"""Column types that hold the same value on SQLite and on PostgreSQL.

Text is cleaned here and nowhere else: PostgreSQL refuses U+0000 and neither
engine takes a lone surrogate, and one mail must not be two things on two engines.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import peewee

T = TypeVar("T")

if TYPE_CHECKING:
    _Field = peewee.Field
else:

    class _Field(peewee.Field):
        # The stubs make fields generic, the library itself does not.
        def __class_getitem__(cls, item: Any) -> Any:
            return cls


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
# A PostgreSQL index entry holds 2704 bytes; a longer value fails the whole message.
LONGEST_KEY = 1000


def clean(text: str) -> str:
    """Return `text` with U+0000 and lone surrogates replaced by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


class TextColumn(_Field[T]):
    """Any text."""

    field_type = "TEXT"

    def db_value(self, value: Any) -> Any:
        return None if value is None else clean(str(value))


class Key(TextColumn[T]):
    """Text that is looked up by, never shown: a value too long for an index stands as its digest."""

    def db_value(self, value: Any) -> Any:
        text = super().db_value(value)
        if text is None or len(text) * 4 <= LONGEST_KEY:
            return text
        octets = text.encode()
        return text if len(octets) <= LONGEST_KEY else f"sha256:{hashlib.sha256(octets).hexdigest()}"


class Strings(_Field[T]):
    """A tuple of texts, as a JSON list."""

    field_type = "TEXT"

    def db_value(self, value: Any) -> Any:
        return None if value is None else dumps(value)

    def python_value(self, value: Any) -> Any:
        return None if value is None else tuple(json.loads(value))


class Pairs(_Field[T]):
    """Texts by names, as a JSON object."""

    field_type = "TEXT"

    def db_value(self, value: Any) -> Any:
        if value is None:
            return None
        return json.dumps({clean(k): clean(v) for k, v in value.items()}, ensure_ascii=False)

    def python_value(self, value: Any) -> Any:
        return None if value is None else json.loads(value)


def dumps(values: Iterable[str]) -> str:
    """Return texts as a JSON list in the form `Strings` stores."""
    return json.dumps([clean(value) for value in values], ensure_ascii=False)


class Moment(_Field[T]):
    """An aware datetime as microseconds since 1970, UTC.

    The libraries' own types differ between the engines: they drop or shift the zone.
    """

    field_type = "BIGINT"

    def db_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError("a naive datetime cannot be stored: its zone is unknown")
            return (value - EPOCH) // MICROSECOND
        return value

    def python_value(self, value: Any) -> Any:
        return None if value is None else EPOCH + timedelta(microseconds=int(value))


class Bytes(_Field[T]):
    """Any bytes."""

    field_type = "BLOB"

    def python_value(self, value: Any) -> Any:
        return None if value is None else bytes(value)
