"""What `intake init` writes where a mailbox or SMTP server takes tokens: the section [oauth NAME]."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from intake.config.converters import BadValue
from intake.config.oauth_keys import BROWSER, CLIENT, DEVICE, GOOGLE, MICROSOFT, SERVICE

# What is typed where there is none.
NONE = "-"
FLOWS: Mapping[str, tuple[str, ...]] = {MICROSOFT: (CLIENT, DEVICE, BROWSER), GOOGLE: (SERVICE, BROWSER)}
PAGES: Mapping[str, str] = {MICROSOFT: "docs/microsoft-365.md", GOOGLE: "docs/google-workspace.md"}
SMTP_SERVERS: Mapping[str, str] = {MICROSOFT: "smtp.office365.com", GOOGLE: "smtp.gmail.com"}
_SERVERS = re.compile(r"(?:.+\.)?(?:(office365\.com|outlook\.com)|gmail\.com|googlemail\.com)\.?", re.I)


def provider_of(host: object) -> str:
    """Return whose mail server that is, "" for one that need not take tokens."""
    match = _SERVERS.fullmatch(str(host).strip())
    if match is None:
        return ""
    return MICROSOFT if match[1] else GOOGLE


def as_account(value: str) -> str:
    """Read the NAME of a section [oauth NAME]."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", value):
        raise BadValue(f"{value!r} is not a name", "Use letters, digits and hyphens, such as work")
    return value


def smtp_takes(answers: Mapping[str, Any]) -> bool:
    """Whether mail may be sent with a token: by the provider of the mailbox, where that has one."""
    provider = provider_of(answers["smtp_host"])
    other = names(answers) and provider_of(answers["imap_host"]) != provider
    return bool(provider) and not other and answers["smtp_user"] != NONE


def names(answers: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the accounts of the answers so far."""
    chosen = [str(answers.get(key, NONE)) for key in ("imap_oauth", "smtp_oauth")]
    return tuple(dict.fromkeys(name for name in chosen if name != NONE))


def provider(answers: Mapping[str, Any]) -> str:
    """Return whose accounts they are, "" for none."""
    if answers.get("imap_oauth", NONE) != NONE:
        return provider_of(answers["imap_host"])
    return provider_of(answers["smtp_host"]) if names(answers) else ""


def takes_secret(answers: Mapping[str, Any]) -> bool:
    """Whether the account has a client secret: the desk proves itself by it, or Google wants it."""
    flow = answers.get("oauth_flow")
    return flow == CLIENT or (flow == BROWSER and provider(answers) == GOOGLE)


def sections(block: str, answers: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the section of the example for each account, with the values of its keys."""
    for name in names(answers):
        user = answers["imap_user" if answers.get("imap_oauth") == name else "smtp_user"]
        values = {
            "provider": provider(answers),
            "secret_expires": "",
            "user": user if answers["oauth_flow"] == SERVICE else "",
        }
        for key in ("flow", "tenant", "client_id", "client_secret", "key_file"):
            values[key] = answers.get(f"oauth_{key}", "").removeprefix(NONE)
        yield block.replace(block.partition("]")[0], f"[oauth {name}", 1), values
