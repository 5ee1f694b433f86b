"""How the text of a key is read: converters, each raising BadValue with the mistake and its fix."""

import base64
import configparser
import re
from collections.abc import Callable
from datetime import UTC, date, timedelta, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from intake.desk import server_names
from intake.desk.addresses import a_labels
from intake.desk.reply_form import BARE, CATCHALL, PLUS, ReplyForm


class BadValue(Exception):
    """A value is not valid: its arguments are what is wrong and what to do."""


# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; what has to be escaped in a
# URL is left out of prefixes.
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9._-]{1,61}[a-z0-9](/[\w.-]+)*/?", re.ASCII)

# A key that is signed with has so many bytes at least (standardwebhooks.com: 24 to 64).
LEAST_KEY = 24
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
Converter = Callable[[str], T]


def as_text(value: str) -> str:
    """Return the value unchanged."""
    return value


def as_words(value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in value.replace("\n", ",").split(",") if word.strip())


def as_hosts(value: str) -> tuple[str, ...]:
    """Read hosts, each with all below it, such as blog.example.com."""
    for host in (words := as_words(value)):
        if any(mark in host for mark in "/@: "):
            raise BadValue(f"{host!r} is not a host", "Write it like blog.example.com, without https://")
    return words


def as_wallets(value: str) -> tuple[str, ...]:
    """Read addresses of wallets; the shortest of a chain that we know has 25 characters."""
    for wallet in (words := as_words(value)):
        if len(wallet) < 25 or " " in wallet:
            raise BadValue(f"{wallet!r} is not a wallet address", "Write each address whole")
    return words


def as_digests(value: str) -> tuple[str, ...]:
    """Read SHA-256 digests of files, in hexadecimal."""
    for digest in (words := as_words(value)):
        if len(digest) != 64 or set(digest.lower()) - set("0123456789abcdef"):
            raise BadValue(f"{digest!r} is not a SHA-256", "Write what sha256sum FILE prints, 64 digits")
    return words


def as_server_names(value: str) -> str:
    """Read the names of our own mail servers (`intake.desk.server_names`), which stay as they are written."""
    try:
        server_names.read(value)
    except server_names.BadName as err:
        raise BadValue(*err.args) from None
    return value


def as_number(low: int, high: int) -> Converter[int]:
    def convert(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            raise BadValue(
                f"{value!r} is not a valid whole number", f"Write a number from {low} to {high}"
            ) from None
        if not low <= number <= high:
            raise BadValue(f"{number} is out of range", f"Write a number from {low} to {high}")
        return number

    return convert


def as_days(value: str) -> timedelta | None:
    """Read whole days, "7d"; None for an empty value."""
    if not value:
        return None
    match = re.fullmatch(r"(\d{1,4}) ?d", value.lower(), re.ASCII)
    if not match or not 1 <= int(match[1]) <= LONGEST_DAYS:
        raise BadValue(
            f"{value!r} is not a valid number of days", f"Write it like 7d, from 1d to {LONGEST_DAYS}d"
        )
    return timedelta(days=int(match[1]))


ALSO_LISTS = "also-lists"


def as_flag(value: str) -> bool:
    states = configparser.ConfigParser.BOOLEAN_STATES
    if value.lower() not in states:
        raise BadValue(f"{value!r} is neither yes nor no", "Write yes or no")
    return states[value.lower()]


def as_acknowledge(value: str) -> str:
    """Read whose mail is acknowledged: "yes", "no", or "also-lists" for that of lists as well."""
    if value.lower() == ALSO_LISTS:
        return ALSO_LISTS
    try:
        return "yes" if as_flag(value) else "no"
    except BadValue as err:
        raise BadValue(err.args[0], f"Write yes, no or {ALSO_LISTS}") from None


def one_of(*allowed: str) -> Converter[str]:
    def convert(value: str) -> str:
        if value.lower() not in allowed:
            raise BadValue(f"{value!r} is not known", f"Write one of: {', '.join(filter(None, allowed))}")
        return value.lower()

    return convert


def member_of(kind: type[E]) -> Converter[E]:
    """Read a member of an enumeration, by its value."""
    known = one_of(*(member.value for member in kind))
    return lambda value: kind(known(value))


def some_of(*allowed: str) -> Converter[tuple[str, ...]]:
    def convert(value: str) -> tuple[str, ...]:
        words = as_words(value.lower())
        unknown = [word for word in words if word not in allowed]
        if unknown:
            raise BadValue(f"{unknown[0]!r} is not known", f"Write any of: {', '.join(allowed)}")
        return words

    return convert


def as_address(value: str) -> str:
    local, at, domain = value.rpartition("@")
    if not ((at and local and "." in domain.strip(".")) or (at and local and domain == "localhost")):
        raise BadValue(f"{value!r} is not a valid email address", "Write it like support@example.com")
    if any(c.isspace() or c in '<>,;"' for c in value):
        raise BadValue(
            f"{value!r} contains a character that is not allowed in an address",
            "Write only support@example.com",
        )
    return f"{local}@{domain.lower()}"


LONGEST_DAYS = 3650
# This machine: what goes there goes over no net.
HERE = ("localhost", "127.0.0.1", "::1")
# "+", and a token of 44 characters, within 64 octets: RFC 5321 section 4.5.3.1.1.
LONGEST_LOCAL = 19


def too_long(address: str) -> bool:
    """Whether the part before the @ leaves no room for a token, so that no reply address can be made."""
    return len(address.rpartition("@")[0].encode()) > LONGEST_LOCAL


def as_desk_address(value: str) -> str:
    """Read an address that reply addresses can be made of: the part before the @ is short."""
    address = as_address(value)
    if too_long(address):
        raise BadValue(
            f"the part before the @ is longer than {LONGEST_LOCAL} characters",
            "Reply addresses add 45 to it and 64 is the limit: use a shorter address",
        )
    return address


def as_reply_form(value: str) -> ReplyForm:
    """Read how the desk's mails are answered: plus, bare, or catchall:@DOMAIN."""
    kind, colon, place = value.strip().partition(":")
    kind = kind.strip().lower()
    if kind in (PLUS, BARE) and not colon:
        return ReplyForm(kind)
    if kind != CATCHALL:
        raise BadValue(f"{value!r} is not known", f"Write {PLUS}, {BARE} or {CATCHALL}:@reply.example.com")
    domain = place.strip().removeprefix("@")
    # Without a dot at its end, which no header has.
    labels = domain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels) or len(domain) > 200:
        raise BadValue(
            f"{value!r} names no domain whose every address comes to a mailbox of the desk",
            f"Write it like {CATCHALL}:@reply.example.com, or write {BARE} where you have none",
        )
    try:
        return ReplyForm(CATCHALL, a_labels(domain))
    except ValueError:
        raise BadValue(f"{domain!r} is not a valid domain", f"Write {CATCHALL}:@reply.example.com") from None


def as_site(value: str) -> str:
    """Read the address of a web site, http or https; "" for none."""
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.query or parts.fragment or any(c.isspace() for c in value):
        raise BadValue(f"{value!r} is not a valid web address", "Write it like https://support.example.com")
    return value


def address_problem(value: str) -> str:
    """Return what is wrong with an email address, in words; "" when it is valid."""
    try:
        as_address(value)
    except BadValue as err:
        return f"{err.args[0]}. {err.args[1]}"
    return ""


def as_addresses(value: str) -> tuple[str, ...]:
    """Read email addresses, separated by commas or lines; none for an empty value."""
    return tuple(as_address(word) for word in as_words(value))


def as_optional_address(value: str) -> str:
    return as_address(value) if value else ""


def as_url(*schemes: str) -> Converter[str]:
    """Return what reads the URL of a server; it may hold a password, so what is wrong is said without it."""

    def convert(value: str) -> str:
        if not value.startswith(tuple(f"{scheme}:" for scheme in schemes)):
            raise BadValue("it is not a valid URL", f"Begin it with one of: {', '.join(schemes)}")
        try:
            # Read when it is asked for, and not before.
            _ = urlsplit(value).port
        except ValueError:
            cure = "Write it like scheme://user:password@host:port/name; a port is a number up to 65535"
            raise BadValue("its host or port is not valid", cure) from None
        return value

    return convert


def as_signing_keys(value: str) -> str:
    """Read one key that calls are signed with, or two; what is wrong is said without them."""
    words = value.replace(",", " ").split()
    if len(words) > 2:
        raise BadValue("names more than two keys", "Write the new key, and behind it the old one")
    for word in words:
        try:
            bare = word.removeprefix("whsec_")
            length = len(base64.b64decode(bare, validate=True) if bare != word else word.encode())
        except ValueError:
            length = 0
        if length < LEAST_KEY:
            cure = "Make one with `openssl rand -hex 32`"
            raise BadValue(f"has a key that is shorter than {LEAST_KEY} bytes, or no base64", cure)
    return " ".join(words)


def as_optional_url(value: str) -> str:
    """Return the address of a page or a webhook, "" for none; what is wrong is said without it."""
    if value and not value.startswith(("https://", "http://")):
        raise BadValue("it is not a valid web address", "Begin it with https:// or http://")
    return value


def as_bucket(value: str) -> str:
    """Read s3://bucket/prefix; "" for none. Neither a key nor a secret belongs in it."""
    if value and not _BUCKET.fullmatch(value):
        raise BadValue("it is not a valid bucket", "Write it like s3://bucket/prefix, without a key in it")
    return value.rstrip("/")


def as_day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadValue(
            f"{value!r} is not a valid date", "Write it as YYYY-MM-DD, for example 2026-01-31"
        ) from None


def as_optional_day(value: str) -> date | None:
    return as_day(value) if value else None


def as_zone(value: str) -> tzinfo:
    if value.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(value)
    except (OSError, ValueError, KeyError):
        raise BadValue(
            f"{value!r} is not a valid time zone", "Write it like Europe/Berlin or Asia/Shanghai"
        ) from None


def as_optional_zone(value: str) -> tzinfo | None:
    return as_zone(value) if value else None


def as_colour(value: str) -> str:
    if not re.fullmatch("#[0-9a-fA-F]{6}", value):
        raise BadValue(f"{value!r} is not a valid colour", "Write # and six digits, for example #1a5fb4")
    return value.lower()


def as_optional_colour(value: str) -> str:
    """Read a colour as `#rrggbb`, or nothing."""
    return as_colour(value) if value else ""


def as_path(value: str) -> Path:
    return Path(value).expanduser()


def as_optional_path(value: str) -> Path | None:
    return as_path(value) if value else None
