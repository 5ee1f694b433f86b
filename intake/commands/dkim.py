"""`intake dkim …`: the key that signs outgoing mail, and its DNS record."""

import logging
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import Invocation, needs_no_desk
from intake.commands.who import login
from intake.folders import durable_file, private_folder
from intake.ports import UserError

if TYPE_CHECKING:
    from intake.config.sections import Settings

BITS = 2048
# RFC 1035 section 3.3.14: a record is made of strings, and each has at most 255 octets.
STRING = 250


@needs_no_desk
@click.group()
def dkim() -> None:
    """Set up DKIM signatures for outgoing mail."""


@dkim.command()
@click.option(
    "--force", is_flag=True, help="Replace an existing key; mail in transit can then not be verified."
)
@click.pass_obj
def create(ctx: Invocation, force: bool) -> None:
    """Create a DKIM key and print its DNS record.

    The key is written where [dkim] key_file says, else to dkim.key in the data folder.
    """
    settings = ctx.settings()
    path = settings.dkim.key_file or settings.desk.data / "dkim.key"
    if path.exists() and not force:
        raise UserError(f"{path} already exists. `intake dkim show` prints its record; --force replaces it.")
    private = _new_key()
    private_folder(path.parent)
    with durable_file(path) as file:
        file.write(private)
    ctx.record(login(), "created a DKIM key")
    terminal.say(f"Wrote the key to {path}; only you can read it.")
    _tell(settings, private)
    if not settings.dkim.key_file:
        terminal.say(f"\nThen set in {settings.file}, and restart:\n\n[dkim]\nkey_file = {path}")


@dkim.command()
@click.pass_obj
def show(ctx: Invocation) -> None:
    """Print the DNS record of the current key."""
    settings = ctx.settings()
    if settings.dkim.key_file is None:
        raise UserError("Mail is not signed: [dkim] key_file is empty. `intake dkim create` creates a key.")
    try:
        private = settings.dkim.key_file.read_bytes()
    except OSError as err:
        raise UserError(f"{settings.dkim.key_file} cannot be read: {err.strerror}.") from err
    _tell(settings, private)


@dkim.command()
@click.pass_obj
def check(ctx: Invocation) -> None:
    """Check the DNS record by signing and verifying a test email."""
    import dkim as dkimpy
    from dns.exception import DNSException

    from intake.app import signer_of

    settings = ctx.settings()
    sign = signer_of(settings)
    if sign is None:
        raise UserError("Mail is not signed: [dkim] key_file is empty. `intake dkim create` creates a key.")
    # It would log what is printed below, each time as an error.
    quiet = logging.getLogger("intake.commands.dkim.quiet")
    quiet.disabled = True
    wrong = 0
    for domain in domains(settings):
        raw = sign(f"From: <check@{domain}>\r\nSubject: check\r\n\r\nCheck.\r\n".encode(), domain)
        try:
            good = dkimpy.DKIM(raw, logger=quiet).verify(dnsfunc=dkimpy.get_txt)
            why = "there is no record, or it is for another key"
        except (dkimpy.DKIMException, DNSException) as err:
            good, why = False, str(err) or type(err).__name__
        wrong += not good
        name = f"{settings.dkim.selector}._domainkey.{domain}"
        terminal.say(f"{name}: mail is signed, and receivers can verify it" if good else f"{name}: {why}")
    if wrong:
        raise UserError("`intake dkim show` prints the record; DNS changes can take an hour.")


def domains(settings: "Settings") -> tuple[str, ...]:
    """Return the domains whose mail is signed."""
    from intake.config.brands import dkim_domains

    return dkim_domains(settings)


def _new_key() -> bytes:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def _public(private: bytes) -> str:
    from intake.origin.keys import public_of

    try:
        return public_of(private)
    except (ValueError, TypeError) as err:
        raise UserError("The file is not a PEM key, or it has a passphrase.") from err


def _tell(settings: "Settings", private: bytes) -> None:
    from intake.mail.outgoing.dkim_signing import record

    text = record(_public(private))
    strings = " ".join(f'"{text[at : at + STRING]}"' for at in range(0, len(text), STRING))
    terminal.say(
        "\nAdd this TXT record to the DNS (for a zone file; web forms take the value in one piece):\n"
    )
    for domain in domains(settings):
        terminal.say(f"{settings.dkim.selector}._domainkey.{domain}. IN TXT ( {strings} )")
    terminal.say(f"\nThe value in one piece:\n{text}")
