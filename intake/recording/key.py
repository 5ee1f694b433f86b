"""The key that checkpoints are signed with (Ed25519), in a file of its own: 64 hex digits and a line end.

It is in no backup: whoever steals one could sign for the desk. Losing it loses no row, only the
name under further checkpoints: `intake audit key --accept`.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from intake import refusals
from intake.config.sections import Settings
from intake.folders import durable_file
from intake.ports import UserError

# In the data folder, where [audit] key_file names no other.
FILE = "record.key"
_BYTES = 32


@dataclass(frozen=True, slots=True)
class RecordKey:
    """The public half (32 bytes), and what signs with the other."""

    public: bytes
    sign: Callable[[bytes], bytes]


def file_of(settings: Settings) -> Path:
    """Return where the key lies, or will."""
    return settings.audit.key_file or settings.desk.data / FILE


def record_key(path: Path, make: bool) -> RecordKey | None:
    """Return the key in a file; None where there is none, and it is not to be made.

    Raises UserError where it cannot be read or made, or is no key.
    """
    try:
        if not path.exists():
            if not make:
                return None
            # Of two processes that make one, the first makes it for both.
            with durable_file(path, replace=False) as file:
                file.write(f"{secrets.token_hex(_BYTES)}\n".encode())
        seed = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except OSError as err:
        raise UserError(f"[audit] key_file: {refusals.told(err)}") from err
    except ValueError:
        seed = b""
    if len(seed) != _BYTES:
        raise UserError(
            f"{path} holds no key for checkpoints. Put the right file back, or move it away and run "
            "`intake audit key --accept`."
        )
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return RecordKey(private.public_key().public_bytes_raw(), private.sign)


def valid(public: bytes, signature: bytes, text: bytes) -> bool:
    """Whether `signature` under `text` was made with the other half of `public`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True
