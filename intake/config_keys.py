"""The list of sections and keys, and how the text of each is read.

The tables below are the only one: the reader, the example file, `intake init` and
the tests of the documentation go by them.
"""

import configparser
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

# The mails that tell a requester how it goes; intake/desk/effects.py has the same (a test compares them).
STATUS_EVENTS = ("assigned", "waiting", "delayed", "resolved", "reopened", "thanks")


class BadValue(Exception):
    """A value does not fit: its arguments are what is wrong and what to do."""


Convert = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its name, how its text is read, and its default (None: it must be set)."""

    name: str
    convert: Convert
    default: str | None = None
    secret: bool = False


def as_text(value: str) -> str:
    """Return the value as it stands."""
    return value


def _words(value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in value.replace("\n", ",").split(",") if word.strip())


def _number(low: int, high: int) -> Convert:
    def convert(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            raise BadValue(
                f"{value!r} is not a whole number", f"Write a number from {low} to {high}"
            ) from None
        if not low <= number <= high:
            raise BadValue(f"{number} is out of range", f"Write a number from {low} to {high}")
        return number

    return convert


def _flag(value: str) -> bool:
    states = configparser.ConfigParser.BOOLEAN_STATES
    if value.lower() not in states:
        raise BadValue(f"{value!r} is neither yes nor no", "Write yes or no")
    return states[value.lower()]


def _one_of(*allowed: str) -> Convert:
    def convert(value: str) -> str:
        if value.lower() not in allowed:
            raise BadValue(f"{value!r} is not known", f"Write one of: {', '.join(allowed)}")
        return value.lower()

    return convert


def _some_of(*allowed: str) -> Convert:
    def convert(value: str) -> tuple[str, ...]:
        words = _words(value.lower())
        unknown = [one for one in words if one not in allowed]
        if unknown:
            raise BadValue(f"{unknown[0]!r} is not known", f"Write any of: {', '.join(allowed)}")
        return words

    return convert


def _address(value: str) -> str:
    local, at, domain = value.rpartition("@")
    if not ((at and local and "." in domain.strip(".")) or (at and local and domain == "localhost")):
        raise BadValue(f"{value!r} is not a mail address", "Write it like support@example.com")
    if any(c.isspace() or c in '<>,;"' for c in value):
        raise BadValue(f"{value!r} holds a character no address may have", "Write only support@example.com")
    return f"{local}@{domain.lower()}"


def address_problem(value: str) -> str:
    """Return what is wrong with a mail address, in words; "" when nothing is."""
    try:
        _address(value)
    except BadValue as err:
        return f"{err.args[0]}. {err.args[1]}"
    return ""


def _optional_address(value: str) -> str:
    return _address(value) if value else ""


def _url(*schemes: str) -> Convert:
    def convert(value: str) -> str:
        if not value.startswith(tuple(f"{scheme}:" for scheme in schemes)):
            raise BadValue(f"{value!r} is not understood", f"Begin it with one of: {', '.join(schemes)}")
        return value

    return convert


def _day(value: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadValue(f"{value!r} is not a date", "Write it as YYYY-MM-DD, for example 2026-01-31") from None


def _zone(value: str) -> tzinfo:
    if value.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(value)
    except (OSError, ValueError, KeyError):
        raise BadValue(f"{value!r} is no time zone", "Write it like Europe/Berlin or Asia/Shanghai") from None


def _colour(value: str) -> str:
    if not re.fullmatch("#[0-9a-fA-F]{6}", value):
        raise BadValue(f"{value!r} is no colour", "Write it as # and six digits, for example #1a5fb4")
    return value.lower()


def _path(value: str) -> Path:
    return Path(value).expanduser()


def _optional_path(value: str) -> Path | None:
    return _path(value) if value else None


DESK = (
    Key("name", as_text),
    Key("address", _address),
    Key("data", _path, "data"),
    Key("language", as_text, "en"),
    Key("timezone", _zone, "UTC"),
    Key("signature", as_text, ""),
    Key("templates", _optional_path, ""),
    Key("colour", _colour, "#1a5fb4"),
    Key("status_mails", _some_of(*STATUS_EVENTS), "waiting, delayed, resolved, reopened"),
    Key("reopen_days", _number(0, 3650), "14"),
    Key("reply_days", _number(1, 3650), "180"),
    Key("quote_subject", _one_of("verified", "always", "never"), "verified"),
    Key("automatic_per_hour", _number(0, 1_000_000), "300"),
    Key("automatic_per_address_hour", _number(0, 10_000), "3"),
    Key("automatic_per_address_day", _number(0, 10_000), "10"),
    Key("automatic_per_domain_hour", _number(0, 1_000_000), "60"),
    Key("automatic_per_ticket_burst", _number(0, 10_000), "5"),
    Key("automatic_per_ticket_day", _number(0, 10_000), "25"),
    Key("automatic_per_robot_day", _number(0, 10_000), "3"),
    Key("alerts_per_hour", _number(0, 10_000), "60"),
    # Counting ends at 1,000, see intake/store/traffic.py.
    Key("flood_per_address_hour", _number(0, 1000), "20"),
    Key("flood_per_domain_hour", _number(0, 1000), "200"),
    Key("flood_digest_minutes", _number(1, 1440), "15"),
    Key("admin", _optional_address, ""),
    Key("retention_days", _number(0, 36_500), "0"),
    Key("max_message_mb", _number(1, 100), "35"),
    Key("log_level", _one_of("debug", "info", "warning", "error"), "info"),
    Key("log_format", _one_of("plain", "json"), "plain"),
)
STORE = (Key("url", _url("sqlite", "postgresql"), "sqlite:///intake.db"),)
QUEUE = (
    Key("url", _url("sqlite", "redis", "unix"), "sqlite:///queue.db"),
    Key("workers", _number(1, 32), "2"),
)
WEB = (
    Key("enabled", _flag, "yes"),
    Key("host", as_text, "127.0.0.1"),
    Key("port", _number(0, 65535), "8080"),
    Key("base_url", as_text, ""),
    Key("mailbox", as_text, ""),
    Key("max_post_mb", _number(1, 100), "25"),
    Key("trusted_proxy", as_text, ""),
    Key("show_conversation", _flag, "yes"),
    Key("link_days", _number(1, 365), "30"),
)
SURVEY = (
    Key("enabled", _flag, "yes"),
    Key("delay_hours", _number(0, 160), "24"),
    Key("per_person_days", _number(1, 3650), "30"),
    Key("poor", _number(0, 5), "2"),
    Key("poor_action", _one_of("alert", "reopen", "nothing"), "alert"),
    Key("ask_consent", _flag, "no"),
)
SMTP = (
    Key("host", as_text),
    Key("port", _number(1, 65535), "587"),
    Key("security", _one_of("starttls", "tls", "none"), "starttls"),
    Key("ca_file", _optional_path, ""),
    Key("user", as_text, ""),
    Key("password", as_text, "", secret=True),
    Key("timeout", _number(1, 300), "30"),
    Key("helo", as_text, ""),
    Key("archive", _optional_address, ""),
)
MAILBOX_COMMON = (
    Key("type", as_text, "imap"),
    Key("address", _optional_address, ""),
    Key("team", as_text, ""),
    Key("language", as_text, ""),
    Key("acknowledge", _flag, "yes"),
    Key("trusted_authserv", as_text, ""),
)
MAILBOX = {
    "imap": (
        Key("host", as_text),
        Key("port", _number(1, 65535), "993"),
        Key("security", _one_of("tls", "starttls", "none"), "tls"),
        Key("ca_file", _optional_path, ""),
        Key("user", as_text),
        Key("password", as_text, None, secret=True),
        Key("folders", _words, "INBOX"),
        Key("after", _one_of("move", "flag", "leave", "delete"), "move"),
        Key("move_to", as_text, "Intake"),
        Key("since", _day, ""),
        Key("poll_seconds", _number(5, 3600), "60"),
        Key("timeout", _number(1, 300), "30"),
    ),
    "lmtp": (
        Key("host", as_text, "127.0.0.1"),
        Key("port", _number(0, 65535), "8024"),
        Key("accept", _words, ""),
    ),
    "smtp": (
        Key("host", as_text, "127.0.0.1"),
        Key("port", _number(0, 65535), "8025"),
        Key("accept", _words, ""),
    ),
    "maildir": (
        Key("path", _path),
        Key("after", _one_of("move", "leave", "delete"), "move"),
        Key("move_to", _optional_path, ""),
        Key("poll_seconds", _number(1, 3600), "10"),
    ),
    # Only ever fed by `intake ingest` or the web form.
    "ingest": (),
}
TEAM = (Key("name", as_text, ""), Key("lead", _optional_address, ""))

SECTIONS: Mapping[str, tuple[Key, ...]] = {
    "desk": DESK,
    "store": STORE,
    "queue": QUEUE,
    "web": WEB,
    "survey": SURVEY,
    "smtp": SMTP,
    "team": TEAM,
}
