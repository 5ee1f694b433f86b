"""Reply tokens: what opens, and all that must not."""

from datetime import timedelta

import pytest
from each_case import each
from factories import KEY, NOW

from intake.desk import tokens
from intake.desk.tokens import Purpose

LATER = NOW + timedelta(days=30)
VALID = tokens.make(KEY, Purpose.AGENT, 12, 3, LATER)


def test_a_token_says_what_it_was_made_for():
    token = tokens.read([KEY], VALID, NOW)

    assert token is not None
    assert (Purpose.AGENT, 12, 3) == (token.purpose, token.ticket, token.person)
    assert LATER <= token.expires < LATER + timedelta(days=1)


def test_a_token_fits_into_a_local_part():
    address = tokens.address("a" * 19 + "@desk.example", VALID)

    assert tokens.TOKEN_LENGTH == len(VALID)
    assert tokens.MAX_LOCAL_PART == len(address.partition("@")[0])


def test_a_host_that_folds_case_does_not_break_it():
    assert tokens.read([KEY], VALID.upper(), NOW) == tokens.read([KEY], VALID, NOW)


def test_a_rotated_key_still_opens_while_it_is_listed():
    assert tokens.read([b"new" * 11, KEY], VALID, NOW) is not None
    assert tokens.read([b"new" * 11], VALID, NOW) is None


def _flip(at: int) -> str:
    return VALID[:at] + ("b" if VALID[at] == "a" else "a") + VALID[at + 1 :]


@pytest.mark.parametrize(
    "text",
    ["", "a" * 44, VALID[:-1], VALID + "a", VALID[::-1], "é" * 44, " " + VALID[1:], "1" * 44],
    ids=["empty", "guessed", "cut", "longer", "reversed", "not ascii", "blank", "not base32"],
)
def test_what_is_not_ours_opens_nothing(text):
    assert tokens.read([KEY], text, NOW) is None


@each("at", range(44))
def test_one_changed_character_opens_nothing(at):
    assert tokens.read([KEY], _flip(at), NOW) is None


def test_an_expired_token_opens_nothing():
    assert tokens.read([KEY], VALID, LATER + timedelta(days=2)) is None


def test_purposes_do_not_stand_for_each_other():
    made = {tokens.make(KEY, purpose, 12, 3, LATER) for purpose in Purpose}

    assert len(Purpose) == len(made)


@pytest.mark.parametrize(
    ("addresses", "ticket"),
    [
        ([f"support+{VALID}@desk.example"], 12),
        (["a@b.example", f"support+{VALID}@desk.example"], 12),
        ([f"support+x+{VALID}@desk.example"], 12),
        ([f"{VALID}@desk.example"], None),
        (["support+12@desk.example"], None),
        ([], None),
    ],
    ids=["plain", "second", "host's own plus", "no plus", "a number", "none"],
)
def test_the_token_is_found_among_recipients(addresses, ticket):
    token = tokens.in_addresses([KEY], addresses, NOW)

    assert ticket == (token.ticket if token else None)
