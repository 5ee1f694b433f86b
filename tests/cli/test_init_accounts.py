"""`intake init` with a mailbox at Microsoft or Google: an account with tokens instead of a password."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from intake.cli import main
from intake.commands.init_accounts import provider_of
from intake.config import settings

# Passwords of the machine that tests run on are none of them.
BARE = {"INTAKE_IMAP_PASSWORD": None, "INTAKE_SMTP_PASSWORD": None, "INTAKE_OAUTH_CLIENT_SECRET": None}
HOSTS = {
    "outlook.office365.com": "microsoft",
    "smtp.office365.com": "microsoft",
    "smtp-mail.outlook.com": "microsoft",
    "Outlook.Office365.Com.": "microsoft",
    "imap.gmail.com": "google",
    "smtp.gmail.com": "google",
    "imap.googlemail.com": "google",
    "imap.example.com": "",
    "outlook.office365.com.example": "",
    "notgmail.com": "",
    "": "",
}
TENANT = "11111111-2222-3333-4444-555555555555"


def init(path: Path, *line: str, typed: str | None = None, **env: str) -> Result:
    start = ["--config", str(path), "init", "--address", "help@shop.example"]
    if typed is None:
        start.append("--yes")
    return CliRunner().invoke(main, [*start, *line], input=typed, env={**BARE, **env})


@pytest.mark.parametrize("host", HOSTS)
def test_whose_mail_server_it_is(host: str) -> None:
    assert HOSTS[host] == provider_of(host)


def test_microsofts_mailbox_is_asked_for_an_account_and_for_no_password(tmp_path: Path) -> None:
    path = tmp_path / "intake.ini"
    answers = ["Shop", "", "UTC", "", "outlook.office365.com", "", "", "", "work", ""]
    answers += ["", "", "", "", "", "", TENANT, "client-id", "s3cret", "no", "", ""]
    ran = init(path, typed="\n".join(answers) + "\n")
    assert 0 == ran.exit_code, ran.output
    assert "password:" not in ran.output.lower().replace("- for a password", "")
    assert "s3cret" not in ran.output
    made = settings.load(path)
    box, account = made.mailboxes["support"], made.oauth["work"]
    assert ("work", "", "help@shop.example") == (box.auth, box.password, box.user)
    assert ("smtp.office365.com", "work", "") == (made.smtp.host, made.smtp.auth, made.smtp.password)
    assert ("microsoft", "client", TENANT) == (account.provider, account.flow, account.tenant)
    assert ("client-id", "s3cret", None) == (account.client_id, account.client_secret, account.secret_expires)
    following = ran.output.partition("Next:")[2]
    assert f"intake --config {path} oauth login work" in following
    assert "docs/microsoft-365.md" in following
    assert following.index("oauth login") < following.index("check")


def test_a_person_logs_in_with_a_device_code(tmp_path: Path) -> None:
    path = tmp_path / "intake.ini"
    line = ["--imap-host", "outlook.office365.com", "--oauth-flow", "device", "--oauth-client-id", "id"]
    ran = init(path, *line)
    assert 0 == ran.exit_code, ran.output
    account = settings.load(path).oauth["microsoft"]
    assert ("device", "", "id", "") == (
        account.flow,
        account.tenant,
        account.client_id,
        account.client_secret,
    )


def test_a_service_account_of_google_acts_for_the_mailbox(tmp_path: Path) -> None:
    path = tmp_path / "intake.ini"
    ran = init(path, "--imap-host", "imap.gmail.com", "--oauth-key-file", "google.json")
    assert 0 == ran.exit_code, ran.output
    made = settings.load(path)
    account = made.oauth["google"]
    assert ("google", "service", "help@shop.example") == (account.provider, account.flow, account.user)
    assert ("smtp.gmail.com", "google") == (made.smtp.host, made.smtp.auth)
    assert "docs/google-workspace.md" in ran.output


def test_googles_browser_login_takes_the_clients_secret(tmp_path: Path) -> None:
    path = tmp_path / "intake.ini"
    line = ["--imap-host", "imap.gmail.com", "--oauth-flow", "browser", "--oauth-client-id", "id"]
    ran = init(path, *line, INTAKE_OAUTH_CLIENT_SECRET="s3cret")
    assert 0 == ran.exit_code, ran.output
    account = settings.load(path).oauth["google"]
    assert ("browser", "id", "s3cret") == (account.flow, account.client_id, account.client_secret)


def test_only_the_smtp_server_takes_tokens(tmp_path: Path) -> None:
    path = tmp_path / "intake.ini"
    line = ["--type", "ingest", "--smtp-host", "smtp.office365.com", "--oauth-flow", "device"]
    ran = init(path, *line, "--oauth-client-id", "id", "--smtp-oauth", "out")
    assert 0 == ran.exit_code, ran.output
    made = settings.load(path)
    assert ["out"] == list(made.oauth)
    assert ("out", "help@shop.example") == (made.smtp.auth, made.smtp.user)


APP_PASSWORD = {
    "on the command line": (["--imap-password", "app pass word"], {}),
    "in the environment": ([], {"INTAKE_IMAP_PASSWORD": "app pass word"}),
    "and no account, said so": (["--imap-oauth", "-", "--imap-password", "app pass word"], {}),
}


@pytest.mark.parametrize("name", APP_PASSWORD)
def test_a_password_that_is_given_stays(name: str, tmp_path: Path) -> None:
    """An app password is the honest answer for an account of Gmail (docs/google-workspace.md)."""
    line, env = APP_PASSWORD[name]
    ran = init(tmp_path / "intake.ini", "--imap-host", "imap.gmail.com", *line, **env)
    assert 0 == ran.exit_code, ran.output
    made = settings.load(tmp_path / "intake.ini")
    assert {} == made.oauth
    assert ("", "app pass word") == (made.mailboxes["support"].auth, made.mailboxes["support"].password)
    assert ("", "app pass word") == (made.smtp.auth, made.smtp.password)
    assert "oauth login" not in ran.output


def test_another_smtp_server_than_the_providers_takes_its_password(tmp_path: Path) -> None:
    line = ["--imap-host", "outlook.office365.com", "--oauth-flow", "device", "--oauth-client-id", "id"]
    ran = init(tmp_path / "a.ini", *line, "--smtp-host", "smtp.gmail.com", "--smtp-password", "one")
    assert 0 == ran.exit_code, ran.output
    made = settings.load(tmp_path / "a.ini")
    assert ("", "one") == (made.smtp.auth, made.smtp.password)
    assert ["microsoft"] == list(made.oauth)


WRONG = {
    "nothing of the account": (
        ["--imap-host", "outlook.office365.com"],
        "--yes needs these options: --oauth-tenant, --oauth-client-id, --oauth-client-secret",
    ),
    "an account elsewhere": (
        ["--imap-host", "imap.shop.example", "--imap-oauth", "work"],
        "--imap-oauth has an effect only with --imap-host of Microsoft or Google",
    ),
    "a password beside the account": (
        ["--imap-host", "imap.gmail.com", "--imap-oauth", "work", "--imap-password", "one"],
        "--imap-password has an effect only with --imap-oauth -",
    ),
    "keys of an account without it": (
        ["--imap-host", "imap.shop.example", "--imap-password", "one", "--oauth-client-id", "id"],
        "--oauth-client-id has an effect only with --imap-oauth or --smtp-oauth",
    ),
    "a flow that Google has not": (
        ["--imap-host", "imap.gmail.com", "--oauth-flow", "device", "--oauth-client-id", "id"],
        "Google gives no access to mail by flow = device",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_is_told_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    line, told = WRONG[name]
    ran = init(tmp_path / "intake.ini", *line)
    assert 0 != ran.exit_code
    assert told in " ".join(ran.output.split())
    assert not (tmp_path / "intake.ini").exists()
