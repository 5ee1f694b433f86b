"""What is kept of a failure is English in the row, and is said in the reader's language afterwards."""

from datetime import timedelta

import pytest
from oauth_desk import Clock

from intake.config.oauth_keys import OAuthSettings
from intake.desk.text.language import LANGUAGES
from intake.oauth import kept, words
from intake.oauth.wire import Refusal
from intake.rendering.sayings import in_language

REFUSALS = {
    "a login": Refusal("invalid_grant", "Token has been expired or revoked."),
    "a user and a tenant": Refusal("invalid_grant", "AADSTS50034: no such user"),
    "a password": Refusal("invalid_grant", "AADSTS50055: expired"),
    "a clock": Refusal("invalid_client", "AADSTS700024: not within its valid time range"),
    "what nobody knows": Refusal("quite_new", "something {odd} of the server's"),
}


def failure(name: str, clock: Clock) -> tuple[str, str]:
    refusal = REFUSALS[name]
    refusal.server_time = clock() - timedelta(minutes=10)
    account = OAuthSettings(provider="google" if name == "a login" else "microsoft")
    refused = words.told(refusal, "work", account, clock())
    return words.of("work", refused.what), refused.cure


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REFUSALS)
def test_it_is_said_in_each_language_as_before_it_was_kept(name: str, language: str, clock: Clock) -> None:
    for before, after in zip(
        failure(name, clock), kept.parted(kept.written(*failure(name, clock)), ""), strict=True
    ):
        assert before == after
        shown = in_language(after, language)
        assert in_language(before, language) == shown
        assert (shown == before) == (language == "en")
        assert "NAME" not in shown


def test_the_name_of_the_account_is_in_each_command(clock: Clock) -> None:
    assert "`intake oauth login work`" in in_language(failure("a password", clock)[1], "de")


ROWS = {
    "of an older version": ("it is over\nlog in", ("it is over", "log in")),
    "without a cure": ("it is over", ("it is over", "wait")),
    "no JSON": ("it is over\nlog in\n{", ("it is over", "log in")),
    "other JSON": ('it is over\nlog in\n{"a": 1}', ("it is over", "log in")),
    "of other things": ("it is over\nlog in\n[1, 2]", ("it is over", "log in")),
    "without a value": (
        'it is over\nlog in\n[{"template": "{a}", "values": {}}, "x"]',
        ("it is over", "log in"),
    ),
    "that says something else": ('it is over\nlog in\n["all is well", "rest"]', ("it is over", "log in")),
    "of nothing": ("", ("", "wait")),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_that_cannot_be_said_is_read_in_english(name: str) -> None:
    row, shown = ROWS[name]
    assert shown == kept.parted(row, "wait")
