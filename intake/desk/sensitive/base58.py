"""Base58Check, and the private keys that are written in it. Pure.

The only table of their versions: what the form refuses and what a ticket hides go by it.
"""

import hashlib

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# The first byte of a key in the wallet import format. Source: each network's chainparams.cpp, SECRET_KEY.
WIF = {0x80: "Bitcoin", 0xEF: "test networks", 0xB0: "Litecoin", 0x9E: "Dogecoin"}
# The first four bytes of an extended private key (SLIP-0132): BIP-32, BIP-49 and BIP-84, of one signer
# and of several, and those of the test network.
EXTENDED = frozenset(
    bytes.fromhex(text)
    for text in (
        "0488ade4",
        "049d7878",
        "04b2430c",
        "04358394",
        "044a4e28",
        "045f18bc",
        "0295b005",
        "02aa7a99",
    )
)

# The first two bytes of a key that a word locks (BIP-38); its text begins with 6P.
_LOCKED = (b"\x01\x42", b"\x01\x43")


def decode(text: str) -> bytes | None:
    """Return the bytes of a text in Base58, None where another letter stands in it."""
    number = 0
    for letter in text:
        place = ALPHABET.find(letter)
        if place < 0:
            return None
        number = number * 58 + place
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def checked(text: str) -> bytes | None:
    """Return version and payload of a Base58Check text, None when its checksum is wrong."""
    raw = decode(text)
    if raw is None or len(raw) < 5:
        return None
    twice = hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()
    return raw[:-4] if twice[:4] == raw[-4:] else None


def is_private(text: str) -> bool:
    """Whether a text is a private key: in the wallet import format, locked by a word, or an extended one."""
    body = checked(text)
    if not body:
        return False
    if len(body) == 39 and body[:2] in _LOCKED:
        return True
    # 32 bytes, and one more where the public key is a compressed one.
    return (len(body) in (33, 34) and body[0] in WIF) or (len(body) == 78 and body[:4] in EXTENDED)
