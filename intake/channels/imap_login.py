"""Logging in with a password, and saying who we are."""

import imaplib

from imapclient.exceptions import LoginError

from intake.channels.imap_bounds import BoundedClient

# What a server is told that wants to know (RFC 2971): nothing of the desk, of its people or of its machine.
NAMED = {"name": "Intake", "version": "1", "vendor": "Intake"}


def password_login(client: BoundedClient, user: str, password: str) -> None:
    """Log in. Raises LoginError, with what the server said, where it does not let us in.

    imaplib sends the name bare and knows only ASCII. So the two go as quoted strings, and what is not ASCII
    by SASL PLAIN, which is UTF-8 (RFC 4616), or as literals where the server has none.
    """
    plain = client.has_capability("AUTH=PLAIN")
    if plain and (not (user + password).isascii() or client.has_capability("LOGINDISABLED")):
        client.plain_login(user, password)
        return
    try:
        kind, said = _login(client, user, password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as err:
        raise LoginError(str(err)) from None
    if kind != "OK":
        raise LoginError(said[0].decode("utf-8", "replace") if said and isinstance(said[0], bytes) else kind)
    client._imap.state = "AUTH"


def _login(client: BoundedClient, *words: str) -> tuple[str, list[bytes | None]]:
    """Send LOGIN. imapclient can send two literals, and puts two blanks between them."""
    imap, at_once = client._imap, client.has_capability("LITERAL+")
    tag = imap._new_tag()
    line = tag + b" LOGIN"
    for word in words:
        if word.isascii():
            escaped = word.replace("\\", "\\\\").replace('"', '\\"')
            line += f' "{escaped}"'.encode()
            continue
        imap.send(line)
        client._send_literal(tag, word.encode(), at_once)
        line = b""
    imap.send(line + b"\r\n")
    kind, said = imap._command_complete("LOGIN", tag)
    return str(kind), list(said)


def introduce(client: BoundedClient) -> None:
    """Say which program we are, where the server offers to hear it: some open no folder before (RFC 2971).

    To be done after the login. A server that offers it and takes offence is let be.
    """
    if not client.has_capability("ID"):
        return
    try:
        client.id_(NAMED)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        return
