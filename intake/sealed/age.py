"""Encrypting to a key that the desk does not have, by pyrage (the extra `seal`) in the format of age.

What it makes opens with the program `age` as well (https://age-encryption.org/v1).
"""

from importlib.util import find_spec

from intake.ports import UserError

CURE = "Install it: pip install 'intake-desk[seal]'"


def missing() -> str:
    """Return the name of the library that is not installed, "" where it is."""
    return "" if find_spec("pyrage") else "pyrage"


def new_key() -> tuple[str, str]:
    """Return a new key: the recipient that may be known, and the identity that may not. Raises UserError."""
    expect_here()
    from pyrage import x25519

    identity = x25519.Identity.generate()
    return str(identity.to_public()), str(identity)


def recipient_of(text: str) -> str:
    """Return a recipient as age writes it ("age1…"). Raises UserError for what is none."""
    expect_here()
    from pyrage import RecipientError, x25519

    try:
        return str(x25519.Recipient.from_str(text.strip()))
    except RecipientError as err:
        raise UserError("This is no age recipient: it begins with age1. `age-keygen` prints one.") from err


def encrypt(content: bytes, recipient: str) -> bytes:
    """Return `content` as an age file that only the recipient's identity opens. Raises UserError."""
    expect_here()
    import pyrage

    return bytes(pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(recipient)]))


def decrypt(content: bytes, identity_file: str) -> bytes:
    """Return what is in an age file. `identity_file` is the text of a file as age-keygen writes it.

    Raises UserError where none of them opens it.
    """
    expect_here()
    import pyrage

    lines = (line.strip() for line in identity_file.splitlines())
    try:
        keys = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError as err:
        raise UserError("The file holds no age identity: its line begins with AGE-SECRET-KEY-1.") from err
    try:
        return bytes(pyrage.decrypt(content, keys))
    except pyrage.DecryptError as err:
        raise UserError(
            "This identity does not open it. `intake secret key list` shows for whom it was sealed."
        ) from err


def expect_here() -> None:
    """Raise UserError where the library is not installed."""
    if missing():
        raise UserError(f"Sealing needs pyrage, which is not installed. {CURE}.")
