"""A clock that is ten minutes wrong, either way: nobody logs in again for it, and no token is lost."""

import base64
import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from oauth_desk import Clock, account, log_in, pem_pair, service_key, tokens_for

from intake.config.oauth_keys import OAuthSettings
from intake.oauth.tokens import Tokens
from intake.ports import NeedsLogin
from intake.testing.oauth import AuthServer, Fault

WRONG = pytest.mark.parametrize(
    "wrong", [timedelta(minutes=-10), timedelta(minutes=10)], ids=["behind", "ahead"]
)
# What a provider says of a proof of another time, as they write it.
TOO_EARLY = {
    "microsoft": Fault(401, "invalid_client", "AADSTS700024: Client assertion is not within its valid time"),
    "google": Fault(400, "invalid_grant", "Invalid JWT: Token must be a short-lived token"),
    "custom": Fault(401, "invalid_client", "Token is not active"),
}


def proving(server: AuthServer, provider: str, folder: Path) -> OAuthSettings:
    """An account that proves itself by what it signs."""
    if provider == "google":
        made = {"flow": "service", "key_file": service_key(folder), "user": "desk@example.com"}
    else:
        made = {"flow": "client", "certificate": pem_pair(folder), "tenant": "example.com"}
    return account(server, provider=provider, **made)


def strict(server: AuthServer, provider: str) -> None:
    """Let the server take no proof of another time than its own, which it allows a minute."""

    def judge(form: Mapping[str, str]) -> Fault | None:
        proof = form.get("client_assertion") or form["assertion"]
        part = proof.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        begins = claims.get("nbf", claims.get("iat"))
        return None if begins - 60 <= server.now() < claims["exp"] else TOO_EARLY[provider]

    server.judge = judge


@WRONG
@pytest.mark.parametrize("provider", TOO_EARLY)
def test_a_proof_that_is_refused_is_signed_again_by_the_servers_clock(
    server: AuthServer, clock: Clock, provider: str, wrong: timedelta, tmp_path: Path, caplog
) -> None:
    strict(server, provider)
    clock.now += wrong
    tokens = tokens_for({"work": proving(server, provider, tmp_path)}, clock)
    with caplog.at_level(logging.WARNING, "intake.oauth"):
        assert server.owner(tokens.token("work"))
    way = "fast" if wrong > timedelta(0) else "slow"
    assert f"this machine's clock is 10 minutes {way}. Set this machine's clock" in caplog.text
    assert 2 == server.requests


def test_a_proof_that_is_refused_by_a_server_of_the_same_time_is_not_sent_again(
    server: AuthServer, clock: Clock, tmp_path: Path
) -> None:
    server.faults = [TOO_EARLY["microsoft"]] * 5
    tokens = tokens_for({"work": proving(server, "microsoft", tmp_path)}, clock)
    with pytest.raises(NeedsLogin, match="the signed proof is not of this time"):
        tokens.token("work")
    assert 1 == server.requests


@WRONG
def test_a_server_that_takes_no_proof_for_the_clock_says_so_with_its_cure(
    server: AuthServer, clock: Clock, tmp_path: Path, wrong: timedelta
) -> None:
    server.faults = [TOO_EARLY["microsoft"]] * 5
    clock.now += wrong
    tokens = tokens_for({"work": proving(server, "microsoft", tmp_path)}, clock)
    with pytest.raises(NeedsLogin, match=r"clock is 10 minutes .*timedatectl set-ntp true"):
        tokens.token("work")
    assert 2 == server.requests, "once by each clock, and no more"


def _lives(tokens: Tokens, server: AuthServer, clock: Clock, minutes: int) -> None:
    """Live on as a mailbox does, every half minute: what the mail server refuses is refreshed once."""
    for _ in range(minutes * 2):
        clock.on(seconds=30)
        access = tokens.of("work")
        assert access is not None
        token = access.token()
        if not server.owner(token):
            assert server.owner(access.another(token)), clock.now


@WRONG
@pytest.mark.parametrize("life", [300, 3600])
def test_with_a_clock_that_is_wrong_all_the_time_a_token_is_renewed_before_its_end(
    server: AuthServer, clock: Clock, wrong: timedelta, life: int
) -> None:
    """Its end is reckoned from when we got it, on our own clock."""
    server.life, server.now = life, lambda: (clock.now - wrong).timestamp()
    tokens = tokens_for({"work": account(server)}, clock)
    log_in(tokens, server)
    for _ in range(240):
        clock.on(seconds=30)
        assert server.owner(tokens.token("work"))
    assert server.refreshes <= 2 * 3600 / (life * 0.7)


@WRONG
@pytest.mark.parametrize("life", [300, 3600])
@pytest.mark.parametrize("old", [0, 2, 3, 52, 54])
def test_a_clock_that_is_set_while_we_run_costs_a_refresh_and_no_login(
    server: AuthServer, clock: Clock, wrong: timedelta, life: int, old: int
) -> None:
    shift = timedelta(0)
    server.life, server.now = life, lambda: (clock.now - shift).timestamp()
    tokens = tokens_for({"work": account(server)}, clock)
    log_in(tokens, server)
    _lives(tokens, server, clock, old)
    clock.now, shift = clock.now + wrong, wrong
    _lives(tokens, server, clock, 150)
    kept = tokens.store.get("work")
    assert kept is not None
    assert (False, 0) == (kept.dead, kept.failures)
