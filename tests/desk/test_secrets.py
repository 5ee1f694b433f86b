"""Seed phrases, keys and cards: found where they are, and not where they are not."""

import hashlib
import random
import time

import pytest
from each_case import each

from intake.desk.sensitive.lists.english import WORDS
from intake.desk.sensitive.scan import find, redacted

# The published test vectors of BIP-39: nobody's money.
TWELVE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
TWENTY_FOUR = (
    "hamster diagram private dutch cause delay private meat slide toddler razor book "
    "happy fancy gospel tennis maple dilemma loan word shrug inflict delay length"
)
WIF = "5Kb8kLf9zgWQnogidDA76MzPL6TsZZY36hWXMssSzNydYXYB9KF"
XPRV = (
    "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvv"
    "NKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"
)
XPUB = (
    "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESF"
    "jqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8"
)
HEX = "e9873d79c6d87dc0fb6a5778633389f4453213303da61f20bd67fc233aa33262"
PEM = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEI\n-----END EC PRIVATE KEY-----"

FOUND = {
    "twelve words": (f"My phrase: {TWELVE}. Help!", "My phrase: [redacted: seed phrase]. Help!"),
    "twenty-four words": (TWENTY_FOUR, "[redacted: seed phrase]"),
    "on lines of their own": (
        f"it is\n{TWELVE.replace(' ', chr(10))}\nbye",
        "it is\n[redacted: seed phrase]\nbye",
    ),
    "numbered": (
        "\n".join(f"{n}. {word}" for n, word in enumerate(TWELVE.split(), 1)),
        "1. [redacted: seed phrase]",
    ),
    "with commas": (TWELVE.replace(" ", ", "), "[redacted: seed phrase]"),
    "in capitals": (TWELVE.upper(), "[redacted: seed phrase]"),
    "quoted": (f"> {TWELVE.replace('wave', 'wave' + chr(10) + '>')}", "> [redacted: seed phrase]"),
    "in Chinese text": (f"我的助记词是{TWELVE}，谢谢", "我的助记词是[redacted: seed phrase]，谢谢"),
    "mistyped": (TWELVE.replace("yellow", "winner"), "[redacted: seed phrase]"),
    "one word missing": (" ".join(TWENTY_FOUR.split()[:11]), "[redacted: seed phrase]"),
    "a phrase of documents": (f"{'abandon ' * 11}about", "[redacted: seed phrase]"),
    "a WIF key": (f"key {WIF}!", "key [redacted: private key]!"),
    "an extended key": (XPRV, "[redacted: private key]"),
    "a PEM key": (f"here:\n{PEM}\n", "here:\n[redacted: private key]\n"),
    "a PEM key cut off": (PEM[:45], "[redacted: private key]"),
    "hex after a word": (f"Private key: 0x{HEX}", "Private key: 0x[redacted: private key]"),
    "hex after a Chinese word": (f"私钥：{HEX}", "私钥：[redacted: private key]"),
    "a Visa card": ("4111 1111 1111 1111", "[redacted: card number]"),
    "a card with dashes": ("my card 5555-5555-5555-4444, ok", "my card [redacted: card number], ok"),
    "American Express": ("378282246310005", "[redacted: card number]"),
    "UnionPay": ("6200000000000005", "[redacted: card number]"),
    "two kinds": (f"{WIF} {TWELVE}", "[redacted: private key] [redacted: seed phrase]"),
}


@each(("text", "expected"), FOUND.values(), ids=FOUND.keys())
def test_a_secret_is_replaced_by_a_word_for_it(text: str, expected: str) -> None:
    cleaned = redacted(text, find(text))

    assert expected == cleaned
    assert "[redacted: " in cleaned
    assert "legal winner thank" not in cleaned.lower()


NOT_FOUND = {
    "the hash of a transaction": f"My transaction 0x{HEX} is stuck",
    "an order number": "Order 1234567890123456",
    "a telephone number": "+49 170 123 4567 8901 22",
    "ten words": " ".join(TWELVE.split()[:10]),
    "prose": "I cannot open my wallet and the coins that I had there are gone since the last update.",
    "an address of Bitcoin": "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "a public extended key": XPUB,
    "a card that does not add up": "4111 1111 1111 1112",
    "zeros": "0000 0000 0000 0000",
    "nothing": "",
}


@pytest.mark.parametrize("text", NOT_FOUND.values(), ids=NOT_FOUND.keys())
def test_what_is_none_stays(text: str) -> None:
    assert [] == find(text)


def test_a_text_that_is_named_counts_however_its_lines_are_broken() -> None:
    text = "the password is\ncorrect  horse\nbattery."

    assert "the password is\n[redacted: text]." == redacted(text, find(text, ["correct horse battery"]))
    assert [] == find(text, ["", "  "])


def _phrase(chance: random.Random, words: int) -> str:
    entropy = chance.randbytes(words * 4 // 3)
    check = words // 3
    bits = int.from_bytes(entropy, "big") << check | hashlib.sha256(entropy).digest()[0] >> (8 - check)
    return " ".join(WORDS[bits >> 11 * place & 2047] for place in reversed(range(words)))


def test_every_phrase_of_five_hundred_is_found_and_certain() -> None:
    chance = random.Random(39)
    for _ in range(500):
        text = f"Hello, my words: {_phrase(chance, chance.choice((12, 15, 18, 21, 24)))} . Please help"
        found = find(text)
        assert [("seed phrase", True)] == [(one.kind, one.certain) for one in found]
        assert "Hello, my words: [redacted: seed phrase] . Please help" == redacted(text, found)


def test_the_words_are_those_of_the_published_list() -> None:
    text = "".join(f"{word}\n" for word in WORDS).encode()

    assert (
        "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda" == hashlib.sha256(text).hexdigest()
    )


@pytest.mark.parametrize(
    "unit",
    ["abandon ", "1 2 3 4 ", "5K", "-----BEGIN PRIVATE KEY-----\n", "ab" * 32 + " ", "private key ", "4111-"],
)
def test_the_time_grows_with_the_length_and_no_faster(unit: str) -> None:
    def took(length: int) -> float:
        text = (unit * (length // len(unit) + 1))[:length]

        def once() -> float:
            begun = time.process_time()
            find(text)
            return time.process_time() - begun

        return min(once() for _ in range(3))

    # Four times the text, with much room for a busy machine: quadratic would be sixteen.
    assert took(160_000) <= 10 * max(took(40_000), 0.005)
