"""Private keys in a text: each kind by the proof it carries, or by the words around it. Pure.

What is public has the same looks (the hash of a transaction, the signature of one), so a kind
without a proof of its own is only one where somebody says so.
"""

import base64
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from intake.desk.sensitive.base58 import ALPHABET, checked, is_private
from intake.desk.sensitive.chains import bech32_adds_up, crc16


@dataclass(frozen=True, slots=True)
class Key:
    """A key at text[start:end]; `certain` where a checksum or its form says so."""

    start: int
    end: int
    certain: bool = True


_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?)-----")
_BASE58 = re.compile(r"(?<![0-9A-Za-z])[1-9A-HJ-NP-Za-km-z]{51,112}(?![0-9A-Za-z])")
_HEX = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{64}(?![0-9A-Fa-f])")
# A number of 64 hex digits is a key or the hash of a transaction: the nearest of these words tells.
_SAYS_KEY = re.compile(
    r"private|secret|\bpriv\b|私钥|私鑰|密钥|密鑰|金鑰|秘密鍵|비밀 ?키|개인 ?키|clave privada|llave privada"
    r"|chave privada|clé privée|clef privée|geheim|privater schlüssel|секретн|приватн|закрыт\w{1,4} ключ"
    r"|özel anahtar|khóa bí mật|khóa riêng",
    re.IGNORECASE,
)
_NEAR = 160
# Said of much: only right before it these mean what follows.
_SAYS_SOME_KEY = re.compile(
    r"\bkey\b|\bpk\b|\bclave\b|\bchave\b|\bclé\b|schlüssel|\bключ\b|anahtar|khóa", re.IGNORECASE
)
_RIGHT_BEFORE = 60
_SAYS_HASH = re.compile(
    r"transaction|\btx\b|txid|tx ?hash|\bhash\b|transfer|public key|public|explorer|/tx/"
    r"|交易|哈希|转账|轉帳|公钥|公鑰|公開鍵|トランザクション|거래|해시|공개 ?키"
    r"|transacci|transaç|clave pública|chave pública|clé publique|überweisung|transaktion"
    r"|öffentlicher schlüssel|транзакц|хеш|хэш|открыт\w{1,4} ключ|işlem|giao dịch|khóa công khai",
    re.IGNORECASE,
)
# EOS: the new form says what it is. (Its checksum is RIPEMD-160, which hashlib need not have.)
_NAMED = re.compile(r"(?<![0-9A-Za-z])PVT_(?:K1|R1|WA)_[1-9A-HJ-NP-Za-km-z]{40,70}(?![0-9A-Za-z])")
_STELLAR = re.compile(r"(?<![0-9A-Za-z])S[A-Z2-7]{55}(?![0-9A-Za-z])")
_RIPPLE = re.compile(r"(?<![0-9A-Za-z])s[1-9A-HJ-NP-Za-km-z]{27,30}(?![0-9A-Za-z])")
_RIPPLE_ALPHABET = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_TO_BITCOIN = str.maketrans(_RIPPLE_ALPHABET, ALPHABET)
# A seed of 16 bytes: XRP Ledger's base58 encodings, secp256k1 (0x21) and Ed25519 (0x01e14b).
_RIPPLE_VERSIONS = (b"\x21", b"\x01\xe1\x4b")
_BECH32 = re.compile(
    r"(?<![0-9A-Za-z])(?:nsec1|suiprivkey1)[02-9ac-hj-np-z]{50,70}(?![0-9A-Za-z])", re.IGNORECASE
)
# 64 numbers of a byte each: a key file of Solana's command line.
_NUMBERS = re.compile(r"\[\s{0,9}(?:\d{1,3}\s{0,9},\s{0,9}){63}\d{1,3}\s{0,9}\]")
# What a wallet file of Ethereum (version 3) is locked up in.
_KEYSTORE = re.compile(r"\"ciphertext\"\s{0,9}:\s{0,9}\"([0-9a-fA-F]{64,512})\"")
_OTPAUTH = re.compile(r"otpauth(?:-migration)?://[^\s\"'<>]{8,2000}", re.IGNORECASE)


def find_keys(text: str) -> Iterator[Key]:
    """Yield the keys in `text`, in no order; they may overlap. Linear in its length."""
    yield from _pem(text)
    for pattern, proves in _PROOFS:
        for match in pattern.finditer(text):
            if proves(match[0]):
                yield Key(match.start(), match.end())
    for match in _KEYSTORE.finditer(text):
        yield Key(match.start(1), match.end(1))
    yield from _of_hex(text)


def _pem(text: str) -> Iterator[Key]:
    begin = _PEM.search(text)
    while begin:
        last = f"-----END {begin[1]}-----"
        end = text.find(last, begin.end())
        # One that was cut off is a key all the same, as far as it goes.
        stop = end + len(last) if end >= 0 else len(text)
        yield Key(begin.start(), stop)
        begin = _PEM.search(text, stop)


def _of_hex(text: str) -> Iterator[Key]:
    digits = list(_HEX.finditer(text))
    if not digits:
        return
    private, some, hashes = (
        [match.end() for match in words.finditer(text)] for words in (_SAYS_KEY, _SAYS_SOME_KEY, _SAYS_HASH)
    )
    for match in digits:
        start = match.start()
        key, right_before = _distance(private, start), _distance(some, start)
        said = min(key, right_before if right_before <= _RIGHT_BEFORE else key)
        if said <= _NEAR and said < _distance(hashes, start):
            yield Key(start, match.end(), certain=False)


def _distance(ends: list[int], start: int) -> int:
    """How far before `start` the last of these words ends."""
    place = bisect_left(ends, start + 1)
    return start - ends[place - 1] if place else _NEAR + 1


def _stellar(value: str) -> bool:
    # SEP-23: version byte 18 << 3, 32 bytes, CRC-16/XMODEM with the low byte first.
    raw = base64.b32decode(value)
    return raw[0] == 18 << 3 and crc16(raw[:-2]).to_bytes(2, "little") == raw[-2:]


def _ripple(value: str) -> bool:
    body = checked(value.translate(_TO_BITCOIN))
    return body is not None and any(
        body.startswith(version) and len(body) == len(version) + 16 for version in _RIPPLE_VERSIONS
    )


def _bytes(value: str) -> bool:
    return all(int(number) < 256 for number in re.findall(r"\d+", value))


def _bech32(value: str) -> bool:
    return bech32_adds_up(value.lower())


def _always(value: str) -> bool:
    return bool(value)


_PROOFS: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (_BASE58, is_private),
    (_NAMED, _always),
    (_STELLAR, _stellar),
    (_RIPPLE, _ripple),
    (_BECH32, _bech32),
    (_NUMBERS, _bytes),
    (_OTPAUTH, _always),
)
