"""Opening, trying and comparing a channel, whichever it is: what the registry names is imported here."""

import importlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from intake.channels.checking import Looked
from intake.channels.registry import ChannelType, Mode, NoChannel, channel_type
from intake.config.mailboxes import MailboxSettings, OtherMailbox
from intake.config.sections import Settings
from intake.ports import Access, Arrival, Channel, ChannelStore, Receive, Store, UserError

_CURE = "Install the package it comes from, or correct the name"


@dataclass(frozen=True, slots=True)
class Missing:
    """What lies with the other side and the ledger does not know. `arrival` is None when it is too big.

    `which` is how the other side calls it: a UID, a file's name.
    """

    folder: str
    which: int | str
    size: int
    arrival: Arrival | None = None


def open_channel(
    name: str, settings: Settings, store: ChannelStore, receive: Receive, access: Access | None = None
) -> Channel | None:
    """Return the channel of the mailbox called `name`; None when nothing is to be run for it.

    `access` gives the tokens of a mailbox that logs in with them (`auth`).
    Raises UserError when there is no such channel.
    """
    section = settings.mailboxes[name]
    kind = _kind(name, section)
    if kind.mode is Mode.FED:
        return None
    opener = getattr(importlib.import_module(kind.module), "open_channel", None)
    if opener is None:
        raise UserError(f"[mailbox {name}] type: {_unopenable(section)}. {_CURE}")
    if issubclass(kind.settings, OtherMailbox):
        return cast(Channel, opener(name, section, store, receive))
    return cast(Channel, opener(name, settings, store, receive, **_tokens(access)))


def check(section: MailboxSettings, access: Access | None = None) -> list[Looked]:
    """Try a mailbox out by its channel's own `check`; an empty list where it has none, or nothing to say.

    May raise anything, where the channel is somebody else's.
    """
    try:
        kind = channel_type(section.type)
    except NoChannel as err:
        return [Looked("type", *err.args)]
    if kind.mode is not Mode.FED and _of(kind, "open_channel") is None:
        return [Looked("type", _unopenable(section), _CURE)]
    tried = _of(kind, "check")
    return [Looked(*looked) for looked in tried(section, **_tokens(access))] if tried else []


def claims(section: MailboxSettings) -> Iterable[tuple[str, tuple[Any, ...]]]:
    """Yield what no other mailbox may have too, each with the key it stands under."""
    try:
        claimed = _of(channel_type(section.type), "claims")
    except NoChannel:
        return
    if claimed:
        yield from claimed(section)


def missing(
    name: str,
    settings: Settings,
    store: Store,
    seen: Callable[[Sequence[Arrival]], object],
    access: Access | None = None,
) -> Iterator[Missing]:
    """Yield what lies in the place of a mailbox and was never received. Changes nothing there.

    `seen` gets what is known but lay elsewhere, to be noted. Raises UserError when the place cannot be
    looked at.
    """
    section = settings.mailboxes[name]
    module = importlib.import_module(_kind(name, section).compares)
    most = settings.desk.max_message_mb * 2**20
    yield from module.missing(name, section, most, store, seen, **_tokens(access))


def _tokens(access: Access | None) -> dict[str, Access]:
    """Return what a channel that logs in with tokens is given beside; others know nothing of it."""
    return {} if access is None else {"access": access}


def _kind(name: str, section: MailboxSettings) -> ChannelType:
    try:
        return channel_type(section.type)
    except NoChannel as err:
        raise UserError(f"[mailbox {name}] type: {'. '.join(err.args)}") from err


def _unopenable(section: MailboxSettings) -> str:
    return f"{section.type!r} is not a known channel (no open_channel)"


def _of(kind: ChannelType, function: str) -> Callable[..., Iterable[Any]] | None:
    """Return a function that the module of a channel may have."""
    module = importlib.import_module(kind.module) if kind.module else None
    return cast(Callable[..., Iterable[Any]] | None, getattr(module, function, None))
