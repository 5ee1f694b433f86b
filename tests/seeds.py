"""Seed phrases as wallets make them (BIP-39)."""

import hashlib
import random
from collections.abc import Sequence


def phrase(chance: random.Random, words: Sequence[str], length: int) -> list[str]:
    """Return a phrase of `length` of these words whose checksum is right."""
    entropy = chance.randbytes(length * 4 // 3)
    check = length // 3
    bits = int.from_bytes(entropy, "big") << check | hashlib.sha256(entropy).digest()[0] >> (8 - check)
    return [words[bits >> 11 * place & 2047] for place in reversed(range(length))]
