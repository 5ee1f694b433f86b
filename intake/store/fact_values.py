"""The values that facts are asked for by."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from intake.desk.text.subject_numbers import number_in
from intake.desk.tokens import Purpose
from intake.ports import Asked
from intake.store.schema.fields import clean
from intake.store.schema.tables import MessageRef

OF_AGENTS = (Purpose.AGENT, Purpose.COMMAND)


def key_of(message_id: str) -> str:
    """Return a Message-ID as it is looked up by."""
    name: str = MessageRef.message_id.db_value(message_id)
    return name


def named_in(subject: str) -> list[int]:
    """Return the numbers of tickets that a subject may name."""
    numbers: list[int] = []

    def note(number: int) -> bool:
        numbers.append(number)
        return False

    bracketed = number_in(subject, note)
    return [*numbers, *([bracketed] if bracketed else [])]


def rows_of(name: str, values: Iterable[Any]) -> list[dict[str, Any]]:
    """Return values, each once under this name, as a statement asks for them."""
    return [{name: value} for value in sorted(values)]


def by_message_id(asked: Iterable[Asked], since: datetime) -> list[dict[str, Any]]:
    """Return what other mails of the same sender under the same Message-ID are found by, received since."""
    return [
        {
            "digest": ask.message.digest,
            "sender_key": clean(ask.message.sender.key),
            "message_id": clean(ask.message.message_id),
            "since": since,
        }
        for ask in asked
        if ask.message.sender is not None and ask.message.message_id
    ]
