"""What an authorization server's refusal means, and what a person does about it.

Microsoft's numbers: learn.microsoft.com, "Microsoft Entra authentication and authorization error codes".
Google's: developers.google.com/identity/protocols/oauth2 and its pages for each flow.
"""

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from intake.config.oauth_keys import GOOGLE, MICROSOFT, OAuthSettings
from intake.desk.text.said import Said, joined, said
from intake.oauth.wire import Refusal

_CODE = re.compile(r"AADSTS(\d+)")
# A signed proof lives for minutes: beyond this the clock is what is wrong.
SKEW = timedelta(minutes=3)


def login(name: str) -> Said:
    """Return what to do where a person has to log in."""
    return said("Run `intake oauth login {name}`", name=name)


def of(name: str, problem: str) -> Said:
    """Return a problem of an account."""
    return said("Account {name}: {problem}", name=name, problem=problem)


AGAIN = said("It is tried again")
SET_CLOCK = said("Set this machine's clock: timedatectl set-ntp true")
# Whose name it is comes in with the refusal.
LOGIN = login("NAME")
_CONSENT = said("In the app registration: API permissions > Grant admin consent")
_TENANT = said("Correct tenant: the Directory (tenant) ID on the app registration's overview")

Row = tuple[str, str]
"""(what is wrong, what to do about it). What only `intake oauth login` meets is plain English."""

# By the number in AADSTS…; several numbers mean the same to a person.
_MICROSOFT: dict[tuple[int, ...], Row] = {
    (7000222,): (
        said("the client secret is over"),
        said(
            "Make a new one: app registration > Certificates & secrets > New client secret; write its Value "
            "into client_secret and its last day into secret_expires, then restart intake"
        ),
    ),
    (7000215,): (
        said("the client secret is wrong"),
        said(
            "client_secret is the secret's Value, which is shown once, not its Secret ID; make a new one "
            "if it is lost, then restart intake"
        ),
    ),
    (7000218,): (
        said("the app registration does not allow logging in without a secret"),
        said("App registration > Authentication > Allow public client flows: Yes"),
    ),
    (700016, 70001): (
        said("the tenant has no such application"),
        said("Correct client_id. {tenant}", tenant=_TENANT),
    ),
    (90002, 900023, 50059): (said("there is no such tenant"), _TENANT),
    (50076, 50079, 50072, 50074): (said("your tenant asks for a second factor"), LOGIN),
    (53003, 53000, 53001, 530034): (
        said("a Conditional Access policy of your tenant blocks this way to log in"),
        said(
            "Ask who runs the tenant to except this application, or set flow = client, which no such policy "
            "for people concerns"
        ),
    ),
    (65001, 65004, 90094, 90008): (said("nobody has consented to the application's permissions"), _CONSENT),
    (70008, 700082, 700084, 70043, 50173, 50078, 50132, 50133, 700081): (
        said("the login is over: it was revoked, its password was changed, or it ran out"),
        LOGIN,
    ),
    (50034,): (
        said("there is no such user in the tenant"),
        said("{tenant}, or log in with another account", tenant=_TENANT),
    ),
    (50057,): (
        said("the account is disabled"),
        said("Enable it in the admin center, or log in with another account"),
    ),
    (50055,): (said("the account's password has expired"), said("Change it, then: {login}", login=LOGIN)),
    (700024, 7000243): (said("the signed proof is not of this time"), SET_CLOCK),
    (700027, 700030, 700023): (
        said("the certificate is not the one of the application, or it is over"),
        said("Upload the certificate: app registration > Certificates & secrets > Certificates"),
    ),
    (70011, 28002, 28003): (said("the scope is not valid"), said("Clear scope to use the provider's own")),
    (500011, 650052): (
        said("the tenant has no Exchange Online"),
        said("The mailbox must be in this tenant, with a licence. {tenant}", tenant=_TENANT),
    ),
    (50011, 500113): (
        "the redirect address is not registered",
        "App registration > Authentication > Add a platform > Mobile and desktop applications: "
        "http://localhost",
    ),
    (90019, 50194, 50020): (said("the account belongs to another tenant"), _TENANT),
}
# Microsoft asks to try again.
_MICROSOFT_PASSING = frozenset({90033, 50196, 90024, 50000, 90036, 900971})

# By a piece of what Google says, in small letters.
_GOOGLE: tuple[tuple[str, Row], ...] = (
    ("invalid jwt", (said("the signed proof is not of this time"), SET_CLOCK)),
    (
        "client is unauthorized",
        (
            said("the service account may not act for this mailbox"),
            said(
                "Google Admin console > Security > Access and data control > API controls > Domain-wide "
                "delegation: add the service account's client ID with the scope https://mail.google.com/; it "
                "may take an hour"
            ),
        ),
    ),
    ("invalid email", (said("there is no such user in this Workspace"), said("Correct user"))),
    (
        "account not found",
        (said("the service account was deleted"), said("Make another, and correct key_file")),
    ),
    (
        "admin_policy_enforced",
        (
            said("the Workspace's policy blocks the application"),
            said("Google Admin console > Security > API controls > App access control: trust its client ID"),
        ),
    ),
    (
        "org_internal",
        ("the application is for another organisation", "Log in with an account of that Workspace"),
    ),
    (
        "expired or revoked",
        (
            said(
                "the login is over: it was revoked, the password was changed, it was unused for six "
                "months, or the project is in testing mode, where it ends after seven days"
            ),
            LOGIN,
        ),
    ),
    (
        "deleted_client",
        (said("the client was deleted in the project"), said("Make another, and correct client_id")),
    ),
    (
        "redirect_uri_mismatch",
        ("the client is not of the type Desktop app", "Make one of that type, and correct client_id"),
    ),
)

# By the code of RFC 6749 section 5.2 and 4.1.2.1, RFC 8628 section 3.5.
_CODES: dict[str, Row] = {
    "invalid_grant": (said("the login is over: it was revoked or ran out"), LOGIN),
    "invalid_client": (
        said("client_id or client_secret is wrong"),
        said("Correct them, then restart intake"),
    ),
    "unauthorized_client": (
        said("the client may not log in this way"),
        said("Allow this flow at the provider, or set another"),
    ),
    "invalid_scope": (said("the scope is not valid, or was not granted"), said("Correct scope, or clear it")),
    "access_denied": (
        said("access was denied"),
        said("Log in again and allow it; an admin may have to allow the application"),
    ),
    "unsupported_grant_type": (said("the server does not know this flow"), said("Set another flow")),
    "invalid_request": (
        said("the server does not understand the request"),
        said("Correct the [oauth] section"),
    ),
    # Microsoft's name for it in the device flow.
    "authorization_declined": (said("access was denied"), LOGIN),
    "expired_token": ("nobody entered the code in time", LOGIN),
    "interaction_required": (said("the provider asks a person to log in"), LOGIN),
    "consent_required": (said("nobody has consented to the application's permissions"), LOGIN),
    "login_required": (said("the provider asks a person to log in"), LOGIN),
}
_PASSING = frozenset({"temporarily_unavailable", "server_error", "slow_down", "authorization_pending"})


class Told(NamedTuple):
    """A refusal in words: what is wrong, what to do, and whether waiting alone may put it right."""

    what: str
    cure: str
    passing: bool


def told(refusal: Refusal, name: str, account: OAuthSettings, now: datetime) -> Told:
    """Return a refusal in words for a person. One of a code that nobody knows may pass."""
    row, passing = _row(refusal, account.provider)
    if row is not None and row[1] == SET_CLOCK and (wrong := clock(refusal, now)):
        row = wrong, SET_CLOCK
    if row is None:
        answer = " ".join(f"{refusal.error}: {refusal.description}".split())[:200]
        return Told(said("the authorization server says: {answer}", answer=answer), AGAIN, True)
    problem, cure = row
    code = _CODE.search(refusal.description)
    shown = code.group(0) if code else refusal.error
    return Told(joined([problem, f"({shown})"]), _named(cure, name), passing)


def _named(cure: str, name: str) -> str:
    """Return a cure with the name of the account in it, within other sentences, too."""
    if not isinstance(cure, Said):
        return cure
    values = {place: _named(v, name) if isinstance(v, str) else v for place, v in cure.values.items()}
    return Said(cure.template, {**values, **({"name": name} if "name" in values else {})})


def clock(refusal: Refusal, now: datetime) -> str:
    """Return by how much our clock is not the server's, "" where it is, or the server does not say."""
    skew = now - refusal.server_time if refusal.server_time else timedelta(0)
    if abs(skew) <= SKEW:
        return ""
    minutes = round(abs(skew) / timedelta(minutes=1))
    if skew > timedelta(0):
        return said("this machine's clock is {minutes} minutes fast", minutes=minutes)
    return said("this machine's clock is {minutes} minutes slow", minutes=minutes)


def _row(refusal: Refusal, provider: str) -> tuple[Row | None, bool]:
    code = _CODE.search(refusal.description)
    if provider == MICROSOFT and code:
        number = int(code.group(1))
        if number in _MICROSOFT_PASSING:
            return None, True
        for numbers, row in _MICROSOFT.items():
            if number in numbers:
                return row, False
    if provider == GOOGLE:
        answer = f"{refusal.error} {refusal.description}".lower()
        for piece, row in _GOOGLE:
            if piece in answer:
                return row, False
    if refusal.error in _PASSING:
        return None, True
    known = _CODES.get(refusal.error)
    return known, known is None
