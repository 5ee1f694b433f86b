"""Connecting to an IMAP server, and saying in plain words why it did not work."""

import contextlib
import imaplib
import logging
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from imapclient import SocketTimeout
from imapclient.exceptions import CapabilityError, LoginError

from intake.channels import timed
from intake.channels.imap_answers import MISSING, codes_in, in_words, meaning, passes, quoted
from intake.channels.imap_bounds import BoundedClient, Flooded
from intake.channels.imap_login import introduce, password_login
from intake.channels.xoauth2 import MECHANISM, Exchange, refused
from intake.config.mailboxes import ImapMailbox
from intake.ports import Access, NoLogin, Temporary, UserError

# These log whole server lines, and with them header fields, whenever DEBUG is on.
logging.getLogger("imapclient").setLevel(logging.WARNING)

# Basic authentication was switched off for good (learn.microsoft.com, "Deprecation of Basic authentication in
# Exchange Online").
_NO_PASSWORDS = (".office365.com", ".outlook.com")
KEEPALIVE_SECONDS = 60
# Asked so often, and given `timeout` (30 s) to answer, a dead connection is known within a minute.
PROBE_SECONDS = 25.0
# How long stopping may take while nothing happens.
SLICE_SECONDS = 0.5
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class FolderMissing(Exception):
    """A configured folder is not on the server; the argument is its name."""


class NotOpened(Exception):
    """The server has a folder and does not open it: (its name, what the server said)."""


class Refused(Exception):
    """The server will not let us do what the config asks for: (config key, what, cure)."""


class TokenRefused(LoginError):  # type: ignore[misc]
    """The server does not take our token, or we have none: (config key, what, cure)."""


Trouble = tuple[str, str, str]
"""(config key, what is wrong, what to do about it)."""


def plain_name(folder: str) -> str:
    """Return a folder name fit to stand in a command. Raises UserError for control characters.

    imapclient quotes but does not look for CR and LF, which would end the command
    and begin another (CVE-2025-15366).
    """
    if not folder or CONTROL.search(folder):
        raise UserError(f"{folder!r} cannot be the name of a folder. Write it without control characters")
    return folder


def tls_context(section: ImapMailbox) -> ssl.SSLContext:
    """Return a context that verifies certificate and host name, against `ca_file` when there is one."""
    cafile = str(section.ca_file) if section.ca_file else None
    return timed.over_tls(ssl.create_default_context(cafile=cafile))


def connect(section: ImapMailbox, access: Access | None = None) -> BoundedClient:
    """Return a connection that is logged in; every read on it times out, and no answer is endless.

    `access` gives the tokens to log in with where the mailbox has `auth`; there is never a way back to a
    password. Raises what `explain` explains. Without TLS working as configured nothing is
    sent: a missing STARTTLS is an error, never a reason to go on in the clear.
    """
    for secret in (section.user, section.password):
        if CONTROL.search(secret):
            raise Refused("password", "user or password holds a control character", "Write it in one line")
    context = None if section.security == "none" else tls_context(section)
    client = BoundedClient(
        section.host,
        port=section.port,
        ssl=section.security == "tls",
        ssl_context=context,
        timeout=SocketTimeout(connect=section.timeout, read=section.timeout),
    )
    try:
        # Times as the server wrote them: the default is naive local time.
        client.normalise_times = False
        _keep_alive(client.socket())
        if section.security == "starttls":
            client.starttls(context)
        if section.auth:
            _token_login(client, section, access)
        else:
            password_login(client, section.user, section.password)
        introduce(client)
    except BaseException:
        hang_up(client)
        raise
    return client


def _token_login(client: BoundedClient, section: ImapMailbox, access: Access | None) -> None:
    """Log in with a token and, where the server does not take it, once more with another."""
    if access is None:
        raise TokenRefused("auth", f"nothing gives tokens for oauth:{section.auth}", "Report it")
    try:
        token = access.token()
        try:
            _authenticate(client, section, access, token)
        except TokenRefused:
            another = access.another(token)
            if not another:
                raise
            _authenticate(client, section, access, another)
    except NoLogin as err:
        raise TokenRefused("auth", err.problem, err.cure) from None


def _authenticate(client: BoundedClient, section: ImapMailbox, access: Access, token: str) -> None:
    # imapclient's own way answers the server's JSON with the token again, and hides it.
    exchange = Exchange(section.user, token)
    try:
        client._imap.authenticate(MECHANISM, exchange)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as err:
        if passes(str(err)) or "CONTACTADMIN" in codes_in(str(err)):
            raise LoginError(str(err)) from None
        problem, cure = refused(str(err), exchange, access, section.user)
        raise TokenRefused("auth", problem, cure) from None


def unopened(client: BoundedClient, name: str, err: Exception) -> FolderMissing | NotOpened:
    """Return what it means that a server refused to open a folder: it is not there, or something else."""
    said, inbox = str(err), name.upper() == "INBOX"
    codes = codes_in(said)
    if not inbox and any(code in MISSING for code in codes):
        return FolderMissing(name)
    if inbox or meaning(said) is not None:
        return NotOpened(name, said)
    try:
        there = any(row[2] == name for row in client.list_folders("", name))
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        return NotOpened(name, said)
    return NotOpened(name, said) if there else FolderMissing(name)


def hang_up(client: BoundedClient, politely: bool = False) -> None:
    """Close a connection; never raises. After an error do not be polite: the stream is out of step."""
    with contextlib.suppress(Exception):
        if politely:
            client.logout()
            return
    with contextlib.suppress(Exception):
        client.shutdown()


@contextlib.contextmanager
def connected(section: ImapMailbox, access: Access | None = None) -> Iterator[BoundedClient]:
    """Yield a connection that is logged in, and log out afterwards. Raises what `connect` raises."""
    client = connect(section, access)
    healthy = False
    try:
        yield client
        healthy = True
    finally:
        hang_up(client, politely=healthy)


def wait_for_mail(
    client: BoundedClient, seconds: float, stop: threading.Event, alive: Callable[[], None] = lambda: None
) -> None:
    """Return after `seconds`, or sooner when the selected folder changes or `stop` is set.

    `alive` is called several times a second, and the server is asked for a sign of
    life every PROBE_SECONDS: a connection may be dead and look merely quiet. Raises
    IMAP4.abort when the server has gone, which imapclient shows as a check that
    returns nothing at once, for ever; TimeoutError when it does not answer.
    """
    end = time.monotonic() + seconds
    idle = client.has_capability("IDLE")
    while not stop.is_set() and time.monotonic() < end:
        until = min(end, time.monotonic() + PROBE_SECONDS)
        if idle:
            if _idle(client, until, stop, alive):
                return
            continue
        while time.monotonic() < until and not stop.wait(SLICE_SECONDS):
            alive()
        if until < end and not stop.is_set() and _news(client.noop()[1]):
            return


def _idle(client: BoundedClient, until: float, stop: threading.Event, alive: Callable[[], None]) -> bool:
    """Idle until then; return whether there is new mail."""
    client.idle()
    news = _said_at_once(client)
    while not news and not stop.is_set() and time.monotonic() < until:
        begun = time.monotonic()
        said = client.idle_check(timeout=SLICE_SECONDS)
        news = _news(said)
        if not said and time.monotonic() - begun < SLICE_SECONDS / 2:
            raise imaplib.IMAP4.abort("the connection ended during IDLE")
        alive()
    return _news(client.idle_done()[1]) or news


def _news(said: Sequence[Sequence[object]]) -> bool:
    """Return whether the server told of mail. Raises IMAP4.abort when it says BYE."""
    if any(response and response[0] == b"BYE" for response in said):
        raise imaplib.IMAP4.abort("the server said BYE")
    return any(len(response) > 1 and response[1] in (b"EXISTS", b"RECENT") for response in said)


def _said_at_once(client: BoundedClient) -> bool:
    """Return whether the server told of mail together with its consent to IDLE.

    Dovecot sends both in one segment when mail came just before (measured). imaplib
    then has them in its buffer, where imapclient, which polls the socket, never looks.
    """
    sock = client.socket()
    timeout = sock.gettimeout()
    sock.setblocking(False)
    try:
        heard: bytes = client._imap.file.peek(1)
    except OSError:
        # TLS says so in this way when there is nothing to read.
        return False
    finally:
        sock.settimeout(timeout)
    return b" EXISTS\r\n" in heard.upper()


def explain(err: BaseException, section: ImapMailbox) -> Trouble:
    """Return (config key, what, cure) for what `connect` and the work after it can raise."""
    place = f"{section.host}:{section.port}"
    match err:
        case Refused():
            key, problem, cure = err.args
            return key, problem, cure
        case TokenRefused():
            key, problem, cure = err.args
            return key, problem, cure
        case FolderMissing():
            return "folders", f"there is no folder {err.args[0]!r}", "Create it or correct folders"
        case Flooded():
            problem = f"{place} {clip(err)}; we hung up, to keep our memory"
            return "", problem, "It is read again later; if it lasts, look at the server"
        case Temporary():
            return "", f"the mail could not be stored: {clip(err)}", "It stays on the server; look at the log"
        case NotOpened():
            name, text = err.args
            known = meaning(text)
            if known is not None:
                return in_words(known, text, place, section.user)
            problem = f"the server does not open {name!r} ({clip(text)})"
            return "folders", problem, "It is tried again; if it lasts, ask the admin of the mail server"
        case imaplib.IMAP4.error() if passes(str(err)) and (known := meaning(str(err))):
            return in_words(known, str(err), place, section.user)
        case LoginError() if section.host.lower().endswith(_NO_PASSWORDS):
            problem = "the server refused the password: Microsoft takes none for IMAP any more"
            return "password", problem, "Log in with a token: auth = oauth:NAME, see docs/microsoft-365.md"
        case imaplib.IMAP4.error() if known := meaning(str(err)):
            return in_words(known, str(err), place, section.user)
        case LoginError():
            return (
                "password",
                "the server refused user or password",
                "Correct user and password; with two-step sign-in make an app password",
            )
        case ssl.SSLCertVerificationError():
            problem = f"the certificate of {place} is not trusted: {clip(err.verify_message)}"
            return "ca_file", problem, "Set host to the name in it, or ca_file to who issued it"
        case ssl.SSLError():
            return "security", f"TLS with {place} failed", "Check port and security (993 tls, 143 starttls)"
        case socket.gaierror() if err.errno == socket.EAI_AGAIN:
            problem = f"the name {section.host!r} cannot be looked up now"
            return "", problem, "It is tried again; if it lasts, look at /etc/resolv.conf and its servers"
        case socket.gaierror():
            return "host", f"there is no host {section.host!r}", "Correct host"
        case CapabilityError():
            return "after", f"the server cannot do it: {clip(err)}", "Choose another after or security"
        case imaplib.IMAP4.readonly():
            return "after", "the folder may only be read", "Set after = leave, or get the right to write"
        case imaplib.IMAP4.abort():
            return "", f"{place} ended the connection", "Nothing to do unless it lasts"
        case TimeoutError():
            return "host", f"{place} does not answer", "Check host, port and the firewall"
        case OSError():
            return "host", f"cannot connect to {place}: {clip(err.strerror or err)}", "Check host and port"
        case imaplib.IMAP4.error():
            return "", f"the server refused a command: {clip(err)}", "Look at the server's log"
        case _:
            return "", f"reading failed ({type(err).__name__})", "Look at the log and report it"


def clip(text: object) -> str:
    """Return what a server said as one short line that is safe to log."""
    return quoted(text)


def _keep_alive(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_KEEPIDLE"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_SECONDS)
