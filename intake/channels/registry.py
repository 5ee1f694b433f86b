"""Which module serves which type of mailbox, ours and other people's."""

import importlib
from typing import cast

from intake.config.mailboxes import MailboxSettings
from intake.config.sections import Settings
from intake.ports import Channel, ChannelStore, Receive, UserError

MODULES = {
    "imap": "intake.channels.imap",
    "lmtp": "intake.channels.lmtp",
    "smtp": "intake.channels.lmtp",
    "maildir": "intake.channels.maildir",
}
"""Kind of mailbox -> module with `open_channel(name, settings, store, receive)`."""


def open_channel(name: str, settings: Settings, store: ChannelStore, receive: Receive) -> Channel | None:
    """Return the channel that reads the mailbox called `name`; None when nothing is to be run (ingest).

    A `type` with a dot in it is the import path of somebody else's channel: a
    module with `open_channel(name, section, store, receive)`. Raises UserError
    when there is no such module.
    """
    section = settings.mailboxes[name]
    if section.type == "ingest":
        return None
    kind = section.type.lower()
    if kind in MODULES:
        ours = importlib.import_module(MODULES[kind])
        return cast(Channel, ours.open_channel(name, settings, store, receive))
    if "." not in section.type:
        raise UserError(
            f"[mailbox {name}] type: {section.type!r} is not known. Write one of: {', '.join(MODULES)}"
        )
    try:
        theirs = importlib.import_module(section.type)
        opener = theirs.open_channel
    except (ImportError, AttributeError) as err:
        raise UserError(
            f"[mailbox {name}] type: {section.type!r} is not a known channel ({err}). "
            "Install the package it comes from, or correct the name"
        ) from err
    return cast(Channel, opener(name, section, store, receive))


def check(section: MailboxSettings) -> list[tuple[str, str, str]]:
    """Try a mailbox out: return what is wrong as (config key, what, cure), an empty list when all is well.

    Other people's channels may have a `check(section)` of the same kind.
    """
    if section.type == "ingest":
        return []
    try:
        module = importlib.import_module(MODULES.get(section.type.lower(), section.type))
    except ImportError as err:
        return [
            ("type", f"{section.type!r} is not a known channel ({err})", "Correct it or install its package")
        ]
    found: list[tuple[str, str, str]] = module.check(section) if hasattr(module, "check") else []
    return found
