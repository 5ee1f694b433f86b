"""The sections [mailbox NAME]: one dataclass for each kind, with the keys that all have before its own.

Which kind is read into which stands in `intake.channels.registry`.
"""

# `key` and its like make a field, as `dataclasses.field` does.
# ruff: noqa: RUF009

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from intake.config.converters import (
    as_acknowledge,
    as_flag,
    as_number,
    as_optional_address,
    as_optional_day,
    as_optional_path,
    as_path,
    as_server_names,
    as_text,
    as_words,
    one_of,
)
from intake.config.keys import Key, key, keys_of
from intake.config.oauth_keys import as_auth

# What a mailbox is of whose section names no kind.
_USUAL = "imap"


def as_kind(value: str) -> str:
    """Read a kind of mailbox, in lower case; with a dot it is the path of a module, which stays as it is."""
    return value if "." in value else value.lower()


def kind_of(written: Mapping[str, str]) -> str:
    """Return the kind of mailbox that a section is of, as it stands in the file."""
    return as_kind(written.get("type", _USUAL).strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxSettings:
    """What every mailbox has. Without an `address` it has that of its brand, or else of [desk]."""

    type: str = key(as_kind, _USUAL)
    address: str = key(as_optional_address, "")
    brand: str = key(as_text, "")
    team: str = key(as_text, "")
    language: str = key(as_text, "")
    acknowledge: str = key(as_acknowledge, "yes")
    spam: str = key(one_of("quiet", "normal"), "quiet")
    trusted_authserv: str = key(as_server_names, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapMailbox(MailboxSettings):
    """A mailbox that is fetched. Times are in seconds; `since` is the first day whose mail counts.

    `auth` is the name of the [oauth NAME] that it logs in by, "" for the password.
    """

    host: str = key(as_text)
    port: int = key(as_number(1, 65535), "993")
    security: str = key(one_of("tls", "starttls", "none"), "tls")
    ca_file: Path | None = key(as_optional_path, "")
    user: str = key(as_text)
    auth: str = key(as_auth, "password")
    password: str = key(as_text, "", secret=True)
    folders: tuple[str, ...] = key(as_words, "INBOX")
    after: str = key(one_of("move", "flag", "leave", "delete"), "move")
    move_to: str = key(as_text, "Intake")
    since: date | None = key(as_optional_day, "")
    archive: bool = key(as_flag, "no")
    poll_seconds: float = key(as_number(5, 3600), "60")
    timeout: float = key(as_number(1, 300), "30")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListeningMailbox(MailboxSettings):
    """What a mail server hands mail to. `accept` are addresses, and domains with @ in front."""

    host: str = key(as_text, "127.0.0.1")
    port: int = key(as_number(0, 65535))
    accept: tuple[str, ...] = key(as_words, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class LmtpMailbox(ListeningMailbox):
    """A listener that speaks LMTP."""

    port: int = key(as_number(0, 65535), "8024")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpMailbox(ListeningMailbox):
    """A listener that speaks SMTP."""

    port: int = key(as_number(0, 65535), "8025")


@dataclass(frozen=True, slots=True, kw_only=True)
class MaildirMailbox(MailboxSettings):
    """A Maildir, or a folder of .eml files."""

    path: Path = key(as_path)
    after: str = key(one_of("move", "leave", "delete"), "move")
    move_to: Path | None = key(as_optional_path, "")
    poll_seconds: float = key(as_number(1, 3600), "10")


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestMailbox(MailboxSettings):
    """Only ever fed by `intake ingest` or the web form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherMailbox(MailboxSettings):
    """A mailbox of somebody else's channel that says nothing of its keys; its `type` is a module.

    They stand in `values` as they were written, and may be asked for as attributes. Any of them may be a
    secret, so none shows in the repr.
    """

    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __getattr__(self, name: str) -> str:
        try:
            return self.values[name] if name != "values" else ""
        except KeyError:
            raise AttributeError(name) from None


def auth_of(section: MailboxSettings) -> str:
    """Return the NAME of the [oauth NAME] that a mailbox logs in by, "" for none."""
    return section.auth if isinstance(section, ImapMailbox) else ""


MAILBOX_COMMON: tuple[Key[Any], ...] = keys_of(MailboxSettings)
"""The keys that all have; those of a kind alone are told by its entry in `intake.channels.registry`."""
