"""The fields of a delivery-status part (RFC 3464)."""

import re
from collections.abc import Sequence

MAX_TEXT = 64 * 1024
# Lines of one group that are read, and characters of one value.
MAX_FIELDS = 100
MAX_VALUE = 2000
# RFC 5321 section 4.5.3.1: 64 octets, "@", 255 octets.
MAX_ADDRESS = 320

_ENHANCED = re.compile(r"^\s*(\d\.\d{1,3}\.\d{1,3})")
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_RECIPIENT_FIELDS = frozenset({"final-recipient", "original-recipient", "action"})
_SMTP = re.compile(r"^\s*(?:smtp|x-[\w-]+|dns|unknown)\s*;\s*", re.IGNORECASE)
# Which of several actions a report is about; what is not known is between failed and delayed.
_RANK = {"failed": 0, "delayed": 2, "delivered": 3, "relayed": 3, "expanded": 3}


def groups(status: str) -> list[dict[str, str]]:
    """Return the field groups of a delivery-status part (RFC 3464 section 2.1), the per-message one first."""
    blocks: list[dict[str, str]] = []
    current: dict[str, str] = {}
    name = ""
    for line in status[:MAX_TEXT].replace("\r\n", "\n").split("\n"):
        if not line.strip():
            if current:
                blocks.append(current)
            current, name = {}, ""
        elif line[0] in " \t":
            if name:
                current[name] = f"{current[name]} {line.strip()}"[:MAX_VALUE]
        else:
            name, colon, value = line.partition(":")
            name = name.strip().lower()
            if colon and len(current) < MAX_FIELDS:
                current.setdefault(name, value.strip()[:MAX_VALUE])
            else:
                name = ""
    if current:
        blocks.append(current)
    return blocks


def outcome(blocks: Sequence[dict[str, str]]) -> tuple[list[str], str, str, str]:
    """Return recipients, action, status and diagnostic, of those it failed for before the others."""
    reports = [group for group in blocks if not _RECIPIENT_FIELDS.isdisjoint(group)]
    recipients: list[str] = []
    action = status = diagnostic = ""
    for group in sorted(reports, key=lambda group: _rank(_action(group) or "failed")):
        said = _action(group)
        if action and said and _rank(said) != _rank(action):
            # Those who got it, in a report that says who did not.
            break
        action = action or said
        for key in ("original-recipient", "final-recipient", "x-actual-recipient"):
            address = group.get(key, "").rpartition(";")[2].strip(" <>\t")
            if _is_address(address):
                recipients.append(address)
        match = _ENHANCED.match(group.get("status", ""))
        status = status or (match.group(1) if match else "")
        diagnostic = diagnostic or _SMTP.sub("", group.get("diagnostic-code", ""))
    return recipients, action, status, diagnostic


def _action(group: dict[str, str]) -> str:
    return group.get("action", "").split(" ")[0].strip(";,").lower()


def _rank(action: str) -> int:
    return _RANK.get(action, 1)


def _is_address(text: str) -> bool:
    return 0 < text.find("@") and len(text) <= MAX_ADDRESS and not _UNSAFE.search(text)
