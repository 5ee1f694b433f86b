"""What providers refuse with, in words with a cure: what a person must do, and what may pass."""

from datetime import timedelta

import pytest
from oauth_desk import Clock

from intake.config.oauth_keys import OAuthSettings
from intake.oauth.wire import Refusal
from intake.oauth.words import told

MS, G, C = "microsoft", "google", "custom"
# provider, error, description; a piece of the problem and of the cure; whether it may pass
AGAIN = "oauth login work"
ROWS = [
    (
        MS,
        "invalid_client",
        "AADSTS7000222: The provided client secret keys are expired",
        "secret is over",
        "secret_expires",
        False,
    ),
    (
        MS,
        "invalid_client",
        "AADSTS7000215: Invalid client secret provided",
        "secret is wrong",
        "Secret ID",
        False,
    ),
    (
        MS,
        "unauthorized_client",
        "AADSTS700016: Application with identifier",
        "no such application",
        "client_id",
        False,
    ),
    (MS, "invalid_request", "AADSTS90002: Tenant 'x' not found", "no such tenant", "Directory", False),
    (MS, "invalid_grant", "AADSTS50076: you must use multi-factor", "second factor", AGAIN, False),
    (
        MS,
        "access_denied",
        "AADSTS53003: blocked by Conditional Access",
        "Conditional Access",
        "flow = client",
        False,
    ),
    (
        MS,
        "invalid_grant",
        "AADSTS65001: has not consented",
        "nobody has consented",
        "Grant admin consent",
        False,
    ),
    (MS, "invalid_grant", "AADSTS70008: expired due to inactivity", "login is over", AGAIN, False),
    (MS, "invalid_grant", "AADSTS700082: The refresh token has expired", "login is over", AGAIN, False),
    (MS, "invalid_grant", "AADSTS50173: password changed", "login is over", AGAIN, False),
    (MS, "invalid_client", "AADSTS700027: Client assertion failed", "certificate", "Upload", False),
    (MS, "invalid_scope", "AADSTS70011: scope is not valid", "scope is not valid", "scope", False),
    (MS, "temporarily_unavailable", "AADSTS90033: transient error", "says", "tried again", True),
    (MS, "invalid_grant", "AADSTS999999: quite new", "login is over", AGAIN, False),
    (MS, "quite_new", "AADSTS999999: quite new", "quite_new", "tried again", True),
    (G, "invalid_grant", "Token has been expired or revoked.", "testing mode", AGAIN, False),
    (
        G,
        "unauthorized_client",
        "Client is unauthorized to retrieve access tokens",
        "may not act",
        "Domain-wide",
        False,
    ),
    (G, "invalid_grant", "Invalid email or User ID", "no such user", "user", False),
    (G, "access_denied", "admin_policy_enforced", "policy", "App access control", False),
    (G, "invalid_request", "redirect_uri_mismatch", "Desktop app", "client_id", False),
    (C, "invalid_grant", "", "login is over", AGAIN, False),
    (C, "invalid_client", "", "client_id or client_secret is wrong", "restart", False),
    (C, "invalid_scope", "", "scope", "scope", False),
    (C, "server_error", "", "server_error", "tried again", True),
]


@pytest.mark.parametrize(
    ("provider", "error", "said", "problem", "cure", "passing"),
    ROWS,
    ids=[f"{row[0]} {row[1]} {row[2][:20]}" for row in ROWS],
)
def test_a_refusal_in_words(provider, error, said, problem, cure, passing, clock: Clock) -> None:
    words = told(Refusal(error, said), "work", OAuthSettings(provider=provider), clock())
    assert problem in words.what
    assert cure in words.cure
    assert passing is words.passing


CLOCKS = [(MS, "AADSTS700024: Client assertion is not within its valid time range"), (G, "Invalid JWT: …")]


@pytest.mark.parametrize(("provider", "said"), CLOCKS)
def test_a_clock_that_is_wrong_is_named_with_by_how_much(provider: str, said: str, clock: Clock) -> None:
    account = OAuthSettings(provider=provider)
    behind = Refusal("invalid_grant", said, clock() + timedelta(minutes=10))
    words = told(behind, "work", account, clock())
    assert "this machine's clock is 10 minutes slow" in words.what
    assert "timedatectl" in words.cure
    ahead = told(Refusal("invalid_grant", said, clock() - timedelta(minutes=10)), "work", account, clock())
    assert "10 minutes fast" in ahead.what
    right = told(Refusal("invalid_grant", said, clock()), "work", account, clock())
    assert "not of this time" in right.what


def test_what_a_server_says_is_cut_and_stays_in_one_line(clock: Clock) -> None:
    words = told(Refusal("odd", "x\n" * 5000), "work", OAuthSettings(provider=C), clock())
    assert len(words.what) < 300
    assert "\n" not in words.what
