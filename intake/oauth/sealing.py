"""Tokens at rest: AES-GCM under a key derived from the desk's key file.

A copy of the database alone opens no mailbox; a backup has the key file beside it, and is as secret.
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = "1:"
# 96 bits, as NIST SP 800-38D section 5.2.1.1 recommends; random, and far from 2**32 seals under one key.
_NONCE = 12
_INFO = b"intake oauth tokens 1"


class Unsealable(Exception):
    """Sealed under a key that is not here, or damaged."""


class Seals:
    """Seals under the newest of the desk's keys, and opens what any of them has sealed."""

    def __init__(self, keys: Sequence[bytes], info: bytes = _INFO) -> None:
        """`keys` are those of the key file, newest first; `info` what is sealed: each has keys of its own."""
        self._keys = [_derived(key, info) for key in keys]
        self._marking = _derived(keys[0], info + b" marks")

    def seal(self, text: str, about: str) -> str:
        """Return `text` sealed; it opens only for the same `about`: which account, which kind of token."""
        if not text:
            return ""
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(self._keys[0]).encrypt(nonce, text.encode(), about.encode())
        return _VERSION + base64.b64encode(nonce + sealed).decode("ascii")

    def open(self, sealed: str, about: str) -> str:
        """Return what was sealed, "" for nothing. Raises Unsealable."""
        if not sealed:
            return ""
        try:
            octets = base64.b64decode(sealed.removeprefix(_VERSION), validate=True)
        except (ValueError, binascii.Error):
            raise Unsealable from None
        for key in self._keys if sealed.startswith(_VERSION) else ():
            try:
                return AESGCM(key).decrypt(octets[:_NONCE], octets[_NONCE:], about.encode()).decode()
            except (InvalidTag, ValueError):
                continue
        raise Unsealable

    def marked(self, *texts: str) -> str:
        """Return a short keyed hash, by which texts are compared that may hold a secret."""
        return hmac.digest(self._marking, "\0".join(texts).encode(), "sha256").hex()[:32]


def _derived(key: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(key)
