"""Addresses of wallets in a text: where money is to be sent, however they are broken or grouped."""

import re
from collections.abc import Iterable

from intake.desk.guard.broken import pieced
from intake.desk.guard.folding import visible
from intake.desk.sensitive.chains import is_address

_TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9+/_-]{26,110}(?![A-Za-z0-9])")
# Of chains whose checksums are not computed here: XRP, Stellar, Polkadot, Monero, Cardano,
# Bitcoin Cash; of TON mistyped ones too.
_OTHERS = re.compile(
    r"r[1-9A-HJ-NP-Za-km-z]{24,34}|G[A-Z2-7]{55}|1[1-9A-HJ-NP-Za-km-z]{46,47}|[48][1-9A-HJ-NP-Za-km-z]{94}"
    r"|addr1[a-z0-9]{50,98}|(?:bitcoincash:)?[qp][a-z0-9]{41}|[EUk0][Qf][A-Za-z0-9+/_-]{46}"
)
# Forty hexadecimal digits are a commit's too, and many a name could be Base58: a word beside them tells.
_BARE = re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{40}(?![0-9A-Za-z])")
_BASE58 = re.compile(r"(?<![0-9A-Za-z])[1-9A-HJ-NP-Za-km-z]{32,44}(?![0-9A-Za-z])")
_RAW_TON = re.compile(r"(?<![\w:])(?:0|-1):[0-9a-fA-F]{64}(?!\w)")
_BESIDE = re.compile(
    r"0x|address|wallet|\bsend\b|transfer|deposit|vault|solana|\b(?:sol|spl|eth|usdt|usdc|bnb)\b|адрес|"
    r"кошел|adres|cüzdan|"
    r"dirección|cartera|endereço|carteira|adresse|portefeuille|địa chỉ|\bví\b|地址|钱包|錢包|位址|转|轉|"
    r"アドレス|ウォレット|送金|"
    r"주소|지갑|송금",
    re.IGNORECASE,
)
_NEAR = 60
# Names that wallets send to (ENS and its like).
_NAME = re.compile(
    r"(?<![\w.@-])[\w-]{2,60}\.(?:eth|sol|bnb|nft|wallet|crypto|x|ton)(?![\w.-])", re.IGNORECASE
)


def addresses(text: str) -> list[str]:
    """Return the addresses in a text as they are written there, each once."""
    seen = visible(text)
    tokens = (match[0] for match in _TOKEN.finditer(seen))
    made = [token for token in tokens if _mixed(token) and (is_address(token) or _OTHERS.fullmatch(token))]
    made += [match[0] for match in _RAW_TON.finditer(seen)]
    made += [f"0x{match[0]}" for match in _BARE.finditer(seen) if _mixed(match[0]) and _beside(seen, match)]
    made += [match[0] for match in _BASE58.finditer(seen) if _three(match[0]) and _beside(seen, match)]
    made += pieced(seen)
    return list(dict.fromkeys([*made, *(match[0].lower() for match in _NAME.finditer(seen))]))


def unknown(text: str, heard: Iterable[str], listed: frozenset[str]) -> list[str]:
    """Return those addresses of a text that stand neither in `heard` (what customers wrote) nor on the list.

    Letters count as they are written, but for the hexadecimal ones: there a capital is only a checksum.
    """
    known = {_key(address) for words in heard for address in addresses(words)} | {
        _key(item) for item in listed
    }
    return [address for address in addresses(text) if _key(address) not in known]


def _key(address: str) -> str:
    return address.lower() if address[:2].lower() == "0x" else address


def _beside(text: str, match: re.Match[str]) -> bool:
    """Whether a word near a value says that it is an address."""
    return _BESIDE.search(text, max(0, match.start() - _NEAR), match.end() + _NEAR) is not None


def _three(token: str) -> bool:
    """Whether a value has digits, capitals and small letters, as chance gives them."""
    return _mixed(token) and token not in (token.lower(), token.upper())


def _mixed(token: str) -> bool:
    return any(char.isdigit() for char in token) and any(char.isalpha() for char in token)
