"""T12: tokens that were guessed, or made out of a good one. FULL_PROOFS=1 tries all 10^6 and 10^4."""

import os
import random
from datetime import timedelta

import pytest
from factories import KEY, NOW

from intake.desk import tokens
from intake.desk.tokens import Purpose

FULL = os.environ.get("FULL_PROOFS", "") == "1"
RANDOM, MUTATED = (1_000_000, 10_000) if FULL else (20_000, 2_000)
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
LATER = NOW + timedelta(days=30)
VALID = tokens.make(KEY, Purpose.AGENT, 12, 3, LATER)


def test_random_tokens_open_nothing():
    chance = random.Random(20261122)
    keys = [KEY, b"older" * 8]
    guesses = ("".join(chance.choices(LETTERS, k=tokens.TOKEN_LENGTH)) for _ in range(RANDOM))
    assert 0 == sum(tokens.read(keys, one, NOW) is not None for one in guesses)


def test_random_proofs_behind_a_true_claim_open_nothing():
    """The hard case: everything but the 128 bits of the proof is right."""
    chance = random.Random(5)
    guesses = (VALID[:18] + "".join(chance.choices(LETTERS, k=26)) for _ in range(RANDOM // 10))
    assert 0 == sum(tokens.read([KEY], one, NOW) is not None for one in guesses)


def mutated(chance: random.Random) -> str:
    text = list(VALID)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text))
        how = chance.randrange(5)
        if how == 0:
            text[at] = chance.choice(LETTERS)
        elif how == 1:
            other = chance.randrange(len(text))
            text[at], text[other] = text[other], text[at]
        elif how == 2:
            del text[at]
        elif how == 3:
            text.insert(at, chance.choice(LETTERS))
        else:
            text[at] = chance.choice("0189-_=é\u0131\u212a .+@")
    return "".join(text)


def test_mutated_tokens_open_nothing():
    chance = random.Random(12)
    tried = [one for one in (mutated(chance) for _ in range(MUTATED)) if one.lower() != VALID]
    assert len(tried) > MUTATED * 9 // 10
    assert [] == [one for one in tried if tokens.read([KEY], one, NOW) is not None]


@pytest.mark.parametrize("purpose", [one for one in Purpose if one is not Purpose.AGENT])
def test_a_token_of_another_purpose_is_not_an_agents(purpose):
    other = tokens.make(KEY, purpose, 12, 3, LATER)
    assert purpose is tokens.read([KEY], other, NOW).purpose
    assert None is tokens.read([KEY], VALID[:2] + other[2:], NOW)


def test_a_capital_letter_that_only_looks_like_one_opens_nothing():
    """upper() makes I of a dotless i, and K of the sign for kelvin: they must not stand for letters."""
    tried = [
        VALID.replace(letter, odd) for odd, letter in (("\u0131", "i"), ("\u212a", "k")) if letter in VALID
    ]
    assert tried
    assert [] == [one for one in tried if tokens.read([KEY], one, NOW) is not None]
