"""`intake oauth`: each flow from the command line, against an authorization server on loopback."""

import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from command_line import Run
from config_files import config_text
from oauth_desk import pem_pair, service_key

from intake.testing.oauth import AuthServer, Fault

USER = "desk@example.com"
NAME = "[oauth work]\n"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[AuthServer]:
    monkeypatch.setattr("time.sleep", lambda seconds, really=time.sleep: really(min(seconds, 0.05)))
    with AuthServer(USER) as running:
        yield running


@pytest.fixture
def account(config: Path, server: AuthServer) -> Callable[..., None]:
    """Write [oauth work] for the server, which mailbox and SMTP log in by; nobody listens where they are."""

    def write(flow: str = "device", **keys: str) -> None:
        more = f"{NAME}{server.section(flow, **keys)}"
        box = f"type = imap\nhost = 127.0.0.1\nport = 1\nsecurity = none\nuser = {USER}\nauth = oauth:work"
        smtp = f"host = 127.0.0.1\nport = 1\nuser = {USER}\nauth = oauth:work\ntimeout = 2"
        text = config_text(
            name="Help", address="help@desk.example", web="port = 0", smtp=smtp, mailbox=box, more=more
        )
        config.write_text(text, encoding="utf-8")

    return write


def status(intake: Run) -> dict[str, Any]:
    [row] = json.loads(intake("oauth", "status", "--json").stdout)
    return row


def test_a_login_by_device_code(intake: Run, server: AuthServer, account: Callable[..., None]) -> None:
    account()
    before = status(intake)
    assert ("needs_login", "Run `intake oauth login work`") == (before["state"], before["cure"])
    told = intake("oauth", "login", "work").output
    assert f"{server.url}/go" in " ".join(told.split())
    assert "WDJB-MJHT" in told
    after = status(intake)
    keys = {"name", "provider", "flow", "used_by", "state", "problem", "cure", "ends"}
    assert keys | {"expires_at", "refreshed_at", "obtained_at"} == set(after)
    assert ("ok", "", ["mailbox support", "smtp"]) == (after["state"], after["problem"], after["used_by"])
    assert "refresh-" not in told


@pytest.mark.parametrize("paste", [True, False], ids=["pasted", "loopback"])
def test_a_login_in_a_browser(
    paste: bool,
    intake: Run,
    server: AuthServer,
    account: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account("browser")
    ends: list[str] = []

    def echo(message: Any = None, *args: Any, really: Any = click.echo, **options: Any) -> None:
        really(message, *args, **options)
        if isinstance(message, str) and message.startswith(f"{server.url}/authorize?"):
            ends.append(server.visit(message))
            if not paste:
                threading.Thread(target=urllib.request.urlopen, args=(ends[0],)).start()

    monkeypatch.setattr("click.echo", echo)
    monkeypatch.setattr("click.prompt", lambda text: ends[0])
    intake("oauth", "login", "work", *["--paste"] * paste)
    assert "ok" == status(intake)["state"]


def test_the_address_of_another_login_is_refused(
    intake: Run, account: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    account("browser")
    monkeypatch.setattr("click.prompt", lambda text: "http://127.0.0.1:1/?code=stolen&state=another")
    told = intake("oauth", "login", "work", "--paste", code=1).output
    assert "This is not the address of this login" in " ".join(told.split())
    assert "needs_login" == status(intake)["state"]


def test_the_desk_logs_in_by_itself_with_a_secret(
    intake: Run, server: AuthServer, account: Callable[..., None]
) -> None:
    server.client_secret = "s3cret"
    account("client", client_secret="s3cret")

    def checked() -> str:
        """What check says of the account, and does not know of a login that nobody tried."""
        rows = json.loads(intake("check", "--offline", "--json").stdout)
        return " ".join(row["what"] for row in rows if row["section"] == "oauth work")

    assert "has no token yet" in checked()
    assert "by itself" in intake("oauth", "login", "work").output
    assert "the account is logged in to" in checked()
    assert "s3cret" not in intake("oauth", "status").output
    assert "ok" == status(intake)["state"]
    assert {"client_credentials"} == {form["grant_type"] for form in server.forms}


def test_the_desk_logs_in_by_itself_with_a_certificate(
    intake: Run, server: AuthServer, account: Callable[..., None], tmp_path: Path
) -> None:
    account("client", certificate=str(pem_pair(tmp_path, days=5)))
    intake("oauth", "login", "work")
    [form] = server.forms
    assert "client_secret" not in form
    assert form["client_assertion_type"].endswith("jwt-bearer")
    assert 3 == form["client_assertion"].count(".") + 1
    [end] = status(intake)["ends"]
    assert "certificate" == end["what"]
    (tmp_path / "pair.pem").chmod(0o644)
    assert f"chmod 600 {tmp_path / 'pair.pem'}" in intake("check", "--offline").output.replace("\n", " ")
    assert "The certificate of account work ends on" in " ".join(intake("oauth", "status").output.split())


def test_a_service_account_acts_for_the_mailbox(
    intake: Run, server: AuthServer, account: Callable[..., None], tmp_path: Path
) -> None:
    key = str(service_key(tmp_path))
    account(
        "service", provider="google", client_id="", device_url="", authorize_url="", key_file=key, user=USER
    )
    intake("oauth", "login", "work")
    [form] = server.forms
    assert "urn:ietf:params:oauth:grant-type:jwt-bearer" == form["grant_type"]


def test_a_google_project_in_testing_mode_is_refused_and_nothing_is_kept(
    intake: Run, server: AuthServer, account: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    account("browser", provider="google")
    server.more = {"refresh_token_expires_in": 604799}
    ends: list[str] = []

    def echo(message: Any = None, *args: Any, **options: Any) -> None:
        if isinstance(message, str) and "/authorize?" in message:
            ends.append(server.visit(message))

    monkeypatch.setattr("click.echo", echo)
    monkeypatch.setattr("click.prompt", lambda text: ends[0])
    told = " ".join(intake("oauth", "login", "work", "--paste", code=1).output.split())
    assert "in testing mode" in told
    assert "Publish app" in told
    monkeypatch.undo()
    assert "needs_login" == status(intake)["state"]


REFUSED = {
    "conditional access": (
        Fault(400, "access_denied", "AADSTS53003: Access has been blocked by Conditional Access policies."),
        "a Conditional Access policy of your tenant blocks this way to log in",
        "flow = client",
    ),
    "the person said no": (
        Fault(400, "authorization_declined"),
        "access was denied",
        "intake oauth login work",
    ),
    "too late": (Fault(400, "expired_token"), "nobody entered the code in time", "oauth login work"),
    "no public client": (
        Fault(401, "invalid_client", "AADSTS7000218: The request body must contain client_assertion"),
        "without a secret",
        "Allow public client flows",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_login_that_is_refused_says_why_and_what_to_do(
    name: str, intake: Run, server: AuthServer, account: Callable[..., None]
) -> None:
    fault, problem, cure = REFUSED[name]
    account(provider="microsoft")
    server.faults = [fault]
    told = " ".join(intake("oauth", "login", "work", code=1).output.split())
    assert problem in told
    assert cure in told


def test_a_login_without_a_refresh_token_would_end_within_the_hour(
    intake: Run, server: AuthServer, account: Callable[..., None]
) -> None:
    account()
    server.more = {"refresh_token": ""}
    assert "no refresh token" in intake("oauth", "login", "work", code=1).output


def test_trying_an_account_refreshes_it_and_asks_each_server_that_uses_it(
    intake: Run, server: AuthServer, account: Callable[..., None]
) -> None:
    account()
    intake("oauth", "login", "work")
    told = " ".join(intake("oauth", "test", "work", code=1).output.split())
    assert 1 == server.refreshes
    assert "A new token for work was had" in told
    assert "[mailbox support]" in told
    assert "[smtp]" in told


def test_a_login_that_was_revoked_is_told_by_test_status_and_check(
    intake: Run, server: AuthServer, account: Callable[..., None]
) -> None:
    account()
    intake("oauth", "login", "work")
    server.revoke()
    assert "the login is over" in " ".join(intake("oauth", "test", "work", code=1).output.split())
    assert "needs_login" == status(intake)["state"]
    shown = intake("status").output
    assert "intake oauth login work" in " ".join(shown.split())
    mailbox = shown[shown.rindex("support") :]
    assert "Account work: the login is over" in " ".join(mailbox.split())
    checked = json.loads(intake("check", "--offline", "--json", code=1).stdout)
    [problem] = [one for one in checked if one["level"] == "problem" and one["section"] == "oauth work"]
    assert "the login is over" in problem["what"]
    assert [one for one in checked if "nobody can be told by mail" in one["what"]]


def test_what_is_forgotten_needs_a_login_and_what_is_not_there_is_told(
    intake: Run, account: Callable[..., None]
) -> None:
    account()
    intake("oauth", "login", "work")
    intake("oauth", "forget", "work", code=1, text="n\n")
    assert "ok" == status(intake)["state"]
    assert "Revoke it at the provider" in " ".join(intake("oauth", "forget", "work", "--yes").output.split())
    assert "needs_login" == status(intake)["state"]
    intake("oauth", "forget", "work", "--yes", code=1)
    assert "Correct the name (work)" in intake("oauth", "login", "home", code=1).output
    audit = intake("audit").output
    assert "logged in to the account work" in audit
    assert "discarded the login" in audit


def test_a_desk_without_accounts_says_so(intake: Run) -> None:
    assert "every login is by password" in intake("oauth", "status").output


def test_an_end_is_told_ahead(intake: Run, account: Callable[..., None]) -> None:
    day = (datetime.now(UTC) + timedelta(days=9)).date()
    account("client", client_secret="s", secret_expires=day.isoformat())
    intake("oauth", "login", "work")
    for command in (["oauth", "status"], ["status"], ["check", "--offline"]):
        told = " ".join(intake(*command).output.split())
        assert f"The client secret of account work ends on {day}, in 8 days" in told, command
