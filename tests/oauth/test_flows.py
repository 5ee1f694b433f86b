"""What a login asks of the server and what ends it; and what an answer may be."""

from urllib.parse import parse_qs, urlsplit

import pytest
from oauth_desk import account

from intake.oauth.flows import Browser, by_device
from intake.oauth.grants import expect_lasting
from intake.oauth.wire import MOST_BYTES, Answer, Refusal, ask
from intake.ports import Temporary, UserError
from intake.testing.oauth import AuthServer, Fault


def entered(server: AuthServer, **keys: object) -> tuple[Answer, list[float]]:
    pauses: list[float] = []
    return by_device(account(server, **keys), lambda address, code: None, pauses.append), pauses


def test_a_device_is_asked_about_as_often_as_the_server_says(server: AuthServer) -> None:
    server.faults = [Fault(400, "slow_down"), Fault(400, "authorization_pending"), Fault(503)]
    answer, pauses = entered(server)
    assert answer.text("refresh_token")
    # Slower after "slow down", and after an answer that got lost (RFC 8628 section 3.5).
    assert [1, 6, 6, 11, 11] == pauses


def test_a_code_that_nobody_enters_ends(server: AuthServer) -> None:
    server.judge = lambda form: Fault(400, "authorization_pending")
    with pytest.raises(Refusal, match="expired_token"):
        entered(server)
    assert len(server.forms) < 100


def test_a_person_who_says_no_ends_it_at_once(server: AuthServer) -> None:
    server.approved = "access_denied"
    with pytest.raises(Refusal, match="access_denied"):
        entered(server)


def test_what_the_browser_is_asked_for(server: AuthServer) -> None:
    google = Browser(account(server, provider="google", flow="browser"), 4711)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(google.address).query).items()}
    wanted = {
        "response_type": "code",
        "code_challenge_method": "S256",
        "access_type": "offline",
        "prompt": "consent",
        "redirect_uri": "http://127.0.0.1:4711/",
    }
    assert wanted.items() <= asked.items()
    microsoft = Browser(account(server, provider="microsoft", flow="browser"), 4711)
    assert "localhost%3A4711" in microsoft.address
    assert google.address != Browser(account(server, provider="google", flow="browser"), 4711).address


def test_a_code_is_good_for_this_login_only(server: AuthServer) -> None:
    mine, other = Browser(account(server), 1), Browser(account(server), 1)
    with pytest.raises(UserError, match="not the address of this login"):
        mine.ended(server.visit(other.address))
    assert mine.ended(server.visit(mine.address)).text("access_token")
    # Of another verifier the server takes no code (RFC 7636 section 4.6).
    stolen = parse_qs(urlsplit(server.visit(mine.address)).query)["code"][0]
    with pytest.raises(Refusal, match="invalid_grant"):
        other.ended(f"http://127.0.0.1:1/?code={stolen}&state={other._state}")


def test_what_the_server_refuses_in_the_browser_is_told(server: AuthServer) -> None:
    server.approved = "access_denied"
    browser = Browser(account(server), 1)
    with pytest.raises(Refusal, match="access_denied"):
        browser.ended(server.visit(browser.address))


LASTING = [
    ("google", {"refresh_token": "r", "refresh_token_expires_in": 604799}, "testing mode"),
    ("google", {"access_token": "a"}, "no refresh token"),
    ("google", {"refresh_token": "r", "scope": "openid email"}, "does not include the mail"),
    ("google", {"refresh_token": "r", "scope": "https://mail.google.com/ openid"}, ""),
    ("google", {"refresh_token": "r"}, ""),
    ("google", {"refresh_token": "r", "refresh_token_expires_in": 90 * 86400}, ""),
    ("microsoft", {"access_token": "a"}, "offline_access"),
    ("microsoft", {"refresh_token": "r", "scope": "anything"}, ""),
    ("custom", {"refresh_token": "r", "refresh_token_expires_in": 3600}, ""),
]


@pytest.mark.parametrize(("provider", "fields", "refused"), LASTING)
def test_a_login_that_would_not_last_is_refused(server, provider, fields, refused) -> None:
    scope = "https://mail.google.com/" if provider == "google" else ""
    made = account(server, provider=provider, scope=scope)
    if not refused:
        expect_lasting(made, Answer(fields))
        return
    with pytest.raises(UserError, match=refused):
        expect_lasting(made, Answer(fields))


ODD = {
    "longer than any": Fault(200, body='{"access_token": "%s"}' % ("x" * MOST_BYTES)),
    "deep": Fault(200, body="[" * 100_000),
    "text": Fault(200, body="ok"),
    "html with an error": Fault(400, body="<h1>Bad</h1>"),
    "nothing": Fault(200, body=" "),
    "elsewhere": Fault(302, body="{}"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_answer_that_is_none_is_temporary(name: str, server: AuthServer) -> None:
    server.faults = [ODD[name]]
    with pytest.raises(Temporary) as failure:
        ask(f"{server.url}/token", {"refresh_token": "refresh-secret"})
    assert "refresh-secret" not in str(failure.value)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(3600, 3600), ("3599", 3599), (-5, 0), (None, 0), ("soon", 0), (True, 0), (1.5, 1), ("9" * 400, 10**9)],
)
def test_seconds_are_read_as_servers_write_them(value: object, seconds: int) -> None:
    assert seconds == Answer({"expires_in": value}).seconds("expires_in")
