"""Proof of work: a number found by trying, that shows a post cost its sender some seconds. Pure.

Nothing is loaded from elsewhere, and nobody is asked to read letters off a picture. The
token of the opened form is the riddle; it is used up after a few posts (limits.PER_FORM).
"""

import hashlib

MAX_DIGITS = 20


def solved(token: str, nonce: str, bits: int) -> bool:
    """Whether sha256 of `token`, a dot and `nonce` (decimal digits) begins with `bits` zero bits."""
    if not (nonce.isascii() and nonce.isdigit() and len(nonce) <= MAX_DIGITS):
        return False
    digest = hashlib.sha256(f"{token}.{nonce}".encode("utf-8", "replace")).digest()
    return int.from_bytes(digest, "big") >> (256 - bits) == 0


def solve(token: str, bits: int) -> str:
    """Return a nonce: what the script in the page does, for tests and for programs."""
    number = 0
    while not solved(token, str(number), bits):
        number += 1
    return str(number)
