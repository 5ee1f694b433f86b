"""Private keys by their own proof, or by the words around them; and what only looks like one."""

import base64
import hashlib

import pytest

from intake.desk.sensitive.base58 import ALPHABET
from intake.desk.sensitive.chains import crc16
from intake.desk.sensitive.keys import find_keys
from intake.desk.sensitive.scan import hidden

HEX = "e9873d79c6d87dc0fb6a5778633389f4453213303da61f20bd67fc233aa33262"
# The published test vector of BIP-38 (no compression, no EC multiply).
LOCKED = "6PRVWUbkzzsbcVac2qwfssoUJAN1Xhrg6bNk8J7Nzm5H7kxEbn2Nh2ZoGg"
# From the documents of XRP Ledger: the seed of "masterpassphrase", and of Ed25519.
RIPPLE = "snoPBrXtMeMyMHUVTgbuqAfg1SUTb"
# NIP-19's own example.
NOSTR = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"
_RIPPLE_ALPHABET = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"


def base58(raw: bytes, alphabet: str = ALPHABET) -> str:
    number, text = int.from_bytes(raw, "big"), ""
    while number:
        number, place = divmod(number, 58)
        text = alphabet[place] + text
    return alphabet[0] * (len(raw) - len(raw.lstrip(b"\0"))) + text


def with_sum(raw: bytes) -> bytes:
    return raw + hashlib.sha256(hashlib.sha256(raw).digest()).digest()[:4]


def stellar(version: int) -> str:
    raw = bytes([version]) + bytes(range(32))
    return base64.b32encode(raw + crc16(raw).to_bytes(2, "little")).decode()


def sui() -> str:
    """A key of Sui: bech32 over 33 bytes, here zeros, with the checksum reckoned as BIP-173 says."""
    charset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    head = "suiprivkey"
    expanded = [ord(c) >> 5 for c in head] + [0] + [ord(c) & 31 for c in head]
    data = [0] * 53

    def polymod(values: list[int]) -> int:
        total = 1
        for value in values:
            top = total >> 25
            total = (total & 0x1FFFFFF) << 5 ^ value
            for bit, factor in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
                total ^= factor if top >> bit & 1 else 0
        return total

    check = polymod([*expanded, *data, 0, 0, 0, 0, 0, 0]) ^ 1
    return head + "1" + "".join(charset[n] for n in [*data, *(check >> 5 * (5 - i) & 31 for i in range(6))])


FOUND = {
    "locked by a word (BIP-38)": (f"here: {LOCKED}", LOCKED),
    "Stellar": (f"secret {stellar(18 << 3)} end", stellar(18 << 3)),
    "XRP": (f"my seed {RIPPLE}", RIPPLE),
    "XRP, Ed25519": (
        base58(with_sum(b"\x01\xe1\x4b" + bytes(16)), _RIPPLE_ALPHABET),
        base58(with_sum(b"\x01\xe1\x4b" + bytes(16)), _RIPPLE_ALPHABET),
    ),
    "Nostr": (f"({NOSTR})", NOSTR),
    "Sui": (sui(), sui()),
    "EOS": (f"PVT_K1_{'b' * 50}", f"PVT_K1_{'b' * 50}"),
    "Solana's key file": (f"id.json: {list(range(64))}", str(list(range(64)))),
    "a wallet file": (f'{{"crypto": {{"ciphertext": "{HEX}", "kdf": "scrypt"}}}}', HEX),
    "a second factor": (
        "otpauth://totp/Desk:ann?secret=JBSWY3DPEHPK3PXP&issuer=Desk ok",
        "otpauth://totp/Desk:ann?secret=JBSWY3DPEHPK3PXP&issuer=Desk",
    ),
    "hex after a word": (f"Private key: 0x{HEX}", HEX),
    "hex after a Chinese word": (f"私钥：{HEX}", HEX),
    "hex, the word far before": (f"this is my private one, {'I hope that it helps you, ' * 4}: {HEX}", HEX),
    "hex after the word in Russian": (f"приватный ключ {HEX}", HEX),
    "hex after a key, a hash long before": (f"My transaction hangs. Here is my private key: {HEX}", HEX),
}


@pytest.mark.parametrize(("text", "key"), FOUND.values(), ids=FOUND.keys())
def test_a_private_key_is_found_and_nothing_beside_it(text: str, key: str) -> None:
    assert [key] == [text[found.start : found.end] for found in find_keys(text)]
    assert key not in hidden(text)


NOT_FOUND = {
    "the hash of a transaction": f"My transaction 0x{HEX} is stuck",
    "a hash after a question about keys": f"I have a key question about the transaction {HEX}",
    "a hash in a link": f"See https://etherscan.io/tx/0x{HEX}",
    "a public key": f"public key: {HEX}",
    "a Chinese public key": f"公钥：{HEX}",
    "a bare hash": HEX,
    "a Stellar address": stellar(6 << 3),
    "Stellar with a slip": stellar(18 << 3)[:-1] + ("A" if stellar(18 << 3)[-1] != "A" else "B"),
    "an XRP address": "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
    "Nostr with a slip": NOSTR[:-1] + "q",
    "a public key of Nostr": "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg",
    "sixty-three numbers": str(list(range(63))),
    "numbers that are no bytes": str(list(range(200, 264))),
    "a word with S": "SUPPORT",
}


@pytest.mark.parametrize("text", NOT_FOUND.values(), ids=NOT_FOUND.keys())
def test_what_only_looks_like_a_key_stays(text: str) -> None:
    assert [] == list(find_keys(text))
