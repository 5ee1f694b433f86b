"""Whether an address or a transaction hash can be one: checksums of the common chains. Pure, offline.

A mistyped letter is found here, before anybody looks for money that never moved. That an
address exists, or whose it is, is not said.
"""

import base64
import re
from collections.abc import Callable, Sequence

from intake.desk.sensitive.base58 import checked, decode, is_private

# Longer values are none of these; no time is spent on them.
LONGEST = 128

_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_EVM = re.compile(r"0x[0-9a-fA-F]{40}")
_HEX_HASH = re.compile(r"[0-9a-fA-F]{64}")
# Twelve to twenty-four lower-case words and nothing else: a recovery phrase (BIP-39).
_PHRASE = re.compile(r"(?:[a-z]{3,8}[ ,]+){11,23}[a-z]{3,8}")


def _evm(value: str) -> bool:
    if not _EVM.fullmatch(value):
        return False
    digits = value[2:]
    if digits in (digits.lower(), digits.upper()):
        return True
    # EIP-55: a letter is a capital where the hash of the lower-case address has 8 or more.
    hashed = keccak256(digits.lower().encode("ascii")).hex()
    return all(c.isdigit() or c.isupper() == (h >= "8") for c, h in zip(digits, hashed, strict=False))


def _versioned(versions: bytes) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        raw = checked(value)
        return raw is not None and len(raw) == 21 and raw[0] in versions

    return check


def _bech32_sum(value: str, prefix: str) -> int:
    """Return the checksum of BIP-173 and BIP-350, 0 when `value` is no such text."""
    lower = value.lower()
    head, _, data = lower.rpartition("1")
    if value not in (lower, value.upper()) or not 0 < len(data) <= 90 or (prefix and head != prefix):
        return 0
    symbols = [_BECH32.find(letter) for letter in data]
    if min(symbols) < 0 or len(symbols) < 7:
        return 0
    total = 1
    for symbol in (*(ord(c) >> 5 for c in head), 0, *(ord(c) & 31 for c in head), *symbols):
        top = total >> 25
        total = (total & 0x1FFFFFF) << 5 ^ symbol
        for bit, factor in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            total ^= factor if top >> bit & 1 else 0
    return total


def _segwit(prefix: str) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        # Version 0 has the older constant, later ones that of BIP-350.
        version = value.lower()[len(prefix) + 1 : len(prefix) + 2]
        return _bech32_sum(value, prefix) == (1 if version == "q" else 0x2BC830A3)

    return check


def _cosmos(value: str) -> bool:
    return not value.lower().startswith(("bc1", "ltc1")) and bech32_adds_up(value)


def _solana(value: str) -> bool:
    raw = decode(value) if 32 <= len(value) <= 44 else None
    return raw is not None and len(raw) == 32


def bech32_adds_up(value: str) -> bool:
    """Whether the checksum of BIP-173 is right, whatever stands before the 1."""
    return _bech32_sum(value, "") == 1


def crc16(data: bytes) -> int:
    """Return the CRC-16/XMODEM of some bytes."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def _ton(value: str) -> bool:
    if len(value) != 48 or not re.fullmatch(r"[A-Za-z0-9+/_-]{48}", value):
        return False
    raw = base64.urlsafe_b64decode(value.replace("+", "-").replace("/", "_"))
    return crc16(raw[:34]).to_bytes(2, "big") == raw[34:]


def _any(*checks: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda value: any(check(value) for check in checks)


ADDRESS: dict[str, Callable[[str], bool]] = {
    "evm": _evm,
    "bitcoin": _any(_versioned(b"\x00\x05"), _segwit("bc")),
    "litecoin": _any(_versioned(b"\x30\x32\x05"), _segwit("ltc")),
    "dogecoin": _versioned(b"\x1e\x16"),
    "tron": _versioned(b"\x41"),
    "solana": _solana,
    "ton": _ton,
    "cosmos": _cosmos,
}


def is_address(value: str, chains: Sequence[str] = ()) -> bool:
    """Whether `value` is an address of one of `chains` (keys of ADDRESS; none named: of any)."""
    return 0 < len(value) <= LONGEST and any(ADDRESS[chain](value) for chain in chains or ADDRESS)


def is_hash(value: str, chains: Sequence[str] = ()) -> bool:
    """Whether `value` can name a transaction: 32 bytes in hex (0x: evm), 64 in Base58 (solana)."""
    if not 0 < len(value) <= LONGEST:
        return False
    wanted = set(chains or ADDRESS)
    if "solana" in wanted and 86 <= len(value) <= 88:
        raw = decode(value)
        if raw is not None and len(raw) == 64:
            return True
    bare = value[2:] if value[:2] in ("0x", "0X") else value
    if not wanted - {"solana"} or not _HEX_HASH.fullmatch(bare):
        return False
    return True if bare is value else "evm" in wanted


def is_secret(value: str) -> bool:
    """Whether `value`, typed for an address, looks like a recovery phrase or a private key."""
    text = " ".join(value.split())
    if _PHRASE.fullmatch(text):
        return True
    bare = text[2:] if text[:2] in ("0x", "0X") else text
    if _HEX_HASH.fullmatch(bare) or text.startswith(("xprv", "yprv", "zprv")):
        return True
    if len(text) > LONGEST:
        return False
    if is_private(text):
        return True
    # A Solana key pair: 64 bytes where an address has 32.
    raw = decode(text) if 86 <= len(text) <= 88 else None
    return raw is not None and len(raw) == 64


_ROUNDS = (
    0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
    0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
    0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
)  # fmt: skip
_WORD = (1 << 64) - 1


def keccak256(data: bytes) -> bytes:
    """Return Keccak-256 as Ethereum has it: other padding than hashlib's sha3_256 (FIPS 202)."""
    rate = 136
    padded = bytearray(data + b"\x01" + b"\0" * (-(len(data) + 1) % rate))
    padded[-1] |= 0x80
    lanes = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), rate):
        for place in range(rate // 8):
            word = padded[start + place * 8 : start + place * 8 + 8]
            lanes[place % 5][place // 5] ^= int.from_bytes(word, "little")
        _permute(lanes)
    return b"".join(lanes[place % 5][place // 5].to_bytes(8, "little") for place in range(4))


def _turned(value: int, by: int) -> int:
    by %= 64
    return (value << by | value >> 64 - by) & _WORD if by else value


def _permute(a: list[list[int]]) -> None:
    for constant in _ROUNDS:
        c = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in range(5)]
        for x in range(5):
            d = c[x - 1] ^ _turned(c[(x + 1) % 5], 1)
            for y in range(5):
                a[x][y] ^= d
        x, y, current = 1, 0, a[1][0]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, a[x][y] = a[x][y], _turned(current, (step + 1) * (step + 2) // 2)
        for y in range(5):
            row = [a[x][y] for x in range(5)]
            for x in range(5):
                a[x][y] = row[x] ^ (~row[(x + 1) % 5] & _WORD & row[(x + 2) % 5])
        a[0][0] ^= constant
