"""What `intake init` asks: each question is an option of it as well."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import click

from intake import terminal
from intake.channels.registry import CHANNELS
from intake.commands import init_accounts
from intake.commands.init_accounts import NONE, provider_of
from intake.config.converters import (
    BadValue,
    as_desk_address,
    as_number,
    as_server_names,
    as_site,
    as_zone,
)
from intake.config.oauth_keys import BROWSER, CLIENT, DEVICE, MICROSOFT, SERVICE, as_tenant
from intake.desk.text.language import LANGUAGES

_KINDS = tuple(CHANNELS)


@dataclass(frozen=True, slots=True)
class Question:
    """A question: its option, what is asked, and the default made of the answers so far.

    No default (None): it must be answered. `kinds` are the types of mailbox it concerns, `when` says
    whether it is asked after those answers, `needs` which option that takes. `same` is what an empty
    answer means, where it is hidden.
    """

    name: str
    asked: str
    default: Callable[[Mapping[str, Any]], str | None]
    kinds: tuple[str, ...] = _KINDS
    hidden: bool = False
    choices: tuple[str, ...] = ()
    reads: Callable[[str], object] | None = None
    when: Callable[[Mapping[str, Any]], bool] = lambda answers: True
    needs: str = ""
    same: str = ""
    instead: str = ""

    @property
    def option(self) -> str:
        """What it is called on the command line."""
        return f"--{self.name.replace('_', '-')}"

    def idle(self, answers: Mapping[str, Any]) -> str:
        """Return what its answer would take to have an effect, after those answers; "" where it has one."""
        if answers.get("type", self.kinds[0]) not in self.kinds:
            return f"--type {' or '.join(self.kinds)}"
        return "" if self.when(answers) else self.needs

    def answer(self, text: str) -> str:
        """Return an answer as it was typed. Raises click.BadParameter when it cannot stand in the config."""
        try:
            if self.reads is not None and text.strip() != NONE:
                self.reads(text.strip())
        except BadValue as err:
            raise click.BadParameter(f"{terminal.line(err.args[0])}. {err.args[1]}.") from None
        return text


def _here() -> str:
    """Return the name of this machine's time zone, "UTC" where it does not tell."""
    name = os.environ.get("TZ") or os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    try:
        as_zone(name)
    except BadValue:
        return "UTC"
    return "UTC" if name == "Etc/UTC" else name


_PORT = as_number(1, 65535)
_SECURITY = ("tls", "starttls", "none")


def _fixed(value: str | None) -> Callable[[Mapping[str, Any]], str | None]:
    return lambda answers: value


def _domain(answers: Mapping[str, Any]) -> str:
    return str(answers["address"]).rpartition("@")[2]


# What a key is, most likely, from the answers so far; of other keys their own default is proposed.
_GUESSED: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    "imap_host": lambda a: f"imap.{_domain(a)}",
    "imap_security": lambda a: "tls" if a["imap_port"] == "993" else "starttls",
    "imap_user": lambda a: str(a["address"]),
    "imap_password": _fixed(None),
}


def _no_account(answers: Mapping[str, Any]) -> bool:
    return str(answers.get("imap_oauth", NONE)) == NONE


# What a channel asks before one of its own questions.
_BEFORE: Mapping[str, Question] = {
    "imap_password": Question(
        "imap_oauth",
        "Microsoft and Google take tokens: name of the account, - for a password",
        lambda a: provider_of(a["imap_host"]),
        reads=init_accounts.as_account,
        when=lambda a: bool(provider_of(a["imap_host"])),
        needs="--imap-host of Microsoft or Google",
        instead="imap_password",
    )
}


def _of_channels() -> Iterator[Question]:
    """Yield what the channels want to know, each for itself."""
    for kind in CHANNELS.values():
        for ask in kind.asks:
            key, name = kind.key(ask.key), f"{kind.name}_{ask.key}"
            before = _BEFORE.get(name)
            if before is not None:
                yield replace(before, kinds=(kind.name,))
            yield Question(
                name,
                ask.words,
                _GUESSED.get(name, _fixed(key.default)),
                (kind.name,),
                hidden=key.secret,
                choices=ask.choices,
                reads=None if ask.choices or key.secret else key.convert,
                when=_no_account if before is not None else lambda answers: True,
                needs="--imap-oauth -",
            )


_AN_ACCOUNT = "--imap-oauth or --smtp-oauth"

QUESTIONS = (
    Question("name", "Sender name shown to customers", _fixed("Support")),
    Question("address", "Address of the desk", _fixed(None), reads=as_desk_address),
    Question(
        "language",
        "Language of emails when a message does not show its own",
        _fixed("en"),
        choices=LANGUAGES,
    ),
    Question("timezone", "Time zone of your business hours", lambda a: _here(), reads=as_zone),
    Question("type", "Type of mailbox", _fixed("imap"), choices=_KINDS),
    *_of_channels(),
    Question(
        "trusted_authserv",
        "Server name at the start of Authentication-Results in your mail, - for none",
        _fixed(NONE),
        reads=as_server_names,
    ),
    Question(
        "smtp_host",
        "SMTP server for outgoing mail",
        # Whose mail lies with a provider sends it there as well.
        lambda a: (
            init_accounts.SMTP_SERVERS.get(provider_of(a["imap_host"]), f"smtp.{_domain(a)}")
            if "imap_host" in a
            else "localhost"
        ),
    ),
    Question(
        "smtp_port", "SMTP port", lambda a: "25" if a["smtp_host"] == "localhost" else "587", reads=_PORT
    ),
    Question(
        "smtp_security",
        "SMTP security",
        lambda a: {"465": "tls", "25": "none"}.get(a["smtp_port"], "starttls"),
        choices=_SECURITY,
    ),
    Question(
        "smtp_user",
        "SMTP user, - for none",
        lambda a: "-" if a["smtp_security"] == "none" else a.get("imap_user", str(a["address"])),
    ),
    Question(
        "smtp_oauth",
        "SMTP takes tokens, too: name of the account, - for a password",
        lambda a: str(a.get("imap_oauth", provider_of(a["smtp_host"]))),
        reads=init_accounts.as_account,
        when=init_accounts.smtp_takes,
        needs="--smtp-host of Microsoft or Google and --smtp-user",
        instead="smtp_password",
    ),
    Question(
        "smtp_password",
        "SMTP password",
        # Most providers have one account for both ways.
        lambda a: {a.get("imap_user"): a.get("imap_password")}.get(a["smtp_user"]),
        hidden=True,
        when=lambda a: a["smtp_user"] != NONE and str(a.get("smtp_oauth", NONE)) == NONE,
        needs="--smtp-user and --smtp-oauth -",
        same="that of IMAP",
    ),
    Question(
        "oauth_flow",
        "How the account logs in: client or service is the desk by itself, device or browser a person",
        lambda a: init_accounts.FLOWS[init_accounts.provider(a)][0],
        choices=(CLIENT, DEVICE, BROWSER, SERVICE),
        when=lambda a: bool(init_accounts.names(a)),
        needs=_AN_ACCOUNT,
    ),
    Question(
        "oauth_tenant",
        "Directory (tenant) ID of Microsoft",
        lambda a: None if a["oauth_flow"] == CLIENT else NONE,
        reads=as_tenant,
        when=lambda a: init_accounts.provider(a) == MICROSOFT,
        needs=_AN_ACCOUNT,
    ),
    Question(
        "oauth_client_id",
        "Application (client) ID",
        _fixed(None),
        when=lambda a: a.get("oauth_flow", SERVICE) != SERVICE,
        needs=_AN_ACCOUNT,
    ),
    Question(
        "oauth_client_secret",
        "Client secret",
        _fixed(None),
        hidden=True,
        when=init_accounts.takes_secret,
        needs="--oauth-flow client, or browser with Google",
    ),
    Question(
        "oauth_key_file",
        "JSON key file of the service account",
        _fixed(None),
        when=lambda a: a.get("oauth_flow") == SERVICE,
        needs="--oauth-flow service",
    ),
    Question("web", "Serve the web form", _fixed("yes"), choices=("yes", "no")),
    Question("port", "Port of the web form", _fixed("8080"), reads=as_number(0, 65535)),
    Question(
        "base_url",
        "Public address of the form (https://…), - for none yet",
        _fixed(NONE),
        reads=as_site,
        when=lambda a: a["web"] == "yes",
        needs="--web yes",
    ),
    Question("data", "Folder for database, key and files", _fixed("data")),
)
