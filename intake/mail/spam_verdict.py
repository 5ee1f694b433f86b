"""Whether our own mail server marked a mail as spam.

Everybody can write such a field. What counts is what stands above the first foreign hop: there only the
servers wrote that took the mail for us. The word of a forwarder or a mailing list, below it, is not ours.
A sender who marks their own mail there harms nobody but themselves.

Exim (cPanel), Exchange and most milters write at the end of a header, below the hops of strangers. There a
field counts if it says that our server wrote it, or if our server lets no stranger's through.
"""

import re
from collections.abc import Callable, Collection

from intake.desk.server_names import organisation
from intake.mail.authenticity import host_by, public
from intake.mail.headers import RawField

# From this spam confidence level on Exchange takes a mail for spam (5, 6: spam; 7 to 9: surely spam).
SPAM_LEVEL = 5
MAX_SHOWN = 60
_EXCHANGE = "x-ms-exchange-organization-scl"
_FOREFRONT = "x-forefront-antispam-report"
_FLAG = "x-spam-flag"
_STATUS = "x-spam-status"
_QUEUED = "x-rspamd-queue-id"
_SCANNED = "x-mailscanner-id"
_CHECKED = "x-mailscanner-spamcheck"
_DELIVERED = "x-microsoft-antispam-mailbox-delivery"
_OVH = "x-ovh-spam-status"
# Who else than the field itself tells whose it is: the machine that SpamAssassin or rspamd ran on.
_NAMING = {
    "x-spam-checker-version": re.compile(r"\bon\s+([A-Za-z0-9_.-]{1,255})\s*$"),
    "x-spam-report": re.compile(r'\brunning on the system "([A-Za-z0-9_.-]{1,255})"'),
    "x-rspamd-server": re.compile(r"^([A-Za-z0-9_.-]{1,255})$"),
}
_ID = re.compile(rb"\sid\s+([A-Za-z0-9]{6,32})(?=[\s;]|$)")
_SCL = re.compile(r"(?:^|;)\s*SCL:\s*(\d{1,2})\s*(?:;|$)", re.IGNORECASE)
_RULE = re.compile(r"\s*rule=(?:inbound_)?spam\b", re.IGNORECASE)
_JUNK = re.compile(r"(?:^|;)\s*dest:\s*J\s*(?:;|$)", re.IGNORECASE)
# MailScanner puts the name of its house into that of the field, and into that of its number.
_HOUSE = re.compile(r"x-(?:[!-9;-~]{1,99}-)?mailscanner-(id|spamcheck)")
_CHECK = re.compile(r"\s*spam\s*(?:[,(]|$)", re.IGNORECASE)
_RSPAMD = re.compile(r"\s*[^\s:]{1,99}:\s*true\b", re.IGNORECASE)


def _yes(value: str) -> bool:
    return re.match(r"\s*(?:yes|true)\b", value, re.IGNORECASE) is not None


def _spam(value: str) -> bool:
    return re.match(r"\s*(?:yes|spam)\b", value, re.IGNORECASE) is not None


def _is_spam(value: str) -> bool:
    return value.strip().lower() == "spam"


# By what rspamd says that a mail is spam. The others ("greylist", "soft reject") put off an answer.
RSPAMD_SPAM = ("add header", "rewrite subject", "quarantine", "reject")


def _acts(value: str) -> bool:
    return value.strip().lower() in RSPAMD_SPAM


def _level(value: str) -> bool:
    level = value.strip()
    return level.isascii() and level.isdigit() and len(level) < 3 and int(level) >= SPAM_LEVEL


def _report(value: str) -> bool:
    level = _SCL.search(value)
    return level is not None and int(level[1]) >= SPAM_LEVEL


_FIELDS: dict[str, tuple[str, Callable[[str], bool]]] = {
    # SpamAssassin, amavis, and whatever writes as they do.
    _FLAG: ("X-Spam-Flag", _yes),
    _STATUS: ("X-Spam-Status", _yes),
    # rspamd.
    "x-spam": ("X-Spam", _yes),
    "x-spamd-result": ("X-Spamd-Result", lambda value: _RSPAMD.match(value) is not None),
    "x-rspamd-action": ("X-Rspamd-Action", _acts),
    # Filters in front of a mail server, or behind it.
    "x-barracuda-spam-flag": ("X-Barracuda-Spam-Flag", _yes),
    "x-barracuda-spam-status": ("X-Barracuda-Spam-Status", _yes),
    "x-proofpoint-spam-details": ("X-Proofpoint-Spam-Details", lambda value: _RULE.match(value) is not None),
    "x-bogosity": ("X-Bogosity", _spam),
    "x-dspam-result": ("X-DSPAM-Result", _spam),
    "x-ses-spam-verdict": ("X-SES-Spam-Verdict", lambda value: value.strip().upper() == "FAIL"),
    "x-mailgun-sflag": ("X-Mailgun-Sflag", _yes),
    "x-spamexperts-class": ("X-SpamExperts-Class", _is_spam),
    _CHECKED: ("X-MailScanner-SpamCheck", lambda value: _CHECK.match(value) is not None),
    # OVH; the second is also what its servers write into mail that its customers send.
    _OVH: ("X-Ovh-Spam-Status", _is_spam),
    "x-vr-spamstate": ("X-VR-SPAMSTATE", _is_spam),
    # Yandex: 1 is no spam, 2 is bulk.
    "x-yandex-spam": ("X-Yandex-Spam", lambda value: value.strip() == "4"),
    # Exchange and Microsoft 365.
    _EXCHANGE: ("X-MS-Exchange-Organization-SCL", _level),
    _FOREFRONT: ("X-Forefront-Antispam-Report", _report),
    _DELIVERED: ("X-Microsoft-Antispam-Mailbox-Delivery", lambda value: _JUNK.search(value) is not None),
}
NAMES = frozenset(_FIELDS)
_EXCHANGES = frozenset((_EXCHANGE, _FOREFRONT))
_ASSASSIN = frozenset((_FLAG, _STATUS))
_RSPAMDS = frozenset(("x-spam", "x-spamd-result", "x-rspamd-action"))
_NAMED = {
    "x-spam-checker-version": _ASSASSIN,
    "x-spam-report": _ASSASSIN,
    "x-rspamd-server": _RSPAMDS,
}
_READ = NAMES | frozenset(_NAMING) | {_QUEUED, _SCANNED}
# Who shares these servers with us is a stranger all the same: only what they cannot have written counts.
_SHARED = {"outlook.com": _EXCHANGES | {_DELIVERED}, "google.com": frozenset[str]()}


def named(names: Collection[str]) -> bool:
    """Whether any of these fields (lower-cased) can hold a verdict."""
    return not NAMES.isdisjoint(names) or any("-mailscanner-" in name for name in names)


def _name(name: str) -> str:
    house = _HOUSE.fullmatch(name) if "-mailscanner-" in name else None
    return f"x-mailscanner-{house[1]}" if house else name


def read(fields: list[RawField]) -> str:
    """Return the field by which our own server marked a mail as spam, as it stands there; "" for none.

    `fields` are those of the header, the topmost first. Of two fields of one name the upper one counts:
    it was written later.
    """
    house, border, foreign = "", b"", False
    above: dict[str, str] = {}
    below: dict[str, str] = {}
    for full, raw in fields:
        name = _name(full)
        if name == "received":
            below.clear()
            host = "" if foreign else host_by(raw)
            if host and public(host):
                foreign = bool(house) and organisation(host) != house
                house, border = (house, border) if foreign else (organisation(host), raw)
        elif name in _READ:
            said = below if foreign else above
            value = " ".join(raw.decode("latin-1").split())
            if name == _DELIVERED and name in said:
                # Another's mailbox may have found it junk, and sent it on: it is if all say so.
                said[name] = min(value, said[name], key=lambda place: _JUNK.search(place) is not None)
            elif not (said is above and _known(name, above)):
                said[name] = value
    shared = _SHARED.get(house, NAMES)
    for said, believed in (
        (above, NAMES - _by(above, house, ours=False)),
        (below, _at_the_end(below, house, border)),
    ):
        for name, value in said.items():
            earlier = said is below and _known(name, above)
            if name in believed & shared and not earlier and _FIELDS[name][1](value):
                shown = "".join(sign if sign.isprintable() else "?" for sign in value[:MAX_SHOWN])
                return f"{_FIELDS[name][0]}: {shown}"
    return ""


def _known(name: str, said: dict[str, str]) -> bool:
    """Whether a field higher up says the same: SpamAssassin has two names for its one answer."""
    return name in said or (name in _ASSASSIN and not _ASSASSIN.isdisjoint(said))


def _by(said: dict[str, str], house: str, *, ours: bool) -> frozenset[str]:
    """Return the fields whose writer is named, and is one of ours, or is none of ours."""
    named: set[str] = set()
    for name, pattern in _NAMING.items():
        host = pattern.search(said.get(name, ""))
        if host and house and public(host[1].lower()) and (organisation(host[1].lower()) == house) is ours:
            named |= _NAMED[name]
    return frozenset(named)


def _at_the_end(said: dict[str, str], house: str, border: bytes) -> frozenset[str]:
    """Return the fields at the end of a header that no stranger's hop can have written."""
    believed = _by(said, house, ours=True)
    queued = said.get(_QUEUED, "").encode()
    if queued and queued in _ID.findall(border):
        believed |= _RSPAMDS
    scanned = said.get(_SCANNED, "").partition(".")[0].encode()
    if scanned and scanned in _ID.findall(border):
        believed |= {_CHECKED}
    if house == "ovh.net":
        believed |= {_OVH}
    if house == "outlook.com":
        believed |= {_DELIVERED}
    # Exchange takes these fields out of what strangers send ("header firewall").
    exchange = house == "outlook.com" or b"Microsoft SMTP Server" in border
    return believed | _EXCHANGES if exchange else believed
