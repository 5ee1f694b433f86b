"""Addresses and hashes of the common chains; published examples, and one letter of each mistyped."""

import pytest

from intake.config import form_keys
from intake.config.converters import BadValue
from intake.desk.sensitive import chains

# From EIP-55, BIP-173, BIP-350 and the chains' own documents.
ADDRESSES = [
    ("evm", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
    ("evm", "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359"),
    ("evm", "0x52908400098527886E0F7030069857D2E4169EE7"),
    ("bitcoin", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    ("bitcoin", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"),
    ("bitcoin", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"),
    ("bitcoin", "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr"),
    ("litecoin", "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9"),
    ("dogecoin", "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L"),
    ("tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
    ("solana", "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"),
    ("ton", "EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_sDs"),
    ("cosmos", "cosmos1hsk6jryyqjfhp5dhc55tc9jtckygx0eph6dd02"),
]
# These have no checksum, or only where capitals and small letters are mixed.
UNCHECKED = (
    "solana",
    "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359",
    "0x52908400098527886E0F7030069857D2E4169EE7",
)


@pytest.mark.parametrize(("chain", "address"), ADDRESSES)
def test_an_address_is_one_of_its_chain(chain: str, address: str) -> None:
    assert chains.is_address(address, [chain])
    assert chains.is_address(address)
    assert not chains.is_secret(address)
    # Bitcoin's older script addresses begin like those of Litecoin.
    others = set(chains.ADDRESS) - {chain} - ({"litecoin"} if address.startswith("3") else set())
    assert [] == [other for other in others if chains.is_address(address, [other])]


@pytest.mark.parametrize(("chain", "address"), ADDRESSES)
def test_a_mistyped_letter_is_found(chain: str, address: str) -> None:
    cut = [address[:-1], address + "1", address[1:]]
    swapped = [
        address[:place] + address[place + 1] + address[place] + address[place + 2 :]
        for place in range(3, len(address) - 2)
        if address[place] != address[place + 1]
    ]
    assert [] == [one for one in cut if chain != "solana" and chains.is_address(one, [chain])]
    if chain not in UNCHECKED and address not in UNCHECKED:
        assert [] == [one for one in swapped if one != address and chains.is_address(one, [chain])]


@pytest.mark.parametrize(
    ("value", "wanted", "expected"),
    [
        ("0x" + "ab" * 32, ["evm"], True),
        ("0x" + "ab" * 32, ["bitcoin"], False),
        ("AB" * 32, ["bitcoin"], True),
        ("ab" * 32, [], True),
        ("ab" * 31, [], False),
        ("ab" * 32, ["solana"], False),
        ("5" * 87, ["solana"], True),
        ("5" * 87, ["evm"], False),
        ("", [], False),
        ("x" * 64, [], False),
        ("a" * 100_000, [], False),
    ],
)
def test_hashes(value: str, wanted: list[str], expected: bool) -> None:
    assert expected == chains.is_hash(value, wanted)


@pytest.mark.parametrize(
    "value",
    [
        "legal winner thank year wave sausage worth useful legal winner thank yellow",
        "legal, winner, thank, year, wave, sausage, worth, useful, legal, winner, thank, yellow",
        "ab" * 32,
        "0x" + "ab" * 32,
        "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",
        "L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY1",
        "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
        "5" * 87,
    ],
)
def test_a_secret_typed_for_an_address_is_seen(value: str) -> None:
    assert chains.is_secret(value)


@pytest.mark.parametrize("value", ["", "my wallet", "please help me with my money", "12345", "z" * 5000])
def test_what_is_no_secret_is_not_called_one(value: str) -> None:
    assert not chains.is_secret(value)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        (b"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
        (b"a" * 200, "96ea54061def936c4be90b518992fdc6f12f535068a256229aca54267b4d084d"),
    ],
)
def test_keccak(data: bytes, expected: str) -> None:
    assert expected == chains.keccak256(data).hex()


def test_the_config_takes_every_chain_and_no_other() -> None:
    assert tuple(chains.ADDRESS) == form_keys.as_chains(", ".join(chains.ADDRESS).upper())
    with pytest.raises(BadValue, match="not a known chain"):
        form_keys.as_chains("evm, beads")
