"""Logging in to an SMTP server with a token, and saying in plain words why a connection failed."""

import smtplib
import ssl

from intake.channels.smtp_refusals import shown
from intake.channels.xoauth2 import MECHANISM, Exchange, refused
from intake.config.sections import SmtpSettings
from intake.ports import Access, NoLogin


def token_login(
    smtp: smtplib.SMTP, settings: SmtpSettings, access: Access, token: str, section: str = "smtp"
) -> None:
    """Log in with a token and, where the server does not take it, once more with another. `section` is that
    of the config that names the server.

    Raises NoLogin: no mail is at fault, and none was tried.
    """
    where = f"{settings.host}:{settings.port}"
    if MECHANISM not in smtp.esmtp_features.get("auth", "").upper().split():
        cure = f"Check host, port and security in [{section}]; an admin may have to switch SMTP AUTH on"
        raise NoLogin(f"{where} offers no login with a token ({MECHANISM})", cure)
    try:
        _authenticate(smtp, settings, access, token)
    except NoLogin:
        another = access.another(token)
        if not another:
            raise
        _authenticate(smtp, settings, access, another)


def _authenticate(smtp: smtplib.SMTP, settings: SmtpSettings, access: Access, token: str) -> None:
    where, exchange = f"{settings.host}:{settings.port}", Exchange(settings.user, token)
    try:
        # In a line of its own: beside the command it would be too long for one (RFC 4954 section 4).
        smtp.auth(MECHANISM, exchange, initial_response_ok=False)
    except smtplib.SMTPAuthenticationError as err:
        if 400 <= err.smtp_code < 500:
            # "Not now" (RFC 4954 section 6): another token would be refused, too.
            raise smtplib.SMTPConnectError(err.smtp_code, err.smtp_error) from None
        reply = f"{err.smtp_code} {shown(err.smtp_error)}"
        problem, cure = refused(reply, exchange, access, settings.user)
        raise NoLogin(f"{where}: {problem}", cure) from None


def connection_problem(err: Exception, settings: SmtpSettings, where: str, section: str = "smtp") -> str:
    """Return why connecting, securing or logging in failed, and what to do, for a person."""
    match err:
        case smtplib.SMTPAuthenticationError():
            return (
                f"{where} refused the login of {settings.user!r} ({err.smtp_code}): "
                f"check user and password in [{section}]"
            )
        case ssl.SSLCertVerificationError():
            return (
                f"the certificate of {where} cannot be trusted ({err.verify_message}): "
                f"check host in [{section}], or name the authority that signed it in ca_file"
            )
        case ssl.SSLError():
            return (
                f"no TLS with {where} ({err.reason or 'it failed'}): "
                "port 465 wants security = tls, port 587 wants security = starttls"
            )
        case smtplib.SMTPNotSupportedError():
            feature = "login" if "AUTH" in str(err) else "STARTTLS"
            return f"{where} offers no {feature}: check port, security and user in [{section}]"
        case smtplib.SMTPResponseException():
            return f"{where} refused the connection: {err.smtp_code} {shown(err.smtp_error)}"
    why = err.strerror if isinstance(err, OSError) and err.strerror else type(err).__name__
    return f"{where} cannot be reached ({why}): check host, port and security in [{section}]"
