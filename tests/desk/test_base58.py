"""Private keys in Base58Check: one table, read by the form and by what hides them."""

import hashlib

import pytest

from intake.desk.sensitive import base58, chains
from intake.desk.sensitive import scan as secrets


def written(body: bytes) -> str:
    """Return version and payload as Base58Check, made here and not by what is tested."""
    raw = body + hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
    number, text = int.from_bytes(raw, "big"), ""
    while number:
        number, place = divmod(number, 58)
        text = base58.ALPHABET[place] + text
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + text


KEY = bytes(range(1, 33))
KEYS = {
    "Bitcoin": written(b"\x80" + KEY),
    "Bitcoin, compressed": written(b"\x80" + KEY + b"\1"),
    "a test network": written(b"\xef" + KEY + b"\1"),
    "Litecoin": written(b"\xb0" + KEY + b"\1"),
    "Dogecoin": written(b"\x9e" + KEY + b"\1"),
    **{f"extended {one.hex()}": written(one + bytes(41) + KEY + b"\7") for one in sorted(base58.EXTENDED)},
    # From the documents themselves: BIP-32, test vector 1, and the wiki of Bitcoin on WIF.
    "xprv of BIP-32": "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6Ln"
    "F5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
    "5… of the wiki": "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",
}


@pytest.mark.parametrize("key", KEYS.values(), ids=list(KEYS))
def test_a_private_key_is_refused_in_a_form_and_hidden_in_a_mail(key: str) -> None:
    assert chains.is_secret(key)
    assert "Here it is: [hidden: private key] please help" == secrets.hidden(f"Here it is: {key} please help")
    wrong = key[:-1] + ("a" if key[-1] != "a" else "b")
    assert not base58.is_private(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
        written(b"\x30" + KEY[:20]),
        written(b"\x80" + KEY[:31]),
        "",
        "0O",
    ],
    ids=["an address", "an address of Litecoin", "too short", "nothing", "other letters"],
)
def test_what_is_no_key_is_none(text: str) -> None:
    assert not base58.is_private(text)
    assert not chains.is_secret(text)
