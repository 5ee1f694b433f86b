"""Where each provider's authorization server is, and what is asked of it."""

from dataclasses import dataclass

from intake.config.oauth_keys import CLIENT, CUSTOM, GOOGLE, MICROSOFT, OAuthSettings

# learn.microsoft.com, "Authenticate an IMAP, POP or SMTP connection using OAuth". Never one of Graph's beside
# them: a token is for one resource.
_MICROSOFT_PERSON = (
    "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access"
)
_MICROSOFT_CLIENT = "https://outlook.office365.com/.default"
_MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/{door}"
# developers.google.com/workspace/gmail/imap/xoauth2-protocol
_GOOGLE_SCOPE = "https://mail.google.com/"
TITLES = {MICROSOFT: "Microsoft", GOOGLE: "Google", CUSTOM: "the authorization server"}


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses of an authorization server, "" where it has none, and the scope to ask for."""

    token: str
    device: str
    authorize: str
    scope: str


def endpoints(account: OAuthSettings) -> Endpoints:
    """Return where to go with an account: what the config names, else the provider's own."""
    own = _own(account)
    return Endpoints(
        account.token_url or own.token,
        account.device_url or own.device,
        account.authorize_url or own.authorize,
        account.scope or own.scope,
    )


def _own(account: OAuthSettings) -> Endpoints:
    match account.provider:
        case "microsoft":
            tenant = account.tenant or "organizations"
            token, device, authorize = (
                _MICROSOFT.format(tenant=tenant, door=door) for door in ("token", "devicecode", "authorize")
            )
            scope = _MICROSOFT_CLIENT if account.flow == CLIENT else _MICROSOFT_PERSON
            return Endpoints(token, device, authorize, scope)
        case "google":
            return Endpoints(
                "https://oauth2.googleapis.com/token",
                "",
                "https://accounts.google.com/o/oauth2/v2/auth",
                _GOOGLE_SCOPE,
            )
        case _:
            return Endpoints("", "", "", "")


def redirect_host(account: OAuthSettings) -> str:
    """Return how the browser is to call this machine: Microsoft ignores the port of `localhost` only,
    Google and RFC 8252 section 7.3 want the number."""
    return "localhost" if account.provider == MICROSOFT else "127.0.0.1"
