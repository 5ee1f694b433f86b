"""The structured part of a message that a form or an app made: category, fields, language. Pure.

Such a message is an ordinary mail with one more part, so that everything stays in the raw
bytes. The part counts only where our own web process said which channel the message came
by: in a stranger's mail it is a file like any other.
"""

import json
from dataclasses import replace
from typing import Any

from intake.desk.message import Attachment, Envelope, Message
from intake.desk.text.language import written_or_chosen

FORM, API = "form", "api"
# Ways in whose sender has only typed an address, and shown nothing.
CHANNELS = (FORM, API)

MEDIA_TYPE = "application/vnd.intake.form+json"
NAME = "form.json"
# More than the questions of any form; what is larger was not made by us.
MAX_BYTES = 64 * 1024
MAX_FIELDS = 64
MAX_VALUE = 4000


def part(
    category: str, fields: dict[str, str], language: str = "", stolen: bool = False
) -> Attachment | None:
    """Return the part for what was chosen and filled in; None when there is nothing of it.

    `stolen`: by the button that says that money left without its author.
    """
    if not category and not fields and not language and not stolen:
        return None
    value: dict[str, Any] = {"version": 1, "category": category, "fields": fields, "language": language}
    if stolen:
        value["stolen"] = True
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return Attachment(NAME, MEDIA_TYPE, text.encode("ascii"))


def read(message: Message, envelope: Envelope) -> Message:
    """Return `message` with what its form asked for in `category` and `fields`, the part taken off.

    Its language is that of what was typed where that is clear, else the one that was chosen.
    Nothing is read from a message of another channel. What somebody typed into a form quotes
    nobody and has no signature to cut, so all of its text is new.
    """
    if envelope.channel not in CHANNELS:
        return message
    message = replace(message, new_text=message.text, pieces=())
    first = message.attachments[0] if message.attachments else None
    # It is the first part, which an uploaded file never is while there is one.
    if first is None or first.media_type != MEDIA_TYPE or first.name != NAME:
        return message
    value = _value(first.content)
    category, fields, chosen = _values(value)
    message = replace(message, category=category, fields=fields, attachments=message.attachments[1:])
    message = replace(message, stolen=value.get("stolen") is True)
    # The last paragraph holds the answers behind the desk's own labels, which show nothing of their reader.
    typed = message.text.rpartition("\n\n")[0] if category or fields else message.text
    language = written_or_chosen(typed, message.subject, chosen)
    return replace(message, language=language, chosen_language=chosen)


def _value(content: bytes) -> dict[str, Any]:
    if len(content) > MAX_BYTES:
        return {}
    try:
        value: Any = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _values(value: dict[str, Any]) -> tuple[str, dict[str, str], str]:
    category, fields, language = value.get("category", ""), value.get("fields", {}), value.get("language", "")
    if not isinstance(category, str) or not isinstance(fields, dict) or not isinstance(language, str):
        return "", {}, ""
    kept = {
        name[:100]: answer[:MAX_VALUE]
        for name, answer in list(fields.items())[:MAX_FIELDS]
        if isinstance(name, str) and isinstance(answer, str)
    }
    return category[:100], kept, language[:35]
