"""Delivery notices that Amazon SES writes as JSON and its notification service mails.

The format is that of "Amazon SNS notification contents for Amazon SES" in the SES
developer guide; the notification may stand alone or inside SNS's own JSON as a string.
"""

import json
from collections.abc import Mapping
from typing import Any

from intake.desk.message import BounceKind

# A notice holds the header of the returned mail, not its body.
MAX_TEXT = 256 * 1024
# Names of what the notice is about, and of its lists of people.
_ABOUT = {
    "bounce": ("bounce", "bouncedRecipients"),
    "complaint": ("complaint", "complainedRecipients"),
    "delivery": ("delivery", "recipients"),
    "deliverydelay": ("deliveryDelay", "delayedRecipients"),
    "reject": ("reject", ""),
}


class Notice:
    """What a notice says: kind, recipients, status, diagnostic, and Message-IDs it is about."""

    def __init__(
        self, kind: BounceKind, recipients: list[str], status: str, diagnostic: str, about: list[str]
    ) -> None:
        self.kind, self.recipients, self.status = kind, recipients, status
        self.diagnostic, self.about = diagnostic, about


def read(text: str) -> Notice | None:
    """Return the notice in `text`, None when it holds none. Never raises; linear in the text."""
    text = text[:MAX_TEXT].lstrip()
    # Who asks about a notice writes a word before it.
    if not text.startswith("{") or ("otificationType" not in text and "eventType" not in text):
        return None
    notice = _object(text)
    inner = notice.get("Message") if notice else None
    if isinstance(inner, str):
        notice = _object(inner)
    said = str(notice.get("notificationType") or notice.get("eventType") or "").replace(" ", "").lower()
    if said not in _ABOUT:
        return None
    name, people = _ABOUT[said]
    detail, mail = _mapping(notice.get(name)), _mapping(notice.get("mail"))
    if not (detail and mail):
        return None
    rows = [
        entry if isinstance(entry, Mapping) else {"emailAddress": entry}
        for entry in _list(detail.get(people))
    ]
    recipients = [str(entry.get("emailAddress", "")) for entry in rows] or _strings(mail.get("destination"))
    first: Mapping[str, Any] = rows[0] if rows else {}
    words = first.get("diagnosticCode") or detail.get("smtpResponse") or detail.get("bounceSubType") or ""
    return Notice(
        _kind(said, detail),
        [entry for entry in recipients if "@" in entry[:320] and len(entry) <= 320],
        str(first.get("status", "")),
        str(words).removeprefix("smtp; "),
        _about(mail),
    )


def _kind(said: str, detail: Mapping[str, Any]) -> BounceKind:
    # A complaint means that it arrived, and that the person does not want it.
    if said in ("delivery", "complaint"):
        return BounceKind.DELIVERED
    if said == "deliverydelay" or str(detail.get("bounceType", "")).lower() == "transient":
        return BounceKind.DELAYED
    return BounceKind.FAILED


def _about(mail: Mapping[str, Any]) -> list[str]:
    listed = [_mapping(header) for header in _list(mail.get("headers"))]
    ids = [
        str(header.get("value", ""))
        for header in listed
        if str(header.get("name", "")).lower() == "message-id"
    ]
    ids.append(str(_mapping(mail.get("commonHeaders")).get("messageId", "")))
    if mail.get("messageId"):
        # SES puts an id of its own in the place of ours.
        ids.append(f"{mail['messageId']}@email.amazonses.com")
    return [header.strip("<> ")[:998] for header in ids if "@" in header]


def _object(text: str) -> Mapping[str, Any]:
    start = text.find("{")
    if start < 0:
        return {}
    # Relays break lines of more than 998 characters, inside strings too.
    for candidate in (text[start:], text[start:].replace("\n", "")):
        try:
            value, _ = json.JSONDecoder(strict=False).raw_decode(candidate)
        except (ValueError, RecursionError):
            continue
        return _mapping(value)
    return {}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value[:100] if isinstance(value, list) else []


def _strings(value: object) -> list[str]:
    return [item for item in _list(value) if isinstance(item, str)]
