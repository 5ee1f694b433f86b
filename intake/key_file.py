"""The file of the keys that a desk signs with: reply addresses, links in mails, marks of what was erased.

It holds one key a line in hex, the newest on top.
"""

import secrets
from pathlib import Path

from intake import refusals
from intake.config.settings import KEY_FILE
from intake.folders import durable_file
from intake.ports import UserError


def signing_keys(data: Path) -> tuple[bytes, ...]:
    """Return the keys that reply tokens are made with, newest first; make the file when missing.

    To rotate, put a new line on top. Raises UserError when there is a file without a key in it, OSError
    where it cannot be read or made.
    """
    path = data / KEY_FILE
    if not path.exists():
        _make_key(path)
    return _read(path)


def keys_there(data: Path) -> tuple[bytes, ...]:
    """Return the same where there is a file, else (); nothing is made."""
    path = data / KEY_FILE
    try:
        return _read(path) if path.exists() else ()
    except OSError as err:
        raise _refused(err) from err


def make_key(data: Path) -> None:
    """Make the file with a new key in it, where there is none. Raises UserError when it cannot be made."""
    try:
        signing_keys(data)
    except OSError as err:
        raise _refused(err) from err


def _refused(err: OSError) -> UserError:
    return UserError(f"[desk] data: {refusals.told(err)}")


def _read(path: Path) -> tuple[bytes, ...]:
    try:
        keys = tuple(bytes.fromhex(line) for line in path.read_text(encoding="ascii").split())
    except ValueError:
        keys = ()
    if not keys:
        raise UserError(
            f"{path} contains no key. Restore it from a backup, or copy it from another machine of this desk."
        )
    return keys


def _make_key(path: Path) -> None:
    # A process killed in between must not leave a file without a key, nor another replace this one.
    with durable_file(path, replace=False) as file:
        file.write(f"{secrets.token_hex(32)}\n".encode())
