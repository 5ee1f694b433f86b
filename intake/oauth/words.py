"""What an authorization server's refusal means, and what a person does about it.

Microsoft's numbers: learn.microsoft.com, "Microsoft Entra authentication and authorization error codes".
Google's: developers.google.com/identity/protocols/oauth2 and its pages for each flow.
"""

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from intake.config.oauth_keys import GOOGLE, MICROSOFT, OAuthSettings
from intake.desk.text.counting import counted
from intake.oauth.wire import Refusal

_CODE = re.compile(r"AADSTS(\d+)")
# A signed proof lives for minutes: beyond this the clock is what is wrong.
SKEW = timedelta(minutes=3)

AGAIN = "It is tried again"
SET_CLOCK = "Set this machine's clock: timedatectl set-ntp true"
LOGIN = "Run `intake oauth login {name}`"
_CONSENT = "In the app registration: API permissions > Grant admin consent"
_TENANT = "Correct tenant: the Directory (tenant) ID on the app registration's overview"

Row = tuple[str, str]
"""(what is wrong, what to do about it)."""

# By the number in AADSTS…; several numbers mean the same to a person.
_MICROSOFT: dict[tuple[int, ...], Row] = {
    (7000222,): (
        "the client secret is over",
        "Make a new one: app registration > Certificates & secrets > New client secret; write its Value "
        "into client_secret and its last day into secret_expires, then restart intake",
    ),
    (7000215,): (
        "the client secret is wrong",
        "client_secret is the secret's Value, which is shown once, not its Secret ID; make a new one "
        "if it is lost, then restart intake",
    ),
    (7000218,): (
        "the app registration does not allow logging in without a secret",
        "App registration > Authentication > Allow public client flows: Yes",
    ),
    (700016, 70001): ("the tenant has no such application", f"Correct client_id. {_TENANT}"),
    (90002, 900023, 50059): ("there is no such tenant", _TENANT),
    (50076, 50079, 50072, 50074): ("your tenant asks for a second factor", LOGIN),
    (53003, 53000, 53001, 530034): (
        "a Conditional Access policy of your tenant blocks this way to log in",
        "Ask who runs the tenant to except this application, or set flow = client, which no such policy "
        "for people concerns",
    ),
    (65001, 65004, 90094, 90008): ("nobody has consented to the application's permissions", _CONSENT),
    (70008, 700082, 700084, 70043, 50173, 50078, 50132, 50133, 700081): (
        "the login is over: it was revoked, its password was changed, or it ran out",
        LOGIN,
    ),
    (50034,): ("there is no such user in the tenant", f"{_TENANT}, or log in with another account"),
    (50057,): ("the account is disabled", "Enable it in the admin center, or log in with another account"),
    (50055,): ("the account's password has expired", f"Change it, then: {LOGIN}"),
    (700024, 7000243): ("the signed proof is not of this time", SET_CLOCK),
    (700027, 700030, 700023): (
        "the certificate is not the one of the application, or it is over",
        "Upload the certificate: app registration > Certificates & secrets > Certificates",
    ),
    (70011, 28002, 28003): ("the scope is not valid", "Clear scope to use the provider's own"),
    (500011, 650052): (
        "the tenant has no Exchange Online",
        f"The mailbox must be in this tenant, with a licence. {_TENANT}",
    ),
    (50011, 500113): (
        "the redirect address is not registered",
        "App registration > Authentication > Add a platform > Mobile and desktop applications: "
        "http://localhost",
    ),
    (90019, 50194, 50020): ("the account belongs to another tenant", _TENANT),
}
# Microsoft asks to try again.
_MICROSOFT_PASSING = frozenset({90033, 50196, 90024, 50000, 90036, 900971})

# By a piece of what Google says, in small letters.
_GOOGLE: tuple[tuple[str, Row], ...] = (
    ("invalid jwt", ("the signed proof is not of this time", SET_CLOCK)),
    (
        "client is unauthorized",
        (
            "the service account may not act for this mailbox",
            "Google Admin console > Security > Access and data control > API controls > Domain-wide "
            "delegation: add the service account's client ID with the scope https://mail.google.com/; it "
            "may take an hour",
        ),
    ),
    ("invalid email", ("there is no such user in this Workspace", "Correct user")),
    ("account not found", ("the service account was deleted", "Make another, and correct key_file")),
    (
        "admin_policy_enforced",
        (
            "the Workspace's policy blocks the application",
            "Google Admin console > Security > API controls > App access control: trust its client ID",
        ),
    ),
    (
        "org_internal",
        ("the application is for another organisation", "Log in with an account of that Workspace"),
    ),
    (
        "expired or revoked",
        (
            "the login is over: it was revoked, the password was changed, it was unused for six months, or "
            "the project is in testing mode, where it ends after seven days",
            LOGIN,
        ),
    ),
    ("deleted_client", ("the client was deleted in the project", "Make another, and correct client_id")),
    (
        "redirect_uri_mismatch",
        ("the client is not of the type Desktop app", "Make one of that type, and correct client_id"),
    ),
)

# By the code of RFC 6749 section 5.2 and 4.1.2.1, RFC 8628 section 3.5.
_CODES: dict[str, Row] = {
    "invalid_grant": ("the login is over: it was revoked or ran out", LOGIN),
    "invalid_client": ("client_id or client_secret is wrong", "Correct them, then restart intake"),
    "unauthorized_client": (
        "the client may not log in this way",
        "Allow this flow at the provider, or set another",
    ),
    "invalid_scope": ("the scope is not valid, or was not granted", "Correct scope, or clear it"),
    "access_denied": (
        "access was denied",
        "Log in again and allow it; an admin may have to allow the application",
    ),
    "unsupported_grant_type": ("the server does not know this flow", "Set another flow"),
    "invalid_request": ("the server does not understand the request", "Correct the [oauth] section"),
    # Microsoft's name for it in the device flow.
    "authorization_declined": ("access was denied", LOGIN),
    "expired_token": ("nobody entered the code in time", LOGIN),
    "interaction_required": ("the provider asks a person to log in", LOGIN),
    "consent_required": ("nobody has consented to the application's permissions", LOGIN),
    "login_required": ("the provider asks a person to log in", LOGIN),
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
        said = " ".join(f"{refusal.error}: {refusal.description}".split())[:200]
        return Told(f"the authorization server says: {said}", AGAIN, True)
    problem, cure = row
    code = _CODE.search(refusal.description)
    shown = code.group(0) if code else refusal.error
    return Told(f"{problem} ({shown})", cure.format(name=name), passing)


def clock(refusal: Refusal, now: datetime) -> str:
    """Return by how much our clock is not the server's, "" where it is, or the server does not say."""
    skew = now - refusal.server_time if refusal.server_time else timedelta(0)
    if abs(skew) <= SKEW:
        return ""
    minutes = round(abs(skew) / timedelta(minutes=1))
    way = "fast" if skew > timedelta(0) else "slow"
    return f"this machine's clock is {counted(minutes, 'minute')} {way}"


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
        said = f"{refusal.error} {refusal.description}".lower()
        for piece, row in _GOOGLE:
            if piece in said:
                return row, False
    if refusal.error in _PASSING:
        return None, True
    known = _CODES.get(refusal.error)
    return known, known is None
