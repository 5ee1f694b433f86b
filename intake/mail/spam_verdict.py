"""Whether our own mail server marked a mail as spam.

Everybody can write such a field. What counts is what stands above the first foreign hop: there only the
servers wrote that took the mail for us. The word of a forwarder or a mailing list, below it, is not ours.
A sender who marks their own mail there harms nobody but themselves.
"""

import re
from collections.abc import Callable

from intake.desk.server_names import organisation
from intake.mail.authenticity import host_by, public
from intake.mail.headers import RawField

# From this spam confidence level on Exchange takes a mail for spam (5, 6: spam; 7 to 9: surely spam).
SPAM_LEVEL = 5
MAX_SHOWN = 60
_EXCHANGE = "x-ms-exchange-organization-scl"
_FOREFRONT = "x-forefront-antispam-report"
_CHECKER = "x-spam-checker-version"
_ON = re.compile(r"\bon\s+([A-Za-z0-9_.-]{1,255})\s*$")
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
            host = host_by(raw)
            if not public(host):
                continue
            if house and organisation(host) != house:
                break
            house = organisation(host)
        elif (name in NAMES or name == _CHECKER) and name not in said:
            said[name] = " ".join(raw.decode("latin-1").split())
    believed = _SHARED.get(house, NAMES)
    checker = _ON.search(said.get(_CHECKER, ""))
    if checker and house and public(checker[1].lower()) and organisation(checker[1].lower()) != house:
        # SpamAssassin names the machine that it ran on, and that one is none of ours.
        believed -= {"x-spam-flag", "x-spam-status"}
    for name, value in said.items():
        if name in believed and _FIELDS[name][1](value):
            shown = "".join(sign if sign.isprintable() else "?" for sign in value[:MAX_SHOWN])
            return f"{_FIELDS[name][0]}: {shown}"
    return ""
