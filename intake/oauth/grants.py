"""What is asked for, in each flow, and what may be taken for a success."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from intake.config.oauth_keys import GOOGLE, MICROSOFT, SERVICE, OAuthSettings
from intake.oauth.assertions import certificate, client_assertion, service_account, service_assertion
from intake.oauth.providers import endpoints
from intake.oauth.wire import Answer
from intake.ports import UserError

# Where a server does not say how long a token is valid (RFC 6749 section 5.1 only recommends it).
USUAL_LIFE = timedelta(hours=1)
# learn.microsoft.com, "Refresh tokens in the Microsoft identity platform": 90 days, begun anew by each use.
MICROSOFT_UNUSED = timedelta(days=90)
# A Google project in testing mode (developers.google.com/identity/protocols/oauth2, "Refresh token
# expiration"): seven days, said as 604799 seconds.
TESTING_SECONDS = 7 * 24 * 3600
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def client(account: OAuthSettings) -> dict[str, str]:
    """Return by what the server knows us, in every request of a person's login."""
    secret = {"client_secret": account.client_secret} if account.client_secret else {}
    return {"client_id": account.client_id, **secret}


def refreshing(account: OAuthSettings, refresh_token: str) -> Mapping[str, str]:
    """Return the form that asks for a new access token (RFC 6749 section 6)."""
    # Without it Microsoft answers with a token for Graph.
    scope = {"scope": endpoints(account).scope} if account.provider == MICROSOFT else {}
    return {"grant_type": "refresh_token", "refresh_token": refresh_token, **client(account), **scope}


def by_itself(account: OAuthSettings, now: datetime) -> Mapping[str, str]:
    """Return the form of a flow without a person. Raises UserError where a file of it cannot be used."""
    where = endpoints(account)
    if account.flow == SERVICE and account.key_file:
        key = service_account(account.key_file)
        proof = service_assertion(key, account.user, where.scope, where.token, now)
        return {"grant_type": _JWT_BEARER, "assertion": proof}
    form = {"grant_type": "client_credentials", **client(account)}
    if where.scope:
        form["scope"] = where.scope
    if account.certificate:
        proof = client_assertion(certificate(account.certificate), account.client_id, where.token, now)
        form |= {"client_assertion_type": _ASSERTION, "client_assertion": proof}
    return form


def ends(account: OAuthSettings, answer: Answer, now: datetime, known: datetime | None) -> datetime | None:
    """Return when the refresh token ends by itself, None where nobody says. `known` was said before."""
    if not account.person:
        return None
    # Google and Keycloak each have a name for it; no RFC has.
    seconds = answer.seconds("refresh_token_expires_in") or answer.seconds("refresh_expires_in")
    if seconds:
        return now + timedelta(seconds=seconds)
    return now + MICROSOFT_UNUSED if account.provider == MICROSOFT else known


def expect_lasting(account: OAuthSettings, answer: Answer) -> None:
    """Refuse a person's login that is known to end soon, or gives no mail. Raises UserError with its cure."""
    if not answer.text("refresh_token"):
        cure = (
            "Remove the application's access at myaccount.google.com/permissions and log in again"
            if account.provider == GOOGLE
            else "The scope must hold offline_access, and the server must allow refresh tokens to this client"
        )
        raise UserError(f"The login gave no refresh token, so it would end within the hour. {cure}.")
    lasting = answer.seconds("refresh_token_expires_in")
    if account.provider == GOOGLE and 0 < lasting <= TESTING_SECONDS:
        raise UserError(
            "The Google project is in testing mode: this login would end within seven days. In the Google "
            "Cloud console: Google Auth Platform > Audience, choose Internal (Workspace) or Publish app, "
            "then log in again. Nothing was kept."
        )
    granted, wanted = answer.text("scope").split(), endpoints(account).scope.split()
    if account.provider == GOOGLE and granted and not set(wanted) <= set(granted):
        raise UserError(
            "The login does not include the mail. Log in again, and tick the box for Gmail when Google asks."
        )
