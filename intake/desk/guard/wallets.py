"""Addresses of wallets in a text: where money is to be sent."""

import re
from collections.abc import Iterable

from intake.desk.guard.folding import visible
from intake.desk.sensitive.chains import is_address

_TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9+/_-]{26,110}(?![A-Za-z0-9])")
# Of chains whose checksums are not computed here: XRP, Stellar, Polkadot, Monero, Cardano.
_OTHERS = re.compile(
    r"r[1-9A-HJ-NP-Za-km-z]{24,34}|G[A-Z2-7]{55}|1[1-9A-HJ-NP-Za-km-z]{46,47}|[48][1-9A-HJ-NP-Za-km-z]{94}"
    r"|addr1[a-z0-9]{50,98}|(?:bitcoincash:)?[qp][a-z0-9]{41}"
)
# Names that wallets send to (ENS and its like).
_NAME = re.compile(
    r"(?<![\w.@-])[\w-]{2,60}\.(?:eth|sol|bnb|nft|wallet|crypto|x|ton)(?![\w.-])", re.IGNORECASE
)


def addresses(text: str) -> list[str]:
    """Return the addresses in a text as they are written there, each once."""
    seen = visible(text)
    tokens = (match[0] for match in _TOKEN.finditer(seen))
    of_chains = [
        token for token in tokens if _mixed(token) and (is_address(token) or _OTHERS.fullmatch(token))
    ]
    return list(dict.fromkeys([*of_chains, *(match[0].lower() for match in _NAME.finditer(seen))]))


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


def _mixed(token: str) -> bool:
    return any(char.isdigit() for char in token) and any(char.isalpha() for char in token)
