"""The channels there are: one entry for each, which the config, the commands and the docs ask.

Nothing else lists them. What serves a channel is imported when it is opened or tried, not before: every
command reads the config, and none but `run`, `check` and `reconcile` needs an IMAP library for that.
How to add a channel, ours or somebody else's: docs/adding.md.
"""

import importlib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, replace
from enum import StrEnum
from types import MappingProxyType, ModuleType
from typing import Any

from intake.config.keys import Key, keys_of
from intake.config.mailboxes import (
    MAILBOX_COMMON,
    ImapMailbox,
    IngestMailbox,
    LmtpMailbox,
    MailboxSettings,
    MaildirMailbox,
    OtherMailbox,
    SmtpMailbox,
)


class Mode(StrEnum):
    """How mail gets in: we look for it, it is delivered to us, or a command or page hands it over."""

    POLLS = "polls"
    LISTENS = "listens"
    FED = "fed"


@dataclass(frozen=True, slots=True)
class Ask:
    """A question of `intake init`: the key it fills, the words, and what may be chosen (any text: empty)."""

    key: str
    words: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChannelType:
    """One kind of channel.

    `name` is what stands in the config (`type = name`) and in each message's envelope, `title` what
    people read, `says` one sentence on what it does. `module` has `open_channel(name, settings, store,
    receive)` and, as it likes, `check(section)` and `claims(section)` (see `intake.channels.opening`).
    `settings` is what its section is read into, a frozen dataclass with a field for each key of its own;
    OtherMailbox where nobody says which there are.
    `remote`: its check asks another machine, and `intake check --offline` leaves it out. `compares` names
    a module with `missing(…)`, where mail is kept in a place of its own that can be looked at again.
    `asks` is what `intake init` asks; `example` the section of the config, each key with a comment above it.
    """

    name: str
    title: str
    says: str
    module: str = ""
    mode: Mode = Mode.POLLS
    settings: type[MailboxSettings] = MailboxSettings
    remote: bool = False
    compares: str = ""
    asks: tuple[Ask, ...] = ()
    example: str = ""

    @property
    def keys(self) -> tuple[Key[Any], ...]:
        """Its own keys, beside those of every mailbox."""
        return keys_of(self.settings)[len(MAILBOX_COMMON) :]

    def key(self, name: str) -> Key[Any]:
        """Return one of its keys. Raises KeyError."""
        return {key.name: key for key in self.keys}[name]


class NoChannel(Exception):
    """No channel is called so; the arguments are what is wrong and what to do."""


_AFTER = "What is done with a mail once it is stored here"
_ACCEPT = "As with lmtp. Default: the address of this mailbox."

IMAP = ChannelType(
    "imap",
    "IMAP",
    "Reads a mailbox on an IMAP server, and learns of new mail at once where the server can tell.",
    "intake.channels.imap",
    settings=ImapMailbox,
    remote=True,
    compares="intake.channels.imap_reconcile",
    asks=(
        Ask("host", "IMAP server"),
        Ask("port", "IMAP port"),
        Ask("security", "IMAP security", ("tls", "starttls", "none")),
        Ask("user", "IMAP user"),
        Ask("password", "IMAP password"),
    ),
    example=f"""\
# The IMAP server. No default: it must be set.
host = imap.example.com

# Its port; 993 with tls, 143 with starttls. Default: 993.
port = 993

# tls, starttls, or none (in the clear). Default: tls.
security = tls

# A file of certificates to trust instead of the system's. Default: none.
ca_file =

# The user to log in as. No default: it must be set.
user = support@example.com

# How to log in: password, or oauth:NAME by a token of [oauth NAME]. Default: password.
auth = password

# The password, or password_file, or password_env; none with oauth. Default: none.
password = change-me

# The folders to read, with commas between. Default: INBOX.
folders = INBOX

# {_AFTER}: move (to move_to), flag, leave, or
# delete, which cannot be undone. Default: move.
after = move

# The folder it is moved to; made when it is missing. Default: Intake.
move_to = Intake

# The first day (YYYY-MM-DD) whose mail is read, by the day it arrived on the server; older
# mail is left where it is, untouched. Without it, old mail in the folder is answered as
# if it were new. Default: none.
since =

# Take in that older mail too: each becomes a closed ticket that can be found, and nobody
# is written to. It is moved or flagged like any other. Default: no.
archive = no

# Seconds between looks where the server cannot announce new mail, from 5 to 3600.
# Default: 60.
poll_seconds = 60

# Seconds to wait for any answer of the server, from 1 to 300. Default: 30.
timeout = 30
""",
)
LMTP = ChannelType(
    "lmtp",
    "LMTP",
    "Your own mail server brings the mail (Postfix: lmtp:inet:127.0.0.1:8024).",
    "intake.channels.lmtp",
    Mode.LISTENS,
    LmtpMailbox,
    example="""\
# The address to listen on. There is no password: leave it local. Default: 127.0.0.1.
host = 127.0.0.1

# The port to listen on. Default: 8024.
port = 8024

# The addresses and domains (@example.com) to take mail for, with commas between; others
# are refused. Default: the address of this mailbox.
accept = support@example.com
""",
)
SMTP = ChannelType(
    "smtp",
    "SMTP",
    "As lmtp, for a mail server that speaks only SMTP.",
    "intake.channels.lmtp",
    Mode.LISTENS,
    SmtpMailbox,
    example=f"""\
# The address to listen on. Not made to face the Internet: leave it local.
# Default: 127.0.0.1.
host = 127.0.0.1

# The port to listen on. Default: 8025.
port = 8025

# {_ACCEPT}
accept = support@example.com
""",
)
MAILDIR = ChannelType(
    "maildir",
    "Maildir",
    "Reads a Maildir on this machine, or a folder of .eml files.",
    "intake.channels.maildir",
    settings=MaildirMailbox,
    compares="intake.channels.maildir_reconcile",
    asks=(Ask("path", "Maildir to read"),),
    example=f"""\
# The Maildir: the folder that holds new, cur and tmp. No default: it must be set.
path = mail/support

# {_AFTER}: move (to move_to), leave, or delete.
# Default: move.
after = move

# The folder it is moved to. Default: cur of the same Maildir, or done in the folder.
move_to =

# Seconds between looks, from 1 to 3600. Default: 10.
poll_seconds = 10
""",
)
INGEST = ChannelType(
    "ingest",
    "intake ingest",
    "Nothing is read by itself: `intake ingest` brings each mail, from Postfix's pipe or a script.",
    mode=Mode.FED,
    settings=IngestMailbox,
)

CHANNELS: Mapping[str, ChannelType] = MappingProxyType(
    {channel.name: channel for channel in (IMAP, LMTP, SMTP, MAILDIR, INGEST)}
)
"""What `type` of a mailbox may be, by name. A name with a dot is the module of somebody else's."""

# What came in through the desk's own pages and commands: no mailbox is of this type.
PAGES: Mapping[str, ChannelType] = MappingProxyType(
    {
        channel.name: channel
        for channel in (
            ChannelType("form", "web form", "The form, and a ticket's page.", mode=Mode.FED),
            ChannelType("api", "API", "Programs, by the JSON API.", mode=Mode.FED),
            ChannelType("command line", "command line", "An admin, by a command.", mode=Mode.FED),
            ChannelType("import", "import", "Another desk's history, by `intake import`.", mode=Mode.FED),
        )
    }
)


def channel_type(name: str) -> ChannelType:
    """Return the entry of what stands as `type` in the config. Raises NoChannel.

    Somebody else's module has an entry called CHANNEL; one without, which was enough at first,
    gets one that says nothing of its keys.
    """
    ours = CHANNELS.get(name)
    if ours is not None:
        return ours
    if "." not in name:
        raise NoChannel(f"{name!r} is not a kind of mailbox", f"Write one of: {', '.join(CHANNELS)}")
    module = _imported(name)
    theirs = getattr(module, "CHANNEL", None)
    if isinstance(theirs, ChannelType):
        _sound(name, theirs)
        # The name in the config is the one that finds it again.
        return replace(theirs, name=name, module=theirs.module or name)
    if theirs is not None:
        raise _no_channel(name, f"its CHANNEL is a {type(theirs).__name__}, not a ChannelType")
    return ChannelType(name, name, "", name, settings=OtherMailbox)


def channel_mode(name: str) -> Mode:
    """Return how mail gets in where this stands as `type`; of a channel that is not there, POLLS.

    That one is to be opened where it is read, and says there what is wrong with it.
    """
    try:
        return channel_type(name).mode
    except NoChannel:
        return Mode.POLLS


def kept_apart(name: str) -> bool:
    """Whether mail of this type lies in a place of its own, so that it can be compared with what we have."""
    try:
        return bool(channel_type(name).compares)
    except NoChannel:
        return False


def title_of(channel: str) -> str:
    """Return what people call the channel of a message; the name itself where it has no other."""
    if channel in PAGES:
        return PAGES[channel].title
    try:
        return channel_type(channel).title
    except NoChannel:
        return channel


def in_mode(mode: Mode) -> str:
    """Return our channels of a mode for a sentence: "imap or maildir"."""
    return " or ".join(channel.name for channel in CHANNELS.values() if channel.mode is mode)


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as err:
        # Somebody else's module may fail in any way while it is imported; which, is told.
        raise _no_channel(name, str(err) or type(err).__name__) from err


def _sound(name: str, theirs: ChannelType) -> None:
    """Raise NoChannel where the section of somebody else's cannot be read into what they name."""
    try:
        if not issubclass(theirs.settings, MailboxSettings):
            raise TypeError(f"{theirs.settings.__name__} is not a MailboxSettings")
        if not isinstance(theirs.mode, Mode):
            raise TypeError(f"{theirs.mode!r} is not a Mode")
        if not all(isinstance(text, str) for text in (theirs.title, theirs.says, theirs.module)):
            raise TypeError("title, says and module must be text")
        keys, common = keys_of(theirs.settings), len(MAILBOX_COMMON)
        if keys[:common] != keys_of(MailboxSettings)[:common]:
            raise TypeError("a key of every mailbox is declared again")
        for field in fields(theirs.settings):
            if field.default is field.default_factory is MISSING and not field.metadata:
                raise TypeError(f"{field.name}: nothing says how it is read. Declare it with key(...)")
        for declared in keys[common:]:
            _default_read(declared)
    except TypeError as err:
        raise _no_channel(name, f"settings: {err}") from err


def _no_channel(name: str, why: str) -> NoChannel:
    return NoChannel(
        f"{name!r} is not a known channel ({why})", "Install the package it comes from, or correct the name"
    )


def _default_read(declared: Key[Any]) -> None:
    """Raise TypeError where a key's own default cannot be read by what reads the key."""
    if declared.default is None:
        return
    try:
        declared.convert(declared.default)
    except Exception as err:
        # A converter of somebody else's may fail in any way; which, is told.
        raise TypeError(f"{declared.name}: its default cannot be read ({type(err).__name__})") from err
