"""Counting messages by where they come from, and the values that pages carry signed."""

from datetime import UTC, datetime, timedelta

import pytest

from intake.web.limits import source_of
from intake.web.signing import Opened, Signer

NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ip", "source"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("", "?"),
        ("unix", "?"),
    ],
)
def test_a_household_is_one_source(ip: str, source: str) -> None:
    assert source == source_of(ip)


def test_a_form_token_comes_back() -> None:
    signer = Signer((b"k" * 32,))

    assert Opened("abc", NOW) == signer.read_form(signer.form("abc", NOW), NOW)


def test_a_token_outlives_a_rotation_of_keys() -> None:
    made = Signer((b"old",)).form("abc", NOW)

    assert Signer((b"new", b"old")).read_form(made, NOW) is not None
    assert Signer((b"new",)).read_form(made, NOW) is None
    assert Signer((b"old",)).read_form(Signer((b"new", b"old")).form("abc", NOW), NOW) is None


@pytest.mark.parametrize(
    ("after", "opens"),
    [
        (timedelta(0), True),
        (timedelta(hours=24, milliseconds=-1), True),
        (timedelta(hours=24), False),
        (timedelta(seconds=-1), False),
    ],
)
def test_a_form_stays_open_for_a_day(after: timedelta, opens: bool) -> None:
    signer = Signer((b"k" * 32,))

    assert opens == (signer.read_form(signer.form("abc", NOW), NOW + after) is not None)


def test_every_changed_letter_is_noticed() -> None:
    signer = Signer((b"k" * 32,))
    token = signer.sent(7, NOW)
    changed = {
        token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token) - 1)
    }

    assert 7 == signer.read_sent(token, NOW)
    assert [] == [one for one in changed if signer.read_sent(one, NOW) is not None]


def test_one_kind_of_token_is_not_another() -> None:
    signer = Signer((b"k" * 32,))

    assert signer.read_sent(signer.form("7", NOW), NOW) is None
    assert signer.read_form(signer.sent(7, NOW), NOW) is None
