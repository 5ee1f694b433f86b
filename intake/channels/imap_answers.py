"""What an IMAP server's refusal means, by its response code: for how long it lasts, and what to do about it.

The codes are those of RFC 5530 and RFC 9051 section 7.1; what servers say without one stands below.
"""

import re
from typing import NamedTuple

from intake.desk.tokens import untokened
from intake.mail.outgoing.compose import clean

LONGEST = 200
_CODE = re.compile(r"\[([A-Z][A-Z0-9-]{1,30})(?: [^\]]{0,500})?\]", re.IGNORECASE)
_ALERT = re.compile(rb"[^ ]{1,40} (?:OK|NO|BAD|BYE|PREAUTH) \[ALERT\] ?(.{0,1000})", re.IGNORECASE)


class Meaning(NamedTuple):
    """What a refusal means. `key` is the config key that it is about, "" for none; `passes`: it ends by
    itself, and nothing need be done unless it lasts; `shown`: what the server said tells more."""

    key: str
    problem: str
    cure: str
    passes: bool = False
    shown: bool = True


_UNLESS = "Nothing to do unless it lasts; it is tried again"
# RFC 5530 section 3, unless another is named.
CODES: dict[str, Meaning] = {
    "UNAVAILABLE": Meaning("", "{place} cannot do it now, a part of it is down or busy", _UNLESS, True),
    "INUSE": Meaning(
        "", "{place} says that another program holds the mailbox", f"{_UNLESS}. Then close that program", True
    ),
    # RFC 9051: how much may be done at once, or in an hour.
    "LIMIT": Meaning(
        "",
        "{place} has a limit, and it is reached",
        f"{_UNLESS}. Then let fewer programs use the account, or raise poll_seconds",
        True,
    ),
    "SERVERBUG": Meaning("", "{place} met an error of its own", f"{_UNLESS}. Then ask its admin", True),
    "AUTHENTICATIONFAILED": Meaning(
        "password",
        "the server refused user or password",
        "Correct user and password; with two-step sign-in make an app password",
        shown=False,
    ),
    "AUTHORIZATIONFAILED": Meaning(
        "user",
        "the password is right, but it does not open {user}",
        "Correct user, or let that account open the (shared) mailbox",
    ),
    "EXPIRED": Meaning("password", "the password has expired", "Set a new one there, and write it here"),
    "PRIVACYREQUIRED": Meaning(
        "security", "{place} takes no password unencrypted", "Set security = tls or starttls"
    ),
    "CONTACTADMIN": Meaning("", "{place} wants its admin to be asked", "Ask the admin of the mail server"),
    "NOPERM": Meaning(
        "folders",
        "{user} has no right to do that",
        "Give the account the right to read and change it",
    ),
    "OVERQUOTA": Meaning(
        "after", "the mailbox on the server is full", "Delete old mail there, or enlarge the mailbox"
    ),
    "CORRUPTION": Meaning("", "the mailbox on {place} is damaged", "Ask the admin of the mail server"),
    "CANNOT": Meaning("folders", "{place} can never do that", "Correct the names of folders and move_to"),
    # Google's: support.google.com/mail/answer/78754.
    "WEBALERT": Meaning(
        "user", "{place} wants a person to log in on the web first", "Log in there with a browser, once"
    ),
}
# What servers say without a code, or under one that means something else, in small letters.
WORDS: tuple[tuple[str, Meaning], ...] = (
    # NetEase: it wants to be told which program it is (github.com/mjs/imapclient/issues/544).
    (
        "unsafe login",
        Meaning(
            "user",
            "the provider does not let this program open the mailbox",
            "Switch IMAP on in the settings of the mailbox, and use its authorisation code as password",
        ),
    ),
    # Exchange (github.com/mscdex/node-imap/issues/523 and 689).
    (
        "authenticated but not connected",
        Meaning(
            "user",
            "the login is good, and {user} cannot be opened with it now",
            "Unless it passes, correct user; give the account FullAccess to a shared mailbox; switch IMAP on",
            True,
        ),
    ),
    # Google (github.com/zone-eu/wildduck/issues/35), and others alike.
    ("too many simultaneous connections", CODES["LIMIT"]),
    ("too many connections", CODES["LIMIT"]),
    ("maximum number of connections", CODES["LIMIT"]),
    # Google says so under OVERQUOTA, and nothing is full.
    ("command or bandwidth limits", CODES["LIMIT"]),
    # QQ: one text for all of it, the password most of all.
    (
        "account is abnormal",
        Meaning(
            "password",
            "the provider does not let this program log in",
            "Switch IMAP on in the settings of the mailbox, and use an authorisation code as password; "
            "unless it passes, raise poll_seconds",
        ),
    ),
    ("application-specific password required", CODES["AUTHENTICATIONFAILED"]),
)
# A folder that there is not: RFC 5530, and RFC 9051 for the second.
MISSING = ("NONEXISTENT", "TRYCREATE")


def codes_in(said: str) -> list[str]:
    """Return the response codes in what a server said, in capitals."""
    return [code.upper() for code in _CODE.findall(said)]


def meaning(said: str) -> Meaning | None:
    """Return what a refusal means, as far as its codes or words tell; None where they do not."""
    small = said.lower()
    for words, known in WORDS:
        if words in small:
            return known
    return next((CODES[code] for code in codes_in(said) if code in CODES), None)


def passes(said: str) -> bool:
    """Whether a refusal ends by itself, as far as is known."""
    known = meaning(said)
    return known is not None and known.passes


def in_words(known: Meaning, said: str, place: str, user: str) -> tuple[str, str, str]:
    """Return (config key, what is wrong, what to do) of a refusal, with what the server said of it."""
    problem = known.problem.format(place=place, user=user)
    if known.shown or "ALERT" in codes_in(said):
        problem += f" ({quoted(said)})"
    return known.key, problem, known.cure


def quoted(said: object) -> str:
    """Return what a server said as one short line that is safe to log and to show: without tokens of ours."""
    return clean(untokened(str(said)), LONGEST)


def alert_in(line: bytes) -> str:
    """Return the text that a line of a server's asks to be shown to people (RFC 9051 section 7.1), or ""."""
    # Every line of a server's is looked at.
    match = _ALERT.match(line) if b"[ALERT]" in line[:80].upper() else None
    return quoted(match[1].decode("utf-8", "replace").strip()) if match else ""
