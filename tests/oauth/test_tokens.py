"""One refresher, the new token durable before its use, and each failure told as what it is."""

import threading
from dataclasses import replace

import pytest
from oauth_desk import KEYS, Clock, account, log_in, tokens_for

from intake.oauth.tokens import Tokens
from intake.oauth.wire import Answer
from intake.ports import NeedsLogin, NoLogin, Temporary
from intake.testing.memory import MemoryStore
from intake.testing.oauth import AuthServer, Fault


@pytest.fixture
def tokens(server: AuthServer, clock: Clock) -> Tokens:
    made = tokens_for({"work": account(server)}, clock)
    log_in(made, server)
    return made


def row(tokens: Tokens):  # type: ignore[no-untyped-def]
    kept = tokens.store.get("work")
    assert kept is not None
    return kept


def test_a_token_is_used_until_five_minutes_before_its_end(server, clock, tokens) -> None:
    first = tokens.token("work")
    clock.on(minutes=54)
    assert first == tokens.token("work")
    assert 0 == server.refreshes
    clock.on(minutes=2)
    assert first != tokens.token("work")
    assert 1 == server.refreshes


def test_a_short_token_is_used_for_three_quarters_of_its_life(server, clock) -> None:
    server.life = 300
    tokens = tokens_for({"work": account(server)}, clock)
    log_in(tokens, server)
    clock.on(seconds=220)
    tokens.token("work")
    assert 0 == server.refreshes
    clock.on(seconds=10)
    tokens.token("work")
    assert 1 == server.refreshes


def test_a_token_that_rotates_is_refreshed_again_and_again_by_one_login(server, clock, tokens) -> None:
    for number in range(30):
        clock.on(hours=1)
        assert server.owner(tokens.token("work")), number
    assert 30 == server.refreshes


def test_a_refresh_token_that_does_not_rotate_is_kept(server, clock, tokens) -> None:
    server.rotates = False
    for _ in range(3):
        clock.on(hours=1)
        assert server.owner(tokens.token("work"))


def test_the_new_token_is_durable_before_it_is_used(server, clock, tokens) -> None:
    """What cannot be written down is not used: it would be gone with the process."""
    clock.on(hours=1)
    before = tokens.store.get("work")

    def full(*_: object) -> bool:
        raise Temporary("the disk is full")

    tokens.store.keep = full  # type: ignore[method-assign]
    with pytest.raises(Temporary, match="disk is full"):
        tokens.token("work")
    assert before == tokens.store.get("work")


def test_many_threads_cause_one_refresh(server, clock, tokens) -> None:
    clock.on(hours=1)
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(tokens.token("work"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert 8 == len(got)
    assert 1 == len(set(got))
    assert 1 == server.refreshes


def test_processes_that_share_a_store_cause_one_refresh(server, clock, tokens) -> None:
    server.judge = lambda form: Fault(503, pause=0.3) if server.requests == 1 else None
    clock.on(hours=1)
    others = [Tokens(tokens.accounts, tokens.store, KEYS, clock) for _ in range(3)]
    got: list[str] = []

    def work(mine: Tokens) -> None:
        try:
            got.append(mine.token("work"))
        except Temporary:
            got.append("later")

    threads = [threading.Thread(target=work, args=(mine,)) for mine in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    clock.on(minutes=6)
    assert server.owner(others[0].token("work"))
    assert 1 == server.refreshes
    assert not row(tokens).dead


def test_what_another_process_refreshed_meanwhile_is_used_and_nobody_need_log_in(
    server, clock, tokens
) -> None:
    """Its lease was over and it wrote after all: our `invalid_grant` is of the token before."""
    clock.on(hours=1)
    other = Tokens(tokens.accounts, tokens.store, KEYS, clock)

    def meanwhile(form: object) -> Fault | None:
        if server.requests == 1:
            tokens.store.keep(other._granted(row(tokens), Answer(server.login()), clock()), row(tokens).mark)
            return Fault(400, "invalid_grant")
        return None

    server.judge = meanwhile
    assert server.owner(tokens.token("work"))
    assert not row(tokens).dead


def test_a_login_that_was_revoked_is_dead_and_is_asked_about_once_an_hour(server, clock, tokens) -> None:
    clock.on(hours=1)
    server.revoke()
    with pytest.raises(NeedsLogin, match=r"Account work: the login is over.*intake oauth login work"):
        tokens.token("work")
    assert row(tokens).dead
    asked = server.requests
    for _ in range(5):
        clock.on(minutes=10)
        with pytest.raises(NeedsLogin, match="the login is over"):
            tokens.token("work")
    assert asked == server.requests
    clock.on(minutes=11)
    with pytest.raises(NeedsLogin):
        tokens.token("work")
    assert asked + 1 == server.requests


def test_a_login_anew_puts_it_right_at_once(server, clock, tokens) -> None:
    clock.on(hours=1)
    server.revoke()
    with pytest.raises(NeedsLogin):
        tokens.token("work")
    log_in(tokens, server)
    assert server.owner(tokens.token("work"))
    assert ("", False, 0) == (row(tokens).error, row(tokens).dead, row(tokens).failures)


def test_while_the_old_token_still_holds_it_is_used_though_the_login_is_dead(server, clock, tokens) -> None:
    first = tokens.token("work")
    clock.on(minutes=56)
    server.revoke()
    assert first == tokens.token("work")
    assert row(tokens).dead, "so that people are told before the mail stops"
    clock.on(minutes=5)
    with pytest.raises(NeedsLogin):
        tokens.token("work")


PASSING = [
    Fault(500),
    Fault(503, "temporarily_unavailable"),
    Fault(429, "slow_down"),
    Fault(200, body="<html>captive portal</html>"),
    Fault(200, body="[1]"),
    Fault(200, body='{"token_type": "Bearer"}'),
    Fault(400, "something_new", "AADSTS999999: nobody knows this"),
]


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: f"{fault.status} {fault.error}{fault.body[:5]}")
def test_what_may_pass_is_temporary_and_is_tried_again_with_pauses(server, clock, tokens, fault) -> None:
    clock.on(hours=1)
    server.faults = [fault]
    with pytest.raises(NoLogin) as failure:
        tokens.token("work")
    assert not isinstance(failure.value, NeedsLogin)
    assert not row(tokens).dead
    asked = server.requests
    with pytest.raises(Temporary):
        tokens.token("work")
    assert asked == server.requests, "not at once"
    clock.on(seconds=6)
    assert server.owner(tokens.token("work"))
    assert 0 == row(tokens).failures


def test_a_server_that_cannot_be_reached_is_temporary_and_named_without_what_was_sent(clock) -> None:
    with AuthServer() as gone:
        tokens = tokens_for({"work": account(gone)}, clock)
        log_in(tokens, gone)
    clock.on(hours=1)
    with pytest.raises(Temporary, match=r"127\.0\.0\.1 cannot be reached \(Connection refused\)") as failure:
        tokens.token("work")
    assert "refresh-" not in str(failure.value)


def test_a_server_that_is_away_costs_nothing_while_the_token_holds(server, clock, tokens) -> None:
    first = tokens.token("work")
    server.faults = [Fault(500)] * 50
    clock.on(minutes=56)
    for _ in range(4):
        assert first == tokens.token("work")
        clock.on(seconds=30)
    assert 1 < server.requests < 5


def test_a_token_that_a_mail_server_refuses_is_refreshed_once_and_not_when_it_is_new(
    server, clock, tokens
) -> None:
    access = tokens.of("work")
    assert access is not None
    first = access.token()
    assert "" == access.another(first), "it is some seconds old, so it is not at fault"
    clock.on(minutes=10)
    second = access.another(first)
    assert second not in ("", first)
    assert "" == access.another(second)
    assert 1 == server.refreshes
    assert second == access.token()


def test_nobody_has_logged_in_yet(server, clock) -> None:
    tokens = tokens_for({"work": account(server)}, clock)
    with pytest.raises(NeedsLogin, match=r"nobody has logged in yet\. Run `intake oauth login work`"):
        tokens.token("work")
    assert 0 == server.requests


def test_an_account_that_the_config_does_not_have(server, clock) -> None:
    with pytest.raises(NeedsLogin, match=r"There is no \[oauth gone\]"):
        tokens_for({}, clock).token("gone")


def test_a_login_for_another_client_is_not_used(server, clock, tokens) -> None:
    other = {"work": replace(tokens.accounts["work"], client_id="another")}
    with pytest.raises(NeedsLogin, match="for another login than is kept"):
        Tokens(other, tokens.store, KEYS, clock).token("work")


def test_a_corrected_secret_is_tried_at_once(server, clock) -> None:
    server.client_secret = "right"
    store = MemoryStore().logins
    wrong = account(server, flow="client", client_secret="wrong")
    with pytest.raises(NeedsLogin, match="client_id or client_secret is wrong"):
        Tokens({"work": wrong}, store, KEYS, clock).token("work")
    right = replace(wrong, client_secret="right")
    assert server.owner(Tokens({"work": right}, store, KEYS, clock).token("work"))


def test_a_database_without_its_key_file_opens_nothing(server, clock, tokens) -> None:
    restored = Tokens(tokens.accounts, tokens.store, (b"x" * 32,), clock)
    with pytest.raises(NeedsLogin, match=r"another secret\.key"):
        restored.token("work")
    assert 0 == server.requests


def test_after_a_new_signing_key_the_old_seal_opens_and_the_next_is_made_with_the_new(
    server, clock, tokens
) -> None:
    rotated = (b"n" * 32, *KEYS)
    clock.on(hours=1)
    assert server.owner(Tokens(tokens.accounts, tokens.store, rotated, clock).token("work"))
    clock.on(hours=1)
    assert server.owner(Tokens(tokens.accounts, tokens.store, rotated[:1], clock).token("work"))


def test_no_token_is_in_what_is_kept_shown_or_raised(server, clock, tokens, caplog) -> None:
    token = tokens.token("work")
    clock.on(hours=1)
    server.revoke()
    with pytest.raises(NeedsLogin) as failure:
        tokens.token("work")
    kept = row(tokens)
    written = f"{kept} {kept.sealed} {kept.access} {failure.value!r} {caplog.text} {tokens.accounts}"
    assert "refresh-" not in written
    assert token[:24] not in written


def test_a_clock_that_was_ahead_does_not_keep_a_token_for_ever(server, clock, tokens) -> None:
    clock.on(days=400)
    tokens.token("work")
    clock.on(days=-400)
    assert server.owner(tokens.token("work"))
    assert 2 == server.refreshes


def test_when_the_login_ends_is_known_where_the_server_says_so(server, clock) -> None:
    server.more = {"refresh_token_expires_in": 86400 * 30}
    tokens = tokens_for({"work": account(server)}, clock)
    log_in(tokens, server)
    assert 30 == (row(tokens).dies_at - clock()).days
    server.more = {}
    clock.on(hours=1)
    tokens.token("work")
    assert 29 == (row(tokens).dies_at - clock()).days


def test_microsofts_ninety_days_begin_anew_with_each_refresh(server, clock) -> None:
    tokens = tokens_for({"work": account(server, provider="microsoft")}, clock)
    log_in(tokens, server)
    clock.on(days=40)
    tokens.token("work")
    assert 90 == (row(tokens).dies_at - clock()).days
