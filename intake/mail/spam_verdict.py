"""Whether our own mail server marked a mail as spam.

Everybody can write such a field. What counts is what stands above the first foreign hop: there only the
servers wrote that took the mail for us. The word of a forwarder or a mailing list, below it, is not ours.
A sender who marks their own mail there harms nobody but themselves.
"""

import re
from collections.abc import Callable

from intake.mail.headers import RawField

# From this spam confidence level on Exchange takes a mail for spam (5, 6: spam; 7 to 9: surely spam).
SPAM_LEVEL = 5
MAX_SHOWN = 60
_EXCHANGE = "x-ms-exchange-organization-scl"
_FOREFRONT = "x-forefront-antispam-report"
_CHECKER = "x-spam-checker-version"
# Received: from ... by HOST (RFC 5321 section 4.4).
_BY = re.compile(r"(?:^|\s)by\s+([A-Za-z0-9_.-]{1,255})(?=[\s;(]|$)", re.IGNORECASE)
_ON = re.compile(r"\bon\s+([A-Za-z0-9_.-]{1,255})\s*$")
# Names that are only good inside of a network (RFC 6762, RFC 2606, and what providers use).
_PRIVATE = frozenset(("internal", "local", "localdomain", "lan", "intern", "private", "corp", "home"))
# Below these, in the domains of countries, a domain of its own has one label more: example.co.uk.
_SECOND_LEVEL = frozenset(("ac", "co", "com", "edu", "go", "gob", "gov", "ne", "net", "nom", "or", "org"))
_SCL = re.compile(r"(?:^|;)\s*SCL:\s*(\d{1,2})\s*(?:;|$)", re.IGNORECASE)
_RSPAMD = re.compile(r"\s*[\w-]+:\s*true\b", re.IGNORECASE)


def _yes(value: str) -> bool:
    return re.match(r"\s*(?:yes|true)\b", value, re.IGNORECASE) is not None


def _acts(value: str) -> bool:
    return value.strip().lower() in ("add header", "rewrite subject", "reject")


def _level(value: str) -> bool:
    level = value.strip()
    return level.isascii() and level.isdigit() and len(level) < 3 and int(level) >= SPAM_LEVEL


def _report(value: str) -> bool:
    level = _SCL.search(value)
    return level is not None and int(level[1]) >= SPAM_LEVEL


_FIELDS: dict[str, tuple[str, Callable[[str], bool]]] = {
    # SpamAssassin, amavis, and whatever writes as they do.
    "x-spam-flag": ("X-Spam-Flag", _yes),
    "x-spam-status": ("X-Spam-Status", _yes),
    # rspamd.
    "x-spam": ("X-Spam", _yes),
    "x-spamd-result": ("X-Spamd-Result", lambda value: _RSPAMD.match(value) is not None),
    "x-rspamd-action": ("X-Rspamd-Action", _acts),
    # Exchange and Microsoft 365.
    _EXCHANGE: ("X-MS-Exchange-Organization-SCL", _level),
    _FOREFRONT: ("X-Forefront-Antispam-Report", _report),
}
NAMES = frozenset(_FIELDS)
# Who shares these servers with us is a stranger all the same: only what they cannot have written counts.
_SHARED = {"outlook.com": frozenset((_EXCHANGE, _FOREFRONT)), "google.com": frozenset[str]()}


def read(fields: list[RawField]) -> str:
    """Return the field by which our own server marked a mail as spam, as it stands there; "" for none.

    `fields` are those of the header, the topmost first. Of two fields of one name the upper one counts:
    it was written later.
    """
    house = ""
    said: dict[str, str] = {}
    for name, raw in fields:
        if name == "received":
            host = _host(raw)
            if host and house and not _together(host, house):
                break
            house = house or host
        elif (name in NAMES or name == _CHECKER) and name not in said:
            said[name] = " ".join(raw.decode("latin-1").split())
    believed = next((names for shared, names in _SHARED.items() if _together(house, shared)), NAMES)
    checker = _ON.search(said.get(_CHECKER, ""))
    if checker and house and _public(checker[1]) and not _together(checker[1].lower(), house):
        # SpamAssassin names the machine that it ran on, and that one is none of ours.
        believed -= {"x-spam-flag", "x-spam-status"}
    for name, value in said.items():
        if name in believed and _FIELDS[name][1](value):
            shown = "".join(sign if sign.isprintable() else "?" for sign in value[:MAX_SHOWN])
            return f"{_FIELDS[name][0]}: {shown}"
    return ""


def _host(received: bytes) -> str:
    """Return the host that took a mail, lower-cased; "" where its name is only known within its network."""
    by = _BY.search(received.decode("latin-1"))
    host = by[1].rstrip(".").lower() if by else ""
    return host if _public(host) else ""


def _public(host: str) -> bool:
    labels = host.lower().split(".")
    return len(labels) > 1 and labels[-1] not in _PRIVATE and not labels[-1].isdigit()


def _together(host: str, other: str) -> bool:
    """Whether two hosts are of one domain."""
    return host == other or _domain(host) == _domain(other)


def _domain(host: str) -> str:
    labels = host.split(".")
    country = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if country else labels[-2:])
