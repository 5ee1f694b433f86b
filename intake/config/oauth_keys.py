"""The sections [oauth NAME]: how a token is got for an account that takes no password; what fits together."""

# `key` and its like make a field, as `dataclasses.field` does.
# ruff: noqa: RUF009

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from intake.config.converters import HERE, BadValue, as_optional_day, as_optional_path, as_text, one_of
from intake.config.keys import key
from intake.config.reading import Problem

MICROSOFT, GOOGLE, CUSTOM = "microsoft", "google", "custom"
DEVICE, BROWSER, CLIENT, SERVICE = "device", "browser", "client", "service"
# What stands before the name of a section in `auth`.
PREFIX = "oauth:"
# Labels of letters, digits and hyphens, with dots between them: an ID, a domain, "organizations".
_TENANT = re.compile(r"[A-Za-z0-9]+(?:[.-]+[A-Za-z0-9]+)*", re.ASCII)


def as_auth(value: str) -> str:
    """Read how to log in: "" for a password, else the NAME of `oauth:NAME`."""
    if value in ("", "password"):
        return ""
    name = value.removeprefix(PREFIX).strip()
    if not value.startswith(PREFIX) or not name:
        raise BadValue(f"{value!r} is not a way to log in", "Write password, or oauth:NAME of [oauth NAME]")
    return name


def as_endpoint(value: str) -> str:
    """Read the address of an authorization server, "" for the provider's own. Secrets go there: only TLS."""
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        good = bool(parts.hostname) and parts.port != 0 and not parts.username and not parts.fragment
    except ValueError:
        raise BadValue("it is not a valid web address", "Begin it with https://") from None
    if not good or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE)):
        raise BadValue("it is not a valid web address", "Begin it with https://")
    return value


def as_tenant(value: str) -> str:
    """Read a tenant of Microsoft's: its ID, a domain, or a word for many. It is a part of a web address."""
    if value and not _TENANT.fullmatch(value):
        cure = "Write the Directory (tenant) ID that the app registration shows, or a domain of yours"
        raise BadValue(f"{value!r} is not a tenant", cure)
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthSettings:
    """An account at a provider. `secret_expires` is the last day of the client secret."""

    provider: str = key(one_of(MICROSOFT, GOOGLE, CUSTOM))
    flow: str = key(one_of(DEVICE, BROWSER, CLIENT, SERVICE), DEVICE)
    tenant: str = key(as_tenant, "")
    client_id: str = key(as_text, "")
    client_secret: str = key(as_text, "", secret=True)
    secret_expires: date | None = key(as_optional_day, "")
    certificate: Path | None = key(as_optional_path, "")
    key_file: Path | None = key(as_optional_path, "")
    user: str = key(as_text, "")
    scope: str = key(as_text, "")
    token_url: str = key(as_endpoint, "")
    device_url: str = key(as_endpoint, "")
    authorize_url: str = key(as_endpoint, "")

    @property
    def person(self) -> bool:
        """Whether a person logs in, so that there is a refresh token to keep."""
        return self.flow in (DEVICE, BROWSER)

    @property
    def proves(self) -> bool:
        """Whether the desk proves itself by something signed, which is good for minutes."""
        return not self.person and bool(self.certificate or self.key_file)


def account_problems(name: str, account: OAuthSettings) -> Iterator[Problem]:
    """Yield what does not fit together in the section of an account."""
    section = f"oauth {name}"
    needs = {
        DEVICE: (("client_id",), ("device_url",)),
        BROWSER: (("client_id",), ("authorize_url",)),
        CLIENT: (("client_id",), ()),
        SERVICE: (("key_file", "user"), ()),
    }
    keys, urls = needs[account.flow]
    for missing in keys:
        if not getattr(account, missing):
            yield Problem(section, missing, f"is missing for flow = {account.flow}", _CURES[missing])
    if account.provider == CUSTOM:
        for missing in ("token_url", *urls):
            if not getattr(account, missing):
                cure = "Its documentation, or /.well-known/openid-configuration on it, names the address"
                yield Problem(section, missing, "is missing for provider = custom", cure)
    yield from _flow(section, account)


def _flow(section: str, account: OAuthSettings) -> Iterator[Problem]:
    if account.provider == GOOGLE and account.flow in (DEVICE, CLIENT):
        cure = "Set flow = browser (an account of Gmail) or flow = service (Google Workspace)"
        problem = f"Google gives no access to mail by flow = {account.flow}"
        yield Problem(section, "flow", problem, cure)
    if account.flow == SERVICE and account.provider == MICROSOFT:
        yield Problem(
            section, "flow", "flow = service is Google's", "Set flow = client: it is Microsoft's way"
        )
    if account.flow == CLIENT:
        if account.provider == MICROSOFT and account.tenant in ("", "common", "organizations", "consumers"):
            cure = "Write the Directory (tenant) ID that the app registration shows, or a domain of yours"
            yield Problem(section, "tenant", "is missing for flow = client", cure)
        if bool(account.client_secret) == bool(account.certificate):
            problem = "there must be either client_secret or certificate for flow = client"
            yield Problem(section, "client_secret", problem, "Set one of the two, and remove the other")


_CURES = {
    "client_id": "Write the Application (client) ID that the registration at the provider shows",
    "key_file": "Write the path of the JSON key of the service account",
    "user": "Write the address of the mailbox that the service account acts for",
}


def login_problems(
    section: str,
    accounts: Mapping[str, OAuthSettings],
    login: tuple[str, str, str, str, str],
) -> Iterator[Problem]:
    """Yield what is wrong with how a mailbox or [smtp] logs in: `auth`, user, password, host, security."""
    auth, user, password, host, security = login
    if auth not in accounts:
        cure = f"Add a section [oauth {auth}], or correct the name"
        yield Problem(section, "auth", f"there is no [oauth {auth}]", cure)
        return
    if password:
        cure = "Remove the password: with a token it is never used, not even when the token fails"
        yield Problem(section, "password", f"stands beside auth = {PREFIX}{auth}", cure)
    if not user:
        yield Problem(section, "user", "is missing", "Write the address of the mailbox to log in to")
    elif not user.isascii():
        yield Problem(section, "user", "has letters outside ASCII", "Write its address in ASCII")
    if security == "none" and host.lower() not in HERE:
        cure = "Set security = tls or starttls"
        yield Problem(section, "security", "a token is never sent unencrypted", cure)
    subject = accounts[auth].user
    if accounts[auth].flow == SERVICE and subject and user and subject.lower() != user.lower():
        cure = f"Write user = {user} in [oauth {auth}], or add an [oauth NAME] for this mailbox"
        yield Problem(section, "user", f"the token of [oauth {auth}] is for {subject}", cure)
